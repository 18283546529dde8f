// Package orgdomain knows what a name is made of: the spelling that DNS takes,
// and where, by the public suffix list, the part begins that somebody has
// registered.
//
// The list is the one compiled into golang.org/x/net/publicsuffix, private
// suffixes included: below "github.io", too, names belong to different people.
// It decides nothing in DMARC of today (RFC 9989 walks the tree), but RFC 7489
// section 3.2 rests on it, and it tells which absent name could be registered by
// a stranger.
package orgdomain

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Suffix is the public suffix that name ends in, which may be the name itself. A
// top level that the list lacks is a suffix of one label. The name must be
// canonical (see resolver.Canonical); "." and "" have the suffix "".
func Suffix(name string) string {
	if name == "." || name == "" {
		return ""
	}
	suffix, _ := publicsuffix.PublicSuffix(name)
	return suffix
}

// IsSuffix tells whether name is a public suffix: nobody's own domain, but one
// below which others register theirs.
func IsSuffix(name string) bool { return name != "" && Suffix(name) == name }

// IsRegistry tells whether name is a suffix below which a registry lets names be
// registered, such as "com" or "co.uk": one of the list's first part. Companies
// that share out names below their own are in its second part.
func IsRegistry(name string) bool {
	if name == "." || name == "" {
		return false
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	return suffix == name && (icann || strings.IndexByte(name, '.') < 0)
}

// IsTopLevel tells whether the list has a name as a top-level domain of the root.
func IsTopLevel(name string) bool {
	_, icann := publicsuffix.PublicSuffix(name)
	return icann && strings.IndexByte(name, '.') < 0
}

// Registrable is the part of name that somebody has registered: the public
// suffix and one label. It is "" for a public suffix, the root and "".
func Registrable(name string) string {
	suffix := Suffix(name)
	rest, ok := strings.CutSuffix(name, "."+suffix)
	if suffix == "" || !ok || rest == "" {
		return ""
	}
	return name[strings.LastIndexByte(rest, '.')+1:]
}

// Organizational is the organizational domain of RFC 7489 section 3.2: the
// registrable domain, or the name itself when it is a public suffix.
func Organizational(name string) string {
	if d := Registrable(name); d != "" {
		return d
	}
	return name
}
