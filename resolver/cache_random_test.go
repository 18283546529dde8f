package resolver_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// randomUse asks a cache over a source that fails, dawdles and changes at random,
// through both views, with askers that leave. Each answer carries the time of its
// making, so that its age is known for sure.
func randomUse(t *testing.T, seed uint64) {
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(seed, 1))
	draw := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return chance.IntN(n)
	}
	start := time.Now()
	source := resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
		if draw(4) == 0 {
			return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q}
		}
		made := time.Since(start)
		time.Sleep(time.Duration(draw(3000)) * time.Millisecond)
		ttl := draw(40)
		return resolver.Answer{
			Question: q, Status: resolver.Found, Name: q.Name, TTL: uint32(ttl),
			Data: []resolver.Data{resolver.TXT{Text: q.Name}, resolver.TXT{Text: made.String()}, resolver.TXT{Text: strconv.Itoa(ttl)}},
		}, nil
	})
	config := resolver.CacheConfig{StaleFor: time.Duration(draw(2)) * 20 * time.Second, MaxTTL: 30 * time.Second}
	cache := resolver.NewCache(source, 10*time.Second, config)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				time.Sleep(time.Duration(draw(5000)) * time.Millisecond)
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+draw(5000))*time.Millisecond)
				q := resolver.Ask(fmt.Sprintf("n%d.test", draw(4)), resolver.TypeTXT)
				view := resolver.Resolver(cache)
				if draw(10) == 0 {
					view = cache.Fresh()
				}
				if a, err := view.Resolve(ctx, q); err == nil {
					inTime(t, q, a, start, config.StaleFor)
				}
				cancel()
			}
		})
	}
	wg.Wait()
	time.Sleep(10 * time.Second) // the flights that everybody left come down
}

func inTime(t *testing.T, q resolver.Question, a resolver.Answer, start time.Time, staleFor time.Duration) {
	data := a.TXT()
	made, err1 := time.ParseDuration(data[1].Text)
	ttl, err2 := strconv.Atoi(data[2].Text)
	if err1 != nil || err2 != nil || data[0].Text != q.Name || a.Question != q {
		t.Errorf("%v answered with %+v", q, a)
	}
	kept := min(time.Duration(ttl)*time.Second, 30*time.Second) // MaxTTL
	// The source takes 3 s at most between making an answer and giving it.
	age := time.Since(start) - made
	switch {
	case a.Expires.IsZero():
		t.Errorf("no end: %+v", a)
	case !a.Stale && (age > kept+3*time.Second || a.Cached && !time.Now().Before(a.Expires)):
		t.Errorf("an answer with %v to live is served after %v: %+v", kept, age, a)
	case a.Stale && (time.Now().Before(a.Expires) || age > kept+staleFor+3*time.Second+1800*time.Millisecond):
		t.Errorf("marked stale after %v of %v: %+v", age, kept, a)
	}
}
