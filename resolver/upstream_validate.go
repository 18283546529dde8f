package resolver

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Validation tells whether a recursive server validates DNSSEC.
type Validation uint8

// What is known of a server's validation.
const (
	// ValidationUnknown: no probe has been answered.
	ValidationUnknown Validation = iota
	// ValidationOn: AD is set for a signed zone, and not for one that cannot be.
	ValidationOn
	// ValidationOff: a signed zone comes without AD, or AD is set for anything.
	ValidationOff
)

// String is unknown, on or off.
func (v Validation) String() string {
	return [...]string{"unknown", "on", "off"}[min(v, 2)]
}

// unsigned is a zone that is delegated without a DS for good (RFC 6303 section 4.2,
// RFC 7534), so that a server which sets AD for it copies the flag.
const unsigned = "10.in-addr.arpa"

// Probe asks each server whether it validates. Call it at the start, and again
// while Validation is unknown. The error says that no server answered.
func (u *Upstream) Probe(ctx context.Context) error {
	errs := make([]error, len(u.peers))
	var wg sync.WaitGroup
	for i, p := range u.peers {
		wg.Go(func() { errs[i] = u.probe(ctx, p) })
	}
	wg.Wait()
	if slices.Contains(errs, nil) {
		return nil
	}
	return errors.Join(errs...)
}

// probe finds out about one server.
func (u *Upstream) probe(ctx context.Context, p *peer) error {
	look := func(name string) (ad bool, err error) {
		q := Ask(name, TypeSOA)
		r := race{u: u, q: q, order: []*peer{p}}
		_, err = r.run(ctx, time.Now().Add(u.config.Timeout))
		return r.secure, err
	}
	signed, err := look(u.config.Signed)
	if err != nil {
		if replied(err) {
			return nil // it answers, which is all that is known
		}
		return err
	}
	v := ValidationOff
	if signed {
		copied, err := look(unsigned)
		if err != nil && !replied(err) {
			return nil
		}
		if !copied {
			v = ValidationOn
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if u.config.Validation == ValidationUnknown {
		p.validation = v
	}
	return nil
}

// Validation is ValidationOn when all servers validate, ValidationOff when one does
// not, and unknown otherwise.
func (u *Upstream) Validation() Validation {
	all := ValidationOn
	for _, p := range u.peers {
		switch p.validates() {
		case ValidationOff:
			return ValidationOff
		case ValidationUnknown:
			all = ValidationUnknown
		}
	}
	return all
}

func (p *peer) validates() Validation {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.validation
}

// trusted tells whether the server's AD flag may be believed.
func (p *peer) trusted() bool { return p.secure && p.validates() == ValidationOn }

// unmask tells a bogus zone from other failures where the server does not say: what
// it gives with checking disabled, and refuses again without, failed validation (RFC
// 4035 section 5.5). The second refusal counts because the first may have been one
// of a server that had not finished.
func (u *Upstream) unmask(ctx context.Context, p *peer, e *Error) (Answer, error) {
	if p.validates() != ValidationOn || unreachable(e.Extended) {
		return Answer{}, e
	}
	o := Options{Recurse: true, CheckingDisabled: true, Timeout: tryTime, Reuse: p.local}
	if _, err := p.judge(u.ask(ctx, p.server, e.Question, o)); err != nil {
		return Answer{}, e
	}
	o.CheckingDisabled = false
	a, err := p.judge(u.ask(ctx, p.server, e.Question, o))
	if err == nil {
		return a, nil
	}
	if KindOf(err) == ServerFailure {
		masked := *e
		masked.Kind = Bogus
		return Answer{}, &masked
	}
	return Answer{}, err
}

// unreachable tells whether extended errors blame the network: RFC 8914 sections
// 4.23 and 4.24.
func unreachable(list []ExtendedError) bool {
	return slices.ContainsFunc(list, func(e ExtendedError) bool { return e.Code == 22 || e.Code == 23 })
}
