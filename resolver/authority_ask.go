package resolver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

var (
	errNoGlue   = errors.New("the referral has no glue and nobody looks up addresses")
	errNoIPv6   = errors.New("this machine has no IPv6")
	errNotAsked = errors.New("not asked")
	errUpward   = errors.New("refers to a zone that is not below its own")
	errNoAA     = errors.New("the answer is not authoritative")
)

// ask puts q to the servers of z until one answers with authority or refers
// further down. Servers that are known to answer go first; a server that takes its
// time is joined by the next. A server whose failure may pass gets a second try at
// the end of the queue.
func (a *Authority) ask(ctx context.Context, z *zone, q Question, dnssec bool) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, zonePatience)
	defer cancel()
	queue, err := a.queue(ctx, z, q)
	if err != nil {
		return Reply{}, err
	}
	results := make(chan told, 2*len(queue))
	flying := 0
	launch := func() {
		next := queue[0]
		queue, flying = queue[1:], flying+1
		go func() { results <- a.try(ctx, z, q, next, dnssec) }()
	}
	hedge := time.NewTimer(queue[0].patience())
	defer hedge.Stop()
	launch()
	var worst error
	for flying > 0 {
		select {
		case t := <-results:
			flying--
			if t.err == nil {
				return t.reply, nil
			}
			worst = worse(worst, t.err)
			if KindOf(t.err) == OverBudget || ctx.Err() != nil {
				return Reply{}, worst
			}
			if t.by.timeout == firstTry && retried(t.err) {
				queue = append(queue, attempt{t.by.endpoint, secondTry})
			}
			if len(queue) > 0 {
				launch()
			}
		case <-hedge.C:
			if len(queue) > 0 && queue[0].timeout == firstTry {
				launch()
			}
			hedge.Reset(hedgeAfter)
		}
	}
	return Reply{}, worst
}

// attempt is one try at one endpoint.
type attempt struct {
	*endpoint
	timeout time.Duration
}

// told is how it went.
type told struct {
	by    attempt
	reply Reply
	err   error
}

// maxTried bounds the servers that one question is put to.
const maxTried = 4

// queue is the order in which the endpoints of z are tried for one question. It
// waits until one is there to be asked. Without any it gives the reason.
func (a *Authority) queue(ctx context.Context, z *zone, q Question) ([]attempt, error) {
	a.locate(z)
	select {
	case <-z.arrived:
	case <-ctx.Done():
		return nil, &Error{Kind: Timeout, Question: q, Err: fmt.Errorf("addresses of the name servers of %s: %w", Absolute(z.name), ctx.Err())}
	}
	z.mu.Lock()
	list := slices.Clone(z.endpoints)
	z.mu.Unlock()
	var live []*endpoint
	var fault error
	for _, e := range list {
		switch f := e.given(); {
		case e.barred != "":
			fault = worse(fault, e.refusal(q, a.config.Port))
		case f != nil:
			fault = worse(fault, about(q, f))
		default:
			live = append(live, e)
		}
	}
	if len(live) == 0 {
		if fault == nil {
			fault = &Error{Kind: Unreachable, Question: q, Err: fmt.Errorf("no name server of %s has an address", Absolute(z.name))}
		}
		return nil, fault
	}
	slices.SortStableFunc(live, func(x, y *endpoint) int { return cmp.Compare(x.rank(), y.rank()) })
	var queue []attempt
	for _, e := range live[:min(len(live), maxTried)] {
		queue = append(queue, attempt{e, firstTry})
	}
	return queue, nil
}

// try asks one endpoint and judges what it says.
func (a *Authority) try(ctx context.Context, z *zone, q Question, e attempt, dnssec bool) told {
	if !a.spend() {
		return told{by: e, err: &Error{Kind: OverBudget, Question: q}}
	}
	server := Server{Addr: netip.AddrPortFrom(e.addr, a.config.Port)}
	r, err := a.x.Exchange(ctx, server, q, Options{DNSSEC: dnssec, Timeout: e.timeout})
	if err == nil {
		err = judge(z.name, q, &r)
	}
	if !errors.Is(ctx.Err(), context.Canceled) || err == nil { // else another server was quicker
		e.note(r.RTT, err)
	}
	return told{e, r, err}
}

// judge finds the replies that a server of the zone does not give: those of a lame
// server (RFC 1912 section 2.8). A referral from the end of an alias chain becomes
// the chain alone.
func judge(zone string, q Question, r *Reply) error {
	fault := func(err error) error {
		return &Error{Kind: Lame, Question: q, Server: r.Answer.Server, Rcode: "NOERROR", Err: err}
	}
	ref := r.Referral
	switch {
	case len(r.Answer.Aliases) > 0 && ref != nil:
		r.Referral = nil
		r.Answer.Status = NoData
	case ref != nil:
		if ref.Zone == zone || !Within(ref.Zone, zone) || !Within(q.Name, ref.Zone) {
			return fault(errUpward)
		}
		return nil
	}
	if !r.Answer.Authoritative {
		return fault(errNoAA)
	}
	return nil
}

// worse is the error that tells more: what a server said before silence, and
// silence before what was not asked.
func worse(a, b error) error {
	if a == nil || weight(b) > weight(a) {
		return b
	}
	return a
}

func weight(err error) int {
	switch KindOf(err) {
	case ServerFailure, Refused, Lame, OtherRcode, Bogus:
		return 4
	case Malformed:
		return 3
	case Timeout:
		return 2
	case Unreachable:
		return 1
	}
	return 0
}

// note remembers how a try went.
func (e *endpoint) note(rtt time.Duration, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.bad++
		e.fault = err
		return
	}
	e.good++
	e.rtt = rtt
}

// given is why the endpoint has been given up: it has failed twice and never
// answered.
func (e *endpoint) given() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.good == 0 && e.bad >= 2 {
		return e.fault
	}
	return nil
}

// rank orders endpoints: quick ones, unknown ones, failing ones; IPv4 first among
// equals, as it is more often whole.
func (e *endpoint) rank() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.good > 0:
		return e.rtt
	case e.bad > 0:
		return 2 * time.Hour
	case e.addr.Is6():
		return time.Hour + 1
	}
	return time.Hour
}

// patience is how long the endpoint has before the next one is asked too.
func (e *endpoint) patience() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.good > 0 {
		return min(max(2*e.rtt, hedgeAfter/5), hedgeAfter)
	}
	return hedgeAfter
}

// refusal is the error of an endpoint that must not be asked.
func (e *endpoint) refusal(q Question, port uint16) *Error {
	return &Error{
		Kind: Unreachable, Question: q, Server: netip.AddrPortFrom(e.addr, port).String(),
		Err: fmt.Errorf("%w: %s", errNotAsked, e.barred),
	}
}
