package spf_test

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/spf"
)

// TestReceivedSPF are whole fields.
func TestReceivedSPF(t *testing.T) {
	zone := dnstest.New(t, `
pass.test. TXT "v=spf1 ip6:2001:db8::/32 ip4:192.0.2.0/24 -all"
fail.test. TXT "v=spf1 -all"
neutral.test. TXT "v=spf1"
bad.test. TXT "v=spf1 include:fail.test mxx:\"(a\)\" -all"
;! fail down.test. TXT SERVFAIL`)
	for _, c := range []struct {
		q              spf.Query
		identity, want string
	}{
		{spf.Query{Sender: "user@pass.test", Helo: "mx.pass.test", Receiver: "me.test"}, "mailfrom",
			`Received-SPF: pass (me.test: domain of user@pass.test designates 192.0.2.1 as
 permitted sender) client-ip=192.0.2.1; envelope-from="user@pass.test";
 helo=mx.pass.test; receiver=me.test; identity=mailfrom;
 mechanism="ip4:192.0.2.0/24"`},
		{spf.Query{Client: netip.MustParseAddr("2001:db8::1"), Helo: "pass.test"}, "helo",
			`Received-SPF: pass (unknown: domain of postmaster@pass.test designates
 2001:db8::1 as permitted sender) client-ip="2001:db8::1"; helo=pass.test;
 receiver=unknown; identity=helo; mechanism="ip6:2001:db8::/32"`},
		{spf.Query{Helo: "pass.test"}, "mailfrom", // the null reverse-path
			`Received-SPF: pass (unknown: domain of postmaster@pass.test designates
 192.0.2.1 as permitted sender) client-ip=192.0.2.1;
 envelope-from="postmaster@pass.test"; helo=pass.test; receiver=unknown;
 identity=mailfrom; mechanism="ip4:192.0.2.0/24"`},
		{spf.Query{}, "mailfrom",
			`Received-SPF: none (unknown: domain of unknown does not designate permitted
 senders) client-ip=192.0.2.1; receiver=unknown; identity=mailfrom;
 problem="\"\" is no domain name"`},
		{spf.Query{Sender: "fail.test"}, "mailfrom",
			`Received-SPF: fail (unknown: domain of postmaster@fail.test does not
 designate 192.0.2.1 as permitted sender) client-ip=192.0.2.1;
 envelope-from=fail.test; receiver=unknown; identity=mailfrom; mechanism=-all`},
		{spf.Query{Sender: "a@neutral.test"}, "mailfrom",
			`Received-SPF: neutral (unknown: 192.0.2.1 is neither permitted nor denied by
 domain of a@neutral.test) client-ip=192.0.2.1; envelope-from="a@neutral.test";
 receiver=unknown; identity=mailfrom; mechanism=default`},
		{spf.Query{Sender: "\"a) (b\\\r\nX: y\x00\xff\"@bad.test"}, "mailfrom",
			`Received-SPF: permerror (unknown: the records of domain of "a\) \(b\\??X:
 y??"@bad.test cannot be interpreted) client-ip=192.0.2.1;
 envelope-from="\"a) (b\\??X: y??\"@bad.test"; receiver=unknown;
 identity=mailfrom;
 problem="the record of bad.test is invalid: there is no mechanism \"mxx\", in \"mxx:\\\"(a)\\\"\" at octet 25 (mx:\"(a)\" is meant?)"`},
	} {
		if !c.q.Client.IsValid() {
			c.q.Client = netip.MustParseAddr("192.0.2.1")
		}
		o := spf.Check(t.Context(), zone, c.q)
		if field := o.ReceivedSPF(c.q, c.identity); !wellFormed(field) {
			t.Errorf("not by the letter: %s", field)
		}
		if got := o.ReceivedSPF(c.q, c.identity); got != strings.ReplaceAll(c.want, "\n", "\r\n") {
			t.Errorf("%s:\n%s\nnot\n%s", c.q.Sender, got, c.want)
		}
	}
}

// letterOfField is the grammar of RFC 7208 section 9.1, unfolded, with the comment
// that we always write.
var letterOfField = regexp.MustCompile(`^Received-SPF: (pass|fail|softfail|neutral|none|temperror|permerror)` +
	` \((?:[ -'*-\[\]-~]|\\[ -~])*\)` + // a comment without comments in it, RFC 5322 section 3.2.2
	` [a-z][a-z0-9-]*=` + fieldValue + `(?:; [a-z][a-z0-9-]*=` + fieldValue + `)*$`)

// fieldValue is a dot-atom or a quoted-string (RFC 5322 sections 3.2.3 and 3.2.4).
const fieldValue = "(?:[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+(?:\\.[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+)*" + `|"(?:[ !#-\[\]-~]|\\[ -~])*")`

// wellFormed tells whether a field is one header field and nothing else: lines
// within bounds, folded at spaces, and the grammar kept.
func wellFormed(field string) bool {
	for i, line := range strings.Split(field, "\r\n") {
		if len(line) > 998 || strings.TrimSpace(line) == "" || i > 0 && line[0] != ' ' {
			return false
		}
	}
	return letterOfField.MatchString(strings.ReplaceAll(field, "\r\n ", " "))
}

func TestEveryKeyOfTheTraceField(t *testing.T) {
	zone := dnstest.New(t, "d.test. TXT \"v=spf1 mx:\\\"x\"\ne.test. TXT \"v=spf1 -all\"")
	q := spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Helo: "mx.d.test", Sender: "user@d.test", Receiver: "me.test"}
	bad := spf.Check(t.Context(), zone, q)
	q.Sender = "user@e.test"
	fail := spf.Check(t.Context(), zone, q)
	field := bad.ReceivedSPF(q, "mailfrom") + fail.ReceivedSPF(q, "helo")
	for _, key := range []string{"client-ip", "envelope-from", "helo", "problem", "receiver", "identity", "mechanism"} {
		if !strings.Contains(field, key+"=") {
			t.Errorf("%s is in neither field:\n%s", key, field)
		}
	}
}
