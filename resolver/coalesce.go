package resolver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Coalesce lets one flight serve all who ask the same question while it is up.
// The flight belongs to nobody: an asker who leaves, also the first, does not end
// it for the others, and a flight that everybody left still brings its answer to
// whatever keeps answers below.
type Coalesce struct {
	next     Resolver
	patience time.Duration
	// forlorn ends flights that everybody left: nobody keeps what they would bring.
	forlorn bool

	mu      sync.Mutex
	flights map[Question]*flight

	joined atomic.Uint64
}

// flight is one question on its way. The outcome is written before done is closed
// and read after.
type flight struct {
	cancel context.CancelFunc
	askers int // under the lock of the Coalesce
	done   chan struct{}
	answer Answer
	err    error
}

// NewCoalesce makes flights to next, each of which ends after patience even if
// next would take longer. The resolver below must obey its context.
func NewCoalesce(next Resolver, patience time.Duration) *Coalesce {
	return &Coalesce{next: next, patience: patience, flights: map[Question]*flight{}}
}

// Resolve joins the flight for q, or starts it, and waits as long as ctx lasts.
func (c *Coalesce) Resolve(ctx context.Context, q Question) (Answer, error) {
	f := c.join(ctx, q)
	if c.forlorn {
		defer c.leave(q, f)
	}
	return f.wait(ctx, q)
}

// Joined counts the questions that found a flight under way.
func (c *Coalesce) Joined() uint64 { return c.joined.Load() }

// join gives the flight for q, started if there is none.
func (c *Coalesce) join(ctx context.Context, q Question) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[q]; f != nil {
		c.joined.Add(1)
		f.askers++
		return f
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.patience)
	f := &flight{cancel: cancel, askers: 1, done: make(chan struct{})}
	c.flights[q] = f
	go c.fly(ctx, q, f)
	return f
}

// leave ends a flight that nobody waits for any more.
func (c *Coalesce) leave(q Question, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.askers--; f.askers == 0 {
		f.cancel()
		c.land(q, f)
	}
}

// land makes the next asker start a flight. The lock is held.
func (c *Coalesce) land(q Question, f *flight) {
	if c.flights[q] == f {
		delete(c.flights, q)
	}
}

// fly asks next. The caller's recovery does not reach this goroutine, and one
// hostile answer must not end the process.
func (c *Coalesce) fly(ctx context.Context, q Question, f *flight) {
	defer f.cancel()
	defer func() {
		if p := recover(); p != nil {
			f.answer, f.err = Answer{}, &Error{Kind: Malformed, Question: q, Err: fmt.Errorf("resolver panics: %v", p)}
		}
		c.mu.Lock()
		c.land(q, f)
		c.mu.Unlock()
		close(f.done)
	}()
	f.answer, f.err = c.next.Resolve(ctx, q)
}

func (f *flight) wait(ctx context.Context, q Question) (Answer, error) {
	select {
	case <-f.done:
		return f.answer, f.err
	case <-ctx.Done():
	}
	select {
	case <-f.done: // both were ready: what is known is not thrown away
		return f.answer, f.err
	default:
		return Answer{}, departed(ctx, q)
	}
}

// departed is the error of a caller whose context ended.
func departed(ctx context.Context, q Question) *Error {
	kind := Timeout
	if errors.Is(ctx.Err(), context.Canceled) {
		kind = Canceled
	}
	return &Error{Kind: kind, Question: q, Err: ctx.Err()}
}
