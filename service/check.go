package service

import (
	"context"
	"time"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/smtperror"
)

// CheckDomain checks a domain's mail DNS.
func (s *Service) CheckDomain(ctx context.Context, m *mailassayv1.CheckDomainRequest) (*mailassayv1.CheckDomainResponse, error) {
	start := time.Now()
	request, err := domainRequest(m)
	if err != nil {
		return nil, err
	}
	shared := s.cfg.Resolver
	if m.GetView() == mailassayv1.View_VIEW_FRESH {
		shared = s.fresh
	}
	dns := resolver.NewRequest(shared, s.budget(s.cfg.DomainQuestions))
	report := domain.Check(ctx, domain.Sources{DNS: dns, Ordinary: s.cfg.Ordinary, Now: s.cfg.Now()}, request)
	out := fitting(func(b bounds) *mailassayv1.CheckDomainResponse { return domainResponse(b, report) })
	out.Stats = stats(dns.Spent(), time.Since(start))
	return out, nil
}

// ExplainSMTPError explains a reply or bounce.
func (s *Service) ExplainSMTPError(ctx context.Context, m *mailassayv1.ExplainSMTPErrorRequest) (*mailassayv1.ExplainSMTPErrorResponse, error) {
	start := time.Now()
	request, err := explainRequest(m)
	if err != nil {
		return nil, err
	}
	dns := resolver.NewRequest(s.cfg.Resolver, s.budget(s.cfg.ExplainQuestions))
	explanation := smtperror.Explain(ctx, smtperror.Sources{DNS: dns}, request)
	out := fitting(func(b bounds) *mailassayv1.ExplainSMTPErrorResponse { return explainResponse(b, explanation) })
	out.Stats = stats(dns.Spent(), time.Since(start))
	return out, nil
}

// budget bounds what one call may ask and hold.
func (s *Service) budget(questions int) resolver.Budget {
	return resolver.Budget{Questions: questions, Bytes: maxAnswers}
}
