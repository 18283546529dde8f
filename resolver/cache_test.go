package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

const cached = `
example.test.        3600 SOA  ns.example.test. hostmaster.example.test. 7 7200 900 1209600 30
example.test.         100 MX   10 mx.example.test.
mx.example.test.     9999999 A 192.0.2.25
zero.example.test.      0 TXT  "v=spf1 -all"
short.example.test.     1 TXT  "short"
alias.example.test.   100 CNAME gone.example.test.
long.test.           3600 SOA  ns.long.test. hostmaster.long.test. 7 7200 900 1209600 900
secure.test.         3600 SOA  ns.secure.test. hostmaster.secure.test. 7 7200 900 1209600 30
alias.secure.test.    100 CNAME gone.example.test.
;! secure secure.test.
`

// inFakeTime runs a test of a cache over zone text on a clock that only moves when
// it sleeps.
func inFakeTime(t *testing.T, c resolver.CacheConfig, f func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		below := dnstest.New(t, cached)
		f(t, resolver.NewCache(below, 10*time.Second, c), below)
	})
}

// after lets time pass, and what it sets off come to rest.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func must(t *testing.T, r resolver.Resolver, name string, typ resolver.Type) resolver.Answer {
	t.Helper()
	a, err := r.Resolve(t.Context(), resolver.Ask(name, typ))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCacheKeepsAnswersForTheirTTL(t *testing.T) {
	for _, c := range []struct {
		name   string
		typ    resolver.Type
		config resolver.CacheConfig
		want   time.Duration
	}{
		{"example.test", resolver.TypeMX, resolver.CacheConfig{}, 100 * time.Second},
		{"mx.example.test", resolver.TypeA, resolver.CacheConfig{}, time.Hour}, // capped
		{"mx.example.test", resolver.TypeA, resolver.CacheConfig{MaxTTL: time.Minute}, time.Minute},
		{"short.example.test", resolver.TypeTXT, resolver.CacheConfig{}, time.Second},
		{"short.example.test", resolver.TypeTXT, resolver.CacheConfig{MinTTL: 20 * time.Second}, 20 * time.Second},
		{"zero.example.test", resolver.TypeTXT, resolver.CacheConfig{}, 0},
		{"zero.example.test", resolver.TypeTXT, resolver.CacheConfig{MinTTL: time.Minute}, 0},
		{"example.test", resolver.TypeTXT, resolver.CacheConfig{}, 30 * time.Second},        // NODATA: the SOA's minimum
		{"absent.example.test", resolver.TypeTXT, resolver.CacheConfig{}, 30 * time.Second}, // NXDOMAIN
		{"alias.example.test", resolver.TypeTXT, resolver.CacheConfig{}, 30 * time.Second},  // at the end of an alias
		{"absent.long.test", resolver.TypeTXT, resolver.CacheConfig{}, time.Minute},         // capped
		{"absent.secure.test", resolver.TypeTXT, resolver.CacheConfig{}, 30 * time.Second},  // kept for all types
		{"absent.long.test", resolver.TypeTXT, resolver.CacheConfig{MaxNegativeTTL: time.Hour}, 15 * time.Minute},
	} {
		inFakeTime(t, c.config, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
			first := must(t, cache, c.name, c.typ)
			if left := time.Until(first.Expires); left != c.want || first.Cached {
				t.Fatalf("%s %v %+v: expires in %v, want %v; cached %v", c.name, c.typ, c.config, left, c.want, first.Cached)
			}
			if c.want > 0 {
				after(c.want - c.want/8) // before it is renewed ahead of its end
				again := must(t, cache, c.name, c.typ)
				if len(below.Asked()) != 1 || !again.Cached || !again.Expires.Equal(first.Expires) || !again.Equal(first) {
					t.Errorf("%s %v: asked %v, %+v after %+v", c.name, c.typ, below.Asked(), again, first)
				}
				after(c.want / 8)
			}
			if must(t, cache, c.name, c.typ); len(below.Asked()) != 2 {
				t.Errorf("%s %v is served beyond its end: asked %v", c.name, c.typ, below.Asked())
			}
		})
	}
}

func TestCacheKeepsNoDenialWithoutSOA(t *testing.T) {
	n := 0
	cache := resolver.NewCache(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		n++
		return resolver.Answer{Question: q, Status: resolver.NoData, Name: q.Name}, nil
	}), time.Second, resolver.CacheConfig{})
	for range 3 {
		must(t, cache, "example.test", resolver.TypeTXT) // RFC 2308 section 5
	}
	if n != 3 {
		t.Errorf("asked %d times", n)
	}
}

func TestCacheRemembersFailuresForLongerEachTime(t *testing.T) {
	inFakeTime(t, resolver.CacheConfig{}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
		q := resolver.Ask("example.test", resolver.TypeMX)
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.ServerFailure })
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
			below.Forget()
			_, err := cache.Resolve(t.Context(), q)
			if resolver.KindOf(err) != resolver.ServerFailure || errors.Is(err, resolver.ErrCached) || len(below.Asked()) != 1 {
				t.Fatalf("failure %d: %v, asked %v", i, err, below.Asked())
			}
			after(want*time.Second - 1)
			_, err = cache.Resolve(t.Context(), q)
			if resolver.KindOf(err) != resolver.ServerFailure || !errors.Is(err, resolver.ErrCached) || len(below.Asked()) != 1 {
				t.Fatalf("failure %d is not remembered for %v: %v, asked %v", i, want*time.Second, err, below.Asked())
			}
			var e *resolver.Error
			if errors.As(err, &e); e.Server != "dnstest" || e.Question != q {
				t.Errorf("remembered as %+v", e)
			}
			after(1)
		}
		below.Fail(nil)
		must(t, cache, "example.test", resolver.TypeMX)
		after(100 * time.Second)
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Timeout })
		cache.Resolve(t.Context(), q)
		after(time.Second)
		below.Forget()
		if cache.Resolve(t.Context(), q); len(below.Asked()) != 1 {
			t.Error("an answer does not end the row of failures")
		}
	})
}

func TestCacheDoesNotKeepTheAskersOwnFailures(t *testing.T) {
	for _, kind := range []resolver.Kind{resolver.Canceled, resolver.OverBudget, resolver.Overloaded} {
		inFakeTime(t, resolver.CacheConfig{}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
			below.Fail(func(resolver.Question) resolver.Kind { return kind })
			for range 2 {
				if _, err := cache.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeMX)); resolver.KindOf(err) != kind {
					t.Error(err)
				}
			}
			if len(below.Asked()) != 2 {
				t.Errorf("%v is remembered", kind)
			}
		})
	}
}

func TestCacheBelievesADenialForWhatIsBelowOnlyFromTheTrusted(t *testing.T) {
	for _, c := range []struct {
		denied, asked string
		trust, covers bool
	}{
		{"absent.secure.test", "absent.secure.test", false, true},
		{"absent.secure.test", "_dmarc.absent.secure.test", false, true},
		{"absent.secure.test", "a.b.c.absent.secure.test", false, true},
		{"absent.secure.test", "present.secure.test", false, false},
		{"absent.secure.test", "absent.secure.test.example.test", false, false},
		{"absent.example.test", "absent.example.test", false, false},
		{"absent.example.test", "_dmarc.absent.example.test", false, false},
		{"absent.example.test", "_dmarc.absent.example.test", true, true},
		{"alias.example.test", "below.alias.example.test", true, false}, // the alias exists
		{"alias.example.test", "alias.example.test", true, false},
	} {
		inFakeTime(t, resolver.CacheConfig{TrustNXDomain: c.trust}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
			denial := must(t, cache, c.denied, resolver.TypeTXT)
			below.Forget()
			a := must(t, cache, c.asked, resolver.TypeA)
			if covered := len(below.Asked()) == 0; covered != c.covers {
				t.Fatalf("%s denied, %s covered: %v", c.denied, c.asked, covered)
			}
			q := resolver.Ask(c.asked, resolver.TypeA)
			if c.covers && (a.Status != resolver.NXDomain || a.Question != q || a.Name != q.Name || !a.Cached || !a.Expires.Equal(denial.Expires) || a.SOAOwner != denial.SOAOwner) {
				t.Errorf("%+v", a)
			}
			after(time.Until(denial.Expires))
			below.Forget()
			if must(t, cache, c.asked, resolver.TypeA); c.covers && len(below.Asked()) != 1 {
				t.Error("a denial covers beyond its end")
			}
		})
	}
}

func TestCacheRenewsWhatIsInUseAheadOfItsEnd(t *testing.T) {
	inFakeTime(t, resolver.CacheConfig{}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
		must(t, cache, "example.test", resolver.TypeMX) // TTL 100
		after(89 * time.Second)
		if must(t, cache, "example.test", resolver.TypeMX); len(below.Asked()) != 1 {
			t.Error("renewed before the last tenth")
		}
		after(time.Second)
		for range 3 {
			must(t, cache, "example.test", resolver.TypeMX)
		}
		synctest.Wait()
		if len(below.Asked()) != 2 {
			t.Errorf("asked %v", below.Asked())
		}
		after(50 * time.Second)
		a := must(t, cache, "example.test", resolver.TypeMX)
		if len(below.Asked()) != 2 || time.Until(a.Expires) != 50*time.Second {
			t.Errorf("the renewed answer is not used: asked %v, %v left", below.Asked(), time.Until(a.Expires))
		}
		after(99 * time.Second)
		if must(t, cache, "example.test", resolver.TypeMX); len(below.Asked()) != 3 {
			t.Error("what nobody uses is renewed")
		}
	})
}

func TestCacheServesAnAnswerToItsEndWhenRenewalFails(t *testing.T) {
	inFakeTime(t, resolver.CacheConfig{}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
		must(t, cache, "example.test", resolver.TypeMX)
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Timeout })
		after(95 * time.Second)
		must(t, cache, "example.test", resolver.TypeMX)
		after(4 * time.Second)
		must(t, cache, "example.test", resolver.TypeMX)
		after(time.Second)
		if _, err := cache.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeMX)); resolver.KindOf(err) != resolver.Timeout {
			t.Error(err)
		}
	})
}

func TestCacheServesStaleOnlyWhenToldAndMarked(t *testing.T) {
	q := resolver.Ask("example.test", resolver.TypeMX)
	inFakeTime(t, resolver.CacheConfig{StaleFor: time.Hour}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
		fresh := must(t, cache, "example.test", resolver.TypeMX)
		after(101 * time.Second)
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Timeout })
		for range 3 { // the second and third while the failure is remembered
			a := must(t, cache, "example.test", resolver.TypeMX)
			if !a.Stale || !a.Cached || !a.Equal(fresh) || !a.Expires.Equal(fresh.Expires) {
				t.Errorf("%+v", a)
			}
		}
		if len(below.Asked()) != 2 {
			t.Errorf("asked %v", below.Asked())
		}
		after(2 * time.Second)
		below.Fail(nil)
		if a := must(t, cache, "example.test", resolver.TypeMX); a.Stale {
			t.Error("stale although the upstream answers")
		}
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Bogus })
		after(101 * time.Second)
		if _, err := cache.Resolve(t.Context(), q); resolver.KindOf(err) != resolver.Bogus {
			t.Errorf("a stale answer stands in for a bogus one: %v", err)
		}
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Timeout })
		after(time.Hour)
		if a, err := cache.Resolve(t.Context(), q); err == nil {
			t.Errorf("stale beyond its time: %+v", a)
		}
	})
	inFakeTime(t, resolver.CacheConfig{}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
		must(t, cache, "example.test", resolver.TypeMX)
		after(100 * time.Second)
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Timeout })
		if a, err := cache.Resolve(t.Context(), q); err == nil {
			t.Errorf("stale by default: %+v", a)
		}
	})
}

// A slow upstream has 1.8 seconds, then the stale answer is served and the flight
// goes on: RFC 8767 section 5.
func TestCacheServesStaleWhileTheUpstreamTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delay, below := time.Duration(0), dnstest.New(t, cached)
		slow := resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
			time.Sleep(delay)
			return below.Resolve(ctx, q)
		})
		cache := resolver.NewCache(slow, 10*time.Second, resolver.CacheConfig{StaleFor: time.Hour})
		must(t, cache, "example.test", resolver.TypeMX)
		after(101 * time.Second)
		delay = 5 * time.Second
		start := time.Now()
		if a := must(t, cache, "example.test", resolver.TypeMX); !a.Stale || time.Since(start) != 1800*time.Millisecond {
			t.Errorf("stale %v after %v", a.Stale, time.Since(start))
		}
		after(4 * time.Second)
		if a := must(t, cache, "example.test", resolver.TypeMX); a.Stale || !a.Cached {
			t.Errorf("the late answer was not kept: %+v", a)
		}
	})
}

func TestFreshAsksAnewAndRepairsTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before, repaired := dnstest.New(t, `example.test. 3600 TXT "v=spf1 ?all"`), dnstest.New(t, `example.test. 3600 TXT "v=spf1 -all"`)
		below := before
		cache := resolver.NewCache(resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
			return below.Resolve(ctx, q)
		}), 10*time.Second, resolver.CacheConfig{})
		text := func(r resolver.Resolver) string {
			return must(t, r, "example.test", resolver.TypeTXT).TXT()[0].Text
		}
		text(cache)
		below = repaired
		if old := text(cache); old != "v=spf1 ?all" {
			t.Fatal(old)
		}
		if fresh := text(cache.Fresh()); fresh != "v=spf1 -all" {
			t.Errorf("the fresh view gives %q", fresh)
		}
		if now := text(cache); now != "v=spf1 -all" {
			t.Errorf("the cache is not repaired: %q", now)
		}
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.ServerFailure })
		if _, err := cache.Fresh().Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeTXT)); resolver.KindOf(err) != resolver.ServerFailure {
			t.Errorf("the fresh view hides a failure: %v", err)
		}
		if now := text(cache); now != "v=spf1 -all" {
			t.Errorf("a failure displaced a valid answer: %q", now)
		}
	})
}

func TestFreshLooksPastARememberedFailureAndADenialAbove(t *testing.T) {
	inFakeTime(t, resolver.CacheConfig{}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Timeout })
		cache.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeMX))
		below.Fail(nil)
		must(t, cache.Fresh(), "example.test", resolver.TypeMX)
		if a := must(t, cache, "example.test", resolver.TypeMX); !a.Cached {
			t.Error("the answer did not replace the failure")
		}
		must(t, cache, "absent.secure.test", resolver.TypeTXT)
		below.Forget()
		must(t, cache.Fresh(), "absent.secure.test", resolver.TypeTXT)
		must(t, cache.Fresh(), "below.absent.secure.test", resolver.TypeTXT)
		if len(below.Asked()) != 2 {
			t.Errorf("asked %v", below.Asked())
		}
	})
}

// A name that the cache holds for absent has appeared.
func TestFreshRepairsWhatADenialCovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		below := dnstest.New(t, cached)
		cache := resolver.NewCache(resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
			return below.Resolve(ctx, q)
		}), 10*time.Second, resolver.CacheConfig{})
		must(t, cache, "later.secure.test", resolver.TypeTXT)
		below = dnstest.New(t, cached+"_dmarc.later.secure.test. TXT \"v=DMARC1; p=none\"")
		if a := must(t, cache, "_dmarc.later.secure.test", resolver.TypeTXT); a.Status != resolver.NXDomain {
			t.Fatalf("%+v", a)
		}
		must(t, cache.Fresh(), "_dmarc.later.secure.test", resolver.TypeTXT)
		for name, want := range map[string]resolver.Status{
			"_dmarc.later.secure.test": resolver.Found, "later.secure.test": resolver.NoData, "other.later.secure.test": resolver.NXDomain,
		} {
			if a := must(t, cache, name, resolver.TypeTXT); a.Status != want {
				t.Errorf("%s: %+v", name, a)
			}
		}
	})
}

// In random use, in fake time, no answer is given after its end unless it is
// marked, and none is given that the source would not have given at the time.
func TestCacheNeverServesPastTheEnd(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) { randomUse(t, seed) })
	}
}

func TestCacheStatsAddUp(t *testing.T) {
	inFakeTime(t, resolver.CacheConfig{}, func(t *testing.T, cache *resolver.Cache, below *dnstest.Resolver) {
		for range 5 {
			must(t, cache, "example.test", resolver.TypeMX)
		}
		below.Fail(func(resolver.Question) resolver.Kind { return resolver.Refused })
		for i := range 3 {
			cache.Resolve(t.Context(), resolver.Ask(fmt.Sprintf("n%d.example.test", i%2), resolver.TypeA))
		}
		synctest.Wait()
		s := cache.Stats()
		if s.Hits != 5 || s.Misses != 3 || s.Entries != 3 || s.Bytes < 3*300 || s.Bytes > 3*1200 || s.Evictions != 0 {
			t.Errorf("%+v", s)
		}
	})
}
