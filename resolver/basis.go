package resolver

import "time"

// Basis is what an outcome rests on: each question of a request with the answer
// that it had. What is a pure function of a request and of these answers can be
// given again, without asking anything, for as long as Holds says so.
type Basis []ground

type ground struct {
	question Question
	answer   *memo // of the cached answer, and of no other
}

// Basis is that of the request so far. It is false unless all that was asked has
// an answer that the cache holds: a failure, a stale answer and one that the cache
// concludes from another are no basis.
func (l *Limit) Basis() (Basis, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spent.Refused > 0 {
		return nil, false
	}
	basis := make(Basis, 0, l.asked+len(l.more))
	firm := func(k *inquiry) bool {
		basis = append(basis, ground{k.question, k.answer.memo})
		return k.settled && k.err == nil && !k.answer.Stale && k.answer.memo != nil
	}
	for i := range l.first[:l.asked] {
		if !firm(&l.first[i]) {
			return nil, false
		}
	}
	for _, k := range l.more {
		if !firm(k) {
			return nil, false
		}
	}
	return basis, true
}

// Size is how much memory the answers take, in octets, with what was derived from them.
// They live as long as the basis, whether the cache holds them or not.
func (b Basis) Size() int {
	n := 0
	for i := range b {
		n += b[i].answer.entry().size()
	}
	return n
}

// Holds tells whether s would give the same answers again, all from memory, and
// counts them as given.
func (s *Shared) Holds(b Basis) bool {
	now := time.Since(s.cache.epoch)
	for i := range b {
		if !s.cache.holds(&b[i], now) {
			return false
		}
	}
	return true
}

// holds tells whether the answer is in the cache and valid.
func (c *Cache) holds(g *ground, now time.Duration) bool {
	e := c.store.get(g.question)
	if e == nil || &e.memo != g.answer || now >= e.ends {
		return false
	}
	c.used(e, g.question, now)
	return true
}
