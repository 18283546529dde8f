package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

func TestBudgetCountsDifferentQuestions(t *testing.T) {
	below := dnstest.New(t, cached)
	l := resolver.NewLimit(below, resolver.Budget{Questions: 3})
	for range 4 {
		must(t, l, "example.test", resolver.TypeMX)
		must(t, l, "example.test", resolver.TypeTXT)
	}
	must(t, l, "zero.example.test", resolver.TypeTXT)
	q := resolver.Ask("mx.example.test", resolver.TypeA)
	if _, err := l.Resolve(t.Context(), q); resolver.KindOf(err) != resolver.OverBudget {
		t.Errorf("the fourth question: %v", err)
	}
	must(t, l, "example.test", resolver.TypeMX) // what is known stays known
	if s := l.Spent(); s.Questions != 3 || s.Sent != 3 || s.Hits != 0 || s.Refused != 1 || len(below.Asked()) != 3 {
		t.Errorf("%+v, asked %v", s, below.Asked())
	}
}

func TestBudgetOfBytesEndsAfterTheAnswerThatSpendsIt(t *testing.T) {
	l := resolver.NewLimit(dnstest.New(t, cached), resolver.Budget{Bytes: 1})
	must(t, l, "example.test", resolver.TypeMX)
	if _, err := l.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeTXT)); resolver.KindOf(err) != resolver.OverBudget {
		t.Error(err)
	}
	if s := l.Spent(); s.Bytes < len("example.test")+len("mx.example.test") || s.Bytes > 500 {
		t.Errorf("%+v", s)
	}
}

// What a request finds does not depend on how warm the cache is.
func TestBudgetIsTheSameColdAndWarm(t *testing.T) {
	cache := resolver.NewCache(dnstest.New(t, cached), time.Second, resolver.CacheConfig{})
	for _, want := range []resolver.Spent{{Questions: 2, Sent: 2, Refused: 1}, {Questions: 2, Hits: 2, Refused: 1}} {
		l := resolver.NewLimit(cache, resolver.Budget{Questions: 2})
		for _, name := range []string{"example.test", "mx.example.test", "short.example.test"} {
			l.Resolve(t.Context(), resolver.Ask(name, resolver.TypeA))
		}
		got := l.Spent()
		if got.Bytes = 0; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestRememberedFailuresAreHits(t *testing.T) {
	below := dnstest.New(t, ";! fail broken.test. ANY SERVFAIL")
	shared := resolver.Share(below, resolver.Sharing{})
	for i := range 2 {
		r := resolver.NewRequest(shared, resolver.Budget{}, true)
		r.Resolve(t.Context(), resolver.Ask("broken.test", resolver.TypeMX))
		if s := r.Spent(); s.Sent != 1-i || s.Hits != i {
			t.Errorf("request %d: %+v", i, s)
		}
		if step := r.Steps()[0]; step.Cached != (i == 1) || step.Server != "dnstest" || resolver.KindOf(step.Err) != resolver.ServerFailure {
			t.Errorf("request %d: %+v", i, step)
		}
	}
}

func TestARequestHasOneAnswerToAQuestion(t *testing.T) {
	n := 0
	l := resolver.NewLimit(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		n++
		if n%2 == 1 {
			return resolver.Answer{}, &resolver.Error{Kind: resolver.ServerFailure, Question: q}
		}
		return resolver.Answer{Question: q, Status: resolver.NoData, Name: q.Name}, nil
	}), resolver.Budget{})
	for range 3 {
		if _, err := l.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeMX)); resolver.KindOf(err) != resolver.ServerFailure {
			t.Error(err)
		}
	}
}

// A part of the request with less time does not decide for one with more.
func TestAnAskersOwnTimeUpSettlesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := resolver.NewLimit(&dawdling{delay: time.Second}, resolver.Budget{Questions: 1})
		q := resolver.Ask("example.test", resolver.TypeTXT)
		hasty, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		if _, err := l.Resolve(hasty, q); resolver.KindOf(err) != resolver.Timeout {
			t.Error(err)
		}
		if _, err := l.Resolve(t.Context(), q); err != nil {
			t.Error(err)
		}
		if s := l.Spent(); s.Questions != 1 || s.Sent != 1 {
			t.Errorf("%+v", s)
		}
	})
}

func TestBudgetHoldsForManyAtOnce(t *testing.T) {
	below := dnstest.New(t, cached)
	r := resolver.NewRequest(resolver.Share(below, resolver.Sharing{}), resolver.Budget{Questions: 50}, true)
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			_, err := r.Resolve(t.Context(), resolver.Ask(fmt.Sprintf("n%d.example.test", i%100), resolver.TypeA))
			if err != nil && resolver.KindOf(err) != resolver.OverBudget {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s := r.Spent(); s.Questions != 50 || s.Sent+s.Hits != 50 || len(below.Asked()) != 50 {
		t.Errorf("%+v, asked %d", s, len(below.Asked()))
	}
}

func TestTraceIsTheEvidence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := dnstest.New(t, cached+";! fail broken.test. ANY TIMEOUT")
		slow := resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
			time.Sleep(20 * time.Millisecond)
			return below.Resolve(ctx, q)
		})
		shared := resolver.Share(slow, resolver.Sharing{})
		must(t, shared, "example.test", resolver.TypeMX)
		r := resolver.NewRequest(shared, resolver.Budget{Questions: 4}, true)
		must(t, r, "example.test", resolver.TypeMX)
		must(t, r, "absent.secure.test", resolver.TypeTXT)
		must(t, r, "absent.secure.test", resolver.TypeTXT)
		must(t, r, "example.test", resolver.TypeTXT)
		r.Resolve(t.Context(), resolver.Ask("broken.test", resolver.TypeA))
		r.Resolve(t.Context(), resolver.Ask("beyond.test", resolver.TypeA))
		rtt := 20 * time.Millisecond
		want := []resolver.Step{
			{Question: resolver.Ask("example.test", resolver.TypeMX), Status: resolver.Found, Records: 1, Server: "dnstest", Cached: true},
			{Question: resolver.Ask("absent.secure.test", resolver.TypeTXT), Status: resolver.NXDomain, Server: "dnstest", Authenticated: true, Elapsed: rtt},
			{Question: resolver.Ask("example.test", resolver.TypeTXT), Status: resolver.NoData, Server: "dnstest", Elapsed: rtt},
			{Question: resolver.Ask("broken.test", resolver.TypeA), Server: "dnstest", Elapsed: rtt},
			{Question: resolver.Ask("beyond.test", resolver.TypeA)},
		}
		kinds := []resolver.Kind{0, 0, 0, resolver.Timeout, resolver.OverBudget}
		got := r.Steps()
		if len(got) != len(want) {
			t.Fatalf("%+v", got)
		}
		for i, s := range got {
			kind := resolver.KindOf(s.Err)
			if s.Err = nil; s != want[i] || kind != kinds[i] {
				t.Errorf("step %d: %+v %v, want %+v %v", i, s, kind, want[i], kinds[i])
			}
		}
	})
}

func TestTraceIsBounded(t *testing.T) {
	trace := resolver.NewTrace(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Refused, Question: q, Err: errors.New("all of them")}
	}))
	for i := range 600 {
		trace.Resolve(t.Context(), question(i))
	}
	if n := len(trace.Steps()); n != 512 {
		t.Errorf("%d steps", n)
	}
}
