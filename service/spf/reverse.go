package spf

import (
	"context"
	"iter"

	"github.com/mailassay/mailassay/resolver"
)

// reverse is the question for the client's names.
func (s *subject) reverse() resolver.Question {
	return resolver.Question{Name: resolver.Reverse(s.client), Type: resolver.TypePTR}
}

// reverseNames are the first ten names of a PTR answer: the rest is ignored (RFC
// 7208 section 4.6.4).
func reverseNames(a *resolver.Answer) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, d := range a.Data {
			if i == MaxHosts {
				return
			}
			if host, ok := d.(resolver.Host); ok && !yield(string(host)) {
				return
			}
		}
	}
}

// isClient tells whether a reverse name leads back to the client. A name for
// which DNS gives no answer is skipped (RFC 7208 section 5.5).
func (e *evaluation) isClient(ctx context.Context, depth int, host string) (bool, Result) {
	a, err := e.addresses(ctx, depth, host)
	if err != nil {
		return false, e.passOver(ctx, err)
	}
	return e.who.among(&a, &wholeAddress), ""
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

// validated is %{p} (RFC 7208 section 7.3): the client's validated name, the
// domain itself before names below it before others, "unknown" without one.
func (e *evaluation) validated(ctx context.Context, depth int, domain string) (string, Result) {
	if e.client.value != "" && e.client.domain == domain {
		return e.client.value, ""
	}
	e.client = known{domain, "unknown"}
	a, err := e.ask(ctx, depth, e.who.reverse())
	if err != nil {
		return "unknown", e.passOver(ctx, err)
	}
	for _, fits := range preferences {
		for host := range reverseNames(&a) {
			if !fits(host, domain) {
				continue
			}
			mine, failed := e.isClient(ctx, depth, host)
			if failed != "" {
				return "unknown", failed
			}
			if mine {
				e.client.value = host
				return host, ""
			}
		}
	}
	return "unknown", ""
}

// preferences are the classes of names in the order of section 7.3; each name is
// of one of them.
var preferences = [...]func(host, domain string) bool{
	func(host, domain string) bool { return host == domain },
	func(host, domain string) bool { return host != domain && resolver.Within(host, domain) },
	func(host, domain string) bool { return !resolver.Within(host, domain) },
}
