package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

const zone = `
example.test.      SOA   ns.example.test. hostmaster.example.test. 7 7200 900 1209600 300
example.test.      MX    10 mx.example.test.
example.test.      TXT   "v=spf1 mx -all"
mx.example.test.   A     192.0.2.25
www.example.test.  CNAME mx.example.test.
bogus.test.        SOA   ns.bogus.test. hostmaster.bogus.test. 7 7200 900 1209600 300
bogus.test.        MX    10 mx.bogus.test.
org.               SOA   ns.org. hostmaster.org. 7 7200 900 1209600 300
secure.org.        MX    10 mx.secure.org.
;! secure org.
;! fail bogus.test. ANY BOGUS
;! fail broken.test. ANY SERVFAIL
;! fail silent.test. ANY TIMEOUT
`

func upstream(t *testing.T, c resolver.UpstreamConfig, servers ...resolver.Server) *resolver.Upstream {
	t.Helper()
	c.Servers = servers
	u, err := resolver.NewUpstream(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Close() })
	return u
}

func resolve(t *testing.T, r resolver.Resolver, name string, qt resolver.Type) (resolver.Answer, error) {
	t.Helper()
	return r.Resolve(t.Context(), resolver.Ask(name, qt))
}

func TestUpstreamAnswersOverEachTransport(t *testing.T) {
	s := dnstest.Serve(t, zone, dnstest.Config{TLS: true})
	for _, server := range []resolver.Server{{Addr: s.Addr()}, s.UDPServer(), s.TCPServer(), s.TLSServer()} {
		u := upstream(t, resolver.UpstreamConfig{Roots: s.Roots()}, server)
		a, err := resolve(t, u, "www.example.test", resolver.TypeA)
		if err != nil || a.Status != resolver.Found || a.Name != "mx.example.test" || len(a.Addrs()) != 1 || a.Server != server.String() {
			t.Errorf("%s: %+v, %v", server, a, err)
		}
		a, err = resolve(t, u, "absent.example.test", resolver.TypeA)
		if err != nil || a.Status != resolver.NXDomain || a.TTL != 300 {
			t.Errorf("%s: %+v, %v", server, a, err)
		}
	}
}

func TestATLSServerWithAnotherCertificateIsNotAsked(t *testing.T) {
	s := dnstest.Serve(t, zone, dnstest.Config{TLS: true})
	server := s.TLSServer()
	server.Name = "other.test"
	for _, c := range []resolver.UpstreamConfig{{Roots: s.Roots()}, {}} {
		u := upstream(t, c, server)
		_, err := resolve(t, u, "example.test", resolver.TypeMX)
		if resolver.KindOf(err) != resolver.Unreachable || s.Count() != 0 {
			t.Errorf("%v, %d questions", err, s.Count())
		}
		server.Name = "" // by address, but of no known root
	}
}

func TestTheNextServerIsAskedWhenOneFails(t *testing.T) {
	good := dnstest.Serve(t, zone, dnstest.Config{})
	for name, f := range map[string]dnstest.Fault{
		"SERVFAIL": {Rcode: 2}, "REFUSED": {Rcode: 5}, "NOTIMP": {Rcode: 4}, "referral": {Lame: true}, "silence": {Drop: true},
	} {
		bad := dnstest.Serve(t, zone, dnstest.Config{})
		bad.Always(f)
		u := upstream(t, resolver.UpstreamConfig{}, bad.UDPServer(), good.UDPServer())
		a, err := resolve(t, u, "example.test", resolver.TypeMX)
		if err != nil || a.Status != resolver.Found || a.Server != good.UDPServer().String() {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if bad.Count() == 0 {
			t.Errorf("%s: the first server was not asked", name)
		}
	}
}

func TestFailureAtAllServersIsReportedAsWhatTheySay(t *testing.T) {
	a, b := dnstest.Serve(t, zone, dnstest.Config{}), dnstest.Serve(t, zone, dnstest.Config{})
	u := upstream(t, resolver.UpstreamConfig{Timeout: 900 * time.Millisecond}, a.UDPServer(), b.UDPServer())
	for _, c := range []struct {
		a, b dnstest.Fault
		want resolver.Kind
	}{
		{dnstest.Fault{Rcode: 5}, dnstest.Fault{Rcode: 5}, resolver.Refused},
		{dnstest.Fault{Rcode: 5}, dnstest.Fault{Rcode: 2}, resolver.ServerFailure},
		{dnstest.Fault{Drop: true}, dnstest.Fault{Rcode: 2}, resolver.ServerFailure},
		{dnstest.Fault{Lame: true}, dnstest.Fault{Lame: true}, resolver.Lame},
		{dnstest.Fault{Drop: true}, dnstest.Fault{Drop: true}, resolver.Timeout},
	} {
		a.Always(c.a)
		b.Always(c.b)
		_, err := resolve(t, u, "example.test", resolver.TypeMX)
		var e *resolver.Error
		if !errors.As(err, &e) || e.Kind != c.want || e.Server == "" {
			t.Errorf("%+v and %+v: %v", c.a, c.b, err)
		}
	}
}

func TestADeadServerCostsOneTimeOutOnce(t *testing.T) {
	dead := dnstest.Serve(t, zone, dnstest.Config{})
	dead.Always(dnstest.Fault{Drop: true})
	good := dnstest.Serve(t, zone, dnstest.Config{})
	u := upstream(t, resolver.UpstreamConfig{Extra: -1}, dead.UDPServer(), good.UDPServer())
	start := time.Now()
	for range 20 {
		if _, err := resolve(t, u, "example.test", resolver.TypeMX); err != nil {
			t.Fatal(err)
		}
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("20 questions took %v", d)
	}
	if n := dead.Count(); n != 1 {
		t.Errorf("the dead server was asked %d times", n)
	}
}

func TestSilenceOfOneZoneIsNotTheServersFault(t *testing.T) {
	s, other := dnstest.Serve(t, zone, dnstest.Config{}), dnstest.Serve(t, zone, dnstest.Config{RTT: 5 * time.Millisecond})
	u := upstream(t, resolver.UpstreamConfig{Timeout: 1200 * time.Millisecond}, s.UDPServer(), other.UDPServer())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := u.Resolve(t.Context(), resolver.Ask("silent.test", resolver.TypeA)); resolver.KindOf(err) != resolver.Timeout {
			t.Errorf("silent zone: %v", err)
		}
	})
	for end := time.Now().Add(1100 * time.Millisecond); time.Now().Before(end); {
		if _, err := resolve(t, u, "example.test", resolver.TypeMX); err != nil {
			t.Fatal(err)
		}
	}
	if st := u.Stats(); !st.Servers[0].Up {
		t.Errorf("the server counts as down: %+v", st.Servers[0])
	}
	wg.Wait()
}

func TestBogusIsToldFromServfail(t *testing.T) {
	s := dnstest.Serve(t, zone, dnstest.Config{})
	u := upstream(t, resolver.UpstreamConfig{}, s.UDPServer())
	_, err := resolve(t, u, "bogus.test", resolver.TypeMX)
	var e *resolver.Error
	if !errors.As(err, &e) || e.Kind != resolver.Bogus || len(e.Extended) != 1 || e.Extended[0].Code != 6 {
		t.Errorf("by extended error: %v", err)
	}
	mute := func(a dnstest.Asked) dnstest.Fault {
		if a.Question.Name == "bogus.test" && !a.CheckingDisabled {
			return dnstest.Fault{Rcode: 2, NoEDE: true}
		}
		return dnstest.Fault{}
	}
	s.Fault(mute)
	if _, err = resolve(t, u, "bogus.test", resolver.TypeMX); resolver.KindOf(err) != resolver.ServerFailure {
		t.Errorf("of a server not known to validate: %v", err)
	}
	if err := u.Probe(t.Context()); err != nil || u.Validation() != resolver.ValidationOn {
		t.Fatalf("probe: %v, %v", u.Validation(), err)
	}
	if _, err = resolve(t, u, "bogus.test", resolver.TypeMX); resolver.KindOf(err) != resolver.Bogus {
		t.Errorf("by an answer without checking: %v", err)
	}
	if _, err = resolve(t, u, "broken.test", resolver.TypeMX); resolver.KindOf(err) != resolver.ServerFailure {
		t.Errorf("broken, not bogus: %v", err)
	}
}

func TestADIsBelievedOnlyOfValidatingServers(t *testing.T) {
	s := dnstest.Serve(t, zone, dnstest.Config{})
	u := upstream(t, resolver.UpstreamConfig{}, s.UDPServer())
	authenticated := func() bool {
		a, err := resolve(t, u, "secure.org", resolver.TypeMX)
		if err != nil {
			t.Fatal(err)
		}
		return a.Authenticated
	}
	if authenticated() || u.Validation() != resolver.ValidationUnknown {
		t.Error("before the probe")
	}
	if err := u.Probe(t.Context()); err != nil || u.Validation() != resolver.ValidationOn || !authenticated() {
		t.Errorf("validating: %v %v", u.Validation(), err)
	}
	s.Always(dnstest.Fault{NoAD: true})
	if err := u.Probe(t.Context()); err != nil || u.Validation() != resolver.ValidationOff {
		t.Errorf("not validating: %v %v", u.Validation(), err)
	}
	s.Always(dnstest.Fault{CopyAD: true})
	if err := u.Probe(t.Context()); err != nil || u.Validation() != resolver.ValidationOff || authenticated() {
		t.Errorf("copying the flag: %v %v", u.Validation(), err)
	}
}

func TestExtraQuestionsKeepToTheirShare(t *testing.T) {
	slow := dnstest.Serve(t, zone, dnstest.Config{})
	good := dnstest.Serve(t, zone, dnstest.Config{RTT: time.Millisecond})
	slow.Fault(func(a dnstest.Asked) dnstest.Fault {
		if a.N%8 == 0 {
			return dnstest.Fault{Delay: 100 * time.Millisecond}
		}
		return dnstest.Fault{}
	})
	u := upstream(t, resolver.UpstreamConfig{Extra: 0.02}, slow.UDPServer(), good.UDPServer())
	const n = 600
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for range n / 6 {
				if _, err := u.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeMX)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	st := u.Stats()
	if st.Hedges == 0 || st.Hedges > n*2/100+1 {
		t.Errorf("%d hedges of %d questions", st.Hedges, n)
	}
	if sent := slow.Count() + good.Count(); uint64(sent) != n+st.Hedges+st.Retries {
		t.Errorf("%d sent, %+v", sent, st)
	}
}

func TestAContextEndsAQuestion(t *testing.T) {
	s := dnstest.Serve(t, zone, dnstest.Config{})
	s.Always(dnstest.Fault{Drop: true})
	for _, server := range []resolver.Server{s.UDPServer(), s.TCPServer()} {
		u := upstream(t, resolver.UpstreamConfig{}, server)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		start := time.Now()
		_, err := u.Resolve(ctx, resolver.Ask("example.test", resolver.TypeMX))
		if resolver.KindOf(err) != resolver.Canceled || !errors.Is(err, context.Canceled) || time.Since(start) > time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	}
}

func TestAClosedPortIsUnreachableAtOnce(t *testing.T) {
	u := upstream(t, resolver.UpstreamConfig{Timeout: 2 * time.Second}, resolver.Server{Addr: netip.MustParseAddrPort("127.0.0.1:1")})
	start := time.Now()
	_, err := resolve(t, u, "example.test", resolver.TypeMX)
	if resolver.KindOf(err) != resolver.Unreachable || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// TestLossIsMadeUpFor loses three packets of ten in each direction.
func TestLossIsMadeUpFor(t *testing.T) {
	s := dnstest.Serve(t, zone, dnstest.Config{RTT: 5 * time.Millisecond})
	s.Fault(func(a dnstest.Asked) dnstest.Fault {
		lost := rand.Float64() > 0.7*0.7
		return dnstest.Fault{Drop: lost && a.Over == "udp"}
	})
	u := upstream(t, resolver.UpstreamConfig{}, s.UDPServer())
	var wg sync.WaitGroup
	for i := range 500 {
		wg.Go(func() {
			if _, err := u.Resolve(t.Context(), resolver.Ask(fmt.Sprintf("n%d.example.test", i), resolver.TypeMX)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
