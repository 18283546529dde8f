package dnsbl_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dnsbl"
)

const zone = `
2.0.0.127.good.test. A 127.0.0.2
2.0.0.127.good.test. TXT "test entry"
9.2.0.192.good.test. A 127.0.0.2
9.2.0.192.good.test. A 127.0.0.10
9.2.0.192.good.test. TXT "spam\010" " seen" "http://good.test/?192.0.2.9"
10.2.0.192.good.test. A 127.0.0.10
11.2.0.192.good.test. A 127.0.0.77
12.2.0.192.good.test. TXT "a text alone is no listing"
;! fail 13.2.0.192.good.test. A SERVFAIL
9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.good.test. A 127.0.0.2
;! fail 14.2.0.192.good.test. TXT TIMEOUT
14.2.0.192.good.test. A 127.0.0.2
$ORIGIN refusing.test.
2.0.0.127 A 127.255.255.254
1.0.0.127 A 127.255.255.254
9.2.0.192 A 127.255.255.254
10.2.0.192 A 127.255.255.252
11.2.0.192 A 127.255.255.255
12.2.0.192 A 127.255.255.7
13.2.0.192 A 127.0.0.1
14.2.0.192 A 127.0.0.1
14.2.0.192 A 127.0.0.4
15.2.0.192 A 127.255.255.254
15.2.0.192 A 127.0.0.2
16.2.0.192 A 127.0.0.2
16.2.0.192 A 203.0.113.7
$ORIGIN bits.test.
1.2.0.192 A 127.0.0.72
2.2.0.192 A 127.0.0.128
3.2.0.192 A 127.0.0.4
4.2.0.192 A 127.0.0.1
5.2.0.192 A 127.255.255.254
$ORIGIN .
*.parked.test. A 203.0.113.7
*.all.test. A 127.0.0.2
test.names.test. A 127.0.1.2
evil.example.names.test. A 127.0.1.2
2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.six.test. A 127.0.0.2
;! fail 2.0.0.127.down.test. A SERVFAIL
`

func list(t testing.TB, spec string) dnsbl.List {
	t.Helper()
	l, err := dnsbl.ParseList(spec)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const good = "good.test ip 127.0.0.2=spam 127.0.0.10=policy:dynamic_range"

var states = map[dnsbl.State]string{dnsbl.Clear: "clear", dnsbl.Listed: "listed", dnsbl.Unusable: "unusable", dnsbl.Unknown: "unknown", 0: "not asked"}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		list, addr, want string
	}{
		{good, "192.0.2.1", "clear 0 []"},
		{good, "192.0.2.9", "listed 3 [spam dynamic range] spam? seenhttp://good.test/?192.0.2.9"},
		{good, "::ffff:192.0.2.9", "listed 3 [spam dynamic range] spam? seenhttp://good.test/?192.0.2.9"},
		{good, "192.0.2.10", "listed 2 [dynamic range]"},
		{good, "192.0.2.11", "unusable 0 [] 127.0.0.77: not an answer that the list documents"},
		{"good.test", "192.0.2.11", "listed 3 []"},
		{good, "192.0.2.12", "clear 0 []"},
		{good, "192.0.2.13", "unknown 0 []"},
		{good, "192.0.2.14", "listed 3 [spam]"},
		{good, "2001:db8::9", "listed 3 [spam]"},
		{good, "2001:db8::1", "clear 0 []"},
		{"good.test ip4", "2001:db8::9", "not asked 0 []"},
		{"good.test domain", "192.0.2.9", "not asked 0 []"},
		{"refusing.test", "192.0.2.9", "unusable 0 [] 127.255.255.254: the list refuses questions of public resolvers"},
		{"refusing.test", "192.0.2.10", "unusable 0 [] 127.255.255.252: the list's name is misspelled"},
		{"refusing.test", "192.0.2.11", "unusable 0 [] 127.255.255.255: the list refuses, for too many questions were asked"},
		{"refusing.test", "192.0.2.12", "unusable 0 [] 127.255.255.7: the list refuses"},
		{"refusing.test", "192.0.2.13", "unusable 0 [] 127.0.0.1: the list refuses"},
		{"refusing.test 127.0.0.1=documented", "192.0.2.13", "listed 3 [documented]"},
		{"refusing.test", "192.0.2.14", "listed 3 []"},
		{"refusing.test", "192.0.2.15", "listed 3 []"},
		{"refusing.test", "192.0.2.16", "listed 3 []"},
		{"bits.test ip 8=phishing 64=abuse 128=policy:cracked", "192.0.2.1", "listed 3 [phishing abuse]"},
		{"bits.test ip 8=phishing 64=abuse 128=policy:cracked", "192.0.2.2", "listed 2 [cracked]"},
		{"bits.test ip 8=phishing 64=abuse 128=policy:cracked", "192.0.2.3", "unusable 0 [] 127.0.0.4: not an answer that the list documents"},
		{"bits.test ip 8=phishing 64=abuse 128=policy:cracked", "192.0.2.4", "unusable 0 [] 127.0.0.1: the list refuses"},
		{"bits.test ip 8=phishing 64=abuse 128=policy:cracked", "192.0.2.5", "unusable 0 [] 127.255.255.254: the list refuses questions of public resolvers"},
		{"parked.test", "192.0.2.9", "unusable 0 [] 203.0.113.7: no answer of a blocklist: the zone is parked, or somebody rewrites answers"},
	} {
		res, _ := list(t, c.list).Address(t.Context(), dnstest.New(t, zone), netip.MustParseAddr(c.addr))
		got := strings.TrimSpace(fmt.Sprint(states[res.State], " ", res.Class, " ", res.Meanings, " ", res.Reason))
		if got != c.want || (res.Err != nil) != (res.State == dnsbl.Unknown) {
			t.Errorf("%s in %s: %s, want %s", c.addr, c.list, got, c.want)
		}
	}
}

func TestDomain(t *testing.T) {
	r := dnstest.New(t, zone)
	l := list(t, "names.test domain")
	for name, want := range map[string]string{
		"evil.example": "listed", "good.example": "clear", "192.0.2.9": "not asked", ".": "not asked", "": "not asked", strings.Repeat("a.", 123) + "b": "clear",
	} {
		res, asked := l.Domain(t.Context(), r, name)
		if states[res.State] != want || asked != (want != "not asked") {
			t.Errorf("%.40s: %s", name, states[res.State])
		}
	}
	if _, asked := list(t, good).Domain(t.Context(), r, "evil.example"); asked {
		t.Error("a list of addresses is asked about a name")
	}
}

// TestAListOfUnknownKind is asked about both, and says of names only what matters.
func TestAListOfUnknownKind(t *testing.T) {
	for name, want := range map[string]string{
		"evil.example names.test": "listed", "good.example names.test": "not asked", "good.example refusing.test": "not asked",
		"good.example all.test": "not asked", "good.example parked.test": "not asked", "x.example down.example": "unknown",
		"y.example down.example": "unknown",
	} {
		name, zoneName, _ := strings.Cut(name, " ")
		r := dnstest.New(t, zone+";! fail x.example.down.example. A TIMEOUT\ny.example.down.example. A 127.0.0.2\n;! fail invalid.down.example. A SERVFAIL\n")
		l, err := dnsbl.For(zoneName)
		if err != nil || !l.Unsure {
			t.Fatalf("%+v, %v", l, err)
		}
		res, asked := l.Domain(t.Context(), r, name)
		if asked != (want != "not asked") || asked && states[res.State] != want || len(r.Asked()) == 0 {
			t.Errorf("%s in %s: %v %s", name, zoneName, asked, states[res.State])
		}
		for _, addr := range []string{"192.0.2.1", "2001:db8::1"} {
			if res, asked := l.Address(t.Context(), r, netip.MustParseAddr(addr)); !asked || res.State == dnsbl.Listed {
				t.Errorf("%s about %s: %v %s %s", zoneName, addr, asked, states[res.State], res.Reason)
			}
		}
	}
}

func TestOnlyAListThatWorksIsUsable(t *testing.T) {
	for spec, want := range map[string]string{
		good: "usable",
		"good.test ip 127.0.0.10=policy:dynamic_range": "usable",
		"refusing.test":     "127.255.255.254: the list refuses questions of public resolvers",
		"parked.test":       "203.0.113.7: no answer of a blocklist: the zone is parked, or somebody rewrites answers",
		"all.test":          "the test entry 1.0.0.127.all.test is listed: the list lists everybody",
		"gone.test":         "the test entry 2.0.0.127.gone.test is not listed",
		"names.test domain": "usable",
		"good.test domain":  "the test entry test.good.test is not listed",
		"six.test ip6":      "usable",
		"good.test ip6":     "the test entry 2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.good.test is not listed",
		"down.test":         "unknown",
	} {
		h := list(t, spec).Check(t.Context(), dnstest.New(t, zone))
		got := h.Problem
		if h.Usable {
			got = "usable"
		} else if h.Err != nil && got == "" {
			got = "unknown"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", spec, got, want)
		}
	}
}

func TestFailuresAreNoListings(t *testing.T) {
	for _, kind := range []resolver.Kind{resolver.ServerFailure, resolver.Timeout, resolver.Refused, resolver.OverBudget} {
		r := dnstest.New(t, zone)
		r.Fail(func(resolver.Question) resolver.Kind { return kind })
		res, _ := list(t, good).Address(t.Context(), r, netip.MustParseAddr("192.0.2.9"))
		if res.State != dnsbl.Unknown || res.Class != 0 || len(res.Answers) > 0 {
			t.Errorf("%v: %+v", kind, res)
		}
	}
}

func TestKnownListsKeepTheirCodes(t *testing.T) {
	l := list(t, "ZEN.spamhaus.org.")
	if len(l.Codes) != 9 || l.Kind != dnsbl.Addresses || l.Zone != "zen.spamhaus.org" {
		t.Errorf("%+v", l)
	}
	if l := list(t, "zen.spamhaus.org ip4"); len(l.Codes) != 9 || l.Kind != dnsbl.IPv4 {
		t.Errorf("%+v", l)
	}
	for _, bad := range []string{"", "a..b", "x.test 192.0.2.1=x", "x.test 127.0.0.x=y", "x.test what", "x.test 3=x", "x.test 0=x", "x.test 256=x", "x.test 8"} {
		if l, err := dnsbl.ParseList(bad); err == nil {
			t.Errorf("%q is %+v", bad, l)
		}
	}
}

// FuzzParseList holds that a list read can be asked without harm.
func FuzzParseList(f *testing.F) {
	f.Add(good)
	f.Add("a.test domain 127.0.0.2=policy:x_y")
	f.Add("a.test 8=x 16=policy:y 127.0.0.2=z")
	z := dnstest.New(f, "x. A 127.0.0.2")
	f.Fuzz(func(t *testing.T, s string) {
		l, err := dnsbl.ParseList(s)
		if err != nil {
			return
		}
		if c, err := resolver.Canonical(l.Zone); err != nil || c != l.Zone || l.Kind == 0 {
			t.Fatalf("%q gives %+v", s, l)
		}
		if res, asked := l.Address(t.Context(), z, netip.MustParseAddr("192.0.2.1")); asked && res.State == 0 {
			t.Fatalf("%q gives %+v", s, res)
		}
	})
}

// FuzzAnswers holds that a list lists only by an answer within 127.0.0.0/8 that is
// no refusal and, where it documents its answers, is one of those; and that the
// text it gives is bounded and printable.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte{127, 0, 0, 2, 127, 255, 255, 254}, "spam\r\n\x00", true)
	f.Add([]byte{127, 0, 0, 1}, "", false)
	f.Add([]byte{203, 0, 113, 7, 127, 0, 0, 10}, strings.Repeat("\u00fc", 500), true)
	f.Fuzz(func(t *testing.T, octets []byte, text string, documented bool) {
		l := dnsbl.List{Zone: "list.test", Kind: dnsbl.Addresses}
		if documented {
			l = list(t, good)
		}
		want := false
		a := resolver.Answer{Status: resolver.Found}
		for ; len(octets) >= 4; octets = octets[4:] {
			addr := netip.AddrFrom4([4]byte(octets))
			a.Data = append(a.Data, resolver.Addr{Addr: addr})
			switch s := addr.String(); {
			case documented:
				want = want || s == "127.0.0.2" || s == "127.0.0.10"
			case s != "127.0.0.1" && !strings.HasPrefix(s, "127.255.255."):
				want = want || strings.HasPrefix(s, "127.")
			}
		}
		r := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
			if q.Type == resolver.TypeTXT {
				return resolver.Answer{Status: resolver.Found, Data: []resolver.Data{resolver.TXT{Text: text}}}, nil
			}
			return a, nil
		})
		res, _ := l.Address(t.Context(), r, netip.MustParseAddr("192.0.2.1"))
		if (res.State == dnsbl.Listed) != want || (res.Class > 0) != want || res.State == dnsbl.Clear {
			t.Errorf("%v: %+v", a.Data, res)
		}
		if want && (len(res.Reason) > 400 || !utf8.ValidString(res.Reason) || strings.ContainsFunc(res.Reason, unicode.IsControl)) {
			t.Errorf("reason %q", res.Reason)
		}
	})
}
