package authres_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mailassay/mailassay/service/authres"
)

// strict reads a field by the letter of RFC 8601 section 2.2 and of the grammars
// that it imports, with none of the leniency of [authres.Parse] and none of its
// code. It knows only the folding that Format makes: CRLF and one space.
type strict struct {
	s string
	t *testing.T
}

func (p *strict) must(ok bool, what string) {
	if !ok {
		p.t.Helper()
		p.t.Fatalf("%s expected at %.60q", what, p.s)
	}
}

// literal reads exactly that.
func (p *strict) literal(word string) {
	rest, ok := strings.CutPrefix(p.s, word)
	p.must(ok, word)
	p.s = rest
}

// space reads FWS, which must be there.
func (p *strict) space() {
	rest, ok := strings.CutPrefix(p.s, "\r\n ")
	if !ok {
		rest, ok = strings.CutPrefix(p.s, " ")
	}
	p.must(ok, "white space")
	p.s = rest
}

// letDig is Let-dig of RFC 5321 section 4.1.2.
func letDig(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// keyword is Keyword of RFC 5321 section 4.1.1.1.
func (p *strict) keyword() string {
	n := 0
	for n < len(p.s) && (letDig(p.s[n]) || p.s[n] == '-') {
		n++
	}
	p.must(n > 0 && letDig(p.s[n-1]), "a keyword")
	word := p.s[:n]
	p.s = p.s[n:]
	return word
}

// quoted is quoted-string of RFC 5322 section 3.2.4 and RFC 6532 section 3.2.
func (p *strict) quoted() string {
	p.literal(`"`)
	var b strings.Builder
	for i, pair := 0, false; i < len(p.s); {
		r, n := utf8.DecodeRuneInString(p.s[i:])
		p.must(r != utf8.RuneError && r >= ' ' && r != 0x7f, "text")
		switch {
		case !pair && r == '"':
			p.s = p.s[i+1:]
			return b.String()
		case !pair && r == '\\':
			pair = true
		default:
			b.WriteRune(r)
			pair = false
		}
		i += n
	}
	p.must(false, "the end of a quoted string")
	return ""
}

// bare is what is up to a space, a semicolon or the end.
func (p *strict) bare() string {
	n := strings.IndexAny(p.s, " ;\r")
	if n < 0 {
		n = len(p.s)
	}
	word := p.s[:n]
	p.s = p.s[n:]
	return word
}

func (p *strict) value() string {
	if strings.HasPrefix(p.s, `"`) {
		return p.quoted()
	}
	v := p.bare()
	p.must(token(v), "a token, not "+v)
	return v
}

// token is that of RFC 2045 section 5.1.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("()<>@,;:\\\"/[]?=", r) })
}

// pvalue is a value, or an address whose parts need no quotes.
func (p *strict) pvalue() string {
	if strings.HasPrefix(p.s, `"`) {
		return p.quoted()
	}
	v := p.bare()
	local, domain, ok := strings.Cut(v, "@")
	if !ok {
		p.must(token(v), "a token, not "+v)
		return v
	}
	for i, atom := range strings.Split(local, ".") { // Dot-string of RFC 5321 section 4.1.2, or none
		p.must(atom != "" || i == 0 && local == "", "an atom in "+v)
		p.must(!strings.ContainsFunc(atom, func(r rune) bool {
			return r >= 0x80 || !letDig(byte(r)) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
		}), "atext in "+v)
	}
	labels := strings.Split(domain, ".")
	p.must(len(labels) > 1, "two labels in "+v)
	for _, l := range labels { // sub-domain
		p.must(l != "" && letDig(l[0]) && letDig(l[len(l)-1]) && strings.Trim(l, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "", "a label in "+v)
	}
	return v
}

// field reads all of it.
func (p *strict) field() (f authres.Field) {
	p.literal("Authentication-Results: ")
	f.ID = p.value()
	if p.s == "; none" {
		return f
	}
	for p.s != "" {
		p.literal(";")
		p.space()
		r := authres.Result{Method: p.keyword()}
		p.literal("=")
		r.Value = p.keyword()
		for p.s != "" && p.s[0] != ';' {
			p.space()
			word := p.keyword()
			if word == "reason" && strings.HasPrefix(p.s, "=") {
				p.must(r.Reason == "" && len(r.Properties) == 0, "one reason before all properties")
				p.literal("=")
				r.Reason = p.value()
				continue
			}
			p.literal(".")
			property := authres.Property{Type: word, Name: p.keyword()}
			p.literal("=")
			property.Value = p.pvalue()
			r.Properties = append(r.Properties, property)
		}
		f.Results = append(f.Results, r)
	}
	p.must(len(f.Results) > 0, "a result")
	return f
}
