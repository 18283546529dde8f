package smtperror

import (
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/sender"
)

func TestEveryCauseIsExplained(t *testing.T) {
	for _, c := range Categories() {
		a, ok := advices[c]
		if !ok || a.summary == "" || len(a.steps) == 0 || a.fixedBy == "" || a.cure == 0 {
			t.Errorf("%s is not explained", c)
		}
		if len(a.references) == 0 && c != Suppressed {
			t.Errorf("%s has no references", c)
		}
		for i := range 4 {
			if s := retryAdvice(a.cure, i&1 != 0, i&2 != 0); !strings.HasSuffix(s, ".") {
				t.Errorf("%s: retry advice %q", c, s)
			}
		}
	}
	if n := len(Categories()); n != 45 || len(advices) != n {
		t.Errorf("%d causes, %d explained", n, len(advices))
	}
}

// TestCausesNameCodesThatExist: a finding whose code is renamed would no longer
// confirm anything.
func TestCausesNameCodesThatExist(t *testing.T) {
	var known []string
	for _, c := range sender.Catalogue() {
		known = append(known, c.Code)
	}
	for _, c := range domain.Catalogue() {
		known = append(known, c.Code)
	}
	for category, c := range withoutAddress {
		for _, code := range slices.Concat(c.confirms, c.refutes, c.shows) {
			if !slices.Contains(known, code) {
				t.Errorf("%s without an address names %s, which no assay finds", category, code)
			}
		}
	}
	for category, c := range causes {
		for _, code := range slices.Concat(c.confirms, c.refutes, c.shows) {
			if !slices.Contains(known, code) && !strings.HasSuffix(code, "_UNKNOWN") {
				t.Errorf("%s names %s, which no assay finds", category, code)
			}
		}
		if c.context != (len(c.confirms) == 0) {
			t.Errorf("%s: context %v with %d codes that confirm", category, c.context, len(c.confirms))
		}
	}
}

// TestRulesNameConceptsThatExist: a misspelled concept would hold for no text.
func TestRulesNameConceptsThatExist(t *testing.T) {
	known := map[string]bool{}
	for _, name := range kindConcepts {
		known[name] = true
	}
	for _, entry := range lexicon {
		known[entry.concept] = true
	}
	used := map[string]bool{}
	for _, r := range rules {
		for _, term := range strings.Fields(r.terms) {
			for _, name := range strings.FieldsFunc(term, func(r rune) bool { return strings.ContainsRune("-^~|", r) }) {
				used[name] = true
				if !known[name] {
					t.Errorf("the rule %q of %s names %q, which no cue gives", r.terms, r.category, name)
				}
			}
		}
	}
	for _, entry := range lexicon {
		if !used[entry.concept] && !neutral[entry.concept] {
			t.Errorf("no rule uses the concept %q", entry.concept)
		}
	}
	if n := len(compiled().names); n > maxConcepts {
		t.Errorf("%d concepts", n)
	}
}

// neutral concepts only spend their words, or serve Reading.
var neutral = map[string]bool{"unstated": true, "permanent": true}
