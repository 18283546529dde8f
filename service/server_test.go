package service

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// held is DNS that answers nothing until it is let go, and tells when it is asked
// for the domain "held.example".
type held struct {
	asked chan struct{}
	letGo chan struct{}
}

func newHeld() *held { return &held{asked: make(chan struct{}, 1), letGo: make(chan struct{})} }

func (h *held) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	if q.Name == "localhost" {
		return resolver.Answer{Question: q, Status: resolver.NXDomain, Name: q.Name}, nil
	}
	select {
	case h.asked <- struct{}{}:
	default:
	}
	select {
	case <-h.letGo:
		return resolver.Answer{Question: q, Status: resolver.NXDomain, Name: q.Name}, nil
	case <-ctx.Done():
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: ctx.Err()}
	}
}

// begin starts a check that lasts until DNS is let go, and gives its error.
func (h *held) begin(ctx context.Context, r *rig) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "held.example"})
		done <- err
	}()
	<-h.asked
	return done
}

// detail is the detail of a type in an error.
func detail[T any](t *testing.T, err error) T {
	t.Helper()
	for _, d := range status.Convert(err).Details() {
		if x, ok := d.(T); ok {
			return x
		}
	}
	t.Fatalf("%v has no %T in %v", err, *new(T), status.Convert(err).Details())
	panic("unreachable")
}

// reasonOf is the reason in an error's ErrorInfo, which every error of ours has.
func reasonOf(t *testing.T, err error) string {
	t.Helper()
	info := detail[*errdetails.ErrorInfo](t, err)
	if info.GetDomain() != errorDomain {
		t.Errorf("ErrorInfo of domain %q", info.GetDomain())
	}
	return info.GetReason()
}

func TestFullInstanceSendsCallersElsewhere(t *testing.T) {
	ctx, dns := within(t), newHeld()
	cfg := overDNS(dns)
	cfg.InFlight = 1
	r := start(t, cfg)
	first := dns.begin(ctx, r)

	var trailer metadata.MD
	_, err := r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "example.com"}, grpc.Trailer(&trailer))
	if status.Code(err) != codes.Unavailable || reasonOf(t, err) != reasonFull {
		t.Fatalf("second call: %v", err)
	}
	delay := detail[*errdetails.RetryInfo](t, err).GetRetryDelay().AsDuration()
	pushback := trailer.Get("grpc-retry-pushback-ms")
	if len(pushback) != 1 || pushback[0] != strconv.FormatInt(delay.Milliseconds(), 10) {
		t.Errorf("pushback %v, RetryInfo %v", pushback, delay)
	}
	if delay < leastPushback || delay > mostPushback {
		t.Errorf("pushback of %v", delay)
	}
	if _, err := healthv1.NewHealthClient(r.conn).Check(ctx, &healthv1.HealthCheckRequest{}); err != nil {
		t.Errorf("health of a full instance: %v", err)
	}
	if s := r.Stats(); s.InFlight != 1 || s.Refused != 1 {
		t.Errorf("stats %+v", s)
	}
	close(dns.letGo)
	if err := <-first; err != nil {
		t.Errorf("first call: %v", err)
	}
	if _, err := r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "example.com"}); err != nil {
		t.Errorf("call after the first: %v", err)
	}
}

func TestPanicIsOneCallsTrouble(t *testing.T) {
	ctx := within(t)
	cfg := overDNS(dnstest.New(t, ""))
	calls := 0
	cfg.Service.Now = func() time.Time {
		if calls++; calls <= 2 {
			panic("secret of the machine")
		}
		return time.Unix(0, 0)
	}
	cfg.InFlight = 1 // a leaked place shows at once
	r := start(t, cfg)
	for range 2 {
		_, err := r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "example.com"})
		if status.Code(err) != codes.Internal || reasonOf(t, err) != reasonInternal || strings.Contains(err.Error(), "secret") {
			t.Fatalf("panic became %v", err)
		}
	}
	if _, err := r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "example.com"}); err != nil {
		t.Errorf("call after the panic: %v", err)
	}
	if s := r.Stats(); s.Panics != 2 || s.InFlight != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestPanickingResolverGivesAnAnswer(t *testing.T) {
	ctx := within(t)
	r := start(t, overDNS(resolver.Func(func(context.Context, resolver.Question) (resolver.Answer, error) { panic("hostile answer") })))
	got, err := r.CheckDomain(ctx, &mailassayv1.CheckDomainRequest{Domain: "example.com"})
	if err != nil || got.GetStatus() != mailassayv1.Status_STATUS_UNKNOWN {
		t.Errorf("CheckDomain: %v, %v", got.GetStatus(), err)
	}
}

func TestDrainLetsCallsFinish(t *testing.T) {
	ctx, dns := within(t), newHeld()
	r := start(t, overDNS(dns))
	awaitServing(t, ctx, r)
	watch, err := healthv1.NewHealthClient(r.conn).Watch(ctx, &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := watch.Recv(); err != nil || m.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Fatalf("before the drain: %v, %v", m, err)
	}
	reflecting, err := reflectionv1.NewServerReflectionClient(r.conn).ServerReflectionInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	call := dns.begin(ctx, r)

	r.drain()
	if m, err := watch.Recv(); err != nil || m.GetStatus() != healthv1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("watcher: %v, %v", m, err)
	}
	if _, err := watch.Recv(); status.Code(err) != codes.Unavailable || reasonOf(t, err) != reasonDraining {
		t.Errorf("watcher is not told to leave: %v", err)
	}
	if _, err := reflecting.Recv(); status.Code(err) != codes.Unavailable || reasonOf(t, err) != reasonDraining {
		t.Errorf("reflection stream is not told to leave: %v", err)
	}
	select {
	case err := <-r.ended:
		t.Fatalf("the server ended under a call: %v", err)
	default:
	}
	close(dns.letGo)
	if err := <-call; err != nil {
		t.Errorf("call under way: %v", err)
	}
	if err := <-r.ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestDrainIsBounded(t *testing.T) {
	ctx, dns := within(t), newHeld()
	cfg := overDNS(dns)
	cfg.DrainTimeout = 50 * time.Millisecond
	r := start(t, cfg)
	call := dns.begin(ctx, r)
	r.drain()
	if err := <-r.ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := <-call; status.Code(err) != codes.Unavailable {
		t.Errorf("call that outlasts the drain: %v", err)
	}
}

func TestServeReportsItsListener(t *testing.T) {
	s, err := NewServer(overDNS(dnstest.New(t, "")))
	if err != nil {
		t.Fatal(err)
	}
	l := closedListener(t)
	if err := s.Serve(within(t), l); err == nil {
		t.Error("a closed listener is no error")
	}
}

func TestServeOfAnEndedContextDrains(t *testing.T) {
	s, err := NewServer(overDNS(dnstest.New(t, "")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(ctx, l); err != nil {
		t.Error(err)
	}
}

func TestNewServerRefusesWhatCannotBe(t *testing.T) {
	for name, spoil := range map[string]func(*ServerConfig){
		"no resolver":        func(c *ServerConfig) { c.Service.Resolver = nil },
		"no blocklist":       func(c *ServerConfig) { c.Service.Blocklists = []string{"a..b"} },
		"no sealer":          func(c *ServerConfig) { c.Service.TrustedSealers = []string{"joe@example.com"} },
		"negative in flight": func(c *ServerConfig) { c.InFlight = -1 },
	} {
		cfg := overDNS(dnstest.New(t, ""))
		spoil(&cfg)
		if _, err := NewServer(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestLateAnswersArePartial: a caller who waits as long as he said gets what is
// known, however long that is; nobody waits longer than the server allows.
func TestLateAnswersArePartial(t *testing.T) {
	for _, c := range []struct{ caller, answer time.Duration }{
		{100 * time.Millisecond, 80 * time.Millisecond},
		{2 * time.Second, 1900 * time.Millisecond},
		{0, 10 * time.Second}, // no deadline
		{time.Hour, 30 * time.Second},
	} {
		for _, request := range []proto.Message{
			&mailassayv1.CheckDomainRequest{Domain: "example.com"},
			&mailassayv1.CheckSenderRequest{ClientIp: "8.8.8.8", MailFrom: "joe@example.com", HeaderFrom: "joe@example.com"},
			&mailassayv1.ExplainSMTPErrorRequest{Text: "550 5.7.25 no PTR", SendingIp: "8.8.8.8"},
		} {
			synctest.Test(t, func(t *testing.T) {
				r := startInBubble(t, overDNS(silent))
				ctx := t.Context()
				if c.caller > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.caller)
					defer cancel()
				}
				begun := time.Now()
				m, err := answer(ctx, client{rig: r}, request)
				if err != nil {
					t.Fatalf("a caller with %v gets no answer to %v: %v", c.caller, request, err)
				}
				if took := time.Since(begun); took > c.answer {
					t.Errorf("a caller with %v gets an answer after %v", c.caller, took)
				}
				onlyUnknown(t, m)
			})
		}
	}
}

// onlyUnknown holds an answer without DNS to the cardinal rule: nothing is absent.
func onlyUnknown(t *testing.T, m proto.Message) {
	t.Helper()
	var findings []*mailassayv1.Finding
	switch m := m.(type) {
	case *mailassayv1.CheckDomainResponse:
		findings = m.GetFindings()
		if m.GetStatus() != mailassayv1.Status_STATUS_UNKNOWN || m.GetMx().GetStatus() != mailassayv1.Status_STATUS_UNKNOWN {
			t.Errorf("silent DNS is %v, MX %v", m.GetStatus(), m.GetMx().GetStatus())
		}
	case *mailassayv1.CheckSenderResponse:
		findings = m.GetFindings()
		if m.GetSpf().GetResult() != "temperror" || m.GetVerdict().GetAction() == mailassayv1.Verdict_ACTION_REJECT {
			t.Errorf("silent DNS is SPF %s, %v", m.GetSpf().GetResult(), m.GetVerdict())
		}
	case *mailassayv1.ExplainSMTPErrorResponse:
		findings = m.GetLive().GetFindings()
		if m.GetLive().GetConclusion() != mailassayv1.LiveEvidence_CONCLUSION_INCONCLUSIVE {
			t.Errorf("silent DNS is %v", m.GetLive())
		}
	}
	for _, f := range findings {
		if !strings.HasSuffix(f.GetCode(), "_UNKNOWN") && f.GetSeverity() > mailassayv1.Severity_SEVERITY_INFO {
			t.Errorf("silent DNS gives %s", f.GetCode())
		}
	}
}

func TestHostileRequestsStopAtTheTransport(t *testing.T) {
	ctx := within(t)
	r := start(t, overDNS(dnstest.New(t, "")))
	if _, err := r.CheckDomain(metadata.AppendToOutgoingContext(ctx, "x-flood", strings.Repeat("a", 16<<10)),
		&mailassayv1.CheckDomainRequest{Domain: "example.com"}); err == nil || !strings.Contains(err.Error(), "header list size") {
		t.Errorf("16 KiB of metadata: %v", err)
	}
	_, err := r.ExplainSMTPError(ctx, &mailassayv1.ExplainSMTPErrorRequest{Text: strings.Repeat("a", 5<<20)})
	if status.Code(err) != codes.ResourceExhausted {
		t.Errorf("a message of 5 MiB: %v", err)
	}
}
