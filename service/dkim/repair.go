package dkim

import (
	"fmt"
	"slices"
	"strings"
)

// strayRunes are characters that panels, editors and word processors leave in
// records and that no key record needs. White space of other kinds counts: it
// becomes a plain space.
var strayRunes = map[rune]string{
	'"': "", '\'': "", '\\': "", '`': "",
	'\u2018': "", '\u2019': "", '\u201a': "", '\u201c': "", '\u201d': "", '\u201e': "", '\u00ab': "", '\u00bb': "",
	'\ufeff': "", '\u200b': "", '\u200c': "", '\u200d': "", '\u2060': "", '\u00ad': "",
	'\u00a0': " ", '\u2009': " ", '\u202f': " ", '\r': " ", '\n': " ",
}

// clean is the text without stray characters.
func clean(text string) string {
	var b strings.Builder
	for _, r := range text {
		if s, stray := strayRunes[r]; stray {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func strayAt(text string) int {
	return strings.IndexFunc(text, func(r rune) bool { _, stray := strayRunes[r]; return stray })
}

// strays names the stray characters of text by code point, each once.
func strays(text string) string {
	var list []string
	for _, r := range text {
		if _, stray := strayRunes[r]; stray {
			list = append(list, fmt.Sprintf("U+%04X", r))
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}

// Join tells whether two texts, neither of which holds a key, make one key
// record when one follows the other, in either order, and gives that record. The
// texts are two TXT records at a selector (DKIM_KEY_SPLIT, RFC 6376 section
// 3.6.2.2), or the two strings of one whose order was swapped.
func Join(a, b string) (Key, bool) {
	if usable(a) || usable(b) {
		return Key{}, false
	}
	for _, text := range []string{a + b, b + a} {
		if key, err := ParseKey(text); err == nil && key.Public != nil {
			return key, true
		}
	}
	return Key{}, false
}

func usable(text string) bool {
	key, err := ParseKey(text)
	return err == nil && key.Public != nil
}
