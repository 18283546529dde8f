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

// no is what a check of one host, key or address says that finds nothing.
func no() (finding.Hit, bool) { return finding.Hit{}, false }
