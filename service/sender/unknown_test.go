package sender_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/sender"
)

// word is a result by its registered name, and whether it is definite.
type word struct {
	what, value string
	open        bool
}

// words are all results of a report. SPF's own word is the RFC's even where a
// reverse name stayed open (RFC 7208 sections 5.5 and 7.3), and ARC knows no
// temperror (RFC 8617 section 5.2.1): both say so beside the word.
func words(r sender.Report) []word {
	f := r.Facts
	out := []word{
		{"iprev", string(f.ReverseDNS.Result), false},
		{"spf", string(f.SPF.Result), f.SPF.Doubt != nil},
		{"spf of HELO", string(f.SPFHelo.Result), f.SPFHelo.Doubt != nil},
		{"dmarc", string(f.DMARC.Result), false},
		{"arc", string(f.ARC.Result), f.ARC.Temporary},
		{"path", fmt.Sprint(f.Path.Exists, f.Path.Receives, f.Path.NullMX), f.Path.Err != nil},
		{"helo", fmt.Sprint(f.Helo.Matches, f.Helo.Resolves()), f.Helo.Err != nil},
	}
	for i, s := range f.Signatures {
		out = append(out, word{fmt.Sprint("dkim ", i), string(s.Result), false})
	}
	for i, l := range f.Blocklists {
		out = append(out, word{fmt.Sprint("list ", i), fmt.Sprint(l.State), l.State == dnsbl.Unknown})
	}
	for i := range out {
		out[i].open = out[i].open || out[i].value == "temperror"
	}
	return out
}

// failures are those that a question may meet, those first that no resolver is
// without.
var failures = []resolver.Kind{
	resolver.Timeout, resolver.ServerFailure, resolver.Bogus, resolver.OverBudget,
	resolver.Canceled, resolver.Unreachable, resolver.Refused, resolver.Lame, resolver.Malformed, resolver.Overloaded, resolver.OtherRcode,
}

// TestNoFailureMakesAnotherVerdict fails each question of each case in turn, over
// the zones of this package in every way, and over the public SPF suite, with a
// DMARC record above it, in the first four. Every result is then temperror, or says that it is open,
// or is what it was; the verdict is what it was, or to defer; and the policy that
// DMARC asks to be applied is what it was unless DMARC is temperror.
//
// It holds under every policy of a receiver.
//
// That holds for ptr and %{p}, too: RFC 7208 sections 5.5 and 7.3 pass over an
// error there, and so does the word spf, but RFC 9989 section 5.3.6 has no DMARC
// result rest on questions that were not answered, and no verdict does here.
func TestNoFailureMakesAnotherVerdict(t *testing.T) {
	t.Run("zones", func(t *testing.T) { eachFailure(t, cases(t), failures) })
	t.Run("policies", func(t *testing.T) {
		for _, p := range []sender.Policy{
			{DMARCReject: sender.Accept, SPFFail: sender.Accept, SPFPermError: sender.Reject, Listed: sender.Accept, PolicyListed: sender.Reject},
			{DMARCReject: sender.Accept, SPFFail: sender.Quarantine, Listed: sender.Quarantine, PolicyListed: sender.Accept, BadFrom: sender.Reject},
			{NoReverseDNS: sender.Reject, NoReplyPath: sender.Quarantine, SeveralAuthors: sender.Accept, BadFrom: sender.Accept},
		} {
			list := cases(t)
			for i := range list {
				list[i].policy = p
			}
			eachFailure(t, list, failures[:1])
		}
	})
	t.Run("suite", func(t *testing.T) { eachFailure(t, suiteCases(t), failures[:4]) })
}

func eachFailure(t *testing.T, list []testCase, kinds []resolver.Kind) {
	tried, open, deferred := 0, 0, 0
	for _, c := range list {
		r := dnstest.New(t, c.zone)
		whole := c.check(t, r)
		if len(c.spf) > 0 && !slices.Contains(c.spf, whole.Facts.SPF.Result) {
			t.Errorf("%s: SPF is %s, not one of %v", c.name, whole.Facts.SPF.Result, c.spf)
		}
		asked := r.Asked()
		slices.SortFunc(asked, func(a, b resolver.Question) int { return strings.Compare(a.String(), b.String()) })
		for _, q := range slices.Compact(asked) {
			for _, kind := range kinds {
				tried++
				r.Fail(func(have resolver.Question) resolver.Kind {
					if have == q {
						return kind
					}
					return 0
				})
				part := c.check(t, r)
				compare(t, fmt.Sprintf("%s: without %v (%v)", c.name, q, kind), whole, part)
				if part.Verdict.Action == sender.Defer {
					deferred++
				}
				if slices.ContainsFunc(words(part), func(w word) bool { return w.open }) {
					open++
				}
			}
			r.Fail(nil)
		}
	}
	t.Logf("%d failures, %d leave a result open, %d defer", tried, open, deferred)
	if tried < 5*len(list)*len(kinds) || open < tried/2 || deferred < tried/10 {
		t.Errorf("%d failures, %d open, %d deferred: the cases do not reach what they are to test", tried, open, deferred)
	}
}

func compare(t *testing.T, what string, whole, part sender.Report) {
	t.Helper()
	want := words(whole)
	for i, w := range words(part) {
		if !w.open && i < len(want) && w.value != want[i].value {
			t.Errorf("%s: %s is %s, with it %s", what, w.what, w.value, want[i].value)
		}
	}
	if a := part.Verdict.Action; a != sender.Defer && a != whole.Verdict.Action {
		t.Errorf("%s: %s, with it %s", what, verdict(part), verdict(whole))
	}
	if p, w := part.Facts.DMARC, whole.Facts.DMARC; p.Result != "temperror" && p.Disposition != w.Disposition {
		t.Errorf("%s: DMARC asks for %s, with it for %s", what, p.Disposition, w.Disposition)
	}
	if part.Verdict.Action == sender.Defer && !strings.HasPrefix(part.Verdict.Reply, "451 4.") {
		t.Errorf("%s: %s", what, verdict(part))
	}
}
