package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service"
)

// TestMetricsCountAndNameNoDomain asks some names and reads the metrics page.
func TestMetricsCountAndNameNoDomain(t *testing.T) {
	dns := dnstest.Serve(t, "secret.example. MX 10 mx.secret.example.", dnstest.Config{})
	shared, upstream, err := resolving{Resolver: []string{dns.Addr().String()}}.open(8 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer upstream.Close()
	server, err := service.NewServer(service.ServerConfig{Service: service.Config{Resolver: shared}})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []resolver.Question{
		resolver.Ask("secret.example", resolver.TypeMX), resolver.Ask("secret.example", resolver.TypeMX), resolver.Ask("nothing.example", resolver.TypeA),
	} {
		if _, err := shared.Resolve(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serveMetrics(ctx, l, counters{upstream: upstream, shared: shared, pace: resolver.NewPace(1), server: server})
	}()
	r, err := http.Get("http://" + l.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r.Status, err)
	}
	for _, want := range []string{
		`mailassay_dns_queries_total{outcome="NOERROR",upstream="` + dns.Addr().String() + `"} 1`,
		`mailassay_dns_queries_total{outcome="NXDOMAIN",upstream="` + dns.Addr().String() + `"} 1`,
		`mailassay_dns_query_seconds_count{upstream="` + dns.Addr().String() + `"} 2`,
		`mailassay_dns_rate_limited_total{upstream="` + dns.Addr().String() + `"} 0`, "mailassay_nameserver_rate_limited_total 0",
		"mailassay_cache_hits_total 1", "mailassay_cache_misses_total 2", "mailassay_cache_entries 2", "mailassay_panics_total 0", "go_goroutines",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(string(page), "secret") {
		t.Error("the page names a domain that was asked about")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
