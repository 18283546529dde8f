package service

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// bounds says how long texts and lists of a response may be.
type bounds struct{ octets, entries int }

// widths are the bounds to try, widest first, until a response fits.
var widths = []bounds{{4 << 10, 500}, {512, 100}, {128, 20}, {64, 8}}

// cut is at most the number of entries that fit.
func cut[T any](b bounds, list []T) []T { return list[:min(len(list), b.entries)] }

// text is s as a response may hold it: valid UTF-8, since protobuf takes nothing
// else, nothing that a terminal obeys or that turns text around, and not too
// long. What is replaced shows as U+FFFD; evidence, which is in presentation
// form, is ASCII and loses nothing.
func (b bounds) text(s string) string {
	if len(s) > b.octets {
		// What is replaced does not become shorter, so the rest is never shown.
		return shorten(printable(s[:b.octets])+ellipsis, b.octets)
	}
	return shorten(printable(s), b.octets)
}

// texts bounds each text and the list.
func (b bounds) texts(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, 0, min(len(list), b.entries))
	for _, s := range cut(b, list) {
		out = append(out, b.text(s))
	}
	return out
}

// whole is s or, where it would have to be cut, nothing: half a zone line is
// worse than none.
func (b bounds) whole(s string) string {
	if len(s) > b.octets {
		return ""
	}
	return b.text(s)
}

// maxField bounds a header field.
const maxField = 64 << 10

// field is a folded header field. Only a line break that folds stays one (RFC 5322
// section 2.2.3), so that no text in it can begin a field of its own.
func field(s string) string {
	switch {
	case len(s) > maxField:
		return ""
	case folded(s):
		return s
	}
	lines := strings.Split(s, "\r\n")
	var b strings.Builder
	b.Grow(len(s))
	for i, line := range lines {
		switch {
		case i == 0:
		case continues(line):
			b.WriteString("\r\n")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(printable(line))
	}
	return b.String()
}

// folded tells whether s is printable ASCII but for line breaks that fold: the way
// of nearly all fields.
func folded(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= ' ' && s[i] <= '~' {
			continue
		}
		if !strings.HasPrefix(s[i:], "\r\n ") || i+3 == len(s) || s[i+3] <= ' ' {
			return false
		}
		i += 2
	}
	return true
}

// continues tells whether a line continues a field: white space before text (RFC
// 5322 sections 2.2.3 and 4.2).
func continues(line string) bool {
	return strings.HasPrefix(line, " ") && strings.TrimSpace(line) != ""
}

// plain tells whether s is printable ASCII.
func plain(s string) bool {
	// Eight octets at a time: one beyond "~" has its high bit set, or gets it when 1 is
	// added, and one below " " when 32 is taken away.
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; len(s) >= 8; s = s[8:] {
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if (x|(x+each)|(x-' '*each))&high != 0 {
			return false
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// printable replaces what is invalid, what a terminal might obey (C0 and C1), and
// what turns or hides text (bidirectional and zero-width marks).
func printable(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return utf8.RuneError
	}, s)
}

const ellipsis = "…"

// shorten cuts valid UTF-8 to a number of octets, with an ellipsis.
func shorten(s string, octets int) string {
	if len(s) <= octets {
		return s
	}
	end := octets - len(ellipsis)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + ellipsis
}
