package resolver

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"time"
)

// stream asks over TCP or TLS and returns one message: RFC 7766 section 8.
func (x *Exchanger) stream(ctx context.Context, s Server, q *query) ([]byte, error) {
	conn, err := dial(ctx, s)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	b := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(q.wire)), uint16(len(q.wire)))
	if _, err := conn.Write(append(b, q.wire...)); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(conn, b[:2]); err != nil {
		return nil, err
	}
	m := make([]byte, binary.BigEndian.Uint16(b[:2]))
	_, err = io.ReadFull(conn, m)
	return m, err
}

// dial connects to the server.
func dial(ctx context.Context, s Server) (net.Conn, error) {
	var d net.Dialer
	if s.Transport != TLS {
		return d.DialContext(ctx, "tcp", s.Addr.String())
	}
	name := s.Name
	if name == "" {
		name = s.Addr.Addr().String()
	}
	t := tls.Dialer{NetDialer: &d, Config: &tls.Config{ServerName: name, MinVersion: tls.VersionTLS12, NextProtos: []string{"dot"}}}
	return t.DialContext(ctx, "tcp", s.Addr.String())
}
