package resolver

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Type is a record type by its number.
type Type uint16

// The types mailassay asks for.
const (
	TypeA      Type = 1
	TypeNS     Type = 2
	TypeCNAME  Type = 5
	TypeSOA    Type = 6
	TypePTR    Type = 12
	TypeMX     Type = 15
	TypeTXT    Type = 16
	TypeAAAA   Type = 28
	TypeSRV    Type = 33
	TypeDS     Type = 43
	TypeRRSIG  Type = 46
	TypeDNSKEY Type = 48
	TypeTLSA   Type = 52
	TypeSPF    Type = 99 // obsolete, RFC 7208 section 3.1
	TypeCAA    Type = 257
)

var typeNames = map[Type]string{
	TypeA: "A", TypeNS: "NS", TypeCNAME: "CNAME", TypeSOA: "SOA", TypePTR: "PTR", TypeMX: "MX", TypeTXT: "TXT",
	TypeAAAA: "AAAA", TypeSRV: "SRV", TypeDS: "DS", TypeRRSIG: "RRSIG", TypeDNSKEY: "DNSKEY", TypeTLSA: "TLSA",
	TypeSPF: "SPF", TypeCAA: "CAA",
}

// String is the mnemonic, or TYPEnnn (RFC 3597 section 5).
func (t Type) String() string {
	if n, ok := typeNames[t]; ok {
		return n
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// Data is the data of one record. String is its presentation form with absolute
// names, as a zone file takes it.
type Data interface{ String() string }

// Addr is the data of an A or AAAA record.
type Addr struct{ netip.Addr }

// Host is the data of a CNAME, NS or PTR record: a canonical name.
type Host string

// String is the absolute name.
func (h Host) String() string { return Absolute(string(h)) }

// MX is one mail exchange (RFC 5321 section 5.1). Host is canonical; "." is the
// null MX (RFC 7505).
type MX struct {
	Preference uint16
	Host       string
}

// String is "10 mx.example.com.".
func (m MX) String() string {
	return strconv.Itoa(int(m.Preference)) + " " + Absolute(m.Host)
}

// TXT is one TXT (or SPF) record.
type TXT struct {
	// Text is the character-strings joined with nothing between them (RFC 7208
	// section 3.3), octets as sent.
	Text string
	// Cuts are the offsets in Text at which a further string begins. Empty for a
	// record of one string.
	Cuts []int
}

// Strings are the character-strings one by one.
func (t TXT) Strings() []string {
	out := make([]string, 0, len(t.Cuts)+1)
	from := 0
	for _, cut := range t.Cuts {
		out, from = append(out, t.Text[from:cut]), cut
	}
	return append(out, t.Text[from:])
}

// String quotes each string.
func (t TXT) String() string {
	var b strings.Builder
	b.Grow(len(t.Text) + 3*len(t.Cuts) + 2)
	from := 0
	for _, cut := range t.Cuts {
		quote(&b, t.Text[from:cut])
		b.WriteByte(' ')
		from = cut
	}
	quote(&b, t.Text[from:])
	return b.String()
}

// SplitTXT is text as a record of as few strings of at most 255 octets as it
// takes (RFC 1035 section 3.3).
func SplitTXT(text string) TXT {
	t := TXT{Text: text}
	for cut := 255; cut < len(text); cut += 255 {
		t.Cuts = append(t.Cuts, cut)
	}
	return t
}

// quote writes one character-string as zone files take it.
func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	from := 0 // what needs no escape is written in one piece
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			continue
		}
		b.WriteString(s[from:i])
		if from = i + 1; c == '"' || c == '\\' {
			b.Write([]byte{'\\', c})
		} else {
			b.Write([]byte{'\\', '0' + c/100, '0' + c/10%10, '0' + c%10})
		}
	}
	b.WriteString(s[from:])
	b.WriteByte('"')
}

// SOA is the start of a zone (RFC 1035 section 3.3.13). Times are in seconds.
type SOA struct {
	MName, RName                            string
	Serial, Refresh, Retry, Expire, Minimum uint32
}

// String has the fields in their order.
func (s SOA) String() string {
	return fmt.Sprintf("%s %s %d %d %d %d %d", Absolute(s.MName), Absolute(s.RName), s.Serial, s.Refresh, s.Retry, s.Expire, s.Minimum)
}

// SRV locates a service (RFC 2782). Host is canonical; "." says not offered.
type SRV struct {
	Priority, Weight, Port uint16
	Host                   string
}

// String has the fields in their order.
func (s SRV) String() string {
	return fmt.Sprintf("%d %d %d %s", s.Priority, s.Weight, s.Port, Absolute(s.Host))
}

// TLSA associates a certificate with a port (RFC 6698 section 2.1). Data holds
// the octets of the association as a string.
type TLSA struct {
	Usage, Selector, MatchingType uint8
	Data                          string
}

// String has the association in hexadecimal.
func (t TLSA) String() string {
	return fmt.Sprintf("%d %d %d %x", t.Usage, t.Selector, t.MatchingType, t.Data)
}

// DS names a key of a child zone (RFC 4034 section 5.1). Digest holds octets.
type DS struct {
	KeyTag                uint16
	Algorithm, DigestType uint8
	Digest                string
}

// String has the digest in hexadecimal.
func (d DS) String() string {
	return fmt.Sprintf("%d %d %d %x", d.KeyTag, d.Algorithm, d.DigestType, d.Digest)
}

// Opaque is the data of any other type, in presentation form.
type Opaque string

// String is the presentation form.
func (o Opaque) String() string { return string(o) }
