package spf_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/spf"
)

const roundTrip = 20 * time.Millisecond

// away is the resolver a round trip away.
func away(r resolver.Resolver) resolver.Resolver {
	return resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
		select {
		case <-time.After(roundTrip):
			return r.Resolve(ctx, q)
		case <-ctx.Done():
			return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: ctx.Err()}
		}
	})
}

// TestTheTimeIsTheDepth measures checks in round trips: as many as the longest
// chain of questions of which each needs the answer to the one before.
func TestTheTimeIsTheDepth(t *testing.T) {
	nest := ""
	for name, text := range nested() {
		nest += name + `. TXT "` + strings.ReplaceAll(text, " ip4:198.18.5", `" " ip4:198.18.5`) + "\"\n"
	}
	for _, c := range []struct {
		name, zone, client string
		result             spf.Result
		trips              int
	}{
		{"one record", `example.com. TXT "v=spf1 -all"`, "192.0.2.1", spf.Fail, 1},
		{"a network before everything", `example.com. TXT "v=spf1 ip4:192.0.2.1 include:a.test a:b.test mx"`, "192.0.2.1", spf.Pass, 1},
		{"five includes on two levels", nest, "203.0.113.1", spf.Fail, 3},
		{"the last term of the last of them", nest, "198.18.59.1", spf.Pass, 3},
		{"ten terms side by side", `example.com. TXT "v=spf1 a:a.test a:b.test a:c.test a:d.test a:e.test a:f.test a:g.test a:h.test exists:i.test include:j.test -all"
*.test. A 198.51.100.1
j.test. TXT "v=spf1 ?all"`, "192.0.2.1", spf.Pass, 2},
		{"mail exchangers and their addresses", `example.com. TXT "v=spf1 mx mx:b.test -all"
example.com. MX 1 h1.test.
example.com. MX 2 h2.test.
b.test. MX 1 h3.test.
b.test. MX 2 h4.test.
h1.test. A 198.51.100.1
h2.test. A 198.51.100.1
h3.test. A 198.51.100.1
h4.test. A 198.51.100.1`, "192.0.2.1", spf.Fail, 3},
		{"reverse names and their addresses", `example.com. TXT "v=spf1 ptr -all"
1.2.0.192.in-addr.arpa. PTR a.example.com.
1.2.0.192.in-addr.arpa. PTR b.example.com.
a.example.com. A 198.51.100.1
b.example.com. A 192.0.2.1`, "192.0.2.1", spf.Pass, 3},
		{"a name made of the client's", `example.com. TXT "v=spf1 include:a.test exists:%{p}.x.test -all"
a.test. TXT "v=spf1 include:b.test ?all"
b.test. TXT "v=spf1 a:c.test ?all"
c.test. A 198.51.100.1
1.2.0.192.in-addr.arpa. PTR a.example.com.
1.2.0.192.in-addr.arpa. PTR b.example.com.
a.example.com. A 198.51.100.1
b.example.com. A 192.0.2.1
b.example.com.x.test. A 127.0.0.2`, "192.0.2.1", spf.Pass, 4},
		{"a chain of redirects", `example.com. TXT "v=spf1 redirect=a.test"
a.test. TXT "v=spf1 redirect=b.test"
b.test. TXT "v=spf1 ?all"`, "192.0.2.1", spf.Neutral, 3},
		{"a deep include beside a deep include", `example.com. TXT "v=spf1 include:a.test include:b.test -all"
a.test. TXT "v=spf1 include:a1.test ?all"
a1.test. TXT "v=spf1 include:a2.test ?all"
a2.test. TXT "v=spf1 ?all"
b.test. TXT "v=spf1 include:b1.test ?all"
b1.test. TXT "v=spf1 include:b2.test ?all"
b2.test. TXT "v=spf1 ip4:192.0.2.1 ?all"`, "192.0.2.1", spf.Pass, 4},
	} {
		r := dnstest.New(t, c.zone)
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			o := spf.Check(t.Context(), away(r), spf.Query{Client: netip.MustParseAddr(c.client), Sender: "u@example.com"})
			if took := time.Since(start); took != time.Duration(c.trips)*roundTrip || o.Result != c.result {
				t.Errorf("%s: %s after %v round trips, not %s after %d: %s", c.name, o.Result, float64(took)/float64(roundTrip), c.result, c.trips, o.Problem)
			}
		})
	}
}

// TestTheTreeTakesItsDepth is the same for Expand, which asks for everything.
func TestTheTreeTakesItsDepth(t *testing.T) {
	r := dnstest.New(t, `
d.test. TXT "v=spf1 mx include:a.test a:h.test -all"
d.test. MX 1 h.test.
h.test. A 198.51.100.1
a.test. TXT "v=spf1 include:b.test ?all"
b.test. TXT "v=spf1 a:h2.test ?all"
h2.test. A 198.51.100.2`)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		tree := spf.Expand(t.Context(), away(r), "d.test")
		if took := time.Since(start); took != 4*roundTrip || tree.Lookups != 5 || tree.IPv4 != 2 {
			t.Errorf("%v round trips, %d lookups, %d addresses", float64(took)/float64(roundTrip), tree.Lookups, tree.IPv4)
		}
	})
}

// TestTimeUpIsTemperror ends a check in the middle of any round trip. When it
// returns, nothing that it started is left: synctest waits for all goroutines.
func TestTimeUpIsTemperror(t *testing.T) {
	r := dnstest.New(t, `
d.test. TXT "v=spf1 include:a.test ptr:d.test exists:%{p}.d.test mx:b.test -all"
a.test. TXT "v=spf1 include:c.test ?all"
b.test. MX 1 h.test.
c.test. TXT "v=spf1 a:h.test ?all"
1.2.0.192.in-addr.arpa. PTR x.d.test.
x.d.test. A 198.51.100.1
h.test. A 198.51.100.1`)
	for limit := roundTrip / 2; limit < 4*roundTrip; limit += roundTrip {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			start := time.Now()
			o := spf.Check(ctx, away(r), spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Sender: "u@d.test"})
			if o.Result != spf.TempError || resolver.KindOf(o.Err) != resolver.Timeout || time.Since(start) != limit {
				t.Errorf("after %v of %v: %s: %v", time.Since(start), limit, o.Result, o.Err)
			}
		})
	}
}

// TestNothingIsLeftBehind: a verdict does not wait for what was fetched in vain,
// and ends it.
func TestNothingIsLeftBehind(t *testing.T) {
	zone := dnstest.New(t, `
d.test. TXT "v=spf1 include:a.test include:slow.test -all"
a.test. TXT "v=spf1 +all"`)
	synctest.Test(t, func(t *testing.T) {
		r := away(resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
			if q.Name == "slow.test" {
				<-ctx.Done()
				return resolver.Answer{}, &resolver.Error{Kind: resolver.Canceled, Question: q, Err: ctx.Err()}
			}
			return zone.Resolve(ctx, q)
		}))
		start := time.Now()
		o := spf.Check(t.Context(), r, spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Sender: "u@d.test"})
		if o.Result != spf.Pass || time.Since(start) != 2*roundTrip {
			t.Errorf("%s after %v", o.Result, time.Since(start))
		}
	})
}

// TestWarmEvaluationIsNearlyFree: with everything in the cache no goroutine is
// started and next to nothing allocated.
func TestWarmEvaluationIsNearlyFree(t *testing.T) {
	c := warm(t, nested())
	for _, client := range benchClients {
		q := spf.Query{Client: netip.MustParseAddr(client.client), Helo: "mx.example.com", Sender: "user@example.com"}
		n := testing.AllocsPerRun(100, func() {
			if o := spf.Check(t.Context(), c, q); o.Result != client.want {
				t.Errorf("%s: %s", client.name, o.Result)
			}
		})
		if n > 5 {
			t.Errorf("%s: %v allocations", client.name, n)
		}
	}
}
