package dnstest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

const world = `
.                 NS   ns.root.
ns.root.          A    198.51.100.1
.                 SOA  ns.root. hostmaster. 7 1 1 1 60
test.             SOA  ns.test. hostmaster.test. 8 1 1 1 60
test.             NS   ns.test.
ns.test.          A    198.51.100.2
example.test.     SOA  ns.example.test. hostmaster.example.test. 9 1 1 1 60
example.test.     NS   ns.example.test.
example.test.     NS   ns.test.
example.test.     DS   1 13 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
ns.example.test.  A    198.51.100.3
ns.example.test.  AAAA 2001:db8::3
example.test.     MX   10 mx.example.test.
mx.example.test.  A    192.0.2.25
www.example.test. CNAME mx.example.test.
out.example.test. CNAME other.test.
`

func exchange(t *testing.T, s *dnstest.Server, name string, qt resolver.Type, o resolver.Options) (resolver.Reply, error) {
	t.Helper()
	var x resolver.Exchanger
	return x.Exchange(context.Background(), s.UDPServer(), resolver.Ask(name, qt), o)
}

func TestAnAuthorityAnswersItsZonesAndRefersBelow(t *testing.T) {
	s := dnstest.Serve(t, world, dnstest.Config{Zones: []string{"test"}})
	r, err := exchange(t, s, "mx.example.test", resolver.TypeA, resolver.Options{DNSSEC: true})
	if err != nil || r.Referral == nil {
		t.Fatalf("no referral: %+v, %v", r, err)
	}
	if r.Referral.Zone != "example.test" || !slices.Equal(r.Referral.Servers, []string{"ns.example.test", "ns.test"}) || len(r.Referral.DS) != 1 {
		t.Errorf("referral %+v", *r.Referral)
	}
	if len(r.Glue["ns.example.test"]) != 2 || len(r.Glue["ns.test"]) != 1 {
		t.Errorf("glue %v", r.Glue)
	}
	r, err = exchange(t, s, "example.test", resolver.TypeDS, resolver.Options{})
	if err != nil || !r.Answer.Authoritative || r.Answer.Status != resolver.Found {
		t.Errorf("DS is the parent's: %+v, %v", r, err)
	}
	r, err = exchange(t, s, "absent.test", resolver.TypeA, resolver.Options{})
	if err != nil || r.Answer.Status != resolver.NXDomain || r.Answer.SOAOwner != "test" || r.Answer.SOA.Serial != 8 {
		t.Errorf("denial: %+v, %v", r, err)
	}
	if _, err = exchange(t, s, "example.com", resolver.TypeA, resolver.Options{}); resolver.KindOf(err) != resolver.Refused {
		t.Errorf("outside its zones: %v", err)
	}
}

func TestAnAuthorityFollowsAliasesOnlyInItsZone(t *testing.T) {
	s := dnstest.Serve(t, world, dnstest.Config{Zones: []string{"example.test"}})
	r, err := exchange(t, s, "www.example.test", resolver.TypeA, resolver.Options{})
	if err != nil || r.Answer.Name != "mx.example.test" || r.Answer.Status != resolver.Found {
		t.Errorf("inside: %+v, %v", r, err)
	}
	r, err = exchange(t, s, "out.example.test", resolver.TypeA, resolver.Options{})
	if err != nil || r.Answer.Name != "other.test" || r.Answer.Status != resolver.NoData || r.Answer.SOA != nil {
		t.Errorf("outside: %+v, %v", r, err)
	}
}

func TestTheRootRefersToTopLevels(t *testing.T) {
	s := dnstest.Serve(t, world, dnstest.Config{Zones: []string{"."}})
	r, err := exchange(t, s, "mx.example.test", resolver.TypeA, resolver.Options{})
	if err != nil || r.Referral == nil || r.Referral.Zone != "test" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestHistoryTellsWhatWasAskedAndHow(t *testing.T) {
	s := dnstest.Serve(t, world, dnstest.Config{})
	s.Always(dnstest.Fault{Truncate: true})
	if r, err := exchange(t, s, "example.test", resolver.TypeMX, resolver.Options{Recurse: true}); err != nil || !r.TCP {
		t.Fatalf("%+v, %v", r, err)
	}
	asked := s.Asked()
	if len(asked) != 2 || s.Count() != 2 || asked[0].Over != "udp" || asked[1].Over != "tcp" {
		t.Fatalf("asked %+v", asked)
	}
	for _, a := range asked {
		if !a.Recurse || !a.EDNS || !a.AuthenticData || a.Question != resolver.Ask("example.test", resolver.TypeMX) {
			t.Errorf("asked %+v", a)
		}
	}
}

func TestRoundTripsAndSilenceTakeTheirTime(t *testing.T) {
	s := dnstest.Serve(t, world, dnstest.Config{RTT: 20 * time.Millisecond})
	if r, err := exchange(t, s, "example.test", resolver.TypeMX, resolver.Options{}); err != nil || r.RTT < 20*time.Millisecond {
		t.Errorf("%+v, %v", r, err)
	}
	s.Always(dnstest.Fault{Drop: true})
	_, err := exchange(t, s, "example.test", resolver.TypeMX, resolver.Options{Timeout: 30 * time.Millisecond})
	if resolver.KindOf(err) != resolver.Timeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
