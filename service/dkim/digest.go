package dkim

import (
	"crypto/sha256"
	"slices"
)

// selection is the signed fields in the order of h=, as indices into the
// header. Fields of one name are taken from the bottom up; a name with no field
// left selects nothing (RFC 6376 section 5.4.2), which is how a signature forbids
// adding one. The field of the signature itself is never selected. The result is
// in numbers, if that is large enough.
func (s *Signature) selection(numbers []int32, h *Header) []int32 {
	slots := len(h.names.last)
	numbers = slices.Grow(numbers, slots+len(s.Names))[:slots+len(s.Names)]
	next, selected := numbers[:slots], numbers[slots:slots]
	copy(next, h.names.last)
	for _, name := range s.Names {
		slot, _ := h.names.find(h.Fields, []byte(name))
		if slot < 0 {
			continue
		}
		at := next[slot]
		if at == int32(s.At) {
			at = h.names.above[at]
		}
		if at < 0 {
			next[slot] = at
			continue
		}
		selected = append(selected, at)
		next[slot] = h.names.above[at]
	}
	return selected
}

// input adds the octets whose hash is signed (RFC 6376 section 3.7): the selected
// fields and the signature's own.
func (s *Signature) input(to []byte, h *Header, selected []int32) []byte {
	for _, at := range selected {
		to = s.HeaderCanon.Append(to, h.Fields[at])
	}
	return s.AppendOwn(to, h)
}

// AppendOwn adds the signature's own field as it is hashed: without the value of
// b= and without the final CRLF. A seal is relaxed always (RFC 8617 section 5.1.1).
func (s *Signature) AppendOwn(to []byte, h *Header) []byte {
	c := s.HeaderCanon
	if s.Kind == ARCSeal {
		c = Relaxed
	}
	return c.AppendUnsigned(to, h.Fields[s.At], s.start, s.end)
}

// Digest is the hash that the signature signs.
func (s *Signature) Digest(h *Header) [sha256.Size]byte {
	return sha256.Sum256(s.input(nil, h, s.selection(nil, h)))
}
