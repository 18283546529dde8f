package iprev

import (
	"net/netip"
	"strconv"
	"strings"
)

// rangeWords are parts of labels that networks put into the names of whole
// ranges of addresses.
var rangeWords = map[string]bool{
	"pool": true, "pools": true, "dyn": true, "dynamic": true, "dsl": true, "adsl": true, "sdsl": true, "vdsl": true, "xdsl": true,
	"dyndsl": true, "cable": true, "dhcp": true, "ppp": true, "pppoe": true, "dialup": true, "dialin": true, "broadband": true,
	"ftth": true, "cgn": true, "cgnat": true,
}

// Generic tells whether every confirmed name looks like one given to a range of
// addresses rather than to a host. Nothing defines that; large receivers refuse
// such hosts all the same. It is false when none is confirmed, or another name
// could not be looked up, or was left out, and so may be a host's.
func (r Report) Generic() bool {
	if r.Result != Pass || r.Unchecked > 0 {
		return false
	}
	for _, n := range r.Names {
		if n.Err != nil || n.Confirmed && GenericName(n.Host, r.Addr) == "" {
			return false
		}
	}
	return true
}

// GenericName says what makes a name look like one of a range: the word, or the
// address as the name spells it; "" for a name that looks like a host's. The last
// two labels are not looked at, since a network may well be called "cable.example".
func GenericName(name string, addr netip.Addr) string {
	host := name
	for range 2 {
		i := strings.LastIndexByte(host, '.')
		if i < 0 {
			return ""
		}
		host = host[:i]
	}
	if s := spelled(host, addr.Unmap()); s != "" {
		return s
	}
	for word := range strings.FieldsFuncSeq(host, func(c rune) bool { return c < 'a' || c > 'z' }) {
		if rangeWords[word] {
			return word
		}
	}
	return ""
}

// spelled is the form in which host carries the address, "" when it does not.
func spelled(host string, addr netip.Addr) string {
	if addr.Is4() {
		o := addr.As4()
		if carries(host, o) {
			return addr.String()
		}
		return ""
	}
	o := addr.As16()
	bare := strings.NewReplacer("-", "", ".", "", "_", "").Replace(host)
	full, back := nibbles(o[:])
	half, halfBack := nibbles(o[8:])
	for _, form := range []string{full, back, half, halfBack} {
		if strings.Contains(bare, form) && strings.Trim(form, "0") != "" {
			return form
		}
	}
	// As written, with hyphens for colons: 2001-db8--1.
	if s := strings.ReplaceAll(addr.WithZone("").String(), ":", "-"); strings.Contains(host, s) {
		return s
	}
	return ""
}

// nibbles are the hexadecimal digits of an address, forward and backward.
func nibbles(octets []byte) (forward, backward string) {
	const hex = "0123456789abcdef"
	n := 2 * len(octets)
	f, b := make([]byte, n), make([]byte, n)
	for i, o := range octets {
		f[2*i], f[2*i+1] = hex[o>>4], hex[o&15]
		b[n-1-2*i], b[n-2-2*i] = hex[o>>4], hex[o&15]
	}
	return string(f), string(b)
}

// carries tells whether the numbers in host are, one after the other, the octets
// forward or backward; or whether a run of digits spells them padded to three
// places or in hexadecimal.
func carries(host string, o [4]byte) bool {
	var last [4]int
	n := 0
	for i := 0; i < len(host); {
		if host[i] < '0' || host[i] > '9' {
			i++
			continue
		}
		start := i
		for i < len(host) && host[i] >= '0' && host[i] <= '9' {
			i++
		}
		v, err := strconv.Atoi(host[start:min(i, start+9)])
		if err != nil || v > 255 {
			v = -1
		}
		copy(last[:], last[1:])
		last[3] = v
		if n++; n >= 4 && (last == [4]int{int(o[0]), int(o[1]), int(o[2]), int(o[3])} || last == [4]int{int(o[3]), int(o[2]), int(o[1]), int(o[0])}) {
			return true
		}
	}
	padded := make([]byte, 0, 12)
	for _, v := range o {
		padded = append(padded, '0'+v/100, '0'+v/10%10, '0'+v%10)
	}
	forward, _ := nibbles(o[:])
	return strings.Contains(host, string(padded)) || strings.Contains(host, forward)
}
