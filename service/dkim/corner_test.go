package dkim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
)

// allKinds are the ways in which a question fails.
var allKinds = []resolver.Kind{
	resolver.Timeout, resolver.Canceled, resolver.Unreachable, resolver.ServerFailure, resolver.Refused, resolver.Bogus,
	resolver.Lame, resolver.Malformed, resolver.OverBudget, resolver.Overloaded, resolver.OtherRcode,
}

// TestNoFailureMakesAnotherResult fails each question of each of many messages in
// each way: a result is then temperror, or what it was.
func TestNoFailureMakesAnotherResult(t *testing.T) {
	ed := signer{key: ed25519Key, tags: "v=1; c=relaxed/simple; d=example.com; s=ed"}
	tags := func(t string) signer { return signer{tags: t} }
	zone := keyRecord(t, "old._domainkey.example.com", rsaKey(t, 1024), "h=sha1; ") +
		"gone._domainkey.example.com. TXT \"v=DKIM1; p=\"\n" +
		"alias._domainkey.example.com. CNAME s1._domainkey.example.com.\n" +
		"two._domainkey.example.com. TXT \"hello\"\n" + keyRecord(t, "two._domainkey.example.com", rsaKey(t, 2048), "")
	tried, open := 0, 0
	for _, signers := range [][]signer{
		{ed}, {ed, {}}, {{}, ed, tags("v=1; d=example.com; s=none")}, {tags("v=1; d=example.com; s=gone")}, {tags("v=1; d=example.com; s=old")},
		{tags("v=1; d=example.com; s=alias"), {}}, {tags("v=1; d=example.com; s=two")}, {tags("v=1; d=example.com; s=s1; x=1"), {}},
		{{length: 3}, {a: "rsa-sha1"}}, {{names: "to"}, {}},
	} {
		message := plainMessage
		for _, s := range signers {
			message = s.sign(t, message)
		}
		for _, text := range []string{message, message + "changed", "From: eve@evil.test\r\n" + message} {
			r := world(t, zone)
			before := verify(t, r, text, Options{})
			for _, q := range r.Asked() {
				for _, kind := range allKinds {
					r.Fail(func(asked resolver.Question) resolver.Kind {
						if asked == q {
							return kind
						}
						return 0
					})
					after := verify(t, r, text, Options{})
					tried++
					for i := range after.Signatures {
						now, then := after.Signatures[i].Result, before.Signatures[i].Result
						if now == TempError {
							open++
						} else if now != then {
							t.Errorf("%v %v: %s became %s", q, kind, then, now)
						}
					}
					if after.Result != before.Result && after.Result != TempError {
						t.Errorf("%v %v: %s became %s", q, kind, before.Result, after.Result)
					}
				}
				r.Fail(nil)
			}
		}
	}
	t.Logf("%d failures, %d signatures open", tried, open)
	if tried < 300 || open < tried {
		t.Errorf("%d failures, %d open", tried, open)
	}
}

// TestOctetsThatAreNoText: what is hashed are octets, and nothing is mended.
func TestOctetsThatAreNoText(t *testing.T) {
	r := world(t)
	for name, body := range map[string]string{
		"NUL": "a\x00b\r\n", "8-bit": "\xff\xfe \x80\r\n", "bare CR": "a\rb\r\n", "bare LF": "a\nb\r\n", "CR CR LF": "a\r\r\n", "LF CR": "a\n\rb\r\n",
		"CR at the end": "a\r", "LF at the end": "a\n", "no line end": "a", "space at the end": "a ", "only LF": "\n\n\n", "vertical tab": "a \v b\r\n",
		"a dot": ".\r\n..\r\n", "an endless line": strings.Repeat("x", 300_000) + "\r\n", "endless white space": strings.Repeat(" \t", 100_000) + "\r\n",
	} {
		message := plainMessage[:strings.Index(plainMessage, "\r\n\r\n")+4] + body
		for _, c := range []string{"simple", "relaxed"} {
			s := signer{tags: "v=1; c=simple/" + c + "; d=example.com; s=s1"}
			signed := s.sign(t, message)
			want(t, name+" "+c, verify(t, r, signed, Options{}), Verified)
			// A line end that is added counts, unless CRLF ended the body anyway.
			added := verify(t, r, signed+"\r\n", Options{})
			want(t, name+" and CRLF "+c, added, Verified)
		}
	}
}

// TestInternationalDomains is RFC 8616 section 5: U-labels in d=, s= and i= are
// asked for and compared as A-labels.
func TestInternationalDomains(t *testing.T) {
	r := world(t, strings.ReplaceAll(keyRecord(t, "sel._domainkey.dom", ed25519Key, "t=s; "), "sel._domainkey.dom", "xn--slektor-bya._domainkey.xn--bcher-kva.example"))
	for tags, cause := range map[string]Cause{
		"d=b\u00fccher.example; s=s\u00e9lektor":                                   Verified,
		"d=B\u00dcCHER.example; s=S\u00c9LEKTOR":                                   Verified,
		"d=xn--bcher-kva.example; s=s\u00e9lektor; i=@b\u00fccher.example":         Verified,
		"d=b\u00fccher.example; s=xn--slektor-bya; i=\u00fc@XN--bcher-kva.example": Verified,
		"d=bu\u0308cher.example; s=s\u00e9lektor":                                  Verified, // not composed
		"d=b\u00fccher.example; s=s\u00e9lektor; i=@sub.b\u00fccher.example":       KeyUnsuited,
		"d=b\u00fccher.example; s=s\u00e9lektor; i=@bucher.example":                IdentityOutside,
		"d=b\ufffdcher.example; s=s\u00e9lektor":                                   Malformed,
		"d=b\u00fccher.example\u3002; s=s\u00e9lektor":                             Malformed,
		"d=b\u00fccher.example.; s=s\u00e9lektor":                                  Malformed,
		"d=r3---x.b\u00fccher.example; s=s\u00e9lektor":                            KeyMissing,
		"d=b\xfccher.example; s=s\u00e9lektor":                                     Malformed, // Latin-1
		"d=\u2603\u200d.example; s=s\u00e9lektor":                                  Malformed,
	} {
		report := verify(t, r, signer{key: ed25519Key, tags: "v=1; c=relaxed; " + tags}.sign(t, plainMessage), Options{})
		if len(report.Signatures) != 1 || report.Signatures[0].Cause != cause {
			t.Errorf("%s: %s, want %v", tags, brief(report), cause)
		}
	}
}

// TestTextOfKeyRecords is RFC 6376 section 3.6.1 where TXT may hold anything.
func TestTextOfKeyRecords(t *testing.T) {
	p := "p=" + b64(spki(t, &rsaKey(t, 2048).PublicKey))
	unpadded := strings.TrimRight(p, "=")
	for _, c := range []struct {
		record string
		want   Cause
	}{
		{unpadded, Verified}, {p + ";", Verified}, {" \t" + p + " ; ", Verified}, {"v=DKIM1;" + p + ";;", KeyInvalid},
		{"v=DKIM1; n=caf\u00e9; " + p, Verified}, {"v=DKIM1; n=caf\xe9; " + p, KeyInvalid}, {"v=DKIM1; n=a\x00; " + p, KeyInvalid},
		{"v=DKIM1; n=; " + p, Verified}, {"v=DKIM1; n; " + p, KeyInvalid}, {"n=x; v=DKIM1; " + p, KeyInvalid},
		{"v=dkim1; " + p, KeyInvalid}, {"V=DKIM1; " + p, Verified}, {"v= DKIM1 ; " + p, Verified}, {"v=DKIM10; " + p, KeyInvalid}, {"v=; " + p, KeyInvalid},
		{"k=; " + p, KeyInvalid}, {"k=rsa ; " + p, Verified}, {"k=ed25519; " + p, KeyInvalid}, {"k=unknown; p=", KeyRevoked},
		{"h=; " + p, KeyUnsuited}, {"h=SHA256; " + p, KeyUnsuited}, {"h=sha256; " + p, Verified}, {"h=x:sha256:y; " + p, Verified}, {"h=sha1; " + p, KeyUnsuited},
		{"s=; " + p, KeyUnsuited}, {"s=Email; " + p, KeyUnsuited}, {"s=x:email; " + p, Verified}, {"s=*; " + p, Verified},
		{"t=; " + p, Verified}, {"t=y; " + p, Verified}, {"t=s; " + p, Verified}, {"t=s:y:x; " + p, Verified}, {"g=*; " + p, Verified},
		{"p=;", KeyRevoked}, {"v=DKIM1; p=\t", KeyRevoked}, {p + "; p=", KeyInvalid}, {"p=" + p[2:] + "*", KeyInvalid}, {"p==", KeyInvalid}, {"\"" + p + "\"", KeyInvalid},
		{strings.ReplaceAll(p, "A", "A "), Verified}, {p[:60] + "\r\n " + p[60:], Verified}, {p[:60] + "\n" + p[60:], KeyInvalid},
		{p[:len(p)-40], KeyInvalid}, {"v=DKIM1", KeyInvalid}, {"v=spf1 -all", KeyInvalid}, {strings.Repeat("a", 5000) + "=1; " + p, KeyInvalid},
	} {
		r := world(t, "k._domainkey.example.com. TXT "+resolver.SplitTXT(c.record).String())
		want(t, fmt.Sprintf("%.40q", c.record), verify(t, r, signer{tags: "v=1; d=example.com; s=k"}.sign(t, plainMessage), Options{}), c.want)
	}
}
