package smtperror_test

import (
	"context"
	"slices"
	"testing"

	"github.com/mailassay/mailassay/service/smtperror"
)

func explain(text string) smtperror.Explanation {
	return smtperror.Explain(context.Background(), smtperror.Sources{}, smtperror.Request{Text: text})
}

// TestTheBlamedAddressIsNotTheReceivers: point 8 of what tools get wrong.
func TestTheBlamedAddressIsNotTheReceivers(t *testing.T) {
	for text, want := range map[string]string{
		"host mx.rcpt.test[192.0.2.25] said: 550 5.7.1 no PTR record":                                                                    "",
		"host mx.rcpt.test[192.0.2.25] said: 550 5.7.1 [198.51.100.7] has no PTR record":                                                 "198.51.100.7",
		"to=<a@b.test>, relay=mx.rcpt.test[192.0.2.25]:25, status=bounced (host mx.rcpt.test[192.0.2.25] said: 550 5.7.1 no PTR record)": "",
		"Connected to 192.0.2.25 but sender was rejected. Remote host said: 550 no PTR record for 198.51.100.7":                          "198.51.100.7",
		"192.0.2.25 does not like recipient.\nRemote host said: 550 no PTR record\nGiving up on 192.0.2.25.":                             "",
		"550 blocked using zen.spamhaus.org; Error: open resolver; https://www.spamhaus.org/returnc/pub/192.0.2.53":                      "",
		"554 refused, see http://uribl.com/refused.shtml [Your DNS IP: 192.0.2.53]":                                                      "",
		"550 blocked, see https://www.spamhaus.org/query/ip/198.51.100.7":                                                                "198.51.100.7",
		"550 no PTR record, see http://postmaster.rcpt.test/?ip=198.51.100.7&c=rdns":                                                     "198.51.100.7",
		"421 4.7.0 [TSS04] Messages temporarily deferred due to user complaints - 4.16.55.1; see https://postmaster.yahooinc.com":        "",
		"550 5.7.1 Fix reverse DNS for 10.0.8.8":                                                                                         "",
		"550 5.7.1 reverse DNS of 127.0.0.1 is bad":                                                                                      "",
		"550 no reverse DNS for [IPv6:2001:db8::7]":                                                                                      "2001:db8::7",
		"550 no reverse DNS for $(_ipsrc) or <ip> or x.x.x.x or {IP}":                                                                    "",
		"NOQUEUE: reject: RCPT from unknown[198.51.100.7]: 450 4.7.1 Client host rejected: cannot find your hostname, [198.51.100.7]":    "198.51.100.7",
		"550 5.7.1 refused, see http://www.openspf.net/Why?s=mfrom;id=a@sender.test;ip=198.51.100.7;r=mx":                                "198.51.100.7",
	} {
		got := ""
		if ips := explain(text).Extracted.IPs; len(ips) > 0 {
			got = ips[0].String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTheBlamedDomain(t *testing.T) {
	for text, want := range map[string]string{
		"450 4.1.8 <a@web1.sender.test>: Sender address rejected: Domain not found":                                                    "web1.sender.test",
		"550 5.7.1 SPF: 198.51.100.7 is not allowed to send mail from sender.test":                                                     "sender.test",
		"host mx.rcpt.test[192.0.2.25] said: 550 SPF check failed for domain sender.test":                                              "sender.test",
		"550 5.1.1 <a@rcpt.test>: User unknown":                                                                                        "",
		"504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname":                                                  "",
		"450 4.7.1 <box.sender.test>: Helo command rejected: Host not found":                                                           "box.sender.test",
		"host mx.rcpt.test[192.0.2.25] SMTP error from remote mail server after MAIL FROM:<a@sender.test>: 550 unknown domain":         "",
		"550 5.1.2 Host or domain name not found. Name service error for name=rcpt.test type=MX: Host not found":                       "rcpt.test",
		"550 5.7.1 Unauthenticated email from sender.test is not accepted due to domain's DMARC policy":                                "sender.test",
		"550 5.7.1 rejected.Please see our pages":                                                                                      "",
		"550 5.7.1 Your message is refused due to the DMARC policy of sender.test [AM0EUR02FT0.eop-EUR02.prod.protection.outlook.com]": "sender.test",
		"550 5.7.1 refused by SPF, see http://www.openspf.net/Why?s=mfrom;id=a%40sender.test;ip=198.51.100.7;r=mx":                     "sender.test",
		"501 5.1.8 <a@mail.localdomain>: Sender address rejected: Domain not found":                                                    "mail.localdomain",
		"550 5.7.1 SPF check failed for srv.lan":                                                                                       "",
	} {
		got := ""
		if list := explain(text).Extracted.Domains; len(list) > 0 {
			got = list[0]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestListsAndLinks(t *testing.T) {
	e := explain("554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using rbl.local-list.example; see (http://local-list.example/why?ip=198.51.100.7), and <https://mx.rcpt.test/help>.")
	if e.Extracted.Blocklist != "rbl.local-list.example" {
		t.Errorf("list %q", e.Extracted.Blocklist)
	}
	if want := []string{"http://local-list.example/why?ip=198.51.100.7", "https://mx.rcpt.test/help"}; !slices.Equal(e.Extracted.URLs, want) {
		t.Errorf("links %q", e.Extracted.URLs)
	}
	if got := explain("550 Your address is listed by Spamhaus").Extracted.Blocklist; got != "Spamhaus" {
		t.Errorf("list %q", got)
	}
}

// TestExtractionIsBounded: nobody gets a thousand addresses back.
func TestExtractionIsBounded(t *testing.T) {
	text := "550 5.7.1 no PTR record for"
	for i := range 3000 {
		text += " 198.51." + string(rune('0'+i%10)) + ".7 http://x" + string(rune('a'+i%26)) + ".test/" + string(rune('a'+i/26%26)) + " d" + string(rune('a'+i%26)) + ".test"
	}
	x := explain(text).Extracted
	if len(x.IPs) > 8 || len(x.Domains) > 8 || len(x.URLs) > 8 {
		t.Errorf("%d addresses, %d domains, %d links", len(x.IPs), len(x.Domains), len(x.URLs))
	}
}
