package arc

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

const plain = "From: a@example.com\r\nSubject: a  chain\r\nX: y\r\n\r\nHello \r\n"

var now = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

// sealed is a message with so many sets.
func sealed(n int) string {
	message := plain
	for range n {
		message = sealer{}.seal(message)
	}
	return message
}

func TestChains(t *testing.T) {
	one, two := sealed(1), sealed(2)
	fields := fieldsOf(two[:strings.Index(two, "\r\n\r\n")])
	shuffled := fields[3] + fields[1] + fields[6] + fields[5] + fields[0] + fields[4] + fields[2] + strings.Join(fields[7:], "") + "\r\nHello \r\n"
	for _, c := range []struct {
		name, message string
		want          Result
		reason        string
	}{
		{"none", plain, None, ""},
		{"one", one, Pass, ""},
		{"two", two, Pass, ""},
		{"by instance, not by position", shuffled, Pass, ""},
		{"instance 01", sealer{instance: "01"}.seal(plain), Pass, ""},
		{"instance 0x1", sealer{instance: "0x1"}.seal(plain), Fail, "no valid instance"},
		{"instance +1", sealer{instance: "+1"}.seal(plain), Fail, "no valid instance"},
		{"instance 001", sealer{instance: "001"}.seal(plain), Fail, "no valid instance"},
		{"instance 0", sealer{instance: "0"}.seal(plain), Fail, "no valid instance"},
		{"instance 51", sealer{instance: "51"}.seal(plain), Fail, "no valid instance"},
		{"gap", sealer{instance: "2", cv: "pass"}.seal(plain), Fail, "one before it is not"},
		{"duplicate", sealer{instance: "1", cv: "none"}.seal(one), Fail, "two fields"},
		{"missing seal", two[strings.Index(two, "ARC-Message"):], Fail, "no ARC-Seal"},
		{"cv=PASS", sealer{cv: "PASS"}.seal(one), Pass, ""},
		{"cv=none at 2", sealer{cv: "none"}.seal(one), Fail, "does not say cv=pass"},
		{"cv=pass at 1", sealer{cv: "pass"}.seal(plain), Fail, "does not say cv=none"},
		{"sealed as failed", sealer{cv: "fail"}.seal(one), Fail, "sealer.test sealed the chain as failed"},
		{"h= in a seal", sealer{as: " h=from;"}.seal(plain), Fail, "the seal has h="},
		{"c=, bh=, l= in a seal", sealer{as: " c=x; bh=*; l=y;"}.seal(plain), Pass, ""},
		{"message signature covers a seal", sealer{h: "from:arc-seal"}.seal(one), Fail, "covers ARC-Seal"},
		{"message signature without From", sealer{h: "subject"}.seal(plain), Fail, "does not cover From"},
		{"message signature with v=", sealer{ams: " v=7;"}.seal(plain), Pass, ""},
		{"message signature expired", sealer{ams: " x=1;"}.seal(plain), Fail, "expired"},
		{"message signature with l=", sealer{ams: " l=99;"}.seal(plain), Fail, "shorter"},
		{"results with comments", sealer{aar: "\r\n (a(b\\)) c) i (x) = 1 ( ) ; text"}.seal(plain), Pass, ""},
		{"results without instance", sealer{aar: " sealer.test; spf=pass"}.seal(plain), Fail, "no valid instance"},
		{"results without semicolon", sealer{aar: " i=1 sealer.test"}.seal(plain), Fail, "no valid instance"},
		{"results in an open comment", sealer{aar: " (i=1; x"}.seal(plain), Fail, "no valid instance"},
		{"results with an escape", sealer{aar: " \\i=1; x"}.seal(plain), Fail, "no valid instance"},
		{"body changed", two + "more\r\n", Fail, "body was changed"},
		{"subject changed", strings.Replace(two, "a  chain", "b", 1), Fail, "message signature of instance 2"},
		{"unsigned field changed", strings.Replace(two, "X: y", "X: z", 1), Pass, ""},
		{"old results changed", strings.Replace(sealed(3), "i=1; sealer.test; spf=pass", "i=1; sealer.test; spf=fail", 1), Fail, "seal of instance 1"},
		{"no key", sealer{domain: "other.test"}.seal(plain), Fail, "there is no key"},
	} {
		r := validate(t, dnstest.New(t, zone()), []byte(c.message), now)
		if r.Result != c.want || !strings.Contains(r.Reason, c.reason) || (c.reason == "") != (r.Reason == "") || r.Temporary {
			t.Errorf("%s: %s %q, want %s %q", c.name, r.Result, r.Reason, c.want, c.reason)
		}
	}
}

// TestALostChainIsNotVerified: nothing more is done for a chain whose newest message
// signature does not verify.
func TestALostChainIsNotVerified(t *testing.T) {
	r := validate(t, dnstest.New(t, zone()), []byte(sealed(3)+"more\r\n"), now)
	for _, s := range r.Sets {
		if s.Seal.Verified || s.Message.Verified {
			t.Errorf("%+v", s)
		}
	}
	if r.Result != Fail || len(r.Sets) != 3 {
		t.Errorf("%+v", r)
	}
}

func TestOldestPass(t *testing.T) {
	for changed := 0; changed <= 3; changed++ {
		// Each sealer after the one at changed has seen another subject than those
		// before.
		message := plain
		for i := range 4 {
			if i == changed {
				message = strings.Replace(message, "a  chain", "[list] a chain", 1)
			}
			message = sealer{}.seal(message)
		}
		want := changed
		if changed > 0 {
			want = changed + 1
		}
		if r := validate(t, dnstest.New(t, zone()), []byte(message), now); r.Result != Pass || r.OldestPass != want {
			t.Errorf("changed before %d: %s, oldest-pass %d, want %d", changed+1, r.Result, r.OldestPass, want)
		}
	}
}

func TestOldMessageSignatureNeedNotVerify(t *testing.T) {
	message := sealer{}.seal(sealer{ams: " x=1;"}.seal(plain))
	if r := validate(t, dnstest.New(t, zone()), []byte(message), now); r.Result != Pass || r.OldestPass != 2 || r.Sets[0].Message.Reason == "" {
		t.Errorf("%+v", r)
	}
}

func TestReportTellsWhoSealed(t *testing.T) {
	message := sealer{domain: "Second.test", aar: " i=2;\r\n\tmx.second.test;\r\n header.i.x=crafted"}.seal(sealed(1))
	r := validate(t, dnstest.New(t, zone("second.test")+";! secure second.test.\n"), []byte(message), now)
	if r.Result != Pass || len(r.Sets) != 2 {
		t.Fatalf("%+v", r)
	}
	first, second := r.Sets[0], r.Sets[1]
	if first.Domain != "sealer.test" || second.Domain != "second.test" || second.Selector != "s" || second.Instance != 2 ||
		second.Sealed.Unix() != 1767225600 || second.Results != "mx.second.test;\r\n header.i.x=crafted" {
		t.Errorf("%+v", second)
	}
	if !second.Seal.Verified || !second.Seal.Authenticated || first.Seal.Authenticated || second.Message.Bits != 256 {
		t.Errorf("%+v, %+v", first, second)
	}
}

func TestFailureOfDNSIsTemporaryAndStillFail(t *testing.T) {
	message := sealer{domain: "second.test"}.seal(sealed(1))
	r := dnstest.New(t, zone("second.test")+";! fail s._domainkey.sealer.test. TXT TIMEOUT\n")
	if got := validate(t, r, []byte(message), now); got.Result != Fail || !got.Temporary || !strings.Contains(got.Reason, "timeout") {
		t.Errorf("%+v", got)
	}
	// A lasting fault stands before the temporary one.
	got := validate(t, r, []byte(message+"changed"), now)
	if got.Result != Fail || got.Temporary || !strings.Contains(got.Reason, "body") {
		t.Errorf("%+v", got)
	}
}

func TestLongChainsAreBounded(t *testing.T) {
	message, domains := plain, []string{}
	for i := range maxSets {
		domains = append(domains, fmt.Sprintf("d%d.test", i+1))
		message = sealer{domain: domains[i], aar: fmt.Sprintf(" i=%d; %s", i+1, strings.Repeat("x", 10<<10))}.seal(message)
	}
	r := dnstest.New(t, zone(domains...))
	start := time.Now()
	got := validate(t, r, []byte(message), now)
	if got.Result != Pass || got.OldestPass != 0 {
		t.Errorf("%s %q, oldest-pass %d", got.Result, got.Reason, got.OldestPass)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	for _, set := range got.Sets {
		if len(set.Results) > maxResults {
			t.Errorf("%d octets of results", len(set.Results))
		}
	}
	// Each of the two validations asks for each key once.
	if asked := len(r.Asked()); asked != 2*maxSets {
		t.Errorf("%d keys were asked for", asked)
	}
	r.Forget()
	over := sealer{instance: "50"}.seal(message)
	if got := validate(t, r, []byte(over), now); got.Result != Fail || len(r.Asked()) > 0 {
		t.Errorf("51 sets: %s, %d questions", got.Result, len(r.Asked()))
	}
}

func TestManyFieldsAreNotParsed(t *testing.T) {
	message := strings.Repeat("ARC-Seal: i=1; cv=none\r\n", 30000) + plain
	start := time.Now()
	r := dnstest.New(t, zone())
	if got := validate(t, r, []byte(message), now); got.Result != Fail || len(r.Asked()) > 0 {
		t.Errorf("%+v", got)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzAuthenticationResults(f *testing.F) {
	for _, seed := range []string{" i=1; mx.test; spf=pass", "(c(d)\\)) i = 50 ;", "i=051;", "(", "\\i=1;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		n, text := authenticationResults(value)
		if n < 0 || n > maxSets || len(text) > maxResults || !strings.Contains(value, text) {
			t.Errorf("%d %q", n, text)
		}
		if n > 0 {
			if again, same := authenticationResults(fmt.Sprintf("(x) i=%d;%s", n, text)); again != n || same != text {
				t.Errorf("%q gives %d %q, then %d %q", value, n, text, again, same)
			}
		}
	})
}

func FuzzChain(f *testing.F) {
	for n := range 3 {
		f.Add(sealed(n))
	}
	z, err := dnstest.Parse(zone())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, message string) {
		if len(message) > 64<<10 {
			return
		}
		r := dnstest.Over(z)
		got := validate(t, r, []byte(message), now)
		r.Fail(func(resolver.Question) resolver.Kind { return resolver.Refused })
		if without := validate(t, r, []byte(message), now); without.Result == Pass || without.Result == None && got.Result != None {
			t.Errorf("%s without keys", without.Result)
		}
	})
}
