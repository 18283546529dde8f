package spf_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// faulty are records and their errors, written "class@offset suggestion".
var faulty = map[string]string{
	"v=spf1 mx -all": "",
	"v=spf1 ip4:192.0.2.300 inculde:x.test -all": "address@10; unknown@23 include:x.test",
	"v=spf1 ip4:192.0.2.1/33 -all":               "address@20",
	"v=spf1 ip4:192.0.2.1/08 -all":               "address@20",
	"v=spf1 ip4:192.0.2.1/ -all":                 "address@20",
	"v=spf1 ip4:192.0.2 ip4:010.0.0.1 -all":      "address@10; address@22",
	"v=spf1 ip4:2001:db8::1 ip6:192.0.2.1":       "address@10 ip6:2001:db8::1; address@26 ip4:192.0.2.1",
	"v=spf1 ip6:2001:db8::/129":                  "address@21",
	"v=spf1 ip6:fe80::1%eth0":                    "address@10",
	"v=spf1 ip4 -all":                            "address@10",
	"v=spf1 ipv4:192.0.2.1 ipv6:::1":             "unknown@7 ip4:192.0.2.1; unknown@22 ip6:::1",
	"v=spf1 a/33 a//129 a/24/64 a/x":             "address@8; address@13; address@20; address@28",
	"v=spf1 ptr/24":                              "address@10",
	"v=spf1 a:192.0.2.1":                         "other@17",
	"v=spf1 a:example.com:80":                    "other@17",
	"v=spf1 a: mx: include: exists: redirect=":   "other@9; other@13; other@22; other@30; other@40",
	"v=spf1 include exists":                      "other@14; other@21",
	"v=spf1 include: x.test -all":                "other@15 include:x.test",
	"v=spf1 include:x":                           "other@15",
	"v=spf1 a:x.-test a:x.te_st a:x.123":         "other@11; other@21; other@31",
	"v=spf1 all:x -all/8":                        "other@10; other@17",
	"v=spf1 mx, a; ~all;":                        "unknown@7 mx; unknown@11 a; unknown@15 ~all",
	"v=spf1 ip4:192.0.2.25~all":                  "together@21 ip4:192.0.2.25 ~all",
	"v=spf1 mxa -all":                            "together@9 mx a",
	"v=spf1 include:a.test~all":                  "together@21 include:a.test ~all",
	"v=spf1 ip4:192.0.2.1include:a.test":         "together@20 ip4:192.0.2.1 include:a.test",
	"v=spf1 redirect:x.test":                     "unknown@7 redirect=x.test",
	"v=spf1 -redirect=x.test":                    "other@7",
	"v=spf1 redirect=a.test redirect=a.test":     "repeated@23",
	"v=spf1 exp=a.test EXP=b.test":               "repeated@18",
	"v=spf1 exists:%{x}.test":                    "macro@16",
	"v=spf1 exists:%{d0}.test":                   "macro@17",
	"v=spf1 exists:%{d.test":                     "macro@14",
	"v=spf1 exists:%{d!}.test":                   "macro@17",
	"v=spf1 exists:%{}.test":                     "macro@16",
	"v=spf1 exists:50%.test":                     "macro@17",
	"v=spf1 exists:%{c}.test x=%{t}":             "macro@16; macro@28",
	"v=spf1 exists:a.test%":                      "macro@20",
	"v=spf1 a\tmx":                               "other@8",
	"v=spf1 \u201cinclude:a.test\u201d -all":     "stray@7",
	"v=spf1 include:a.test\u00a0-all":            "stray@21",
	"v=spf1 mx \u2013all":                        "stray@10",
	"v=spf1 mx \x96all":                          "stray@10",
	"v=spf1 mx\u200b \"-all\"":                   "stray@9; stray@13",
	"v=spf1 \"mx\" foo:bar":                      "unknown@7 mx; unknown@12",
	"v=spf1 " + strings.Repeat("x ", 5000):       "long@0",
	"mx -all":                                    "other@0",
	"":                                           "other@0",
}

// TestFaultsAreNamed are records with faults: what each is, where it stands and
// what is probably meant.
func TestFaultsAreNamed(t *testing.T) {
	classes := map[spf.Class]string{
		spf.Other: "other", spf.UnknownMechanism: "unknown", spf.BadMacro: "macro", spf.BadAddress: "address",
		spf.RunTogether: "together", spf.Stray: "stray", spf.Repeated: "repeated", spf.TooLong: "long",
	}
	for text, want := range faulty {
		r, err := spf.Parse(text)
		var got []string
		for _, e := range r.Errors {
			s := classes[e.Class] + "@" + strconv.Itoa(e.Offset)
			if e.Suggestion != "" {
				s += " " + e.Suggestion
			}
			got = append(got, s)
			if e.Reason == "" || len(e.Term) > 80 || e.Class == spf.Stray && r.Repaired == "" {
				t.Errorf("%.60q: %+v", text, e)
			}
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%.60q:\n%s\nnot\n%s\n%v", text, s, want, r.Errors)
		}
		if (err != nil) != (len(got) > 0) {
			t.Errorf("%.60q: error %v", text, err)
		}
	}
}

// TestRecordsKeepTheirTerms reads one record of everything.
func TestRecordsKeepTheirTerms(t *testing.T) {
	const text = "v=spf1  +A ?a:B.test/24//64 ~MX//48 -ptr:p.test ip4:192.0.2.99/24 ip6:2001:DB8::1/32 exists:%{ir}.%{v}.x.test Exp=e.test All mx foo=%{d} redirect=r.test"
	const plain = "v=spf1 a ?a:B.test/24//64 ~mx//48 -ptr:p.test ip4:192.0.2.0/24 ip6:2001:db8::/32 exists:%{ir}.%{v}.x.test exp=e.test all mx foo=%{d} redirect=r.test"
	r, err := spf.Parse(text)
	if err != nil || r.String() != plain {
		t.Errorf("%v:\n%s\nnot\n%s", err, r, plain)
	}
	if r.All().Text != "All" || r.Exp().Text != "Exp=e.test" || r.Redirect().Offset != strings.Index(text, "redirect") {
		t.Errorf("%+v %+v %+v", r.All(), r.Exp(), r.Redirect())
	}
	dead := r.Dead()
	if len(dead) != 2 || dead[0].Kind != spf.MX || dead[1].Kind != spf.Redirect {
		t.Errorf("dead: %+v", dead)
	}
	if letters := r.Terms[6].Domain.Letters(); letters != "iv" {
		t.Errorf("letters %q", letters)
	}
}

// TestParkedIsBareFail tells who sends no mail from who just ends in -all.
func TestParkedIsBareFail(t *testing.T) {
	for text, want := range map[string]bool{
		"v=spf1 -all": true, "v=spf1 -all exp=e.test": true, "v=spf1 foo=bar -ALL a": true,
		"v=spf1 ~all": false, "v=spf1 mx -all": false, "v=spf1": false, "v=spf1 redirect=a.test": false, "v=spf1 -all x:y": false,
	} {
		if r, _ := spf.Parse(text); r.Parked() != want {
			t.Errorf("%q: %v", text, r.Parked())
		}
	}
}

// TestSeamsShowLostSpaces: strings are joined without a space, which is seen where
// each half is a term.
func TestSeamsShowLostSpaces(t *testing.T) {
	for _, c := range []struct {
		strings []string
		class   spf.Class
		meant   string
		seams   int
	}{
		{[]string{"v=spf1 include:a.test", "ip4:192.0.2.1 -all"}, spf.RunTogether, "include:a.test ip4:192.0.2.1", 1},
		{[]string{"v=spf1 mx", "a", " -all"}, spf.RunTogether, "mx a", 1},
		{[]string{"v=spf1 include:a.test", "a -all"}, 0, "", 1}, // include:a.testa is a term
		{[]string{"v=spf1 include:a.te", "st -all"}, 0, "", 1},
		{[]string{"v=spf1 include:a.test ", "ip4:192.0.2.1", " -all"}, 0, "", 0},
		{[]string{"v=s", "pf1 -all"}, 0, "", 0},
	} {
		txt := resolver.TXT{Text: c.strings[0]}
		for _, s := range c.strings[1:] {
			txt.Cuts = append(txt.Cuts, len(txt.Text))
			txt.Text += s
		}
		r, _ := spf.ParseTXT(txt)
		if len(r.Seams) != c.seams || (len(r.Errors) > 0) != (c.class != 0) {
			t.Errorf("%q: seams %v, errors %v", c.strings, r.Seams, r.Errors)
			continue
		}
		if c.class != 0 && (r.Errors[0].Class != c.class || r.Errors[0].Suggestion != c.meant || !r.Seams[0].TwoTerms) {
			t.Errorf("%q: %+v, seams %v", c.strings, r.Errors[0], r.Seams)
		}
	}
}

// TestSelection sorts texts: records, meant as records, obsolete, none of these.
func TestSelection(t *testing.T) {
	for text, want := range map[string]string{
		"v=spf1":                            "record",
		"V=sPf1 -all":                       "record",
		"v=spf1 foo:":                       "record",
		" v=spf1 mx -all":                   "other: v=spf1 mx -all",
		"\"v=spf1 mx -all\"":                "stray: v=spf1 mx -all",
		"\u201cv=spf1 mx -all\u201d":        "stray: v=spf1 mx -all",
		"\ufeffv=spf1 mx -all":              "stray: v=spf1 mx -all",
		"\u00a0v=spf1 mx -all":              "stray: v=spf1 mx -all",
		"v=spf1\u00a0mx -all":               "stray: v=spf1 mx -all",
		"'v=spf1 inculde:a.test'":           "stray: ",
		"v=spf10 mx -all":                   "other: v=spf1 mx -all",
		"v=spf1; mx -all":                   "other: v=spf1 mx -all",
		"v=spf1;":                           "other: v=spf1 ",
		"v=spf1\tmx -all":                   "other: v=spf1 mx -all",
		"v=spf1,mx,-all":                    "other: v=spf1 mx -all",
		"v= spf1 mx -all":                   "other: v=spf1 mx -all",
		"spf1 mx -all":                      "other: v=spf1 mx -all",
		"v=spf mx -all":                     "other: v=spf1 mx -all",
		"v=spfl mx -all":                    "other: v=spf1 mx -all",
		"v=spf1xyz":                         "",
		"spf1 is great":                     "",
		"spf2.0/pra mx -all":                "obsolete",
		"v=DMARC1; p=none":                  "",
		"google-site-verification=abc":      "",
		"":                                  "",
		strings.Repeat("v=spf10 mx ", 1000): "",
	} {
		s := spf.Select(&resolver.Answer{Data: []resolver.Data{resolver.TXT{Text: text}}})
		got := ""
		switch {
		case len(s.Records) == 1:
			got = "record"
		case len(s.Obsolete) == 1:
			got = "obsolete"
		case len(s.Mistyped) == 1:
			m := s.Mistyped[0]
			got = map[spf.Class]string{spf.Other: "other", spf.Stray: "stray"}[m.Class] + ": " + m.Repaired
			if m.Text != text || m.Reason == "" {
				t.Errorf("%q: %+v", text, m)
			}
		}
		if got != want {
			t.Errorf("%.40q: %q, not %q", text, got, want)
		}
	}
}

// TestMergedRecordsAuthoriseTheSame joins what someone published as two records.
func TestMergedRecordsAuthoriseTheSame(t *testing.T) {
	for _, c := range []struct {
		records []string
		want    string
	}{
		{[]string{"v=spf1 mx include:a.test ~all", "v=spf1 include:A.test ip4:192.0.2.1 -all a"}, "v=spf1 mx include:a.test include:A.test ip4:192.0.2.1 -all"},
		{[]string{"v=spf1 mx exp=e.test", "v=spf1 +mx exp=f.test"}, "v=spf1 mx exp=e.test"},
		{[]string{"v=spf1 +all", "v=spf1 ?all"}, "v=spf1 ?all"},
		{[]string{"v=spf1 mx", "v=spf1 redirect=a.test"}, ""},
		{[]string{"v=spf1 mx", "v=spf1 mxx:"}, ""},
		{nil, ""},
	} {
		var records []*spf.Record
		for _, text := range c.records {
			r, _ := spf.Parse(text)
			records = append(records, r)
		}
		got := ""
		if m := spf.Merge(records...); m != nil {
			got = m.Text
		}
		if got != c.want {
			t.Errorf("%q: %q, not %q", c.records, got, c.want)
		}
	}
}
