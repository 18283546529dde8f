package domain

import (
	"fmt"
	"slices"
	"strings"
)

// strayRunes are characters that forms, editors and copying leave in records, and
// what each stands for.
var strayRunes = map[rune]string{
	'"': "", '\'': "", '`': "", '\\': "",
	'\u2018': "", '\u2019': "", '\u201a': "", '\u201b': "", '\u201c': "", '\u201d': "", '\u201e': "", '\u201f': "", '\u00ab': "", '\u00bb': "", '\u00b4': "",
	'\u00ad': "", '\u200b': "", '\u200c': "", '\u200d': "", '\u200e': "", '\u200f': "", '\u2060': "", '\ufeff': "",
	'\u00a0': " ", '\u2007': " ", '\u2009': " ", '\u202f': " ", '\u3000': " ",
	'\u2010': "-", '\u2011': "-", '\u2012': "-", '\u2013': "-", '\u2014': "-", '\u2015': "-", '\u2212': "-",
}

// destray is text without stray characters.
func destray(text string) string {
	if strayIn(text) == "" {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if s, stray := strayRunes[r]; stray {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// strayIn names the stray characters of text by code point, each once.
func strayIn(text string) string {
	var list []string
	for _, r := range text {
		if _, stray := strayRunes[r]; stray {
			list = append(list, fmt.Sprintf("U+%04X", r))
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}
