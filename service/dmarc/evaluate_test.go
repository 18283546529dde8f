package dmarc_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dmarc"
)

func ids(spec string) []dmarc.Identifier {
	var out []dmarc.Identifier
	for f := range strings.FieldsSeq(spec) {
		p := strings.Split(f, "/")
		m := dmarc.SPF
		if p[0] == "dkim" {
			m = dmarc.DKIM
		}
		out = append(out, dmarc.Identifier{Method: m, Domain: p[1], Result: p[2]})
	}
	return out
}

// summary is result, policy, disposition, place of the record and organization.
func summary(o dmarc.Outcome) string {
	s := fmt.Sprintf("%s p=%s d=%s at=%s org=%s", o.Result, o.Policy, o.Disposition, o.Domain, o.Organization)
	if o.PSL.Result != "" {
		s += fmt.Sprintf(" psl=%s:%s@%s", o.PSL.Result, o.PSL.Policy, o.PSL.Domain)
	}
	return s
}

type evaluation struct {
	name, zone, author, ids, want string
}

const shop = `
_dmarc.shop.test.        TXT "v=DMARC1; p=reject; sp=quarantine"
_dmarc.strict.shop.test. TXT "v=DMARC1; p=quarantine; adkim=s; aspf=s"
a.shop.test.             A 192.0.2.1
`

var evaluations = []evaluation{
	{"no record", "x.test. A 192.0.2.1", "x.test", "spf/x.test/pass", "none p= d= at= org=x.test psl=none:@"},
	{"equal domains", shop, "shop.test", "spf/shop.test/pass", "pass p=reject d=none at=shop.test org=shop.test psl=pass:reject@shop.test"},
	{"nothing authenticated", shop, "shop.test", "spf/shop.test/fail dkim/shop.test/fail",
		"fail p=reject d=reject at=shop.test org=shop.test psl=fail:reject@shop.test"},
	{"a bad np is unknown to RFC 7489", `_dmarc.shop.test. TXT "v=DMARC1; p=reject; np=x"`, "shop.test", "", "none p= d= at=shop.test org=shop.test psl=fail:reject@shop.test"},
	{"a bad sp is not", `_dmarc.shop.test. TXT "v=DMARC1; p=reject; sp=x"`, "shop.test", "", "none p= d= at=shop.test org=shop.test psl=none:@"},
	{"no identifiers", shop, "shop.test", "", "fail p=reject d=reject at=shop.test org=shop.test psl=fail:reject@shop.test"},
	{"subdomain authenticates", shop, "shop.test", "dkim/mail.shop.test/pass",
		"pass p=reject d=none at=shop.test org=shop.test psl=pass:reject@shop.test"},
	{"subdomain inherits sp", shop, "a.shop.test", "spf/other.test/pass",
		"fail p=quarantine d=quarantine at=shop.test org=shop.test psl=fail:quarantine@shop.test"},
	{"siblings align", shop, "a.shop.test", "spf/b.shop.test/pass",
		"pass p=quarantine d=none at=shop.test org=shop.test psl=pass:quarantine@shop.test"},
	{"strict refuses a parent", shop, "strict.shop.test", "spf/shop.test/pass dkim/x.strict.shop.test/pass",
		"fail p=quarantine d=quarantine at=strict.shop.test org=shop.test psl=fail:quarantine@strict.shop.test"},
	{"strict takes itself", shop, "strict.shop.test", "dkim/strict.shop.test/pass",
		"pass p=quarantine d=none at=strict.shop.test org=shop.test psl=pass:quarantine@strict.shop.test"},
	{"the last label alone aligns nothing", shop, "shop.test", "spf/test/pass",
		"fail p=reject d=reject at=shop.test org=shop.test psl=fail:reject@shop.test"},
	{"not the nearest ancestor but the organization", `
_dmarc.m.test.   TXT "v=DMARC1; p=reject; sp=quarantine"
_dmarc.b.m.test. TXT "v=DMARC1; p=none"`, "a.b.m.test", "",
		"fail p=quarantine d=quarantine at=m.test org=m.test psl=fail:quarantine@m.test"},
	{"psd=n ends the walk", `
_dmarc.m.test.   TXT "v=DMARC1; p=reject"
_dmarc.b.m.test. TXT "v=DMARC1; p=none; sp=quarantine; psd=n"`, "a.b.m.test", "spf/m.test/pass",
		"fail p=quarantine d=quarantine at=b.m.test org=b.m.test psl=pass:reject@m.test"},
	{"psd=y puts the organization one label below", `
_dmarc.gov.test.   TXT "v=DMARC1; p=none; sp=reject; psd=y"
_dmarc.b.gov.test. TXT "v=DMARC1; p=quarantine"`, "a.b.gov.test", "spf/c.gov.test/pass dkim/x.b.gov.test/pass",
		"pass p=quarantine d=none at=b.gov.test org=b.gov.test psl=pass:reject@gov.test"},
	{"the public suffix speaks for organizations without record", `
_dmarc.gov.test.     TXT "v=DMARC1; p=none; sp=reject; psd=y"
_dmarc.a.b.gov.test. TXT "v=DMARC1; p=quarantine"`, "x.a.b.gov.test", "",
		"fail p=reject d=reject at=gov.test org=b.gov.test psl=fail:reject@gov.test"},
	{"a public suffix that sends mail", `
_dmarc.gov.test. TXT "v=DMARC1; p=quarantine; sp=reject; psd=y"`, "gov.test", "spf/gov.test/pass",
		"pass p=quarantine d=none at=gov.test org=gov.test psl=pass:quarantine@gov.test"},
	{"names below one suffix are not one organization", `
_dmarc.gov.test. TXT "v=DMARC1; p=reject; psd=y"`, "a.gov.test", "spf/b.gov.test/pass",
		"fail p=reject d=reject at=gov.test org=a.gov.test psl=pass:reject@gov.test"},
	{"own record and none at the parent: another organization", `
_dmarc.my.mom.za.org. TXT "v=DMARC1; p=reject"`, "my.mom.za.org", "spf/mom.za.org/pass",
		"fail p=reject d=reject at=my.mom.za.org org=my.mom.za.org psl=pass:reject@my.mom.za.org"},
	{"np for a name that does not exist", `
_dmarc.m.test. TXT "v=DMARC1; p=none; sp=none; np=reject"`, "ghost.m.test", "",
		"fail p=reject d=reject at=m.test org=m.test psl=fail:none@m.test"},
	{"np not for a name without addresses", `
_dmarc.m.test. TXT "v=DMARC1; p=none; np=reject"
x.real.m.test. A 192.0.2.1`, "real.m.test", "", "fail p=none d=none at=m.test org=m.test psl=fail:none@m.test"},
	{"t=y lowers by one step", `
_dmarc.m.test. TXT "v=DMARC1; p=reject; t=y"`, "m.test", "", "fail p=reject d=quarantine at=m.test org=m.test psl=fail:reject@m.test"},
	{"t=y and quarantine", `
_dmarc.m.test. TXT "v=DMARC1; p=quarantine; t=y"`, "m.test", "",
		"fail p=quarantine d=none at=m.test org=m.test psl=fail:quarantine@m.test"},
	{"two records are none, and the walk goes on", `
_dmarc.a.m.test. TXT "v=DMARC1; p=none"
_dmarc.a.m.test. TXT "v=DMARC1; p=quarantine"
_dmarc.m.test.   TXT "v=DMARC1; p=reject"`, "a.m.test", "", "fail p=reject d=reject at=m.test org=m.test psl=none:@"},
	{"other texts are discarded first", `
_dmarc.m.test. TXT "v=DMARC1; p=reject"
_dmarc.m.test. TXT "v=spf1 -all"
_dmarc.m.test. TXT "v=DMARC10; p=none"`, "m.test", "", "fail p=reject d=reject at=m.test org=m.test psl=fail:reject@m.test"},
	{"an invalid policy with a destination is none", `
_dmarc.m.test. TXT "v=DMARC1; p=block; rua=mailto:a@m.test"`, "m.test", "", "fail p=none d=none at=m.test org=m.test psl=fail:none@m.test"},
	{"an invalid policy without is no DMARC", `
_dmarc.a.m.test. TXT "v=DMARC1; p=block"
_dmarc.m.test.   TXT "v=DMARC1; p=reject"`, "a.m.test", "spf/a.m.test/pass", "none p= d= at=a.m.test org=m.test psl=none:@"},
	{"behind an alias", `
_dmarc.m.test. CNAME r.host.test.
r.host.test.   TXT "v=DMARC1; p=reject"`, "m.test", "", "fail p=reject d=reject at=m.test org=m.test psl=fail:reject@m.test"},
	{"softfail and neutral do not authenticate", shop, "shop.test", "spf/shop.test/softfail spf/shop.test/neutral dkim/shop.test/policy",
		"fail p=reject d=reject at=shop.test org=shop.test psl=fail:reject@shop.test"},
	{"a temperror of an aligned mechanism decides nothing", shop, "shop.test", "spf/shop.test/temperror dkim/other.test/pass",
		"temperror p=reject d=none at=shop.test org=shop.test psl=temperror:reject@shop.test"},
	{"a temperror beside a pass", shop, "shop.test", "spf/shop.test/temperror dkim/shop.test/pass",
		"pass p=reject d=none at=shop.test org=shop.test psl=pass:reject@shop.test"},
	{"a temperror of a stranger", shop, "shop.test", "spf/other.test/temperror",
		"fail p=reject d=reject at=shop.test org=shop.test psl=fail:reject@shop.test"},
	{"the author's own record cannot be asked for", ";! fail _dmarc.m.test. TXT SERVFAIL\n", "m.test", "spf/m.test/pass",
		"temperror p= d= at= org=m.test psl=temperror:@"},
	{"equal domains need no parents", `
;! fail _dmarc.m.test. TXT TIMEOUT
_dmarc.a.m.test. TXT "v=DMARC1; p=reject"`, "a.m.test", "spf/a.m.test/pass",
		"pass p=reject d=none at=a.m.test org= psl=pass:reject@a.m.test"},
	{"relaxed alignment needs them", `
;! fail _dmarc.m.test. TXT TIMEOUT
_dmarc.a.m.test. TXT "v=DMARC1; p=reject"`, "a.m.test", "spf/m.test/pass",
		"temperror p=reject d=none at=a.m.test org= psl=pass:reject@a.m.test"},
	{"a stranger's parents do not matter", `
;! fail _dmarc.m.test. TXT TIMEOUT
;! fail _dmarc.other.example. TXT TIMEOUT
_dmarc.a.m.test. TXT "v=DMARC1; p=reject"`, "a.m.test", "spf/other.example/pass",
		"fail p=reject d=reject at=a.m.test org= psl=fail:reject@a.m.test"},
	{"the author's existence stays open", `
;! fail ghost.m.test. A SERVFAIL
_dmarc.m.test. TXT "v=DMARC1; p=none; np=reject"`, "ghost.m.test", "",
		"temperror p= d=none at=m.test org=m.test psl=fail:none@m.test"},
	{"existence is not needed for a pass", `
;! fail ghost.m.test. A SERVFAIL
_dmarc.m.test. TXT "v=DMARC1; p=none; np=reject"`, "ghost.m.test", "dkim/m.test/pass",
		"pass p= d=none at=m.test org=m.test psl=pass:none@m.test"},
	{"what lies behind psd=n is not asked about", `
;! fail _dmarc.m.test. TXT TIMEOUT
_dmarc.a.m.test. TXT "v=DMARC1; p=reject; psd=n"`, "x.a.m.test", "spf/a.m.test/pass",
		"pass p=reject d=none at=a.m.test org=a.m.test psl=temperror:@"},
	{"the 7th label of a long name", `
_dmarc.3.4.5.6.7.m.test. TXT "v=DMARC1; p=reject"
_dmarc.2.3.4.5.6.7.m.test. TXT "v=DMARC1; p=none"`, "1.2.3.4.5.6.7.m.test", "",
		"fail p=reject d=reject at=3.4.5.6.7.m.test org=3.4.5.6.7.m.test psl=none:@"},
}

func TestEvaluate(t *testing.T) {
	for _, c := range evaluations {
		t.Run(c.name, func(t *testing.T) {
			r := dnstest.New(t, c.zone)
			got := summary(dmarc.Evaluate(t.Context(), r, dmarc.Input{Author: c.author, Identifiers: ids(c.ids)}))
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestFailingAnyQuestionChangesNoDefiniteResult fails each question in turn: the
// result is then temperror or what it was.
func TestFailingAnyQuestionChangesNoDefiniteResult(t *testing.T) {
	for _, c := range evaluations {
		r := dnstest.New(t, c.zone)
		in := dmarc.Input{Author: c.author, Identifiers: ids(c.ids)}
		whole := dmarc.Evaluate(t.Context(), r, in)
		for _, q := range r.Asked() {
			r.Fail(func(have resolver.Question) resolver.Kind {
				if have == q {
					return resolver.ServerFailure
				}
				return 0
			})
			part := dmarc.Evaluate(t.Context(), r, in)
			if part.Result != dmarc.ResultTempError && (part.Result != whole.Result || part.Disposition != whole.Disposition) {
				t.Errorf("%s: without %v %s, with it %s", c.name, q, summary(part), summary(whole))
			}
			if psl := part.PSL.Result; psl != dmarc.ResultTempError && psl != whole.PSL.Result {
				t.Errorf("%s: without %v %s by the list, with it %s", c.name, q, psl, whole.PSL.Result)
			}
			r.Fail(nil)
		}
	}
}

func TestWalkAsksAtMostEightNames(t *testing.T) {
	r := dnstest.New(t, "x.test. A 192.0.2.1")
	w := dmarc.TreeWalk(t.Context(), r, "a.b.c.d.e.f.g.h.i.j.mail.example.com")
	var got []string
	for _, s := range w.Steps {
		got = append(got, s.Domain)
	}
	want := []string{
		"a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com", "i.j.mail.example.com",
		"j.mail.example.com", "mail.example.com", "example.com", "com",
	}
	if !slices.Equal(got, want) || len(r.Asked()) != 8 {
		t.Errorf("%d questions for %q", len(r.Asked()), got)
	}
}

func TestNeededAreTheNamesOfWalksOneByOne(t *testing.T) {
	const zone = shop + `
_dmarc.gov.test.   TXT "v=DMARC1; p=none; psd=y"
_dmarc.b.gov.test. TXT "v=DMARC1; p=quarantine"
_dmarc.n.test.     TXT "v=DMARC1; p=none; psd=n"`
	for _, c := range []struct{ author, ids, want string }{
		{"shop.test", "", "shop.test"},
		{"shop.test", "spf/shop.test/pass dkim/other.test/pass dkim/a.shop.test/fail", "shop.test"},
		{"shop.test", "dkim/x.shop.test/pass", "shop.test test x.shop.test"},
		{"shop.test", "dkim/x.shop.test/pass dkim/y.shop.test/pass", "shop.test test x.shop.test"},
		{"shop.test", "dkim/x.shop.test/fail dkim/y.shop.test/pass", "shop.test test y.shop.test"},
		{"shop.test", "spf/other.test/pass", "shop.test test"},
		{"shop.test", "spf/other.example/pass dkim/example/pass", "shop.test"},
		{"strict.shop.test", "dkim/shop.test/pass", "strict.shop.test"},
		{"a.shop.test", "", "a.shop.test shop.test test"},
		{"x.b.gov.test", "spf/b.gov.test/pass", "x.b.gov.test b.gov.test gov.test"},
		{"x.n.test", "", "x.n.test n.test"},
		{"absent.example", "", "absent.example example"},
		{"1.2.3.4.5.6.7.8.9", "", "1.2.3.4.5.6.7.8.9 3.4.5.6.7.8.9 4.5.6.7.8.9 5.6.7.8.9 6.7.8.9 7.8.9 8.9 9"},
	} {
		o := dmarc.Evaluate(t.Context(), dnstest.New(t, zone), dmarc.Input{Author: c.author, Identifiers: ids(c.ids)})
		got := strings.ReplaceAll(strings.Join(o.Discovery.Needed(ids(c.ids)...), " "), "_dmarc.", "")
		if got != c.want {
			t.Errorf("%s %s: %s, not %s", c.author, c.ids, got, c.want)
		}
	}
}

func TestNamesOfAnySpelling(t *testing.T) {
	r := dnstest.New(t, `_dmarc.xn--bcher-kva.test. TXT "v=DMARC1; p=reject"`)
	for author, want := range map[string]dmarc.Word{"B\u00fccher.TEST.": dmarc.ResultPass, "xn--bcher-kva.test": dmarc.ResultPass, "[192.0.2.1]": dmarc.ResultNone, "a b": dmarc.ResultNone} {
		o := dmarc.Evaluate(t.Context(), r, dmarc.Input{Author: author, Identifiers: ids("dkim/a..b/pass dkim/MX.b\u00fccher.test/pass")})
		if o.Result != want {
			t.Errorf("%s: %s, not %s", author, o.Result, want)
		}
	}
}

func TestIdentifiersShareTheirWalksAndAreCapped(t *testing.T) {
	r := dnstest.New(t, `_dmarc.m.test. TXT "v=DMARC1; p=reject"`)
	var list []dmarc.Identifier
	for i := range 50 {
		list = append(list, dmarc.Identifier{Method: dmarc.DKIM, Domain: fmt.Sprintf("s%d.m.test", i), Result: "pass"})
		list = append(list, dmarc.Identifier{Method: dmarc.DKIM, Domain: fmt.Sprintf("s%d.other.test", i), Result: "pass"})
	}
	// A domain above the author's takes no question of its own.
	o := dmarc.Evaluate(t.Context(), dnstest.New(t, `_dmarc.m.test. TXT "v=DMARC1; p=reject"`), dmarc.Input{Author: "a.m.test",
		Identifiers: append(list[:40:40], ids("dkim/m.test/pass")...)})
	if c := o.Identifiers[40]; c.Alignment != dmarc.Aligned {
		t.Errorf("%+v", c)
	}
	o = dmarc.Evaluate(t.Context(), r, dmarc.Input{Author: "m.test", Identifiers: list})
	if o.Result != dmarc.ResultPass || o.Discovery.Skipped != 50-dmarc.MaxWalks {
		t.Errorf("%s, %d skipped", summary(o), o.Discovery.Skipped)
	}
	if n := len(r.Asked()); n != 2+dmarc.MaxWalks { // two names for the author, one more for each walk
		t.Errorf("%d questions", n)
	}
}

func TestReceiversOfBothStandardsAreCompared(t *testing.T) {
	for _, c := range []struct {
		zone, author, ids string
		differs           bool
	}{
		{shop, "shop.test", "spf/shop.test/pass", false},
		{`_dmarc.a.b.test. TXT "v=DMARC1; p=reject"`, "a.b.test", "spf/b.test/pass", true},
		{`_dmarc.a.test. TXT "v=DMARC1; p=reject; t=y"`, "a.test", "", true},
		{`_dmarc.a.test. TXT "v=DMARC1; p=reject; t=y"`, "a.test", "spf/a.test/pass", false},
		{";! fail _dmarc.a.test. TXT SERVFAIL", "a.test", "", false},
		{`_dmarc.a.test. TXT "v=DMARC1; p=reject; pct=50"`, "a.test", "", true},
		{`_dmarc.a.test. TXT "v=DMARC1; p=reject; pct=50"`, "a.test", "spf/a.test/pass", false},
		{`_dmarc.a.test. TXT "v=DMARC1; p=reject; pct=0"`, "a.test", "", true},
		{`_dmarc.a.test. TXT "v=DMARC1; p=reject; pct=0; t=y"`, "a.test", "", false},
		{`_dmarc.a.test. TXT "v=DMARC1; p=none; pct=50"`, "a.test", "", false},
		{`_dmarc.a.test. TXT "v=DMARC1; p=quarantine; pct=x"`, "a.test", "", false},
	} {
		o := dmarc.Evaluate(t.Context(), dnstest.New(t, c.zone), dmarc.Input{Author: c.author, Identifiers: ids(c.ids)})
		if o.Differs() != c.differs {
			t.Errorf("%s %s: differs is %v: %s", c.author, c.ids, o.Differs(), summary(o))
		}
	}
}

func TestNoAuthorNoDMARC(t *testing.T) {
	r := dnstest.New(t, shop)
	if o := dmarc.Evaluate(t.Context(), r, dmarc.Input{}); o.Result != dmarc.ResultNone || len(r.Asked()) > 0 {
		t.Errorf("%s after %v", summary(o), r.Asked())
	}
}

func TestAuthorize(t *testing.T) {
	zone := `
_dmarc.m.test.                      TXT "v=DMARC1; p=reject; rua=mailto:a@reports.other"
m.test._report._dmarc.reports.other. TXT "unrelated"
m.test._report._dmarc.reports.other. TXT "v=DMARC1; rua=mailto:b@reports.other, mailto:c@evil.example"
m.test._report._dmarc.empty.other.  TXT "nothing"
;! fail m.test._report._dmarc.down.other. TXT SERVFAIL
;! fail _dmarc.odd.other. TXT SERVFAIL
*._report._dmarc.open.other. TXT "v=DMARC1"
`
	for _, c := range []struct {
		host, want string
	}{
		{"m.test", "external=false authorized=false redirect=0 err=false"},
		{"mail.M.test.", "external=false authorized=false redirect=0 err=false"},
		{"reports.other", "external=true authorized=true redirect=1 err=false"},
		{"empty.other", "external=true authorized=false redirect=0 err=false"},
		{"none.other", "external=true authorized=false redirect=0 err=false"},
		{"down.other", "external=true authorized=false redirect=0 err=true"},
		{"open.other", "external=true authorized=true redirect=0 err=false"},
		{"odd.other", "external=true authorized=false redirect=0 err=false"},
		{strings.Repeat("x.", 120) + "other", "external=true authorized=false redirect=0 err=false"},
		{"not a host", "external=false authorized=false redirect=0 err=true"},
	} {
		a := dmarc.Authorize(t.Context(), dnstest.New(t, zone), "m.test", c.host)
		got := fmt.Sprintf("external=%v authorized=%v redirect=%d err=%v", a.External, a.Authorized, len(a.Redirect), a.Err != nil)
		if got != c.want {
			t.Errorf("%.40s: %s, want %s (%v)", c.host, got, c.want, a.Err)
		}
	}
}

// warm answers from memory, with values kept beside the answers as a cache does.
func warm(b *testing.B, zone string) resolver.Resolver {
	b.Helper()
	shared := resolver.Share(dnstest.New(b, zone), resolver.Sharing{})
	return shared
}

func BenchmarkEvaluateWarm(b *testing.B) {
	r := warm(b, shop+`_dmarc.test. TXT "other"`)
	in := dmarc.Input{Author: "shop.test", Identifiers: ids("spf/bounce.shop.test/pass dkim/shop.test/pass")}
	b.ReportAllocs()
	for b.Loop() {
		if o := dmarc.Evaluate(context.Background(), r, in); o.Result != dmarc.ResultPass {
			b.Fatal(summary(o))
		}
	}
}
