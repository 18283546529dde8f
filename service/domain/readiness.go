package domain

import (
	"slices"

	"github.com/mailassay/mailassay/service/finding"
)

// demand is one thing that receivers ask for, decided by findings.
type demand struct {
	name string
	// met are codes of which one must be found, broken those of which none may be.
	met, broken []string
	// areas must not be unknown for the demand to be decided.
	areas []finding.Area
	// note tells what DNS cannot tell; then the demand is not known.
	note string
	// sending is true for what needs the sending addresses.
	sending bool
}

const noMessage = "DNS does not tell it: a message is needed"

var (
	demandSPF = demand{
		name: "SPF", met: []string{"SPF_VALID", "SPF_IP_AUTHORIZED"}, areas: []finding.Area{finding.SPF},
		broken: []string{
			"SPF_MISSING", "SPF_MISSING_COVERED", "SPF_MISPLACED", "SPF_MULTIPLE_RECORDS", "SPF_VERSION_MISTYPED", "SPF_STRAY_CHARACTERS", "SPF_SYNTAX",
			"SPF_BAD_ADDRESS", "SPF_TERMS_RUN_TOGETHER", "SPF_LOOKUP_LIMIT_EXCEEDED", "SPF_VOID_LIMIT_EXCEEDED", "SPF_INCLUDE_NO_RECORD",
			"SPF_INCLUDE_INVALID", "SPF_TARGET_DANGLING", "SPF_LOOP", "SPF_PASS_ALL", "SPF_IP_NOT_AUTHORIZED",
		},
	}
	demandDKIM = demand{
		name: "DKIM with a key of 1024 bits or more", met: []string{"DKIM_KEY_VALID"}, areas: []finding.Area{finding.DKIM},
		broken: []string{
			"DKIM_SELECTOR_MISSING", "DKIM_KEY_REVOKED", "DKIM_TAG_SYNTAX", "DKIM_KEY_BAD_BASE64", "DKIM_KEY_TRUNCATED", "DKIM_KEY_SPLIT", "DKIM_KEY_INVALID",
			"DKIM_PRIVATE_KEY_PUBLISHED", "DKIM_RSA_TOO_SHORT", "DKIM_KEY_RESTRICTED", "DKIM_CNAME_DANGLING", "DKIM_CNAME_PROXIED", "DKIM_STRAY_CHARACTERS", "DKIM_MISPLACED",
		},
	}
	demandDMARC = demand{
		name: "DMARC policy, none or more", areas: []finding.Area{finding.DMARC},
		met:    []string{"DMARC_ENFORCED", "DMARC_NONE_WITH_REPORTS", "DMARC_NONE_WITHOUT_REPORTS", "DMARC_POLICY_DEFAULTED", "DMARC_TEST_MODE"},
		broken: []string{"DMARC_MISSING", "DMARC_MISPLACED", "DMARC_POLICY_INVALID", "DMARC_ENFORCED_WITHOUT_AUTH"},
	}
	demandAlignment = demand{name: "From domain aligned with SPF or DKIM", note: noMessage}
	demandLookups   = demand{name: "SPF within 10 lookups", met: []string{"SPF_VALID"}, broken: []string{"SPF_LOOKUP_LIMIT_EXCEEDED"}, areas: []finding.Area{finding.SPF}}
	demandPTR       = demand{
		name: "Confirmed reverse DNS of the sending addresses", met: []string{"PTR_CONFIRMED"}, areas: []finding.Area{finding.ReverseDNS}, sending: true,
		broken: []string{"PTR_MISSING", "PTR_UNCONFIRMED", "PTR_DELEGATION_DANGLING", "PTR_ADDRESS_SPECIAL"},
	}
	demandTLS     = demand{name: "TLS in transit", note: "DNS does not tell how a sender connects"}
	demandReceive = demand{
		name: "From domain can receive mail", areas: []finding.Area{finding.MX},
		broken: []string{"MX_NONE", "MX_NULL", "MX_NULL_MIXED", "MX_ALL_UNRESOLVABLE", "MX_NULL_ADVISED"},
	}
	demandUnsubscribe = demand{name: "One-click unsubscribe, few complaints", note: "DNS does not tell it: a message and the receiver's figures are needed"}
)

// profile is the rules of one receiver.
type profile struct {
	name, binds           string
	required, recommended []demand
}

// profilesAsOf is the day of the rules: Gmail's and Yahoo's sender guidelines,
// Microsoft's requirements for high-volume senders, iCloud Mail's postmaster page.
const profilesAsOf = "2026-01-31"

// profiles has the rules for senders of bulk mail, which include those for all.
var profiles = []profile{
	{
		name: "gmail-bulk", binds: "who sends about 5,000 messages a day or more to personal Gmail accounts",
		required:    []demand{demandSPF, demandDKIM, demandDMARC, demandAlignment, demandLookups, demandPTR, demandTLS, demandUnsubscribe},
		recommended: nil,
	},
	{
		name: "yahoo-bulk", binds: "who sends bulk mail to Yahoo and AOL",
		required: []demand{demandSPF, demandDKIM, demandDMARC, demandAlignment, demandLookups, demandPTR, demandReceive, demandUnsubscribe},
	},
	{
		name: "microsoft-consumer", binds: "who sends more than 5,000 messages a day to Outlook.com, Hotmail and Live; others may be refused with 550 5.7.515",
		required: []demand{demandSPF, demandDKIM, demandDMARC, demandAlignment, demandLookups}, recommended: []demand{demandPTR, demandReceive, demandUnsubscribe},
	},
	{
		name: "apple-icloud", binds: "who sends bulk mail to iCloud Mail",
		required: []demand{demandLookups, demandPTR, demandReceive}, recommended: []demand{demandSPF, demandDKIM, demandDMARC, demandAlignment, demandUnsubscribe},
	},
}

// readiness tells how the report stands against each profile.
func readiness(r Report) []Readiness {
	out := make([]Readiness, len(profiles))
	for i, p := range profiles {
		out[i] = Readiness{Profile: p.name, AsOf: profilesAsOf, Binds: p.binds, State: Met}
		for _, d := range p.required {
			item := d.judge(r)
			item.Required = true
			out[i].Items = append(out[i].Items, item)
			switch {
			case item.State == NotMet:
				out[i].State = NotMet
			case item.State == NotKnown && out[i].State == Met:
				out[i].State = NotKnown
			}
		}
		for _, d := range p.recommended {
			out[i].Items = append(out[i].Items, d.judge(r))
		}
	}
	return out
}

// judge decides one demand. What breaks it decides even where something else is
// not known.
func (d demand) judge(r Report) ReadinessItem {
	item := ReadinessItem{Name: d.name, State: NotKnown, Note: d.note}
	if d.note != "" {
		return item
	}
	// Of a domain that does not exist nothing is in order.
	if item.Codes = r.codes([]string{"NS_DOMAIN_NOT_FOUND"}); len(item.Codes) > 0 && !d.sending {
		item.State = NotMet
		return item
	}
	if item.Codes = r.codes(d.broken); len(item.Codes) > 0 {
		item.State = NotMet
		return item
	}
	item.Codes = r.codes(d.met)
	for _, a := range d.areas {
		switch s := r.AreaStatus(a); {
		case s == finding.Skipped:
			item.Note = "the area " + a.String() + " was not looked at"
			return item
		case s == finding.UnknownStatus:
			item.Note = "the area " + a.String() + " could not be learned"
			return item
		}
	}
	switch {
	case d.sending && len(r.Facts.Request.SendingIPs) == 0:
		item.Note = "no sending address was given"
	case len(item.Codes) > 0 || len(d.met) == 0:
		item.State = Met
	default:
		item.State = NotMet
	}
	return item
}

// codes are those of the list that the report has.
func (r Report) codes(list []string) []string {
	var out []string
	for _, code := range list {
		if slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == code }) {
			out = append(out, code)
		}
	}
	return out
}
