package service

import (
	"context"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// awaitServing waits until health says SERVING.
func awaitServing(t *testing.T, ctx context.Context, r *rig) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch, err := healthv1.NewHealthClient(r.conn).Watch(ctx, &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		m, err := watch.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if m.GetStatus() == healthv1.HealthCheckResponse_SERVING {
			return
		}
	}
}

// closedListener is a listener that can accept nothing.
func closedListener(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestServiceNames(t *testing.T) {
	ctx := within(t)
	r := start(t, overDNS(dnstest.New(t, "")))
	awaitServing(t, ctx, r)
	client := healthv1.NewHealthClient(r.conn)
	for _, name := range []string{"", "mailassay.v1.VerificationService"} {
		if m, err := client.Check(ctx, &healthv1.HealthCheckRequest{Service: name}); err != nil || m.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v, %v", name, m, err)
		}
	}
	if _, err := client.Check(ctx, &healthv1.HealthCheckRequest{Service: "other"}); status.Code(err) != codes.NotFound {
		t.Errorf("unknown service: %v", err)
	}
	watch, err := client.Watch(ctx, &healthv1.HealthCheckRequest{Service: "other"})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := watch.Recv(); err != nil || m.GetStatus() != healthv1.HealthCheckResponse_SERVICE_UNKNOWN {
		t.Errorf("watch of an unknown service: %v, %v", m, err)
	}
	list, err := client.List(ctx, &healthv1.HealthListRequest{})
	if err != nil || len(list.GetStatuses()) != len(healthNames) {
		t.Errorf("list: %v, %v", list, err)
	}
}

// TestHealthTellsWhetherTheUpstreamValidates: by Check, List and Watch, and each
// change of it.
func TestHealthTellsWhetherTheUpstreamValidates(t *testing.T) {
	ctx := within(t)
	cfg := overDNS(dnstest.New(t, ""))
	var validation atomic.Uint32
	cfg.Service.Validation = func() resolver.Validation { return resolver.Validation(validation.Load()) }
	r := start(t, cfg)
	client := healthv1.NewHealthClient(r.conn)
	watch, err := client.Watch(ctx, &healthv1.HealthCheckRequest{Service: HealthDNSSEC})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		validation resolver.Validation
		want       healthv1.HealthCheckResponse_ServingStatus
	}{
		{resolver.ValidationUnknown, healthv1.HealthCheckResponse_UNKNOWN},
		{resolver.ValidationOn, healthv1.HealthCheckResponse_SERVING},
		{resolver.ValidationOff, healthv1.HealthCheckResponse_NOT_SERVING},
	} {
		validation.Store(uint32(c.validation))
		if m, err := watch.Recv(); err != nil || m.GetStatus() != c.want {
			t.Errorf("validation %v: watch %v, %v", c.validation, m, err)
		}
		if m, err := client.Check(ctx, &healthv1.HealthCheckRequest{Service: HealthDNSSEC}); err != nil || m.GetStatus() != c.want {
			t.Errorf("validation %v: check %v, %v", c.validation, m, err)
		}
		if m, err := client.List(ctx, &healthv1.HealthListRequest{}); err != nil || m.GetStatuses()[HealthDNSSEC].GetStatus() != c.want {
			t.Errorf("validation %v: list %v, %v", c.validation, m, err)
		}
	}
	// What the upstream can do says nothing about the service itself.
	awaitServing(t, ctx, r)
	r.drain()
	if m, err := watch.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("watch of a draining server: %v, %v", m, err)
	}
}

// TestOutageDoesNotEmptyTheFleet: once an upstream has answered the instance stays
// in service and says what it does not know.
func TestOutageDoesNotEmptyTheFleet(t *testing.T) {
	ctx := within(t)
	dns := dnstest.New(t, "example.com. IN MX 0 .")
	r := start(t, overDNS(dns))
	awaitServing(t, ctx, r)
	dns.Fail(func(resolver.Question) resolver.Kind { return resolver.Unreachable })
	got, err := r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "example.com"})
	if err != nil || got.GetStatus() != mailassayv1.Status_STATUS_UNKNOWN {
		t.Errorf("CheckDomain without DNS: %v, %v", got.GetStatus(), err)
	}
	if m, err := healthv1.NewHealthClient(r.conn).Check(ctx, &healthv1.HealthCheckRequest{}); err != nil || m.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("health without DNS: %v, %v", m, err)
	}
}

// TestReadyOnceAnUpstreamSpeaks shows when the probe ends, and that it backs off.
func TestReadyOnceAnUpstreamSpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kinds := []resolver.Kind{resolver.Unreachable, resolver.Unreachable, resolver.Timeout, resolver.Malformed, resolver.Overloaded, resolver.Unreachable, resolver.Refused}
		var asked []time.Duration
		begun := time.Now()
		upstream := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
			asked = append(asked, time.Since(begun))
			return resolver.Answer{}, &resolver.Error{Kind: kinds[len(asked)-1], Question: q}
		})
		h := newHealth()
		h.probe(t.Context(), upstream)
		if s, _, _ := h.state(""); s != healthv1.HealthCheckResponse_SERVING {
			t.Errorf("an upstream refused, and so spoke; health is %v", s)
		}
		want := []time.Duration{0, 250, 750, 1750, 3750, 7750, 12750}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if !slices.Equal(asked, want) {
			t.Errorf("asked at %v, want %v", asked, want)
		}
	})
}

func TestNotReadyWhileUpstreamsAreSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var asked atomic.Int64
		h := newHealth()
		h.probe(ctx, resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
			asked.Add(1)
			return silent(ctx, q)
		}))
		if s, _, _ := h.state(""); s != healthv1.HealthCheckResponse_NOT_SERVING {
			t.Errorf("health is %v", s)
		}
		if n := asked.Load(); n < 300 || n > 420 {
			t.Errorf("%d probes in an hour", n)
		}
	})
}
