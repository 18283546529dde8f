package domain

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// probeLabel is a label that nobody has made: the same for a domain each time, so
// that two checks ask the same questions.
func probeLabel(domain string) string {
	h := fnv.New64a()
	h.Write([]byte(domain))
	return fmt.Sprintf("probe-%016x", h.Sum64())
}

// wildcard asks what a name answers that nobody has made.
func (g *gatherer) wildcard(ctx context.Context) (Wildcard, error) {
	return g.wildcardOf(ctx, topicWildcard)
}

// zone finds the apex of the zone that the domain lies in, with its SOA.
func (g *gatherer) zone(ctx context.Context, topics finding.Topics) (apex string, soa resolver.Answer, err error) {
	d := g.req.Domain
	soa, err = g.ask(ctx, topics, d, resolver.TypeSOA)
	switch {
	case err != nil:
		return "", soa, err
	case soa.Status == resolver.Found && len(soa.Aliases) == 0:
		return d, soa, nil
	case len(soa.Aliases) > 0 || soa.SOAOwner == "":
		apex = g.org // an alias tells of the target's zone
	default:
		apex = soa.SOAOwner
	}
	if apex == d {
		return d, soa, nil
	}
	soa, err = g.ask(ctx, topics, apex, resolver.TypeSOA)
	return apex, soa, err
}

// delegation asks for the zone's name servers and their addresses.
func (g *gatherer) delegation(ctx context.Context) (Delegation, error) {
	const topics = topicDelegation | topicNSHosts
	var out Delegation
	var soa, ns resolver.Answer
	var errs [2]error
	g.apart(topics, 2, func(i int) {
		if i == 0 {
			out.Zone, soa, errs[0] = g.zone(ctx, topics)
		} else {
			ns, errs[1] = g.ask(ctx, topics, g.req.Domain, resolver.TypeNS) // most domains are a zone's apex
		}
	})
	if errs[0] != nil {
		return Delegation{}, errs[0]
	}
	if !resolver.Within(out.Zone, g.org) {
		return Delegation{}, nil // in the zone of a registry or hoster, whose servers are not the domain's
	}
	if len(soa.Aliases) > 0 && out.Zone == g.req.Domain {
		out.ApexAlias = soa.Aliases[0]
	}
	if out.Zone != g.req.Domain {
		ns, errs[1] = g.ask(ctx, topics, out.Zone, resolver.TypeNS)
	}
	if errs[1] != nil {
		return Delegation{}, errs[1]
	}
	for _, d := range soa.Data {
		if s, ok := d.(resolver.SOA); ok {
			out.Serial, out.Primary = s.Serial, s.MName
		}
	}
	out.Records = recordsOf(ns)
	hosts := ns.Hosts()
	hosts = hosts[:min(len(hosts), maxHosts)]
	out.Servers = make([]NameServer, len(hosts))
	g.apart(topicNSHosts, len(hosts), func(i int) {
		s := NameServer{Host: hosts[i], Addresses: g.addresses(ctx, topicNSHosts, hosts[i])}
		if s.Absent() {
			s.Unregistered = g.unregistered(ctx, topicNSHosts, s.Host)
		}
		out.Servers[i] = s
	})
	return out, nil
}

// expiringWithin is how much time a signature must have left.
const expiringWithin = 48 * time.Hour

// dnssec asks whether the zone is signed and its parent says so.
func (g *gatherer) dnssec(ctx context.Context, now time.Time) (DNSSEC, error) {
	zone, soa, err := g.zone(ctx, topicDNSSEC)
	if err != nil {
		return DNSSEC{}, err
	}
	out := DNSSEC{Zone: zone, Secure: soa.Authenticated && soa.Status == resolver.Found}
	ds, err := g.ask(ctx, topicDNSSEC, zone, resolver.TypeDS)
	if err != nil {
		return DNSSEC{}, err
	}
	out.DelegationSigned, out.Delegation = ds.Status == resolver.Found, recordsOf(ds)
	if !out.DelegationSigned {
		key, err := g.ask(ctx, topicDNSSEC, zone, resolver.TypeDNSKEY)
		out.Signed = err == nil && key.Status == resolver.Found
		return out, err
	}
	out.Signed = true
	if out.Secure {
		sig, err := g.ask(ctx, topicDNSSEC, g.req.Domain, resolver.TypeRRSIG)
		if err != nil {
			return out, err
		}
		out.Expiring = expiring(sig, now)
	}
	return out, nil
}

// expiring are the signatures of an RRSIG answer with little time left, for the
// types that mail needs. Presentation form: RFC 4034 section 3.2.
func expiring(a resolver.Answer, now time.Time) []Signature {
	var out []Signature
	for _, d := range a.Data {
		f := strings.Fields(d.String())
		if len(f) < 6 {
			continue
		}
		switch f[0] {
		case "MX", "TXT", "A", "AAAA":
		default:
			continue
		}
		end, err := time.Parse("20060102150405", f[4])
		if err == nil && end.Before(now.Add(expiringWithin)) {
			out = append(out, Signature{Name: a.Name, Type: f[0], Expires: end})
		}
	}
	return out
}

// servers asks each name server of the zone: for its SOA, and for what mail rests
// on. What a server does not say is in the polls.
func (g *gatherer) servers(ctx context.Context, src Sources) (Servers, error) {
	d := g.req.Domain
	if !src.EachServer && g.answered(ctx, d) {
		return Servers{}, nil
	}
	questions := []resolver.Question{
		{Name: d, Type: resolver.TypeMX}, {Name: d, Type: resolver.TypeTXT}, {Name: "_dmarc." + d, Type: resolver.TypeTXT},
	}
	var out Servers
	polls := make([]resolver.Poll, len(questions))
	g.apart(topicServers, len(questions)+1, func(i int) {
		if i == len(questions) {
			out.Way = src.Authority.Delegation(ctx, d)
		} else {
			polls[i] = src.Authority.Each(ctx, questions[i])
		}
	})
	// The way may end above: at a registry's zone, for a domain that is not there or
	// while that zone is out of reach.
	if zone := out.Way.Zone; resolver.Within(zone, g.org) && resolver.Within(d, zone) {
		out.Zone, out.Mail = zone, polls
		out.Differs = out.differences()
		return out, nil
	}
	if err := out.Way.Err; err != nil {
		g.book.note(topicServers, questionOf(err, d), err)
		return Servers{Way: out.Way}, err
	}
	return out, nil
}

// patience is how long an ordinary answer may take before the name servers are
// asked why it does not come.
const patience = time.Second / 2

// answered tells whether DNS answers for a name within patience.
func (g *gatherer) answered(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	done := make(chan bool, 1)
	g.wait.Go(func() {
		_, err := g.ask(ctx, 0, name, resolver.TypeSOA)
		done <- err == nil
	})
	select {
	case ok := <-done:
		return ok
	case <-ctx.Done():
		return false
	}
}
