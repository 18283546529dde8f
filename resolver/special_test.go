package resolver_test

import (
	"net/netip"
	"testing"

	"github.com/mailassay/mailassay/resolver"
)

// Each block of the registries with its first and last address, and the
// neighbours that are not in it.
func TestSpecialBlocksEndWhereTheRegistriesSay(t *testing.T) {
	for _, c := range []struct{ inside, outside, name string }{
		{"0.0.0.0", "1.0.0.0", "unspecified"},
		{"0.255.255.255", "1.0.0.0", "this network"},
		{"10.0.0.0", "9.255.255.255", "private"},
		{"10.255.255.255", "11.0.0.0", "private"},
		{"100.64.0.0", "100.63.255.255", "shared address space (CGNAT)"},
		{"100.127.255.255", "100.128.0.0", "shared address space (CGNAT)"},
		{"127.53.0.1", "126.255.255.255", "loopback"},
		{"169.254.169.254", "169.253.255.255", "link-local"},
		{"172.16.0.0", "172.15.255.255", "private"},
		{"172.31.255.255", "172.32.0.0", "private"},
		{"192.0.0.7", "192.0.0.9", "IPv4 service continuity (DS-Lite)"},
		{"192.0.0.8", "192.0.0.10", "IPv4 dummy address"},
		{"192.0.0.171", "192.0.1.0", "NAT64 and DNS64 discovery"},
		{"192.0.0.172", "192.0.1.0", "IETF protocol assignments"},
		{"192.0.2.1", "192.0.3.0", "documentation (TEST-NET-1)"},
		{"192.88.99.1", "192.88.100.0", "deprecated 6to4 relay anycast"},
		{"192.168.255.255", "192.169.0.0", "private"},
		{"198.19.255.255", "198.20.0.0", "benchmarking"},
		{"198.51.100.255", "198.51.101.0", "documentation (TEST-NET-2)"},
		{"203.0.113.0", "203.0.112.255", "documentation (TEST-NET-3)"},
		{"224.0.0.1", "223.255.255.255", "multicast"},
		{"240.0.0.1", "192.31.196.1", "reserved"},
		{"255.255.255.255", "192.175.48.1", "limited broadcast"},
		{"::", "2606::1", "unspecified"},
		{"::1", "2606::1", "loopback"},
		{"::ffff:8.8.8.8", "8.8.8.8", "IPv4-mapped"},
		{"::8.8.8.8", "8.8.8.8", "deprecated IPv4-compatible"},
		{"64:ff9b::a00:1", "2606::1", "IPv4/IPv6 translation (NAT64)"},
		{"64:ff9b:1:ffff::1", "2606::1", "local IPv4/IPv6 translation"},
		{"100::1", "2606::1", "discard-only"},
		{"100:0:0:1::1", "2606::1", "dummy prefix"},
		{"2001:0:1::1", "2001:1::1", "Teredo"},
		{"2001:2::1", "2001:3::1", "benchmarking"},
		{"2001:1::4", "2001:1::2", "IETF protocol assignments"},
		{"2001:1ff:ffff::1", "2001:200::1", "IETF protocol assignments"},
		{"2001:1f::1", "2001:20::1", "deprecated ORCHID"},
		{"2001:4:113::1", "2001:4:112::1", "IETF protocol assignments"},
		{"2001:db8:ffff::1", "2001:db9::1", "documentation"},
		{"2002:7f00:1::1", "2003::1", "6to4"},
		{"3fff:fff::1", "3fff:1000::1", "documentation"},
		{"5f00::1", "3ffe::1", "segment routing (SRv6) SIDs"},
		{"fdff::1", "2620:4f:8000::1", "unique local"},
		{"fe80::1", "2606::1", "link-local"},
		{"fe80::1%eth0", "2606::1", "link-local"},
		{"fec0::1", "2606::1", "deprecated site-local"},
		{"ff02::1", "2606::1", "multicast"},
		{"4000::1", "2606::1", "outside of global unicast"},
	} {
		if name, ok := resolver.Special(netip.MustParseAddr(c.inside)); !ok || name != c.name {
			t.Errorf("Special(%s) = %q, %v; want %q", c.inside, name, ok, c.name)
		}
		if name, ok := resolver.Special(netip.MustParseAddr(c.outside)); ok || name != "" {
			t.Errorf("Special(%s) = %q, %v; it is an ordinary address", c.outside, name, ok)
		}
	}
	if name, ok := resolver.Special(netip.Addr{}); !ok || name != "invalid" {
		t.Errorf("the invalid address gives %q, %v", name, ok)
	}
}
