package resolver

import "sync/atomic"

// CacheStats are the counters of a Cache since its start, and its size.
type CacheStats struct {
	// Hits are questions answered from memory, failures included.
	Hits uint64
	// Misses are questions that had to wait for the upstream.
	Misses uint64
	// Coalesced are those of the misses that found a flight under way.
	Coalesced uint64
	// Evictions are entries pushed out by others.
	Evictions uint64
	// Bytes is what the entries take in memory, counted as the budget is.
	Bytes int
	// Entries is their number.
	Entries int
}

// Stats reads the counters.
func (c *Cache) Stats() CacheStats {
	size, entries := c.store.totals()
	return CacheStats{
		Hits: c.counts.hits(), Misses: c.counts.misses.Load(), Coalesced: c.flight.Joined() + c.anew.Joined(),
		Evictions: c.store.evictions.Load(), Bytes: size, Entries: entries,
	}
}

// counts counts hits in stripes, so that processors do not fight for one cache
// line.
type counts struct {
	stripes [16]stripe
	misses  atomic.Uint64
}

type stripe struct {
	n atomic.Uint64
	_ [56]byte
}

func (c *counts) hit(q Question) {
	h := uint(len(q.Name)) + uint(q.Type)
	if len(q.Name) > 0 {
		h += uint(q.Name[0])
	}
	c.stripes[h%uint(len(c.stripes))].n.Add(1)
}

func (c *counts) hits() uint64 {
	var n uint64
	for i := range c.stripes {
		n += c.stripes[i].n.Load()
	}
	return n
}
