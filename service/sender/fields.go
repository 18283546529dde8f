package sender

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/mailassay/mailassay/service/arc"
	"github.com/mailassay/mailassay/service/authres"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/spf"
)

// property is short for one.
func property(kind, name, value string) authres.Property {
	return authres.Property{Type: kind, Name: name, Value: value}
}

// receiver is the authserv-id, which every field needs (RFC 8601 section 2.5).
func receiver(req Request) string { return cmp.Or(req.AuthservID, "localhost") }

// authenticationResults is the field that tells what was found (RFC 8601).
func authenticationResults(f *Facts) string {
	out := authres.Field{ID: receiver(f.Request), Results: make([]authres.Result, 0, 4+len(f.Blocklists))}
	add := func(method, value, reason string, properties ...authres.Property) {
		out.Results = append(out.Results, authres.Result{Method: method, Value: value, Reason: reason, Properties: properties})
	}
	add("iprev", string(f.ReverseDNS.Result), reverseReason(f.ReverseDNS), property("policy", "iprev", f.Client.String())) // RFC 8601 section 2.7.3
	// RFC 8601 section 2.7.2: one result for each identity. The null reverse-path is
	// written as the address that SPF makes of it (RFC 7208 section 2.4).
	add("spf", string(f.SPF.Result), f.SPF.Reason(), property("smtp", "mailfrom", cmp.Or(f.Request.MailFrom, f.SPF.Sender)))
	if f.Request.Helo != "" {
		add("spf", string(f.SPFHelo.Result), f.SPFHelo.Reason(), property("smtp", "helo", f.Request.Helo))
	}
	addSignatures(f, add)
	if f.Author.Given {
		add("dmarc", string(f.DMARC.Result), f.DMARCReason(), property("header", "from", f.Author.Domain),
			property("policy", "dmarc", f.DMARC.Enforced().String())) // RFC 9989 section 9.1
	}
	for _, l := range f.Blocklists {
		add("x-dnsbl", listWords[l.State], strings.Join(l.Meanings, ", "), property("dns", "zone", l.Zone), property("policy", "subject", l.Subject))
	}
	return authres.Format(out)
}

// addSignatures adds the results that rest on a message.
func addSignatures(f *Facts, add func(method, value, reason string, properties ...authres.Property)) {
	if !f.HasMessage || f.MessageErr != nil {
		return
	}
	if len(f.Signatures) == 0 {
		add("dkim", string(dkim.None), "")
	}
	for _, s := range f.Signatures { // RFC 8601 section 2.7.1, RFC 6008
		add("dkim", string(s.Result), s.Reason, property("header", "d", s.Domain), property("header", "i", s.Identity),
			property("header", "s", s.Selector), property("header", "a", s.Algorithm), property("header", "b", s.Prefix))
	}
	// RFC 8617 section 10.2.
	add("arc", string(f.ARC.Result), f.ARC.Reason, property("header", "oldest-pass", oldest(f.ARC)), property("smtp", "remote-ip", f.Client.String()))
}

// oldest is the value of header.oldest-pass, which says something about chains
// that pass.
func oldest(r arc.Report) string {
	if r.Result != arc.Pass {
		return ""
	}
	return strconv.Itoa(r.OldestPass)
}

// listWords are results of a method that nobody has registered: there is one for
// lists that speak for senders (RFC 8904), and none for those that speak against
// them.
var listWords = map[dnsbl.State]string{dnsbl.Clear: "pass", dnsbl.Listed: "fail", dnsbl.Unusable: "permerror", dnsbl.Unknown: "temperror"}

// reverseReason says in a few words what the result alone does not.
func reverseReason(r iprev.Report) string {
	switch {
	case r.Result == iprev.PermError:
		return "no PTR"
	case r.Result == iprev.Fail:
		return "no name leads back"
	case r.Err != nil:
		return r.Err.Error()
	}
	return ""
}

// DMARCReason says why DMARC has no definite result, or why its policy is not
// applied as published; "" when it is.
func (f *Facts) DMARCReason() string {
	reason, overridden := f.OverrideReason()
	switch {
	case f.Author.Err != nil:
		return f.Author.Err.Detail
	case f.DMARC.Err != nil:
		return f.DMARC.Err.Error()
	case overridden:
		return reason.Type + ": " + reason.Comment
	case f.DMARC.Result == dmarc.ResultTempError:
		return "a mechanism gave temperror"
	case f.DMARC.Result == dmarc.ResultNone && f.DMARC.Record != nil:
		return "the record at " + f.DMARC.Domain + " has no valid policy and no valid destination of reports"
	}
	return ""
}

// receivedSPF is the trace field of RFC 7208 section 9.1 for the reverse-path.
func receivedSPF(f *Facts) string {
	q := spf.Query{Client: f.Client, Helo: f.Request.Helo, Sender: f.Request.MailFrom, Receiver: f.Request.AuthservID}
	return f.SPF.ReceivedSPF(q, "mailfrom")
}

// Fields are the header fields of a report.
type Fields struct{ AuthenticationResults, ReceivedSPF string }

func fields(f *Facts) Fields { return Fields{authenticationResults(f), receivedSPF(f)} }

// Paths are the senders that a report holds for but for its header fields: those
// with another local part in their reverse-path.
type Paths struct {
	facts    Facts // without what no field shows
	personal bool
}

// PathsOf are those of a report with these facts.
func PathsOf(f *Facts) Paths {
	p := Paths{facts: *f, personal: f.SPF.Personal()}
	p.facts.SPF.Trace, p.facts.SPFHelo.Trace, p.facts.DMARC.Discovery = nil, nil, nil
	return p
}

// Fields are the header fields for a reverse-path of the same domain. It is false
// where more than they may differ: when a macro of the SPF records asks for the
// local part, or there is no domain.
func (p *Paths) Fields(mailFrom string) (out Fields, ok bool) {
	mailFrom = reversePath(mailFrom)
	at := strings.LastIndexByte(mailFrom, '@')
	domain := strings.LastIndexByte(p.facts.SPF.Sender, '@')
	if at <= 0 || domain < 0 || p.facts.SPF.Domain == "" || p.personal {
		return out, false
	}
	f := p.facts
	f.Request.MailFrom = mailFrom
	f.SPF.Sender = mailFrom[:at] + f.SPF.Sender[domain:]
	return fields(&f), true
}
