package spf_test

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// seeds gives a fuzz target a few texts, and those of the suite where it is at hand.
func seeds(f *testing.F, add func(text string)) {
	add("v=spf1 +A ?a:B.test/24//64 ~MX//48 -ptr:p.test ip4:192.0.2.99/24 ip6:2001:DB8::1/32 exists:%{ir}.%{v}.x.test Exp=e.test All foo=%{d} redirect=r.test")
	add("v=spf1 inculde: a.test ip4:192.0.2.25~all \u201cmx\u201d \xa0 mx, %{x} a/24/64")
	add(" v=spf10;mx,-all")
	if _, err := os.Stat(filepath.FromSlash(suitePath)); err != nil {
		return
	}
	seen := map[string]bool{}
	for _, c := range suite(f) {
		for _, records := range c.Zone {
			for _, r := range records {
				if txt, ok := datum(r).(resolver.TXT); ok && !seen[txt.Text] {
					seen[txt.Text] = true
					add(txt.Text)
				}
			}
		}
	}
}

// FuzzParse: a valid record printed and parsed again is the same record, errors
// point into the text, and every seam is one.
func FuzzParse(f *testing.F) {
	seeds(f, func(text string) { f.Add(text, 20) })
	f.Fuzz(func(t *testing.T, text string, cut int) {
		txt := resolver.TXT{Text: text}
		if 0 < cut && cut < len(text) {
			txt.Cuts = []int{cut}
		}
		r, err := spf.ParseTXT(txt)
		for _, e := range r.Errors {
			if e.Offset < 0 || e.Offset > len(text) || e.Reason == "" || e.Class == spf.Stray && r.Repaired == "" {
				t.Errorf("%q: %+v", text, e)
			}
		}
		for _, s := range r.Seams {
			if s.Offset != cut || !strings.Contains(text, s.Left+s.Right) && len(s.Left) < 80 {
				t.Errorf("%q: %+v", text, s)
			}
		}
		if r.Repaired != "" {
			if _, err := spf.Parse(r.Repaired); err != nil {
				t.Errorf("%q is repaired to %q: %v", text, r.Repaired, err)
			}
		}
		if err != nil {
			return
		}
		again, err := spf.Parse(r.String())
		if err != nil || again.String() != r.String() || len(again.Terms) != len(r.Terms) {
			t.Fatalf("%q prints as %q, which parses as %q: %v", text, r, again, err)
		}
		for i := range r.Terms {
			a, b := r.Terms[i], again.Terms[i]
			a.Text, a.Offset, b.Text, b.Offset = "", 0, "", 0
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%q: %+v became %+v", text, a, b)
			}
		}
	})
}

// FuzzSelect: a text is a record exactly when the RFC says so, and what is
// proposed in place of a mistyped one is one.
func FuzzSelect(f *testing.F) {
	seeds(f, func(text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) {
		s := spf.Select(&resolver.Answer{Data: []resolver.Data{resolver.TXT{Text: text}}})
		is := len(text) >= 6 && strings.EqualFold(text[:6], "v=spf1") && (len(text) == 6 || text[6] == ' ')
		if is != (len(s.Records) == 1) || len(s.Records)+len(s.Mistyped)+len(s.Obsolete) > 1 {
			t.Errorf("%q: %+v", text, s)
		}
		for _, m := range s.Mistyped {
			if m.Repaired != "" {
				if _, err := spf.Parse(m.Repaired); err != nil {
					t.Errorf("%q is repaired to %q: %v", text, m.Repaired, err)
				}
			}
		}
	})
}

// FuzzCheck makes a zone of one record, an explanation and a sender, all hostile:
// nothing panics, questions are names that exist in DNS, look-ahead changes
// nothing, and explanation and trace field are safe and bounded.
func FuzzCheck(f *testing.F) {
	seeds(f, func(text string) { f.Add(text, text, "user@d.test", "mx.d.test") })
	f.Add("v=spf1 exists:%{l1r-+}.%{S}.%{p}.d.test -all exp=e.test", "%{s}%{L}%{h}%_%%%-%{t}%{c}%{r}%{p}", "\"a\r\n\\@\x00\xff\"@\u00fc.test", "[192.0.2.1]")
	f.Fuzz(func(t *testing.T, record, exp, sender, helo string) {
		z := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
			if c, err := resolver.Canonical(q.Name); err != nil || c != q.Name {
				t.Errorf("asks for %q, canonical %q: %v", q.Name, c, err)
			}
			a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.Found}
			switch {
			case q.Type == resolver.TypeTXT && strings.HasPrefix(q.Name, "e"):
				a.Data = []resolver.Data{resolver.TXT{Text: exp}}
			case q.Type == resolver.TypeTXT:
				a.Data = []resolver.Data{resolver.TXT{Text: record}}
			case q.Type == resolver.TypePTR:
				a.Data = []resolver.Data{resolver.Host("x.d.test"), resolver.Host("y.test")}
			case q.Type == resolver.TypeMX:
				a.Data = []resolver.Data{resolver.MX{Host: "x.d.test"}, resolver.MX{Host: "."}}
			case strings.HasPrefix(q.Name, "x"):
				a.Data = []resolver.Data{resolver.Addr{Addr: netip.MustParseAddr("192.0.2.1")}}
			default:
				a.Status = resolver.NXDomain
			}
			return a, nil
		})
		q := spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Helo: helo, Sender: sender, Receiver: helo, Now: time.Unix(1, 0)}
		o := spf.Check(t.Context(), z, q)
		if one := spf.Check(t.Context(), oneByOne{z}, q); !reflect.DeepEqual(o, one) {
			t.Errorf("ahead %+v, one by one %+v", o, one)
		}
		if len(o.Explanation) > spf.MaxExplanation || strings.ContainsFunc(o.Explanation, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("explanation %q", o.Explanation)
		}
		if field := o.ReceivedSPF(q, "mailfrom"); !wellFormed(field) {
			t.Errorf("field %q", field)
		}
		if o.Lookups > spf.MaxLookups && o.Result != spf.PermError || o.VoidLookups > spf.MaxVoidLookups && o.Result != spf.PermError {
			t.Errorf("%+v", o)
		}
	})
}
