package spf_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// nested is a record with five includes on two levels and 60 networks: what large
// senders publish.
func nested() map[string]string {
	networks := func(from, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " ip4:198.18.%d.0/24", from+i)
		}
		return b.String()
	}
	return map[string]string{
		"example.com":         "v=spf1" + networks(0, 10) + " include:a.example.com include:b.example.com -all",
		"a.example.com":       "v=spf1" + networks(10, 10) + " include:a1.example.com include:a2.example.com ~all",
		"b.example.com":       "v=spf1" + networks(20, 10) + " include:b1.example.com ~all",
		"a1.example.com":      "v=spf1" + networks(30, 10) + " ~all",
		"a2.example.com":      "v=spf1" + networks(40, 10) + " ~all",
		"b1.example.com":      "v=spf1" + networks(50, 10) + " ~all",
		"unrelated.other.com": "v=spf1 -all",
	}
}

// warm is a cache that holds the records.
func warm(tb testing.TB, records map[string]string) *resolver.Cache {
	source := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		text, ok := records[q.Name]
		if !ok || q.Type != resolver.TypeTXT {
			return resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain}, nil
		}
		return resolver.Answer{
			Question: q, Name: q.Name, Status: resolver.Found, TTL: 3600, Data: []resolver.Data{resolver.SplitTXT(text)},
		}, nil
	})
	c := resolver.NewCache(source, time.Second, resolver.CacheConfig{})
	for name := range records {
		if _, err := c.Resolve(tb.Context(), resolver.Question{Name: name, Type: resolver.TypeTXT}); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}

var benchClients = []struct {
	name   string
	client string
	want   spf.Result
}{
	{"FirstTerm", "198.18.0.1", spf.Pass},
	{"LastTerm", "198.18.59.1", spf.Pass},
	{"NoMatch", "203.0.113.1", spf.Fail},
}

func BenchmarkWarm(b *testing.B) {
	c := warm(b, nested())
	for _, bench := range benchClients {
		b.Run(bench.name, func(b *testing.B) {
			q := spf.Query{Client: netip.MustParseAddr(bench.client), Helo: "mx.example.com", Sender: "user@example.com"}
			b.ReportAllocs()
			for b.Loop() {
				if o := spf.Check(b.Context(), c, q); o.Result != bench.want {
					b.Fatal(o.Result, o.Problem)
				}
			}
		})
	}
}
