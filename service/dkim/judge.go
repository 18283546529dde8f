package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"math/bits"
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

// Limits on keys.
const (
	maxKeys    = 4    // tried at one selector
	minRSABits = 1024 // RFC 8301 section 3.2
	maxRSABits = 8192 // verification takes time with the square of the length
	// maxWork bounds what the keys at one selector take beside the first, in units of a
	// key of 1024 bits with the exponent 65537: four of 4096, or one of 8192.
	maxWork = 64
	// Longer exponents than that are for keys of up to 4096 bits.
	maxExponent, maxOddBits = 1<<16 + 1, 4096
)

// Choose picks the keys at a selector that may verify the signature: of its
// algorithm, of permitted length and not restricted to other uses, at most four,
// in the order of the answer, not to be changed. There is a fault when there is none; err is that
// of the lookup.
func (s *Signature) Choose(p *Published, err error) ([]*Key, *Fault) {
	return s.appendChoice(nil, p, err)
}

func (s *Signature) appendChoice(keys []*Key, p *Published, err error) ([]*Key, *Fault) {
	if err != nil {
		return nil, fault(KeyUnknown, "the key could not be looked up: %v", err)
	}
	if len(p.Records) == 0 {
		why := "has no TXT record"
		if p.Answer.Status == resolver.NXDomain {
			why = "does not exist"
		}
		return nil, fault(KeyMissing, "there is no key: %s %s", Name(s.Selector, s.Domain), why)
	}
	var first *Fault
	work := 0
	for i := range p.Records {
		bad := s.refuse(&p.Records[i])
		if bad == nil && p.Records[i].Key.Algorithm == "rsa" {
			if work += p.Records[i].Key.work(); work > maxWork && len(keys) > 0 {
				break
			}
		}
		switch {
		case bad == nil:
			if keys = append(keys, &p.Records[i].Key); len(keys) == maxKeys {
				return keys, nil
			}
		// A sound record that does not suit tells more than unrelated text.
		case first == nil || first.Cause == KeyInvalid:
			first = bad
		}
	}
	if len(keys) > 0 {
		first = nil
	}
	return keys, first
}

// refuse tells why a record cannot verify the signature (RFC 6376 section 6.1.2).
func (s *Signature) refuse(r *Record) *Fault {
	key := &r.Key
	algorithm, _, _ := strings.Cut(s.Algorithm, "-")
	switch {
	case r.Err != nil:
		return fault(KeyInvalid, "the key record cannot be used: %v", r.Err)
	case key.Revoked:
		return fault(KeyRevoked, "the key is revoked")
	case key.Algorithm != algorithm:
		return fault(KeyUnsuited, "the key is for %s and the signature is %s", key.Algorithm, s.Algorithm)
	case key.Restriction() != "":
		return fault(KeyUnsuited, "the key is not for this use: %s", key.Restriction())
	case key.Strict && s.Kind == DKIMSignature && !s.strict():
		return fault(KeyUnsuited, "the key forbids subdomains (t=s) and i= is in one")
	case algorithm == "rsa" && key.Bits < minRSABits:
		return fault(WeakKey, "the RSA key has %d bits, fewer than %d", key.Bits, minRSABits)
	case algorithm == "rsa" && key.Bits > maxRSABits:
		return fault(HugeKey, "the RSA key has %d bits, more than %d", key.Bits, maxRSABits)
	case algorithm == "rsa" && key.Bits > maxOddBits && key.Public.(*rsa.PublicKey).E > maxExponent:
		return fault(HugeKey, "the RSA key has %d bits and the exponent %d", key.Bits, key.Public.(*rsa.PublicKey).E)
	}
	return nil
}

// work is what a verification with an RSA key takes, in units of one with 1024 bits
// and the exponent 65537: squares and products of numbers as long as the key.
func (k *Key) work() int {
	n := (k.Bits + 1023) / 1024
	e := uint(k.Public.(*rsa.PublicKey).E)
	return max(n*n*(bits.Len(e)+bits.OnesCount(e)-2)/17, 1)
}

// strict tells whether the domain of i= is that of d=.
func (s *Signature) strict() bool {
	domain, _ := hostname(s.Identity[strings.LastIndexByte(s.Identity, '@')+1:], 2)
	return domain == s.Domain
}

// SignedBy tells whether the signature is one of the digest by the key. Ed25519
// signs the digest, not the octets (RFC 8463 section 3).
func (s *Signature) SignedBy(key *Key, digest [sha256.Size]byte) bool {
	switch pub := key.Public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(pub, crypto.SHA256, digest[:], s.value) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(pub, digest[:], s.value)
	}
	return false
}

// BodyIntact tells whether a body hash is that in bh=.
func (s *Signature) BodyIntact(b *BodyHash) bool { return b.Sum == s.bodyHash }
