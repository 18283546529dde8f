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
	// Terms are the mechanisms that the step is about, or the redirect or exp.
	// Empty for the step that fetches the first record.
	Terms []Term
	// Match is true when the (only) mechanism matched.
	Match bool
	// Asked are the questions of the step in their order, with the answers.
	Asked []Lookup
	// Note says what is special: the error that ended the evaluation here or in
	// the record that the step led to, or why a mechanism could not match. Mostly
	// empty.
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

// recorder writes the trace. Its arrays hold that of an ordinary evaluation, so
// that the trace is allocated once, in its final size.
type recorder struct {
	steps   []Step
	first   []int // where the lookups of each step begin
	lookups []Lookup
	note    string // of the step under way

	stepRoom   [24]Step
	firstRoom  [24]int
	lookupRoom [16]Lookup
}

func (r *recorder) init() {
	r.steps, r.first, r.lookups = r.stepRoom[:0], r.firstRoom[:0], r.lookupRoom[:0]
}

// begin opens a step for a term, nil for the first record, and tells its place.
func (r *recorder) begin(f *frame, depth int, terms []Term) int {
	r.note = ""
	r.steps = append(r.steps, Step{Domain: f.name.canonical, Depth: depth, Terms: terms})
	r.first = append(r.first, len(r.lookups))
	return len(r.steps) - 1
}

func (r *recorder) end(step int, match bool, note string) {
	r.steps[step].Match, r.steps[step].Note = match, note
	r.note = ""
}

// run notes ip4 and ip6 terms that did not match.
func (r *recorder) run(f *frame, depth, from, to int) {
	if from < to {
		r.begin(f, depth, f.record.Terms[from:to:to])
	}
}

// asked notes a question of the step opened last.
func (r *recorder) asked(q resolver.Question, a *resolver.Answer, err error) {
	n := min(len(a.Data), MaxTraced)
	r.lookups = append(r.lookups, Lookup{Question: q, Status: a.Status, Data: a.Data[:n:n], Count: len(a.Data), Err: err})
}

// trace is what was written.
func (r *recorder) trace() []Step {
	lookups := append([]Lookup(nil), r.lookups...)
	steps := append([]Step(nil), r.steps...)
	for i, from := range r.first {
		to := len(lookups)
		if i+1 < len(r.first) {
			to = r.first[i+1]
		}
		if from < to {
			steps[i].Asked = lookups[from:to:to]
		}
	}
	return steps
}
