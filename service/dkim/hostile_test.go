package dkim

import (
	"crypto/rsa"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// soon fails the test when a hostile message takes long. The bound is wide, as
// the machine may be busy: what is quadratic goes far beyond it.
func soon(t *testing.T, name string, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%s took %v", name, took)
	}
}

func TestThousandsOfSignatures(t *testing.T) {
	one, _, _ := strings.Cut(signer{}.sign(t, plainMessage), "From:")
	for _, n := range []int{defaultSignatures + 1, 1000, 1600} {
		r := world(t)
		message := strings.Repeat(one, n) + plainMessage
		soon(t, fmt.Sprint(n), func() {
			report := verify(t, r, message, Options{})
			if len(report.Signatures) != defaultSignatures || report.Skipped != n-defaultSignatures || report.Result != Pass {
				t.Errorf("%d: %s", n, brief(report))
			}
		})
		if asked := len(r.Asked()); asked != 2 {
			t.Errorf("%d signatures of one key took %d questions in two verifications", n, asked)
		}
	}
	// Each of another selector, with a damaged value.
	var b strings.Builder
	for i := range 1500 {
		b.WriteString(strings.Replace(strings.Replace(one, "s=s1", fmt.Sprint("s=s", i), 1), "bh=", "bh=AA", 1))
	}
	r := world(t)
	soon(t, "1500 selectors", func() { verify(t, r, b.String()+plainMessage, Options{MaxSignatures: 5}) })
	if asked := len(r.Asked()); asked > 2*5 {
		t.Errorf("%d questions", asked)
	}
}

// TestLongInternationalNames: a name that can be none is not converted, however
// long it is and however many there are.
func TestLongInternationalNames(t *testing.T) {
	var name strings.Builder
	for i := range 250_000 {
		name.WriteRune(rune(0x20000 + i%0x10000))
	}
	one, _, _ := strings.Cut(signer{}.sign(t, plainMessage), "From:")
	for tag, cause := range map[string]Cause{"d=example.com": Malformed, "s=s1": Malformed, "i=@example.com": IdentityOutside} {
		field := strings.Replace(one, "v=1;", "v=1; i=@example.com;", 1)
		value, at, _ := strings.Cut(tag, "@")
		long := value + "@" + name.String() + ".com"
		if at == "" {
			long = value[:2] + name.String() + ".com"
		}
		soon(t, "a long "+tag, func() {
			want(t, tag, verify(t, world(t), strings.Replace(field, tag, long, 1)+plainMessage, Options{}), cause)
		})
	}
	var labels strings.Builder
	for i := range 4 {
		for j := range 57 {
			labels.WriteRune(rune(0x20000 + 57*i + j))
		}
		labels.WriteByte('.')
	}
	soon(t, "many names of the longest", func() {
		message := strings.Repeat(strings.Replace(one, "d=example.com", "d="+labels.String()+"com", 1), 500) + plainMessage
		if r := verify(t, world(t), message, Options{}); len(r.Signatures) != defaultSignatures {
			t.Errorf("%d signatures", len(r.Signatures))
		}
	})
}

// TestKeysThatTakeLong: of keys whose verification takes long, fewer are tried, and of
// those that take longest none.
func TestKeysThatTakeLong(t *testing.T) {
	for _, c := range []struct {
		bits, e, records, tried int
		cause                   Cause
	}{
		{2048, 65537, 6, maxKeys, 0}, {4096, 65537, 6, maxKeys, 0}, {4096, 1<<31 - 1, 6, 1, 0}, {8192, 65537, 6, 1, 0}, {8192, 3, 6, 4, 0},
		{8192, 1<<31 - 1, 6, 0, HugeKey},
	} {
		var p Published
		for range c.records {
			n := new(big.Int).SetBit(new(big.Int).Lsh(big.NewInt(1), uint(c.bits-1)), 0, 1)
			p.Records = append(p.Records, Record{Key: Key{Algorithm: "rsa", Bits: c.bits, Public: &rsa.PublicKey{N: n, E: c.e}}})
		}
		keys, bad := (&Signature{Kind: DKIMSignature, Algorithm: "rsa-sha256", Domain: "example.com", Identity: "@example.com"}).Choose(&p, nil)
		if len(keys) != c.tried || (bad != nil) != (c.cause != 0) || bad != nil && bad.Cause != c.cause {
			t.Errorf("%+v: %d tried, %v", c, len(keys), bad)
		}
	}
}

func TestThousandsOfNamesOverThousandsOfFields(t *testing.T) {
	var header, names strings.Builder
	for i := range 8000 {
		fmt.Fprintf(&header, "X-%d: %d\r\n", i%100, i)
		fmt.Fprintf(&names, ":x-%d", (i*7)%120)
	}
	message := header.String() + plainMessage
	signed := signer{names: "from" + names.String()}.sign(t, plainMessage)
	signed = strings.Replace(signed, plainMessage, message, 1)
	soon(t, "8000 names", func() {
		report := verify(t, world(t), strings.Repeat(signed[:strings.Index(signed, message)], 10)+message, Options{})
		if len(report.Signatures) != 10 || report.Result != Fail {
			t.Errorf("%s", brief(report))
		}
	})
}

func TestHeaderOfAMegabyte(t *testing.T) {
	for name, line := range map[string]string{
		"short fields": "a:\r\n", "one field": "a\r\n ", "no fields": "abc\r\n", "blank folds": " \r\n", "8-bit": "\xff\x00\r\n", "bare": "\n\r",
		"colons": ":", "DKIM-Signature": "DKIM-Signature: v=1; v=1\r\n",
	} {
		message := strings.Repeat(line, (maxHeader-4096)/len(line)) + "\r\n" + signer{names: "from:a:a:a"}.sign(t, plainMessage)
		soon(t, name, func() { verify(t, world(t), message, Options{}) })
	}
}

func TestLongTagLists(t *testing.T) {
	for name, tags := range map[string]string{
		"many tags": manyTags(50_000), "long value": "z=" + strings.Repeat("x", 500_000) + ";", "long h": "h=" + strings.Repeat("from:", 100_000) + "from;",
		"long i": "i=" + strings.Repeat("=40", 100_000) + "@example.com;", "equals": strings.Repeat("=", 500_000), "semicolons": strings.Repeat(";", 500_000),
		"folds": strings.Repeat("\r\n ", 200_000),
	} {
		message := "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s1; bh=AAAA; b=AAAA;" + tags + "\r\n" + plainMessage
		soon(t, name, func() {
			report := verify(t, world(t), message, Options{})
			if report.Result == Pass || len(report.Signatures[0].Reason) > 1000 {
				t.Errorf("%s: %s", name, brief(report))
			}
		})
	}
}

func TestManyKeysAtASelector(t *testing.T) {
	// One answer holds more keys than are tried.
	var zone strings.Builder
	for i := range 12 {
		zone.WriteString(strings.Replace(keyRecord(t, "many._domainkey.example.com", rsaKey(t, 1024), ""), "v=DKIM1; ", fmt.Sprintf("v=DKIM1; n=%d; ", i), 1))
	}
	message := signer{tags: "v=1; d=example.com; s=many"}.sign(t, plainMessage)
	want(t, "wrong keys", verify(t, world(t, zone.String()), message, Options{}), WrongKey)
	p, err := LookupKey(t.Context(), world(t, zone.String()), "many", "example.com")
	if err != nil {
		t.Fatal(err)
	}
	sig := Signature{Algorithm: "rsa-sha256", Domain: "example.com", Selector: "many"}
	if keys, bad := sig.Choose(&p, nil); bad != nil || len(keys) != maxKeys {
		t.Errorf("%d keys, %v", len(keys), bad)
	}
}

// FuzzVerify verifies any message in one piece and octet by octet, and a good one
// with one octet changed: it may pass only if what is signed is the same.
func FuzzVerify(f *testing.F) {
	// Ed25519, since each worker would have to make an RSA key.
	good := signer{key: ed25519Key, tags: "v=1; c=relaxed/relaxed; d=example.com; s=ed"}.sign(f, plainMessage)
	f.Add(good, uint16(0), byte(0))
	f.Add(signer{key: ed25519Key, tags: "v=1; d=example.com; s=ed; l=3", names: "from:from"}.sign(f, plainMessage), uint16(9), byte(3))
	f.Add("DKIM-Signature: v=1\r\n"+good, uint16(100), byte(255))
	z, err := dnstest.Parse(keyRecord(f, "ed._domainkey.example.com", ed25519Key, ""))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, message string, at uint16, octet byte) {
		if len(message) > 64<<10 {
			return
		}
		r := dnstest.Over(z)
		report := verify(t, r, message, Options{})
		for _, s := range report.Signatures {
			if (s.Result == Pass) != (s.Cause == Verified) || (s.Result == Pass) != (s.Reason == "") {
				t.Errorf("%s", brief(report))
			}
			if s.Result == Pass && s.Algorithm != "rsa-sha256" && s.Algorithm != "ed25519-sha256" {
				t.Errorf("%q passes", s.Algorithm)
			}
		}
		changed := []byte(good)
		changed[int(at)%len(changed)] ^= octet
		if got := verify(t, r, string(changed), Options{}); got.Result == Pass && octet != 0 && !sameMeaning(good, string(changed)) {
			t.Errorf("passes although octet %d is %q", int(at)%len(changed), changed[int(at)%len(changed)])
		}
	})
}

// sameMeaning tells whether what the signature on top of good covers is the same
// in a message of the same length, by the reference.
func sameMeaning(good, changed string) bool {
	top := strings.Index(good, "\r\nFrom:") + 2
	covered := func(message string) (string, string) {
		header, body, _ := strings.Cut(message[top:], "\r\n\r\n")
		return referenceSelect("relaxed", header, "from:to:subject:date"), referenceBody("relaxed", body)
	}
	header, body := covered(good)
	header2, body2 := covered(changed)
	return header == header2 && body == body2
}

func FuzzSignature(f *testing.F) {
	for _, tags := range []string{"v=1; a=rsa-sha256; d=example.com; s=s; h=from; bh=AA==; b=AA==", "i=1; cv=none; a=x; b=; d=a.b; s=c", "l=99;t=1;x=0", "i=a=40b@c.d"} {
		f.Add(tags, byte(0))
	}
	f.Fuzz(func(t *testing.T, tags string, kind byte) {
		h, _, _ := parseHeader([]byte("From: a\r\nDKIM-Signature:" + tags + "\r\n\r\n"))
		if len(h.Fields) < 2 {
			return
		}
		s, bad := ParseSignature(h, 1, Kind(kind%3))
		if bad != nil {
			if bad.Reason == "" || bad.Cause == Verified {
				t.Errorf("%+v", bad)
			}
			return
		}
		raw := h.Fields[1].Raw()
		if b, _ := s.Tags.Value("b"); trim(string(raw[s.start:s.end])) != b {
			t.Errorf("b=%q is not at %d:%d", b, s.start, s.end)
		}
		if _, err := resolver.Canonical(Name(s.Selector, s.Domain)); err != nil && len(Name(s.Selector, s.Domain)) <= 253 {
			t.Errorf("%s is no name: %v", Name(s.Selector, s.Domain), err)
		}
		own := string(s.AppendOwn(nil, h))
		if strings.HasSuffix(own, "\r\n") && s.HeaderCanon == Relaxed {
			t.Errorf("%q ends in CRLF", own)
		}
	})
}

func FuzzTags(f *testing.F) {
	for _, seed := range []string{"a=b", " a = b ;\r\n\tc=d; ", "a=;b=;", "a=1;a=2", "a=\xc3\xbc"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tags, err := ParseTags(text)
		if err != nil {
			if e, ok := err.(*SyntaxError); !ok || e.Offset < 0 || e.Offset > len(text) {
				t.Errorf("%v", err)
			}
			return
		}
		// What parses, prints and parses again alike.
		var list []string
		for _, tag := range tags {
			if text[tag.Start:tag.End] != "" && trim(text[tag.Start:tag.End]) != tag.Value {
				t.Errorf("%q is not at %d:%d", tag.Value, tag.Start, tag.End)
			}
			list = append(list, tag.Name+"="+tag.Value)
		}
		again, err := ParseTags(strings.Join(list, ";"))
		if err != nil || len(again) != len(tags) {
			t.Fatalf("%q: %v", list, err)
		}
		for i := range tags {
			if again[i].Name != tags[i].Name || again[i].Value != tags[i].Value {
				t.Errorf("%v, then %v", tags[i], again[i])
			}
		}
	})
}

// TestRandomChanges flips octets of good messages, so that what FuzzVerify wants
// is held without fuzzing too.
func TestRandomChanges(t *testing.T) {
	good := signer{names: "from:from:to:subject:date"}.sign(t, plainMessage)
	r := world(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		changed := []byte(good)
		at := random.IntN(len(changed))
		changed[at] ^= byte(1 + random.IntN(255))
		if got := verify(t, r, string(changed), Options{}); got.Result == Pass && !sameMeaning(good, string(changed)) {
			t.Errorf("passes with octet %d as %q", at, changed[at])
		}
	}
}
