package resolver

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/miekg/dns"
)

var (
	errShort    = errors.New("the message ends early")
	errTrailing = errors.New("octets follow the message")
)

// unpack reads a message whose sections hold exactly what its header counts. The
// library lets sections be shorter and octets follow, which would turn a cut or
// tampered answer into absence.
func unpack(wire []byte) (*dns.Msg, error) {
	if err := whole(wire); err != nil {
		return nil, err
	}
	m := new(dns.Msg)
	if err := m.Unpack(wire); err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return m, nil
}

// whole walks the records of a message and tells whether they fill it exactly.
func whole(m []byte) error {
	if len(m) < header {
		return errShort
	}
	at := header
	for range binary.BigEndian.Uint16(m[4:]) {
		if at = skipName(m, at) + 4; at > len(m) {
			return errShort
		}
	}
	records := 0
	for i := 6; i < header; i += 2 {
		n := int(binary.BigEndian.Uint16(m[i:]))
		if n > maxRecords {
			return fmt.Errorf("a section holds %d records, more than %d", n, maxRecords)
		}
		records += n
	}
	for range records {
		at = skipName(m, at)
		if at+10 > len(m) {
			return errShort
		}
		if at += 10 + int(binary.BigEndian.Uint16(m[at+8:])); at > len(m) {
			return errShort
		}
	}
	if at != len(m) {
		return errTrailing
	}
	return nil
}

// skipName is the offset behind the name at the offset, beyond the message when
// the name does not end in it. Pointers are not followed (RFC 1035 section 4.1.4).
func skipName(m []byte, at int) int {
	for at < len(m) {
		switch c := m[at]; {
		case c == 0:
			return at + 1
		case c >= 0xc0:
			return at + 2
		default:
			at += 1 + int(c)
		}
	}
	return len(m) + 1
}
