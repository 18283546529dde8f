package resolver

import (
	"context"
	"crypto/x509"
	"errors"
	"sync"
	"time"
)

// UpstreamConfig says which recursive servers an Upstream asks, and how. The zero
// value asks those of /etc/resolv.conf.
type UpstreamConfig struct {
	// Servers are at most 16; those of the system when empty.
	Servers []Server
	// Timeout bounds a question with all its tries; 5 s when 0.
	Timeout time.Duration
	// Extra is the share of questions that may be sent once more, to another server
	// if there is one, before the first try's time is up; 0.05 when 0, none when
	// negative.
	Extra float64
	// Rate is how many questions a second a server gets, and as many at once after a
	// second of rest. 0 stands for 2000 to servers beyond this machine and for no bound
	// to those on it; negative is no bound.
	Rate int
	// Validation of all servers, when it is known; otherwise Probe finds out.
	Validation Validation
	// TrustClear believes the AD flag of servers beyond this machine that are asked
	// in clear. Without it AD counts from servers on loopback or over TLS alone: RFC
	// 4035 section 4.9.3 asks for a secure channel.
	TrustClear bool
	// Signed is a name with a SOA in a signed zone, for Probe; "org" when empty.
	Signed string
	// Roots verify the certificates of TLS servers; the system's when nil.
	Roots *x509.CertPool
}

const (
	defaultTimeout = 5 * time.Second
	defaultExtra   = 0.05
	defaultRate    = 2000
	// tryTime bounds one try: unbound drops answers that it finds later than 1.9 s
	// (discard-timeout), and the next try meets a warm cache.
	tryTime = 1800 * time.Millisecond
	// maxTries bounds the tries of one question, and lossyTries where the network is
	// seen to lose much: then three in ten packets may be lost each way, and one
	// question in ten thousand stays open.
	maxTries   = 8
	lossyTries = 16
	// maxUpstreams bounds the servers.
	maxUpstreams = 16
)

// Upstream asks recursive servers: the quickest healthy one first, another one when
// that is late or fails. It is a Resolver and may be used from many goroutines.
//
// SERVFAIL, REFUSED and silence are an error only when no server does better.
// SERVFAIL of a validating server for an answer that it gives with checking
// disabled is the kind Bogus. Authenticated is set only by servers that validate and
// are reached securely. Either all servers should validate or none: one that does not
// gives what another calls bogus.
type Upstream struct {
	x      *Exchanger
	ask    func(context.Context, Server, Question, Options) (Reply, error)
	config UpstreamConfig
	peers  []*peer
	extra  allowance
	epoch  time.Time
	counts upstreamCounts

	mu      sync.Mutex // guards the closing of closing
	closing chan struct{}
	running sync.WaitGroup
}

// NewUpstream makes an upstream. It sends nothing. The error tells that there are
// no servers, or too many.
func NewUpstream(c UpstreamConfig) (*Upstream, error) {
	if len(c.Servers) == 0 {
		servers, err := SystemServers()
		if err != nil {
			return nil, err
		}
		c.Servers = servers
	}
	if len(c.Servers) > maxUpstreams {
		return nil, errors.New("more than 16 upstream servers")
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Extra == 0 {
		c.Extra = defaultExtra
	}
	if c.Signed == "" {
		c.Signed = "org"
	}
	x := &Exchanger{Roots: c.Roots}
	u := &Upstream{x: x, ask: x.Exchange, config: c, epoch: time.Now(), closing: make(chan struct{})}
	u.extra.share = max(c.Extra, 0)
	for _, s := range c.Servers {
		u.peers = append(u.peers, newPeer(s, c))
	}
	return u, nil
}

// Close ends the connections and the questions on them. Others end in their time.
func (u *Upstream) Close() error {
	u.mu.Lock()
	if !u.closed() {
		close(u.closing)
	}
	u.mu.Unlock()
	err := u.x.Close()
	u.running.Wait()
	return err
}

func (u *Upstream) closed() bool {
	select {
	case <-u.closing:
		return true
	default:
		return false
	}
}

// beside runs f, which Close waits for.
func (u *Upstream) beside(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.closed() {
		u.running.Go(f)
	}
}

// Resolve asks the servers. It takes at most the configured time, whatever time ctx
// leaves.
func (u *Upstream) Resolve(ctx context.Context, q Question) (Answer, error) {
	u.counts.questions.Add(1)
	if _, err := Canonical(q.Name); err != nil {
		return Answer{}, &Error{Kind: Malformed, Question: q, Err: err}
	}
	if err := ctx.Err(); err != nil {
		return Answer{}, &Error{Kind: kindOf(err), Question: q, Err: err}
	}
	u.extra.earn()
	u.revive(q)
	deadline := time.Now().Add(u.config.Timeout)
	r := race{u: u, q: q, order: u.order()}
	a, err := r.run(ctx, deadline)
	if e, ok := err.(*Error); ok && e.Kind == ServerFailure && r.failed != nil {
		ctx, cancel := context.WithDeadline(ctx, deadline)
		defer cancel()
		return u.unmask(ctx, r.failed, e)
	}
	return a, err
}

// allowance limits extra questions to a share of all.
type allowance struct {
	share float64
	mu    sync.Mutex
	saved float64
}

// maxSaved is how many extra questions may follow one another.
const maxSaved = 10

func (a *allowance) earn() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.saved = min(a.saved+a.share, maxSaved)
}

// refund gives back what was not used.
func (a *allowance) refund() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.saved++
}

// spend tells whether one more extra question may be asked.
func (a *allowance) spend() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.saved < 1 {
		return false
	}
	a.saved--
	return true
}
