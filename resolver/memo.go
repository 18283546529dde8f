package resolver

import (
	"sync/atomic"
	"unsafe"
)

// memo keeps values derived from one cached answer for as long as the answer
// lives. It is a list that only grows at its head, one node for each type, so that
// a hit takes no lock.
type memo struct {
	head  atomic.Pointer[memoNode]
	cache *Cache
	// bytes is what the derived values were seen to hold.
	bytes atomic.Uint32
	// place is where the table's queue has the entry.
	place uint32
}

// entry is the one that the memo is part of.
func (m *memo) entry() *entry {
	return (*entry)(unsafe.Add(unsafe.Pointer(m), -int(unsafe.Offsetof(entry{}.memo))))
}

type memoNode struct {
	value any
	next  *memoNode
}

// Derive returns what build makes of the answer, and keeps it with the answer
// when that came through a cache, so that a record is parsed once for each time
// it is fetched. There is one value for each type T; build must be pure, and its
// result is shared and must not be changed. What the result holds in memory counts
// in the cache's byte budget.
func Derive[T any](a *Answer, build func(*Answer) T) T {
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
	node := &memoNode{value: v, next: head}
	for !a.memo.head.CompareAndSwap(head, node) {
		head = a.memo.head.Load()
		node.next = head
	}
	a.memo.bytes.Add(uint32(class(int(sizeofNode)) + held(v)))
	a.memo.cache.store.grown(a.memo.entry())
	return v
}
