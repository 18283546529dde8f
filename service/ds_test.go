package service

import (
	"testing"

	"github.com/mailassay/mailassay/resolver"
)

// TestUnknownDSIsNotAbsent: a DS set that could not be learned says nothing.
func TestUnknownDSIsNotAbsent(t *testing.T) {
	for want, d := range map[string]resolver.Descent{
		"":        {Zone: "."},
		"present": {Zone: "a.example", DS: []resolver.DS{{KeyTag: 1}}, DSKnown: true},
		"absent":  {Zone: "b.example", DSKnown: true},
		"unknown": {Zone: "c.example"},
	} {
		if got := ds(d); got != want {
			t.Errorf("%s: %q, want %q", d.Zone, got, want)
		}
	}
}
