package dkim

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"slices"
)

// Limits on finding out why a signature is not good.
const (
	maxGuesses    = 32       // fields that may have been added
	maxGuessInput = 64 << 10 // octets of signed header
	maxGuessed    = 1 << 20  // octets that the guesses about all signatures of a message hash
	maxProofs     = 16       // verifications with Ed25519, which tells no digest
	maxOpenedBits = 4096     // of RSA keys that tell theirs
)

// explain tells why no key verifies the signature.
func (s *Signature) explain(h *Header, selected []int32, keys []*Key, bodyIntact bool, left *int) *Fault {
	e := evidence{sig: s, keys: slices.Clone(keys)} // which lets good signatures keep theirs on the stack
	e.recover()
	// Only an RSA signature shows that its key made it.
	doubt := ""
	if len(e.digests) == 0 {
		doubt = ", or the signature was made with another key"
	}
	added := -1
	if len(e.digests) > 0 || e.ed25519() { // without, nothing proves a guess
		added = s.added(h, selected, e.proves, left)
	}
	switch {
	case added >= 0 && bodyIntact:
		return fault(FieldAdded, "a field %s was added after signing, which the signature forbids", clip(h.Fields[added].Name()))
	case added >= 0:
		return fault(BothChanged, "the body was changed and a field %s was added after signing", clip(h.Fields[added].Name()))
	case e.foreign:
		return fault(WrongKey, "the signature was not made with the published key, or is damaged")
	case bodyIntact:
		return fault(HeaderChanged, "a signed header field was changed or removed after signing%s", doubt)
	}
	return fault(BothChanged, "the body and a signed header field were changed after signing%s", doubt)
}

// evidence is what a bad signature tells about the digest it was made of.
type evidence struct {
	sig  *Signature
	keys []*Key
	// digests are those that RSA signatures prove to have been signed.
	digests [][sha256.Size]byte
	// proofs counts verifications.
	proofs int
	// foreign: the keys are RSA keys of common length and none of them made the
	// signature.
	foreign bool
}

func (e *evidence) recover() {
	e.foreign = true
	for _, key := range e.keys {
		pub, ok := key.Public.(*rsa.PublicKey)
		if !ok || key.Bits > maxOpenedBits {
			e.foreign = false
			continue
		}
		if digest, ok := signedDigest(pub, e.sig.value); ok {
			e.foreign = false
			e.digests = append(e.digests, digest)
		}
	}
}

// proves tells whether the signature is one of the digest. RSA signatures have
// told theirs; Ed25519 is asked each time.
func (e *evidence) proves(digest [sha256.Size]byte) bool {
	for _, d := range e.digests {
		if d == digest {
			return true
		}
	}
	for _, key := range e.keys {
		if key.Algorithm == "ed25519" && e.proofs < maxProofs {
			e.proofs++
			if e.sig.SignedBy(key, digest) {
				return true
			}
		}
	}
	return false
}

// ed25519 tells whether a key can be asked.
func (e *evidence) ed25519() bool {
	return slices.ContainsFunc(e.keys, func(k *Key) bool { return k.Algorithm == "ed25519" })
}

// added is the selected field without which the signature would be good, or -1:
// one on top of its name that the signature forbids, or one below the others, which
// was then taken in place of a signed one.
func (s *Signature) added(h *Header, selected []int32, proves func([sha256.Size]byte) bool, left *int) int {
	size, guesses := 0, 0
	var buf []byte
	for _, at := range selected {
		size += len(h.Fields[at].raw)
	}
	if size > maxGuessInput {
		return -1
	}
	for i, at := range selected {
		var guess []int32
		if *left < size {
			break
		}
		switch {
		case h.names.above[at] < 0:
			guess = slices.Delete(slices.Clone(selected), i, i+1)
		case h.bottom(at):
			guess = h.raised(selected, at)
		default:
			continue
		}
		if guesses++; guesses > maxGuesses {
			break
		}
		*left -= size
		if buf = s.input(buf[:0], h, guess); proves(sha256.Sum256(buf)) {
			return int(at)
		}
	}
	return -1
}

// bottom tells whether a field is the lowest of its name.
func (h *Header) bottom(at int32) bool {
	f := h.Fields[at]
	slot, _ := h.names.find(h.Fields, f.raw[:f.name])
	return h.names.last[slot] == at
}

// raised is the selection without the field at the bottom of a name: all others of
// the name move up by one.
func (h *Header) raised(selected []int32, bottom int32) []int32 {
	var list []int32
	name := h.Fields[bottom].Name()
	for _, at := range selected {
		if h.Fields[at].Is(name) {
			at = h.names.above[at]
		}
		if at >= 0 {
			list = append(list, at)
		}
	}
	return list
}

// digestInfo precedes a SHA-256 digest in a signature (RFC 8017 section 9.2).
var digestInfo = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

// signedDigest opens an RSA signature (RFC 8017 section 8.2.2) and gives the
// digest it was made of. There is one only if the key made the signature.
func signedDigest(pub *rsa.PublicKey, value []byte) (digest [sha256.Size]byte, ok bool) {
	s := new(big.Int).SetBytes(value)
	if len(value) != pub.Size() || s.Cmp(pub.N) >= 0 {
		return digest, false
	}
	opened := s.Exp(s, big.NewInt(int64(pub.E)), pub.N).FillBytes(make([]byte, pub.Size()))
	tail := len(opened) - sha256.Size - len(digestInfo)
	if tail < 11 || !bytes.Equal(opened[tail:tail+len(digestInfo)], digestInfo) {
		return digest, false
	}
	padding := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, tail-3)...)
	if !bytes.Equal(opened[:tail], append(padding, 0)) {
		return digest, false
	}
	return [sha256.Size]byte(opened[tail+len(digestInfo):]), true
}
