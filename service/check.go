package service

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/smtperror"
)

// CheckDomain checks a domain's mail DNS.
func (s *Service) CheckDomain(ctx context.Context, m *mailassayv1.CheckDomainRequest) (*mailassayv1.CheckDomainResponse, error) {
	start := time.Now()
	request, view, err := domainRequest(m)
	if err != nil {
		return nil, err
	}
	shared, validation := s.cfg.Resolver, s.cfg.Validation()
	var authority *resolver.Authority
	// In the other views name servers are asked why DNS does not answer, but only
	// where an operator has said which root to begin at.
	if view == mailassayv1.View_VIEW_AUTHORITATIVE || len(s.cfg.Authority.Roots) > 0 {
		authority = resolver.NewAuthority(s.cfg.Authority)
	}
	switch view {
	case mailassayv1.View_VIEW_FRESH:
		shared = s.fresh
	case mailassayv1.View_VIEW_AUTHORITATIVE:
		// Nobody validates what the name servers say themselves.
		shared, validation = authority, resolver.ValidationOff
	}
	dns := s.inquire(shared, s.cfg.DomainQuestions, m.GetTrace())
	src := domain.Sources{
		DNS: dns, EachServer: view == mailassayv1.View_VIEW_AUTHORITATIVE, Validation: validation,
		Ordinary: s.ordinaryFor(request.Domain), Now: s.cfg.Now(),
	}
	if authority != nil {
		src.Authority = authority
	}
	report := domain.Check(ctx, src, request)
	out, _ := fitting(func(b bounds) *mailassayv1.CheckDomainResponse { return domainResponse(b, report) })
	spent := dns.Spent()
	if view == mailassayv1.View_VIEW_AUTHORITATIVE {
		spent.Sent = 0 // each went to name servers, where the authority counts it
	}
	if authority != nil {
		spent.Sent += authority.Sent()
	}
	out.Stats = dns.stats(spent, start)
	return out, nil
}

// CheckSender checks an SMTP client and what it says.
func (s *Service) CheckSender(ctx context.Context, m *mailassayv1.CheckSenderRequest) (*mailassayv1.CheckSenderResponse, error) {
	start := time.Now()
	lists := s.blocklists.Load() // before the request takes them, so that a report is never kept under newer ones
	request, err := s.senderRequest(m)
	if err != nil {
		return nil, err
	}
	if len(m.GetBlocklists()) > 0 || m.GetTrace() {
		lists = nil
	}
	key := keyOf(&request, lists)
	if out := s.reports.again(ctx, key, request.MailFrom, start); out != nil {
		return out, nil
	}
	return s.checkSender(ctx, request, key, m.GetTrace(), start), nil
}

// checkSender checks what a request that is in order says, and keeps the report
// under the key; start is when the request came.
func (s *Service) checkSender(ctx context.Context, request sender.Request, key senderKey, traced bool, start time.Time) *mailassayv1.CheckSenderResponse {
	dns := s.inquire(s.cfg.Resolver, s.cfg.SenderQuestions, traced)
	report := sender.Check(ctx, sender.Sources{DNS: dns, Ordinary: s.ordinaryClients, TrustedSealers: s.sealers, Now: s.cfg.Now()}, request, s.cfg.Policy)
	out, size := fitting(func(b bounds) *mailassayv1.CheckSenderResponse { return senderResponse(b, report) })
	rest := new(mailassayv1.CheckSenderResponse)
	leave(ctx, out, size, rest)
	s.reports.keep(key, dns, report.Facts, out)
	out.Stats = dns.stats(dns.Spent(), start)
	rest.Stats = out.Stats
	dns.Release() // the assay leaves no goroutine behind
	return out
}

// ExplainSMTPError explains a reply or bounce.
func (s *Service) ExplainSMTPError(ctx context.Context, m *mailassayv1.ExplainSMTPErrorRequest) (*mailassayv1.ExplainSMTPErrorResponse, error) {
	start := time.Now()
	request, err := explainRequest(m)
	if err != nil {
		return nil, err
	}
	dns := s.inquire(s.cfg.Resolver, s.cfg.ExplainQuestions, m.GetTrace())
	explanation := smtperror.Explain(ctx, smtperror.Sources{DNS: dns, Ordinary: s.ordinaryClients, Now: s.cfg.Now()}, request)
	out, _ := fitting(func(b bounds) *mailassayv1.ExplainSMTPErrorResponse { return explainResponse(b, explanation) })
	out.Stats = dns.stats(dns.Spent(), start)
	return out, nil
}

// inquiry is the resolver of one call. It turns a panic into an error, since the
// goroutines that ask are not the one that a server's recovery protects.
type inquiry struct {
	resolver.Request
	panicked func(value any, stack []byte)
}

// inquire gives a call its budget.
func (s *Service) inquire(shared resolver.Resolver, questions int, traced bool) inquiry {
	ample(0)
	return inquiry{resolver.NewRequest(shared, resolver.Budget{Questions: questions, Bytes: maxAnswers}, traced), s.cfg.Panicked}
}

// ample makes the goroutine's stack as large as most checks need it. That of a call
// beyond the workers is new, and the collector halves those at rest: it would double
// twice, each time copied frame by frame from the depth of an assay, for a tenth of
// the call's cost.
//
//go:noinline
func ample(i int) byte {
	var room [10 << 10]byte
	return room[i]
}

// Resolve asks within the budget.
func (i inquiry) Resolve(ctx context.Context, q resolver.Question) (a resolver.Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			i.panicked(p, debug.Stack())
			a, err = resolver.Answer{}, &resolver.Error{Kind: resolver.Malformed, Question: q, Err: errors.New("the resolver panics")}
		}
	}()
	return i.Request.Resolve(ctx, q)
}

// stats is what the call cost so far, and what it asked if it wants to know.
func (i inquiry) stats(spent resolver.Spent, start time.Time) *mailassayv1.Stats {
	out := stats(spent, time.Since(start))
	out.Questions = questions(i.Steps())
	return out
}
