package spf

import "github.com/mailassay/mailassay/resolver"

// Selection sorts the TXT records of a name (RFC 7208 section 4.5).
type Selection struct {
	// Records are those that are SPF: "v=spf1", in any case, then a space or the
	// end. More than one is a permerror even if they are equal.
	Records []*Record
	// Mistyped look as if SPF was meant and are ignored by everybody.
	Mistyped []Mistyped
	// Obsolete are records of Sender ID (spf2.0), which nobody evaluates.
	Obsolete []resolver.TXT
}

// Mistyped is a text that is no SPF record for the reason given.
type Mistyped struct {
	Text string
	// Class is Stray when quotes or invisible characters stand before or inside
	// the version, otherwise Other: the version itself is misspelled.
	Class Class
	// Reason is a clause: "a space stands before v=spf1".
	Reason string
	// Repaired is a record that parses and is probably meant, "" without one.
	Repaired string
}
