package smtperror

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

// Explain reads a text, names its cause, asks DNS about it within a budget, and
// adds what a person needs. It never fails: what is not known is not filled in.
func Explain(ctx context.Context, src Sources, req Request) Explanation {
	r := Read(req.Text)
	v := Classify(r)
	e := Explanation{
		Reply: r.Reply, Provider: r.Provider, Software: r.Software, Category: v.Category, Confidence: v.Confidence,
		Alternatives: v.Alternatives, Temporary: r.Temporary, Extracted: r.extract(v.Category),
	}
	a := advices[v.Category]
	known := knowledge(&r, req, e)
	values := known.replacer()
	e.Summary = values.Replace(a.summary)
	e.Steps = known.steps(a, e.Provider)
	e.FixedBy, e.References = a.fixedBy, slices.Clone(a.references)
	if pageOf(known.list).closed {
		e.FixedBy = receiverFixes
	}
	e.Retry = retryAdvice(a.cure, e.Temporary, r.Reply.Code != 0 || r.Reply.Enhanced != "")
	e.Live = live(ctx, src, req, known)
	if e.Live.Conclusion == Refuted {
		e.Retry = sendAgain
		e.Steps = slices.Concat([]string{firstAgain}, e.Steps, []string{thenAsk})
	}
	return e
}

// What is told where DNS does not show the cause at this moment.
const (
	sendAgain  = "Send again now: the cause is not seen at this moment."
	firstAgain = "Send again first. What was wrong may have been mended since, and the receiver's cache lets go of the old answer when its TTL ends, most often within a day. The steps that follow are for the case that the refusal comes back."
	thenAsk    = "If DNS stays in order and the refusal comes back after a day, ask the receiver's postmaster which address and name were seen, and enclose this report."
)

// known is what is known of an attempt: from the request, otherwise from the text.
type known struct {
	category          Category
	ip                netip.Addr
	sender, recipient string // canonical domains
	helo              string // as given
	list              string // as named
	zone              string // of a list that can be asked
	selector          string // of a DKIM key
	host              string // that refused
}

// knowledge prefers what the caller says to what the text names.
func knowledge(r *Reading, req Request, e Explanation) known {
	k := known{
		category: e.Category, ip: req.SendingIP.Unmap(), sender: canonical(req.SenderDomain), recipient: canonical(req.RecipientDomain),
		helo: strings.Trim(req.Helo, " ."), list: e.Extracted.Blocklist, zone: r.zone(e.Extracted.Blocklist),
	}
	if !k.ip.IsValid() && len(e.Extracted.IPs) > 0 {
		k.ip = e.Extracted.IPs[0]
	}
	k.helo, k.host = cmp.Or(k.helo, r.helo), r.host()
	selector, signer := r.selector()
	k.selector = selector
	if len(e.Extracted.Domains) > 0 {
		named := e.Extracted.Domains[0]
		switch aboutWhom[e.Category] {
		case theRecipient:
			k.recipient = cmp.Or(k.recipient, named)
		case theHelo:
			k.helo = cmp.Or(k.helo, named)
		case theSender:
			k.sender = cmp.Or(k.sender, named)
		}
	}
	k.sender = cmp.Or(k.sender, signer, canonical(domainOf(r.mailFrom)))
	k.recipient = cmp.Or(k.recipient, canonical(domainOf(r.rcptTo)))
	if k.recipient == "" && e.Category == RelayDenied {
		k.recipient = canonical(domainOf(r.addressee()))
	}
	return k
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// party is whose domain a cause blames.
type party uint8

const (
	theSender party = iota + 1
	theRecipient
	theHelo
)

var aboutWhom = map[Category]party{
	SenderDomainNotFound: theSender, SenderDomainNoMX: theSender, SenderNullMX: theSender, SPFFail: theSender, SPFError: theSender, DKIMFail: theSender,
	DMARCFail: theSender, DMARCMissing: theSender, AuthMissing: theSender, DomainBlocklisted: theSender, SenderVerifyFailed: theSender,
	RecipientDomainUnroutable: theRecipient, DANEMTASTSFailed: theRecipient, DNSTemporaryFailure: theRecipient,
	HELOInvalid: theHelo,
}

// canonical is a name in canonical form, "" for what is no name.
func canonical(name string) string {
	c, err := resolver.Canonical(strings.TrimSpace(name))
	if err != nil || c == "." || !strings.Contains(c, ".") {
		return ""
	}
	return c
}

// replacer fills texts.
func (k known) replacer() *strings.Replacer {
	ip, address := "the sending address", "sending address"
	if k.ip.IsValid() {
		ip = k.ip.String()
		address += " " + ip
	}
	domain := cmp.Or(k.sender, "the sender's domain")
	if aboutWhom[k.category] == theRecipient && k.sender == "" {
		domain = cmp.Or(k.recipient, "the domain")
	}
	return strings.NewReplacer("{ip}", ip, "{address}", address, "{domain}", domain, "{recipient}", cmp.Or(k.recipient, "the recipient's domain"),
		"{helo}", cmp.Or(k.helo, "such as mail.example.com"), "{list}", cmp.Or(k.list, "(not named)"), "{reverse}", k.reverseName(), "{allow}", allow(k), "{host}", k.host, "{selector}", k.selector,
		"{(domain)}", bracketed(k.sender), "{(recipient)}", bracketed(k.recipient), "{(helo)}", bracketed(k.helo), "{type}", k.addressType())
}

func bracketed(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}
