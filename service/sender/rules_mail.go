package sender

import (
	"fmt"

	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/spf"
)

// spfRule is a rule that one SPF result of the reverse-path leads to.
func spfRule(code string, severity finding.Severity, result spf.Result, title, remedy string, hit func(*Facts) finding.Hit) rule {
	return rule{
		Code: code, Severity: severity, Area: finding.SPF, Needs: topicSPF, Title: title, Remedy: remedy,
		References: []string{"RFC 7208 section 2.6"},
		Find:       once(func(f *Facts) bool { return f.SPF.Result == result }, hit),
	}
}

// detail is a hit whose sentence is about the client and the domain.
func detail(sentence func(client, domain string) string) func(*Facts) finding.Hit {
	return func(f *Facts) finding.Hit {
		h := finding.Hit{Subject: f.SPF.Domain, Detail: sentence(f.Client.String(), f.SPF.Domain)}
		if f.SPF.Mechanism != "" {
			h.Evidence = []string{f.SPF.MechanismDomain + ": " + f.SPF.Mechanism}
		}
		return h
	}
}

var spfRules = []rule{
	spfRule("SENDER_SPF_PASS", finding.Info, spf.Pass, "SPF authorises the client", "",
		detail(func(client, domain string) string { return client + " may send for " + domain + "." })),
	spfRule("SENDER_SPF_FAIL", finding.Error, spf.Fail, "SPF forbids the client",
		"If the client is one of the domain's own, add its address to the domain's SPF record.",
		detail(func(client, domain string) string {
			return client + " may not send for " + domain + ", says that domain's SPF record."
		})),
	spfRule("SENDER_SPF_SOFTFAIL", finding.Warning, spf.SoftFail, "SPF does not authorise the client",
		"If the client is one of the domain's own, add its address to the domain's SPF record.",
		detail(func(client, domain string) string {
			return client + " probably may not send for " + domain + ", says that domain's SPF record."
		})),
	spfRule("SENDER_SPF_NEUTRAL", finding.Notice, spf.Neutral, "SPF says nothing about the client", "",
		detail(func(client, domain string) string {
			return "The SPF record of " + domain + " says neither that " + client + " may send for it nor that it may not."
		})),
	{
		Code: "SENDER_SPF_NONE", Severity: finding.Warning, Area: finding.SPF, Needs: topicSPF,
		Title: "The sender's domain has no SPF record", Remedy: "Publish an SPF record for the domain.",
		References: []string{"RFC 7208 section 2.6.1"},
		Find: once(
			func(f *Facts) bool { return f.SPF.Result == spf.None && f.SPF.Domain != "" },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.SPF.Domain,
					Detail: fmt.Sprintf("%s has no SPF record.", f.SPF.Domain)}
			},
		),
	},
	spfRule("SENDER_SPF_PERMERROR", finding.Error, spf.PermError, "The sender's SPF records are in error", "Correct the record that is named.",
		func(f *Facts) finding.Hit {
			return finding.Hit{Subject: f.SPF.Domain, Detail: fmt.Sprintf("The SPF records of %s cannot be evaluated: %s.", f.SPF.Domain, f.SPF.Problem)}
		}),
	{
		Code: "SENDER_SPF_HELO_FAIL", Severity: finding.Warning, Area: finding.SPF, Needs: topicSPFHelo,
		Title:      "SPF forbids the client to use its HELO name",
		Remedy:     "If the client is the domain's own, add its address to the SPF record of the HELO name.",
		References: []string{"RFC 7208 section 2.3"},
		Find: once(
			func(f *Facts) bool { return f.SPFHelo.Result == spf.Fail && f.Request.MailFrom != "" },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.SPFHelo.Domain,
					Detail: fmt.Sprintf("%s may not call itself %s, says that name's SPF record.", f.Client, f.SPFHelo.Domain)}
			},
		),
	},
	{
		Code: "SENDER_SPF_UNDECIDABLE", Severity: finding.Notice, Area: finding.SPF, Needs: topicSPF,
		Title:      "The reverse-path has no domain that SPF could ask about",
		References: []string{"RFC 7208 section 4.3"},
		Find: once(
			func(f *Facts) bool { return f.SPF.Domain == "" },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Request.MailFrom, Detail: "Neither the reverse-path nor, where that is null, HELO gives a domain name."}
			},
		),
	},
}

// pathRules are about the reverse-path as a place to which bounces can go.
var pathRules = []rule{
	{
		Code: "SENDER_PATH_NOT_FOUND", Severity: finding.Error, Area: finding.MX, Needs: topicPath,
		Title: "The sender's domain does not exist", Remedy: "Send with a domain that exists.",
		References: []string{"RFC 5321 section 3.6.2", "RFC 8020 section 2"},
		Find: once(
			func(f *Facts) bool { return f.Path.Domain != "" && !f.Path.Exists },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Path.Domain, Detail: fmt.Sprintf("%s does not exist (NXDOMAIN).", f.Path.Domain)}
			},
		),
	},
	{
		Code: "SENDER_PATH_NO_MAIL", Severity: finding.Error, Area: finding.MX, Needs: topicPath,
		Title: "The sender's domain can receive no bounces", Remedy: "Publish an MX record for the domain.",
		References: []string{"RFC 5321 section 5.1"},
		Find: once(
			func(f *Facts) bool { return f.Path.Domain != "" && f.Path.Exists && !f.Path.Receives && !f.Path.NullMX },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Path.Domain,
					Detail: fmt.Sprintf("%s has no MX record and no address.", f.Path.Domain)}
			},
		),
	},
	{
		Code: "SENDER_PATH_NULL_MX", Severity: finding.Warning, Area: finding.MX, Needs: topicPath,
		Title: "The sender's domain says that it takes no mail", Remedy: "Send with a reverse-path that can receive bounces, or remove the null MX.",
		References: []string{"RFC 7505 section 4.2"},
		Find: once(
			func(f *Facts) bool { return f.Path.NullMX },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Path.Domain,
					Detail:   fmt.Sprintf("%s has a null MX: bounces cannot arrive, and receivers may refuse.", f.Path.Domain),
					Evidence: []string{f.Path.Domain + ". IN MX 0 ."}}
			},
		),
	},
}
