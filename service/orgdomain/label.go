package orgdomain

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/mailassay/mailassay/resolver"
)

// maxSpelling bounds what is looked at: four octets for each of the 253
// characters that a name may have, and room for what is trimmed.
const maxSpelling = 1100

// maxLabel is the longest label (RFC 1035 section 2.3.4).
const maxLabel = 63

// isDot tells whether UTS 46 takes a character for a dot.
func isDot(r rune) bool { return r == '.' || r == '\u3002' || r == '\uff0e' || r == '\uff61' }

var errLong = errors.New("the name is longer than a domain name can be")

// lookup maps as UTS 46 does for look-ups, without the transitional forms. It lets
// underscores pass, for owner names have them (RFC 8552), and hyphens in the third
// and fourth place, for names like "r3---sn" exist.
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// display gives U-labels back and leaves alone what is none.
var display = idna.New(idna.StrictDomainName(false), idna.CheckHyphens(false))

// ALabel is the name as DNS has it, for a name as a person writes or pastes it:
// surrounding space and zero-width characters are dropped, the rest is
// normalized to NFC and mapped to A-labels by UTS 46 (RFC 5890 section 2.3.2.1,
// RFC 8616 section 4), in lower case and without final dot. The result is
// canonical in the sense of resolver.Canonical. The root is ".".
func ALabel(name string) (string, error) {
	if plain(name) && !hasALabel(name) {
		return resolver.Canonical(name)
	}
	if len(name) <= maxSpelling {
		name = strings.Map(visible, strings.TrimSpace(name))
	}
	return convert(name)
}

// ALabelStrict is ALabel for a name that a program has written, such as one in a
// message: nothing is dropped from it but what UTS 46 drops, so that a name with a
// direction mark is none. A name in ASCII is taken as it is, whatever its A-labels
// stand for: DNS knows whether it exists.
func ALabelStrict(name string) (string, error) {
	if plain(name) {
		return resolver.Canonical(name)
	}
	return convert(name)
}

// convert is the name with its U-labels turned into A-labels.
func convert(name string) (string, error) {
	switch {
	case len(name) > maxSpelling:
		return "", errLong
	case !utf8.ValidString(name): // which package idna takes for U+FFFD, and lets pass
		return "", errors.New("the name is not UTF-8")
	}
	if name = norm.NFC.String(name); name == "." {
		return name, nil
	}
	// No A-label is shorter than what it stands for, but for characters that are dropped,
	// and the conversion of a long one takes time that grows with the square of its length.
	for label := range strings.FieldsFuncSeq(name, isDot) {
		if utf8.RuneCountInString(label) > maxLabel {
			return "", errLong
		}
	}
	ascii, err := lookup.ToASCII(name)
	if err != nil {
		return "", fmt.Errorf("%.80q is no domain name: %w", name, err)
	}
	canonical, err := resolver.Canonical(ascii)
	if err == nil && (strings.IndexByte(ascii, '\\') >= 0 || strings.IndexByte(canonical, '\\') >= 0) {
		// What needs escapes in a zone file is no name that a person means.
		return "", fmt.Errorf("%.80q is no domain name: it has a space or a sign that names do not have", name)
	}
	return canonical, err
}

// plain tells whether a name needs no mapping: ASCII letters, digits, hyphens,
// underscores and dots.
func plain(name string) bool {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// hasALabel tells whether there is something in a name that wants checking.
func hasALabel(name string) bool {
	for i := 0; i+4 <= len(name); i++ {
		if (name[i] == 'x' || name[i] == 'X') && strings.EqualFold(name[i:i+4], "xn--") {
			return true
		}
	}
	return false
}

// visible drops the zero-width characters that come along when a name is copied
// from a page: soft hyphen, zero-width space and joiners, direction marks, word
// joiner, byte order mark. Joiners that UTS 46 keeps in a few scripts are lost
// with them, as in most browsers' address bars.
func visible(r rune) rune {
	switch {
	case r == '\u00ad', '\u200b' <= r && r <= '\u200f', '\u202a' <= r && r <= '\u202e', '\u2060' <= r && r <= '\u2064', r == '\ufeff':
		return -1
	case unicode.IsSpace(r) && r > 0x7f:
		return ' '
	}
	return r
}

// ULabel is the name with its A-labels turned to U-labels, for people to read.
// Labels that are no valid A-label stay as they are.
func ULabel(name string) string {
	if !strings.Contains(name, "xn--") {
		return name
	}
	u, err := display.ToUnicode(name)
	if err != nil {
		return name
	}
	return u
}
