package resolver

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// datagrams are buffers for one UDP reply. Longer ones than we ask for are cut,
// cannot be read then, and send the question to TCP.
var datagrams = sync.Pool{New: func() any { b := make([]byte, 4096); return &b }}

// overUDP asks from a socket of its own. The socket is connected, so that the
// kernel keeps away what is not from the server, and its port is the kernel's
// random choice.
func (e *exchange) overUDP(ctx context.Context, qy *query) (*dns.Msg, int, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(e.server.Addr))
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := conn.Write(qy.wire); err != nil {
		return nil, 0, err
	}
	b := datagrams.Get().(*[]byte)
	defer datagrams.Put(b)
	for {
		n, err := conn.Read(*b)
		if err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return nil, 0, err
		}
		m, v := e.believe(qy, (*b)[:n])
		if v == matches {
			return m, n, nil
		}
		e.miss = v
		if !e.patient {
			return nil, n, errMiss
		}
	}
}

// believe checks a message from UDP in full and reads it.
func (e *exchange) believe(qy *query, wire []byte) (*dns.Msg, verdict) {
	if v := qy.match(wire); v != matches {
		return nil, v
	}
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
	wire, err := e.x.stream(ctx, e.server, qy, e.spare)
	if err == nil && wire == nil {
		err = errBusy
	}
	if err != nil {
		return nil, 0, err
	}
	m, err := unpack(wire)
	if err != nil {
		return nil, len(wire), &Error{Kind: Malformed, Question: e.q, Err: err}
	}
	if len(m.Question) == 0 {
		m.Question = []dns.Question{{Name: Absolute(e.q.Name), Qtype: uint16(e.q.Type), Qclass: dns.ClassINET}}
	}
	if qy.match(wire) == wrongCase {
		e.memory.changedCase()
	}
	e.memory.checkCookie(qy, m, true)
	return m, len(wire), nil
}
