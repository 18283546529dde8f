package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// dmarcRules judge the policy and the record that it comes from.
var dmarcRules = []rule{
	{
		Code: "DMARC_ENFORCED", Severity: finding.Info, Area: finding.DMARC,
		Title:      "DMARC is enforced",
		References: []string{"RFC 9989 section 4.7"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			d := f.DMARC.Value
			if !d.enforced() {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: d.evidence(),
				Detail: fmt.Sprintf("Receivers are asked to %s forged mail from %s.", verb(d.Outcome.Disposition), f.Request.Domain),
			}}
		},
	},
	{
		Code: "DMARC_INHERITED", Severity: finding.Info, Area: finding.DMARC,
		Title:      "The DMARC policy is that of a domain above",
		References: []string{"RFC 9989 section 4.10.1"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			o := f.DMARC.Value.Outcome
			if o.Policy == dmarc.NoPolicy || o.Source == dmarc.AtAuthor {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: f.DMARC.Value.evidence(),
				Detail: fmt.Sprintf("%s has no DMARC record of its own; the tag %s of %s, its %v, applies and says %q.", f.Request.Domain, f.DMARC.Value.tag(), o.Domain, o.Source, o.Policy),
			}}
		},
	},
	{
		Code: "DMARC_MISSING", Severity: finding.Error, Area: finding.DMARC,
		Title:      "There is no DMARC policy",
		Remedy:     "Publish a DMARC record, to begin with one that only asks for reports.",
		References: []string{"RFC 9989 section 4.10.1"},
		Needs:      topicExistence | topicDMARC | topicDMARCHints | topicSPF,
		Find: func(f *Facts) []finding.Hit {
			d := f.DMARC.Value
			missing := f.Existence.Value.Domain && d.Outcome.Discovery != nil && d.Outcome.Policy == dmarc.NoPolicy && len(d.Elsewhere) == 0
			if !missing {
				return nil
			}
			remedy := ""
			switch {
			case slices.ContainsFunc(d.steps(), meant):
				remedy = "Repair the record that stands there."
			case f.SPF.Value.Parked:
				remedy = "Publish a DMARC record that asks for rejection: no mail from this domain is real."
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Changes: addDMARC(f), Remedy: remedy,
				Detail: fmt.Sprintf("No usable DMARC record applies to %s: anybody may put it into a From field, and large receivers refuse bulk mail from it.", f.Request.Domain),
			}}
		},
	},
	{
		Code: "DMARC_MULTIPLE_RECORDS", Severity: finding.Error, Area: finding.DMARC,
		Title:      "There is more than one DMARC record",
		Remedy:     "Keep one record, and remove the others.",
		References: []string{"RFC 9989 section 4.10"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			var out []finding.Hit
			for _, s := range f.DMARC.Value.steps() {
				if len(s.Repeated) == 0 {
					continue
				}
				h := finding.Hit{
					Subject: "_dmarc." + s.Domain, Changes: keepOne(s),
					Detail: fmt.Sprintf("%s has %d DMARC records, of which receivers use none; %s.", "_dmarc."+s.Domain, len(s.Repeated), f.DMARC.Value.instead(f.Request.Domain)),
				}
				for _, text := range s.Repeated {
					h.Evidence = append(h.Evidence, dmarcLine(s.Domain, text))
				}
				out = append(out, h)
			}
			return out
		},
	},
	{
		Code: "DMARC_VERSION_MISTYPED", Severity: finding.Error, Area: finding.DMARC,
		Title:      "A text meant as DMARC record is none",
		Remedy:     "Begin the record with v=DMARC1 and a semicolon, in just these letters.",
		References: []string{"RFC 9989 section 4.7"},
		Needs:      topicDMARC | topicWildcard,
		Find:       func(f *Facts) []finding.Hit { return mistypedDMARC(f, false) },
	},
	{
		Code: "DMARC_STRAY_CHARACTERS", Severity: finding.Error, Area: finding.DMARC,
		Title:      "The DMARC record has characters that came in by copying",
		Remedy:     "Enter the record again as plain text, without quotes and backslashes.",
		References: []string{"RFC 9989 section 4.8"},
		Needs:      topicDMARC | topicWildcard,
		Find:       func(f *Facts) []finding.Hit { return mistypedDMARC(f, true) },
	},
	{
		Code: "DMARC_POLICY_INVALID", Severity: finding.Error, Area: finding.DMARC,
		Title:      "The DMARC record has no valid policy and counts for nothing",
		Remedy:     "Give the record the tag p with none, quarantine or reject.",
		References: []string{"RFC 9989 section 4.10.1"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			return forPolicy(f, func(r *dmarc.Record) (string, []finding.Change) {
				if _, ok := r.Usable(); ok {
					return "", nil
				}
				return "receivers act as if there were no record", policySet(f, r)
			})
		},
	},
	{
		Code: "DMARC_POLICY_DEFAULTED", Severity: finding.Warning, Area: finding.DMARC,
		Title:      "The DMARC record has no valid policy and counts as p=none",
		Remedy:     "Give the record the tag p with none, quarantine or reject.",
		References: []string{"RFC 9989 section 4.10.1"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			return forPolicy(f, func(r *dmarc.Record) (string, []finding.Change) {
				if defaulted, ok := r.Usable(); !ok || !defaulted {
					return "", nil
				}
				return "receivers take it for p=none, because it asks for reports", policySet(f, r)
			})
		},
	},
	{
		Code: "DMARC_SUBDOMAIN_WEAKER", Severity: finding.Warning, Area: finding.DMARC,
		Title:      "Subdomains are protected less than the domain",
		Remedy:     "Remove the tag, so that the policy covers subdomains too, unless one of them cannot yet follow it.",
		References: []string{"RFC 9989 section 4.7"},
		Needs:      topicDMARC | topicDMARCWalk,
		Find: func(f *Facts) []finding.Hit {
			o := f.DMARC.Value.Outcome
			if o.Record == nil || o.Domain != o.Organization || o.Record.Policy < dmarc.Quarantine {
				return nil
			}
			var weak, names []string
			if p := o.Record.Subdomain; p != dmarc.NoPolicy && p < o.Record.Policy {
				weak, names = append(weak, "sp="+p.String()), append(names, "sp")
			}
			if p := o.Record.Nonexistent; p != dmarc.NoPolicy && p < o.Record.Policy {
				weak, names = append(weak, "np="+p.String()), append(names, "np")
			}
			if len(weak) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: o.Domain, Evidence: f.DMARC.Value.evidence(), Changes: replaceDMARC(f, withoutTags(o.Record.Text, names...)),
				Detail: fmt.Sprintf("The record of %s says p=%v, but %s: whoever is kept from forging the domain forges a subdomain.", o.Domain, o.Record.Policy, and(weak)),
			}}
		},
	},
	{
		Code: "DMARC_SP_INERT", Severity: finding.Notice, Area: finding.DMARC,
		Title:      "A tag for subdomains stands where nobody looks for it",
		Remedy:     "Remove the tag, or put it into the record of the organizational domain.",
		References: []string{"RFC 9989 section 4.7"},
		Needs:      topicDMARC | topicDMARCWalk,
		Find: func(f *Facts) []finding.Hit {
			o := f.DMARC.Value.Outcome
			inert := o.Record != nil && o.Source == dmarc.AtAuthor && o.Domain != o.Organization && (o.Record.Subdomain != dmarc.NoPolicy || o.Record.Nonexistent != dmarc.NoPolicy)
			if !inert {
				return nil
			}
			return []finding.Hit{{
				Subject: o.Domain, Evidence: f.DMARC.Value.evidence(), Changes: replaceDMARC(f, withoutTags(o.Record.Text, "sp", "np")),
				Detail: fmt.Sprintf("The record of %s has sp or np, but policy for subdomains comes from %s alone.", o.Domain, o.Organization),
			}}
		},
	},
	{
		Code: "DMARC_TEST_MODE", Severity: finding.Notice, Area: finding.DMARC,
		Title:      "The DMARC policy is marked as a test",
		Remedy:     "Remove t=y once the reports show that all wanted mail passes.",
		References: []string{"RFC 9989 section 4.7"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			o := f.DMARC.Value.Outcome
			if o.Record == nil || !o.Record.Testing || o.Policy <= dmarc.None {
				return nil
			}
			return []finding.Hit{{
				Subject: o.Domain, Evidence: f.DMARC.Value.evidence(), // no change: its time has not come
				Detail: fmt.Sprintf("The record says %q, but t=y lowers that to %q.", o.Policy, o.Disposition),
			}}
		},
	},
	{
		Code: "DMARC_PCT_PARTIAL", Severity: finding.Notice, Area: finding.DMARC,
		Title:      "The DMARC policy asks to be applied to a part of the mail",
		Remedy:     "Remove pct, which the standard no longer has; t=y marks a test.",
		References: []string{"RFC 9989 appendix A.6"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			o := f.DMARC.Value.Outcome
			if o.Record == nil || o.Record.Percent >= 100 {
				return nil
			}
			return []finding.Hit{{
				Subject: o.Domain, Evidence: f.DMARC.Value.evidence(), Changes: replaceDMARC(f, withoutTags(o.Record.Text, "pct")),
				Detail: fmt.Sprintf("pct=%d is obeyed by older receivers alone: they apply the policy to %d of 100 messages, others to all.", o.Record.Percent, o.Record.Percent),
			}}
		},
	},
	{
		Code: "DMARC_TAG_IGNORED", Severity: finding.Notice, Area: finding.DMARC,
		Title:      "Receivers ignore a part of the DMARC record",
		Remedy:     "Correct or remove the part.",
		References: []string{"RFC 9989 section 4.8"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			r := f.DMARC.Value.Outcome.Record
			if r == nil {
				return nil
			}
			var list []string
			for _, p := range r.Problems {
				if ignored(p) {
					list = append(list, said(p))
				}
			}
			if len(list) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.DMARC.Value.FoundAt, Evidence: f.DMARC.Value.evidence(), Changes: replaceDMARC(f, withoutIgnored(r)),
				Detail: "Receivers ignore in the record: " + and(list) + ".",
			}}
		},
	},
	{
		Code: "DMARC_PSD_TAG_MISUSED", Severity: finding.Warning, Area: finding.DMARC,
		Title:      "A domain calls itself a public suffix",
		Remedy:     "Remove psd=y: it is for registries.",
		References: []string{"RFC 9989 section 4.7"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			for _, s := range f.DMARC.Value.steps() {
				if s.Record == nil || s.Record.PSD != dmarc.PSDYes || orgdomain.IsSuffix(s.Domain) {
					continue
				}
				h := finding.Hit{
					Subject: s.Domain, Evidence: []string{dmarcLine(s.Domain, s.Record.Text)},
					Detail: fmt.Sprintf("The record of %s says psd=y, though the name is no public suffix: each name below it counts as an organization of its own.", s.Domain),
				}
				if len(s.Aliases) == 0 {
					h.Changes = []finding.Change{{Action: finding.Replace, Name: "_dmarc." + s.Domain, Type: "TXT", Current: s.Record.Text, Proposed: withoutTags(s.Record.Text, "psd")}}
				}
				return []finding.Hit{h}
			}
			return nil
		},
	},
	{
		Code: "DMARC_WALK_DIFFERS_FROM_PSL", Severity: finding.Notice, Area: finding.DMARC,
		Title:      "Receivers of the older and the newer standard will disagree",
		Remedy:     "Publish a record at the domain itself that says what is meant.",
		References: []string{"RFC 9989 section 4.10.2"},
		Needs:      topicDMARC | topicDMARCWalk,
		Find: func(f *Facts) []finding.Hit {
			o := f.DMARC.Value.Outcome
			policy := o.Policy != o.PSL.Policy
			org := o.Organization != o.PSL.Organization
			h := finding.Hit{Subject: f.Request.Domain, Evidence: f.DMARC.Value.evidence()}
			switch {
			case policy:
				h.Detail = fmt.Sprintf("By the tree walk of RFC 9989 the policy is %s, by the public suffix list of RFC 7489 it is %s.", orNone(o.Policy), orNone(o.PSL.Policy))
			case org:
				h.Detail = fmt.Sprintf("By the tree walk of RFC 9989 the organizational domain is %s, by the public suffix list of RFC 7489 it is %s, so that alignment differs.", o.Organization, o.PSL.Organization)
			}
			if o.Record == nil && o.PSL.Record == nil || !policy && !org || o.PSL.Result == dmarc.ResultTempError {
				return nil
			}
			return []finding.Hit{h}
		},
	},
	{
		Code: "DMARC_MISPLACED", Severity: finding.Error, Area: finding.DMARC,
		Title:      "The DMARC record stands at a name where nobody looks",
		Remedy:     "Move the record to _dmarc below the domain.",
		References: []string{"RFC 9989 section 4.5"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			list := f.DMARC.Value.Elsewhere
			if len(list) == 0 {
				return nil
			}
			name := "_dmarc." + f.Request.Domain
			return []finding.Hit{{
				Subject: name, Evidence: misplacedLines(list), Changes: moved(name, list),
				Detail: fmt.Sprintf("There is no record at %s, but one at %s, where nobody looks for it.", name, list[0].Name),
			}}
		},
	},
	{
		Code: "DMARC_ENFORCED_WITHOUT_AUTH", Severity: finding.Error, Area: finding.DMARC,
		Title:      "DMARC is enforced, and no mail can pass it",
		Remedy:     "Repair SPF or DKIM at once, or set p=none until they work.",
		References: []string{"RFC 9989 section 5.1"},
		Needs:      topicSPF | topicSPFTree | topicDKIM | topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			k := f.DKIM.Value
			noKey := k.Given && !slices.ContainsFunc(k.Keys, func(k DKIMKey) bool { return k.usable() })
			if !f.DMARC.Value.enforced() || !noKey || f.SPF.Value.valid() {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: slices.Concat(f.DMARC.Value.evidence(), lines(f.SPF.Value.Records), keyLines(k.Keys)),
				Detail: fmt.Sprintf("Receivers are asked to %s what fails DMARC, and with neither a valid SPF record nor a usable key all mail from %s does.", verb(f.DMARC.Value.Outcome.Disposition), f.Request.Domain),
			}}
		},
	},
	{
		Code: "DMARC_PARKED_INCOMPLETE", Severity: finding.Notice, Area: finding.DMARC,
		Title:      "A domain without mail does not ask for rejection",
		Remedy:     "Set p=reject: no mail from this domain is real.",
		References: []string{"RFC 9989 section 5.1"},
		Needs:      topicMX | topicSPF | topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			o := f.DMARC.Value.Outcome
			if !f.MX.Value.Null || !f.SPF.Value.Parked || o.Disposition == dmarc.Reject {
				return nil
			}
			h := finding.Hit{
				Subject: f.Request.Domain, Evidence: f.DMARC.Value.evidence(),
				Detail: fmt.Sprintf("%s neither receives nor sends mail, yet its DMARC policy is %s.", f.Request.Domain, orNone(o.Disposition)),
			}
			if o.Record != nil && o.Source == dmarc.AtAuthor {
				h.Changes = replaceDMARC(f, "v=DMARC1; p=reject; "+withoutTags(o.Record.Text, "v", "p", "sp", "np", "t", "pct"))
			}
			return []finding.Hit{h}
		},
	},
}

// dmarcReportRules judge where reports go.
var dmarcReportRules = []rule{
	{
		Code: "DMARC_NONE_WITH_REPORTS", Severity: finding.Info, Area: finding.DMARC,
		Title:      "DMARC is at the stage of watching",
		References: []string{"RFC 9989 section 5.1"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			d := f.DMARC.Value
			if d.Outcome.Policy != dmarc.None || !d.reports() {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: d.evidence(),
				Detail: "The policy is none and reports arrive: a stage on the way to enforcement.",
			}}
		},
	},
	{
		Code: "DMARC_NONE_WITHOUT_REPORTS", Severity: finding.Warning, Area: finding.DMARC,
		Title:      "DMARC changes nothing and tells nobody",
		Remedy:     "Ask for reports with rua, so that the policy can be raised.",
		References: []string{"RFC 9989 section 5.1"},
		Needs:      topicDMARC | topicDMARCReports,
		Find: func(f *Facts) []finding.Hit {
			d := f.DMARC.Value
			if d.Outcome.Policy != dmarc.None || d.reports() {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: d.evidence(), Changes: withReports(f), Remedy: d.mendDestination(),
				Detail: "The policy is none and no aggregate report can reach anybody.",
			}}
		},
	},
	{
		Code: "DMARC_RUA_NONE", Severity: finding.Notice, Area: finding.DMARC,
		Title:      "DMARC is enforced and nobody gets reports",
		Remedy:     "Ask for reports with rua, so that broken mail is seen.",
		References: []string{"RFC 9989 section 4.7"},
		Needs:      topicDMARC | topicDMARCReports | topicSPF,
		Find: func(f *Facts) []finding.Hit {
			d := f.DMARC.Value
			if !d.enforced() || d.reports() || f.SPF.Value.Parked {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: d.evidence(), Changes: withReports(f), Remedy: d.mendDestination(),
				Detail: "The policy is enforced and no aggregate report can reach anybody, so that wanted mail is lost unseen.",
			}}
		},
	},
	{
		Code: "DMARC_URI_UNUSABLE", Severity: finding.Warning, Area: finding.DMARC,
		Title:      "Reports cannot be sent to one of the addresses",
		Remedy:     "Write each address as mailto:address, with , and ! percent-encoded.",
		References: []string{"RFC 9989 section 4.6"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			var list []string
			text := f.DMARC.Value.Record
			for _, r := range f.DMARC.Value.Destinations {
				if r.Problem == "" {
					continue
				}
				list = append(list, fmt.Sprintf("%s in %s (%s)", clip(r.URI), r.Kind, r.Problem))
				if strings.HasSuffix(r.Problem, `"mailto:"`) {
					text = strings.Replace(text, r.URI, "mailto:"+r.URI, 1)
				}
			}
			if len(list) == 0 {
				return nil
			}
			return []finding.Hit{{
				Subject: f.DMARC.Value.FoundAt, Evidence: f.DMARC.Value.evidence(), Changes: mendedURIs(f, text),
				Detail: "Nobody can send reports to " + and(list) + ".",
			}}
		},
	},
	{
		Code: "DMARC_REPORT_UNAUTHORIZED", Severity: finding.Warning, Area: finding.DMARC,
		Title:      "A destination of reports has not agreed to take them",
		Remedy:     "Have the owner of the destination publish the record that agrees.",
		References: []string{"RFC 9990 section 4"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			return forDestinations(f, func(r ReportDestination) (finding.Hit, bool) {
				h := finding.Hit{
					Evidence: []string{resolver.Absolute(r.Consent) + " TXT: no DMARC record"},
					Detail:   fmt.Sprintf("Reports for %s go to %s, which has not agreed at %s: they are not sent.", f.DMARC.Value.FoundAt, r.Host, r.Consent),
				}
				if r.Receives.Err == nil && !r.Receives.Value {
					h.Remedy = "Have the reports go to a domain that receives mail."
				} else if _, err := resolver.Canonical(r.Consent); err == nil {
					h.Changes = []finding.Change{{Action: finding.Add, Name: r.Consent, Type: "TXT", Proposed: "v=DMARC1;"}}
				}
				return h, r.External && r.Authorized.Err == nil && !r.Authorized.Value
			})
		},
	},
	{
		Code: "DMARC_REPORT_NO_MX", Severity: finding.Warning, Area: finding.DMARC,
		Title:      "A destination of reports cannot receive mail",
		Remedy:     "Correct the address, or let its domain receive mail.",
		References: []string{"RFC 5321 section 5.1"},
		Needs:      topicDMARC,
		Find: func(f *Facts) []finding.Hit {
			return forDestinations(f, func(r ReportDestination) (finding.Hit, bool) {
				if r.Receives.Err != nil || r.Receives.Value {
					return no()
				}
				return finding.Hit{
					Evidence: f.DMARC.Value.evidence(),
					Detail:   fmt.Sprintf("Reports go to %s, and mail to %s cannot be delivered.", clip(r.URI), r.Host),
				}, true
			})
		},
	},
}
