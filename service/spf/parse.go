package spf

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

const version = "v=spf1"

// maxErrors is how many errors of one record are kept, maxDiagnosed how many of
// them are looked into for what was meant.
const (
	maxErrors    = 20
	maxDiagnosed = 5
)

// Parse reads the text of one record, its strings joined. The record is never
// nil: it holds the valid terms and all errors. The error is the first of them, a
// [*SyntaxError].
func Parse(text string) (*Record, error) { return ParseTXT(resolver.TXT{Text: text}) }

// ParseTXT is Parse for a record whose string boundaries are known.
func ParseTXT(txt resolver.TXT) (*Record, error) {
	r := read(txt.Text)
	if len(txt.Text) <= MaxRecord {
		r.seams(txt.Cuts)
	}
	if len(r.Errors) > 0 {
		r.diagnose()
	}
	return r, r.Err()
}

// read is the grammar alone: RFC 7208 sections 4.6.1 and 12.
func read(text string) *Record {
	r := &Record{Text: text, redirect: -1, exp: -1, all: -1}
	if len(text) > MaxRecord {
		r.fail(&SyntaxError{Class: TooLong, Reason: fmt.Sprintf("the record has %d octets, more than %d", len(text), MaxRecord)})
		return r
	}
	if !hasVersion(text) {
		r.fail(&SyntaxError{Term: clip(text), Reason: "the record does not begin with v=spf1 and a space"})
		return r
	}
	r.Terms = make([]Term, 0, strings.Count(text, " "))
	for i := len(version); i < len(text); {
		if text[i] == ' ' {
			i++
			continue
		}
		end := i + len(token(text[i:]))
		r.take(text[i:end], i)
		i = end
	}
	return r
}

// hasVersion is the selection of RFC 7208 section 4.5.
func hasVersion(text string) bool {
	return len(text) >= len(version) && strings.EqualFold(text[:len(version)], version) &&
		(len(text) == len(version) || text[len(version)] == ' ')
}

func token(s string) string {
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i]
	}
	return s
}

// take adds one term or the error in it.
func (r *Record) take(text string, offset int) {
	t, f := parseTerm(text)
	if f == nil && (t.Kind == Redirect && r.redirect >= 0 || t.Kind == Exp && r.exp >= 0) {
		f = &fault{class: Repeated, reason: t.Kind.String() + " occurs twice"} // RFC 7208 section 6
	}
	if f != nil {
		r.fail(&SyntaxError{Class: f.class, Term: clip(text), Offset: offset + f.at, Reason: f.reason, start: offset, whole: text})
		return
	}
	t.Offset = offset
	switch at := len(r.Terms); {
	case t.Kind == Redirect:
		r.redirect = at
	case t.Kind == Exp:
		r.exp = at
	case t.Kind == All && r.all < 0:
		r.all = at
	}
	r.Terms = append(r.Terms, t)
}

func (r *Record) fail(e *SyntaxError) {
	if len(r.Errors) < maxErrors {
		r.Errors = append(r.Errors, e)
	}
}

// clip keeps the quoted part of a term bounded.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80]
	}
	return s
}

// parseTerm reads a directive or a modifier (RFC 7208 section 4.6.1).
func parseTerm(text string) (Term, *fault) {
	t := Term{Text: text, Qualifier: Pass, Bits4: 32, Bits6: 128}
	if text == "" {
		return t, &fault{reason: "the term is empty"}
	}
	rest := text
	switch text[0] {
	case '+':
		rest = text[1:]
	case '-':
		t.Qualifier, rest = Fail, text[1:]
	case '~':
		t.Qualifier, rest = SoftFail, text[1:]
	case '?':
		t.Qualifier, rest = Neutral, text[1:]
	}
	if n := nameLength(rest); n > 0 && n < len(rest) && rest[n] == '=' {
		if len(rest) < len(text) {
			return t, &fault{reason: fmt.Sprintf("%s is a modifier and takes no qualifier", rest[:n])}
		}
		t.Qualifier, t.Bits4, t.Bits6 = "", 0, 0
		return t, t.modifier(rest[:n], rest[n+1:])
	}
	name := rest
	if i := strings.IndexAny(rest, ":/"); i >= 0 {
		name = rest[:i]
	}
	t.Kind = mechanism(name)
	if t.Kind == 0 {
		if i := strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }); i >= 0 {
			return t, &fault{at: len(text) - len(rest) + i, reason: fmt.Sprintf("%s is not allowed here", octet(name[i]))}
		}
		return t, &fault{class: UnknownMechanism, at: len(text) - len(rest), reason: fmt.Sprintf("there is no mechanism %q", clip(name))}
	}
	f := t.arguments(rest[len(name):])
	if f != nil {
		f.at += len(text) - len(rest) + len(name)
	}
	return t, f
}

// nameLength is the length of a modifier's name at the beginning of s.
func nameLength(s string) int {
	if s == "" || !isAlpha(s[0]) {
		return 0
	}
	for i := 1; i < len(s); i++ {
		if c := s[i]; !isAlpha(c) && !isDigit(c) && c != '-' && c != '_' && c != '.' {
			return i
		}
	}
	return len(s)
}

// mechanism is the kind of that name, 0 for none.
func mechanism(name string) Kind {
	for k := All; k <= Exists; k++ {
		if len(name) == len(kindNames[k]) && strings.EqualFold(name, kindNames[k]) { // U+017F folds to s, in two octets
			return k
		}
	}
	return 0
}

// modifier reads a modifier's value (RFC 7208 section 6).
func (t *Term) modifier(name, value string) (f *fault) {
	switch {
	case strings.EqualFold(name, "redirect"):
		t.Kind = Redirect
		t.Domain, f = parseDomain(value)
	case strings.EqualFold(name, "exp"):
		t.Kind = Exp
		t.Domain, f = parseDomain(value)
	default:
		t.Kind, t.Name = Unknown, name
		t.Domain, _, f = parseMacro(value, inModifier)
	}
	if f != nil {
		f.at += len(name) + 1
	}
	return f
}

// arguments reads what follows a mechanism's name: nothing, or ":" or "/" and
// more.
func (t *Term) arguments(s string) (f *fault) {
	switch t.Kind {
	case All:
		if s != "" {
			return &fault{reason: "all takes no argument"}
		}
	case IP4, IP6:
		return t.network(s)
	case Include, Exists:
		if s == "" || s[0] != ':' {
			return &fault{reason: t.Kind.String() + ` needs ":" and a domain`}
		}
		return t.target(s)
	case PTR:
		if s != "" && s[0] == '/' {
			return &fault{class: BadAddress, reason: "ptr takes no prefix length"}
		}
		return t.target(s)
	case A, MX:
		spec, four, six := cutPrefixes(s)
		if f := t.target(spec); f != nil {
			return f
		}
		if f := length(four, 32, &t.Bits4); f != nil {
			f.at = len(spec)
			return f
		}
		if f := length(strings.TrimPrefix(six, "/"), 128, &t.Bits6); f != nil {
			f.at = len(spec) + len(four)
			return f
		}
	}
	return nil
}

// target reads ":" domain-spec, or nothing.
func (t *Term) target(s string) (f *fault) {
	if s == "" {
		return nil
	}
	if s[0] != ':' {
		return &fault{class: BadAddress, reason: fmt.Sprintf("%q is no prefix length", s)}
	}
	if t.Domain, f = parseDomain(s[1:]); f != nil {
		f.at++
		if a, err := netip.ParseAddr(s[1:]); err == nil {
			f.reason = fmt.Sprintf("%s takes a domain name, an address takes ip4 or ip6: %s", t.Kind, a)
		}
	}
	return f
}

// cutPrefixes splits off a dual-cidr-length: "/24", "//64" or "/24//64", each with
// its slashes. Since a domain-spec ends in a top label or a macro, digits after
// the last slash are never part of it.
func cutPrefixes(s string) (spec, four, six string) {
	i := len(strings.TrimRight(s, "0123456789"))
	if i == 0 || s[i-1] != '/' {
		return s, "", ""
	}
	if i > 1 && s[i-2] == '/' {
		s, six = s[:i-2], s[i-2:]
		i = len(strings.TrimRight(s, "0123456789"))
		if i == 0 || s[i-1] != '/' || i == len(s) {
			return s, "", six
		}
	}
	return s[:i-1], s[i-1:], six
}

// length reads "/" and a prefix length without leading zeros.
func length(s string, limit int, bits *uint8) *fault {
	if s == "" {
		return nil
	}
	digits := s[1:]
	n, err := strconv.Atoi(digits)
	if err != nil || n > limit || digits[0] == '0' && len(digits) > 1 || !isDigit(digits[0]) {
		return &fault{class: BadAddress, reason: fmt.Sprintf("the prefix length %q is not a number from 0 to %d", digits, limit)}
	}
	*bits = uint8(n)
	return nil
}

// network reads ":" and an address with an optional prefix length of the right
// family (RFC 7208 section 5.6).
func (t *Term) network(s string) *fault {
	bad := func(format string, args ...any) *fault {
		return &fault{class: BadAddress, reason: fmt.Sprintf(format, args...)}
	}
	if s == "" || s[0] != ':' {
		return bad(`%s needs ":" and an address`, t.Kind)
	}
	text, prefix := s[1:], ""
	if i := strings.IndexByte(text, '/'); i >= 0 {
		text, prefix = text[:i], text[i:]
	}
	addr, err := netip.ParseAddr(text)
	switch {
	case err != nil || addr.Zone() != "":
		return bad("%q is no address", clip(text))
	case t.Kind == IP4 && !addr.Is4():
		return bad("an IPv6 address stands in ip4")
	case t.Kind == IP6 && addr.Is4():
		return bad("an IPv4 address stands in ip6")
	}
	bits := uint8(addr.BitLen())
	if f := length(prefix, addr.BitLen(), &bits); f != nil {
		f.at = 1 + len(text)
		return f
	}
	t.Prefix = netip.PrefixFrom(addr, int(bits)).Masked()
	return nil
}

// print writes the term in its plainest form.
func (t *Term) print(b *strings.Builder) {
	switch t.Qualifier {
	case Fail:
		b.WriteByte('-')
	case SoftFail:
		b.WriteByte('~')
	case Neutral:
		b.WriteByte('?')
	}
	switch {
	case t.Kind == Unknown:
		b.WriteString(t.Name + "=" + t.Domain.text)
	case t.Kind == Redirect || t.Kind == Exp:
		b.WriteString(t.Kind.String() + "=" + t.Domain.text)
	case t.Kind == IP4 || t.Kind == IP6:
		b.WriteString(t.Kind.String() + ":" + t.Prefix.Addr().String())
		if t.Prefix.Bits() < t.Prefix.Addr().BitLen() {
			b.WriteString("/" + strconv.Itoa(t.Prefix.Bits()))
		}
	default:
		b.WriteString(t.Kind.String())
		if t.Domain != nil {
			b.WriteString(":" + t.Domain.text)
		}
		if t.Bits4 < 32 {
			b.WriteString("/" + strconv.Itoa(int(t.Bits4)))
		}
		if t.Bits6 < 128 {
			b.WriteString("//" + strconv.Itoa(int(t.Bits6)))
		}
	}
}
