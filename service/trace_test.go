package service

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
)

// TestTracesTellWhatWasAsked: every method tells each question it asked, once, and
// nothing unless it is told to.
func TestTracesTellWhatWasAsked(t *testing.T) {
	text, key := worldText(t)
	s, dns := inProcess(t, text)
	domain := &mailassayv1.CheckDomainRequest{Domain: "good.example"}
	client := &mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.77", Helo: "mx.good.example", MailFrom: "joe@good.example", HeaderFrom: "joe@silent.example"}
	refusal := &mailassayv1.ExplainSMTPErrorRequest{Text: "550 5.7.25 no PTR", SendingIp: "192.0.2.77"}
	envelope := &mailassayv1.CheckMessageRequest_Envelope{ClientIp: "192.0.2.77", MailFrom: "joe@good.example"}
	for name, check := range map[string]func(traced bool) (*mailassayv1.Stats, error){
		"CheckDomain": func(traced bool) (*mailassayv1.Stats, error) {
			m := proto.CloneOf(domain)
			m.Trace = traced
			r, err := s.CheckDomain(within(t), m)
			return r.GetStats(), err
		},
		"CheckSender": func(traced bool) (*mailassayv1.Stats, error) {
			m := proto.CloneOf(client)
			m.Trace = traced
			r, err := s.CheckSender(within(t), m)
			return r.GetStats(), err
		},
		"CheckMessage": func(traced bool) (*mailassayv1.Stats, error) {
			m := proto.CloneOf(envelope)
			m.Trace = traced
			r, err := s.CheckStream(within(t), m, bytes.NewReader(signedMessage(key)))
			return r.GetReport().GetStats(), err
		},
		"ExplainSMTPError": func(traced bool) (*mailassayv1.Stats, error) {
			m := proto.CloneOf(refusal)
			m.Trace = traced
			r, err := s.ExplainSMTPError(within(t), m)
			return r.GetStats(), err
		},
	} {
		if stats, err := check(false); err != nil || len(stats.GetQuestions()) > 0 {
			t.Errorf("%s: %v, %v", name, stats, err)
		}
		dns.Forget()
		stats, err := check(true)
		if err != nil || len(stats.GetQuestions()) == 0 || len(stats.GetQuestions()) != int(stats.GetQueriesSent()+stats.GetCacheHits()) {
			t.Errorf("%s: %v, %v", name, stats, err)
		}
		asked := map[string]bool{}
		for _, q := range dns.Asked() {
			asked[q.Name+" "+q.Type.String()] = true
		}
		for _, q := range stats.GetQuestions() {
			if !asked[q.GetName()+" "+q.GetType()] || (q.GetStatus() == "") == (q.GetError() == "") || (q.GetStatus() == "NOERROR") != (q.GetRecords() > 0) {
				t.Errorf("%s: %v", name, q)
			}
			if resolver.Ask(q.GetName(), resolver.TypeA).Name != q.GetName() {
				t.Errorf("%s: %q is not canonical", name, q.GetName())
			}
		}
	}
}
