package domain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// mxRules judge where mail to the domain goes.
var mxRules = []rule{
	{
		Code: "MX_NULL", Severity: finding.Info, Area: finding.MX,
		Title:      "The domain declares that it receives no mail",
		References: []string{"RFC 7505 section 3"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			m := f.MX.Value
			detail := "A null MX declares that the domain receives no mail."
			if m.Null && m.Roots[0] != 0 {
				detail = fmt.Sprintf("A null MX declares that the domain receives no mail; its preference is %d and should be 0.", m.Roots[0])
			}
			if !m.Null {
				return nil
			}
			return []finding.Hit{{Subject: f.Request.Domain, Detail: detail, Evidence: lines(m.Records)}}
		},
	},
	{
		Code: "MX_NULL_MIXED", Severity: finding.Error, Area: finding.MX,
		Title:      "A null MX stands beside other MX records",
		Remedy:     "Remove the MX record whose target is the root, or remove all others.",
		References: []string{"RFC 7505 section 3"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			m := f.MX.Value
			if len(m.Roots) == 0 || len(m.Hosts) == 0 {
				return nil
			}
			h := finding.Hit{
				Subject: f.Request.Domain, Evidence: lines(m.Records),
				Detail: fmt.Sprintf("The root is a mail exchange beside %s, so that some senders deliver and others refuse.", hostList(m.Hosts)),
			}
			for _, p := range m.Roots {
				h.Changes = append(h.Changes, finding.Change{Action: finding.Remove, Name: f.Request.Domain, Type: "MX", Current: fmt.Sprintf("%d .", p)})
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "MX_NULL_SENDER", Severity: finding.Warning, Area: finding.MX,
		Title:      "The domain sends mail and receives none",
		Remedy:     "Publish an MX record for a host that takes bounces and replies, or stop sending from the domain.",
		References: []string{"RFC 7505 section 4.2"},
		Needs:      topicMX | topicSPF,
		Find: func(f *Facts) []finding.Hit {
			detail := "A null MX says that no mail is received, yet SPF lets somebody send as " + f.Request.Domain + ": bounces and replies cannot arrive."
			if n := len(f.Request.SendingIPs); n > 0 {
				detail = fmt.Sprintf("A null MX says that no mail is received, yet %s sends as %s: bounces and replies cannot arrive.", count(n, "address", "addresses"), f.Request.Domain)
			}
			sends := len(f.Request.SendingIPs) > 0 || f.SPF.Value.Text != "" && !f.SPF.Value.Parked
			if !f.MX.Value.Null || !sends {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Detail: detail, Evidence: lines(f.MX.Value.Records, f.SPF.Value.Records),
			}}
		},
	},
	{
		Code: "MX_NULL_ADVISED", Severity: finding.Notice, Area: finding.MX,
		Title:      "A domain without mail should say so with a null MX",
		Remedy:     "Publish a null MX.",
		References: []string{"RFC 7505 section 1"},
		Needs:      topicMX | topicSPF,
		Find: func(f *Facts) []finding.Hit {
			d := f.Request.Domain
			if !f.MX.Value.empty() || !f.SPF.Value.Parked {
				return nil
			}
			return []finding.Hit{{
				Subject: d, Evidence: lines(f.SPF.Value.Records),
				Detail:  fmt.Sprintf("%s has no MX and its SPF record says that it sends no mail; a null MX spares senders the attempt.", d),
				Changes: []finding.Change{{Action: finding.Add, Name: d, Type: "MX", Proposed: "0 ."}},
			}}
		},
	},
	{
		Code: "MX_IMPLICIT", Severity: finding.Notice, Area: finding.MX,
		Title:      "Mail goes to the domain's own address, for want of an MX",
		Remedy:     "Publish an MX record for the host that takes the mail, or a null MX when there is none.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			d, m := f.Request.Domain, f.MX.Value
			if !m.Implicit {
				return nil
			}
			h := finding.Hit{
				Subject: d, Evidence: addressLines(d, m.Hosts[0].Addresses),
				Detail: fmt.Sprintf("%s has no MX record, so that mail goes to its %s.", d, addresses(m.Hosts[0].All())),
			}
			if !f.SPF.Value.Parked && m.Hosts[0].Alias == "" {
				h.Changes = []finding.Change{{Action: finding.Add, Name: d, Type: "MX", Proposed: "10 " + resolver.Absolute(d)}}
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "MX_NONE", Severity: finding.Error, Area: finding.MX,
		Title:      "The domain cannot receive mail",
		Remedy:     "Publish an MX record for the host that takes the mail, or a null MX when the domain has none.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicExistence | topicMX | topicMXHosts | topicSPF,
		Find: func(f *Facts) []finding.Hit {
			d := f.Request.Domain
			if !f.Existence.Value.Domain || !f.MX.Value.empty() || f.MX.Value.Implicit || f.SPF.Value.Parked {
				return nil
			}
			what := "has neither MX nor A nor AAAA records"
			var remedy string
			var evidence []string
			switch alias := f.MX.Value.Alias; {
			case alias != "":
				what = fmt.Sprintf("is an alias for %s, which has neither MX nor A nor AAAA records", alias)
				remedy = "Give the target of the alias an MX record, or the name records of its own in the place of the alias."
				evidence = []string{line(d, resolver.TypeCNAME, resolver.Absolute(alias))}
			case !f.Existence.Value.Name:
				what = "is a name that does not exist"
			}
			return []finding.Hit{{
				Subject: d, Remedy: remedy, Evidence: evidence, Detail: fmt.Sprintf("%s %s: mail to it cannot be delivered, and receivers refuse mail from it.", d, what),
			}}
		},
	},
	{
		Code: "MX_TARGET_UNRESOLVABLE", Severity: finding.Warning, Area: finding.MX,
		Title:      "A mail exchange has no address",
		Remedy:     "Give the host an address, or remove its MX record.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			m := f.MX.Value
			if !slices.ContainsFunc(m.Hosts, func(h MailHost) bool { return h.Found() }) {
				return nil
			}
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				if !h.Absent() || h.verification() {
					return no()
				}
				return finding.Hit{
					Detail:  fmt.Sprintf("The mail exchange %s %s, while other exchanges work.", h.Host, h.absence()),
					Changes: []finding.Change{removeMX(f, h)},
				}, true
			})
		},
	},
	{
		Code: "MX_ALL_UNRESOLVABLE", Severity: finding.Error, Area: finding.MX,
		Title:      "No mail exchange has an address",
		Remedy:     "Give at least one of the hosts an address, or point the MX records at hosts that have one.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicMX | topicMXHosts,
		Find: func(f *Facts) []finding.Hit {
			m := f.MX.Value
			all := len(m.Hosts) > 0 && m.Unlooked == 0 && !slices.ContainsFunc(m.Hosts, func(h MailHost) bool { return !h.Absent() })
			if !all {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(m.Records),
				Detail: fmt.Sprintf("Mail to %s cannot be delivered: %s.", f.Request.Domain, absences(f, m.Hosts)),
			}}
		},
	},
	{
		Code: "MX_TARGET_CNAME", Severity: finding.Warning, Area: finding.MX,
		Title:      "A mail exchange is an alias",
		Remedy:     "Point the MX record at the name that has the address.",
		References: []string{"RFC 2181 section 10.3", "RFC 5321 section 5.1"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				if h.Alias == "" || f.MX.Value.Implicit {
					return no()
				}
				hit := finding.Hit{
					Detail:   fmt.Sprintf("The mail exchange %s is an alias for %s, which the standard forbids and some senders refuse.", h.Host, h.Alias),
					Evidence: []string{line(h.Host, resolver.TypeCNAME, resolver.Absolute(h.Alias))},
				}
				if h.Found() {
					hit.Changes = []finding.Change{replaceMX(f, h, h.Canonical)}
				}
				return hit, true
			})
		},
	},
	{
		Code: "MX_TARGET_IP_LITERAL", Severity: finding.Error, Area: finding.MX,
		Title:      "A mail exchange is spelled as an IP address",
		Remedy:     "Give the address a host name, and point the MX record at that name.",
		References: []string{"RFC 1035 section 3.3.9"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				ip, ok := literal(f, h.Host)
				if !ok {
					return no()
				}
				return finding.Hit{
					Detail:  fmt.Sprintf("The MX record names %s, which DNS takes for a host name and not for the address; such a host does not exist.", h.Host),
					Changes: named(f, h, ip),
				}, true
			})
		},
	},
	{
		Code: "MX_TARGET_INVALID_NAME", Severity: finding.Error, Area: finding.MX,
		Title:      "A mail exchange is no host name",
		Remedy:     "Enter the bare host name as target of the MX record.",
		References: []string{"RFC 5321 section 2.3.5"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				why := invalidHost(h.Host)
				if _, ok := literal(f, h.Host); ok {
					why = ""
				}
				if why == "" {
					return no()
				}
				hit := finding.Hit{Detail: fmt.Sprintf("The mail exchange %q is no host name: it has %s.", h.Host, why)}
				if ip, err := netip.ParseAddr(strings.Trim(h.Host, "[]")); err == nil {
					hit.Changes = named(f, h, ip)
				}
				return hit, true
			})
		},
	},
	{
		Code: "MX_TARGET_UNDERSCORE", Severity: finding.Notice, Area: finding.MX,
		Title:      "The name of a mail exchange has an underscore",
		Remedy:     "Give the host a name of letters, digits and hyphens.",
		References: []string{"RFC 1123 section 2.1"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				if !strings.Contains(h.Host, "_") || !h.Found() {
					return no()
				}
				return finding.Hit{Detail: fmt.Sprintf("The mail exchange %s has an underscore in its name; it works, but some senders refuse it.", h.Host)}, true
			})
		},
	},
	{
		Code: "MX_TARGET_ZONE_APPENDED", Severity: finding.Error, Area: finding.MX,
		Title:      "The zone's name was appended to a mail exchange",
		Remedy:     "End the target with a dot.",
		References: []string{"RFC 1035 section 5.1"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				if h.Meant == "" {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("The mail exchange %s does not exist, but %s does: the final dot was forgotten.", h.Host, h.Meant),
					Evidence: []string{h.Meant + " has the " + addresses(h.MeantAddresses)},
					Changes:  []finding.Change{replaceMX(f, h, h.Meant)},
				}, true
			})
		},
	},
	{
		Code: "MX_ADDRESS_SPECIAL", Severity: finding.Error, Area: finding.MX,
		Title:      "A mail exchange has an address that nobody outside can reach",
		Remedy:     "Give the host its public address.",
		References: []string{"RFC 6890 section 2.2"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) { return specialAddress(f, h) })
		},
	},
	{
		Code: "MX_IPV6_ONLY", Severity: finding.Warning, Area: finding.MX,
		Title:      "No mail exchange has an IPv4 address",
		Remedy:     "Give at least one mail exchange an IPv4 address: many senders have no IPv6.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicMX | topicMXHosts,
		Find: func(f *Facts) []finding.Hit {
			m := f.MX.Value
			v4 := slices.ContainsFunc(m.Hosts, func(h MailHost) bool { return len(h.V4.Value) > 0 })
			v6 := slices.ContainsFunc(m.Hosts, func(h MailHost) bool { return len(h.V6.Value) > 0 })
			if !v6 || v4 || m.Unlooked != 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: hostLines(m.Hosts),
				Detail: fmt.Sprintf("%s can be reached over IPv6 alone: %s has no IPv4 address.", f.Request.Domain, hostList(m.Hosts)),
			}}
		},
	},
	{
		Code: "MX_PROVIDER", Severity: finding.Info, Area: finding.MX,
		Title: "A known provider receives the mail",
		Needs: topicMX,
		Find: func(f *Facts) []finding.Hit {
			list, all := mailboxes(f.MX.Value)
			if !all || len(list) != 1 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(f.MX.Value.Records),
				Detail: "Mail is received by " + strings.Join(list, "") + ".",
			}}
		},
	},
	{
		Code: "MX_PROVIDER_MIXED", Severity: finding.Warning, Area: finding.MX,
		Title:      "Mail is split between two mailbox providers",
		Remedy:     "Remove the MX records of the provider that no longer keeps the mailboxes.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			list, _ := mailboxes(f.MX.Value)
			if len(list) <= 1 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(f.MX.Value.Records),
				Detail: fmt.Sprintf("The mail exchanges belong to %s, which do not share mailboxes: a part of the mail goes astray.", strings.Join(list, " and ")),
			}}
		},
	},
	{
		Code: "MX_VERIFICATION_HOST", Severity: finding.Notice, Area: finding.MX,
		Title:      "An MX record is left over from a verification",
		Remedy:     "Remove the MX record.",
		References: []string{"RFC 6761 section 6.4"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				if !h.verification() {
					return no()
				}
				return finding.Hit{
					Detail:  fmt.Sprintf("The mail exchange %s can never exist; a provider used it to verify the domain.", h.Host),
					Changes: []finding.Change{removeMX(f, h)},
				}, true
			})
		},
	},
	{
		Code: "MX_DANGLING_DOMAIN", Severity: finding.Error, Area: finding.MX,
		Title:      "A mail exchange lies below a domain that nobody has registered",
		Remedy:     "Remove the MX record, or register the domain: whoever does receives the mail.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicMX,
		Find: func(f *Facts) []finding.Hit {
			return forHosts(f, func(h MailHost) (finding.Hit, bool) {
				if h.Unregistered == "" || h.Meant != "" {
					return no()
				}
				hit := finding.Hit{
					Detail:   fmt.Sprintf("The domain %s of the mail exchange %s does not exist: whoever registers it receives the mail to %s.", h.Unregistered, h.Host, f.Request.Domain),
					Evidence: []string{resolver.Absolute(h.Unregistered) + " SOA: NXDOMAIN"},
				}
				if slices.ContainsFunc(f.MX.Value.Hosts, func(h MailHost) bool { return h.Found() }) {
					hit.Changes = []finding.Change{removeMX(f, h)}
				}
				return hit, true
			})
		},
	},
}
