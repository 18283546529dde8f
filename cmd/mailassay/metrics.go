package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service"
)

// counters makes metrics of the counters that the resolver and the server keep
// anyway. No label carries a domain, an address asked about, or any text of a
// caller or of DNS: "upstream" is a configured name, "outcome" one of a fixed set.
type counters struct {
	upstream *resolver.Upstream
	shared   *resolver.Shared
	pace     *resolver.Pace // nil without
	server   *service.Server
}

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("mailassay_"+name, help, labels, nil)
}

var (
	metricQueries    = metric("dns_queries_total", "Exchanges with upstream resolvers by outcome.", "upstream", "outcome")
	metricLatency    = metric("dns_query_seconds", "Time of upstream replies.", "upstream")
	metricRejected   = metric("dns_rejected_replies_total", "Messages that came for a question and were not its reply.", "upstream")
	metricUp         = metric("dns_upstream_up", "1 while the upstream answers.", "upstream")
	metricValidating = metric("dns_upstream_validating", "1 when the upstream validates DNSSEC, 0 when not or not known.", "upstream")
	metricLimited    = metric("dns_rate_limited_total", "Questions that an upstream did not get because it had its rate.", "upstream")
	metricPaced      = metric("nameserver_rate_limited_total", "Questions that a name server did not get because it had its rate.")
	metricHedges     = metric("dns_hedges_total", "Questions sent to a second upstream before the first was late.")
	metricRetries    = metric("dns_retries_total", "Questions sent again after silence or an error.")
	metricHits       = metric("cache_hits_total", "Questions answered from the cache.")
	metricMisses     = metric("cache_misses_total", "Questions that waited for an upstream.")
	metricCoalesced  = metric("cache_coalesced_total", "Misses that joined a question under way.")
	metricEvictions  = metric("cache_evictions_total", "Entries pushed out by others.")
	metricBytes      = metric("cache_bytes", "Memory of the cache's entries.")
	metricEntries    = metric("cache_entries", "Entries of the cache.")
	metricFlight     = metric("dns_in_flight", "Questions at the upstreams.")
	metricWaiting    = metric("dns_waiting", "Questions waiting for their turn.")
	metricOverload   = metric("dns_overloaded_total", "Questions turned away because too many waited.")
	metricChecks     = metric("in_flight", "Checks at this moment.")
	metricRefused    = metric("refused_total", "Calls turned away because too many were in flight.")
	metricPanics     = metric("panics_total", "Panics, answered as internal errors.")
)

// Describe says nothing, so that the registry takes the metrics as they come.
func (c counters) Describe(chan<- *prometheus.Desc) {}

// Collect reads all counters.
func (c counters) Collect(out chan<- prometheus.Metric) {
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge := func(d *prometheus.Desc, v int, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	u := c.upstream.Stats()
	count(metricHedges, u.Hedges)
	count(metricRetries, u.Retries)
	for _, s := range u.Servers {
		for outcome, n := range s.Outcomes {
			count(metricQueries, n, s.Server, outcome)
		}
		count(metricRejected, s.Mismatched, s.Server)
		count(metricLimited, s.Limited, s.Server)
		gauge(metricUp, oneIf(s.Up), s.Server)
		gauge(metricValidating, oneIf(s.Validation == resolver.ValidationOn), s.Server)
		out <- latency(s)
	}
	cache, bound, server := c.shared.Stats(), c.shared.BoundStats(), c.server.Stats()
	if c.pace != nil {
		count(metricPaced, c.pace.Refused())
	}
	count(metricHits, cache.Hits)
	count(metricMisses, cache.Misses)
	count(metricCoalesced, cache.Coalesced)
	count(metricEvictions, cache.Evictions)
	gauge(metricBytes, cache.Bytes)
	gauge(metricEntries, cache.Entries)
	gauge(metricFlight, bound.InFlight)
	gauge(metricWaiting, bound.Waiting)
	count(metricOverload, bound.Refused)
	gauge(metricChecks, server.InFlight)
	count(metricRefused, server.Refused)
	count(metricPanics, server.Panics)
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// latency is the histogram of one upstream: cumulative, as the format wants it.
func latency(s resolver.ServerStats) prometheus.Metric {
	buckets := map[float64]uint64{}
	var sum uint64
	for i, bound := range resolver.LatencyBounds() {
		sum += s.Latency[i]
		buckets[bound.Seconds()] = sum
	}
	sum += s.Latency[len(s.Latency)-1]
	return prometheus.MustNewConstHistogram(metricLatency, sum, s.LatencySum.Seconds(), buckets, s.Server)
}

// serveMetrics answers /metrics until ctx ends.
func serveMetrics(ctx context.Context, l net.Listener, c counters) error {
	registry := prometheus.NewRegistry()
	registry.MustRegister(c, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
