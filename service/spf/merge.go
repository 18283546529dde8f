package spf

import "strings"

// Merge is one record that authorises what several do together: the terms of each
// in their order, repetitions left out, and the strictest of their all mechanisms
// at the end. It is nil without records, and when one of them is invalid or has a
// redirect, which does not add up.
func Merge(records ...*Record) *Record {
	if len(records) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString(version)
	seen := map[string]bool{}
	strictest := -1
	for _, r := range records {
		if len(r.Errors) > 0 || r.redirect >= 0 {
			return nil
		}
		if all := r.All(); all != nil {
			strictest = max(strictest, strictness(all.Qualifier))
		}
		for i := range r.Terms {
			t := &r.Terms[i]
			if t.Kind.Mechanism() && r.all >= 0 && i >= r.all {
				continue // all has its place at the end, what follows it is dead
			}
			key := plainest(t)
			if t.Kind == Exp {
				key = "exp" // one may stand
			}
			if !seen[key] {
				seen[key] = true
				b.WriteString(" " + t.Text)
			}
		}
	}
	if strictest >= 0 {
		b.WriteString(" " + [...]string{"+all", "?all", "~all", "-all"}[strictest])
	}
	merged, _ := Parse(b.String())
	return merged
}

func strictness(q Result) int {
	switch q {
	case Fail:
		return 3
	case SoftFail:
		return 2
	case Neutral:
		return 1
	}
	return 0
}

func plainest(t *Term) string {
	var b strings.Builder
	t.print(&b)
	return b.String()
}
