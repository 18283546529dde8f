package dnstest

import (
	"strings"

	"github.com/miekg/dns"

	"github.com/mailassay/mailassay/resolver"
)

// Authority answers a query as a server that is authoritative for the given zones
// alone (RFC 1034 section 4.3.2), named in lower case with final dots. The kind is
// as for [Zone.Reply].
func (z *Zone) Authority(query *dns.Msg, zones []string) (*dns.Msg, resolver.Kind) {
	m := new(dns.Msg)
	m.SetReply(query)
	if len(query.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		return m, 0
	}
	q := query.Question[0]
	name := fold(q.Name)
	apex, ok := closest(zones, name, q.Qtype)
	if !ok {
		m.Rcode = dns.RcodeRefused
		return m, 0
	}
	for hop := 0; hop < 16; hop++ {
		if k := z.failure(name, query); k != 0 {
			return m, k
		}
		if cut := z.cut(name, apex, q.Qtype); cut != "" {
			z.refer(m, query, cut)
			return m, 0
		}
		m.Authoritative = true
		sets, exists := z.lookup(name)
		cname := sets[dns.TypeCNAME]
		if len(cname) == 0 || q.Qtype == dns.TypeCNAME {
			z.conclude(m, sets[q.Qtype], exists, answering{name: name, asked: q.Name, apex: apex, hop: hop})
			return m, 0
		}
		m.Answer = append(m.Answer, renamed(cname[0], name, q.Name, hop))
		if name = fold(cname[0].(*dns.CNAME).Target); !dns.IsSubDomain(apex, name) {
			return m, 0
		}
	}
	return m, 0
}

// answering is where an authoritative answer stands.
type answering struct {
	name, asked, apex string
	hop               int
}

// conclude adds the records, or denies them.
func (z *Zone) conclude(m *dns.Msg, set []dns.RR, exists bool, at answering) {
	for _, rr := range set {
		m.Answer = append(m.Answer, renamed(rr, at.name, at.asked, at.hop))
		if ns, ok := rr.(*dns.NS); ok {
			z.glue(m, ns)
		}
	}
	if !exists {
		m.Rcode = dns.RcodeNameError
	}
	if len(set) == 0 {
		m.Ns = append(m.Ns, z.start(at.apex))
	}
}

// closest is the deepest of the zones that answers for the name. The DS of a zone
// is its parent's (RFC 4035 section 3.1.4.1).
func closest(zones []string, name string, t uint16) (string, bool) {
	best, found := "", false
	for _, zone := range zones {
		if !dns.IsSubDomain(zone, name) || found && len(zone) <= len(best) {
			continue
		}
		if t == dns.TypeDS && zone == name && len(zones) > 1 && name != "." {
			if up, ok := closest(without(zones, zone), name, t); ok {
				return up, true
			}
		}
		best, found = zone, true
	}
	return best, found
}

func without(zones []string, zone string) []string {
	var out []string
	for _, z := range zones {
		if z != zone {
			out = append(out, z)
		}
	}
	return out
}

// cut is the topmost delegation between the apex and the name, "" without.
func (z *Zone) cut(name, apex string, t uint16) string {
	found := ""
	for n := name; n != apex && n != "."; n = parent(n) {
		if len(z.records[n][dns.TypeNS]) > 0 && (n != name || t != dns.TypeDS) {
			found = n
		}
	}
	return found
}

// refer names the servers of the zone below, with the addresses known.
func (z *Zone) refer(m, query *dns.Msg, cut string) {
	for _, rr := range z.records[cut][dns.TypeNS] {
		m.Ns = append(m.Ns, rr)
		z.glue(m, rr.(*dns.NS))
	}
	if opt := query.IsEdns0(); opt != nil && opt.Do() {
		m.Ns = append(m.Ns, z.records[cut][dns.TypeDS]...)
	}
}

func (z *Zone) glue(m *dns.Msg, ns *dns.NS) {
	host := z.records[fold(ns.Ns)]
	m.Extra = append(append(m.Extra, host[dns.TypeA]...), host[dns.TypeAAAA]...)
}

// start is the SOA of the zone, made up when the text has none.
func (z *Zone) start(apex string) dns.RR {
	if soa := z.apexes[apex]; soa != nil {
		return soa
	}
	below := strings.TrimPrefix(apex, ".")
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: apex, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 300},
		Ns:  "ns." + below, Mbox: "hostmaster." + below,
		Serial: 1, Refresh: 7200, Retry: 900, Expire: 1209600, Minttl: 300,
	}
}
