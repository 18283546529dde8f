package resolver

import (
	"context"
	"errors"
	"sync/atomic"
)

// Bound keeps the questions in flight at a resolver under a number. Further ones
// wait their turn for as long as their context lasts, and when too many wait, the
// next is refused at once: under overload a quick refusal serves everybody better
// than a long queue.
type Bound struct {
	next    Resolver
	slots   chan struct{}
	queue   int64
	waiting atomic.Int64
	refused atomic.Uint64
}

// NewBound lets flights questions be in flight at next and waiting more wait.
// Both must be above zero.
func NewBound(next Resolver, flights, waiting int) *Bound {
	return &Bound{next: next, slots: make(chan struct{}, flights), queue: int64(waiting)}
}

// Resolve asks next when it is this question's turn. A question whose turn does
// not come fails with Overloaded, or Canceled when the caller went away.
func (b *Bound) Resolve(ctx context.Context, q Question) (Answer, error) {
	select {
	case b.slots <- struct{}{}:
	default:
		if err := b.wait(ctx, q); err != nil {
			return Answer{}, err
		}
	}
	defer func() { <-b.slots }()
	return b.next.Resolve(ctx, q)
}

func (b *Bound) wait(ctx context.Context, q Question) error {
	if b.waiting.Add(1) > b.queue {
		b.waiting.Add(-1)
		b.refused.Add(1)
		return &Error{Kind: Overloaded, Question: q}
	}
	defer b.waiting.Add(-1)
	select {
	case b.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		kind := Overloaded
		if errors.Is(ctx.Err(), context.Canceled) {
			kind = Canceled
		}
		return &Error{Kind: kind, Question: q, Err: ctx.Err()}
	}
}

// BoundStats is a Bound at one moment.
type BoundStats struct {
	// InFlight and Waiting are questions at this moment.
	InFlight, Waiting int
	// Refused counts questions that were turned away because too many waited.
	Refused uint64
}

// Stats reads the counters.
func (b *Bound) Stats() BoundStats {
	return BoundStats{InFlight: len(b.slots), Waiting: int(b.waiting.Load()), Refused: b.refused.Load()}
}
