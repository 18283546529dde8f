package resolver

import (
	"fmt"
	"net/netip"
	"strings"
)

// Transport is the way to a server.
type Transport uint8

// The ways to a server.
const (
	// Auto is UDP first, as UDP; an [Upstream] uses its sockets to servers on this
	// machine again.
	Auto Transport = iota
	// UDP, and TCP for what does not fit or looks forged.
	UDP
	// TCP alone, connections kept (RFC 7766).
	TCP
	// TLS alone, connections kept (RFC 7858).
	TLS
)

var schemes = [...]string{Auto: "", UDP: "udp", TCP: "tcp", TLS: "tls"}

// Server is a name server and the way to reach it. It is comparable.
type Server struct {
	Addr      netip.AddrPort
	Transport Transport
	// Name is the host name that a TLS server's certificate must be for; "" stands
	// for its address.
	Name string
}

// ParseServer reads a server from an address with or without a port, alone or
// as a URL with the scheme udp, tcp or tls:
//
//	192.0.2.53
//	[2001:db8::53]:5353
//	tcp://192.0.2.53
//	tls://dns.example@192.0.2.53:853
//
// The port is 53, or 853 for TLS, unless given. A name in front of an @ is the
// one that a TLS server's certificate must carry.
func ParseServer(text string) (Server, error) {
	var s Server
	rest := text
	if scheme, after, ok := strings.Cut(text, "://"); ok {
		for t, name := range schemes {
			if name != "" && name == scheme {
				s.Transport, rest = Transport(t), after
			}
		}
		if s.Transport == Auto {
			return Server{}, fmt.Errorf("server %.100q: the scheme is none of udp, tcp, tls", text)
		}
	}
	if name, after, ok := strings.Cut(rest, "@"); ok {
		c, err := Canonical(name)
		if err != nil || s.Transport != TLS {
			return Server{}, fmt.Errorf("server %.100q: only tls:// takes a host name, for its certificate", text)
		}
		s.Name, rest = c, after
	}
	port := uint16(53)
	if s.Transport == TLS {
		port = 853
	}
	if ap, err := netip.ParseAddrPort(rest); err == nil && ap.Port() != 0 {
		s.Addr = ap
		return s, nil
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(rest, "["), "]"))
	if err != nil {
		return Server{}, fmt.Errorf("server %.100q: not an IP address with or without a port", text)
	}
	s.Addr = netip.AddrPortFrom(addr, port)
	return s, nil
}

// String is the form that [ParseServer] takes, with the port: it names the
// server in answers and errors.
func (s Server) String() string {
	if s.Transport == Auto {
		return s.Addr.String()
	}
	if s.Name != "" {
		return schemes[s.Transport] + "://" + s.Name + "@" + s.Addr.String()
	}
	return schemes[s.Transport] + "://" + s.Addr.String()
}
