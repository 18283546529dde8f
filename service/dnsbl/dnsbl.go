// Package dnsbl asks DNS blocklists (RFC 5782) about addresses and domain names.
//
// Not every answer of a list is a listing: lists answer 127.255.255.x to whom
// they do not serve, and parked or wildcarded zones answer anything. Those are
// told apart here, so that a list that is out of order lists nobody.
package dnsbl

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"unicode"

	"github.com/mailassay/mailassay/resolver"
)

// Kind is what a list is about; kinds may be joined.
type Kind uint8

// The kinds of RFC 5782 sections 2.1, 2.4 and 3.
const (
	IPv4 Kind = 1 << iota
	IPv6
	Domains
)

// Addresses is the kind of a list of both address families.
const Addresses = IPv4 | IPv6

// Class is what an answer of a list amounts to.
type Class uint8

// The classes, mildest first.
const (
	// Refused: the list does not serve this resolver, or the question is one that it
	// does not take. No listing.
	Refused Class = iota + 1
	// Policy: the subject is listed for what it is, such as a range of dynamic
	// addresses that should not send mail by itself.
	Policy
	// Abuse: the subject is listed for what it did.
	Abuse
)

// Code is one answer that a list documents: an address, or, where Addr is zero, a
// bit of the last octet of an address in 127.0.0.0/8, for lists that say several
// things by one answer (RFC 5782 section 2.3).
type Code struct {
	Addr    netip.Addr
	Bit     byte
	Class   Class
	Meaning string
}

// matches tells whether an answer says so.
func (c Code) matches(addr netip.Addr) bool {
	if c.Bit == 0 {
		return addr == c.Addr
	}
	return loopback.Contains(addr) && !errors24.Contains(addr) && addr.As4()[3]&c.Bit != 0
}

// List is one blocklist.
type List struct {
	// Zone is canonical.
	Zone string
	Kind Kind
	// Unsure tells that nobody has vouched for the list. Its Kind is a guess: it is
	// asked about names, too, and what it says of them is told where it lists them, or
	// where DNS gives no answer. And before it lists anybody it is asked about a
	// subject that no list has (RFC 5782 section 5).
	Unsure bool
	// Codes are the answers that the list documents. When there are any, no other
	// answer is a listing; when there are none, all of 127.0.0.0/8 is Abuse but
	// 127.0.0.1 and what is known for refusals.
	Codes []Code
	// Fault is why the list must not be asked, such as a [Health.Problem]: it is
	// Unusable then for every subject. "" for a list that may be asked.
	Fault string
}

// State is what a list says about a subject.
type State uint8

// The states.
const (
	// Clear: not listed.
	Clear State = iota + 1
	// Listed: at least one answer is a listing.
	Listed
	// Unusable: the list answers, but nothing that says whether the subject is
	// listed.
	Unusable
	// Unknown: DNS gave no answer.
	Unknown
)

// Result is what a list says about a subject.
type Result struct {
	Zone string
	// Subject is the address or the name in question, Name what was asked for.
	Subject, Name string
	State         State
	// Class is that of the worst answer that is a listing, 0 without.
	Class Class
	// Answers are the addresses that the list answered with.
	Answers []netip.Addr
	// Meanings are what the list says that they mean, where it does.
	Meanings []string
	// Reason is the text that the list publishes for a listing: printable, at most
	// 400 octets, not to be trusted. For Unusable, what is wrong.
	Reason string
	// Err is why the state is Unknown.
	Err error
}

// Address asks whether addr is listed. It is false when the list is not about
// addresses of that family; nothing is asked then. IPv4-mapped addresses count as
// IPv4.
func (l List) Address(ctx context.Context, r resolver.Resolver, addr netip.Addr) (Result, bool) {
	addr = addr.Unmap().WithZone("")
	kind := IPv6
	if addr.Is4() {
		kind = IPv4
	}
	if !addr.IsValid() || l.Kind&kind == 0 {
		return Result{}, false
	}
	return l.ask(ctx, r, addr.String(), reversed(addr), kind), true
}

// Domain asks whether a domain name, which must be canonical, is listed. It is
// false when the list is not about names, and for names that look like an address,
// which lists of names do not take (RFC 5782 section 3).
func (l List) Domain(ctx context.Context, r resolver.Resolver, name string) (Result, bool) {
	sure := l.Kind&Domains != 0
	if _, err := netip.ParseAddr(name); err == nil || !sure && !l.Unsure || name == "" || name == "." {
		return Result{}, false
	}
	out := l.ask(ctx, r, name, name, Domains)
	if !sure && (out.State == Clear || out.State == Unusable) {
		return Result{}, false
	}
	return out, true
}

// reversed is the address as RFC 5782 sections 2.1 and 2.4 put it before a zone.
func reversed(addr netip.Addr) string {
	if addr.Is4In6() { // only test entries: resolver.Reverse takes it for IPv4
		o := addr.As16()
		var b strings.Builder
		for i := len(o) - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "%x.%x.", o[i]&15, o[i]>>4)
		}
		return strings.TrimSuffix(b.String(), ".")
	}
	name, v4 := strings.CutSuffix(resolver.Reverse(addr), ".in-addr.arpa")
	if !v4 {
		name = strings.TrimSuffix(name, ".ip6.arpa")
	}
	return name
}

func (l List) ask(ctx context.Context, r resolver.Resolver, subject, label string, kind Kind) Result {
	out := Result{Zone: l.Zone, Subject: subject, Name: label + "." + l.Zone}
	if l.Fault != "" {
		out.State, out.Reason = Unusable, l.Fault
		return out
	}
	if len(out.Name) > 253 {
		out.State = Clear // no such name can be listed
		return out
	}
	a, err := r.Resolve(ctx, resolver.Question{Name: out.Name, Type: resolver.TypeA})
	switch {
	case err != nil:
		out.State, out.Err = Unknown, err
	case a.Status != resolver.Found:
		out.State = Clear
	default:
		out.Answers = a.Addrs()
		l.judge(&out)
	}
	if out.State == Listed && l.Unsure {
		l.doubt(ctx, r, &out, kind)
	}
	if out.State == Listed {
		out.Reason = reason(ctx, r, out.Name)
	}
	return out
}

// doubt takes a listing back when the list has a subject that no list has.
func (l List) doubt(ctx context.Context, r resolver.Resolver, out *Result, kind Kind) {
	l.Unsure = false
	for _, t := range tests {
		if t.listed || t.kind != kind {
			continue
		}
		switch never := l.ask(ctx, r, t.label, t.label, kind); never.State {
		case Listed:
			out.State, out.Class, out.Meanings, out.Reason = Unusable, 0, nil, fmt.Sprintf("the test entry %s is listed: %s", never.Name, everybody)
		case Unknown:
			out.State, out.Class, out.Meanings, out.Err = Unknown, 0, nil, never.Err
		}
	}
}

// judge tells listings from other answers.
func (l List) judge(out *Result) {
	var wrong []string
	for _, addr := range out.Answers {
		for _, c := range l.codes(addr) {
			if c.Class == Refused {
				wrong = append(wrong, fmt.Sprintf("%s: %s", addr, c.Meaning))
				continue
			}
			out.State, out.Class = Listed, max(out.Class, c.Class)
			if c.Meaning != "" {
				out.Meanings = append(out.Meanings, c.Meaning)
			}
		}
	}
	if out.State != Listed {
		out.State, out.Reason = Unusable, strings.Join(wrong[:min(len(wrong), 4)], "; ")
	}
}

var (
	loopback = netip.MustParsePrefix("127.0.0.0/8")
	errors24 = netip.MustParsePrefix("127.255.255.0/24")
)

// refusals are answers of lists that do not want to be asked, unless they document
// them otherwise. The first is that of lists whose answers are sets of bits, for which
// the lowest bit is none (https://uribl.com/refused.shtml).
var refusals = map[netip.Addr]string{
	netip.MustParseAddr("127.0.0.1"):       "the list refuses",
	netip.MustParseAddr("127.255.255.252"): "the list's name is misspelled",
	netip.MustParseAddr("127.255.255.254"): "the list refuses questions of public resolvers",
	netip.MustParseAddr("127.255.255.255"): "the list refuses, for too many questions were asked",
}

// codes are what an answer means, at least one. RFC 5782 section 2.1 has all
// answers in 127.0.0.0/8; lists have come to use its last 256 addresses for
// refusals.
func (l List) codes(addr netip.Addr) []Code {
	var documented []Code
	for _, c := range l.Codes {
		if c.matches(addr) {
			documented = append(documented, c)
		}
	}
	if len(documented) > 0 {
		return documented
	}
	c := Code{Addr: addr, Class: Refused}
	switch meaning, refused := refusals[addr]; {
	case !loopback.Contains(addr):
		c.Meaning = "no answer of a blocklist: the zone is parked, or somebody rewrites answers"
	case refused:
		c.Meaning = meaning
	case errors24.Contains(addr):
		c.Meaning = "the list refuses"
	case len(l.Codes) > 0:
		c.Meaning = "not an answer that the list documents"
	default:
		c.Class = Abuse
	}
	return []Code{c}
}

// maxReason bounds a text that goes on into reports and header fields.
const maxReason = 400

// reason is the text of a listing (RFC 5782 section 2.1); "" when it cannot be
// had, which changes nothing about the listing.
func reason(ctx context.Context, r resolver.Resolver, name string) string {
	a, err := r.Resolve(ctx, resolver.Question{Name: name, Type: resolver.TypeTXT})
	if err != nil {
		return ""
	}
	var texts []string
	for _, t := range a.TXT() {
		texts = append(texts, t.Text)
	}
	text := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			return r
		}
		return '?'
	}, strings.Join(texts, "; "))
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "")
	}
	return text
}
