package resolver

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// AuthorityConfig configures an Authority.
type AuthorityConfig struct {
	// Exchanger asks the servers; all requests share it. Nil stands for one of the
	// Authority's own, whose kept connections end when they have been idle.
	Exchanger *Exchanger
	// Hosts gives the addresses of name servers whose referral has no glue: the
	// resolver that all requests share.
	Hosts Resolver
	// Roots are the addresses of root servers, which may be asked whatever they are;
	// none stands for IANA's.
	Roots []netip.Addr
	// Port of all name servers; 53 when 0.
	Port uint16
	// Allow are special-purpose ranges whose addresses may be asked all the same.
	// Otherwise a zone could send our questions to hosts inside our own network.
	Allow []netip.Prefix
	// Servers bounds the name servers of one zone; 20 when 0.
	Servers int
	// Pace bounds how often the process asks one address; all requests share it. Nil
	// bounds nothing.
	Pace *Pace
	// Budget bounds what is sent to name servers; 1000 when 0.
	Budget int
	// Lookups bounds the name servers without glue whose addresses Hosts is asked for;
	// 150 when 0. A zone may list any number, each of another name (CVE-2020-8616).
	Lookups int
	// Bytes bounds what the answers that Each gathers come to, as held in memory; 8 MiB
	// when 0.
	Bytes int
}

// Authority asks the name servers of a zone themselves, without recursion and
// without a cache: what is published rather than what is visible. It finds them by
// going down from the root.
//
// It is made for one request and remembers for that request which zones there are,
// where their servers are and which of them stay silent, so that a dead server
// costs one time-out and not one for each question. Equal questions that overlap
// are asked once; put a [Request] in front to remember answers.
type Authority struct {
	config   AuthorityConfig
	exchange func(context.Context, Server, Question, Options) (Reply, error)
	ipv6     bool
	flight   *Coalesce

	mu      sync.Mutex
	zones   map[string]*zone
	scouts  map[scout]chan struct{}
	homes   map[string]*zone
	sent    int
	looked  map[string]bool   // hosts that Hosts was asked about
	held    int               // octets of what Each gathered
	targets map[Question]bool // of aliases that Each followed
}

// Times of the authoritative view. A question to the servers of one zone ends
// after zonePatience, so that a whole request to a silent zone ends within 3 s.
const (
	firstTry     = 800 * time.Millisecond
	secondTry    = 1200 * time.Millisecond
	zonePatience = 2200 * time.Millisecond
	walkPatience = 6 * time.Second
	// hedgeAfter starts the next server while the one before may still answer.
	hedgeAfter = 250 * time.Millisecond
)

// NewAuthority makes the authoritative view of one request.
func NewAuthority(c AuthorityConfig) *Authority {
	if c.Port == 0 {
		c.Port = 53
	}
	if c.Servers == 0 {
		c.Servers = 20
	}
	if c.Budget == 0 {
		c.Budget = 1000
	}
	if c.Lookups == 0 {
		c.Lookups = 150
	}
	if c.Bytes == 0 {
		c.Bytes = 8 << 20
	}
	c.Allow = slices.Clone(c.Allow)
	for _, addr := range c.Roots {
		c.Allow = append(c.Allow, netip.PrefixFrom(addr, addr.BitLen()))
	}
	if c.Exchanger == nil {
		c.Exchanger = new(Exchanger)
	}
	a := &Authority{
		config: c, exchange: c.Exchanger.Exchange, ipv6: reachesIPv6(),
		zones: map[string]*zone{}, scouts: map[scout]chan struct{}{}, homes: map[string]*zone{},
		looked: map[string]bool{}, targets: map[Question]bool{},
	}
	a.flight = NewCoalesce(Func(a.resolve), walkPatience)
	a.flight.forlorn = true
	a.zones["."] = a.rootZone()
	return a
}

// Sent is the number of questions sent to name servers.
func (a *Authority) Sent() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sent
}

// spend takes one question from the budget.
func (a *Authority) spend() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sent >= a.config.Budget {
		return false
	}
	a.sent++
	return true
}

// mayLook tells whether the addresses of a host may be asked for.
func (a *Authority) mayLook(host string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.looked[host] && len(a.looked) >= a.config.Lookups {
		return false
	}
	a.looked[host] = true
	return true
}

// hold tells whether an answer may be kept until the request ends.
func (a *Authority) hold(answer *Answer) bool {
	size := answer.text() + answer.size()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.held+size > a.config.Bytes {
		return false
	}
	a.held += size
	return true
}

// Resolve asks the servers of the zone that the name is in and gives the first
// answer that comes with authority. Aliases are followed across zones.
func (a *Authority) Resolve(ctx context.Context, q Question) (Answer, error) {
	if _, err := Canonical(q.Name); err != nil {
		return Answer{}, &Error{Kind: Malformed, Question: q, Err: err}
	}
	if ctx.Err() != nil {
		return Answer{}, departed(ctx, q)
	}
	return a.flight.Resolve(ctx, q)
}

func (a *Authority) resolve(ctx context.Context, q Question) (Answer, error) {
	answer, err := a.iterate(ctx, q)
	if err != nil {
		return Answer{}, about(q, err)
	}
	return a.chase(ctx, answer)
}

// chase follows the aliases of an answer that lead out of the zone of who gave it.
func (a *Authority) chase(ctx context.Context, answer Answer) (Answer, error) {
	q := answer.Question
	for answer.leads() {
		if len(answer.Aliases) > maxAliases {
			return Answer{}, &Error{Kind: Malformed, Question: q, Server: answer.Server, Err: fmt.Errorf("the alias chain is longer than %d", maxAliases)}
		}
		next, err := a.iterate(ctx, Question{Name: answer.Name, Type: q.Type})
		if err != nil {
			return Answer{}, about(q, err)
		}
		for _, alias := range next.Aliases {
			if alias == q.Name || slices.Contains(answer.Aliases, alias) {
				return Answer{}, &Error{Kind: Malformed, Question: q, Server: next.Server, Err: errors.New("the alias chain loops")}
			}
		}
		answer = answer.joined(next)
		if len(next.Aliases) == 0 {
			break
		}
	}
	return answer, nil
}

// leads tells whether the answer is a chain of aliases whose end the server cannot
// speak for.
func (a *Answer) leads() bool {
	return a.Status == NoData && len(a.Aliases) > 0 && a.SOA == nil
}

// joined is the answer at the end of an alias chain, as an answer to its beginning.
func (a Answer) joined(end Answer) Answer {
	if a.TTL < end.TTL {
		end.TTL = a.TTL
	}
	end.Question = a.Question
	end.Aliases = slices.Concat(a.Aliases, end.Aliases)
	end.Authoritative = a.Authoritative && end.Authoritative
	return end
}

// about turns an error about a step on the way into one about the question.
func about(q Question, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Question == q {
		return err
	}
	own := *e
	own.Question, own.Err = q, err
	return &own
}
