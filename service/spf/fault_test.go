package spf_test

import (
	"context"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// failingAt fails one question of a resolver.
type failingAt struct {
	resolver.Resolver
	at   resolver.Question
	kind resolver.Kind
}

func (r failingAt) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	if q == r.at {
		return resolver.Answer{}, &resolver.Error{Kind: r.kind, Question: q}
	}
	return r.Resolver.Resolve(ctx, q)
}

// TestAFailingQuestionNeverMakesAnotherVerdict fails, over the whole suite, each
// question in turn. The result is temperror or what it was, and an explanation is
// what it was or absent, or has "unknown" for %{p}. The one exception is the RFC's: errors about reverse
// names are passed over (sections 5.5 and 7.3), and then Doubt carries the error.
func TestAFailingQuestionNeverMakesAnotherVerdict(t *testing.T) {
	doubts, faults := 0, 0
	for _, c := range suite(t) {
		base := &counting{Resolver: zone(c.Zone)}
		want := spf.Check(t.Context(), base, c.query())
		for _, at := range base.asked {
			for _, kind := range []resolver.Kind{resolver.Timeout, resolver.ServerFailure, resolver.Refused, resolver.OverBudget} {
				faults++
				got := spf.Check(t.Context(), failingAt{zone(c.Zone), at, kind}, c.query())
				switch {
				case got.Result == spf.TempError:
					if resolver.KindOf(got.Err) == 0 || got.Problem == "" {
						t.Errorf("%s, %s: temperror without a reason: %+v", c.ID, at, got)
					}
				case got.Doubt != nil && kind != resolver.OverBudget:
					doubts++
				case got.Result != want.Result:
					t.Errorf("%s: %s with %s failing, %s without", c.ID, got.Result, at, want.Result)
				case got.Explanation != "" && got.Explanation != want.Explanation && !strings.Contains(got.Explanation, "unknown"):
					t.Errorf("%s: %q with %s failing, %q without", c.ID, got.Explanation, at, want.Explanation)
				}
			}
		}
	}
	if faults < 1400 || doubts == 0 {
		t.Errorf("%d faults and %d doubts: the suite does not reach what it is to test", faults, doubts)
	}
}

// TestDoubtIsOfReverseNamesOnly: no other error is ever passed over.
func TestDoubtIsOfReverseNamesOnly(t *testing.T) {
	for _, c := range suite(t) {
		base := &counting{Resolver: zone(c.Zone)}
		spf.Check(t.Context(), base, c.query())
		for _, at := range base.asked {
			got := spf.Check(t.Context(), failingAt{zone(c.Zone), at, resolver.ServerFailure}, c.query())
			if got.Doubt != nil && at.Type != resolver.TypePTR && at.Type != resolver.TypeA && at.Type != resolver.TypeAAAA {
				t.Errorf("%s: doubt over %s: %v", c.ID, at, got.Doubt)
			}
		}
	}
}
