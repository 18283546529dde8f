// Package smtperror explains an SMTP refusal or a bounce: what it says, what
// caused it, whether DNS still shows that cause, and what mends it.
//
// It works in three steps. [Read] takes a text apart: wrappings, quotes of other
// hosts, codes, addresses, names, lists. [Classify] weighs what was read
// and names a cause. [Explain] does both, asks DNS about the cause where DNS can
// know it, and adds what a person needs in order to act.
package smtperror

import (
	"net/netip"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// MaxText is how much of a text is read, in octets; what follows is ignored.
const MaxText = 256 << 10

// Sources are where live evidence comes from.
type Sources struct {
	// DNS answers the questions of the live checks. Nil: nothing is checked.
	DNS resolver.Resolver
	// Ordinary are special-purpose ranges of addresses that count as public ones.
	// Others are not asked about.
	Ordinary []netip.Prefix
	// Now is the time of the check; the zero value stands for the clock's.
	Now time.Time
}

// Request is a text to explain and what the caller knows about the attempt.
type Request struct {
	// Text is a reply of one or many lines, a bounce, or a whole delivery report
	// (RFC 3464), in any wrapping.
	Text string
	// SendingIP is the address that the mail was sent from. The zero value: the
	// address that the text blames is used.
	SendingIP netip.Addr
	// SenderDomain is the domain of the envelope sender, "" when not known.
	SenderDomain string
	// RecipientDomain is the domain of the recipient, "" when not known.
	RecipientDomain string
	// Helo is the name that the sender greeted with, "" when not known.
	Helo string
	// SkipLive leaves DNS alone.
	SkipLive bool
}

// Explanation is the answer to a Request.
type Explanation struct {
	Reply Reply
	// Provider is who or what refused, in lower case: a mailbox provider or a filter such
	// as "google" and "mimecast", or the software where only that shows; "" when
	// nothing does.
	Provider string
	// Software is what refused, such as "postfix"; "" when the text does not show it.
	Software string
	Category Category
	// Confidence in Category, 0 to 1.
	Confidence float64
	// Alternatives are other causes that the text allows, likeliest first.
	Alternatives []Alternative
	// Temporary tells whether the refusing server asks to try again. RFC 5321
	// section 4.2.1.
	Temporary bool
	// Retry says in a sentence whether and when to try again.
	Retry string
	// Summary is a plain paragraph for a person.
	Summary string
	// Steps are what to do, in order.
	Steps []string
	// FixedBy says who can mend it.
	FixedBy   string
	Extracted Extracted
	// References are sources such as "RFC 7208 section 4.6.4" or a URL.
	References []string
	Live       Live
}

// Reply is what the refusing server answered.
type Reply struct {
	// Code is the basic code such as 550; 0 when there is none.
	Code int
	// Enhanced is the enhanced status code such as "5.7.1" (RFC 3463); "" when
	// there is none.
	Enhanced string
	// Text is the reply without wrapping and codes: one line, printable, at most
	// 2,000 octets. It is hostile data: escape it for where it is shown.
	Text string
	// CodeMeaning is what standards say about Code, "" without one.
	CodeMeaning string
	// EnhancedMeaning is what the IANA registry, or the provider where it goes its
	// own way, says about Enhanced; "" without one.
	EnhancedMeaning string
}

// Alternative is another cause that a text allows.
type Alternative struct {
	Category   Category
	Confidence float64
}

// Extracted is what a text names. The lists are bounded and without repetition,
// what the text blames first.
type Extracted struct {
	// IPs are the addresses that the text blames, not those of the receiver.
	IPs []netip.Addr
	// Domains are canonical names that the text blames.
	Domains []string
	// Blocklist is the block list named: its zone where the text has it, otherwise
	// its name in lower case; "" when none is.
	Blocklist string
	// URLs are links to explanations or forms for removal.
	URLs []string
}

// Conclusion is what DNS says at this moment about the stated cause.
type Conclusion uint8

// Conclusions. Refuted does not call the receiver a liar: it asked another
// resolver at another time.
const (
	// NotChecked: DNS does not decide this cause, or what to ask about is not known.
	NotChecked Conclusion = iota
	// Confirmed: DNS shows the stated cause.
	Confirmed
	// Refuted: DNS shows the contrary.
	Refuted
	// Inconclusive: DNS did not answer, or what it says decides nothing.
	Inconclusive
)

// String is the word in lower case.
func (c Conclusion) String() string {
	return [...]string{"not checked", "confirmed", "refuted", "inconclusive"}[c]
}

// Live is what DNS says at this moment.
type Live struct {
	Conclusion Conclusion
	// Note is one sentence on what the conclusion means for the reader.
	Note string
	// Findings are the evidence, worst first, with records to paste as remedy.
	Findings []finding.Finding
	// Asked is how many questions it took.
	Asked int
}
