// Package finding is the engine that judges: a table of rules, each a pure
// function from facts to hits, and the report they make.
//
// A rule runs only when every topic it needs is known. What is not known is
// reported as [Unknown], never guessed.
package finding

import (
	"cmp"
	"slices"
	"sort"
)

// Severity tells how bad a finding is.
type Severity uint8

// Severities, mildest first.
const (
	Info Severity = iota + 1
	Notice
	Warning
	Error
)

// String is the word in lower case.
func (s Severity) String() string {
	return [...]string{"", "info", "notice", "warning", "error"}[s]
}

// Status is the state of an area.
type Status uint8

// States of an area, mildest first. Unknown stands above Warning, for it may hide
// anything, and below Fail, for a proven error stays proven.
const (
	Skipped Status = iota + 1
	Pass
	NoticeStatus
	WarningStatus
	UnknownStatus
	Fail
)

// String is the word in lower case.
func (s Status) String() string {
	return [...]string{"", "skipped", "pass", "notice", "warning", "unknown", "fail"}[s]
}

// Area is a part of a report.
type Area uint8

// Areas in the order of a report.
const (
	MX Area = iota + 1
	SPF
	DKIM
	DMARC
	ReverseDNS
	MTASTS
	TLSRPT
	DANE
	BIMI
	DNSSEC
	Delegation
	Services
	Blocklist
	SMTP
	Ownership
)

var areaNames = [...]string{
	"", "MX", "SPF", "DKIM", "DMARC", "reverse DNS", "MTA-STS", "TLS-RPT", "DANE", "BIMI", "DNSSEC", "delegation", "services",
	"blocklist", "SMTP", "ownership",
}

// String is the name for people.
func (a Area) String() string { return areaNames[a] }

// Topics is a set of topics. An assay numbers its topics itself, one bit each.
type Topics uint64

// Has tells whether all of want are in t.
func (t Topics) Has(want Topics) bool { return t&want == want }

// Rule is one check. F is the facts of an assay.
type Rule[F any] struct {
	// Code names the finding for ever: upper case and underscores.
	Code     string
	Severity Severity
	Area     Area
	// Title is a few words that hold whatever the values are.
	Title string
	// Remedy is what to do, one imperative sentence; "" where nothing is to be done.
	Remedy string
	// References are the sources: "RFC 7208 section 4.5" or a URL.
	References []string
	// Needs are the topics that must be known for the rule to run.
	Needs Topics
	// Find looks at the facts and tells each case it finds. It is pure.
	Find func(*F) []Hit
}

// Hit is one case that a rule found.
type Hit struct {
	// Subject is the DNS name or address that the case is about.
	Subject string
	// Detail is one plain sentence with the values in it; the rule's title when empty.
	Detail string
	// Evidence are records or answers as observed, in presentation form.
	Evidence []string
	// Remedy replaces the rule's remedy where values make it plainer.
	Remedy string
	// Changes are the records to change.
	Changes []Change
}

// Finding is a hit with its rule's constants.
type Finding struct {
	Code       string
	Severity   Severity
	Area       Area
	Subject    string
	Message    string
	Evidence   []string
	Remedy     string
	Changes    []Change
	References []string
}

// Unknown is something that could not be learned.
type Unknown struct {
	// Code is that of the area, such as MX_UNKNOWN.
	Code string
	Area Area
	// Subject is the name asked.
	Subject string
	// Reason tells which server answered what.
	Reason string
}

// Finding is the entry of an Unknown in a report.
func (u Unknown) Finding() Finding {
	return Finding{Code: u.Code, Severity: Notice, Area: u.Area, Subject: u.Subject,
		Message: "Could not be looked up, which says nothing about whether it is there: " + u.Reason + "."}
}

// Judge runs the rules whose topics are known over the facts. The result is
// sorted: worst first, then by area, code and subject.
func Judge[F any](rules []Rule[F], facts *F, known Topics) []Finding {
	var out []Finding
	for i := range rules {
		r := &rules[i]
		if !known.Has(r.Needs) {
			continue
		}
		for _, h := range r.Find(facts) {
			if out == nil {
				out = make([]Finding, 0, 4)
			}
			out = append(out, Finding{
				Code: r.Code, Severity: r.Severity, Area: r.Area, Subject: h.Subject, Message: cmp.Or(h.Detail, r.Title),
				Evidence: h.Evidence, Remedy: cmp.Or(h.Remedy, r.Remedy), Changes: h.Changes, References: r.References,
			})
		}
	}
	Sort(out)
	return out
}

// Sort puts findings into the order of a report.
func Sort(list []Finding) { sort.Stable(order(list)) }

// order is that of a report. Findings are large, and stay where they are while they
// are compared.
type order []Finding

func (o order) Len() int      { return len(o) }
func (o order) Swap(i, j int) { o[i], o[j] = o[j], o[i] }

func (o order) Less(i, j int) bool {
	a, b := &o[i], &o[j]
	if c := cmp.Or(-cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Code, b.Code)); c != 0 {
		return c < 0
	}
	return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Message, b.Message)) < 0
}

// StatusOf is the state of an area that was looked at: Fail with an error,
// otherwise Unknown when something in it is unknown, otherwise as its worst
// finding has it.
func StatusOf(area Area, list []Finding, unknown []Unknown) Status {
	worst := Pass
	for _, f := range list {
		if f.Area != area {
			continue
		}
		switch f.Severity {
		case Error:
			return Fail
		case Warning:
			worst = max(worst, WarningStatus)
		case Notice:
			worst = max(worst, NoticeStatus)
		}
	}
	if slices.ContainsFunc(unknown, func(u Unknown) bool { return u.Area == area }) {
		return UnknownStatus
	}
	return worst
}
