package domain

import (
	"fmt"
	"slices"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// daneRules judge the TLSA records of the mail exchanges.
var daneRules = []rule{
	{
		Code: "DANE_VALID", Severity: finding.Info, Area: finding.DANE,
		Title:      "Every mail exchange has DANE",
		References: []string{"RFC 7672 section 2.2"},
		Needs:      topicDANE,
		Find: func(f *Facts) []finding.Hit {
			hosts := f.DANE.Value.Hosts
			all := len(hosts) > 0 && !slices.ContainsFunc(hosts, func(h DANEHost) bool { return !h.Active() })
			if !all {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: daneLines(hosts),
				Detail: fmt.Sprintf("All mail exchanges of %s have secure and usable TLSA records.", f.Request.Domain),
			}}
		},
	},
	{
		Code: "DANE_PARTIAL", Severity: finding.Notice, Area: finding.DANE,
		Title:      "Some mail exchanges have DANE, others do not",
		Remedy:     "Publish TLSA records for all mail exchanges.",
		References: []string{"RFC 7672 section 2.2"},
		Needs:      topicDANE,
		Find: func(f *Facts) []finding.Hit {
			var with, without []string
			for _, h := range f.DANE.Value.Hosts {
				if h.Active() {
					with = append(with, h.Host)
				} else if len(h.Records) == 0 {
					without = append(without, h.Host)
				}
			}
			if len(with) == 0 || len(without) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: daneLines(f.DANE.Value.Hosts),
				Detail: fmt.Sprintf("%s has TLSA records, %s has none: mail through the latter is not protected.", and(with), and(without)),
			}}
		},
	},
	{
		Code: "DANE_INSECURE_ZONE", Severity: finding.Warning, Area: finding.DANE,
		Title:      "TLSA records are without effect for want of DNSSEC",
		Remedy:     "Sign the zones of the domain and of its mail exchanges, or remove the TLSA records.",
		References: []string{"RFC 7672 section 2.1.3", "RFC 7672 section 2.2.1"},
		Needs:      topicDANE,
		Find: func(f *Facts) []finding.Hit {
			return forDANE(f, func(h DANEHost) (string, bool) {
				return fmt.Sprintf("%s has TLSA records that no sender goes by, for want of DNSSEC of %s.", h.Host, and(h.Insecure)), !h.Secure && len(h.Records) > 0 && f.Validation != resolver.ValidationOff
			})
		},
	},
	{
		Code: "DANE_UNUSABLE", Severity: finding.Warning, Area: finding.DANE,
		Title:      "None of the TLSA records can be used",
		Remedy:     "Publish a record 3 1 1 with the SHA-256 of the public key of the host.",
		References: []string{"RFC 7672 section 3.1.3"},
		Needs:      topicDANE,
		Find: func(f *Facts) []finding.Hit {
			return forDANE(f, func(h DANEHost) (string, bool) {
				return fmt.Sprintf("The TLSA records of %s have a usage, selector or digest that SMTP does not use: they force TLS and authenticate nothing.", h.Host),
					len(h.Records) > 0 && h.Usable == 0
			})
		},
	},
}

// forDANE runs a check over the hosts of which all is known.
func forDANE(f *Facts, check func(DANEHost) (string, bool)) []finding.Hit {
	var out []finding.Hit
	for _, h := range f.DANE.Value.Hosts {
		if detail, ok := check(h); ok && h.Err == nil {
			out = append(out, finding.Hit{Subject: h.Host, Detail: detail, Evidence: lines(h.Records)})
		}
	}
	return unique(out)
}

func daneLines(hosts []DANEHost) []string {
	var out []string
	for _, h := range hosts {
		out = append(out, lines(h.Records)...)
	}
	return out
}
