package dnstest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/mailassay/mailassay/resolver"
)

// Config says what a server is. The zero value is a recursive server that knows
// the whole zone text, on a free port of 127.0.0.1, over UDP and TCP.
type Config struct {
	// Listen is the address and port, "127.0.0.1:0" when empty.
	Listen string
	// Zones make the server authoritative for these zones of the text and no
	// others: it sets AA, refers to the servers of zones below, follows no alias
	// out of a zone, and refuses the rest. The root is ".".
	Zones []string
	// RTT delays every reply: a round trip over a network.
	RTT time.Duration
	// NoTCP leaves the TCP port closed.
	NoTCP bool
	// TLS adds DNS over TLS on a port of its own, with a certificate made for
	// the server: see [Server.TLSServer] and [Server.Roots].
	TLS bool
	// Cookies makes the server give DNS cookies and answer BADCOOKIE over UDP to
	// a client that sends none of the server's (RFC 7873 section 5.2.3).
	Cookies bool
}

// Server is a name server for wire tests. It notes what it is asked and has
// faults on demand.
type Server struct {
	zone   *Zone
	config Config
	addr   netip.AddrPort
	tls    netip.AddrPort
	roots  *x509.CertPool

	closing chan struct{}
	closers []interface{ Close() error }
	done    sync.WaitGroup

	mu      sync.Mutex
	conns   map[net.Conn]bool
	asked   []Asked
	count   int
	faults  func(Asked) Fault
	forgery *net.UDPConn
}

// Asked is one question as it came.
type Asked struct {
	// Question has the name in canonical form; Raw is the name with its case.
	Question resolver.Question
	Raw      string
	// Over is "udp", "tcp" or "tls".
	Over string
	// From is the client's address and port.
	From netip.AddrPort
	// ID is that of the message.
	ID uint16
	// Recurse, CheckingDisabled, AuthenticData and DNSSEC are the flags RD, CD, AD
	// and DO.
	Recurse, CheckingDisabled, AuthenticData, DNSSEC bool
	// EDNS tells whether there was an OPT record.
	EDNS bool
	// Cookie is the cookie option in hexadecimal, "" without.
	Cookie string
	// N counts the questions of the server from 1.
	N int
}

// maxHistory bounds the history, for servers under load. Counting goes on.
const maxHistory = 1 << 16

// Serve runs a server over zone text until the test ends. A fault in the text ends
// the test.
func Serve(t TB, text string, c Config) *Server {
	t.Helper()
	z, err := Parse(text)
	if err != nil {
		t.Fatalf("zone: %v", err)
	}
	s, err := Start(z, c)
	if err != nil {
		t.Fatalf("server: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start runs a server over a zone until Close.
func Start(z *Zone, c Config) (*Server, error) {
	s := &Server{zone: z, config: c, closing: make(chan struct{}), conns: map[net.Conn]bool{}}
	s.config.Zones = slices.Clone(c.Zones)
	for i, name := range s.config.Zones {
		s.config.Zones[i] = fold(name)
	}
	if err := s.listen(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// listen opens the ports and starts serving them.
func (s *Server) listen() error {
	at := s.config.Listen
	if at == "" {
		at = "127.0.0.1:0"
	}
	packets, stream, err := pair(at, !s.config.NoTCP)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, packets)
	s.addr = packets.LocalAddr().(*net.UDPAddr).AddrPort()
	for range 2 {
		s.done.Go(func() { s.servePackets(packets) })
	}
	if stream != nil {
		s.closers = append(s.closers, stream)
		s.done.Go(func() { s.serveStreams(stream, "tcp") })
	}
	if s.config.TLS {
		certificate, roots, err := certify(s.addr.Addr())
		if err != nil {
			return err
		}
		l, err := tls.Listen("tcp", netip.AddrPortFrom(s.addr.Addr(), 0).String(), &tls.Config{
			Certificates: []tls.Certificate{certificate}, NextProtos: []string{"dot"},
		})
		if err != nil {
			return err
		}
		s.roots, s.tls = roots, l.Addr().(*net.TCPAddr).AddrPort()
		s.closers = append(s.closers, l)
		s.done.Go(func() { s.serveStreams(l, "tls") })
	}
	forgery, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(s.addr.Addr(), 0)))
	if err != nil {
		return err
	}
	s.forgery = forgery
	s.closers = append(s.closers, forgery)
	return nil
}

// pair opens UDP and TCP on one port.
func pair(at string, withTCP bool) (*net.UDPConn, net.Listener, error) {
	var errs []error
	for range 16 { // a free UDP port may be taken for TCP
		pc, err := net.ListenPacket("udp", at)
		if err != nil {
			return nil, nil, err
		}
		packets := pc.(*net.UDPConn)
		packets.SetReadBuffer(4 << 20)
		if !withTCP {
			return packets, nil, nil
		}
		stream, err := net.Listen("tcp", packets.LocalAddr().String())
		if err == nil {
			return packets, stream, nil
		}
		packets.Close()
		errs = append(errs, err)
	}
	return nil, nil, fmt.Errorf("no port free for UDP and TCP: %w", errors.Join(errs...))
}

// Close stops the server and waits until it has.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.closing:
	default:
		close(s.closing)
	}
	for _, c := range s.closers {
		c.Close()
	}
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

// Addr is the address and port for UDP and TCP.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// UDPServer reaches the server over UDP first.
func (s *Server) UDPServer() resolver.Server {
	return resolver.Server{Addr: s.addr, Transport: resolver.UDP}
}

// TCPServer reaches it over TCP alone.
func (s *Server) TCPServer() resolver.Server {
	return resolver.Server{Addr: s.addr, Transport: resolver.TCP}
}

// TLSServer reaches it over TLS alone, by the name in its certificate.
func (s *Server) TLSServer() resolver.Server {
	return resolver.Server{Addr: s.tls, Transport: resolver.TLS, Name: certificateName}
}

// Roots verify the server's certificate.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Fault makes f choose the faults of each question; nil ends all. f is called from
// many goroutines.
func (s *Server) Fault(f func(Asked) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Always gives all questions the same faults.
func (s *Server) Always(f Fault) { s.Fault(func(Asked) Fault { return f }) }

// Asked are the questions so far, in the order they came, the first 65536 of them.
func (s *Server) Asked() []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Count is the number of questions so far.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Forget empties the history and the count.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked, s.count = nil, 0
}

// note writes a question down and chooses its faults.
func (s *Server) note(query *dns.Msg, over string, from netip.AddrPort) (Asked, Fault) {
	a := Asked{
		Over: over, From: from, ID: query.Id, Recurse: query.RecursionDesired,
		CheckingDisabled: query.CheckingDisabled, AuthenticData: query.AuthenticatedData,
	}
	if len(query.Question) == 1 {
		a.Raw = query.Question[0].Name
		a.Question = resolver.Ask(a.Raw, resolver.Type(query.Question[0].Qtype))
	}
	if opt := query.IsEdns0(); opt != nil {
		a.EDNS, a.DNSSEC, a.Cookie = true, opt.Do(), cookie(opt)
	}
	s.mu.Lock()
	s.count++
	a.N = s.count
	if len(s.asked) < maxHistory {
		s.asked = append(s.asked, a)
	}
	faults := s.faults
	s.mu.Unlock()
	if faults == nil {
		return a, Fault{}
	}
	return a, faults(a)
}
