package spf

import (
	"context"
	"errors"
	"sync"

	"github.com/mailassay/mailassay/resolver"
)

// flights asks each question once, whoever needs the answer.
type flights struct {
	r resolver.Resolver

	mu sync.Mutex
	of map[resolver.Question]*flight
}

// flight is one question and, once done is closed, what came of it. Without done
// it is over.
type flight struct {
	done   chan struct{}
	answer resolver.Answer
	err    error
}

// fetch answers a question, or waits for the flight that is going to.
func (s *flights) fetch(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	s.mu.Lock()
	f, under := s.of[q]
	if !under {
		if s.of == nil {
			s.of = map[resolver.Question]*flight{}
		}
		f = &flight{done: make(chan struct{})}
		s.of[q] = f
	}
	s.mu.Unlock()
	if !under {
		return f.run(ctx, s.r, q)
	}
	if f.done != nil {
		<-f.done // its resolver obeys the same deadline
	}
	return f.answer, f.err
}

// errUnfinished is what waiters see of a resolver that panics: no absence.
var errUnfinished = errors.New("the resolver ended without an answer")

// run asks, and tells those who wait.
func (f *flight) run(ctx context.Context, r resolver.Resolver, q resolver.Question) (resolver.Answer, error) {
	if f.done != nil {
		defer close(f.done)
	}
	f.err = errUnfinished
	f.answer, f.err = r.Resolve(ctx, q)
	return f.answer, f.err
}
