package resolver

import (
	"net/netip"
	"slices"

	"github.com/miekg/dns"
)

const (
	// maxServers and maxGlue bound what a referral may list. The root has 13
	// servers, and a message holds thousands.
	maxServers = 64
	maxGlue    = 16
	// maxReferral bounds the records of a section that are looked at.
	maxReferral = 4 * maxServers
)

// first is as much of a section as is looked at.
func first(section []dns.RR) []dns.RR { return section[:min(len(section), maxReferral)] }

// referral reads the NS set of the authority section that holds name, and its DS
// set.
func referral(name string, m *dns.Msg) *Referral {
	r := &Referral{}
	for _, rr := range first(m.Ns) {
		if ns, ok := rr.(*dns.NS); ok && len(r.Servers) < maxServers {
			owner, err := Canonical(ns.Hdr.Name)
			h, ok := data(ns).(Host)
			if err != nil || !ok || !Within(name, owner) || r.Zone != "" && owner != r.Zone {
				continue
			}
			r.Zone, r.Servers = owner, append(r.Servers, string(h))
		}
	}
	for _, rr := range first(m.Ns) {
		if ds, ok := rr.(*dns.DS); ok && len(r.DS) < maxGlue {
			if owner, err := Canonical(ds.Hdr.Name); err == nil && owner == r.Zone {
				r.DS = append(r.DS, data(ds).(DS))
			}
		}
	}
	slices.Sort(r.Servers)
	r.Servers = slices.Compact(r.Servers)
	return r
}

// glue reads the addresses that the additional section gives to the name servers
// of the answer and authority sections.
func glue(m *dns.Msg) map[string][]netip.Addr {
	named := map[string]bool{}
	for _, section := range [][]dns.RR{m.Answer, m.Ns} {
		for _, rr := range first(section) {
			if ns, ok := rr.(*dns.NS); ok && len(named) < maxServers {
				if h, ok := data(ns).(Host); ok {
					named[string(h)] = true
				}
			}
		}
	}
	if len(named) == 0 {
		return nil
	}
	out := map[string][]netip.Addr{}
	for _, rr := range first(m.Extra) {
		if t := rr.Header().Rrtype; t != dns.TypeA && t != dns.TypeAAAA {
			continue
		}
		a, ok := data(rr).(Addr)
		if !ok {
			continue
		}
		if owner, err := Canonical(rr.Header().Name); err == nil && named[owner] && len(out[owner]) < maxGlue && !slices.Contains(out[owner], a.Addr) {
			out[owner] = append(out[owner], a.Addr)
		}
	}
	return out
}
