package service

import (
	"strings"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/arc"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/spf"
)

var verdictOut = [...]mailassayv1.Verdict_Action{
	sender.Accept: mailassayv1.Verdict_ACTION_ACCEPT, sender.Quarantine: mailassayv1.Verdict_ACTION_QUARANTINE,
	sender.Defer: mailassayv1.Verdict_ACTION_DEFER, sender.Reject: mailassayv1.Verdict_ACTION_REJECT,
}

// senderResponse is a report as the contract has it, without stats.
func senderResponse(b bounds, r sender.Report) *mailassayv1.CheckSenderResponse {
	f := r.Facts
	out := &mailassayv1.CheckSenderResponse{
		ReverseDns: &mailassayv1.ReverseDns{
			Result: b.text(string(f.ReverseDNS.Result)), Names: b.texts(f.ReverseDNS.Hosts()), ConfirmedNames: b.texts(f.ReverseDNS.Confirmed()),
			Generic: f.ReverseDNS.Generic(),
		},
		Helo: &mailassayv1.Helo{
			Name: b.text(f.Helo.Name), Resolves: f.Helo.Resolves(), Matches: f.Helo.Matches, Unknown: f.Helo.Err != nil && !f.Helo.Resolves(),
			Literal: f.Helo.Form == sender.HeloLiteral,
		},
		Spf: b.spfResult(&f.SPF), SpfHelo: b.spfResult(&f.SPFHelo), AuthenticationResults: field(r.AuthenticationResults),
		ReceivedSpf: field(r.ReceivedSPF), Findings: b.findings(r.Findings, r.Unknown),
		Verdict: &mailassayv1.Verdict{
			Action: verdictOut[r.Verdict.Action], SmtpReply: b.text(r.Verdict.Reply), FindingCodes: b.texts(r.Verdict.Codes),
		},
	}
	if f.Author.Given {
		out.Dmarc = b.dmarcResult(f)
	}
	if f.HasMessage {
		out.Arc = b.arcResult(f.ARC)
	}
	for _, place := range f.Claimed {
		out.ClaimedResults = append(out.ClaimedResults, uint32(place))
	}
	for _, x := range cut(b, f.Signatures) {
		out.Dkim = append(out.Dkim, b.dkimResult(x))
	}
	for _, l := range cut(b, f.Blocklists) {
		out.Blocklists = append(out.Blocklists, b.blocklist(l))
	}
	return out
}

func (b bounds) spfResult(o *spf.Outcome) *mailassayv1.SpfResult {
	out := &mailassayv1.SpfResult{
		Result: b.text(string(o.Result)), Domain: b.text(o.Domain), Mechanism: b.text(o.Mechanism), Explanation: b.text(o.Explanation),
		Lookups: uint32(o.Lookups), VoidLookups: uint32(o.VoidLookups), Problem: b.text(o.Reason()),
	}
	trace := cut(b, o.Trace)
	asked, answers := 0, 0
	for i := range trace {
		for j := range cut(b, trace[i].Asked) {
			asked, answers = asked+1, answers+len(trace[i].Asked[j].Data)
		}
	}
	// Each kind in one piece: they live and die together.
	steps, lookups, texts := make([]mailassayv1.SpfStep, len(trace)), make([]mailassayv1.SpfLookup, asked), make([]string, 0, answers)
	out.Trace = make([]*mailassayv1.SpfStep, len(trace))
	list := make([]*mailassayv1.SpfLookup, asked)
	for i := range trace {
		s, step := &trace[i], &steps[i]
		step.Domain, step.Term, step.Outcome, step.Depth = b.text(s.Domain), b.text(terms(s.Terms)), b.text(outcome(s)), uint32(s.Depth)
		n := len(cut(b, s.Asked))
		for j := range n {
			texts = b.spfLookup(&lookups[j], &s.Asked[j], texts)
			list[j] = &lookups[j]
		}
		step.Lookups, list, lookups = list[:n:n], list[n:], lookups[n:]
		out.Trace[i] = step
	}
	return out
}

// spfLookup fills in a question and its answers, which are added to texts.
func (b bounds) spfLookup(out *mailassayv1.SpfLookup, l *spf.Lookup, texts []string) []string {
	out.Name, out.Type, out.Status, out.AnswerCount = b.text(l.Question.Name), b.text(l.Question.Type.String()), l.Status.String(), uint32(l.Count)
	if l.Err != nil {
		out.Status = b.text(l.Err.Error())
	}
	first := len(texts)
	for _, d := range cut(b, l.Data) {
		if t, ok := d.(resolver.TXT); ok && len(t.Text) > b.octets {
			d = resolver.TXT{Text: t.Text[:b.octets]} // quoting a long one costs more than showing its beginning
		}
		texts = append(texts, b.text(d.String()))
	}
	out.Answers = texts[first:len(texts):len(texts)]
	return texts
}

// terms are the terms of a step as written.
func terms(list []spf.Term) string {
	if len(list) == 1 {
		return list[0].Text
	}
	n := 0
	for i := range list {
		n += len(list[i].Text) + 1
	}
	var b strings.Builder
	b.Grow(n)
	for i := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(list[i].Text)
	}
	return b.String()
}

// outcome is what came of a step.
func outcome(s *spf.Step) string {
	switch {
	case s.Note != "":
		return s.Note
	case s.Match:
		return "match"
	case len(s.Terms) == 0, !s.Terms[0].Kind.Mechanism():
		return "record read"
	}
	return "no match"
}

func (b bounds) dkimResult(x sender.Signature) *mailassayv1.DkimResult {
	out := &mailassayv1.DkimResult{Result: b.text(string(x.Result)), Bits: uint32(x.Bits), Aligned: x.Aligned, Reason: b.text(x.Reason)}
	if s := x.Signature; s != nil {
		out.Domain, out.Selector, out.Algorithm, out.Identity = b.text(s.Domain), b.text(s.Selector), b.text(s.Algorithm), b.text(s.Identity)
	}
	return out
}

func (b bounds) arcResult(r arc.Report) *mailassayv1.ArcResult {
	out := &mailassayv1.ArcResult{Result: b.text(string(r.Result)), OldestPass: uint32(r.OldestPass), Reason: b.text(r.Reason), Temporary: r.Temporary}
	for _, set := range cut(b, r.Sets) {
		out.Sealers = append(out.Sealers, b.text(set.Domain))
	}
	return out
}

func (b bounds) dmarcResult(f *sender.Facts) *mailassayv1.DmarcResult {
	o := f.DMARC
	out := &mailassayv1.DmarcResult{
		Result: b.text(string(o.Result)), Policy: b.text(o.Policy.String()), Disposition: b.text(o.Disposition.String()),
		Domain: b.text(f.Author.Domain), FoundAt: b.text(o.Domain), OrganizationalDomain: b.text(o.Organization), Reason: b.text(f.DMARCReason()),
	}
	if out.Disposition == "" || f.Override.Granted {
		out.Disposition = dmarc.None.String()
	}
	if o.Record != nil {
		out.Record = b.text(o.Record.Text)
	}
	for _, id := range o.Identifiers {
		aligned := id.Result == "pass" && id.Alignment == dmarc.Aligned
		out.SpfAligned = out.SpfAligned || id.Method == dmarc.SPF && aligned
		out.DkimAligned = out.DkimAligned || id.Method == dmarc.DKIM && aligned
	}
	if reason, ok := f.OverrideReason(); ok {
		out.Override = &mailassayv1.DmarcOverride{Type: reason.Type, Comment: b.text(reason.Comment)}
	}
	if p := &o.PSL; o.Differs() {
		out.Rfc7489 = &mailassayv1.Rfc7489Result{
			Result: b.text(string(p.Result)), Policy: b.text(p.Policy.String()), FoundAt: b.text(p.Domain),
			OrganizationalDomain: b.text(p.Organization), Percent: uint32(p.Percent),
		}
	}
	return out
}

func (b bounds) blocklist(r dnsbl.Result) *mailassayv1.BlocklistResult {
	out := &mailassayv1.BlocklistResult{
		Zone: b.text(r.Zone), Listed: r.State == dnsbl.Listed, Codes: b.addresses(r.Answers), Reason: b.text(r.Reason),
		Subject: b.text(r.Subject), Unknown: r.State == dnsbl.Unknown || r.State == dnsbl.Unusable,
	}
	switch {
	case r.Err != nil:
		out.Reason = b.text(r.Err.Error())
	case r.Reason == "":
		out.Reason = b.text(strings.Join(r.Meanings, ", "))
	}
	return out
}
