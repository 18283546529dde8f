package resolver

import (
	"errors"
)

// Peeker is a Resolver that can tell at once what it knows. Who evaluates records
// asks it first, and starts goroutines only for what must be waited for.
type Peeker interface {
	Resolver
	// Peek answers as Resolve does if that takes no waiting; ok is false when
	// somebody must be asked, and then nothing is counted. An answer, or an error,
	// that is given counts like one of Resolve. The answer is never nil when ok is
	// true, and must not be changed.
	Peek(q Question) (a *Answer, ok bool, err error)
}

// nothing is the answer beside an error.
var nothing Answer

// Peek answers from the cache.
func (s *Shared) Peek(q Question) (*Answer, bool, error) { return s.cache.Peek(q) }

// Peek answers what the request knows or the resolver below knows at once, and
// what the budget does not allow.
func (l *Limit) Peek(q Question) (*Answer, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.find(q)
	if k != nil && k.settled {
		return k.answer, true, k.err
	}
	if k == nil && l.exhausted() {
		l.spent.Refused++
		return &nothing, true, &Error{Kind: OverBudget, Question: q}
	}
	if l.peeker == nil {
		return nil, false, nil
	}
	a, ok, err := l.peeker.Peek(q)
	if !ok {
		return nil, false, nil
	}
	if k == nil {
		k = l.open(q)
	}
	l.settle(k, a, err, false)
	return a, true, err
}

// Peek answers what the resolver below knows at once, and writes it down.
func (t *Trace) Peek(q Question) (*Answer, bool, error) {
	next, _ := t.next.(Peeker)
	if next == nil {
		return nil, false, nil
	}
	a, ok, err := next.Peek(q)
	if ok {
		t.note(stepOf(q, a, err))
	}
	return a, ok, err
}

// Peek answers what is known at once, within the budget.
func (r Request) Peek(q Question) (*Answer, bool, error) {
	if r.trace != nil {
		return r.trace.Peek(q)
	}
	return r.Limit.Peek(q)
}

// stepOf is what a trace says of a question that took no time.
func stepOf(q Question, a *Answer, err error) Step {
	s := Step{
		Question: q, Status: a.Status, Err: err, Records: len(a.Data), Server: a.Server,
		Cached: a.Cached, Stale: a.Stale, Authenticated: a.Authenticated,
	}
	if err != nil {
		s.fail(err)
	}
	return s
}

// fail is apart from stepOf so that an answer does not pay for what errors.As
// puts on the heap.
func (s *Step) fail(err error) {
	var e *Error
	if errors.As(err, &e) {
		s.Server, s.Cached = e.Server, errors.Is(err, ErrCached)
	}
}
