package spf

import (
	"context"
	"fmt"
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

// evaluation is one run of check_host() with its recursions. It is used by one
// goroutine; what runs ahead of it lives in ahead.
type evaluation struct {
	// These are written before they are read, and need no clearing between checks.
	r      resolver.Resolver
	peeker resolver.Peeker // r, when it can answer at once; otherwise nil
	who    subject
	answer resolver.Answer       // the last one that was waited for
	frames [MaxLookups + 1]frame // the records under evaluation, outermost first

	state
	recorder
}

// state is what an evaluation has come to so far.
type state struct {
	ahead   *ahead  // nil until something must be waited for
	opening *flight // the question of the first record, once waited for

	terms, voids int // what counts against the limits

	result            Result
	mechanism, origin found
	explanation       string
	problem           string
	err, doubt        error
	// mild is a doubt that matters unless the result is pass: the terms in question,
	// milds of them, could not but make it so, or be void lookups.
	mild  error
	milds int

	client known // %{p}, once it was asked for
}

// frame is one record under evaluation.
type frame struct {
	record *Record
	name   name // <domain>
	at     int  // the term being evaluated
}

// name is a domain: how it came about, for %{d}, and its canonical form, "" when
// no such name can exist.
type name struct {
	spelled, canonical string
	// never is true when the term it is the target of matches nothing.
	never bool
}

// found is a term that matched, with its record.
type found struct {
	term  *Term
	frame frame
	depth int
}

// host is check_host() for the domain of one frame (RFC 7208 section 4). Its errors
// are final: every caller passes them on.
func (e *evaluation) host(ctx context.Context, depth int) Result {
	f := &e.frames[depth]
	a, err := e.ask(ctx, depth-1, resolver.Question{Name: f.name.canonical, Type: resolver.TypeTXT})
	if err != nil {
		return e.unanswered(err)
	}
	if depth > 0 && !e.counts(a) {
		return PermError
	}
	s := Select(a)
	if len(s.Records) == 0 {
		e.problem = absent(a, f.name.canonical)
		return None
	}
	if len(s.Records) > 1 { // RFC 7208 section 4.5
		return e.invalid("%s has %d SPF records", f.name.canonical, len(s.Records))
	}
	f.record = s.Records[0]
	if err := f.record.Err(); err != nil { // RFC 7208 section 4.6
		e.err = err
		return e.invalid("the record of %s is invalid: %v", f.name.canonical, err)
	}
	return e.walk(ctx, depth)
}

// absent says how a name lacks a record.
func absent(a *resolver.Answer, name string) string {
	if a.Status == resolver.NXDomain {
		return name + " does not exist"
	}
	return name + " has no SPF record"
}

// walk evaluates the terms of a record (RFC 7208 section 4.6.2).
func (e *evaluation) walk(ctx context.Context, depth int) Result {
	f := &e.frames[depth]
	run := 0 // where the ip4 and ip6 terms begin that did not match so far
	for i := range f.record.Terms {
		t := &f.record.Terms[i]
		if (t.Kind == IP4 || t.Kind == IP6) && !t.Prefix.Contains(e.who.client) {
			continue
		}
		e.run(f, depth, run, i)
		run = i + 1
		if !t.Kind.Mechanism() {
			continue
		}
		f.at = i
		match, failed := e.matches(ctx, depth, t)
		if failed != "" {
			return failed
		}
		if match {
			return t.Qualifier
		}
	}
	e.run(f, depth, run, len(f.record.Terms))
	if f.record.redirect >= 0 && f.record.all < 0 {
		return e.redirect(ctx, depth)
	}
	e.mechanism = found{}
	return Neutral // RFC 7208 section 4.7
}

// matches evaluates one mechanism: whether it matches, or the error that ends the
// evaluation.
func (e *evaluation) matches(ctx context.Context, depth int, t *Term) (match bool, failed Result) {
	f := &e.frames[depth]
	step := e.begin(f, depth, f.record.Terms[f.at:f.at+1:f.at+1])
	if t.Kind.AsksDNS() && !e.mayAsk(depth, t) {
		e.end(step, false, e.problem)
		return false, PermError
	}
	switch t.Kind {
	case All, IP4, IP6: // the caller has compared the network
		match = true
	case Include:
		match, failed = e.include(ctx, depth, t)
	case A:
		match, failed = e.a(ctx, depth, t)
	case MX:
		match, failed = e.mx(ctx, depth, t)
	case PTR:
		match, failed = e.ptr(ctx, depth, t)
	case Exists:
		match, failed = e.exists(ctx, depth, t)
	}
	if failed != "" {
		e.end(step, false, e.problem)
		return false, failed
	}
	if match {
		e.mechanism = found{term: t, frame: e.frames[depth], depth: depth}
		if t.Kind != Include {
			e.origin = e.mechanism
		}
	}
	e.end(step, match, e.note)
	return match, ""
}

// mayAsk counts a term that asks DNS (RFC 7208 section 4.6.4). A %{p} in it asks
// for PTR records and counts too.
func (e *evaluation) mayAsk(depth int, t *Term) bool {
	e.terms += t.cost()
	if e.terms > MaxLookups {
		e.terms = MaxLookups + 1
		e.invalid("%s in the record of %s is beyond the limit of %d terms that ask DNS", clip(t.Text), e.frames[depth].name.canonical, MaxLookups)
		return false
	}
	return true
}

// counts counts an answer without data against the limit of void lookups (RFC
// 7208 section 4.6.4). Terms are counted, each by its first question: the
// addresses of MX and PTR names are not.
func (e *evaluation) counts(a *resolver.Answer) bool {
	if a.Status == resolver.Found {
		return true
	}
	if e.voids++; e.voids > MaxVoidLookups {
		e.invalid("%s (%s) is beyond the limit of %d lookups that find nothing", a.Question, a.Status, MaxVoidLookups)
		return false
	}
	return true
}

// unanswered ends the evaluation on a DNS error (RFC 7208 section 5).
func (e *evaluation) unanswered(err error) Result {
	e.err, e.problem = err, err.Error()
	return TempError
}

func (e *evaluation) invalid(format string, args ...any) Result {
	e.problem = fmt.Sprintf(format, args...)
	return PermError
}

// include is RFC 7208 section 5.2.
func (e *evaluation) include(ctx context.Context, depth int, t *Term) (match bool, failed Result) {
	n, failed := e.target(ctx, &e.frames[depth], depth, t)
	if failed != "" || n.never {
		return false, failed
	}
	switch result := e.recurse(ctx, depth+1, n); result {
	case Pass:
		return true, ""
	case Fail, SoftFail, Neutral:
		return false, ""
	case None:
		return false, e.invalid("%s leads to no record: %s", clip(t.Text), e.problem)
	default:
		return false, result
	}
}

// recurse is check_host() for the target of an include or redirect. A name that
// cannot exist, or has one label, is none without a question (RFC 7208 section
// 4.3).
func (e *evaluation) recurse(ctx context.Context, depth int, n name) Result {
	if strings.IndexByte(n.canonical, '.') < 0 {
		e.problem = fmt.Sprintf("%.80q is no domain name", n.spelled)
		return None
	}
	e.frames[depth] = frame{name: n}
	return e.host(ctx, depth)
}

// redirect is RFC 7208 section 6.1.
func (e *evaluation) redirect(ctx context.Context, depth int) Result {
	f := &e.frames[depth]
	r := f.record.redirect
	t := &f.record.Terms[r]
	f.at = r
	step := e.begin(f, depth, f.record.Terms[r:r+1:r+1])
	if !e.mayAsk(depth, t) {
		e.end(step, false, e.problem)
		return PermError
	}
	n, result := e.target(ctx, &e.frames[depth], depth, t)
	switch {
	case result != "":
	case n.never:
		e.mechanism = found{}
		result = Neutral
	default:
		result = e.recurse(ctx, depth+1, n)
	}
	if result == None {
		result = e.invalid("%s leads to no record: %s", clip(t.Text), e.problem)
	}
	if result == PermError || result == TempError {
		e.note = e.problem
	}
	e.end(step, false, e.note)
	return result
}
