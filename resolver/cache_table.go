package resolver

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"sync/atomic"
)

// table holds entries by question within a byte budget. A read takes no lock and
// meets two places in memory: a slot and the entry. What makes room is S3-FIFO (Yang
// and others, SOSP 2023): an entry is fresh until it is asked for again, and only
// then proven; fresh ones leave first, so that a flood of names asked once passes
// through a tenth of the table.
type table struct {
	seed      maphash.Seed
	shards    []shard
	evictions atomic.Uint64
}

// shard is a part of a table. Its writers hold mu.
type shard struct {
	slots atomic.Pointer[[]slot]

	mu         sync.Mutex
	budget     int // bytes, as the next two
	used       int
	freshBytes int
	live, dead int // slots with an entry, and with none any more
	fresh      fifo
	proven     fifo
	// ghosts are hashes of fresh entries that left of late: who comes again is
	// proven at once.
	ghosts []uint32
	_      [64]byte // the next shard's slots are read on another processor
}

// slot is a place for an entry. A slot whose entry has gone has the entry gone, so
// that a search goes on behind it.
type slot struct {
	entry atomic.Pointer[entry]
	hash  atomic.Uint32
	state atomic.Uint32
}

// gone is the entry of a slot that is free but not the end of a search.
var gone = new(entry)

// The state of a slot: how often its entry was asked for, up to three times, whether
// it is proven, and its weight in units of 16 octets.
const (
	uses       = 3
	proven     = 4
	weightBits = 3
	unit       = 16
)

func weightOf(state uint32) int { return int(state>>weightBits) * unit }

func weighed(size int) uint32 { return uint32((size+unit-1)/unit) << weightBits }

const (
	leastSlots = 64
	shardBytes = 1 << 20 // of the budget that has a shard of its own
	maxShards  = 256
	freshShare = 10 // one in so many bytes is for fresh entries
	// maxPassed bounds the proven entries that are passed over to find one that can go.
	maxPassed = 128
)

func newTable(budget int) *table {
	n := 1 << (bits.Len(uint(min(max(budget/shardBytes, 1), maxShards))) - 1)
	t := &table{seed: maphash.MakeSeed(), shards: make([]shard, n)}
	for i := range t.shards {
		t.shards[i].budget = budget / n
		t.shards[i].resize(leastSlots)
	}
	return t
}

func (t *table) hash(q Question) uint64 {
	return maphash.String(t.seed, q.Name) ^ uint64(q.Type)*0x9E3779B97F4A7C15
}

func (t *table) shard(h uint64) *shard { return &t.shards[h>>32&uint64(len(t.shards)-1)] }

// get is the entry of a question, nil without one, and counts as a use of it.
func (t *table) get(q Question) *entry {
	h := t.hash(q)
	e, s := t.shard(h).find(q, uint32(h))
	if e != nil {
		if state := s.state.Load(); state&uses < uses {
			s.state.CompareAndSwap(state, state+1) // that another one counts instead is as well
		}
	}
	return e
}

// look is get, but counts for nothing.
func (t *table) look(q Question) *entry {
	h := t.hash(q)
	e, _ := t.shard(h).find(q, uint32(h))
	return e
}

// find is the entry of a question and its slot.
func (s *shard) find(q Question, h uint32) (*entry, *slot) {
	slots := *s.slots.Load()
	for i := int(h) & (len(slots) - 1); ; i = (i + 1) & (len(slots) - 1) {
		at := &slots[i]
		e := at.entry.Load()
		if e == nil {
			return nil, nil
		}
		if at.hash.Load() == h && e.answer.Question == q && e != gone {
			return e, at
		}
	}
}

// set keeps an entry under its answer's question, in place of the one before.
func (t *table) set(e *entry) {
	h := t.hash(e.answer.Question)
	s := t.shard(h)
	s.mu.Lock()
	defer s.mu.Unlock()
	weight := weighed(e.size())
	old, at := s.find(e.answer.Question, uint32(h))
	if old == nil {
		s.insert(e, uint32(h), weight)
	} else {
		s.reweigh(at, weight)
		s.queue(at.state.Load()).replace(old, e)
		at.entry.Store(e)
	}
	s.shrink(t)
}

// remove drops the entry of a question.
func (t *table) remove(q Question) {
	h := t.hash(q)
	s := t.shard(h)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, at := s.find(q, uint32(h)); e != nil {
		s.queue(at.state.Load()).replace(e, nil)
		s.drop(at)
	}
}

// grown weighs an entry anew, if it is still kept.
func (t *table) grown(e *entry) {
	h := t.hash(e.answer.Question)
	s := t.shard(h)
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept, at := s.find(e.answer.Question, uint32(h)); kept == e {
		s.reweigh(at, weighed(e.size()))
		s.shrink(t)
	}
}

// totals are the bytes and the number of all entries.
func (t *table) totals() (size, entries int) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		size, entries = size+s.used, entries+s.live
		s.mu.Unlock()
	}
	return size, entries
}

func (s *shard) queue(state uint32) *fifo {
	if state&proven != 0 {
		return &s.proven
	}
	return &s.fresh
}

// count adds an entry of this state, or with -1 takes it away.
func (s *shard) count(state uint32, sign int) {
	s.used += sign * weightOf(state)
	if state&proven == 0 {
		s.freshBytes += sign * weightOf(state)
	}
}

// change gives a slot another state. Readers may count a use at the same time,
// which may be lost.
func (s *shard) change(at *slot, state uint32) {
	s.count(at.state.Load(), -1)
	s.count(state, 1)
	at.state.Store(state)
}

func (s *shard) reweigh(at *slot, weight uint32) {
	s.change(at, at.state.Load()&(1<<weightBits-1)|weight)
}

// insert keeps an entry that is not there.
func (s *shard) insert(e *entry, h, state uint32) {
	slots := *s.slots.Load()
	if (s.live+s.dead+1)*4 > len(slots)*3 {
		s.resize(1 << bits.Len(uint(max(s.live+s.live/2, leastSlots)-1)))
		slots = *s.slots.Load()
	}
	if s.ghosts[h&uint32(len(s.ghosts)-1)] == h {
		state |= proven
	}
	i := int(h) & (len(slots) - 1)
	for ; ; i = (i + 1) & (len(slots) - 1) {
		if there := slots[i].entry.Load(); there == nil {
			break
		} else if there == gone {
			s.dead--
			break
		}
	}
	s.live++
	s.count(state, 1)
	s.queue(state).push(e)
	slots[i].state.Store(state)
	slots[i].hash.Store(h)
	slots[i].entry.Store(e)
}

// drop frees a slot.
func (s *shard) drop(at *slot) {
	s.count(at.state.Load(), -1)
	at.entry.Store(gone)
	s.live--
	s.dead++
}

// resize makes a new array of slots, without those whose entry has gone.
func (s *shard) resize(n int) {
	slots := make([]slot, n)
	if old := s.slots.Load(); old != nil {
		for i := range *old {
			from := &(*old)[i]
			e := from.entry.Load()
			if e == nil || e == gone {
				continue
			}
			to := int(from.hash.Load()) & (n - 1)
			for slots[to].entry.Load() != nil {
				to = (to + 1) & (n - 1)
			}
			slots[to].hash.Store(from.hash.Load())
			slots[to].state.Store(from.state.Load())
			slots[to].entry.Store(e)
		}
	}
	s.dead = 0
	if len(s.ghosts) != n {
		s.ghosts = make([]uint32, n)
	}
	s.slots.Store(&slots)
}

// shrink makes entries go until the others fit.
func (s *shard) shrink(t *table) {
	for turns := 0; s.used > s.budget; {
		queue := &s.proven
		if s.freshBytes > s.budget/freshShare || s.proven.empty() {
			queue = &s.fresh
		}
		e := queue.pop()
		if e == nil {
			return
		}
		h := uint32(t.hash(e.answer.Question))
		_, at := s.find(e.answer.Question, h)
		state := at.state.Load()
		switch {
		case state&uses == 0 || turns == maxPassed:
			if state&proven == 0 {
				s.ghosts[h&uint32(len(s.ghosts)-1)] = h
			}
			s.drop(at)
			t.evictions.Add(1)
			continue
		case state&proven == 0:
			s.change(at, state&^uses|proven)
		default:
			s.change(at, state-1)
		}
		turns++
		s.proven.push(e)
	}
}

// fifo is a queue of entries in a ring. An entry knows its place, where another one
// may take it over.
type fifo struct {
	ring       []*entry
	head, tail uint32 // places; their difference is at most the length of the ring
}

func (f *fifo) at(place uint32) **entry { return &f.ring[place&uint32(len(f.ring)-1)] }

func (f *fifo) empty() bool { return f.head == f.tail }

func (f *fifo) push(e *entry) {
	if int(f.tail-f.head) == len(f.ring) {
		f.grow()
	}
	e.memo.place = f.tail
	*f.at(f.tail) = e
	f.tail++
}

// pop is the entry that is longest in the queue, nil from an empty one.
func (f *fifo) pop() *entry {
	for f.head != f.tail {
		at := f.at(f.head)
		e := *at
		*at = nil
		f.head++
		if e != nil {
			return e
		}
	}
	return nil
}

// replace puts an entry, or none, in the place of another one.
func (f *fifo) replace(old, e *entry) {
	*f.at(old.memo.place) = e
	if e != nil {
		e.memo.place = old.memo.place
	}
}

// grow makes a ring of twice the entries there are, whose places without entry it
// leaves out.
func (f *fifo) grow() {
	n := 0
	for _, e := range f.ring {
		if e != nil {
			n++
		}
	}
	was := *f
	*f = fifo{ring: make([]*entry, 1<<bits.Len(uint(max(n+n/2, 15))))}
	for e := was.pop(); e != nil; e = was.pop() {
		f.push(e)
	}
}
