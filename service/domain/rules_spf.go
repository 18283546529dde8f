package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/spf"
)

// spfRules judge the domain's own SPF record and whom it lets send.
var spfRules = []rule{
	{
		Code: "SPF_VALID", Severity: finding.Info, Area: finding.SPF,
		Title:      "The SPF record evaluates",
		References: []string{"RFC 7208 section 4.6"},
		Needs:      topicSPF | topicSPFTree,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if !s.valid() {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(s.Records),
				Detail: fmt.Sprintf("The SPF record is valid: %d of 10 lookups, %d of 2 void lookups, %s.", s.LookupCount, s.voids(), whoSends(s)),
			}}
		},
	},
	{
		Code: "SPF_PARKED", Severity: finding.Info, Area: finding.SPF,
		Title:      "The domain declares that it sends no mail",
		References: []string{"RFC 7208 section 5.1"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if !s.Parked {
				return nil
			}
			return []finding.Hit{{Subject: f.Request.Domain, Evidence: lines(s.Records), Detail: "The SPF record lets nobody send as " + f.Request.Domain + "."}}
		},
	},
	{
		Code: "SPF_MISSING", Severity: finding.Error, Area: finding.SPF,
		Title:      "There is no SPF record",
		Remedy:     "Publish an SPF record that names the hosts that send for the domain.",
		References: []string{"RFC 7208 section 4.5"},
		Needs:      topicExistence | topicSPF | topicSPFHints | topicDKIM | topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			if !lacksSPF(f) || covered(f) {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(f.SPF.Value.Texts), Changes: addSPF(f),
				Detail: fmt.Sprintf("%s has no SPF record: anybody may send as it, and large receivers refuse its mail.", f.Request.Domain),
			}}
		},
	},
	{
		Code: "SPF_MISSING_COVERED", Severity: finding.Notice, Area: finding.SPF,
		Title:      "There is no SPF record, but DKIM and DMARC protect the domain",
		Remedy:     "Publish an SPF record too: large receivers ask for it.",
		References: []string{"RFC 7208 section 4.5"},
		Needs:      topicExistence | topicSPF | topicSPFHints | topicDKIM | topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			if !lacksSPF(f) || !covered(f) {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(f.SPF.Value.Texts), Changes: addSPF(f),
				Detail: fmt.Sprintf("%s has no SPF record; signed mail passes DMARC without it.", f.Request.Domain),
			}}
		},
	},
	{
		Code: "SPF_MISPLACED", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record stands at a name where nobody looks",
		Remedy:     "Move the record to the domain itself.",
		References: []string{"RFC 7208 section 4.4"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			list := f.SPF.Value.Elsewhere
			if len(list) == 0 || len(f.SPF.Value.Records) > 0 {
				return nil
			}
			d := f.Request.Domain
			return []finding.Hit{{
				Subject: d, Evidence: misplacedLines(list), Changes: moved(d, list),
				Detail: fmt.Sprintf("%s has no SPF record, but %s has one, where nobody looks for it.", d, list[0].Name),
			}}
		},
	},
	{
		Code: "SPF_MULTIPLE_RECORDS", Severity: finding.Error, Area: finding.SPF,
		Title:      "There is more than one SPF record",
		Remedy:     "Merge the records into one and remove the others.",
		References: []string{"RFC 7208 section 4.5"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if len(s.Records) <= 1 {
				return nil
			}
			h := finding.Hit{
				Subject: f.Request.Domain, Evidence: lines(s.Records),
				Detail: fmt.Sprintf("%s has %d SPF records, of which receivers use none.", f.Request.Domain, len(s.Records)),
			}
			if s.Merged != "" {
				h.Remedy = fmt.Sprintf("Publish the one merged record in the place of the %d; it takes %d of 10 lookups.", len(s.Records), s.MergedLookups)
				for i, r := range s.Selection.Records {
					c := finding.Change{Action: finding.Remove, Name: f.Request.Domain, Type: "TXT", Current: r.Text}
					if i == 0 {
						c.Action, c.Proposed = finding.Replace, s.Merged
					}
					h.Changes = append(h.Changes, c)
				}
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "SPF_VERSION_MISTYPED", Severity: finding.Error, Area: finding.SPF,
		Title:      "A text meant as SPF record is none",
		Remedy:     "Begin the record with v=spf1 and a space.",
		References: []string{"RFC 7208 section 4.5"},
		Needs:      topicSPF,
		Find:       func(f *Facts) []finding.Hit { return mistypedSPF(f, false) },
	},
	{
		Code: "SPF_STRAY_CHARACTERS", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record has characters that came in by copying",
		Remedy:     "Enter the record again as plain text, without quotes.",
		References: []string{"RFC 7208 section 12"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			return slices.Concat(mistypedSPF(f, true), syntaxHits(f, spf.Stray))
		},
	},
	{
		Code: "SPF_SYNTAX", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record has a syntax error",
		Remedy:     "Correct the term: one error anywhere makes receivers discard the whole record.",
		References: []string{"RFC 7208 section 4.6"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			return syntaxHits(f, spf.Other, spf.UnknownMechanism, spf.BadMacro, spf.Repeated, spf.TooLong)
		},
	},
	{
		Code: "SPF_BAD_ADDRESS", Severity: finding.Error, Area: finding.SPF,
		Title:      "The SPF record has an invalid address",
		Remedy:     "Correct the address or its prefix length.",
		References: []string{"RFC 7208 section 5.6"},
		Needs:      topicSPF,
		Find:       func(f *Facts) []finding.Hit { return syntaxHits(f, spf.BadAddress) },
	},
	{
		Code: "SPF_TERMS_RUN_TOGETHER", Severity: finding.Error, Area: finding.SPF,
		Title:      "Two terms of the SPF record run together",
		Remedy:     "Put a space between the terms; where the record is entered as several strings, end each but the last with one.",
		References: []string{"RFC 7208 section 3.3"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			hits := syntaxHits(f, spf.RunTogether)
			for i := range hits {
				var list []string
				for _, s := range f.SPF.Value.record().Seams {
					if s.TwoTerms {
						list = append(list, fmt.Sprintf("one string of it ends in %q, the next begins with %q", s.Left, s.Right))
					}
				}
				if len(list) > 0 {
					hits[i].Detail = "Receivers discard the whole SPF record, for " + and(list) + ", and nothing parts them."
				}
			}
			return hits
		},
	},
	{
		Code: "SPF_TERMS_AFTER_ALL", Severity: finding.Warning, Area: finding.SPF,
		Title:      "Terms of the SPF record are never reached",
		Remedy:     "Move what is meant to count before all, and remove the rest.",
		References: []string{"RFC 7208 section 5.1", "RFC 7208 section 6.1"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			r := f.SPF.Value.record()
			if r == nil || r.Err() != nil || len(r.Dead()) == 0 {
				return nil
			}
			var dead []string
			for _, t := range r.Dead() {
				dead = append(dead, t.Text)
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(f.SPF.Value.Records), Changes: replaceSPF(f, r.Text, withoutDead(r)),
				Detail: fmt.Sprintf("Because of %s, receivers never look at %s.", r.All().Text, and(dead)),
			}}
		},
	},
	{
		Code: "SPF_NEUTRAL_ALL", Severity: finding.Warning, Area: finding.SPF,
		Title:      "The SPF record says nothing about other senders",
		Remedy:     "End the record in ~all or -all.",
		References: []string{"RFC 7208 section 5.1"},
		Needs:      topicSPF | topicSPFTree,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if s.All != "?all" {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(s.Records), Changes: replaceSPF(f, s.Text, strings.Replace(s.Text, "?all", "~all", 1)),
				Detail: "The SPF record ends in ?all, so that anybody who sends as " + f.Request.Domain + " is treated as if there were no record.",
			}}
		},
	},
	{
		Code: "SPF_NO_ALL", Severity: finding.Warning, Area: finding.SPF,
		Title:      "The SPF record has no end",
		Remedy:     "End the record in ~all or -all.",
		References: []string{"RFC 7208 section 4.7"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			r := f.SPF.Value.record()
			if r == nil || r.Err() != nil || r.All() != nil || r.Redirect() != nil {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: lines(f.SPF.Value.Records), Changes: replaceSPF(f, f.SPF.Value.Text, strings.TrimSpace(f.SPF.Value.Text)+" ~all"),
				Detail: "The SPF record has neither all nor redirect, so that it says nothing about other senders.",
			}}
		},
	},
	{
		Code: "SPF_ANSWER_TOO_LARGE", Severity: finding.Notice, Area: finding.SPF,
		Title:      "The TXT records at the domain do not fit into a small DNS answer",
		Remedy:     "Remove texts that nobody needs any more, such as old verification tokens.",
		References: []string{"RFC 7208 section 3.4"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			s := f.SPF.Value
			if s.Size <= 512 || len(s.Records) == 0 {
				return nil
			}
			remedy := ""
			if len(s.Texts) == 1 {
				remedy = "Shorten the record, such as by ranges in the place of single addresses, or by an include of your own."
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Remedy: remedy,
				Detail: fmt.Sprintf("The answer with %s of %s has about %d octets; beyond 512 it needs TCP or large buffers, which some receivers lack.",
					count(len(s.Texts), "TXT record", "TXT records"), f.Request.Domain, s.Size),
			}}
		},
	},
	{
		Code: "SPF_OBSOLETE_RECORD", Severity: finding.Notice, Area: finding.SPF,
		Title:      "A record of an obsolete kind is still published",
		Remedy:     "Remove the record: nobody looks at it.",
		References: []string{"RFC 7208 section 3.1"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			s, d := f.SPF.Value, f.Request.Domain
			if len(s.Obsolete)+len(s.Selection.Obsolete) == 0 {
				return nil
			}
			h := finding.Hit{Subject: d, Evidence: lines(s.Obsolete)}
			var kinds []string
			for _, r := range s.Obsolete {
				h.Changes = append(h.Changes, finding.Change{Action: finding.Remove, Name: d, Type: "SPF", Current: r.Value})
			}
			if len(s.Obsolete) > 0 {
				kinds = append(kinds, "a record of the obsolete type SPF")
			}
			for _, t := range s.Selection.Obsolete {
				h.Evidence = append(h.Evidence, line(d, resolver.TypeTXT, t.String()))
				h.Changes = append(h.Changes, finding.Change{Action: finding.Remove, Name: d, Type: "TXT", Current: t.Text})
			}
			if len(s.Selection.Obsolete) > 0 {
				kinds = append(kinds, "a record of Sender ID (spf2.0)")
			}
			h.Detail = d + " has " + and(kinds) + ", which nobody evaluates."
			return []finding.Hit{h}
		},
	},
	{
		Code: "SPF_IP_AUTHORIZED", Severity: finding.Info, Area: finding.SPF,
		Title:      "SPF lets a sending address pass",
		References: []string{"RFC 7208 section 4"},
		Needs:      topicSPF,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, s := range f.SPF.Value.Senders {
				if s.Result == spf.Pass {
					out = append(out, finding.Hit{
						Subject: s.IP.String(), Evidence: lines(f.SPF.Value.Records),
						Detail: fmt.Sprintf("The sending address %s passes SPF by %s in the record of %s.", s.IP, s.Origin, s.OriginDomain),
					})
				}
			}
			return out
		},
	},
	{
		Code: "SPF_IP_NOT_AUTHORIZED", Severity: finding.Error, Area: finding.SPF,
		Title:      "SPF does not let a sending address pass",
		Remedy:     "Add the address to the SPF record.",
		References: []string{"RFC 7208 section 4"},
		Needs:      topicSPF,
		Find:       unauthorized,
	},
	{
		Code: "SPF_HELO_MISSING", Severity: finding.Info, Area: finding.SPF,
		Title:      "The name of a sending host has no SPF record",
		Remedy:     "Publish an SPF record at the host's name, so that bounces pass too.",
		References: []string{"RFC 7208 section 2.3", "RFC 7208 section 2.4"},
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, name := range f.SPF.Value.HeloMissing {
				out = append(out, finding.Hit{
					Subject: name, Changes: []finding.Change{{Action: finding.Add, Name: name, Type: "TXT", Proposed: "v=spf1 a -all"}},
					Detail: fmt.Sprintf("%s has no SPF record: bounces, which have no sender but the name in HELO, get no SPF pass.", name),
				})
			}
			return out
		},
	},
}

// lacksSPF tells whether the domain is there and has nothing that was meant as
// SPF, here or nearby.
func lacksSPF(f *Facts) bool {
	s := f.SPF.Value
	return f.Existence.Value.Domain && len(s.Records) == 0 && len(s.Selection.Mistyped) == 0 && len(s.Elsewhere) == 0
}

// covered tells whether signed mail passes DMARC and other mail is refused.
func covered(f *Facts) bool {
	keys := slices.ContainsFunc(f.DKIM.Value.Keys, func(k DKIMKey) bool { return k.usable() })
	return keys && f.DMARC.Value.Outcome.Disposition >= dmarc.Quarantine
}

// addSPF proposes a record where there is none; an alias cannot have one.
func addSPF(f *Facts) []finding.Change {
	if f.MX.Err != nil || f.MX.Value.Alias != "" {
		return nil
	}
	return []finding.Change{{Action: finding.Add, Name: f.Request.Domain, Type: "TXT", Proposed: proposedSPF(f)}}
}

// mistypedSPF tells the texts that were meant as SPF and are none, with stray
// characters as the cause or without.
func mistypedSPF(f *Facts, stray bool) []finding.Hit {
	s := f.SPF.Value
	if len(s.Records) > 0 {
		return nil
	}
	var out []finding.Hit
	for _, m := range s.Selection.Mistyped {
		if (m.Class == spf.Stray) == stray {
			out = append(out, finding.Hit{
				Subject: f.Request.Domain, Evidence: []string{line(f.Request.Domain, resolver.TypeTXT, resolver.SplitTXT(m.Text).String())},
				Detail:  fmt.Sprintf("%s is meant as an SPF record and ignored by everybody: %s.", clip(m.Text), m.Reason),
				Changes: replaceSPF(f, m.Text, m.Repaired),
			})
		}
	}
	return out
}

func unauthorized(f *Facts) []finding.Hit {
	var out []finding.Hit
	for _, s := range f.SPF.Value.Senders {
		if s.Open() || s.Result == spf.Pass {
			continue
		}
		h := finding.Hit{
			Subject: s.IP.String(), Evidence: lines(f.SPF.Value.Records),
			Detail: fmt.Sprintf("Mail from the sending address %s gets the SPF result %q.", s.IP, s.Result),
		}
		switch {
		case s.Problem != "":
			h.Detail = fmt.Sprintf("Mail from the sending address %s gets the SPF result %q: %s.", s.IP, s.Result, s.Problem)
		case s.Mechanism != "":
			h.Detail = fmt.Sprintf("Mail from the sending address %s gets the SPF result %q by %s.", s.IP, s.Result, s.Mechanism)
		}
		if s.Result != spf.PermError && s.Result != spf.None && f.special(s.IP) == "" {
			h.Changes = replaceSPF(f, f.SPF.Value.Text, withSenders(f))
		}
		out = append(out, h)
	}
	return out
}

// defaultOf is what a client gets that nothing names.
func defaultOf(s SPF) string {
	if s.Tree == nil || s.Tree.Default == "" {
		return "a result that depends on the message"
	}
	return string(s.Tree.Default)
}

// whoSends is a clause: whom the record lets send.
func whoSends(s SPF) string {
	if d := defaultOf(s); d != string(spf.Pass) {
		return fmt.Sprintf("%s may send, all others get %q", amount(s.AuthorizedAddresses), d)
	}
	return "everybody may send"
}

// amount is a number of addresses.
func amount(n uint64) string {
	if n == 1<<32 {
		return "all IPv4 addresses"
	}
	return count(int(n), "IPv4 address", "IPv4 addresses")
}

// misplacedLines are records at wrong names as evidence.
func misplacedLines(list []Misplaced) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.String())
	}
	return out
}

// moved adds the first misplaced text at its right name and removes it from the
// wrong one.
func moved(name string, list []Misplaced) []finding.Change {
	m := list[0]
	return []finding.Change{
		{Action: finding.Add, Name: name, Type: "TXT", Proposed: m.Text},
		{Action: finding.Remove, Name: m.Name, Type: "TXT", Current: m.Text},
	}
}
