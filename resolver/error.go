package resolver

import (
	"errors"
	"fmt"
	"strings"
)

// Kind tells why a question stayed open.
type Kind uint8

// Reasons why a question stayed open. None of them says that something is
// missing.
const (
	// Timeout: nobody answered in time, or the caller's time was up.
	Timeout Kind = iota + 1
	// Canceled: the caller went away.
	Canceled
	// Unreachable: the network refused, at every server tried.
	Unreachable
	// ServerFailure: SERVFAIL.
	ServerFailure
	// Refused: REFUSED.
	Refused
	// Bogus: validation failed, by extended error or by an answer that appears
	// only with checking disabled (RFC 4035 section 5.5, RFC 8914 section 4).
	Bogus
	// Lame: a server that should be authoritative is not.
	Lame
	// Malformed: the answer cannot be parsed, is not to the question, or holds
	// an alias chain that loops or is too long; or the question has no wire form.
	Malformed
	// OverBudget: the request may ask no more.
	OverBudget
	// Overloaded: this process has too many questions in flight, or would ask each
	// server more often than it may.
	Overloaded
	// OtherRcode: a response code that is none of the above (FORMERR, NOTIMP, …).
	OtherRcode
)

var kindNames = [...]string{
	Timeout: "timeout", Canceled: "canceled", Unreachable: "unreachable", ServerFailure: "SERVFAIL", Refused: "REFUSED",
	Bogus: "bogus DNSSEC", Lame: "not authoritative", Malformed: "malformed answer", OverBudget: "question budget spent",
	Overloaded: "resolver overloaded", OtherRcode: "error response",
}

// String is a word or two for people and for metrics labels.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// ExtendedError is an extended DNS error (RFC 8914).
type ExtendedError struct {
	Code uint16
	// Text is from the server: printable, at most 200 octets, not to be trusted.
	Text string
}

// Error tells which question stayed open, why, and who said so.
type Error struct {
	Kind     Kind
	Question Question
	// Server is who answered or was asked last, "" when nobody was.
	Server string
	// Rcode is the response code's mnemonic, "" when there was no response.
	Rcode string
	// Extended are the extended errors of the response, in its order.
	Extended []ExtendedError
	// Err is the cause below, such as a network or context error; may be nil.
	Err error
}

// Error is one line: question, kind, server, extended errors.
func (e *Error) Error() string { return e.Question.String() + ": " + e.Reason() }

// Reason is Error without the question: "SERVFAIL from 192.0.2.53:53 (EDE 7
// Signature Expired)".
func (e *Error) Reason() string {
	var cause *why
	explained := errors.As(e.Err, &cause)
	if explained && (e.Server == "" || errors.Is(cause, errNotAsked)) {
		return cause.text
	}
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Kind == OtherRcode && e.Rcode != "" {
		b.Reset()
		b.WriteString(e.Rcode)
	}
	if e.Server != "" {
		b.WriteString(" from " + e.Server)
	}
	for _, x := range e.Extended {
		fmt.Fprintf(&b, " (EDE %d", x.Code)
		if name := extendedNames[x.Code]; name != "" {
			b.WriteString(" " + name)
		}
		if x.Text != "" {
			b.WriteString(": " + x.Text)
		}
		b.WriteByte(')')
	}
	if explained {
		b.WriteString(": " + cause.text)
	}
	return b.String()
}

// why is a cause that is worth telling: in words of our own, for people.
type why struct {
	text string
	err  error // what is below, nil when nothing is
}

func (w *why) Error() string { return w.text }

func (w *why) Unwrap() error { return w.err }

// Unwrap gives the cause, so that errors.Is finds context errors.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the Kind of err, 0 when err is nil or no [*Error].
func KindOf(err error) Kind {
	if err == nil {
		return 0
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

// extendedNames are the purposes of RFC 8914 section 4 and the IANA registry.
var extendedNames = map[uint16]string{
	0: "Other", 1: "Unsupported DNSKEY Algorithm", 2: "Unsupported DS Digest Type", 3: "Stale Answer", 4: "Forged Answer",
	5: "DNSSEC Indeterminate", 6: "DNSSEC Bogus", 7: "Signature Expired", 8: "Signature Not Yet Valid", 9: "DNSKEY Missing",
	10: "RRSIGs Missing", 11: "No Zone Key Bit Set", 12: "NSEC Missing", 13: "Cached Error", 14: "Not Ready", 15: "Blocked",
	16: "Censored", 17: "Filtered", 18: "Prohibited", 19: "Stale NXDOMAIN Answer", 20: "Not Authoritative", 21: "Not Supported",
	22: "No Reachable Authority", 23: "Network Error", 24: "Invalid Data", 25: "Signature Expired before Valid", 26: "Too Early",
	27: "Unsupported NSEC3 Iterations Value", 28: "Unable to conform to policy", 29: "Synthesized",
}
