package dmarc_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/service/dmarc"
)

// writer writes From fields by the grammar of RFC 5322 sections 3.2 to 3.4 and 4.4
// and of RFC 6532, at random, and keeps the domains that it has put in.
type writer struct {
	*rand.Rand
	domains []string
}

// one is one of them at random.
func (w *writer) one(of ...string) string { return of[w.IntN(len(of))] }

// cfws is [CFWS], whose comments hold what would be addresses outside of them.
func (w *writer) cfws() string {
	return w.one("", "", "", "", " ", "\t", "\r\n ", "(c)", " (x@evil.test) ", "(a(b\\)c))\r\n\t", `("<y@evil.test>)`, "()")
}

// atom is an atom without its CFWS.
func (w *writer) atom() string {
	return w.one("a", "Z9", "!#$%&'*+-/=?^_`{|}~", "=?utf-8?q?=3Cx=40evil=2Etest=3E?=", "b\u00fccher", "\u4f8b")
}

// quoted is a quoted-string.
func (w *writer) quoted() string {
	return w.one(`""`, `"a b"`, `"<x@evil.test>"`, `"a\"b\\"`, `"x@evil.test, y"`, `"\(;:"`, "\"a\r\n b\"", `")"`)
}

func (w *writer) word() string { return w.cfws() + w.one(w.atom(), w.quoted()) + w.cfws() }

// phrase is a display-name, obs-phrase among them.
func (w *writer) phrase() string {
	s := w.word()
	for range w.IntN(3) {
		s += w.one(" ", " ", ".") + w.word()
	}
	return s
}

// local is local-part, obs-local-part among them.
func (w *writer) local() string {
	s := w.word()
	for range w.IntN(3) {
		s += "." + w.word()
	}
	return s
}

// domain is dot-atom, obs-domain or domain-literal, noted in canonical form.
func (w *writer) domain(names []string) string {
	name := names[w.IntN(len(names))]
	if strings.HasPrefix(name, "[") {
		w.domains = append(w.domains, name)
		return w.cfws() + name + w.cfws()
	}
	w.domains = append(w.domains, strings.NewReplacer("b\u00fccher", "xn--bcher-kva").Replace(strings.ToLower(name)))
	var b strings.Builder
	b.WriteString(w.cfws())
	for i, label := range strings.Split(name, ".") {
		if i > 0 {
			b.WriteString(w.cfws() + "." + w.cfws())
		}
		b.WriteString(label)
	}
	return b.String() + w.cfws()
}

func (w *writer) mailbox(names []string) string {
	if w.IntN(2) == 0 {
		return w.local() + "@" + w.domain(names)
	}
	name, route := "", ""
	if w.IntN(3) > 0 {
		name = w.phrase()
	}
	if w.IntN(4) == 0 { // obs-route
		route = w.cfws() + w.one("@evil.test:", "@evil.test,,@[192.0.2.1]:", ",@evil . test(x):")
	}
	return name + w.cfws() + "<" + route + w.local() + "@" + w.domain(names) + ">" + w.cfws()
}

// list is address-list, obs-addr-list and groups among them.
func (w *writer) list(names []string) string {
	var members []string
	for range 1 + w.IntN(3) {
		switch {
		case w.IntN(6) == 0:
			members = append(members, w.cfws()) // null members of obs-addr-list
		case w.IntN(4) == 0:
			var group []string
			for range w.IntN(3) {
				group = append(group, w.mailbox(names))
			}
			members = append(members, w.phrase()+":"+strings.Join(group, ",")+w.cfws()+";"+w.cfws())
		default:
			members = append(members, w.mailbox(names))
		}
	}
	return strings.Join(members, ",")
}

// TestEveryFieldByTheGrammarIsRead writes twenty thousand fields: the domains of
// their mailboxes come out, and nothing else that looks like one.
func TestEveryFieldByTheGrammarIsRead(t *testing.T) {
	w := &writer{Rand: rand.New(rand.NewPCG(5322, 6532))}
	got := map[dmarc.AuthorClass]int{}
	for range 20000 {
		names := []string{"Example.COM", "mail.example.com", "b\u00fccher.example", "[192.0.2.1]"}
		names = names[w.IntN(4):]
		if w.IntN(2) == 0 {
			names = names[:1]
		}
		w.domains = nil
		field := w.list(names)
		slices.Sort(w.domains)
		want := slices.Compact(w.domains)
		domain, err := dmarc.AuthorDomain([]string{field})
		var e *dmarc.AuthorError
		errors.As(err, &e)
		switch {
		case len(want) == 0:
			if e == nil || e.Class != dmarc.NoAuthor {
				t.Fatalf("%q: %q, %v, without any author", field, domain, err)
			}
			got[dmarc.NoAuthor]++
		case len(want) > 1:
			if e == nil || e.Class != dmarc.SeveralAuthors || len(e.Domains) != len(want) {
				t.Fatalf("%q: %q, %v, with %q", field, domain, err, want)
			}
			got[dmarc.SeveralAuthors]++
		case want[0][0] == '[':
			if e == nil || e.Class != dmarc.LiteralAuthor {
				t.Fatalf("%q: %q, %v, with %q", field, domain, err, want)
			}
			got[dmarc.LiteralAuthor]++
		default:
			if err != nil || domain != want[0] {
				t.Fatalf("%q: %q, %v, with %q", field, domain, err, want)
			}
			got[0]++
		}
	}
	for _, class := range []dmarc.AuthorClass{0, dmarc.NoAuthor, dmarc.SeveralAuthors, dmarc.LiteralAuthor} {
		if got[class] < 300 {
			t.Errorf("%v: too few of class %d", got, class)
		}
	}
}
