package dkim

import (
	"bytes"
	"encoding/binary"
)

// relax emits p, whose last octet stays and is no WSP, by RFC 6376 section 3.4.4.
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
		case bytes.HasPrefix(p[end:], crlf):
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
	for i+33 <= limit {
		q := p[i : i+33]
		if (suspects(q[0:], q[1:])|suspects(q[8:], q[9:])|suspects(q[16:], q[17:])|suspects(q[24:], q[25:]))&highs == 0 {
			i += 32
			continue
		}
		for end := i + 32; i < end; i++ {
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

// suspects marks, in its highest bit, each of eight octets that is a space and
// whose successor is a space or a control character. An octet is found by the
// borrow when 1 is taken from its difference to a space, or 33 from itself; a
// borrow may mark the next octet wrongly, and never hides one.
func suspects(these, next []byte) uint64 {
	s, n := binary.LittleEndian.Uint64(these)^spaces, binary.LittleEndian.Uint64(next)
	return (s - ones) &^ s & ((n - (spaces + ones)) &^ n)
}

func starts(p []byte, i int) bool { return p[i] == ' ' && (p[i+1] == ' ' || p[i+1] == '\r') }
