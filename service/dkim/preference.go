package dkim

import (
	"cmp"
	"slices"
	"strings"
)

// maxRanked is how many signatures are read to find those that are worth a try.
const maxRanked = 1000

// preferred are the signatures that are tried of more: first those that nothing
// speaks against so far, of them those whose domain is nearest to the author's,
// for one of them is enough for DMARC (RFC 9989 section 4.4.1), and otherwise from
// the top. A hostile relay that adds signatures hides none that matters, and who
// looks for keys asks no more questions (RFC 6376 section 6.1 leaves the order and
// the number to the verifier). The result is in the order of the header.
func (o *Options) preferred(h *Header, positions []int) []int {
	type rank struct{ at, near int }
	ranks := make([]rank, 0, min(len(positions), maxRanked))
	for _, at := range positions[:cap(ranks)] {
		var s Signature
		near := -1
		if bad := s.parse(h, at, DKIMSignature); bad == nil && o.acceptable(&s) == nil {
			near = agreeingLabels(s.Domain, o.Author)
		}
		ranks = append(ranks, rank{at, near})
	}
	slices.SortStableFunc(ranks, func(a, b rank) int { return cmp.Compare(b.near, a.near) })
	chosen := positions[:0]
	for _, r := range ranks[:min(o.MaxSignatures, len(ranks))] {
		chosen = append(chosen, r.at)
	}
	slices.Sort(chosen)
	return chosen
}

// agreeingLabels is how many labels two names have in common, from the right.
func agreeingLabels(a, b string) int {
	n := 0
	for a != "" && b != "" {
		i, j := strings.LastIndexByte(a, '.'), strings.LastIndexByte(b, '.')
		if a[i+1:] != b[j+1:] {
			break
		}
		n++
		a, b = a[:max(i, 0)], b[:max(j, 0)]
	}
	return n
}
