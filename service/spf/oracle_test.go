package spf_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/spf"
)

// oracle is check_host() in its plainest form: one term after the other, RFC 7208
// sections 4.6 to 6.1, over names whose first letters say how DNS answers: "y" leads
// to the client, "n" elsewhere, "v" is void, "e" fails. An m name is a mail domain of
// as many hosts as its digits say, the last of which is the client's where it ends
// in "y".
type oracle struct {
	records      map[string]string
	terms, voids int
}

const permError, tempError = "permerror", "temperror"

// host is the result for a domain.
func (o *oracle) host(domain string, first bool) string {
	record, ok := o.records[domain]
	switch {
	case record == "fails":
		return tempError
	case !ok:
		if !first && !o.void() {
			return permError
		}
		return "none"
	case record == "two", strings.Contains(record, "bad"):
		return permError
	}
	redirect := ""
	for _, term := range strings.Fields(record)[1:] {
		if target, is := strings.CutPrefix(term, "redirect="); is {
			redirect = target
			continue
		}
		result := map[byte]string{'+': "pass", '-': "fail", '~': "softfail", '?': "neutral"}[term[0]]
		switch match := o.term(term[1:]); match {
		case "match":
			return result
		case permError, tempError:
			return match
		}
	}
	if redirect == "" || strings.Contains(record, "all") {
		return "neutral"
	}
	if o.terms++; o.terms > 10 {
		return permError
	}
	if result := o.host(redirect, false); result != "none" {
		return result
	}
	return permError
}

func (o *oracle) void() bool { o.voids++; return o.voids <= 2 }

// term is "match", "" or an error.
func (o *oracle) term(term string) string {
	name, target, _ := strings.Cut(term, ":")
	if name == "all" || term == "ip4:192.0.2.0/24" {
		return "match"
	}
	if name == "ip4" || name == "ip6" {
		return ""
	}
	if o.terms++; o.terms > 10 {
		return permError
	}
	switch name {
	case "include":
		switch result := o.host(target, false); result {
		case "pass":
			return "match"
		case "none", permError:
			return permError
		case tempError:
			return tempError
		}
		return ""
	case "mx":
		if target[0] == 'v' && !o.void() {
			return permError
		}
		if target[0] == 'e' {
			return tempError
		}
		n := 0
		fmt.Sscanf(target, "m%d", &n)
		mine := strings.HasPrefix(target, fmt.Sprintf("m%dy", n))
		switch {
		case n > 10: // the client's is the last
			return permError
		case mine:
			return "match"
		}
		return ""
	}
	switch {
	case target[0] == 'e':
		return tempError
	case target[0] == 'v' && !o.void():
		return permError
	case target[0] == 'y', target[0] == 'n' && name == "exists":
		return "match"
	}
	return ""
}

// world is the zone of the oracle's names beside its records.
func (o *oracle) zone() string {
	var b strings.Builder
	b.WriteString("y.test. A 192.0.2.1\nn.test. A 198.51.100.1\nv.test. AAAA 2001:db8::1\n;! fail e.test. A SERVFAIL\n;! fail e.test. MX TIMEOUT\n")
	for _, n := range []int{1, 3, 10, 11} {
		for _, last := range []string{"y", "n"} {
			for i := range n {
				addr := "198.51.100.7"
				if i == n-1 && last == "y" {
					addr = "192.0.2.1"
				}
				fmt.Fprintf(&b, "m%d%s.test. MX %d h%d.m%[1]d%[2]s.test.\nh%[4]d.m%[1]d%[2]s.test. A %[5]s\n", n, last, i, i, addr)
			}
		}
	}
	for domain, record := range o.records {
		switch record {
		case "fails":
			fmt.Fprintf(&b, ";! fail %s. TXT SERVFAIL\n", domain)
		case "two":
			fmt.Fprintf(&b, "%s. TXT \"v=spf1 +all\"\n%[1]s. TXT \"v=spf1 -all\"\n", domain)
		default:
			fmt.Fprintf(&b, "%s. TXT %q\n", domain, record)
		}
	}
	return b.String()
}

// TestEveryTreeIsEvaluatedInTheOrderOfItsText makes trees of records at random and
// compares result and counts with a plain evaluation.
func TestEveryTreeIsEvaluatedInTheOrderOfItsText(t *testing.T) {
	r := rand.New(rand.NewPCG(7208, 46))
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	seen := map[string]int{}
	for range 4000 {
		o := &oracle{records: map[string]string{}}
		for i := range 6 {
			record := "v=spf1"
			for range r.IntN(6) {
				record += " " + one("+", "-", "~", "?") + one("ip4:198.51.100.0/24", "ip6:2001:db8::/32", "a:y.test", "a:n.test", "a:n.test", "a:v.test", "a:e.test",
					"exists:y.test", "exists:v.test", "mx:m1y.test", "mx:m3n.test", "mx:m10n.test", "mx:m10y.test", "mx:m11y.test", "mx:v.test", "mx:e.test",
					"include:d1.test", "include:d2.test", "include:d3.test", "include:d4.test", "include:d5.test", "include:gone.test")
			}
			record += one("", "", " -all", " ~all", " +all", " redirect=d2.test", " redirect=d5.test", " redirect=gone.test", " ip4:192.0.2.0/24")
			record = strings.Replace(record, " ip4:192", " +ip4:192", 1)
			switch r.IntN(25) {
			case 0:
				record = "fails"
			case 1:
				record = "two"
			case 2:
				record += " bad:term"
			case 3:
				continue
			}
			o.records[fmt.Sprintf("d%d.test", i)] = record
		}
		want := o.host("d0.test", true)
		got := spf.Check(t.Context(), dnstest.New(t, o.zone()), spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Sender: "user@d0.test"})
		if string(got.Result) != want || got.Lookups != min(o.terms, 11) || got.VoidLookups != min(o.voids, 3) {
			t.Fatalf("%q: %s with %d terms and %d voids, not %s with %d and %d: %s", o.records, got.Result, got.Lookups, got.VoidLookups, want, o.terms, o.voids, got.Problem)
		}
		seen[want]++
		if o.terms > 10 {
			seen["beyond ten"]++
		}
		if o.voids > 2 {
			seen["beyond two voids"]++
		}
	}
	for _, what := range []string{"none", "neutral", "pass", "fail", "softfail", permError, tempError, "beyond ten", "beyond two voids"} {
		if seen[what] < 40 {
			t.Errorf("%s too seldom: %v", what, seen)
		}
	}
	t.Log(seen)
}
