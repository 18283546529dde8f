package main

import (
	"fmt"
	"strings"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// actions are how a verdict is shown.
var actions = map[pb.Verdict_Action]pb.Status{
	pb.Verdict_ACTION_ACCEPT:     pb.Status_STATUS_PASS,
	pb.Verdict_ACTION_QUARANTINE: pb.Status_STATUS_WARNING,
	pb.Verdict_ACTION_REJECT:     pb.Status_STATUS_FAIL,
	pb.Verdict_ACTION_DEFER:      pb.Status_STATUS_UNKNOWN,
}

// results are how a method's result is shown.
var results = map[string]pb.Status{
	"pass": pb.Status_STATUS_PASS, "none": pb.Status_STATUS_SKIPPED, "neutral": pb.Status_STATUS_NOTICE,
	"softfail": pb.Status_STATUS_WARNING, "policy": pb.Status_STATUS_WARNING, "fail": pb.Status_STATUS_FAIL,
	"permerror": pb.Status_STATUS_FAIL, "temperror": pb.Status_STATUS_UNKNOWN,
}

// sender writes a sender report: the verdict, each method, the findings, the
// header fields.
func (p printer) sender(ip string, r *pb.CheckSenderResponse, least pb.Severity) {
	v := r.GetVerdict()
	m := marks[actions[v.GetAction()]]
	word := strings.TrimPrefix(v.GetAction().String(), "ACTION_")
	p.line(p.style(bold, clean(ip)) + "  " + p.style(m.sgr, m.sign+" "+word))
	p.line(p.style(dim, clean(v.GetSmtpReply())))
	p.line(p.style(dim, cost(r.GetStats())))
	p.line("")
	p.method("reverse DNS", r.GetReverseDns().GetResult(), strings.Join(firstOf(names(r.GetReverseDns()), 3), ", "))
	p.method("HELO", heloResult(r.GetHelo()), r.GetHelo().GetName())
	p.spf("SPF", r.GetSpf())
	p.spf("SPF HELO", r.GetSpfHelo())
	for _, d := range r.GetDkim() {
		p.method("DKIM", d.GetResult(), fmt.Sprintf("%s, selector %s, %s: %s", d.GetDomain(), d.GetSelector(), d.GetAlgorithm(), d.GetReason()))
	}
	if a := r.GetArc(); a != nil {
		p.method("ARC", a.GetResult(), strings.TrimPrefix(strings.Join(a.GetSealers(), ", ")+" "+a.GetReason(), " "))
	}
	if d := r.GetDmarc(); d != nil {
		p.method("DMARC", d.GetResult(), dmarcResultLine(d))
		if old := d.GetRfc7489(); old != nil {
			p.method("DMARC 7489", old.GetResult(), "what receivers of RFC 7489 come to: "+oldPolicy(old))
		}
	}
	for _, b := range r.GetBlocklists() {
		p.method("blocklist", blocklistResult(b), b.GetZone()+" "+b.GetReason())
	}
	p.findings(r.GetFindings(), least)
	p.line("")
	for _, field := range []string{r.GetReceivedSpf(), r.GetAuthenticationResults()} {
		for _, l := range strings.Split(field, "\r\n") {
			if l != "" {
				p.line(p.style(dim, clean(l)))
			}
		}
	}
}

func (p printer) method(name, result, detail string) {
	if result == "" {
		return
	}
	m := marks[results[result]]
	if m.sign == "" {
		m = marks[pb.Status_STATUS_SKIPPED]
	}
	head := fmt.Sprintf("  %s %s %s ", p.style(m.sgr, m.sign), pad(name, 12), p.style(m.sgr, pad(clean(result), 9)))
	p.wrap(head, detail)
}

func names(r *pb.ReverseDns) []string {
	if len(r.GetConfirmedNames()) > 0 {
		return r.GetConfirmedNames()
	}
	return r.GetNames()
}

func heloResult(h *pb.Helo) string {
	switch {
	case h.GetName() == "":
		return ""
	case h.GetUnknown():
		return "temperror"
	case h.GetMatches():
		return "pass"
	case h.GetResolves():
		return "neutral"
	}
	return "fail"
}

func (p printer) spf(name string, s *pb.SpfResult) {
	detail := s.GetDomain()
	if s.GetMechanism() != "" {
		detail += " by " + s.GetMechanism()
	}
	if s.GetProblem() != "" {
		detail += ": " + s.GetProblem()
	}
	p.method(name, s.GetResult(), detail)
}

func dmarcResultLine(d *pb.DmarcResult) string {
	s := d.GetDomain()
	if d.GetPolicy() != "" {
		s += ", policy " + d.GetPolicy() + " from " + d.GetFoundAt()
	}
	if d.GetReason() != "" {
		s += ": " + d.GetReason()
	}
	return s
}

func oldPolicy(r *pb.Rfc7489Result) string {
	if r.GetFoundAt() == "" {
		return "no record"
	}
	return fmt.Sprintf("policy %s from %s for %d %% of what fails", r.GetPolicy(), r.GetFoundAt(), r.GetPercent())
}

// trace writes an SPF evaluation: each step under the record it is in, with what
// it asked.
func (p printer) trace(name string, r *pb.SpfResult) {
	if len(r.GetTrace()) == 0 {
		return
	}
	p.line("")
	p.line(p.style(bold, name+" step by step") + fmt.Sprintf(", %d of 10 lookups, %d of 2 void", r.GetLookups(), r.GetVoidLookups()))
	for _, s := range r.GetTrace() {
		indent := strings.Repeat("  ", 1+min(int(s.GetDepth()), 10))
		term := s.GetTerm()
		if term == "" {
			term = s.GetDomain()
		}
		p.wrap(indent+pad(clean(shorten(term)), 38-len(indent))+" ", s.GetOutcome())
		for _, l := range s.GetLookups() {
			answer := l.GetStatus()
			if n := len(l.GetAnswers()); n > 0 {
				answer = strings.Join(firstOf(l.GetAnswers(), 5), ", ")
			}
			p.wrapStyled(indent+p.style(dim, "  "+clean(l.GetName()+" "+l.GetType()))+" ", answer, dim)
		}
	}
}

func blocklistResult(b *pb.BlocklistResult) string {
	switch {
	case b.GetUnknown():
		return "temperror"
	case b.GetListed():
		return "fail"
	}
	return "pass"
}
