package sender

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/arc"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/orgdomain"
	"github.com/mailassay/mailassay/service/spf"
)

// gatherer fills the facts; each of its topics writes its own fields.
type gatherer struct {
	*Facts
	src    Sources
	memory memory
	// identity is the domain that SPF checks for the reverse-path.
	identity string
	dmarc    *dmarc.Discovery
	// lost is why there is no discovery although there is an author.
	lost error
	// authorListed are the lists' results about the author domain.
	authorListed []dnsbl.Result
}

// Gather asks everything about the sender. It never fails: what could not be
// learned is in the facts. Nothing that it starts outlives it.
func Gather(ctx context.Context, src Sources, req Request) *Facts {
	src.Now = src.clock()
	req.MailFrom = reversePath(req.MailFrom)
	g := &gatherer{src: src, Facts: &Facts{Request: req, Client: req.Client.Unmap().WithZone("")}}
	g.memory.peeker, _ = src.DNS.(resolver.Peeker)
	g.Special = special(g.Client, src.Ordinary)
	g.Helo = parseHelo(req.Helo, g.Client)
	g.Path.Domain = pathDomain(req.MailFrom)
	g.identity = g.query(req.MailFrom).Domain()
	g.ask(ctx)
	if req.MailFrom == "" {
		g.SPFHelo = g.SPF
	}
	g.evaluate()
	return g.Facts
}

// reversePath is the address in a reverse-path as SMTP may have it: in angle
// brackets, with a source route that nobody follows (RFC 5321 section 4.1.1.3 and
// appendix C).
func reversePath(path string) string {
	if inner, ok := strings.CutPrefix(path, "<"); ok {
		path = strings.TrimSuffix(inner, ">")
	}
	if route, address, ok := strings.Cut(path, ":"); ok && strings.HasPrefix(route, "@") {
		return address
	}
	return path
}

// topic is something that can be asked about without knowing anything else. Its
// functions write its own fields: what DNS says, or that a fault of ours has lost
// it.
type topic struct {
	ask  func(*gatherer, context.Context, resolver.Resolver)
	lose func(*gatherer, error)
}

// topics are those that nothing waits for before all is known.
var topics = []topic{
	{(*gatherer).askReverse, func(g *gatherer, err error) {
		g.ReverseDNS = iprev.Report{Addr: g.Client, Result: iprev.TempError, Err: err}
	}},
	{(*gatherer).askHelo, func(g *gatherer, err error) { g.Helo.Err = err }},
	{(*gatherer).askSPF, func(g *gatherer, err error) { g.SPF = spf.Outcome{Result: spf.TempError, Domain: g.identity, Err: err} }},
	{(*gatherer).askSPFHelo, func(g *gatherer, err error) {
		g.SPFHelo = spf.Outcome{Result: spf.TempError, Domain: g.Helo.Name, Err: err}
	}},
	{(*gatherer).askPath, func(g *gatherer, err error) { g.Path.Err = err }},
	{(*gatherer).askLists, func(g *gatherer, err error) { g.Blocklists = g.unlisted(g.Client.String(), err) }},
}

// walk is the topic that signers wait for, authorLists what lists say of the
// author. Both wait for the From field.
var (
	walk        = topic{(*gatherer).askDMARC, func(g *gatherer, err error) { g.dmarc, g.lost = nil, err }}
	authorLists = topic{(*gatherer).askAuthorLists, func(g *gatherer, err error) { g.authorListed = g.unlisted(g.Author.Domain, err) }}
)

// ask goes through the topics while the message is read: those of the envelope
// before its first octet, for an upload may stall, those of the author when the
// header is there. DMARC waits for the signers, who may need more of the tree.
func (g *gatherer) ask(ctx context.Context) {
	var others, walking sync.WaitGroup
	for _, t := range topics {
		g.start(ctx, t, &others)
	}
	var m *message
	g.guard(func() { m = g.open(ctx) }, func(g *gatherer, err error) { g.HasMessage, g.MessageErr = true, err })
	if g.Author = author(g.Request, m, g.MessageErr); g.Author.Domain != "" {
		g.start(ctx, walk, &walking)
		if len(g.Request.Blocklists) > 0 && g.Author.Domain != g.Path.Domain {
			g.start(ctx, authorLists, &others)
		}
	}
	g.guard(func() { g.verify(m) }, func(g *gatherer, err error) { g.MessageErr, g.Signatures, g.ARC = err, nil, arc.Report{} })
	m.release()
	walking.Wait()
	g.extend(ctx, g.src.DNS)
	others.Wait()
	g.Blocklists = append(g.Blocklists, g.authorListed...)
}

// start does a topic whose answers are all in memory at once; others run at the
// same time.
func (g *gatherer) start(ctx context.Context, t topic, wg *sync.WaitGroup) {
	if g.memory.peeker != nil {
		g.memory.missed = false
		if g.guard(func() { t.ask(g, ctx, &g.memory) }, t.lose); !g.memory.missed {
			return
		}
	}
	g.later(ctx, t, wg)
}

func (g *gatherer) later(ctx context.Context, t topic, wg *sync.WaitGroup) {
	wg.Go(func() { g.guard(func() { t.ask(g, ctx, g.src.DNS) }, t.lose) })
}

// errLost is why a topic is unknown in which the program itself failed.
var errLost = errors.New("lost by a fault of this program")

// guard makes a panic an unknown: what is parsed here is hostile text, and one
// sender must not end the calls of all others.
func (g *gatherer) guard(f func(), lose func(*gatherer, error)) {
	defer func() {
		if fault := recover(); fault != nil {
			lose(g, fmt.Errorf("%w: %v", errLost, fault))
		}
	}()
	f()
}

// memory is a resolver that waits for nothing: what it does not know is missed.
type memory struct {
	peeker resolver.Peeker
	missed bool
}

// errMissed comes with missing.
var (
	errMissed = errors.New("not in memory")
	missing   resolver.Answer
)

// Resolve answers from memory.
func (m *memory) Resolve(_ context.Context, q resolver.Question) (resolver.Answer, error) {
	a, _, err := m.Peek(q)
	return *a, err
}

// Peek answers from memory, and has an answer to everything, so that nobody
// starts a goroutine to wait for more.
func (m *memory) Peek(q resolver.Question) (*resolver.Answer, bool, error) {
	a, ok, err := m.peeker.Peek(q)
	if !ok {
		m.missed = true
		return &missing, true, errMissed
	}
	return a, true, err
}

// special names the special-purpose block of an address that is not ordinary.
func special(addr netip.Addr, ordinary []netip.Prefix) string {
	if slices.ContainsFunc(ordinary, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return ""
	}
	name, _ := resolver.Special(addr)
	return name
}

// pathDomain is the domain of a reverse-path, canonical; "" when there is none.
// The local part may hold "@" in quotes, so the last one parts them.
func pathDomain(path string) string {
	domain := path[strings.LastIndexByte(path, '@')+1:]
	name, err := orgdomain.ALabelStrict(domain)
	if err != nil || name == "." {
		return ""
	}
	return name
}

func (g *gatherer) askReverse(ctx context.Context, dns resolver.Resolver) {
	g.ReverseDNS = iprev.Check(ctx, dns, g.Client)
}

func (g *gatherer) askSPF(ctx context.Context, dns resolver.Resolver) {
	g.SPF = spf.Check(ctx, dns, g.query(g.Request.MailFrom))
}

// askSPFHelo checks the HELO identity, which for the null reverse-path is the
// other identity, too.
func (g *gatherer) askSPFHelo(ctx context.Context, dns resolver.Resolver) {
	if g.Request.MailFrom != "" {
		g.SPFHelo = spf.Check(ctx, dns, g.query(""))
	}
}

func (g *gatherer) query(sender string) spf.Query {
	return spf.Query{Client: g.Client, Helo: g.Request.Helo, Sender: sender, Receiver: g.Request.AuthservID, Now: g.src.Now}
}

// askPath asks where mail to the reverse-path's domain would go. Addresses matter
// only without MX (RFC 5321 section 5.1).
func (g *gatherer) askPath(ctx context.Context, dns resolver.Resolver) {
	p := &g.Path
	p.Exists, p.Receives, p.NullMX, p.Err = false, false, false, nil // not Domain, which other topics read
	if p.Domain == "" {
		return
	}
	mx, err := dns.Resolve(ctx, resolver.Question{Name: p.Domain, Type: resolver.TypeMX})
	if err != nil {
		p.Err = err
		return
	}
	p.Exists = mx.Status != resolver.NXDomain
	if mx.Status == resolver.Found {
		first, _ := mx.Data[0].(resolver.MX)
		p.NullMX = len(mx.Data) == 1 && first.Host == "."
		p.Receives = !p.NullMX
		return
	}
	if p.Exists {
		var addrs []netip.Addr
		addrs, p.Err = g.addresses(ctx, dns, p.Domain)
		p.Receives = len(addrs) > 0
	}
}

// addresses are those of the client's family, or of the other where there are
// none: one is enough to tell that a name has an address.
func (g *gatherer) addresses(ctx context.Context, dns resolver.Resolver, name string) ([]netip.Addr, error) {
	types := [...]resolver.Type{resolver.TypeA, resolver.TypeAAAA}
	if !g.Client.Is4() {
		types[0], types[1] = types[1], types[0]
	}
	for _, t := range types {
		a, err := dns.Resolve(ctx, resolver.Question{Name: name, Type: t})
		if err != nil || a.Status != resolver.NoData {
			return a.Addrs(), err
		}
	}
	return nil, nil
}

func (g *gatherer) askHelo(ctx context.Context, dns resolver.Resolver) {
	h := &g.Helo
	if h.Form != HeloName {
		return
	}
	h.Addrs, h.Err = g.addresses(ctx, dns, h.Name)
	h.Matches = slices.Contains(h.Addrs, g.Client)
}

// askDMARC walks from the author domain, and from the SPF identity without
// waiting for its result, so that SPF and DMARC take no longer than the slower of
// them.
func (g *gatherer) askDMARC(ctx context.Context, dns resolver.Resolver) {
	g.dmarc = dmarc.Discover(ctx, dns, g.Author.Domain, dmarc.Identifier{Method: dmarc.SPF, Domain: g.identity})
}

// evaluate is the part of DMARC that waits for SPF and the signatures.
func (g *gatherer) evaluate() {
	g.DMARC = dmarc.Outcome{Result: dmarc.ResultNone}
	if err := cmp.Or(g.lost, g.Author.Lost); err != nil {
		g.DMARC = dmarc.Outcome{Result: dmarc.ResultTempError, Author: g.Author.Domain, Err: err}
	}
	if g.dmarc == nil {
		return
	}
	g.DMARC = g.dmarc.Evaluate(g.identifiers())
	for i := range g.Signatures {
		g.Signatures[i].Aligned = g.DMARC.Identifiers[1+i].Alignment == dmarc.Aligned
	}
	g.Override = g.override()
}

var testEntry = netip.AddrFrom4([4]byte{127, 0, 0, 2})

// askLists asks every list about the client and the reverse-path's domain.
func (g *gatherer) askLists(ctx context.Context, dns resolver.Resolver) {
	// Lists know nothing of addresses that nobody can see, but for the one that is there
	// to try them with (RFC 5782 section 5).
	g.Blocklists = g.listings(ctx, dns, g.Special == "" || g.Client == testEntry, g.Path.Domain)
}

// askAuthorLists asks them about the author domain, too.
func (g *gatherer) askAuthorLists(ctx context.Context, dns resolver.Resolver) {
	g.authorListed = g.listings(ctx, dns, false, g.Author.Domain)
}

// listings asks every list that is about such, all at once.
func (g *gatherer) listings(ctx context.Context, dns resolver.Resolver, client bool, name string) []dnsbl.Result {
	var asks []func() (dnsbl.Result, bool)
	for _, l := range g.Request.Blocklists {
		if client {
			asks = append(asks, func() (dnsbl.Result, bool) { return l.Address(ctx, dns, g.Client) })
		}
		asks = append(asks, func() (dnsbl.Result, bool) { return l.Domain(ctx, dns, name) })
	}
	results := make([]dnsbl.Result, len(asks))
	var wg sync.WaitGroup
	for i, ask := range asks {
		if _, ok := dns.(*memory); ok {
			results[i], _ = ask()
			continue
		}
		wg.Go(func() { results[i], _ = ask() })
	}
	wg.Wait()
	return slices.DeleteFunc(results, func(r dnsbl.Result) bool { return r.State == 0 })
}

// unlisted is what is left when the results about a subject are lost.
func (g *gatherer) unlisted(subject string, err error) []dnsbl.Result {
	var out []dnsbl.Result
	for _, l := range g.Request.Blocklists {
		out = append(out, dnsbl.Result{Zone: l.Zone, Name: l.Zone, Subject: subject, State: dnsbl.Unknown, Err: err})
	}
	return out
}
