package dkim

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is the kind of field a signature stands in.
type Kind uint8

// Kinds of signatures. An ARC-Message-Signature has the tags of a DKIM-Signature
// but v=, and its own meaning of i= (RFC 8617 section 4.1.2). An ARC-Seal has
// neither body nor list of fields (section 4.1.3).
const (
	DKIMSignature Kind = iota
	ARCMessageSignature
	ARCSeal
)

// Signature is a signature field as parsed.
type Signature struct {
	// At is the index of the field in the header.
	At   int
	Kind Kind
	Tags Tags
	// Algorithm is a=, as written.
	Algorithm string
	// Domain and Selector are d= and s= as A-labels in lower case.
	Domain, Selector string
	// Identity is i= decoded, "@" and the domain when the field has none; "" in ARC.
	Identity string
	// HeaderCanon and BodyCanon are c=.
	HeaderCanon, BodyCanon Canon
	// Length is l= in octets, -1 without.
	Length int64
	// Names are those in h=, as written.
	Names []string
	// Signed and Expires are t= and x=, zero without.
	Signed, Expires time.Time

	value    []byte // b=
	bodyHash [sha256.Size]byte
	hashSize int // of bh= in octets
	start    int // of the value of b= in the raw field
	end      int

	// Room that is enough for most signatures.
	firstTags  [12]Tag
	firstNames [10]string
	firstValue [256]byte
}

// required are the tags without which a signature is malformed (RFC 6376 section
// 6.1.1, RFC 8617 section 4.1). i= and cv= are ARC's own business.
var required = [...][]string{
	DKIMSignature:       {"v", "a", "b", "bh", "d", "h", "s"},
	ARCMessageSignature: {"a", "b", "bh", "d", "h", "s"},
	ARCSeal:             {"a", "b", "d", "s"},
}

// ParseSignature reads the signature in a field of the header. With a fault, the
// signature holds what could be read before it.
func ParseSignature(h *Header, at int, kind Kind) (*Signature, *Fault) {
	s := new(Signature)
	return s, s.parse(h, at, kind)
}

func (s *Signature) parse(h *Header, at int, kind Kind) *Fault {
	f := h.Fields[at]
	s.At, s.Kind, s.Length = at, kind, -1
	value := string(f.Value())
	var err error
	if s.Tags, err = appendTags(s.firstTags[:0], value); err != nil {
		return fault(Malformed, "the signature is no tag list: %v", err)
	}
	if name := s.Tags.missing(required[kind]); name != "" {
		return fault(Malformed, "the signature has no %s=", name)
	}
	var bad *Fault
	for i := range s.Tags {
		t := &s.Tags[i]
		if fault := s.read(t); fault != nil && bad == nil {
			bad = fault
		}
		if t.Name == "b" {
			begin := int(f.colon) + 1
			s.start, s.end = begin+int(t.Start), begin+int(t.End)
		}
	}
	if bad == nil {
		bad = s.coherent()
	}
	return bad
}

// read takes over one tag.
func (s *Signature) read(t *Tag) *Fault {
	if s.Kind == ARCSeal {
		// c=, bh=, l= and their like are unknown tags in a seal.
		switch t.Name {
		case "a", "b", "d", "s", "t":
		default:
			return nil
		}
	}
	ok := true
	switch t.Name {
	case "v":
		if s.Kind == DKIMSignature && t.Value != "1" {
			return fault(Unsupported, "v=%s is no known version", clip(t.Value))
		}
	case "a":
		s.Algorithm = t.Value
	case "b":
		s.value, ok = decodeTag(s.firstValue[:0], t.Value)
	case "bh":
		var local [2 * sha256.Size]byte
		var hash []byte
		hash, ok = decodeTag(local[:0], t.Value)
		s.hashSize = len(hash)
		copy(s.bodyHash[:], hash)
	case "c":
		return s.readCanon(t.Value)
	case "d":
		s.Domain, ok = hostname(t.Value, 2)
	case "s":
		s.Selector, ok = hostname(t.Value, 1)
	case "h":
		s.Names, ok = appendNames(s.firstNames[:0], t.Value)
	case "i":
		if s.Kind == DKIMSignature {
			s.Identity, ok = decodeIdentity(t.Value)
		}
	case "l":
		s.Length, ok = decimal(t.Value, 76)
	case "t":
		s.Signed, ok = moment(t.Value)
	case "x":
		s.Expires, ok = moment(t.Value)
	case "q":
		return readQuery(t.Value)
	}
	if !ok {
		return fault(Malformed, "the value of %s= is malformed", t.Name)
	}
	return nil
}

// readCanon takes header and body algorithms; the second is simple when missing
// (RFC 6376 section 3.5).
func (s *Signature) readCanon(value string) *Fault {
	header, body, two := strings.Cut(value, "/")
	if !two {
		body = "simple"
	}
	if !s.HeaderCanon.named(header) || !s.BodyCanon.named(body) {
		return fault(Unsupported, "c=%s is no known canonicalisation", clip(value))
	}
	return nil
}

// named sets c to the algorithm of a name, if there is one.
func (c *Canon) named(name string) bool {
	switch name {
	case "simple":
		*c = Simple
	case "relaxed":
		*c = Relaxed
	default:
		return false
	}
	return true
}

// readQuery wants dns/txt among the ways to ask for the key (RFC 6376 section 3.5).
func readQuery(value string) *Fault {
	for _, way := range colonList(value) {
		if way == "dns/txt" {
			return nil
		}
	}
	return fault(Unsupported, "q=%s knows no way to ask for the key", clip(value))
}

// coherent holds tags to each other.
func (s *Signature) coherent() *Fault {
	if !s.Signed.IsZero() && !s.Expires.IsZero() && !s.Expires.After(s.Signed) {
		return fault(Malformed, "the signature expires before it was made")
	}
	// Such a name cannot be asked for, and a failing question would seem temporary.
	if len(s.Selector)+len(Name("", ""))+len(s.Domain) > maxName {
		return fault(Malformed, "s= and d= make a longer name than DNS has")
	}
	switch s.Algorithm {
	case "rsa-sha256", "ed25519-sha256":
	case "rsa-sha1":
		return fault(WeakAlgorithm, "rsa-sha1 signatures are not to be trusted")
	default:
		return fault(Unsupported, "a=%s is no known algorithm", clip(s.Algorithm))
	}
	if s.Kind == ARCSeal {
		return nil
	}
	// Only of a known algorithm is it known how long its hash is.
	if s.hashSize != sha256.Size {
		return fault(Malformed, "bh= has %d octets and a SHA-256 hash has %d", s.hashSize, sha256.Size)
	}
	if !s.Covers("From") {
		return fault(FromUnsigned, "the signature does not cover From")
	}
	if s.Kind == DKIMSignature {
		return s.identify()
	}
	return nil
}

// identify sets the default of i= and holds it to d= (RFC 6376 section 6.1.1).
func (s *Signature) identify() *Fault {
	if s.Identity == "" {
		s.Identity = "@" + s.Domain
		return nil
	}
	domain, ok := hostname(s.Identity[strings.LastIndexByte(s.Identity, '@')+1:], 2)
	if !ok || !within(domain, s.Domain) {
		return fault(IdentityOutside, "i=%s is not in the domain %s", clip(s.Identity), s.Domain)
	}
	return nil
}

// clockSkew is how far a signer's clock may be ahead.
const clockSkew = 5 * time.Minute

// Timely holds x= and t= to the present (RFC 6376 section 3.5).
func (s *Signature) Timely(now time.Time) *Fault {
	switch {
	case !s.Expires.IsZero() && now.After(s.Expires):
		return fault(Expired, "the signature expired at %s", s.Expires.Format(time.RFC3339))
	case s.Signed.After(now.Add(clockSkew)):
		return fault(FromFuture, "the signature was made at %s, which is in the future", s.Signed.Format(time.RFC3339))
	}
	return nil
}

// Covers tells whether h= lists a name.
func (s *Signature) Covers(name string) bool {
	for _, n := range s.Names {
		if len(n) == len(name) && strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// decodeTag adds the octets of a base64 value, which may do without its padding:
// the grammar of RFC 6376 section 2.10 has it optional.
func decodeTag(to []byte, value string) ([]byte, bool) {
	value = unspaced(value)
	digits := strings.TrimRight(value, "=")
	if len(digits) < len(value) && (len(value)%4 != 0 || len(value) > len(digits)+2) {
		return nil, false
	}
	to, err := base64.RawStdEncoding.AppendDecode(to, []byte(digits)) // which takes no copy
	return to, err == nil && len(to) > 0
}

// appendNames adds the names in h=: at least one, none empty, each of the
// characters that a field name holds (RFC 5322 section 2.2).
func appendNames(names []string, value string) ([]string, bool) {
	for more := true; more; {
		var n string
		n, value, more = strings.Cut(value, ":")
		if n = trim(n); n == "" {
			return nil, false
		}
		for i := 0; i < len(n); i++ {
			if n[i] <= ' ' || n[i] >= 0x7f {
				return nil, false
			}
		}
		names = append(names, n)
	}
	return names, true
}

// decodeIdentity undoes dkim-quoted-printable (RFC 6376 section 2.11), in which
// white space means nothing.
func decodeIdentity(value string) (string, bool) {
	value = unspaced(value)
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] != '=' {
			b.WriteByte(value[i])
			continue
		}
		if i+2 >= len(value) {
			return "", false
		}
		octet, err := strconv.ParseUint(value[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(octet))
		i += 2
	}
	return b.String(), strings.Contains(value, "@")
}

// decimal reads up to so many digits; what does not fit becomes the largest
// number there is.
func decimal(s string, digits int) (int64, bool) {
	if s == "" || len(s) > digits {
		return 0, false
	}
	n := int64(0)
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64/10 - 1
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// moment reads t= and x=: seconds since 1970, at most 12 digits.
func moment(s string) (time.Time, bool) {
	n, ok := decimal(s, 12)
	return time.Unix(n, 0).UTC(), ok
}
