package domain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/iprev"
)

// reverseRules judge the names of addresses.
var reverseRules = []rule{
	{
		Code: "PTR_MISSING", Severity: finding.Error, Area: finding.ReverseDNS,
		Title:      "A sending address has no name",
		Remedy:     "Have the operator of the address publish a PTR record for it that names the sending host.",
		References: []string{"RFC 1912 section 2.1"},
		Find: func(f *Facts) []finding.Hit {
			return forSending(f, func(r Reverse) (finding.Hit, bool) {
				if r.Result != iprev.PermError || len(r.Aliases) != 0 || f.special(r.Addr) != "" {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("The sending address %s has no PTR record: many receivers refuse its mail.", r.Addr),
					Evidence: []string{resolver.Absolute(resolver.Reverse(r.Addr)) + " PTR: " + r.Report.Absent.String()},
					Changes:  ptrChange(f, r, finding.Add),
				}, true
			})
		},
	},
	{
		Code: "PTR_UNCONFIRMED", Severity: finding.Error, Area: finding.ReverseDNS,
		Title:      "No name of a sending address leads back to it",
		Remedy:     "Give the named host this address, or have the PTR record name a host that has it.",
		References: []string{"RFC 8601 section 2.7.3"},
		Find: func(f *Facts) []finding.Hit {
			return forSending(f, func(r Reverse) (finding.Hit, bool) {
				if r.Result != iprev.Fail || f.special(r.Addr) != "" {
					return no()
				}
				hit := finding.Hit{Detail: unconfirmed(r), Evidence: ptrLines(r), Remedy: renamed(r)}
				for _, n := range r.Names {
					if resolver.Within(n.Host, f.Organizational) && invalidHost(n.Host) == "" {
						hit.Changes = []finding.Change{{Action: finding.Add, Name: n.Host, Type: typeOf(r.Addr).String(), Proposed: r.Addr.String()}}
						break
					}
				}
				if hit.Changes == nil && len(r.Names) == 1 {
					hit.Changes = ptrChange(f, r, finding.Replace)
				}
				return hit, true
			})
		},
	},
	{
		Code: "PTR_CONFIRMED", Severity: finding.Info, Area: finding.ReverseDNS,
		Title:      "The name of a sending address leads back to it",
		References: []string{"RFC 8601 section 2.7.3"},
		Find: func(f *Facts) []finding.Hit {
			return forSending(f, func(r Reverse) (finding.Hit, bool) {
				if r.Result != iprev.Pass {
					return no()
				}
				return finding.Hit{
					Detail: fmt.Sprintf("The sending address %s is named %s, which has that address.", r.Addr, and(r.Confirmed())), Evidence: ptrLines(r),
				}, true
			})
		},
	},
	{
		Code: "PTR_GENERIC", Severity: finding.Warning, Area: finding.ReverseDNS,
		Title:      "The name of a sending address looks like one given to a whole range",
		Remedy:     "Have the operator of the address name it after the mail host, such as mail.example.com.",
		References: []string{"RFC 8601 section 2.7.3"},
		Find: func(f *Facts) []finding.Hit {
			return forSending(f, func(r Reverse) (finding.Hit, bool) {
				if !r.Generic {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("The sending address %s is named %s, like a dial-up or a rented machine: some receivers refuse its mail.", r.Addr, and(r.Confirmed())),
					Evidence: ptrLines(r),
				}, true
			})
		},
	},
	{
		Code: "PTR_DELEGATION_DANGLING", Severity: finding.Error, Area: finding.ReverseDNS,
		Title:      "The reverse name of a sending address is an alias for nothing",
		Remedy:     "Publish the PTR record in the zone that the reverse name points into.",
		References: []string{"RFC 2317 section 4"},
		Find: func(f *Facts) []finding.Hit {
			return forSending(f, func(r Reverse) (finding.Hit, bool) {
				if len(r.Aliases) == 0 {
					return no()
				}
				end := r.Aliases[len(r.Aliases)-1]
				if r.Result != iprev.PermError {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("The reverse name of %s is delegated to %s, where there is no PTR record.", r.Addr, end),
					Evidence: []string{line(resolver.Reverse(r.Addr), resolver.TypeCNAME, resolver.Absolute(r.Aliases[0])), resolver.Absolute(end) + " PTR: " + r.Report.Absent.String()},
					Changes:  ptrChange(f, r, finding.Add),
				}, true
			})
		},
	},
	{
		Code: "PTR_ADDRESS_SPECIAL", Severity: finding.Error, Area: finding.ReverseDNS,
		Title:      "A sending address is none that a receiver can see",
		Remedy:     "Name the public address that the mail leaves from.",
		References: []string{"RFC 6890 section 2.2"},
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, ip := range f.Request.SendingIPs {
				if why := f.special(ip); why != "" {
					out = append(out, finding.Hit{Subject: ip.String(), Detail: fmt.Sprintf("The sending address %s is reserved (%s): no receiver ever sees it.", ip, why)})
				}
			}
			return out
		},
	},
	{
		Code: "PTR_MX_UNCONFIRMED", Severity: finding.Info, Area: finding.ReverseDNS,
		Title:      "The address of a mail exchange has no confirmed name",
		References: []string{"RFC 8601 section 2.7.3"},
		Find: func(f *Facts) []finding.Hit {
			return forReverse(f, false, func(r Reverse) (finding.Hit, bool) {
				if r.Result != iprev.Fail && r.Result != iprev.PermError || f.special(r.Addr) != "" {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("The address %s of the mail exchange %s has no confirmed name, which matters only if that host also sends.", r.Addr, r.MXHost),
					Evidence: ptrLines(r),
				}, true
			})
		},
	},
}

func forSending(f *Facts, check func(Reverse) (finding.Hit, bool)) []finding.Hit {
	return forReverse(f, true, check)
}

// forReverse runs a check over the sending or the receiving addresses.
func forReverse(f *Facts, sending bool, check func(Reverse) (finding.Hit, bool)) []finding.Hit {
	var out []finding.Hit
	for _, r := range f.ReverseDNS.Value.Addresses {
		if hit, ok := check(r); ok && r.Sending == sending {
			hit.Subject = r.Addr.String()
			out = append(out, hit)
		}
	}
	return out
}

// ptrLines are the PTR records as evidence.
func ptrLines(r Reverse) []string {
	var out []string
	for _, host := range r.Hosts() {
		out = append(out, line(resolver.Reverse(r.Addr), resolver.TypePTR, resolver.Absolute(host)))
	}
	return out
}

// unconfirmed tells what the names of an address have instead.
func unconfirmed(r Reverse) string {
	if n := len(r.Names); n > 2 {
		detail := fmt.Sprintf("The sending address %s has the names %s, none of which has that address", r.Addr, and(r.Hosts()))
		if r.Unchecked > 0 {
			detail = fmt.Sprintf("The sending address %s has %d names, and none of the %d that receivers look at has that address: %s", r.Addr, n+r.Unchecked, n, and(r.Hosts()))
		}
		return detail + "."
	}
	var list []string
	for _, n := range r.Names {
		switch {
		case noHost(n.Host) != "":
			list = append(list, n.Host+" "+noHost(n.Host))
		case len(n.Addrs) > 0:
			list = append(list, n.Host+" has the "+addresses(n.Addrs))
		case r.Addr.Is4():
			list = append(list, n.Host+" has no IPv4 address")
		default:
			list = append(list, n.Host+" has no IPv6 address")
		}
	}
	return fmt.Sprintf("The sending address %s is named %s, and %s.", r.Addr, and(r.Hosts()), and(list))
}

// noHost is a clause: why no address could make a PTR name right, "" when one could.
func noHost(name string) string {
	switch _, err := netip.ParseAddr(name); {
	case err == nil:
		return "is an address and no host name"
	case resolver.Within(name, "localhost"):
		return "means each receiver's own machine"
	case invalidHost(name) != "":
		return "is no host name"
	}
	return ""
}

// renamed is the remedy where only another name helps, "" otherwise.
func renamed(r Reverse) string {
	if slices.ContainsFunc(r.Names, func(n iprev.Name) bool { return noHost(n.Host) == "" }) {
		return ""
	}
	return "Have the operator of the address name it after the mail host, such as mail.example.com."
}

// ptrChange names the address after a mail exchange that has it, if one is known,
// in the zone that the reverse name leads to.
func ptrChange(f *Facts, r Reverse, action finding.Action) []finding.Change {
	for _, h := range f.MX.Value.Hosts {
		for _, ip := range h.All() {
			if ip != r.Addr {
				continue
			}
			owner := resolver.Reverse(r.Addr)
			if len(r.Aliases) > 0 {
				owner = r.Aliases[len(r.Aliases)-1]
			}
			c := finding.Change{Action: action, Name: owner, Type: "PTR", Proposed: resolver.Absolute(h.Host)}
			if action == finding.Replace {
				c.Current = resolver.Absolute(strings.Join(r.Hosts(), ""))
			}
			return []finding.Change{c}
		}
	}
	return nil
}
