package service

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// TestLayersStandInTheirOrder holds the order against accidents: each layer relies
// on those around it.
func TestLayersStandInTheirOrder(t *testing.T) {
	s, err := NewServer(overDNS(dnstest.New(t, "")))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range s.layers() {
		names = append(names, l.name)
	}
	if want := []string{"log", "recovery", "gate", "deadline"}; !slices.Equal(names, want) {
		t.Errorf("layers %v, want %v", names, want)
	}
}

// TestInterceptorsMayAnswerThemselves: what a chained interceptor puts in the place of
// a response is what the caller gets, of one that is kept, too.
func TestInterceptorsMayAnswerThemselves(t *testing.T) {
	cfg := ServerConfig{Service: Config{Resolver: resolver.Share(dnstest.New(t, typical), resolver.Sharing{}), Ordinary: documentation}}
	cfg.Options = []grpc.ServerOption{grpc.ChainUnaryInterceptor(func(ctx context.Context, in any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		out, err := handler(ctx, in)
		if _, ok := out.(*mailassayv1.CheckSenderResponse); ok {
			return &mailassayv1.CheckSenderResponse{ReceivedSpf: "another"}, err
		}
		return out, err
	})}
	r := start(t, cfg)
	for range 3 {
		if m, err := r.CheckSender(within(t), senderCheck); err != nil || m.GetReceivedSpf() != "another" || m.GetSpf() != nil {
			t.Errorf("%v, %v", m, err)
		}
	}
}

// TestDeadlineKeepsTimeForTheAnswer shows what a handler gets of the time that
// the caller has.
func TestDeadlineKeepsTimeForTheAnswer(t *testing.T) {
	s, err := NewServer(overDNS(dnstest.New(t, "")))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		caller, handler time.Duration // 0: no deadline; refused
		method          string
	}{
		{0, 10 * time.Second, "/mailassay.v1.VerificationService/CheckDomain"},
		{49 * time.Millisecond, 0, "/mailassay.v1.VerificationService/CheckDomain"},
		{-time.Second, 0, "/mailassay.v1.VerificationService/CheckDomain"},
		{50 * time.Millisecond, 30 * time.Millisecond, "/mailassay.v1.VerificationService/CheckDomain"},
		{200 * time.Millisecond, 180 * time.Millisecond, "/mailassay.v1.VerificationService/CheckDomain"},
		{4 * time.Second, 3800 * time.Millisecond, "/mailassay.v1.VerificationService/CheckDomain"},
		{20 * time.Second, 19500 * time.Millisecond, "/mailassay.v1.VerificationService/CheckDomain"},
		{time.Hour, 30 * time.Second, "/mailassay.v1.VerificationService/CheckDomain"},
		{20 * time.Millisecond, 20 * time.Millisecond, "/grpc.health.v1.Health/Check"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx := context.Background()
			if c.caller != 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, c.caller)
				defer cancel()
			}
			var got time.Duration
			err := s.deadline(ctx, &call{method: c.method}, func(ctx context.Context) error {
				end, ok := ctx.Deadline()
				if !ok {
					t.Errorf("%v: the handler has no end", c.caller)
				}
				got = time.Until(end)
				return nil
			})
			if got != c.handler || (codeOf(err) == codes.DeadlineExceeded) != (c.handler == 0) {
				t.Errorf("a caller with %v: the handler has %v, %v; want %v", c.caller, got, err, c.handler)
			}
		})
	}
}
