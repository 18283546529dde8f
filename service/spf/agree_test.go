package spf_test

import (
	"context"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/spf"
)

// oneByOne answers everything at once, so that an evaluation over it never looks
// ahead: it is strictly sequential.
type oneByOne struct{ resolver.Resolver }

func (r oneByOne) Peek(q resolver.Question) (*resolver.Answer, bool, error) {
	a, err := r.Resolve(context.Background(), q)
	return &a, true, err
}

// counting notes what is asked of a resolver.
type counting struct {
	resolver.Resolver
	mu    sync.Mutex
	asked []resolver.Question
}

func (c *counting) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	c.mu.Lock()
	c.asked = append(c.asked, q)
	c.mu.Unlock()
	return c.Resolver.Resolve(ctx, q)
}

// sparingly lets only some answers be had at once: look-ahead starts anywhere in
// the tree.
type sparingly struct {
	resolver.Resolver
	known func(q resolver.Question) bool
}

func (r sparingly) Peek(q resolver.Question) (*resolver.Answer, bool, error) {
	if !r.known(q) {
		return nil, false, nil
	}
	a, err := r.Resolve(context.Background(), q)
	return &a, true, err
}

// TestLookingAheadChangesNothing compares whole outcomes, traces included, over
// every case of the suite: fetched ahead, one by one, and with any part of the
// answers at hand.
func TestLookingAheadChangesNothing(t *testing.T) {
	for _, c := range suite(t) {
		z, q := zone(c.Zone), c.query()
		want := spf.Check(t.Context(), oneByOne{z}, q)
		check := func(how string, r resolver.Resolver) {
			if got := spf.Check(t.Context(), r, q); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s:\n%+v\none by one:\n%+v", c.ID, how, got, want)
			}
		}
		check("ahead", z)
		for bits := range 8 {
			check("partly known", sparingly{z, func(q resolver.Question) bool {
				return (len(q.Name)+int(q.Type))%8 == bits || bits > 4 && q.Type == resolver.TypeTXT
			}})
		}
	}
}

// TestLookingAheadAsksAtMostTenTermsMore bounds what is fetched in vain.
func TestLookingAheadAsksAtMostTenTermsMore(t *testing.T) {
	for _, c := range suite(t) {
		seq, ahead := &counting{Resolver: zone(c.Zone)}, &counting{Resolver: zone(c.Zone)}
		spf.Check(t.Context(), oneByOne{seq}, c.query())
		spf.Check(t.Context(), ahead, c.query())
		extra := map[resolver.Question]bool{}
		for _, q := range ahead.asked {
			if extra[q] {
				t.Errorf("%s: asks %s twice", c.ID, q)
			}
			extra[q] = true
		}
		for _, q := range seq.asked {
			delete(extra, q)
		}
		terms := 0
		for q := range extra {
			if q.Type == resolver.TypeTXT || q.Type == resolver.TypeMX {
				terms++
			}
		}
		if terms > spf.MaxLookups {
			t.Errorf("%s: %d records and MX sets fetched in vain: %v", c.ID, terms, extra)
		}
	}
}

// TestNothingIsFetchedBehindACertainEnd: what stands behind all, or behind a
// network that holds the client, is never asked for.
func TestNothingIsFetchedBehindACertainEnd(t *testing.T) {
	r := dnstest.New(t, `
example.com. TXT "v=spf1 include:a.example.com a:slow.example.com ip4:192.0.2.0/24 include:dead.example.com -all a:dead.example.com redirect=dead.example.com"
a.example.com. TXT "v=spf1 ip4:198.51.100.0/24 -all a:dead.example.com"
slow.example.com. A 203.0.113.1
`)
	o := spf.Check(t.Context(), r, spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Sender: "u@example.com"})
	if o.Result != spf.Pass || o.Mechanism != "ip4:192.0.2.0/24" || o.Lookups != 2 {
		t.Errorf("%+v", o)
	}
	for _, q := range r.Asked() {
		if strings.HasPrefix(q.Name, "dead.") {
			t.Errorf("asks %s", q)
		}
	}
	if n := len(r.Asked()); n != 3 {
		t.Errorf("%d questions: %v", n, r.Asked())
	}
}
