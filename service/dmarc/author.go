package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service/orgdomain"
)

// maxFrom bounds the From field that is parsed, maxDomain a domain in it, and
// maxAuthors the distinct domains that are noted. RFC 9989 section 11.5.
const (
	maxFrom    = 64 << 10
	maxDomain  = 1100 // 253 characters of UTF-8, and room
	maxAuthors = 16
)

// AuthorClass tells why a message has no author domain.
type AuthorClass uint8

// The reasons.
const (
	// NoAuthor: no From field, or one without a mailbox.
	NoAuthor AuthorClass = iota + 1
	// SeveralAuthors: more than one From field, or more than one domain in it.
	SeveralAuthors
	// InvalidAuthor: the field is not as RFC 5322 and RFC 6532 have it.
	InvalidAuthor
	// LiteralAuthor: the domain is an address literal, below which nothing can be
	// published.
	LiteralAuthor
)

// AuthorError tells why a message has no author domain. DMARC is then not
// evaluated (RFC 9989 section 5.3.1).
type AuthorError struct {
	Class  AuthorClass
	Detail string
	// Domains are those found in the fields, canonical; the first 16.
	Domains []string
}

// Error is one line for people.
func (e *AuthorError) Error() string { return e.Detail }

// AuthorDomain is the author domain of a message whose From fields have these
// bodies: exactly one field, and exactly one domain over all its mailboxes,
// groups included (RFC 9989 section 5.3.1, RFC 6854). The bodies may be folded.
// The domain is canonical. The error is an [*AuthorError].
//
// Comments, quoted strings, routes, spaces around dots and the other obsolete
// forms of RFC 5322 section 4.4 are read; a final dot of the domain, and octets
// that are no UTF-8 outside of it, are overlooked.
func AuthorDomain(fields []string) (string, error) {
	if len(fields) == 0 {
		return "", &AuthorError{Class: NoAuthor, Detail: "the message has no From field"}
	}
	var p fromParser
	for _, f := range fields {
		// Of several fields one may be there to be shown, and another to be malformed.
		if err := p.field(f); err != nil && len(fields) == 1 {
			return "", &AuthorError{Class: InvalidAuthor, Detail: "From field: " + err.Error(), Domains: p.domains}
		}
	}
	fail := func(c AuthorClass, format string, a ...any) (string, error) {
		return "", &AuthorError{Class: c, Detail: fmt.Sprintf(format, a...), Domains: p.domains}
	}
	switch {
	case len(fields) > 1:
		return fail(SeveralAuthors, "the message has %d From fields", len(fields))
	case len(p.domains) == 0:
		return fail(NoAuthor, "the From field has no mailbox")
	case len(p.domains) > 1:
		return fail(SeveralAuthors, "the From field has mailboxes of several domains: %s", strings.Join(p.domains, ", "))
	case p.domains[0][0] == '[':
		return fail(LiteralAuthor, "the domain of the From field is an address literal")
	}
	return p.domains[0], nil
}

// fromParser collects the domains of address lists.
type fromParser struct {
	lexer
	tok     token
	domains []string
	buf     [1]string
}

func (p *fromParser) field(body string) error {
	if len(body) > maxFrom {
		return fmt.Errorf("longer than %d octets", maxFrom)
	}
	if p.domains == nil {
		p.domains = p.buf[:0]
	}
	p.lexer = lexer{s: strings.TrimRight(body, "\r\n")}
	if err := p.next(); err != nil {
		return err
	}
	return p.list(false)
}

func (p *fromParser) next() (err error) {
	p.tok, err = p.lexer.next()
	return err
}

// list reads address-list, or within a group its group-list up to ";". Empty
// members are obs-addr-list and obs-group-list. RFC 5322 section 4.4.
func (p *fromParser) list(group bool) error {
	for {
		for p.tok.kind == ',' {
			if err := p.next(); err != nil {
				return err
			}
		}
		switch {
		case p.tok.kind == end && !group, p.tok.kind == ';' && group:
			return nil
		case p.tok.kind == end:
			return fmt.Errorf("the group has no end")
		}
		if err := p.address(group); err != nil {
			return err
		}
		if k := p.tok.kind; k != ',' && !(k == end && !group) && !(k == ';' && group) {
			return fmt.Errorf("%s where an address should end", p.tok)
		}
	}
}

// address reads one mailbox or group. What precedes "<" or ":" is a phrase, what
// precedes "@" a local part, and one looks like the other until then.
func (p *fromParser) address(group bool) error {
	n, lastDot, dotted := 0, false, true
	for p.tok.kind == word || p.tok.kind == '.' && n > 0 {
		isDot := p.tok.kind == '.'
		dotted = dotted && (n == 0 || isDot != lastDot) // word *("." word)
		lastDot = isDot
		n++
		if err := p.next(); err != nil {
			return err
		}
	}
	kind := p.tok.kind
	switch {
	case kind == '<':
		return p.angle()
	case kind == ':' && n > 0 && !group:
		if err := p.next(); err != nil {
			return err
		}
		if err := p.list(true); err != nil {
			return err
		}
		return p.next()
	case kind == '@' && n > 0 && dotted && !lastDot:
		return p.domain()
	case n > 0 && (kind == ',' || kind == ';' || kind == end):
		return fmt.Errorf("a name without an address")
	}
	return fmt.Errorf("%s where an address should be", p.tok)
}

// angle reads angle-addr from "<", with obs-route.
func (p *fromParser) angle() error {
	if err := p.next(); err != nil {
		return err
	}
	if err := p.route(); err != nil {
		return err
	}
	if p.tok.kind != word {
		return fmt.Errorf("%s where a local part should be", p.tok)
	}
	for {
		if err := p.next(); err != nil {
			return err
		}
		if p.tok.kind == '@' {
			break
		}
		if p.tok.kind != '.' {
			return fmt.Errorf("%s in a local part", p.tok)
		}
		if err := p.next(); err != nil {
			return err
		}
		if p.tok.kind != word {
			return fmt.Errorf("%s in a local part", p.tok)
		}
	}
	if err := p.domain(); err != nil {
		return err
	}
	if p.tok.kind != '>' {
		return fmt.Errorf("%s where \">\" should be", p.tok)
	}
	return p.next()
}

// route skips obs-route: "@a,@b:". Its domains are not the author's.
func (p *fromParser) route() error {
	if p.tok.kind != '@' && p.tok.kind != ',' {
		return nil
	}
	for p.tok.kind != ':' {
		switch p.tok.kind {
		case '@', ',', '.', word, literal:
		default:
			return fmt.Errorf("%s in a route", p.tok)
		}
		if err := p.next(); err != nil {
			return err
		}
	}
	return p.next()
}

// domain reads what follows "@": dot-atom, obs-domain or domain-literal.
func (p *fromParser) domain() error {
	if err := p.next(); err != nil {
		return err
	}
	if p.tok.kind == literal {
		p.note(strings.ToLower(p.tok.text))
		return p.next()
	}
	var name string
	for {
		if p.tok.kind != word || p.tok.text[0] == '"' {
			return fmt.Errorf("%s where a domain should be", p.tok)
		}
		if name += p.tok.text; len(name) > maxDomain {
			return fmt.Errorf("a domain longer than %d octets", maxDomain)
		}
		if err := p.next(); err != nil {
			return err
		}
		if p.tok.kind != '.' {
			break
		}
		name += "."
		if err := p.next(); err != nil {
			return err
		}
		if p.tok.kind != word {
			break // a final dot
		}
	}
	a, err := orgdomain.ALabelStrict(name)
	if err != nil {
		return err
	}
	p.note(a)
	return nil
}

func (p *fromParser) note(domain string) {
	if len(p.domains) < maxAuthors && !slices.Contains(p.domains, domain) {
		p.domains = append(p.domains, domain)
	}
}
