// Package spf is RFC 7208: who may send mail for a domain, and what a domain's
// record amounts to.
//
// [Check] is check_host() for one identity and one client. [Expand] is the same
// record without a client: what it includes, costs and authorises. [Parse] reads
// a record whole, since one syntax error anywhere makes all of it invalid
// (section 4.6), and keeps every error, since an owner wants them all at once.
//
// Absent records are results, DNS failures are temperror, faults of the domain
// are permerror: the three are never taken for one another.
package spf

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// Result is what check_host() returns, by its registered word (RFC 7208 section
// 2.6, RFC 8601 section 2.7.2).
type Result string

// The seven results of RFC 7208 section 2.6.
const (
	None      Result = "none"      // no domain to ask, or it publishes no record
	Neutral   Result = "neutral"   // the domain says nothing about the client
	Pass      Result = "pass"      // the client may send for the domain
	Fail      Result = "fail"      // the client may not
	SoftFail  Result = "softfail"  // the client probably may not
	TempError Result = "temperror" // DNS did not say: try again later
	PermError Result = "permerror" // the records cannot be understood as they are
)

// Query is one identity of one SMTP transaction. The zero value of a field says
// that it is not known.
type Query struct {
	// Client is the address of the SMTP client. IPv4-mapped IPv6 counts as IPv4
	// (RFC 7208 section 5), a zone is ignored.
	Client netip.Addr
	// Helo is the argument of HELO or EHLO, for %{h} and for the null sender.
	Helo string
	// Sender is the MAIL FROM address without angle brackets. Empty is the null
	// sender, which stands for postmaster@Helo (section 2.4): so a Query without
	// Sender is the check of the HELO identity (section 2.3). Without "@" it is a
	// domain, whose local part is postmaster (section 4.3).
	Sender string
	// Receiver is the name of the host that checks, for %{r} and Received-SPF;
	// "unknown" when empty (section 7.3).
	Receiver string
	// Now is the time for %{t}; the present when zero.
	Now time.Time
}

// Domain is the domain whose record [Check] asks for first: that of the identity, in
// canonical form. It is "" when the identity holds no domain name.
func (q Query) Domain() string { return new(subject).identify(q) }

// Outcome is the answer of [Check].
type Outcome struct {
	Result Result
	// Domain is the domain whose record was asked for: A-labels, lower case. Empty
	// when the identity holds no domain name.
	Domain string
	// Sender is the identity checked, "postmaster@helo" for a null sender.
	Sender string
	// Mechanism is the term whose qualifier is the result, as written. Empty when
	// no mechanism matched: the default of section 4.7, an error, or no record.
	Mechanism string
	// MechanismDomain is the domain whose record holds Mechanism: Domain or the
	// target of a redirect.
	MechanismDomain string
	// Origin is the term at the end of the includes that made Mechanism match, as
	// written, and OriginDomain whose record holds it. Without an include they
	// equal Mechanism and MechanismDomain.
	Origin, OriginDomain string
	// Explanation is the domain owner's text for a fail (section 6.2): printable
	// ASCII of at most [MaxExplanation] octets, written by a stranger.
	Explanation string
	// Lookups are the terms that asked DNS (section 4.6.4), 11 when the limit of
	// 10 was exceeded.
	Lookups int
	// VoidLookups are the terms to which DNS had no answer (section 4.6.4), 3 when
	// the limit of 2 was exceeded.
	VoidLookups int
	// Trace has every mechanism that was evaluated, in order.
	Trace []Step
	// Problem says why the result is none, temperror or permerror: a clause in
	// lower case with the names in it. Empty for other results.
	Problem string
	// Err is the DNS error behind a temperror, the syntax error behind a
	// permerror that has one; nil otherwise.
	Err error
	// Doubt is a DNS error that sections 5.5 and 7.3 tell to pass over: a reverse
	// name that could not be learned. The result is as the RFC has it; without
	// the error it might have been another. Nil when there was none that matters.
	// Who decides something by the result takes it for temperror then: RFC 9989
	// section 5.3.6 does not let DMARC pass or fail on questions that stayed open.
	Doubt error
}

// Personal tells whether a term that was evaluated has a macro that asks for the
// sender's local part. Without, the outcome is the same for every sender of the
// domain, apart from Sender.
func (o *Outcome) Personal() bool {
	return o.evaluated(func(t Term) bool { return t.Domain != nil && t.Domain.uses("sl") })
}

// Explains tells whether an explanation was asked for, whatever came of it: its text
// may have macros of the sender and of the time (section 7.3).
func (o *Outcome) Explains() bool {
	return o.evaluated(func(t Term) bool { return t.Kind == Exp })
}

// evaluated tells whether such a term was evaluated.
func (o *Outcome) evaluated(such func(Term) bool) bool {
	return slices.ContainsFunc(o.Trace, func(s Step) bool { return slices.ContainsFunc(s.Terms, such) })
}

// Reason says why the result is none, temperror or permerror, or what leaves a
// doubt about another: a clause, "" where there is nothing to say.
func (o *Outcome) Reason() string {
	if o.Doubt != nil {
		return "a reverse name is unknown: " + o.Doubt.Error()
	}
	return o.Problem
}

// Limits. Those of RFC 7208 section 4.6.4 are the RFC's, the others ours.
const (
	// MaxLookups is how many terms may ask DNS during one check.
	MaxLookups = 10
	// MaxVoidLookups is how many terms may find nothing.
	MaxVoidLookups = 2
	// MaxHosts is how many names of one MX or PTR answer are looked up.
	MaxHosts = 10
	// MaxRecord is the longest record that is read, in octets. Records beyond 450
	// octets are discouraged (section 3.4); the longest in use have some thousand.
	MaxRecord = 8192
	// MaxExplanation is the longest explanation: what a line of an SMTP reply
	// holds beside "550 5.7.23 " and CRLF (RFC 5321 section 4.5.3.1.5).
	MaxExplanation = 512 - 13
)

// Check is check_host() (RFC 7208 section 4) for the identity of q.
//
// It asks r for what the record needs, includes and addresses ahead of their
// turn and side by side, and counts them in the order of the text: the outcome
// equals that of a strictly sequential evaluation. When time is up the result is
// temperror. Nothing it starts outlives it.
func Check(ctx context.Context, r resolver.Resolver, q Query) Outcome {
	e, _ := evaluations.Get().(*evaluation)
	o := Outcome{Result: None, Domain: e.who.identify(q)}
	o.Sender = e.who.sender(q.Sender)
	switch {
	case !e.who.client.IsValid():
		o.Problem = "the client has no address"
	case o.Domain == "": // RFC 7208 section 4.3
		o.Problem = fmt.Sprintf("%.80q is no domain name", e.who.domain)
	default:
		e.r, e.who.helo = r, heloName(q.Helo)
		e.peeker, _ = r.(resolver.Peeker)
		e.check(ctx, o.Domain)
		e.report(&o)
	}
	e.clear()
	evaluations.Put(e) // not after a panic
	return o
}

// evaluations are those at rest.
var evaluations = sync.Pool{New: func() any { return new(evaluation) }}

// clear makes an evaluation that has ended ready for the next.
func (e *evaluation) clear() {
	e.state, e.steps, e.lookups, e.moreStep, e.more, e.note = state{}, 0, 0, nil, nil, ""
}

// check runs the evaluation from its first record on.
func (e *evaluation) check(ctx context.Context, domain string) {
	defer e.finish()
	e.frames[0] = frame{name: name{spelled: e.who.domain, canonical: domain}}
	step := e.begin(&e.frames[0], 0, nil)
	e.result = e.host(ctx, 0)
	switch e.result {
	case None, TempError, PermError:
		e.mechanism = found{}
		e.end(step, false, e.problem)
	case Fail:
		e.explanation = e.explain(ctx)
	}
	if e.result != Pass || e.voids+e.milds > MaxVoidLookups {
		e.doubt = cmp.Or(e.doubt, e.mild)
	}
}

// report fills in what came of the evaluation.
func (e *evaluation) report(o *Outcome) {
	o.Result, o.Explanation = e.result, e.explanation
	o.Lookups, o.VoidLookups = e.terms, e.voids
	o.Problem, o.Err, o.Doubt = e.problem, e.err, e.doubt
	if m, from := e.mechanism, e.origin; m.term != nil {
		o.Mechanism, o.MechanismDomain = m.term.Text, m.frame.name.canonical
		o.Origin, o.OriginDomain = from.term.Text, from.frame.name.canonical
	}
	o.Trace = e.trace()
}
