package service

import (
	"net/netip"
	"slices"

	"github.com/mailassay/mailassay/resolver"
)

// samples are the ranges for documentation and benchmarks: RFC 5737, RFC 3849,
// RFC 9637, RFC 2544, RFC 5180.
var samples = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("2001:2::/48"),
}

// sampleNames are for tests and documentation (RFC 6761, RFC 2606): hosts of
// such domains have such addresses, and nothing is wrong with that.
var sampleNames = []string{"test", "example", "invalid", "localhost", "example.com", "example.net", "example.org"}

// ordinaryFor are the special-purpose ranges that a check of the domain treats as
// public ones.
func (s *Service) ordinaryFor(domain string) []netip.Prefix {
	if slices.ContainsFunc(sampleNames, func(zone string) bool { return resolver.Within(domain, zone) }) {
		return s.ordinaryClients
	}
	return s.cfg.Ordinary
}
