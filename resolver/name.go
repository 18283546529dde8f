package resolver

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Limits of RFC 1035 section 2.3.4, in octets of the wire form.
const (
	maxLabel = 63
	maxName  = 255
)

var (
	errEmptyName  = errors.New("the name is empty")
	errEmptyLabel = errors.New("the name has an empty label")
	errEscape     = errors.New(`the name ends inside an escape or has an escape above \255`)
)

// Canonical is the one form in which names are compared and kept: presentation
// form, ASCII letters in lower case, no final dot, the root as ".". Escapes \.
// and \DDD (RFC 1035 section 5.1) are kept where they are needed and no others.
// It refuses empty names and labels, labels over 63 octets and names over 255
// octets on the wire. It maps no Unicode: see package idna for that.
func Canonical(name string) (string, error) {
	if name == "." {
		return name, nil
	}
	bare := strings.TrimSuffix(name, ".")
	if canonicalAlready(bare) {
		return bare, nil
	}
	if c := strings.ToLower(bare); canonicalAlready(c) {
		return c, nil
	}
	labels, err := Labels(name)
	if err != nil {
		return "", err
	}
	return Name(labels...)
}

// canonicalAlready is the way for nearly all names once they are in lower case and
// without a final dot: letters, digits, hyphens and underscores, within the limits.
func canonicalAlready(name string) bool {
	if name == "" || len(name) > maxName-2 {
		return false
	}
	label := 0
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '.':
			if label == 0 || i == len(name)-1 {
				return false
			}
			label = -1
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
		if label++; label > maxLabel {
			return false
		}
	}
	return true
}

// Labels are the labels of a name in presentation form, unescaped, without the
// root. The root itself has none.
func Labels(name string) ([]string, error) {
	if name == "" {
		return nil, errEmptyName
	}
	if name == "." {
		return nil, nil
	}
	var labels []string
	var label []byte
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '.':
			if len(label) == 0 {
				return nil, errEmptyLabel
			}
			labels, label = append(labels, string(label)), label[:0]
		case c == '\\':
			octet, n, ok := unescape(name[i+1:])
			if !ok {
				return nil, errEscape
			}
			label = append(label, octet)
			i += n
		default:
			label = append(label, c)
		}
	}
	if len(label) > 0 {
		labels = append(labels, string(label))
	}
	return labels, nil
}

// unescape reads what follows a backslash: three digits or one other octet.
func unescape(s string) (octet byte, n int, ok bool) {
	if s == "" {
		return 0, 0, false
	}
	if s[0] < '0' || s[0] > '9' {
		return s[0], 1, true
	}
	if len(s) < 3 {
		return 0, 0, false
	}
	v := 0
	for _, c := range []byte(s[:3]) {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		v = v*10 + int(c-'0')
	}
	return byte(v), 3, v <= 255
}

// Name joins labels, which may hold any octets, to a canonical name.
func Name(labels ...string) (string, error) {
	if len(labels) == 0 {
		return ".", nil
	}
	wire := 1
	var b strings.Builder
	for i, label := range labels {
		if label == "" {
			return "", errEmptyLabel
		}
		if len(label) > maxLabel {
			return "", fmt.Errorf("the label %.20q… is longer than %d octets", label, maxLabel)
		}
		if wire += len(label) + 1; wire > maxName {
			return "", fmt.Errorf("the name is longer than %d octets", maxName)
		}
		if i > 0 {
			b.WriteByte('.')
		}
		escape(&b, label)
	}
	return b.String(), nil
}

func escape(b *strings.Builder, label string) {
	for i := 0; i < len(label); i++ {
		c := label[i]
		switch {
		case 'A' <= c && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case strings.IndexByte(`."\();@$`, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c <= ' ' || c >= 0x7f:
			b.Write([]byte{'\\', '0' + c/100, '0' + c/10%10, '0' + c%10})
		default:
			b.WriteByte(c)
		}
	}
}

// Absolute is the name with its final dot, as zone files need it.
func Absolute(name string) string {
	if strings.HasSuffix(name, ".") {
		return name
	}
	return name + "."
}

// Parent is the name without its first label, "." for a name of one label and
// for the root. The name must be canonical.
func Parent(name string) string {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case '.':
			if i+1 < len(name) {
				return name[i+1:]
			}
		}
	}
	return "."
}

// Within tells whether name is zone or lies below it. Both must be canonical.
func Within(name, zone string) bool {
	if zone == "." || name == zone {
		return true
	}
	head, ok := strings.CutSuffix(name, zone)
	return ok && strings.HasSuffix(head, ".") && !escapedEnd(head[:len(head)-1])
}

// escapedEnd tells whether what follows head is escaped by it.
func escapedEnd(head string) bool {
	return (len(head)-len(strings.TrimRight(head, `\`)))%2 == 1
}

// Reverse is the name whose PTR records name the address: octets under
// in-addr.arpa (RFC 1035 section 3.5), nibbles under ip6.arpa (RFC 3596 section
// 2.5). IPv4-mapped addresses count as IPv4. An invalid address gives "".
func Reverse(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	if addr.Is4In6() || addr.Is4() {
		o := addr.Unmap().As4()
		b := make([]byte, 0, 28)
		for i := len(o) - 1; i >= 0; i-- {
			b = append(strconv.AppendUint(b, uint64(o[i]), 10), '.')
		}
		return string(append(b, "in-addr.arpa"...))
	}
	const hex = "0123456789abcdef"
	o := addr.As16()
	b := make([]byte, 0, 72)
	for i := len(o) - 1; i >= 0; i-- {
		b = append(b, hex[o[i]&15], '.', hex[o[i]>>4], '.')
	}
	return string(append(b, "ip6.arpa"...))
}
