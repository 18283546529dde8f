package resolver

import (
	"context"
	"slices"
	"sync"
	"time"
)

// maxSteps bounds a trace. It is above every budget of questions in use.
const maxSteps = 512

// Step is one question of a request and what came of it: evidence.
type Step struct {
	Question Question
	// Status is what the answer said, 0 when Err is set.
	Status Status
	// Err is why the question stayed open, an [*Error]; nil when it was answered.
	Err error
	// Records is the number of records in the answer.
	Records int
	// Server is who answered or was asked last, "" when nobody was.
	Server string
	// Elapsed is how long the asker waited.
	Elapsed time.Duration
	// Cached, Stale and Authenticated are those of the answer; a remembered failure
	// is Cached too.
	Cached, Stale, Authenticated bool
}

// Trace writes down what a request asks, each question once, in the order of the
// answers. It keeps the first 512.
type Trace struct {
	next Resolver

	mu    sync.Mutex
	steps []Step
}

// NewTrace makes the trace of one request.
func NewTrace(next Resolver) *Trace { return &Trace{next: next, steps: make([]Step, 0, 16)} }

// Resolve asks next and writes down what comes of it.
func (t *Trace) Resolve(ctx context.Context, q Question) (Answer, error) {
	start := time.Now()
	a, err := t.next.Resolve(ctx, q)
	s := stepOf(q, &a, err)
	s.Elapsed = time.Since(start)
	t.note(s)
	return a, err
}

// note keeps a step, unless the question has one already: a request that asks
// again gets the answer it had.
func (t *Trace) note(s Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.steps) < maxSteps && !slices.ContainsFunc(t.steps, func(have Step) bool { return have.Question == s.Question }) {
		t.steps = append(t.steps, s)
	}
}

// Steps are the steps so far.
func (t *Trace) Steps() []Step {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.steps)
}
