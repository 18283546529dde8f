package dmarc

import (
	"context"
	"slices"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// Word is a result as RFC 8601 section 2.7.7 and RFC 9989 section 9.1 register
// it.
type Word string

// The results. Section 9.2 registers permerror for records that are improperly
// formatted, but no step of the evaluation leads there: such a record falls back
// to defaults (section 4.8), stands for p=none, or is as good as none (section
// 4.10.1); several at one name are discarded (section 4.10); and DNS errors of any
// sort leave pass and fail open (section 5.3.6), which a later attempt may settle.
const (
	// ResultNone: no DMARC for this message: no record, one that asks for nothing
	// (Outcome.Record tells them apart), or not exactly one author domain.
	ResultNone Word = "none"
	// ResultPass: an authenticated identifier is aligned.
	ResultPass Word = "pass"
	// ResultFail: none is.
	ResultFail Word = "fail"
	// ResultTempError: a question stayed open that decides between the others.
	ResultTempError Word = "temperror"
)

// Alignment is whether an identifier is aligned with the author domain.
type Alignment uint8

// The states of alignment. It can be open only in relaxed mode.
const (
	NotAligned Alignment = iota + 1
	Aligned
	AlignmentOpen
)

// Checked is an identifier with its alignment.
type Checked struct {
	Identifier
	Alignment Alignment
}

// Input is what Evaluate looks at.
type Input struct {
	// Author is the author domain; "" when there is none.
	Author string
	// Identifiers are what SPF and DKIM have looked at, whatever came of it.
	Identifiers []Identifier
}

// Outcome is the DMARC evaluation of a message.
type Outcome struct {
	Result Word
	// Author is the author domain.
	Author string
	// Record is the policy record that applies, nil without one; Domain is where it
	// was found, and Source what that name is to the author domain.
	Record *Record
	Domain string
	Source Source
	// Policy is what the record asks for this author domain, p, sp or np applied,
	// t not. NoPolicy without DMARC, and when it is open.
	Policy Policy
	// Disposition is what the owner asks to be done with this message: None unless
	// the result is fail, and one step lower under t=y.
	Disposition Policy
	// Organization is the author's organizational domain, "" when it is open or
	// was not needed.
	Organization string
	// Identifiers are those of the input with their alignment.
	Identifiers []Checked
	// Err is the failure that makes the result temperror.
	Err error
	// PSL is the result by RFC 7489, for receivers that use the public suffix list.
	PSL PSL
	// Discovery is what the outcome rests on, nil without author domain.
	Discovery *Discovery
}

// Evaluate discovers and judges in one call. Names may have any spelling that
// stands for a domain, and are canonical in the outcome; an identifier that stands
// for none is not aligned.
func Evaluate(ctx context.Context, r resolver.Resolver, in Input) Outcome {
	author := spelled(in.Author)
	if author == "" {
		return Outcome{Result: ResultNone}
	}
	var needed []Identifier
	ids := slices.Clone(in.Identifiers)
	for i := range ids {
		if ids[i].Domain = spelled(ids[i].Domain); ids[i].counts() {
			needed = append(needed, ids[i])
		}
	}
	return Discover(ctx, r, author, needed...).Evaluate(ids)
}

// spelled is the canonical form of a name, "" for what is none (RFC 9989 section
// 5.3.1).
func spelled(name string) string {
	canonical, err := orgdomain.ALabel(name)
	if err != nil || canonical == "." {
		return ""
	}
	return canonical
}

// Evaluate judges what was discovered. It asks nothing.
func (d *Discovery) Evaluate(ids []Identifier) Outcome {
	o := Outcome{Result: ResultNone, Author: d.Author, Discovery: d}
	o.Organization, _ = d.Walk.Organization()
	o.Identifiers = make([]Checked, len(ids))
	p := d.policy()
	for i, id := range ids {
		o.Identifiers[i] = Checked{id, d.align(p, id)}
	}
	o.PSL = d.psl(ids)
	if p.err != nil {
		o.Result, o.Err = ResultTempError, p.err
		return o
	}
	if p.record == nil {
		return o
	}
	o.Record, o.Domain, o.Source = p.record, p.domain, p.source
	var open error
	if o.Policy, open = d.applied(p); o.Policy == NoPolicy && open == nil {
		return o // RFC 9989 section 4.10.1: no DMARC processing
	}
	o.decide(open)
	return o
}

// applied is the policy for the author domain, with the error that leaves it
// open.
func (d *Discovery) applied(p policy) (Policy, error) {
	sub := p.source != AtAuthor
	if sub && d.Existence.Err != nil {
		return NoPolicy, d.Existence.Err
	}
	return p.record.For(sub, !d.Existence.Asked || d.Existence.Exists), nil
}

// decide is RFC 9989 sections 5.3.5 and 5.3.6. A pass that is certain stays a
// pass, whatever else stayed open.
func (o *Outcome) decide(open error) {
	o.Disposition = None
	for _, c := range o.Identifiers {
		if c.Result == "pass" && c.Alignment == Aligned {
			o.Result = ResultPass
			return
		}
	}
	for _, c := range o.Identifiers {
		if c.counts() && c.Alignment != NotAligned {
			o.Result, o.Err = ResultTempError, o.openReason(c)
			return
		}
	}
	if open != nil {
		o.Result, o.Err = ResultTempError, open
		return
	}
	o.Result, o.Disposition = ResultFail, o.Enforced()
}

// openReason is the failure that leaves an identifier open; nil when it is the
// mechanism's own temperror.
func (o *Outcome) openReason(c Checked) error {
	if c.Alignment != AlignmentOpen {
		return nil
	}
	if w := o.Discovery.walkOf(c.Domain); w != nil && w.Err() != nil {
		return w.Err()
	}
	return o.Discovery.Walk.Err()
}

// align is RFC 9989 section 4.10.2.
func (d *Discovery) align(p policy, id Identifier) Alignment {
	switch {
	case id.Domain == "":
		return NotAligned
	case id.Domain == d.Author:
		return Aligned
	case p.err == nil && (p.record == nil || p.strict(id.Method)):
		return NotAligned
	}
	w := d.walkOf(id.Domain)
	if w == nil { // it cannot align, or lies beyond MaxWalks
		return NotAligned
	}
	return sameOrganization(d.Walk, w)
}

// Enforced is what the owner asks to be done with this message if it fails: the
// policy, one step lower under t=y. RFC 9989 section 4.7.
func (o Outcome) Enforced() Policy {
	if o.Record != nil && o.Record.Testing {
		return o.Policy.lower()
	}
	return o.Policy
}
