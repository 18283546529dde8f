package sender

import (
	"fmt"
	"strings"

	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/spf"
)

// Action is what to do with a message.
type Action uint8

// The actions, mildest first.
const (
	// Unset stands for the default in a Policy.
	Unset Action = iota
	// Accept: take it.
	Accept
	// Quarantine: take it and treat it as suspicious.
	Quarantine
	// Defer: refuse it for the moment, for something could not be looked up.
	Defer
	// Reject: refuse it for good.
	Reject
)

// String is the word in upper case, as in the API.
func (a Action) String() string {
	return [...]string{"", "ACCEPT", "QUARANTINE", "DEFER", "REJECT"}[a]
}

// Policy is what a receiver does about what an assay finds. The zero value is
// sane. Each field is what its case leads to: Accept, Quarantine or Reject.
//
// Where the author domain has a DMARC record, DMARC decides over SPF, p=none
// included: the owner has then said what an SPF failure without an aligned
// signature is to mean, and refusing on SPF alone loses forwarded mail that a
// signature still proves (RFC 9989 section 7.1).
type Policy struct {
	// DMARCReject is for a DMARC failure that the domain's owner asks to refuse.
	// Reject by default: that is the owner's word, and by then SPF, signatures and
	// the chain of forwarders have all been heard. RFC 9989 section 7.4 wants a
	// receiver that knows nothing else of a message, such as that it comes from a
	// mailing list, to quarantine it; Quarantine does so.
	DMARCReject Action
	// SPFFail is for an SPF fail where no DMARC record decides. Reject by default: a
	// fail is the domain owner's explicit word that the client may not use the name
	// (RFC 7208 section 8.4), and nobody else's word says otherwise.
	SPFFail Action
	// SPFPermError is for records that cannot be understood. Accept by default: the
	// fault is the owner's and its cure takes days, while the mail is most often
	// wanted (RFC 7208 section 8.7 leaves it to the receiver).
	SPFPermError Action
	// NoReverseDNS is for an address whose names do not confirm it. Accept by
	// default: no standard asks for them (RFC 1912 section 2.1 recommends them), and
	// receivers that require them decide so for themselves.
	NoReverseDNS Action
	// NoReplyPath is for a reverse-path domain that does not exist, has neither MX
	// nor address, or says that it takes no mail. Accept by default.
	NoReplyPath Action
	// SeveralAuthors is for a message with more than one From field or author
	// domain. Reject by default: DMARC is out of play, which is why forgers do it
	// (RFC 9989 section 11.5).
	SeveralAuthors Action
	// BadFrom is for a message whose From field is missing or cannot be read, or
	// names an address literal. Quarantine by default: old software does it too.
	BadFrom Action
	// Listed is for an address or domain on a blocklist for what it did. Reject by
	// default: only lists that somebody chose are asked.
	Listed Action
	// PolicyListed is for an address that is listed only for what it is, such as a
	// dynamic range. Quarantine by default.
	PolicyListed Action
	// OpenLists is for a blocklist that gives no answer. Unset stands for deferring
	// what the list, if it listed the sender, would have had refused or
	// quarantined.
	OpenLists Action
}

// or is a, or the default.
func (a Action) or(standard Action) Action {
	if a == Unset {
		return standard
	}
	return a
}

// Verdict is what to do with the message.
type Verdict struct {
	Action Action
	// Reply is the SMTP reply, one line of printable ASCII without CRLF: basic code,
	// enhanced code (RFC 3463) and text.
	Reply string
	// Codes are those of the findings that decide.
	Codes []string
}

// ground is one reason for an action. When open, the action is not decided, only
// possible.
type ground struct {
	action Action
	open   bool
	reply  string
	code   string
	// check tells that the ground is an authentication check that failed.
	check bool
}

// decide comes to the verdict: the sternest action that is certain; or, when
// something that stayed open might ask for a sterner one, to defer.
func decide(f *Facts, p Policy) Verdict {
	grounds := f.lists([]ground{f.authentication(p), f.authors(p), f.reverse(p), f.path(p)}, p)
	best, open := ground{action: Accept}, ground{action: Accept}
	for _, g := range grounds {
		switch {
		case g.open && g.action > open.action:
			open = g
		case !g.open && g.action > best.action:
			best = g
		}
	}
	if best.action != Reject && open.action > best.action {
		best = ground{action: Defer, reply: open.reply}
	}
	v := Verdict{Action: best.action, Reply: "250 2.0.0 OK"}
	if best.action >= Defer {
		v.Reply = line(reply(best, grounds))
	}
	for _, g := range grounds {
		if g.code != "" && (g.action == best.action && !g.open || best.action == Defer && g.open) {
			v.Codes = append(v.Codes, g.code)
		}
	}
	return v
}

// reply is that of the ground that decides, or one for all where several
// authentication checks do (RFC 7372 section 3.4).
func reply(best ground, grounds []ground) string {
	var texts []string
	for _, g := range grounds {
		if g.check && !g.open && g.action == Reject {
			_, text, _ := strings.Cut(strings.TrimPrefix(g.reply, "550 "), " ")
			texts = append(texts, text)
		}
	}
	if !best.check || best.action != Reject || len(texts) < 2 {
		return best.reply
	}
	return "550 5.7.26 " + strings.Join(texts, "; ")
}

// authentication is DMARC's word where there is one, and SPF's where not.
func (f *Facts) authentication(p Policy) ground {
	o := f.DMARC
	switch {
	case o.Result == dmarc.ResultNone:
		return f.spf(p)
	case o.Result == dmarc.ResultTempError:
		return f.openDMARC(p)
	case o.Result == dmarc.ResultPass:
		return ground{action: Accept, code: "SENDER_DMARC_PASS"}
	case f.Override.Granted:
		return ground{action: Accept, code: "SENDER_DMARC_OVERRIDDEN"}
	case o.Disposition == dmarc.None:
		return ground{action: Accept, code: "SENDER_DMARC_NOT_ENFORCED"}
	case f.Override.Open:
		return ground{action: p.DMARCReject.or(Reject), open: true, code: "DKIM_UNKNOWN", reply: "451 4.4.3 The keys of the ARC chain could not be looked up"}
	case o.Disposition == dmarc.Quarantine:
		return ground{action: Quarantine, code: "SENDER_DMARC_QUARANTINE"}
	}
	return ground{action: p.DMARCReject.or(Reject), code: "SENDER_DMARC_REJECT", check: true,
		reply: "550 5.7.1 Rejected by the DMARC policy of " + o.Author} // RFC 9989 section 7.2
}

// openDMARC is a DMARC evaluation that stayed open. With the policy known, it is
// open only as far as that goes, but never so little that it does not defer.
func (f *Facts) openDMARC(p Policy) ground {
	g := ground{action: max(p.DMARCReject.or(Reject), Quarantine), open: true, code: "DMARC_UNKNOWN",
		reply: "451 4.4.3 The DMARC policy of " + f.Author.Domain + " could not be looked up"}
	o := f.DMARC
	switch {
	case f.Author.Lost != nil:
		g.action = max(g.action, p.SeveralAuthors.or(Reject), p.BadFrom.or(Quarantine))
		g.reply = "451 4.4.2 The header of the message has not come to its end"
	case o.Err != nil:
	case f.SPF.Result == spf.TempError || f.SPF.Doubt != nil: // the mechanisms' own temperror
		g.code, g.reply = "SPF_UNKNOWN", spfTemporary
	case f.MessageErr != nil:
		g.code, g.reply = "DKIM_UNKNOWN", "451 4.4.2 The message has not come to its end"
	default:
		g.code, g.reply = "DKIM_UNKNOWN", "451 4.4.3 The key of a signature could not be looked up"
	}
	if o.Record == nil || o.Policy == dmarc.NoPolicy {
		g.action = max(g.action, f.spf(p).action) // which decides if there is no record
	} else if o.Enforced() < dmarc.Reject {
		// A policy of none must not change what is done about an SPF that stayed open
		// without any record: to wait for a definite result (RFC 9989 section 5.4).
		g.action = Quarantine
	}
	return g
}

// RFC 7372 section 3.2 has X.7.24 in place of the codes of RFC 7208 section 8.6.
const spfTemporary = "451 4.7.24 SPF could not be evaluated for the moment"

func (f *Facts) spf(p Policy) ground {
	s := f.SPF
	fail := ground{action: p.SPFFail.or(Reject), code: "SENDER_SPF_FAIL", check: true}
	switch {
	case s.Result == spf.TempError || s.Doubt != nil: // what the RFC passes over may hide the contrary
		return ground{action: max(fail.action, p.SPFPermError.or(Accept)), open: true, code: "SPF_UNKNOWN", reply: spfTemporary}
	case s.Result == spf.Fail:
		fail.reply = fmt.Sprintf("550 5.7.23 SPF: %s may not send for %s", f.Client, s.Domain) // RFC 7372 section 3.2
		if s.Explanation != "" {
			fail.reply += fmt.Sprintf("; %s explains: %s", s.Domain, s.Explanation) // RFC 7208 section 8.4
		}
		return fail
	case s.Result == spf.PermError:
		return ground{action: p.SPFPermError.or(Accept), code: "SENDER_SPF_PERMERROR", check: true,
			reply: fmt.Sprintf("550 5.7.24 The SPF records of %s are in error", s.Domain)} // RFC 7372 section 3.2
	}
	return ground{}
}

// authors is what is to be done about a message without exactly one author domain.
func (f *Facts) authors(p Policy) ground {
	if f.Author.Err == nil {
		return ground{}
	}
	switch f.Author.Err.Class {
	case dmarc.SeveralAuthors:
		return ground{action: p.SeveralAuthors.or(Reject), code: "SENDER_FROM_SEVERAL",
			reply: "550 5.7.1 The message has more than one author domain in From"}
	case dmarc.NoAuthor:
		return ground{action: p.BadFrom.or(Quarantine), code: "SENDER_FROM_MISSING", reply: "550 5.7.1 The message has no author in From"}
	case dmarc.LiteralAuthor:
		return ground{action: p.BadFrom.or(Quarantine), code: "SENDER_FROM_LITERAL", reply: "550 5.7.1 The author's domain is an address literal"}
	}
	return ground{action: p.BadFrom.or(Quarantine), code: "SENDER_FROM_INVALID", reply: "550 5.7.1 The From field cannot be read"}
}

// reverse is RFC 7372 section 3.3 with X.7.25.
func (f *Facts) reverse(p Policy) ground {
	g := ground{action: p.NoReverseDNS.or(Accept), check: true}
	if f.Special != "" || g.action == Accept {
		return ground{}
	}
	switch f.ReverseDNS.Result {
	case iprev.PermError:
		g.code, g.reply = "SENDER_PTR_MISSING", fmt.Sprintf("550 5.7.25 %s has no reverse DNS", f.Client)
	case iprev.Fail:
		g.code, g.reply = "SENDER_PTR_UNCONFIRMED", fmt.Sprintf("550 5.7.25 The reverse DNS of %s does not lead back to it", f.Client)
	case iprev.TempError:
		g.open, g.code, g.reply = true, "PTR_UNKNOWN", fmt.Sprintf("451 4.7.25 The reverse DNS of %s could not be looked up", f.Client)
	default:
		return ground{}
	}
	return g
}

func (f *Facts) path(p Policy) ground {
	g := ground{action: p.NoReplyPath.or(Accept)}
	d := f.Path
	switch {
	case g.action == Accept || d.Domain == "" || d.Receives:
		return ground{}
	case d.Err != nil:
		g.open, g.code, g.reply = true, "MX_UNKNOWN", "451 4.4.3 "+d.Domain+" could not be looked up"
	case d.NullMX:
		g.code, g.reply = "SENDER_PATH_NULL_MX", "550 5.7.27 "+d.Domain+" takes no mail" // RFC 7505 section 4.2
	case !d.Exists:
		g.code, g.reply = "SENDER_PATH_NOT_FOUND", "550 5.1.8 The sender's domain "+d.Domain+" does not exist"
	default:
		g.code, g.reply = "SENDER_PATH_NO_MAIL", "550 5.1.8 The sender's domain "+d.Domain+" has neither MX nor address"
	}
	return g
}

func (f *Facts) lists(grounds []ground, p Policy) []ground {
	for _, l := range f.Blocklists {
		g := ground{action: p.Listed.or(Reject), reply: fmt.Sprintf("550 5.7.1 %s is listed by %s: %s", l.Subject, l.Zone, l.Reason)}
		switch {
		case l.State == dnsbl.Unknown:
			g.open, g.code = true, "BL_UNKNOWN"
			g.action = max(g.action, p.PolicyListed.or(Quarantine))
			g.reply = fmt.Sprintf("451 4.4.3 The blocklist %s gave no answer", l.Zone)
			if p.OpenLists != Unset {
				g.open, g.action = false, p.OpenLists
			}
		case l.State != dnsbl.Listed:
			continue
		case l.Class == dnsbl.Policy:
			g.action, g.code = p.PolicyListed.or(Quarantine), "SENDER_POLICY_LISTED"
		default:
			g.code = "SENDER_LISTED"
		}
		grounds = append(grounds, g)
	}
	return grounds
}

// line is s as one line of an SMTP reply: printable ASCII of at most 510 octets
// (RFC 5321 sections 4.2.1 and 4.5.3.1.5).
func line(s string) string {
	s = strings.TrimRight(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s), " :")
	return s[:min(len(s), 510)]
}
