package resolver

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// datagrams are buffers for one UDP reply. Longer ones than we ask for are cut,
// cannot be read then, and send the question to TCP.
var datagrams = sync.Pool{New: func() any { b := make([]byte, 4096); return &b }}

// overUDP asks from a socket of its own, unless it may share. The socket is
// connected, so that the kernel keeps away what is not from the server, and its
// port is the kernel's random choice.
func (e *exchange) overUDP(ctx context.Context, qy *query) (*dns.Msg, int, error) {
	conn, err := e.x.sockets.take(e.server.Addr, e.o.Reuse)
	if err != nil {
		return nil, 0, err
	}
	if err := conn.SetReadDeadline(e.until); err != nil {
		conn.Close()
		return nil, 0, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	m, n, err := e.overSocket(conn, qy)
	// What had another reply, or its deadline set, is not fit for a next question.
	if stop() && err == nil && e.miss == 0 && e.o.Reuse {
		e.x.sockets.give(e.server.Addr, conn)
	} else {
		conn.Close()
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		err = context.DeadlineExceeded
	}
	return m, n, err
}

// overSocket sends the question and waits for a reply that can be believed.
func (e *exchange) overSocket(conn *net.UDPConn, qy *query) (*dns.Msg, int, error) {
	if _, err := conn.Write(qy.wire); err != nil {
		return nil, 0, err
	}
	b := datagrams.Get().(*[]byte)
	defer datagrams.Put(b)
	for {
		n, err := conn.Read(*b)
		if err != nil {
			return nil, 0, err
		}
		m, v := e.believe(qy, (*b)[:n])
		if v == matches {
			return m, n, nil
		}
		e.miss = v
		e.missed++
		if !e.patient {
			return nil, n, errMiss
		}
	}
}

// sockets are UDP sockets that have had their reply and may have another, for
// servers that no forger is able to speak for.
type sockets struct {
	mu     sync.Mutex
	idle   map[netip.AddrPort][]*net.UDPConn
	n      int
	closed bool
}

// maxSockets bounds the idle ones.
const maxSockets = 256

// take is a connected socket: an idle one if that will do, or one of its own.
func (p *sockets) take(addr netip.AddrPort, reuse bool) (*net.UDPConn, error) {
	if reuse {
		p.mu.Lock()
		if list := p.idle[addr]; len(list) > 0 {
			c := list[len(list)-1]
			p.idle[addr] = list[:len(list)-1]
			p.n--
			p.mu.Unlock()
			return c, nil
		}
		p.mu.Unlock()
	}
	return net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
}

func (p *sockets) give(addr netip.AddrPort, c *net.UDPConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.n == maxSockets {
		c.Close()
		return
	}
	if p.idle == nil {
		p.idle = map[netip.AddrPort][]*net.UDPConn{}
	}
	p.idle[addr] = append(p.idle[addr], c)
	p.n++
}

func (p *sockets) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, list := range p.idle {
		for _, c := range list {
			c.Close()
		}
	}
	p.idle, p.n = nil, 0
}

// believe checks a message from UDP in full and reads it.
func (e *exchange) believe(qy *query, wire []byte) (*dns.Msg, verdict) {
	if v := qy.match(wire); v != matches {
		return nil, v
	}
	qy.settleCase(wire)
	m, err := unpack(wire)
	if err != nil {
		return nil, wrongForm
	}
	if !e.memory.checkCookie(qy, m, false) {
		return nil, wrongCookie
	}
	return m, matches
}

// overTCP asks over a stream, which no forger off the path can write to. So the
// reply settles what UDP left in doubt: case and cookies are taken as they are,
// and remembered.
func (e *exchange) overTCP(ctx context.Context, qy *query) (*dns.Msg, int, error) {
	ctx, cancel := context.WithDeadline(ctx, e.until)
	defer cancel()
	wire, err := e.x.stream(ctx, e.server, qy)
	if err != nil {
		return nil, 0, err
	}
	v := qy.match(wire)
	if v == matches || v == wrongCase {
		qy.settleCase(wire)
	}
	m, err := unpack(wire)
	if err != nil {
		return nil, len(wire), &Error{Kind: Malformed, Question: e.q, Err: err}
	}
	if len(m.Question) == 0 {
		m.Question = []dns.Question{{Name: Absolute(e.q.Name), Qtype: uint16(e.q.Type), Qclass: dns.ClassINET}}
	}
	if v == wrongCase {
		e.memory.changedCase()
	}
	e.memory.checkCookie(qy, m, true)
	return m, len(wire), nil
}
