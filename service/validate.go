package service

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/orgdomain"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/smtperror"
)

// Reasons of field violations. They are part of the contract.
const (
	fieldRequired    = "REQUIRED"
	fieldTooLong     = "TOO_LONG"
	fieldTooMany     = "TOO_MANY"
	fieldMalformed   = "MALFORMED"
	fieldUnsupported = "UNSUPPORTED"
)

// fault is what is wrong with a value: a reason and a sentence that follows the
// field's path.
type fault struct{ reason, text string }

// parser reads one value of a request.
type parser[V, T any] func(V) (T, *fault)

// form collects what is wrong with the fields of a request.
type form struct {
	under  string // what the paths of all fields begin with
	fields []*errdetails.BadRequest_FieldViolation
	size   int
	more   int
}

// maxViolations bounds the details of an error, in octets: they travel in the
// trailer, in base64 and beside the message, and some clients have 8 KiB for that.
const maxViolations = 3 << 10

// refuse notes what is wrong with the field at a path.
func (f *form) refuse(path string, x *fault) {
	v := &errdetails.BadRequest_FieldViolation{Field: f.under + path, Description: loggable.text(x.text), Reason: x.reason}
	if f.size += proto.Size(v); f.size > maxViolations {
		f.more++
		return
	}
	f.fields = append(f.fields, v)
}

// err is nil when nothing is wrong.
func (f *form) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return invalid(f.fields, f.more)
}

// refused is the error about one field.
func refused(path string, x *fault) error {
	var f form
	f.refuse(path, x)
	return f.err()
}

// one reads a field.
func one[V, T any](f *form, path string, value V, parse parser[V, T]) T {
	out, x := parse(value)
	if x != nil {
		f.refuse(path, x)
	}
	return out
}

// each reads a repeated field. A value that is given twice counts once. When there
// are too many, none is looked at.
func each[V any, T comparable](f *form, path string, values []V, most int, parse parser[V, T]) []T {
	if len(values) > most {
		f.refuse(path, &fault{fieldTooMany, fmt.Sprintf("has %d entries, the limit is %d", len(values), most)})
		return nil
	}
	out := make([]T, 0, len(values))
	seen := make(map[T]bool, len(values))
	for i, v := range values {
		t, x := parse(v)
		switch {
		case x != nil:
			f.refuse(fmt.Sprintf("%s[%d]", path, i), x)
		case !seen[t]:
			seen[t] = true
			out = append(out, t)
		}
	}
	return out
}

// optional lets an empty value pass.
func optional[T any](parse parser[string, T]) parser[string, T] {
	return func(s string) (out T, x *fault) {
		if strings.TrimSpace(s) == "" {
			return out, nil
		}
		return parse(s)
	}
}

// upTo refuses what is longer than a limit.
func upTo[T any](most int, parse parser[string, T]) parser[string, T] {
	return func(s string) (out T, x *fault) {
		if len(s) > most {
			return out, &fault{fieldTooLong, fmt.Sprintf("has %d octets, the limit is %d", len(s), most)}
		}
		return parse(s)
	}
}

// verbatim takes any text.
func verbatim(s string) (string, *fault) { return s, nil }

func malformed(format string, args ...any) *fault {
	return &fault{fieldMalformed, fmt.Sprintf(format, args...)}
}

// domainRequest reads a CheckDomainRequest, and whether it goes past the cache.
func domainRequest(m *mailassayv1.CheckDomainRequest) (r domain.Request, v mailassayv1.View, err error) {
	var f form
	r.Domain = one(&f, "domain", m.GetDomain(), upTo(maxName, domainName))
	r.Areas = each(&f, "areas", m.GetAreas(), maxAreas, area)
	r.Selectors = each(&f, "dkim_selectors", m.GetDkimSelectors(), maxSelectors, upTo(maxName, selectorOf(r.Domain)))
	r.SendingIPs = each(&f, "sending_ips", m.GetSendingIps(), maxSendingIPs, upTo(maxAddress, address))
	v = one(&f, "view", m.GetView(), view)
	return r, v, f.err()
}

// explainRequest reads an ExplainSMTPErrorRequest.
func explainRequest(m *mailassayv1.ExplainSMTPErrorRequest) (smtperror.Request, error) {
	var f form
	r := smtperror.Request{
		Text:            one(&f, "text", m.GetText(), upTo(maxText, someText)),
		SendingIP:       one(&f, "sending_ip", m.GetSendingIp(), optional(upTo(maxAddress, address))),
		SenderDomain:    one(&f, "sender_domain", m.GetSenderDomain(), optional(upTo(maxName, domainName))),
		RecipientDomain: one(&f, "recipient_domain", m.GetRecipientDomain(), optional(upTo(maxName, domainName))),
		Helo:            one(&f, "helo", m.GetHelo(), upTo(maxName, verbatim)),
		SkipLive:        m.GetSkipLiveChecks(),
	}
	return r, f.err()
}

// senderRequest reads a CheckSenderRequest. What the client said is taken as it
// is wherever the assay can make something of it; lists are the service's own
// when the request names none.
func (s *Service) senderRequest(m *mailassayv1.CheckSenderRequest) (sender.Request, error) {
	var f form
	r := s.readSender(&f, m)
	return r, f.err()
}

// envelopeRequest reads an Envelope, whose fields are those of a
// CheckSenderRequest.
func (s *Service) envelopeRequest(e *mailassayv1.CheckMessageRequest_Envelope) (sender.Request, error) {
	f := form{under: "envelope."}
	r := s.readSender(&f, &mailassayv1.CheckSenderRequest{
		ClientIp: e.GetClientIp(), Helo: e.GetHelo(), MailFrom: e.GetMailFrom(), AuthservId: e.GetAuthservId(), Blocklists: e.GetBlocklists(),
	})
	return r, f.err()
}

func (s *Service) readSender(f *form, m *mailassayv1.CheckSenderRequest) sender.Request {
	r := sender.Request{
		Client:     one(f, "client_ip", m.GetClientIp(), upTo(maxAddress, address)),
		Helo:       strings.TrimSpace(one(f, "helo", m.GetHelo(), upTo(maxName, verbatim))),
		MailFrom:   one(f, "mail_from", m.GetMailFrom(), upTo(maxPath, path)),
		From:       one(f, "header_from", m.GetHeaderFrom(), upTo(maxFrom, verbatim)),
		Message:    one(f, "message", m.GetMessage(), message),
		AuthservID: cmp.Or(one(f, "authserv_id", m.GetAuthservId(), optional(upTo(maxAuthservID, token))), s.cfg.AuthservID),
		Blocklists: *s.blocklists.Load(),
	}
	if zones := each(f, "blocklists", m.GetBlocklists(), maxBlocklists, upTo(maxName, domainName)); len(zones) > 0 {
		r.Blocklists = nil
		for _, z := range zones {
			if l, err := s.named(z); err == nil { // names that domainName takes are canonical
				r.Blocklists = append(r.Blocklists, l)
			}
		}
	}
	return r
}

// path reads a reverse-path with or without its angle brackets: an address or a
// domain, or empty (RFC 5321 section 4.1.2). A domain in it that is none is the
// client's, and has an answer (RFC 7208 section 4.3).
func path(s string) (string, *fault) {
	s = strings.TrimSpace(s)
	if in, ok := strings.CutPrefix(s, "<"); ok {
		if in, ok = strings.CutSuffix(in, ">"); !ok {
			return "", malformed("%.40q has one angle bracket", s)
		}
		s = in
	}
	switch {
	case strings.IndexFunc(s, unicode.IsControl) >= 0:
		return "", malformed("%.40q has control characters", s)
	case strings.HasSuffix(s, "@"):
		return "", malformed("%.40q is neither an address nor a domain", s)
	}
	return s, nil
}

func message(b []byte) ([]byte, *fault) {
	if len(b) > maxMessage {
		return nil, &fault{fieldTooLong, fmt.Sprintf("has %d octets, the limit is %d; CheckMessage takes larger ones", len(b), maxMessage)}
	}
	return b, nil
}

// token reads a name that needs no quotes in a header field (RFC 2045 section 5.1).
func token(s string) (string, *fault) {
	s = strings.TrimSpace(s)
	if strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?=`, r) }) >= 0 {
		return "", malformed("%.40q is no name of a receiver: printable ASCII without spaces and specials", s)
	}
	return s, nil
}

func someText(s string) (string, *fault) {
	if strings.TrimSpace(s) == "" {
		return "", &fault{fieldRequired, "is required: the text of a reply or bounce"}
	}
	return s, nil
}

// domainName reads a domain as a person writes it, and knows what people write
// instead of one.
func domainName(s string) (string, *fault) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", &fault{fieldRequired, "is required"}
	case strings.HasPrefix(s, "[") || isAddress(s):
		return "", malformed("%.40q is an address, not a domain", s)
	case strings.Contains(s, "@"):
		return "", malformed("%.40q is an e-mail address; give the part after the @", s)
	case strings.ContainsAny(s, "/:?#"):
		return "", malformed("%.40q looks like a URL; give the host name alone", s)
	}
	name, err := orgdomain.ALabel(s)
	if err != nil {
		return "", malformed("%v", err)
	}
	if i := strings.IndexFunc(name, notInHostNames); i >= 0 || name == "." {
		// RFC 5321 section 4.1.2, and the underscore of RFC 8552.
		return "", malformed("%.40q is no domain that mail can have: letters, digits, hyphens and underscores in labels, at least one label", s)
	}
	if last := name[strings.LastIndexByte(name, '.')+1:]; strings.Trim(last, "0123456789") == "" {
		// RFC 3696 section 2.
		return "", malformed("%.40q ends in digits, as no top-level domain does; an address is not a domain", s)
	}
	return name, nil
}

func notInHostNames(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}

func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// selectorOf reads a DKIM selector, one label or more (RFC 6376 section 3.1), of a
// domain.
func selectorOf(domain string) parser[string, string] {
	return func(s string) (string, *fault) {
		name, err := orgdomain.ALabel(strings.TrimSpace(s))
		switch {
		case err != nil:
			return "", malformed("%v", err)
		case name == "." || strings.IndexFunc(name, notInHostNames) >= 0:
			return "", malformed("%.40q is no selector: letters, digits, hyphens and underscores in labels", s)
		case strings.Contains("."+name+".", "._domainkey."):
			return "", malformed("%.40q is a whole name; give the part before ._domainkey", s)
		}
		if _, err := resolver.Canonical(name + "._domainkey." + domain); domain != "" && err != nil {
			return "", malformed("makes a name that DNS cannot hold: %v", err)
		}
		return name, nil
	}
}

// address reads an IPv4 or IPv6 address; an IPv4-mapped one counts as IPv4.
func address(s string) (netip.Addr, *fault) {
	s = strings.TrimSpace(s)
	if s == "" {
		return netip.Addr{}, &fault{fieldRequired, "is required: an IPv4 or IPv6 address"}
	}
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil:
		return netip.Addr{}, malformed("%.40q is no IPv4 or IPv6 address", s)
	case a.Zone() != "":
		return netip.Addr{}, malformed("%.40q has a zone, which means nothing elsewhere", s)
	case a.IsUnspecified():
		return netip.Addr{}, malformed("%.40q is the unspecified address", s)
	}
	return a.Unmap(), nil
}

// area reads an area that CheckDomain looks at.
func area(a mailassayv1.Area) (finding.Area, *fault) {
	for _, have := range domain.Areas() {
		if areaOut[have] == a {
			return have, nil
		}
	}
	return 0, &fault{fieldUnsupported, fmt.Sprintf("%v is no area that CheckDomain looks at", a)}
}

func view(v mailassayv1.View) (mailassayv1.View, *fault) {
	switch v {
	case mailassayv1.View_VIEW_UNSPECIFIED:
		return mailassayv1.View_VIEW_CACHED, nil
	case mailassayv1.View_VIEW_CACHED, mailassayv1.View_VIEW_FRESH, mailassayv1.View_VIEW_AUTHORITATIVE:
		return v, nil
	}
	return 0, &fault{fieldUnsupported, fmt.Sprintf("%v is no view", v)}
}
