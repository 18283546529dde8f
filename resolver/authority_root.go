package resolver

import (
	"math/rand/v2"
	"net"
	"net/netip"
)

// rootServers are the addresses of the root servers, as IANA publishes them in
// https://www.internic.net/domain/named.root.
var rootServers = []NameServer{
	root("a", "198.41.0.4", "2001:503:ba3e::2:30"),
	root("b", "170.247.170.2", "2801:1b8:10::b"),
	root("c", "192.33.4.12", "2001:500:2::c"),
	root("d", "199.7.91.13", "2001:500:2d::d"),
	root("e", "192.203.230.10", "2001:500:a8::e"),
	root("f", "192.5.5.241", "2001:500:2f::f"),
	root("g", "192.112.36.4", "2001:500:12::d0d"),
	root("h", "198.97.190.53", "2001:500:1::53"),
	root("i", "192.36.148.17", "2001:7fe::53"),
	root("j", "192.58.128.30", "2001:503:c27::2:30"),
	root("k", "193.0.14.129", "2001:7fd::1"),
	root("l", "199.7.83.42", "2001:500:9f::42"),
	root("m", "202.12.27.33", "2001:dc3::35"),
}

func root(letter, v4, v6 string) NameServer {
	return NameServer{Host: letter + ".root-servers.net", Glue: []netip.Addr{netip.MustParseAddr(v4), netip.MustParseAddr(v6)}}
}

// rootZone is where every way down begins.
func (a *Authority) rootZone() *zone {
	servers := rootServers
	if len(a.config.Roots) > 0 {
		servers = nil
		for _, addr := range a.config.Roots {
			servers = append(servers, NameServer{Host: addr.String(), Glue: []netip.Addr{addr}})
		}
	}
	return &zone{name: ".", servers: servers, signed: true, turn: rand.IntN(1 << 16)}
}

// reachesIPv6 tells whether this machine has a route to global IPv6 addresses. A
// name server that is out of our own reach is no fault of the zone. Connecting a
// datagram socket sends nothing.
func reachesIPv6() bool {
	conn, err := net.Dial("udp6", net.JoinHostPort(rootServers[0].Glue[1].String(), "53"))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
