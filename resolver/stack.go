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

// Request is what one request asks through: Trace(Limit(next)). It is made for
// the request and dropped with it.
type Request struct {
	limit *Limit
	trace *Trace
}

// NewRequest stacks the per-request part on next: a [*Shared], its Fresh view, or
// an [*Authority].
func NewRequest(next Resolver, b Budget) *Request {
	limit := NewLimit(next, b)
	return &Request{limit: limit, trace: NewTrace(limit)}
}

// Resolve asks within the budget and writes down what comes of it.
func (r *Request) Resolve(ctx context.Context, q Question) (Answer, error) {
	return r.trace.Resolve(ctx, q)
}

// Spent is what the request has used so far.
func (r *Request) Spent() Spent { return r.limit.Spent() }

// Steps are the questions so far and what came of each.
func (r *Request) Steps() []Step { return r.trace.Steps() }
