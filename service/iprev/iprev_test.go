package iprev_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/iprev"
)

const zone = `
1.2.0.192.in-addr.arpa. PTR mail.a.test.
mail.a.test.            A 192.0.2.1
2.2.0.192.in-addr.arpa. PTR mail.a.test.
3.2.0.192.in-addr.arpa. PTR gone.a.test.
4.2.0.192.in-addr.arpa. PTR gone.a.test.
4.2.0.192.in-addr.arpa. PTR two.a.test.
two.a.test.             A 192.0.2.44
two.a.test.             A 192.0.2.4
;! fail 5.2.0.192.in-addr.arpa. PTR SERVFAIL
6.2.0.192.in-addr.arpa. PTR down.a.test.
6.2.0.192.in-addr.arpa. PTR gone.a.test.
;! fail down.a.test. A TIMEOUT
7.2.0.192.in-addr.arpa. PTR down.a.test.
7.2.0.192.in-addr.arpa. PTR seven.a.test.
seven.a.test.           A 192.0.2.7
8.2.0.192.in-addr.arpa. CNAME 8.0-15.2.0.192.in-addr.arpa.
8.0-15.2.0.192.in-addr.arpa. PTR eight.a.test.
eight.a.test.           CNAME eight.host.test.
eight.host.test.        A 192.0.2.8
9.2.0.192.in-addr.arpa. CNAME 9.0-15.2.0.192.in-addr.arpa.
11.2.0.192.in-addr.arpa. TXT "no PTR here"
12.2.0.192.in-addr.arpa. PTR six.a.test.
six.a.test. AAAA 2001:db8::6
6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR six.a.test.
`

func TestCheck(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1":        "pass [mail.a.test] [mail.a.test]",
		"::ffff:192.0.2.1": "pass [mail.a.test] [mail.a.test]",
		"192.0.2.2":        "fail [mail.a.test] []",
		"192.0.2.3":        "fail [gone.a.test] []",
		"192.0.2.4":        "pass [gone.a.test two.a.test] [two.a.test]",
		"192.0.2.5":        "temperror [] []",
		"192.0.2.6":        "temperror [down.a.test gone.a.test] []",
		"192.0.2.7":        "pass [down.a.test seven.a.test] [seven.a.test]",
		"192.0.2.8":        "pass [eight.a.test] [eight.a.test]",
		"192.0.2.9":        "permerror [] []",
		"192.0.2.10":       "permerror [] []",
		"192.0.2.11":       "permerror [] []",
		"192.0.2.12":       "fail [six.a.test] []",
		"2001:db8::6":      "pass [six.a.test] [six.a.test]",
		"2001:db8::6%eth0": "pass [six.a.test] [six.a.test]",
		"2001:db8::7":      "permerror [] []",
	} {
		r := iprev.Check(t.Context(), dnstest.New(t, zone), netip.MustParseAddr(addr))
		if got := fmt.Sprint(r.Result, " ", r.Hosts(), " ", r.Confirmed()); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
		if (r.Result == iprev.TempError) != (r.Err != nil || slices.ContainsFunc(r.Names, func(n iprev.Name) bool { return n.Err != nil }) && len(r.Confirmed()) == 0) {
			t.Errorf("%s: %s with error %v", addr, r.Result, r.Err)
		}
	}
	if r := iprev.Check(t.Context(), dnstest.New(t, zone), netip.Addr{}); r.Result != iprev.PermError {
		t.Errorf("no address: %s", r.Result)
	}
}

func TestDelegationWithoutNameIsTold(t *testing.T) {
	r := iprev.Check(t.Context(), dnstest.New(t, zone), netip.MustParseAddr("192.0.2.9"))
	if !slices.Equal(r.Aliases, []string{"9.0-15.2.0.192.in-addr.arpa"}) || r.Absent != resolver.NXDomain {
		t.Errorf("%+v", r)
	}
}

func TestFailingAnyQuestionChangesNoDefiniteResult(t *testing.T) {
	for i := range 13 {
		addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
		r := dnstest.New(t, zone)
		whole := iprev.Check(t.Context(), r, addr)
		for _, q := range r.Asked() {
			r.Fail(func(have resolver.Question) resolver.Kind {
				if have == q {
					return resolver.Refused
				}
				return 0
			})
			if part := iprev.Check(t.Context(), r, addr); part.Result != iprev.TempError && part.Result != whole.Result {
				t.Errorf("%v: without %v %s, with it %s", addr, q, part.Result, whole.Result)
			}
			r.Fail(nil)
		}
	}
}

func TestNamesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "1.2.0.192.in-addr.arpa. PTR n%02d.a.test.\nn%02d.a.test. A 192.0.2.%d\n", i, i, i/39)
	}
	r := dnstest.New(t, b.String())
	rep := iprev.Check(t.Context(), r, netip.MustParseAddr("192.0.2.1"))
	if rep.Result != iprev.Fail || rep.Unchecked != 40-iprev.MaxNames || len(r.Asked()) != 1+iprev.MaxNames {
		t.Errorf("%s, %d unchecked, %d questions", rep.Result, rep.Unchecked, len(r.Asked()))
	}
}

func TestGenericNames(t *testing.T) {
	for _, c := range []struct {
		name, addr string
		generic    bool
	}{
		{"mail.example.com", "192.0.2.1", false},
		{"192-0-2-1.example.com", "192.0.2.1", true},
		{"host192.0.2.1.example.com", "192.0.2.1", true},
		{"1.2.0.192.isp.example", "192.0.2.1", true},
		{"ec2-192-0-2-1.compute-1.cloud.example", "192.0.2.1", true},
		{"ip-192000002001.isp.example", "192.0.2.1", true},
		{"p.c0000201.isp.example", "192.0.2.1", true},
		{"h-192-000-002-001.isp.example", "192.0.2.1", true},
		{"mx-192-0-2-9.isp.example", "192.0.2.1", false},
		{"mail2.0.2.example", "192.0.2.1", false},
		{"a.static-pool.isp.example", "192.0.2.1", true},
		{"x1.dyn.isp.example", "192.0.2.1", true},
		{"ppp7.isp.example", "192.0.2.1", true},
		{"mail.cable.example", "192.0.2.1", false},
		{"dynamo.mail.example.com", "192.0.2.1", false},
		{"192-0-2-1.test", "192.0.2.1", false}, // somebody's own domain
		{"mail.example.com", "2001:db8::1:2:3:4", false},
		{"2001-db8--1-2-3-4.isp.example", "2001:db8::1:2:3:4", true},
		{"p20010db8000000000001000200030004.isp.example", "2001:db8::1:2:3:4", true},
		{"4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.v6.isp.example", "2001:db8::1:2:3:4", true},
		{"x", "192.0.2.1", false},
	} {
		if got := iprev.GenericName(c.name, netip.MustParseAddr(c.addr)) != ""; got != c.generic {
			t.Errorf("%s for %s: %v", c.name, c.addr, got)
		}
	}
}

func TestGenericNeedsAllConfirmedNames(t *testing.T) {
	for _, c := range []struct {
		zone    string
		generic bool
	}{
		{"1.2.0.192.in-addr.arpa. PTR dsl1.isp.test.\ndsl1.x.isp.test. A 192.0.2.1\n", false},
		{"1.2.0.192.in-addr.arpa. PTR a.dsl.isp.test.\na.dsl.isp.test. A 192.0.2.1\n", true},
		{"1.2.0.192.in-addr.arpa. PTR a.dsl.isp.test.\na.dsl.isp.test. A 192.0.2.1\n1.2.0.192.in-addr.arpa. PTR mail.b.test.\nmail.b.test. A 192.0.2.1\n", false},
		{"1.2.0.192.in-addr.arpa. PTR a.dsl.isp.test.\na.dsl.isp.test. A 192.0.2.1\n1.2.0.192.in-addr.arpa. PTR mail.b.test.\n;! fail mail.b.test. A SERVFAIL\n", false},
	} {
		if got := iprev.Check(t.Context(), dnstest.New(t, c.zone), netip.MustParseAddr("192.0.2.1")).Generic(); got != c.generic {
			t.Errorf("%s: %v", c.zone, got)
		}
	}
}

// FuzzGenericName holds that what makes a name look like a range's is in the name,
// or in the name without its separators, or is the address; and that the last two
// labels alone never do.
func FuzzGenericName(f *testing.F) {
	f.Add("192-0-2-1.isp.example", []byte{192, 0, 2, 1})
	f.Add("4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.v6.isp.example", netip.MustParseAddr("2001:db8::1:2:3:4").AsSlice())
	f.Add("dsl.dsl.dsl", []byte{0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, name string, octets []byte) {
		addr, ok := netip.AddrFromSlice(octets)
		if !ok {
			return
		}
		word := iprev.GenericName(name, addr)
		bare := strings.NewReplacer("-", "", ".", "", "_", "").Replace(name)
		if word != addr.Unmap().String() && !strings.Contains(name, word) && !strings.Contains(bare, word) {
			t.Errorf("%q for %s: %q", name, addr, word)
		}
		labels := strings.Split(name, ".")
		if short := strings.Join(labels[max(0, len(labels)-2):], "."); iprev.GenericName(short, addr) != "" {
			t.Errorf("%q looks like a range's", short)
		}
	})
}

func BenchmarkCheckWarm(b *testing.B) {
	r := resolver.Share(dnstest.New(b, zone), resolver.Sharing{})
	b.ReportAllocs()
	for b.Loop() {
		if rep := iprev.Check(context.Background(), r, netip.MustParseAddr("192.0.2.1")); rep.Result != iprev.Pass {
			b.Fatal(rep.Result)
		}
	}
}

func BenchmarkGenericName(b *testing.B) {
	for b.Loop() {
		if iprev.GenericName("mta-41.out.mail.example.com", netip.MustParseAddr("192.0.2.1")) != "" {
			b.Fatal("generic")
		}
	}
}
