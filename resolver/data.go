package resolver

import (
	"encoding/hex"
	"net"
	"net/netip"
	"strings"
)

// addr boxes an address as the library holds it.
func addr(ip net.IP) (Data, bool) {
	a, ok := netip.AddrFromSlice(ip)
	return Addr{a}, ok
}

func host(name string) Data {
	if c, err := Canonical(name); err == nil {
		return Host(c)
	}
	return nil
}

// text joins the strings of a TXT record. The library escapes what is not
// printable in each of them: that is undone here.
func text(list []string) Data {
	var t TXT
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			t.Cuts = append(t.Cuts, b.Len())
		}
		if strings.IndexByte(s, '\\') < 0 {
			b.WriteString(s)
			continue
		}
		for j := 0; j < len(s); j++ {
			if s[j] != '\\' {
				b.WriteByte(s[j])
				continue
			}
			if octet, n, ok := unescape(s[j+1:]); ok {
				b.WriteByte(octet)
				j += n
			}
		}
	}
	t.Text = b.String()
	return t
}

func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}
