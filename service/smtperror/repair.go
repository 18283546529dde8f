package smtperror

import (
	"errors"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// unknown is the entry for an open question.
func unknown(code string, area finding.Area, err error) finding.Unknown {
	u := finding.Unknown{Code: code, Area: area, Reason: err.Error()}
	var e *resolver.Error
	if errors.As(err, &e) {
		u.Subject, u.Reason = e.Question.Name, e.Question.Type.String()+": "+e.Reason()
	}
	return u
}

// repair adds the record to publish, where what is known of the attempt allows to
// write it down.
func (q *inquest) repair(f *finding.Finding) {
	if len(f.Changes) > 0 {
		return
	}
	k := q.known
	helo := canonical(k.helo)
	address := func(name string) finding.Change {
		t := "AAAA"
		if k.ip.Is4() {
			t = "A"
		}
		return finding.Change{Action: finding.Add, Name: name, Type: t, Proposed: k.ip.String()}
	}
	switch f.Code {
	case "SENDER_PTR_MISSING":
		if helo != "" {
			f.Changes = []finding.Change{
				{Action: finding.Add, Name: resolver.Reverse(k.ip), Type: "PTR", Proposed: resolver.Absolute(helo)}, address(helo),
			}
		}
	case "SENDER_PTR_UNCONFIRMED":
		if name := ptrName(f.Evidence); name != "" {
			f.Changes = []finding.Change{address(name)}
		}
	case "SENDER_HELO_UNRESOLVABLE":
		if helo != "" && k.ip.IsValid() {
			f.Changes = []finding.Change{address(helo)}
		}
	case "SENDER_SPF_NONE":
		if k.ip.IsValid() {
			f.Changes = []finding.Change{{Action: finding.Add, Name: f.Subject, Type: "TXT", Proposed: "v=spf1 " + allow(k) + " ~all"}}
		}
	case "SENDER_DMARC_NONE":
		f.Changes = []finding.Change{{Action: finding.Add, Name: "_dmarc." + f.Subject, Type: "TXT", Proposed: "v=DMARC1; p=none; rua=mailto:postmaster@" + f.Subject}}
	}
}

// allow is the SPF term for the sending address (RFC 7208 section 5.6).
func allow(k known) string {
	switch {
	case k.ip.Is4():
		return "ip4:" + k.ip.String()
	case k.ip.Is6():
		return "ip6:" + k.ip.String()
	}
	return ""
}

// ptrName is the name in the first PTR record among the evidence.
func ptrName(evidence []string) string {
	for _, line := range evidence {
		if _, name, ok := strings.Cut(line, " IN PTR "); ok {
			return canonical(strings.TrimSuffix(name, "."))
		}
	}
	return ""
}
