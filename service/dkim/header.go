package dkim

import (
	"bytes"
	"slices"
	"strings"
)

// Field is one header field, octets as received.
type Field struct {
	raw   []byte
	name  int32 // the length of the name
	colon int32
}

// Name is the name as written.
func (f Field) Name() string { return string(f.raw[:f.name]) }

// Is tells whether the field has that name, whatever the case.
func (f Field) Is(name string) bool {
	return len(name) == int(f.name) && strings.EqualFold(string(f.raw[:f.name]), name)
}

// Raw is the whole field with its folding and its final CRLF. Do not change it.
func (f Field) Raw() []byte { return f.raw }

// Value is what follows the colon, folded as it is, without the final CRLF. Do
// not change it.
func (f Field) Value() []byte { return bytes.TrimSuffix(f.raw[f.colon+1:], crlf) }

// Header is the header of a message (RFC 5322 section 2.2).
type Header struct {
	// Fields are the fields in their order. Lines that are no fields are not
	// among them: no signature can cover them.
	Fields []Field
	// BareLF counts line feeds that no carriage return precedes: such a message
	// never was on SMTP's wire as it is (RFC 5321 section 2.3.8), and a program
	// that takes them for line ends sees other fields than those here.
	BareLF int
	// Stray counts lines that are neither fields nor folded.
	Stray int

	names index
	first [18]Field // most messages have no more
}

var crlf = []byte("\r\n")

// parseHeader reads fields up to the empty line or the end of raw. size is how
// many octets it took, with the empty line; ended tells whether there was one.
//
// Only CRLF ends a line. Whatever else stands in the octets, NUL, 8-bit, single
// CR or LF, belongs to the line.
func parseHeader(raw []byte) (h *Header, size int, ended bool) {
	h = new(Header)
	size, ended = h.parse(raw)
	return h, size, ended
}

func (h *Header) parse(raw []byte) (size int, ended bool) {
	h.Fields = h.first[:0]
	start, at := 0, 0 // of the field that is open, of the line
	for at < len(raw) && !ended {
		end, bare := lineEnd(raw, at)
		h.BareLF += bare
		ended = end-at == 2 && raw[at] == '\r'
		if ended || !isWSP(raw[at]) {
			h.add(raw[start:at])
			start = at
		}
		at = end
	}
	if !ended {
		h.add(raw[start:])
	}
	h.names.build(h.Fields)
	return at, ended
}

// lineEnd is where the line at an offset ends, after its CRLF, and how many
// single line feeds it holds.
func lineEnd(raw []byte, at int) (end, bare int) {
	for end = at; ; bare++ {
		i := bytes.IndexByte(raw[end:], '\n')
		if i < 0 {
			return len(raw), bare
		}
		if end += i + 1; end-2 >= at && raw[end-2] == '\r' {
			return end, bare
		}
	}
}

// add takes a field if raw is one: a name of printable ASCII without a colon,
// perhaps WSP (RFC 5322 section 4.5.8), a colon.
func (h *Header) add(raw []byte) {
	if len(raw) == 0 {
		return
	}
	name := 0
	for name < len(raw) && raw[name] > ' ' && raw[name] < 0x7f && raw[name] != ':' {
		name++
	}
	colon := name
	for colon < len(raw) && isWSP(raw[colon]) {
		colon++
	}
	if name == 0 || colon == len(raw) || raw[colon] != ':' {
		h.Stray++
		return
	}
	h.Fields = append(h.Fields, Field{raw, int32(name), int32(colon)})
}

// Named are the fields of a name, in their order.
func (h *Header) Named(name string) []Field {
	var list []Field
	for _, i := range h.Positions(name) {
		list = append(list, h.Fields[i])
	}
	return list
}

// Positions are the indices in Fields of the fields of a name, in their order.
func (h *Header) Positions(name string) []int { return h.appendPositions(nil, name) }

func (h *Header) appendPositions(to []int, name string) []int {
	slot, _ := h.names.find(h.Fields, []byte(name))
	if slot < 0 {
		return to
	}
	from := len(to)
	for at := h.names.last[slot]; at >= 0; at = h.names.above[at] {
		to = append(to, int(at))
	}
	slices.Reverse(to[from:])
	return to
}
