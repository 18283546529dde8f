package sender

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/finding"
)

// listed are the hits for listings of a class.
func listed(f *Facts, class dnsbl.Class) []finding.Hit {
	var out []finding.Hit
	for _, l := range f.Blocklists {
		if l.State != dnsbl.Listed || l.Class != class {
			continue
		}
		h := finding.Hit{Subject: l.Subject, Detail: fmt.Sprintf("%s is on the blocklist %s.", l.Subject, l.Zone)}
		if len(l.Meanings) > 0 {
			h.Detail = fmt.Sprintf("%s is on the blocklist %s: %s.", l.Subject, l.Zone, strings.Join(l.Meanings, ", "))
		}
		for _, a := range l.Answers {
			h.Evidence = append(h.Evidence, fmt.Sprintf("%s. IN A %s", l.Name, a))
		}
		if l.Reason != "" {
			h.Evidence = append(h.Evidence, fmt.Sprintf("%s. IN TXT %s", l.Name, finding.QuoteTXT(l.Reason)))
		}
		out = append(out, h)
	}
	return out
}

var listRules = []rule{
	{
		Code: "SENDER_LISTED", Severity: finding.Error, Area: finding.Blocklist,
		Title: "The sender is on a blocklist", Remedy: "End what it is listed for, then ask the list to remove it.",
		References: []string{"RFC 5782 section 2.1"},
		Find:       func(f *Facts) []finding.Hit { return listed(f, dnsbl.Abuse) },
	},
	{
		Code: "SENDER_POLICY_LISTED", Severity: finding.Warning, Area: finding.Blocklist,
		Title: "The client is in a range that is not meant to send mail", Remedy: "Send through the network's mail server, or ask the list for an exemption.",
		References: []string{"RFC 5782 section 2.1"},
		Find:       func(f *Facts) []finding.Hit { return listed(f, dnsbl.Policy) },
	},
	{
		Code: "SENDER_LIST_UNUSABLE", Severity: finding.Notice, Area: finding.Blocklist,
		Title: "A blocklist gives no usable answer", Remedy: "Ask the list through a resolver that it serves, or ask it no longer.",
		References: []string{"RFC 5782 section 5"},
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, l := range f.Blocklists {
				if l.State == dnsbl.Unusable {
					out = append(out, finding.Hit{Subject: l.Zone, Detail: fmt.Sprintf("%s says nothing about %s: %s.", l.Zone, l.Subject, l.Reason)})
				}
			}
			return out
		},
	},
	{
		Code: "SENDER_NOT_LISTED", Severity: finding.Info, Area: finding.Blocklist, Needs: topicLists,
		Title: "No blocklist lists the sender", References: []string{"RFC 5782 section 2.1"},
		Find: once(
			func(f *Facts) bool {
				return slices.ContainsFunc(f.Blocklists, func(l dnsbl.Result) bool { return l.State == dnsbl.Clear }) &&
					!slices.ContainsFunc(f.Blocklists, func(l dnsbl.Result) bool { return l.State == dnsbl.Listed })
			},
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Client.String(), Detail: fmt.Sprintf("%d look-ups in blocklists found no listing.", len(f.Blocklists))}
			},
		),
	},
}
