package domain

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/iprev"
)

func TestAreasNotAskedForAreSkipped(t *testing.T) {
	c := caseNamed(t, "02 healthy")
	for _, a := range Areas() {
		req := c.req
		req.Areas = []finding.Area{a}
		r := c.resolver(t)
		report := Check(context.Background(), Sources{DNS: r, Ordinary: ordinary}, req)
		for _, other := range Areas() {
			if got := report.AreaStatus(other); (got == finding.Skipped) != (other != a) {
				t.Errorf("%v alone asked for: %v is %v", a, other, got)
			}
		}
		if report.Status != report.AreaStatus(a) || report.Status != finding.Pass {
			t.Errorf("%v alone asked for: status %v", a, report.Status)
		}
		if all := c.check(c.resolver(t)); report.Facts.Questions >= all.Facts.Questions {
			t.Errorf("%v alone asks %d questions, all areas ask %d", a, report.Facts.Questions, all.Facts.Questions)
		}
		for _, f := range report.All() {
			if f.Area != a {
				t.Errorf("%v alone asked for: found %s", a, f.Code)
			}
		}
	}
}

// TestOneAreaFindsWhatAllFind compares each area checked by itself with the same
// area of a whole check.
func TestOneAreaFindsWhatAllFind(t *testing.T) {
	for _, c := range cases(t) {
		if len(c.req.Areas) > 0 {
			continue
		}
		whole := c.check(c.resolver(t)).All()
		for _, a := range Areas() {
			var want, got []string
			for _, f := range whole {
				// That the domain is not there, and what validation refused elsewhere, are
				// told by the whole.
				if f.Area == a && f.Code != "DNSSEC_BOGUS" {
					want = append(want, f.Code+" "+f.Subject)
				}
			}
			alone := *c
			alone.req.Areas = []finding.Area{a}
			for _, f := range alone.check(alone.resolver(t)).All() {
				if f.Area == a && f.Code != "DNSSEC_BOGUS" {
					got = append(got, f.Code+" "+f.Subject)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v alone finds %v, the whole %v", c.name, a, got, want)
			}
		}
	}
}

func TestWithoutValidationNothingIsCalledInsecure(t *testing.T) {
	c := caseNamed(t, "62 TLSA in an unsigned zone")
	report := Check(context.Background(), Sources{DNS: c.resolver(t), Ordinary: ordinary, Validation: resolver.ValidationOff}, c.req)
	if codes := report.codes([]string{"DANE_INSECURE_ZONE", "DANE_VALID", "DNSSEC_SECURE"}); len(codes) > 0 {
		t.Errorf("found %v", codes)
	}
}

func TestDocumentationAddressesAreSpecial(t *testing.T) {
	c := caseNamed(t, "02 healthy")
	report := Check(context.Background(), Sources{DNS: c.resolver(t)}, c.req)
	if len(report.codes([]string{"MX_ADDRESS_SPECIAL"})) == 0 {
		t.Error("192.0.2.25 counts as a public address")
	}
}

func TestReadiness(t *testing.T) {
	for _, c := range []struct {
		zone    string
		ips     []netip.Addr
		profile string
		item    string
		want    State
		code    string
	}{
		{"02 healthy", nil, "gmail-bulk", "SPF", Met, "SPF_VALID"},
		{"02 healthy", nil, "gmail-bulk", "DKIM with a key of 1024 bits or more", Met, "DKIM_KEY_VALID"},
		{"02 healthy", nil, "yahoo-bulk", "DMARC policy, none or more", Met, "DMARC_ENFORCED"},
		{"02 healthy", nil, "yahoo-bulk", "From domain can receive mail", Met, ""},
		{"02 healthy", nil, "gmail-bulk", "Confirmed reverse DNS of the sending addresses", NotKnown, ""},
		{"02 healthy", []netip.Addr{netip.MustParseAddr("192.0.2.25")}, "gmail-bulk", "Confirmed reverse DNS of the sending addresses", Met, "PTR_CONFIRMED"},
		{"02 healthy", []netip.Addr{netip.MustParseAddr("192.0.2.26")}, "apple-icloud", "Confirmed reverse DNS of the sending addresses", NotMet, "PTR_MISSING"},
		{"02 healthy", nil, "gmail-bulk", "One-click unsubscribe, few complaints", NotKnown, ""},
		{"27 eleven addresses", nil, "microsoft-consumer", "SPF within 10 lookups", NotMet, "SPF_LOOKUP_LIMIT_EXCEEDED"},
		{"47 no key", nil, "gmail-bulk", "DKIM with a key of 1024 bits or more", NotKnown, ""},
		{"55 none with reports", nil, "microsoft-consumer", "DMARC policy, none or more", Met, "DMARC_NONE_WITH_REPORTS"},
		{"DMARC missing", nil, "microsoft-consumer", "DMARC policy, none or more", NotMet, "DMARC_MISSING"},
		{"DMARC look-up fails", nil, "microsoft-consumer", "DMARC policy, none or more", NotKnown, ""},
		{"24 include that fails", nil, "gmail-bulk", "SPF", NotKnown, ""},
		{"03 parked", nil, "yahoo-bulk", "From domain can receive mail", NotMet, "MX_NULL"},
		{"11 the only MX host", nil, "yahoo-bulk", "From domain can receive mail", NotMet, "MX_ALL_UNRESOLVABLE"},
		{"65 all servers silent", nil, "gmail-bulk", "SPF", NotKnown, ""},
	} {
		zone := *caseNamed(t, c.zone)
		zone.req.SendingIPs = c.ips
		report := zone.check(zone.resolver(t))
		item, state := itemOf(report, c.profile, c.item)
		if item.State != c.want || c.code != "" && !slices.Contains(item.Codes, c.code) {
			t.Errorf("%s: %s: %s is %v by %v (%s), want %v by %s", c.zone, c.profile, c.item, item.State, item.Codes, item.Note, c.want, c.code)
		}
		if c.want == NotMet && item.Required && state != NotMet || c.want == NotKnown && state == Met {
			t.Errorf("%s: %s is %v although %s is %v", c.zone, c.profile, state, c.item, item.State)
		}
	}
}

func itemOf(r Report, profile, item string) (ReadinessItem, State) {
	for _, p := range r.Readiness {
		for _, i := range p.Items {
			if p.Profile == profile && i.Name == item {
				return i, p.State
			}
		}
	}
	return ReadinessItem{}, 0
}

// A host with more names than anybody looks at is told so, for the one that leads
// back may be among the others.
func TestUnconfirmedSaysHowManyNamesWereLookedAt(t *testing.T) {
	r := Reverse{Report: iprev.Report{Addr: netip.MustParseAddr("192.0.2.1"), Names: []iprev.Name{{Host: "a.test"}, {Host: "b.test"}, {Host: "c.test"}}, Unchecked: 37}}
	const want = "The sending address 192.0.2.1 has 40 names, and none of the 3 that receivers look at has that address: a.test, b.test and c.test."
	if got := unconfirmed(r); got != want {
		t.Error(got)
	}
}

// A filter that denies in the name of the root does not make a top-level domain
// vanish.
func TestAFilterDoesNotDenyATopLevelDomain(t *testing.T) {
	for name, want := range map[string]string{"d.com": "", "d.nosuch": "nosuch"} {
		if got := noTop(resolver.Answer{Name: name, Status: resolver.NXDomain, SOAOwner: "."}); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Of a domain that does not exist nothing meets what receivers ask for.
func TestReadinessOfADomainThatDoesNotExist(t *testing.T) {
	for _, r := range Check(t.Context(), Sources{DNS: dnstest.New(t, "test. SOA ns.test. h.test. 1 2 3 4 5"), Now: noon}, Request{Domain: "d.test"}).Readiness {
		if r.State != NotMet {
			t.Errorf("%s: %v", r.Profile, r.State)
		}
		for _, item := range r.Items {
			if item.State == NotMet && !slices.Equal(item.Codes, []string{"NS_DOMAIN_NOT_FOUND"}) || item.State == Met {
				t.Errorf("%s: %+v", r.Profile, item)
			}
		}
	}
}

// TestReadinessRestsOnCodesThatExist holds the profiles to the catalogue.
func TestReadinessRestsOnCodesThatExist(t *testing.T) {
	exists := map[string]bool{}
	for _, c := range Catalogue() {
		exists[c.Code] = true
	}
	for _, p := range profiles {
		for _, d := range slices.Concat(p.required, p.recommended) {
			for _, code := range slices.Concat(d.met, d.broken) {
				if !exists[code] {
					t.Errorf("%s: %s rests on %s", p.name, d.name, code)
				}
			}
		}
	}
}
