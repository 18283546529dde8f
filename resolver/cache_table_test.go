package resolver_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// TestManyAskersGetTheirOwnAnswers asks a cache that is far too small from many
// goroutines, through both views and with values derived from the answers.
func TestManyAskersGetTheirOwnAnswers(t *testing.T) {
	source := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		if strings.HasPrefix(q.Name, "n1") {
			return resolver.Answer{}, &resolver.Error{Kind: resolver.ServerFailure, Question: q}
		}
		a := resolver.Answer{Question: q, Status: resolver.Found, Name: q.Name, TTL: 3600, Data: []resolver.Data{resolver.TXT{Text: q.Name}}}
		if strings.HasPrefix(q.Name, "n2") {
			a.Status, a.Authenticated, a.Data = resolver.NXDomain, true, nil
		}
		return a, nil
	})
	const askers, names, each = 8, 30_000, 10_000
	for _, budget := range []int{1 << 20, 8 << 20} {
		cache := resolver.NewCache(source, time.Minute, resolver.CacheConfig{Bytes: budget})
		var hits atomic.Int64
		var wg sync.WaitGroup
		for i := range askers {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(uint64(i), 1))
				zipf := rand.NewZipf(random, 1.1, 1, names-1)
				for range each {
					q := resolver.Question{Name: fmt.Sprintf("n%d.test", zipf.Uint64()), Type: resolver.TypeTXT}
					view := resolver.Resolver(cache)
					if random.IntN(20) == 0 {
						view = cache.Fresh()
					}
					a, err := view.Resolve(t.Context(), q)
					if a.Cached {
						hits.Add(1)
					}
					switch {
					case strings.HasPrefix(q.Name, "n1"):
						if resolver.KindOf(err) != resolver.ServerFailure {
							t.Errorf("%v: %v, %v", q, a, err)
						}
					case err != nil || a.Question != q || a.Name != q.Name:
						t.Errorf("%v: %+v, %v", q, a, err)
					case strings.HasPrefix(q.Name, "n2"):
						if a.Status != resolver.NXDomain {
							t.Errorf("%v: %+v", q, a)
						}
					case resolver.Derive(&a, func(a *resolver.Answer) string { return a.TXT()[0].Text }) != q.Name:
						t.Errorf("%v: %+v", q, a)
					}
				}
			})
		}
		wg.Wait()
		s := cache.Stats()
		t.Logf("%d of %d hit; %+v", hits.Load(), askers*each, s)
		if s.Bytes > budget || s.Entries == 0 || s.Evictions == 0 && budget == 1<<20 || hits.Load() < askers*each/3 {
			t.Errorf("%d hits, %+v", hits.Load(), s)
		}
	}
}

// TestWhatIsReplacedLeavesNothingBehind renews, drops and keeps the same names again
// and again in a cache that has room for more.
func TestWhatIsReplacedLeavesNothingBehind(t *testing.T) {
	if raced {
		t.Skip("the race detector is at work: heaps say nothing")
	}
	exists := false
	cache := resolver.NewCache(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		a := typical(q, 1)
		if !exists {
			a.Status, a.Authenticated, a.Data = resolver.NXDomain, true, nil
		}
		return a, nil
	}), time.Minute, resolver.CacheConfig{MaxNegativeTTL: time.Hour})
	round := func() {
		for i := range 100 {
			if _, err := cache.Fresh().Resolve(t.Context(), question(i*4)); err != nil {
				t.Fatal(err)
			}
		}
		exists = !exists
	}
	for range 10 {
		round()
	}
	before := heap()
	for range 2000 {
		round()
	}
	if grown := heap() - before; grown > 200<<10 || cache.Stats().Entries > 200 {
		t.Errorf("the heap grew by %d; %+v", grown, cache.Stats())
	}
	runtime.KeepAlive(cache)
}
