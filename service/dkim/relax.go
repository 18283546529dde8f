package dkim

import (
	"bytes"
	"encoding/binary"
)

// relax emits p, whose last octet stays and is no WSP, by RFC 6376 section 3.4.4.
// Most text is canonical as it is, so the work is to find the places that are
// not, and to hash what lies between them where it stands.
func (c *bodyCanon) relax(p []byte) {
	for {
		at := nextRun(p)
		if at < 0 {
			c.emit(p)
			return
		}
		end := at + 1
		for isWSP(p[end]) {
			end++
		}
		switch {
		case bytes.HasPrefix(p[end:], crlf):
			c.emit(p[:at])
		case p[at] == ' ':
			c.emit(p[:at+1])
		default:
			c.emit(p[:at])
			c.emit(space)
		}
		p = p[end:]
	}
}

// nextRun is where the first run of WSP begins that is not canonical: with a
// tab, longer than one, or before a CR; -1 when there is none. p ends in no WSP.
func nextRun(p []byte) int {
	for i := 0; ; {
		i += plain(p[i:])
		for end := min(i+stride, len(p)-1); i < end; i++ {
			if p[i] == '\t' || p[i] == ' ' && (isWSP(p[i+1]) || p[i+1] == '\r') {
				return i
			}
		}
		if i >= len(p)-1 {
			return -1
		}
	}
}

const (
	ones   = 0x0101010101010101
	highs  = 0x8080808080808080
	spaces = ' ' * ones
	tabs   = '\t' * ones

	stride = 32 // octets that are looked at together
)

// plainWords is a number of octets at the front of p none of which is a tab, or a
// space before another one or a control character. It may be less than all of
// them. What it stops at is for the caller to look at.
func plainWords(p []byte) int {
	i := 0
	for ; i+stride < len(p); i += stride {
		q := p[i : i+stride+1]
		if (suspects(q[0:], q[1:])|suspects(q[8:], q[9:])|suspects(q[16:], q[17:])|suspects(q[24:], q[25:]))&highs != 0 {
			break
		}
	}
	return i
}

// level tells whether none of eight octets is a control character, or a space
// before a ninth or another that is one or a space. It may miss that (see
// suspects).
func level(p []byte) bool {
	w := binary.LittleEndian.Uint64(p)
	return ((w-spaces)&^w|suspects(p, p[1:]))&highs == 0
}

// suspects marks, in its highest bit, each of eight octets that is a tab, or a
// space whose successor is a space or a control character. An octet is found by
// the borrow when 1 is taken from its difference to the one looked for, or 33
// from itself; a borrow may mark the next octet wrongly, and never hides one.
func suspects(these, next []byte) uint64 {
	w, n := binary.LittleEndian.Uint64(these), binary.LittleEndian.Uint64(next)
	s, t := w^spaces, w^tabs
	return (s-ones)&^s&((n-(spaces+ones))&^n) | (t-ones)&^t
}
