package arc

import (
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver/dnstest"
)

func TestTagsOfSets(t *testing.T) {
	one := sealed(1)
	long := strings.Repeat(strings.Repeat("a", 60)+".", 4) + "com"
	for _, c := range []struct {
		name, message string
		want          Result
		reason        string
	}{
		{"message signature covers a seal, other case", sealer{h: "From:ARC-SEAL"}.seal(plain), Fail, "covers ARC-Seal"},
		{"message signature covers results", sealer{h: "from:arc-authentication-results"}.seal(one), Pass, ""},
		{"message signature covers an older one", sealer{h: "from:arc-message-signature"}.seal(one), Pass, ""},
		{"message signature covers absent fields", sealer{h: "from:x-none:from"}.seal(plain), Pass, ""},
		{"message signature with an unknown tag", sealer{ams: " zz=1;"}.seal(plain), Pass, ""},
		{"message signature with cv=", sealer{ams: " cv=fail;"}.seal(plain), Pass, ""},
		{"message signature with q=", sealer{ams: " q=dns/txt;"}.seal(plain), Pass, ""},
		{"message signature with another q=", sealer{ams: " q=http;"}.seal(plain), Fail, "q=http"},
		{"message signature with l=0 of a body", sealer{ams: " l=0;"}.seal(plain), Fail, "body"},
		{"message signature with t=", sealer{ams: " t=1;"}.seal(plain), Pass, ""},
		{"message signature with t= ahead", sealer{ams: " t=9999999999;"}.seal(plain), Pass, ""},
		{"message signature with t=x", sealer{ams: " t=x;"}.seal(plain), Fail, "t="},
		{"message signature with x= before t=", sealer{ams: " t=9999999999; x=9999999998;"}.seal(plain), Fail, "expires"},
		{"message signature with a tag twice", sealer{ams: " s=s;"}.seal(plain), Fail, "the tag s stands twice"},
		{"seal with a tag twice", sealer{as: " s=s;"}.seal(plain), Fail, "the tag s stands twice"},
		{"seal with an unknown tag", sealer{as: " zz=1;"}.seal(plain), Pass, ""},
		{"seal with v=", sealer{as: " v=1;"}.seal(plain), Pass, ""},
		{"seal with q=", sealer{as: " q=http;"}.seal(plain), Pass, ""},
		{"seal with x=", sealer{as: " x=1;"}.seal(plain), Pass, ""},
		{"seal with an empty tag", sealer{as: ";"}.seal(plain), Fail, "an empty tag"},
		{"seal with an empty h=", sealer{as: " h=;"}.seal(plain), Fail, "the seal has h="},
		{"cv=None", sealer{cv: "None"}.seal(plain), Pass, ""},
		{"cv=FAIL", sealer{cv: "FAIL"}.seal(plain), Fail, "sealed the chain as failed"},
		{"cv of spaces", sealer{cv: " "}.seal(plain), Fail, "does not say cv=none"},
		{"cv folded", sealer{cv: "\r\n none\r\n "}.seal(plain), Pass, ""},
		{"cv unknown", sealer{cv: "passed"}.seal(one), Fail, "does not say cv=pass"},
		{"instance with spaces", sealer{instance: " 1 "}.seal(plain), Pass, ""},
		{"instance empty", sealer{instance: " "}.seal(plain), Fail, "no valid instance"},
		{"instance -1", sealer{instance: "-1"}.seal(plain), Fail, "no valid instance"},
		{"instance 1a", sealer{instance: "1a"}.seal(plain), Fail, "no valid instance"},
		{"results in capitals", sealer{aar: " I=1; x"}.seal(plain), Fail, "no valid instance"},
		{"results empty after instance", sealer{aar: " i=1;"}.seal(plain), Pass, ""},
		{"results of another instance", sealer{aar: " i=2; x"}.seal(plain), Fail, "one before it is not"},
		{"results folded", sealer{aar: "\r\n\ti=1;\r\n\tx;\r\n spf=pass"}.seal(plain), Pass, ""},
		{"results twice", "ARC-Authentication-Results: i=1; y\r\n" + one, Fail, ""},
		{"results alone", "ARC-Authentication-Results: i=1; y\r\n" + plain, Fail, "has no ARC-"},
		{"message signature alone", one[strings.Index(one, "ARC-Message"):strings.Index(one, "ARC-Auth")] + plain, Fail, "has no ARC-"},
		{"name longer than DNS has", sealer{domain: long}.seal(plain), Fail, ""},
		{"two sets, lower one removed", strings.Replace(sealed(2), one[:strings.Index(one, "From:")], "", 1), Fail, ""},
		{"body changed between hops", sealer{}.seal(one + "footer\r\n"), Pass, ""},
		{"body changed between hops and after", sealer{}.seal(one+"footer\r\n") + "more\r\n", Fail, "body"},
		{"From added on top", "From: eve@evil.test\r\n" + one, Pass, ""},
		{"white space in the chain", strings.Replace(one, "ARC-Authentication-Results: ", "arc-authentication-results\t:\r\n\t", 1), Pass, ""},
	} {
		r := validate(t, dnstest.New(t, zone()), []byte(c.message), now)
		if r.Result != c.want || !strings.Contains(r.Reason, c.reason) || r.Temporary {
			t.Errorf("%s: %s %q, want %s %q", c.name, r.Result, r.Reason, c.want, c.reason)
		}
	}
}

func TestEachSealCounts(t *testing.T) {
	// A newest set in order does not save a chain with a seal below that is not,
	// whichever it is.
	four := sealed(4)
	for _, i := range []string{"1", "2", "3", "4"} {
		at := strings.Index(four, "ARC-Seal: i="+i)
		b := at + strings.Index(four[at:], "\tb=") + len("\tb=")
		other := "A"
		if four[b] == 'A' {
			other = "B"
		}
		r := validate(t, dnstest.New(t, zone()), []byte(four[:b]+other+four[b+1:]), now)
		if r.Result != Fail {
			t.Errorf("seal %s changed: %s", i, r.Result)
		}
	}
	// The first message signature is covered by the seals, and so must stay as it is.
	at := strings.LastIndex(four, "ARC-Message-Signature: i=1")
	r := validate(t, dnstest.New(t, zone()), []byte(four[:at]+strings.Replace(four[at:], "c=relaxed/relaxed", "c=relaxed/simple", 1)), now)
	if r.Result != Fail {
		t.Errorf("old message signature changed: %s", r.Result)
	}
}

func TestKeysOfSealers(t *testing.T) {
	p := zone()[strings.Index(zone(), "p="):strings.LastIndex(zone(), `"`)]
	for _, c := range []struct {
		record string
		want   Result
	}{
		{"k=ed25519; " + p, Pass},
		{"v=DKIM1; k=ed25519; h=sha256; s=email; t=s:y; " + p, Pass},
		{"v=DKIM1; k=ed25519; h=sha1; " + p, Fail},
		{"v=DKIM1; k=ed25519; s=tlsrpt; " + p, Fail},
		{"v=DKIM1; k=ed25519; g=x; n=y; " + p, Pass},
		{"k=ed25519; v=DKIM1; " + p, Fail},
		{"v=DKIM1; k=rsa; " + p, Fail},
		{"v=DKIM1; " + p, Fail},
		{"v=DKIM1; k=ed25519; p=", Fail},
		{"v=DKIM1; k=ed25519", Fail},
		{"v=DKIM2; k=ed25519; " + p, Fail},
	} {
		r := validate(t, dnstest.New(t, "s._domainkey.sealer.test. TXT \""+c.record+"\"\n"), []byte(sealed(1)), now)
		if r.Result != c.want {
			t.Errorf("%s: %s %q, want %s", c.record, r.Result, r.Reason, c.want)
		}
	}
}
