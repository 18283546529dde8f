package resolver_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

func TestEachServerIsToldApart(t *testing.T) {
	for _, c := range []struct {
		fault dnstest.Fault
		want  resolver.Condition
		kind  resolver.Kind
	}{
		{dnstest.Fault{}, resolver.Answering, 0},
		{dnstest.Fault{Delay: 400 * time.Millisecond}, resolver.Slow, 0},
		{dnstest.Fault{Lame: true}, resolver.LameServer, resolver.Lame},
		{dnstest.Fault{Refer: true}, resolver.LameServer, resolver.Lame},
		{dnstest.Fault{Rcode: 9}, resolver.LameServer, resolver.Lame},
		{dnstest.Fault{Rcode: 5}, resolver.Refusing, resolver.Refused},
		{dnstest.Fault{Rcode: 2}, resolver.Failing, resolver.ServerFailure},
		{dnstest.Fault{Rcode: 4}, resolver.Failing, resolver.OtherRcode},
		{dnstest.Fault{Drop: true}, resolver.Silent, resolver.Timeout},
	} {
		t.Run(c.want.String(), func(t *testing.T) {
			net, config := online(t)
			net["11"].Always(c.fault)
			poll := resolver.NewAuthority(config).Each(t.Context(), resolver.Ask("example.test", resolver.TypeMX))
			if poll.Zone != "example.test" || len(poll.Told) != 2 {
				t.Fatalf("%+v", poll)
			}
			one, two := poll.Told[0], poll.Told[1]
			if one.Host != "ns1.example.test" || one.Addr != net["11"].Addr().Addr() || one.Condition() != c.want || resolver.KindOf(one.Err) != c.kind {
				t.Errorf("%+v %v", one, one.Condition())
			}
			if two.Host != "ns2.example.test" || two.Condition() != resolver.Answering || len(two.Answer.MX()) != 1 || two.RTT == 0 {
				t.Errorf("%+v", two)
			}
		})
	}
	t.Run(resolver.Closed.String(), func(t *testing.T) {
		net, config := online(t)
		net["11"].Close()
		poll := resolver.NewAuthority(config).Each(t.Context(), resolver.Ask("example.test", resolver.TypeMX))
		if got := poll.Told[0]; got.Condition() != resolver.Closed {
			t.Errorf("%+v", got)
		}
	})
}

// Propagation: one server has the record, the other not yet.
func TestEachServerGivesItsOwnAnswer(t *testing.T) {
	net, config := online(t)
	ahead := strings.NewReplacer("-all", "~all", " 7 7200", " 8 7200").Replace(exampleText)
	net["12"].Close()
	dnstest.Serve(t, ahead, dnstest.Config{Listen: net["12"].Addr().String(), Zones: []string{"example.test."}})
	a := resolver.NewAuthority(config)
	texts := func(p resolver.Poll) (out []string) {
		for _, group := range p.Groups() {
			out = append(out, group[0].Host+" "+group[0].Answer.Data[0].String())
		}
		return out
	}
	want := []string{`ns1.example.test "v=spf1 mx -all"`, `ns2.example.test "v=spf1 mx ~all"`}
	if got := texts(a.Each(t.Context(), resolver.Ask("example.test", resolver.TypeTXT))); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := a.Each(t.Context(), resolver.Ask("example.test", resolver.TypeMX)).Groups(); len(got) != 1 || len(got[0]) != 2 {
		t.Errorf("equal answers in %d groups", len(got))
	}
	serials := a.Delegation(t.Context(), "example.test").SOA.Groups()
	if len(serials) != 2 || serials[0][0].Answer.Data[0].(resolver.SOA).Serial == serials[1][0].Answer.Data[0].(resolver.SOA).Serial {
		t.Errorf("serials: %+v", serials)
	}
}

func TestEachFollowsAliasesThatLeaveTheZone(t *testing.T) {
	_, config := online(t)
	a := resolver.NewAuthority(config)
	poll := a.Each(t.Context(), resolver.Ask("far.example.test", resolver.TypeA))
	if groups := poll.Groups(); poll.Zone != "example.test" || len(groups) != 1 || len(groups[0]) != 2 || groups[0][0].Answer.Name != "www.hosted.test" {
		t.Errorf("%+v", poll)
	}
	for _, told := range a.Each(t.Context(), resolver.Ask("loop.example.test", resolver.TypeA)).Told {
		if resolver.KindOf(told.Err) != resolver.Malformed || told.Answer.Status != 0 {
			t.Errorf("%+v", told)
		}
	}
}

// Servers that only the zone itself lists are asked too; those without an address
// are there, as such.
func TestEachAsksServersThatOnlyTheZoneLists(t *testing.T) {
	_, config := online(t)
	config.Hosts = dnstest.New(t, "new.hoster.test. A 127.99.0.13\nhoster.test. TXT \"no old one\"")
	poll := resolver.NewAuthority(config).Each(t.Context(), resolver.Ask("www.hosted.test", resolver.TypeA))
	want := map[string]resolver.Condition{
		"ns.hoster.test": resolver.Answering, "new.hoster.test": resolver.Answering, "old.hoster.test": resolver.NoAddress,
	}
	if len(poll.Told) != 3 {
		t.Errorf("%+v", poll)
	}
	for _, told := range poll.Told {
		if told.Condition() != want[told.Host] {
			t.Errorf("%s %v", told.Host, told.Condition())
		}
	}
}

// A silent server is waited for once in a request, not once for each question.
func TestEachWaitsForASilentServerOnce(t *testing.T) {
	net, config := online(t)
	net["11"].Always(dnstest.Fault{Drop: true})
	a := resolver.NewAuthority(config)
	start := time.Now()
	for _, typ := range []resolver.Type{resolver.TypeMX, resolver.TypeTXT, resolver.TypeA, resolver.TypeSOA} {
		poll := a.Each(t.Context(), resolver.Ask("example.test", typ))
		if poll.Told[0].Condition() != resolver.Silent || poll.Told[1].Condition() != resolver.Answering {
			t.Errorf("%+v", poll)
		}
	}
	if took := time.Since(start); took > 2900*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

// When the caller's time is up no server is blamed.
func TestEachBlamesNobodyForTheCallersHaste(t *testing.T) {
	net, config := online(t)
	a := resolver.NewAuthority(config)
	must(t, a, "example.test", resolver.TypeNS)
	net["11"].Always(dnstest.Fault{Drop: true})
	net["12"].Always(dnstest.Fault{Drop: true})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	for _, told := range a.Each(ctx, resolver.Ask("example.test", resolver.TypeMX)).Told {
		if told.Condition() != resolver.NotAsked || resolver.KindOf(told.Err) != resolver.Canceled {
			t.Errorf("%+v", told)
		}
	}
}

func TestConditionsHaveWords(t *testing.T) {
	for c := resolver.Answering; c <= resolver.NotAsked; c++ {
		if s := c.String(); s == "" || strings.HasPrefix(s, "Condition(") {
			t.Errorf("%d is %q", c, s)
		}
	}
	if s := resolver.Condition(99).String(); s != "Condition(99)" {
		t.Error(s)
	}
}

// An assay asks for everything at once through one Authority.
func TestAuthorityServesAWholeAssayAtOnce(t *testing.T) {
	net, config := online(t)
	config.Hosts = dnstest.New(t, "new.hoster.test. A 127.99.0.13\nns2.example.test. A 127.99.0.12\nhoster.test. TXT \"no old one\"")
	a := resolver.NewAuthority(config)
	request := resolver.NewRequest(a, resolver.Budget{Questions: 100}, true)
	var wg sync.WaitGroup
	for _, domain := range []string{"example.test", "hosted.test", "sub.example.test", "absent.test"} {
		wg.Go(func() {
			if d := a.Delegation(t.Context(), domain); d.Err != nil || len(d.Steps) == 0 {
				t.Errorf("%s: %+v", domain, d)
			}
		})
		for _, typ := range []resolver.Type{resolver.TypeMX, resolver.TypeTXT, resolver.TypeA, resolver.TypeSOA} {
			wg.Go(func() {
				if poll := a.Each(t.Context(), resolver.Ask(domain, typ)); len(poll.Groups()) != 1 {
					t.Errorf("%s %v: %+v", domain, typ, poll)
				}
			})
			wg.Go(func() {
				if _, err := request.Resolve(t.Context(), resolver.Ask("_dmarc."+domain, typ)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if s := request.Spent(); s.Questions != 16 || s.Sent != 16 {
		t.Errorf("%+v", s)
	}
	if n := net.counts(); n["1"] != 1 {
		t.Errorf("questions: %v", n)
	}
}
