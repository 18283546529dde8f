package sender

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/mailassay/mailassay/service/orgdomain"
)

// parseHelo tells what the argument of HELO or EHLO is. RFC 5321 sections 4.1.1.1
// and 4.1.3.
func parseHelo(arg string, client netip.Addr) Helo {
	h := Helo{Name: arg, Form: HeloInvalid}
	if arg == "" {
		h.Form = HeloNone
		return h
	}
	if inner, ok := strings.CutPrefix(arg, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			if addr, ok := literal(inner); ok {
				h.Form, h.Matches = HeloLiteral, addr.Unmap() == client
			}
		}
		return h
	}
	if _, err := netip.ParseAddr(arg); err == nil {
		return h // it lacks the brackets
	}
	name, err := orgdomain.ALabelStrict(arg)
	switch {
	case err != nil || name == "." || !hostName(name):
	case strings.IndexByte(name, '.') < 0:
		h.Name, h.Form = name, HeloBare
	default:
		h.Name, h.Form = name, HeloName
	}
	return h
}

// literal reads what is between the brackets.
func literal(s string) (netip.Addr, bool) {
	tag, rest, tagged := strings.Cut(s, ":")
	if tagged && strings.EqualFold(tag, "IPv6") {
		addr, err := netip.ParseAddr(rest)
		return addr, err == nil && addr.Is6() && addr.Zone() == ""
	}
	// Snum may have zeros in front of it, which package netip refuses.
	numbers := strings.Split(s, ".")
	for i, n := range numbers {
		if len(n) == 2 || len(n) == 3 {
			numbers[i] = cmp.Or(strings.TrimLeft(n, "0"), "0")
		}
	}
	addr, err := netip.ParseAddr(strings.Join(numbers, "."))
	return addr, err == nil && addr.Is4()
}

// hostName tells whether a canonical name has only what host names have (RFC 5321
// section 4.1.2), and underscores, which some hosts have all the same.
func hostName(name string) bool {
	before := byte('.')
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_':
		case c == '-' && before != '.', c == '.' && before != '-':
		default:
			return false
		}
		before = name[i]
	}
	return before != '-'
}
