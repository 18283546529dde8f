package smtperror

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/mailassay/mailassay/resolver"
)

// Bounds of what is extracted of each kind.
const (
	maxExtracted = 8
	maxURL       = 500
)

// extract collects what a reading names. What is blamed depends on the cause.
func (r *Reading) extract(c Category) Extracted {
	return Extracted{IPs: r.blamedIPs(c), Domains: r.blamedDomains(c), Blocklist: r.blocklist(c), URLs: r.links()}
}

// candidate is something that may be blamed, and how much speaks for it.
type candidate[T any] struct {
	value T
	score int
}

func ranked[T comparable](list []candidate[T]) []T {
	slices.SortStableFunc(list, func(a, b candidate[T]) int { return b.score - a.score })
	var out []T
	for _, c := range list {
		if !slices.Contains(out, c.value) && len(out) < maxExtracted {
			out = append(out, c.value)
		}
	}
	return out
}

// remote are causes that are about the other side: an address in such a text is
// the receiver's.
func remote(c Category) bool {
	switch c {
	case ConnectionFailed, RecipientDomainUnroutable, DNSTemporaryFailure, MailLoop, DANEMTASTSFailed:
		return true
	}
	return false
}

// blamedIPs are the addresses that a text blames.
func (r *Reading) blamedIPs(c Category) []netip.Addr {
	var list []candidate[netip.Addr]
	for i, t := range r.tokens {
		switch {
		case t.kind == link:
			if a, ok := queryIP(t.text); ok {
				list = append(list, candidate[netip.Addr]{a, 1})
			}
		case t.kind != ipAddr || r.receiver[i] || !blamable(t.addr) || remote(c) || r.lookalike(i):
		default:
			list = append(list, candidate[netip.Addr]{t.addr.Unmap(), r.blame(i)})
		}
	}
	return ranked(list)
}

// blamable tells whether an address can be that of a client on the Internet.
func blamable(a netip.Addr) bool {
	return a.IsValid() && !a.IsPrivate() && !a.IsLoopback() && !a.IsUnspecified() && !a.IsMulticast() && !a.IsLinkLocalUnicast() && a.Unmap().String() != "255.255.255.255" && !a.Unmap().IsPrivate() && !a.Unmap().IsLoopback()
}

// lookalike tells codes and the addresses of resolvers from those of clients:
// Yahoo's "4.16.55.1", "Your DNS IP: X", version numbers.
func (r *Reading) lookalike(i int) bool {
	t := r.tokens[i]
	if strings.HasPrefix(t.text, "4.16.5") {
		return true
	}
	if t.start > 0 && strings.IndexByte("#/v-", r.text[t.start-1]) >= 0 {
		return true
	}
	if r.cited(i) {
		return true
	}
	if i > 1 && r.tokens[i-1].kind == word && r.tokens[i-2].kind == word {
		a, b := r.tokens[i-2].text, r.tokens[i-1].text
		if a == "dns" && b == "ip" || b == "resolver" || b == "version" || a == "name" && b == "server" {
			return true
		}
	}
	return false
}

// cited tells the number of a section from an address: "RFC 2821 section 4.1.1.1".
func (r *Reading) cited(i int) bool {
	if len(r.tokens[i].text) > len("4.1.1.1") {
		return false
	}
	for _, t := range r.tokens[max(0, i-3):i] {
		if t.kind == word && (citing[t.text] || strings.HasPrefix(t.text, "rfc")) {
			return true
		}
	}
	return false
}

// clientWords stand before the address of a client.
var clientWords = map[string]int{
	"ip": 4, "client": 4, "address": 3, "from": 3, "host": 2, "server": 2, "for": 2, "connecting": 4, "sender": 3, "because": 2, "your": 3,
	"unknown": 3, "spfbl": 2, "messages": 2, "mail": 1, "h": 2,
}

// blame is how much speaks for the address at i being the client's.
func (r *Reading) blame(i int) int {
	t := r.tokens[i]
	score := 2
	for back := 1; back <= 3 && i-back >= 0; back++ {
		p := r.tokens[i-back]
		if p.kind == word {
			score += clientWords[p.text] / back
		}
	}
	if len(r.quotes) > 0 && i < r.quotes[0].token {
		score -= 2
	}
	if t.start > 0 && r.text[t.start-1] == '[' && i > 0 && r.tokens[i-1].kind == domainName {
		score-- // name[IP] is as often the receiver
	}
	return score
}

// queryIP is an address in the query of a link, as in "?ip=192.0.2.1".
func queryIP(url string) (netip.Addr, bool) {
	path, query, ok := strings.Cut(strings.ToLower(url), "?")
	if !ok {
		// The pages of block lists: ".../query/ip/192.0.2.1".
		if _, ip, found := strings.Cut(path, "/ip/"); found && zoneKind(linkHost(url)) != noZone {
			if a, err := netip.ParseAddr(strings.Trim(ip, "/")); err == nil && blamable(a) {
				return a, true
			}
		}
		return netip.Addr{}, false
	}
	if a, err := netip.ParseAddr(query); err == nil && blamable(a) {
		return a, true
	}
	for pair := range strings.FieldsFuncSeq(query, func(c rune) bool { return c == '&' || c == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		if name != "ip" && name != "addr" && name != "query" && name != "q" && name != "bip" {
			continue
		}
		if a, err := netip.ParseAddr(value); err == nil && blamable(a) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// querySender is the domain of the sender in the query of a link that explains a
// result of SPF, as in "Why?id=user@example.org".
func querySender(url string) string {
	_, query, _ := strings.Cut(strings.ToLower(url), "?")
	for pair := range strings.FieldsFuncSeq(query, func(c rune) bool { return c == '&' || c == ';' }) {
		if id, ok := strings.CutPrefix(pair, "id="); ok {
			return strings.TrimSpace(domainOf(strings.ReplaceAll(id, "%40", "@")))
		}
	}
	return ""
}

// mention says which mentions of a name a cause is about.
type mention uint8

const (
	withAddresses mention = iota + 1 // names and the domains of addresses
	namesFirst                       // names, and addresses after a word such as "from"
	namesAlone                       // names
	namedOnly                        // names after a word such as "domain"
)

// aboutNames are causes that blame a domain.
var aboutNames = map[Category]mention{
	SenderDomainNotFound: withAddresses, SenderDomainNoMX: withAddresses, SenderNullMX: withAddresses, RecipientDomainUnroutable: withAddresses, DNSTemporaryFailure: withAddresses,
	SPFFail: namesFirst, SPFError: namesFirst, DKIMFail: namesFirst, DMARCFail: namesFirst, DMARCMissing: namesFirst, AuthMissing: namesFirst,
	DomainBlocklisted: namesAlone, HELOInvalid: namesAlone, PTRMismatch: namesAlone, SenderVerifyFailed: namedOnly, DANEMTASTSFailed: namedOnly,
}

// naming are words after which the name stands that a text is about; placing are
// words after which some other name stands.
var (
	naming     = map[string]bool{"domain": true, "domaine": true, "of": true, "for": true, "from": true, "sender": true, "helo": true, "ehlo": true, "host": true, "named": true, "domains": true, "name": true}
	addressing = map[string]bool{"to": true, "rcpt": true, "recipient": true, "recipients": true}
	placing    = map[string]bool{"on": true, "at": true, "by": true, "via": true, "see": true, "visit": true, "mx": true, "with": true, "hosts": true}
)

// blamedDomains are the names that a text blames.
func (r *Reading) blamedDomains(c Category) []string {
	about, ok := aboutNames[c]
	if !ok {
		return nil
	}
	var list []candidate[string]
	switch party := aboutWhom[c]; {
	case party == theSender && about == withAddresses && r.mailFrom != "":
		list = appendName(list, domainOf(r.mailFrom), 5)
	case party == theRecipient && about == withAddresses && r.rcptTo != "" && len(r.quotes) == 0:
		list = appendName(list, domainOf(r.rcptTo), 2)
	}
	for i, t := range r.tokens {
		before := ""
		if i > 0 && r.tokens[i-1].kind == word {
			before = r.tokens[i-1].text
		}
		var name string
		score := 4
		switch {
		case t.kind == domainName && about != namesAlone && i+1 < len(r.tokens) && r.tokens[i+1].kind == ipAddr && r.text[t.end:r.tokens[i+1].start] == "[":
			continue // a client with its address, as logs write it
		case t.kind == domainName && !r.receiver[i] && zoneKind(t.text) == noZone && !placing[before]:
			name = t.text
			switch {
			case naming[before]:
				score++
			case operatorOf(name) != "" || about == namedOnly:
				continue
			}
		case t.kind == link && c == SPFFail:
			name = querySender(t.text)
			score = 3
		case t.kind == mailbox && (len(r.quotes) > 0 && i < r.quotes[0].token || aboutWhom[c] == theSender && addressing[before]):
			continue // whose mail it is, not what is wrong
		case t.kind == mailbox && (about == withAddresses || about == namesFirst && naming[before]):
			name = t.text[strings.LastIndexByte(t.text, '@')+1:]
			score = 3
		default:
			continue
		}
		// A name of a private network is what is wrong, where the name is to blame.
		private := c == SenderDomainNotFound && t.kind == mailbox || c == HELOInvalid
		if canonical, err := resolver.Canonical(strings.TrimSuffix(name, ".")); err == nil && (blamableName(canonical) || private && isPrivate(canonical)) {
			list = append(list, candidate[string]{canonical, score})
		}
	}
	return ranked(list)
}

func appendName(list []candidate[string], name string, score int) []candidate[string] {
	if name = canonical(name); name == "" || !blamableName(name) {
		return list
	}
	return append(list, candidate[string]{name, score})
}

// isPrivate tells whether only a private network can know the name.
func isPrivate(name string) bool {
	return strings.Contains(name, ".") && ownTLDs[name[strings.LastIndexByte(name, '.')+1:]] && !strings.HasSuffix(name, ".arpa")
}

// blamableName tells whether a name can be a mail domain on the Internet: not one
// of a private network, and no public suffix.
func blamableName(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if !strings.Contains(name, ".") || ownTLDs[last] && last != "test" && last != "example" {
		return false
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	return suffix != name || !icann
}

// blocklist is the list that a text names.
func (r *Reading) blocklist(c Category) string {
	switch c {
	case IPBlocklisted, DomainBlocklisted, DNSBLQueryRefused, PTRGeneric, IPReputation, HELOInvalid, SpamContent, PolicyRejected, Unknown:
	default:
		return ""
	}
	var name string
	for _, t := range r.tokens {
		switch t.kind {
		case domainName, link:
			if host := hostOf(t); zoneKind(host) != noZone {
				return strings.ToLower(strings.TrimPrefix(strings.TrimSuffix(host, "."), "www."))
			}
		case word:
			if name == "" {
				name = listNames[t.text]
			}
		}
	}
	return name
}

// links are the URLs of a text, as they stand there.
func (r *Reading) links() []string {
	var out []string
	for _, t := range r.tokens {
		if t.kind == link && strings.Contains(linkHost(t.text), ".") && len(t.text) <= maxURL && !slices.Contains(out, t.text) && len(out) < maxExtracted {
			out = append(out, t.text)
		}
	}
	return out
}
