package resolver

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// race is one question on its way to several servers. Tries stay open while
// others begin; the first good answer ends them all.
type race struct {
	u        *Upstream
	q        Question
	order    []*peer
	deadline time.Time

	results chan *result
	running sync.WaitGroup
	tries   []*try
	open    int
	hedge   time.Duration // that the timer stands for: the 95th percentile, 0 later
	secure  bool          // the AD flag of the answer, whether it may be believed or not
	failed  *peer         // that answered SERVFAIL, rather one that validates
	err     *Error
}

// try is one exchange with one server.
type try struct {
	peer   *peer
	sent   time.Time
	stream bool // the server is asked over a stream alone
	tcp    bool // this try goes over one
	open   bool
	failed bool // the server has answered with an error
}

type result struct {
	try    *try
	answer Answer
	secure bool // the AD flag as it came
	err    error
}

// run asks until there is an answer, or nobody is left to ask, or time is up.
func (r *race) run(ctx context.Context, deadline time.Time) (Answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer r.running.Wait()
	defer cancel()
	r.deadline = deadline
	r.results = make(chan *result, lossyTries)
	if !r.launch(ctx) {
		return Answer{}, cmp.Or(r.err, departed(ctx, r.q))
	}
	timer := time.NewTimer(r.within(r.firstWait()))
	defer timer.Stop()
	for {
		select {
		case res := <-r.results:
			r.open--
			res.try.open = false
			if res.err == nil || KindOf(res.err) == Bogus {
				r.learn(res.try)
				r.secure = res.secure
				return res.answer, res.err
			}
			r.note(res)
			if r.open > 0 {
				continue
			}
			if !r.launch(ctx) {
				return Answer{}, r.err
			}
			r.u.counts.retries.Add(1)
			timer.Reset(r.within(r.wait()))
		case <-timer.C:
			if !time.Now().Before(deadline) {
				r.running.Wait() // tries end by then too, and count as silence
				return r.giveUp(context.DeadlineExceeded)
			}
			timer.Reset(r.within(r.late(ctx)))
		case <-ctx.Done():
			return r.giveUp(ctx.Err())
		}
	}
}

// within is the wait, cut at the end of the question's time, and never 0.
func (r *race) within(wait time.Duration) time.Duration {
	return max(1, min(wait, time.Until(r.deadline)))
}

// firstWait is the time until the first try counts as late: the 95th percentile
// when there is another server, or a network between that loses packets.
func (r *race) firstWait() time.Duration {
	first, wait := r.tries[0], r.wait()
	if len(r.order) > 1 || !first.stream && !first.peer.local {
		if p95 := first.peer.percentile95(); p95 < wait {
			r.hedge = p95
			return p95
		}
	}
	return wait
}

// wait is the time until the last try counts as lost: from the third on half as long
// again with each, unless it is the network that loses them. A server that answers
// others meanwhile is asked again soon.
func (r *race) wait() time.Duration {
	last := r.tries[len(r.tries)-1].peer
	d := last.retryAfter()
	if !last.lossy() {
		for range len(r.tries) - 2 {
			d += d / 2
		}
	}
	return min(d, last.longest())
}

// late is what happens when the timer ends, and the time to the next.
func (r *race) late(ctx context.Context) time.Duration {
	if waited := r.hedge; waited > 0 {
		r.hedge = 0
		if r.u.extra.spend() {
			if r.launch(ctx) {
				r.u.counts.hedges.Add(1)
				return r.wait()
			}
			r.u.extra.refund()
		}
		return max(r.wait()-waited, 0)
	}
	for _, t := range r.tries {
		if t.open {
			t.peer.silent(t.sent)
		}
	}
	if r.launch(ctx) {
		r.u.counts.retries.Add(1)
	}
	return r.wait()
}

// launch begins a try at the server that has had the fewest, healthy ones first. It
// passes over servers that have answered, over those on whose connection the
// question is already, since a stream repeats by itself, and over those that have
// had their rate.
func (r *race) launch(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	var best, crowded *peer
	fewest, bestDown, now := 0, false, time.Since(r.u.epoch)
	for _, p := range r.order {
		n, usable := r.had(p)
		down := p.down()
		if !usable || len(r.tries) >= p.tries() || n >= deadTries && p.dead() {
			continue
		}
		if !p.asked.room(now, p.rate) {
			crowded = p
			continue
		}
		if best == nil || bestDown && !down || down == bestDown && n < fewest {
			best, fewest, bestDown = p, n, down
		}
	}
	if best == nil || !best.asked.take(now, best.rate) {
		r.crowd(cmp.Or(best, crowded))
		return false
	}
	r.start(ctx, best, fewest)
	return true
}

// crowd takes note that a server, if there is one, would get the question if it had
// not had its rate.
func (r *race) crowd(p *peer) {
	if p == nil {
		return
	}
	p.counts.limited.Add(1)
	if len(r.tries) == 0 {
		r.err = &Error{Kind: Overloaded, Question: r.q, Server: p.server.String(), Err: errPace}
	}
}

// had is the number of tries that a server has had, and whether it may have more.
func (r *race) had(p *peer) (n int, usable bool) {
	for _, t := range r.tries {
		if t.peer == p {
			n++
			if t.failed || t.open && t.stream {
				return n, false
			}
		}
	}
	return n, true
}

// start begins a try. What was lost twice over UDP goes over TCP too, and again once
// that has failed.
func (r *race) start(ctx context.Context, p *peer, before int) {
	s, o := p.server, Options{Recurse: true, Timeout: r.within(tryTime), Reuse: p.local}
	if s.Transport <= UDP && before >= 2 && before%2 == 0 && !r.streams(p) {
		s.Transport = TCP
	}
	t := &try{peer: p, sent: time.Now(), stream: p.server.Transport > UDP, tcp: s.Transport > UDP, open: true}
	r.tries = append(r.tries, t)
	r.open++
	r.running.Go(func() {
		reply, err := r.u.ask(ctx, s, r.q, o)
		a, err := p.judge(reply, err)
		r.results <- &result{try: t, answer: a, secure: reply.Answer.Authenticated, err: err}
	})
}

// streams tells whether the question is under way to the server over a stream.
func (r *race) streams(p *peer) bool {
	return slices.ContainsFunc(r.tries, func(t *try) bool { return t.peer == p && t.open && t.tcp })
}

// learn takes note of how many tries over UDP were lost before the one that was
// answered.
func (r *race) learn(won *try) {
	if won.tcp {
		return
	}
	lost := 0
	for _, t := range r.tries {
		if t.peer == won.peer && t.open && !t.tcp && t.sent.Before(won.sent) {
			lost++
		}
	}
	won.peer.answered(time.Since(won.sent), lost)
}

// note keeps the error that tells most.
func (r *race) note(res *result) {
	var e *Error
	if !errors.As(res.err, &e) {
		return
	}
	res.try.failed = telling(e.Kind) > telling(Timeout)
	if p := res.try.peer; e.Kind == ServerFailure && (r.failed == nil || p.validates() == ValidationOn) {
		r.failed = p
	}
	if r.err == nil || telling(e.Kind) > telling(r.err.Kind) {
		r.err = e
	}
}

// telling orders kinds by what they tell about the question. Those above Timeout
// are replies.
func telling(k Kind) int {
	switch k {
	case ServerFailure:
		return 7
	case OtherRcode:
		return 6
	case Refused:
		return 5
	case Lame:
		return 4
	case Malformed:
		return 3
	case Timeout:
		return 2
	case Canceled:
		return 0
	}
	return 1
}

// giveUp is the error when time is up. A server's error that came before tells more
// than the time-out, unless the caller went away.
func (r *race) giveUp(err error) (Answer, error) {
	kind := kindOf(err)
	if kind == Timeout && r.err != nil && r.err.Kind != Timeout {
		return Answer{}, r.err
	}
	e := &Error{Kind: kind, Question: r.q, Err: err}
	if len(r.tries) > 0 {
		e.Server = r.tries[len(r.tries)-1].peer.server.String()
	}
	return Answer{}, e
}
