package resolver

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// CacheConfig configures a Cache. The zero value is ready for use.
type CacheConfig struct {
	// Bytes is how much memory the entries may take, all told; 64 MiB when 0.
	Bytes int
	// MinTTL raises shorter TTLs. 0, the default, obeys every TTL. An answer whose
	// TTL is 0 is not kept in any case.
	MinTTL time.Duration
	// MaxTTL cuts longer TTLs; 1 h when 0.
	MaxTTL time.Duration
	// MaxNegativeTTL cuts those of NODATA and NXDOMAIN; 60 s when 0, because people
	// who repair a zone look again soon.
	MaxNegativeTTL time.Duration
	// StaleFor is how long after its end an answer may still be served, marked
	// Stale, while no upstream gives a newer one (RFC 8767). 0, the default, never:
	// a verifier must not report yesterday's record.
	StaleFor time.Duration
	// TrustNXDomain says that the upstream's NXDOMAIN holds for all types and for
	// everything below the name (RFC 8020). Without it that is believed of
	// authenticated answers alone.
	TrustNXDomain bool
}

// Figures that need no configuration.
const (
	// A failure is remembered for a second, for twice as long each time it comes
	// again, and for at most five minutes (RFC 9520 section 3.2).
	firstFailure = time.Second
	lastFailure  = 5 * time.Minute

	// staleAfter is how long an asker waits for the upstream before a stale answer
	// is served: the client response timer of RFC 8767 section 5.
	staleAfter = 1800 * time.Millisecond

	// maxEntry keeps single answers from taking much of the cache. What is larger is
	// not kept.
	maxEntry = 16 << 10
)

// ErrCached is in the chain of an error that was remembered rather than met again
// (RFC 9520).
var ErrCached = errors.New("remembered failure")

// Cache remembers answers within a byte budget, each for its TTL, and failures for
// seconds. What is asked often stays: a flood of questions asked once cannot push
// it out. A question in its last tenth of life is asked again ahead of its end.
type Cache struct {
	config CacheConfig
	next   Resolver
	flight *Coalesce
	store  *otter.Cache[Question, *entry]
	counts counts
}

// entry is what is remembered of a question: an answer, a failure or, when a
// stale answer is kept for hard times, both. It does not change once stored, apart
// from its memo.
type entry struct {
	memo       memo
	answer     Answer // Status 0 when there is none
	failed     *failure
	refreshing atomic.Bool
}

type failure struct {
	err    *Error
	until  time.Time
	streak int
}

// NewCache keeps what next answers. Equal questions to next are coalesced into one
// flight, which lasts at most for patience.
func NewCache(next Resolver, patience time.Duration, c CacheConfig) *Cache {
	if c.Bytes == 0 {
		c.Bytes = 64 << 20
	}
	if c.MaxTTL == 0 {
		c.MaxTTL = time.Hour
	}
	if c.MaxNegativeTTL == 0 {
		c.MaxNegativeTTL = time.Minute
	}
	cache := &Cache{config: c, next: next}
	cache.flight = NewCoalesce(Func(cache.fetch), patience)
	cache.store = otter.Must(&otter.Options[Question, *entry]{
		MaximumWeight: uint64(c.Bytes),
		Weigher:       func(_ Question, e *entry) uint32 { return uint32(e.size()) },
		StatsRecorder: &cache.counts,
	})
	return cache
}

// Resolve answers from memory or asks next. Its answers carry Expires, so that
// what is left of their life can be told.
func (c *Cache) Resolve(ctx context.Context, q Question) (Answer, error) {
	e, _ := c.store.GetIfPresent(q)
	if e != nil && e.answer.Status != 0 {
		if left := time.Until(e.answer.Expires); left > 0 {
			c.counts.hit(q)
			if left < c.lifetime(&e.answer)/10 && e.refreshing.CompareAndSwap(false, true) {
				c.flight.join(ctx, q)
			}
			return e.answer, nil
		}
	}
	return c.miss(ctx, q, e)
}

// miss is Resolve when no valid answer is at hand; e is what else is remembered.
func (c *Cache) miss(ctx context.Context, q Question, e *entry) (Answer, error) {
	stale := e != nil && c.servable(&e.answer)
	if e != nil && e.failed != nil && time.Now().Before(e.failed.until) {
		c.counts.hit(q)
		if stale {
			return e.stale(), nil
		}
		return Answer{}, e.failed.err
	}
	if a, ok := c.covered(q); ok {
		c.counts.hit(q)
		return a, nil
	}
	c.counts.misses.Add(1)
	f := c.flight.join(ctx, q)
	if !stale {
		return f.wait(ctx, q)
	}
	patient, cancel := context.WithTimeout(ctx, staleAfter)
	defer cancel()
	a, err := f.wait(patient, q)
	if err != nil && excusable(err) {
		return e.stale(), nil
	}
	return a, err
}

// excusable tells whether a stale answer may stand in for the failure: not where
// the zone's own data is at fault (RFC 8767 section 4).
func excusable(err error) bool {
	switch KindOf(err) {
	case Bogus, Malformed, Canceled, OverBudget:
		return false
	}
	return true
}

// Fresh is a view of the cache that asks next in any case and repairs the cache
// with what it says. A failure does not displace an answer that is still valid.
func (c *Cache) Fresh() Resolver { return c.flight }

// lifetime is how long the answer is kept.
func (c *Cache) lifetime(a *Answer) time.Duration {
	ttl := time.Duration(a.TTL) * time.Second
	if ttl == 0 {
		return 0
	}
	if a.Status == Found {
		return min(max(ttl, c.config.MinTTL), c.config.MaxTTL)
	}
	return min(max(ttl, c.config.MinTTL), c.config.MaxNegativeTTL)
}

func (c *Cache) servable(a *Answer) bool {
	return a.Status != 0 && c.config.StaleFor > 0 && time.Since(a.Expires) < c.config.StaleFor
}

func (e *entry) stale() Answer {
	a := e.answer
	a.Stale = true
	return a
}
