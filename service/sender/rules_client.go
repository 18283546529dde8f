package sender

import (
	"fmt"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/iprev"
)

// clientRules are about the client's address and its reverse DNS.
var clientRules = []rule{
	{
		Code: "SENDER_ADDRESS_SPECIAL", Severity: finding.Notice, Area: finding.SMTP,
		Title:      "The client has a special-purpose address",
		References: []string{"RFC 6890 section 2.2"},
		Find: once(
			func(f *Facts) bool { return f.Special != "" },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Client.String(),
					Detail: fmt.Sprintf("%s is a special-purpose address (%s): no host of the public Internet has it, so what DNS says of it binds nobody.", f.Client, f.Special)}
			},
		),
	},
	{
		Code: "SENDER_PTR_MISSING", Severity: finding.Error, Area: finding.ReverseDNS, Needs: topicReverse,
		Title:      "The client's address has no reverse DNS",
		Remedy:     "Ask the owner of the address for a PTR record that names the sending host.",
		References: []string{"RFC 1912 section 2.1", "RFC 8601 section 2.7.3"},
		Find: once(
			func(f *Facts) bool {
				return f.ReverseDNS.Result == iprev.PermError && f.Special == "" && len(f.ReverseDNS.Aliases) == 0
			},
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Client.String(),
					Detail: fmt.Sprintf("%s has no PTR record (%s).", f.Client, f.ReverseDNS.Absent)}
			},
		),
	},
	{
		Code: "SENDER_PTR_DELEGATION_DANGLING", Severity: finding.Error, Area: finding.ReverseDNS, Needs: topicReverse,
		Title:      "The reverse name is an alias that leads nowhere",
		Remedy:     "Publish the PTR record at the end of the alias, or ask the owner of the range to remove the alias.",
		References: []string{"RFC 2317 section 4"},
		Find: once(
			func(f *Facts) bool {
				return f.ReverseDNS.Result == iprev.PermError && f.Special == "" && len(f.ReverseDNS.Aliases) > 0
			},
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Client.String(),
					Detail:   fmt.Sprintf("The reverse name of %s is an alias of %s, which has no PTR record (%s).", f.Client, strings.Join(f.ReverseDNS.Aliases, ", then of "), f.ReverseDNS.Absent),
					Evidence: []string{fmt.Sprintf("%s IN CNAME %s", resolver.Absolute(resolver.Reverse(f.Client)), resolver.Absolute(f.ReverseDNS.Aliases[0]))}}
			},
		),
	},
	{
		Code: "SENDER_PTR_UNCONFIRMED", Severity: finding.Error, Area: finding.ReverseDNS, Needs: topicReverse,
		Title:      "The client's reverse DNS does not lead back to it",
		Remedy:     "Give the name in the PTR record an address record with the client's address, or correct the PTR record.",
		References: []string{"RFC 8601 section 2.7.3"},
		Find: once(
			func(f *Facts) bool { return f.ReverseDNS.Result == iprev.Fail && f.Special == "" },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Client.String(),
					Detail:   fmt.Sprintf("%s is called %s, and none of these names has that address.", f.Client, strings.Join(f.ReverseDNS.Hosts(), ", ")),
					Evidence: evidence(f.ReverseDNS)}
			},
		),
	},
	{
		Code: "SENDER_PTR_CONFIRMED", Severity: finding.Info, Area: finding.ReverseDNS, Needs: topicReverse,
		Title:      "The client's reverse DNS leads back to it",
		References: []string{"RFC 8601 section 2.7.3"},
		Find: once(
			func(f *Facts) bool { return f.ReverseDNS.Result == iprev.Pass },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Client.String(),
					Detail: f.Client.String() + " is called " + strings.Join(f.ReverseDNS.Confirmed(), ", ") + ", and that leads back to it."}
			},
		),
	},
	{
		Code: "SENDER_PTR_GENERIC", Severity: finding.Warning, Area: finding.ReverseDNS, Needs: topicReverse,
		Title:      "The client is called like one of a range of addresses",
		Remedy:     "Give the sending host a name of its own, in the PTR record and in its address record.",
		References: []string{"RFC 8601 section 2.7.3"},
		Find: once(
			func(f *Facts) bool { return f.ReverseDNS.Generic() && f.Special == "" },
			func(f *Facts) finding.Hit {
				name := f.ReverseDNS.Confirmed()[0]
				return finding.Hit{Subject: f.Client.String(),
					Detail: fmt.Sprintf("%s looks like a name given to a range of addresses (%q in it).", name, iprev.GenericName(name, f.Client))}
			},
		),
	},
}

// evidence are the PTR records and what their names lead to.
func evidence(r iprev.Report) []string {
	var out []string
	for _, n := range r.Names {
		out = append(out, fmt.Sprintf("%s IN PTR %s", resolver.Absolute(resolver.Reverse(r.Addr)), resolver.Absolute(n.Host)))
		for _, a := range n.Addrs[:min(len(n.Addrs), 4)] {
			t := resolver.TypeAAAA
			if a.Is4() {
				t = resolver.TypeA
			}
			out = append(out, fmt.Sprintf("%s IN %s %s", resolver.Absolute(n.Host), t, a))
		}
	}
	return out
}

// heloRules are about the argument of HELO or EHLO.
var heloRules = []rule{
	{
		Code: "SENDER_HELO_CONFIRMED", Severity: finding.Info, Area: finding.SMTP,
		Title:      "The HELO name leads to the client",
		References: []string{"RFC 5321 section 4.1.4"},
		Find: once(
			func(f *Facts) bool { return f.Helo.Matches },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Helo.Name, Detail: "The client calls itself " + f.Helo.Name + ", and that leads to it."}
			},
		),
	},
	{
		Code: "SENDER_HELO_MISMATCH", Severity: finding.Notice, Area: finding.SMTP, Needs: topicHelo,
		Title:      "The HELO name leads to another host",
		Remedy:     "Let the client greet with the name that its address has.",
		References: []string{"RFC 5321 section 4.1.4"},
		Find: once(
			func(f *Facts) bool { return f.Helo.Form == HeloName && f.Helo.Resolves() && !f.Helo.Matches },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Helo.Name,
					Detail: fmt.Sprintf("%s has the address %s, not %s. No receiver may refuse mail for that alone.", f.Helo.Name, f.Helo.Addrs[:min(len(f.Helo.Addrs), 4)], f.Client)}
			},
		),
	},
	{
		Code: "SENDER_HELO_UNRESOLVABLE", Severity: finding.Warning, Area: finding.SMTP, Needs: topicHelo,
		Title:      "The HELO name has no address",
		Remedy:     "Give the name that the client greets with an address record.",
		References: []string{"RFC 5321 section 2.3.5"},
		Find: once(
			func(f *Facts) bool { return f.Helo.Form == HeloName && !f.Helo.Resolves() },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Helo.Name, Detail: fmt.Sprintf("%s has neither A nor AAAA record.", f.Helo.Name)}
			},
		),
	},
	{
		Code: "SENDER_HELO_NOT_QUALIFIED", Severity: finding.Warning, Area: finding.SMTP,
		Title:      "The HELO name is a single label",
		Remedy:     "Let the client greet with its full domain name.",
		References: []string{"RFC 5321 section 2.3.5"},
		Find: once(
			func(f *Facts) bool { return f.Helo.Form == HeloBare },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Helo.Name, Detail: fmt.Sprintf("%s is no full domain name.", f.Helo.Name)}
			},
		),
	},
	{
		Code: "SENDER_HELO_INVALID", Severity: finding.Warning, Area: finding.SMTP,
		Title:      "The argument of HELO is neither a domain name nor an address literal",
		Remedy:     "Let the client greet with its full domain name.",
		References: []string{"RFC 5321 section 4.1.1.1"},
		Find: once(
			func(f *Facts) bool { return f.Helo.Form == HeloInvalid },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Helo.Name,
					Detail: fmt.Sprintf("%.100q is neither a domain name nor an address literal.", f.Helo.Name)}
			},
		),
	},
	{
		Code: "SENDER_HELO_LITERAL", Severity: finding.Notice, Area: finding.SMTP,
		Title:      "The client greets with its address, not with a name",
		Remedy:     "Give the host a name and let it greet with that.",
		References: []string{"RFC 5321 section 4.1.4"},
		Find: once(
			func(f *Facts) bool { return f.Helo.Form == HeloLiteral && f.Helo.Matches },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Helo.Name, Detail: "The client calls itself " + f.Helo.Name + ", as hosts without a name do."}
			},
		),
	},
	{
		Code: "SENDER_HELO_LITERAL_MISMATCH", Severity: finding.Warning, Area: finding.SMTP,
		Title:      "The client greets with an address that is not its own",
		Remedy:     "Let the client greet with its full domain name.",
		References: []string{"RFC 5321 section 4.1.3"},
		Find: once(
			func(f *Facts) bool { return f.Helo.Form == HeloLiteral && !f.Helo.Matches },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Helo.Name,
					Detail: fmt.Sprintf("The client %s greets as %s.", f.Client, f.Helo.Name)}
			},
		),
	},
}
