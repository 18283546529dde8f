package sender

import (
	"cmp"
	"errors"
	"slices"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/spf"
)

// Report is what the assay has to say about a sender.
type Report struct {
	Verdict Verdict
	// Findings, worst first.
	Findings []finding.Finding
	// Unknown is what could not be learned, by area and name.
	Unknown []finding.Unknown
	// AuthenticationResults is a complete field (RFC 8601), folded with CRLF, without
	// the final CRLF.
	AuthenticationResults string
	// ReceivedSPF is a complete field (RFC 7208 section 9.1), in the same form.
	ReceivedSPF string
	// Facts are what the report rests on.
	Facts *Facts
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
	out := make([]Code, 0, len(table))
	for _, r := range table {
		out = append(out, Code{Code: r.Code, Severity: r.Severity, Area: r.Area, Title: r.Title, Remedy: r.Remedy, References: r.References})
	}
	slices.SortFunc(out, func(a, b Code) int { return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Code, b.Code)) })
	return out
}

// Judge runs the rules over the facts and comes to a verdict. It is pure.
func Judge(f *Facts, p Policy) Report {
	return Report{
		Verdict: decide(f, p), Findings: finding.Judge(table, f, f.Known()), Unknown: unknowns(f),
		AuthenticationResults: authenticationResults(f), ReceivedSPF: receivedSPF(f), Facts: f,
	}
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

// unknowns are the entries for what stayed open.
func unknowns(f *Facts) []finding.Unknown {
	var out []finding.Unknown
	add := func(code string, area finding.Area, subject string, err error) {
		if err == nil {
			return
		}
		u := finding.Unknown{Code: code, Area: area, Subject: subject, Reason: err.Error()}
		var e *resolver.Error
		if errors.As(err, &e) {
			u.Subject, u.Reason = e.Question.Name, e.Question.Type.String()+": "+e.Reason()
		}
		if !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	if f.ReverseDNS.Result == iprev.TempError {
		add("PTR_UNKNOWN", finding.ReverseDNS, f.Client.String(), f.ReverseDNS.Err)
		for _, n := range f.ReverseDNS.Names {
			add("PTR_UNKNOWN", finding.ReverseDNS, n.Host, n.Err)
		}
	}
	if !f.Helo.Matches {
		add("SMTP_UNKNOWN", finding.SMTP, f.Helo.Name, f.Helo.Err)
	}
	for _, s := range []spf.Outcome{f.SPF, f.SPFHelo} {
		add("SPF_UNKNOWN", finding.SPF, s.Domain, s.Doubt)
		if s.Result == spf.TempError {
			add("SPF_UNKNOWN", finding.SPF, s.Domain, cmp.Or(s.Err, errors.New(cmp.Or(s.Problem, "the evaluation ended early"))))
		}
	}
	add("MX_UNKNOWN", finding.MX, f.Path.Domain, f.Path.Err)
	if f.DMARC.Result == dmarc.ResultTempError {
		add("DMARC_UNKNOWN", finding.DMARC, f.Author.Domain, f.DMARC.Err)
	}
	add("DKIM_UNKNOWN", finding.DKIM, "message", f.MessageErr)
	for _, s := range f.Signatures {
		if s.Result == dkim.TempError {
			add("DKIM_UNKNOWN", finding.DKIM, dkim.Name(s.Selector, s.Domain), errors.New(s.Reason))
		}
	}
	if f.ARC.Temporary {
		add("DKIM_UNKNOWN", finding.DKIM, "ARC", errors.New(f.ARC.Reason))
	}
	for _, l := range f.Blocklists {
		if l.State == dnsbl.Unknown {
			add("BL_UNKNOWN", finding.Blocklist, l.Name, l.Err)
		}
	}
	slices.SortStableFunc(out, func(a, b finding.Unknown) int {
		return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Subject, b.Subject))
	})
	return out
}
