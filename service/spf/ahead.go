package spf

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/mailassay/mailassay/resolver"
)

// ahead fetches what an evaluation is going to ask before it gets there, so that
// the time of a check is the depth of its include tree and not the number of its
// lookups. It starts when the first question must be waited for, follows the
// records as they arrive, and takes at most as many terms as the evaluation itself
// may still take. The evaluation reads the answers in its own order: verdict and
// counts do not depend on what is fetched here.
type ahead struct {
	flights
	who  subject
	stop context.CancelFunc
	wg   sync.WaitGroup
	left atomic.Int32 // terms that may still be fetched
}

// ask answers one question of the term under evaluation in the frame at depth, -1
// for the very first record. While it waits, the terms that follow are fetched. The
// answer is there until the next question: evaluation nests, and would otherwise
// need a stack that holds one at every level.
func (e *evaluation) ask(ctx context.Context, depth int, q resolver.Question) (*resolver.Answer, error) {
	if e.ahead == nil && e.peeker != nil {
		if a, known, err := e.peeker.Peek(q); known {
			e.asked(q, a, err)
			return a, err
		}
	}
	var err error
	e.answer, err = e.fetch(ctx, depth, q)
	e.asked(q, &e.answer, err)
	return &e.answer, err
}

// fetch asks what must be waited for.
func (e *evaluation) fetch(ctx context.Context, depth int, q resolver.Question) (resolver.Answer, error) {
	if e.ahead == nil {
		if depth < 0 {
			e.opening = new(flight)
			return e.opening.run(ctx, e.r, q)
		}
		e.lookAhead(ctx, depth)
	}
	return e.ahead.fetch(ctx, q)
}

// lookAhead starts fetching: the current term, which is counted already, and what
// follows it in its record and in those that include it.
func (e *evaluation) lookAhead(ctx context.Context, depth int) {
	ctx, stop := context.WithCancel(ctx)
	h := &ahead{flights: flights{r: e.r}, who: e.who, stop: stop}
	if e.opening != nil {
		h.of = map[resolver.Question]*flight{{Name: e.frames[0].name.canonical, Type: resolver.TypeTXT}: e.opening}
	}
	e.ahead = h
	f := e.frames[depth]
	t := &f.record.Terms[f.at]
	h.left.Store(int32(MaxLookups - e.terms + t.cost()))
	h.start(ctx, f, t)
	for d := depth; d >= 0; d-- {
		f := e.frames[d]
		if f.record.Terms[f.at].Kind != Redirect { // nothing follows a redirect
			f.at++
			h.follow(ctx, f)
		}
	}
}

// finish ends what is still on its way.
func (e *evaluation) finish() {
	if e.ahead != nil {
		e.ahead.stop()
		e.ahead.wg.Wait()
	}
}

// background runs f beside the evaluation. A panic in it would end the process:
// the evaluation meets the same fault, where its caller may recover.
func (h *ahead) background(f func()) {
	h.wg.Go(func() {
		defer func() { _ = recover() }()
		f()
	})
}

// follow fetches the terms of a record from f.at on, up to where evaluation ends
// for certain.
func (h *ahead) follow(ctx context.Context, f frame) {
	r := f.record
	for i := f.at; i < len(r.Terms); i++ {
		switch t := &r.Terms[i]; t.Kind {
		case All:
			return
		case IP4, IP6:
			if t.Prefix.Contains(h.who.client) {
				return
			}
		case Include, A, MX, PTR, Exists:
			if !h.start(ctx, f, t) {
				return
			}
		}
	}
	if r.redirect >= 0 && r.all < 0 {
		h.start(ctx, f, &r.Terms[r.redirect])
	}
}

// start fetches one term in the background, if there is allowance for it.
func (h *ahead) start(ctx context.Context, f frame, t *Term) bool {
	ok := h.left.Add(-int32(t.cost())) >= 0
	if ok && ctx.Err() == nil {
		h.background(func() { h.term(ctx, f, t) })
	}
	return ok
}

// term fetches what one term asks for.
func (h *ahead) term(ctx context.Context, f frame, t *Term) {
	x := expansion{who: &h.who, domain: f.name}
	if t.Domain != nil && t.Domain.uses("p") {
		x.client = h.validated(ctx, f.name.canonical)
	}
	n := x.target(t)
	if n.canonical == "" {
		return
	}
	switch t.Kind {
	case Include, Redirect:
		if strings.IndexByte(n.canonical, '.') >= 0 {
			h.record(ctx, n)
		}
	case A:
		h.fetch(ctx, resolver.Question{Name: n.canonical, Type: h.who.addressType()})
	case Exists:
		h.fetch(ctx, resolver.Question{Name: n.canonical, Type: resolver.TypeA})
	case MX:
		a, _ := h.fetch(ctx, resolver.Question{Name: n.canonical, Type: resolver.TypeMX})
		for i, mx := range a.MX() {
			if i < MaxHosts && mx.Host != "." {
				h.address(ctx, mx.Host)
			}
		}
	case PTR:
		a, _ := h.fetch(ctx, h.who.reverse())
		for _, d := range reverseNames(&a) {
			if host, ok := d.(resolver.Host); ok && resolver.Within(string(host), n.canonical) {
				h.address(ctx, string(host))
			}
		}
	}
}

// record fetches a record and what it leads to.
func (h *ahead) record(ctx context.Context, n name) {
	a, err := h.fetch(ctx, resolver.Question{Name: n.canonical, Type: resolver.TypeTXT})
	if err != nil {
		return
	}
	if s := Select(&a); len(s.Records) == 1 && len(s.Records[0].Errors) == 0 {
		h.follow(ctx, frame{record: s.Records[0], name: n})
	}
}

// address fetches the addresses of a host in the background.
func (h *ahead) address(ctx context.Context, host string) {
	h.background(func() { h.fetch(ctx, resolver.Question{Name: host, Type: h.who.addressType()}) })
}

// validated is %{p}, with the addresses of all names fetched side by side.
func (h *ahead) validated(ctx context.Context, domain string) string {
	a, _ := h.fetch(ctx, h.who.reverse())
	names := preferred(&a, domain)
	for _, host := range names {
		h.address(ctx, host)
	}
	for _, host := range names {
		a, err := h.fetch(ctx, resolver.Question{Name: host, Type: h.who.addressType()})
		if err == nil && h.who.among(&a, &wholeAddress) {
			return host
		}
	}
	return unknown
}
