package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"strings"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// zone holds one text for each name.
type zone map[string]string

// nested is what large senders publish.
func nested() zone {
	networks := func(from int) string {
		var b strings.Builder
		for i := range 10 {
			fmt.Fprintf(&b, " ip4:198.18.%d.0/24", from+i)
		}
		return b.String()
	}
	return zone{
		"example.com":    "v=spf1" + networks(0) + " include:a.example.com include:b.example.com -all",
		"a.example.com":  "v=spf1" + networks(10) + " include:a1.example.com include:a2.example.com ~all",
		"b.example.com":  "v=spf1" + networks(20) + " include:b1.example.com ~all",
		"a1.example.com": "v=spf1" + networks(30) + " ~all",
		"a2.example.com": "v=spf1" + networks(40) + " ~all",
		"b1.example.com": "v=spf1" + networks(50) + " ~all",
	}
}

// slow is a resolver over the zone that takes its time.
func slow(z zone, delay time.Duration) resolver.Resolver {
	return resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		time.Sleep(delay)
		a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain}
		if text, ok := z[q.Name]; ok && q.Type == resolver.TypeTXT {
			a.Status, a.TTL, a.Data = resolver.Found, 3600, []resolver.Data{resolver.SplitTXT(text)}
		}
		return a, nil
	})
}

// warmed is mailassay's own cache with the whole zone in it.
func warmed(z zone) *resolver.Cache {
	c := resolver.NewCache(slow(z, 0), time.Second, resolver.CacheConfig{})
	for name := range z {
		if _, err := c.Resolve(context.Background(), resolver.Question{Name: name, Type: resolver.TypeTXT}); err != nil {
			log.Fatal(err)
		}
	}
	return c
}

// names is the zone for the other library: a map without any cache around it.
type names struct {
	z     zone
	delay time.Duration
}

func (n names) LookupTXT(_ context.Context, name string) ([]string, error) {
	time.Sleep(n.delay)
	if text, ok := n.z[strings.TrimSuffix(name, ".")]; ok {
		return []string{text}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (n names) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (n names) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (n names) LookupAddr(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}
