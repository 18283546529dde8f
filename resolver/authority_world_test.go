package resolver_test

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
)

// world needs the loopback world of real name servers (nsd, knot, unbound) to be
// up: MAILASSAY_WORLD says so.
func world(t *testing.T) resolver.AuthorityConfig {
	t.Helper()
	if os.Getenv("MAILASSAY_WORLD") == "" {
		t.Skip("MAILASSAY_WORLD is not set: the loopback world of name servers is not up")
	}
	x := new(resolver.Exchanger)
	t.Cleanup(func() { x.Close() })
	unbound := resolver.Server{Addr: netip.MustParseAddrPort("127.53.0.100:53")}
	hosts := resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
		r, err := x.Exchange(ctx, unbound, q, resolver.Options{Recurse: true})
		return r.Answer, err
	})
	return resolver.AuthorityConfig{
		Exchanger: x, Hosts: hosts, Roots: []netip.Addr{netip.MustParseAddr("127.53.0.1")},
		Allow: []netip.Prefix{netip.MustParsePrefix("127.53.0.0/16")},
	}
}

// conditions are the servers of a poll by host, each with how it behaves.
func conditions(p resolver.Poll) map[string]resolver.Condition {
	out := map[string]resolver.Condition{}
	for _, t := range p.Told {
		out[strings.TrimSuffix(t.Host, ".faultdns.test")] = t.Condition()
	}
	return out
}

func TestWorldServersAreToldApart(t *testing.T) {
	c := world(t)
	for _, w := range []struct {
		domain string
		want   map[string]resolver.Condition
	}{
		{"good.test", map[string]resolver.Condition{"ns-a": resolver.Answering, "ns-b": resolver.Answering}},
		{"half-lame.test", map[string]resolver.Condition{"ns-a": resolver.Answering, "ns-refused": resolver.Refusing}},
		{"ns-dead-one.test", map[string]resolver.Condition{"ns-a": resolver.Answering, "ns-dead": resolver.Silent}},
		{"ns-dead.test", map[string]resolver.Condition{"ns-dead": resolver.Silent, "ns-dead2": resolver.Silent}},
		{"ns-closed.test", map[string]resolver.Condition{"ns-closed": resolver.Closed}},
		{"ns-slow.test", map[string]resolver.Condition{"ns-slow": resolver.Slow}},
		{"ns-vslow.test", map[string]resolver.Condition{"ns-vslow": resolver.Silent}},
		{"servfail.test", map[string]resolver.Condition{"ns-servfail": resolver.Failing}},
		{"garbage.test", map[string]resolver.Condition{"ns-garbage": resolver.Silent}}, // nothing that is a reply to us
		{"lame.test", nil},
		{"lame2.test", nil},
	} {
		t.Run(w.domain, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			poll := resolver.NewAuthority(c).Each(ctx, resolver.Ask(w.domain, resolver.TypeMX))
			got := conditions(poll)
			if poll.Zone != w.domain || len(got) == 0 {
				t.Fatalf("zone %q, servers %v", poll.Zone, got)
			}
			for host, condition := range w.want {
				if got[host] != condition {
					t.Errorf("%s %v, want %v", host, got[host], condition)
				}
			}
			for host, condition := range got {
				lame := condition == resolver.Refusing || condition == resolver.LameServer
				if w.want == nil && !lame || w.want != nil && w.want[host] == 0 {
					t.Errorf("%s %v", host, condition)
				}
			}
		})
	}
}

func TestWorldOutOfStepServersDisagree(t *testing.T) {
	c := world(t)
	a := resolver.NewAuthority(c)
	for _, typ := range []resolver.Type{resolver.TypeTXT, resolver.TypeSOA} {
		poll := a.Each(t.Context(), resolver.Ask("split.test", typ))
		if groups := poll.Groups(); len(groups) != 2 {
			t.Errorf("%v: %d groups of answers: %v", typ, len(groups), poll.Told)
		}
	}
	if poll := a.Each(t.Context(), resolver.Ask("good.test", resolver.TypeTXT)); len(poll.Groups()) != 1 {
		t.Errorf("good.test disagrees: %v", poll.Told)
	}
	d := a.Delegation(t.Context(), "split.test")
	serials := map[uint32]bool{}
	for _, told := range d.SOA.Told {
		for _, data := range told.Answer.Data {
			serials[data.(resolver.SOA).Serial] = true
		}
	}
	if len(serials) != 2 {
		t.Errorf("serials %v", serials)
	}
}

func TestWorldDelegationShowsEachStep(t *testing.T) {
	c := world(t)
	for _, w := range []struct {
		domain string
		zones  []string
		signed bool
	}{
		{"good.test", []string{".", "test", "good.test"}, true},
		{"unsigned.test", []string{".", "test", "unsigned.test"}, false},
	} {
		d := resolver.NewAuthority(c).Delegation(t.Context(), w.domain)
		var zones []string
		for _, s := range d.Steps {
			zones = append(zones, s.Zone)
		}
		last := d.Steps[len(d.Steps)-1]
		if d.Err != nil || d.Zone != w.domain || !slices.Equal(zones, w.zones) || !last.Referred || last.Elapsed == 0 || last.Server == "" {
			t.Fatalf("%+v", d)
		}
		if !last.DSKnown || (len(last.DS) > 0) != w.signed {
			t.Errorf("%s: DS %v, known %v", w.domain, last.DS, last.DSKnown)
		}
		if last.ParentOnly() != nil || last.ChildOnly() != nil {
			t.Errorf("%s: parent only %v, child only %v", w.domain, last.ParentOnly(), last.ChildOnly())
		}
		for _, s := range last.Servers {
			if len(s.Addrs) == 0 || !s.Parent || !s.Child {
				t.Errorf("%s: %+v", w.domain, s)
			}
		}
	}
	d := resolver.NewAuthority(c).Delegation(t.Context(), "nxdomain.test")
	if d.Zone != "test" || d.Apex.Status != resolver.NXDomain || d.Err != nil {
		t.Errorf("nxdomain.test: %v %v %v", d.Zone, d.Apex.Status, d.Err)
	}
}

// The authoritative view gives the answers that the validating resolver gives.
func TestWorldAuthorityAgreesWithTheResolver(t *testing.T) {
	c := world(t)
	for _, q := range []resolver.Question{
		resolver.Ask("good.test", resolver.TypeMX), resolver.Ask("_dmarc.good.test", resolver.TypeTXT),
		resolver.Ask("nope.good.test", resolver.TypeTXT), resolver.Ask("cname-chain.test", resolver.TypeTXT),
		resolver.Ask("bigtxt.test", resolver.TypeTXT), resolver.Ask("mx-private.test", resolver.TypeMX),
		resolver.Ask("apexcname.test", resolver.TypeMX), resolver.Ask("x.sub.dname.test", resolver.TypeTXT),
		resolver.Ask("formerr-edns.test", resolver.TypeMX), resolver.Ask("flap.test", resolver.TypeMX),
		resolver.Ask("always-tc.test", resolver.TypeMX), resolver.Ask("b.ent.test", resolver.TypeTXT),
		resolver.Ask("good.test", resolver.TypeDS), resolver.Ask("10.2.0.192.in-addr.arpa", resolver.TypePTR),
		resolver.Ask("cname-dangling.test", resolver.TypeA), resolver.Ask("www.cname-chain.test", resolver.TypeA),
	} {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			t.Parallel()
			want, err := c.Hosts.Resolve(t.Context(), q)
			if err != nil {
				t.Fatalf("resolver: %v", err)
			}
			a := resolver.NewAuthority(c)
			got, err := a.Resolve(t.Context(), q)
			if err != nil {
				t.Fatalf("authority: %v", err)
			}
			if !got.Equal(want) {
				t.Errorf("authority %v %v %v %v, resolver %v %v %v %v", got.Status, got.Name, got.Aliases, got.Data, want.Status, want.Name, want.Aliases, want.Data)
			}
		})
	}
}

func TestWorldSilentZoneEndsInTime(t *testing.T) {
	c := world(t)
	a := resolver.NewAuthority(c)
	start := time.Now()
	for _, name := range []string{"ns-dead.test", "_dmarc.ns-dead.test", "mail.ns-dead.test"} {
		for _, typ := range []resolver.Type{resolver.TypeMX, resolver.TypeTXT, resolver.TypeA} {
			if _, err := a.Resolve(t.Context(), resolver.Ask(name, typ)); resolver.KindOf(err) != resolver.Timeout {
				t.Errorf("%s %v: %v", name, typ, err)
			}
		}
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("nine questions in a row took %v", took)
	}
}
