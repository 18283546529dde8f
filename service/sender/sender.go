// Package sender assays a sender: may this client, with this HELO, reverse-path,
// From field and message, send as it claims to?
//
// [Gather] asks everything that does not depend on something else at once, [Judge]
// runs the rules and comes to a verdict, [Check] does both.
package sender

import (
	"context"
	"io"
	"net/netip"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dnsbl"
)

// Request is what an SMTP server knows of a client and its message. A field that
// is zero is not known.
type Request struct {
	// Client is the address of the SMTP client. An IPv4-mapped address counts as
	// IPv4.
	Client netip.Addr
	// Helo is the argument of HELO or EHLO: a name or an address literal.
	Helo string
	// MailFrom is the reverse-path, with or without angle brackets and source route:
	// an address or a domain; empty for the null reverse-path (RFC 5321 section
	// 4.5.5).
	MailFrom string
	// From is the body of the From field, an address or a domain. It is used when
	// there is no message. Empty: DMARC is not evaluated.
	From string
	// Message is the message in the form of RFC 5322, as received. Nil: none.
	Message []byte
	// Source is the message as a stream, for one that is not in memory. It is read
	// once, to its end.
	Source io.Reader
	// AuthservID names the receiver in header fields (RFC 8601 section 2.5), and is
	// what %{r} in an SPF explanation gives.
	AuthservID string
	// Blocklists are asked about the client's address and the domains of the
	// reverse-path and the From field, as far as each is about such.
	Blocklists []dnsbl.List
}

// Sources are where facts come from. DNS is required.
type Sources struct {
	DNS resolver.Resolver
	// Ordinary are special-purpose ranges of addresses that count as public ones.
	Ordinary []netip.Prefix
	// TrustedSealers are the domains whose ARC seals are believed (RFC 8617 section
	// 7.2), canonical: see Override.
	TrustedSealers []string
	// Now is the time of the check; the zero value stands for the clock's.
	Now time.Time
}

// Check gathers and judges in one call.
func Check(ctx context.Context, src Sources, req Request, p Policy) Report {
	return Judge(Gather(ctx, src, req), p)
}
