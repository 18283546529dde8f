package service

import (
	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/service/smtperror"
)

var conclusionOut = [...]mailassayv1.LiveEvidence_Conclusion{
	smtperror.NotChecked:   mailassayv1.LiveEvidence_CONCLUSION_NOT_CHECKED,
	smtperror.Confirmed:    mailassayv1.LiveEvidence_CONCLUSION_CONFIRMED,
	smtperror.Refuted:      mailassayv1.LiveEvidence_CONCLUSION_REFUTED,
	smtperror.Inconclusive: mailassayv1.LiveEvidence_CONCLUSION_INCONCLUSIVE,
}

// explainResponse is an explanation as the contract has it, without stats.
func explainResponse(b bounds, e smtperror.Explanation) *mailassayv1.ExplainSMTPErrorResponse {
	out := &mailassayv1.ExplainSMTPErrorResponse{
		Reply: &mailassayv1.SmtpReply{
			Code: uint32(e.Reply.Code), EnhancedCode: b.text(e.Reply.Enhanced), Text: b.text(e.Reply.Text),
			CodeMeaning: b.text(e.Reply.CodeMeaning), EnhancedCodeMeaning: b.text(e.Reply.EnhancedMeaning),
		},
		Provider: b.text(e.Provider), Software: b.text(e.Software), Category: category(e.Category), Confidence: e.Confidence,
		Temporary: e.Temporary, Retry: b.text(e.Retry), Explanation: b.text(e.Summary), Steps: b.texts(e.Steps),
		Extracted: &mailassayv1.Extracted{
			Ips: b.addresses(e.Extracted.IPs), Domains: b.texts(e.Extracted.Domains), Blocklist: b.text(e.Extracted.Blocklist),
			Urls: b.texts(e.Extracted.URLs),
		},
		References: b.texts(e.References), FixedBy: b.text(e.FixedBy),
		Live: &mailassayv1.LiveEvidence{
			Conclusion: conclusionOut[e.Live.Conclusion], Findings: b.findings(e.Live.Findings, nil), Note: b.text(e.Live.Note),
		},
	}
	for _, a := range cut(b, e.Alternatives) {
		out.Alternatives = append(out.Alternatives, &mailassayv1.Alternative{Category: category(a.Category), Confidence: a.Confidence})
	}
	return out
}

// category is a cause by its number, which both sides count alike; a test holds
// their names against each other.
func category(c smtperror.Category) mailassayv1.Category { return mailassayv1.Category(c) }
