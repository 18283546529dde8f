package sender

import (
	"fmt"
	"strings"

	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
)

// authorRule is a rule that one class of unusable From field leads to.
func authorRule(code string, severity finding.Severity, class dmarc.AuthorClass, title string) rule {
	return rule{
		Code: code, Severity: severity, Area: finding.DMARC, Title: title,
		Remedy:     "Send with one From field in which all mailboxes are of one domain.",
		References: []string{"RFC 9989 section 5.3.1", "RFC 5322 section 3.6.2"},
		Find: once(
			func(f *Facts) bool { return f.Author.Err != nil && f.Author.Err.Class == class },
			func(f *Facts) finding.Hit {
				return finding.Hit{Detail: sentence(f.Author.Err.Detail) + " DMARC cannot be evaluated."}
			},
		),
	}
}

// sentence is a clause with a capital and a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return string(s[0]&^0x20) + s[1:] + "."
}

// failed tells whether DMARC failed and what the owner asks for then.
func failed(f *Facts, asked dmarc.Policy) bool {
	return f.DMARC.Result == dmarc.ResultFail && f.DMARC.Disposition == asked
}

// failure is the hit of a DMARC failure.
func failure(f *Facts, consequence string) finding.Hit {
	return finding.Hit{Subject: f.DMARC.Author,
		Detail:   fmt.Sprintf("Neither SPF nor a signature authenticates a domain aligned with %s; %s", f.DMARC.Author, consequence),
		Evidence: []string{record(f)}}
}

// record is the policy record as evidence.
func record(f *Facts) string {
	return "_dmarc." + f.DMARC.Domain + ". IN TXT " + finding.QuoteTXT(f.DMARC.Record.Text)
}

// difference tells what receivers of either standard come to.
func difference(o dmarc.Outcome) string {
	ours, theirs := string(o.Result), string(o.PSL.Result)
	if o.Result == dmarc.ResultFail {
		ours += " and " + o.Disposition.String() + " is asked for"
	}
	if o.PSL.Result == dmarc.ResultFail {
		theirs += " and " + o.PSL.Policy.String() + " is asked for"
	}
	if o.PSL.Result == dmarc.ResultFail && o.PSL.Percent < 100 {
		theirs += fmt.Sprintf(", of %d %% of such messages", o.PSL.Percent)
	}
	return "By the tree walk the result is " + ours + "; by the public suffix list it is " + theirs + "."
}

const repairDMARC = "If the mail is the domain's own, send it with a reverse-path of the domain that SPF authorises, or sign it with DKIM for the domain."

var dmarcRules = []rule{
	authorRule("SENDER_FROM_MISSING", finding.Error, dmarc.NoAuthor, "The message has no author"),
	authorRule("SENDER_FROM_SEVERAL", finding.Error, dmarc.SeveralAuthors, "The message has more than one author domain"),
	authorRule("SENDER_FROM_INVALID", finding.Error, dmarc.InvalidAuthor, "The From field cannot be read"),
	authorRule("SENDER_FROM_LITERAL", finding.Warning, dmarc.LiteralAuthor, "The author's domain is an address literal"),
	{
		Code: "SENDER_DMARC_PASS", Severity: finding.Info, Area: finding.DMARC, Needs: topicDMARC,
		Title: "DMARC passes", References: []string{"RFC 9989 section 5.3.5"},
		Find: once(
			func(f *Facts) bool { return f.DMARC.Result == dmarc.ResultPass },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.DMARC.Author,
					Detail: "The use of " + f.DMARC.Author + " is authenticated."}
			},
		),
	},
	{
		Code: "SENDER_DMARC_REJECT", Severity: finding.Error, Area: finding.DMARC, Needs: topicDMARC,
		Title: "DMARC fails, and the domain asks to refuse such mail", Remedy: repairDMARC, References: []string{"RFC 9989 section 4.7"},
		Find: once(
			func(f *Facts) bool { return failed(f, dmarc.Reject) },
			func(f *Facts) finding.Hit { return failure(f, "the domain asks to refuse such mail.") },
		),
	},
	{
		Code: "SENDER_DMARC_QUARANTINE", Severity: finding.Warning, Area: finding.DMARC, Needs: topicDMARC,
		Title: "DMARC fails, and the domain asks to treat such mail as suspicious", Remedy: repairDMARC, References: []string{"RFC 9989 section 4.7"},
		Find: once(
			func(f *Facts) bool { return failed(f, dmarc.Quarantine) },
			func(f *Facts) finding.Hit { return failure(f, "the domain asks to treat such mail as suspicious.") },
		),
	},
	{
		Code: "SENDER_DMARC_NOT_ENFORCED", Severity: finding.Warning, Area: finding.DMARC, Needs: topicDMARC,
		Title: "DMARC fails, and the domain asks for nothing", Remedy: repairDMARC, References: []string{"RFC 9989 section 4.7"},
		Find: once(
			func(f *Facts) bool { return failed(f, dmarc.None) },
			func(f *Facts) finding.Hit { return failure(f, "the domain asks for nothing to be done about it.") },
		),
	},
	{
		Code: "SENDER_DMARC_OVERRIDDEN", Severity: finding.Notice, Area: finding.DMARC, Needs: topicDMARC | topicARC,
		Title: "A trusted chain of forwarders overrules the DMARC failure", References: []string{"RFC 8617 section 7.2.1", "RFC 9990 section 3"},
		Find: once(
			func(f *Facts) bool { return f.Override.Granted },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.DMARC.Author,
					Detail: fmt.Sprintf("The message came by %s, whose seals are trusted, and DMARC had passed before: a local policy, told in reports as local_policy.", strings.Join(f.Override.Sealers, ", then by "))}
			},
		),
	},
	{
		Code: "SENDER_DMARC_NONE", Severity: finding.Notice, Area: finding.DMARC, Needs: topicDMARC,
		Title: "The author's domain has no DMARC record", Remedy: "Publish a DMARC record for the domain.", References: []string{"RFC 9989 section 4.10.1"},
		Find: once(
			func(f *Facts) bool {
				return f.Author.Domain != "" && f.DMARC.Result == dmarc.ResultNone && f.DMARC.Record == nil
			},
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Author.Domain,
					Detail: fmt.Sprintf("No DMARC record applies to %s.", f.Author.Domain)}
			},
		),
	},
	{
		Code: "SENDER_DMARC_UNUSABLE", Severity: finding.Warning, Area: finding.DMARC, Needs: topicDMARC,
		Title: "The author's DMARC record is void", Remedy: "Give the record a valid policy.", References: []string{"RFC 9989 section 4.10.1"},
		Find: once(
			func(f *Facts) bool { return f.DMARC.Result == dmarc.ResultNone && f.DMARC.Record != nil },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Author.Domain, Evidence: []string{record(f)},
					Detail: fmt.Sprintf("The DMARC record at %s has no valid policy and no valid destination of reports, so there is no DMARC for %s.", f.DMARC.Domain, f.Author.Domain)}
			},
		),
	},
	{
		Code: "SENDER_DMARC_TESTING", Severity: finding.Notice, Area: finding.DMARC, Needs: topicDMARC,
		Title: "The domain is testing its policy", References: []string{"RFC 9989 section 4.7"},
		Find: once(
			func(f *Facts) bool {
				return f.DMARC.Result == dmarc.ResultFail && f.DMARC.Disposition != f.DMARC.Policy
			},
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.DMARC.Author, Evidence: []string{record(f)},
					Detail: fmt.Sprintf("t=y lowers %s to %s for this message.", f.DMARC.Policy, f.DMARC.Disposition)}
			},
		),
	},
	{
		Code: "SENDER_DMARC_DIFFERS", Severity: finding.Notice, Area: finding.DMARC, Needs: topicDMARC,
		Title:      "Receivers of RFC 7489 and RFC 9989 treat the message differently",
		Remedy:     "Publish a DMARC record for the author domain, with psd=n if it is an organization of its own, and without pct.",
		References: []string{"RFC 9989 section 4.10.2", "RFC 7489 section 3.2"},
		Find: once(
			func(f *Facts) bool { return f.DMARC.Discovery != nil && f.DMARC.Differs() },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.DMARC.Author, Detail: difference(f.DMARC)}
			},
		),
	},
}
