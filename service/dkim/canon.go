package dkim

import "bytes"

// Canon is a canonicalisation algorithm (RFC 6376 section 3.4).
type Canon uint8

// The two algorithms.
const (
	Simple Canon = iota
	Relaxed
)

// String is the word in c=.
func (c Canon) String() string {
	if c == Relaxed {
		return "relaxed"
	}
	return "simple"
}

// Append adds the field as the algorithm has it. Folding goes with relaxed; a
// CRLF ends it in both, as it did when it was signed, even if the header stops
// before.
func (c Canon) Append(to []byte, f Field) []byte {
	if c == Simple {
		return append(append(to, bytes.TrimSuffix(f.raw, crlf)...), '\r', '\n')
	}
	return append(appendRelaxed(to, f, len(f.raw), len(f.raw)), '\r', '\n')
}

// AppendUnsigned adds the field as it is hashed in its own signature: without
// raw[start:end], which is the value of b= with the white space around it, and
// without the final CRLF (RFC 6376 section 3.7).
func (c Canon) AppendUnsigned(to []byte, f Field, start, end int) []byte {
	if c == Simple {
		return bytes.TrimSuffix(append(append(to, f.raw[:start]...), f.raw[end:]...), crlf)
	}
	return appendRelaxed(to, f, start, end)
}

// appendRelaxed adds the field, without what lies between start and end, by RFC
// 6376 section 3.4.2 and without a final CRLF.
func appendRelaxed(to []byte, f Field, start, end int) []byte {
	to = append(appendLower(to, f.raw[:f.name]), ':')
	from := len(to)
	to = appendUnfolded(to, f.raw[f.colon+1:start], from)
	to = appendUnfolded(to, f.raw[end:], from)
	if n := len(to); n > from && to[n-1] == ' ' {
		to = to[:n-1]
	}
	return to
}

// appendUnfolded adds text with each run of WSP and CRLF as one space, and none
// at from, where the value begins, or after another space.
func appendUnfolded(to, text []byte, from int) []byte {
	for i := 0; i < len(text); {
		plain := i
		for i+8 < len(text) && text[plain] > ' ' && level(text[i:i+9]) {
			i += 8
		}
		for i < len(text) && (text[i] > ' ' || text[i] == ' ' && i > plain && i+1 < len(text) && text[i+1] > ' ') {
			i++
		}
		to = append(to, text[plain:i]...)
		for ; i < len(text) && text[i] <= ' '; i++ {
			c := text[i]
			switch {
			case isWSP(c):
				if n := len(to); n > from && to[n-1] != ' ' {
					to = append(to, ' ')
				}
			case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
				i++ // folding, or the end of the field
			default:
				to = append(to, c)
			}
		}
	}
	return to
}
