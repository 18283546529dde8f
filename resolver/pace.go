package resolver

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
	"time"
)

// errPace: each server that is left to ask has had its rate.
var errPace = &why{text: "the server would be asked more often than it may"}

// Pace keeps the questions of a process to any one address under a rate, so that
// no zone is able to aim many requests at one server. All requests share it. It
// takes the same memory however many addresses there are.
//
// Each address has two places in a table, found by a hash that nobody outside
// knows, and is over its rate when both are full. Other addresses fill the same
// places, but hardly ever both.
type Pace struct {
	rate    rate
	seed    maphash.Seed
	epoch   time.Time
	places  [1 << 13]level
	refused atomic.Uint64
}

// NewPace lets questions a second go to each address, and as many at once after a
// second of rest. It must be above zero.
func NewPace(questions int) *Pace {
	return &Pace{rate: perSecond(questions), seed: maphash.MakeSeed(), epoch: time.Now()}
}

// Refused counts the questions that were not sent.
func (p *Pace) Refused() uint64 { return p.refused.Load() }

func (p *Pace) of(addr netip.Addr) (a, b *level) {
	h := maphash.Comparable(p.seed, addr)
	return &p.places[h%uint64(len(p.places))], &p.places[h>>32%uint64(len(p.places))]
}

// allows tells whether a question may go to the address. Nil allows all.
func (p *Pace) allows(addr netip.Addr) bool {
	if p == nil {
		return true
	}
	a, b := p.of(addr)
	now := time.Since(p.epoch)
	return a.room(now, p.rate) || b.room(now, p.rate)
}

// take counts a question to the address, if one may go there.
func (p *Pace) take(addr netip.Addr) bool {
	if p == nil {
		return true
	}
	a, b := p.of(addr)
	now := time.Since(p.epoch)
	if first, second := a.take(now, p.rate), b.take(now, p.rate); first || second {
		return true
	}
	p.refused.Add(1)
	return false
}

// rate is the time that one question stands for, and how much of it may gather; no
// bound when zero.
type rate struct{ each, burst time.Duration }

func perSecond(questions int) rate {
	if questions <= 0 {
		return rate{}
	}
	return rate{each: time.Second / time.Duration(questions), burst: time.Second}
}

// level is what has been asked of late: until when, since an epoch, the questions so
// far would last at the rate allowed (the generic cell rate algorithm).
type level struct{ until atomic.Int64 }

// room tells whether there is room for one more question.
func (l *level) room(now time.Duration, r rate) bool {
	return r.each == 0 || time.Duration(l.until.Load())+r.each <= now+r.burst
}

// take adds a question, if there is room.
func (l *level) take(now time.Duration, r rate) bool {
	for r.each > 0 {
		until := l.until.Load()
		next := max(time.Duration(until), now) + r.each
		if next > now+r.burst {
			return false
		}
		if l.until.CompareAndSwap(until, int64(next)) {
			return true
		}
	}
	return true
}
