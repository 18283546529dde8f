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
	budget Budget

	mu    sync.Mutex
	asked map[Question]*inquiry
	spent Spent
}

// inquiry is a question of this request and, once settled, what came of it.
type inquiry struct {
	counted, settled bool
	answer           Answer
	err              error
}

// NewLimit makes the limit of one request.
func NewLimit(next Resolver, b Budget) *Limit {
	return &Limit{next: next, budget: b, asked: make(map[Question]*inquiry, 16)}
}

// Resolve asks next, unless the request knows the answer. Beyond the budget it
// fails with OverBudget and asks nobody.
func (l *Limit) Resolve(ctx context.Context, q Question) (Answer, error) {
	l.mu.Lock()
	k := l.asked[q]
	switch {
	case k != nil && k.settled:
		defer l.mu.Unlock()
		return k.answer, k.err
	case k == nil && l.exhausted():
		defer l.mu.Unlock()
		l.spent.Refused++
		return Answer{}, &Error{Kind: OverBudget, Question: q}
	case k == nil:
		k = &inquiry{}
		l.asked[q] = k
		l.spent.Questions++
	}
	l.mu.Unlock()

	// While the first asker waits a second one asks too: the flights below are
	// coalesced, and each waits for its own context.
	a, err := l.next.Resolve(ctx, q)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle(k, a, err, ctx.Err() != nil)
	return a, err
}

func (l *Limit) exhausted() bool {
	return l.budget.Questions > 0 && l.spent.Questions >= l.budget.Questions ||
		l.budget.Bytes > 0 && l.spent.Bytes >= l.budget.Bytes
}

// settle notes the outcome. An error that only says that the asker's time was up
// settles nothing: another part of the request may have more time.
func (l *Limit) settle(k *inquiry, a Answer, err error, left bool) {
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
