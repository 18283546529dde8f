package spf

import (
	"net/netip"
	"strings"
)

// Kind tells the terms of a record apart.
type Kind uint8

// The mechanisms and modifiers of RFC 7208 sections 5 and 6.
const (
	All      Kind = iota + 1 // section 5.1
	Include                  // section 5.2
	A                        // section 5.3
	MX                       // section 5.4
	PTR                      // section 5.5
	IP4                      // section 5.6
	IP6                      // section 5.6
	Exists                   // section 5.7
	Redirect                 // section 6.1
	Exp                      // section 6.2
	Unknown                  // an unknown modifier, to be ignored: section 6
)

var kindNames = [...]string{
	All: "all", Include: "include", A: "a", MX: "mx", PTR: "ptr", IP4: "ip4", IP6: "ip6", Exists: "exists",
	Redirect: "redirect", Exp: "exp", Unknown: "unknown modifier",
}

// String is the term's name as records spell it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// Mechanism tells whether the kind is a mechanism and no modifier.
func (k Kind) Mechanism() bool { return All <= k && k <= Exists }

// AsksDNS tells whether the kind counts against the limit of ten (RFC 7208
// section 4.6.4).
func (k Kind) AsksDNS() bool {
	switch k {
	case Include, A, MX, PTR, Exists, Redirect:
		return true
	}
	return false
}

// Term is one mechanism or modifier.
type Term struct {
	Kind Kind
	// Qualifier is the result of a match: Pass, Fail, SoftFail or Neutral. Empty
	// for modifiers.
	Qualifier Result
	// Bits4 and Bits6 are the prefix lengths of a and mx, 32 and 128 when not
	// given.
	Bits4, Bits6 uint8
	// Offset is where the term begins in the record's text, in octets.
	Offset int
	// Text is the term as written.
	Text string
	// Name is the name of an unknown modifier as written, otherwise empty.
	Name string
	// Prefix is the network of ip4 and ip6, with its host bits cleared.
	Prefix netip.Prefix
	// Domain is the domain-spec, or the value of an unknown modifier; nil when the
	// term has none and is about the current domain.
	Domain *Macro
}

// cost is what the term counts against the limit of ten (RFC 7208 section 4.6.4).
// A %{p} in it asks for PTR records and counts too.
func (t *Term) cost() int {
	n := 0
	if t.Kind.AsksDNS() {
		n++
		if t.Domain != nil && t.Domain.uses("p") {
			n++
		}
	}
	return n
}

// Record is a parsed SPF record. It does not change.
type Record struct {
	// Text is the record as published, its strings joined.
	Text string
	// Terms are the valid terms in order.
	Terms []Term
	// Errors are all syntax errors, in order. With any, the record is invalid as
	// a whole (RFC 7208 section 4.6).
	Errors []*SyntaxError
	// Seams are the boundaries between character-strings inside a term.
	Seams []Seam
	// Repaired is the record without its stray characters (quotes, invisible and
	// typographic ones), when it has some and parses once they are gone; otherwise
	// empty.
	Repaired string

	redirect, exp, all int // places in Terms, -1 for none
}

// Err is the first syntax error, nil for a valid record.
func (r *Record) Err() error {
	if len(r.Errors) > 0 {
		return r.Errors[0]
	}
	return nil
}

// Redirect is the redirect modifier, nil when there is none.
func (r *Record) Redirect() *Term { return r.at(r.redirect) }

// Exp is the exp modifier, nil when there is none.
func (r *Record) Exp() *Term { return r.at(r.exp) }

// All is the first all mechanism, nil when there is none. Mechanisms after it
// and any redirect are never evaluated (RFC 7208 sections 5.1 and 6.1).
func (r *Record) All() *Term { return r.at(r.all) }

func (r *Record) at(i int) *Term {
	if i < 0 {
		return nil
	}
	return &r.Terms[i]
}

// Dead are the terms that are never evaluated: mechanisms after all, and a
// redirect beside it.
func (r *Record) Dead() []Term {
	var dead []Term
	seen := false
	for _, t := range r.Terms {
		if seen && t.Kind.Mechanism() || r.all >= 0 && t.Kind == Redirect {
			dead = append(dead, t)
		}
		seen = seen || t.Kind == All
	}
	return dead
}

// Parked tells whether the record is -all and nothing else that matters: the
// domain sends no mail.
func (r *Record) Parked() bool {
	if len(r.Errors) > 0 {
		return false
	}
	for _, t := range r.Terms {
		if t.Kind.Mechanism() {
			return t.Kind == All && t.Qualifier == Fail
		}
	}
	return false
}

// Seam is a boundary between two character-strings that falls inside a term: the
// strings are joined without a space (RFC 7208 section 3.3).
type Seam struct {
	// Offset is where the second string begins in the record's text.
	Offset int
	// Left and Right are the parts of the term on either side.
	Left, Right string
	// TwoTerms is true when each part is a term of its own: a space seems to be
	// missing.
	TwoTerms bool
}

// String is the record in its plainest form: lower-case names, no + qualifiers,
// single spaces, no host bits. It means the same as the text, errors aside, and
// parses to an equal record.
func (r *Record) String() string {
	var b strings.Builder
	b.WriteString(version)
	for i := range r.Terms {
		b.WriteByte(' ')
		r.Terms[i].print(&b)
	}
	return b.String()
}
