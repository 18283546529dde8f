package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
)

// health is grpc.health.v1: NOT_SERVING until an upstream has answered once,
// SERVING from then on, whatever DNS does, since one outage must not empty the
// fleet when the honest answer is "unknown"; NOT_SERVING again while draining.
//
// Beside the service it speaks of what the instance can do: DNSSEC is SERVING where
// the upstream validates, NOT_SERVING where it does not, so that every answer is
// insecure, and UNKNOWN until that is found out. Who needs it waits for it.
//
// The health server of grpc-go is not used because its watchers never leave by
// themselves, and a drain would wait for them.
type health struct {
	healthv1.UnimplementedHealthServer

	mu         sync.Mutex
	ready      bool
	draining   bool
	validation resolver.Validation
	changed    chan struct{} // closed and replaced at each change
}

func newHealth() *health { return &health{changed: make(chan struct{})} }

// HealthDNSSEC is the name by which health tells whether the upstream resolvers
// validate DNSSEC.
const HealthDNSSEC = "mailassay.dnssec"

// healthNames are the services that can be asked about.
var healthNames = []string{"", mailassayv1.VerificationService_ServiceDesc.ServiceName, HealthDNSSEC}

func (h *health) register(s *grpc.Server) { healthv1.RegisterHealthServer(s, h) }

// state is the status of a service, whether the server drains, and what tells of a
// change.
func (h *health) state(name string) (status healthv1.HealthCheckResponse_ServingStatus, draining bool, changed <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	status = healthv1.HealthCheckResponse_NOT_SERVING
	switch {
	case !slices.Contains(healthNames, name):
		// A service may be added, says the protocol, so a watcher stays.
		status = healthv1.HealthCheckResponse_SERVICE_UNKNOWN
	case h.draining:
	case name == HealthDNSSEC:
		status = validationOut[h.validation]
	case h.ready:
		status = healthv1.HealthCheckResponse_SERVING
	}
	return status, h.draining, h.changed
}

var validationOut = [...]healthv1.HealthCheckResponse_ServingStatus{
	resolver.ValidationUnknown: healthv1.HealthCheckResponse_UNKNOWN,
	resolver.ValidationOn:      healthv1.HealthCheckResponse_SERVING,
	resolver.ValidationOff:     healthv1.HealthCheckResponse_NOT_SERVING,
}

// serve says that an upstream has answered.
func (h *health) serve() { h.change(func() { h.ready = true }) }

// drain says that the server goes away.
func (h *health) drain() { h.change(func() { h.draining = true }) }

func (h *health) change(what func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	what()
	close(h.changed)
	h.changed = make(chan struct{})
}

// Check tells the status of a service.
func (h *health) Check(_ context.Context, r *healthv1.HealthCheckRequest) (*healthv1.HealthCheckResponse, error) {
	status, _, _ := h.state(r.GetService())
	if status == healthv1.HealthCheckResponse_SERVICE_UNKNOWN {
		return nil, unknownService()
	}
	return &healthv1.HealthCheckResponse{Status: status}, nil
}

// List tells the status of all services.
func (h *health) List(context.Context, *healthv1.HealthListRequest) (*healthv1.HealthListResponse, error) {
	all := map[string]*healthv1.HealthCheckResponse{}
	for _, name := range healthNames {
		status, _, _ := h.state(name)
		all[name] = &healthv1.HealthCheckResponse{Status: status}
	}
	return &healthv1.HealthListResponse{Statuses: all}, nil
}

// Watch tells the status and each change of it. When the server drains, watchers
// get NOT_SERVING and are told to leave.
func (h *health) Watch(r *healthv1.HealthCheckRequest, stream healthv1.Health_WatchServer) error {
	const nothing healthv1.HealthCheckResponse_ServingStatus = -1
	for last := nothing; ; {
		status, draining, changed := h.state(r.GetService())
		if status != last {
			if err := stream.Send(&healthv1.HealthCheckResponse{Status: status}); err != nil {
				return err
			}
			last = status
		}
		if draining {
			return shuttingDown()
		}
		select {
		case <-changed:
		case <-stream.Context().Done():
			return stream.Context().Err()
		}
	}
}

// follow keeps up with what is known of the upstream's validation until ctx ends.
// Whoever finds it out tells nobody, so this looks.
func (h *health) follow(ctx context.Context, validation func() resolver.Validation) {
	const every = time.Second / 4
	look := time.NewTicker(every)
	defer look.Stop()
	for {
		h.learn(validation())
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// learn takes note of the upstream's validation.
func (h *health) learn(v resolver.Validation) {
	h.mu.Lock()
	same := v == h.validation
	h.mu.Unlock()
	if !same {
		h.change(func() { h.validation = v })
	}
}

// probe asks until an upstream answers, and ends then. It asks for a name that
// recursive servers answer by themselves (RFC 6761 section 6.3), so it shows that
// the upstream is there and burdens nobody else.
func (h *health) probe(ctx context.Context, upstream resolver.Resolver) {
	const every, patience = 5 * time.Second, 4500 * time.Millisecond
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, every) {
		err := ask(ctx, upstream, patience)
		if ctx.Err() != nil {
			return
		}
		if answered(err) {
			h.serve()
			return
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// ask asks the probe's question. No layer recovers what happens here.
func ask(ctx context.Context, upstream resolver.Resolver, patience time.Duration) (err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("resolver panics: %v", p)
		}
	}()
	_, err = upstream.Resolve(ctx, resolver.Ask("localhost", resolver.TypeA))
	return err
}

// answered tells whether a server said something, be it a refusal.
func answered(err error) bool {
	var e *resolver.Error
	if err == nil || !errors.As(err, &e) {
		return err == nil
	}
	switch e.Kind {
	case resolver.ServerFailure, resolver.Refused, resolver.Bogus, resolver.Lame, resolver.OtherRcode:
		return true
	}
	return false
}
