// Package dnstest gives tests DNS made of zone text.
//
// A zone text is a master file (RFC 1035 section 5) that may hold any number of
// zones, with absolute names or $ORIGIN, and directives in comments that begin
// ";!":
//
//	;! fail NAME TYPE KIND     the question fails: SERVFAIL, REFUSED, TIMEOUT or BOGUS; TYPE may be ANY
//	;! secure ZONE             answers at and below ZONE carry the AD flag
//
// Names are absolute in directives.
package dnstest

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"github.com/mailassay/mailassay/resolver"
)

// Zone is what an omniscient name server knows. It does not change after Parse.
type Zone struct {
	records map[string]map[uint16][]dns.RR // by lower-case absolute name and type
	exists  map[string]bool                // owners and their ancestors
	apexes  map[string]*dns.SOA
	fails   map[failure]resolver.Kind
	secure  []string
}

type failure struct {
	name string
	typ  string
}

// Parse reads zone text.
func Parse(text string) (*Zone, error) {
	z := &Zone{
		records: map[string]map[uint16][]dns.RR{}, exists: map[string]bool{".": true},
		apexes: map[string]*dns.SOA{}, fails: map[failure]resolver.Kind{},
	}
	for i, line := range strings.Split(text, "\n") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), ";!"); ok {
			if err := z.direct(strings.Fields(rest)); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
		}
	}
	p := dns.NewZoneParser(strings.NewReader(text), ".", "")
	p.SetDefaultTTL(3600)
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		z.add(rr)
	}
	return z, p.Err()
}

var kinds = map[string]resolver.Kind{
	"SERVFAIL": resolver.ServerFailure, "REFUSED": resolver.Refused, "TIMEOUT": resolver.Timeout, "BOGUS": resolver.Bogus,
}

func (z *Zone) direct(f []string) error {
	switch {
	case len(f) == 4 && f[0] == "fail" && kinds[f[3]] != 0:
		z.fails[failure{fold(f[1]), f[2]}] = kinds[f[3]]
	case len(f) == 2 && f[0] == "secure":
		z.secure = append(z.secure, fold(f[1]))
	default:
		return fmt.Errorf("unknown directive %q", strings.Join(f, " "))
	}
	return nil
}

// fold is one spelling of a name: the same octet has several where it takes an
// escape (RFC 1035 section 5.1).
func fold(name string) string {
	if strings.IndexByte(name, '\\') >= 0 {
		if canonical, err := resolver.Canonical(name); err == nil {
			return resolver.Absolute(canonical)
		}
	}
	return strings.ToLower(dns.Fqdn(name))
}

func (z *Zone) add(rr dns.RR) {
	name := fold(rr.Header().Name)
	if z.records[name] == nil {
		z.records[name] = map[uint16][]dns.RR{}
	}
	t := rr.Header().Rrtype
	z.records[name][t] = append(z.records[name][t], rr)
	for n := name; !z.exists[n]; n = parent(n) {
		z.exists[n] = true
	}
	if soa, ok := rr.(*dns.SOA); ok {
		z.apexes[name] = soa
	}
}

func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

// failure is how the question is meant to fail, 0 when it is not.
func (z *Zone) failure(name string, query *dns.Msg) resolver.Kind {
	k := z.fails[failure{name, dns.TypeToString[query.Question[0].Qtype]}]
	if k == 0 {
		k = z.fails[failure{name, "ANY"}]
	}
	if k == resolver.Bogus && query.CheckingDisabled { // RFC 4035 section 3.2.2
		return 0
	}
	return k
}

// Reply answers a query as a recursive server with the whole zone text would:
// aliases followed, wildcards expanded (RFC 4592), empty non-terminals NODATA.
// A kind other than 0 says that the question, or one on its alias chain, is meant to fail.
func (z *Zone) Reply(query *dns.Msg) (*dns.Msg, resolver.Kind) {
	m := new(dns.Msg)
	m.SetReply(query)
	m.RecursionAvailable = true
	if len(query.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		return m, 0
	}
	q := query.Question[0]
	name := fold(q.Name)
	for hop := 0; hop < 16; hop++ {
		if k := z.failure(name, query); k != 0 {
			return m, k
		}
		sets, ok := z.lookup(name)
		if cname := sets[dns.TypeCNAME]; len(cname) > 0 && q.Qtype != dns.TypeCNAME {
			m.Answer = append(m.Answer, renamed(cname[0], name, q.Name, hop))
			name = fold(cname[0].(*dns.CNAME).Target)
			continue
		}
		for _, rr := range sets[q.Qtype] {
			m.Answer = append(m.Answer, renamed(rr, name, q.Name, hop))
		}
		if !ok {
			m.Rcode = dns.RcodeNameError
		}
		if len(sets[q.Qtype]) == 0 {
			m.Ns = append(m.Ns, z.soa(name))
		}
		break
	}
	for _, s := range z.secure {
		m.AuthenticatedData = m.AuthenticatedData || dns.IsSubDomain(s, name)
	}
	return m, 0
}

// renamed gives a record the owner that was asked for, which differs for wildcards; the first owner keeps the case of the question.
func renamed(rr dns.RR, owner, asked string, hop int) dns.RR {
	rr = dns.Copy(rr)
	rr.Header().Name = owner
	if hop == 0 {
		rr.Header().Name = asked
	}
	return rr
}

// lookup finds the record sets of a name or of the wildcard that covers it.
func (z *Zone) lookup(name string) (map[uint16][]dns.RR, bool) {
	if z.exists[name] {
		return z.records[name], true
	}
	for n := parent(name); ; n = parent(n) {
		if z.exists[n] {
			sets, ok := z.records["*."+strings.TrimPrefix(n, ".")]
			return sets, ok
		}
	}
}

// soa is the SOA of the zone that name is in, or one made up.
func (z *Zone) soa(name string) dns.RR {
	for n := name; ; n = parent(n) {
		if soa := z.apexes[n]; soa != nil {
			return soa
		}
		if n == "." {
			break
		}
	}
	apex := "."
	if labels := dns.SplitDomainName(name); len(labels) > 2 {
		apex = dns.Fqdn(strings.Join(labels[len(labels)-2:], "."))
	}
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: apex, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 300},
		Ns:  "ns." + strings.TrimPrefix(apex, "."), Mbox: "hostmaster." + strings.TrimPrefix(apex, "."),
		Serial: 1, Refresh: 7200, Retry: 900, Expire: 1209600, Minttl: 300,
	}
}
