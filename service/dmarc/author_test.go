package dmarc_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dmarc"
)

func TestAuthorDomainOfOneField(t *testing.T) {
	for field, want := range map[string]string{
		"a@example.com":                                     "example.com",
		" a@Example.COM ":                                   "example.com",
		"<a@example.com>":                                   "example.com",
		"A. B. See <a@example.com>":                         "example.com",
		`"x@evil.test" <a@example.com>`:                     "example.com",
		`"a@evil.test, b" <a@example.com>`:                  "example.com",
		`"quo\"te" <a@example.com>`:                         "example.com",
		`"@evil.test"@example.com`:                          "example.com",
		`"a b".c@example.com`:                               "example.com",
		`<"a b".c@example.com>`:                             "example.com",
		"a@example.com (x@evil.test)":                       "example.com",
		"(x (y) \\) z) a (q) @ (r) example (s) . com (t)":   "example.com",
		"<@relay.test,@[192.0.2.1],,@b.test:a@example.com>": "example.com",
		"<,@b.test:a@example.com>":                          "example.com",
		"a . b @ example . com":                             "example.com",
		"Team: a@example.com, B <b@example.com>;":           "example.com",
		"Empty:;, a@example.com":                            "example.com",
		",, a@example.com ,,b@EXAMPLE.com,":                 "example.com",
		"Team:,a@example.com,,;":                            "example.com",
		"=?utf-8?q?J=C3=B6rg?= <a@example.com>":             "example.com",
		"Jörg <jörg@bücher.example>":                        "xn--bcher-kva.example",
		"a@xn--bcher-kva.example":                           "xn--bcher-kva.example",
		"a@BÜCHER.example":                                  "xn--bcher-kva.example",
		"a@example.com.":                                    "example.com",
		"a\r\n @example.com\r\n":                            "example.com",
		"a@example.com\r\n (folded\r\n comment)":            "example.com",
		"J\xf6rg <a@example.com>":                           "example.com",
		"<a@b_c.example.com>":                               "b_c.example.com",
		"a@b\u00fccher.example, b@XN--BCHER-KVA.example":    "xn--bcher-kva.example",
		"a@example\u3002com":                                "example.com",
		"a@XN--fake-label.example.com":                      "xn--fake-label.example.com",
		"a%evil.test@example.com":                           "example.com",
		`"a\@evil.test>" <a@example.com>`:                   "example.com",
		"=?utf-8?q?=3Cx=40evil=2Etest=3E?= <a@example.com>": "example.com",
	} {
		got, err := dmarc.AuthorDomain([]string{field})
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", field, got, err, want)
		}
	}
}

func TestAuthorDomainSaysWhyThereIsNone(t *testing.T) {
	for _, c := range []struct {
		want   dmarc.AuthorClass
		fields []string
	}{
		{dmarc.NoAuthor, nil},
		{dmarc.NoAuthor, []string{""}},
		{dmarc.NoAuthor, []string{"(nobody)"}},
		{dmarc.NoAuthor, []string{"undisclosed recipients:;"}},
		{dmarc.SeveralAuthors, []string{"a@example.com", "a@example.com"}},
		{dmarc.SeveralAuthors, []string{"a@example.com, b@example.org"}},
		{dmarc.SeveralAuthors, []string{"<", "a@example.com"}},
		{dmarc.SeveralAuthors, []string{"", ""}},
		{dmarc.SeveralAuthors, []string{"x:a@example.com;, b@example.org"}},
		{dmarc.SeveralAuthors, []string{"a@example.com, b@[192.0.2.1]"}},
		{dmarc.LiteralAuthor, []string{"a@[192.0.2.1]"}},
		{dmarc.LiteralAuthor, []string{"a@ [IPv6:2001:db8::1] (c)"}},
		{dmarc.InvalidAuthor, []string{"a"}},
		{dmarc.InvalidAuthor, []string{"a@ban\xffk.example"}},
		{dmarc.InvalidAuthor, []string{"<>"}},
		{dmarc.InvalidAuthor, []string{"A <a@example.com"}},
		{dmarc.InvalidAuthor, []string{"A a@example.com>"}},
		{dmarc.InvalidAuthor, []string{"a@bank.test <b@evil.test>"}},
		{dmarc.InvalidAuthor, []string{"a@b@example.com"}},
		{dmarc.InvalidAuthor, []string{"a..b@example.com"}},
		{dmarc.InvalidAuthor, []string{".a@example.com"}},
		{dmarc.InvalidAuthor, []string{"a.@example.com"}},
		{dmarc.InvalidAuthor, []string{"a@.example.com"}},
		{dmarc.InvalidAuthor, []string{"a@example..com"}},
		{dmarc.InvalidAuthor, []string{`a@"example".com`}},
		{dmarc.InvalidAuthor, []string{"a@example.com b@example.com"}},
		{dmarc.InvalidAuthor, []string{"a@example.com\r\nX: y"}},
		{dmarc.InvalidAuthor, []string{"a\r@example.com"}},
		{dmarc.InvalidAuthor, []string{"a\x00@example.com"}},
		{dmarc.InvalidAuthor, []string{`"a`}},
		{dmarc.InvalidAuthor, []string{`"a\`}},
		{dmarc.InvalidAuthor, []string{"(a"}},
		{dmarc.InvalidAuthor, []string{`(a\`}},
		{dmarc.InvalidAuthor, []string{"a@[192.0.2.1"}},
		{dmarc.InvalidAuthor, []string{":a@example.com;"}},
		{dmarc.InvalidAuthor, []string{"x:a@example.com"}},
		{dmarc.InvalidAuthor, []string{"x:y:a@example.com;;"}},
		{dmarc.InvalidAuthor, []string{"a@exam\u202eple.com"}},
		{dmarc.InvalidAuthor, []string{"a\uff20example.com"}},
		{dmarc.InvalidAuthor, []string{"=?utf-8?q?a=40example.com?="}},
		{dmarc.InvalidAuthor, []string{"a@\ufffd.example"}},
		{dmarc.InvalidAuthor, []string{"a@example.com;"}},
		{dmarc.InvalidAuthor, []string{"A <a@example.com> <b@example.com>"}},
		{dmarc.InvalidAuthor, []string{"A <a@example.com> b"}},
		{dmarc.InvalidAuthor, []string{"\"A\" a@example.com"}},
		{dmarc.InvalidAuthor, []string{"@example.com"}},
		{dmarc.InvalidAuthor, []string{"<@a.test:>"}},
		{dmarc.InvalidAuthor, []string{"<a@b.test:c@d.test>"}},
		{dmarc.InvalidAuthor, []string{"a@" + strings.Repeat("x", 64) + ".test"}},
		{dmarc.InvalidAuthor, []string{"a@" + strings.Repeat("a.", 30000) + "test"}},
		{dmarc.InvalidAuthor, []string{strings.Repeat(" ", 70000) + "a@example.com"}},
	} {
		got, err := dmarc.AuthorDomain(c.fields)
		var e *dmarc.AuthorError
		if !errors.As(err, &e) || e.Class != c.want || got != "" {
			t.Errorf("%.80q: %q, %v; want class %d", c.fields, got, err, c.want)
		}
	}
}

// FuzzAuthorDomain holds that a domain found is canonical, and that the plainest
// field with that domain gives it back.
func FuzzAuthorDomain(f *testing.F) {
	for _, s := range []string{
		"a@example.com", `"x" <@r.test:a(c)@b (d) . example>`, "g:a@b.test,c@b.test;", "a@[192.0.2.1]", "Jörg <j@bücher.example>", `"\`, "((", "a@b.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, field string) {
		domain, err := dmarc.AuthorDomain([]string{field})
		if err != nil {
			return
		}
		if c, err := resolver.Canonical(domain); err != nil || c != domain {
			t.Fatalf("%q gives %q, canonical %q, %v", field, domain, c, err)
		}
		if again, err := dmarc.AuthorDomain([]string{"a@" + domain}); err == nil && again != domain {
			t.Fatalf("%q gives %q, that gives %q", field, domain, again)
		}
		if _, err := dmarc.AuthorDomain([]string{field, field}); err == nil {
			t.Fatalf("%q twice has an author", field)
		}
	})
}
