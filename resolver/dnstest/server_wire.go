package dnstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/mailassay/mailassay/resolver"
)

// servePackets answers what comes over UDP.
func (s *Server) servePackets(pc *net.UDPConn) {
	b := make([]byte, 4096)
	for {
		n, from, err := pc.ReadFromUDPAddrPort(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue // such as a refused port of a client that left
		}
		s.answer(bytes.Clone(b[:n]), client{over: "udp", from: from, send: func(wire []byte) {
			pc.WriteToUDPAddrPort(wire, from)
		}})
	}
}

// serveStreams accepts connections.
func (s *Server) serveStreams(l net.Listener, over string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		select {
		case <-s.closing:
			conn.Close()
		default:
			s.conns[conn] = true
			s.done.Go(func() { s.serveStream(conn, over) })
		}
		s.mu.Unlock()
	}
}

// serveStream answers the questions of one connection as they become ready, in
// any order (RFC 7766 section 7).
func (s *Server) serveStream(conn net.Conn, over string) {
	var mu sync.Mutex
	defer func() {
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
		conn.Close()
	}()
	from, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
	c := client{over: over, from: from, close: func() { conn.Close() }, send: func(wire []byte) {
		mu.Lock()
		defer mu.Unlock()
		conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
		conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...))
	}}
	var length [2]byte
	for {
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		wire := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, wire); err != nil {
			return
		}
		s.answer(wire, c)
	}
}

// client is who asked and how to reach it.
type client struct {
	over  string
	from  netip.AddrPort
	send  func([]byte)
	close func()
}

// answer replies to one message.
func (s *Server) answer(wire []byte, c client) {
	query := new(dns.Msg)
	if err := query.Unpack(wire); err != nil || query.Response {
		return
	}
	asked, fault := s.note(query, c.over, c.from)
	if fault.CloseTCP && c.close != nil {
		c.close()
		return
	}
	if c.over == "udp" {
		s.forge(fault.Forge, query, c)
	}
	reply, end := s.reply(query, asked, fault)
	if reply == nil || fault.Drop {
		return
	}
	reply = fault.damage(reply, end, c.over)
	s.later(s.config.RTT+fault.Delay, func() {
		c.send(reply)
		if fault.Duplicate {
			c.send(reply)
		}
	})
}

// later runs f after a delay, unless the server closes before.
func (s *Server) later(d time.Duration, f func()) {
	if d == 0 {
		f()
		return
	}
	time.AfterFunc(d, func() {
		select {
		case <-s.closing:
		default:
			f()
		}
	})
}

// reply is the message to send, nil for silence, and where its question ends.
func (s *Server) reply(query *dns.Msg, a Asked, f Fault) ([]byte, int) {
	var m *dns.Msg
	var kind resolver.Kind
	if s.config.Zones != nil {
		m, kind = s.zone.Authority(query, s.config.Zones)
	} else {
		m, kind = s.zone.Reply(query)
	}
	opt := query.IsEdns0()
	m.CheckingDisabled = query.CheckingDisabled
	m.AuthenticatedData = m.AuthenticatedData && (query.AuthenticatedData || a.DNSSEC) && !query.CheckingDisabled // RFC 6840 section 5.8
	size := dns.MinMsgSize
	ede := f.Extended
	switch kind {
	case resolver.Timeout:
		return nil, 0
	case resolver.Refused:
		m.Rcode = dns.RcodeRefused
	case resolver.Bogus:
		m.Rcode, ede = dns.RcodeServerFailure, append(ede, resolver.ExtendedError{Code: dns.ExtendedErrorCodeDNSBogus})
	case resolver.ServerFailure:
		m.Rcode = dns.RcodeServerFailure
	}
	if kind != 0 {
		m.Answer, m.Ns = nil, nil
	}
	if opt != nil {
		size = max(size, int(opt.UDPSize()))
		s.extend(m, opt, a, f, ede)
	}
	f.spoil(m, a)
	if a.Over == "udp" && !m.Truncated {
		m.Truncate(size)
	} else {
		m.Compress = true
	}
	wire, err := m.Pack()
	if err != nil {
		return nil, 0
	}
	end := 12
	if len(m.Question) == 1 {
		end += len(m.Question[0].Name) + 5 // of a name without escapes
	}
	return wire, min(end, len(wire))
}

// extend answers EDNS with EDNS: extended errors and cookies.
func (s *Server) extend(m *dns.Msg, opt *dns.OPT, a Asked, f Fault, ede []resolver.ExtendedError) {
	m.SetEdns0(1232, opt.Do())
	own := m.IsEdns0()
	if f.NoEDE {
		ede = nil
	}
	for _, e := range ede {
		own.Option = append(own.Option, &dns.EDNS0_EDE{InfoCode: e.Code, ExtraText: e.Text})
	}
	if !s.config.Cookies || len(a.Cookie) < 16 || f.NoCookie {
		return
	}
	half := a.Cookie[:16]
	sum := sha256.Sum256([]byte(half + a.From.Addr().String()))
	want := half + hex.EncodeToString(sum[:8])
	if a.Cookie != want && a.Over == "udp" {
		m.Answer, m.Ns, m.Rcode = nil, nil, dns.RcodeBadCookie
	}
	if f.WrongCookie {
		want = "0123456789abcdef" + want[16:]
	}
	own.Option = append(own.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: want})
}

func cookie(opt *dns.OPT) string {
	for _, o := range opt.Option {
		if c, ok := o.(*dns.EDNS0_COOKIE); ok {
			return c.Cookie
		}
	}
	return ""
}

// forge sends n replies that an attacker off the path could: each has the port
// right, and the id, the question, the case or the source wrong.
func (s *Server) forge(n int, query *dns.Msg, c client) {
	for i := range n {
		m := new(dns.Msg)
		m.SetReply(query)
		q := query.Question[0]
		send := c.send
		switch i % 4 {
		case 0:
			m.Id += uint16(1 + i/4%65535)
		case 1:
			q.Name = "x" + q.Name
		case 2:
			q.Name = swapCase(q.Name)
		case 3:
			send = func(wire []byte) { s.forgery.WriteToUDPAddrPort(wire, c.from) }
		}
		m.Question = []dns.Question{q}
		m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 86400}, A: []byte{203, 0, 113, 66}}}
		if wire, err := m.Pack(); err == nil {
			send(wire)
		}
	}
}

// swapCase changes the case of the first letter.
func swapCase(name string) string {
	b := []byte(name)
	for i, c := range b {
		if c |= 0x20; 'a' <= c && c <= 'z' {
			b[i] ^= 0x20
			break
		}
	}
	return string(b)
}
