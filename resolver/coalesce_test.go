package resolver_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// dawdling answers after a while, and notes how many questions came and how many
// are there at once.
type dawdling struct {
	delay            time.Duration
	asked, now, most atomic.Int64
}

func (d *dawdling) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	d.asked.Add(1)
	now := d.now.Add(1)
	defer d.now.Add(-1)
	for most := d.most.Load(); now > most && !d.most.CompareAndSwap(most, now); most = d.most.Load() {
	}
	select {
	case <-time.After(d.delay):
		return resolver.Answer{Question: q, Status: resolver.Found, Name: q.Name, TTL: 60, Data: []resolver.Data{resolver.TXT{Text: "late"}}}, nil
	case <-ctx.Done():
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Server: "dawdling", Err: ctx.Err()}
	}
}

func TestOneFlightServesAllWhoAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := &dawdling{delay: time.Second}
		c := resolver.NewCoalesce(below, 10*time.Second)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if a, err := c.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeTXT)); err != nil || a.TXT()[0].Text != "late" {
					t.Errorf("%+v, %v", a, err)
				}
			})
			wg.Go(func() { c.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeMX)) })
		}
		wg.Wait()
		if below.asked.Load() != 2 || c.Joined() != 98 {
			t.Errorf("%d flights, %d joined", below.asked.Load(), c.Joined())
		}
		c.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeTXT))
		if below.asked.Load() != 3 {
			t.Error("a flight that has come down is joined")
		}
	})
}

func TestAnAskerMayLeaveWithoutHurtingTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := &dawdling{delay: 2 * time.Second}
		c := resolver.NewCoalesce(below, 10*time.Second)
		q := resolver.Ask("example.test", resolver.TypeTXT)
		var wg sync.WaitGroup
		wg.Go(func() { // the first, who started the flight
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			_, err := c.Resolve(ctx, q)
			if resolver.KindOf(err) != resolver.Timeout || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
		synctest.Wait()
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second/2, cancel)
			if _, err := c.Resolve(ctx, q); resolver.KindOf(err) != resolver.Canceled {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := c.Resolve(t.Context(), q); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if below.asked.Load() != 1 {
			t.Errorf("%d flights", below.asked.Load())
		}
	})
}

func TestAFlightEndsAfterItsPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := resolver.NewCoalesce(&dawdling{delay: time.Hour}, 10*time.Second)
		start := time.Now()
		_, err := c.Resolve(context.Background(), resolver.Ask("example.test", resolver.TypeTXT))
		if resolver.KindOf(err) != resolver.Timeout || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestAPanicBelowIsAnErrorForThatQuestionAlone(t *testing.T) {
	c := resolver.NewCoalesce(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		if q.Type == resolver.TypeTXT {
			panic("a record that nobody foresaw")
		}
		return resolver.Answer{Question: q, Status: resolver.NoData, Name: q.Name}, nil
	}), time.Second)
	if _, err := c.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeTXT)); resolver.KindOf(err) != resolver.Malformed {
		t.Error(err)
	}
	must(t, c, "example.test", resolver.TypeMX)
}

// What was asked by somebody who left is there for who asks later.
func TestAnAnswerNobodyWaitedForIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := &dawdling{delay: 3 * time.Second}
		shared := resolver.Share(below, resolver.Sharing{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := shared.Resolve(ctx, resolver.Ask("example.test", resolver.TypeTXT)); resolver.KindOf(err) != resolver.Timeout {
			t.Error(err)
		}
		after(2 * time.Second)
		if a := must(t, shared, "example.test", resolver.TypeTXT); !a.Cached || below.asked.Load() != 1 {
			t.Errorf("asked %d times: %+v", below.asked.Load(), a)
		}
	})
}

// A hundred thousand requests whose callers leave at once leave nothing behind.
func TestCancelledContextsLeaveNothingBehind(t *testing.T) {
	below := &dawdling{delay: time.Millisecond}
	shared := resolver.Share(below, resolver.Sharing{InFlight: 128, Waiting: 64, Cache: resolver.CacheConfig{Bytes: 1 << 20}})
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for worker := range 50 {
		wg.Go(func() {
			for i := range 2000 {
				ctx, cancel := context.WithCancel(context.Background())
				request := resolver.NewRequest(shared, resolver.Budget{}, true)
				if i%2 == 0 {
					cancel()
				}
				request.Resolve(ctx, question(worker*100_000+i))
				cancel()
			}
		})
	}
	wg.Wait()
	flying := func() bool { return runtime.NumGoroutine() > before || shared.BoundStats().InFlight > 0 }
	for deadline := time.Now().Add(10 * time.Second); flying() && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if now := runtime.NumGoroutine(); now > before {
		t.Errorf("%d goroutines, %d before", now, before)
	}
	if s := shared.BoundStats(); s.InFlight != 0 || s.Waiting != 0 || below.most.Load() > 128 {
		t.Errorf("%+v, at most %d at once", s, below.most.Load())
	}
	if s := shared.Stats(); s.Bytes > 1<<20 {
		t.Errorf("%+v", s)
	}
}
