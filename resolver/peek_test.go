package resolver_test

import (
	"errors"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// TestPeekKnowsWhatTheCacheKnows: answers, denials and failures, and it asks
// nobody.
func TestPeekKnowsWhatTheCacheKnows(t *testing.T) {
	zone := dnstest.New(t, `
a.test. A 192.0.2.1
;! fail down.test. A SERVFAIL`)
	cache := resolver.NewCache(zone, time.Second, resolver.CacheConfig{})
	for _, name := range []string{"a.test", "none.test", "down.test"} {
		q := resolver.Question{Name: name, Type: resolver.TypeA}
		if _, ok, _ := cache.Peek(q); ok {
			t.Errorf("%s is known before it was asked", q)
		}
		want, wantErr := cache.Resolve(t.Context(), q)
		got, ok, err := cache.Peek(q)
		if !ok || got.Status != want.Status || (err != nil) != (wantErr != nil) || err == nil && !got.Cached || err != nil && !errors.Is(err, resolver.ErrCached) {
			t.Errorf("%s: %v %v %v, not %v %v", q, got.Status, ok, err, want.Status, wantErr)
		}
	}
	if n := len(zone.Asked()); n != 3 {
		t.Errorf("%d questions, not 3: %v", n, zone.Asked())
	}
}

// TestPeekCountsLikeResolve: a request that peeks spends and writes down the same.
func TestPeekCountsLikeResolve(t *testing.T) {
	zone := dnstest.New(t, "a.test. A 192.0.2.1\nb.test. A 192.0.2.2\nc.test. A 192.0.2.3")
	cache := resolver.NewCache(zone, time.Second, resolver.CacheConfig{})
	ask := func(name string) resolver.Question { return resolver.Question{Name: name, Type: resolver.TypeA} }
	for _, name := range []string{"a.test", "b.test"} {
		if _, err := cache.Resolve(t.Context(), ask(name)); err != nil {
			t.Fatal(err)
		}
	}
	asks, peeks := resolver.NewRequest(cache, resolver.Budget{Questions: 2}, true), resolver.NewRequest(cache, resolver.Budget{Questions: 2}, true)
	if _, ok, _ := peeks.Peek(ask("c.test")); ok || peeks.Spent() != (resolver.Spent{}) || len(peeks.Steps()) != 0 {
		t.Errorf("a question that nobody answers at once leaves %+v %+v", peeks.Spent(), peeks.Steps())
	}
	for _, name := range []string{"a.test", "a.test", "b.test", "c.test"} {
		_, wantErr := asks.Resolve(t.Context(), ask(name))
		_, ok, err := peeks.Peek(ask(name))
		if !ok || resolver.KindOf(err) != resolver.KindOf(wantErr) {
			t.Errorf("%s: %v %v, not %v", name, ok, err, wantErr)
		}
	}
	if asks.Spent() != peeks.Spent() {
		t.Errorf("spent %+v, not %+v", peeks.Spent(), asks.Spent())
	}
	a, b := asks.Steps(), peeks.Steps()
	if len(a) != len(b) {
		t.Fatalf("%d steps, not %d", len(b), len(a))
	}
	for i := range a {
		a[i].Elapsed, b[i].Elapsed = 0, 0
		if a[i].Err != nil && b[i].Err != nil {
			a[i].Err, b[i].Err = nil, nil // equal kinds were seen above
		}
		if a[i] != b[i] {
			t.Errorf("step %+v, not %+v", b[i], a[i])
		}
	}
}
