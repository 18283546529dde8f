package dkim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// Defaults of Options.
const (
	defaultSignatures = 20
	maxTrace          = 16 << 10
)

// Options tell how to verify. The zero value works, at time zero.
type Options struct {
	// Now is when the message is judged: x= and t= are held to it.
	Now time.Time
	// Author is the domain in From, in lower-case A-labels, if there is exactly one.
	Author string
	// MaxSignatures is how many signatures are tried: those of domains near the
	// author's first, then those nearer to the top; 20 when 0.
	MaxSignatures int
	// PublicSuffix tells whether a domain is one under which others register
	// theirs; a signature of such a domain is refused, unless the author is at that
	// very domain. nil refuses none.
	PublicSuffix func(domain string) bool
	// RefuseUnsignedBody refuses signatures whose l= leaves octets of the body
	// uncovered.
	RefuseUnsignedBody bool
	// Trace keeps the signed octets of the header with each verification.
	Trace bool
}

// Verification is what came of one signature.
type Verification struct {
	// Signature is the field as parsed; as far as that went, when Cause is
	// Malformed.
	*Signature
	Result Result
	Cause  Cause
	// Reason is why the result is not pass, a sentence without a full stop; ""
	// when it is. Values from the message or from DNS in it are clipped, but not
	// to be trusted.
	Reason string
	// Prefix is the beginning of b=, as long as it takes to tell the signature
	// from the others, at least 8 characters (RFC 6008 section 4).
	Prefix string
	// Bits is the length of the key, 0 when none was found.
	Bits int
	// Testing is t=y in the key record: a fail is not to be held against the
	// domain (RFC 6376 section 3.6.1).
	Testing bool
	// Authenticated tells that DNSSEC vouches for the key.
	Authenticated bool
	// Beyond is how many canonicalised octets of the body follow those that l=
	// covers.
	Beyond int64
	// Input is the header's octets that are hashed and signed, at most 16 KiB;
	// only with Options.Trace.
	Input []byte
}

// Report is what came of all signatures.
type Report struct {
	// Result is the best of the signatures': pass, otherwise temperror, otherwise
	// that of the first; none without signatures.
	Result Result
	// Signatures are those tried, in the order of the header.
	Signatures []Verification
	// Skipped is how many more there are.
	Skipped int
}

// Verifier verifies the DKIM signatures of one message.
type Verifier struct {
	m       *Message
	o       Options
	checks  []check
	skipped int
	guesses int      // octets that may still be hashed to explain failures
	first   [1]check // most messages have no more
}

type check struct {
	sig   Signature
	fault *Fault
	key   *PendingKey
	body  *BodyHash
}

// Start parses the signatures of a message, asks for their keys and for the
// hashes of the body they need. Report must follow.
func Start(ctx context.Context, r resolver.Resolver, m *Message, o Options) *Verifier {
	if o.MaxSignatures == 0 {
		o.MaxSignatures = defaultSignatures
	}
	v := &Verifier{m: m, o: o, guesses: maxGuessed}
	var room [8]int
	positions := m.Header.appendPositions(room[:0], "DKIM-Signature")
	if len(positions) > o.MaxSignatures {
		all := len(positions)
		positions = o.preferred(m.Header, positions)
		v.skipped = all - len(positions)
	}
	v.checks = v.first[:]
	if len(positions) != len(v.first) {
		v.checks = make([]check, len(positions))
	}
	for i, at := range positions {
		c := &v.checks[i]
		c.fault = c.sig.parse(m.Header, at, DKIMSignature)
		if c.fault == nil {
			c.fault = o.acceptable(&c.sig)
		}
		if c.fault == nil {
			c.key = m.Key(ctx, r, c.sig.Selector, c.sig.Domain)
			c.body = m.BodyHash(c.sig.BodyCanon, c.sig.Length)
		}
	}
	return v
}

// acceptable tells what speaks against a signature before any key is asked for.
func (o *Options) acceptable(s *Signature) *Fault {
	if bad := s.Timely(o.Now); bad != nil {
		return bad
	}
	if o.PublicSuffix != nil && s.Domain != o.Author && o.PublicSuffix(s.Domain) {
		return fault(PublicSuffix, "%s is a public suffix and no domain that signs mail", s.Domain)
	}
	return nil
}

// Report waits for the keys and judges. The body must have been read.
func (v *Verifier) Report() Report {
	v.m.Wait()
	r := Report{Result: None, Skipped: v.skipped, Signatures: make([]Verification, len(v.checks))}
	for i := range v.checks {
		s := &r.Signatures[i]
		s.Signature = &v.checks[i].sig
		bad := v.checks[i].fault
		if bad == nil {
			bad = v.judge(&v.checks[i], s)
		}
		if bad == nil {
			bad = &Fault{Cause: Verified}
		}
		s.Cause, s.Reason, s.Result = bad.Cause, bad.Reason, bad.Cause.Result()
		if i == 0 || s.Result == Pass || s.Result == TempError && r.Result != Pass {
			r.Result = s.Result
		}
	}
	nameSignatures(r.Signatures)
	return r
}

// judge takes the steps of RFC 6376 section 6.1.3, and goes on after a body that
// does not match, so that it can tell what was changed.
func (v *Verifier) judge(c *check, to *Verification) *Fault {
	p, err := c.key.Published()
	var room [maxKeys]*Key
	keys, bad := c.sig.appendChoice(room[:0], p, err)
	for i := range p.Records {
		to.Bits = max(to.Bits, p.Records[i].Key.Bits)
		to.Testing = to.Testing || p.Records[i].Key.Testing
	}
	to.Authenticated = p.Answer.Authenticated
	if bad != nil {
		return bad
	}
	if c.body.Short {
		return fault(BodyShort, "the body is shorter than the %d octets that were signed", c.sig.Length)
	}
	to.Beyond = c.body.Beyond
	// Most headers fit into these.
	var numbers [64]int32
	var octets [2 << 10]byte
	selected := c.sig.selection(numbers[:0], v.m.Header)
	input := c.sig.input(octets[:0], v.m.Header, selected)
	if v.o.Trace {
		to.Input = bytes.Clone(input[:min(len(input), maxTrace)])
	}
	intact := c.sig.BodyIntact(c.body)
	digest := sha256.Sum256(input)
	for i := range keys {
		if c.sig.SignedBy(keys[i], digest) {
			to.Bits, to.Testing = keys[i].Bits, keys[i].Testing
			return v.body(c, intact)
		}
	}
	return c.sig.explain(v.m.Header, selected, keys, intact, &v.guesses)
}

// body judges the body of a signature whose header is good.
func (v *Verifier) body(c *check, intact bool) *Fault {
	switch {
	case !intact && v.m.BodySize() == 0:
		return fault(BodyChanged, "the message has no body and the signature was made with one")
	case !intact:
		return fault(BodyChanged, "the body was changed after signing")
	case v.o.RefuseUnsignedBody && c.body.Beyond > 0:
		return fault(BodyUnsigned, "the signature covers %d octets of the body and %d follow", c.sig.Length, c.body.Beyond)
	}
	return nil
}

// nameSignatures gives each signature its prefix of b=.
func nameSignatures(list []Verification) {
	for i := range list {
		own, _ := list[i].Tags.Value("b")
		list[i].Prefix = unspaced(own[:spaced(own, maxPrefix)])
	}
	lengths := make([]int, len(list))
	for i := range list {
		n := 8
		for j := range list {
			if i != j {
				n = max(n, agreement(list[i].Prefix, list[j].Prefix)+1)
			}
		}
		lengths[i] = n
	}
	for i := range list {
		list[i].Prefix = list[i].Prefix[:min(lengths[i], len(list[i].Prefix))]
	}
}

// maxPrefix bounds a prefix: signatures that agree so far are copies of each other.
const maxPrefix = 512

// agreement is how many octets two values have in common at their beginning.
func agreement(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// spaced is the length of the beginning of s that holds n octets that are no
// white space, or all of them.
func spaced(s string, n int) int {
	i := 0
	for ; i < len(s) && n > 0; i++ {
		if !isFWS(s[i]) {
			n--
		}
	}
	return i
}

// Verify verifies the DKIM signatures of a whole message. The error is
// [ErrHeaderTooLong].
func Verify(ctx context.Context, r resolver.Resolver, octets []byte, o Options) (Report, error) {
	m, err := Parse(octets)
	if err != nil {
		return Report{}, err
	}
	defer m.Release()
	v := Start(ctx, r, m, o)
	if err := m.ReadBody(); err != nil {
		return Report{}, err
	}
	return v.Report(), nil
}
