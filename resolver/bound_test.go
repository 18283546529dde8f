package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

func TestBoundKeepsQuestionsInFlightUnderItsNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := &dawdling{delay: time.Second}
		b := resolver.NewBound(below, 4, 6)
		start := time.Now()
		var refused atomic.Int64
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				begun := time.Now()
				_, err := b.Resolve(t.Context(), resolver.Ask(fmt.Sprintf("n%d.test", i), resolver.TypeTXT))
				if err == nil {
					return
				}
				refused.Add(1)
				if resolver.KindOf(err) != resolver.Overloaded || time.Since(begun) != 0 {
					t.Errorf("%v after %v", err, time.Since(begun))
				}
			})
		}
		synctest.Wait()
		if s := b.Stats(); s.InFlight != 4 || s.Waiting != 6 || s.Refused != 2 {
			t.Errorf("%+v", s)
		}
		wg.Wait()
		if refused.Load() != 2 || below.most.Load() != 4 || below.asked.Load() != 10 || time.Since(start) != 3*time.Second {
			t.Errorf("%d refused, at most %d at once, %d asked, %v", refused.Load(), below.most.Load(), below.asked.Load(), time.Since(start))
		}
		if s := b.Stats(); s.InFlight != 0 || s.Waiting != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := resolver.NewBound(&dawdling{delay: time.Minute}, 1, 10)
		go b.Resolve(t.Context(), resolver.Ask("first.test", resolver.TypeTXT))
		synctest.Wait()
		late, cancelLate := context.WithTimeout(t.Context(), time.Second)
		defer cancelLate()
		gone, cancelGone := context.WithCancel(t.Context())
		time.AfterFunc(time.Second/2, cancelGone)
		for _, c := range []struct {
			ctx   context.Context
			kind  resolver.Kind
			cause error
		}{{gone, resolver.Canceled, context.Canceled}, {late, resolver.Overloaded, context.DeadlineExceeded}} {
			_, err := b.Resolve(c.ctx, resolver.Ask("second.test", resolver.TypeTXT))
			if resolver.KindOf(err) != c.kind || !errors.Is(err, c.cause) {
				t.Errorf("%v, want %v", err, c.kind)
			}
		}
		if s := b.Stats(); s.Waiting != 0 || s.InFlight != 1 {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Minute)
	})
}
