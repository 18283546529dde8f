package resolver

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/miekg/dns"
)

// maxAliases bounds a CNAME chain, as unbound and PowerDNS do (11 and 10).
const maxAliases = 10

// maxRecords bounds the records of an answer section, so that 64 kB of the worst
// names cost milliseconds.
const maxRecords = 1024

// maxAnswer bounds an answer as held in memory. Names that are compressed on the wire
// and written with escapes make 64 kB into megabytes.
const maxAnswer = 128 << 10

// ErrTruncated is the cause of the Malformed error that Parse gives for a message with the TC
// flag: ask again over TCP (RFC 7766 section 5).
var ErrTruncated = errors.New("truncated")

// ErrReferral is the cause of the Lame error that Parse gives for a message that neither
// answers nor denies but names the servers of a zone (RFC 2308 section 2.2.1).
var ErrReferral = errors.New("referral")

// Parse reads a response in wire form as the answer to q, or says why it is
// none. It believes only what is asked: the message must be a response to
// exactly this question, and only records of the asked type at the asked name or
// at the end of its CNAME chain are used (RFC 5452 section 6). Other sections
// give nothing but the SOA of a denial.
//
// The error is a [*Error] without a Server.
func Parse(q Question, wire []byte) (Answer, error) {
	m, err := unpack(wire)
	if err != nil {
		return Answer{}, &Error{Kind: Malformed, Question: q, Err: err}
	}
	return classify(q, m)
}

func classify(q Question, m *dns.Msg) (Answer, error) {
	fail := func(k Kind, err error) (Answer, error) {
		return Answer{}, &Error{Kind: k, Question: q, Rcode: dns.RcodeToString[m.Rcode], Extended: extended(m), Err: err}
	}
	if err := answers(q, m); err != nil {
		return fail(Malformed, err)
	}
	if m.Truncated {
		return fail(Malformed, ErrTruncated)
	}
	switch m.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
	case dns.RcodeServerFailure:
		if bogus(extended(m)) {
			return fail(Bogus, nil)
		}
		return fail(ServerFailure, nil)
	case dns.RcodeRefused:
		return fail(Refused, nil)
	case dns.RcodeNotAuth:
		return fail(Lame, nil)
	default:
		return fail(OtherRcode, nil)
	}
	a := Answer{Question: q, Name: q.Name, Authenticated: m.AuthenticatedData, Authoritative: m.Authoritative}
	if err := a.follow(m.Answer); err != nil {
		return fail(Malformed, err)
	}
	if size := a.text() + a.size(); size > maxAnswer {
		return fail(Malformed, fmt.Errorf("the answer takes %d octets of memory, more than %d", size, maxAnswer))
	}
	if len(a.Data) > 0 {
		a.Status = Found
		return a, nil
	}
	if m.Rcode == dns.RcodeSuccess && refers(m.Ns) {
		_, err := fail(Lame, ErrReferral)
		return a, err
	}
	a.Status = NoData
	if m.Rcode == dns.RcodeNameError || deniesName(a.Name, m.Ns) {
		a.Status = NXDomain
	}
	a.deny(m.Ns)
	return a, nil
}

// refers tells a referral from NODATA: it has an NS set and no SOA (RFC 2308
// section 2.2.1).
func refers(authority []dns.RR) bool {
	ns := false
	for _, rr := range authority {
		switch rr.(type) {
		case *dns.SOA:
			return false
		case *dns.NS:
			ns = true
		}
	}
	return ns
}

// deniesName tells whether the denial is a compact one that says that the name
// does not exist: an NSEC at the name with the type NXNAME (RFC 9824 section 2).
func deniesName(name string, authority []dns.RR) bool {
	for _, rr := range authority {
		if nsec, ok := rr.(*dns.NSEC); ok && slices.Contains(nsec.TypeBitMap, dns.TypeNXNAME) {
			if owner, err := Canonical(nsec.Hdr.Name); err == nil && owner == name {
				return true
			}
		}
	}
	return false
}

// answers tells whether m is a response to q and to nothing else.
func answers(q Question, m *dns.Msg) error {
	switch {
	case !m.Response:
		return errors.New("not a response")
	case m.Opcode != dns.OpcodeQuery:
		return errors.New("another opcode")
	case len(m.Question) != 1:
		return fmt.Errorf("%d questions", len(m.Question))
	case m.Question[0].Qtype != uint16(q.Type) || m.Question[0].Qclass != dns.ClassINET:
		return errors.New("another type or class")
	}
	if name, err := Canonical(m.Question[0].Name); err != nil || name != q.Name {
		return errors.New("another name")
	}
	return nil
}

// owned is a record with its owner's canonical name.
type owned struct {
	name string
	rr   dns.RR
}

// owners are the records of class IN, and the targets of the aliases among them.
func owners(section []dns.RR) (records []owned, alias map[string]string) {
	records, alias = make([]owned, 0, len(section)), map[string]string{}
	var spelled, name string // records of a set have one owner, most often spelled alike
	var err error
	for _, rr := range section {
		h := rr.Header()
		if h.Name != spelled || spelled == "" {
			spelled = h.Name
			name, err = Canonical(h.Name)
		}
		if err != nil || h.Class != dns.ClassINET {
			continue
		}
		records = append(records, owned{name, rr})
		if c, ok := rr.(*dns.CNAME); ok && alias[name] == "" { // RFC 2181 section 10.1: there is one
			if target, err := Canonical(c.Target); err == nil {
				alias[name] = target
			}
		}
	}
	return records, alias
}

// follow walks the CNAME chain from the question name through the section and
// collects the data at its end.
func (a *Answer) follow(section []dns.RR) error {
	if len(section) > maxRecords {
		return fmt.Errorf("the answer holds %d records, more than %d", len(section), maxRecords)
	}
	records, alias := owners(section)
	if a.Question.Type != TypeCNAME {
		for {
			target, ok := alias[a.Name]
			if !ok {
				break
			}
			if slices.Contains(a.Aliases, target) || target == a.Question.Name {
				return errors.New("the alias chain loops")
			}
			if len(a.Aliases) == maxAliases {
				return fmt.Errorf("the alias chain is longer than %d", maxAliases)
			}
			a.Aliases, a.Name = append(a.Aliases, target), target
		}
	}
	a.collect(records)
	return nil
}

// collect takes over the data at the end of the chain, with the least TTL on the way.
func (a *Answer) collect(records []owned) {
	ttl := ^uint32(0)
	for _, r := range records {
		h := r.rr.Header()
		if h.Rrtype == dns.TypeCNAME && (r.name == a.Question.Name || slices.Contains(a.Aliases, r.name)) {
			ttl = min(ttl, h.Ttl)
		}
		if r.name != a.Name || h.Rrtype != uint16(a.Question.Type) {
			continue
		}
		if d := data(r.rr); d != nil {
			a.Data = append(a.Data, d)
			ttl = min(ttl, h.Ttl)
		}
	}
	if ttl != ^uint32(0) && ttl < 1<<31 { // RFC 2181 section 8
		a.TTL = ttl
	}
	a.sort()
}

// sort puts equal sets into equal order and drops repeated records (RFC 2181
// section 5.5). Two things are left as they came, for what is made of them: PTR
// records keep their order, since readers look at the first ten only (RFC 7208
// section 4.6.4), and TXT records their number, since two equal policies are one
// too many (RFC 7208 section 4.5, RFC 9989 section 4.10).
func (a *Answer) sort() {
	switch {
	case len(a.Data) < 2:
		return
	case a.Question.Type == TypePTR:
		seen := make(map[Data]bool, len(a.Data))
		a.Data = slices.DeleteFunc(a.Data, func(d Data) bool {
			again := seen[d]
			seen[d] = true
			return again
		})
		return
	}
	slices.SortFunc(a.Data, compare)
	if a.Question.Type != TypeTXT {
		a.Data = slices.CompactFunc(a.Data, func(x, y Data) bool { return compare(x, y) == 0 })
	}
}

// compare orders data of one type.
func compare(x, y Data) int {
	switch x := x.(type) {
	case MX:
		y := y.(MX)
		return cmp.Or(cmp.Compare(x.Preference, y.Preference), strings.Compare(x.Host, y.Host))
	case Addr:
		return x.Compare(y.(Addr).Addr)
	case Host:
		return strings.Compare(string(x), string(y.(Host)))
	case TXT:
		y := y.(TXT)
		return cmp.Or(strings.Compare(x.Text, y.Text), slices.Compare(x.Cuts, y.Cuts))
	case SRV:
		y := y.(SRV)
		return cmp.Or(cmp.Compare(x.Priority, y.Priority), strings.Compare(x.String(), y.String()))
	}
	return strings.Compare(x.String(), y.String())
}

// deny takes the SOA of a denial, if it is of a zone that the name is in.
func (a *Answer) deny(section []dns.RR) {
	for _, rr := range section {
		soa, ok := rr.(*dns.SOA)
		if !ok {
			continue
		}
		owner, err := Canonical(soa.Hdr.Name)
		if err != nil || !Within(a.Name, owner) {
			continue
		}
		if s, ok := data(rr).(SOA); ok {
			a.SOA, a.SOAOwner = &s, owner
			negative := min(soa.Hdr.Ttl, soa.Minttl) // RFC 2308 section 5
			if len(a.Aliases) > 0 {
				negative = min(negative, a.TTL)
			}
			a.TTL = negative
			return
		}
	}
	a.TTL = 0 // RFC 2308 section 5: not to be kept
}

// data is the record's data, nil when its names cannot be brought to canonical
// form.
func data(rr dns.RR) Data {
	switch r := rr.(type) {
	case *dns.A:
		if a, ok := addr(r.A.To4()); ok {
			return a
		}
	case *dns.AAAA:
		if a, ok := addr(r.AAAA.To16()); ok {
			return a
		}
	case *dns.CNAME:
		return host(r.Target)
	case *dns.NS:
		return host(r.Ns)
	case *dns.PTR:
		return host(r.Ptr)
	case *dns.MX:
		if h, err := Canonical(r.Mx); err == nil {
			return MX{Preference: r.Preference, Host: h}
		}
	case *dns.TXT:
		return text(r.Txt)
	case *dns.SPF:
		return text(r.Txt)
	case *dns.SOA:
		m, err1 := Canonical(r.Ns)
		n, err2 := Canonical(r.Mbox)
		if err1 == nil && err2 == nil {
			return SOA{MName: m, RName: n, Serial: r.Serial, Refresh: r.Refresh, Retry: r.Retry, Expire: r.Expire, Minimum: r.Minttl}
		}
	case *dns.SRV:
		if h, err := Canonical(r.Target); err == nil {
			return SRV{Priority: r.Priority, Weight: r.Weight, Port: r.Port, Host: h}
		}
	case *dns.TLSA:
		return TLSA{Usage: r.Usage, Selector: r.Selector, MatchingType: r.MatchingType, Data: unhex(r.Certificate)}
	case *dns.DS:
		return DS{KeyTag: r.KeyTag, Algorithm: r.Algorithm, DigestType: r.DigestType, Digest: unhex(r.Digest)}
	default:
		return Opaque(strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return nil
}

// bogus tells whether extended errors say that validation failed: RFC 8914
// sections 4.7 to 4.13.
func bogus(list []ExtendedError) bool {
	return slices.ContainsFunc(list, func(e ExtendedError) bool { return 6 <= e.Code && e.Code <= 12 })
}

// extended takes the extended errors of a message, their texts made printable.
func extended(m *dns.Msg) []ExtendedError {
	opt := m.IsEdns0()
	if opt == nil {
		return nil
	}
	var out []ExtendedError
	for _, o := range opt.Option {
		if e, ok := o.(*dns.EDNS0_EDE); ok && len(out) < 4 {
			out = append(out, ExtendedError{Code: e.InfoCode, Text: printable(e.ExtraText, 200)})
		}
	}
	return out
}

// printable cuts s to limit octets and replaces what a terminal or a log might
// obey.
func printable(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			return r
		}
		return '?'
	}, s)
}
