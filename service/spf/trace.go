package spf

import "github.com/mailassay/mailassay/resolver"

// Step is one mechanism of an evaluation, or a run of ip4 and ip6 mechanisms
// that ask nothing and do not match. Steps come in the order of evaluation: an
// include or redirect stands before the steps of its target.
type Step struct {
	// Domain is whose record is evaluated.
	Domain string
	// Depth is 0 for the first record and grows by one with include and redirect.
	Depth int
	// Terms are the mechanisms, or the redirect, that the step is about. Empty for
	// the step that fetches the first record.
	Terms []Term
	// Match is true when the (only) mechanism matched.
	Match bool
	// Asked are the questions of the step in their order, with the answers.
	Asked []Lookup
	// Note says what is special: why the evaluation ended here with an error, or
	// why a mechanism could not match without asking. Mostly empty.
	Note string
}

// Lookup is a question and what DNS said.
type Lookup struct {
	Question resolver.Question
	// Status is that of the answer, 0 when Err is not nil.
	Status resolver.Status
	// Data are the records, at most [MaxTraced] of them; Count is their number.
	Data  []resolver.Data
	Count int
	// Err is why the question stayed open.
	Err error
}

// MaxTraced is how many records of an answer a Lookup keeps.
const MaxTraced = 20
