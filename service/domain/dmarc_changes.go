package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
)

// replaceDMARC puts another text in the place of the record that applies, unless
// it stands behind an alias or in a zone above the organization.
func replaceDMARC(f *Facts, text string) []finding.Change {
	d := f.DMARC.Value
	r, ok := dmarc.Parse(text)
	if !ok || text == d.Record || d.Outcome.Source == dmarc.AtPublicSuffix {
		return nil
	}
	if _, usable := r.Usable(); !usable {
		return nil
	}
	for _, s := range d.steps() {
		if s.Domain == d.FoundAt && len(s.Aliases) > 0 {
			return nil
		}
	}
	return []finding.Change{{Action: finding.Replace, Name: "_dmarc." + d.FoundAt, Type: "TXT", Current: d.Record, Proposed: text}}
}

// withPolicy is a record with p=none in the place of its invalid policy, so that
// no mail is lost by the repair.
func withPolicy(r *dmarc.Record) string {
	drop := []string{"v"}
	p := r.Policy
	if p == dmarc.NoPolicy {
		drop, p = append(drop, "p"), dmarc.None
	} else {
		drop = append(drop, "p", "sp", "np") // p is good, so one of these is not
	}
	for _, x := range r.Problems {
		if x.Fault == dmarc.InvalidValue {
			drop = append(drop, x.Tag)
		}
	}
	return strings.TrimSuffix(fmt.Sprintf("v=DMARC1; p=%v; %s", p, withoutTags(r.Text, drop...)), "; ")
}

// withoutIgnored is a record without what receivers pass over.
func withoutIgnored(r *dmarc.Record) string {
	var drop []string
	for _, p := range r.Problems {
		if ignored(p) && p.Fault != dmarc.DuplicateTag {
			drop = append(drop, p.Tag)
		}
	}
	seen := map[string]bool{}
	var kept []string
	for part := range strings.SplitSeq(r.Text, ";") {
		part = strings.TrimSpace(part)
		name, _, tag := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if part == "" || !tag || seen[name] || slices.Contains(drop, name) {
			continue
		}
		seen[name] = true
		kept = append(kept, part)
	}
	return strings.Join(kept, "; ")
}

// keepOne removes all of several records but the mildest that asks for reports,
// so that no mail is lost by the repair.
func keepOne(s *dmarc.Step) []finding.Change {
	best, rank := -1, 0
	for i, text := range s.Repeated {
		r, ok := dmarc.Parse(text)
		if !ok {
			continue
		}
		n := 10 - int(r.Policy)
		if _, usable := r.Usable(); !usable {
			n = 1
		}
		if len(r.Aggregate) > 0 {
			n += 10
		}
		if n > rank {
			best, rank = i, n
		}
	}
	if best < 0 || len(s.Aliases) > 0 {
		return nil
	}
	var out []finding.Change
	for i, text := range s.Repeated {
		if i != best {
			out = append(out, finding.Change{Action: finding.Remove, Name: "_dmarc." + s.Domain, Type: "TXT", Current: text})
		}
	}
	return out
}

// addDMARC proposes a first record at the organizational domain: reports alone
// for a domain with mail, rejection for one without.
func addDMARC(f *Facts) []finding.Change {
	at := f.Organizational
	for _, s := range f.DMARC.Value.steps() {
		if s.Domain == at && (len(s.Aliases) > 0 || meant(s)) {
			return nil
		}
	}
	text := "v=DMARC1; p=none; rua=mailto:dmarc-reports@" + at
	if f.SPF.Value.Parked {
		text = "v=DMARC1; p=reject"
	}
	return []finding.Change{{Action: finding.Add, Name: "_dmarc." + at, Type: "TXT", Proposed: text}}
}

// meant tells whether something stands at a name that was meant as its policy, so
// that a record beside it would be one too many.
func meant(s *dmarc.Step) bool {
	return s.Record != nil || len(s.Repeated) > 0 || slices.ContainsFunc(s.Unrelated, func(text string) bool {
		_, why := mendedDMARC(text)
		return why != ""
	})
}

// destined tells whether the record names a destination of aggregate reports, be it
// one that cannot be used.
func (d DMARC) destined() bool {
	return slices.ContainsFunc(d.Destinations, func(r ReportDestination) bool { return r.Kind == "rua" })
}

// mendDestination is the remedy where reports are asked for and reach nobody.
func (d DMARC) mendDestination() string {
	if d.destined() {
		return "Repair the destination of the reports, or name another."
	}
	return ""
}

// withReports adds a destination within the organization to the record that
// applies and has none, where that domain can receive.
func withReports(f *Facts) []finding.Change {
	rua := ownReports(f)
	if rua == "" {
		return nil
	}
	return replaceDMARC(f, withoutTags(f.DMARC.Value.Record, "rua")+rua)
}

// ownReports is the tag that asks for reports within the organization, "" where the
// record has a destination or that domain cannot receive.
func ownReports(f *Facts) string {
	d := f.DMARC.Value
	if d.destined() || d.FoundAt != f.Request.Domain || f.MX.Err != nil || f.MX.Value.Null || len(f.MX.Value.Hosts) == 0 {
		return ""
	}
	return "; rua=mailto:dmarc-reports@" + d.FoundAt
}

// policySet is the record with a policy, unless stray characters are to be taken out
// of it first.
func policySet(f *Facts, r *dmarc.Record) []finding.Change {
	if strayIn(r.Text) != "" {
		return nil
	}
	return replaceDMARC(f, withPolicy(r)+ownReports(f))
}

// mendedURIs is the record with its addresses made URIs.
func mendedURIs(f *Facts, text string) []finding.Change {
	r, ok := dmarc.Parse(text)
	if !ok || slices.ContainsFunc(slices.Concat(r.Aggregate, r.Failure), func(u dmarc.URI) bool { return !u.Usable() }) {
		return nil
	}
	return replaceDMARC(f, text)
}
