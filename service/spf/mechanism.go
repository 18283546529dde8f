package spf

import (
	"cmp"
	"context"
	"net/netip"

	"github.com/mailassay/mailassay/resolver"
)

// target is the name that a term of a frame is about (RFC 7208 section 4.8). Its
// questions count as the frame's at depth.
func (e *evaluation) target(ctx context.Context, f *frame, depth int, t *Term) (n name, failed Result) {
	x := expansion{who: &e.who, domain: f.name}
	if t.Domain != nil && t.Domain.uses("p") {
		if x.client, failed = e.validated(ctx, depth, f.name.canonical); failed != "" {
			return n, failed
		}
	}
	n = x.target(t)
	if n.never {
		e.note = "the local part of the sender makes no name (RFC 8616 section 4)"
	}
	return n, ""
}

// addresses asks for the addresses of a name of the client's family.
func (e *evaluation) addresses(ctx context.Context, depth int, host string) (*resolver.Answer, error) {
	return e.ask(ctx, depth, resolver.Question{Name: host, Type: e.who.addressType()})
}

// first asks the question that makes a term a void lookup or not. Without a name
// that can exist nothing is asked, and nothing matches.
func (e *evaluation) first(ctx context.Context, depth int, t *Term, rr resolver.Type) (a *resolver.Answer, failed Result) {
	n, failed := e.target(ctx, &e.frames[depth], depth, t)
	if failed != "" || n.never {
		return &nothing, failed
	}
	if n.canonical == "" {
		e.note = "no such name can exist"
		return &nothing, ""
	}
	a, err := e.ask(ctx, depth, resolver.Question{Name: n.canonical, Type: rr})
	if err != nil {
		return a, e.unanswered(err)
	}
	if !e.counts(a) {
		return a, PermError
	}
	return a, ""
}

// a is RFC 7208 section 5.3.
func (e *evaluation) a(ctx context.Context, depth int, t *Term) (bool, Result) {
	a, failed := e.first(ctx, depth, t, e.who.addressType())
	return e.who.among(a, t), failed
}

// nothing is the answer to a question that was not asked.
var nothing resolver.Answer

// among tells whether the client is in the network of one of the addresses.
func (s *subject) among(a *resolver.Answer, t *Term) bool {
	bits := int(t.Bits4)
	if s.v6() {
		bits = int(t.Bits6)
	}
	for _, d := range a.Data {
		if addr, ok := d.(resolver.Addr); ok && netip.PrefixFrom(addr.Addr, bits).Contains(s.client) {
			return true
		}
	}
	return false
}

// mx is RFC 7208 section 5.4. There is no fall-back to addresses of the name.
func (e *evaluation) mx(ctx context.Context, depth int, t *Term) (bool, Result) {
	a, failed := e.first(ctx, depth, t, resolver.TypeMX)
	if failed != "" {
		return false, failed
	}
	if len(a.Data) > MaxHosts { // RFC 7208 section 4.6.4
		return false, e.invalid("%s has %d mail exchangers, more than %d", a.Question.Name, len(a.Data), MaxHosts)
	}
	for _, d := range a.Data {
		mx, ok := d.(resolver.MX)
		if !ok || mx.Host == "." { // the null MX, RFC 7505
			continue
		}
		addrs, err := e.addresses(ctx, depth, mx.Host)
		if err != nil {
			return false, e.unanswered(err)
		}
		if e.who.among(addrs, t) {
			return true, ""
		}
	}
	return false, ""
}

// exists is RFC 7208 section 5.7: it asks for A records whatever the client is.
func (e *evaluation) exists(ctx context.Context, depth int, t *Term) (bool, Result) {
	a, failed := e.first(ctx, depth, t, resolver.TypeA)
	return a.Status == resolver.Found, failed
}

// ptr is RFC 7208 section 5.5: DNS errors are passed over, and noted as doubt.
func (e *evaluation) ptr(ctx context.Context, depth int, t *Term) (match bool, failed Result) {
	n, failed := e.target(ctx, &e.frames[depth], depth, t)
	if failed != "" || n.never {
		return false, failed
	}
	if n.canonical == "" {
		e.note = "no such name can exist"
		return false, ""
	}
	before := e.doubt
	match, failed = e.reverses(ctx, depth, n.canonical)
	switch {
	case match || failed != "":
		e.doubt = before // of names that do not matter
	case e.doubt != nil && before == nil && e.wouldPass(depth):
		e.mild, e.doubt = cmp.Or(e.mild, e.doubt), nil
		e.milds++
	}
	return match, failed
}

// reverses tells whether one of the client's names is within domain and leads back
// to the client.
func (e *evaluation) reverses(ctx context.Context, depth int, domain string) (match bool, failed Result) {
	a, err := e.ask(ctx, depth, e.who.reverse())
	if err != nil {
		return false, e.passOver(ctx, err)
	}
	if !e.counts(a) {
		return false, PermError
	}
	for _, d := range reverseNames(a) {
		host, ok := d.(resolver.Host)
		if !ok || !resolver.Within(string(host), domain) {
			continue // its address could not make a match
		}
		if match, failed = e.isClient(ctx, depth, string(host)); match || failed != "" {
			return match, failed
		}
	}
	return false, ""
}

// wouldPass tells whether a match of the term under evaluation at depth makes the
// whole check pass.
func (e *evaluation) wouldPass(depth int) bool {
	for i := range e.frames[:depth+1] {
		f := &e.frames[i]
		if t := &f.record.Terms[f.at]; t.Kind != Redirect && t.Qualifier != Pass {
			return false
		}
	}
	return true
}
