package resolver_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// way is the zones of a delegation.
func way(d resolver.Delegation) (zones []string) {
	for _, s := range d.Steps {
		zones = append(zones, s.Zone)
	}
	return zones
}

// outcomes are those of the steps of a delegation.
func outcomes(d resolver.Delegation) (list []resolver.Outcome) {
	for _, s := range d.Steps {
		list = append(list, s.Outcome)
	}
	return list
}

func TestDelegationShowsTheWayDown(t *testing.T) {
	net, config := online(t)
	d := resolver.NewAuthority(config).Delegation(t.Context(), "example.test")
	if d.Err != nil || d.Zone != "example.test" || !slices.Equal(way(d), []string{".", "test", "example.test"}) {
		t.Fatalf("%+v", d)
	}
	if got := outcomes(d); !slices.Equal(got, []resolver.Outcome{resolver.Refers, resolver.Refers, resolver.Answers}) {
		t.Errorf("outcomes %v", got)
	}
	root, test, example := d.Steps[0], d.Steps[1], d.Steps[2]
	if root.Referred || root.DSKnown || len(root.Servers) != 1 {
		t.Errorf("%+v", root)
	}
	if !test.Referred || test.Server != net["1"].Addr().String() || test.Host != net["1"].Addr().Addr().String() || test.Elapsed <= 0 || !test.DSKnown || len(test.DS) != 1 || test.DS[0].KeyTag != 4711 {
		t.Errorf("%+v", test)
	}
	if !example.Referred || example.Server != net["2"].Addr().String() || example.Host != "a.nic.test" || example.Unglued() != nil || len(example.DS) != 1 || example.DS[0].KeyTag != 815 || len(example.Servers) != 2 {
		t.Errorf("%+v", example)
	}
	for i, s := range example.Servers {
		want := []netip.Addr{net[[]string{"11", "12"}[i]].Addr().Addr()}
		if !slices.Equal(s.Glue, want) || !slices.Equal(s.Addrs, want) || !s.Parent || !s.Child {
			t.Errorf("%+v", s)
		}
	}
	if len(d.SOA.Told) != 2 || d.SOA.Told[0].Condition() != resolver.Answering || len(d.SOA.Groups()) != 1 {
		t.Errorf("%+v", d.SOA)
	}
	if example.ParentOnly() != nil || example.ChildOnly() != nil {
		t.Errorf("parent only %v, child only %v", example.ParentOnly(), example.ChildOnly())
	}
}

func TestDelegationShowsWhatParentAndChildListAlone(t *testing.T) {
	_, config := online(t)
	d := resolver.NewAuthority(config).Delegation(t.Context(), "hosted.test")
	last := d.Steps[len(d.Steps)-1]
	if !slices.Equal(last.Unglued(), []string{"old.hoster.test"}) {
		t.Errorf("looked up: %v", last.Unglued())
	}
	if !slices.Equal(last.ParentOnly(), []string{"old.hoster.test"}) || !slices.Equal(last.ChildOnly(), []string{"new.hoster.test"}) {
		t.Errorf("parent only %v, child only %v", last.ParentOnly(), last.ChildOnly())
	}
	if !last.DSKnown || len(last.DS) != 0 {
		t.Errorf("%+v", last)
	}
}

// Where the way breaks, the steps before it and the reason are there.
func TestDelegationShowsWhereItBreaks(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		fault      map[string]dnstest.Fault
		status     resolver.Status
		kind       resolver.Kind
		end        resolver.Outcome
	}{
		{name: "absent.test", zone: "test", status: resolver.NXDomain, end: resolver.Denies},
		{name: "absent.invalid", zone: ".", status: resolver.NXDomain, end: resolver.Denies},
		{name: "mx.example.test", zone: "example.test", status: resolver.NoData, end: resolver.Answers},
		{name: "away.example.test", zone: "example.test", status: resolver.NoData, end: resolver.Answers},
		{name: "example.test", zone: "test", fault: map[string]dnstest.Fault{"2": {Rcode: 2}}, kind: resolver.ServerFailure, end: resolver.Breaks},
		{name: "example.test", zone: "example.test", fault: map[string]dnstest.Fault{"11": {Rcode: 5}, "12": {Lame: true}}, kind: resolver.Refused, end: resolver.Breaks},
		{name: "inside.test", zone: "inside.test", kind: resolver.Unreachable, end: resolver.Breaks},
	} {
		net, config := online(t)
		for last, fault := range c.fault {
			net[last].Always(fault)
		}
		d := resolver.NewAuthority(config).Delegation(t.Context(), c.name)
		last := d.Steps[len(d.Steps)-1]
		if last.Outcome != c.end || (last.Err != nil) != (c.end == resolver.Breaks) {
			t.Errorf("%s: ends with %v, %v", c.name, last.Outcome, last.Err)
		}
		kind := resolver.KindOf(d.Err)
		if kind == resolver.Lame { // one of the two reasons
			kind = resolver.Refused
		}
		if d.Zone != c.zone || d.Apex.Status != c.status || kind != c.kind || way(d)[len(d.Steps)-1] != c.zone || (len(d.SOA.Told) == 0) != (c.status == resolver.NXDomain) {
			t.Errorf("%s: zone %q, %v, %v, way %v, %d servers", c.name, d.Zone, d.Apex.Status, d.Err, way(d), len(d.SOA.Told))
		}
	}
}

// One server for a zone and its child refers to nothing: the answer tells of the
// cut, and the DS set is asked for.
func TestDelegationSeesACutWithoutAReferral(t *testing.T) {
	_, config := online(t)
	config.Hosts = dnstest.New(t, "ns2.example.test. A 127.99.0.12")
	a := resolver.NewAuthority(config)
	poll := a.Each(t.Context(), resolver.Ask("sub.example.test", resolver.TypeTXT))
	if poll.Zone != "sub.example.test" || len(poll.Told) != 1 || poll.Told[0].Condition() != resolver.Answering {
		t.Errorf("%+v", poll)
	}
	d := a.Delegation(t.Context(), "sub.example.test")
	third := resolver.Serves
	if d.Steps[len(d.Steps)-1].Referred { // the server that has the parent alone was asked
		third = resolver.Refers
	}
	if got := outcomes(d); !slices.Equal(got, []resolver.Outcome{resolver.Refers, resolver.Refers, third, resolver.Answers}) {
		t.Errorf("outcomes %v", got)
	}
	if last := d.Steps[len(d.Steps)-1]; last.Zone != "sub.example.test" || !last.DSKnown || len(last.DS) != 0 {
		t.Errorf("%+v", last)
	}
}

// A server that refers the question for the DS set to the zone below is not asked
// for ever.
func TestADSSetReferredDownwardIsAnError(t *testing.T) {
	net, config := online(t)
	net["2"].Fault(func(q dnstest.Asked) dnstest.Fault { return dnstest.Fault{Refer: q.Question.Type == resolver.TypeDS} })
	a := resolver.NewAuthority(config)
	must(t, a, "example.test", resolver.TypeMX)
	_, err := a.Resolve(t.Context(), resolver.Ask("example.test", resolver.TypeDS))
	if resolver.KindOf(err) != resolver.Lame || net["2"].Count() > 3 {
		t.Errorf("%v, asked %d times", err, net["2"].Count())
	}
	if got := must(t, a, "hosted.test", resolver.TypeTXT); got.Status != resolver.NoData {
		t.Errorf("%+v", got)
	}
}
