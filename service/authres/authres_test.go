package authres_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/service/authres"
)

var whole = authres.Field{ID: "mx.example.net", Results: []authres.Result{
	{Method: "iprev", Value: "pass", Properties: []authres.Property{{"policy", "iprev", "2001:db8::1"}}},
	{Method: "spf", Value: "pass", Properties: []authres.Property{{"smtp", "mailfrom", "a.b@example.com"}}},
	{Method: "spf", Value: "none", Properties: []authres.Property{{"smtp", "helo", "mail.example.com"}}},
	{Method: "dkim", Value: "fail", Reason: "body changed after signing", Properties: []authres.Property{
		{"header", "d", "example.com"}, {"header", "i", "@example.com"}, {"header", "s", "s1"}, {"header", "b", "aB+/9="},
	}},
	{Method: "dmarc", Value: "pass", Properties: []authres.Property{{"header", "from", "example.com"}, {"policy", "dmarc", "reject"}}},
}}

func TestFormat(t *testing.T) {
	want := strings.Join([]string{
		"Authentication-Results: mx.example.net;",
		` iprev=pass policy.iprev="2001:db8::1";`,
		" spf=pass smtp.mailfrom=a.b@example.com;",
		" spf=none smtp.helo=mail.example.com;",
		` dkim=fail reason="body changed after signing" header.d=example.com`,
		` header.i=@example.com header.s=s1 header.b="aB+/9=";`,
		" dmarc=pass header.from=example.com policy.dmarc=reject",
	}, "\r\n")
	if got := authres.Format(whole); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := authres.Format(authres.Field{ID: "mx.example.net"}); got != "Authentication-Results: mx.example.net; none" {
		t.Errorf("nothing done: %q", got)
	}
}

func TestNothingLeavesItsPlace(t *testing.T) {
	for _, v := range []string{
		"a\r\nX-Evil: 1", "a; dkim=pass header.d=bank.test", `a" reason="x`, `\`, `a\"; dkim=pass`, "(c", "a\x00b", "\xff\xfe", "a\u202eb", "a b@c d",
		`"q;"@example.com`, "<a@b>", "@", "a@", strings.Repeat("x", 5000), strings.Repeat(`"`, 5000), strings.Repeat("é", 5000), "a=b", "jörg@example.com", "a@b", "a@b_c.test", "a@-b.test", "a@b-.test", ".a@b.test", "a..b@b.test", "", " ", "\"", "\\", "reason=x", "none",
	} {
		f := authres.Field{ID: v, Results: []authres.Result{
			{Method: "spf", Value: "pass", Reason: v, Properties: []authres.Property{{"smtp", "mailfrom", v}, {"smtp", "helo", v}}},
			{Method: "dmarc", Value: "fail", Properties: []authres.Property{{"header", "from", v}}},
		}}
		check(t, f)
	}
	if got := authres.Format(authres.Field{ID: "x", Results: []authres.Result{{Method: "spf=pass;", Value: "x"}, {Method: "spf", Value: "pass x"}}}); got != "Authentication-Results: x; none" {
		t.Errorf("words that are none: %q", got)
	}
	many := authres.Field{ID: "x", Results: slices.Repeat([]authres.Result{{Method: "dkim", Value: "pass"}}, 1000)}
	if n := strings.Count(authres.Format(many), "dkim=pass"); n != 64 {
		t.Errorf("%d results", n)
	}
}

// check holds what makes a field safe: only folding line breaks, no long line,
// and as many results and properties on reading as were written.
func check(t *testing.T, f authres.Field) {
	t.Helper()
	s := authres.Format(f)
	for i, line := range strings.Split(s, "\r\n") {
		if strings.ContainsAny(line, "\r\n\x00") || i > 0 && !strings.HasPrefix(line, " ") || len(line) > 998 || strings.TrimSpace(line) == "" {
			t.Fatalf("line %q of %q", line, s)
		}
	}
	got, err := authres.Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	if letter := (&strict{s, t}).field(); !reflect.DeepEqual(letter, got) {
		t.Fatalf("%q is %+v by the letter, %+v as read", s, letter, got)
	}
	if len(got.Results) != len(f.Results) {
		t.Fatalf("%q has %d results, not %d", s, len(got.Results), len(f.Results))
	}
	for i, r := range got.Results {
		want := f.Results[i]
		want.Properties = slices.DeleteFunc(slices.Clone(want.Properties), func(p authres.Property) bool { return p.Value == "" })
		if r.Method != want.Method || r.Value != want.Value || len(r.Properties) != len(want.Properties) || (r.Reason == "") != (want.Reason == "") {
			t.Fatalf("%q: %+v, want %+v", s, r, want)
		}
	}
	if again := authres.Format(got); again != s {
		t.Fatalf("%q prints as %q", s, again)
	}
}

func TestParse(t *testing.T) {
	got, err := authres.Parse(authres.Format(whole))
	if err != nil || !reflect.DeepEqual(got, whole) {
		t.Errorf("%+v, %v", got, err)
	}
	for s, want := range map[string]string{
		"example.org 1; none":                                               "Authentication-Results: example.org; none",
		" (c) example.org (d(e)) 1 (f) ; (g)None":                           "Authentication-Results: example.org; none",
		"\"a b\";SPF/1 = PASS smtp . mailfrom=\r\n x":                       "Authentication-Results: \"a b\";\r\n spf=pass smtp.mailfrom=x",
		"x; spf=pass (a;b) reason = \"q\" smtp.mailfrom=\"a b\"@c.test (z)": "Authentication-Results: x;\r\n spf=pass reason=q smtp.mailfrom=\"\\\"a b\\\"@c.test\"",
		"x; spf=pass smtp.mailfrom=\"a\\\"b\"@c.test; ":                     "Authentication-Results: x;\r\n spf=pass smtp.mailfrom=\"\\\"a\\\\\\\"b\\\"@c.test\"",
		"x; dmarc=pass action=none header.from=c.test":                      "Authentication-Results: x;\r\n dmarc=pass header.from=c.test",
		"x; arc=pass smtp.remote-ip=2001:db8::1(c);":                        "Authentication-Results: x;\r\n arc=pass smtp.remote-ip=\"2001:db8::1\"",
		"x; dmarc=pass header.from=c.test":                                  "Authentication-Results: x;\r\n dmarc=pass header.from=c.test",
	} {
		f, err := authres.Parse(s)
		if out := authres.Format(f); err != nil || out != want {
			t.Errorf("%q: %q, %v", s, out, err)
		}
	}
	for _, s := range []string{
		"", "x", ";none", "x 2; none", "x; none; spf=pass", "x; spf", "x; spf=", "x; spf=pass smtp", "x; spf=pass smtp.a", "x; spf=pass smtp.a=", "x; spf=pass\r\nX: y",
		"x; spf=pass (", `x; spf=pass reason="`, `x; spf=pass reason="\`, "x;", "x y", strings.Repeat(" ", 70000) + "x; none",
	} {
		if f, err := authres.Parse(s); err == nil {
			t.Errorf("%.60q parses to %+v", s, f)
		}
	}
}

func TestClaims(t *testing.T) {
	for body, want := range map[string]bool{
		" mx.example.net; none": true, "MX.example.NET 1; spf=pass": true, " (a (b)) \r\n\t\"mx.example.net\"; x": true, "mx.example.net": true,
		"mx.example.net; dkim=": true, "\"mx\\.example.net\"": true, "": true, ";": true, "(": true, "\"mx.example.net": true,
		"mx2.example.net; none": false, "x.mx.example.net": false, "mx.example.net.": false, "\"\"; none": false,
	} {
		if got := authres.Claims(body, "mx.example.net"); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}

// FuzzFormat holds that no value leaves its place.
func FuzzFormat(f *testing.F) {
	f.Add("mx.example.net", "a reason", "a@example.com", "x")
	f.Add("a\r\nb", `"\`, "(;", "\xff")
	f.Fuzz(func(t *testing.T, id, reason, v1, v2 string) {
		check(t, authres.Field{ID: id, Results: []authres.Result{
			{Method: "spf", Value: "pass", Reason: reason, Properties: []authres.Property{{"smtp", "mailfrom", v1}, {"smtp", "helo", v2}}},
			{Method: "x-dnsbl", Value: "fail", Properties: []authres.Property{{"dns", "zone", v2}}},
		}})
	})
}

// FuzzParse holds that what parses bears its own id and prints, and parses again to
// the same.
func FuzzParse(f *testing.F) {
	f.Add(authres.Format(whole))
	f.Add("x 1 (c); spf/1=pass reason=\"q\\\"\" smtp.mailfrom=\"a\"@b")
	f.Fuzz(func(t *testing.T, s string) {
		one, err := authres.Parse(s)
		if err != nil || len(one.Results) > 64 {
			return
		}
		if _, body, ok := strings.Cut(s, ":"); !authres.Claims(s, one.ID) && !(ok && authres.Claims(body, one.ID)) {
			t.Fatalf("%q does not bear its id %q", s, one.ID)
		}
		out := authres.Format(one)
		two, err := authres.Parse(out)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", s, out, err)
		}
		if last := authres.Format(two); last != out {
			t.Fatalf("%q prints as %q, that as %q", s, out, last)
		}
	})
}
