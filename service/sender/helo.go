package sender

import (
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
	if addr, err := netip.ParseAddr(arg); err == nil {
		h.Form, h.Matches = HeloAddress, addr.Unmap() == client
		return h
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
	addr, err := netip.ParseAddr(s)
	return addr, err == nil && addr.Is4()
}

// hostName tells whether a canonical name has only what host names have, and
// underscores, which some hosts have all the same.
func hostName(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return true
}
