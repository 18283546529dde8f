package service

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// typical is a domain as many are: its own exchange, five includes of two providers,
// two keys, a policy, all that a report looks at; and a client that sends for it.
const typical = `
typical.example.                3600 IN SOA ns1.typical.example. hostmaster.typical.example. 1 7200 900 1209600 3600
typical.example.                IN NS  ns1.typical.example.
typical.example.                IN NS  ns2.typical.example.
ns1.typical.example.            IN A   192.0.2.1
ns2.typical.example.            IN A   198.51.100.1
typical.example.                IN MX  10 mx1.typical.example.
typical.example.                IN MX  20 mx2.typical.example.
mx1.typical.example.            IN A   192.0.2.25
mx1.typical.example.            IN AAAA 2001:db8::25
mx2.typical.example.            IN A   198.51.100.25
25.2.0.192.in-addr.arpa.        IN PTR mx1.typical.example.
25.100.51.198.in-addr.arpa.     IN PTR mx2.typical.example.
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. IN PTR mx1.typical.example.
typical.example.                IN TXT "v=spf1 mx include:_spf.office.example include:_spf.provider.example -all"
_spf.office.example.            IN TXT "v=spf1 ip4:192.0.2.128/25 include:_more.office.example -all"
_more.office.example.           IN TXT "v=spf1 ip4:198.51.100.64/26 ip4:198.51.100.128/25 -all"
_spf.provider.example.          IN TXT "v=spf1 include:_a.provider.example include:_b.provider.example ~all"
_a.provider.example.            IN TXT "v=spf1 ip4:203.0.113.0/26 ip4:203.0.113.64/27 ~all"
_b.provider.example.            IN TXT "v=spf1 ip4:203.0.113.96/27 ip4:203.0.113.128/25 ~all"
s1._domainkey.typical.example.  IN TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
_dmarc.typical.example.         IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@typical.example"
_mta-sts.typical.example.       IN TXT "v=STSv1; id=20260101"
_smtp._tls.typical.example.     IN TXT "v=TLSRPTv1; rua=mailto:tls@typical.example"
130.113.0.203.in-addr.arpa.     IN PTR out.provider.example.
out.provider.example.           IN A   203.0.113.130
`

var documentation = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
}

var (
	domainCheck = &mailassayv1.CheckDomainRequest{Domain: "typical.example", DkimSelectors: []string{"s1"}}
	senderCheck = &mailassayv1.CheckSenderRequest{
		ClientIp: "203.0.113.130", Helo: "out.provider.example", MailFrom: "bounce@typical.example", HeaderFrom: "news@typical.example",
	}
)

// stack is the shared resolver over a real name server.
func stack(t testing.TB, dns *dnstest.Server) *resolver.Shared {
	t.Helper()
	upstream, err := resolver.NewUpstream(resolver.UpstreamConfig{Servers: []resolver.Server{dns.UDPServer()}, Validation: resolver.ValidationOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = upstream.Close() })
	return resolver.Share(upstream, resolver.Sharing{})
}

// BenchmarkCold asks with an empty cache a server that answers after 20 ms, and
// reports the wall time in round trips and the questions sent.
func BenchmarkCold(b *testing.B) {
	const roundTrip = 20 * time.Millisecond
	for _, request := range []proto.Message{domainCheck, senderCheck} {
		b.Run(string(request.ProtoReflect().Descriptor().Name()), func(b *testing.B) {
			dns := dnstest.Serve(b, typical, dnstest.Config{})
			dns.Always(dnstest.Fault{Delay: roundTrip})
			var total, worst time.Duration
			var out proto.Message
			for range b.N {
				s, err := New(Config{Resolver: stack(b, dns), Ordinary: documentation})
				if err != nil {
					b.Fatal(err)
				}
				begun := time.Now()
				if out, err = answer(b.Context(), s, request); err != nil {
					b.Fatal(err)
				}
				took := time.Since(begun)
				total, worst = total+took, max(worst, took)
			}
			b.ReportMetric(float64(total)/float64(b.N)/float64(roundTrip), "round-trips/op")
			b.ReportMetric(float64(worst)/float64(roundTrip), "round-trips-worst")
			b.ReportMetric(float64(dns.Count())/float64(b.N), "questions/op")
			if m, ok := out.(*mailassayv1.CheckSenderResponse); ok {
				b.ReportMetric(float64(chain(m)), "round-trips-needed")
			}
		})
	}
}

// chain is how many questions of an SPF evaluation wait for one another: one for each
// level of the include tree.
func chain(m *mailassayv1.CheckSenderResponse) int {
	var deepest uint32
	for _, step := range m.GetSpf().GetTrace() {
		deepest = max(deepest, step.GetDepth())
	}
	return 1 + int(deepest)
}

// blob is a codec that leaves messages as they are, so that the client, who shares
// the processors, costs the same for every method.
type blob struct{}

func (blob) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (blob) Unmarshal(data []byte, v any) error { *v.(*[]byte) = data; return nil }
func (blob) Name() string                       { return "proto" }

var _ encoding.Codec = blob{}

// serveEcho serves the bare RPC that methods are measured against, from a server
// without options: as many octets in, as many out, and nothing in between.
func serveEcho(b *testing.B, response *wrapperspb.BytesValue) (target string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := grpc.NewServer()
	s.RegisterService(echo(response), nil)
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) }) // it ends when it is stopped
	b.Cleanup(func() {
		s.Stop()
		serving.Wait()
	})
	return l.Addr().String()
}

// connect makes the connections for a number of calls in flight.
func connect(b *testing.B, target string, inFlight int) []*grpc.ClientConn {
	conns := make([]*grpc.ClientConn, min(inFlight, 2))
	for i := range conns {
		c, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = c.Close() })
		conns[i] = c
	}
	return conns
}

func echo(response *wrapperspb.BytesValue) *grpc.ServiceDesc {
	const name = "bench.Echo"
	return &grpc.ServiceDesc{ServiceName: name, HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{
		MethodName: "Call",
		Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			in := new(wrapperspb.BytesValue)
			if err := decode(in); err != nil {
				return nil, err
			}
			return response, nil
		},
	}}}
}

// load is calls of one method.
type load struct {
	method  string
	request func(n int) []byte // of the call with this number
	conns   []*grpc.ClientConn
	calls   int
	times   []time.Duration
	elapsed time.Duration
	cpu     time.Duration
}

// burst makes calls, a number of them in flight.
func (l *load) burst(b *testing.B, calls, inFlight int) {
	times := make([]time.Duration, calls)
	var next atomic.Int64
	var wg sync.WaitGroup
	begun, cpu := time.Now(), processorTime()
	for i := range inFlight {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(calls); n = next.Add(1) {
				start := time.Now()
				request, response := l.request(l.calls+int(n)), []byte(nil)
				if err := l.conns[i%len(l.conns)].Invoke(context.Background(), l.method, &request, &response, grpc.ForceCodec(blob{})); err != nil {
					b.Error(err)
					return
				}
				times[n-1] = time.Since(start)
			}
		})
	}
	wg.Wait()
	l.elapsed += time.Since(begun)
	l.cpu += processorTime() - cpu
	l.times = append(l.times, times...)
	l.calls += calls
}

// processorTime is what this process, server and client, has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (l *load) perSecond() float64 { return float64(len(l.times)) / l.elapsed.Seconds() }

// quantile is in microseconds.
func (l *load) quantile(q float64) float64 {
	slices.Sort(l.times)
	return float64(l.times[int(q*float64(len(l.times)-1))].Nanoseconds()) / 1e3
}

// BenchmarkWarm calls a method with all answers in the cache and, in turn with it,
// the echo, through the default server with its log. "ratio" is requests a second
// as a share of the echo's. CheckSender is called for one sender again and again;
// for bounce addresses and authors that differ in their local part; and without the
// memory of reports, so that every check is made from the DNS answers. Compare ratios
// of one run: machines drift.
func BenchmarkWarm(b *testing.B) {
	locals := func(n int) proto.Message {
		m := proto.CloneOf(senderCheck)
		m.MailFrom, m.HeaderFrom = fmt.Sprintf("b%05d@typical.example", n), fmt.Sprintf("a%05d@typical.example", n)
		return m
	}
	for _, c := range []struct {
		name, method string
		request      func(int) proto.Message
		forgetful    bool
	}{
		{"CheckSender", "CheckSender", func(int) proto.Message { return senderCheck }, false},
		{"CheckSender/bounces", "CheckSender", locals, false},
		{"CheckSender/unseen", "CheckSender", locals, true},
		{"CheckDomain", "CheckDomain", func(int) proto.Message { return domainCheck }, false},
	} {
		for _, inFlight := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/streams=%d", c.name, inFlight), func(b *testing.B) { warm(b, c.method, c.request, c.forgetful, inFlight) })
		}
	}
}

func warm(b *testing.B, method string, request func(int) proto.Message, forgetful bool, inFlight int) {
	dns := dnstest.Serve(b, typical, dnstest.Config{})
	config := ServerConfig{
		Service: Config{Resolver: stack(b, dns), Ordinary: documentation},
		Log:     zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zapcore.InfoLevel)),
	}
	inside, err := New(config.Service)
	if err != nil {
		b.Fatal(err)
	}
	m, err := answer(b.Context(), inside, request(0))
	if err != nil {
		b.Fatal(err)
	}
	wires := make([][]byte, 1<<16)
	for n := range wires {
		if wires[n], err = proto.Marshal(request(n)); err != nil {
			b.Fatal(err)
		}
	}
	empty, err := proto.Marshal(wrapperspb.Bytes(make([]byte, len(wires[0]))))
	if err != nil {
		b.Fatal(err)
	}
	r := start(b, config)
	if forgetful {
		r.service.reports = nil
	}
	measured := &load{
		method: "/mailassay.v1.VerificationService/" + method, request: func(n int) []byte { return wires[n%len(wires)] },
		conns: connect(b, r.conn.Target(), inFlight),
	}
	bare := &load{
		method: "/bench.Echo/Call", request: func(int) []byte { return empty },
		conns: connect(b, serveEcho(b, wrapperspb.Bytes(make([]byte, proto.Size(m)))), inFlight),
	}
	for _, l := range []*load{bare, measured} {
		(&load{method: l.method, request: l.request, conns: l.conns, calls: len(wires) / 2}).burst(b, 200, inFlight)
	}
	b.ResetTimer()
	for left := b.N; left > 0; left -= 500 {
		measured.burst(b, min(left, 500), inFlight)
		bare.burst(b, min(left, 500), inFlight)
	}
	b.ReportMetric(measured.perSecond(), "req/s")
	b.ReportMetric(bare.perSecond(), "echo-req/s")
	b.ReportMetric(measured.perSecond()/bare.perSecond(), "ratio")
	b.ReportMetric(float64(measured.cpu.Microseconds())/float64(len(measured.times)), "cpu-us")
	b.ReportMetric(float64(bare.cpu.Microseconds())/float64(len(bare.times)), "echo-cpu-us")
	b.ReportMetric(measured.quantile(0.5), "p50-us")
	b.ReportMetric(measured.quantile(0.99), "p99-us")
	b.ReportMetric(measured.quantile(0.99)/bare.quantile(0.99), "p99-ratio")
	b.ReportMetric(float64(proto.Size(m)), "octets")
}
