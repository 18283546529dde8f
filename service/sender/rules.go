package sender

import (
	"slices"

	"github.com/mailassay/mailassay/service/finding"
)

// rule is a rule of this assay.
type rule = finding.Rule[Facts]

// table is every rule. It is the only list of codes.
var table = slices.Concat(clientRules, heloRules, spfRules, pathRules, dmarcRules, listRules)

// when is the one hit of a rule that has at most one.
func when(is bool, h finding.Hit) []finding.Hit {
	if !is {
		return nil
	}
	return []finding.Hit{h}
}
