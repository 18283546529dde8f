package sender

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/orgdomain"
	"github.com/mailassay/mailassay/service/spf"
)

// gatherer fills the facts; each of its topics writes its own fields.
type gatherer struct {
	*Facts
	src Sources
	// identity is the domain that SPF checks for the reverse-path.
	identity string
	dmarc    *dmarc.Discovery
}

// Gather asks everything about the sender. It never fails: what could not be
// learned is in the facts. Nothing that it starts outlives it.
func Gather(ctx context.Context, src Sources, req Request) *Facts {
	if src.Now.IsZero() {
		src.Now = time.Now()
	}
	g := &gatherer{src: src, Facts: &Facts{Request: req, Client: req.Client.Unmap().WithZone("")}}
	g.Special = special(g.Client, src.Ordinary)
	g.Helo = parseHelo(req.Helo, g.Client)
	g.Path.Domain = pathDomain(req.MailFrom)
	g.Author = author(req)
	if g.identity = g.Path.Domain; req.MailFrom == "" {
		g.identity = g.Helo.Name
	}
	var wg sync.WaitGroup
	for _, topic := range []func(context.Context){g.askReverse, g.askHelo, g.askPath, g.askSPFHelo, g.askDMARC, g.askLists} {
		wg.Go(func() { topic(ctx) })
	}
	g.askSPF(ctx)
	wg.Wait()
	if req.MailFrom == "" {
		g.SPFHelo = g.SPF
	}
	g.evaluate()
	return g.Facts
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
	name, err := orgdomain.ALabel(domain)
	if err != nil || name == "." {
		return ""
	}
	return name
}

func (g *gatherer) askReverse(ctx context.Context) {
	g.ReverseDNS = iprev.Check(ctx, g.src.DNS, g.Client)
}

func (g *gatherer) askSPF(ctx context.Context) {
	g.SPF = spf.Check(ctx, g.src.DNS, g.query(g.Request.MailFrom))
}

// askSPFHelo checks the HELO identity, which for the null reverse-path is the
// other identity, too.
func (g *gatherer) askSPFHelo(ctx context.Context) {
	if g.Request.MailFrom != "" {
		g.SPFHelo = spf.Check(ctx, g.src.DNS, g.query(""))
	}
}

func (g *gatherer) query(sender string) spf.Query {
	return spf.Query{Client: g.Client, Helo: g.Request.Helo, Sender: sender, Receiver: g.Request.AuthservID, Now: g.src.Now}
}

// askPath asks where mail to the reverse-path's domain would go. Addresses matter
// only without MX (RFC 5321 section 5.1).
func (g *gatherer) askPath(ctx context.Context) {
	p := &g.Path
	if p.Domain == "" {
		return
	}
	mx, err := g.src.DNS.Resolve(ctx, resolver.Question{Name: p.Domain, Type: resolver.TypeMX})
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
		addrs, p.Err = addresses(ctx, g.src.DNS, p.Domain)
		p.Receives = len(addrs) > 0
	}
}

// addresses are those of both families. With an error, those that are known.
func addresses(ctx context.Context, r resolver.Resolver, name string) ([]netip.Addr, error) {
	var a, aaaa resolver.Answer
	var err, err6 error
	var wg sync.WaitGroup
	wg.Go(func() { aaaa, err6 = r.Resolve(ctx, resolver.Question{Name: name, Type: resolver.TypeAAAA}) })
	a, err = r.Resolve(ctx, resolver.Question{Name: name, Type: resolver.TypeA})
	wg.Wait()
	if err == nil {
		err = err6
	}
	return append(a.Addrs(), aaaa.Addrs()...), err
}

func (g *gatherer) askHelo(ctx context.Context) {
	h := &g.Helo
	if h.Form != HeloName {
		return
	}
	h.Addrs, h.Err = addresses(ctx, g.src.DNS, h.Name)
	h.Matches = slices.Contains(h.Addrs, g.Client)
}

// askDMARC walks from the author domain, and from the SPF identity without
// waiting for its result, so that SPF and DMARC take no longer than the slower of
// them.
func (g *gatherer) askDMARC(ctx context.Context) {
	if g.Author.Domain != "" {
		g.dmarc = dmarc.Discover(ctx, g.src.DNS, g.Author.Domain, dmarc.Identifier{Method: dmarc.SPF, Domain: g.identity})
	}
}

// evaluate is the part of DMARC that waits for SPF.
func (g *gatherer) evaluate() {
	g.DMARC = dmarc.Outcome{Result: dmarc.ResultNone}
	if g.dmarc == nil {
		return
	}
	id := dmarc.Identifier{Method: dmarc.SPF, Domain: g.SPF.Domain, Result: string(g.SPF.Result)}
	if g.SPF.Doubt != nil {
		id.Result = string(spf.TempError) // the RFC passes over an error; a verdict must not rest on it
	}
	g.DMARC = g.dmarc.Evaluate([]dmarc.Identifier{id})
}

// askLists asks every list about all that it is about, at once.
func (g *gatherer) askLists(ctx context.Context) {
	names := []string{g.Path.Domain}
	if g.Author.Domain != g.Path.Domain {
		names = append(names, g.Author.Domain)
	}
	var asks []func() (dnsbl.Result, bool)
	for _, l := range g.Request.Blocklists {
		asks = append(asks, func() (dnsbl.Result, bool) { return l.Address(ctx, g.src.DNS, g.Client) })
		for _, name := range names {
			asks = append(asks, func() (dnsbl.Result, bool) { return l.Domain(ctx, g.src.DNS, name) })
		}
	}
	if len(asks) == 0 {
		return
	}
	results := make([]dnsbl.Result, len(asks))
	var wg sync.WaitGroup
	for i, ask := range asks {
		wg.Go(func() { results[i], _ = ask() })
	}
	wg.Wait()
	g.Blocklists = slices.DeleteFunc(results, func(r dnsbl.Result) bool { return r.State == 0 })
}
