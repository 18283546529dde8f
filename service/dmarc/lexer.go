package dmarc

import (
	"errors"
	"fmt"
	"strings"
)

// Kinds of token; a special character is its own kind.
const (
	end     = 0
	word    = 'w' // atom, or quoted-string with its quotes
	literal = '[' // domain-literal with its brackets
)

type token struct {
	kind byte
	text string
}

// String is for error texts: what is there, shortened, safe to print.
func (t token) String() string {
	switch t.kind {
	case end:
		return "the end"
	case word, literal:
		return fmt.Sprintf("%.40q", t.text)
	}
	return fmt.Sprintf("%q", rune(t.kind))
}

// lexer reads the tokens of RFC 5322 section 3.2 with the obsolete forms of
// section 4.1, and passes over CFWS.
type lexer struct {
	s   string
	pos int
}

var (
	errComment = errors.New("a comment has no end")
	errQuote   = errors.New("a quoted string has no end")
	errLiteral = errors.New("an address literal has no end")
	errFold    = errors.New("a line break that folds nothing")
)

func (l *lexer) next() (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	if l.pos == len(l.s) {
		return token{}, nil
	}
	start := l.pos
	switch c := l.s[start]; {
	case strings.IndexByte(`,:;<>@.`, c) >= 0:
		l.pos++
		return token{kind: c}, nil
	case c == '"':
		return l.until('"', word, errQuote)
	case c == '[':
		return l.until(']', literal, errLiteral)
	case atext(c):
		for l.pos < len(l.s) && atext(l.s[l.pos]) {
			l.pos++
		}
		return token{word, l.s[start:l.pos]}, nil
	default:
		return token{}, fmt.Errorf("%q in the wrong place", rune(c))
	}
}

// until reads a quoted-string or a domain-literal. NUL is allowed only behind a
// backslash (RFC 5322 section 4.1, obs-qp).
func (l *lexer) until(closing, kind byte, missing error) (token, error) {
	start := l.pos
	for l.pos++; l.pos < len(l.s); l.pos++ {
		switch c := l.s[l.pos]; {
		case c == closing:
			l.pos++
			return token{kind, l.s[start:l.pos]}, nil
		case c == '\\':
			l.pos++
		case c == '\r' || c == '\n':
			if err := l.fold(); err != nil {
				return token{}, err
			}
		case c == 0 || c == '[' && kind == literal:
			return token{}, fmt.Errorf("%q in the wrong place", rune(c))
		}
	}
	return token{}, missing
}

// skip passes over CFWS. Comments nest; a counter does, so that depth costs
// nothing.
func (l *lexer) skip() error {
	depth := 0
	for ; l.pos < len(l.s); l.pos++ {
		switch c := l.s[l.pos]; {
		case c == '(':
			depth++
		case c == '\r' || c == '\n':
			if err := l.fold(); err != nil {
				return err
			}
		case c == ' ' || c == '\t':
		case depth == 0:
			return nil
		case c == ')':
			depth--
		case c == '\\':
			l.pos++
		case c == 0:
			return errors.New("a NUL in a comment")
		}
	}
	if depth > 0 {
		return errComment
	}
	l.pos = len(l.s) // a backslash may have been the last octet
	return nil
}

// fold passes over the line break at pos, which must be followed by white space
// (RFC 5322 section 3.2.2). A bare LF is taken for CRLF, as mail stores have it; a
// bare CR is not.
func (l *lexer) fold() error {
	if l.s[l.pos] == '\r' {
		l.pos++
	}
	if l.pos+1 >= len(l.s) || l.s[l.pos] != '\n' || l.s[l.pos+1] != ' ' && l.s[l.pos+1] != '\t' {
		return errFold
	}
	return nil
}

// atext is that of RFC 5322 section 3.2.3 with every octet of UTF-8 (RFC 6532
// section 3.2).
func atext(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80:
		return true
	}
	return strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}
