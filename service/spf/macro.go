package spf

import (
	"bytes"
	"fmt"
	"strings"
)

// Macro is a macro-string (RFC 7208 section 7.1): a domain-spec, the value of an
// unknown modifier or an explanation.
type Macro struct {
	text  string
	parts []part
	// name is the canonical name that a domain-spec without macros stands for, ""
	// when it has macros or cannot be a name.
	name string
}

// part is a literal, or a macro-expand when letter is not 0.
type part struct {
	literal string
	letter  byte // in lower case
	escape  bool // written in upper case: the value is URL-escaped
	reverse bool
	keep    int    // right-hand parts to keep, 0 for all
	delims  string // "" stands for "."
}

// String is the macro-string as written.
func (m *Macro) String() string { return m.text }

// Letters are the macro letters in the string, in lower case and in the order of
// their first use: "" for a plain name.
func (m *Macro) Letters() string {
	letters := ""
	for _, p := range m.parts {
		if p.letter != 0 && strings.IndexByte(letters, p.letter) < 0 {
			letters += string(p.letter)
		}
	}
	return letters
}

// uses tells whether one of the letters occurs.
func (m *Macro) uses(letters string) bool {
	for i := range m.parts {
		if l := m.parts[i].letter; l != 0 && strings.IndexByte(letters, l) >= 0 {
			return true
		}
	}
	return false
}

// place is where a macro-string stands, which decides what it may hold.
type place uint8

const (
	inDomain place = iota
	inModifier
	inExplanation
)

// fault is a syntax error within a string, at an offset from its beginning.
type fault struct {
	class  Class
	at     int
	reason string
}

// parseMacro reads a macro-string, or an explain-string, which may hold spaces
// (RFC 7208 section 7.1). It tells where the literal after the last macro begins.
func parseMacro(s string, where place) (m *Macro, tail int, f *fault) {
	m = &Macro{text: s}
	start := 0
	flush := func(end int) {
		if end > start {
			m.parts = append(m.parts, part{literal: s[start:end]})
		}
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '%':
			flush(i)
			p, n, f := parseExpand(s[i:], where)
			if f != nil {
				f.at += i
				return nil, 0, f
			}
			m.parts = append(m.parts, p)
			i += n
			start = i
		case c > ' ' && c < 0x7f, c == ' ' && where == inExplanation:
			i++
		default:
			return nil, 0, &fault{at: i, reason: fmt.Sprintf("%s is not allowed here", octet(c))}
		}
	}
	flush(len(s))
	return m, start, nil
}

// octet names a character for people.
func octet(c byte) string {
	switch {
	case c == '\t':
		return "a tab"
	case c > ' ' && c < 0x7f:
		return fmt.Sprintf("%q", string(c))
	}
	return fmt.Sprintf("the octet 0x%02x", c)
}

// parseExpand reads one macro-expand and tells its length.
func parseExpand(s string, where place) (part, int, *fault) {
	if len(s) < 2 {
		return part{}, 0, badMacro(0, `a "%%" ends the text`)
	}
	switch s[1] {
	case '%':
		return part{literal: "%"}, 2, nil
	case '_':
		return part{literal: " "}, 2, nil
	case '-':
		return part{literal: "%20"}, 2, nil
	case '{':
	default:
		return part{}, 0, badMacro(1, `after "%%" stands %s instead of "{", "%%", "_" or "-"`, octet(s[1]))
	}
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return part{}, 0, badMacro(0, `the macro is not closed by "}"`)
	}
	p, f := parseLetter(s[2:end], where)
	if f != nil {
		f.at += 2
	}
	return p, end + 1, f
}

func badMacro(at int, format string, args ...any) *fault {
	return &fault{class: BadMacro, at: at, reason: fmt.Sprintf(format, args...)}
}

// maxKeep is where counting right-hand parts ends: no value has so many (RFC 7208
// section 7.3 asks for 128 at least).
const maxKeep = 1 << 20

// parseLetter reads what stands between the braces: a letter, digits, "r", and
// delimiters.
func parseLetter(s string, where place) (part, *fault) {
	if s == "" {
		return part{}, badMacro(0, "the macro has no letter")
	}
	letter := s[0] | 0x20
	if strings.IndexByte("slodiphcrtv", letter) < 0 {
		return part{}, badMacro(0, "there is no macro letter %s", octet(s[0]))
	}
	// RFC 7208 section 7.2: c, r and t only in explanations.
	if where != inExplanation && strings.IndexByte("crt", letter) >= 0 {
		return part{}, badMacro(0, "the macro letter %q is for explanations only", string(letter))
	}
	p := part{letter: letter, escape: s[0] != letter}
	i := 1
	for ; i < len(s) && isDigit(s[i]); i++ {
		p.keep = min(p.keep*10+int(s[i]-'0'), maxKeep)
	}
	if i > 1 && p.keep == 0 {
		return part{}, badMacro(1, "a macro keeps at least one part") // RFC 7208 section 7.3
	}
	if i < len(s) && s[i]|0x20 == 'r' {
		p.reverse = true
		i++
	}
	p.delims = s[i:]
	for j := 0; j < len(p.delims); j++ {
		if strings.IndexByte(".-+,/_=", p.delims[j]) < 0 {
			return part{}, badMacro(i+j, "%s is no delimiter", octet(p.delims[j]))
		}
	}
	if len(p.delims) > 7 { // there are seven: what repeats them only costs time
		p.delims = distinct(p.delims)
	}
	return p, nil
}

// distinct is a text of ASCII with each octet once.
func distinct(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if bytes.IndexByte(b, s[i]) < 0 {
			b = append(b, s[i])
		}
	}
	return string(b)
}

// parseDomain reads a domain-spec: a macro-string that ends in a macro or in a
// top label (RFC 7208 section 7.1).
func parseDomain(s string) (*Macro, *fault) {
	if s == "" {
		return nil, &fault{reason: "the domain is missing"}
	}
	m, start, f := parseMacro(s, inDomain)
	if f != nil {
		return nil, f
	}
	if start == len(s) {
		return m, nil
	}
	tail := strings.TrimSuffix(s[start:], ".")
	dot := strings.LastIndexByte(tail, '.')
	if dot < 0 {
		return nil, &fault{at: start, reason: fmt.Sprintf("%q is no full domain name", clip(s))}
	}
	if top := tail[dot+1:]; !isTopLabel(top) {
		return nil, &fault{at: start + dot + 1, reason: fmt.Sprintf("a domain name cannot end in %q", clip(top))}
	}
	if start == 0 {
		m.name, _ = canonical(s)
	}
	return m, nil
}

// isTopLabel is toplabel of RFC 7208 section 7.1: letters, digits and inner
// hyphens, not digits alone.
func isTopLabel(s string) bool {
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	digits := true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
		case isAlpha(c), c == '-':
			digits = false
		default:
			return false
		}
	}
	return !digits
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
