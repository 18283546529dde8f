package resolver

import "net/netip"

// Special names the special-purpose block that an address is in, as the IANA
// registries for IPv4 and IPv6 name it (RFC 6890), and is false for an address
// that a host of the public Internet may have. Blocks that the registries mark as
// globally reachable are not special here, apart from the translation prefix
// 64:ff9b::/96, which reaches whatever IPv4 address is inside it. Multicast and
// what lies outside of IPv6's global unicast space (RFC 4291 section 2.4) count
// as special. An invalid address is special and named "invalid".
//
// An IPv4-mapped address is special in an AAAA record; unmap the address of a
// socket first.
func Special(addr netip.Addr) (name string, special bool) {
	if !addr.IsValid() {
		return "invalid", true
	}
	table := special6
	if addr.Is4() {
		table = special4
	}
	addr = addr.WithZone("")
	for _, b := range table {
		if b.prefix.Contains(addr) {
			return b.name, b.name != ""
		}
	}
	return "", false
}

type block struct {
	prefix netip.Prefix
	name   string // "" for a reachable part of a block further down
}

// The tables hold inner blocks before outer ones: the first that fits counts.
// Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and
// https://www.iana.org/assignments/iana-ipv6-special-registry.
var (
	special4 = []block{
		{netip.MustParsePrefix("0.0.0.0/32"), "unspecified"},                         // RFC 1122 section 3.2.1.3
		{netip.MustParsePrefix("0.0.0.0/8"), "this network"},                         // RFC 791 section 3.2
		{netip.MustParsePrefix("10.0.0.0/8"), "private"},                             // RFC 1918
		{netip.MustParsePrefix("100.64.0.0/10"), "shared address space (CGNAT)"},     // RFC 6598
		{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},                           // RFC 1122 section 3.2.1.3
		{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},                      // RFC 3927
		{netip.MustParsePrefix("172.16.0.0/12"), "private"},                          // RFC 1918
		{netip.MustParsePrefix("192.0.0.9/32"), ""},                                  // RFC 7723: PCP anycast
		{netip.MustParsePrefix("192.0.0.10/32"), ""},                                 // RFC 8155: TURN anycast
		{netip.MustParsePrefix("192.0.0.0/29"), "IPv4 service continuity (DS-Lite)"}, // RFC 7335
		{netip.MustParsePrefix("192.0.0.8/32"), "IPv4 dummy address"},                // RFC 7600
		{netip.MustParsePrefix("192.0.0.170/31"), "NAT64 and DNS64 discovery"},       // RFC 8880, RFC 7050
		{netip.MustParsePrefix("192.0.0.0/24"), "IETF protocol assignments"},         // RFC 6890
		{netip.MustParsePrefix("192.0.2.0/24"), "documentation (TEST-NET-1)"},        // RFC 5737
		{netip.MustParsePrefix("192.88.99.0/24"), "deprecated 6to4 relay anycast"},   // RFC 7526
		{netip.MustParsePrefix("192.168.0.0/16"), "private"},                         // RFC 1918
		{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},                     // RFC 2544
		{netip.MustParsePrefix("198.51.100.0/24"), "documentation (TEST-NET-2)"},     // RFC 5737
		{netip.MustParsePrefix("203.0.113.0/24"), "documentation (TEST-NET-3)"},      // RFC 5737
		{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},                          // RFC 5771
		{netip.MustParsePrefix("255.255.255.255/32"), "limited broadcast"},           // RFC 919
		{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},                           // RFC 1112 section 4
	}
	special6 = []block{
		{netip.MustParsePrefix("::/128"), "unspecified"},                         // RFC 4291 section 2.5.2
		{netip.MustParsePrefix("::1/128"), "loopback"},                           // RFC 4291 section 2.5.3
		{netip.MustParsePrefix("::ffff:0:0/96"), "IPv4-mapped"},                  // RFC 4291 section 2.5.5.2
		{netip.MustParsePrefix("::/96"), "deprecated IPv4-compatible"},           // RFC 4291 section 2.5.5.1
		{netip.MustParsePrefix("64:ff9b::/96"), "IPv4/IPv6 translation (NAT64)"}, // RFC 6052
		{netip.MustParsePrefix("64:ff9b:1::/48"), "local IPv4/IPv6 translation"}, // RFC 8215
		{netip.MustParsePrefix("100::/64"), "discard-only"},                      // RFC 6666
		{netip.MustParsePrefix("100:0:0:1::/64"), "dummy prefix"},                // RFC 9780
		{netip.MustParsePrefix("2001::/32"), "Teredo"},                           // RFC 4380
		{netip.MustParsePrefix("2001:1::1/128"), ""},                             // RFC 7723: PCP anycast
		{netip.MustParsePrefix("2001:1::2/128"), ""},                             // RFC 8155: TURN anycast
		{netip.MustParsePrefix("2001:1::3/128"), ""},                             // RFC 9665: DNS-SD SRP anycast
		{netip.MustParsePrefix("2001:2::/48"), "benchmarking"},                   // RFC 5180
		{netip.MustParsePrefix("2001:3::/32"), ""},                               // RFC 7450: AMT
		{netip.MustParsePrefix("2001:4:112::/48"), ""},                           // RFC 7535: AS112
		{netip.MustParsePrefix("2001:10::/28"), "deprecated ORCHID"},             // RFC 4843
		{netip.MustParsePrefix("2001:20::/28"), ""},                              // RFC 7343: ORCHIDv2
		{netip.MustParsePrefix("2001:30::/28"), ""},                              // RFC 9374: drone remote identity
		{netip.MustParsePrefix("2001::/23"), "IETF protocol assignments"},        // RFC 2928
		{netip.MustParsePrefix("2001:db8::/32"), "documentation"},                // RFC 3849
		{netip.MustParsePrefix("2002::/16"), "6to4"},                             // RFC 3056
		{netip.MustParsePrefix("3fff::/20"), "documentation"},                    // RFC 9637
		{netip.MustParsePrefix("2000::/3"), ""},                                  // RFC 4291 section 2.4
		{netip.MustParsePrefix("5f00::/16"), "segment routing (SRv6) SIDs"},      // RFC 9602
		{netip.MustParsePrefix("fc00::/7"), "unique local"},                      // RFC 4193
		{netip.MustParsePrefix("fe80::/10"), "link-local"},                       // RFC 4291 section 2.5.6
		{netip.MustParsePrefix("fec0::/10"), "deprecated site-local"},            // RFC 3879
		{netip.MustParsePrefix("ff00::/8"), "multicast"},                         // RFC 4291 section 2.7
		{netip.MustParsePrefix("::/0"), "outside of global unicast"},             // RFC 4291 section 2.4
	}
)
