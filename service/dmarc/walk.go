package dmarc

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/mailassay/mailassay/resolver"
)

// maxLabels is where a walk shortens a name: one of 8 labels or more is followed
// by its last 7, so that a walk asks at most 8 questions. RFC 9989 section 4.10.
const maxLabels = 8

// maxTexts bounds the texts that a Step keeps of what is not its record.
const maxTexts = 8

// Step is one question of a walk and its answer.
type Step struct {
	// Domain is the name below which "_dmarc" was asked.
	Domain string
	// Status is what the answer said, 0 when Err is set. A name that is too long to
	// have "_dmarc" below it is NXDomain, unasked.
	Status resolver.Status
	// Err is why the question stayed open.
	Err error
	// Record is the policy record, nil without one.
	Record *Record
	// Repeated are the DMARC records when there are two or more: all of them are
	// discarded (RFC 9989 section 4.10 step 2).
	Repeated []string
	// Unrelated are TXT records that are no DMARC records; the first 8.
	Unrelated []string
	// Aliases is the CNAME chain of the answer.
	Aliases []string
}

// contents are what a TXT answer at "_dmarc" holds. It is kept with the answer.
type contents struct {
	record              *Record
	repeated, unrelated []string
}

func read(a *resolver.Answer) *contents {
	c := new(contents)
	for _, d := range a.Data {
		t, ok := d.(resolver.TXT)
		if !ok {
			continue
		}
		r, ok := Parse(t.Text)
		switch {
		case !ok && len(c.unrelated) < maxTexts:
			c.unrelated = append(c.unrelated, t.Text)
		case ok && c.record == nil && c.repeated == nil:
			c.record = r
		case ok:
			if c.record != nil {
				c.repeated, c.record = []string{c.record.Text}, nil
			}
			if len(c.repeated) < maxTexts {
				c.repeated = append(c.repeated, r.Text)
			}
		}
	}
	return c
}

// question is what is asked about the step's domain.
func (s *Step) question() resolver.Question {
	return resolver.Question{Name: prefix + s.Domain, Type: resolver.TypeTXT}
}

const prefix = "_dmarc."

// take notes the answer.
func (s *Step) take(a *resolver.Answer, err error) {
	if err != nil {
		s.Err = err
		return
	}
	s.Status, s.Aliases = a.Status, a.Aliases
	if a.Status == resolver.Found {
		c := resolver.Derive(a, read)
		s.Record, s.Repeated, s.Unrelated = c.record, c.repeated, c.unrelated
	}
}

// askAll asks for all steps at once; those whose answer is at hand cost no
// goroutine.
func askAll(ctx context.Context, r resolver.Resolver, steps []*Step) {
	peeker, _ := r.(resolver.Peeker)
	var open []*Step
	for _, s := range steps {
		if len(prefix)+len(s.Domain) > 253 {
			s.Status = resolver.NXDomain // no such name can be (RFC 1035 section 2.3.4)
			continue
		}
		if peeker != nil {
			if a, ok, err := peeker.Peek(s.question()); ok {
				s.take(a, err)
				continue
			}
		}
		open = append(open, s)
	}
	if len(open) > 0 {
		wait(ctx, r, open)
	}
}

func wait(ctx context.Context, r resolver.Resolver, steps []*Step) {
	answers, errs := make([]resolver.Answer, len(steps)), make([]error, len(steps))
	var wg sync.WaitGroup
	for i, s := range steps {
		wg.Go(func() { answers[i], errs[i] = r.Resolve(ctx, s.question()) })
	}
	wg.Wait()
	for i, s := range steps {
		s.take(&answers[i], errs[i])
	}
}

// path is the names that a walk from domain asks about, in its order. RFC 9989
// section 4.10 steps 3 to 7. There are none for the root and "".
func path(domain string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if domain == "" || domain == "." || !yield(domain) {
			return
		}
		for n := strings.Count(domain, "."); n > 0; n-- {
			domain = resolver.Parent(domain)
			if n < maxLabels && !yield(domain) {
				return
			}
		}
	}
}

// Walk is a tree walk: the steps up to the one that ended it.
type Walk struct {
	// Domain is where the walk starts.
	Domain string
	Steps  []*Step
}

// TreeWalk walks up from domain, which must be canonical. It asks for all names
// at once, but uses of the answers only what a walk one by one would have come
// to. It never fails: see the steps.
func TreeWalk(ctx context.Context, r resolver.Resolver, domain string) *Walk {
	var t tree
	t.climb(ctx, r, domain)
	return t.walk(domain)
}

// tree holds the steps of walks that share names.
type tree []*Step

func (t tree) step(domain string) *Step {
	for _, s := range t {
		if s.Domain == domain {
			return s
		}
	}
	return nil
}

// covers tells whether a walk from domain asks nothing new.
func (t tree) covers(domain string) bool {
	for name := range path(domain) {
		if t.step(name) == nil {
			return false
		}
	}
	return true
}

// climb asks for every name on the paths of the domains that was not asked for
// yet.
func (t *tree) climb(ctx context.Context, r resolver.Resolver, domains ...string) {
	from := len(*t)
	for _, d := range domains {
		n := min(strings.Count(d, ".")+1, maxLabels)
		block := make([]Step, 0, n) // one piece for all: they live and die together
		*t = slices.Grow(*t, n)
		for name := range path(d) {
			if t.step(name) == nil {
				block = append(block, Step{Domain: name})
				*t = append(*t, &block[len(block)-1])
			}
		}
	}
	askAll(ctx, r, (*t)[from:])
}

// walk is the walk from domain over steps asked. A step that stayed open does not
// end it: what a record there would have said is open, too.
func (t tree) walk(domain string) *Walk {
	w := &Walk{Domain: domain, Steps: make([]*Step, 0, min(len(t), maxLabels))}
	for name := range path(domain) {
		s := t.step(name)
		if s == nil {
			break
		}
		w.Steps = append(w.Steps, s)
		if s.Record != nil && s.Record.PSD != PSDUnstated {
			break
		}
	}
	return w
}

// Err is the first failure on the walk, nil when all was answered.
func (w *Walk) Err() error {
	for _, s := range w.Steps {
		if s.Err != nil {
			return s.Err
		}
	}
	return nil
}

// Organization is the organizational domain of the walk's start, false when a
// failure leaves it open. RFC 9989 section 4.10.2.
func (w *Walk) Organization() (string, bool) {
	if c := w.candidates(); len(c) == 1 {
		return c[0], true
	}
	return "", false
}

// sameOrganization compares the organizational domains of two walks. Those that
// share no candidate are different, however many steps stayed open.
func sameOrganization(a, b *Walk) Alignment {
	x, y := a.candidates(), b.candidates()
	switch {
	case !slices.ContainsFunc(x, func(org string) bool { return slices.Contains(y, org) }):
		return NotAligned
	case len(x) == 1 && len(y) == 1:
		return Aligned
	}
	return AlignmentOpen
}

// candidates are the names that may be the organizational domain: one when every
// step was answered.
func (w *Walk) candidates() []string {
	out := make([]string, 0, 4)
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	shortest := w.Domain
	for i, s := range w.Steps {
		switch {
		case s.Err != nil: // a record there might have said anything
			add(s.Domain)
			if i > 0 {
				add(below(w.Domain, s.Domain))
			}
		case s.Record == nil:
		case s.Record.PSD == PSDYes && i > 0:
			add(below(w.Domain, s.Domain))
			return out
		case s.Record.PSD == PSDNo:
			add(s.Domain)
			return out
		default:
			shortest = s.Domain
		}
	}
	add(shortest)
	return out
}

// below is the name one label below parent on the way down to name.
func below(name, parent string) string {
	for {
		up := resolver.Parent(name)
		if up == parent || up == "." {
			return name
		}
		name = up
	}
}
