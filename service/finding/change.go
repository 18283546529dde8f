package finding

import (
	"fmt"
	"strings"
)

// Action is what to do with a record.
type Action uint8

// What can be done with a record.
const (
	Add Action = iota + 1
	Replace
	Remove
)

// String is the word in lower case.
func (a Action) String() string { return [...]string{"", "add", "replace", "remove"}[a] }

// Change is a record to add, replace or remove.
type Change struct {
	Action Action
	// Name owns the record, without final dot.
	Name string
	// Type is a mnemonic such as TXT.
	Type string
	// TTL in seconds, 0 for the zone's default.
	TTL uint32
	// Current is what stands there: text for TXT, presentation form otherwise.
	Current string
	// Proposed is what should stand there, in the same form; "" for Remove.
	Proposed string
}

// ZoneLine is the line to have in the zone after the change, which a zone file
// takes as it is: absolute names, TXT quoted and cut into strings of at most 255
// octets. For Remove it is the line to delete.
func (c Change) ZoneLine() string {
	value := c.Proposed
	if c.Action == Remove {
		value = c.Current
	}
	if c.Type == "TXT" {
		value = QuoteTXT(value)
	}
	name := c.Name
	if !strings.HasSuffix(name, ".") {
		name += "."
	}
	if c.TTL > 0 {
		return fmt.Sprintf("%s %d IN %s %s", name, c.TTL, c.Type, value)
	}
	return fmt.Sprintf("%s IN %s %s", name, c.Type, value)
}

// QuoteTXT is text as the data of a TXT record: quoted strings of at most 255
// octets (RFC 1035 section 3.3.14), cut after a space where there is one near.
func QuoteTXT(text string) string {
	var b strings.Builder
	for first := true; first || text != ""; first = false {
		cut := len(text)
		if cut > 255 {
			cut = 255
			if i := strings.LastIndexByte(text[:cut], ' '); i > 128 {
				cut = i + 1
			}
		}
		if !first {
			b.WriteByte(' ')
		}
		b.WriteByte('"')
		for _, c := range []byte(text[:cut]) {
			switch {
			case c == '"' || c == '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c < ' ' || c >= 0x7f:
				b.Write([]byte{'\\', '0' + c/100, '0' + c/10%10, '0' + c%10})
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('"')
		text = text[cut:]
	}
	return b.String()
}

// Known is a fact or the reason why it is not known.
type Known[T any] struct {
	Value T
	// Err is nil when Value is known.
	Err error
}

// Know makes a Known of what a function gives.
func Know[T any](v T, err error) Known[T] { return Known[T]{Value: v, Err: err} }
