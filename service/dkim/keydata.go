package dkim

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"strings"
)

var (
	oidRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1} // RFC 8017 appendix C
	// spkiEd25519 begins every Ed25519 SubjectPublicKeyInfo (RFC 8410 section 4).
	spkiEd25519 = []byte{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00}
)

// pemError recognises armour (RFC 7468) that was pasted with the key.
func pemError(text string) *KeyError {
	at := strings.Index(text, "-----BEGIN")
	switch {
	case at < 0:
		return nil
	case strings.Contains(text[at:], "PRIVATE KEY"):
		return &KeyError{PrivateKey, at, "the record holds a private key", ""}
	}
	return &KeyError{Invalid, at, "a PEM header stands in the record, which takes the base64 text alone", ""}
}

// decode fills Public and Bits from p=.
func (k *Key) decode(tags Tags) *KeyError {
	i := 0
	for i < len(tags) && tags[i].Name != "p" {
		i++
	}
	if i == len(tags) {
		return &KeyError{Invalid, -1, "p= is missing", ""}
	}
	if tags[i].Value == "" {
		k.Revoked = true
		return nil
	}
	if k.Algorithm != "rsa" && k.Algorithm != "ed25519" {
		return &KeyError{Invalid, -1, fmt.Sprintf("k=%s is no known algorithm", clip(k.Algorithm)), ""}
	}
	data, bad := decodeBase64(k.Text[tags[i].Start:tags[i].End])
	if bad != nil {
		bad.Offset += int(tags[i].Start)
	}
	switch {
	case privateShape(data):
		return &KeyError{PrivateKey, int(tags[i].Start), "p= holds a private key", ""}
	case k.Algorithm == "ed25519":
		if bad != nil {
			return bad
		}
		return k.ed25519(data)
	}
	// A key that was cut short rarely ends at a whole base64 group: name the cause.
	if announced, ok := announcedLength(data); ok && announced > len(data) && (bad == nil || bad.Offset >= int(tags[i].End)) {
		return &KeyError{Truncated, -1, fmt.Sprintf("the key announces %d octets and %d are there", announced, len(data)), ""}
	}
	if bad != nil {
		return bad
	}
	return k.rsa(data)
}

// decodeBase64 decodes s, which may hold folding white space. With an error it
// gives what comes before it; the offset of a wrong length is len(s).
func decodeBase64(s string) ([]byte, *KeyError) {
	clear := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isFWS(c) {
			if !base64Digit(c) && (c != '=' || strings.Trim(s[i:], "= \t\r\n") != "") {
				data, _ := base64.RawStdEncoding.DecodeString(string(clear[:len(clear)/4*4]))
				return data, &KeyError{BadBase64, i, fmt.Sprintf("%q is no base64 digit", s[i:i+1]), ""}
			}
			clear = append(clear, c)
		}
	}
	if data, ok := decodeTag(nil, string(clear)); ok {
		return data, nil
	}
	clear = bytes.TrimRight(clear, "=")
	data, _ := base64.RawStdEncoding.DecodeString(string(clear[:len(clear)/4*4]))
	return data, &KeyError{BadBase64, len(s), fmt.Sprintf("%d base64 digits and their padding make no whole octets", len(clear)), ""}
}

func base64Digit(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}

// announcedLength is the whole length in octets that a DER sequence announces.
func announcedLength(der []byte) (int, bool) {
	body, n := sequence(der)
	return len(der) - len(body) + n, n >= 0
}

// sequence is what follows the head of a DER sequence, and its announced length;
// -1 for anything else.
func sequence(der []byte) ([]byte, int) {
	if len(der) < 2 || der[0] != 0x30 {
		return nil, -1
	}
	n := int(der[1])
	if n < 0x80 {
		return der[2:], n
	}
	octets := n - 0x80
	if octets < 1 || octets > 2 || len(der) < 2+octets {
		return nil, -1
	}
	n = 0
	for _, c := range der[2 : 2+octets] {
		n = n<<8 | int(c)
	}
	return der[2+octets:], n
}

// privateShape recognises PKCS #1, PKCS #8 and SEC 1 private keys, which begin
// with a version where public keys have their modulus or algorithm, even when
// cut short; and Ed25519 seeds with their public key.
func privateShape(data []byte) bool {
	if len(data) == ed25519.PrivateKeySize && bytes.Equal(ed25519.NewKeyFromSeed(data[:32]), data) {
		return true
	}
	body, n := sequence(data)
	return n >= 0 && len(body) >= 3 && body[0] == 2 && body[1] == 1 && body[2] <= 1
}

// ed25519 takes 32 octets (RFC 8463 section 4.2).
func (k *Key) ed25519(data []byte) *KeyError {
	switch {
	case len(data) == ed25519.PublicKeySize:
		k.Public, k.Bits = ed25519.PublicKey(data), 256
		return nil
	case len(data) == len(spkiEd25519)+ed25519.PublicKeySize && bytes.HasPrefix(data, spkiEd25519):
		return &KeyError{Invalid, -1, fmt.Sprintf("the Ed25519 key is wrapped in a SubjectPublicKeyInfo; publish its 32 octets alone: p=%s",
			base64.StdEncoding.EncodeToString(data[len(spkiEd25519):])), ""}
	}
	return &KeyError{Invalid, -1, fmt.Sprintf("an Ed25519 key has 32 octets, not %d", len(data)), ""}
}

// rsa takes a SubjectPublicKeyInfo, or a bare RSAPublicKey, which is what the
// text of RFC 6376 section 3.6.1 says until erratum 3017 corrects it.
func (k *Key) rsa(data []byte) *KeyError {
	invalid := &KeyError{Invalid, -1, "p= holds no RSA public key", ""}
	bare := data
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if rest, err := asn1.Unmarshal(data, &spki); err == nil {
		if !spki.Algorithm.Algorithm.Equal(oidRSA) || len(rest) > 0 {
			return invalid
		}
		bare = spki.Key.RightAlign()
	}
	pub, err := x509.ParsePKCS1PublicKey(bare)
	if err != nil || pub.N.Bit(0) == 0 || pub.E < 3 || pub.E&1 == 0 {
		return invalid
	}
	k.Public, k.Bits = pub, pub.N.BitLen()
	return nil
}

// ParsePublicKey reads a public key as people hand it on: a whole key record,
// the value of its p=, or PEM (RFC 7468). The error is a [*KeyError].
func ParsePublicKey(text string) (Key, error) {
	text = trim(text)
	body, pem := strings.CutPrefix(text, "-----BEGIN ")
	if pem && !strings.Contains(text, "PRIVATE KEY") {
		_, body, _ = strings.Cut(body, "-----")
		body, _, _ = strings.Cut(body, "-----END")
		return parseData(body)
	}
	if tags, err := ParseTags(text); err == nil {
		if _, ok := tags.Value("p"); ok {
			return ParseKey(text)
		}
	}
	if pem {
		return ParseKey(text)
	}
	return parseData(text)
}

// parseData reads base64 text: 32 octets are Ed25519, with or without their
// wrapping, everything else RSA.
func parseData(text string) (Key, error) {
	text = unspaced(text)
	data, _ := decodeBase64(text)
	data = bytes.TrimPrefix(data, spkiEd25519)
	if len(data) == ed25519.PublicKeySize {
		return ParseKey("k=ed25519; p=" + base64.StdEncoding.EncodeToString(data))
	}
	return ParseKey("p=" + text)
}
