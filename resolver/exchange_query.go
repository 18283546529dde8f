package resolver

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"

	"github.com/miekg/dns"
)

// header is the size of a message header (RFC 1035 section 4.1.1).
const header = 12

// Bits of the second 16-bit word of a header.
const (
	flagQR = 1 << 15
	flagRD = 1 << 8
	flagAD = 1 << 5
	flagCD = 1 << 4

	opcodeBits = 0x0f << 11
	rcodeBits  = 0x0f
)

// query is a question in wire form, as it goes out once.
type query struct {
	wire []byte
	// end of the question section: a reply has the same octets up to here, behind
	// its header.
	end int
	// cookie is the client cookie sent, nil without.
	cookie []byte
}

// pack makes the query of the next step, with an id and a case of its own.
func (e *exchange) pack() (*query, error) {
	var chance [2 + 32]byte
	if _, err := rand.Read(chance[:]); err != nil {
		return nil, err
	}
	b := make([]byte, header, 128)
	copy(b, chance[:2])
	flags := uint16(flagAD) // we understand AD: RFC 6840 section 5.7
	if e.o.Recurse {
		flags |= flagRD
	}
	if e.o.CheckingDisabled {
		flags |= flagCD
	}
	binary.BigEndian.PutUint16(b[2:], flags)
	b[5] = 1 // one question
	b, err := appendName(b, e.q.Name)
	if err != nil {
		return nil, err
	}
	if e.mixes() {
		mixCase(b[header:], chance[2:])
	}
	b = binary.BigEndian.AppendUint16(b, uint16(e.q.Type))
	b = binary.BigEndian.AppendUint16(b, dns.ClassINET)
	qy := &query{end: len(b)}
	if !e.plain {
		b[11] = 1 // one additional record
		client, server := e.memory.cookies()
		b = appendOPT(b, e.o.DNSSEC, e.server.Transport == TLS, append(client[:len(client):len(client)], server...))
		qy.cookie = client
	}
	qy.wire = b
	return qy, nil
}

// appendName adds a name in wire form (RFC 1035 section 3.1).
func appendName(b []byte, name string) ([]byte, error) {
	name, err := Canonical(name)
	if err != nil {
		return b, err
	}
	if name == "." {
		return append(b, 0), nil
	}
	length := len(b)
	b = append(b, 0)
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch c {
		case '.':
			b[length] = byte(len(b) - length - 1)
			length = len(b)
			c = 0
		case '\\':
			octet, n, _ := unescape(name[i+1:])
			c = octet
			i += n
		}
		b = append(b, c)
	}
	b[length] = byte(len(b) - length - 1)
	return append(b, 0), nil
}

// mixCase gives each letter the case that chance says, so that a forger must
// guess it (draft-vixie-dnsext-dns0x20). Lengths of labels are below 64, hence
// never letters.
func mixCase(name, chance []byte) {
	for i, c := range name {
		if c |= 0x20; 'a' <= c && c <= 'z' {
			name[i] ^= chance[i/8%len(chance)] >> (i % 8) & 1 << 5
		}
	}
}

// mixes tells whether the step has a case of its own. A stream needs none, but
// settles whether the server keeps it.
func (e *exchange) mixes() bool {
	return e.memory.keepsCase() && e.tcp == (e.miss == wrongCase)
}

// appendOPT adds the EDNS pseudo-record (RFC 6891 section 6.1.2) with a cookie
// (RFC 7873 section 4) and, where the message is encrypted, padding to whole
// blocks of 128 octets (RFC 8467 section 4.1).
func appendOPT(b []byte, do, pad bool, cookie []byte) []byte {
	b = append(b, 0, 0, byte(dns.TypeOPT))
	b = binary.BigEndian.AppendUint16(b, payload)
	b = append(b, 0, 0)
	var flags uint16
	if do {
		flags = 1 << 15
	}
	b = binary.BigEndian.AppendUint16(b, flags)
	length := len(b)
	b = append(b, 0, 0)
	if len(cookie) > 0 {
		b = binary.BigEndian.AppendUint16(b, dns.EDNS0COOKIE)
		b = binary.BigEndian.AppendUint16(b, uint16(len(cookie)))
		b = append(b, cookie...)
	}
	if pad {
		size := 127 - (len(b)+3)%128
		b = binary.BigEndian.AppendUint16(b, dns.EDNS0PADDING)
		b = binary.BigEndian.AppendUint16(b, uint16(size))
		b = append(b, make([]byte, size)...)
	}
	binary.BigEndian.PutUint16(b[length:], uint16(len(b)-length-2))
	return b
}

// verdict tells how a message fails to be the reply to a query.
type verdict uint8

const (
	matches verdict = iota
	// wrongID, or no reply at all.
	wrongID
	wrongQuestion
	// wrongCase: the question is ours but for the case of its letters.
	wrongCase
	// wrongCookie: no cookie where the server sends one, or another's.
	wrongCookie
	// wrongForm: what follows the question cannot be read.
	wrongForm
)

// match compares the header and the question of a message with the query: RFC
// 5452 section 9.1. Nothing else of the message is looked at.
func (q *query) match(m []byte) verdict {
	if len(m) < header || m[0] != q.wire[0] || m[1] != q.wire[1] {
		return wrongID
	}
	flags := binary.BigEndian.Uint16(m[2:])
	if flags&flagQR == 0 || flags&opcodeBits != 0 {
		return wrongID
	}
	if len(m) < q.end || m[4] != 0 || m[5] != 1 {
		return wrongQuestion
	}
	if bytes.Equal(m[header:q.end], q.wire[header:q.end]) {
		return matches
	}
	if equalFold(m[header:q.end], q.wire[header:q.end]) {
		return wrongCase
	}
	return wrongQuestion
}

// settleCase puts the name of a question that matched in lower case. The names of the
// answer refer to it, and need no copies of their own to be compared.
func (q *query) settleCase(m []byte) {
	for i, c := range m[header : q.end-4] { // lengths of labels are no letters
		if 'A' <= c && c <= 'Z' {
			m[header+i] = c | 0x20
		}
	}
}

// equalFold compares names and what follows them without the case of ASCII letters.
func equalFold(a, b []byte) bool {
	n := len(a) - 4 // type and class are no letters
	for i := range a[:n] {
		x, y := a[i], b[i]
		if x != y && (x^y != 0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return bytes.Equal(a[n:], b[n:])
}
