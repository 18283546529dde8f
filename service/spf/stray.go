package spf

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// unstray removes or replaces what web forms, word processors and copying leave
// in a record: quotes and backslashes, invisible characters, no-break spaces,
// typographic dashes.
func unstray(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] < 0x80 && strings.IndexByte(`"'\`+"`", s[i]) < 0
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := strayRune(s[i:])
		b.WriteString(plain(r, s[i:i+n]))
		i += n
	}
	return b.String()
}

// strayRune reads one character; an octet that is no UTF-8 is taken as
// Windows-1252, whose quotes and dashes are the ones that occur.
func strayRune(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || n > 1 {
		return r, n
	}
	switch c := s[0]; c {
	case 0x91, 0x92, 0x93, 0x94:
		return '\u201c', 1
	case 0x96, 0x97:
		return '\u2013', 1
	default:
		return rune(c), 1
	}
}

// plain is what a stray character stands for: nothing, a space or a hyphen. Other
// characters stand for themselves, as written.
func plain(r rune, written string) string {
	switch {
	case strings.ContainsRune(`"'\`+"`", r),
		'\u2018' <= r && r <= '\u201f', r == '\u00ab', r == '\u00bb', r == '\u00b4', // quotes
		'\u200b' <= r && r <= '\u200f', r == '\u2060', r == '\ufeff', r == '\u00ad': // invisible
		return ""
	case r == '\u00a0', r == '\u2007', r == '\u202f', r == '\u3000':
		return " "
	case '\u2010' <= r && r <= '\u2015', r == '\u2212':
		return "-"
	}
	return written
}

// strayNames lists the stray characters of a text by their code points.
func strayNames(s string) string {
	var names []string
	var seen []rune
	for i := 0; i < len(s) && len(names) < 4; {
		r, n := strayRune(s[i:])
		if !slices.Contains(seen, r) && plain(r, s[i:i+n]) != s[i:i+n] {
			seen, names = append(seen, r), append(names, fmt.Sprintf("U+%04X", r))
		}
		i += n
	}
	return strings.Join(names, ", ")
}
