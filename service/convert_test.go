package service

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/smtperror"
)

// hostile is text as a zone or a caller may hold it: 8-bit octets, control
// characters, an escape, marks that turn or hide text.
const hostile = "a\xff\x80\r\n\x00\x1b[31m\u009b\u202e\u200b\u2028z"

// responses converts what a filler makes of each assay's report.
func responses(f filler) map[string]proto.Message {
	report, assay, explanation := fill[domain.Report](f), fill[sender.Report](f), fill[smtperror.Explanation](f)
	d, _ := fitting(func(b bounds) *mailassayv1.CheckDomainResponse { return domainResponse(b, report) })
	c, _ := fitting(func(b bounds) *mailassayv1.CheckSenderResponse { return senderResponse(b, assay) })
	e, _ := fitting(func(b bounds) *mailassayv1.ExplainSMTPErrorResponse { return explainResponse(b, explanation) })
	return map[string]proto.Message{"CheckDomain": d, "CheckSender": c, "ExplainSMTPError": e}
}

// eachField calls f for every field that is set in m and below.
func eachField(m protoreflect.Message, f func(protoreflect.FieldDescriptor, protoreflect.Value)) {
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		f(field, v)
		switch {
		case field.IsList():
			for i := range v.List().Len() {
				if field.Message() != nil {
					eachField(v.List().Get(i).Message(), f)
				}
			}
		case field.Message() != nil:
			eachField(v.Message(), f)
		}
		return true
	})
}

// eachText calls f for every text in m and below.
func eachText(m proto.Message, f func(field protoreflect.FullName, text string)) {
	eachField(m.ProtoReflect(), func(field protoreflect.FieldDescriptor, v protoreflect.Value) {
		switch {
		case field.Kind() != protoreflect.StringKind:
		case field.IsList():
			for i := range v.List().Len() {
				f(field.FullName(), v.List().Get(i).String())
			}
		default:
			f(field.FullName(), v.String())
		}
	})
}

// harmless tells whether a text may be in a field of a response.
func harmless(field protoreflect.FullName, text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	// Header fields are folded by us (RFC 5322 section 2.2.3).
	if name := field.Name(); name == "authentication_results" || name == "received_spf" {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n\t", ""), "\r\n ", "")
	}
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) < 0
}

func TestHostileTextBecomesHarmless(t *testing.T) {
	for name, m := range responses(filler{text: hostile, entries: 2}) {
		texts := 0
		eachText(m, func(field protoreflect.FullName, text string) {
			texts++
			if !harmless(field, text) {
				t.Errorf("%s: %s is %q", name, field, text)
			}
		})
		if texts < 20 {
			t.Errorf("%s: only %d texts", name, texts)
		}
		if _, err := proto.Marshal(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestResponsesAreBounded(t *testing.T) {
	long := filler{text: strings.Repeat("ü", 2500), entries: 12}
	for name, m := range map[string]proto.Message{
		"CheckDomain": domainResponse(widths[0], fill[domain.Report](long)), "CheckSender": senderResponse(widths[0], fill[sender.Report](long)),
	} {
		if proto.Size(m) <= maxResponse {
			t.Errorf("%s needs no bound", name)
		}
	}
	for _, entries := range []int{1, 12} {
		for _, size := range []int{10, 5000} {
			for name, m := range responses(filler{text: strings.Repeat("ü", size/2), entries: entries}) {
				if n := proto.Size(m); n > maxResponse {
					t.Errorf("%s with %d entries of %d octets: %d octets", name, entries, size, n)
				}
			}
		}
	}
}

// TestShortenedReportsKeepTheWorst: what is cut away are the mildest findings.
func TestShortenedReportsKeepTheWorst(t *testing.T) {
	report := domain.Report{Facts: &domain.Facts{}}
	for _, s := range []finding.Severity{finding.Error, finding.Info} {
		for range 300 {
			report.Findings = append(report.Findings, finding.Finding{Code: "C", Severity: s, Area: finding.MX, Message: strings.Repeat("m", 4000)})
		}
	}
	report.Unknown = []finding.Unknown{{Code: "MX_UNKNOWN", Area: finding.MX, Reason: "SERVFAIL"}}
	m, _ := fitting(func(b bounds) *mailassayv1.CheckDomainResponse { return domainResponse(b, report) })
	if n := len(m.GetFindings()); n != 100 {
		t.Errorf("%d findings", n)
	}
	for _, f := range m.GetFindings() {
		if f.GetSeverity() != mailassayv1.Severity_SEVERITY_ERROR {
			t.Errorf("%v stays", f.GetSeverity())
		}
	}
}

// TestNamesMatchTheContract: values that are converted by number mean the same.
func TestNamesMatchTheContract(t *testing.T) {
	for _, c := range smtperror.Categories() {
		if got, want := category(c).String(), "CATEGORY_"+strings.ToUpper(c.String()); got != want {
			t.Errorf("%v is %s", c, got)
		}
	}
	if have, want := len(smtperror.Categories()), len(mailassayv1.Category_name)-1; have != want {
		t.Errorf("%d categories, the contract has %d", have, want)
	}
	words := strings.NewReplacer(" ", "_", "-", "_")
	for a := finding.MX; a <= finding.Ownership; a++ {
		if got, want := areaOut[a].String(), "AREA_"+strings.ToUpper(words.Replace(a.String())); got != want {
			t.Errorf("%v is %s", a, got)
		}
	}
	for s := finding.Skipped; s <= finding.Fail; s++ {
		if got, want := statusOut[s].String(), "STATUS_"+strings.ToUpper(s.String()); got != want {
			t.Errorf("%v is %s", s, got)
		}
	}
	for s := finding.Info; s <= finding.Error; s++ {
		if got, want := severityOut[s].String(), "SEVERITY_"+strings.ToUpper(s.String()); got != want {
			t.Errorf("%v is %s", s, got)
		}
	}
	for c := smtperror.NotChecked; c <= smtperror.Inconclusive; c++ {
		if got, want := conclusionOut[c].String(), "CONCLUSION_"+strings.ToUpper(words.Replace(c.String())); got != want {
			t.Errorf("%v is %s", c, got)
		}
	}
	for a := sender.Accept; a <= sender.Reject; a++ {
		if got, want := verdictOut[a].String(), "ACTION_"+a.String(); got != want {
			t.Errorf("%v is %s", a, got)
		}
	}
	for a := finding.Add; a <= finding.Remove; a++ {
		if got, want := actionOut[a].String(), "ACTION_"+strings.ToUpper(a.String()); got != want {
			t.Errorf("%v is %s", a, got)
		}
	}
	for s := domain.Met; s <= domain.NotKnown; s++ {
		if got, want := stateOut[s].String(), "STATE_"+strings.ToUpper(words.Replace(s.String())); got != want {
			t.Errorf("%v is %s", s, got)
		}
	}
}
