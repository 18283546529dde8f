package smtperror

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/finding"
)

// maxQuestions bounds what one explanation asks DNS.
const maxQuestions = 20

// live asks DNS whether the stated cause can be seen at this moment. What was found is
// joined with the codes that the cause names.
func live(ctx context.Context, src Sources, req Request, k known) Live {
	c, decides := k.causeOf()
	switch {
	case req.SkipLive:
		return Live{Note: "DNS was not asked, as the request wants it."}
	case src.DNS == nil:
		return Live{Note: "No resolver is at hand, so DNS was not asked."}
	case !decides:
		return Live{Note: "DNS cannot show this cause."}
	}
	if why := c.lacks(k, src.Ordinary); why != "" {
		return Live{Note: why}
	}
	limit := resolver.NewLimit(src.DNS, resolver.Budget{Questions: maxQuestions})
	src.DNS = limit
	q := &inquest{src: src, known: k}
	c.gather(q, ctx)
	out := c.conclude(q)
	out.Findings = q.relevant(c)
	out.Asked = limit.Spent().Questions
	return out
}

// inquest is what is asked and found about one cause.
type inquest struct {
	src      Sources
	known    known
	assay    resolver.Resolver // for the assay of senders; nil: src.DNS
	findings []finding.Finding
	unknown  []finding.Unknown
	doubt    string // why what was found decides nothing, "" when it may
}

// cause is how DNS can show a category.
type cause struct {
	needs need
	// gather asks, and fills the findings.
	gather func(*inquest, context.Context)
	// confirms are the codes that show the cause, refutes those that show the
	// contrary. Without refutes, nothing that confirms is the contrary, as long as
	// nothing stayed open.
	confirms, refutes []string
	// shows are codes that bear on it without deciding.
	shows []string
	// context is true where DNS gives leads and decides nothing.
	context bool
	// undecided is the note when neither confirms nor refutes was met.
	undecided string
}

// need is what must be known before anything can be asked.
type need uint8

const (
	needIP need = 1 << iota
	needIPv6
	needSender
	needRecipient
	needHelo
	needList
	needEither // the sender's or the recipient's domain
	needSelector
)

// lacks tells what is missing for the check, "" when nothing is. Addresses that no
// receiver can have seen are not asked about.
func (c *cause) lacks(k known, ordinary []netip.Prefix) string {
	ip := c.needs&(needIP|needIPv6) != 0
	switch {
	case ip && !k.ip.IsValid():
		return "The sending address is not known: give sending_ip for a check against DNS."
	case c.needs&needIPv6 != 0 && k.ip.Is4():
		return "The address that is known is not an IPv6 address."
	case c.needs&needSender != 0 && k.sender == "":
		return "The sender's domain is not known: give sender_domain for a check against DNS."
	case c.needs&needRecipient != 0 && k.recipient == "":
		return "The recipient's domain is not known: give recipient_domain for a check against DNS."
	case c.needs&needEither != 0 && k.sender == "" && k.recipient == "":
		return "No domain is known: give sender_domain or recipient_domain for a check against DNS."
	case c.needs&needHelo != 0 && k.helo == "":
		return "The HELO name is not known: give helo for a check against DNS."
	case c.needs&needSelector != 0 && (k.selector == "" || k.sender == ""):
		return "Whether a signature is valid cannot be told without the message, and no selector is known whose key could be looked at."
	case c.needs&needList != 0 && k.zone == "":
		return "No block list is named that can be asked by DNS."
	case c.needs&needList != 0 && k.listKind() == dnsbl.Domains && k.sender == "":
		return "The domain that the list is said to have is not known: give sender_domain for a check against DNS."
	case c.needs&needList != 0 && k.listKind() != dnsbl.Domains:
		if ip = true; !k.ip.IsValid() {
			return "The address that the list is said to have is not known: give sending_ip for a check against DNS."
		}
	}
	if why := reserved(k.ip, ordinary); ip && why != "" {
		return fmt.Sprintf("%s is a special-purpose address (%s): no receiver on the Internet sees it, so DNS was not asked.", k.ip, why)
	}
	return ""
}

// reserved names the special-purpose block of an address that does not count as a
// public one.
func reserved(ip netip.Addr, ordinary []netip.Prefix) string {
	if !ip.IsValid() || slices.ContainsFunc(ordinary, func(p netip.Prefix) bool { return p.Contains(ip) }) {
		return ""
	}
	name, _ := resolver.Special(ip)
	return name
}

const notReproduced = "Not reproduced: DNS does not show it at this moment. It may have been mended since, the receiver may hold an old answer in its cache, or only the receiver sees it."

// conclude joins the findings with the codes. A failure of DNS proves neither.
func (c *cause) conclude(q *inquest) Live {
	switch {
	case c.context:
		return Live{Note: "DNS does not decide this cause; what it shows are leads."}
	case q.has(c.confirms):
		return Live{Conclusion: Confirmed, Note: "Confirmed: DNS shows the cause at this moment."}
	case q.doubt != "":
		return Live{Conclusion: Inconclusive, Note: q.doubt}
	case len(q.unknown) > 0:
		return Live{Conclusion: Inconclusive, Note: "DNS did not answer, which proves nothing: " + q.unknown[0].Reason + "."}
	case c.refutes == nil || q.has(c.refutes):
		return Live{Conclusion: Refuted, Note: notReproduced}
	case c.undecided != "":
		return Live{Conclusion: Inconclusive, Note: c.undecided}
	}
	return Live{Conclusion: Inconclusive, Note: "What DNS shows does not decide the matter."}
}

func (q *inquest) has(codes []string) bool {
	return slices.ContainsFunc(q.findings, func(f finding.Finding) bool { return slices.Contains(codes, f.Code) })
}

// relevant are the findings that the cause names and what stayed open, worst
// first, with records to paste.
func (q *inquest) relevant(c cause) []finding.Finding {
	var out []finding.Finding
	for _, f := range q.findings {
		if slices.Contains(c.confirms, f.Code) || slices.Contains(c.refutes, f.Code) || slices.Contains(c.shows, f.Code) {
			q.repair(&f)
			out = append(out, f)
		}
	}
	for _, u := range q.unknown {
		out = append(out, u.Finding())
	}
	finding.Sort(out)
	return out
}
