package spf

import (
	"context"
	"slices"

	"github.com/mailassay/mailassay/resolver"
)

// reverse is the question for the client's names.
func (s *subject) reverse() resolver.Question {
	return resolver.Question{Name: resolver.Reverse(s.client), Type: resolver.TypePTR}
}

// reverseNames are the first ten records of a PTR answer: the rest is ignored (RFC
// 7208 section 4.6.4).
func reverseNames(a *resolver.Answer) []resolver.Data { return a.Data[:min(len(a.Data), MaxHosts)] }

// isClient tells whether a reverse name leads back to the client. A name for
// which DNS gives no answer is skipped (RFC 7208 section 5.5).
func (e *evaluation) isClient(ctx context.Context, depth int, host string) (bool, Result) {
	a, err := e.addresses(ctx, depth, host)
	if err != nil {
		return false, e.passOver(ctx, err)
	}
	return e.who.among(a, &wholeAddress), ""
}

// wholeAddress is a term that compares all bits.
var wholeAddress = Term{Bits4: 32, Bits6: 128}

// passOver goes on after a DNS error about reverse names, as sections 5.5 and 7.3
// ask for, and notes the doubt. Being out of time or budget is no DNS error but
// ours: temperror.
func (e *evaluation) passOver(ctx context.Context, err error) Result {
	switch resolver.KindOf(err) {
	case resolver.OverBudget, resolver.Overloaded, resolver.Canceled:
		return e.unanswered(err)
	}
	if ctx.Err() != nil {
		return e.unanswered(err)
	}
	if e.doubt == nil {
		e.doubt = err
	}
	return ""
}

// known is the value of %{p} for one domain.
type known struct{ domain, value string }

// unknown is %{p} for a client without a validated name.
const unknown = "unknown"

// validated is %{p} (RFC 7208 section 7.3): the client's validated name, the
// domain itself before names below it before others.
func (e *evaluation) validated(ctx context.Context, depth int, domain string) (string, Result) {
	if e.client.value != "" && e.client.domain == domain {
		return e.client.value, ""
	}
	e.client = known{domain, unknown}
	a, err := e.ask(ctx, depth, e.who.reverse())
	if err != nil {
		return unknown, e.passOver(ctx, err)
	}
	for _, host := range preferred(a, domain) {
		mine, failed := e.isClient(ctx, depth, host)
		if failed != "" {
			return unknown, failed
		}
		if mine {
			e.client.value = host
			break
		}
	}
	return e.client.value, ""
}

// preferred are the client's names in the order in which %{p} may be one of them.
func preferred(a *resolver.Answer, domain string) []string {
	var names []string
	for _, d := range reverseNames(a) {
		if host, ok := d.(resolver.Host); ok {
			names = append(names, string(host))
		}
	}
	rank := func(name string) int {
		switch {
		case name == domain:
			return 0
		case resolver.Within(name, domain):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}
