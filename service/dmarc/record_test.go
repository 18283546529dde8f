package dmarc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/service/dmarc"
)

func TestOnlyTheExactVersionMakesARecord(t *testing.T) {
	for text, want := range map[string]bool{
		"v=DMARC1":                  true,
		"v=DMARC1;p=none":           true,
		"V = DMARC1 ; p=none":       true,
		"v\t=\tDMARC1\t;":           true,
		"v=DMARC1;":                 true,
		"v=dmarc1; p=none":          false,
		"v=DMARC10; p=none":         false,
		"v=DMARC1 p=none":           false,
		" v=DMARC1; p=none":         false,
		"p=none; v=DMARC1":          false,
		"v=DMARC2; p=none":          false,
		"v; p=none":                 false,
		"":                          false,
		";v=DMARC1":                 false,
		"\"v=DMARC1; p=none\"":      false,
		"v=spf1 -all":               false,
		"v=DMARC1\u00a0; p=none":    false,
		"v=DMARC1; p=none\x00; t=y": true,
	} {
		if _, got := dmarc.Parse(text); got != want {
			t.Errorf("Parse(%q) is %v", text, got)
		}
	}
}

func TestPolicyOfARecord(t *testing.T) {
	for _, c := range []struct {
		text               string
		own, exists, gone  dmarc.Policy
		defaulted, applies bool
	}{
		{"v=DMARC1; p=reject", dmarc.Reject, dmarc.Reject, dmarc.Reject, false, true},
		{"v=DMARC1; P=Quarantine; SP=NONE", dmarc.Quarantine, dmarc.None, dmarc.None, false, true},
		{"v=DMARC1; p=none; sp=quarantine; np=reject", dmarc.None, dmarc.Quarantine, dmarc.Reject, false, true},
		{"v=DMARC1; p=none; np=reject", dmarc.None, dmarc.None, dmarc.Reject, false, true},
		{"v=DMARC1; rua=mailto:x@d.test; sp=reject", dmarc.None, dmarc.None, dmarc.None, true, true},
		{"v=DMARC1; p=block; rua=mailto:x@d.test", dmarc.None, dmarc.None, dmarc.None, true, true},
		{"v=DMARC1; p=reject; sp=block; rua=mailto:x@d.test", dmarc.None, dmarc.None, dmarc.None, true, true},
		{"v=DMARC1; p=reject; np=; rua=https://d.test/", dmarc.None, dmarc.None, dmarc.None, true, true},
		{"v=DMARC1; p=block", dmarc.NoPolicy, dmarc.NoPolicy, dmarc.NoPolicy, false, false},
		{"v=DMARC1; p=reject; sp=block", dmarc.NoPolicy, dmarc.NoPolicy, dmarc.NoPolicy, false, false},
		{"v=DMARC1; rua=mailto:", dmarc.NoPolicy, dmarc.NoPolicy, dmarc.NoPolicy, false, false},
		{"v=DMARC1; rua=x@d.test", dmarc.NoPolicy, dmarc.NoPolicy, dmarc.NoPolicy, false, false},
		{"v=DMARC1", dmarc.NoPolicy, dmarc.NoPolicy, dmarc.NoPolicy, false, false},
		{"v=DMARC1; p=none; p=reject", dmarc.None, dmarc.None, dmarc.None, false, true},
		{"v=DMARC1;; sp=none;p = reject ; foo=bar;;", dmarc.Reject, dmarc.None, dmarc.None, false, true},
	} {
		r, ok := dmarc.Parse(c.text)
		if !ok {
			t.Fatalf("%q is no record", c.text)
		}
		own, exists, gone := r.For(false, true), r.For(true, true), r.For(true, false)
		defaulted, applies := r.Usable()
		if own != c.own || exists != c.exists || gone != c.gone || defaulted != c.defaulted || applies != c.applies {
			t.Errorf("%q: %v %v %v, defaulted %v, applies %v", c.text, own, exists, gone, defaulted, applies)
		}
	}
}

func TestEveryFaultOfARecordIsKept(t *testing.T) {
	text := "v=DMARC1; p=reject; polcy=none; adkmi=s; adkim=x; aspf=S; t=maybe; psd=Y; fo=0:1; fo=d; pct=50; ri=1; nonsense; r2=1; " +
		"ruf=mailto:a@b.test!10m , https://c.test/x, d@e.test, mailto:%zz@f.test; xyzzy=1"
	r, ok := dmarc.Parse(text)
	if !ok {
		t.Fatal("no record")
	}
	var got []string
	for _, p := range r.Problems {
		got = append(got, p.String())
	}
	want := []string{
		"unknown tag polcy=none (p is meant?)",
		"unknown tag adkmi=s (adkim is meant?)",
		"invalid value adkim=x",
		"invalid value t=maybe",
		"invalid value fo=0:1",
		"duplicate tag fo=d",
		"tag of RFC 7489, removed by RFC 9989 pct=50",
		"tag of RFC 7489, removed by RFC 9989 ri=1",
		"not a tag nonsense",
		"not a tag r2=1",
		"URI of a scheme that nobody serves ruf=https://c.test/x",
		"invalid URI ruf=d@e.test",
		"invalid URI ruf=mailto:%zz@f.test",
		"unknown tag xyzzy=1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r.StrictDKIM || !r.StrictSPF || r.Testing || r.PSD != dmarc.PSDYes || r.Percent != 50 || len(r.FailureOptions) != 0 {
		t.Errorf("values %+v", r)
	}
}

func TestReportDestinations(t *testing.T) {
	for uri, want := range map[string]string{
		"mailto:a@b.test":                      "mailto a@b.test b.test",
		"MAILTO:a@b.test!5g":                   "mailto a@b.test b.test",
		"mailto:a%2Cb%21c@b.test":              "mailto a,b!c@b.test b.test",
		"mailto:a@b.test?subject=x":            "mailto a@b.test b.test",
		"mailto:a@b.test!10x":                  "invalid",
		"mailto:a b@c.test":                    "invalid",
		"mailto:@b.test":                       "invalid",
		"mailto:a@":                            "invalid",
		"mailto:?to=a@b.test":                  "invalid",
		"https://h.test:8443/p?q":              "https  h.test",
		"https:":                               "invalid",
		"1x:y":                                 "invalid",
		"mailto:a@b.test!10m!10m":              "invalid",
		"mailto:x@" + strings.Repeat("é", 3):   "invalid",
		"urn:ietf:rfc:9989":                    "urn  ",
		"mailto:a@b.test:25":                   "invalid",
		"mailto:\"a@c.test\"@b.test":           "invalid", // quotes must be encoded
		"mailto:%22a@c.test%22@b.test":         "mailto \"a@c.test\"@b.test b.test",
		"http://[2001:db8::1]/":                "http  2001:db8::1",
		"mailto:reports@xn--bcher-kva.example": "mailto reports@xn--bcher-kva.example xn--bcher-kva.example",
	} {
		r, ok := dmarc.Parse("v=DMARC1; p=none; rua=" + uri)
		if !ok {
			t.Fatal("no record")
		}
		if strings.ContainsRune(uri, 'é') { // outside dmarc-value: the tag as a whole is ignored
			if len(r.Aggregate) != 0 {
				t.Errorf("%q: %+v", uri, r.Aggregate)
			}
			continue
		}
		u := r.Aggregate[0]
		got := "invalid"
		if u.Valid {
			got = fmt.Sprintf("%s %s %s", u.Scheme, u.Address, u.Host)
		}
		if got != want || len(r.Aggregate) != 1 {
			t.Errorf("%q: %q, want %q", uri, got, want)
		}
	}
}

func TestDestinationsAreBounded(t *testing.T) {
	for list, most := range map[string]int{strings.Repeat("x,", 10_000): 100, strings.Repeat("mailto:a@b.test,", 3_000): 100, strings.Repeat("x,", 10_000) + strings.Repeat("mailto:a@b.test,", 50): 101} {
		r, ok := dmarc.Parse("v=DMARC1; p=none; rua=" + list)
		if !ok || len(r.Aggregate) != most {
			t.Errorf("%.20s: %d destinations", list, len(r.Aggregate))
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	text := "v=DMARC1"
	for i := range 10000 {
		text += fmt.Sprintf("; a%c%c%c=x", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
	}
	r, ok := dmarc.Parse(text)
	if !ok || len(r.Problems) != 51 || r.Problems[50].Fault != dmarc.MissingPolicy || len(r.Tags) != 10001 {
		t.Errorf("%v, %d problems, %d tags", ok, len(r.Problems), len(r.Tags))
	}
}

// FuzzParse holds that what parses is printable as tags that parse to the same
// record.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"v=DMARC1; p=reject; rua=mailto:a@b.test!10m, https://x.test; fo=1:d:s", "v = DMARC1;;p=;sp=x;np", "V=DMARC1;p=none;p=none; é=1; pct=200",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := dmarc.Parse(text)
		if !ok {
			return
		}
		var parts []string
		for _, tag := range r.Tags {
			parts = append(parts, tag.Name+"="+tag.Value)
		}
		again, ok := dmarc.Parse(strings.Join(parts, "; "))
		if !ok {
			t.Fatalf("%q does not parse again", parts)
		}
		a1, b1 := r.Usable()
		a2, b2 := again.Usable()
		if a1 != a2 || b1 != b2 || r.For(true, false) != again.For(true, false) || r.For(false, true) != again.For(false, true) ||
			!slices.Equal(r.Aggregate, again.Aggregate) || !slices.Equal(r.Tags, again.Tags) || r.PSD != again.PSD {
			t.Fatalf("%q: %+v is not %+v", text, r, again)
		}
	})
}
