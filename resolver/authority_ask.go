package resolver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

var (
	errNoGlue   = &why{text: "the referral has no glue and nobody looks up addresses"}
	errNoIPv6   = &why{text: "this machine has no IPv6"}
	errNotAsked = &why{text: "not asked"}
	errUpward   = &why{text: "refers to a zone that is not below its own"}
	errDownward = &why{text: "refers a question about the cut to the zone below"}
	errNoAA     = &why{text: "AA is not set"}
)

// ask puts q to the servers of z until one answers with authority or refers
// further down. Servers that are known to answer go first; a server that takes its
// time is joined by the next. When all have had a try, one whose failure may pass
// gets a second, and one that has answered before gets more: then it is likelier
// that something was lost.
func (a *Authority) ask(ctx context.Context, z *zone, q Question, dnssec bool) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, zonePatience)
	defer cancel()
	arrived, complete := a.locate(z)
	s := &search{a: a, z: z, q: q, dnssec: dnssec, tried: map[*endpoint]int{}, results: make(chan told, mostTries)}
	hedge := time.NewTicker(hedgeAfter)
	defer hedge.Stop()
	done := ctx.Done()
	for s.flying > 0 || complete != nil {
		select {
		case <-arrived:
			arrived = nil
			s.begin(ctx)
		case <-complete:
			complete = nil
			s.begin(ctx)
		case t := <-s.results:
			s.flying--
			if t.err == nil {
				return t.reply, nil
			}
			s.failed(ctx, t)
		case <-hedge.C:
			s.hedge(ctx)
		case <-done:
			done, complete = nil, nil // the flights end too, and bring what they know
		}
	}
	return Reply{}, s.fault(ctx)
}

// search is one question to the servers of one zone.
type search struct {
	a      *Authority
	z      *zone
	q      Question
	dnssec bool

	tried   map[*endpoint]int
	again   []*endpoint // in line for a second try
	tries   int
	flying  int
	results chan told
	worst   error
}

const (
	// maxTried bounds the servers that one question is put to, and mostTries how
	// often in all.
	maxTried  = 4
	mostTries = 8
	// steadfast is how often a question is put to a server that answers others and
	// fails at this one, which a server under load does now and then.
	steadfast = 4
	// out is the count of a server that need not be tried again.
	out = mostTries
)

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

// begin starts a try when none is under way.
func (s *search) begin(ctx context.Context) {
	if s.flying == 0 {
		s.next(ctx)
	}
}

// next starts the next try, if there is any.
func (s *search) next(ctx context.Context) {
	if e := s.untried(); e != nil {
		s.launch(ctx, e, firstTry)
	} else if len(s.again) > 0 {
		e, s.again = s.again[0], s.again[1:]
		s.launch(ctx, e, secondTry)
	}
}

// hedge starts a try while others are under way.
func (s *search) hedge(ctx context.Context) {
	if e := s.untried(); e != nil {
		s.launch(ctx, e, firstTry)
	} else if e := s.answering(); e != nil {
		s.launch(ctx, e, secondTry)
	}
}

func (s *search) launch(ctx context.Context, e *endpoint, timeout time.Duration) {
	if s.tries == mostTries || ctx.Err() != nil {
		return
	}
	s.tries++
	s.flying++
	s.tried[e]++
	go func() { s.results <- s.a.try(ctx, s.z, s.q, attempt{e, timeout}, s.dnssec) }()
}

// failed takes note of a try that brought nothing, and starts the next.
func (s *search) failed(ctx context.Context, t told) {
	s.worst = worse(s.worst, t.err)
	switch {
	case KindOf(t.err) == OverBudget:
		return
	case !retried(t.err):
		s.tried[t.by.endpoint] = out
	case t.by.timeout == firstTry, KindOf(t.err) == ServerFailure && s.tried[t.by.endpoint] < steadfast && t.by.answers():
		s.again = append(s.again, t.by.endpoint)
	}
	s.next(ctx)
}

// untried is the best endpoint that this question has not been put to, nil
// without.
func (s *search) untried() *endpoint {
	if len(s.tried) == maxTried {
		return nil
	}
	s.z.mu.Lock()
	defer s.z.mu.Unlock()
	var best *endpoint
	for i := range s.z.endpoints {
		e := s.z.endpoints[(s.z.turn+i)%len(s.z.endpoints)]
		if e.barred == "" && s.tried[e] == 0 && e.given() == nil && (best == nil || s.a.rank(e) < s.a.rank(best)) {
			best = e
		}
	}
	return best
}

// answering is the endpoint that answers other questions and has had the fewest
// tries at this one, nil without.
func (s *search) answering() *endpoint {
	var best *endpoint
	for e, n := range s.tried {
		if n < out && e.answers() && e.given() == nil && (best == nil || n < s.tried[best]) {
			best = e
		}
	}
	return best
}

// fault is why nobody answered.
func (s *search) fault(ctx context.Context) error {
	if s.worst != nil {
		return s.worst
	}
	s.z.mu.Lock()
	defer s.z.mu.Unlock()
	for _, e := range s.z.endpoints {
		if f := e.given(); f != nil {
			s.worst = worse(s.worst, about(s.q, f))
		} else if e.barred != "" {
			s.worst = worse(s.worst, e.refusal(s.q, s.a.config.Port))
		}
	}
	for _, err := range s.z.located {
		if s.worst == nil && err != nil {
			s.worst = &Error{Kind: cmp.Or(KindOf(err), Unreachable), Question: s.q, Err: &why{text: fmt.Sprintf("addresses of the name servers of %s: %v", Absolute(s.z.name), err), err: err}}
		}
	}
	if s.worst == nil && ctx.Err() != nil {
		s.worst = departed(ctx, s.q)
	}
	if s.worst == nil {
		s.worst = &Error{Kind: Unreachable, Question: s.q, Err: &why{text: fmt.Sprintf("no name server of %s has an address", Absolute(s.z.name))}}
	}
	return s.worst
}

// try asks one endpoint and judges what it says.
func (a *Authority) try(ctx context.Context, z *zone, q Question, e attempt, dnssec bool) told {
	server := Server{Addr: netip.AddrPortFrom(e.addr, a.config.Port)}
	if ctx.Err() != nil {
		return told{by: e, err: departed(ctx, q)}
	}
	if !a.config.Pace.take(e.addr) {
		return told{by: e, err: &Error{Kind: Overloaded, Question: q, Server: server.String(), Err: errPace}}
	}
	if !a.spend() {
		return told{by: e, err: &Error{Kind: OverBudget, Question: q}}
	}
	r, err := a.exchange(ctx, server, q, Options{DNSSEC: dnssec, Timeout: e.timeout})
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
		e.failures++
		e.fault = err
		return
	}
	e.answered, e.failures, e.rtt = true, 0, rtt
}

// given is why the endpoint has been given up: it has failed twice and never
// answered, or too often since it did.
func (e *endpoint) given() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.answered && e.failures >= 2 || e.failures >= 12 {
		return e.fault
	}
	return nil
}

func (e *endpoint) answers() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.answered
}

// rank orders endpoints: quick ones, unknown ones, failing ones; IPv4 first among
// equals, as it is more often whole.
func (e *endpoint) rank() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.answered && e.failures < 3:
		return e.rtt
	case e.failures > 0:
		return 2 * time.Hour
	case e.addr.Is6():
		return time.Hour + 1
	}
	return time.Hour
}

// rank puts endpoints that have had their rate behind all others.
func (a *Authority) rank(e *endpoint) time.Duration {
	if !a.config.Pace.allows(e.addr) {
		return 3 * time.Hour
	}
	return e.rank()
}

// refusal is the error of an endpoint that must not be asked.
func (e *endpoint) refusal(q Question, port uint16) *Error {
	return &Error{
		Kind: Unreachable, Question: q, Server: netip.AddrPortFrom(e.addr, port).String(),
		Err: &why{text: "not asked: " + e.barred, err: errNotAsked},
	}
}
