package dkim

import (
	"encoding/binary"
	"math/bits"
)

// relax emits p, whose last octet stays and is no WSP, by RFC 6376 section 3.4.4.
// Most text is canonical as it is, so the work is to find the places that are
// not, and to hash what lies between them where it stands. Where such places are
// dense, finding each takes longer than going through all octets.
func (c *bodyCanon) relax(p []byte) {
	for {
		at := nextRun(p)
		if at < 0 {
			break
		}
		c.gather(p[:at])
		p = c.squeeze(p[at:])
	}
	c.flush()
	c.emit(p)
}

const (
	gathered = 2 << 10 // octets that are hashed together
	long     = 512     // octets that are hashed where they stand
	sparse   = 128     // octets without a run after which another is not near
)

// gather emits octets, short pieces together, for a hash takes as long for one
// octet as for sixty.
func (c *bodyCanon) gather(p []byte) {
	if len(p) >= long {
		c.flush()
		c.emit(p)
		return
	}
	c.pieces = append(c.room(len(p)), p...)
}

// room is what is gathered, with room for n more octets.
func (c *bodyCanon) room(n int) []byte {
	if len(c.pieces)+n > cap(c.pieces) {
		c.flush()
	}
	if c.pieces == nil {
		c.pieces = make([]byte, 0, gathered)
	}
	return c.pieces
}

func (c *bodyCanon) flush() {
	if len(c.pieces) > 0 {
		c.emit(c.pieces)
		c.pieces = c.pieces[:0]
	}
}

// squeeze gathers what it makes of p, which begins with a run, eight octets at a
// time, until runs are sparse or little room is left; it gives the rest.
func (c *bodyCanon) squeeze(p []byte) []byte {
	to := c.room(stride)
	n, i := len(to), 0
	to = to[:cap(to)]
	for run := true; run; {
		for i++; isWSP(p[i]); i++ {
		}
		if p[i] != '\r' || i+1 == len(p) || p[i+1] != '\n' {
			to[n] = ' '
			n++
		}
		run = false
		for stop := min(len(p)-9, i+sparse); i <= stop && n <= len(to)-10; {
			w := binary.LittleEndian.Uint64(p[i:])
			binary.LittleEndian.PutUint64(to[n:], w)
			marks := suspects(p[i:], p[i+1:]) & highs
			if marks == 0 {
				i, n = i+8, n+8
				continue
			}
			k := bits.TrailingZeros64(marks) / 8
			i, n = i+k, n+k
			if run = begins(p, i); run {
				break
			}
			i, n = i+1, n+1
		}
	}
	c.pieces = to[:n]
	return p[i:]
}

// begins tells whether a run of WSP that is not canonical begins at an octet: with
// a tab, longer than one, or before a CR.
func begins(p []byte, i int) bool {
	return p[i] == '\t' || p[i] == ' ' && (isWSP(p[i+1]) || p[i+1] == '\r')
}

// nextRun is where the first run of WSP begins that is not canonical; -1 when there
// is none. p ends in no WSP.
func nextRun(p []byte) int {
	for i := 0; ; {
		i += plain(p[i:])
		for end := min(i+stride, len(p)-1); i < end; i++ {
			if begins(p, i) {
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
