package spf

import (
	"fmt"
	"slices"
	"strings"
)

// Class says what kind of fault a syntax error is.
type Class uint8

// Classes of syntax errors.
const (
	// Other is any fault without a class of its own: a bad domain-spec, a comma.
	Other Class = iota
	// UnknownMechanism: a name that RFC 7208 section 5 does not have.
	UnknownMechanism
	// BadMacro: a macro that section 7.1 does not allow at its place.
	BadMacro
	// BadAddress: the address, its family or its prefix length in ip4 and ip6
	// (section 5.6), or the prefix length of a and mx.
	BadAddress
	// RunTogether: two terms without a space between them.
	RunTogether
	// Stray: characters that no record has, such as quotes, no-break spaces and
	// dashes of a word processor; the record parses once they are gone.
	Stray
	// Repeated: redirect or exp for the second time (section 6).
	Repeated
	// TooLong: the record exceeds [MaxRecord].
	TooLong
)

// SyntaxError is one fault in a record.
type SyntaxError struct {
	Class Class
	// Term is the faulty term as written, at most 80 octets of it.
	Term string
	// Offset is where in the record's text the fault lies, in octets.
	Offset int
	// Reason is a clause: "the mechanism inculde is unknown".
	Reason string
	// Suggestion is what was probably meant: a mechanism name, a repaired term or
	// two terms. Empty without a good guess.
	Suggestion string

	start int    // where the term begins
	whole string // the term uncut
}

// Error is the reason, the term and its place.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("%s, in %q at octet %d", e.Reason, e.Term, e.Offset)
	if e.Suggestion != "" {
		s += fmt.Sprintf(" (%s is meant?)", e.Suggestion)
	}
	return s
}

// seams finds the string boundaries that fall inside terms.
func (r *Record) seams(cuts []int) {
	last := 0 // empty strings repeat an offset, by the ten thousands in a hostile record
	for _, cut := range cuts {
		if cut <= len(version) || cut >= len(r.Text) || cut == last {
			continue
		}
		if last = cut; len(r.Seams) == maxErrors {
			return
		}
		left := r.Text[strings.LastIndexByte(r.Text[:cut], ' ')+1 : cut]
		right := token(r.Text[cut:])
		if left != "" && right != "" {
			r.Seams = append(r.Seams, Seam{Offset: cut, Left: clip(left), Right: clip(right), TwoTerms: bothTerms(left, right)})
		}
	}
}

func bothTerms(left, right string) bool {
	_, f1 := parseTerm(left)
	_, f2 := parseTerm(right)
	return f1 == nil && f2 == nil
}

// diagnose says of the first errors what was probably meant.
func (r *Record) diagnose() {
	r.Repaired = r.withoutStray()
	for i := 0; i < min(len(r.Errors), maxDiagnosed); i++ {
		e := r.Errors[i]
		if r.Repaired != "" && unstray(e.whole) != e.whole {
			e.Class = Stray
			e.Reason += ": " + strayNames(e.whole)
			continue
		}
		r.explain(e)
		if next := i + 1; next < len(r.Errors) && e.Suggestion == e.whole+r.Errors[next].whole {
			r.Errors = slices.Delete(r.Errors, next, next+1) // the argument behind a stray space
		}
	}
}

// withoutStray is the record without its stray characters, if it has any and
// parses without them.
func (r *Record) withoutStray() string {
	clean := unstray(r.Text)
	if clean == r.Text || len(read(clean).Errors) > 0 {
		return ""
	}
	return clean
}

// explain looks for the usual causes of an error, one after the other.
func (r *Record) explain(e *SyntaxError) {
	text := e.whole
	if left, right, ok := r.apart(e); ok {
		e.Class, e.Suggestion = RunTogether, left+" "+right
		return
	}
	if clean := strings.TrimRight(text, ",;"); clean != text && clean != "" {
		if _, f := parseTerm(clean); f == nil {
			e.Reason, e.Suggestion = fmt.Sprintf("terms are parted by spaces, not by %q", text[len(clean):]), clean
			return
		}
	}
	if strings.HasSuffix(text, ":") || strings.HasSuffix(text, "=") {
		next := token(strings.TrimLeft(r.Text[e.start+len(text):], " "))
		if _, f := parseTerm(text + next); f == nil && next != "" {
			e.Reason, e.Suggestion = fmt.Sprintf("a space follows %q", text), text+next
			return
		}
	}
	switch e.Class {
	case UnknownMechanism:
		e.Suggestion = nearest(text)
	case BadAddress:
		e.Suggestion = otherFamily(text)
	}
}

// otherFamily is a term with ip4 for ip6 or the reverse, "" unless that is what was
// meant.
func otherFamily(term string) string {
	for _, r := range []*strings.Replacer{strings.NewReplacer("ip4:", "ip6:"), strings.NewReplacer("ip6:", "ip4:")} {
		if other := r.Replace(term); other != term {
			if _, f := parseTerm(other); f == nil {
				return other
			}
		}
	}
	return ""
}

// apart splits a faulty term into two valid ones: at a string boundary first,
// then before whatever looks like the beginning of a term.
func (r *Record) apart(e *SyntaxError) (left, right string, ok bool) {
	end := e.start + len(e.whole)
	for _, s := range r.Seams {
		if s.TwoTerms && e.start < s.Offset && s.Offset < end {
			e.Offset, e.Reason = s.Offset, "two character-strings of the record meet here, and are joined without a space"
			return r.Text[e.start:s.Offset], r.Text[s.Offset:end], true
		}
	}
	if len(e.whole) > 100 {
		return "", "", false
	}
	for i := len(e.whole) - 1; i > 0; i-- {
		left, right := e.whole[:i], e.whole[i:]
		if strings.IndexByte("+-~?", right[0]) < 0 && mechanism(right[:nameEnd(right)]) == 0 {
			continue
		}
		if bothTerms(left, right) {
			e.Offset, e.Reason = e.start+i, "a space is missing between two terms"
			return left, right, true
		}
	}
	return "", "", false
}

// nameEnd is the length of what stands before ":" or "/".
func nameEnd(s string) int {
	if i := strings.IndexAny(s, ":/="); i >= 0 {
		return i
	}
	return len(s)
}

// nearest is the term with the mechanism or modifier name that its own name is a
// misspelling of, "" when none comes near.
func nearest(term string) string {
	name := strings.TrimLeft(term, "+-~?")
	qualifier := term[:len(term)-len(name)]
	argument := name[nameEnd(name):]
	name = strings.ToLower(name[:len(name)-len(argument)])
	if len(name) > 12 {
		return ""
	}
	best, least := Kind(0), 3
	for k := All; k <= Exp; k++ {
		if d := distance(name, kindNames[k]); d < least && d < max(len(name), len(kindNames[k]))-1 {
			best, least = k, d
		}
	}
	switch {
	case best == 0:
		return ""
	case !best.Mechanism():
		return kindNames[best] + "=" + strings.TrimPrefix(argument, ":")
	}
	return qualifier + kindNames[best] + argument
}

// distance counts insertions, deletions, replacements and swaps of neighbours
// between two short strings.
func distance(a, b string) int {
	var before, row, next [16]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
