package spf

import (
	"container/heap"
	"net/netip"
	"slices"
)

// ranges is a set of addresses of one family: spans that neither overlap nor
// touch, in order.
type ranges []span

// span is the addresses from first to last, both included.
type span struct{ first, last netip.Addr }

// network is the span of a prefix.
func network(p netip.Prefix) span {
	p = p.Masked()
	last := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	return span{p.Addr(), end}
}

// everything is all addresses of a family.
func everything(v6 bool) span {
	if v6 {
		return network(netip.PrefixFrom(netip.IPv6Unspecified(), 0))
	}
	return network(netip.PrefixFrom(netip.IPv4Unspecified(), 0))
}

// setOf makes a set of spans in any order.
func setOf(spans []span) ranges {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return a.first.Compare(b.first) })
	set := spans[:0]
	for _, s := range spans {
		if n := len(set); n > 0 && !follows(set[n-1].last, s.first) {
			if set[n-1].last.Less(s.last) {
				set[n-1].last = s.last
			}
			continue
		}
		set = append(set, s)
	}
	return ranges(set)
}

// follows tells whether a gap lies between two addresses.
func follows(last, first netip.Addr) bool {
	next := last.Next()
	return next.IsValid() && next.Less(first)
}

// claim is a span that a term decides about. Of claims about one address that of
// the lowest order decides.
type claim struct {
	span
	order int
	pass  bool
}

// granted are the addresses that get pass: one sweep over the claims in the order
// of addresses, with those that hold at the place in a heap by their order.
func granted(list []claim) ranges {
	slices.SortFunc(list, func(a, b claim) int { return a.first.Compare(b.first) })
	var pass []span
	var open claims
	i, at := 0, netip.Addr{}
	for i < len(list) || len(open) > 0 {
		if len(open) == 0 {
			at = list[i].first
		}
		for ; i < len(list) && !at.Less(list[i].first); i++ {
			heap.Push(&open, list[i])
		}
		top := open[0]
		if top.last.Less(at) {
			heap.Pop(&open)
			continue
		}
		// What the top decides ends with it, or where another begins.
		end := top.last
		if i < len(list) && !end.Less(list[i].first) {
			end = list[i].first.Prev()
		}
		if top.pass {
			pass = append(pass, span{at, end})
		}
		if at = end.Next(); !at.IsValid() {
			break
		}
	}
	return setOf(pass)
}

type claims []claim

func (c claims) Len() int           { return len(c) }
func (c claims) Less(i, j int) bool { return c[i].order < c[j].order }
func (c claims) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *claims) Push(x any)        { *c = append(*c, x.(claim)) }
func (c *claims) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	*c = (*c)[:last]
	return x
}

// count is the number of addresses of an IPv4 set.
func (r ranges) count() uint64 {
	var n uint64
	for _, s := range r {
		n += number(s.last) - number(s.first) + 1
	}
	return n
}

func number(a netip.Addr) uint64 {
	o := a.As4()
	return uint64(o[0])<<24 | uint64(o[1])<<16 | uint64(o[2])<<8 | uint64(o[3])
}
