package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service"
)

// A root, a zone at three name servers and two recursive ones, all of the test's own.
const (
	outageRoot = "127.53.200.1"
	outageNS1  = "127.53.200.2"
	outageNS2  = "127.53.200.3"
	outageNS3  = "127.53.200.4"
	outageUp1  = "127.53.200.10"
	outageUp2  = "127.53.200.11"
)

const outageParent = `
$TTL 60
.               SOA     a.root. hostmaster.root. 1 7200 900 1209600 1
.               NS      a.root.
a.root.         A       ` + outageRoot + `
outage.test.    NS      ns1.outage.test.
outage.test.    NS      ns2.outage.test.
outage.test.    NS      ns3.outage.test.
ns1.outage.test. A      ` + outageNS1 + `
ns2.outage.test. A      ` + outageNS2 + `
ns3.outage.test. A      ` + outageNS3 + `
`

// outageZone is a zone that has everything right. Its TTLs are short, so that who
// caches asks again.
func outageZone(serial int, spf string) string {
	return fmt.Sprintf(`
$ORIGIN outage.test.
$TTL 1
@               SOA     ns1 hostmaster %d 7200 900 1209600 1
@               NS      ns1
@               NS      ns2
@               NS      ns3
ns1             A       %s
ns2             A       %s
ns3             A       %s
@               MX      10 mx1
@               TXT     "%s"
mx1             A       198.18.0.25
s1._domainkey   TXT     "v=DKIM1; k=ed25519; p=EWhLxSFKgBtqkuUAbfxDvSLCuQUZWavEoZq0EP/lDiY="
_dmarc          TXT     "v=DMARC1; p=reject; rua=mailto:dmarc@outage.test"
*.any           TXT     "any"
`, serial, outageNS1, outageNS2, outageNS3, spf)
}

const outageSPF = "v=spf1 ip4:198.18.0.0/24 -all"

// outage starts the servers of the zone.
func outage(t *testing.T) (ns1, ns2, ns3 *daemon) {
	t.Helper()
	if os.Getenv("MAILASSAY_WORLD") == "" {
		t.Skip("MAILASSAY_WORLD is not set: the test needs a network of its own for real name servers")
	}
	zone := outageZone(1, outageSPF)
	nsd(t, outageRoot, ".", outageParent)
	return nsd(t, outageNS1, "outage.test", zone), knot(t, outageNS2, "outage.test", zone), nsd(t, outageNS3, "outage.test", zone)
}

// outageClient is a client of a service that asks the given resolvers, and the
// test's own root.
func outageClient(t *testing.T, resolvers ...string) pb.VerificationServiceClient {
	t.Helper()
	r := resolving{Resolver: resolvers, RootHint: []netip.Addr{netip.MustParseAddr(outageRoot)}, AllowNameserver: []netip.Prefix{netip.MustParsePrefix("127.53.0.0/16")}}
	shared, upstream, err := r.open(8 << 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { upstream.Close() })
	return clientOf(t, service.Config{Resolver: shared, Authority: r.authority(), Ordinary: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")}})
}

// lookAt checks the zone, within the time that a user waits.
func lookAt(t *testing.T, client pb.VerificationServiceClient, view pb.View) *pb.CheckDomainResponse {
	t.Helper()
	start := time.Now()
	r, err := client.CheckDomain(t.Context(), &pb.CheckDomainRequest{Domain: "outage.test", DkimSelectors: []string{"s1"}, View: view})
	if took := time.Since(start); err != nil || took > 3*time.Second {
		t.Fatalf("%v after %v", err, took)
	}
	for _, code := range []string{"SPF_MISSING", "MX_NONE", "DMARC_MISSING", "DKIM_SELECTOR_MISSING", "NS_DOMAIN_NOT_FOUND"} {
		if list := matching(r.GetFindings(), code); len(list) > 0 {
			t.Errorf("trouble is called absence: %v", list)
		}
	}
	return r
}

// wholeMail tells that all of the zone's mail DNS was learned.
func wholeMail(t *testing.T, r *pb.CheckDomainResponse) {
	t.Helper()
	for _, code := range []string{"SPF_VALID", "DMARC_ENFORCED", "DKIM_ED25519_ONLY"} {
		if len(matching(r.GetFindings(), code)) == 0 {
			t.Errorf("no %s; got %v", code, codesOf(r.GetFindings()))
		}
	}
	if list := matching(r.GetFindings(), "*_UNKNOWN"); len(list) > 0 {
		t.Errorf("%v", list)
	}
}

// states are the name servers' as the report has them, in order of their names.
func states(r *pb.CheckDomainResponse) string {
	var out []string
	for _, c := range r.GetDelegation().GetConditions() {
		out = append(out, strings.TrimPrefix(c.GetState().String(), "STATE_"))
	}
	return strings.Join(out, " ")
}

// TestWorldNameServersFailAndComeBack kills and pauses name servers of each kind
// between the checks of one service.
func TestWorldNameServersFailAndComeBack(t *testing.T) {
	ns1, ns2, ns3 := outage(t)
	client := outageClient(t, outageNS1) // which is no resolver; nobody needs one
	expect := func(what, want string) {
		t.Helper()
		r := lookAt(t, client, pb.View_VIEW_AUTHORITATIVE)
		if got := states(r); got != want {
			t.Errorf("%s: servers %q, want %q; %v", what, got, want, r.GetDelegation())
		}
		if strings.Contains(want, "ANSWERS") {
			wholeMail(t, r)
		} else if len(matching(r.GetFindings(), "SPF_UNKNOWN")) == 0 {
			t.Errorf("%s: got %v", what, codesOf(r.GetFindings()))
		}
	}
	expect("all well", "ANSWERS ANSWERS ANSWERS")
	ns2.kill()
	ns3.pause()
	expect("knot killed, nsd paused", "ANSWERS UNREACHABLE SILENT")
	ns1.pause()
	expect("knot killed, both nsd paused", "SILENT UNREACHABLE SILENT")
	ns2.start()
	ns3.resume()
	expect("one nsd paused", "SILENT ANSWERS ANSWERS")
	ns1.resume()
	expect("all back", "ANSWERS ANSWERS ANSWERS")
	ns1.kill()
	ns2.pause()
	expect("nsd killed, knot paused", "UNREACHABLE SILENT ANSWERS")
	ns3.kill()
	expect("both nsd killed, knot paused", "UNREACHABLE SILENT UNREACHABLE")
	ns1.start()
	ns2.resume()
	ns3.start()
	expect("all back again", "ANSWERS ANSWERS ANSWERS")
}

// TestWorldANameServerFallsBehind has one server come back with an older copy.
func TestWorldANameServerFallsBehind(t *testing.T) {
	ns1, ns2, _ := outage(t)
	client := outageClient(t, outageNS1)
	ns2.kill()
	knot(t, outageNS2, "outage.test", outageZone(0, "v=spf1 ip4:198.18.9.0/24 -all"))
	r := lookAt(t, client, pb.View_VIEW_AUTHORITATIVE)
	if got := states(r); strings.Count(got, "ANSWERS") != 2 || strings.Count(got, "DISAGREES") != 1 || len(matching(r.GetFindings(), "NS_ANSWERS_DIFFER")) == 0 {
		t.Errorf("servers %q; got %v", got, codesOf(r.GetFindings()))
	}
	ns1.pause()
	r = lookAt(t, client, pb.View_VIEW_AUTHORITATIVE)
	if got := states(r); !strings.HasPrefix(got, "SILENT ") || len(matching(r.GetFindings(), "NS_ANSWERS_DIFFER")) == 0 {
		t.Errorf("one paused: servers %q; got %v", got, codesOf(r.GetFindings()))
	}
	ns1.resume()
}

// TestWorldNameServersFailDuringChecks kills, pauses and starts servers while
// checks are under way. One is always up: all stays known.
func TestWorldNameServersFailDuringChecks(t *testing.T) {
	ns1, ns2, _ := outage(t)
	client := outageClient(t, outageNS1)
	var done atomic.Bool
	var checks atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !done.Load() {
				start := time.Now()
				r, err := client.CheckDomain(t.Context(), &pb.CheckDomainRequest{Domain: "outage.test", DkimSelectors: []string{"s1"}, View: pb.View_VIEW_AUTHORITATIVE})
				if took := time.Since(start); err != nil || took > 3*time.Second {
					t.Errorf("%v after %v", err, took)
					return
				}
				wholeMail(t, r)
				checks.Add(1)
			}
		})
	}
	upTo := func(n int64) { // that many more checks have ended
		for n += checks.Load(); checks.Load() < n && !t.Failed(); {
			lookAt(t, client, pb.View_VIEW_AUTHORITATIVE)
		}
	}
	for range 2 {
		ns1.pause()
		upTo(4)
		ns2.kill()
		upTo(4)
		ns1.resume()
		ns2.start()
		upTo(4)
	}
	done.Store(true)
	wg.Wait()
	t.Logf("%d checks", checks.Load())
}

// TestWorldResolversFailAndComeBack pauses and kills the resolver in use while
// another stands by.
func TestWorldResolversFailAndComeBack(t *testing.T) {
	outage(t)
	first, second := unbound(t, outageUp1, outageRoot), unbound(t, outageUp2, outageRoot)
	u, err := resolver.NewUpstream(resolver.UpstreamConfig{Servers: []resolver.Server{first.server(), second.server()}, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	n := 0
	ask := func() (string, time.Duration) {
		t.Helper()
		n++
		start := time.Now()
		a, err := u.Resolve(t.Context(), resolver.Ask(fmt.Sprintf("n%d.any.outage.test", n), resolver.TypeTXT))
		if err != nil {
			t.Fatal(err)
		}
		return a.Server, time.Since(start)
	}
	// Both are used, each when it is the quicker.
	answers := func(d *daemon) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; {
			if server, _ := ask(); server == d.server().String() {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%v is not asked: %+v", d.addr, u.Stats())
			}
		}
	}
	answers(first)
	answers(second)
	for _, fail := range []struct{ stop, recover func() }{{first.pause, first.resume}, {first.kill, first.start}} {
		fail.stop()
		var total time.Duration
		for range 200 {
			server, took := ask()
			total += took
			if server != second.server().String() {
				t.Errorf("answered by %s", server)
			}
		}
		if total > 3*time.Second { // silence costs a time-out or two, not one for each question
			t.Errorf("200 questions took %v: %+v", total, u.Stats())
		}
		fail.recover()
		answers(first)
	}
	second.kill()
	if server, took := ask(); server != first.server().String() || took > time.Second {
		t.Errorf("answered by %s after %v", server, took)
	}
	second.start()
	answers(second)
}

// TestWorldAllResolversFail has nobody left to ask: unknown, in time, and known
// again when one is back.
func TestWorldAllResolversFail(t *testing.T) {
	outage(t)
	first, second := unbound(t, outageUp1, outageRoot), unbound(t, outageUp2, outageRoot)
	client := outageClient(t, outageUp1, outageUp2)
	wholeMail(t, lookAt(t, client, pb.View_VIEW_FRESH))
	first.kill()
	wholeMail(t, lookAt(t, client, pb.View_VIEW_FRESH))
	second.pause()
	r := lookAt(t, client, pb.View_VIEW_FRESH)
	for _, code := range []string{"SPF_UNKNOWN", "MX_UNKNOWN", "DMARC_UNKNOWN"} {
		if len(matching(r.GetFindings(), code)) == 0 {
			t.Errorf("no %s; got %v", code, codesOf(r.GetFindings()))
		}
	}
	second.resume()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for known := false; !known; {
		r := lookAt(t, client, pb.View_VIEW_FRESH)
		known = len(matching(r.GetFindings(), "*_UNKNOWN")) == 0
		if ctx.Err() != nil {
			t.Fatalf("not known again: %v", codesOf(r.GetFindings()))
		}
	}
}
