package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
)

// enforced tells whether receivers are asked to act on what fails.
func (d DMARC) enforced() bool { return d.Outcome.Disposition >= dmarc.Quarantine }

// steps are those of the tree walk.
func (d DMARC) steps() []*dmarc.Step {
	if d.Outcome.Discovery == nil {
		return nil
	}
	return d.Outcome.Discovery.Walk.Steps
}

// evidence is the record that applies.
func (d DMARC) evidence() []string {
	if d.Record == "" {
		return nil
	}
	return []string{dmarcLine(d.FoundAt, d.Record)}
}

func dmarcLine(domain, text string) string {
	return line("_dmarc."+domain, resolver.TypeTXT, resolver.SplitTXT(text).String())
}

// tag is the tag that the policy for the name comes from, "" without a record.
func (d DMARC) tag() string {
	r := d.Outcome.Record
	if r == nil {
		return ""
	}
	switch e := d.Outcome.Discovery.Existence; {
	case e.Asked && !e.Exists && r.Nonexistent != dmarc.NoPolicy:
		return "np"
	case r.Subdomain != dmarc.NoPolicy:
		return "sp"
	}
	return "p"
}

// instead is a clause: what receivers use where several records were discarded.
func (d DMARC) instead(name string) string {
	if d.Outcome.Policy == dmarc.NoPolicy {
		return "so there is no policy for " + name
	}
	return fmt.Sprintf("the policy for %s is %q, from %s", name, d.Outcome.Disposition, d.FoundAt)
}

// reports tells whether an aggregate report is known to reach somebody.
func (d DMARC) reports() bool {
	return slices.ContainsFunc(d.Destinations, func(r ReportDestination) bool {
		agreed := r.Authorized.Err == nil && r.Authorized.Value
		return r.Kind == "rua" && r.Problem == "" && agreed && r.Receives.Err == nil && r.Receives.Value
	})
}

// forDestinations runs a check over the destinations, each host once.
func forDestinations(f *Facts, check func(ReportDestination) (finding.Hit, bool)) []finding.Hit {
	var out []finding.Hit
	for _, r := range f.DMARC.Value.Destinations {
		if hit, ok := check(r); ok && r.Problem == "" {
			hit.Subject = r.Host
			out = append(out, hit)
		}
	}
	return unique(out)
}

// forPolicy is the hit about a record without a valid policy.
func forPolicy(f *Facts, judge func(*dmarc.Record) (string, []finding.Change)) []finding.Hit {
	d := f.DMARC.Value
	if d.Outcome.Record == nil {
		return nil
	}
	effect, changes := judge(d.Outcome.Record)
	if effect == "" {
		return nil
	}
	why := "has no p"
	for _, p := range d.Outcome.Record.Problems {
		if p.Fault == dmarc.InvalidValue && (p.Tag == "p" || p.Tag == "sp" || p.Tag == "np") {
			why = fmt.Sprintf("has the invalid policy %s=%s", p.Tag, clip(p.Value))
			break
		}
	}
	return []finding.Hit{{
		Subject: d.FoundAt, Evidence: d.evidence(), Changes: changes,
		Detail: fmt.Sprintf("The record of %s %s; %s.", d.FoundAt, why, effect),
	}}
}

// ignored tells whether a problem makes receivers pass over a part. Tags of RFC
// 7489 are not worth a word unless their value is wrong too.
func ignored(p dmarc.Problem) bool {
	switch p.Fault {
	case dmarc.NotATag, dmarc.UnknownTag, dmarc.DuplicateTag:
		return true
	case dmarc.InvalidValue:
		return p.Tag != "p" && p.Tag != "sp" && p.Tag != "np"
	case dmarc.RemovedTag:
		return p.Tag == "pct" && !percent(p.Value)
	}
	return false
}

func percent(s string) bool {
	return s == "100" || len(s) > 0 && len(s) < 3 && strings.Trim(s, "0123456789") == ""
}

// mistypedDMARC tells the texts at the name that were meant as DMARC and are
// ignored, with stray characters as the cause or without.
func mistypedDMARC(f *Facts, stray bool) []finding.Hit {
	steps := f.DMARC.Value.steps()
	if len(steps) == 0 || steps[0].Err != nil {
		return nil
	}
	s := steps[0]
	texts := s.Unrelated
	if s.Record != nil {
		texts = []string{s.Record.Text} // a record can have stray characters in its values
	}
	var out []finding.Hit
	for _, text := range texts {
		if f.Wildcard.Value.covers(resolver.SplitTXT(text).String()) && s.Record == nil {
			continue
		}
		fixed, why := mendedDMARC(text)
		if why == "" || (strayIn(text) != "") != stray {
			continue
		}
		h := finding.Hit{
			Subject: "_dmarc." + s.Domain, Evidence: []string{dmarcLine(s.Domain, text)},
			Detail: fmt.Sprintf("%s is meant as a DMARC record and is not read as one: %s.", clip(text), why),
		}
		if fixed != "" && len(s.Aliases) == 0 {
			h.Changes = []finding.Change{{Action: finding.Replace, Name: "_dmarc." + s.Domain, Type: "TXT", Current: text, Proposed: fixed}}
		}
		out = append(out, h)
	}
	return unique(out)
}

// maxMended bounds a text that is mended, in octets: no policy is so long.
const maxMended = 4096

// mendedDMARC tells what keeps a text from being the DMARC record that it was
// meant to be, and gives that record, "" when it cannot be told. The reason is ""
// for a good record and for a text of another kind.
func mendedDMARC(text string) (fixed, why string) {
	if len(text) > maxMended {
		return "", ""
	}
	r, ok := dmarc.Parse(text)
	clean := destray(text)
	if ok {
		// Stray characters count only where they spoil something.
		if c, good := dmarc.Parse(clean); good && clean != text && len(c.Problems) < len(r.Problems) {
			return clean, "it has stray characters (" + strayIn(text) + ")"
		}
		return "", ""
	}
	lower := strings.ToLower(strings.ReplaceAll(clean, " ", ""))
	if !strings.Contains(lower, "v=dmarc") && !strings.HasPrefix(lower, "dmarc1;") && !strings.HasPrefix(lower, "dmarc1p=") {
		return "", ""
	}
	if clean != text {
		why = "it has stray characters (" + strayIn(text) + ")"
		if _, ok := dmarc.Parse(clean); ok {
			return clean, why
		}
	}
	if why == "" {
		why = misspelled(clean)
	}
	rebuilt := rebuiltDMARC(clean)
	if r, ok := dmarc.Parse(rebuilt); ok {
		if _, usable := r.Usable(); usable {
			return rebuilt, why
		}
	}
	return "", why
}

// misspelled tells what is wrong with the version.
func misspelled(text string) string {
	head, _, _ := strings.Cut(text, ";")
	name, value, _ := strings.Cut(head, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case strings.HasPrefix(text, " "), strings.HasPrefix(text, "\t"):
		return "white space stands before v=DMARC1"
	case !strings.EqualFold(name, "v"):
		return "v=DMARC1 does not stand first"
	case strings.EqualFold(value, "DMARC1"):
		return "the version is written " + clip(value) + ", and DMARC1 must be in capitals"
	case strings.HasPrefix(strings.ToUpper(value), "DMARC1") && strings.ContainsAny(value, " ,"):
		return "no semicolon stands between v=DMARC1 and what follows"
	}
	return "the version is " + clip(value) + " and not DMARC1"
}

// rebuiltDMARC puts the version right and first, and semicolons between tags.
func rebuiltDMARC(text string) string {
	var tags []string
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ';' || c == ' ' || c == '\t' }) {
		for i, word := range strings.Split(part, ",") {
			name, _, tag := strings.Cut(word, "=")
			switch {
			case strings.EqualFold(name, "v"), !tag && strings.HasPrefix(strings.ToUpper(word), "DMARC"), word == "":
			case i > 0 && !tag && len(tags) > 0:
				tags[len(tags)-1] += "," + word // a list of destinations
			default:
				tags = append(tags, word)
			}
		}
	}
	return strings.Join(append([]string{"v=DMARC1"}, tags...), "; ")
}

func verb(p dmarc.Policy) string {
	return map[dmarc.Policy]string{dmarc.Quarantine: "quarantine", dmarc.Reject: "reject"}[p]
}

func orNone(p dmarc.Policy) string {
	if p == dmarc.NoPolicy {
		return "none at all"
	}
	return fmt.Sprintf("%q", p)
}

// said is a problem for people.
func said(p dmarc.Problem) string {
	switch {
	case p.Fault == dmarc.RemovedTag:
		return fmt.Sprintf("%s=%s, which is no percentage", p.Tag, clip(p.Value))
	case p.Tag == "fo" && strings.Contains(p.Value, "0") && strings.Contains(p.Value, "1"):
		return fmt.Sprintf("fo=%s, in which 0 and 1 exclude one another", clip(p.Value))
	}
	return p.String()
}
