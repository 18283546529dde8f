package resolver

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// fetch asks next and keeps what it says. It runs in a flight, so that an answer
// is kept once, also when everybody who asked has left.
func (c *Cache) fetch(ctx context.Context, q Question) (Answer, error) {
	a, err := c.next.Resolve(ctx, q)
	if err != nil {
		c.keepFailure(q, err)
		return Answer{}, err
	}
	return c.keepAnswer(q, a), nil
}

// fetchUnlessKnown is fetch for an asker who found nothing. Between the look and
// the flight another flight may have come down, and under load many do.
func (c *Cache) fetchUnlessKnown(ctx context.Context, q Question) (Answer, error) {
	now := time.Since(c.epoch)
	if e := c.store.look(q); e != nil {
		switch {
		case now < e.ends:
			return e.answer, nil
		case e.failed != nil && now < e.failed.until:
			return Answer{}, e.failed.err
		}
	}
	return c.fetch(ctx, q)
}

// keepAnswer keeps the answer and returns the form in which it is given to those
// who asked: with Expires and a place for derived values, not marked Cached.
func (c *Cache) keepAnswer(q Question, a Answer) Answer {
	a.Question = q
	lifetime, now := c.lifetime(&a), time.Now()
	a.Expires = now.Add(lifetime)
	if lifetime == 0 {
		return a
	}
	e := newEntry(a)
	e.answer.Cached = true
	e.ends = a.Expires.Sub(c.epoch)
	e.ahead = uint32(lifetime / 10 / time.Millisecond)
	if e.size() > maxEntry {
		return a
	}
	if c.denied(&e.answer) {
		e.answer.Question = Question{Name: e.answer.Name}
	} else {
		e.memo.cache = c
		e.answer.memo = &e.memo
	}
	if a.Status != NXDomain {
		c.undeny(q.Name)
	}
	c.store.set(e)
	a = e.answer
	a.Question, a.Cached = q, false
	return a
}

// keepFailure keeps a failure of the resolution itself, for longer each time it
// comes again in a row, and beside it an answer that may be served stale.
func (c *Cache) keepFailure(q Question, err error) {
	var failed *Error
	if !errors.As(err, &failed) || !lasting(failed.Kind) {
		return
	}
	now := time.Since(c.epoch)
	f := &failure{err: remembered(failed), streak: 1}
	e, _ := emptyEntry(0)
	e.failed, e.answer.Question = f, f.err.Question
	if was := c.store.look(q); was != nil {
		if now < was.ends {
			return
		}
		if was.failed != nil && now-was.failed.until < lastFailure {
			f.streak = was.failed.streak + 1
		}
		if c.servable(was, now) {
			e = newEntry(was.answer)
			e.ends, e.ahead = was.ends, was.ahead
			e.failed, e.memo.cache, e.answer.memo = f, c, &e.memo
		}
	}
	if e.size() > maxEntry {
		return
	}
	f.until = now + min(firstFailure<<min(f.streak-1, 16), lastFailure)
	c.store.set(e)
}

// lasting tells failures of resolution from those of the asker and of this
// process.
func lasting(k Kind) bool {
	switch k {
	case Canceled, OverBudget, Overloaded:
		return false
	}
	return true
}

// remembered is a copy of the error that keeps its words and nothing else of its
// cause.
func remembered(e *Error) *Error {
	kept := *e
	kept.Question.Name = string([]byte(e.Question.Name))
	kept.Err = ErrCached
	if e.Err != nil {
		kept.Err = fmt.Errorf("%w: %.200s", ErrCached, e.Err.Error())
	}
	return &kept
}
