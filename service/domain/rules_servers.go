package domain

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// serverRules judge the name servers one by one, where they were asked.
var serverRules = []rule{
	{
		Code: "NS_ALL_LAME", Severity: finding.Error, Area: finding.Delegation,
		Title:      "No name server answers for the zone",
		Remedy:     "Set the zone up at the name servers that the parent names, or have the parent name those that have it.",
		References: []string{"RFC 1912 section 2.8"},
		Needs:      topicServers,
		Find: func(f *Facts) []finding.Hit {
			s := f.Servers.Value
			all := s.Zone != "" && len(s.Way.SOA.Told) > 0 && !slices.ContainsFunc(s.Way.SOA.Told, func(t resolver.Told) bool { return !lame(t) })
			if !all {
				return nil
			}
			return []finding.Hit{{
				Subject: s.Zone, Evidence: toldLines(s.Way.SOA.Told),
				Detail: fmt.Sprintf("None of the name servers of %s answers for it: %s.", s.Zone, conditions(s.Way.SOA.Told)),
			}}
		},
	},
	{
		Code: "NS_LAME_SERVER", Severity: finding.Warning, Area: finding.Delegation,
		Title:      "A name server does not answer for the zone",
		Remedy:     "Set the zone up at this server, or remove it from the zone and from its parent.",
		References: []string{"RFC 1912 section 2.8"},
		Needs:      topicServers,
		Find: func(f *Facts) []finding.Hit {
			s := f.Servers.Value
			others := "others answer"
			if !s.answered() {
				others = "no other answers"
			}
			var out []finding.Hit
			if !slices.ContainsFunc(s.Way.SOA.Told, func(t resolver.Told) bool { return !lame(t) }) {
				return nil // NS_ALL_LAME says so
			}
			for _, told := range s.hosts(lame) {
				out = append(out, finding.Hit{
					Subject: told[0].Host, Evidence: toldLines(told),
					Detail: fmt.Sprintf("The name server %s of %s %v, while %s.", at(told), s.Zone, told[0].Condition(), others),
				})
			}
			return out
		},
	},
	{
		Code: "NS_SERVER_UNREACHABLE", Severity: finding.Warning, Area: finding.Delegation,
		Title:      "A name server cannot be reached from here",
		Remedy:     "Bring the server back, open its port 53 to everybody over UDP and TCP, or remove it from the zone and from its parent.",
		References: []string{"RFC 2182 section 3.1"},
		Needs:      topicServers,
		Find: func(f *Facts) []finding.Hit {
			s := f.Servers.Value
			return s.failing("from here, while others answer: resolvers that try it first lose time", resolver.Silent, resolver.Closed)
		},
	},
	{
		Code: "NS_SERVER_FAILING", Severity: finding.Warning, Area: finding.Delegation,
		Title:      "A name server gives errors for the zone",
		Remedy:     "Find out at the server why it cannot serve the zone, such as a copy that has expired or did not load.",
		References: []string{"RFC 1912 section 2.8"},
		Needs:      topicServers,
		Find: func(f *Facts) []finding.Hit {
			s := f.Servers.Value
			return s.failing("at every question, while others answer", resolver.Failing)
		},
	},
	{
		Code: "NS_PARENT_CHILD_DIFFER", Severity: finding.Notice, Area: finding.Delegation,
		Title:      "The parent names other name servers than the zone",
		Remedy:     "Have the registrar list the same name servers as the zone.",
		References: []string{"RFC 1034 section 4.2.2"},
		Needs:      topicServers,
		Find: func(f *Facts) []finding.Hit {
			s := f.Servers.Value
			if s.Zone == "" || len(s.Way.Steps) == 0 {
				return nil
			}
			last := s.Way.Steps[len(s.Way.Steps)-1]
			var list []string
			if hosts := last.ParentOnly(); len(hosts) > 0 {
				list = append(list, "the parent alone names "+and(hosts))
			}
			if hosts := last.ChildOnly(); len(hosts) > 0 {
				list = append(list, "the zone alone names "+and(hosts))
			}
			if len(list) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: s.Zone, Evidence: list, Detail: fmt.Sprintf("The name servers of %s differ: %s.", s.Zone, and(list)),
			}}
		},
	},
	{
		Code: "NS_GLUE_DIFFERS", Severity: finding.Warning, Area: finding.Delegation,
		Title:      "The parent has another address for a name server than the zone",
		Remedy:     "Have the registrar list the address that the name server has, or give it that address in the zone.",
		References: []string{"RFC 1912 section 2.3"},
		Needs:      topicServers | topicDelegation | topicNSHosts,
		Find: func(f *Facts) []finding.Hit {
			s := f.Servers.Value
			if s.Zone == "" || len(s.Way.Steps) == 0 {
				return nil
			}
			var out []finding.Hit
			for _, glued := range s.Way.Steps[len(s.Way.Steps)-1].Servers {
				for _, own := range f.Delegation.Value.Servers {
					if own.Host == glued.Host {
						out = append(out, staleGlue(s.Zone, glued, own)...)
					}
				}
			}
			return out
		},
	},
	{
		Code: "NS_ANSWERS_DIFFER", Severity: finding.Warning, Area: finding.Delegation,
		Title:      "The name servers give different answers",
		Remedy:     "Find out why the servers do not take over the zone from their primary; a change may still be on its way.",
		References: []string{"RFC 1034 section 4.3.5"},
		Needs:      topicServers,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			s := f.Servers.Value
			for _, p := range s.Mail {
				groups := p.Groups()
				if len(groups) < 2 {
					continue
				}
				i := slices.IndexFunc(out, func(h finding.Hit) bool { return h.Subject == p.Question.Name })
				if i < 0 {
					i, out = len(out), append(out, finding.Hit{Subject: p.Question.Name})
				}
				h := &out[i]
				h.Detail += fmt.Sprintf("The name servers of %s give %d different answers to %s. ", p.Zone, len(groups), p.Question)
				for _, g := range groups {
					h.Evidence = append(h.Evidence, groupLine(g))
				}
			}
			for i := range out {
				out[i].Detail += copies(s.Way.SOA.Told)
				out[i].Evidence = append(out[i].Evidence, serials(s.Way.SOA.Told)...)
			}
			return out
		},
	},
}

// staleGlue finds the addresses that came with the referral and are not the host's.
func staleGlue(zone string, glued resolver.NameServer, own NameServer) []finding.Hit {
	var stale []netip.Addr
	for _, ip := range glued.Glue {
		if !slices.Contains(own.All(), ip) {
			stale = append(stale, ip)
		}
	}
	if len(stale) == 0 {
		return nil
	}
	has := "has the " + addresses(own.All())
	if !own.Found() {
		has = "has no address"
	}
	remedy := ""
	if !resolver.Within(own.Host, zone) {
		remedy = "Tell the operator of the name server, whose registrar lists the address."
	}
	return []finding.Hit{{
		Subject: own.Host, Remedy: remedy, Evidence: append(addressLines(own.Host, own.Addresses), fmt.Sprintf("the parent of %s: %s", zone, addrList(glued.Glue))),
		Detail: fmt.Sprintf("The parent of %s sends resolvers to its name server %s at %s, but that host %s.", zone, own.Host, addrList(stale), has),
	}}
}

// lame tells whether a server surely does not serve the zone. One that is silent
// or fails may serve others.
func lame(t resolver.Told) bool {
	switch t.Condition() {
	case resolver.LameServer, resolver.Refusing, resolver.NoAddress:
		return true
	}
	return false
}

// server names who told something.
func server(t resolver.Told) string { return at([]resolver.Told{t}) }

// at is the host of servers that have it in common, with their addresses.
func at(told []resolver.Told) string {
	var addrs []string
	for _, t := range told {
		if t.Addr.IsValid() {
			addrs = append(addrs, t.Addr.String())
		}
	}
	if len(addrs) == 0 {
		return told[0].Host
	}
	return fmt.Sprintf("%s (%s)", told[0].Host, and(addrs))
}

func toldLines(told []resolver.Told) []string {
	var out []string
	for _, t := range told {
		line := fmt.Sprintf("%s %v", server(t), t.Condition())
		if t.Err != nil && t.Addr.IsValid() {
			line += ": " + t.Err.Error()
		}
		out = append(out, line)
	}
	return out
}

// conditions is a clause for each server.
func conditions(told []resolver.Told) string {
	var list []string
	for _, t := range told {
		if clause := fmt.Sprintf("%s %v", t.Host, t.Condition()); !slices.Contains(list, clause) {
			list = append(list, clause)
		}
	}
	return and(list)
}

// groupLine is what a group of servers says.
func groupLine(g []resolver.Told) string {
	var who, what []string
	for _, t := range g {
		who = append(who, server(t))
	}
	for _, r := range recordsOf(g[0].Answer) {
		what = append(what, r.Type.String()+" "+r.Value)
	}
	if len(what) == 0 {
		what = []string{g[0].Answer.Status.String()}
	}
	return and(who) + ": " + and(what)
}

// serialOf is the serial of the zone at a server that has it.
func serialOf(t resolver.Told) (serial uint32, ok bool) {
	for _, d := range t.Answer.Data {
		if s, soa := d.(resolver.SOA); soa && t.Err == nil {
			return s.Serial, true
		}
	}
	return 0, false
}

// serials are those of the zone at each server.
func serials(told []resolver.Told) []string {
	var out []string
	for _, t := range told {
		if n, ok := serialOf(t); ok {
			out = append(out, fmt.Sprintf("%s has the serial %d", server(t), n))
		}
	}
	return out
}

// copies is a sentence on who has which copy of the zone.
func copies(told []resolver.Told) string {
	newest, known := uint32(0), false
	for _, t := range told {
		if n, ok := serialOf(t); ok && (!known || int32(n-newest) > 0) { // RFC 1982 section 3.2
			newest, known = n, true
		}
	}
	var behind []string
	for _, t := range told {
		if n, ok := serialOf(t); ok && n != newest {
			behind = append(behind, fmt.Sprintf("%s (serial %d)", t.Host, n))
		}
	}
	if len(behind) == 0 {
		return "All have the same serial, so that none waits for a transfer."
	}
	return fmt.Sprintf("The copy of %s is older than serial %d.", and(behind), newest)
}
