package resolver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

// Options say how one exchange is made. The zero value asks an authoritative
// server: no recursion, UDP first.
type Options struct {
	// Recurse sets RD (RFC 1035 section 4.1.1): the server finds the answer.
	Recurse bool
	// CheckingDisabled sets CD (RFC 4035 section 3.2.2): what fails validation is
	// given all the same.
	CheckingDisabled bool
	// DNSSEC sets DO (RFC 3225): signatures and denials come along.
	DNSSEC bool
	// Reuse takes a socket, and so a port, that other questions had before: for
	// servers on this machine, which no forger is able to speak for.
	Reuse bool
	// Timeout bounds the exchange with all its steps; 0 stands for 2 seconds.
	Timeout time.Duration
}

// Reply is what one server said to one question.
type Reply struct {
	// Answer is the reply as an answer. Its Status is 0 when Referral is set; its
	// aliases and Name then tell how far the server followed. An authoritative
	// server that follows an alias out of its zones gives NoData with Aliases and
	// without SOA: that says nothing about the records of the last alias.
	Answer Answer
	// Referral is set when the server passes the question on to the servers of
	// another zone (RFC 1034 section 4.3.1).
	Referral *Referral
	// Glue are the addresses that the additional section gives to name servers
	// named in the reply, by canonical name. Believe them no further than the
	// server may speak for the name.
	Glue map[string][]netip.Addr
	// RTT is the time from the last sending of the question to the reply.
	RTT time.Duration
	// TCP tells that the reply came over TCP or TLS.
	TCP bool
	// Size is that of the reply in octets.
	Size int
	// Mismatched counts the messages over UDP that were not the reply.
	Mismatched int
}

// Referral names the servers of the zone that the question is passed on to.
type Referral struct {
	// Zone owns the NS set; it holds the question name, or the last alias.
	Zone string
	// Servers are the names of the NS set, sorted.
	Servers []string
	// DS are those the referral came with; they need Options.DNSSEC.
	DS []DS
}

const (
	defaultExchange = 2 * time.Second
	// payload is the size of UDP replies that we ask for: it avoids fragments on
	// nearly all paths (DNS flag day 2020).
	payload = 1232
	// maxTurns bounds one exchange: UDP, TCP, without EDNS, with a server's cookie.
	maxTurns = 6
)

// Exchanger asks single servers single questions, and remembers what it learned
// about each: its cookie (RFC 7873), whether it keeps the case of names, whether
// it takes EDNS. It keeps TCP and TLS connections for some seconds. The
// zero value works. It may be used from many goroutines and must not be copied.
type Exchanger struct {
	// Roots verify the certificates of TLS servers; nil stands for the system's.
	Roots *x509.CertPool

	memories memories
	conns    conns
	sockets  sockets
	connect  func(context.Context, Server) (net.Conn, error) // dial when nil
	resume   sync.Once
	tickets  tls.ClientSessionCache
}

// Close ends the kept connections and sockets. Questions on streams fail.
func (x *Exchanger) Close() error {
	x.conns.close()
	x.sockets.close()
	return nil
}

// sessions let a closed TLS connection be opened again at less cost.
func (x *Exchanger) sessions() tls.ClientSessionCache {
	x.resume.Do(func() { x.tickets = tls.NewLRUClientSessionCache(64) })
	return x.tickets
}

// Exchange asks one server one question. UDP questions leave from a socket, and so
// a random port, of their own, with a random id and random case; what comes back
// counts only if it is from the server and to exactly this question. A
// truncated reply, and a reply that nearly matches, send the question to TCP.
//
// A referral is a Reply with a nil error. The error is a [*Error] otherwise; the
// Reply then holds RTT, TCP, Size and Mismatched.
func (x *Exchanger) Exchange(ctx context.Context, s Server, q Question, o Options) (Reply, error) {
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = defaultExchange
	}
	until := time.Now().Add(timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(until) {
		until = d
	}
	e := exchange{x: x, server: s, q: q, o: o, until: until, memory: x.memories.of(s), tcp: s.Transport == TCP || s.Transport == TLS}
	e.plain = e.memory.plain()
	m, r, err := e.run(ctx)
	if err != nil {
		var own *Error
		if !errors.As(err, &own) {
			own = &Error{Kind: kindOf(err), Question: q, Err: err}
		}
		own.Server = e.memory.name
		return r, own
	}
	return interpret(e.memory.name, q, m, r)
}

// interpret makes the reply of a message that was accepted.
func interpret(server string, q Question, m *dns.Msg, r Reply) (Reply, error) {
	a, err := classify(q, m)
	a.Server = server
	r.Answer, r.Glue = a, glue(m)
	if errors.Is(err, ErrReferral) {
		r.Referral = referral(a.Name, m)
		return r, nil
	}
	if e, ok := err.(*Error); ok {
		e.Server = server
		return r, e
	}
	return r, nil
}

// exchange is one question on its way to one server.
type exchange struct {
	x      *Exchanger
	server Server
	q      Question
	o      Options
	until  time.Time
	memory *memory

	tcp     bool // ask over TCP or TLS
	plain   bool // without EDNS
	cookied bool // a BADCOOKIE was answered with the cookie that came with it
	patient bool // TCP is closed after a near miss: wait for the true reply
	miss    verdict
	missed  int
}

// errMiss: a reply over UDP came close to answering but does not.
var errMiss = errors.New("a reply does not match the question")

// run asks until a reply can be believed, changing one thing at each step.
func (e *exchange) run(ctx context.Context) (*dns.Msg, Reply, error) {
	var m *dns.Msg
	var r Reply
	var err error
	for range maxTurns {
		m, r, err = e.step(ctx)
		switch {
		case errors.Is(err, errMiss):
			e.tcp = true
		case e.tcp && e.miss != 0 && !e.patient && e.server.Transport <= UDP && noStream(err) && ctx.Err() == nil && time.Now().Before(e.until):
			e.tcp, e.patient = false, true
		case err != nil:
			return nil, r, err
		case m.Truncated && !e.tcp: // RFC 7766 section 5
			e.tcp = true
		case !e.plain && refusesEDNS(m): // RFC 6891 section 7
			e.plain = true
		case m.Rcode == dns.RcodeBadCookie && !e.plain: // RFC 7873 section 5.3
			if e.cookied {
				e.tcp = true
			}
			e.cookied = true
		default:
			if e.plain && !refusesEDNS(m) {
				e.memory.refusedEDNS()
			}
			return m, r, nil
		}
	}
	if err == nil && m != nil {
		return m, r, nil
	}
	return nil, r, err
}

// noStream tells whether the error is that of a connection rather than a reply.
func noStream(err error) bool {
	var reply *Error
	return err != nil && !errors.As(err, &reply)
}

// refusesEDNS tells whether the reply is one of a server without EDNS.
func refusesEDNS(m *dns.Msg) bool {
	switch m.Rcode {
	case dns.RcodeFormatError, dns.RcodeNotImplemented:
		return m.IsEdns0() == nil
	}
	return m.Rcode == dns.RcodeBadVers
}

// step sends the question once and waits for its reply.
func (e *exchange) step(ctx context.Context) (*dns.Msg, Reply, error) {
	qy, err := e.pack()
	if err != nil {
		return nil, Reply{}, &Error{Kind: Malformed, Question: e.q, Err: err}
	}
	sent := time.Now()
	var m *dns.Msg
	var size int
	if e.tcp {
		m, size, err = e.overTCP(ctx, qy)
	} else {
		m, size, err = e.overUDP(ctx, qy)
	}
	return m, Reply{RTT: time.Since(sent), TCP: e.tcp, Size: size, Mismatched: e.missed}, err
}

// kindOf tells what a network error says about the question.
func kindOf(err error) Kind {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, errMiss):
		return Malformed
	case errors.Is(err, errBusy), errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return Overloaded
	}
	return Unreachable
}
