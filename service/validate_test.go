package service

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/finding"
)

// repeat is n values that differ.
func repeat(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}

// TestRefusalsNameTheFieldAndTheLimit sends what is wrong through a real client
// and reads the violations: "path REASON".
func TestRefusalsNameTheFieldAndTheLimit(t *testing.T) {
	ctx := within(t)
	dns := dnstest.New(t, "")
	r := start(t, overDNS(dns))
	awaitServing(t, ctx, r)
	dns.Forget()
	long := strings.Repeat("a", 1001)
	for name, c := range map[string]struct {
		request proto.Message
		want    []string
		says    string // in the first description
	}{
		"nothing":           {&mailassayv1.CheckDomainRequest{}, []string{"domain REQUIRED"}, "is required"},
		"blank":             {&mailassayv1.CheckDomainRequest{Domain: " \t"}, []string{"domain REQUIRED"}, "is required"},
		"long":              {&mailassayv1.CheckDomainRequest{Domain: long}, []string{"domain TOO_LONG"}, "1001 octets, the limit is 1000"},
		"long on the wire":  {&mailassayv1.CheckDomainRequest{Domain: strings.Repeat("a.", 200) + "com"}, []string{"domain MALFORMED"}, "255"},
		"long label":        {&mailassayv1.CheckDomainRequest{Domain: strings.Repeat("a", 64) + ".com"}, []string{"domain MALFORMED"}, "63"},
		"empty label":       {&mailassayv1.CheckDomainRequest{Domain: "a..com"}, []string{"domain MALFORMED"}, "empty label"},
		"root":              {&mailassayv1.CheckDomainRequest{Domain: "."}, []string{"domain MALFORMED"}, "at least one label"},
		"address":           {&mailassayv1.CheckDomainRequest{Domain: "192.0.2.1"}, []string{"domain MALFORMED"}, "is an address"},
		"IPv6 address":      {&mailassayv1.CheckDomainRequest{Domain: "2001:db8::1"}, []string{"domain MALFORMED"}, "is an address"},
		"address literal":   {&mailassayv1.CheckDomainRequest{Domain: "[192.0.2.1]"}, []string{"domain MALFORMED"}, "is an address"},
		"nearly an address": {&mailassayv1.CheckDomainRequest{Domain: "192.0.2.256"}, []string{"domain MALFORMED"}, "ends in digits"},
		"mail address":      {&mailassayv1.CheckDomainRequest{Domain: "joe@example.com"}, []string{"domain MALFORMED"}, "the part after the @"},
		"URL":               {&mailassayv1.CheckDomainRequest{Domain: "https://example.com/"}, []string{"domain MALFORMED"}, "the host name alone"},
		"space":             {&mailassayv1.CheckDomainRequest{Domain: "exa mple.com"}, []string{"domain MALFORMED"}, ""},
		"newline":           {&mailassayv1.CheckDomainRequest{Domain: "exa\nmple.com"}, []string{"domain MALFORMED"}, ""},
		"escape":            {&mailassayv1.CheckDomainRequest{Domain: `exa\.mple.com`}, []string{"domain MALFORMED"}, ""},
		"bad A-label":       {&mailassayv1.CheckDomainRequest{Domain: "xn--a.com"}, []string{"domain MALFORMED"}, ""},
		"many selectors": {&mailassayv1.CheckDomainRequest{Domain: "example.com", DkimSelectors: repeat(41, "s%d")},
			[]string{"dkim_selectors TOO_MANY"}, "41 entries, the limit is 40"},
		"selectors": {&mailassayv1.CheckDomainRequest{Domain: "example.com", DkimSelectors: []string{"good", "", "b@d", "s._domainkey.example.com", long}},
			[]string{"dkim_selectors[1] MALFORMED", "dkim_selectors[2] MALFORMED", "dkim_selectors[3] MALFORMED", "dkim_selectors[4] TOO_LONG"}, ""},
		"selector beyond the name": {&mailassayv1.CheckDomainRequest{Domain: strings.Repeat("a.", 100) + "com", DkimSelectors: []string{strings.Repeat("b", 60)}},
			[]string{"dkim_selectors[0] MALFORMED"}, "a name that DNS cannot hold"},
		"many addresses": {&mailassayv1.CheckDomainRequest{Domain: "example.com", SendingIps: repeat(21, "192.0.2.%d")},
			[]string{"sending_ips TOO_MANY"}, "21 entries, the limit is 20"},
		"addresses": {&mailassayv1.CheckDomainRequest{Domain: "example.com", SendingIps: []string{"192.0.2.1", "192.0.2.1/24", "", "fe80::1%eth0", "0.0.0.0", long}},
			[]string{"sending_ips[1] MALFORMED", "sending_ips[2] REQUIRED", "sending_ips[3] MALFORMED", "sending_ips[4] MALFORMED", "sending_ips[5] TOO_LONG"}, ""},
		"areas": {&mailassayv1.CheckDomainRequest{Domain: "example.com", Areas: []mailassayv1.Area{mailassayv1.Area_AREA_MX, 0, 99, mailassayv1.Area_AREA_BLOCKLIST}},
			[]string{"areas[1] UNSUPPORTED", "areas[2] UNSUPPORTED", "areas[3] UNSUPPORTED"}, "no area that CheckDomain looks at"},
		"view": {&mailassayv1.CheckDomainRequest{Domain: "example.com", View: 77}, []string{"view UNSUPPORTED"}, ""},
		"everything at once": {&mailassayv1.CheckDomainRequest{DkimSelectors: []string{""}, SendingIps: []string{"x"}, View: 77},
			[]string{"domain REQUIRED", "dkim_selectors[0] MALFORMED", "sending_ips[0] MALFORMED", "view UNSUPPORTED"}, ""},

		"no client": {&mailassayv1.CheckSenderRequest{Helo: long, MailFrom: "joe@", HeaderFrom: strings.Repeat("a", 4001), AuthservId: "mx one", Blocklists: []string{"a..b"}},
			[]string{"client_ip REQUIRED", "helo TOO_LONG", "mail_from MALFORMED", "header_from TOO_LONG", "authserv_id MALFORMED", "blocklists[0] MALFORMED"}, ""},
		"message": {&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", Message: make([]byte, 1<<20+1)},
			[]string{"message TOO_LONG"}, "the limit is 1048576; CheckMessage takes larger ones"},
		"message of 3 MiB": {&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", Message: make([]byte, 3<<20)},
			[]string{"message TOO_LONG"}, "the limit is 1048576; CheckMessage takes larger ones"},
		"many lists": {&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", Blocklists: repeat(21, "l%d.example")},
			[]string{"blocklists TOO_MANY"}, "21 entries, the limit is 20"},
		"path of control characters": {&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", MailFrom: "joe\r\n@example.com"}, []string{"mail_from MALFORMED"}, "control"},
		"path of one bracket":        {&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", MailFrom: "<joe@example.com"}, []string{"mail_from MALFORMED"}, "bracket"},
		"path without domain":        {&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", MailFrom: "<joe@>"}, []string{"mail_from MALFORMED"}, "neither"},
		"long path":                  {&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", MailFrom: long}, []string{"mail_from TOO_LONG"}, "1000"},

		"no text":   {&mailassayv1.ExplainSMTPErrorRequest{Text: " \n"}, []string{"text REQUIRED"}, ""},
		"long text": {&mailassayv1.ExplainSMTPErrorRequest{Text: strings.Repeat("a", 256<<10+1)}, []string{"text TOO_LONG"}, "the limit is 262144"},
		"explain": {&mailassayv1.ExplainSMTPErrorRequest{Text: "550 no", SendingIp: "x", SenderDomain: "a@b", RecipientDomain: "1.2.3.4", Helo: long},
			[]string{"sending_ip MALFORMED", "sender_domain MALFORMED", "recipient_domain MALFORMED", "helo TOO_LONG"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answer(ctx, client{rig: r}, c.request)
			if status.Code(err) != codes.InvalidArgument || reasonOf(t, err) != reasonInvalid {
				t.Fatalf("%v", err)
			}
			violations := detail[*errdetails.BadRequest](t, err).GetFieldViolations()
			var got []string
			for _, v := range violations {
				got = append(got, v.GetField()+" "+v.GetReason())
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("violations %q, want %q", got, c.want)
			}
			if d := violations[0].GetDescription(); !strings.Contains(d, c.says) {
				t.Errorf("%q does not say %q", d, c.says)
			}
			if !strings.Contains(status.Convert(err).Message(), violations[0].GetDescription()) {
				t.Errorf("the message %q does not tell", status.Convert(err).Message())
			}
		})
	}
	if asked := dns.Asked(); len(asked) > 0 {
		t.Errorf("refused requests asked %v", asked)
	}
}

// TestRefusalsFitATrailer: however much is wrong, the error reaches clients that
// take 8 KiB of trailers.
func TestRefusalsFitATrailer(t *testing.T) {
	bad := strings.Repeat("\U0001f4a9@", 200)
	_, _, err := domainRequest(&mailassayv1.CheckDomainRequest{Domain: bad, DkimSelectors: repeat(40, bad+"%d"), SendingIps: repeat(20, strings.Repeat("é", 25)+"%d")})
	s := status.Convert(err)
	message := 0
	for _, octet := range []byte(s.Message()) {
		if message++; octet > '~' {
			message += 2 // percent-encoded
		}
	}
	if n := message + base64.RawStdEncoding.EncodedLen(proto.Size(s.Proto())); n > 8<<10-200 {
		t.Errorf("the trailer has %d octets", n)
	}
	if !strings.Contains(s.Message(), "more") {
		t.Errorf("%q does not say that there is more", s.Message())
	}
}

func TestDomainsAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"example.com": "example.com", "EXAMPLE.Com.": "example.com", " example.com\n": "example.com", "\u200bexample.com\ufeff": "example.com",
		"bücher.example": "xn--bcher-kva.example", "XN--BCHER-KVA.example": "xn--bcher-kva.example", "bücher。example": "xn--bcher-kva.example",
		"_dmarc.example.com": "_dmarc.example.com", "com": "com", "1und1.de": "1und1.de", "a--b.example": "a--b.example",
	} {
		got, x := domainName(in)
		if x != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, x, want)
		}
	}
}

func TestRequestsReachTheAssayWhole(t *testing.T) {
	r, view, err := domainRequest(&mailassayv1.CheckDomainRequest{
		Domain: "Example.COM.", Areas: []mailassayv1.Area{mailassayv1.Area_AREA_SPF, mailassayv1.Area_AREA_SPF, mailassayv1.Area_AREA_MX},
		DkimSelectors: []string{"S1", "s1", "a.b"}, SendingIps: []string{" 192.0.2.1", "::ffff:192.0.2.1", "2001:DB8::1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if view != mailassayv1.View_VIEW_CACHED || r.Domain != "example.com" || !slices.Equal(r.Areas, []finding.Area{finding.SPF, finding.MX}) || !slices.Equal(r.Selectors, []string{"s1", "a.b"}) ||
		!slices.Equal(r.SendingIPs, []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}) {
		t.Errorf("%+v", r)
	}
	s, err := New(Config{Resolver: dnstest.New(t, ""), AuthservID: "mx.example", Blocklists: []string{"own.example"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.senderRequest(&mailassayv1.CheckSenderRequest{
		ClientIp: "::ffff:192.0.2.1", Helo: " mx ", MailFrom: "<joe@example.com>", HeaderFrom: "Joe <joe@example.com>", Message: []byte("From: x\r\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Client != netip.MustParseAddr("192.0.2.1") || c.Helo != "mx" || c.MailFrom != "joe@example.com" || c.From != "Joe <joe@example.com>" ||
		string(c.Message) != "From: x\r\n" || c.AuthservID != "mx.example" || len(c.Blocklists) != 1 || c.Blocklists[0].Zone != "own.example" {
		t.Errorf("%+v", c)
	}
	c, err = s.senderRequest(&mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", MailFrom: "<>", AuthservId: "mx.other", Blocklists: []string{"Other.Example."}})
	if err != nil || c.MailFrom != "" || c.AuthservID != "mx.other" || len(c.Blocklists) != 1 || c.Blocklists[0].Zone != "other.example" {
		t.Errorf("%+v, %v", c, err)
	}
	e, err := explainRequest(&mailassayv1.ExplainSMTPErrorRequest{
		Text: "550 no", SendingIp: "192.0.2.1", SenderDomain: "bücher.example", RecipientDomain: "Example.com", Helo: "[192.0.2.1]", SkipLiveChecks: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if e.Text != "550 no" || e.SendingIP != netip.MustParseAddr("192.0.2.1") || e.SenderDomain != "xn--bcher-kva.example" ||
		e.RecipientDomain != "example.com" || e.Helo != "[192.0.2.1]" || !e.SkipLive {
		t.Errorf("%+v", e)
	}
}

// TestWhatAClientSaysIsAnswered: SMTP clients send reverse-paths that are none, and
// their servers want an answer, not an error (RFC 7208 sections 2.4 and 4.3).
func TestWhatAClientSaysIsAnswered(t *testing.T) {
	s, err := New(Config{Resolver: dnstest.New(t, `d.example. TXT "v=spf1 exists:%{l}.%{o} -all"`+"\npostmaster.d.example. A 127.0.0.2")})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"@d.example": "pass", "<@d.example>": "pass", "d.example": "pass", "joe@d.example": "fail", "<@a.test:postmaster@d.example>": "pass",
		"joe@" + strings.Repeat("a", 64) + ".example": "none", "joe@d...example": "none", "joe@192.0.2.1": "none", "joe@[192.0.2.1]": "none",
		"a b@c d": "none", "joe@localhost": "none", "joe@b\u00fccher..example": "none", "joe@d.example/": "none", "": "pass", "<>": "pass",
	} {
		out, err := s.CheckSender(t.Context(), &mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.1", Helo: "d.example", MailFrom: path})
		if err != nil || out.GetSpf().GetResult() != want {
			t.Errorf("%q: %v, %v, not %s", path, out.GetSpf(), err, want)
		}
	}
}
