package dkim

import "strings"

// important are the fields that a reader sees or that decide how a message is
// shown (RFC 6376 section 5.4.1).
var important = []string{
	"From", "Subject", "To", "Cc", "Date", "Reply-To", "Sender", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding",
}

// Coverage is what a signature says about the fields that matter to a reader.
type Coverage struct {
	// Unsigned are fields that are in the message, at least one of each name
	// outside the signature: anyone on the way may have written them.
	Unsigned []string
	// Open are fields all of which are signed, but to which one can be added
	// without breaking the signature; clients may show the added one (RFC 6376
	// section 8.15).
	Open []string
	// Sealed are fields that h= lists more often than they occur: adding one
	// breaks the signature.
	Sealed []string
}

// Coverage compares h= with the header.
func (s *Signature) Coverage(h *Header) Coverage {
	var c Coverage
	for _, name := range important {
		listed := 0
		for _, n := range s.Names {
			if len(n) == len(name) && strings.EqualFold(n, name) {
				listed++
			}
		}
		there := len(h.Positions(name))
		switch {
		case listed < there:
			c.Unsigned = append(c.Unsigned, name)
		case listed > there:
			c.Sealed = append(c.Sealed, name)
		case there > 0:
			c.Open = append(c.Open, name)
		}
	}
	return c
}
