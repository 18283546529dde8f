package service

import (
	"cmp"
	"slices"

	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/sender"
)

// Code is one row of the catalogue of findings.
type Code domain.Code

// Catalogue is every code that a finding may have, by area and code, as the tables
// of rules have them. Codes that end in _UNKNOWN, one for each area, say that
// something could not be looked up; they are no rules and stand apart.
func Catalogue() []Code {
	var out []Code
	for _, c := range domain.Catalogue() {
		out = append(out, Code(c))
	}
	for _, c := range sender.Catalogue() {
		out = append(out, Code(c))
	}
	slices.SortStableFunc(out, func(a, b Code) int { return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Code, b.Code)) })
	return out
}
