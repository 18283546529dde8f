package resolver

import (
	"context"
	"errors"
	"time"
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
	flight *Coalesce // of those who found nothing
	anew   *Coalesce // of those who want to know anew
	store  *table
	epoch  time.Time
	counts counts
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
	cache := &Cache{config: c, next: next, epoch: time.Now()}
	cache.flight = NewCoalesce(Func(cache.fetchUnlessKnown), patience)
	cache.anew = NewCoalesce(Func(cache.fetch), patience)
	cache.store = newTable(c.Bytes)
	return cache
}

// Resolve answers from memory or asks next. Its answers carry Expires, so that
// what is left of their life can be told.
func (c *Cache) Resolve(ctx context.Context, q Question) (Answer, error) {
	// Reading the clock first lets the processor fetch the entry while it compares
	// the name.
	now := time.Since(c.epoch)
	e := c.store.get(q)
	if e != nil && now < e.ends {
		c.used(e, q, now)
		return e.answer, nil
	}
	if a, ok, err := c.recall(e, q, now); ok {
		return *a, err
	}
	c.counts.misses.Add(1)
	f := c.flight.join(ctx, q)
	if e == nil || !c.servable(e, now) {
		return f.wait(ctx, q)
	}
	patient, cancel := context.WithTimeout(ctx, staleAfter)
	defer cancel()
	a, err := f.wait(patient, q)
	if err != nil && excusable(err) {
		return *e.stale(), nil
	}
	return a, err
}

// Peek answers from memory, remembered failures included.
func (c *Cache) Peek(q Question) (*Answer, bool, error) {
	now := time.Since(c.epoch)
	e := c.store.get(q)
	if e != nil && now < e.ends {
		c.used(e, q, now)
		return &e.answer, true, nil
	}
	return c.recall(e, q, now)
}

// used counts a hit, and starts the flight that renews an answer near its end.
func (c *Cache) used(e *entry, q Question, now time.Duration) {
	c.counts.hit(q)
	if e.due(now) && e.renewing.CompareAndSwap(false, true) {
		c.anew.join(context.Background(), q)
	}
}

// recall is what else memory says of q: a failure of a moment ago, which a stale
// answer in e may stand in for, or a denial of a name above.
func (c *Cache) recall(e *entry, q Question, now time.Duration) (*Answer, bool, error) {
	if e != nil && e.failed != nil && now < e.failed.until {
		c.counts.hit(q)
		if c.servable(e, now) && excusable(e.failed.err) {
			return e.stale(), true, nil
		}
		return &nothing, true, e.failed.err
	}
	a, ok := c.covered(q, now)
	if ok {
		c.counts.hit(q)
	}
	return a, ok, nil
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
func (c *Cache) Fresh() Resolver { return c.anew }

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

// servable tells whether an answer that has ended may still be served for a while.
func (c *Cache) servable(e *entry, now time.Duration) bool {
	return e.answer.Status != 0 && now < e.ends+c.config.StaleFor
}

func (e *entry) stale() *Answer {
	a := e.answer
	a.Stale = true
	return &a
}
