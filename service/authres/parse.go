package authres

import (
	"fmt"
	"strings"
)

// maxField bounds what Parse reads.
const maxField = 64 << 10

// Parse reads the body of an Authentication-Results field, with or without the
// field's name, folded or not. It takes the grammar of RFC 8601 section 2.2 with
// comments, and what is common beside it; a version of the authserv-id other than 1 is an error, as section 2.2
// has such fields ignored.
func Parse(field string) (Field, error) {
	const name = "authentication-results:"
	if len(field) >= len(name) && strings.EqualFold(field[:len(name)], name) {
		field = field[len(name):]
	}
	if len(field) > maxField {
		return Field{}, fmt.Errorf("longer than %d octets", maxField)
	}
	p := parser{s: strings.TrimSuffix(field, "\r\n")}
	f := p.field()
	return f, p.err
}

// Claims tells whether the body of a field bears the authserv-id, whatever follows
// it. A field that does and comes from outside must be removed before one's own is
// added (RFC 8601 section 5). Ids are compared without case, as the host names that
// they mostly are; where none can be read a lenient reader may yet find one, so
// that it is claimed, too.
func Claims(field, id string) bool {
	p := parser{s: field}
	p.space()
	have := p.value()
	return p.err != nil || strings.EqualFold(have, id)
}

// parser reads left to right; its first error sticks and ends everything.
type parser struct {
	s   string
	pos int
	err error
}

func (p *parser) fail(format string, a ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, a...)
	}
	p.pos = len(p.s)
}

func (p *parser) field() Field {
	p.space()
	f := Field{ID: p.value()}
	p.space()
	if v := p.version(); v != "" && v != "1" {
		p.fail("version %s", v)
	}
	for p.space(); p.pos < len(p.s); p.space() {
		p.expect(';')
		p.space()
		if p.pos == len(p.s) {
			break // a final ";" says nothing
		}
		method := p.word()
		p.space()
		if strings.EqualFold(method, "none") && len(f.Results) == 0 && p.pos == len(p.s) {
			return f
		}
		if p.peek() == '/' { // the version of a method
			p.pos++
			p.space()
			p.version()
			p.space()
		}
		p.expect('=')
		p.space()
		r := Result{Method: strings.ToLower(method), Value: strings.ToLower(p.word())}
		p.properties(&r)
		if p.err == nil {
			f.Results = append(f.Results, r)
		}
	}
	if len(f.Results) == 0 && p.err == nil {
		p.fail("no result")
	}
	return f
}

// properties reads reasonspec and the propspecs up to ";" or the end.
func (p *parser) properties(r *Result) {
	for {
		p.space()
		if c := p.peek(); c == 0 || c == ';' {
			return
		}
		kind := strings.ToLower(p.word())
		p.space()
		if kind == "reason" && p.peek() == '=' && r.Reason == "" && len(r.Properties) == 0 {
			p.pos++
			p.space()
			r.Reason = p.value()
			continue
		}
		if kind == "action" && p.peek() == '=' { // a large operator writes that, which is no propspec
			p.pos++
			p.space()
			p.propertyValue()
			continue
		}
		p.expect('.')
		p.space()
		name := strings.ToLower(p.word())
		p.space()
		p.expect('=')
		p.space()
		v := p.propertyValue()
		if p.err != nil {
			return
		}
		r.Properties = append(r.Properties, Property{kind, name, v})
	}
}

// peek is the next octet, 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.s) {
		return p.s[p.pos]
	}
	return 0
}

func (p *parser) expect(c byte) {
	if p.peek() != c || p.pos == len(p.s) {
		p.fail("%q expected at octet %d", rune(c), p.pos)
		return
	}
	p.pos++
}

// take reads octets while ok holds.
func (p *parser) take(ok func(byte) bool) string {
	start := p.pos
	for p.pos < len(p.s) && ok(p.s[p.pos]) {
		p.pos++
	}
	return p.s[start:p.pos]
}

func (p *parser) word() string {
	w := p.take(func(c byte) bool { return alphanumeric(c) || c == '-' || c == '_' })
	if w == "" {
		p.fail("a word expected at octet %d", p.pos)
	}
	return w
}

func (p *parser) version() string { return p.take(func(c byte) bool { return c >= '0' && c <= '9' }) }

// value reads a token or a quoted-string.
func (p *parser) value() string {
	if p.peek() == '"' {
		return p.quoted()
	}
	v := p.take(func(c byte) bool { return tokenChar(c) || c >= 0x80 })
	if v == "" {
		p.fail("a value expected at octet %d", p.pos)
	}
	return v
}

// propertyValue reads pvalue, in which an address may stand bare.
func (p *parser) propertyValue() string {
	if p.peek() == '"' {
		v := p.quoted()
		if p.peek() != '@' { // a local part may be quoted too
			return v
		}
		p.pos++
		return quote(v) + "@" + p.take(func(c byte) bool { return alphanumeric(c) || strings.IndexByte("-._", c) >= 0 })
	}
	// Addresses of IPv6 and URIs stand there bare, too, although they are no tokens.
	v := p.take(func(c byte) bool { return c > ' ' && c != 0x7f && strings.IndexByte(`;("`, c) < 0 })
	if v == "" {
		p.fail("a value expected at octet %d", p.pos)
	}
	return v
}

func (p *parser) quoted() string {
	var b strings.Builder
	for p.pos++; p.pos < len(p.s); p.pos++ {
		switch c := p.s[p.pos]; c {
		case '"':
			p.pos++
			return b.String()
		case '\\':
			if p.pos++; p.pos < len(p.s) {
				b.WriteByte(p.s[p.pos])
			}
		case '\r', '\n':
			p.newline()
		default:
			b.WriteByte(c)
		}
	}
	p.fail("a quoted string has no end")
	return ""
}

// space passes over CFWS; comments nest.
func (p *parser) space() {
	depth := 0
	for ; p.pos < len(p.s); p.pos++ {
		switch c := p.s[p.pos]; {
		case c == ' ' || c == '\t':
		case c == '\r' || c == '\n':
			p.newline()
		case c == '(':
			depth++
		case depth == 0:
			return
		case c == ')':
			depth--
		case c == '\\':
			p.pos++
		}
	}
	p.pos = len(p.s)
	if depth > 0 {
		p.fail("a comment has no end")
	}
}

// newline passes over CRLF or LF, which must be followed by white space.
func (p *parser) newline() {
	if p.s[p.pos] == '\r' && p.pos+1 < len(p.s) {
		p.pos++
	}
	if p.s[p.pos] != '\n' || p.pos+1 == len(p.s) || p.s[p.pos+1] != ' ' && p.s[p.pos+1] != '\t' {
		p.fail("a line break that folds nothing")
	}
}
