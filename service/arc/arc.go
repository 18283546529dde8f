// Package arc validates Authenticated Received Chains (RFC 8617).
//
// A chain that passes tells that its sealers say so, and nothing about whether
// they can be believed: who is to be trusted is for the caller to know.
package arc

import (
	"time"

	"github.com/mailassay/mailassay/service/dkim"
)

// Result is a chain validation status (RFC 8617 section 4.4).
type Result string

// The results of ARC (RFC 8617 section 10.1).
const (
	None Result = "none"
	Pass Result = "pass"
	Fail Result = "fail"
)

// maxSets is how many sets a message may have (RFC 8617 section 5.2 step 1).
const maxSets = 50

// Report is what came of the chain.
type Report struct {
	Result Result
	// Reason is why the result is fail, a sentence without a full stop. Values from
	// the message or from DNS in it are clipped, but not to be trusted.
	Reason string
	// Temporary tells that the chain fails only since DNS did not answer. The
	// result is fail nevertheless: all failures are permanent (RFC 8617 section
	// 5.2.1).
	Temporary bool
	// OldestPass is the oldest instance down to which the message signatures
	// verify; 0 when all do, and when the chain does not pass (RFC 8617 section 5.2
	// step 5).
	OldestPass int
	// Sets are the sets by instance, so far as the chain has a sound structure.
	Sets []Set
}

// Set is one ARC Set.
type Set struct {
	Instance int
	// Domain and Selector are d= and s= of the seal: who sealed.
	Domain, Selector string
	// Sealed is t= of the seal, zero without.
	Sealed time.Time
	// Seal and Message are what came of the seal and of the message signature.
	Seal, Message Outcome
	// Results is what follows "i=N;" in ARC-Authentication-Results: untrusted text
	// from the message, folding and all, at most 4 KiB.
	Results string
}

// Outcome is what came of one signature of a set. None is verified any more once the
// chain fails for good; of older message signatures, those down to the first that does
// not verify are, once the chain passes.
type Outcome struct {
	// Signature is the field as parsed.
	*dkim.Signature
	// Verified tells that the signature is good.
	Verified bool
	// Cause and Reason tell why it is not, as in package dkim.
	Cause  dkim.Cause
	Reason string
	// Bits is the length of the key, 0 when none was found.
	Bits int
	// Authenticated tells that DNSSEC vouches for the key.
	Authenticated bool
}

func (o *Outcome) fail(f *dkim.Fault) {
	o.Cause, o.Reason = f.Cause, f.Reason
}
