package dkim

import "fmt"

// Result is a result word of RFC 8601 section 2.7.1.
type Result string

// The results of DKIM.
const (
	None      Result = "none"
	Pass      Result = "pass"
	Fail      Result = "fail"
	Policy    Result = "policy"
	Neutral   Result = "neutral"
	TempError Result = "temperror"
	PermError Result = "permerror"
)

// Cause tells why a signature has its result.
type Cause uint8

// Causes, each with the result it gives.
const (
	// Verified: the signature is good (pass).
	Verified Cause = iota
	// Malformed: the signature field breaks the grammar (neutral).
	Malformed
	// Unsupported: another version, algorithm, canonicalisation or way of asking
	// for keys (neutral).
	Unsupported
	// FromUnsigned: h= does not list From (permerror).
	FromUnsigned
	// IdentityOutside: i= is not in the domain d= (permerror).
	IdentityOutside
	// Expired: x= is in the past (fail).
	Expired
	// FromFuture: t= is in the future (policy; RFC 6376 section 3.5 leaves it to the
	// verifier to ignore such a signature, and no test of it has failed).
	FromFuture
	// WeakAlgorithm: rsa-sha1 (policy; RFC 8301 section 3.1).
	WeakAlgorithm
	// WeakKey: RSA below 1024 bits (policy; RFC 8301 section 3.2).
	WeakKey
	// HugeKey: RSA above 8192 bits (policy).
	HugeKey
	// PublicSuffix: d= is a public suffix (policy; RFC 6376 section 6.1.1).
	PublicSuffix
	// BodyUnsigned: octets follow those that l= covers, and the caller refuses
	// that (policy; RFC 6376 section 8.2).
	BodyUnsigned
	// KeyUnknown: DNS did not tell (temperror).
	KeyUnknown
	// KeyMissing: there is no key record (permerror).
	KeyMissing
	// KeyRevoked: p= is empty (permerror).
	KeyRevoked
	// KeyInvalid: no record at the selector can be used (permerror).
	KeyInvalid
	// KeyUnsuited: the key is of another algorithm, or h=, s= or t=s of its record
	// exclude this signature (permerror).
	KeyUnsuited
	// BodyShort: the body is shorter than l= (permerror).
	BodyShort
	// BodyChanged: header and signature are intact, the body is not (fail).
	BodyChanged
	// HeaderChanged: the body is intact, a signed field is not (fail).
	HeaderChanged
	// FieldAdded: all would be well without a field that was added after signing
	// although the signature forbids it (fail).
	FieldAdded
	// BothChanged: neither header nor body are intact (fail).
	BothChanged
	// WrongKey: the signature was not made with the published key, or is damaged
	// (fail).
	WrongKey
)

var causes = [...]struct {
	result Result
	words  string
}{
	Verified:        {Pass, "verified"},
	Malformed:       {Neutral, "malformed signature"},
	Unsupported:     {Neutral, "unsupported signature"},
	FromUnsigned:    {PermError, "From is not signed"},
	IdentityOutside: {PermError, "identity outside the domain"},
	Expired:         {Fail, "signature expired"},
	FromFuture:      {Policy, "signature from the future"},
	WeakAlgorithm:   {Policy, "weak algorithm"},
	WeakKey:         {Policy, "key too short"},
	HugeKey:         {Policy, "key too long"},
	PublicSuffix:    {Policy, "public suffix"},
	BodyUnsigned:    {Policy, "body not signed to its end"},
	KeyUnknown:      {TempError, "key unavailable"},
	KeyMissing:      {PermError, "no key"},
	KeyRevoked:      {PermError, "key revoked"},
	KeyInvalid:      {PermError, "invalid key"},
	KeyUnsuited:     {PermError, "key not for this signature"},
	BodyShort:       {PermError, "body shorter than signed"},
	BodyChanged:     {Fail, "body changed after signing"},
	HeaderChanged:   {Fail, "header changed after signing"},
	FieldAdded:      {Fail, "signed field added after signing"},
	BothChanged:     {Fail, "header and body changed after signing"},
	WrongKey:        {Fail, "signature does not belong to the key"},
}

// String is a few words.
func (c Cause) String() string {
	if int(c) < len(causes) {
		return causes[c].words
	}
	return fmt.Sprintf("Cause(%d)", uint8(c))
}

// Result is the result that the cause gives.
func (c Cause) Result() Result { return causes[c].result }

// Fault is why a signature is not good.
type Fault struct {
	Cause Cause
	// Reason is a sentence for people, without a full stop. Names and values from
	// the message in it are clipped, but not to be trusted.
	Reason string
}

func fault(c Cause, format string, values ...any) *Fault {
	return &Fault{c, fmt.Sprintf(format, values...)}
}
