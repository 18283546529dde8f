package service

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestTextIsBoundedAndHarmless(t *testing.T) {
	b := bounds{octets: 16, entries: 2}
	for in, want := range map[string]string{
		"":                       "",
		"v=spf1 -all":            "v=spf1 -all",
		"exactly sixteen!":       "exactly sixteen!",
		"more than sixteen":      "more than six…",
		"bücher":                 "bücher",
		"ääääääääää":             "ääääää…",
		"a\xffb\x80":             "a\ufffdb\ufffd",
		"a\x1b[31mb":             "a\ufffd[31mb",
		"a\r\nb":                 "a\ufffd\ufffdb",
		"a\u202eb\u200bc\u2066d": "a\ufffdb\ufffdc\ufffdd",
		"a\u009bb":               "a\ufffdb",
	} {
		if got := b.text(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	if got := b.texts([]string{"a", "b", "c"}); len(got) != 2 {
		t.Errorf("%d texts", len(got))
	}
	if got := b.whole(`example.com. IN TXT "long"`); got != "" {
		t.Errorf("half a zone line: %q", got)
	}
}

// TestPlainIsPrintable tries every octet at every place of the eight that are looked
// at together, and behind them.
func TestPlainIsPrintable(t *testing.T) {
	for c := range 256 {
		for at := range 11 {
			b := []byte("~~~ ~~ ~ ~~")
			b[at] = byte(c)
			if got := plain(string(b)); got != (' ' <= c && c <= '~') {
				t.Errorf("%q: %v", b, got)
			}
		}
	}
}

func TestFieldsHoldNoOtherFields(t *testing.T) {
	for in, want := range map[string]string{
		"A: b\r\n c;\r\n  d": "A: b\r\n c;\r\n  d",
		"A: b\r\nX: y":       "A: b X: y",
		"A: b\r\n \r\n\r\nx": "A: b    x",
		"A: b\nX: y\r":       "A: b\ufffdX: y\ufffd",
		"A: \x1b\xff\u202e":  "A: \ufffd\ufffd\ufffd",
	} {
		if got := field(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	if got := field(strings.Repeat("a", maxField+1)); got != "" {
		t.Errorf("a field of %d octets", len(got))
	}
}

func FuzzField(f *testing.F) {
	f.Add("A: b\r\n c;\r\n  d")
	f.Add("A: b\r\n \r\nX: y\r\n\t")
	f.Fuzz(func(t *testing.T, s string) {
		got := field(s)
		for i, line := range strings.Split(got, "\r\n") {
			if i > 0 && !continues(line) || strings.IndexFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }) >= 0 {
				t.Errorf("%q has the line %q", got, line)
			}
		}
		if again := field(got); again != got && len(got) <= maxField {
			t.Errorf("%q becomes %q", got, again)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("v=spf1 \xff -all", 20)
	f.Add(strings.Repeat("ü", 10), 7)
	f.Add("\u202e\u2028", 3)
	f.Fuzz(func(t *testing.T, s string, octets int) {
		b := bounds{octets: 3 + int(uint(octets)%5000), entries: 1}
		got := b.text(s)
		if len(got) > b.octets || !utf8.ValidString(got) {
			t.Errorf("%q of %d octets at %d", got, len(got), b.octets)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsGraphic(r) }); i >= 0 {
			t.Errorf("%q at %d", got, i)
		}
		if again := b.text(got); again != got {
			t.Errorf("%q becomes %q", got, again)
		}
	})
}
