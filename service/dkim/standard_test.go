package dkim

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
)

// bodyHashOfSHA1 makes the signature one whose bh= is as short as SHA-1 makes it.
func bodyHashOfSHA1(t *testing.T, signed string) string {
	t.Helper()
	before, rest, _ := strings.Cut(signed, "bh=")
	_, after, ok := strings.Cut(rest, ";")
	if !ok {
		t.Fatal("no bh=")
	}
	return before + "bh=" + b64(make([]byte, 20)) + ";" + after
}

func TestSHA1IsPolicyAtItsOwnLength(t *testing.T) {
	// RFC 8301 section 3.1.
	want(t, "rsa-sha1", verify(t, world(t), bodyHashOfSHA1(t, signer{a: "rsa-sha1"}.sign(t, plainMessage)), Options{}), WeakAlgorithm)
	want(t, "rsa-sha256", verify(t, world(t), bodyHashOfSHA1(t, signer{}.sign(t, plainMessage)), Options{}), Malformed)
	want(t, "unknown", verify(t, world(t), bodyHashOfSHA1(t, signer{a: "rsa-md5"}.sign(t, plainMessage)), Options{}), Unsupported)
}

func TestNamesThatDoNotFitIntoDNS(t *testing.T) {
	// Each is a host name, and together they are longer than any name.
	long := strings.Repeat(strings.Repeat("a", 60)+".", 3)
	for _, tags := range []string{
		"v=1; d=" + long + "com; s=" + strings.TrimSuffix(long, "."),
		"v=1; d=" + long + strings.Repeat("b", 60) + ".com; s=s1",
	} {
		want(t, tags, verify(t, world(t), signer{tags: tags}.sign(t, plainMessage), Options{}), Malformed)
	}
}

func TestTextOfSignatures(t *testing.T) {
	r := world(t)
	many := ""
	for i := range 40 {
		many += fmt.Sprintf("x%d=%d; ", i, i)
	}
	for _, c := range []struct {
		name string
		s    signer
		want Cause
	}{
		{"forty unknown tags", signer{tags: many + defaultTags}, Verified},
		{"very long tag", signer{tags: defaultTags + "; z=" + strings.Repeat("Subject:x|", 5000)}, Verified},
		{"UTF-8 in a tag", signer{tags: defaultTags + "; z=S\u00fcbject:x"}, Verified},
		{"UTF-8 in i", signer{tags: defaultTags + "; i=\u00fc@example.com"}, Verified},
		{"i with a U-label", signer{tags: defaultTags + "; i=\u00fc@b\u00fccher.example.com"}, Verified},
		{"i folded", signer{tags: defaultTags + "; i=alice\r\n @example.com"}, Verified},
		{"i empty", signer{tags: defaultTags + "; i="}, Malformed},
		{"i with a suffix alike", signer{tags: defaultTags + "; i=@example.com.evil.test"}, IdentityOutside},
		{"a bare LF between tags", signer{tags: "v=1; c=relaxed/relaxed;\n d=example.com; s=s1"}, Malformed},
		{"a bare CR before =", signer{tags: "v\r =1; c=relaxed/relaxed; d=example.com; s=s1"}, Malformed},
		{"names of any case", signer{names: "FROM:tO:SUBJECT"}, Verified},
		{"From last", signer{names: "subject:to:from"}, Verified},
		{"From alone", signer{names: "from"}, Verified},
		{"names repeated", signer{names: "from:from:from:subject:subject:to:to"}, Verified},
		{"From only as part of a name", signer{names: "x-from:from-x"}, FromUnsigned},
		{"h empty", signer{names: " "}, Malformed},
		{"h ends in a colon", signer{names: "from:"}, Malformed},
		{"own name in h", signer{names: "from:dkim-signature"}, Verified},
		{"v with a letter", signer{tags: "v=DKIM1; d=example.com; s=s1"}, Unsupported},
		{"v empty", signer{tags: "v=; d=example.com; s=s1"}, Unsupported},
		{"v not first", signer{tags: "d=example.com; s=s1; v=1"}, Verified},
		{"tabs", signer{tags: "v=1;\tc=relaxed/relaxed;\td=example.com\t;\ts=s1"}, Verified},
		{"no white space", signer{tags: "v=1;c=simple/simple;d=example.com;s=s1"}, Verified},
		{"blank line within", signer{tags: "v=1; d=example.com;\r\n \r\n s=s1"}, Verified},
		{"blank line within, relaxed", signer{tags: defaultTags + ";\r\n \t\r\n zz=1"}, Verified},
		{"final semicolon and folding", signer{after: ";\r\n "}, Verified},
		{"two final semicolons", signer{after: ";;"}, Malformed},
		{"tag name with a digit first", signer{tags: defaultTags + "; 1a=1"}, Malformed},
		{"tag name with underscore", signer{tags: defaultTags + "; a_1=1"}, Verified},
		{"unknown tag twice", signer{tags: defaultTags + "; zz=1; zz=2"}, Malformed},
		{"tags differ in case", signer{tags: defaultTags + "; S=other; D=evil.test"}, Verified},
		{"q twice the same", signer{tags: defaultTags + "; q=dns/txt:dns/txt"}, Verified},
		{"q empty", signer{tags: defaultTags + "; q="}, Unsupported},
		{"c empty", signer{tags: "v=1; c=; d=example.com; s=s1"}, Unsupported},
		{"c with three", signer{tags: "v=1; c=simple/simple/simple; d=example.com; s=s1"}, Unsupported},
		{"a in capitals", signer{a: "RSA-SHA256"}, Unsupported},
		{"a without hash", signer{a: "rsa"}, Unsupported},
		{"t and x zero", signer{tags: defaultTags + "; t=0; x=1"}, Expired},
		{"x signed", signer{tags: defaultTags + "; x=+9999999999"}, Malformed},
		{"x with a fraction", signer{tags: defaultTags + "; x=9999999999.5"}, Malformed},
		{"x before t, both ahead", signer{tags: defaultTags + "; t=9999999999; x=9999999998"}, Malformed},
		{"l with letters", signer{tags: defaultTags + "; l=1a"}, Malformed},
		{"l empty", signer{tags: defaultTags + "; l="}, Malformed},
		{"selector of labels", signer{tags: "v=1; d=example.com; s=S1.eu"}, KeyMissing},
		{"selector with a space", signer{tags: "v=1; d=example.com; s=s 1"}, Malformed},
		{"selector with empty label", signer{tags: "v=1; d=example.com; s=s1."}, Malformed},
		{"d with a final dot", signer{tags: "v=1; d=example.com.; s=s1"}, Malformed},
		{"d with a long label", signer{tags: "v=1; d=" + strings.Repeat("a", 64) + ".com; s=s1"}, Malformed},
		{"d with a hyphen first", signer{tags: "v=1; d=-example.com; s=s1"}, Malformed},
	} {
		want(t, c.name, verify(t, r, c.s.sign(t, plainMessage), Options{}), c.want)
	}
}

func TestPlaceOfTheSignature(t *testing.T) {
	for _, c := range []string{"simple/simple", "relaxed/relaxed"} {
		signed := signer{tags: "v=1; c=" + c + "; d=example.com; s=s1"}.sign(t, plainMessage)
		field := signed[:strings.Index(signed, "From:")]
		header, body, _ := strings.Cut(plainMessage, "\r\n\r\n")
		want(t, "at the end "+c, verify(t, world(t), header+"\r\n"+field+"\r\n"+body, Options{}), Verified)
		middle := strings.Replace(plainMessage, "Subject:", field+"Subject:", 1)
		want(t, "in the middle "+c, verify(t, world(t), middle, Options{}), Verified)
		if r := verify(t, world(t), header+"\r\n\r\n"+signed, Options{}); r.Result != None {
			t.Errorf("in the body: %s", brief(r))
		}
	}
	for _, c := range []struct {
		canon string
		want  Cause
	}{{"relaxed", Verified}, {"simple", HeaderChanged}} {
		signed := signer{tags: "v=1; c=" + c.canon + "; d=example.com; s=s1"}.sign(t, plainMessage)
		spaced := strings.Replace(strings.Replace(signed, "DKIM-Signature:", "dkim-signature \t:", 1), "Subject: a", "SUBJECT:\r\n\ta", 1)
		want(t, "other white space "+c.canon, verify(t, world(t), spaced, Options{}), c.want)
	}
}

func TestBaseSixtyFourMayFold(t *testing.T) {
	// The value of b= is not hashed, so that folding can be put in later.
	signed := signer{tags: "v=1; c=simple/simple; d=example.com; s=s1"}.sign(t, plainMessage)
	before, rest, _ := strings.Cut(signed, "\tb=")
	value, after, _ := strings.Cut(rest, "\r\n")
	folded := ""
	for i, c := range value {
		if folded += string(c); i%7 == 0 {
			folded += "\r\n\t "
		}
	}
	want(t, "b", verify(t, world(t), before+"\tb= "+folded+" \r\n"+after, Options{}), Verified)
}

func TestFormsOfKeys(t *testing.T) {
	priv := rsaKey(t, 2048)
	p := b64(spki(t, &priv.PublicKey))
	bare := x509.MarshalPKCS1PublicKey(&priv.PublicKey)
	withoutNull, err := asn1.Marshal(struct {
		Algorithm struct{ OID asn1.ObjectIdentifier }
		Key       asn1.BitString
	}{struct{ OID asn1.ObjectIdentifier }{oidRSA}, asn1.BitString{Bytes: bare, BitLength: 8 * len(bare)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, record string
		want         Cause
	}{
		{"p alone", "p=" + p, Verified},
		{"bare RSAPublicKey", "p=" + b64(bare), Verified},
		{"without parameters", "p=" + b64(withoutNull), Verified},
		{"spaces in p", "v=DKIM1; p= " + p[:100] + " \t" + p[100:] + " ;", Verified},
		{"spaces around =", "v = DKIM1 ; k = rsa ; p = " + p, Verified},
		{"unknown tags", "v=DKIM1; zz=1; p=" + p + "; aa=", Verified},
		{"n with anything", "v=DKIM1; n=a = b, \"c\" \u00fc; p=" + p, Verified},
		{"g with a local part", "v=DKIM1; g=nobody; p=" + p, Verified},
		{"t unknown", "v=DKIM1; t=zz; p=" + p, Verified},
		{"h with folding", "v=DKIM1; h=sha1 : sha256; p=" + p, Verified},
		{"h of unknown hashes", "v=DKIM1; h=sha512; p=" + p, KeyUnsuited},
		{"s with several", "v=DKIM1; s=tlsrpt:email; p=" + p, Verified},
		{"s=tlsrpt", "v=DKIM1; s=tlsrpt; p=" + p, KeyUnsuited},
		{"k in capitals", "v=DKIM1; k=RSA; p=" + p, KeyInvalid},
		{"v=DKIM2", "v=DKIM2; p=" + p, KeyInvalid},
		{"v last", "p=" + p + "; v=DKIM1", KeyInvalid},
		{"p twice", "p=" + p + "; p=" + p, KeyInvalid},
		{"p of spaces", "v=DKIM1; p= \t", KeyRevoked},
		{"P in capitals", "v=DKIM1; P=" + p, KeyInvalid},
		{"empty text", "", KeyInvalid},
		{"empty tag", "v=DKIM1;; p=" + p, KeyInvalid},
	} {
		r := world(t, "k._domainkey.example.com. TXT "+resolver.SplitTXT(c.record).String())
		want(t, c.name, verify(t, r, signer{tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{}), c.want)
	}
}

func TestLengthsAndExponentsOfKeys(t *testing.T) {
	for _, bits := range []int{1025, 1536, 2047, 3072} {
		key := rsaKey(t, bits)
		r := world(t, keyRecord(t, "k._domainkey.example.com", key, ""))
		want(t, fmt.Sprint(bits), verify(t, r, signer{key: key, tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{}), Verified)
	}
	// A signature of another length than the modulus is none.
	signed := signer{}.sign(t, plainMessage)
	want(t, "short b=", verify(t, world(t), signed[:strings.Index(signed, "\tb=")]+"\tb=AAAA\r\n"+plainMessage, Options{}), WrongKey)
	for _, e := range []int{1, 2} {
		record := "p=" + b64(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: odd(2048), E: e}))
		r := world(t, "k._domainkey.example.com. TXT "+resolver.SplitTXT(record).String())
		want(t, fmt.Sprint("exponent ", e), verify(t, r, signer{tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{}), KeyInvalid)
	}
}

func TestBestOfSeveralSignatures(t *testing.T) {
	r := world(t, ";! fail t._domainkey.example.com. TXT TIMEOUT", ";! fail f._domainkey.example.com. TXT SERVFAIL")
	good, bad := signer{}, signer{tags: "v=1; d=example.com; s=none"}
	late, broken := signer{tags: "v=1; d=example.com; s=t"}, signer{tags: "v=1; d=example.com; s=f"}
	for _, c := range []struct {
		name    string
		signers []signer
		want    Result
	}{
		{"none", nil, None},
		{"good below bad", []signer{good, bad}, Pass},
		{"bad below good", []signer{bad, good}, Pass},
		{"timeout and good", []signer{late, good}, Pass},
		{"timeout and bad", []signer{late, bad}, TempError},
		{"bad and SERVFAIL", []signer{bad, broken}, TempError},
		{"ten of them", []signer{good, bad, bad, bad, bad, bad, bad, bad, bad, bad}, Pass},
	} {
		message := plainMessage
		for _, s := range c.signers {
			message = s.sign(t, message)
		}
		if got := verify(t, r, message, Options{}); got.Result != c.want || len(got.Signatures) != len(c.signers) {
			t.Errorf("%s: %s, want %s", c.name, brief(got), c.want)
		}
	}
}

func TestUnsignedRestOfTheBody(t *testing.T) {
	zero := b64(sha256.New().Sum(nil))
	signed := signer{tags: defaultTags + "; l=0"}.sign(t, "From: a@example.com\r\n\r\n")
	if !strings.Contains(signed, zero) {
		t.Fatal("not the hash of nothing")
	}
	report := verify(t, world(t), signed+"anything\r\n", Options{})
	want(t, "l=0", report, Verified)
	if report.Signatures[0].Beyond != int64(len("anything\r\n")) {
		t.Errorf("%s", brief(report))
	}
	// Simple has one line end in an empty body, which l= may count.
	for _, c := range []struct {
		canon string
		n     int
		want  Cause
	}{{"simple", 2, Verified}, {"simple", 3, BodyShort}, {"relaxed", 1, BodyShort}, {"relaxed", 0, Verified}} {
		s := signer{tags: fmt.Sprintf("v=1; c=relaxed/%s; d=example.com; s=s1; l=%d", c.canon, c.n)}
		want(t, fmt.Sprint(c.canon, c.n), verify(t, world(t), s.sign(t, "From: a@example.com\r\n\r\n"), Options{}), c.want)
	}
}

func TestHeaderCutBeforeItsLineEnd(t *testing.T) {
	for _, c := range []string{"simple", "relaxed"} {
		header, _, _ := strings.Cut(plainMessage, "\r\n\r\n")
		signed := signer{tags: "v=1; c=" + c + "; d=example.com; s=s1", names: "from:message-id"}.sign(t, header+"\r\n")
		want(t, c, verify(t, world(t), strings.TrimSuffix(signed, "\r\n"), Options{}), Verified)
	}
}

func TestTimesAtTheEdge(t *testing.T) {
	at := now.Unix()
	for _, c := range []struct {
		tags string
		want Cause
	}{
		{fmt.Sprintf("t=%d", at), Verified},
		{fmt.Sprintf("t=%d", at+300), Verified},
		{fmt.Sprintf("t=%d", at+301), FromFuture},
		{fmt.Sprintf("t=%d; x=%d", at-10, at+10), Verified},
		{fmt.Sprintf("t=%d; x=%d", at-10, at-10), Malformed},
		{fmt.Sprintf("x=%d; t=%d", at-1, at-10), Expired},
		{fmt.Sprintf("t= %d\r\n\t; x=%012d", at, at+1), Verified},
		{"t=000000000001", Verified},
		{"t=0000000000001", Malformed},
		{"t=-1", Malformed},
		{"x=", Malformed},
		{"x=1e9", Malformed},
	} {
		want(t, c.tags, verify(t, world(t), signer{tags: defaultTags + "; " + c.tags}.sign(t, plainMessage), Options{}), c.want)
	}
}

func TestShortRSAKeysArePolicy(t *testing.T) {
	for _, c := range []struct {
		bits int
		want Cause
	}{{512, WeakKey}, {768, WeakKey}, {1023, WeakKey}, {1024, WrongKey}, {4096, WrongKey}, {8192, HeaderChanged}, {8193, HugeKey}, {16384, HugeKey}} {
		record := "p=" + b64(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: odd(c.bits), E: 65537}))
		r := world(t, "k._domainkey.example.com. TXT "+resolver.SplitTXT(record).String())
		want(t, fmt.Sprint(c.bits), verify(t, r, signer{tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{}), c.want)
	}
}

func TestHeaderAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{" ", "  ", "\t", "\r\n ", "\r\n\t", "a", "Bc", ":", "=", ";", "\x00", "\r", "\n", "\v", "\u00fc", "\xff", "longer text"}
	compared := 0
	for range 5000 {
		text := "Sub" + pieces[random.IntN(3)] + ":"
		for range random.IntN(12) {
			text += pieces[random.IntN(len(pieces))]
		}
		text += "\r\n"
		h, _, _ := parseHeader([]byte(text))
		if string(h.Fields[0].Raw()) != text {
			continue // a single CR and a single LF met and end the line
		}
		compared++
		for _, c := range []Canon{Simple, Relaxed} {
			if got, want := string(c.Append(nil, h.Fields[0])), referenceField(c.String(), text); got != want {
				t.Fatalf("%q: %v gives %q, want %q", text, c, got, want)
			}
		}
	}
	if compared < 1000 {
		t.Errorf("only %d fields were compared", compared)
	}
}
