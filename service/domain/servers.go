package domain

import (
	"fmt"
	"slices"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// polls are all that the servers were asked.
func (s Servers) polls() []resolver.Poll {
	return append([]resolver.Poll{s.Way.SOA}, s.Mail...)
}

// answered tells whether any server answers for the zone.
func (s Servers) answered() bool {
	return slices.ContainsFunc(s.Way.SOA.Told, func(t resolver.Told) bool { return t.Err == nil })
}

// hosts are the servers that match, those at addresses of one host together.
func (s Servers) hosts(match func(resolver.Told) bool) [][]resolver.Told {
	var out [][]resolver.Told
	for _, t := range s.Way.SOA.Told {
		switch last := len(out) - 1; {
		case !match(t):
		case last >= 0 && out[last][0].Host == t.Host && out[last][0].Condition() == t.Condition():
			out[last] = append(out[last], t)
		default:
			out = append(out, []resolver.Told{t})
		}
	}
	return out
}

// failing finds the servers that do nothing but what the conditions say, whatever
// they were asked, while others answer over the same version of IP: otherwise the
// trouble may be ours. One question that was lost on the way is nothing to go by.
func (s Servers) failing(clause string, conditions ...resolver.Condition) []finding.Hit {
	var out []finding.Hit
	match := func(t resolver.Told) bool {
		others := func(x resolver.Told) bool { return x.Err == nil && x.Addr.Is4() == t.Addr.Is4() }
		return slices.Contains(conditions, t.Condition()) && !s.heard(t) && slices.ContainsFunc(s.Way.SOA.Told, others)
	}
	for _, told := range s.hosts(match) {
		out = append(out, finding.Hit{
			Subject: told[0].Host, Evidence: toldLines(told),
			Detail: fmt.Sprintf("The name server %s of %s %v %s.", at(told), s.Zone, told[0].Condition(), clause),
		})
	}
	return out
}

// heard tells whether a server answered anything, or refused it.
func (s Servers) heard(t resolver.Told) bool {
	for _, p := range s.polls() {
		for _, x := range p.Told {
			if x.Host != t.Host || x.Addr != t.Addr {
				continue
			}
			switch x.Condition() {
			case resolver.Silent, resolver.Closed, resolver.Failing, resolver.NotAsked:
			default:
				return true
			}
		}
	}
	return false
}

// differences are, for each server of Way.SOA, the questions to which it gives
// another answer than the others. Where no answer has a majority, each differs.
func (s Servers) differences() [][]string {
	out := make([][]string, len(s.Way.SOA.Told))
	for _, p := range s.polls() {
		groups := p.Groups()
		if len(groups) < 2 {
			continue
		}
		if len(groups[0]) > len(groups[1]) {
			groups = groups[1:]
		}
		for i, t := range s.Way.SOA.Told {
			if slices.ContainsFunc(slices.Concat(groups...), func(x resolver.Told) bool { return x.Host == t.Host && x.Addr == t.Addr }) {
				out[i] = append(out[i], p.Question.String())
			}
		}
	}
	return out
}
