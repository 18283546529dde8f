package dmarc_test

import (
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dmarc"
)

// letter are single points of RFC 9989: what stands at _dmarc.m.test, what else is
// in the zone, and how the summary of the outcome begins.
var letter = []struct{ name, record, zone, author, ids, want string }{
	// Sections 4.7 and 4.8: the record.
	{"no separator", "v=DMARC1 p=reject", "", "m.test", "", "none"},
	{"space before the version", " v=DMARC1; p=reject", "", "m.test", "", "none"},
	{"version in lower case", "v=dmarc1; p=reject", "", "m.test", "", "none"},
	{"names and values in any case, with spaces", "V = DMARC1 ; P = Reject ; ASPF = S;", "", "m.test", "spf/a.m.test/pass", "fail p=reject"},
	{"garbage behind", "v=DMARC1; p=reject; garbage; x=y; =; ;;", "", "m.test", "", "fail p=reject"},
	{"version alone", "v=DMARC1", "", "m.test", "spf/m.test/pass", "none"},
	{"no policy, a destination", "v=DMARC1; rua=mailto:a@b.test", "", "m.test", "", "fail p=none"},
	{"no policy, a destination with a size", "v=DMARC1; rua=mailto:a@b.test!10m", "", "m.test", "", "fail p=none"},
	{"no policy, a destination of another scheme", "v=DMARC1; rua=https://b.test/x", "", "m.test", "", "fail p=none"},
	{"no policy, the second destination", "v=DMARC1; rua=foo, mailto:a@b.test", "", "m.test", "", "fail p=none"},
	{"no policy, a destination behind hundreds that are none", "v=DMARC1; rua=" + strings.Repeat("x,", 300) + "mailto:a@b.test", "", "m.test", "", "fail p=none"},
	{"no policy, no URI", "v=DMARC1; rua=a@b.test", "", "m.test", "", "none"},
	{"a bad sp matters for p, too", "v=DMARC1; p=reject; sp=x; rua=mailto:a@b.test", "", "m.test", "", "fail p=none"},
	{"a bad np, no destination", "v=DMARC1; p=reject; np=x", "", "m.test", "", "none"},
	{"a bad psd is u", "v=DMARC1; p=reject; psd=x", "", "m.test", "", "fail p=reject"},
	{"equal records are two", "v=DMARC1; p=reject", `_dmarc.m.test. TXT "v=DMARC1; p=reject"`, "m.test", "spf/m.test/pass", "none"},

	// Section 4.7: p, sp, np and t.
	{"np at an empty non-terminal", "v=DMARC1; p=none; np=reject", `x.a.m.test. A 192.0.2.1`, "a.m.test", "", "fail p=none"},
	{"np not for the owner", "v=DMARC1; p=none; np=reject", "", "m.test", "", "fail p=none"},
	{"np with t", "v=DMARC1; p=none; np=reject; t=y", "", "a.m.test", "", "fail p=reject d=quarantine"},
	{"np falls back to sp", "v=DMARC1; p=none; sp=quarantine", "", "a.m.test", "", "fail p=quarantine d=quarantine"},

	// Section 4.10: the walk.
	{"eight labels: the second question has seven", "v=DMARC1; p=none", `_dmarc.2.3.4.5.6.m.test. TXT "v=DMARC1; p=reject"`,
		"1.2.3.4.5.6.m.test", "spf/2.3.4.5.6.m.test/pass", "pass p=none d=none at=m.test"},
	{"nine labels: eight are skipped", "x", `_dmarc.2.3.4.5.6.7.m.test. TXT "v=DMARC1; p=reject"`, "1.2.3.4.5.6.7.m.test", "", "none"},
	{"nine labels: seven are asked", "x", `_dmarc.3.4.5.6.7.m.test. TXT "v=DMARC1; p=reject"`, "1.2.3.4.5.6.7.m.test", "", "fail p=reject d=reject at=3.4.5.6.7.m.test"},
	{"a name that only the identifier's walk asks about has no policy for the author", "x", "_dmarc.3.4.5.6.7.m.test. TXT \"v=DMARC1; p=quarantine; psd=y\"\n_dmarc.2.3.4.5.6.7.m.test. TXT \"v=DMARC1; p=reject\"",
		"1.2.3.4.5.6.7.m.test", "spf/2.3.4.5.6.7.m.test/pass", "pass p=quarantine d=none at=3.4.5.6.7.m.test"},
	{"psd=y at the start ends the walk", "v=DMARC1; p=reject; psd=y", `_dmarc.test. TXT "v=DMARC1; p=none; psd=y"`, "m.test", "spf/b.test/pass",
		"fail p=reject d=reject at=m.test org=m.test"},
	{"psd=n at the start ends the walk", "v=DMARC1; p=none", `_dmarc.a.m.test. TXT "v=DMARC1; p=reject; psd=n"`, "a.m.test", "spf/m.test/pass",
		"fail p=reject d=reject at=a.m.test org=a.m.test"},
	{"psd=n of the identifier parts it", "v=DMARC1; p=reject", `_dmarc.a.m.test. TXT "v=DMARC1; p=none; psd=n"`, "m.test", "spf/a.m.test/pass",
		"fail p=reject d=reject at=m.test org=m.test"},

	// Section 5.3.6: questions that stay open.
	{"open above, strict", "", "_dmarc.a.m.test. TXT \"v=DMARC1; p=reject; aspf=s\"\n;! fail _dmarc.m.test. TXT SERVFAIL\n", "a.m.test", "spf/b.m.test/pass", "fail"},
	{"open above, relaxed", "", "_dmarc.a.m.test. TXT \"v=DMARC1; p=reject\"\n;! fail _dmarc.m.test. TXT SERVFAIL\n", "a.m.test", "spf/b.m.test/pass", "temperror"},
	{"open above, a stranger", "", "_dmarc.a.m.test. TXT \"v=DMARC1; p=reject\"\n;! fail _dmarc.m.test. TXT SERVFAIL\n", "a.m.test", "spf/b.other.example/pass", "fail"},
	{"the identifier's walk is open beside a pass", "v=DMARC1; p=reject", ";! fail _dmarc.b.m.test. TXT SERVFAIL\n", "m.test", "spf/b.m.test/pass dkim/m.test/pass", "pass"},
	{"existence is open beside a pass", "v=DMARC1; p=reject; np=none", ";! fail a.m.test. A SERVFAIL\n", "a.m.test", "spf/m.test/pass", "pass"},
	{"existence is open and decides", "v=DMARC1; p=reject; np=none", ";! fail a.m.test. A SERVFAIL\n", "a.m.test", "", "temperror"},
	{"no record, a mechanism is open", "x", "", "m.test", "spf/m.test/temperror", "none"},
}

func TestLetter(t *testing.T) {
	for _, c := range letter {
		zone := c.zone
		if c.record != "" {
			zone = `_dmarc.m.test. TXT "` + c.record + "\"\n" + zone
		}
		o := dmarc.Evaluate(t.Context(), dnstest.New(t, zone), dmarc.Input{Author: c.author, Identifiers: ids(c.ids)})
		if s := summary(o); !strings.HasPrefix(s+" ", c.want+" ") {
			t.Errorf("%s: %s, not %s", c.name, s, c.want)
		}
	}
}
