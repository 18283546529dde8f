package service

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// world is zones in which every fact of a report is to be found somewhere.
const world = `
;! secure secure.example.
good.example.                3600 IN SOA ns1.good.example. hostmaster.good.example. 7 7200 900 1209600 300
good.example.                IN NS   ns1.good.example.
good.example.                IN NS   ns2.good.example.
ns1.good.example.            IN A    192.0.2.53
ns2.good.example.            IN AAAA 2001:db8::53
good.example.                IN MX   10 mx.good.example.
good.example.                IN MX   20 aspmx.l.google.com.
mx.good.example.             IN A    192.0.2.25
aspmx.l.google.com.          IN A    192.0.2.26
25.2.0.192.in-addr.arpa.     IN PTR  mx.good.example.
26.2.0.192.in-addr.arpa.     IN PTR  elsewhere.example.
good.example.                IN TXT  "v=spf1 mx include:_spf.good.example include:broken.example a:void.good.example ~all"
_spf.good.example.           IN TXT  "v=spf1 ip4:192.0.2.0/28 -all"
broken.example.              IN TXT  "v=spf1 ip5:192.0.2.0/28 -all"
rsa._domainkey.good.example. IN TXT  "v=DKIM1; k=rsa; t=y; p={{rsa}}"
ed._domainkey.good.example.  IN CNAME ed.keys.example.
ed.keys.example.             IN TXT  "v=DKIM1; k=ed25519; p={{ed25519}}"
mail._domainkey.good.example. IN TXT "v=DKIM1; k=ed25519; p={{ed25519}}"
old._domainkey.good.example. IN TXT  "v=DKIM1; p="
_dmarc.good.example.         IN TXT  "v=DMARC1; p=quarantine; sp=reject; rua=mailto:dmarc@reports.example; ruf=mailto:ruf@good.example"
good.example._report._dmarc.reports.example. IN TXT "v=DMARC1"
reports.example.             IN MX   10 mx.good.example.
_mta-sts.good.example.       IN TXT  "v=STSv1; id=20260101"
_smtp._tls.good.example.     IN TXT  "v=TLSRPTv1; rua=mailto:tls@good.example"
default._bimi.good.example.  IN TXT  "v=BIMI1; l=https://good.example/logo.svg; a=https://good.example/mark.pem"
_imaps._tcp.good.example.    IN SRV  1 2 993 mx.good.example.
client.good.example.         IN A    192.0.2.7
7.2.0.192.in-addr.arpa.      IN PTR  192-0-2-7.dynamic.good.example.
192-0-2-7.dynamic.good.example. IN A 192.0.2.7
7.2.0.192.list.example.      IN A    127.0.0.2
7.2.0.192.list.example.      IN TXT  "listed for a test"
;! fail 7.2.0.192.dead.example. ANY SERVFAIL

null.example.                IN MX   0 .
implicit.example.            IN A    192.0.2.80

secure.example.              3600 IN SOA ns1.secure.example. hostmaster.secure.example. 7 7200 900 1209600 300
secure.example.              IN DS   12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
secure.example.              IN MX   10 mx.secure.example.
mx.secure.example.           IN A    192.0.2.90
_25._tcp.mx.secure.example.  IN TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

void.example.                IN TXT  "v=spf1 a:void.good.example -all"

bad.example.                 IN MX   10 gone.bad.example.
bad.example.                 IN TXT  "v=spf1 ?all"
bad.example.                 IN TXT  "v=spf1 -all"
_dmarc.bad.example.          IN TXT  "v=DMARC1; p=reject; t=y"
fail.example.                IN TXT  "v=spf1 -all exp=why.fail.example"
why.fail.example.            IN TXT  "%{i} may not send for %{d}"
_dmarc.fail.example.         IN TXT  "v=DMARC1; p=reject; t=y"
;! fail silent.example. ANY TIMEOUT
;! fail mail._domainkey.silent.example. TXT TIMEOUT
`

// worldText is the world with keys in it, the last of which is given.
func worldText(t testing.TB) (string, ed25519.PrivateKey) {
	t.Helper()
	text := func(public any) string {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(der)
	}
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("{{rsa}}", text(&key.PublicKey), "{{ed25519}}", base64.StdEncoding.EncodeToString(public)).Replace(world), private
}

// requests are cases that between them set every field of every response.
var requests = []proto.Message{
	&mailassayv1.CheckDomainRequest{Domain: "good.example", DkimSelectors: []string{"rsa", "ed", "old"}, SendingIps: []string{"192.0.2.7"}},
	&mailassayv1.CheckDomainRequest{Domain: "null.example"},
	&mailassayv1.CheckDomainRequest{Domain: "implicit.example", Areas: []mailassayv1.Area{mailassayv1.Area_AREA_MX}},
	&mailassayv1.CheckDomainRequest{Domain: "secure.example", View: mailassayv1.View_VIEW_FRESH},
	&mailassayv1.CheckDomainRequest{Domain: "bad.example"},
	&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.7", Helo: "client.good.example", MailFrom: "joe@good.example", HeaderFrom: "joe@good.example", Blocklists: []string{"list.example", "dead.example"}},
	&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.7", Helo: "[192.0.2.7]", MailFrom: "<joe@bad.example>", HeaderFrom: "Joe <joe@bad.example>"},
	&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.25", Helo: "silent.example", MailFrom: "joe@good.example", HeaderFrom: "good.example"},
	&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.77", MailFrom: "joe@void.example"},
	&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.77", Helo: "mx.good.example", MailFrom: "joe@fail.example", HeaderFrom: "joe@fail.example"},
	&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.25", Helo: "mx.good.example", MailFrom: "joe@good.example", AuthservId: "mx.receiver.example"},
	&mailassayv1.ExplainSMTPErrorRequest{Text: "550 5.7.25 [192.0.2.99] The IP address sending this message does not have a PTR record setup. - gsmtp", SendingIp: "192.0.2.99"},
	&mailassayv1.ExplainSMTPErrorRequest{Text: "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7"},
	&mailassayv1.ExplainSMTPErrorRequest{Text: "450 4.1.8 <joe@nowhere.example>: Sender address rejected: Domain not found (in reply to RCPT TO command)", SenderDomain: "nowhere.example"},
}

// rare are fields that no case above sets, and why. Conversion alone is tested for
// them.
var rare = map[protoreflect.FullName]string{
	"mailassay.v1.DnsQuestion.stale":     "takes a cache that is told to serve stale answers",
	"mailassay.v1.RecordChange.ttl":      "no rule asks for another TTL than the zone's",
	"mailassay.v1.ArcResult.oldest_pass": "takes the seals of two forwarders, the first of which broke the message",
}

// signedMessage is a message with a signature that verifies under the key at
// mail._domainkey.good.example, and one that does not.
func signedMessage(key ed25519.PrivateKey) []byte {
	const from, body = "From: Joe <joe@good.example>\r\n", "Hello.\r\n"
	broken := "DKIM-Signature: v=1; a=rsa-sha256; d=good.example; s=rsa; i=joe@good.example; h=from; bh=AAAA; b=AAAA\r\n"
	chain := "ARC-Seal: i=1; a=ed25519-sha256; cv=none; d=good.example; s=mail; b=AAAA\r\n" +
		"ARC-Message-Signature: i=1; a=ed25519-sha256; c=simple/simple; d=good.example; s=mail; h=from; bh=AAAA; b=AAAA\r\n" +
		"ARC-Authentication-Results: i=1; good.example; none\r\n"
	return []byte(chain + broken + signature(key, from, sha256.Sum256([]byte(body))) + from + "\r\n" + body)
}

// sealedMessage is a message with a chain whose keys DNS does not tell, and with
// results that claim to be the receiver's.
func sealedMessage() []byte {
	bh := sha256.Sum256([]byte("Hello.\r\n"))
	who := "a=ed25519-sha256; d=silent.example; s=mail; b=AAAA"
	return []byte("Authentication-Results: mx.example; none\r\nARC-Seal: i=1; cv=none; " + who + "\r\n" +
		"ARC-Message-Signature: i=1; h=from; bh=" + base64.StdEncoding.EncodeToString(bh[:]) + "; " + who + "\r\n" +
		"ARC-Authentication-Results: i=1; silent.example; none\r\nFrom: joe@good.example\r\n\r\nHello.\r\n")
}

// signature is a DKIM-Signature field of good.example over a From field and a body
// of one hash (RFC 6376 section 3.7, RFC 8463 section 3).
func signature(key ed25519.PrivateKey, from string, body [sha256.Size]byte) string {
	field := "DKIM-Signature: v=1; a=ed25519-sha256; c=simple/simple; d=good.example; s=mail; h=from; bh=" +
		base64.StdEncoding.EncodeToString(body[:]) + "; b="
	digest := sha256.Sum256([]byte(from + field))
	return field + base64.StdEncoding.EncodeToString(ed25519.Sign(key, digest[:])) + "\r\n"
}

// inProcess is a Service over zone text.
func inProcess(t testing.TB, text string) (*Service, *dnstest.Resolver) {
	t.Helper()
	dns := dnstest.New(t, text)
	s, err := New(Config{
		Resolver: dns, Ordinary: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, AuthservID: "mx.example",
		Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, dns
}

// TestEveryResponseFieldIsSetSomewhere fails when a field of the contract is
// promised and never filled.
func TestEveryResponseFieldIsSetSomewhere(t *testing.T) {
	text, key := worldText(t)
	s, dns := inProcess(t, text)
	s.cfg.Resolver = resolver.Share(dns, resolver.Sharing{})
	set := map[protoreflect.FullName]bool{}
	streamed, err := s.CheckStream(within(t), &mailassayv1.CheckMessageRequest_Envelope{ClientIp: "192.0.2.77"}, bytes.NewReader(signedMessage(key)))
	if err != nil {
		t.Fatal(err)
	}
	authority, _ := internet(t)
	for _, m := range []proto.Message{streamed, authoritatively(t, authority, "child.example"), authoritatively(t, authority, "broken.example")} {
		eachField(m.ProtoReflect(), func(field protoreflect.FieldDescriptor, _ protoreflect.Value) { set[field.FullName()] = true })
	}
	signed := &mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.77", Helo: "mx.good.example", MailFrom: "joe@good.example", Message: signedMessage(key)}
	sealed := &mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.77", Message: sealedMessage()}
	traced := func(domain string) proto.Message { return &mailassayv1.CheckDomainRequest{Domain: domain, Trace: true} }
	for _, request := range append(requests, signed, sealed, requests[0], traced("good.example"), traced("silent.example"), traced("secure.example")) { // the last ones from the cache
		m, err := answer(within(t), s, request)
		if err != nil {
			t.Fatalf("%v: %v", request, err)
		}
		eachField(m.ProtoReflect(), func(field protoreflect.FieldDescriptor, _ protoreflect.Value) { set[field.FullName()] = true })
		eachText(m, func(field protoreflect.FullName, text string) {
			if !harmless(field, text) {
				t.Errorf("%v: %s is %q", request, field, text)
			}
		})
	}
	filled := map[protoreflect.FullName]bool{}
	converted := responses(filler{text: "x", entries: 1})
	converted["questions"] = &mailassayv1.Stats{Questions: questions(fill[[]resolver.Step](filler{text: "x", entries: 1}))}
	for _, m := range converted {
		eachField(m.ProtoReflect(), func(field protoreflect.FieldDescriptor, _ protoreflect.Value) { filled[field.FullName()] = true })
	}
	d, err := documented()
	if err != nil {
		t.Fatal(err)
	}
	d.documented.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if f.Package() != "mailassay.v1" {
			return true
		}
		rangeFields(f.Messages(), func(field protoreflect.FieldDescriptor) {
			name := field.FullName()
			switch _, excused := rare[name]; {
			case strings.Contains(string(name), "Request."):
			case !set[name] && !excused:
				t.Errorf("no case sets %s", name)
			case set[name] && excused:
				t.Errorf("%s is set: it needs no excuse", name)
			case excused && !filled[name]:
				t.Errorf("%s is not converted", name)
			}
		})
		return true
	})
}

// TestZoneTextOfAnyOctetsIsAnswered puts 8-bit octets where texts are quoted in
// reports.
func TestZoneTextOfAnyOctetsIsAnswered(t *testing.T) {
	r := start(t, overDNS(dnstest.New(t, `
bin.example. IN MX 10 \255\001.bin.example.
bin.example. IN TXT "v=spf1 include:\255\254.example exists:\128 ?all"
_dmarc.bin.example. IN TXT "v=DMARC1; p=reject; rua=mailto:\200@bin.example; x=\027[31m"
s._domainkey.bin.example. IN TXT "v=DKIM1; p=\255; n=\010forged line"
1.2.0.192.in-addr.arpa. IN PTR \226\128\174.example.
_mta-sts.bin.example. IN TXT "v=STSv1; id=\255"
_smtp._tls.bin.example. IN TXT "v=TLSRPTv1; rua=mailto:\255"
default._bimi.bin.example. IN TXT "v=BIMI1; l=\255"
`)))
	ctx := within(t)
	for _, request := range []proto.Message{
		&mailassayv1.CheckDomainRequest{Domain: "bin.example", DkimSelectors: []string{"s"}, SendingIps: []string{"192.0.2.1"}},
		&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", Helo: "\u202ehelo\r\nX: y", MailFrom: "joe\u202e@bin.example", HeaderFrom: "\"\x00\r\nX: y\" <joe@bin.example>"},
		&mailassayv1.ExplainSMTPErrorRequest{Text: "550 5.7.1 \x1b[31m\u202e<joe@bin.example>: \x00SPF fail\r\nX: y", SenderDomain: "bin.example", SendingIp: "192.0.2.1"},
	} {
		m, err := answer(ctx, client{rig: r}, request)
		if err != nil {
			t.Fatalf("%v: %v", request, err)
		}
		eachText(m, func(field protoreflect.FullName, text string) {
			if !harmless(field, text) {
				t.Errorf("%s is %q", field, text)
			}
		})
	}
}

// TestBudgetBoundsTheQuestions: a domain that leads to ever more names costs no more
// than its call may ask, and the rest is unknown.
func TestBudgetBoundsTheQuestions(t *testing.T) {
	text, _ := worldText(t)
	s, dns := inProcess(t, text)
	s.cfg.DomainQuestions, s.cfg.SenderQuestions, s.cfg.ExplainQuestions = 7, 5, 1
	for i, most := range map[int]int{0: 7, 5: 5, 11: 1} {
		dns.Forget()
		if _, err := answer(within(t), s, requests[i]); err != nil {
			t.Fatal(err)
		}
		asked := dns.Asked()
		slices.SortFunc(asked, func(a, b resolver.Question) int { return strings.Compare(a.String(), b.String()) })
		if asked = slices.Compact(asked); len(asked) > most {
			t.Errorf("%v asks %d questions, its budget is %d", requests[i], len(asked), most)
		}
	}
	m, err := s.CheckDomain(within(t), requests[0].(*mailassayv1.CheckDomainRequest))
	if err != nil || m.GetStats().GetQueriesSent() > 7 {
		t.Errorf("stats %v, %v", m.GetStats(), err)
	}
	if !slices.ContainsFunc(m.GetFindings(), func(f *mailassayv1.Finding) bool { return strings.HasSuffix(f.GetCode(), "_UNKNOWN") }) {
		t.Errorf("a spent budget leaves nothing unknown; status %v", m.GetStatus())
	}
}

// freshly is a resolver with a cache that tells which way it is asked.
type freshly struct {
	*dnstest.Resolver
	fresh *dnstest.Resolver
}

func (f freshly) Fresh() resolver.Resolver { return f.fresh }

func TestFreshViewGoesPastTheCache(t *testing.T) {
	f := freshly{dnstest.New(t, "example.com. IN MX 10 old.example."), dnstest.New(t, "example.com. IN MX 10 new.example.")}
	s, err := New(Config{Resolver: f})
	if err != nil {
		t.Fatal(err)
	}
	for view, want := range map[mailassayv1.View]string{0: "old.example", mailassayv1.View_VIEW_CACHED: "old.example", mailassayv1.View_VIEW_FRESH: "new.example"} {
		m, err := s.CheckDomain(within(t), &mailassayv1.CheckDomainRequest{Domain: "example.com", View: view, Areas: []mailassayv1.Area{mailassayv1.Area_AREA_MX}})
		if err != nil || len(m.GetMx().GetHosts()) != 1 || m.GetMx().GetHosts()[0].GetHost() != want {
			t.Errorf("%v: %v, %v", view, m.GetMx(), err)
		}
		if m.GetSpf().GetStatus() != mailassayv1.Status_STATUS_SKIPPED {
			t.Errorf("an area that is not asked for is %v", m.GetSpf().GetStatus())
		}
	}
}
