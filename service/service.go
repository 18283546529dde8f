// Package service is the door: it speaks protobuf and gRPC on one side and the
// plain types of the assays on the other, and decides nothing itself.
//
// [Service] has one short method for each RPC. It works in process as well as
// behind [Server], which adds what a network needs: bounds, deadlines, health,
// reflection, logs.
package service

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/sender"
)

// Config is what a Service needs. Resolver is required; the zero value of all
// else is sane.
type Config struct {
	// Resolver is what all requests share, such as a [*resolver.Shared]. When it has
	// a method Fresh() resolver.Resolver, VIEW_FRESH goes by that; any other
	// resolver is taken to have no cache.
	Resolver resolver.Resolver
	// AuthservID names the receiver in Authentication-Results (RFC 8601 section 2.5)
	// when a request does not; "mailassay.invalid" when empty.
	AuthservID string
	// Blocklists are the lists to ask when a request names none, each as
	// [dnsbl.ParseList] reads it.
	Blocklists []string
	// TrustedSealers are the domains whose ARC seals are believed (RFC 8617 section
	// 7.2).
	TrustedSealers []string
	// Policy decides the verdicts of CheckSender.
	Policy sender.Policy
	// Ordinary are special-purpose address ranges to treat as public ones, such as
	// private ones in a closed network. The ranges for documentation and benchmarks
	// count as public for the names that go with them, see [sampleNames].
	Ordinary []netip.Prefix
	// Validation tells whether Resolver validates DNSSEC, such as
	// [resolver.Upstream.Validation]; unknown when nil.
	Validation func() resolver.Validation
	// Authority says how name servers are asked themselves; Hosts, Exchanger and Budget
	// are the service's own.
	Authority resolver.AuthorityConfig
	// DomainQuestions, SenderQuestions and ExplainQuestions bound how many different
	// questions one call may ask, cached or not; 200, 250 and 40 when 0. RFC 7208
	// section 4.6.4 allows a sender 111 for each of its two identities.
	DomainQuestions, SenderQuestions, ExplainQuestions int
	// MaxMessage is the largest message that CheckMessage takes, in octets; 25 MiB
	// when 0.
	MaxMessage int64
	// Panicked is told of a panic of the resolver, which the caller sees as an open
	// question; nil: nobody is told.
	Panicked func(value any, stack []byte)
	// Now is the clock that findings on dates go by; time.Now when nil.
	Now func() time.Time
}

// Service answers the calls of mailassay.v1.VerificationService. Its methods may
// be called from many goroutines, with or without a gRPC server around them.
// Their errors are gRPC statuses with details; trouble in DNS is none. They
// return what is known when ctx ends, so give ctx a deadline.
type Service struct {
	mailassayv1.UnimplementedVerificationServiceServer
	cfg   Config
	fresh resolver.Resolver
	// blocklists are the configured ones, with the faults that their last check found.
	blocklists atomic.Pointer[[]dnsbl.List]
	sealers    []string
	reports    *reports
	// ordinaryClients are the ranges that count as public where an address is asked
	// about: no packet comes from the sample ranges, so who names one is trying the
	// service out and wants to see what it says.
	ordinaryClients []netip.Prefix
}

// New makes a Service. It refuses a configuration without Resolver or with a
// name that cannot be one.
func New(cfg Config) (*Service, error) {
	if cfg.Resolver == nil {
		return nil, errors.New("the service has no resolver")
	}
	if cfg.MaxMessage < 0 {
		return nil, errors.New("messages smaller than empty ones")
	}
	cfg.MaxMessage = cmp.Or(cfg.MaxMessage, 25<<20)
	cfg.AuthservID = cmp.Or(cfg.AuthservID, "mailassay.invalid")
	cfg.DomainQuestions = cmp.Or(cfg.DomainQuestions, 200)
	cfg.SenderQuestions = cmp.Or(cfg.SenderQuestions, 250)
	cfg.ExplainQuestions = cmp.Or(cfg.ExplainQuestions, 40)
	if cfg.Panicked == nil {
		cfg.Panicked = func(any, []byte) {}
	}
	if cfg.Validation == nil {
		cfg.Validation = func() resolver.Validation { return resolver.ValidationUnknown }
	}
	cfg.Authority.Exchanger, cfg.Authority.Hosts = new(resolver.Exchanger), cfg.Resolver
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, fresh: cfg.Resolver, reports: newReports(cfg.Resolver, maxReports), ordinaryClients: slices.Concat(cfg.Ordinary, samples)}
	lists := make([]dnsbl.List, 0, len(cfg.Blocklists))
	for _, spec := range cfg.Blocklists {
		l, err := dnsbl.ParseList(spec)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	s.blocklists.Store(&lists)
	for _, d := range cfg.TrustedSealers {
		name, x := domainName(d)
		if x != nil {
			return nil, fmt.Errorf("trusted sealer: %s", x.text)
		}
		s.sealers = append(s.sealers, name)
	}
	if r, ok := cfg.Resolver.(interface{ Fresh() resolver.Resolver }); ok {
		s.fresh = r.Fresh()
	}
	return s, nil
}
