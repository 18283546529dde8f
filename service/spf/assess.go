package spf

import (
	"net/netip"

	"github.com/mailassay/mailassay/resolver"
)

// assess counts and adds up what was learned.
func (t *Tree) assess() {
	t.Root.count()
	t.Lookups = t.Root.Total
	t.Voids4, t.Voids6 = t.Root.voids()
	four, six := t.Root.passing(false), t.Root.passing(true)
	t.IPv4, t.IPv6 = four.count(), len(six) > 0
	t.PassAll = len(four) == 1 && four[0] == everything(false) || len(six) == 1 && six[0] == everything(true)
	t.Default = t.Root.fallThrough()
}

// count adds up lookups (RFC 7208 section 4.6.4).
func (n *Node) count() {
	n.Own, n.Total = n.beyond, n.beyond
	for _, u := range n.Uses {
		if u.Child != nil {
			u.Child.count()
			u.NXDomain = u.Child.Status == resolver.NXDomain
			u.Void4, u.Void6 = void(u.Child.Status), void(u.Child.Status)
		}
		if u.Dead {
			continue
		}
		u.Lookups = u.Term.cost()
		n.Own += u.Lookups
		if u.Child != nil {
			u.Lookups += u.Child.Total
		}
		n.Total += u.Lookups
	}
}

// voids adds up void lookups for clients of either family.
func (n *Node) voids() (four, six int) {
	for _, u := range n.Uses {
		if u.Dead {
			continue
		}
		if u.Void4 {
			four++
		}
		if u.Void6 {
			six++
		}
		if u.Child != nil {
			a, b := u.Child.voids()
			four, six = four+a, six+b
		}
	}
	return four, six
}

// passing are the addresses of one family that get pass from the node's record.
// Terms decide in their order: an address that a term names is not asked about
// again.
func (n *Node) passing(v6 bool) ranges {
	if n.Record == nil || n.Fault != NoFault {
		return nil
	}
	var list []claim
	add := func(spans []span, pass bool) {
		for _, s := range spans {
			list = append(list, claim{s, len(list), pass})
		}
	}
	for i := range n.Record.Terms {
		t := &n.Record.Terms[i]
		if !t.Kind.Mechanism() {
			continue
		}
		add(n.named(i, v6), t.Qualifier == Pass)
		if t.Kind == All {
			break
		}
	}
	if u := n.redirected(); u != nil {
		add(u.Child.passing(v6), true)
	}
	return granted(list)
}

// redirected is the redirect that counts, with its node; nil without one.
func (n *Node) redirected() *Use {
	if i := n.Record.redirect; i >= 0 {
		if u := n.byTerm[i]; u != nil && !u.Dead && u.Child != nil {
			return u
		}
	}
	return nil
}

// named are the addresses of one family that a mechanism matches, as far as is
// known.
func (n *Node) named(i int, v6 bool) []span {
	t, u := &n.Record.Terms[i], n.byTerm[i]
	switch t.Kind {
	case All:
		return []span{everything(v6)}
	case IP4, IP6:
		if (t.Kind == IP6) == v6 {
			return []span{network(t.Prefix)}
		}
	case Include:
		if u != nil && u.Child != nil {
			return u.Child.passing(v6)
		}
	case A, MX:
		if u == nil {
			return nil
		}
		bits := int(t.Bits4)
		if v6 {
			bits = int(t.Bits6)
		}
		var spans []span
		for _, addr := range u.addrs {
			if addr.Is4() != v6 {
				spans = append(spans, network(netip.PrefixFrom(addr, bits)))
			}
		}
		return spans
	}
	return nil
}

// fallThrough is the result for a client that no network, address or macro names.
func (n *Node) fallThrough() Result {
	if n.Record == nil || n.Fault != NoFault {
		return ""
	}
	for i := range n.Record.Terms {
		t := &n.Record.Terms[i]
		switch t.Kind {
		case All:
			return t.Qualifier
		case Include:
			u := n.byTerm[i]
			if u == nil || u.Child == nil {
				continue // behind a macro
			}
			switch u.Child.fallThrough() {
			case Pass:
				return t.Qualifier
			case "":
				return ""
			}
		}
	}
	if n.Record.Redirect() == nil {
		return Neutral // RFC 7208 section 4.7
	}
	if u := n.redirected(); u != nil {
		return u.Child.fallThrough()
	}
	return ""
}
