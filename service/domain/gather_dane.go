package domain

import (
	"context"
	"slices"

	"github.com/mailassay/mailassay/resolver"
)

// dane asks for the TLSA records of the MX hosts, at once with their addresses.
func (g *gatherer) dane(ctx context.Context) (DANE, error) {
	mx, err := g.ask(ctx, topicDANE, g.req.Domain, resolver.TypeMX)
	if err != nil {
		return DANE{}, err
	}
	var hosts []string
	for _, x := range mx.MX() {
		if x.Host != "." && len(hosts) < maxHosts {
			hosts = append(hosts, x.Host)
		}
	}
	out := DANE{Hosts: make([]DANEHost, len(hosts))}
	g.apart(topicDANE, len(hosts), func(i int) { out.Hosts[i] = g.daneHost(ctx, hosts[i], mx.Authenticated) })
	return out, nil
}

func (g *gatherer) daneHost(ctx context.Context, host string, secureMX bool) DANEHost {
	out := DANEHost{Host: host, Base: host}
	var addresses Addresses
	var tlsa resolver.Answer
	var err error
	g.apart(topicDANE, 2, func(i int) {
		if i == 0 {
			addresses = g.addresses(ctx, topicDANE, host)
		} else {
			tlsa, err = g.tlsa(ctx, host)
		}
	})
	// RFC 7672 section 2.2.3: the end of the alias chain first, if it is secure.
	if addresses.Canonical != "" && addresses.Secure {
		if a, failed := g.tlsa(ctx, addresses.Canonical); failed != nil || a.Status == resolver.Found {
			out.Base, tlsa, err = addresses.Canonical, a, failed
		}
	}
	if out.Err = err; err != nil {
		return out
	}
	out.Records = recordsOf(tlsa)
	for _, d := range tlsa.Data {
		if r, ok := d.(resolver.TLSA); ok && usableTLSA(r) {
			out.Usable++
		}
	}
	// RFC 7672 sections 2.1.3, 2.2.1: all three or nothing.
	for what, secure := range map[string]bool{"the MX record": secureMX, "the address of the host": addresses.Secure, "the TLSA record": tlsa.Authenticated} {
		if !secure {
			out.Insecure = append(out.Insecure, what)
		}
	}
	slices.Sort(out.Insecure)
	out.Err = addresses.Err()
	out.Secure = len(out.Insecure) == 0 && out.Err == nil
	return out
}

func (g *gatherer) tlsa(ctx context.Context, host string) (resolver.Answer, error) {
	return g.ask(ctx, topicDANE, "_25._tcp."+host, resolver.TypeTLSA)
}

// usableTLSA is RFC 7672 section 3.1 with RFC 6698 section 2.1: usage DANE-TA or
// DANE-EE, a known selector and type, and a digest of the type's length.
func usableTLSA(r resolver.TLSA) bool {
	if r.Usage != 2 && r.Usage != 3 || r.Selector > 1 {
		return false
	}
	switch r.MatchingType {
	case 0:
		return len(r.Data) > 0
	case 1:
		return len(r.Data) == 32
	case 2:
		return len(r.Data) == 64
	}
	return false
}
