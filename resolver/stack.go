package resolver

import (
	"context"
	"time"
)

// Sharing configures what all requests of a process share. The zero value is
// ready for use.
type Sharing struct {
	Cache CacheConfig
	// InFlight is how many questions may be at the upstream at once; 512 when 0,
	// since unbound drops without a word what exceeds half of its
	// num-queries-per-thread (1024 by default).
	InFlight int
	// Waiting is how many more may wait for their turn; 4096 when 0.
	Waiting int
	// Patience ends a question that the upstream does not end; 10 s when 0.
	Patience time.Duration
}

// Shared is what all requests of a process ask: Cache(Coalesce(Bound(upstream))).
type Shared struct {
	cache *Cache
	bound *Bound
}

// Share stacks the shared part on an upstream.
func Share(upstream Resolver, s Sharing) *Shared {
	if s.InFlight == 0 {
		s.InFlight = 512
	}
	if s.Waiting == 0 {
		s.Waiting = 4096
	}
	if s.Patience == 0 {
		s.Patience = 10 * time.Second
	}
	bound := NewBound(upstream, s.InFlight, s.Waiting)
	return &Shared{cache: NewCache(bound, s.Patience, s.Cache), bound: bound}
}

// Resolve answers from the cache or the upstream.
func (s *Shared) Resolve(ctx context.Context, q Question) (Answer, error) {
	return s.cache.Resolve(ctx, q)
}

// Fresh is a view of the same cache that always asks the upstream and repairs the
// cache with what it says.
func (s *Shared) Fresh() Resolver { return s.cache.Fresh() }

// Stats reads the counters of the cache.
func (s *Shared) Stats() CacheStats { return s.cache.Stats() }

// BoundStats reads the counters of the bound.
func (s *Shared) BoundStats() BoundStats { return s.bound.Stats() }

// Request is what one request asks through: its budget, and where it wants to know,
// a trace of what was asked. It is made for the request and dropped with it.
type Request struct {
	*Limit
	trace *Trace // nil without one
}

// NewRequest stacks the per-request part on next: a [*Shared], its Fresh view, or
// an [*Authority]. Traced keeps what Steps gives. Release ends the use of all copies.
func NewRequest(next Resolver, b Budget, traced bool) Request {
	r := Request{Limit: NewLimit(next, b)}
	if traced {
		r.trace = NewTrace(r.Limit)
	}
	return r
}

// Resolve asks within the budget and writes down what comes of it.
func (r Request) Resolve(ctx context.Context, q Question) (Answer, error) {
	if r.trace != nil {
		return r.trace.Resolve(ctx, q)
	}
	return r.Limit.Resolve(ctx, q)
}

// Steps are the questions so far and what came of each; nil without a trace.
func (r Request) Steps() []Step {
	if r.trace == nil {
		return nil
	}
	return r.trace.Steps()
}
