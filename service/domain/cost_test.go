package domain

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/finding"
)

const roundTrip = 20 * time.Millisecond

// far is a zone whose answers take a round trip each.
func far(r resolver.Resolver) resolver.Resolver {
	return resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
		select {
		case <-time.After(roundTrip):
			return r.Resolve(ctx, q)
		case <-ctx.Done():
			return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: ctx.Err()}
		}
	})
}

func caseNamed(t testing.TB, name string) *zoneCase {
	t.Helper()
	for _, c := range cases(t) {
		if strings.HasPrefix(c.name, name) {
			return c
		}
	}
	t.Fatalf("no case %q", name)
	return nil
}

// TestColdCheckTakesAFewRoundTrips holds the depth and the number of questions of
// whole checks.
func TestColdCheckTakesAFewRoundTrips(t *testing.T) {
	for _, c := range []struct {
		name      string
		trips     int
		questions int
	}{
		{"01 everything, signed", 4, 45},
		{"02 healthy and unsigned", 4, 45},
		{"costly", 6, 80},
		{"41b", 4, 45}, // a key found among the usual selectors
	} {
		t.Run(c.name, func(t *testing.T) {
			zone := caseNamed(t, c.name)
			r := zone.resolver(t)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				report := zone.check(far(r))
				trips := int(time.Since(start) / roundTrip)
				t.Logf("%d round trips, %d questions", trips, report.Facts.Questions)
				if trips > c.trips || report.Facts.Questions > c.questions {
					t.Errorf("%d round trips and %d questions, want at most %d and %d", trips, report.Facts.Questions, c.trips, c.questions)
				}
				if n := len(r.Asked()); n != report.Facts.Questions {
					t.Errorf("%d questions reached the resolver, the facts say %d", n, report.Facts.Questions)
				}
			})
		})
	}
}

// TestLateAnswersAreUnknown gives the check less time than its answers take.
func TestLateAnswersAreUnknown(t *testing.T) {
	zone := caseNamed(t, "02 healthy")
	r := zone.resolver(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*roundTrip/2)
		defer cancel()
		start := time.Now()
		report := Check(ctx, Sources{DNS: far(r), Ordinary: ordinary}, zone.req)
		if d := time.Since(start); d != 3*roundTrip/2 {
			t.Errorf("the check took %v", d)
		}
		if report.Status != finding.UnknownStatus || report.AreaStatus(finding.MX) != finding.UnknownStatus {
			t.Errorf("status %v, MX %v", report.Status, report.AreaStatus(finding.MX))
		}
		if report.AreaStatus(finding.MTASTS) != finding.Pass {
			t.Errorf("what was answered in time counts: MTA-STS is %v", report.AreaStatus(finding.MTASTS))
		}
		for _, f := range report.Findings {
			if f.Severity > finding.Info {
				t.Errorf("found %s", f.Code)
			}
		}
	})
}

// TestAPanicIsAnUnknown lets the resolver panic at one question after the other.
func TestAPanicIsAnUnknown(t *testing.T) {
	zone := caseNamed(t, "02 healthy")
	r := zone.resolver(t)
	before := found(zone.check(r))
	for _, q := range r.Asked() {
		report := zone.check(resolver.Func(func(ctx context.Context, x resolver.Question) (resolver.Answer, error) {
			if x == q {
				panic("as a test")
			}
			return r.Resolve(ctx, x)
		}))
		if len(report.Unknown) == 0 {
			t.Errorf("a panic at %v leaves nothing unknown", q)
		}
		for _, line := range found(report) {
			if !strings.Contains(line, "_UNKNOWN ") && !strings.Contains(strings.Join(before, "\n"), line) {
				t.Errorf("a panic at %v finds %s", q, line)
			}
		}
	}
}

// TestHostileZonesStayBounded checks zones that were made to cost much.
func TestHostileZonesStayBounded(t *testing.T) {
	var wide, deep strings.Builder
	wide.WriteString("$ORIGIN d.test.\n@ TXT \"v=spf1")
	for i := range 60 {
		wide.WriteString(" a:h.nobody" + strings.Repeat("x", i%50) + ".test")
		if i%8 == 7 {
			wide.WriteString("\" \"")
		}
	}
	wide.WriteString(" -all\"\n")
	for i := range 60 {
		wide.WriteString("@ MX " + strings.Repeat("1", 1+i%4) + " m.nobody" + strings.Repeat("y", 1+i%50) + ".test.\n")
	}
	deep.WriteString("$ORIGIN d.test.\n* TXT \"v=spf1 include:%{d}.x.d.test include:y.%{d}.d.test include:z%{d}.d.test -all\"\n@ TXT \"v=spf1 include:a.d.test include:b.d.test -all\"\n* A 192.0.2.1\n* MX 10 @\n")
	for name, text := range map[string]string{"wide": wide.String(), "deep": deep.String()} {
		r := dnstest.New(t, text)
		report := Check(t.Context(), Sources{DNS: r}, Request{Domain: "d.test"})
		if n := report.Facts.Questions; n > 1000 {
			t.Errorf("%s: %d questions", name, n)
		}
		if n := len(report.All()); n > 500 {
			t.Errorf("%s: %d findings", name, n)
		}
		t.Logf("%s: %d questions, %d findings", name, report.Facts.Questions, len(report.All()))
	}
}

// counted is an authority that notes whether it was asked.
type counted struct {
	Authority
	asked *atomic.Bool
}

func (c counted) Delegation(ctx context.Context, name string) resolver.Delegation {
	c.asked.Store(true)
	return c.Authority.Delegation(ctx, name)
}

// TestNameServersAreAskedWhenAnswersFail tells when the zone's own servers are
// asked without being asked for.
func TestNameServersAreAskedWhenAnswersFail(t *testing.T) {
	refused := caseNamed(t, "66 all servers refuse")
	for name, c := range map[string]struct {
		fail  func(resolver.Question) resolver.Kind
		late  time.Duration
		asked bool
	}{
		"answered":      {nil, roundTrip, false},
		"refused":       {refused.fail, roundTrip, true},
		"late":          {nil, 2 * patience, true},
		"late by a bit": {nil, patience - roundTrip, false},
	} {
		t.Run(name, func(t *testing.T) {
			zone := caseNamed(t, "02 healthy")
			r := zone.resolver(t)
			r.Fail(c.fail)
			synctest.Test(t, func(t *testing.T) {
				slow := resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
					time.Sleep(c.late)
					return r.Resolve(ctx, q)
				})
				var asked atomic.Bool
				src := Sources{DNS: slow, Authority: counted{fakeAuthority{refused, r}, &asked}, Ordinary: ordinary}
				report := Check(t.Context(), src, zone.req)
				if asked.Load() != c.asked {
					t.Errorf("asked: %v", asked.Load())
				}
				if lame := len(report.codes([]string{"NS_ALL_LAME"})) > 0; lame != c.asked {
					t.Errorf("lame: %v", lame)
				}
			})
		})
	}
}

// BenchmarkWarmCheck is a whole check of a healthy domain from answers in memory,
// and the judging of its facts alone.
func BenchmarkWarmCheck(b *testing.B) {
	zone := caseNamed(b, "01 everything, signed")
	cache := resolver.NewCache(zone.resolver(b), time.Minute, resolver.CacheConfig{})
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			zone.check(cache)
		}
	})
	facts := zone.gather(cache)
	b.Run("judge", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Judge(facts)
		}
	})
}
