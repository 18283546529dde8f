package spf

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// expansion is the setting in which macros are expanded.
type expansion struct {
	who    *subject
	domain name   // <domain>
	client string // %{p}
}

// target is the name that a term is about (RFC 7208 section 4.8).
func (x *expansion) target(t *Term) name {
	switch {
	case t.Domain == nil:
		return x.domain
	case t.Domain.name != "":
		return name{spelled: strings.TrimSuffix(t.Domain.text, "."), canonical: t.Domain.name}
	case !x.who.makesNames() && t.Domain.uses("sl"):
		return name{never: true}
	}
	n := name{spelled: x.name(t.Domain)}
	n.canonical, _ = canonical(n.spelled)
	return n
}

// name is a domain-spec with its macros replaced, labels dropped from the left
// where it is too long (RFC 7208 section 7.3). What would be dropped is not made:
// parts are taken from the right until there is more than shorten can leave, and the
// final dot that is cut off.
func (x *expansion) name(m *Macro) string {
	text := ""
	for i := len(m.parts) - 1; i >= 0 && len(text) <= maxDomain+1; i-- {
		text = string(x.part(nil, &m.parts[i])) + text
	}
	return shorten(strings.TrimSuffix(text, "."))
}

// text is an explanation with its macros replaced. It ends a little beyond limit
// where it would be longer.
func (x *expansion) text(m *Macro, limit int) string {
	buf := make([]byte, 0, 256)
	for i := range m.parts {
		if buf = x.part(buf, &m.parts[i]); len(buf) > limit {
			break
		}
	}
	return string(buf)
}

// part appends a literal or the value of a macro (RFC 7208 section 7.3).
func (x *expansion) part(buf []byte, p *part) []byte {
	if p.letter == 0 {
		return append(buf, p.literal...)
	}
	value := x.value(p.letter)
	if p.keep > 0 || p.reverse || p.delims != "" {
		value = p.rearrange(value)
	}
	if !p.escape {
		return append(buf, value...)
	}
	for i := range len(value) {
		buf = appendEscaped(buf, value[i])
	}
	return buf
}

// value is what a macro letter stands for (RFC 7208 section 7.2).
func (x *expansion) value(letter byte) string {
	w := x.who
	switch letter {
	case 's':
		return w.local + "@" + w.domain
	case 'l':
		return w.local
	case 'o':
		return w.domain
	case 'd':
		return x.domain.spelled
	case 'i':
		if w.v6() {
			return nibbles(w.client.As16())
		}
		return w.client.String()
	case 'p':
		return x.client
	case 'v':
		if w.v6() {
			return "ip6"
		}
		return "in-addr"
	case 'h':
		return w.helo
	case 'c':
		return w.client.String()
	case 'r':
		if w.receiver == "" {
			return "unknown"
		}
		return w.receiver
	}
	if w.now.IsZero() { // t
		return strconv.FormatInt(time.Now().Unix(), 10)
	}
	return strconv.FormatInt(w.now.Unix(), 10)
}

// nibbles is an IPv6 address as 32 dotted hexadecimal digits (RFC 7208 section
// 7.3).
func nibbles(a [16]byte) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, 63)
	for _, o := range a {
		b = append(b, hex[o>>4], '.', hex[o&15], '.')
	}
	return string(b[:63])
}

// rearrange splits a value, reverses and cuts the parts and joins them with dots
// (RFC 7208 section 7.3).
func (p *part) rearrange(value string) string {
	delims := p.delims
	if delims == "" {
		delims = "."
	}
	if p.keep > 0 { // the rest is not looked at
		value = p.cut(value, delims)
	}
	var parts []string
	for {
		i := strings.IndexAny(value, delims)
		if i < 0 {
			break
		}
		parts = append(parts, value[:i])
		value = value[i+1:]
	}
	parts = append(parts, value)
	if p.reverse {
		slices.Reverse(parts)
	}
	return strings.Join(parts, ".")
}

// cut keeps as many parts of a value as p does: those on the right, or, before they
// are reversed, on the left.
func (p *part) cut(value, delims string) string {
	from, to := len(value), -1
	for range p.keep {
		if p.reverse {
			n := strings.IndexAny(value[to+1:], delims)
			if n < 0 {
				return value
			}
			to += 1 + n
		} else if from = strings.LastIndexAny(value[:from], delims); from < 0 {
			return value
		}
	}
	if p.reverse {
		return value[:to]
	}
	return value[from+1:]
}

// appendEscaped writes an octet as a URL takes it: all but the unreserved ones of
// RFC 3986 section 2.3 as %XX.
func appendEscaped(buf []byte, c byte) []byte {
	if isAlpha(c) || isDigit(c) || strings.IndexByte("-._~", c) >= 0 {
		return append(buf, c)
	}
	const hex = "0123456789ABCDEF"
	return append(buf, '%', hex[c>>4], hex[c&15])
}
