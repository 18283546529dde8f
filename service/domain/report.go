package domain

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// Report is what the assay has to say about a domain.
type Report struct {
	// Domain in A-labels, Unicode in U-labels.
	Domain, Unicode string
	// OrganizationalDomain by the public suffix list.
	OrganizationalDomain string
	// Status is the worst of the areas asked for.
	Status finding.Status
	// Areas has the status of each area; those not asked for are Skipped.
	Areas map[finding.Area]finding.Status
	// Findings of the areas asked for, worst first.
	Findings []finding.Finding
	// Unknown is what could not be learned in the areas asked for, one entry for
	// each area and name.
	Unknown []finding.Unknown
	// Readiness for the rules of large receivers.
	Readiness []Readiness
	// Facts are what the report rests on.
	Facts *Facts
}

// AreaStatus is the status of an area.
func (r Report) AreaStatus(a finding.Area) finding.Status {
	if s, ok := r.Areas[a]; ok {
		return s
	}
	return finding.Skipped
}

// State tells whether a demand is met.
type State uint8

// States of a demand. Unknown covers what DNS cannot tell, such as the content
// of messages.
const (
	Met State = iota + 1
	NotMet
	NotKnown
)

// String is "met", "not met" or "unknown".
func (s State) String() string { return [...]string{"", "met", "not met", "unknown"}[s] }

// Readiness is how a domain stands against the rules of one receiver.
type Readiness struct {
	// Profile names the receiver and the rules, such as "gmail-bulk".
	Profile string
	// AsOf is the day on which the rules were read, "2026-01-31".
	AsOf string
	// Binds tells whom the rules bind.
	Binds string
	// State is NotMet when a required item is not met, NotKnown when none is but
	// one is not known, Met otherwise.
	State State
	Items []ReadinessItem
}

// ReadinessItem is one demand of a receiver.
type ReadinessItem struct {
	// Name says what is asked for.
	Name string
	// Required is false for what the receiver only recommends.
	Required bool
	State    State
	// Codes are the findings that decide the state, "" for none.
	Codes []string
	// Note tells why the state is not known, where no finding does.
	Note string
}

// Failure is a question that stayed open.
type Failure struct {
	// Topic that asked.
	Topic    finding.Topics
	Question resolver.Question
	// Kind is 0 when the fault is our own.
	Kind resolver.Kind
	// Reason tells which server answered what.
	Reason string
}

// reason is an error as a report tells it.
func reason(err error) string {
	var e *resolver.Error
	if errors.As(err, &e) {
		return e.Question.Type.String() + ": " + e.Reason()
	}
	return err.Error()
}

// Code is one row of the catalogue of findings.
type Code struct {
	Code       string
	Severity   finding.Severity
	Area       finding.Area
	Title      string
	Remedy     string
	References []string
}

// Catalogue is every code that the assay can find, by area and code.
func Catalogue() []Code {
	var out []Code
	for _, r := range table {
		out = append(out, Code{Code: r.Code, Severity: r.Severity, Area: r.Area, Title: r.Title, Remedy: r.Remedy, References: r.References})
	}
	slices.SortFunc(out, func(a, b Code) int { return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Code, b.Code)) })
	return out
}

// Judge runs the rules over the facts. It is pure.
func Judge(f *Facts) Report {
	known := f.Known()
	r := Report{
		Domain: f.Request.Domain, Unicode: orgdomain.ULabel(f.Request.Domain), OrganizationalDomain: orgdomain.Registrable(f.Request.Domain),
		Areas: map[finding.Area]finding.Status{}, Status: finding.Skipped, Facts: f,
	}
	gone := false
	for _, x := range finding.Judge(table, f, known) {
		// That there is no domain is worth telling whatever was asked.
		missing := x.Code == "NS_DOMAIN_NOT_FOUND"
		gone = gone || missing
		if missing || asks(f.Request.Areas, x.Area) {
			r.Findings = append(r.Findings, x)
		}
	}
	together(r.Findings)
	r.Unknown = unknowns(f, known)
	for _, a := range Areas() {
		if asks(f.Request.Areas, a) || gone && a == finding.Delegation {
			r.Areas[a] = r.status(a, gone)
			r.Status = max(r.Status, r.Areas[a])
		}
	}
	r.Readiness = readiness(r)
	return r
}

// status is the state of an area that was asked for. Of a domain that does not
// exist nothing is right or wrong. Of keys nothing is known when none was found
// by guessing.
func (r Report) status(a finding.Area, gone bool) finding.Status {
	s := finding.StatusOf(a, r.Findings, r.Unknown)
	switch {
	case gone && s < finding.Fail:
		return finding.Skipped
	case a == finding.DKIM && s < finding.UnknownStatus && len(r.codes([]string{"DKIM_NOT_FOUND_BY_GUESS"})) > 0:
		return finding.UnknownStatus
	}
	return s
}

// unknowns are the entries for what stayed open: in the area of each topic that
// failed; and in an area without such, for each rule that would have fired, had
// the topics it lacks been empty.
func unknowns(f *Facts, known finding.Topics) []finding.Unknown {
	type key struct {
		area    finding.Area
		subject string
	}
	seen := map[key]*finding.Unknown{}
	var out []*finding.Unknown
	add := func(area finding.Area, x Failure) {
		if !asks(f.Request.Areas, area) {
			return
		}
		k := key{area, x.Question.Name}
		if u := seen[k]; u != nil {
			if !strings.Contains(u.Reason, x.Reason) {
				u.Reason += "; " + x.Reason
			}
			return
		}
		u := &finding.Unknown{Code: unknownCodes[area], Area: area, Subject: x.Question.Name, Reason: x.Reason}
		seen[k], out = u, append(out, u)
	}
	for _, x := range f.Failures {
		each(x.Topic, func(t finding.Topics) { add(areaOf[t], x) })
	}
	own := map[finding.Area]bool{}
	for k := range seen {
		own[k.area] = true
	}
	for _, r := range table {
		lacks := r.Needs &^ known
		if lacks == 0 || own[r.Area] || len(r.Find(f)) == 0 {
			continue
		}
		for _, x := range f.Failures {
			if x.Topic&lacks != 0 {
				add(r.Area, x)
			}
		}
	}
	list := make([]finding.Unknown, 0, len(out))
	for _, u := range out {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b finding.Unknown) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Subject, b.Subject))
	})
	return list
}

// All are the findings and an entry for each unknown, worst first.
func (r Report) All() []finding.Finding {
	out := slices.Clone(r.Findings)
	for _, u := range r.Unknown {
		out = append(out, u.Finding())
	}
	finding.Sort(out)
	return out
}
