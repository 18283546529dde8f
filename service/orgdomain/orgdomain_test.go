package orgdomain_test

import (
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/orgdomain"
)

func TestWhereTheRegisteredPartBegins(t *testing.T) {
	for _, c := range []struct {
		name, suffix, registrable, organizational string
	}{
		{"example.com", "com", "example.com", "example.com"},
		{"a.b.example.com", "com", "example.com", "example.com"},
		{"a.b.example.co.uk", "co.uk", "example.co.uk", "example.co.uk"},
		{"co.uk", "co.uk", "", "co.uk"},
		{"com", "com", "", "com"},
		{"x.github.io", "github.io", "x.github.io", "x.github.io"},
		{"a.x.kawasaki.jp", "x.kawasaki.jp", "a.x.kawasaki.jp", "a.x.kawasaki.jp"},
		{"city.kawasaki.jp", "kawasaki.jp", "city.kawasaki.jp", "city.kawasaki.jp"},
		{"a.b.test", "test", "b.test", "b.test"},
		{"test", "test", "", "test"},
		{"xn--bcher-kva.xn--p1ai", "xn--p1ai", "xn--bcher-kva.xn--p1ai", "xn--bcher-kva.xn--p1ai"},
		{".", "", "", "."},
		{"", "", "", ""},
	} {
		if s, r, o := orgdomain.Suffix(c.name), orgdomain.Registrable(c.name), orgdomain.Organizational(c.name); s != c.suffix || r != c.registrable || o != c.organizational {
			t.Errorf("%q: suffix %q, registrable %q, organizational %q", c.name, s, r, o)
		}
		if got := orgdomain.IsSuffix(c.name); got != (c.name != "" && c.name == c.suffix) {
			t.Errorf("IsSuffix(%q) is %v", c.name, got)
		}
	}
}

func TestRegistriesAreNotCompanies(t *testing.T) {
	for name, want := range map[string]bool{
		"com": true, "co.uk": true, "test": true, "github.io": false, "example.com": false, ".": false, "": false,
	} {
		if got := orgdomain.IsRegistry(name); got != want {
			t.Errorf("IsRegistry(%q) is %v", name, got)
		}
	}
}

func TestLabelsThatAreTooLongAreNotConverted(t *testing.T) {
	for name, want := range map[string]bool{
		strings.Repeat("a", 50) + "\u00fc.example": true, strings.Repeat("\u00fc", 63) + ".example": false, strings.Repeat("a", 63) + "\u00fc.example": false,
		strings.Repeat("\u00fc", 64) + "\u3002example": false, "b\u00fccher.ex\xffample": false,
	} {
		if got, err := orgdomain.ALabelStrict(name); (err == nil) != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	// The reason is the length, which costs nothing to find.
	if _, err := orgdomain.ALabelStrict(strings.Repeat("\u00fc", 64) + ".example"); err == nil || !strings.Contains(err.Error(), "longer") {
		t.Error(err)
	}
}

func TestNamesAsPeoplePasteThem(t *testing.T) {
	for name, want := range map[string]string{
		"Example.COM":                   "example.com",
		"example.com.":                  "example.com",
		" example.com\r\n":              "example.com",
		"\u200bexa\u200bmple.com\ufeff": "example.com",
		"\u00a0example.com":             "example.com",
		"bücher.example":                "xn--bcher-kva.example",
		"bu\u0308cher.example":          "xn--bcher-kva.example",
		"BÜCHER.Example.":               "xn--bcher-kva.example",
		"XN--BCHER-KVA.example":         "xn--bcher-kva.example",
		"straße.example":                "xn--strae-oqa.example",
		"例え。テスト":                        "xn--r8jz45g.xn--zckzah",
		"_dmarc.example.com":            "_dmarc.example.com",
		"r3---sn.example.com":           "r3---sn.example.com",
		"0/25.2.0.192.in-addr.arpa":     "0/25.2.0.192.in-addr.arpa", // RFC 2317
		"1.2.3.4":                       "1.2.3.4",
		".":                             ".",
	} {
		got, err := orgdomain.ALabel(name)
		if err != nil || got != want {
			t.Errorf("ALabel(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{
		"", " ", "..", ".example.com", "a..b", "a b.example", "a@b.example", "a\\.b", "xn--a.example", "xn--\u00fc.example", "a(b",
		strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 127) + "example", strings.Repeat("ü", 600), "a\x00b", "\xff.example",
	} {
		if got, err := orgdomain.ALabel(name); err == nil {
			t.Errorf("ALabel(%q) = %q", name, got)
		}
	}
}

func TestULabel(t *testing.T) {
	for name, want := range map[string]string{
		"xn--bcher-kva.example": "bücher.example",
		"example.com":           "example.com",
		"_x.xn--bcher-kva.test": "_x.bücher.test",
		"xn--99999999.example":  "xn--99999999.example",
	} {
		if got := orgdomain.ULabel(name); got != want {
			t.Errorf("ULabel(%q) = %q", name, got)
		}
	}
}

func TestNamesInMessagesLoseNothing(t *testing.T) {
	for name, want := range map[string]string{
		"B\u00fccher.example.": "xn--bcher-kva.example", "Example.COM": "example.com", "\uff45xample.com": "example.com",
		"exa\u202emple.com": "", "exa\u200fmple.com": "", " example.com": "", "\u00a0example.com": "", "example.com\u2066": "",
	} {
		if got, err := orgdomain.ALabelStrict(name); got != want || (err == nil) != (want != "") {
			t.Errorf("ALabelStrict(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
}

// FuzzALabel holds that what comes out is canonical and comes out of itself.
func FuzzALabel(f *testing.F) {
	for _, s := range []string{"Example.com.", "bücher.example", "xn--bcher-kva", "\u200b.", "a\\046b", "例え。テスト", "_x.é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		a, err := orgdomain.ALabel(name)
		if err != nil {
			return
		}
		if c, err := resolver.Canonical(a); err != nil || c != a {
			t.Fatalf("%q gives %q, canonical %q, %v", name, a, c, err)
		}
		if again, err := orgdomain.ALabel(a); err != nil || again != a {
			t.Fatalf("%q gives %q, that gives %q, %v", name, a, again, err)
		}
		orgdomain.Registrable(a)
		orgdomain.ULabel(a)
	})
}

func TestTopLevelDomainsAreThoseOfTheList(t *testing.T) {
	for name, want := range map[string]bool{"com": true, "uk": true, "museum": true, "co.uk": false, "nosuch": false, "con": false, "": false, ".": false, "example.com": false} {
		if got := orgdomain.IsTopLevel(name); got != want {
			t.Errorf("IsTopLevel(%q) is %v", name, got)
		}
	}
}
