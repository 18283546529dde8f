package spf

import "fmt"

// Class says what kind of fault a syntax error is.
type Class uint8

// Classes of syntax errors.
const (
	// Other is any fault without a class of its own: a bad domain-spec, a comma.
	Other Class = iota
	// UnknownMechanism: a name that RFC 7208 section 5 does not have.
	UnknownMechanism
	// BadMacro: a macro that section 7.1 does not allow at its place.
	BadMacro
	// BadAddress: the address, its family or its prefix length in ip4 and ip6
	// (section 5.6), or the prefix length of a and mx.
	BadAddress
	// RunTogether: two terms without a space between them.
	RunTogether
	// Stray: characters that no record has, such as quotes, no-break spaces and
	// dashes of a word processor; the record parses once they are gone.
	Stray
	// Repeated: redirect or exp for the second time (section 6).
	Repeated
	// TooLong: the record exceeds [MaxRecord].
	TooLong
)

// SyntaxError is one fault in a record.
type SyntaxError struct {
	Class Class
	// Term is the faulty term as written, at most 80 octets of it.
	Term string
	// Offset is where in the record's text the fault lies, in octets.
	Offset int
	// Reason is a clause: "the mechanism inculde is unknown".
	Reason string
	// Suggestion is what was probably meant: a mechanism name, a repaired term or
	// two terms. Empty without a good guess.
	Suggestion string
}

// Error is the reason, the term and its place.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("%s, in %q at octet %d", e.Reason, e.Term, e.Offset)
	if e.Suggestion != "" {
		s += fmt.Sprintf(" (%s is meant?)", e.Suggestion)
	}
	return s
}
