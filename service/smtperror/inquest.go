package smtperror

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/spf"
)

// sender runs the assay of senders with what a cause is about, so that nothing
// else is asked.
func (q *inquest) sender(ctx context.Context, req sender.Request) {
	src := sender.Sources{DNS: q.src.DNS, Ordinary: q.src.Ordinary, Now: q.src.Now}
	if q.assay != nil {
		src.DNS = q.assay
	}
	r := sender.Check(ctx, src, req, sender.Policy{})
	q.findings = append(q.findings, r.Findings...)
	q.unknown = append(q.unknown, r.Unknown...)
}

// askClient asks for the names of the address, and for the HELO name where that
// is in question.
func (q *inquest) askClient(ctx context.Context) {
	req := sender.Request{Client: q.known.ip}
	if q.known.category == HELOInvalid || q.known.category == PTRMismatch {
		req.Helo = q.known.helo
	}
	if q.known.zone != "" && q.known.category == PTRGeneric {
		req.Blocklists = q.lists(dnsbl.Addresses)
	}
	q.only(func(x resolver.Question) bool { return x.Type != resolver.TypeTXT }).sender(ctx, req)
	if !q.known.ip.IsValid() {
		// Without an address there is nothing that its names could say.
		q.drop(finding.ReverseDNS)
	}
	q.keep(finding.ReverseDNS, finding.SMTP, finding.Blocklist)
}

// only lets some questions through: an assay of senders asks more than a cause is
// about. Others are answered with nothing, and what follows from that is not named
// by the cause.
func (q *inquest) only(ask func(resolver.Question) bool) *inquest {
	next := q.src.DNS
	q.assay = resolver.Func(func(ctx context.Context, x resolver.Question) (resolver.Answer, error) {
		if !ask(x) {
			return resolver.Answer{Question: x, Status: resolver.NoData, Name: x.Name}, nil
		}
		return next.Resolve(ctx, x)
	})
	return q
}

// askPath asks where mail to the sender's domain goes.
func (q *inquest) askPath(ctx context.Context) {
	q.only(func(x resolver.Question) bool { return x.Type != resolver.TypeTXT }).sender(ctx, sender.Request{MailFrom: q.known.sender})
	q.drop(finding.ReverseDNS)
	q.keep(finding.MX)
}

// askSender asks for reverse DNS and SPF.
func (q *inquest) askSender(ctx context.Context) {
	q.sender(ctx, sender.Request{Client: q.known.ip, Helo: q.known.helo, MailFrom: q.known.sender})
	if q.known.category == SPFFail {
		q.keep(finding.SPF)
	}
}

// askAuthor asks for SPF and DMARC.
func (q *inquest) askAuthor(ctx context.Context) {
	q.sender(ctx, sender.Request{Client: q.known.ip, Helo: q.known.helo, MailFrom: q.known.sender, From: q.known.sender})
	switch q.known.category {
	case DMARCMissing:
		q.keep(finding.DMARC)
	case DMARCFail, AuthMissing:
		q.keep(finding.DMARC, finding.SPF)
	}
}

// keep drops what stayed open in other areas: it leaves this cause decided.
func (q *inquest) keep(areas ...finding.Area) {
	q.unknown = slices.DeleteFunc(q.unknown, func(u finding.Unknown) bool { return !slices.Contains(areas, u.Area) })
}

// drop forgets an area.
func (q *inquest) drop(area finding.Area) {
	q.findings = slices.DeleteFunc(q.findings, func(f finding.Finding) bool { return f.Area == area })
	q.unknown = slices.DeleteFunc(q.unknown, func(u finding.Unknown) bool { return u.Area == area })
}

// askList asks the named list.
func (q *inquest) askList(ctx context.Context) {
	req := sender.Request{Blocklists: q.lists(q.known.listKind())}
	if q.known.listKind() == dnsbl.Domains {
		req.MailFrom = q.known.sender
	} else {
		req.Client = q.known.ip
	}
	q.only(func(x resolver.Question) bool { return resolver.Within(x.Name, q.known.zone) }).sender(ctx, req)
	q.keep(finding.Blocklist)
}

// lists is the named list, as a list of the kind.
func (q *inquest) lists(kind dnsbl.Kind) []dnsbl.List {
	l, err := dnsbl.For(q.known.zone)
	if err != nil {
		return nil
	}
	if len(l.Codes) == 0 {
		l.Kind = kind
	}
	return []dnsbl.List{l}
}

// askSPF looks at the record itself and all it includes, and where the address is
// known, at what it says about that.
func (q *inquest) askSPF(ctx context.Context) {
	d := q.known.sender
	a, err := q.src.DNS.Resolve(ctx, resolver.Question{Name: d, Type: resolver.TypeTXT})
	if err != nil {
		q.open("SPF_UNKNOWN", finding.SPF, err)
		return
	}
	out := domain.SPF{Selection: *spf.Select(&a), Tree: spf.Expand(ctx, q.src.DNS, d), Unregistered: map[string]string{}}
	for _, r := range out.Selection.Records {
		out.Records = append(out.Records, domain.Record{Name: a.Name, Type: resolver.TypeTXT, TTL: a.TTL, Value: resolver.SplitTXT(r.Text).String()})
	}
	if len(out.Selection.Records) == 1 {
		out.Text, out.Parked = out.Selection.Records[0].Text, out.Selection.Records[0].Parked()
	}
	out.LookupCount, out.VoidLookupCount = out.Tree.Lookups, max(out.Tree.Voids4, out.Tree.Voids6)
	f := q.facts(ctx, d, finding.SPF)
	f.SPF = finding.Know(out, nil)
	q.judge(f)
	for n := range out.Tree.Nodes() {
		if n.Err != nil {
			q.open("SPF_UNKNOWN", finding.SPF, n.Err)
		}
	}
	if q.known.ip.IsValid() && reserved(q.known.ip, q.src.Ordinary) == "" {
		q.sender(ctx, sender.Request{Client: q.known.ip, MailFrom: d})
		q.keep(finding.SPF)
	}
}

// askPolicy looks at the policy of the author's domain alone. Where it asks for nothing,
// no receiver refuses by it.
func (q *inquest) askPolicy(ctx context.Context) {
	o := dmarc.Discover(ctx, q.src.DNS, q.known.sender).Evaluate(nil)
	if o.Err != nil {
		q.open("DMARC_UNKNOWN", finding.DMARC, o.Err)
		return
	}
	out := domain.DMARC{Outcome: o, FoundAt: o.Domain}
	if o.Record != nil {
		out.Record, out.Policy, out.EffectivePolicy = o.Record.Text, o.Record.Policy.String(), o.Disposition.String()
	}
	f := q.facts(ctx, q.known.sender, finding.DMARC)
	f.DMARC = finding.Know(out, nil)
	q.judge(f)
	if o.Disposition >= dmarc.Quarantine {
		q.doubt = "A policy that refuses is published; whether SPF allows the sending address under it can be seen when sending_ip is given."
	}
}

// facts are those about a domain of which DNS shows nothing, as the assay of
// domains gathers them; what is learned is put in their place and judged.
func (q *inquest) facts(ctx context.Context, d string, areas ...finding.Area) *domain.Facts {
	nothing := resolver.Func(func(_ context.Context, x resolver.Question) (resolver.Answer, error) {
		return resolver.Answer{Question: x, Status: resolver.NoData, Name: x.Name}, nil
	})
	return domain.Gather(context.WithoutCancel(ctx), domain.Sources{DNS: nothing, Ordinary: q.src.Ordinary, Now: q.src.Now}, domain.Request{Domain: d, Areas: areas})
}

func (q *inquest) judge(f *domain.Facts) {
	q.findings = append(q.findings, domain.Judge(f).Findings...)
}

// open notes a question that stayed open.
func (q *inquest) open(code string, area finding.Area, err error) {
	u := unknown(code, area, err)
	if !slices.Contains(q.unknown, u) {
		q.unknown = append(q.unknown, u)
	}
}

// askKey looks at the key of a selector.
func (q *inquest) askKey(ctx context.Context) {
	d, s := q.known.sender, q.known.selector
	p, err := dkim.LookupKey(ctx, q.src.DNS, s, d)
	if err != nil {
		q.open("DKIM_UNKNOWN", finding.DKIM, err)
		return
	}
	key := domain.DKIMKey{Selector: s, Name: dkim.Name(s, d), Published: p}
	if len(p.Answer.Aliases) > 0 {
		key.CNAMETarget = p.Answer.Aliases[0]
	}
	if len(p.Keys()) > 0 {
		q.doubt = "There is a usable key; whether the message carries a valid signature cannot be told without it."
	}
	if len(p.Records) == 1 {
		key.Record = p.Records[0].TXT.Text
		if r := p.Records[0]; r.Err == nil {
			key.Algorithm, key.Bits, key.Revoked, key.Testing = r.Key.Algorithm, r.Key.Bits, r.Key.Revoked, r.Key.Testing
		}
	}
	f := q.facts(ctx, d, finding.DKIM)
	f.Request.Selectors = []string{s}
	f.DKIM = finding.Know(domain.DKIM{Given: true, Probed: 1, Keys: []domain.DKIMKey{key}}, nil)
	q.judge(f)
}

// askRecipient asks where mail to the recipient's domain goes.
func (q *inquest) askRecipient(ctx context.Context) { q.askMail(ctx, q.known.recipient) }

// askWhetherAnswered asks whether the servers of the domains in question answer
// at all. That they do not is the cause itself, unless it is our own time or
// budget that ended, or our resolver that answers nothing.
func (q *inquest) askWhetherAnswered(ctx context.Context) {
	for _, d := range []string{q.known.recipient, q.known.sender} {
		if d != "" {
			q.askMail(ctx, d)
		}
	}
	if len(q.unknown) == 0 || ctx.Err() != nil {
		return
	}
	if _, err := q.src.DNS.Resolve(ctx, resolver.Question{Name: ".", Type: resolver.TypeNS}); err != nil {
		q.doubt = "DNS answers us nothing at all, not even for the root, so that nothing can be told of these servers."
		return
	}
	q.unknown = slices.DeleteFunc(q.unknown, func(u finding.Unknown) bool {
		if u.Code == "MX_UNKNOWN" {
			q.findings = append(q.findings, u.Finding())
			return true
		}
		return false
	})
}

// maxHosts bounds the mail hosts that are looked at, for the budget's sake.
const maxHosts = 6

// askMail asks for the mail hosts of a domain and their addresses, and judges them.
func (q *inquest) askMail(ctx context.Context, d string) {
	f := q.facts(ctx, d, finding.MX, finding.Delegation)
	mx, err := q.src.DNS.Resolve(ctx, resolver.Question{Name: d, Type: resolver.TypeMX})
	if err != nil {
		q.openMail(err)
		return
	}
	var mail domain.Mail
	if mx.Status == resolver.NXDomain && len(mx.Aliases) == 0 && !q.exists(ctx, f) {
		return
	}
	if mx.Status == resolver.Found {
		q.hosts(ctx, mx, &mail)
	} else {
		// RFC 5321 section 5.1: only an empty answer makes the name its own host.
		own := q.addresses(ctx, d)
		if own.Err() != nil && !own.Found() {
			return
		}
		if mail.Implicit = own.Found(); mail.Implicit {
			mail.Hosts = []domain.MailHost{{Host: d, Addresses: own}}
		}
	}
	f.MX = finding.Know(mail, nil)
	q.judge(f)
}

// exists tells whether the registrable domain exists; that it does not is judged.
func (q *inquest) exists(ctx context.Context, f *domain.Facts) bool {
	a, err := q.src.DNS.Resolve(ctx, resolver.Question{Name: f.Organizational, Type: resolver.TypeSOA})
	if err != nil {
		q.openMail(err)
		return false
	}
	f.Existence.Value.Name = false
	f.Existence.Value.Domain = a.Status != resolver.NXDomain
	if !f.Existence.Value.Domain {
		q.judge(f)
	}
	return f.Existence.Value.Domain
}

// hosts asks for the addresses of mail hosts, at once.
func (q *inquest) hosts(ctx context.Context, mx resolver.Answer, mail *domain.Mail) {
	for _, x := range mx.MX() {
		mail.Records = append(mail.Records, domain.Record{Name: mx.Name, Type: resolver.TypeMX, TTL: mx.TTL, Value: x.String(), Authenticated: mx.Authenticated})
		switch {
		case x.Host == ".":
			mail.Roots = append(mail.Roots, x.Preference)
		case len(mail.Hosts) == maxHosts:
			mail.Unlooked++
		default:
			mail.Hosts = append(mail.Hosts, domain.MailHost{Host: x.Host, Preference: x.Preference})
		}
	}
	mail.Null = len(mail.Roots) > 0 && len(mail.Hosts) == 0
	var wait sync.WaitGroup
	for i := range mail.Hosts {
		wait.Go(func() { mail.Hosts[i].Addresses = q.lookUp(ctx, mail.Hosts[i].Host) })
	}
	wait.Wait()
	found := slices.ContainsFunc(mail.Hosts, func(h domain.MailHost) bool { return h.Found() })
	for _, h := range mail.Hosts {
		// Once one host has an address, those that cannot be looked up hide nothing.
		if err := h.Err(); err != nil && !found {
			q.openMail(err)
		}
	}
}

// addresses are those of a host; what stayed open is noted.
func (q *inquest) addresses(ctx context.Context, host string) domain.Addresses {
	a := q.lookUp(ctx, host)
	if err := a.Err(); err != nil && !a.Found() {
		q.openMail(err)
	}
	return a
}

func (q *inquest) lookUp(ctx context.Context, host string) domain.Addresses {
	ask := func(t resolver.Type) finding.Known[[]netip.Addr] {
		a, err := q.src.DNS.Resolve(ctx, resolver.Question{Name: host, Type: t})
		return finding.Know(a.Addrs(), err)
	}
	out := domain.Addresses{V4: ask(resolver.TypeA)}
	if !out.Found() {
		out.V6 = ask(resolver.TypeAAAA)
	}
	return out
}

// openMail notes an open question about mail hosts.
func (q *inquest) openMail(err error) {
	code := "MX_UNKNOWN"
	switch resolver.KindOf(err) {
	case resolver.OverBudget, resolver.Overloaded, resolver.Canceled, resolver.Unreachable, 0:
		code = "NS_UNKNOWN" // our own trouble says nothing about the domain's servers
	}
	q.open(code, finding.MX, err)
}

// askTransport looks at what the recipient's domain publishes about TLS.
func (q *inquest) askTransport(ctx context.Context) {
	src := domain.Sources{DNS: q.src.DNS, Ordinary: q.src.Ordinary, Now: q.src.Now}
	r := domain.Check(ctx, src, domain.Request{Domain: q.known.recipient, Areas: []finding.Area{finding.DANE, finding.MTASTS}})
	q.findings = append(q.findings, r.Findings...)
	q.unknown = append(q.unknown, r.Unknown...)
	published := r.Facts.MTASTS.Value.Record != ""
	for _, h := range r.Facts.DANE.Value.Hosts {
		published = published || len(h.Records) > 0
	}
	if published {
		q.doubt = "A policy is published; whether the certificates fit it can be seen only by connecting."
	}
}
