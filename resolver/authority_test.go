package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// A small internet: the root at 127.99.0.1, test. at .2, its zones at .11 and .12,
// hosters at .13.
const (
	rootText = `
.                     SOA  a.root.test. hostmaster.test. 1 7200 900 1209600 300
.                     NS   a.root.test.
a.root.test.          A    127.99.0.1
test.                 NS   a.nic.test.
test.                 DS   4711 13 2 0011223344556677889900112233445566778899001122334455667788990011
a.nic.test.           A    127.99.0.2
arpa.                 NS   a.nic.test.
`
	testText = `
test.                 SOA  a.nic.test. hostmaster.test. 2 7200 900 1209600 300
test.                 NS   a.nic.test.
a.nic.test.           A    127.99.0.2
example.test.         NS   ns1.example.test.
example.test.         NS   ns2.example.test.
example.test.         DS   815 13 2 0011223344556677889900112233445566778899001122334455667788990022
ns1.example.test.     A    127.99.0.11
ns2.example.test.     A    127.99.0.12
hosted.test.          NS   ns.hoster.test.
hosted.test.          NS   old.hoster.test.
hoster.test.          NS   ns.hoster.test.
ns.hoster.test.       A    127.99.0.13
glueless.test.        NS   ns.elsewhere.invalid.
inside.test.          NS   ns.inside.test.
ns.inside.test.       A    127.99.1.1
`
	exampleText = `
example.test.         SOA  ns1.example.test. hostmaster.example.test. 7 7200 900 1209600 300
example.test.         NS   ns1.example.test.
example.test.         NS   ns2.example.test.
example.test.         MX   10 mx.example.test.
example.test.         TXT  "v=spf1 mx -all"
ns1.example.test.     A    127.99.0.11
ns2.example.test.     A    127.99.0.12
mx.example.test.      A    192.0.2.25
away.example.test.    CNAME www.hosted.test.
far.example.test.     CNAME away.example.test.
gone.example.test.    CNAME absent.hosted.test.
loop.example.test.    CNAME loop.hosted.test.
sub.example.test.     NS   ns2.example.test.
sub.example.test.     SOA  ns2.example.test. hostmaster.example.test. 9 7200 900 1209600 300
sub.example.test.     TXT  "below"
dkim._domainkey.example.test. TXT "v=DKIM1; p="
`
	hostedText = `
hosted.test.          SOA  ns.hoster.test. hostmaster.hoster.test. 3 7200 900 1209600 300
hosted.test.          NS   ns.hoster.test.
hosted.test.          NS   new.hoster.test.
www.hosted.test.      A    192.0.2.80
loop.hosted.test.     CNAME loop.example.test.
hoster.test.          SOA  ns.hoster.test. hostmaster.hoster.test. 3 7200 900 1209600 300
hoster.test.          NS   ns.hoster.test.
ns.hoster.test.       A    127.99.0.13
new.hoster.test.      A    127.99.0.13
`
)

// internet is name servers by the last part of their address.
type internet map[string]*dnstest.Server

// online starts the small internet and gives a configuration to walk it. Each test
// has addresses of its own, so that tests may run side by side.
func online(t *testing.T) (internet, resolver.AuthorityConfig) {
	t.Helper()
	net := internet{}
	port := uint16(0)
	for _, s := range []struct {
		last, text string
		zones      []string
	}{
		{"1", rootText, []string{"."}},
		{"2", testText, []string{"test."}},
		{"11", exampleText, []string{"example.test."}},
		{"12", exampleText, []string{"example.test.", "sub.example.test."}},
		{"13", hostedText, []string{"hosted.test.", "hoster.test."}},
	} {
		server := dnstest.Serve(t, s.text, dnstest.Config{Listen: fmt.Sprintf("127.99.0.%s:%d", s.last, port), Zones: s.zones})
		net[s.last], port = server, server.Addr().Port()
	}
	x := new(resolver.Exchanger)
	t.Cleanup(func() { x.Close() })
	return net, resolver.AuthorityConfig{
		Exchanger: x, Roots: []netip.Addr{netip.MustParseAddr("127.99.0.1")}, Port: port,
		Allow: []netip.Prefix{netip.MustParsePrefix("127.99.0.0/24")},
	}
}

// counts are the questions at each server, those of none left out.
func (n internet) counts() map[string]int {
	out := map[string]int{}
	for last, s := range n {
		if c := s.Count(); c > 0 {
			out[last] = c
		}
	}
	return out
}

func TestAuthorityGoesDownFromTheRoot(t *testing.T) {
	net, c := online(t)
	a := resolver.NewAuthority(c)
	got := must(t, a, "example.test", resolver.TypeMX)
	if got.Status != resolver.Found || len(got.MX()) != 1 || !got.Authoritative || !strings.HasPrefix(got.Server, "127.99.0.1") {
		t.Errorf("%+v", got)
	}
	if n := net.counts(); n["1"] != 1 || n["2"] != 1 || n["11"]+n["12"] != 1 || a.Sent() != 3 {
		t.Errorf("questions: %v, sent %d", n, a.Sent())
	}
	for last, s := range net {
		for _, asked := range s.Asked() {
			if asked.Recurse {
				t.Errorf("server %s is asked for recursion", last)
			}
		}
	}
	if got := must(t, a, "absent.example.test", resolver.TypeMX); got.Status != resolver.NXDomain || got.SOAOwner != "example.test" {
		t.Errorf("%+v", got)
	}
	if got := must(t, a, "example.test", resolver.TypeTLSA); got.Status != resolver.NoData {
		t.Errorf("%+v", got)
	}
	if got := must(t, a, "absent.test", resolver.TypeMX); got.Status != resolver.NXDomain || got.SOAOwner != "test" {
		t.Errorf("%+v", got)
	}
	if n := net.counts(); n["1"] != 1 || n["2"] != 2 {
		t.Errorf("the way is gone again: %v", n)
	}
}

// A whole assay asks its questions at once: the way down is gone once for all.
func TestAuthorityGoesDownOnceForAllWhoAskAtOnce(t *testing.T) {
	net, c := online(t)
	a := resolver.NewAuthority(c)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			name := [...]string{"example.test", "_dmarc.example.test", "dkim._domainkey.example.test", "mx.example.test"}[i%4]
			must(t, a, name, resolver.Type(16+i/4))
		})
	}
	wg.Wait()
	if n := net.counts(); n["1"] != 1 || n["2"] != 1 || n["11"]+n["12"] != 40 {
		t.Errorf("questions: %v", n)
	}
}

func TestAuthorityFollowsAliasesAcrossZones(t *testing.T) {
	_, c := online(t)
	a := resolver.NewAuthority(c)
	got := must(t, a, "far.example.test", resolver.TypeA)
	if got.Status != resolver.Found || got.Name != "www.hosted.test" || !slices.Equal(got.Aliases, []string{"away.example.test", "www.hosted.test"}) || got.Question.Name != "far.example.test" || len(got.Addrs()) != 1 {
		t.Errorf("%+v", got)
	}
	got = must(t, a, "gone.example.test", resolver.TypeA)
	if got.Status != resolver.NXDomain || got.Name != "absent.hosted.test" || got.SOAOwner != "hosted.test" {
		t.Errorf("%+v", got)
	}
	if got := must(t, a, "far.example.test", resolver.TypeCNAME); len(got.Hosts()) != 1 || len(got.Aliases) != 0 {
		t.Errorf("%+v", got)
	}
	_, err := a.Resolve(t.Context(), resolver.Ask("loop.example.test", resolver.TypeA))
	var e *resolver.Error
	if !errors.As(err, &e) || e.Kind != resolver.Malformed || e.Question.Name != "loop.example.test" {
		t.Errorf("a loop: %v", err)
	}
	if got := must(t, a, "sub.example.test", resolver.TypeTXT); len(got.Data) != 1 {
		t.Errorf("below another cut: %+v", got)
	}
}

func TestAuthorityFindsAServerThatAnswers(t *testing.T) {
	for name, fault := range map[string]dnstest.Fault{
		"SERVFAIL": {Rcode: 2}, "REFUSED": {Rcode: 5}, "lame": {Lame: true}, "silent": {Drop: true}, "garbage": {Garbage: true},
		"loop": {Refer: true}, "NOTAUTH": {Rcode: 9},
	} {
		t.Run(name, func(t *testing.T) {
			net, c := online(t)
			a := resolver.NewAuthority(c)
			net["11"].Always(fault)
			start := time.Now()
			for _, typ := range []resolver.Type{resolver.TypeMX, resolver.TypeTXT, resolver.TypeNS, resolver.TypeA, resolver.TypeSOA} {
				if got := must(t, a, "example.test", typ); got.Server == net["11"].Addr().String() {
					t.Errorf("%+v", got)
				}
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			if n := net["11"].Count(); n > 6 {
				t.Errorf("the broken server is asked %d times", n)
			}
		})
	}
}

// All servers of a zone are silent: one time-out, then all is known.
func TestSilentZoneCostsOneTimeOut(t *testing.T) {
	net, c := online(t)
	a := resolver.NewAuthority(c)
	net["11"].Always(dnstest.Fault{Drop: true})
	net["12"].Always(dnstest.Fault{Drop: true})
	start := time.Now()
	for round := range 2 { // at once, then one after another
		var wg sync.WaitGroup
		for i := range 20 {
			q := resolver.Ask(fmt.Sprintf("n%d.example.test", i), resolver.Type(16+round))
			ask := func() {
				_, err := a.Resolve(t.Context(), q)
				var e *resolver.Error
				if !errors.As(err, &e) || e.Kind != resolver.Timeout || e.Question != q || e.Server == "" {
					t.Errorf("%v", err)
				}
			}
			if round == 0 {
				wg.Go(ask)
			} else {
				ask()
			}
		}
		wg.Wait()
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
	must(t, a, "www.hosted.test", resolver.TypeA) // another zone is well
}

func TestAuthorityNeverAsksSpecialAddresses(t *testing.T) {
	net, c := online(t)
	c.Allow = nil
	a := resolver.NewAuthority(c)
	_, err := a.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeMX))
	if resolver.KindOf(err) != resolver.Unreachable || !strings.Contains(errors.Unwrap(err).Error(), "special-purpose address (loopback)") {
		t.Errorf("%v: %v", err, errors.Unwrap(err))
	}
	poll := a.Each(t.Context(), resolver.Ask("example.test", resolver.TypeMX))
	if len(poll.Told) != 1 || poll.Told[0].Condition() != resolver.NotAsked {
		t.Errorf("%+v", poll)
	}
	if n := net.counts(); !reflect.DeepEqual(n, map[string]int{"1": n["1"]}) {
		t.Errorf("asked: %v", n)
	}
}

func TestAuthorityHasABudget(t *testing.T) {
	net, c := online(t)
	c.Budget = 5
	a := resolver.NewAuthority(c)
	for i := range 10 {
		_, err := a.Resolve(t.Context(), resolver.Ask(fmt.Sprintf("_%d.example.test", i), resolver.TypeTXT))
		if want := i >= 3; (resolver.KindOf(err) == resolver.OverBudget) != want {
			t.Errorf("question %d: %v", i, err)
		}
	}
	if n := net.counts(); n["1"]+n["2"]+n["11"]+n["12"] != 5 || a.Sent() != 5 {
		t.Errorf("%v, sent %d", n, a.Sent())
	}
}

// The addresses of servers without glue come from the resolver that all share.
func TestAuthorityLooksUpServersWithoutGlue(t *testing.T) {
	for hosts, want := range map[string]struct {
		kind      resolver.Kind
		condition resolver.Condition
	}{
		`ns.elsewhere.invalid. A 127.99.0.11`:               {resolver.Refused, resolver.Refusing}, // found, and knows no such zone
		`elsewhere.invalid. TXT "nobody there"`:             {resolver.Unreachable, resolver.NoAddress},
		`;! fail ns.elsewhere.invalid. ANY SERVFAIL`:        {resolver.ServerFailure, resolver.NotAsked},
		`ns.elsewhere.invalid. A 10.0.0.1`:                  {resolver.Unreachable, resolver.NotAsked},
		`ns.elsewhere.invalid. AAAA ::ffff:127.99.0.11`:     {resolver.Unreachable, resolver.NotAsked},
		`ns.elsewhere.invalid. CNAME ns.elsewhere.example.`: {resolver.Unreachable, resolver.NoAddress},
	} {
		_, c := online(t)
		c.Hosts = dnstest.New(t, hosts)
		a := resolver.NewAuthority(c)
		_, err := a.Resolve(t.Context(), resolver.Ask("glueless.test", resolver.TypeMX))
		poll := a.Each(t.Context(), resolver.Ask("glueless.test", resolver.TypeMX))
		if resolver.KindOf(err) != want.kind || len(poll.Told) != 1 || poll.Told[0].Condition() != want.condition || poll.Told[0].Host != "ns.elsewhere.invalid" {
			t.Errorf("%s: %v, %+v", hosts, err, poll.Told)
		}
	}
}

func TestAuthorityLeavesWithItsCaller(t *testing.T) {
	net, c := online(t)
	net["1"].Always(dnstest.Fault{Drop: true})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := resolver.NewAuthority(c).Resolve(ctx, resolver.Ask("example.test", resolver.TypeMX))
	if resolver.KindOf(err) != resolver.Timeout || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}
