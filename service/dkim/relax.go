package dkim

import (
	"bytes"
	"encoding/binary"
	"math/bits"
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
	crs    = '\r' * ones
)

// nextRun is where the first run of WSP begins that is not canonical: with a
// tab, longer than one, or before a CR. tab is the first tab in p, or -1.
func nextRun(p []byte, tab int) int {
	limit := len(p) - 1 // p ends in no WSP
	if tab >= 0 {
		limit = tab
	}
	i := 0
	// Seven places at a time, each with its successor in the same word. An octet
	// is marked in its highest bit when subtracting 1 from its difference to the
	// wanted value borrows; borrows may mark the next octet wrongly, never miss.
	for i+8 <= limit {
		w := binary.LittleEndian.Uint64(p[i:])
		s, r := w^spaces, w^crs
		s = (s - ones) &^ s
		r = (r - ones) &^ r
		hit := s & ((s | r) >> 8) & highs
		if hit == 0 {
			i += 7
			continue
		}
		if i += bits.TrailingZeros64(hit) / 8; starts(p, i) {
			return i
		}
		i++
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

func starts(p []byte, i int) bool { return p[i] == ' ' && (p[i+1] == ' ' || p[i+1] == '\r') }
