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

// authoritative checks child.example in the authoritative view. Its parent lists ns1,
// ns2 and ns3, the zone itself ns1, ns2 and ns4; ns2 has older data, ns3 and ns4
// refuse.
func authoritative(t *testing.T) *mailassayv1.CheckDomainResponse {
	t.Helper()
	root := dnstest.Serve(t, `
. SOA ns.root. h.root. 1 7200 900 1209600 300
. NS ns.root.
ns.root. A 127.0.0.1
child.example. NS ns1.child.example.
child.example. NS ns2.child.example.
child.example. NS ns3.child.example.
child.example. DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns1.child.example. A 127.0.0.2
ns2.child.example. A 127.0.0.3
ns3.child.example. A 127.0.0.4
`, dnstest.Config{Zones: []string{"."}})
	port := root.Addr().Port()
	zone := func(serial int, mx string) string {
		return fmt.Sprintf(`
$ORIGIN child.example.
@ SOA ns1 h %d 7200 900 1209600 300
@ NS ns1
@ NS ns2
@ NS ns4
ns1 A 127.0.0.2
ns2 A 127.0.0.3
ns4 A 127.0.0.4
@ MX 10 %s
mx A 192.0.2.1
@ TXT "v=spf1 mx -all"
_dmarc TXT "v=DMARC1; p=reject"
`, serial, mx)
	}
	at := func(last int, text string, zones ...string) {
		dnstest.Serve(t, text, dnstest.Config{Listen: fmt.Sprintf("127.0.0.%d:%d", last, port), Zones: zones})
	}
	at(2, zone(7, "mx"), "child.example.")
	at(3, zone(6, "old.mx"), "child.example.")
	at(4, "", "elsewhere.example.")
	s, err := New(Config{
		Resolver: dnstest.New(t, ""),
		Authority: resolver.AuthorityConfig{
			Roots: []netip.Addr{netip.MustParseAddr("127.0.0.1")}, Port: port, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/29")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.CheckDomain(within(t), &mailassayv1.CheckDomainRequest{Domain: "child.example", View: mailassayv1.View_VIEW_AUTHORITATIVE})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAuthoritativeViewTellsServersApart(t *testing.T) {
	m := authoritative(t)
	var codes []string
	for _, f := range m.GetFindings() {
		codes = append(codes, f.GetCode())
	}
	for _, want := range []string{"NS_LAME_SERVER", "NS_ANSWERS_DIFFER", "NS_PARENT_CHILD_DIFFER", "SPF_VALID", "DMARC_ENFORCED"} {
		if !slices.Contains(codes, want) {
			t.Errorf("no %s: %v", want, codes)
		}
	}
	conditions := map[string]string{}
	serials := map[string]uint32{}
	for _, c := range m.GetDelegation().GetConditions() {
		conditions[c.GetHost()], serials[c.GetHost()] = c.GetCondition(), c.GetSerial()
	}
	if conditions["ns1.child.example"] != "answers" || conditions["ns3.child.example"] != "refuses" || serials["ns1.child.example"] != 7 || serials["ns2.child.example"] != 6 {
		t.Errorf("%v, serials %v", conditions, serials)
	}
	steps := m.GetDelegation().GetSteps()
	if len(steps) != 2 || steps[0].GetZone() != "." || steps[1].GetZone() != "child.example" || steps[1].GetDs() != "present" ||
		!slices.Equal(steps[1].GetParentOnly(), []string{"ns3.child.example"}) || !slices.Equal(steps[1].GetChildOnly(), []string{"ns4.child.example"}) {
		t.Errorf("%v", steps)
	}
	if m.GetDnssec().GetSecure() || m.GetStats().GetQueriesSent() == 0 {
		t.Errorf("%v, %v", m.GetDnssec(), m.GetStats())
	}
}
