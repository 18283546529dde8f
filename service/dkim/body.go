package dkim

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"slices"
)

// BodyHash is the SHA-256 of a canonicalised body or of its beginning. It is
// known when the whole body has been read.
type BodyHash struct {
	// Sum is the hash.
	Sum [sha256.Size]byte
	// Short tells that the body is shorter than the length asked for.
	Short bool
	// Beyond is how many canonicalised octets follow that length.
	Beyond int64

	length int64 // negative: all of it
}

// body hashes a message body in one pass. However many hashes are asked for,
// the body is canonicalised and hashed once for each algorithm, since the hash
// of a beginning is the state of the hash at that point.
type body struct {
	canons [2]*bodyCanon
	size   int64
	first  bodyCanon // most messages need no more
}

// want asks for a hash, before the body is written. A negative length is the
// whole body (RFC 6376 section 3.5, l=).
func (b *body) want(c Canon, length int64) *BodyHash {
	if b.canons[c] == nil {
		b.canons[c] = &b.first
		if b.canons[1-c] != nil {
			b.canons[c] = new(bodyCanon)
		}
		b.canons[c].start(c)
	}
	return b.canons[c].want(length)
}

func (b *body) write(p []byte) {
	b.size += int64(len(p))
	for _, c := range b.canons {
		if c != nil {
			c.write(p)
		}
	}
}

// end completes the hashes.
func (b *body) end() {
	for _, c := range b.canons {
		if c != nil {
			c.end()
		}
	}
}

// bodyCanon canonicalises one body by RFC 6376 section 3.4.3 or 3.4.4.
//
// What cannot be emitted before it is known what follows is held back: CRLFs,
// which vanish at the end of the body; a run of WSP, which vanishes before a
// CRLF; a CR that may begin a CRLF.
type bodyCanon struct {
	relaxed bool
	hash    hash.Hash
	wanted  []*BodyHash // by length, that of the whole body last
	reached int         // how many of wanted are complete
	size    int64       // emitted

	crlfs  int64
	space  bool
	cr     bool
	pieces []byte // gathered, see relax

	whole BodyHash
	first [1]*BodyHash // most messages want no more
}

// start begins with the hash and the room that are there, if any.
func (c *bodyCanon) start(kind Canon) {
	if c.hash == nil {
		c.hash = sha256.New()
	}
	c.hash.Reset()
	c.relaxed, c.whole.length, c.wanted, c.pieces = kind == Relaxed, -1, c.first[:0], c.pieces[:0]
}

func (c *bodyCanon) want(length int64) *BodyHash {
	at, found := slices.BinarySearchFunc(c.wanted, length, func(b *BodyHash, n int64) int {
		switch {
		case b.length == n:
			return 0
		case n < 0 || b.length >= 0 && b.length < n:
			return -1
		}
		return 1
	})
	switch {
	case found:
	case length < 0:
		c.wanted = append(c.wanted, &c.whole)
	default:
		c.wanted = slices.Insert(c.wanted, at, &BodyHash{length: length})
	}
	return c.wanted[at]
}

// write takes the next octets: what is to be held back at their beginning, what
// stays, and what is to be held back at their end.
func (c *bodyCanon) write(p []byte) {
	if c.cr && len(p) > 0 {
		c.cr = false
		if p[0] == '\n' {
			c.crlfs, c.space, p = c.crlfs+1, false, p[1:]
		} else {
			c.release()
			c.emit(crlf[:1])
		}
	}
	p = c.hold(p)
	if stays := c.staying(p); stays > 0 {
		c.release()
		if c.relaxed {
			c.relax(p[:stays])
		} else {
			c.emit(p[:stays])
		}
		c.hold(p[stays:])
	}
}

// hold takes CRLFs, WSP and a last CR off the front.
func (c *bodyCanon) hold(p []byte) []byte {
	for len(p) > 0 {
		switch {
		case p[0] == '\r' && len(p) == 1:
			c.cr = true
		case p[0] == '\r' && p[1] == '\n':
			c.crlfs, c.space = c.crlfs+1, false
			p = p[1:]
		case c.relaxed && isWSP(p[0]):
			c.space = true
		default:
			return p
		}
		p = p[1:]
	}
	return p
}

// staying is how many octets come before what is to be held back at the end.
func (c *bodyCanon) staying(p []byte) int {
	n := len(p)
	if n > 0 && p[n-1] == '\r' {
		n--
	}
	for n > 0 {
		switch {
		case c.relaxed && isWSP(p[n-1]):
			n--
		case n > 1 && p[n-1] == '\n' && p[n-2] == '\r':
			n -= 2
		default:
			return n
		}
	}
	return n
}

// release emits what was held back, as something follows that stays.
func (c *bodyCanon) release() {
	for ; c.crlfs > 0; c.crlfs -= min(c.crlfs, int64(len(emptyLines)/2)) {
		c.emit(emptyLines[:2*min(c.crlfs, int64(len(emptyLines)/2))])
	}
	if c.space {
		c.space = false
		c.emit(space)
	}
}

var (
	space      = []byte{' '}
	emptyLines = bytes.Repeat(crlf, 512)
)

// emit hashes canonicalised octets. It stops where nobody asked for more.
func (c *bodyCanon) emit(p []byte) {
	for c.reached < len(c.wanted) {
		b := c.wanted[c.reached]
		left := b.length - c.size
		if b.length < 0 || left > int64(len(p)) {
			c.hash.Write(p)
			break
		}
		c.hash.Write(p[:left])
		c.hash.Sum(b.Sum[:0])
		c.size += left
		p = p[left:]
		c.reached++
	}
	c.size += int64(len(p))
}

// end completes the last line and the hashes.
func (c *bodyCanon) end() {
	if c.cr {
		c.release()
		c.emit(crlf[:1])
	}
	// One CRLF ends the body: simple adds it even to an empty one.
	if c.size > 0 || !c.relaxed {
		c.emit(crlf)
	}
	c.emit(nil)
	for _, b := range c.wanted[c.reached:] {
		b.Short = b.length >= 0
		c.hash.Sum(b.Sum[:0])
	}
	for _, b := range c.wanted {
		if b.length >= 0 && !b.Short {
			b.Beyond = c.size - b.length
		}
	}
}
