package dnstest

import (
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/mailassay/mailassay/resolver"
)

// Fault is what a server does wrong with one question. The zero value is none;
// any may be joined.
type Fault struct {
	// Drop gives no reply.
	Drop bool
	// Delay is added to the round trip.
	Delay time.Duration
	// Rcode replaces the answer by an error, such as 2 for SERVFAIL, 5 for REFUSED,
	// 9 for NOTAUTH.
	Rcode int
	// Extended are sent along (RFC 8914), if the question has EDNS.
	Extended []resolver.ExtendedError
	// NoEDE leaves out extended errors.
	NoEDE bool
	// NoAD clears AD; CopyAD sets it whenever the question has it.
	NoAD, CopyAD bool
	// NoEDNS answers FORMERR without EDNS to a question with EDNS.
	NoEDNS bool
	// Truncate sets TC over UDP and sends no records.
	Truncate bool
	// TruncateStreams does so over TCP and TLS as well.
	TruncateStreams bool
	// WrongID changes the id, WrongQuestion the name asked, LowerCase the case of
	// the name asked.
	WrongID, WrongQuestion, LowerCase bool
	// UDPOnly keeps the three and Garbage, Trailing and Short to UDP.
	UDPOnly bool
	// NoQuestion leaves the question section out.
	NoQuestion bool
	// Garbage keeps the header and the question, and puts noise behind them.
	Garbage bool
	// Trailing adds octets behind the message.
	Trailing bool
	// Short drops the records without counting them off.
	Short bool
	// Duplicate sends the reply twice.
	Duplicate bool
	// Forge sends so many forged replies over UDP before the true one: wrong ids,
	// questions, cases and sources in turn, each with a false address.
	Forge int
	// CloseTCP closes a stream instead of answering.
	CloseTCP bool
	// Huge fills the answer to nearly 64 kB with records of the asked name.
	Huge bool
	// Lame clears AA and answers as a server that has no such zone: with a referral
	// to the root.
	Lame bool
	// Refer answers with a referral to the question name itself, as a delegation
	// that loops.
	Refer bool
	// WrongCookie changes the client's half of the cookie; NoCookie leaves it out.
	WrongCookie, NoCookie bool
}

// spoil applies the faults that change the message before it is packed.
func (f Fault) spoil(m *dns.Msg, a Asked) {
	m.AuthenticatedData = m.AuthenticatedData && !f.NoAD || f.CopyAD && a.AuthenticData
	if f.Rcode != 0 {
		m.Answer, m.Ns, m.Rcode, m.AuthenticatedData = nil, nil, f.Rcode, false
	}
	if f.Lame || f.Refer {
		zone := "."
		if f.Refer {
			zone = a.Raw
		}
		m.Authoritative, m.Answer, m.Rcode = false, nil, dns.RcodeSuccess
		m.Ns = []dns.RR{&dns.NS{Hdr: dns.RR_Header{Name: zone, Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: 60}, Ns: "ns.lame.invalid."}}
	}
	if f.NoEDNS && a.EDNS {
		m.Answer, m.Ns, m.Extra, m.Rcode = nil, nil, nil, dns.RcodeFormatError
	}
	if f.Huge {
		fill(m, a)
	}
	if f.Truncate && a.Over == "udp" || f.TruncateStreams {
		m.Truncated, m.Answer, m.Ns = true, nil, nil
	}
	if f.NoQuestion {
		m.Question = nil
	}
	if f.UDPOnly && a.Over != "udp" || len(m.Question) == 0 {
		return
	}
	q := slices.Clone(m.Question)
	if f.WrongQuestion {
		q[0].Name = "forged." + strings.TrimPrefix(q[0].Name, ".")
	}
	if f.LowerCase {
		q[0].Name = strings.ToLower(q[0].Name)
	}
	m.Question = q
	if f.WrongID {
		m.Id ^= 0x5555
	}
}

// damage applies the faults that change the packed message.
func (f Fault) damage(wire []byte, end int, over string) []byte {
	if f.UDPOnly && over != "udp" {
		return wire
	}
	if f.Garbage {
		wire = append(wire[:min(end, len(wire))], 0xc1, 0xff, 0x3f, 0, 1, 2, 3)
	}
	if f.Short {
		wire = wire[:end]
	}
	if f.Trailing {
		wire = append(wire, "trailing"...)
	}
	return wire
}

// fill adds TXT records, or addresses for address questions, up to nearly 64 kB.
func fill(m *dns.Msg, a Asked) {
	h := dns.RR_Header{Name: a.Raw, Rrtype: uint16(a.Question.Type), Class: dns.ClassINET, Ttl: 60}
	m.Rcode, m.Answer, m.Ns = dns.RcodeSuccess, nil, nil
	m.Compress = true
	const room = 65000
	switch a.Question.Type {
	case resolver.TypeA:
		for i := range room / 16 {
			m.Answer = append(m.Answer, &dns.A{Hdr: h, A: []byte{198, 18, byte(i >> 8), byte(i)}})
		}
	case resolver.TypeTXT:
		text := strings.Repeat("x", 250)
		for i := range room / 263 {
			m.Answer = append(m.Answer, &dns.TXT{Hdr: h, Txt: []string{string(rune('a'+i%26)) + text}})
		}
	default:
		for i := range room / 24 {
			m.Answer = append(m.Answer, &dns.RFC3597{Hdr: h, Rdata: strings.Repeat("00", 6) + string("0123456789abcdef"[i%16]) + "0" + strings.Repeat("11", 5)})
		}
	}
}
