package spf

import (
	"net/netip"
	"strings"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// subject is the identity under check, with all that macros may ask of it. It
// does not change during a check.
type subject struct {
	client   netip.Addr // unmapped, without zone
	local    string     // local part of the sender
	domain   string     // domain of the sender: ASCII, otherwise as given
	helo     string     // for %{h}: ASCII where it can be, no final dot; Check fills it in
	receiver string
	now      time.Time
}

// identify reads a query: who is meant, and the canonical domain that is asked
// first, "" when there is none.
func (who *subject) identify(q Query) (domain string) {
	*who = subject{client: q.Client.Unmap().WithZone(""), receiver: q.Receiver, now: q.Now}
	sender := q.Sender
	if sender == "" {
		sender = q.Helo // RFC 7208 section 2.4
	}
	// The local part may hold "@" in quotes.
	if at := strings.LastIndexByte(sender, '@'); at >= 0 {
		who.local, sender = sender[:at], sender[at+1:]
	}
	if who.local == "" {
		who.local = "postmaster" // RFC 7208 section 4.3
	}
	ascii, ok := aLabels(sender)
	who.domain = strings.TrimSuffix(ascii, ".")
	if ok {
		domain, _ = checkable(who.domain)
	}
	return domain
}

// heloName is %{h}.
func heloName(helo string) string {
	if len(helo) > maxLocal {
		return ""
	}
	name, _ := aLabels(strings.TrimSuffix(helo, "."))
	return name
}

// sender is %{s}. It is q.Sender itself wherever that is a whole address, or where
// no domain is known.
func (s *subject) sender(written string) string {
	if s.domain == "" {
		return written
	}
	if n := len(s.local); len(written) == n+1+len(s.domain) && written[n] == '@' && written[n+1:] == s.domain {
		return written
	}
	return s.local + "@" + s.domain
}

func (s *subject) v6() bool { return !s.client.Is4() }

// maxLocal is the longest local part that is looked at in macros, far above the 64
// octets of RFC 5321 section 4.5.3.1.1.
const maxLocal = 4096

// makesNames tells whether terms with %{s} or %{l} can match: not where the local
// part is not ASCII (RFC 8616 section 4).
func (s *subject) makesNames() bool { return len(s.local) <= maxLocal && isASCII(s.local) }

// addressType is the type of the address records that the client is compared
// with (RFC 7208 section 5).
func (s *subject) addressType() resolver.Type {
	if s.v6() {
		return resolver.TypeAAAA
	}
	return resolver.TypeA
}
