package domain

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// serverCases are domains of the loopback world, what their delegation comes to in
// the authoritative view, and how each of their servers behaves. Servers are below
// faultdns.test where nothing else is said.
var serverCases = []struct {
	domain   string
	outcome  resolver.Outcome
	findings string
	servers  string
}{
	{"good.test", resolver.Answers, "", "ns-a answers, ns-b answers"},
	{"lame.test", resolver.Breaks, "NS_ALL_LAME lame.test, NS_UNKNOWN lame.test", "ns-refused refuses"},
	{"lame2.test", resolver.Breaks, "NS_ALL_LAME lame2.test, NS_UNKNOWN lame2.test", "ns-a refuses, ns-b refuses"},
	{"half-lame.test", resolver.Answers, "NS_LAME_SERVER ns-refused", "ns-a answers, ns-refused refuses"},
	{"ns-dead-one.test", resolver.Answers, "NS_SERVER_UNREACHABLE ns-dead", "ns-a answers, ns-dead does not answer"},
	{"ns-dead.test", resolver.Breaks, "NS_UNKNOWN ns-dead.test", "ns-dead does not answer, ns-dead2 does not answer"},
	{"ns-closed.test", resolver.Breaks, "NS_UNKNOWN ns-closed.test", "ns-closed is unreachable"},
	{"ns-slow.test", resolver.Answers, "NS_SINGLE_SERVER ns-slow.test", "ns-slow answers slowly"},
	{"ns-vslow.test", resolver.Breaks, "NS_UNKNOWN ns-vslow.test", "ns-vslow does not answer"},
	{"ns-nxdomain.test", resolver.Breaks, "NS_ALL_LAME ns-nxdomain.test, NS_UNKNOWN ns-nxdomain.test", "ns1.gone.good.test has no address, ns2.gone.good.test has no address"},
	// In this world both lists are the same.
	{"ns-mismatch.test", resolver.Answers, "", "ns-a answers, ns-b answers"},
	{"single-ns.test", resolver.Answers, "NS_SINGLE_SERVER single-ns.test", "ns-a answers"},
	{"split.test", resolver.Answers, "NS_ANSWERS_DIFFER _dmarc.split.test, NS_ANSWERS_DIFFER split.test", "ns-a answers, ns-b answers"},
	{"servfail.test", resolver.Breaks, "NS_UNKNOWN servfail.test", "ns-servfail fails"},
	{"garbage.test", resolver.Breaks, "NS_UNKNOWN garbage.test", "ns-garbage does not answer"},
	{"wrongid.test", resolver.Breaks, "NS_UNKNOWN wrongid.test", "ns-wrongid does not answer"},
	{"noedns.test", resolver.Breaks, "NS_UNKNOWN noedns.test", "ns-noedns does not answer"},
	{"empty.test", resolver.Breaks, "NS_ALL_LAME empty.test, NS_UNKNOWN empty.test", "ns-empty is not authoritative"},
	{"spoof.test", resolver.Answers, "NS_SINGLE_SERVER spoof.test", "ns-spoof answers"},
	{"dup.test", resolver.Answers, "NS_SINGLE_SERVER dup.test", "ns-dup answers"},
	{"formerr-edns.test", resolver.Answers, "NS_SINGLE_SERVER formerr-edns.test", "ns-formerr answers"},
	{"always-tc.test", resolver.Answers, "NS_SINGLE_SERVER always-tc.test", "ns-tc answers"},
	{"nxdomain.test", resolver.Denies, "NS_DOMAIN_NOT_FOUND nxdomain.test", ""},
}

// world is the loopback world's validating resolver, as the program asks it.
func world(t *testing.T) *resolver.Upstream {
	t.Helper()
	if os.Getenv("MAILASSAY_WORLD") == "" {
		t.Skip("MAILASSAY_WORLD is not set: the loopback world of name servers is not up")
	}
	up, err := resolver.NewUpstream(resolver.UpstreamConfig{
		Servers: []resolver.Server{{Addr: netip.MustParseAddrPort("127.53.0.100:53")}}, Timeout: 2800 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { up.Close() })
	if err := up.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	return up
}

// worldServers asks the loopback world's name servers.
func worldServers(hosts resolver.Resolver) *resolver.Authority {
	return resolver.NewAuthority(resolver.AuthorityConfig{
		Hosts: hosts, Roots: []netip.Addr{netip.MustParseAddr("127.53.0.1")}, Allow: []netip.Prefix{netip.MustParsePrefix("127.53.0.0/16")},
	})
}

// ended fails the test when a whole check takes longer than a caller bears.
func ended(t *testing.T, since time.Time) {
	t.Helper()
	if took := time.Since(since); took > 3*time.Second {
		t.Errorf("the check took %v", took)
	}
}

// TestWorldServersGiveExactlyTheseFindings checks each domain in the authoritative
// view.
func TestWorldServersGiveExactlyTheseFindings(t *testing.T) {
	up := world(t)
	for _, c := range serverCases {
		t.Run(c.domain, func(t *testing.T) {
			a, start := worldServers(up), time.Now()
			r := Check(t.Context(), Sources{DNS: a, Authority: a, EachServer: true, Ordinary: ordinary}, Request{Domain: c.domain})
			ended(t, start)
			var found, told []string
			for _, f := range r.All() {
				if f.Area == finding.Delegation && !strings.HasPrefix(f.Subject, "probe-") {
					found = append(found, f.Code+" "+strings.TrimSuffix(f.Subject, ".faultdns.test"))
				}
			}
			way := r.Facts.Servers.Value.Way
			for _, x := range way.SOA.Told {
				told = append(told, fmt.Sprintf("%s %v", strings.TrimSuffix(x.Host, ".faultdns.test"), x.Condition()))
			}
			slices.Sort(found)
			if got := strings.Join(found, ", "); got != c.findings {
				t.Errorf("found %s", got)
			}
			if got := strings.Join(told, ", "); got != c.servers {
				t.Errorf("%s", got)
			}
			if last := way.Steps[len(way.Steps)-1]; last.Outcome != c.outcome || (last.Err != nil) != (c.outcome == resolver.Breaks) {
				t.Errorf("the way ends with %v, %v", last.Outcome, last.Err)
			}
		})
	}
}

// TestWorldSilentZonesAreToldInTime checks domains that the ordinary resolver gets
// no answer for: their servers are asked why, and no check takes longer than 3 s.
func TestWorldSilentZonesAreToldInTime(t *testing.T) {
	up := world(t)
	for _, domain := range []string{"ns-dead.test", "ns-closed.test", "garbage.test", "wrongid.test", "noedns.test"} {
		t.Run(domain, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			start := time.Now()
			r := Check(ctx, Sources{DNS: up, Authority: worldServers(up), Validation: up.Validation(), Ordinary: ordinary}, Request{Domain: domain})
			ended(t, start)
			if r.AreaStatus(finding.Delegation) != finding.UnknownStatus || len(r.Facts.Servers.Value.Way.SOA.Told) == 0 {
				t.Errorf("delegation is %v, servers %v", r.AreaStatus(finding.Delegation), r.Facts.Servers.Value.Way.SOA.Told)
			}
			for _, f := range r.Findings {
				if f.Severity > finding.Notice {
					t.Errorf("silence finds %s %s", f.Code, f.Subject)
				}
			}
		})
	}
}
