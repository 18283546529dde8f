package spf

import (
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

// Selection sorts the TXT records of a name (RFC 7208 section 4.5).
type Selection struct {
	// Records are those that are SPF: "v=spf1", in any case, then a space or the
	// end. More than one is a permerror even if they are equal.
	Records []*Record
	// Mistyped look as if SPF was meant and are ignored by everybody.
	Mistyped []Mistyped
	// Obsolete are records of Sender ID (spf2.0), which nobody evaluates.
	Obsolete []resolver.TXT
}

// Mistyped is a text that is no SPF record for the reason given.
type Mistyped struct {
	Text string
	// Class is Stray when quotes or invisible characters are the cause, otherwise
	// Other: the version itself is misspelled.
	Class Class
	// Reason is a clause: "a space stands before v=spf1".
	Reason string
	// Repaired is a record that parses and is probably meant, "" without one.
	Repaired string
}

// maxKept bounds how many texts of each sort are kept. All are looked at: names
// with a hundred verification tokens beside their record exist.
const maxKept = 50

// Select sorts the records of a TXT answer. What it returns is kept with the
// answer: do not change it.
func Select(a *resolver.Answer) *Selection { return resolver.Derive(a, choose) }

func choose(a *resolver.Answer) *Selection {
	s := &Selection{}
	for _, d := range a.Data {
		txt, ok := d.(resolver.TXT)
		if !ok {
			continue
		}
		if hasVersion(txt.Text) {
			if len(s.Records) < maxKept {
				r, _ := ParseTXT(txt)
				s.Records = append(s.Records, r)
			}
		} else if _, ok := cutPrefixFold(txt.Text, "spf2.0/"); ok {
			if len(s.Obsolete) < maxKept {
				s.Obsolete = append(s.Obsolete, txt)
			}
		} else if len(s.Mistyped) < maxKept {
			if m, ok := mistyped(txt.Text); ok {
				s.Mistyped = append(s.Mistyped, m)
			}
		}
	}
	return s
}

// mistyped tells whether SPF was meant by a text that is no record.
func mistyped(text string) (Mistyped, bool) {
	if len(text) > MaxRecord {
		return Mistyped{}, false
	}
	m := Mistyped{Text: text}
	bare := unstray(text)
	if clean := strings.TrimLeft(bare, " "); clean != text && hasVersion(clean) {
		m.Repaired = parsed(clean)
		if trimmed := strings.TrimLeft(text, " "); hasVersion(trimmed) {
			m.Reason = "a space stands before v=spf1"
			return m, true
		}
		m.Class, m.Reason = Stray, "the record has stray characters: "+strayNames(text)
		return m, true
	}
	bare = strings.TrimLeft(bare, " \t\r\n")
	for _, slip := range slips {
		rest, ok := cutPrefixFold(bare, slip.prefix)
		if !ok || slip.needsTerm && strings.Trim(rest, " ;,.") != "" && !looksLikeTerms(rest) {
			continue
		}
		m.Reason = slip.reason
		rest = version + " " + strings.TrimLeft(rest, " \t;,:0123456789")
		if m.Repaired = parsed(rest); m.Repaired == "" {
			m.Repaired = parsed(strings.NewReplacer(",", " ", ";", " ").Replace(rest))
		}
		return m, true
	}
	return m, false
}

// slips are the ways in which the version is misspelled, longest first. Where
// the prefix might begin something else, terms must follow.
var slips = []struct {
	prefix, reason string
	needsTerm      bool
}{
	{"v=spf1", "neither a space nor the end follows v=spf1", true},
	{"v = spf1", "there are spaces in v=spf1", false},
	{"v= spf1", "there is a space in v=spf1", false},
	{"v =spf1", "there is a space in v=spf1", false},
	{"v=spf 1", "there is a space in v=spf1", false},
	{"v:spf1", `there is a ":" in place of "=" in v=spf1`, false},
	{"v=sfp1", "the version is misspelled", false},
	{"v=sp1", "the version is misspelled", false},
	{"v=spfl", `the version ends in the letter l, not in the digit 1`, false},
	{"v=spf2", "there is no version but spf1", true},
	{"v=spf", "the version lacks its digit", true},
	{"v-spf1", `there is a "-" in place of "=" in v=spf1`, false},
	{"vspf1", `the version lacks "="`, false},
	{"=spf1", "the version lacks the v", false},
	{"spf1", `the version lacks "v="`, true},
	{"spf=", "the version is misspelled", true},
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// looksLikeTerms tells whether any word of the text is a term that only SPF has.
func looksLikeTerms(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t,;", r) }) {
		t, f := parseTerm(word)
		if f == nil && t.Kind != Unknown {
			return true
		}
	}
	return false
}

// parsed is the text when it is a valid record, otherwise "".
func parsed(text string) string {
	if len(read(text).Errors) > 0 {
		return ""
	}
	return text
}
