package sender

import (
	"slices"

	"github.com/mailassay/mailassay/service/finding"
)

// rule is a rule of this assay.
type rule = finding.Rule[Facts]

// table is every rule. It is the only list of codes.
var table = slices.Concat(clientRules, heloRules, spfRules, pathRules, dkimRules, dmarcRules, listRules)

// once is the Find of a rule that has one hit when the claim holds.
func once(claim func(*Facts) bool, hit func(*Facts) finding.Hit) func(*Facts) []finding.Hit {
	return func(f *Facts) []finding.Hit {
		if !claim(f) {
			return nil
		}
		return []finding.Hit{hit(f)}
	}
}
