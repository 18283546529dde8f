package resolver

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"time"
)

const (
	// connsPerServer and maxConns bound the kept connections.
	connsPerServer = 4
	maxConns       = 256
)

// conns are the kept connections of an Exchanger.
type conns struct {
	mu      sync.Mutex
	m       map[Server][]*conn
	total   int
	closed  bool
	running sync.WaitGroup
}

// take is a connection to the server with room for one more question, which is
// counted in its load.
func (p *conns) take(s Server, dial func(context.Context, Server) (net.Conn, error)) (*conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, net.ErrClosed
	}
	var best *conn
	open := 0
	for _, c := range p.m[s] {
		if !c.open() {
			continue
		}
		open++
		if best == nil || c.load.Load() < best.load.Load() {
			best = c
		}
	}
	switch {
	case best != nil && best.load.Load() < pipeline:
	case open < connsPerServer && p.makeRoom():
		best = p.start(s, dial)
	case best == nil || best.load.Load() >= fullPipeline:
		return nil, errBusy
	}
	best.load.Add(1)
	return best, nil
}

// makeRoom tells whether one more connection may be opened, and ends one that
// does nothing if that is needed.
func (p *conns) makeRoom() bool {
	if p.total < maxConns {
		return true
	}
	for _, list := range p.m {
		for _, c := range list {
			if c.load.Load() == 0 {
				c.end(errLost)
				return true
			}
		}
	}
	return false
}

func (p *conns) start(s Server, dial func(context.Context, Server) (net.Conn, error)) *conn {
	if p.m == nil {
		p.m = map[Server][]*conn{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), dialTime)
	c := newConn(s, cancel)
	p.m[s] = append(p.m[s], c)
	p.total++
	p.running.Go(func() {
		c.run(ctx, dial)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.total--
		p.m[s] = slices.DeleteFunc(p.m[s], func(x *conn) bool { return x == c })
		if len(p.m[s]) == 0 {
			delete(p.m, s)
		}
	})
	return c
}

// give returns a connection after a question.
func (p *conns) give(c *conn) {
	if c.load.Add(-1) > 0 {
		return
	}
	if c.open() {
		c.idle.Reset(idleTime)
	} else {
		c.end(errLost)
	}
}

// close ends all connections and waits until they have.
func (p *conns) close() {
	p.mu.Lock()
	p.closed = true
	for _, list := range p.m {
		for _, c := range list {
			c.end(net.ErrClosed)
		}
	}
	p.mu.Unlock()
	p.running.Wait()
}

// stream asks over TCP or TLS. A kept connection may end at any time, with or without
// a word, so a question that was on one asks again (RFC 7766 section 6.2.4).
func (x *Exchanger) stream(ctx context.Context, s Server, q *query) ([]byte, error) {
	if s.Transport == Auto || s.Transport == UDP {
		s.Transport = TCP
	}
	connect := x.connect
	if connect == nil {
		connect = x.dial
	}
	for try := 0; ; try++ {
		c, err := x.conns.take(s, connect)
		if err != nil {
			return nil, err
		}
		kept, patience := c.proven(), time.Duration(0)
		if try == 0 {
			patience = c.patience()
		}
		m, err := c.ask(ctx, q, patience)
		kept = kept || c.proven()
		x.conns.give(c)
		if err == nil || !errors.Is(err, errLost) && err != errDeaf || !kept || try == 3 {
			return m, err
		}
	}
}

// dial connects to the server and, for TLS, verifies its certificate.
func (x *Exchanger) dial(ctx context.Context, s Server) (net.Conn, error) {
	var d net.Dialer
	if s.Transport != TLS {
		return d.DialContext(ctx, "tcp", s.Addr.String())
	}
	name := s.Name
	if name == "" {
		name = s.Addr.Addr().String()
	}
	t := tls.Dialer{NetDialer: &d, Config: &tls.Config{
		ServerName: name, RootCAs: x.Roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"dot"},
		ClientSessionCache: x.sessions(),
	}}
	return t.DialContext(ctx, "tcp", s.Addr.String())
}
