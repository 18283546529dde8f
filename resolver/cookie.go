package resolver

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	// maxMemories bounds the servers remembered, since zones choose their servers.
	maxMemories = 4096
	// memoryLife bounds how long what a server cannot do is believed.
	memoryLife = time.Hour
)

// memories are what is known about servers.
type memories struct {
	mu sync.Mutex
	m  map[Server]*memory
}

// of is the memory of a server, made when there is none. When there are too many
// any one makes room: all of it can be learned again.
func (ms *memories) of(s Server) *memory {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	if m := ms.m[s]; m != nil {
		return m
	}
	if ms.m == nil {
		ms.m = map[Server]*memory{}
	}
	if len(ms.m) >= maxMemories {
		for a := range ms.m {
			delete(ms.m, a)
			break
		}
	}
	m := &memory{name: s.String()}
	ms.m[s] = m
	return m
}

// memory is what is known about one server.
type memory struct {
	name string // of the server, in answers and errors

	mu         sync.Mutex
	client     []byte // our cookie for this server: RFC 7873 section 4.1
	server     []byte // the cookie it gave us
	plainUntil time.Time
	caseUntil  time.Time // the server does not keep case
}

// plain tells that the server is known to refuse EDNS.
func (m *memory) plain() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().Before(m.plainUntil)
}

func (m *memory) refusedEDNS() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.plainUntil = time.Now().Add(memoryLife)
}

// keepsCase tells whether the server may be relied on to repeat the case of the
// question, as nearly all do.
func (m *memory) keepsCase() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !time.Now().Before(m.caseUntil)
}

func (m *memory) changedCase() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.caseUntil = time.Now().Add(memoryLife)
}

// cookies are the two halves to send. The slices are never written to.
func (m *memory) cookies() (client, server []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.client == nil {
		c := make([]byte, 8)
		if _, err := rand.Read(c); err != nil {
			return nil, nil
		}
		m.client = c
	}
	return m.client, m.server
}

// checkCookie compares the cookie of a reply with the one sent and keeps the
// server's half: RFC 7873 section 5.3. A server that has sent a cookie must go
// on doing so, unless a stream says that it has stopped.
func (m *memory) checkCookie(q *query, reply *dns.Msg, stream bool) bool {
	if q.cookie == nil {
		return true
	}
	c := cookieOf(reply)
	m.mu.Lock()
	defer m.mu.Unlock()
	if c == nil {
		if stream {
			m.server = nil
		}
		return m.server == nil
	}
	if len(c) < 8 || !bytes.Equal(c[:8], q.cookie) {
		return false
	}
	if n := len(c) - 8; 8 <= n && n <= 32 && !bytes.Equal(c[8:], m.server) {
		m.server = c[8:]
	}
	return true
}

// cookieOf is the cookie option of a message, nil without.
func cookieOf(m *dns.Msg) []byte {
	opt := m.IsEdns0()
	if opt == nil {
		return nil
	}
	for _, o := range opt.Option {
		if c, ok := o.(*dns.EDNS0_COOKIE); ok {
			if b, err := hex.DecodeString(c.Cookie); err == nil {
				return b
			}
		}
	}
	return nil
}
