package resolver

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// minRetry bounds from below the time after which a question is asked again, since
	// a recursive server asks others in turn.
	minRetry = 250 * time.Millisecond
	// liveWait is the longest time between two tries at a server that is alive, since
	// it has answered anything of late.
	liveWait = 500 * time.Millisecond
	alive    = time.Second
	// muchLoss is the share of lost packets from which on a question is asked again
	// sooner, after minLossy to maxLossy.
	muchLoss = 0.1
	minLossy = 100 * time.Millisecond
	maxLossy = 200 * time.Millisecond
	// minHedge bounds the 95th percentile from below: a server that answers from its
	// cache is not late after a millisecond.
	minHedge = 20 * time.Millisecond
	// maxDown bounds the time between looks at a server that is down.
	maxDown = 30 * time.Second
	// deadMisses is after how many looks in vain a server counts as dead, and gets
	// deadTries of a question at most: retries do not help it.
	deadMisses = 3
	deadTries  = 2
	// refusalsDown is how many questions in a row a server may turn down before it
	// counts as one that turns down all.
	refusalsDown = 3
)

// peer is an upstream server with what is known of its health.
type peer struct {
	server Server
	local  bool // on this machine, over any transport: sockets are used again
	secure bool // its AD flag cannot be forged on the way
	rate   rate
	asked  level

	mu         sync.Mutex
	rtt        time.Duration // smoothed, RFC 6298 section 2; 0 before the first reply
	least      time.Duration // of late, which is the network's part
	loss       float64       // smoothed share of tries over UDP that are lost
	deviation  time.Duration
	p95        time.Duration
	heard      time.Time // when the last reply came
	misses     int       // silences since
	refusals   int       // questions turned down since the last answer
	downUntil  time.Time // when it is looked at again; zero while it is up
	looking    bool
	validation Validation

	counts peerCounts
}

func newPeer(s Server, c UpstreamConfig) *peer {
	local := s.Addr.Addr().Unmap().IsLoopback()
	if c.Rate == 0 && !local {
		c.Rate = defaultRate
	}
	return &peer{
		server: s, local: local && s.Transport == Auto, secure: local || s.Transport == TLS || c.TrustClear,
		rate: perSecond(c.Rate), validation: c.Validation,
	}
}

// order is the peers as they should be asked: those that are up by their smoothed
// time, then the others. Times of those not chosen fade, so that each has its turn
// in the end.
func (u *Upstream) order() []*peer {
	if len(u.peers) == 1 {
		return u.peers
	}
	type ranked struct {
		p    *peer
		down bool
		rtt  time.Duration
	}
	list := make([]ranked, len(u.peers))
	for i, p := range u.peers {
		p.mu.Lock()
		list[i] = ranked{p, !p.downUntil.IsZero(), p.rtt}
		p.mu.Unlock()
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		if a.down != b.down {
			if a.down {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.rtt, b.rtt)
	})
	out := make([]*peer, len(list))
	for i, r := range list {
		out[i] = r.p
		if i > 0 {
			r.p.fade()
		}
	}
	return out
}

func (p *peer) fade() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rtt -= p.rtt / 512
}

// down tells that the server has not answered lately.
func (p *peer) down() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.downUntil.IsZero()
}

// dead tells that the server has been down for several looks.
func (p *peer) dead() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.misses >= deadMisses
}

// retryAfter is when a question without reply is sent again: RFC 6298 section 2.
func (p *peer) retryAfter() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.retry()
}

func (p *peer) retry() time.Duration {
	if p.rtt == 0 {
		return minRetry
	}
	d := p.rtt + 4*p.deviation
	if p.loss >= muchLoss {
		return min(max(d, minLossy), maxLossy)
	}
	return min(max(d, minRetry), tryTime)
}

// longest bounds the time between two tries of a question.
func (p *peer) longest() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.heard) > alive {
		return tryTime
	}
	return min(max(liveWait, 2*p.least), tryTime)
}

// tries bounds the tries of one question.
func (p *peer) tries() int {
	if p.lossy() {
		return lossyTries
	}
	return maxTries
}

// lossy tells whether the way to the server is seen to lose much.
func (p *peer) lossy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.loss >= muchLoss
}

// answered takes note that a try over UDP was answered after d, and that so many
// before it were not. A reply that takes longer than the network says nothing of
// those: the server may have been at work on the first all the while.
func (p *peer) answered(d time.Duration, before int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d <= p.least+p.least/2+5*time.Millisecond {
		for range before {
			p.loss += (1 - p.loss) / 8
		}
	}
	p.loss -= p.loss / 8
}

// percentile95 is the time within which nearly all replies come.
func (p *peer) percentile95() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.p95 == 0 {
		return minRetry / 2
	}
	return min(max(p.p95, minHedge), p.retry())
}

// hear takes note of a reply: the server is up, unless it turns down everything.
func (p *peer) hear(d time.Duration, turnedDown bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = time.Now()
	p.learn(d)
	p.refusals++
	if !turnedDown {
		p.refusals = 0
	}
	if p.refusals >= refusalsDown {
		p.rest()
		return
	}
	p.misses, p.downUntil, p.looking = 0, time.Time{}, false
}

// learn takes the time of a reply into the estimates.
func (p *peer) learn(d time.Duration) {
	if p.rtt == 0 {
		p.rtt, p.deviation, p.p95, p.least = max(d, 1), d/2, 4*d, d
		return
	}
	p.least = min(d, p.least+p.least/64)
	p.deviation += ((p.rtt - d).Abs() - p.deviation) / 4
	p.rtt = max(p.rtt+(d-p.rtt)/8, 1)
	// Up and down balance where one reply in twenty is later.
	if step := p.p95 / 8; d > p.p95 {
		p.p95 += step * 19 / 20
	} else {
		p.p95 = max(p.p95-step/20, 1)
	}
}

// rest passes the server over for a time that doubles with each look in vain.
func (p *peer) rest() {
	now := time.Now()
	if now.Before(p.downUntil) {
		return
	}
	p.looking = false
	p.downUntil = now.Add(min(time.Second<<min(p.misses, 10), maxDown))
	p.misses++
}

// silent takes note that a question of the given time has no reply. It counts only
// if the server has answered nothing else in the meantime: a zone may be slow, and
// that is not the server's fault.
func (p *peer) silent(sent time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.heard.Before(sent) {
		p.rest()
	}
}

// due tells whether it is time to look at a server that is down, to one caller.
func (p *peer) due() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.downUntil.IsZero() || p.looking || time.Now().Before(p.downUntil) {
		return false
	}
	p.looking = true
	return true
}

// revive looks at servers that are down, beside the question and at no cost to its
// time.
func (u *Upstream) revive(q Question) {
	for _, p := range u.peers {
		if len(u.peers) > 1 && p.due() {
			u.beside(func() { u.look(p, q) })
		}
	}
}

// look asks a server that is down.
func (u *Upstream) look(p *peer, q Question) {
	ctx, cancel := context.WithTimeout(context.Background(), tryTime)
	defer cancel()
	u.beside(func() {
		select {
		case <-u.closing:
			cancel()
		case <-ctx.Done():
		}
	})
	sent := time.Now()
	r, err := u.ask(ctx, p.server, q, Options{Recurse: true, Timeout: tryTime})
	p.judge(r, err)
	if !replied(err) {
		p.silent(sent)
	}
}

// replied tells whether the outcome of an exchange is a reply.
func replied(err error) bool {
	if err == nil {
		return true
	}
	e, ok := err.(*Error)
	return ok && (e.Rcode != "" || telling(e.Kind) > telling(Timeout))
}

// judge takes note of the outcome of an exchange and makes the answer of it.
func (p *peer) judge(r Reply, err error) (Answer, error) {
	p.counts.note(r, err)
	if !replied(err) {
		if KindOf(err) == Unreachable {
			p.silent(time.Now())
		}
		return Answer{}, err
	}
	k := KindOf(err)
	p.hear(r.RTT, k == Refused || k == OtherRcode || k == Lame || r.Referral != nil)
	if err != nil {
		return Answer{}, err
	}
	if r.Referral != nil {
		return Answer{}, &Error{Kind: Lame, Question: r.Answer.Question, Server: r.Answer.Server, Rcode: "NOERROR", Err: ErrReferral}
	}
	a := r.Answer
	a.Authenticated = a.Authenticated && p.trusted()
	return a, nil
}
