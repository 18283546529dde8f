package resolver

import "sync/atomic"

// memo keeps values derived from one answer for as long as the answer lives. It
// is a list that only grows at its head, one node for each type, so that a hit
// takes no lock.
type memo struct{ head atomic.Pointer[memoNode] }

type memoNode struct {
	value any
	next  *memoNode
}

// Derive returns what build makes of the answer, and keeps it with the answer
// when that came through a cache, so that a record is parsed once for each time
// it is fetched. There is one value for each type T; build must be pure, and its
// result is shared and must not be changed.
func Derive[T any](a Answer, build func(Answer) T) T {
	if a.memo == nil {
		return build(a)
	}
	head := a.memo.head.Load()
	for n := head; n != nil; n = n.next {
		if v, ok := n.value.(T); ok {
			return v
		}
	}
	v := build(a)
	// Two builders of one value leave two equal nodes at worst.
	for !a.memo.head.CompareAndSwap(head, &memoNode{value: v, next: head}) {
		head = a.memo.head.Load()
	}
	return v
}

// remembering gives the answer a place for derived values.
func (a Answer) remembering() Answer {
	if a.memo == nil {
		a.memo = new(memo)
	}
	return a
}
