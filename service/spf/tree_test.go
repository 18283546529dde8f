package spf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/spf"
)

var faults = [...]string{
	spf.NoFault: "", spf.NoRecord: " no record", spf.SeveralRecords: " several records", spf.Invalid: " invalid",
	spf.Loop: " loop", spf.TooMuch: " too much",
}

// drawn is a tree as indented text: each node with its lookups and fault, each use
// with what it found.
func drawn(tree *spf.Tree) string {
	var b strings.Builder
	var draw func(n *spf.Node, indent string)
	draw = func(n *spf.Node, indent string) {
		fmt.Fprintf(&b, "%s%s %d/%d%s", indent, n.Domain, n.Own, n.Total, faults[n.Fault])
		if n.Err != nil {
			fmt.Fprintf(&b, " error %s", resolver.KindOf(n.Err))
		}
		if n.Status == resolver.NXDomain {
			b.WriteString(" gone")
		}
		b.WriteByte('\n')
		for _, u := range n.Uses {
			fmt.Fprintf(&b, "%s  %s %d", indent, u.Term.Text, u.Lookups)
			for _, s := range []struct {
				word string
				is   bool
			}{
				{"dead", u.Dead}, {"void4", u.Void4}, {"void6", u.Void6}, {"gone", u.NXDomain},
				{"macros " + u.Macros, u.Macros != ""}, {fmt.Sprintf("%d hosts", len(u.Hosts)), u.Hosts != nil},
				{fmt.Sprintf("error %s", resolver.KindOf(u.Err)), u.Err != nil},
			} {
				if s.is {
					b.WriteString(" " + s.word)
				}
			}
			b.WriteByte('\n')
			if u.Child != nil {
				draw(u.Child, indent+"    ")
			}
		}
	}
	draw(tree.Root, "")
	fmt.Fprintf(&b, "lookups %d voids %d %d addresses %d v6 %v all %v default %q unknown %d",
		tree.Lookups, tree.Voids4, tree.Voids6, tree.IPv4, tree.IPv6, tree.PassAll, tree.Default, len(tree.Unknown()))
	return b.String()
}

// trees are zones around d.test, and what is drawn of them.
var trees = []struct{ name, zone, want string }{
	{"nothing there", ``, `
d.test 0/0 no record gone
lookups 0 voids 0 0 addresses 0 v6 false all false default "" unknown 0`},
	{"unknown", `;! fail d.test. TXT SERVFAIL`, `
d.test 0/0 error SERVFAIL
lookups 0 voids 0 0 addresses 0 v6 false all false default "" unknown 1`},
	{"parked", `d.test. TXT "v=spf1 -all"`, `
d.test 0/0
lookups 0 voids 0 0 addresses 0 v6 false all false default "fail" unknown 0`},
	{"two records", "d.test. TXT \"v=spf1 -all\"\nd.test. TXT \"v=spf1 mx -all\"", `
d.test 0/0 several records
lookups 0 voids 0 0 addresses 0 v6 false all false default "" unknown 0`},
	{"of everything", `d.test. TXT "v=spf1 ip4:192.0.2.0/24 -ip4:198.51.100.0/25 ip4:198.51.100.0/24 a a:h.test/30 mx ptr include:i.test exists:%{i}.x.test ?exists:%{d}.%{o}.y.test ~all"
d.test. A 192.0.2.1
d.test. MX 1 m.test.
m.test. A 203.0.113.1
m.test. AAAA 2001:db8::1
h.test. A 203.0.113.4
i.test. TXT "v=spf1 a:h.test ip6:2001:db8::/32 -all"`, `
d.test 7/8
  a 1 void6
  a:h.test/30 1 void6
  mx 1 1 hosts
  ptr 1 macros i
  include:i.test 2
    i.test 1/1
      a:h.test 1 void6
  exists:%{i}.x.test 1 macros i
  ?exists:%{d}.%{o}.y.test 1 void4 void6 gone
lookups 8 voids 1 4 addresses 389 v6 true all false default "softfail" unknown 0`},
	{"the same include four times", `d.test. TXT "v=spf1 include:i.test include:i.test include:i.test include:i.test -all"
i.test. TXT "v=spf1 ip4:192.0.2.1 -all"`, `
d.test 4/4
  include:i.test 1
    i.test 0/0
  include:i.test 1
    i.test 0/0
  include:i.test 1
    i.test 0/0
  include:i.test 1
    i.test 0/0
lookups 4 voids 0 0 addresses 1 v6 false all false default "fail" unknown 0`},
	{"includes that lead nowhere", `d.test. TXT "v=spf1 include:gone.test include:none.test include:two.test include:bad.test include:down.test include:%{d1} ?all"
none.test. TXT "hello"
two.test. TXT "v=spf1 a"
two.test. TXT "v=spf1 mx"
bad.test. TXT "v=spf1 a:h.test mxx:h.test"
h.test. A 192.0.2.1
;! fail down.test. TXT TIMEOUT`, `
d.test 6/7
  include:gone.test 1 void4 void6 gone
    gone.test 0/0 no record gone
  include:none.test 1
    none.test 0/0 no record
  include:two.test 1
    two.test 0/0 several records
  include:bad.test 2
    bad.test 1/1 invalid
      a:h.test 1 void6
  include:down.test 1
    down.test 0/0 error timeout
  include:%{d1} 1
    test 0/0 no record
lookups 7 voids 1 2 addresses 0 v6 false all false default "" unknown 1`},
	{"loops", `d.test. TXT "v=spf1 include:a.test redirect=D.test"
a.test. TXT "v=spf1 include:b.test -all"
b.test. TXT "v=spf1 include:a.test ip4:192.0.2.1 ?all"`, `
d.test 2/4
  include:a.test 3
    a.test 1/2
      include:b.test 2
        b.test 1/1
          include:a.test 1
            a.test 0/0 loop
  redirect=D.test 1
    d.test 0/0 loop
lookups 4 voids 0 0 addresses 1 v6 false all false default "" unknown 0`},
	{"dead terms", `d.test. TXT "v=spf1 ~all a:gone.test include:gone.test redirect=gone.test"`, `
d.test 0/0
  a:gone.test 0 dead
  include:gone.test 0 dead
  redirect=gone.test 0 dead
lookups 0 voids 0 0 addresses 0 v6 false all false default "softfail" unknown 0`},
	{"redirect", `d.test. TXT "v=spf1 -ip4:192.0.2.0/25 redirect=r.test"
r.test. TXT "v=spf1 ip4:192.0.2.0/24 -all"`, `
d.test 1/1
  redirect=r.test 1
    r.test 0/0
lookups 1 voids 0 0 addresses 128 v6 false all false default "fail" unknown 0`},
	{"everybody, by an include", `d.test. TXT "v=spf1 include:i.test -all"
i.test. TXT "v=spf1 +all"`, `
d.test 1/1
  include:i.test 1
    i.test 0/0
lookups 1 voids 0 0 addresses 4294967296 v6 true all true default "pass" unknown 0`},
	{"everybody, by halves", `d.test. TXT "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"`, `
d.test 0/0
lookups 0 voids 0 0 addresses 4294967296 v6 false all true default "fail" unknown 0`},
	{"everybody but one", `d.test. TXT "v=spf1 -ip4:192.0.2.1 +all"`, `
d.test 0/0
lookups 0 voids 0 0 addresses 4294967295 v6 true all true default "pass" unknown 0`},
	{"a void for IPv4 alone", `d.test. TXT "v=spf1 a:h.test a:h.test a:h.test -all"
h.test. AAAA 2001:db8::1`, `
d.test 3/3
  a:h.test 1 void4
  a:h.test 1 void4
  a:h.test 1 void4
lookups 3 voids 3 0 addresses 0 v6 true all false default "fail" unknown 0`},
	{"addresses that are not known", `d.test. TXT "v=spf1 mx a:h.test -all"
d.test. MX 1 h.test.
;! fail h.test. A REFUSED
h.test. AAAA 2001:db8::1`, `
d.test 2/2
  mx 1 1 hosts error REFUSED
  a:h.test 1 error REFUSED
lookups 2 voids 0 0 addresses 0 v6 true all false default "fail" unknown 1`},
	{"macros that hide an include", `d.test. TXT "v=spf1 include:%{l}.%{p}.test include:%{d2}.test ?all"
d.test.test. TXT "v=spf1 ip4:192.0.2.1 -all"`, `
d.test 3/3
  include:%{l}.%{p}.test 2 macros lp
  include:%{d2}.test 1
    d.test.test 0/0
lookups 3 voids 0 0 addresses 1 v6 false all false default "neutral" unknown 0`},
}

// TestTrees compares the trees that zones make.
func TestTrees(t *testing.T) {
	for _, c := range trees {
		if got := drawn(spf.Expand(t.Context(), dnstest.New(t, c.zone), "D.test.")); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%s:\n%s\nnot%s", c.name, got, c.want)
		}
	}
}

// TestATreeOfARecordNotPublished is what a merged record would cost.
func TestATreeOfARecordNotPublished(t *testing.T) {
	r, err := spf.Parse("v=spf1 mx include:i.test -all")
	if err != nil {
		t.Fatal(err)
	}
	tree := spf.ExpandRecord(t.Context(), dnstest.New(t, `i.test. TXT "v=spf1 ip4:192.0.2.1 -all"`), "d.test", r)
	if tree.Lookups != 2 || tree.Voids4 != 1 || tree.IPv4 != 1 || tree.Default != spf.Fail {
		t.Errorf("%s", drawn(tree))
	}
}

// TestTheTreeAgreesWithTheChecks: what the tree says without a client is what
// clients get.
func TestTheTreeAgreesWithTheChecks(t *testing.T) {
	for _, c := range suite(t) {
		q := c.query()
		_, domain, ok := strings.Cut(q.Sender, "@")
		if !ok {
			continue
		}
		tree := spf.Expand(t.Context(), zone(c.Zone), domain)
		o := spf.Check(t.Context(), zone(c.Zone), q)
		if tree.Truncated || len(tree.Unknown()) > 0 {
			continue
		}
		if o.Result == spf.None != (tree.Root.Fault == spf.NoRecord) {
			t.Errorf("%s: %s, but the tree's fault is%s", c.ID, o.Result, faults[tree.Root.Fault])
		}
		if n := tree.Lookups; n < o.Lookups && tree.Root.Fault != spf.NoRecord && o.Lookups <= spf.MaxLookups {
			t.Errorf("%s: the check took %d lookups, the tree has %d", c.ID, o.Lookups, n)
		}
		if tree.IPv4 == 1<<32 && q.Client.Is4() && o.Result != spf.Pass {
			t.Errorf("%s: everybody passes, but the check gives %s", c.ID, o.Result)
		}
	}
}
