package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// heap is what the live objects take, once the collector has been by.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// parsed is a derived value with blocks of its own.
type parsed struct {
	terms  []string
	ranges map[netip.Prefix]string
	next   *parsed
}

func parse(a *resolver.Answer) *parsed {
	var p *parsed
	for _, txt := range a.TXT() {
		p = &parsed{terms: strings.Fields(strings.Clone(txt.Text)), next: p, ranges: map[netip.Prefix]string{}}
		for i := range 4 {
			p.ranges[netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 32)] = strings.Repeat("x", 20)
		}
	}
	return p
}

// A cache that is full several times over takes the memory that its budget says,
// all told: answers of all types, failures, and values derived from answers.
func TestFullCacheStaysWithinATenthOfItsBudget(t *testing.T) {
	if raced {
		t.Skip("the race detector is at work: heaps say nothing")
	}
	const budget = 8 << 20
	for _, c := range []struct {
		name   string
		answer func(resolver.Question, int) (resolver.Answer, error)
		derive bool
	}{
		{name: "typical", answer: func(q resolver.Question, n int) (resolver.Answer, error) { return typical(q, n), nil }},
		{name: "typical, derived from", derive: true, answer: func(q resolver.Question, n int) (resolver.Answer, error) { return typical(q, n), nil }},
		{name: "every type", answer: func(q resolver.Question, n int) (resolver.Answer, error) { return everyType(q, n), nil }},
		{name: "failures", answer: failing},
		{name: "denials", answer: func(q resolver.Question, n int) (resolver.Answer, error) {
			q.Name = fmt.Sprintf("%s.absent%d.example", q.Type, n)
			a := typical(q, 3)
			a.Status, a.Authenticated = resolver.NXDomain, true
			return a, nil
		}},
		{name: "long names and texts", answer: func(q resolver.Question, n int) (resolver.Answer, error) {
			q.Name = strings.Repeat("label-label-label-label.", 7) + q.Name
			a := typical(q, 1)
			a.Data = append(a.Data, resolver.SplitTXT(strings.Repeat("y", n%3000)))
			return a, nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n int
			before := heap()
			cache := resolver.NewCache(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
				return c.answer(q, n)
			}), time.Minute, resolver.CacheConfig{Bytes: budget, MaxNegativeTTL: time.Hour})
			for n = range 60_000 {
				a, err := cache.Resolve(t.Context(), question(n))
				if c.derive && err == nil {
					resolver.Derive(&a, parse)
				}
			}
			grown := heap() - before
			stats := cache.Stats()
			t.Logf("%d entries, counted %d, heap %d (%.3f of the budget), %d bytes each", stats.Entries, stats.Bytes, grown, float64(grown)/budget, grown/stats.Entries)
			if stats.Evictions == 0 {
				t.Error("the cache is not full")
			}
			if grown > budget*11/10 || grown < budget*9/10 {
				t.Errorf("the heap grew by %d for a budget of %d", grown, budget)
			}
			runtime.KeepAlive(cache)
		})
	}
}

// A typical answer of 275 octets on the wire takes at most 700 bytes, all told.
func TestTypicalAnswerTakesAtMost700Bytes(t *testing.T) {
	if raced {
		t.Skip("the race detector is at work: heaps say nothing")
	}
	const n = 100_000
	before := heap()
	cache, questions := filled(n, n*550)
	kept := heap() - before - n*int(24+32) // the questions of the test itself
	t.Logf("%d bytes each, counted %d", kept/n, cache.Stats().Bytes/n)
	if kept/n > 700 {
		t.Errorf("%d bytes each", kept/n)
	}
	runtime.KeepAlive(cache)
	runtime.KeepAlive(questions)
}

func failing(q resolver.Question, n int) (resolver.Answer, error) {
	e := &resolver.Error{Kind: resolver.ServerFailure, Question: q, Server: "192.0.2.53:53", Rcode: "SERVFAIL"}
	if n%2 == 0 {
		e.Extended = []resolver.ExtendedError{{Code: 22, Text: fmt.Sprintf("at delegation %d", n)}}
		e.Err = fmt.Errorf("exchange: %w", errors.New(strings.Repeat("e", n%300)))
	}
	return resolver.Answer{}, e
}

func everyType(q resolver.Question, n int) resolver.Answer {
	a := resolver.Answer{Question: q, Status: resolver.Found, Name: "end.of." + q.Name, Aliases: []string{"middle." + q.Name, "end.of." + q.Name}, TTL: 3600}
	octets := strings.Repeat("\x00\xff", 16)
	all := []resolver.Data{
		resolver.Addr{Addr: netip.MustParseAddr("2001:db8::1")}, resolver.Host("host." + q.Name), resolver.MX{Preference: 1, Host: "mx." + q.Name},
		resolver.SplitTXT(strings.Repeat("t", n%1000)), resolver.SRV{Port: 1, Host: "srv." + q.Name},
		resolver.SOA{MName: "ns." + q.Name, RName: "mail." + q.Name}, resolver.TLSA{Usage: 3, Data: octets}, resolver.DS{KeyTag: 1, Digest: octets},
		resolver.Opaque(`0 issue "ca.example"`),
	}
	for range n % 5 {
		a.Data = append(a.Data, all[n%len(all)])
		n /= 5
	}
	if len(a.Data) == 0 {
		a.Data = all
	}
	return a
}

// A flood of names that are asked once cannot push out what is asked often.
func TestRandomNamesCannotPushOutWhatIsInUse(t *testing.T) {
	hot, flood, budget := 2000, 200_000, 8<<20
	if raced {
		hot, flood, budget = hot/20, flood/20, budget/20
	}
	for _, spread := range []int{1, 10} { // names of the flood between two of the hot set
		cache := resolver.NewCache(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
			a := typical(q, 3)
			a.Status = resolver.NXDomain
			return a, nil
		}), time.Minute, resolver.CacheConfig{Bytes: budget, MaxNegativeTTL: time.Hour})
		hit := func(q resolver.Question) bool {
			a, err := cache.Resolve(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			return a.Cached
		}
		for i := range 2 * hot { // twice makes a name one in use
			hit(question(i % hot))
		}
		hits, asked := 0, 0
		for i := range flood {
			hit(resolver.Question{Name: fmt.Sprintf("r%d.victim.example", i*7919), Type: resolver.TypeA})
			if i%spread > 0 {
				continue
			}
			asked++
			if hit(question(i / spread % hot)) {
				hits++
			}
		}
		t.Logf("one in %d: %.1f %% of %d hit; %+v", spread+1, 100*float64(hits)/float64(asked), asked, cache.Stats())
		if hits*10 < asked*9 {
			t.Errorf("one in %d: %d of %d hit", spread+1, hits, asked)
		}
		if s := cache.Stats(); s.Bytes > budget || s.Evictions == 0 {
			t.Errorf("%+v", s)
		}
	}
}

func TestDerivedValuesAreBuiltOnceAndCounted(t *testing.T) {
	cache := resolver.NewCache(resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		return typical(q, 1), nil
	}), time.Minute, resolver.CacheConfig{})
	q, built := question(1), 0
	build := func(a *resolver.Answer) *parsed {
		built++
		return parse(a)
	}
	var before int
	for i := range 4 {
		a, err := cache.Resolve(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			before = cache.Stats().Bytes
		}
		if p := resolver.Derive(&a, build); len(p.terms) == 0 || p.next == nil {
			t.Errorf("%+v", p)
		}
		resolver.Derive(&a, func(a *resolver.Answer) int { return len(a.Data) })
	}
	// Two nodes of the list, two values with six words, four ranges and a map each.
	if grown := cache.Stats().Bytes - before; built != 1 || grown < 500 || grown > 4000 {
		t.Errorf("built %d times, %d bytes counted", built, grown)
	}
}
