package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxKeyRecord bounds the text of a key record in octets. A key of 8192 bits
// takes 1,400.
const maxKeyRecord = 4096

// Key is a key record (RFC 6376 section 3.6.1).
type Key struct {
	// Text is the record as published.
	Text string
	// Algorithm is k=: "rsa" when the tag is missing, otherwise as written.
	Algorithm string
	// Public is an [*rsa.PublicKey] or an [ed25519.PublicKey]; nil when the record
	// is revoked or at fault.
	Public crypto.PublicKey
	// Bits is the length of the modulus of an RSA key, 256 for Ed25519, 0 without
	// a key.
	Bits int
	// Hashes are the algorithms of h=; empty permits all.
	Hashes []string
	// Services are those of s=; empty permits all.
	Services []string
	// Notes is n=, for people.
	Notes string
	// Testing is t=y: the domain tests DKIM.
	Testing bool
	// Strict is t=s: the domain of i= must be that of d=.
	Strict bool
	// Revoked is an empty p=.
	Revoked bool
}

// Flaw tells what is wrong with a key record.
type Flaw uint8

// Flaws of key records, each with the finding it stands for.
const (
	// TagSyntax: no tag list, or v= is not first or not DKIM1 (DKIM_TAG_SYNTAX).
	TagSyntax Flaw = iota + 1
	// BadBase64: a character or a length that p= may not have (DKIM_KEY_BAD_BASE64).
	BadBase64
	// Truncated: the key announces more octets than are there (DKIM_KEY_TRUNCATED).
	Truncated
	// Invalid: no p=, unknown k=, or data that is no key of its kind (DKIM_KEY_INVALID).
	Invalid
	// PrivateKey: the data is a private key (DKIM_PRIVATE_KEY_PUBLISHED).
	PrivateKey
	// StrayCharacters: the record is fine once quotes, backslashes and invisible
	// characters are gone (DKIM_STRAY_CHARACTERS).
	StrayCharacters
)

var flawNames = [...]string{
	TagSyntax: "tag syntax", BadBase64: "bad base64", Truncated: "truncated key", Invalid: "invalid key",
	PrivateKey: "private key published", StrayCharacters: "stray characters",
}

// String is a word or two.
func (f Flaw) String() string {
	if int(f) < len(flawNames) && flawNames[f] != "" {
		return flawNames[f]
	}
	return fmt.Sprintf("Flaw(%d)", uint8(f))
}

// KeyError tells why a key record cannot be used.
type KeyError struct {
	Flaw Flaw
	// Offset is where, in octets of the record; -1 where no place can be named.
	Offset int
	// Detail is a clause for people: "the tag p stands twice".
	Detail string
	// Cleaned is the record that would be fine; only for StrayCharacters.
	Cleaned string
}

// Error is the detail with its offset.
func (e *KeyError) Error() string {
	if e.Offset >= 0 {
		return fmt.Sprintf("%s at octet %d", e.Detail, e.Offset)
	}
	return e.Detail
}

// FlawOf is the flaw that err tells, 0 when err is nil or no [*KeyError].
func FlawOf(err error) Flaw {
	var e *KeyError
	if errors.As(err, &e) {
		return e.Flaw
	}
	return 0
}

// ParseKey reads a key record. A revoked key is no error. With an error, which
// is a [*KeyError], the key holds what could be read and no Public.
func ParseKey(text string) (Key, error) {
	key, err := parseKey(text)
	if err == nil {
		return key, nil
	}
	// A private key stays one however it is quoted.
	if at := strayAt(text); at >= 0 && err.Flaw != PrivateKey {
		cleaned := clean(text)
		if _, again := parseKey(cleaned); again == nil {
			return key, &KeyError{StrayCharacters, at, "characters that do not belong in the record: " + strays(text), cleaned}
		}
	}
	return key, err
}

func parseKey(text string) (Key, *KeyError) {
	key := Key{Text: text, Algorithm: "rsa"}
	if len(text) > maxKeyRecord {
		return key, &KeyError{Invalid, -1, fmt.Sprintf("the record is longer than %d octets", maxKeyRecord), ""}
	}
	if e := pemError(text); e != nil {
		return key, e
	}
	tags, err := ParseTags(text)
	if err != nil {
		e := err.(*SyntaxError)
		return key, &KeyError{TagSyntax, e.Offset, e.Reason, ""}
	}
	if e := checkVersion(tags); e != nil {
		return key, e
	}
	key.read(tags)
	bad := key.decode(tags)
	return key, bad
}

// checkVersion holds v= to RFC 6376 section 3.6.1: not needed, but first and
// DKIM1, with case, if there.
func checkVersion(tags Tags) *KeyError {
	for i, t := range tags {
		switch {
		case t.Name != "v":
		case i > 0:
			return &KeyError{TagSyntax, int(t.Start), "v= is not the first tag", ""}
		case t.Value != "DKIM1":
			return &KeyError{TagSyntax, int(t.Start), fmt.Sprintf("v= is %q and not DKIM1", clip(t.Value)), ""}
		}
	}
	return nil
}

// read takes over all tags but p=.
func (k *Key) read(tags Tags) {
	for _, t := range tags {
		switch t.Name {
		case "k":
			k.Algorithm = t.Value
		case "h":
			k.Hashes = colonList(t.Value)
		case "s":
			k.Services = colonList(t.Value)
		case "n":
			k.Notes = t.Value
		case "t":
			flags := colonList(t.Value)
			k.Testing, k.Strict = slices.Contains(flags, "y"), slices.Contains(flags, "s")
		}
	}
}

// Restriction tells why the key does not serve rsa-sha256 or ed25519-sha256
// signatures of mail although it is sound; "" when it does (RFC 6376 section
// 3.6.1, RFC 8301 section 3.1). It stands for DKIM_KEY_RESTRICTED.
func (k Key) Restriction() string {
	if len(k.Hashes) > 0 && !slices.Contains(k.Hashes, "sha256") {
		return fmt.Sprintf("h=%s does not permit sha256", clip(strings.Join(k.Hashes, ":")))
	}
	if len(k.Services) > 0 && !slices.Contains(k.Services, "*") && !slices.Contains(k.Services, "email") {
		return fmt.Sprintf("s=%s does not permit email", clip(strings.Join(k.Services, ":")))
	}
	return ""
}

// SameKey tells whether two records hold the same public key, whatever their
// text, tags and form. Records without a key are the same as nothing.
func SameKey(a, b Key) bool {
	switch p := a.Public.(type) {
	case *rsa.PublicKey:
		return p.Equal(b.Public)
	case ed25519.PublicKey:
		return p.Equal(b.Public)
	}
	return false
}
