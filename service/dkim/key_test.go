package dkim

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// rsaKey makes one private key of each length for all tests.
func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	make, _ := rsaKeys.LoadOrStore(bits, sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, bits) }))
	key, err := make.(func() (*rsa.PrivateKey, error))()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

var rsaKeys sync.Map

var ed25519Key = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))

func b64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func spki(t testing.TB, pub any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// odd is a number of so many bits that can pass for a modulus.
func odd(bits int) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.SetBit(n, 0, 1)
}

func TestSoundKeys(t *testing.T) {
	priv := rsaKey(t, 2048)
	wrapped, bare := b64(spki(t, &priv.PublicKey)), b64(x509.MarshalPKCS1PublicKey(&priv.PublicKey))
	edPublic := b64(ed25519Key.Public().(ed25519.PublicKey))
	for _, c := range []struct {
		name, text, algorithm string
		bits                  int
	}{
		{"full", "v=DKIM1; k=rsa; p=" + wrapped, "rsa", 2048},
		{"without v, p before k, unknown tag", "p=" + wrapped + "; k=rsa; zz=1", "rsa", 2048},
		{"final semicolon and space", "v=DKIM1; p=" + wrapped + "; ", "rsa", 2048},
		{"folding space inside p", "p=" + wrapped[:50] + " \r\n\t " + wrapped[50:], "rsa", 2048},
		{"bare RSAPublicKey", "p=" + bare, "rsa", 2048},
		{"g is ignored", "v=DKIM1; g=; p=" + wrapped, "rsa", 2048},
		{"ed25519", "v=DKIM1; k=ed25519; p=" + edPublic, "ed25519", 256},
		{"short", "p=" + b64(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: odd(512), E: 3})), "rsa", 512},
	} {
		key, err := ParseKey(c.text)
		if err != nil || key.Algorithm != c.algorithm || key.Bits != c.bits || key.Public == nil || key.Revoked {
			t.Errorf("%s: %+v, %v", c.name, key, err)
		}
	}
	a, _ := ParseKey("p=" + wrapped)
	b, _ := ParseKey("v=DKIM1; n=other; p=" + bare)
	c, _ := ParseKey("k=ed25519; p=" + edPublic)
	if !SameKey(a, b) || SameKey(a, c) || SameKey(Key{}, Key{}) {
		t.Error("keys are compared by text")
	}
}

func TestKeyTags(t *testing.T) {
	p := b64(spki(t, &rsaKey(t, 1024).PublicKey))
	key, err := ParseKey("v=DKIM1; h=sha1 : sha256; s=email:other; t=y:s; n=\"quoted\" note; p=" + p)
	if err != nil || !key.Testing || !key.Strict || key.Notes != `"quoted" note` || key.Restriction() != "" {
		t.Errorf("%+v, %v", key, err)
	}
	for _, text := range []string{"h=sha1; p=" + p, "s=tlsrpt; p=" + p, "h=; p=" + p} {
		if key, err := ParseKey(text); err != nil || key.Restriction() == "" {
			t.Errorf("%s: no restriction, %v", clip(text), err)
		}
	}
	if key, err := ParseKey("v=DKIM1; p="); err != nil || !key.Revoked || key.Public != nil {
		t.Errorf("revoked: %+v, %v", key, err)
	}
}

func TestFlaws(t *testing.T) {
	priv := rsaKey(t, 2048)
	der := spki(t, &priv.PublicKey)
	p := b64(der)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		flaw       Flaw
		offset     int
	}{
		{"no tag list", "hello", TagSyntax, 0},
		{"duplicate", "k=rsa; k=rsa; p=" + p, TagSyntax, 6},
		{"empty tag", "k=rsa;; p=" + p, TagSyntax, 6},
		{"v is not first", "k=rsa; v=DKIM1; p=" + p, TagSyntax, 9},
		{"v in lower case", "v=dkim1; p=" + p, TagSyntax, 2},
		{"other protocol", "v=spf1 -all", TagSyntax, 2},
		{"control character", "v=DKIM1; n=\x00; p=" + p, TagSyntax, 11},
		{"not UTF-8", "v=DKIM1; n=\xff; p=" + p, TagSyntax, 11},
		{"character", "p=" + p[:9] + "*" + p[9:], BadBase64, 11},
		{"padding inside", "p=" + p[:9] + "=" + p[9:], BadBase64, 11},
		{"lost a digit", "k=ed25519; p=" + p[:42] + "=", BadBase64, 56},
		{"cut at 255", ("v=DKIM1; k=rsa; p=" + p)[:255], Truncated, -1},
		{"cut at a group", "p=" + p[:200], Truncated, -1},
		{"p missing", "v=DKIM1; k=rsa", Invalid, -1},
		{"unknown k", "k=dsa; p=" + p, Invalid, -1},
		{"no key", "p=" + b64([]byte("this is no key at all")), Invalid, -1},
		{"trailing octets", "p=" + b64(append(slices.Clone(der), 0)), Invalid, -1},
		{"Ed25519 as rsa", "p=" + b64(spki(t, ed25519Key.Public())), Invalid, -1},
		{"Ed25519 wrapped", "k=ed25519; p=" + b64(spki(t, ed25519Key.Public())), Invalid, -1},
		{"Ed25519 short", "k=ed25519; p=" + b64(der[:31]), Invalid, -1},
		{"PEM", "v=DKIM1; p=-----BEGIN PUBLIC KEY-----" + p, Invalid, 11},
		{"private PEM", "v=DKIM1; p=-----BEGIN PRIVATE KEY-----" + b64(pkcs8), PrivateKey, 11},
		{"private PKCS #8", "v=DKIM1; p=" + b64(pkcs8), PrivateKey, 11},
		{"private PKCS #1", "p=" + b64(x509.MarshalPKCS1PrivateKey(priv)), PrivateKey, 2},
		{"private and cut", "p=" + b64(pkcs8)[:233], PrivateKey, 2},
		{"private Ed25519", "k=ed25519; p=" + b64(ed25519Key), PrivateKey, 13},
		{"even modulus", "p=" + b64(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 3})), Invalid, -1},
		{"quotes", `"v=DKIM1; p=` + p[:80] + `" "` + p[80:] + `"`, StrayCharacters, 0},
		{"backslashes", `v=DKIM1\; k=rsa\; p=` + p, StrayCharacters, 7},
		{"zero width", "v=DKIM1; p=" + p[:40] + "\u200b" + p[40:], StrayCharacters, 51},
		{"no-break space", "v=DKIM1;\u00a0p=" + p, StrayCharacters, 8},
		{"endless", "n=" + strings.Repeat("x", 5000) + "; p=" + p, Invalid, -1},
		{"many tags", manyTags(200) + "p=" + p, TagSyntax, -2},
	} {
		key, err := ParseKey(c.text)
		e, _ := err.(*KeyError)
		switch {
		case e == nil || e.Flaw != c.flaw || key.Public != nil:
			t.Errorf("%s: %v, want %v", c.name, err, c.flaw)
		case c.offset != -2 && e.Offset != c.offset:
			t.Errorf("%s: offset %d, want %d (%v)", c.name, e.Offset, c.offset, err)
		case c.flaw == StrayCharacters:
			if cleaned, err := ParseKey(e.Cleaned); err != nil || cleaned.Public == nil {
				t.Errorf("%s: cleaned is %v", c.name, err)
			}
		}
	}
}

func manyTags(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("x" + strconv.Itoa(i) + "=;")
	}
	return b.String()
}

func TestJoinFindsSplitKeys(t *testing.T) {
	text := "v=DKIM1; k=rsa; p=" + b64(spki(t, &rsaKey(t, 2048).PublicKey))
	for cut := 10; cut < len(text)-1; cut += 13 {
		for _, parts := range [][2]string{{text[:cut], text[cut:]}, {text[cut:], text[:cut]}} {
			if key, ok := Join(parts[0], parts[1]); !ok || key.Bits != 2048 {
				t.Errorf("cut at %d is not found", cut)
			}
		}
	}
	for _, parts := range [][2]string{{text, text}, {text, ""}, {"hello", "world"}} {
		if _, ok := Join(parts[0], parts[1]); ok {
			t.Errorf("%.20q and %.20q are one key", parts[0], parts[1])
		}
	}
}

func TestLookupKey(t *testing.T) {
	text := "v=DKIM1; k=rsa; p=" + b64(spki(t, &rsaKey(t, 2048).PublicKey))
	r := dnstest.New(t, `
s1._domainkey.example.com. CNAME s1.host.test.
s1.host.test. TXT `+resolver.SplitTXT(text).String()+`
two._domainkey.example.com. TXT "`+text[:200]+`"
two._domainkey.example.com. TXT "`+text[200:]+`"
;! fail broken._domainkey.example.com. TXT SERVFAIL
`)
	p, err := LookupKey(context.Background(), r, "s1", "example.com")
	if err != nil || !slices.Equal(p.Answer.Aliases, []string{"s1.host.test"}) || len(p.Keys()) != 1 || p.Keys()[0].Bits != 2048 {
		t.Errorf("alias: %+v, %v", p, err)
	}
	p, err = LookupKey(context.Background(), r, "two", "example.com")
	if key, ok := p.Split(); err != nil || !ok || key.Bits != 2048 || len(p.Keys()) != 0 {
		t.Errorf("split: %+v, %v", p, err)
	}
	p, err = LookupKey(context.Background(), r, "none", "example.com")
	if err != nil || p.Answer.Status == resolver.Found || len(p.Records) != 0 {
		t.Errorf("absent: %+v, %v", p, err)
	}
	if _, err = LookupKey(context.Background(), r, "broken", "example.com"); resolver.KindOf(err) != resolver.ServerFailure {
		t.Errorf("broken: %v", err)
	}
}

func TestParsePublicKeyTakesWhatPeopleHandOn(t *testing.T) {
	priv := rsaKey(t, 2048)
	der := spki(t, &priv.PublicKey)
	want, _ := ParseKey("p=" + b64(der))
	armoured := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	pkcs1 := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&priv.PublicKey)}))
	for _, text := range []string{b64(der), "v=DKIM1; p=" + b64(der), armoured, pkcs1} {
		if key, err := ParsePublicKey(text); err != nil || !SameKey(key, want) {
			t.Errorf("%.30q: %v", text, err)
		}
	}
	wantEd, _ := ParseKey("k=ed25519; p=" + b64(ed25519Key.Public().(ed25519.PublicKey)))
	for _, text := range []string{b64(ed25519Key.Public().(ed25519.PublicKey)), b64(spki(t, ed25519Key.Public()))} {
		if key, err := ParsePublicKey(text); err != nil || !SameKey(key, wantEd) {
			t.Errorf("%.30q: %v", text, err)
		}
	}
	if _, err := ParsePublicKey("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"); FlawOf(err) != PrivateKey {
		t.Errorf("private: %v", err)
	}
}

func TestWellKnownSelectorsPutTheProviderFirst(t *testing.T) {
	list := WellKnownSelectors("aspmx.l.google.com", "example-com.mail.protection.outlook.com", "notgoogle.com")
	if !slices.Equal(list[:3], []string{"google", "selector1", "selector2"}) {
		t.Errorf("%v", list)
	}
	slices.Sort(list)
	if len(slices.Compact(slices.Clone(list))) != len(list) {
		t.Errorf("a selector stands twice: %v", list)
	}
}

func FuzzParseKey(f *testing.F) {
	p := b64(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: odd(512), E: 3}))
	for _, seed := range []string{"v=DKIM1; k=rsa; p=" + p, "p=", `v=DKIM1\; p="` + p + `"`, "k=ed25519; p=" + strings.Repeat("A", 43) + "=", "p=MIIB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseKey(text)
		if (err == nil) != (key.Public != nil || key.Revoked) {
			t.Errorf("%+v with %v", key, err)
		}
		if e, ok := err.(*KeyError); ok && e.Flaw == StrayCharacters {
			if _, err := ParseKey(e.Cleaned); err != nil {
				t.Errorf("cleaned %q: %v", e.Cleaned, err)
			}
		}
		if err == nil && key.Public != nil {
			if again, err := ParseKey(text + " "); err != nil || !SameKey(key, again) {
				t.Errorf("a final space matters: %v", err)
			}
		}
	})
}
