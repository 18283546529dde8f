package main

import (
	"fmt"
	"strings"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// conclusions are how live evidence is shown.
var conclusions = map[pb.LiveEvidence_Conclusion]struct {
	status pb.Status
	text   string
}{
	pb.LiveEvidence_CONCLUSION_CONFIRMED:    {pb.Status_STATUS_FAIL, "the cause is still there"},
	pb.LiveEvidence_CONCLUSION_REFUTED:      {pb.Status_STATUS_PASS, "the cause is not there at this moment"},
	pb.LiveEvidence_CONCLUSION_INCONCLUSIVE: {pb.Status_STATUS_UNKNOWN, "DNS does not decide"},
	pb.LiveEvidence_CONCLUSION_NOT_CHECKED:  {pb.Status_STATUS_SKIPPED, "not checked"},
}

// explain writes what a refusal means: the cause, live evidence, what to do.
func (p printer) explain(r *pb.ExplainSMTPErrorResponse, least pb.Severity) {
	p.line(p.style(bold, categoryName(r.GetCategory())) + p.style(dim, fmt.Sprintf("  %.0f %% sure", 100*r.GetConfidence())) +
		p.style(dim, provenance(r)))
	if reply := r.GetReply(); reply.GetCode() != 0 || reply.GetText() != "" {
		code := strings.TrimSpace(fmt.Sprintf("%d %s", reply.GetCode(), reply.GetEnhancedCode()))
		p.wrapStyled("  ", strings.TrimPrefix(code+" "+shorten(reply.GetText()), "0 "), dim)
	}
	p.line("")
	p.wrap("", r.GetExplanation())
	p.line("")
	c := conclusions[r.GetLive().GetConclusion()]
	m := marks[c.status]
	p.wrap(p.style(m.sgr, m.sign+" live DNS: "+c.text)+"  ", r.GetLive().GetNote())
	p.findings(r.GetLive().GetFindings(), least)
	p.line("")
	for i, s := range r.GetSteps() {
		p.wrap(fmt.Sprintf("  %d. ", i+1), s)
	}
	if r.GetRetry() != "" {
		p.wrap(p.style(dim, "  retry "), r.GetRetry())
	}
	if r.GetFixedBy() != "" {
		p.wrap(p.style(dim, "  fixed by "), r.GetFixedBy())
	}
	for _, a := range r.GetAlternatives() {
		p.line(p.style(dim, fmt.Sprintf("  or    %s (%.0f %%)", categoryName(a.GetCategory()), 100*a.GetConfidence())))
	}
	if len(r.GetReferences()) > 0 {
		p.line(p.style(dim, "  see   "+clean(strings.Join(r.GetReferences(), ", "))))
	}
}

func categoryName(c pb.Category) string {
	return strings.ToLower(strings.TrimPrefix(c.String(), "CATEGORY_"))
}

func provenance(r *pb.ExplainSMTPErrorResponse) string {
	s := ""
	if r.GetProvider() != "" {
		s += ", said by " + clean(r.GetProvider())
	}
	if r.GetSoftware() != "" {
		s += ", software " + clean(r.GetSoftware())
	}
	return s
}
