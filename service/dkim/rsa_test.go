package dkim

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"testing"

	"github.com/mailassay/mailassay/resolver"
)

// oddKey is an RSA key of any length and exponent: a product of primes of 512 bits,
// which takes no time to find.
type oddKey struct{ n, e, d *big.Int }

func newOddKey(t testing.TB, bits int, e int64) oddKey {
	t.Helper()
	for {
		n, phi := big.NewInt(1), big.NewInt(1)
		for range bits / 512 {
			p, err := rand.Prime(rand.Reader, 512)
			if err != nil {
				t.Fatal(err)
			}
			n.Mul(n, p)
			phi.Mul(phi, p.Sub(p, big.NewInt(1)))
		}
		if d := new(big.Int).ModInverse(big.NewInt(e), phi); d != nil {
			return oddKey{n, big.NewInt(e), d}
		}
	}
}

// Public is in place of a type of the library, which knows no such keys.
func (k oddKey) Public() crypto.PublicKey { return nil }

// Sign is RFC 8017 section 8.2.1.
func (k oddKey) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	size := (k.n.BitLen() + 7) / 8
	em := make([]byte, size)
	for i := range em {
		em[i] = 0xff
	}
	em[0], em[1] = 0, 1
	tail := append(append([]byte{0}, digestInfo...), digest...)
	copy(em[size-len(tail):], tail)
	return new(big.Int).Exp(new(big.Int).SetBytes(em), k.d, k.n).FillBytes(em), nil
}

func (k oddKey) record(t testing.TB, name string) string {
	t.Helper()
	der, err := asn1.Marshal(struct{ N, E *big.Int }{k.n, k.e})
	if err != nil {
		t.Fatal(err)
	}
	return name + ". TXT " + resolver.SplitTXT("v=DKIM1; p="+b64(der)).String() + "\n"
}

func TestExponentsAndLengthsThatVerify(t *testing.T) {
	for _, c := range []struct {
		bits int
		e    int64
		want Cause
	}{
		{1024, 3, Verified}, {2048, 3, Verified}, {2048, 17, Verified}, {2048, 1<<31 - 1, Verified},
		{4096, 65537, Verified}, {8192, 65537, Verified},
		{512, 65537, WeakKey}, {9216, 65537, HugeKey},
		// The library knows no larger ones, and RFC 8301 section 3.2 asks for none.
		{2048, 1<<32 + 15, KeyInvalid},
	} {
		key := newOddKey(t, c.bits, c.e)
		message := signer{key: key, tags: "v=1; d=example.com; s=odd"}.sign(t, plainMessage)
		r := world(t, key.record(t, "odd._domainkey.example.com"))
		name := fmt.Sprint(c.bits, " bits, e=", c.e)
		want(t, name, verify(t, r, message, Options{}), c.want)
		if c.want == Verified && c.bits <= maxOpenedBits {
			want(t, name, verify(t, r, message+"x", Options{}), BodyChanged)
		}
	}
}

// TestForgedPaddingOfSmallExponents: with e=3, whoever checks only the end or only
// the beginning of what a signature opens to takes a forged one.
func TestForgedPaddingOfSmallExponents(t *testing.T) {
	key := newOddKey(t, 2048, 3)
	r := world(t, key.record(t, "odd._domainkey.example.com"))
	for name, forge := range map[string]func(digest []byte) []byte{
		// 00 01 ff 00 and the digest, then whatever makes it a cube.
		"rest after the digest": func(digest []byte) []byte {
			em := make([]byte, (key.n.BitLen()+7)/8)
			copy(em, append(append([]byte{0, 1, 0xff, 0}, digestInfo...), digest...))
			return cubeRoot(new(big.Int).SetBytes(em)).FillBytes(make([]byte, len(em)))
		},
		"zero": func([]byte) []byte { return make([]byte, (key.n.BitLen()+7)/8) },
		"one":  func([]byte) []byte { return big.NewInt(1).FillBytes(make([]byte, (key.n.BitLen()+7)/8)) },
		"modulus added": func(digest []byte) []byte {
			good, _ := key.Sign(nil, digest, nil)
			sum := new(big.Int).Add(new(big.Int).SetBytes(good), key.n)
			return sum.Bytes()
		},
		"a leading zero": func(digest []byte) []byte {
			good, _ := key.Sign(nil, digest, nil)
			return append([]byte{0}, good...)
		},
	} {
		message := signer{key: forger(forge), tags: "v=1; d=example.com; s=odd"}.sign(t, plainMessage)
		if report := verify(t, r, message, Options{}); report.Result != Fail {
			t.Errorf("%s: %s", name, brief(report))
		}
	}
}

// cubeRoot is the least number whose cube is at least n.
func cubeRoot(n *big.Int) *big.Int {
	low, high := big.NewInt(0), new(big.Int).Lsh(big.NewInt(1), uint(n.BitLen()/3+1))
	three := big.NewInt(3)
	for low.Cmp(high) < 0 {
		middle := new(big.Int).Rsh(new(big.Int).Add(low, high), 1)
		if new(big.Int).Exp(middle, three, nil).Cmp(n) < 0 {
			low = middle.Add(middle, big.NewInt(1))
		} else {
			high = middle
		}
	}
	return low
}

type forger func(digest []byte) []byte

func (forger) Public() crypto.PublicKey { return nil }

func (f forger) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	return f(digest), nil
}

func TestKeysThatAreNone(t *testing.T) {
	good := rsaKey(t, 2048).PublicKey
	bare := x509.MarshalPKCS1PublicKey(&good)
	minus, err := asn1.Marshal(struct{ N, E *big.Int }{new(big.Int).Neg(good.N), big.NewInt(3)})
	if err != nil {
		t.Fatal(err)
	}
	noExponent, err := asn1.Marshal(struct{ N *big.Int }{good.N})
	if err != nil {
		t.Fatal(err)
	}
	zero := sha256.Sum256(nil)
	for name, record := range map[string]string{
		"negative modulus": "p=" + b64(minus), "no exponent": "p=" + b64(noExponent), "rest after it": "p=" + b64(append(bare[:len(bare):len(bare)], 0)),
		"octets": "p=" + b64(zero[:]), "one octet": "p=AA==", "a key of another kind": "k=ed25519; p=" + b64(bare),
		"Ed25519 of 31": "k=ed25519; p=" + b64(zero[:31]), "Ed25519 of 33": "k=ed25519; p=" + b64(append(zero[:], 0)),
	} {
		for _, a := range []string{"rsa-sha256", "ed25519-sha256"} {
			r := world(t, "k._domainkey.example.com. TXT "+resolver.SplitTXT(record).String())
			report := verify(t, r, signer{a: a, tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{})
			if report.Result != PermError {
				t.Errorf("%s, %s: %s", name, a, brief(report))
			}
		}
	}
	// A point that is none, and one of small order: both are 32 octets.
	for _, p := range [][]byte{zero[:], make([]byte, 32), append([]byte{1}, make([]byte, 31)...)} {
		r := world(t, "k._domainkey.example.com. TXT \"k=ed25519; p="+b64(p)+"\"")
		report := verify(t, r, signer{key: ed25519Key, tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{})
		if report.Result != Fail {
			t.Errorf("%x: %s", p, brief(report))
		}
	}
}
