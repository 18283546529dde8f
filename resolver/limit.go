package resolver

import (
	"context"
	"errors"
	"sync"
)

// Budget bounds what one request may ask. A field that is zero bounds nothing.
type Budget struct {
	// Questions is how many different questions may be asked.
	Questions int
	// Bytes is how much the answers may come to, as held in memory.
	Bytes int
}

// Spent is what a request has used.
type Spent struct {
	// Questions are the different questions asked, whether a cache knew the
	// answer or not.
	Questions int
	// Sent are those of them that went past the cache.
	Sent int
	// Hits are those of them that the cache answered.
	Hits int
	// Refused are those that the budget did not allow.
	Refused int
	// Bytes is the size of all answers as held in memory.
	Bytes int
}

// Limit holds one request to its budget. It counts outside the cache, so that
// what a request finds does not depend on how warm the cache is, and it remembers:
// the same question asked twice in a request is one question with one answer.
type Limit struct {
	next   Resolver
	peeker Peeker // next, when it can answer at once
	budget Budget

	mu    sync.Mutex
	spent Spent
	// Few requests ask more than first holds: those pay for no map.
	first [16]inquiry
	asked int // of first
	more  map[Question]*inquiry
}

// inquiry is a question of this request and, once settled, what came of it.
type inquiry struct {
	question         Question
	counted, settled bool
	answer           *Answer // must not be changed
	err              error
}

// NewLimit makes the limit of one request.
func NewLimit(next Resolver, b Budget) *Limit {
	l, _ := limits.Get().(*Limit)
	l.next, l.budget = next, b
	l.peeker, _ = next.(Peeker)
	return l
}

// limits are those that were released.
var limits = sync.Pool{New: func() any { return new(Limit) }}

// Release gives the limit's memory to the next request. It is for who knows that
// nobody asks through the limit any more; a limit may as well be dropped.
func (l *Limit) Release() {
	clear(l.first[:l.asked])
	l.next, l.peeker, l.budget, l.spent, l.asked, l.more = nil, nil, Budget{}, Spent{}, 0, nil
	limits.Put(l)
}

// find is the inquiry of a question, nil before it was asked.
func (l *Limit) find(q Question) *inquiry {
	for i := range l.first[:l.asked] {
		if k := &l.first[i]; k.question == q {
			return k
		}
	}
	return l.more[q]
}

// open begins the inquiry of a question.
func (l *Limit) open(q Question) *inquiry {
	l.spent.Questions++
	if l.asked < len(l.first) {
		k := &l.first[l.asked]
		l.asked++
		k.question = q
		return k
	}
	if l.more == nil {
		l.more = make(map[Question]*inquiry, 64)
	}
	k := &inquiry{question: q}
	l.more[q] = k
	return k
}

// Resolve asks next, unless the request knows the answer. Beyond the budget it
// fails with OverBudget and asks nobody.
func (l *Limit) Resolve(ctx context.Context, q Question) (Answer, error) {
	l.mu.Lock()
	k := l.find(q)
	switch {
	case k != nil && k.settled:
		defer l.mu.Unlock()
		return *k.answer, k.err
	case k == nil && l.exhausted():
		defer l.mu.Unlock()
		l.spent.Refused++
		return Answer{}, &Error{Kind: OverBudget, Question: q}
	case k == nil:
		k = l.open(q)
	}
	l.mu.Unlock()

	// While the first asker waits a second one asks too: the flights below are
	// coalesced, and each waits for its own context.
	a, err := l.next.Resolve(ctx, q)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle(k, &a, err, ctx.Err() != nil)
	return a, err
}

func (l *Limit) exhausted() bool {
	return l.budget.Questions > 0 && l.spent.Questions >= l.budget.Questions ||
		l.budget.Bytes > 0 && l.spent.Bytes >= l.budget.Bytes
}

// settle notes the outcome. An error that only says that the asker's time was up
// settles nothing: another part of the request may have more time.
func (l *Limit) settle(k *inquiry, a *Answer, err error, left bool) {
	if k.settled {
		return
	}
	if !k.counted {
		k.counted = true
		if a.Cached || errors.Is(err, ErrCached) {
			l.spent.Hits++
		} else {
			l.spent.Sent++
		}
	}
	if err != nil && left {
		return
	}
	k.settled, k.answer, k.err = true, a, err
	l.spent.Bytes += a.text() + a.size()
}

// Spent is what the request has used so far.
func (l *Limit) Spent() Spent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spent
}
