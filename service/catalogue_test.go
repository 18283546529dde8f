package service

import (
	"regexp"
	"testing"
)

// TestCodesAreUniqueAndExplained holds the catalogue to the contract: a code means
// one thing, whichever assay finds it.
func TestCodesAreUniqueAndExplained(t *testing.T) {
	form := regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)
	seen := map[string]bool{}
	for _, c := range Catalogue() {
		if seen[c.Code] {
			t.Errorf("%s is there twice", c.Code)
		}
		seen[c.Code] = true
		if !form.MatchString(c.Code) || c.Title == "" || c.Severity.String() == "" || c.Area.String() == "" {
			t.Errorf("%+v is not explained", c)
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d codes", len(seen))
	}
}
