package sender

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service/arc"
	"github.com/mailassay/mailassay/service/authres"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// Reason is why a DMARC policy is not applied as published, in the words of
// aggregate reports (RFC 9990 section 3).
type Reason struct {
	// Type is "policy_test_mode" or "local_policy".
	Type string
	// Comment are the particulars.
	Comment string
}

// OverrideReason is why the policy is not applied to this message as published;
// false when it is, or when the message gives no cause to apply it.
func (f *Facts) OverrideReason() (Reason, bool) {
	switch {
	case f.Override.Granted:
		return Reason{"local_policy", chainComment(f.ARC)}, true
	case f.DMARC.Result == dmarc.ResultFail && f.DMARC.Disposition != f.DMARC.Policy:
		return Reason{"policy_test_mode", "t=y"}, true
	}
	return Reason{}, false
}

// chainComment tells of a chain what RFC 8617 section 7.2.1 wants told: who has
// sealed, newest first, and whom the first sealer had the message from.
func chainComment(r arc.Report) string {
	words := []string{"arc=" + string(r.Result)}
	for _, s := range slices.Backward(r.Sets) {
		words = append(words, fmt.Sprintf("as[%d].d=%s as[%[1]d].s=%s", s.Instance, s.Domain, s.Selector))
	}
	if len(r.Sets) > 0 {
		if addr, ok := remoteAddress(r.Sets[0].Results); ok {
			words = append(words, "remote-ip[1]="+addr.String())
		}
	}
	return strings.Join(words, " ")
}

// remoteAddress is smtp.remote-ip of RFC 8617 section 10.2 in results that a
// sealer wrote down.
func remoteAddress(results string) (addr netip.Addr, ok bool) {
	f, err := authres.Parse(results)
	if err != nil {
		return addr, false
	}
	for _, r := range f.Results {
		for _, p := range r.Properties {
			if p.Type == "smtp" && p.Name == "remote-ip" {
				addr, err := netip.ParseAddr(p.Value)
				return addr, err == nil && addr.Zone() == ""
			}
		}
	}
	return addr, false
}

// override weighs the chain against a failure: every sealer must be trusted, for
// whoever is not could have changed message and results alike before the next one
// sealed them; and one of them must have seen DMARC pass for this author.
func (g *gatherer) override() Override {
	var o Override
	if len(g.src.TrustedSealers) == 0 || g.DMARC.Result != dmarc.ResultFail || len(g.ARC.Sets) == 0 {
		return o
	}
	passed := false
	for _, s := range g.ARC.Sets {
		if !slices.Contains(g.src.TrustedSealers, s.Domain) {
			return Override{}
		}
		o.Sealers = append(o.Sealers, s.Domain)
		passed = passed || sawPass(s.Results, g.Author.Domain)
	}
	o.Granted = passed && g.ARC.Result == arc.Pass
	o.Open = passed && g.ARC.Temporary
	return o
}

// sawPass tells whether results that a sealer wrote down say that DMARC passed for
// the author.
func sawPass(results, author string) bool {
	f, err := authres.Parse(results)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(f.Results, func(r authres.Result) bool {
		return r.Method == "dmarc" && r.Value == "pass" && slices.ContainsFunc(r.Properties, func(p authres.Property) bool {
			name, err := orgdomain.ALabel(p.Value)
			return p.Type == "header" && p.Name == "from" && err == nil && name == author
		})
	})
}
