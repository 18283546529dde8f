package service

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// internet is a service over a root, a top-level domain and two zones below it.
//
// child.example: its parent lists ns1, ns2, ns3 and a server elsewhere, without
// glue; the zone itself ns1, ns2, ns4 and the one elsewhere. ns2 has older data, ns3
// and ns4 refuse. The servers of broken.example all refuse.
func internet(t *testing.T) (*Service, *dnstest.Resolver) {
	t.Helper()
	root := dnstest.Serve(t, `
. SOA ns.root. h.root. 1 7200 900 1209600 300
. NS ns.root.
ns.root. A 127.98.0.1
example. NS ns.nic.example.
example. DS 54321 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.nic.example. A 127.98.0.5
`, dnstest.Config{Listen: "127.98.0.1:0", Zones: []string{"."}})
	port := root.Addr().Port()
	at := func(last int, text string, zones ...string) {
		dnstest.Serve(t, text, dnstest.Config{Listen: fmt.Sprintf("127.98.0.%d:%d", last, port), Zones: zones})
	}
	at(5, `
example. SOA ns.nic.example. h.example. 1 7200 900 1209600 300
example. NS ns.nic.example.
ns.nic.example. A 127.98.0.5
child.example. NS ns1.child.example.
child.example. NS ns2.child.example.
child.example. NS ns3.child.example.
child.example. NS ns.elsewhere.invalid.
child.example. DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns1.child.example. A 127.98.0.2
ns2.child.example. A 127.98.0.3
ns3.child.example. A 127.98.0.4
broken.example. NS ns1.broken.example.
ns1.broken.example. A 127.98.0.4
`, "example.")
	zone := func(serial int, mx string) string {
		return fmt.Sprintf(`
$ORIGIN child.example.
@ SOA ns1 h %d 7200 900 1209600 300
@ NS ns1
@ NS ns2
@ NS ns4
@ NS ns.elsewhere.invalid.
ns1 A 127.98.0.2
ns2 A 127.98.0.3
ns4 A 127.98.0.4
@ MX 10 %s
mx A 192.0.2.1
@ TXT "v=spf1 mx -all"
_dmarc TXT "v=DMARC1; p=reject"
`, serial, mx)
	}
	at(2, zone(7, "mx"), "child.example.")
	at(3, zone(6, "old.mx"), "child.example.")
	at(4, "", "elsewhere.example.")
	at(6, zone(7, "mx"), "child.example.")
	shared := dnstest.New(t, "ns.elsewhere.invalid. A 127.98.0.6\nns4.child.example. A 127.98.0.4")
	s, err := New(Config{
		Resolver: shared,
		Authority: resolver.AuthorityConfig{
			Roots: []netip.Addr{netip.MustParseAddr("127.98.0.1")}, Port: port, Allow: []netip.Prefix{netip.MustParsePrefix("127.98.0.0/29")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, shared
}

// authoritatively checks a domain in the authoritative view.
func authoritatively(t *testing.T, s *Service, domain string) *mailassayv1.CheckDomainResponse {
	t.Helper()
	m, err := s.CheckDomain(within(t), &mailassayv1.CheckDomainRequest{Domain: domain, View: mailassayv1.View_VIEW_AUTHORITATIVE})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAuthoritativeViewTellsServersApart(t *testing.T) {
	s, _ := internet(t)
	m := authoritatively(t, s, "child.example")
	var codes []string
	for _, f := range m.GetFindings() {
		codes = append(codes, f.GetCode())
	}
	for _, want := range []string{"NS_LAME_SERVER", "NS_ANSWERS_DIFFER", "NS_PARENT_CHILD_DIFFER", "SPF_VALID", "DMARC_ENFORCED"} {
		if !slices.Contains(codes, want) {
			t.Errorf("no %s: %v", want, codes)
		}
	}
	var got []string
	for _, c := range m.GetDelegation().GetConditions() {
		got = append(got, fmt.Sprintf("%s %s %d %v %v", c.GetHost(), c.GetAddress(), c.GetSerial(), c.GetState(), c.GetDiffers()))
	}
	want := []string{
		"ns.elsewhere.invalid 127.98.0.6 7 STATE_ANSWERS []",
		"ns1.child.example 127.98.0.2 7 STATE_ANSWERS []",
		"ns2.child.example 127.98.0.3 6 STATE_DISAGREES [child.example. SOA child.example. MX]",
		"ns3.child.example 127.98.0.4 0 STATE_REFUSES []",
		"ns4.child.example 127.98.0.4 0 STATE_REFUSES []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("conditions %q", got)
	}
	if m.GetDnssec().GetSecure() || m.GetStats().GetQueriesSent() == 0 {
		t.Errorf("%v, %v", m.GetDnssec(), m.GetStats())
	}
}

func TestDelegationStepsSayWhoReferredAndWithWhat(t *testing.T) {
	s, shared := internet(t)
	steps := authoritatively(t, s, "child.example").GetDelegation().GetSteps()
	if len(steps) != 3 {
		t.Fatalf("%v", steps)
	}
	root, tld, child := steps[0], steps[1], steps[2]
	if root.GetZone() != "." || root.GetOutcome() != mailassayv1.DelegationStep_OUTCOME_REFERS || root.GetDs() != "" || root.GetReferrer() != "" || len(root.GetGlue())+len(root.GetWithoutGlue()) != 0 {
		t.Errorf("%v", root)
	}
	if tld.GetZone() != "example" || tld.GetOutcome() != mailassayv1.DelegationStep_OUTCOME_REFERS || tld.GetDs() != "present" || tld.GetReferrerAddress() != "127.98.0.1" || tld.GetReferrer() != "127.98.0.1" {
		t.Errorf("%v", tld)
	}
	if child.GetZone() != "child.example" || child.GetOutcome() != mailassayv1.DelegationStep_OUTCOME_ANSWERS || child.GetDs() != "present" || child.GetReferrer() != "ns.nic.example" || child.GetReferrerAddress() != "127.98.0.5" {
		t.Errorf("%v", child)
	}
	if !slices.Equal(child.GetParentOnly(), []string{"ns3.child.example"}) || !slices.Equal(child.GetChildOnly(), []string{"ns4.child.example"}) {
		t.Errorf("parent only %v, child only %v", child.GetParentOnly(), child.GetChildOnly())
	}
	var glue []string
	for _, g := range child.GetGlue() {
		glue = append(glue, fmt.Sprint(g.GetHost(), g.GetAddresses()))
	}
	if !slices.Equal(glue, []string{"ns1.child.example[127.98.0.2]", "ns2.child.example[127.98.0.3]", "ns3.child.example[127.98.0.4]"}) {
		t.Errorf("glue %v", glue)
	}
	// What has no glue is looked up through the ordinary resolver, and said to be.
	if !slices.Equal(child.GetWithoutGlue(), []string{"ns.elsewhere.invalid"}) || !slices.Contains(shared.Asked(), resolver.Ask("ns.elsewhere.invalid", resolver.TypeA)) {
		t.Errorf("without glue %v, looked up %v", child.GetWithoutGlue(), shared.Asked())
	}
}

func TestDelegationSaysWhereItBreaks(t *testing.T) {
	s, _ := internet(t)
	d := authoritatively(t, s, "broken.example").GetDelegation()
	last := d.GetSteps()[len(d.GetSteps())-1]
	if last.GetZone() != "broken.example" || last.GetOutcome() != mailassayv1.DelegationStep_OUTCOME_BREAKS || last.GetError() == "" {
		t.Errorf("%v", last)
	}
	if d.GetZone() != "broken.example" || len(d.GetServers()) != 1 || d.GetServers()[0].GetHost() != "ns1.broken.example" {
		t.Errorf("zone %q, servers %v", d.GetZone(), d.GetServers())
	}
	last = authoritatively(t, s, "absent.example").GetDelegation().GetSteps()[1]
	if last.GetZone() != "example" || last.GetOutcome() != mailassayv1.DelegationStep_OUTCOME_DENIES || last.GetError() != "" {
		t.Errorf("%v", last)
	}
}
