package domain

import (
	"context"
	"net/netip"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// maxHosts bounds the mail exchanges and name servers that are looked at; the
// largest providers have five.
const maxHosts = 20

// existence asks whether the name and its registrable domain are there. While
// that is open they are taken to be.
func (g *gatherer) existence(ctx context.Context) (Existence, error) {
	d := g.req.Domain
	e := Existence{Domain: true, Name: true, Registrable: g.org}
	a, err := g.ask(ctx, topicExistence, d, resolver.TypeSOA)
	if err != nil || !denied(a) {
		return e, err
	}
	e.Name = false
	if d != g.org {
		if a, err = g.ask(ctx, topicExistence, g.org, resolver.TypeSOA); err != nil {
			return e, err
		}
	}
	if e.Domain = !denied(a); !e.Domain {
		e.NoTop = noTop(a)
	}
	return e, nil
}

// noTop is the top-level domain that the root denies, "" when the denial is about
// less. That of a filter, which likes to speak for the root, is not believed.
func noTop(a resolver.Answer) string {
	top := a.Name[strings.LastIndexByte(a.Name, '.')+1:]
	if a.SOAOwner != "." || orgdomain.IsTopLevel(top) {
		return ""
	}
	return top
}

// denied tells whether DNS denies the very name that was asked for, not the end
// of an alias chain.
func denied(a resolver.Answer) bool { return a.Status == resolver.NXDomain && len(a.Aliases) == 0 }

// unregistered is the registrable domain of a name that has no records, when that
// does not exist: whoever registers it gets what was meant for the name. Names
// reserved for use that is no DNS (RFC 6761) cannot be registered, nor can those
// below a top-level domain that the root denies.
func (g *gatherer) unregistered(ctx context.Context, topics finding.Topics, name string) string {
	d := orgdomain.Registrable(name)
	if d == "" || d == g.org || reserved(name) || invalidHost(d) != "" {
		return ""
	}
	a, err := g.ask(ctx, topics, d, resolver.TypeSOA)
	if err != nil || !denied(a) || noTop(a) != "" {
		return ""
	}
	return d
}

// reserved tells whether nobody can register below the name's top level: RFC
// 6761, RFC 6762, RFC 7686, RFC 9476, and digits, which RFC 3696 section 2 keeps
// out of the root.
func reserved(name string) bool {
	top := name[strings.LastIndexByte(name, '.')+1:]
	switch top {
	case "invalid", "localhost", "local", "onion", "alt", "arpa", "internal":
		return true
	}
	return strings.Trim(top, "0123456789") == ""
}

// addresses asks for A and AAAA at once.
func (g *gatherer) addresses(ctx context.Context, topics finding.Topics, host string) Addresses {
	out := Addresses{V4: finding.Known[[]netip.Addr]{Err: errLost}, V6: finding.Known[[]netip.Addr]{Err: errLost}}
	var answers [2]resolver.Answer
	slots := [...]*finding.Known[[]netip.Addr]{&out.V4, &out.V6}
	types := [...]resolver.Type{resolver.TypeA, resolver.TypeAAAA}
	g.apart(topics, 2, func(i int) {
		a, err := g.ask(ctx, topics, host, types[i])
		answers[i], *slots[i] = a, finding.Know(a.Addrs(), err)
	})
	out.Secure = out.Err() == nil
	for _, a := range answers {
		if len(a.Aliases) > 0 {
			out.Alias, out.Canonical = a.Aliases[0], a.Name
		}
		out.Missing = out.Missing || a.Status == resolver.NXDomain
		out.Secure = out.Secure && (a.Authenticated || a.Status != resolver.Found)
	}
	out.Secure = out.Secure && out.Found()
	return out
}

// mail asks for the exchanges, then for all that is to be known of each host.
func (g *gatherer) mail(ctx context.Context) (Mail, error) {
	return g.mailFor(ctx, topicMX|topicMXHosts|topicMXHints, topicMXHosts, topicMXHints)
}

// exchanges are the MX hosts as another topic needs them: with addresses, without
// a look at what was meant.
func (g *gatherer) exchanges(ctx context.Context, topics finding.Topics) (Mail, error) {
	return g.mailFor(ctx, topics, topics, 0)
}

func (g *gatherer) mailFor(ctx context.Context, topics, hosts, hints finding.Topics) (Mail, error) {
	d := g.req.Domain
	a, err := g.ask(ctx, topics, d, resolver.TypeMX)
	if err != nil {
		return Mail{}, err
	}
	m := Mail{Records: recordsOf(a), Secure: a.Authenticated}
	if len(a.Aliases) > 0 {
		m.Alias = a.Aliases[0]
	}
	if a.Status != resolver.Found {
		// RFC 5321 section 5.1: only an empty answer makes the name its own exchange.
		own := g.addresses(ctx, hosts, d)
		if m.Implicit = own.Found(); m.Implicit {
			m.Hosts = []MailHost{{Host: d, Addresses: own}}
		}
		return m, nil
	}
	for _, x := range a.MX() {
		if x.Host == "." {
			m.Roots = append(m.Roots, x.Preference)
			continue
		}
		m.Hosts = append(m.Hosts, MailHost{Host: x.Host, Preference: x.Preference, Provider: mailboxOf(x.Host)})
	}
	m.Null = len(m.Roots) > 0 && len(m.Hosts) == 0
	if n := len(m.Hosts); n > maxHosts {
		m.Hosts, m.Unlooked = m.Hosts[:maxHosts], n-maxHosts
	}
	g.apart(hosts, len(m.Hosts), func(i int) {
		m.Hosts[i].Addresses = g.addresses(ctx, hosts, m.Hosts[i].Host)
		if hints != 0 {
			g.explain(ctx, hints, &m.Hosts[i])
		}
	})
	return m, nil
}

// explain looks for the cause when a host has no address.
func (g *gatherer) explain(ctx context.Context, topics finding.Topics, h *MailHost) {
	if !h.Absent() {
		return
	}
	h.Unregistered = g.unregistered(ctx, topics, h.Host)
	if meant, ok := strings.CutSuffix(h.Host, "."+g.org); ok && strings.Contains(meant, ".") && !isAddress(meant) {
		if a := g.addresses(ctx, topics, meant); a.Found() {
			h.Meant, h.MeantAddresses = meant, a.All()
		}
	}
}

// isAddress tells whether a name is spelled as an IP address.
func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}
