package domain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/spf"
)

// spfTreeRules judge what the record includes.
var spfTreeRules = []rule{
	{
		Code: "SPF_LOOKUP_LIMIT_EXCEEDED", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record needs more DNS lookups than receivers make",
		Remedy:     "Remove includes that are not needed, or put addresses in the place of a and mx terms.",
		References: []string{"RFC 7208 section 4.6.4"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			h := finding.Hit{Subject: f.Request.Domain, Evidence: treeLines(s)}
			if s.LookupCount > spf.MaxLookups {
				h.Detail = fmt.Sprintf("The SPF record needs %d DNS lookups, and receivers make 10: they give up with permerror.", s.LookupCount)
				return []finding.Hit{h}
			}
			for n, u := range s.uses() {
				if len(u.Hosts) > spf.MaxHosts {
					h.Evidence, h.Remedy = selected(n), "Put the addresses that send, or an include of theirs, in the place of the term."
					h.Detail = fmt.Sprintf("The term %s stands for %d mail exchanges, and receivers look at 10: they give up with permerror.", u.Term.Text, len(u.Hosts))
					return []finding.Hit{h}
				}
			}
			return nil
		},
	},
	{
		Code: "SPF_LOOKUPS_NEAR_LIMIT", Severity: finding.Notice, Area: finding.SPF,
		Title:      "The SPF record is close to the limit of lookups",
		Remedy:     "Remove includes that are not needed before a provider adds one of its own.",
		References: []string{"RFC 7208 section 4.6.4"},
		Needs:      topicSPF | topicSPFTree,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if s.LookupCount < spf.MaxLookups-1 || s.LookupCount > spf.MaxLookups {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: treeLines(s),
				Detail: fmt.Sprintf("The SPF record needs %d of the 10 DNS lookups that receivers make.", s.LookupCount),
			}}
		},
	},
	{
		Code: "SPF_VOID_LIMIT_EXCEEDED", Severity: finding.Error, Area: finding.SPF,
		Title:      "More than two terms of the SPF record find nothing",
		Remedy:     "Remove the terms that find nothing.",
		References: []string{"RFC 7208 section 4.6.4"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if s.voids() <= spf.MaxVoidLookups {
				return nil
			}
			who := "every client"
			switch four, six := s.Tree.Voids4 > spf.MaxVoidLookups, s.Tree.Voids6 > spf.MaxVoidLookups; {
			case four && !six:
				who = "IPv4 clients"
			case six && !four:
				who = "IPv6 clients"
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: voidLines(s), Changes: withoutVoids(f),
				Detail: fmt.Sprintf("%d lookups of the SPF record find nothing for %s, and receivers allow 2: they give up with permerror.", s.voids(), who),
			}}
		},
	},
	{
		Code: "SPF_VOID_LOOKUP", Severity: finding.Notice, Area: finding.SPF,
		Title:      "A term of the SPF record finds nothing",
		Remedy:     "Remove the term, or repair what it names.",
		References: []string{"RFC 7208 section 4.6.4"},
		Needs:      topicSPF | topicSPFTree,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if s.voids() > spf.MaxVoidLookups {
				return nil
			}
			var out []finding.Hit
			for n, u := range s.uses() {
				if u.Void4 && u.Void6 && u.Child == nil {
					out = append(out, finding.Hit{
						Subject: u.Target, Evidence: selected(n), Changes: withoutVoids(f),
						Detail: fmt.Sprintf("The term %s of %s finds nothing: a dead entry that uses up one of the two void lookups that receivers allow.", u.Term.Text, n.Domain),
					})
				}
			}
			return unique(out)
		},
	},
	{
		Code: "SPF_INCLUDE_NO_RECORD", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record includes a name that has none",
		Remedy:     "Remove the term, or correct the name.",
		References: []string{"RFC 7208 section 5.2", "RFC 7208 section 6.1"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, n := range f.SPF.Value.faults(spf.NoRecord) {
				what := "has no SPF record"
				if n.Status == resolver.NXDomain {
					what = "does not exist"
				}
				out = append(out, finding.Hit{
					Subject: n.Domain, Evidence: append([]string{pathOf(n)}, selected(n.Parent)...), Changes: withoutTerm(f, n),
					Detail: fmt.Sprintf("The term %s leads to %s, which %s: receivers give up with permerror.", n.Term.Text, n.Domain, what),
				})
			}
			return out
		},
	},
	{
		Code: "SPF_INCLUDE_INVALID", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record includes one that is invalid",
		Remedy:     "Have the owner of the included record repair it, or remove the term.",
		References: []string{"RFC 7208 section 5.2"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, n := range f.SPF.Value.faults(spf.Invalid, spf.SeveralRecords) {
				why := "has more than one record"
				if n.Record != nil && n.Record.Err() != nil {
					why = "is invalid: " + n.Record.Err().Error()
				}
				out = append(out, finding.Hit{
					Subject: n.Domain, Evidence: append([]string{pathOf(n)}, selected(n)...), Changes: withoutTerm(f, n),
					Detail: fmt.Sprintf("The SPF record of %s, which %s leads to, %s.", n.Domain, n.Term.Text, why),
				})
			}
			return out
		},
	},
	{
		Code: "SPF_TARGET_DANGLING", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record names a domain that nobody has registered",
		Remedy:     "Remove the term: whoever registers the domain may send as you.",
		References: []string{"RFC 7208 section 11"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, target := range slices.Sorted(maps.Keys(f.SPF.Value.Unregistered)) {
				d := f.SPF.Value.Unregistered[target]
				h := finding.Hit{
					Subject: target, Evidence: []string{resolver.Absolute(d) + " SOA: NXDOMAIN"},
					Detail: fmt.Sprintf("The SPF record names %s, and the domain %s does not exist: whoever registers it may send as %s.", target, d, f.Request.Domain),
				}
				for n, u := range f.SPF.Value.uses() {
					if u.Target == target {
						h.Evidence = append(h.Evidence, selected(n)...)
						if n.Parent == nil {
							h.Changes = without(f, *u.Term)
						}
						break
					}
				}
				out = append(out, h)
			}
			return out
		},
	},
	{
		Code: "SPF_LOOP", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record leads back to itself",
		Remedy:     "Remove the term that closes the circle.",
		References: []string{"RFC 7208 section 4.6.4"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, n := range f.SPF.Value.faults(spf.Loop) {
				out = append(out, finding.Hit{
					Subject: n.Domain, Evidence: append([]string{pathOf(n)}, selected(n.Parent)...), Changes: withoutTerm(f, n),
					Detail: fmt.Sprintf("The record of %s leads back to %s by %s, without end: receivers give up with permerror.", n.Parent.Domain, n.Domain, n.Term.Text),
				})
			}
			return out
		},
	},
	{
		Code: "SPF_PASS_ALL", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record lets everybody send",
		Remedy:     "End the record in -all or ~all, and name the hosts that send.",
		References: []string{"RFC 7208 section 5.1"},
		Needs:      topicSPF | topicSPFTree,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if s.Tree == nil || !s.Tree.PassAll {
				return nil
			}
			h := finding.Hit{
				Subject: f.Request.Domain, Evidence: lines(s.Records),
				Detail: fmt.Sprintf("The SPF record lets every address send as %s, so that forged mail passes too.", f.Request.Domain),
			}
			if s.All == "+all" || s.All == "all" {
				h.Changes = replaceSPF(f, s.Text, withoutPassAll(f))
			} else {
				h.Remedy = "Take out what covers all addresses, and name the hosts that send."
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "SPF_BROAD_RANGE", Severity: finding.Warning, Area: finding.SPF,
		Title:      "The SPF record lets a very large range send",
		Remedy:     "Name the addresses that send, not the network they are in.",
		References: []string{"RFC 7208 section 5.6"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			return ownTerms(f, "The SPF record lets a range send that belongs to many: %s.", func(t spf.Term) bool {
				broad := t.Kind == spf.IP4 && t.Prefix.Bits() < 12 || t.Kind == spf.IP6 && t.Prefix.Bits() < 24
				return broad && t.Qualifier == spf.Pass
			})
		},
	},
	{
		Code: "SPF_PTR_MECHANISM", Severity: finding.Warning, Area: finding.SPF,
		Title:      "The SPF record uses ptr",
		Remedy:     "Put addresses, a or mx in the place of ptr, which is slow and which some receivers skip.",
		References: []string{"RFC 7208 section 5.5"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			return ownTerms(f, "The SPF record uses %s, which needs reverse look-ups that many receivers do not make; the standard says not to use it.",
				func(t spf.Term) bool { return t.Kind == spf.PTR })
		},
	},
	{
		Code: "SPF_UNDECIDABLE", Severity: finding.Info, Area: finding.SPF,
		Title:      "A part of the SPF record depends on the message",
		References: []string{"RFC 7208 section 7"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			var terms []string
			for _, u := range f.SPF.Value.uses() {
				if u.Macros != "" && u.Term.Kind != spf.PTR && !slices.Contains(terms, u.Term.Text) {
					terms = append(terms, u.Term.Text)
				}
			}
			if len(terms) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(f.SPF.Value.Records),
				Detail: fmt.Sprintf("What %s finds depends on the client and the sender, and cannot be told without them.", and(terms)),
			}}
		},
	},
}

// ownTerms finds terms in the records of the organization, for only those can its
// owner change: one hit for each record.
func ownTerms(f *Facts, detail string, match func(spf.Term) bool) []finding.Hit {
	var out []finding.Hit
	for n := range f.SPF.Value.nodes() {
		if n.Record == nil || !resolver.Within(n.Domain, f.Organizational) {
			continue
		}
		var terms []string
		for _, t := range n.Record.Terms {
			if match(t) {
				terms = append(terms, t.Text)
			}
		}
		if len(terms) > 0 {
			out = append(out, finding.Hit{Subject: n.Domain, Evidence: selected(n), Detail: fmt.Sprintf(detail, and(terms))})
		}
	}
	return unique(out)
}

// withoutPassAll is the record with all at its end that lets everybody pass made a
// soft fail; where nothing else lets anybody send, the mail exchanges are put in.
func withoutPassAll(f *Facts) string {
	s := f.SPF.Value
	words := strings.Fields(lowerLast(s.Text, s.All))
	i := slices.Index(words, s.All)
	if i < 0 {
		return s.Text
	}
	words[i] = "~all"
	if m := f.MX.Value; !authorizes(words) && len(m.Hosts) > 0 && !m.Implicit {
		words = slices.Insert(words, i, "mx")
	}
	return strings.Join(words, " ")
}

// unique keeps the first hit for each subject.
func unique(hits []finding.Hit) []finding.Hit {
	var out []finding.Hit
	for _, h := range hits {
		if !slices.ContainsFunc(out, func(x finding.Hit) bool { return x.Subject == h.Subject }) {
			out = append(out, h)
		}
	}
	return out
}

// without is the domain's own record without the terms. Where nothing is left that
// lets anybody send, the terms were meant to be others, and nothing is proposed.
func without(f *Facts, terms ...spf.Term) []finding.Change {
	s := f.SPF.Value
	gone := map[string]int{}
	for _, t := range terms {
		gone[t.Text]++
	}
	words := slices.DeleteFunc(strings.Fields(s.Text), func(w string) bool {
		gone[w]--
		return gone[w] >= 0
	})
	if !authorizes(words) {
		return nil
	}
	if r, err := spf.Parse(strings.Join(words, " ")); err == nil && r.All() == nil && r.Redirect() == nil {
		words = append(words, "~all") // a redirect went
	}
	return replaceSPF(f, s.Text, strings.Join(words, " "))
}

// withoutTerm is the domain's own record without the term that leads to a node, and
// those that lead to others with the same fault.
func withoutTerm(f *Facts, n *spf.Node) []finding.Change {
	if n.Parent.Parent != nil {
		return nil // in somebody else's record
	}
	var terms []spf.Term
	for _, u := range n.Parent.Uses {
		if u.Child != nil && u.Child.Fault == n.Fault {
			terms = append(terms, *u.Term)
		}
	}
	return without(f, terms...)
}

// withoutVoids is the domain's own record without the terms that find nothing.
func withoutVoids(f *Facts) []finding.Change {
	var terms []spf.Term
	for n, u := range f.SPF.Value.uses() {
		if n.Parent == nil && u.Void4 && u.Void6 {
			terms = append(terms, *u.Term)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	return without(f, terms...)
}

// voidLines name the terms that find nothing.
func voidLines(s SPF) []string {
	var out []string
	for n, u := range s.uses() {
		switch {
		case u.Void4 && u.Void6:
			out = append(out, n.Domain+": "+u.Term.Text+" finds nothing")
		case u.Void4:
			out = append(out, n.Domain+": "+u.Term.Text+" has no IPv4 address")
		case u.Void6:
			out = append(out, n.Domain+": "+u.Term.Text+" has no IPv6 address")
		}
	}
	return out
}

// lowerLast is text with the first word that spells end put in lower case.
func lowerLast(text, end string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if strings.EqualFold(w, end) {
			words[i] = end
		}
	}
	return strings.Join(words, " ")
}
