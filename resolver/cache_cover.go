package resolver

import "time"

// A name that does not exist has no records of any type and nothing below it (RFC
// 2308 section 5, RFC 8020). Where that is believed, the denial is kept once, under
// the name and the type 0, which no question can have.

// denied tells whether a denial holds for more than its question.
func (c *Cache) denied(a *Answer) bool {
	// Behind an alias it is the target that does not exist.
	return a.Status == NXDomain && len(a.Aliases) == 0 && (a.Authenticated || c.config.TrustNXDomain)
}

// covered finds a valid denial of the name of q or of one above it.
func (c *Cache) covered(q Question, now time.Duration) (*Answer, bool) {
	for name := q.Name; ; name = Parent(name) {
		if e := c.store.get(Question{Name: name}); e != nil && now < e.ends {
			a := e.answer
			a.Question, a.Name = q, q.Name
			return &a, true
		}
		if name == "." {
			return nil, false
		}
	}
}

// undeny drops the denials of a name that is seen to exist, and of the names above
// it: the fresh view may find what the cache holds for absent.
func (c *Cache) undeny(name string) {
	for {
		key := Question{Name: name}
		if c.store.look(key) != nil {
			c.store.remove(key)
		}
		if name == "." {
			return
		}
		name = Parent(name)
	}
}
