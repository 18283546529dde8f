package arc

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dkim"
)

// Validator validates the chain of one message.
type Validator struct {
	m      *dkim.Message
	sets   []set
	reason string // the structure is at fault
	keys   [][kinds]*dkim.PendingKey
	bodies []*dkim.BodyHash // by set, nil where the message signature is at fault
}

// Start reads the structure of the chain and, where that is sound, asks for the
// keys and the hashes of the body that it takes. Report must follow.
func Start(ctx context.Context, r resolver.Resolver, m *dkim.Message, now time.Time) *Validator {
	v := &Validator{m: m}
	if v.sets, v.reason = collect(m.Header); v.reason != "" {
		return v
	}
	v.keys = make([][kinds]*dkim.PendingKey, len(v.sets))
	v.bodies = make([]*dkim.BodyHash, len(v.sets))
	for i := len(v.sets) - 1; i >= 0; i-- {
		ask := func(k kind) {
			if p := v.sets[i][k]; p.fault == nil {
				v.keys[i][k] = m.Key(ctx, r, p.sig.Selector, p.sig.Domain)
			}
		}
		ask(seal)
		p := v.sets[i][message]
		// A time ahead is no fault: a DKIM verifier may ignore such a signature (RFC 6376
		// section 3.5), and a chain cannot do without one.
		if bad := p.sig.Timely(now); p.fault == nil && bad != nil && bad.Cause == dkim.Expired {
			p.fault = bad
		}
		if p.fault == nil {
			ask(message)
			v.bodies[i] = m.BodyHash(p.sig.BodyCanon, p.sig.Length)
		}
	}
	return v
}

// Report waits for the keys and judges. The body must have been read.
func (v *Validator) Report() Report {
	v.m.Wait()
	switch {
	case v.reason != "":
		return Report{Result: Fail, Reason: v.reason}
	case len(v.sets) == 0:
		return Report{Result: None}
	}
	r := Report{Result: Pass, Sets: make([]Set, len(v.sets))}
	for i := range r.Sets {
		r.Sets[i].describe(i+1, v.sets[i])
	}
	// RFC 8617 section 5.2 steps 4 to 6, seals from the first on, as one hash runs along
	// the chain. Nothing is verified any more once the chain has failed for good.
	newest := len(v.sets) - 1
	v.judgeMessage(newest, &r.Sets[newest].Message)
	r.require("the message signature", newest+1, &r.Sets[newest].Message)
	v.judgeSeals(&r)
	if r.Result == Pass {
		r.OldestPass = v.oldestPass(r.Sets)
	}
	return r
}

// lost tells that the chain fails, whatever else DNS may say.
func (r *Report) lost() bool { return r.Result == Fail && !r.Temporary }

// require fails the chain when a signature is not good. A lasting cause stands
// before a temporary one.
func (r *Report) require(what string, instance int, o *Outcome) {
	temporary := o.Cause == dkim.KeyUnknown
	if o.Verified || r.Result == Fail && (temporary || !r.Temporary) {
		return
	}
	r.Result, r.Temporary = Fail, temporary
	r.Reason = fmt.Sprintf("%s of instance %d does not verify: %s", what, instance, o.Reason)
}

// oldestPass is RFC 8617 section 5.2 step 5: down to the first that does not verify.
func (v *Validator) oldestPass(sets []Set) int {
	for i := len(sets) - 2; i >= 0; i-- {
		if v.judgeMessage(i, &sets[i].Message); !sets[i].Message.Verified {
			return i + 2
		}
	}
	return 0
}

func (s *Set) describe(instance int, from set) {
	sig := from[seal].sig
	s.Instance, s.Results = instance, from[results].text
	s.Domain, s.Selector, s.Sealed = sig.Domain, sig.Selector, sig.Signed
	s.Seal.Signature, s.Message.Signature = sig, from[message].sig
}

// judgeSeals verifies the seals. Each covers all sets up to its own, in order of
// instance and relaxed, its own b= empty (RFC 8617 section 5.1.1): one hash runs
// along the chain and is left for each seal at its place.
func (v *Validator) judgeSeals(r *Report) {
	along := sha256.New()
	h := v.m.Header
	write := func(w hash.Hash, p *piece) { w.Write(dkim.Relaxed.Append(nil, h.Fields[p.at])) }
	for i, s := range v.sets {
		if r.lost() {
			return
		}
		write(along, s[results])
		write(along, s[message])
		o := &r.Sets[i].Seal
		if keys := v.choose(i, seal, o); keys != nil {
			own := fork(along)
			own.Write(s[seal].sig.AppendOwn(nil, h))
			if !o.verify(s[seal].sig, keys, [sha256.Size]byte(own.Sum(nil))) {
				o.fail(&dkim.Fault{Cause: dkim.HeaderChanged, Reason: "a field of the chain was changed after sealing, or the key is another one"})
			}
		}
		r.require("the seal", i+1, o)
		write(along, s[seal])
	}
}

// fork is a copy of a SHA-256 hash in its state.
func fork(h hash.Hash) hash.Hash {
	c, err := h.(hash.Cloner).Clone()
	if err != nil {
		return sha256.New() // SHA-256 always clones; a wrong hash verifies nothing
	}
	return c
}

// judgeMessage verifies a message signature.
func (v *Validator) judgeMessage(i int, o *Outcome) {
	sig := v.sets[i][message].sig
	keys := v.choose(i, message, o)
	if keys == nil {
		return
	}
	body := v.bodies[i]
	switch {
	case body.Short:
		o.fail(&dkim.Fault{Cause: dkim.BodyShort, Reason: "the body is shorter than was signed"})
	case !o.verify(sig, keys, sig.Digest(v.m.Header)):
		o.fail(&dkim.Fault{Cause: dkim.HeaderChanged, Reason: "a signed header field was changed after signing, or the key is another one"})
	case !sig.BodyIntact(body):
		o.Verified = false
		o.fail(&dkim.Fault{Cause: dkim.BodyChanged, Reason: "the body was changed after signing"})
	}
}

// choose gives the keys for a signature, or notes why there are none.
func (v *Validator) choose(i int, k kind, o *Outcome) []*dkim.Key {
	p := v.sets[i][k]
	bad := p.fault
	var keys []*dkim.Key
	if bad == nil {
		published, err := v.keys[i][k].Published()
		o.Authenticated = published.Answer.Authenticated
		for j := range published.Records {
			o.Bits = max(o.Bits, published.Records[j].Key.Bits)
		}
		keys, bad = p.sig.Choose(published, err)
	}
	if bad != nil {
		o.fail(bad)
		return nil
	}
	return keys
}

// verify tells whether one of the keys signed the digest.
func (o *Outcome) verify(sig *dkim.Signature, keys []*dkim.Key, digest [sha256.Size]byte) bool {
	for i := range keys {
		if sig.SignedBy(keys[i], digest) {
			o.Verified, o.Bits = true, keys[i].Bits
			return true
		}
	}
	return false
}
