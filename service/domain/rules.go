package domain

import (
	"slices"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// rule is a rule of this assay.
type rule = finding.Rule[Facts]

// table is every rule. It is the only list of codes.
var table = slices.Concat(mxRules, reverseRules, spfRules, spfTreeRules, dkimRules, dmarcRules, dmarcReportRules, policyRules, daneRules,
	dnssecRules, delegationRules, serverRules, servicesRules)

// when is the one hit of a rule that has at most one.
func when(is bool, h finding.Hit) []finding.Hit {
	if !is {
		return nil
	}
	return []finding.Hit{h}
}

// lines are records as evidence.
func lines(records ...[]Record) []string {
	var out []string
	for _, list := range records {
		for _, r := range list {
			out = append(out, r.String())
		}
	}
	return out
}

// line is one record of one's own making as evidence.
func line(name string, t resolver.Type, value string) string {
	return Record{Name: name, Type: t, Value: value}.String()
}
