package dmarc_test

import (
	"fmt"
	"testing"

	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dmarc"
)

// tagged is what a record says of p, sp, np, rua and t.
type tagged struct{ p, sp, np, rua, t string }

// text is the record.
func (r tagged) text() string {
	s := "v=DMARC1"
	for _, tag := range []struct{ name, value string }{{"np", r.np}, {"rua", r.rua}, {"p", r.p}, {"t", r.t}, {"sp", r.sp}} {
		if tag.value != "" {
			s += "; " + tag.name + "=" + tag.value
		}
	}
	return s
}

// asked is RFC 9989 sections 4.7 and 4.10.1 word by word: the policy for an author
// domain that is the record's own, or below it, and exists or not; and what is left
// of it under t. "" is no DMARC processing.
func (r tagged) asked(below, exists bool) (policy, applied string) {
	valid := func(s string) bool { return s == "none" || s == "quarantine" || s == "reject" }
	if !valid(r.p) || r.sp != "" && !valid(r.sp) || r.np != "" && !valid(r.np) {
		if r.rua != "mailto:a@b.test" && r.rua != "x, https://b.test/" {
			return "", ""
		}
		return "none", "none"
	}
	policy = r.p
	switch {
	case below && !exists && r.np != "":
		policy = r.np
	case below && r.sp != "":
		policy = r.sp
	}
	applied = policy
	if r.t == "y" {
		applied = map[string]string{"none": "none", "quarantine": "none", "reject": "quarantine"}[policy]
	}
	return policy, applied
}

// TestEveryPolicy holds the evaluation against the standard for every combination of
// the tags that policies come from, and every place of the author.
func TestEveryPolicy(t *testing.T) {
	values := []string{"", "none", "quarantine", "reject", "x", " "}
	n := 0
	for _, p := range values {
		for _, sp := range values {
			for _, np := range values {
				for _, rua := range []string{"", "mailto:a@b.test", "a@b.test", "x, https://b.test/"} {
					for _, test := range []string{"", "y", "n", "x"} {
						r := tagged{p, sp, np, rua, test}
						dns := dnstest.New(t, fmt.Sprintf("_dmarc.m.test. TXT %q\na.m.test. A 192.0.2.1\n", r.text()))
						for _, author := range []string{"m.test", "a.m.test", "ghost.m.test"} {
							n++
							o := dmarc.Evaluate(t.Context(), dns, dmarc.Input{Author: author})
							policy, applied := r.asked(author != "m.test", author != "ghost.m.test")
							word := dmarc.ResultFail
							if policy == "" {
								word = dmarc.ResultNone
							}
							if o.Result != word || o.Policy.String() != policy || o.Enforced().String() != applied || o.Domain != "m.test" {
								t.Fatalf("%s for %s: %s, %s, then %s; want %s, %s, then %s", r.text(), author, o.Result, o.Policy, o.Enforced(), word, policy, applied)
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d evaluations", n)
}
