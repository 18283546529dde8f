package domain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service/iprev"
)

// poolWords are labels and parts of labels that networks give to whole ranges.
var poolWords = []string{
	"pool", "pools", "dyn", "dynamic", "dyndsl", "dsl", "adsl", "vdsl", "cable", "dhcp", "ppp", "pppoe", "static-pool", "dialup", "dial",
	"cust", "customer", "client", "user", "broadband", "fiber", "ftth", "cgn", "nat", "res", "residential",
}

// generic tells whether all confirmed names look like names of a range rather
// than of a host, with none left unlooked at.
func generic(r iprev.Report) bool {
	if r.Result != iprev.Pass || slices.ContainsFunc(r.Names, func(n iprev.Name) bool { return n.Err != nil }) {
		return false
	}
	return !slices.ContainsFunc(r.Confirmed(), func(name string) bool { return !genericName(name, r.Addr) })
}

// genericName tells whether a name carries the address, or a word for a range
// among the parts of its labels below the last two.
func genericName(name string, ip netip.Addr) bool {
	labels := strings.Split(name, ".")
	host := strings.Join(labels[:max(len(labels)-2, 0)], ".")
	if carries(host, ip) {
		return true
	}
	for _, word := range strings.FieldsFunc(host, func(c rune) bool { return c == '.' || c == '-' || c == '_' || '0' <= c && c <= '9' }) {
		if slices.Contains(poolWords, word) {
			return true
		}
	}
	return false
}

// carries tells whether host spells the address: its octets in either order,
// apart by one character or padded to three digits, or as eight hexadecimal
// digits; of IPv6 the last two groups.
func carries(host string, ip netip.Addr) bool {
	if !ip.Is4() {
		o := ip.As16()
		for _, s := range []string{fmt.Sprintf("%x-%x", int(o[12])<<8|int(o[13]), int(o[14])<<8|int(o[15])), fmt.Sprintf("%02x%02x%02x%02x", o[12], o[13], o[14], o[15])} {
			if o[12]|o[13] != 0 && strings.Contains(host, s) {
				return true
			}
		}
		return false
	}
	o := ip.As4()
	if strings.Contains(host, fmt.Sprintf("%02x%02x%02x%02x", o[0], o[1], o[2], o[3])) ||
		strings.Contains(host, fmt.Sprintf("%03d%03d%03d%03d", o[0], o[1], o[2], o[3])) {
		return true
	}
	var numbers []string
	for _, n := range strings.FieldsFunc(host, func(c rune) bool { return c < '0' || c > '9' }) {
		numbers = append(numbers, strings.TrimLeft(n[:len(n)-1], "0")+n[len(n)-1:])
	}
	want := []string{fmt.Sprint(o[0]), fmt.Sprint(o[1]), fmt.Sprint(o[2]), fmt.Sprint(o[3])}
	back := slices.Clone(want)
	slices.Reverse(back)
	for i := 0; i+4 <= len(numbers); i++ {
		if slices.Equal(numbers[i:i+4], want) || slices.Equal(numbers[i:i+4], back) {
			return true
		}
	}
	return false
}
