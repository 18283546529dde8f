package domain

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/iprev"
)

// The MX hosts and the addresses of each, by family, whose names are looked at.
// Which they are must not hang on what failed.
const (
	maxNamedHosts = 5
	maxNamedAddrs = 2
)

// reverse asks for the names of the sending addresses, and of the addresses of
// the MX hosts once these are known.
func (g *gatherer) reverse(ctx context.Context) (ReverseDNS, error) {
	sending := make([]Reverse, len(g.req.SendingIPs))
	for i, ip := range g.req.SendingIPs {
		sending[i] = Reverse{Report: iprev.Report{Addr: ip, Result: iprev.TempError, Err: errLost}, Sending: true}
	}
	var receiving []Reverse
	n := len(sending)
	g.apart(topicReverse|topicReverseMX, n+1, func(i int) {
		if i == n {
			receiving = g.reverseMX(ctx)
			return
		}
		sending[i].look(ctx, g.book.as(topicReverse))
	})
	return ReverseDNS{Addresses: slices.Concat(sending, receiving)}, nil
}

func (g *gatherer) reverseMX(ctx context.Context) []Reverse {
	if !g.wants(topicReverseMX) {
		return nil
	}
	m, err := g.exchanges(ctx, topicReverseMX)
	if err != nil {
		return nil
	}
	var out []Reverse
	seen := map[netip.Addr]bool{}
	for _, h := range m.Hosts[:min(len(m.Hosts), maxNamedHosts)] {
		v4, v6 := h.V4.Value, h.V6.Value
		for _, ip := range slices.Concat(v4[:min(len(v4), maxNamedAddrs)], v6[:min(len(v6), maxNamedAddrs)]) {
			if seen[ip] {
				continue
			}
			seen[ip] = true
			out = append(out, Reverse{Report: iprev.Report{Addr: ip, Result: iprev.TempError, Err: errLost}, MXHost: h.Host})
		}
	}
	g.apart(topicReverseMX, len(out), func(i int) {
		out[i].look(ctx, g.book.as(topicReverseMX))
	})
	return out
}

// look asks for the names. They come in whatever order the server likes, and are
// told in one of their own.
func (r *Reverse) look(ctx context.Context, dns resolver.Resolver) {
	r.Report = iprev.Check(ctx, dns, r.Addr)
	slices.SortFunc(r.Names, func(a, b iprev.Name) int { return strings.Compare(a.Host, b.Host) })
	r.Generic = r.Report.Generic()
}
