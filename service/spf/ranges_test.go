package spf

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

// TestTheFirstClaimDecides compares the sweep with a look at every address, at both
// ends of the address space.
func TestTheFirstClaimDecides(t *testing.T) {
	r := rand.New(rand.NewPCG(7208, 46))
	for round := range 20_000 {
		at := func(x int) netip.Addr {
			if round%2 == 0 {
				return netip.AddrFrom4([4]byte{0, 0, 0, byte(x)})
			}
			return netip.AddrFrom4([4]byte{255, 255, 255, byte(224 + x)})
		}
		within := func(a netip.Addr, s span) bool { return !a.Less(s.first) && !s.last.Less(a) }
		var list []claim
		for i := range r.IntN(12) {
			first, last := r.IntN(32), r.IntN(32)
			list = append(list, claim{span{at(min(first, last)), at(max(first, last))}, i, r.IntN(2) == 0})
		}
		got := granted(slices.Clone(list))
		for x := range 32 {
			a := at(x)
			i := slices.IndexFunc(list, func(c claim) bool { return within(a, c.span) })
			want := i >= 0 && list[i].pass
			if have := slices.ContainsFunc(got, func(s span) bool { return within(a, s) }); have != want {
				t.Fatalf("%v of %v: %v", a, list, got)
			}
		}
	}
}
