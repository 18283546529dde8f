package sender

import (
	"fmt"
	"strings"

	"github.com/mailassay/mailassay/service/arc"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/finding"
)

// each is the Find of a rule that has a hit for each signature of which the claim
// holds.
func each(claim func(Signature) bool, detail func(Signature) string) func(*Facts) []finding.Hit {
	return func(f *Facts) []finding.Hit {
		var out []finding.Hit
		for _, s := range f.Signatures {
			if claim(s) {
				out = append(out, finding.Hit{Subject: s.subject(), Detail: detail(s)})
			}
		}
		return out
	}
}

// subject is the name that a signature's key has.
func (s Signature) subject() string {
	if s.Domain == "" || s.Selector == "" {
		return "DKIM-Signature"
	}
	return dkim.Name(s.Selector, s.Domain)
}

// result is the claim that a signature has one of these results.
func result(results ...dkim.Result) func(Signature) bool {
	return func(s Signature) bool {
		for _, r := range results {
			if s.Result == r {
				return true
			}
		}
		return false
	}
}

// because is the reason as a sentence.
func because(s Signature) string { return sentence(s.Reason) }

var dkimRules = []rule{
	{
		Code: "SENDER_RESULTS_CLAIMED", Severity: finding.Notice, Area: finding.DKIM,
		Title: "The message brings authentication results in the receiver's name", Remedy: "Remove these fields before you add your own.",
		References: []string{"RFC 8601 section 5"},
		Find: once(
			func(f *Facts) bool { return len(f.Claimed) > 0 },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: receiver(f.Request),
					Detail: fmt.Sprintf("Of the message's Authentication-Results fields, %d bear the name of %s, or one that cannot be read; the uppermost is number %d from the top. They come from outside.", len(f.Claimed), receiver(f.Request), f.Claimed[0])}
			},
		),
	},
	{
		Code: "SENDER_DKIM_PASS", Severity: finding.Info, Area: finding.DKIM,
		Title: "A DKIM signature is good", References: []string{"RFC 6376 section 6.1"},
		Find: each(result(dkim.Pass), func(s Signature) string { return "The signature of " + s.Domain + " is good." }),
	},
	{
		Code: "SENDER_DKIM_FAIL", Severity: finding.Warning, Area: finding.DKIM,
		Title: "A DKIM signature does not verify", Remedy: "Sign at the last host that changes the message, with the key that is published.",
		References: []string{"RFC 6376 section 6.1.3"},
		Find:       each(result(dkim.Fail), because),
	},
	{
		Code: "SENDER_DKIM_ERROR", Severity: finding.Warning, Area: finding.DKIM,
		Title: "A DKIM signature cannot be verified", Remedy: "Correct the signature field, or publish the key that it names.",
		References: []string{"RFC 6376 section 6.1.1", "RFC 6376 section 6.1.2"},
		Find:       each(result(dkim.PermError, dkim.Neutral), because),
	},
	{
		Code: "SENDER_DKIM_REFUSED", Severity: finding.Warning, Area: finding.DKIM,
		Title: "A DKIM signature is of a kind that is not accepted", Remedy: "Sign with rsa-sha256 and a key of 2048 bits, as a domain of your own, by a clock that is right.",
		References: []string{"RFC 8301 section 3", "RFC 6376 section 3.5"},
		Find:       each(result(dkim.Policy), because),
	},
	{
		Code: "SENDER_DKIM_NONE", Severity: finding.Notice, Area: finding.DKIM,
		Title: "The message is not signed", Remedy: "Sign the domain's mail with DKIM.", References: []string{"RFC 6376 section 1"},
		Find: once(
			func(f *Facts) bool { return f.HasMessage && f.MessageErr == nil && len(f.Signatures) == 0 },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: f.Author.Domain, Detail: "The message has no DKIM signature."}
			},
		),
	},
	{
		Code: "SENDER_BARE_LF", Severity: finding.Warning, Area: finding.DKIM,
		Title: "Lines of the header do not end in CRLF", Remedy: "Hand the message over as it was on the wire: each line ends in CRLF, and no other LF is in it.",
		References: []string{"RFC 5321 section 2.3.8", "RFC 5322 section 2.3"},
		Find: once(
			func(f *Facts) bool { return f.BareLF > 0 },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: "header", Detail: fmt.Sprintf(
					"%d line feeds in the header have no carriage return before them: programs differ in which fields they see, and signatures rarely verify.", f.BareLF)}
			},
		),
	},
	{
		Code: "SENDER_DKIM_BODY_OPEN", Severity: finding.Warning, Area: finding.DKIM,
		Title: "A good signature covers only the beginning of the body", Remedy: "Sign without l=.", References: []string{"RFC 6376 section 8.2"},
		Find: each(
			func(s Signature) bool { return s.Result == dkim.Pass && s.Beyond > 0 },
			func(s Signature) string {
				return fmt.Sprintf("The signature of %s covers %d octets of the body, and %d follow, which anybody may have added.", s.Domain, s.Length, s.Beyond)
			},
		),
	},
	{
		Code: "SENDER_DKIM_FIELDS_OPEN", Severity: finding.Notice, Area: finding.DKIM,
		Title: "A good signature leaves out fields that readers see", Remedy: "List these fields in h=.", References: []string{"RFC 6376 section 5.4.1"},
		Find: each(
			func(s Signature) bool { return s.Result == dkim.Pass && len(s.Coverage.Unsigned) > 0 },
			func(s Signature) string {
				return fmt.Sprintf("The signature of %s does not cover %s.", s.Domain, strings.Join(s.Coverage.Unsigned, ", "))
			},
		),
	},
	{
		Code: "SENDER_DKIM_TESTING", Severity: finding.Notice, Area: finding.DKIM,
		Title: "The signer is testing DKIM", Remedy: "Remove t=y from the key record.", References: []string{"RFC 6376 section 3.6.1"},
		Find: each(
			func(s Signature) bool { return s.Testing },
			func(s Signature) string { return "The key record of " + s.Domain + " says t=y." },
		),
	},
	{
		Code: "SENDER_DKIM_SKIPPED", Severity: finding.Notice, Area: finding.DKIM,
		Title: "The message has more signatures than are looked at", References: []string{"RFC 6376 section 6.1"},
		Find: once(
			func(f *Facts) bool { return f.Skipped > 0 },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: "DKIM-Signature", Detail: fmt.Sprintf("%d signatures were looked at, and %d not.", len(f.Signatures), f.Skipped)}
			},
		),
	},
	{
		Code: "SENDER_ARC_PASS", Severity: finding.Info, Area: finding.DKIM, Needs: topicARC,
		Title: "The ARC chain is good", References: []string{"RFC 8617 section 5.2"},
		Find: once(
			func(f *Facts) bool { return f.ARC.Result == arc.Pass },
			func(f *Facts) finding.Hit {
				return finding.Hit{Subject: "ARC-Seal", Detail: fmt.Sprintf("The message was sealed by %s.", strings.Join(sealers(f), ", then by "))}
			},
		),
	},
	{
		Code: "SENDER_ARC_FAIL", Severity: finding.Warning, Area: finding.DKIM, Needs: topicARC,
		Title: "The ARC chain is broken", References: []string{"RFC 8617 section 5.2"},
		Find: once(
			func(f *Facts) bool { return f.ARC.Result == arc.Fail },
			func(f *Facts) finding.Hit { return finding.Hit{Subject: "ARC-Seal", Detail: sentence(f.ARC.Reason)} },
		),
	},
}

// sealers are the domains of the chain, oldest first.
func sealers(f *Facts) []string {
	var out []string
	for _, s := range f.ARC.Sets {
		out = append(out, s.Domain)
	}
	return out
}
