package spf

import (
	"net/netip"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// maxDomain is the longest name that macros may make (RFC 7208 section 7.3).
const maxDomain = 253

// canonical is the name that a text stands for, or false when no such name can
// exist. A backslash is an octet like any other: SPF knows no escapes.
func canonical(text string) (string, bool) {
	text = strings.TrimSuffix(text, ".")
	if text == "" {
		return "", false
	}
	if strings.IndexByte(text, '\\') < 0 {
		name, err := resolver.Canonical(text)
		return name, err == nil
	}
	name, err := resolver.Name(strings.Split(text, ".")...)
	return name, err == nil
}

// shorten drops labels from the left until the name is short enough (RFC 7208
// section 7.3).
func shorten(text string) string {
	for len(text) > maxDomain {
		dot := strings.IndexByte(text, '.')
		if dot < 0 {
			break
		}
		text = text[dot+1:]
	}
	return text
}

// aLabels is the domain with U-labels converted (RFC 7208 section 4.3, RFC 8616), as
// given when it is ASCII, or false when it cannot be converted.
func aLabels(domain string) (string, bool) {
	if isASCII(domain) {
		return domain, true
	}
	ascii, err := orgdomain.ALabelStrict(domain)
	if err != nil {
		return domain, false
	}
	return ascii, true
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// checkable is the canonical form of a domain that check_host() may be asked
// about. RFC 7208 section 4.3: malformed names, names of one label and, by
// section 2.3, address literals are none.
func checkable(domain string) (string, bool) {
	if domain == "" || domain[0] == '[' || domain[len(domain)-1] == '.' { // one final dot is cut off before
		return "", false
	}
	name, ok := canonical(domain)
	if !ok || resolver.Parent(name) == "." {
		return "", false
	}
	if c := name[len(name)-1]; isDigit(c) {
		if _, err := netip.ParseAddr(name); err == nil {
			return "", false
		}
	}
	return name, true
}
