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

	from int // where Asked begins among all lookups of the evaluation
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
	steps    int // written so far
	lookups  int
	step     [24]Step
	lookup   [16]Lookup
	moreStep []Step
	more     []Lookup
	note     string // of the step under way
}

// begin opens a step for terms, none for the first record, and tells its place.
func (r *recorder) begin(f *frame, depth int, terms []Term) int {
	r.note = ""
	s := Step{Domain: f.name.canonical, Depth: depth, Terms: terms, from: r.lookups}
	if r.steps < len(r.step) {
		r.step[r.steps] = s
	} else {
		r.moreStep = append(r.moreStep, s)
	}
	r.steps++
	return r.steps - 1
}

// end closes the step at that place.
func (r *recorder) end(place int, match bool, note string) {
	if place < len(r.step) {
		r.step[place].Match, r.step[place].Note = match, note
	} else {
		s := &r.moreStep[place-len(r.step)]
		s.Match, s.Note = match, note
	}
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
	l := Lookup{Question: q, Status: a.Status, Data: a.Data[:n:n], Count: len(a.Data), Err: err}
	if r.lookups < len(r.lookup) {
		r.lookup[r.lookups] = l
	} else {
		r.more = append(r.more, l)
	}
	r.lookups++
}

// least is the trace of an evaluation that ends at the first record, in one piece.
type least struct {
	steps   [leastSteps]Step
	lookups [leastLookups]Lookup
}

const leastSteps, leastLookups = 2, 1

// trace is what was written.
func (r *recorder) trace() []Step {
	var steps []Step
	var lookups []Lookup
	if r.steps <= leastSteps && r.lookups <= leastLookups {
		l := new(least)
		steps, lookups = l.steps[:0], l.lookups[:0]
	} else {
		steps, lookups = make([]Step, 0, r.steps), make([]Lookup, 0, r.lookups)
	}
	steps = append(append(steps, r.step[:min(r.steps, len(r.step))]...), r.moreStep...)
	lookups = append(append(lookups, r.lookup[:min(r.lookups, len(r.lookup))]...), r.more...)
	to := len(lookups)
	for i := len(steps) - 1; i >= 0; i-- {
		if s := &steps[i]; s.from < to {
			s.Asked, to = lookups[s.from:to:to], s.from
		}
	}
	return steps
}
