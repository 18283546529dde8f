package dnsbl

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

// For is the list of a zone: with the codes that its keeper documents where this
// package knows them, otherwise a list, of addresses as far as is known, all of
// whose answers are listings. That a list is known here is no permission to ask it: most have terms
// of use, and no list is asked that a configuration does not name.
func For(zone string) (List, error) {
	name, err := resolver.Canonical(zone)
	if err != nil {
		return List{}, fmt.Errorf("blocklist %.80q: %w", zone, err)
	}
	for _, l := range known {
		if l.Zone == name {
			return l, nil
		}
	}
	return List{Zone: name, Kind: Addresses, Unsure: true}, nil
}

// ParseList reads a list as configurations have it: a zone, its kinds and its
// codes, apart by spaces, such as "uri.example.net domain" or
// "rbl.example.net ip 127.0.0.2=spam 127.0.0.10=policy:dynamic_range". Kinds are
// ip, ip4, ip6 and domain; a code is address=[policy:]meaning, or bit=..., where the
// bit is one of 1, 2, 4 to 128 of the answer's last octet; the meaning has
// underscores for spaces. What is given replaces what this package knows of the
// zone; without kinds an unknown zone is of addresses.
func ParseList(s string) (List, error) {
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return List{}, fmt.Errorf("blocklist %q has no zone", s)
	}
	l, err := For(fields[0])
	if l.Unsure = false; err != nil || len(fields) == 1 {
		return l, err
	}
	var kinds Kind
	var codes []Code
	for _, f := range fields[1:] {
		if kind, ok := kindWords[f]; ok {
			kinds |= kind
			continue
		}
		c, ok := parseCode(f)
		if !ok {
			return List{}, fmt.Errorf("blocklist %s: %q is neither a kind nor a code", l.Zone, f)
		}
		codes = append(codes, c)
	}
	if kinds != 0 {
		l.Kind = kinds
	}
	if codes != nil {
		l.Codes = codes
	}
	return l, nil
}

var kindWords = map[string]Kind{"ip": Addresses, "ip4": IPv4, "ip6": IPv6, "domain": Domains}

// parseCode reads address=[policy:]meaning or bit=[policy:]meaning.
func parseCode(s string) (Code, bool) {
	answer, meaning, ok := strings.Cut(s, "=")
	c := Code{Class: Abuse}
	if bit, err := strconv.ParseUint(answer, 10, 8); err == nil {
		c.Bit = byte(bit)
		ok = ok && bits.OnesCount8(c.Bit) == 1
	} else {
		c.Addr, err = netip.ParseAddr(answer)
		ok = ok && err == nil && loopback.Contains(c.Addr)
	}
	if rest, isPolicy := strings.CutPrefix(meaning, "policy:"); isPolicy {
		meaning, c.Class = rest, Policy
	}
	c.Meaning = strings.ReplaceAll(meaning, "_", " ")
	return c, ok
}

func code(addr string, class Class, meaning string) Code {
	return Code{Addr: netip.MustParseAddr(addr), Class: class, Meaning: meaning}
}

// known are lists whose answers differ in weight. Source: the keepers' own pages.
var known = []List{
	{Zone: "zen.spamhaus.org", Kind: Addresses, Codes: []Code{
		code("127.0.0.2", Abuse, "SBL: spam sources and operations"),
		code("127.0.0.3", Abuse, "SBL CSS: spam sources found automatically"),
		code("127.0.0.4", Abuse, "XBL: infected or exploited host"),
		code("127.0.0.5", Abuse, "XBL: infected or exploited host"),
		code("127.0.0.6", Abuse, "XBL: infected or exploited host"),
		code("127.0.0.7", Abuse, "XBL: infected or exploited host"),
		code("127.0.0.9", Abuse, "DROP: network in criminal hands"),
		code("127.0.0.10", Policy, "PBL: range not meant to send mail, by its network"),
		code("127.0.0.11", Policy, "PBL: range not meant to send mail, by Spamhaus"),
	}},
	{Zone: "dbl.spamhaus.org", Kind: Domains, Codes: []Code{
		code("127.0.1.2", Abuse, "spam domain"),
		code("127.0.1.4", Abuse, "phishing domain"),
		code("127.0.1.5", Abuse, "malware domain"),
		code("127.0.1.6", Abuse, "botnet controller"),
		code("127.0.1.102", Abuse, "legitimate domain abused for spam"),
		code("127.0.1.103", Abuse, "redirector abused for spam"),
		code("127.0.1.104", Abuse, "legitimate domain abused for phishing"),
		code("127.0.1.105", Abuse, "legitimate domain abused for malware"),
		code("127.0.1.106", Abuse, "legitimate domain abused for botnet control"),
		code("127.0.1.255", Refused, "addresses are not looked up here"),
	}},
}
