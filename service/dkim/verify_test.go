package dkim

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

var now = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

// verify verifies a message twice, whole and streamed octet by octet, and wants
// the same of both.
func verify(t testing.TB, r resolver.Resolver, message string, o Options) Report {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = now
	}
	whole, err := Verify(context.Background(), r, []byte(message), o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Read(iotest.OneByteReader(strings.NewReader(message)))
	if err != nil {
		t.Fatal(err)
	}
	v := Start(context.Background(), r, m, o)
	if err := m.ReadBody(); err != nil {
		t.Fatal(err)
	}
	if streamed := v.Report(); brief(streamed) != brief(whole) {
		t.Errorf("streamed %s, whole %s", brief(streamed), brief(whole))
	}
	return whole
}

// brief is the report in a line: result and cause of each signature.
func brief(r Report) string {
	s := string(r.Result) + ":"
	for _, v := range r.Signatures {
		s += fmt.Sprintf(" [%s %v %q %s/%s %d+%d]", v.Result, v.Cause, v.Reason, v.Selector, v.Domain, v.Bits, v.Beyond)
	}
	return fmt.Sprint(s, " skipped ", r.Skipped)
}

// want holds a report to one signature with a cause.
func want(t *testing.T, name string, r Report, c Cause) {
	t.Helper()
	if len(r.Signatures) != 1 || r.Signatures[0].Cause != c || r.Result != c.Result() || (c == Verified) != (r.Signatures[0].Reason == "") {
		t.Errorf("%s: %s, want %v", name, brief(r), c)
	}
}

func TestGoodSignaturesPass(t *testing.T) {
	r := world(t)
	noBody, _, _ := strings.Cut(plainMessage, "\r\n\r\n")
	messages := map[string]string{
		"plain": plainMessage, "empty body": noBody + "\r\n\r\n", "blank body": noBody + "\r\n\r\n \r\n\t\r\n\r\n",
		"no final CRLF": strings.TrimRight(plainMessage, "\r\n"), "header only": noBody + "\r\n",
		"NUL and 8-bit": strings.Replace(plainMessage, "Bob", "\x00\xff\x80", 1), "bare CR and LF": plainMessage + "a\rb\nc \r d\r\r\n\n",
		"8-bit header":    strings.Replace(plainMessage, "folded", "f\xc3\xb6lded \x00\xff", 1),
		"bare in header":  strings.Replace(plainMessage, "folded", "fol\rd\ned", 1),
		"space and colon": strings.Replace(plainMessage, "Subject:", "sUBJECT \t:", 1),
		"no field":        strings.Replace(plainMessage, "Date:", "no field here\r\n and its folding\r\n\xff: x\r\nDate:", 1),
	}
	for name, message := range messages {
		for _, c := range []string{"", "c=relaxed; ", "c=simple/relaxed; ", "c=relaxed/simple; ", "c=relaxed/relaxed; "} {
			s := signer{tags: c + "v=1; d=example.com; s=s1"}
			want(t, name+" "+c, verify(t, r, s.sign(t, message), Options{}), Verified)
			s = signer{tags: c + "v=1; d=example.com; s=ed", key: ed25519Key}
			want(t, name+" ed25519 "+c, verify(t, r, s.sign(t, message), Options{}), Verified)
		}
	}
}

func TestSignatureTags(t *testing.T) {
	r := world(t, "xn--bcher-kva._domainkey.xn--bcher-kva.example.com. CNAME s1._domainkey.example.com.")
	long := strings.Repeat("9", 76)
	for _, c := range []struct {
		name string
		s    signer
		want Cause
	}{
		{"order and unknown tags", signer{tags: "zz=b=1; s=s1; d=EXAMPLE.com; c=relaxed; v=1"}, Verified},
		{"folding space", signer{tags: "v =\r\n 1 ;d\r\n\t= example.com; s= s1"}, Verified},
		{"final semicolon", signer{after: ";"}, Verified},
		{"tags after b", signer{after: "; zz=b=x"}, Verified},
		{"z holds b=", signer{tags: defaultTags + "; z=From:b=3D|b=xyz"}, Verified},
		{"duplicate tag", signer{tags: defaultTags + "; s=s1"}, Malformed},
		{"empty tag", signer{tags: defaultTags + ";;zz=1"}, Malformed},
		{"tag without =", signer{tags: defaultTags + "; zz"}, Malformed},
		{"tag name with hyphen", signer{tags: defaultTags + "; z-z=1"}, Malformed},
		{"upper-case tag", signer{tags: "V=1; c=relaxed/relaxed; d=example.com; s=s1"}, Malformed},
		{"v missing", signer{tags: "d=example.com; s=s1"}, Malformed},
		{"v=2", signer{tags: "v=2; d=example.com; s=s1"}, Unsupported},
		{"v=1.0", signer{tags: "v=1.0; d=example.com; s=s1"}, Unsupported},
		{"d missing", signer{tags: "v=1; s=s1"}, Malformed},
		{"s missing", signer{tags: "v=1; d=example.com"}, Malformed},
		{"s empty", signer{tags: "v=1; d=example.com; s="}, Malformed},
		{"d with slash", signer{tags: "v=1; d=example.com/x; s=s1"}, Malformed},
		{"d with at", signer{tags: "v=1; d=a@example.com; s=s1"}, Malformed},
		{"d with colon", signer{tags: "v=1; d=example.com:53; s=s1"}, Malformed},
		{"d with backslash", signer{tags: `v=1; d=exam\ple.com; s=s1`}, Malformed},
		{"d with empty label", signer{tags: "v=1; d=example..com; s=s1"}, Malformed},
		{"d of one label", signer{tags: "v=1; d=com; s=s1"}, Malformed},
		{"d too long", signer{tags: "v=1; d=" + strings.Repeat("a.", 130) + "com; s=s1"}, Malformed},
		{"U-labels", signer{tags: "v=1; d=b\u00fccher.example.com; s=b\u00fccher"}, Verified},
		{"A-labels", signer{tags: "v=1; d=xn--bcher-kva.example.com; s=xn--bcher-kva"}, Verified},
		{"h without From", signer{names: "to:subject"}, FromUnsigned},
		{"h with empty name", signer{names: "from::to"}, Malformed},
		{"h with spaces", signer{names: "From :\r\n To\t: subject"}, Verified},
		{"h with U-label", signer{names: "from:s\u00fcbject"}, Malformed},
		{"h with space in a name", signer{names: "from:message id"}, Malformed},
		{"h names absent fields", signer{names: "from:from:reply-to:x-none:subject:subject"}, Verified},
		{"q fine", signer{tags: defaultTags + "; q=other : dns/txt"}, Verified},
		{"q unknown", signer{tags: defaultTags + "; q=http"}, Unsupported},
		{"c unknown", signer{tags: "v=1; c=relaxed/nofws; d=example.com; s=s1"}, Unsupported},
		{"c with case", signer{tags: "v=1; c=Relaxed; d=example.com; s=s1"}, Unsupported},
		{"a unknown", signer{a: "rsa-sha512"}, Unsupported},
		{"a sha1", signer{a: "rsa-sha1"}, WeakAlgorithm},
		{"a of another kind", signer{a: "ed25519-sha256"}, KeyUnsuited},
		{"i below", signer{tags: defaultTags + "; i=al=20ice@mail.Example.com"}, Verified},
		{"i without local part", signer{tags: defaultTags + "; i=@example.com"}, Verified},
		{"i outside", signer{tags: defaultTags + "; i=@notexample.com"}, IdentityOutside},
		{"i above", signer{tags: defaultTags + "; i=@com"}, IdentityOutside},
		{"i without at", signer{tags: defaultTags + "; i=example.com"}, Malformed},
		{"i with an encoded at", signer{tags: defaultTags + "; i=x@evil.test=40example.com"}, Verified},
		{"x ahead", signer{tags: fmt.Sprintf("%s; t=%d; x=%d", defaultTags, now.Unix(), now.Unix()+1)}, Verified},
		{"x now", signer{tags: fmt.Sprintf("%s; x=%d", defaultTags, now.Unix())}, Verified},
		{"x past", signer{tags: fmt.Sprintf("%s; x=%d", defaultTags, now.Unix()-1)}, Expired},
		{"x before t", signer{tags: fmt.Sprintf("%s; t=%d; x=%d", defaultTags, now.Unix(), now.Unix())}, Malformed},
		{"x no number", signer{tags: defaultTags + "; x=never"}, Malformed},
		{"x of 13 digits", signer{tags: defaultTags + "; x=1000000000000"}, Malformed},
		{"x of 12 digits", signer{tags: defaultTags + "; x=999999999999"}, Verified},
		{"t empty", signer{tags: defaultTags + "; t="}, Malformed},
		{"t slightly ahead", signer{tags: fmt.Sprintf("%s; t=%d", defaultTags, now.Unix()+200)}, Verified},
		{"t far ahead", signer{tags: fmt.Sprintf("%s; t=%d", defaultTags, now.Unix()+86400)}, FromFuture},
		{"l beyond the body", signer{tags: defaultTags + "; l=" + long}, BodyShort},
		{"l of 77 digits", signer{tags: defaultTags + "; l=" + long + "9"}, Malformed},
		{"l negative", signer{tags: defaultTags + "; l=-1"}, Malformed},
		{"8-bit outside UTF-8", signer{tags: defaultTags + "; zz=\xff"}, Malformed},
		{"NUL", signer{tags: defaultTags + "; zz=\x00"}, Malformed},
	} {
		r.Forget()
		got := verify(t, r, c.s.sign(t, plainMessage), Options{})
		want(t, c.name, got, c.want)
		if asked := len(r.Asked()); (c.want == Malformed || c.want == Unsupported) && asked > 0 {
			t.Errorf("%s: %d keys were asked for", c.name, asked)
		}
	}
}

func TestDamagedBase64IsMalformed(t *testing.T) {
	signed := signer{}.sign(t, plainMessage)
	for _, c := range [][2]string{{"; h=", "!; h="}, {"bh=", "bh=; zz="}, {"\r\n\tb=", "\r\n\tb=; zz="}, {"\r\n\tb=", "\r\n\tb=*"}} {
		want(t, c[1], verify(t, world(t), strings.Replace(signed, c[0], c[1], 1), Options{}), Malformed)
	}
}

func TestWhiteSpaceAroundBMeansNothing(t *testing.T) {
	signed := signer{tags: "v=1; d=example.com; s=s1", after: "; zz=1"}.sign(t, plainMessage)
	signed = strings.Replace(strings.Replace(signed, "\tb=", "\tb=\r\n ", 1), "; zz=1", " \r\n\t; zz=1", 1)
	want(t, "simple", verify(t, world(t), signed, Options{}), Verified)
}

func TestWhatWasChanged(t *testing.T) {
	r := world(t)
	for _, key := range []signer{{}, {key: ed25519Key, tags: "v=1; c=relaxed/relaxed; d=example.com; s=ed"}} {
		key.names = "from:from:to:subject:date:reply-to"
		signed := key.sign(t, plainMessage)
		mutate := func(old, new string) string {
			if !strings.Contains(signed, old) {
				t.Fatalf("%q is not in the message", old)
			}
			return strings.Replace(signed, old, new, 1)
		}
		for _, c := range []struct {
			name, message string
			want          Cause
		}{
			{"nothing", signed, Verified},
			{"white space only", mutate("how are\tyou", "how  are \t you"), Verified},
			{"field nobody signed", mutate("Message-ID:", "X-Other: x\r\nMessage-ID:"), Verified},
			{"body", mutate("Hello", "Hallo"), BodyChanged},
			{"footer", signed + "_____\r\nlist\r\n", BodyChanged},
			{"no body", signed[:strings.Index(signed, "\r\n\r\n")+4], BodyChanged},
			{"subject", mutate("Subject: a", "Subject: [list] a"), HeaderChanged},
			{"removed", mutate("To: bob@example.net\r\n", ""), HeaderChanged},
			{"both", strings.Replace(mutate("Subject: a", "Subject: b"), "Hello", "Hi", 1), BothChanged},
			{"second From", "From: eve@evil.test\r\n" + signed, FieldAdded},
			{"Reply-To", "Reply-To: eve@evil.test\r\n" + signed, FieldAdded},
			{"Reply-To and footer", "Reply-To: eve@evil.test\r\n" + signed + "_____\r\nlist\r\n", BothChanged},
			{"To below", mutate("\r\n\r\n", "\r\nTo: eve@evil.test\r\n\r\n"), FieldAdded},
			{"From below", mutate("\r\n\r\n", "\r\nFrom: eve@evil.test\r\n\r\n"), FieldAdded},
			{"two fields below", mutate("\r\n\r\n", "\r\nTo: eve@evil.test\r\nSubject: x\r\n\r\n"), HeaderChanged},
			{"tag of the signature", mutate("; s=", "; zz=1; s="), HeaderChanged},
		} {
			want(t, c.name, verify(t, r, c.message, Options{}), c.want)
		}
	}
	want(t, "another key", verify(t, r, signer{key: rsaKey(t, 1024)}.sign(t, plainMessage), Options{}), WrongKey)
}

// TestMemoryIsUsedAgain verifies messages of many kinds in memory that others left
// behind, some of them in the middle of their body.
func TestMemoryIsUsedAgain(t *testing.T) {
	r := world(t)
	var messages []string
	for _, c := range []string{"simple/simple", "relaxed/relaxed", "relaxed/simple", "simple/relaxed"} {
		s := signer{key: ed25519Key, tags: "v=1; c=" + c + "; d=example.com; s=ed"}
		for _, body := range []string{"", "\r\n", strings.Repeat("a  b\t c \r\n", 500), strings.Repeat("plain\r\n\r\n", 10_000)} {
			messages = append(messages, s.sign(t, plainMessage+body), s.sign(t, strings.Repeat("X: y\r\n", 50)+plainMessage+body))
		}
	}
	for i := range 200 {
		text := messages[(i*7)%len(messages)]
		m, err := Read(iotest.HalfReader(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		v := Start(context.Background(), r, m, Options{Now: now})
		switch {
		case i%3 == 0:
			m.body.write([]byte("left  behind \t"))
		case m.ReadBody() != nil || v.Report().Result != Pass:
			t.Fatalf("message %d does not verify", (i*7)%len(messages))
		}
		m.Release()
		want(t, "whole", verify(t, r, messages[i%len(messages)], Options{}), Verified)
	}
}

func TestUnsignedFromOnTop(t *testing.T) {
	// RFC 6376 section 8.15: without oversigning the signature covers the lower
	// From alone and stays good.
	signed := "From: eve@evil.test\r\n" + signer{}.sign(t, plainMessage)
	report := verify(t, world(t), signed, Options{})
	want(t, "second From", report, Verified)
	m, err := Parse([]byte(signed))
	if err != nil {
		t.Fatal(err)
	}
	c := report.Signatures[0].Coverage(m.Header)
	if len(m.Header.Named("from")) != 2 || !slices.Contains(c.Unsigned, "From") || !slices.Contains(c.Open, "Subject") || len(c.Sealed) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestSelectionIsBottomUp(t *testing.T) {
	message := "X: 1\r\nx: 2\r\nX: 3\r\n" + plainMessage
	signed := signer{names: "from:x:X"}.sign(t, message)
	want(t, "two of three", verify(t, world(t), signed, Options{}), Verified)
	want(t, "top changed", verify(t, world(t), strings.Replace(signed, "X: 1", "X: 0", 1), Options{}), Verified)
	want(t, "swapped", verify(t, world(t), strings.Replace(signed, "x: 2\r\nX: 3\r\n", "X: 3\r\nx: 2\r\n", 1), Options{}), HeaderChanged)
}

func TestSignatureCoversEarlierSignatures(t *testing.T) {
	inner := signer{}.sign(t, plainMessage)
	outer := signer{key: ed25519Key, tags: "v=1; c=relaxed/simple; d=example.com; s=ed", names: "from:dkim-signature:dkim-signature"}.sign(t, inner)
	r := verify(t, world(t), outer, Options{})
	if len(r.Signatures) != 2 || r.Signatures[0].Cause != Verified || r.Signatures[1].Cause != Verified {
		t.Errorf("%s", brief(r))
	}
	if r.Signatures[0].Selector != "ed" || r.Signatures[0].Prefix == r.Signatures[1].Prefix {
		t.Errorf("order or prefix: %s", brief(r))
	}
	// The outer one forbids further signatures.
	r = verify(t, world(t), signer{}.sign(t, outer), Options{})
	if r.Result != Pass || r.Signatures[1].Cause != FieldAdded {
		t.Errorf("%s", brief(r))
	}
}

func TestBodyLength(t *testing.T) {
	canonical := referenceBody("relaxed", "Hello  Bob, \r\n\r\n how are\tyou?\r\n\r\n\r\n")
	for n := 1; n <= len(canonical); n++ {
		signed := signer{length: n}.sign(t, plainMessage)
		r := verify(t, world(t), signed+"more \r\n", Options{})
		if n == len(canonical) || canonical[n-1] != '\n' || n < len(canonical)-2 {
			want(t, fmt.Sprint("l=", n), r, Verified)
		}
		if r.Signatures[0].Length != int64(n) {
			t.Errorf("l=%d: %s", n, brief(r))
		}
	}
	r := verify(t, world(t), signer{length: len(canonical)}.sign(t, plainMessage), Options{RefuseUnsignedBody: true})
	want(t, "all covered", r, Verified)
	more := signer{length: len(canonical)}.sign(t, plainMessage) + "12345\r\n"
	r = verify(t, world(t), more, Options{RefuseUnsignedBody: true})
	want(t, "refused", r, BodyUnsigned)
	if r.Signatures[0].Beyond != int64(len("\r\n\r\n12345\r\n")) {
		t.Errorf("beyond: %s", brief(r))
	}
	zero := signer{tags: defaultTags + "; l=0"}.sign(t, "From: a@example.com\r\n\r\n")
	want(t, "l=0", verify(t, world(t), zero+"anything", Options{}), Verified)
}

func TestKeysInDNS(t *testing.T) {
	rsa2048, other := rsaKey(t, 2048), rsaKey(t, 1024)
	record := func(key *rsa.PrivateKey, tags string) string {
		return strings.TrimSpace(strings.TrimPrefix(keyRecord(t, "x", key, tags), "x."))
	}
	short := "TXT " + resolver.SplitTXT("p="+b64(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: odd(1023), E: 65537}))).String()
	huge := "TXT " + resolver.SplitTXT("p="+b64(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: odd(8200), E: 65537}))).String()
	good := record(rsa2048, "")
	for _, c := range []struct {
		name    string
		records []string
		want    Cause
	}{
		{"none", nil, KeyMissing},
		{"unrelated text", []string{`TXT "hello"`}, KeyInvalid},
		{"revoked", []string{`TXT "v=DKIM1; p="`}, KeyRevoked},
		{"no p", []string{`TXT "v=DKIM1; k=rsa"`}, KeyInvalid},
		{"unknown k", []string{record(rsa2048, "k=dsa; ")}, KeyInvalid},
		{"ed25519 for an rsa signature", []string{strings.TrimPrefix(keyRecord(t, "x", ed25519Key, ""), "x.")}, KeyUnsuited},
		{"h=sha1", []string{record(rsa2048, "h=sha1; ")}, KeyUnsuited},
		{"h=sha1:sha256", []string{record(rsa2048, "h=sha1:sha256; ")}, Verified},
		{"s=other", []string{record(rsa2048, "s=other; ")}, KeyUnsuited},
		{"s=*", []string{record(rsa2048, "s=other : *; ")}, Verified},
		{"g= is ignored", []string{record(rsa2048, "g=; ")}, Verified},
		{"short", []string{short}, WeakKey},
		{"huge", []string{huge}, HugeKey},
		{"duplicate tag", []string{record(rsa2048, "n=1; n=2; ")}, KeyInvalid},
		{"good beside unrelated text", []string{`TXT "hello"`, good, `TXT "v=DKIM1; p="`}, Verified},
		{"good beside another", []string{record(other, ""), good}, Verified},
		{"another", []string{record(other, "")}, WrongKey},
		{"revoked beside unrelated text", []string{`TXT "hello"`, `TXT "v=DKIM1; p="`}, KeyRevoked},
	} {
		zone := "anchor.example.com. A 192.0.2.1\n"
		for _, r := range c.records {
			zone += "key._domainkey.example.com. " + strings.TrimLeft(r, " ") + "\n"
		}
		signed := signer{tags: "v=1; d=example.com; s=key"}.sign(t, plainMessage)
		want(t, c.name, verify(t, world(t, zone), signed, Options{}), c.want)
	}
}

func TestKeysOf1024And4096BitsVerify(t *testing.T) {
	for _, bits := range []int{1024, 4096} {
		r := world(t, keyRecord(t, "k._domainkey.example.com", rsaKey(t, bits), ""))
		report := verify(t, r, signer{key: rsaKey(t, bits), tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{})
		want(t, fmt.Sprint(bits), report, Verified)
		if report.Signatures[0].Bits != bits {
			t.Errorf("%s", brief(report))
		}
	}
}

func TestKeyFlags(t *testing.T) {
	r := world(t, keyRecord(t, "k._domainkey.example.com", rsaKey(t, 2048), "t=y:s; "), ";! secure example.com.")
	report := verify(t, r, signer{tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{})
	want(t, "t=s, default i", report, Verified)
	if !report.Signatures[0].Testing || !report.Signatures[0].Authenticated || report.Signatures[0].Identity != "@example.com" {
		t.Errorf("%+v", report.Signatures[0])
	}
	report = verify(t, r, signer{tags: "v=1; d=example.com; s=k; i=a@EXAMPLE.com"}.sign(t, plainMessage), Options{})
	want(t, "t=s, same domain", report, Verified)
	report = verify(t, r, signer{tags: "v=1; d=example.com; s=k; i=@sub.example.com"}.sign(t, plainMessage), Options{})
	want(t, "t=s, subdomain", report, KeyUnsuited)
	// t=y makes a failure no better.
	report = verify(t, r, signer{tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage)+"x", Options{})
	want(t, "t=y", report, BodyChanged)
}

func TestPublicSuffixIsPolicy(t *testing.T) {
	report := verify(t, world(t), signer{}.sign(t, plainMessage), Options{PublicSuffix: func(d string) bool { return d == "example.com" }})
	want(t, "public suffix", report, PublicSuffix)
}
