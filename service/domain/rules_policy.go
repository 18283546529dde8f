package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
)

// policyRules judge MTA-STS, TLS reporting and BIMI by their TXT records.
var policyRules = []rule{
	{
		Code: "MTASTS_ABSENT", Severity: finding.Info, Area: finding.MTASTS,
		Title:      "There is no MTA-STS policy",
		References: []string{"RFC 8461 section 3.1"},
		Needs:      topicMTASTS | topicExistence,
		Find: func(f *Facts) []finding.Hit {
			if len(f.MTASTS.Value.Records) != 0 || !f.Existence.Value.Domain {
				return nil
			}
			return []finding.Hit{{
				Subject: "_mta-sts." + f.Request.Domain, Evidence: lines(f.MTASTS.Value.Texts),
				Detail: fmt.Sprintf("%s announces no MTA-STS policy: senders do not insist on TLS.", f.Request.Domain),
			}}
		},
	},
	{
		Code: "MTASTS_TXT_INVALID", Severity: finding.Warning, Area: finding.MTASTS,
		Title:      "The MTA-STS record is invalid and counts for nothing",
		Remedy:     "Publish one record of the form v=STSv1; id=20260101T000000Z, with a fresh id for each change of the policy.",
		References: []string{"RFC 8461 section 3.1"},
		Needs:      topicMTASTS,
		Find: func(f *Facts) []finding.Hit {
			m := f.MTASTS.Value
			if m.Problem == "" {
				return nil
			}
			return []finding.Hit{{
				Subject: "_mta-sts." + f.Request.Domain, Evidence: lines(m.Records), Changes: mendSTS(f),
				Detail: fmt.Sprintf("Senders take the MTA-STS record of %s for none: %s.", f.Request.Domain, m.Problem),
			}}
		},
	},
	{
		Code: "TLSRPT_PRESENT", Severity: finding.Info, Area: finding.TLSRPT,
		Title:      "Reports on TLS are asked for",
		References: []string{"RFC 8460 section 3"},
		Needs:      topicTLSRPT,
		Find: func(f *Facts) []finding.Hit {
			t := f.TLSRPT.Value
			if len(t.Destinations) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: "_smtp._tls." + f.Request.Domain, Evidence: lines(t.Records),
				Detail: "Reports on TLS go to " + and(t.Destinations) + ".",
			}}
		},
	},
	{
		Code: "TLSRPT_ABSENT", Severity: finding.Notice, Area: finding.TLSRPT,
		Title:      "TLS is demanded of senders, and nobody gets reports on it",
		Remedy:     "Publish a TLS-RPT record, so that failures are seen.",
		References: []string{"RFC 8460 section 3"},
		Needs:      topicTLSRPT | topicMTASTS | topicDANE,
		Find: func(f *Facts) []finding.Hit {
			d := f.Request.Domain
			dane := slices.ContainsFunc(f.DANE.Value.Hosts, DANEHost.Active)
			why := "an MTA-STS policy"
			if dane {
				why = "DANE"
			}
			if len(f.TLSRPT.Value.Records) != 0 || f.MTASTS.Value.ID == "" && !dane {
				return nil
			}
			return []finding.Hit{{
				Subject: "_smtp._tls." + d, Evidence: lines(f.MTASTS.Value.Records),
				Detail:  fmt.Sprintf("%s has %s, and asks for no reports when senders cannot follow it.", d, why),
				Changes: []finding.Change{{Action: finding.Add, Name: "_smtp._tls." + d, Type: "TXT", Proposed: "v=TLSRPTv1; rua=mailto:tls-reports@" + d}},
			}}
		},
	},
	{
		Code: "TLSRPT_INVALID", Severity: finding.Warning, Area: finding.TLSRPT,
		Title:      "The TLS-RPT record is invalid and counts for nothing",
		Remedy:     "Publish one record of the form v=TLSRPTv1; rua=mailto:address.",
		References: []string{"RFC 8460 section 3"},
		Needs:      topicTLSRPT,
		Find: func(f *Facts) []finding.Hit {
			t := f.TLSRPT.Value
			if t.Problem == "" {
				return nil
			}
			return []finding.Hit{{
				Subject: "_smtp._tls." + f.Request.Domain, Evidence: lines(t.Records), Changes: mendTLSRPT(f),
				Detail: fmt.Sprintf("Senders take the TLS-RPT record of %s for none: %s.", f.Request.Domain, t.Problem),
			}}
		},
	},
	{
		Code: "BIMI_PRESENT", Severity: finding.Info, Area: finding.BIMI,
		Title:      "There is a BIMI record",
		References: []string{bimiDraft + "#section-4.2"},
		Needs:      topicBIMI,
		Find: func(f *Facts) []finding.Hit {
			b := f.BIMI.Value
			if b.Problem != "" || b.Location == "" {
				return nil
			}
			return []finding.Hit{{
				Subject: "default._bimi." + b.FoundAt, Evidence: lines(b.Records),
				Detail: fmt.Sprintf("The BIMI record of %s has the logo %s.", b.FoundAt, clip(b.Location)),
			}}
		},
	},
	{
		Code: "BIMI_DECLINED", Severity: finding.Info, Area: finding.BIMI,
		Title:      "The domain declines to take part in BIMI",
		References: []string{bimiDraft + "#section-4.2"},
		Needs:      topicBIMI,
		Find: func(f *Facts) []finding.Hit {
			b := f.BIMI.Value
			if !b.declines() {
				return nil
			}
			return []finding.Hit{{
				Subject: "default._bimi." + b.FoundAt, Evidence: lines(b.Records),
				Detail: fmt.Sprintf("The BIMI record of %s has neither logo nor certificate: the domain declines.", b.FoundAt),
			}}
		},
	},
	{
		Code: "BIMI_INVALID", Severity: finding.Warning, Area: finding.BIMI,
		Title:      "The BIMI record is invalid",
		Remedy:     "Publish one record of the form v=BIMI1; l=https://host/logo.svg; a=https://host/certificate.pem.",
		References: []string{bimiDraft + "#section-4.2"},
		Needs:      topicBIMI,
		Find: func(f *Facts) []finding.Hit {
			b := f.BIMI.Value
			if b.Problem == "" {
				return nil
			}
			h := finding.Hit{
				Subject: "default._bimi." + b.FoundAt, Evidence: lines(b.Records),
				Detail: fmt.Sprintf("The BIMI record of %s cannot be used: %s.", b.FoundAt, b.Problem),
			}
			if strings.HasPrefix(b.Location, "http://") && len(b.Records) == 1 && b.Records[0].Name == h.Subject {
				h.Changes = []finding.Change{{Action: finding.Replace, Name: h.Subject, Type: "TXT", Current: b.Record, Proposed: strings.ReplaceAll(b.Record, "http://", "https://")}}
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "BIMI_POLICY_TOO_WEAK", Severity: finding.Warning, Area: finding.BIMI,
		Title:      "DMARC is not enforced as BIMI needs it",
		Remedy:     "Enforce DMARC for the domain and its subdomains, or remove the BIMI record.",
		References: []string{bimiDraft + "#section-7.1"},
		Needs:      topicBIMI | topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			b, why := f.BIMI.Value, tooWeak(f.DMARC.Value)
			if b.Problem != "" || b.Location == "" || why == "" {
				return nil
			}
			return []finding.Hit{{
				Subject: "default._bimi." + b.FoundAt, Evidence: slices.Concat(lines(b.Records), f.DMARC.Value.evidence()),
				Detail: fmt.Sprintf("No logo is shown for %s: %s.", f.Request.Domain, why),
			}}
		},
	},
}

const bimiDraft = "https://datatracker.ietf.org/doc/html/draft-brand-indicators-for-message-identification"

// declines tells whether l= and a= are there and empty.
func (b BIMI) declines() bool {
	return b.Record != "" && b.Problem == "" && b.Location == "" && b.Authority == ""
}

// tooWeak is a clause: why DMARC does not meet BIMI, "" when it does.
func tooWeak(d DMARC) string {
	o := d.Outcome
	if !d.enforced() {
		return "the DMARC policy for the domain is " + orNone(o.Disposition)
	}
	if sub := o.Record.For(true, true); sub < dmarc.Quarantine {
		return "the DMARC policy for subdomains is " + orNone(sub)
	}
	if o.Record.Percent < 100 {
		return fmt.Sprintf("the DMARC record has pct=%d", o.Record.Percent)
	}
	return ""
}

// mendSTS proposes a valid announcement in the place of a faulty one.
func mendSTS(f *Facts) []finding.Change {
	m, name := f.MTASTS.Value, "_mta-sts."+f.Request.Domain
	if len(m.Records) == 0 || m.Records[0].Name != name {
		return nil
	}
	return mendTexts(name, m.Meant, "v=STSv1; id="+f.Now.UTC().Format("20060102T150405Z"))
}

// mendTLSRPT proposes a valid record in the place of a faulty one.
func mendTLSRPT(f *Facts) []finding.Change {
	t, name := f.TLSRPT.Value, "_smtp._tls."+f.Request.Domain
	if len(t.Records) == 0 || t.Records[0].Name != name {
		return nil
	}
	return mendTexts(name, t.Meant, "v=TLSRPTv1; rua=mailto:tls-reports@"+f.Request.Domain)
}

// mendTexts replaces the first text and removes the others.
func mendTexts(name string, texts []string, proposed string) []finding.Change {
	var out []finding.Change
	for i, text := range texts {
		c := finding.Change{Action: finding.Remove, Name: name, Type: "TXT", Current: text}
		if i == 0 {
			c.Action, c.Proposed = finding.Replace, proposed
		}
		out = append(out, c)
	}
	return out
}
