package dkim

import (
	"bytes"
	"encoding/binary"
)

// relax emits p, which ends in an octet that stays, by RFC 6376 section 3.4.4.
// Most text is canonical as it is, so the work is to find the places that are
// not, and to hash what lies between them where it stands.
func (c *bodyCanon) relax(p []byte) {
	tab := bytes.IndexByte(p, '\t')
	for {
		at := nextRun(p, tab)
		if at < 0 {
			c.emit(p)
			return
		}
		end := at + 1
		for isWSP(p[end]) {
			end++
		}
		switch {
		case p[end] == '\r' && p[end+1] == '\n':
			c.emit(p[:at])
		case p[at] == ' ':
			c.emit(p[:at+1])
		default:
			c.emit(p[:at])
			c.emit(space)
		}
		if p = p[end:]; tab >= 0 {
			if tab -= end; tab < 0 {
				tab = bytes.IndexByte(p, '\t')
			}
		}
	}
}

const (
	ones   = 0x0101010101010101
	highs  = 0x8080808080808080
	spaces = ' ' * ones
)

// nextRun is where the first run of WSP begins that is not canonical: with a
// tab, longer than one, or before a CR. tab is the first tab in p, or -1.
func nextRun(p []byte, tab int) int {
	limit := len(p) - 1 // p ends in no WSP
	if tab >= 0 {
		limit = tab
	}
	i := 0
	for i+32 <= limit {
		q := p[i : i+32]
		if (suspects(binary.LittleEndian.Uint64(q))|suspects(binary.LittleEndian.Uint64(q[7:]))|
			suspects(binary.LittleEndian.Uint64(q[14:]))|suspects(binary.LittleEndian.Uint64(q[21:])))&highs == 0 {
			i += 28
			continue
		}
		for end := i + 28; i < end; i++ {
			if starts(p, i) {
				return i
			}
		}
	}
	for ; i < limit; i++ {
		if starts(p, i) {
			return i
		}
	}
	if tab > 0 && p[tab-1] == ' ' {
		return tab - 1
	}
	return tab
}

// suspects marks, in its highest bit, a space before a space or control
// character among the first seven of eight octets, each of which has its
// successor in the same word. An octet is found by the borrow when 1 is taken
// from its difference to a space, or 33 from itself; a borrow may mark the next
// octet wrongly, and never hides one.
func suspects(w uint64) uint64 {
	s := w ^ spaces
	return (s - ones) &^ s & ((w - (spaces + ones)) &^ w >> 8)
}

func starts(p []byte, i int) bool { return p[i] == ' ' && (p[i+1] == ' ' || p[i+1] == '\r') }
