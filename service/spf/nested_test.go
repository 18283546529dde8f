package spf_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/spf"
)

// A term whose name cannot exist matches nothing, also when the macros in it have
// asked questions that found something.
func TestWhatMacrosAskIsNoAnswerToTheTerm(t *testing.T) {
	r := dnstest.New(t, `
1.2.0.192.in-addr.arpa. PTR host.a.test.
host.a.test. A 192.0.2.1
a.test. TXT "v=spf1 exists:%{l}%{p} a:%{l}%{p} -all"
b.test. TXT "v=spf1 exists:%{p} -all"
`)
	long := strings.Repeat("x", 62)
	for sender, want := range map[string]spf.Result{long + "@a.test": spf.Fail, long + "@b.test": spf.Pass} {
		o := spf.Check(t.Context(), r, spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Sender: sender})
		if o.Result != want {
			t.Errorf("%s: %s %s, want %s", sender, o.Result, o.Problem, want)
		}
	}
}

// What one evaluation leaves behind is not seen by the next.
func TestEvaluationsKnowNothingOfEachOther(t *testing.T) {
	r := dnstest.New(t, `
deep.test. TXT "v=spf1 include:a.test include:b.test ?all"
a.test. TXT "v=spf1 ptr:none.test a:gone.a.test -all"
b.test. TXT "v=spf1 exists:gone.b.test ip4:192.0.2.1 -all"
flat.test. TXT "v=spf1 +all"
bad.test. TXT "v=spf1 include:none.test -all"
`)
	client := netip.MustParseAddr("192.0.2.1")
	check := func(domain string) spf.Outcome {
		return spf.Check(t.Context(), r, spf.Query{Client: client, Sender: "x@" + domain})
	}
	for range 3 {
		for domain, want := range map[string]struct {
			result         spf.Result
			lookups, voids int
		}{"deep.test": {spf.PermError, 5, 3}, "flat.test": {spf.Pass, 0, 0}, "bad.test": {spf.PermError, 1, 1}} {
			o := check(domain)
			if o.Result != want.result || o.Lookups != want.lookups || o.VoidLookups != want.voids || o.Doubt != nil || o.Explanation != "" {
				t.Errorf("%s: %+v", domain, o)
			}
			for _, s := range o.Trace {
				if s.Depth == 0 && s.Domain != domain {
					t.Errorf("%s: %+v", domain, s)
				}
			}
		}
	}
}
