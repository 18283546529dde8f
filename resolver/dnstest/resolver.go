package dnstest

import (
	"context"
	"slices"
	"sync"

	"github.com/miekg/dns"

	"github.com/mailassay/mailassay/resolver"
)

// Resolver answers from a zone in memory, through the same packing and parsing
// as a real one. It notes what it is asked and can be told to fail. It may be
// used from many goroutines.
type Resolver struct {
	zone *Zone

	mu    sync.Mutex
	asked []resolver.Question
	fail  func(resolver.Question) resolver.Kind
}

// TB is what New needs of a testing.TB. The package does not import testing, so
// that a program may serve zones too.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// New is a resolver over zone text. A fault in the text ends the test.
func New(t TB, text string) *Resolver {
	t.Helper()
	z, err := Parse(text)
	if err != nil {
		t.Fatalf("zone: %v", err)
	}
	return Over(z)
}

// Over is a resolver over a zone.
func Over(z *Zone) *Resolver { return &Resolver{zone: z} }

// Fail makes the questions for which f gives a kind other than 0 fail so; nil ends
// that.
func (r *Resolver) Fail(f func(resolver.Question) resolver.Kind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = f
}

// Asked are the questions so far, in the order they came.
func (r *Resolver) Asked() []resolver.Question {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

// Forget empties the record of questions.
func (r *Resolver) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = nil
}

// Resolve answers from the zone.
func (r *Resolver) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	r.mu.Lock()
	r.asked = append(r.asked, q)
	fail := r.fail
	r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: err}
	}
	if fail != nil {
		if k := fail(q); k != 0 {
			return resolver.Answer{}, &resolver.Error{Kind: k, Question: q, Server: "dnstest"}
		}
	}
	if _, err := resolver.Canonical(q.Name); err != nil {
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Malformed, Question: q, Err: err}
	}
	query := new(dns.Msg).SetQuestion(resolver.Absolute(q.Name), uint16(q.Type))
	reply, kind := r.zone.Reply(query)
	if kind != 0 {
		return resolver.Answer{}, &resolver.Error{Kind: kind, Question: q, Server: "dnstest"}
	}
	wire, err := reply.Pack()
	if err != nil {
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Malformed, Question: q, Server: "dnstest", Err: err}
	}
	a, err := resolver.Parse(q, wire)
	if err == nil {
		a.Server = "dnstest"
	}
	return a, err
}
