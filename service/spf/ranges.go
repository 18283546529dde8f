package spf

import (
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

// minus is the set without what is in other.
func (r ranges) minus(other ranges) ranges {
	var left ranges
	for _, s := range r {
		for len(other) > 0 && other[0].last.Less(s.first) {
			other = other[1:]
		}
		rest := true
		for _, o := range other {
			if s.last.Less(o.first) {
				break
			}
			if s.first.Less(o.first) {
				left = append(left, span{s.first, o.first.Prev()})
			}
			if s.first = o.last.Next(); !s.first.IsValid() || s.last.Less(s.first) {
				rest = false
				break
			}
		}
		if rest {
			left = append(left, s)
		}
	}
	return left
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
