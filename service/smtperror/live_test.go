package smtperror_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/smtperror"
)

// ordinary makes the documentation ranges count as public.
var ordinary = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}

const world = `
; 192.0.2.1 is a mail server as it should be.
1.2.0.192.in-addr.arpa.  PTR mail.good.test.
mail.good.test.          A    192.0.2.1
mail.good.test.          AAAA 2001:db8::1
good.test.               SOA  ns.good.test. hostmaster.good.test. 1 7200 900 1209600 300
good.test.               MX   10 mail.good.test.
good.test.               TXT  "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all"
_dmarc.good.test.        TXT  "v=DMARC1; p=reject"
s1._domainkey.good.test. TXT  "v=DKIM1; p="
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.good.test.

; 192.0.2.2 has no name, 192.0.2.3 one that leads elsewhere, 192.0.2.4 a generic
; one, 192.0.2.5 cannot be looked up.
3.2.0.192.in-addr.arpa.  PTR mail.good.test.
4.2.0.192.in-addr.arpa.  PTR 192-0-2-4.dyn.isp.test.
192-0-2-4.dyn.isp.test.  A   192.0.2.4
;! fail 5.2.0.192.in-addr.arpa. PTR SERVFAIL

; none.test exists and has nothing, null.test takes no mail, dead.test does not
; answer, bare.test has a mail host and no policy.
none.test.    SOA ns.none.test. hostmaster.none.test. 1 7200 900 1209600 300
null.test.    SOA ns.null.test. hostmaster.null.test. 1 7200 900 1209600 300
null.test.    MX  0 .
;! fail dead.test. ANY SERVFAIL
bare.test.    MX  10 mail.good.test.
parked.test.  TXT "v=spf1 -all"
watch.test.   TXT "v=spf1 -all"
_dmarc.watch.test. TXT "v=DMARC1; p=none"
mute.test.    TXT "v=spf1 -all"
;! fail _dmarc.mute.test. TXT TIMEOUT
hollow.test.  MX  10 gone.hollow.test.
hollow.test.  SOA ns.hollow.test. hostmaster.hollow.test. 1 7200 900 1209600 300
twice.test.   TXT "v=spf1 -all"
twice.test.   TXT "v=spf1 mx -all"
deadspf.test. TXT "v=spf1 include:dead.test -all"
tls.test.     MX  10 mail.good.test.
tls.test.     SOA ns.tls.test. hostmaster.tls.test. 1 7200 900 1209600 300
_mta-sts.tls.test. TXT "v=STSv1; id=1;"

; A list that lists 192.0.2.2, and names.
2.2.0.192.dnsbl.list.test.  A   127.0.0.2
2.2.0.192.dnsbl.list.test.  TXT "sent spam"
9.2.0.192.dnsbl.list.test.  A   127.255.255.254
list.test.                  SOA ns.list.test. hostmaster.list.test. 1 7200 900 1209600 300
bare.test.uribl.list.test.  A   127.0.0.2
;! fail 8.2.0.192.dnsbl.list.test. A TIMEOUT
`

// liveCase is a text and what DNS says about it.
type liveCase struct {
	name     string
	text     string
	ip       string
	sender   string
	rcpt     string
	helo     string
	category smtperror.Category
	want     smtperror.Conclusion
	codes    string // that must be among the findings
	line     string // a record to paste
}

func (c liveCase) run(t *testing.T, dns *dnstest.Resolver) smtperror.Explanation {
	t.Helper()
	req := smtperror.Request{Text: c.text, SenderDomain: c.sender, RecipientDomain: c.rcpt, Helo: c.helo}
	if c.ip != "" {
		req.SendingIP = netip.MustParseAddr(c.ip)
	}
	return smtperror.Explain(context.Background(), smtperror.Sources{DNS: dns, Ordinary: ordinary}, req)
}

var liveCases = []liveCase{
	// The three refusals.
	{name: "no reverse DNS", text: "421 Reverse DNS for IP failed", ip: "192.0.2.2", helo: "mail.new.test", category: smtperror.PTRMissing, want: smtperror.Confirmed, codes: "SENDER_PTR_MISSING", line: "2.2.0.192.in-addr.arpa. IN PTR mail.new.test."},
	{name: "reverse DNS is there", text: "421 Reverse DNS for IP failed", ip: "192.0.2.1", category: smtperror.PTRMissing, want: smtperror.Refuted, codes: "SENDER_PTR_CONFIRMED"},
	{name: "reverse DNS unconfirmed", text: "554 Reverse DNS doesn't exist", ip: "192.0.2.3", category: smtperror.PTRMissing, want: smtperror.Confirmed, codes: "SENDER_PTR_UNCONFIRMED", line: "mail.good.test. IN A 192.0.2.3"},
	{name: "reverse DNS exists", text: "554 Reverse DNS doesn't exist", ip: "192.0.2.1", category: smtperror.PTRMissing, want: smtperror.Refuted, codes: "SENDER_PTR_CONFIRMED"},
	{name: "mailer domain without mail", text: "550 Suspect Invalid Mailer Domain - No A or MX Record", sender: "none.test", category: smtperror.SenderDomainNoMX, want: smtperror.Confirmed, codes: "SENDER_PATH_NO_MAIL"},
	{name: "mailer domain that does not exist", text: "550 Suspect Invalid Mailer Domain - No A or MX Record", sender: "absent.test", category: smtperror.SenderDomainNoMX, want: smtperror.Confirmed, codes: "SENDER_PATH_NOT_FOUND"},
	{name: "mailer domain with MX", text: "550 Suspect Invalid Mailer Domain - No A or MX Record", sender: "good.test", category: smtperror.SenderDomainNoMX, want: smtperror.Refuted},
	// Failure proves nothing.
	{name: "SERVFAIL for the PTR", text: "554 Reverse DNS doesn't exist", ip: "192.0.2.5", category: smtperror.PTRMissing, want: smtperror.Inconclusive, codes: "PTR_UNKNOWN"},
	{name: "SERVFAIL for the MX", text: "550 Suspect Invalid Mailer Domain - No A or MX Record", sender: "dead.test", category: smtperror.SenderDomainNoMX, want: smtperror.Inconclusive, codes: "MX_UNKNOWN"},
	{name: "SERVFAIL in an include", text: "550 5.7.24 SPF permerror: too many DNS lookups", sender: "deadspf.test", category: smtperror.SPFError, want: smtperror.Inconclusive, codes: "SPF_UNKNOWN"},
	{name: "SERVFAIL for the recipient", text: "550 5.1.2 Recipient domain not found", rcpt: "dead.test", category: smtperror.RecipientDomainUnroutable, want: smtperror.Inconclusive, codes: "MX_UNKNOWN"},
	{name: "time-out of the list", text: "554 5.7.1 client [192.0.2.8] blocked using dnsbl.list.test", category: smtperror.IPBlocklisted, want: smtperror.Inconclusive, codes: "BL_UNKNOWN"},
	// Addresses and names from the text.
	{name: "address in the text", text: "550 5.7.25 [192.0.2.2] has no PTR record", category: smtperror.PTRMissing, want: smtperror.Confirmed, codes: "SENDER_PTR_MISSING"},
	{name: "domain in the text", text: "450 4.1.8 <app@none.test>: Sender address rejected: Domain not found", category: smtperror.SenderDomainNotFound, want: smtperror.Confirmed, codes: "SENDER_PATH_NO_MAIL"},
	{name: "the caller knows better", text: "550 5.7.25 [192.0.2.2] has no PTR record", ip: "192.0.2.1", category: smtperror.PTRMissing, want: smtperror.Refuted},
	{name: "no address is known", text: "554 Reverse DNS doesn't exist", category: smtperror.PTRMissing, want: smtperror.NotChecked},
	{name: "a private address", text: "550 [10.1.2.3] has no PTR record", ip: "10.1.2.3", category: smtperror.PTRMissing, want: smtperror.NotChecked},
	// The other causes.
	{name: "PTR mismatch", text: "550 PTR record does not match", ip: "192.0.2.3", category: smtperror.PTRMismatch, want: smtperror.Confirmed, codes: "SENDER_PTR_UNCONFIRMED"},
	{name: "generic name", text: "550 5.7.1 Dynamic IP address, use your provider's smarthost", ip: "192.0.2.4", category: smtperror.PTRGeneric, want: smtperror.Confirmed, codes: "SENDER_PTR_GENERIC"},
	{name: "name of its own", text: "550 5.7.1 Dynamic IP address, use your provider's smarthost", ip: "192.0.2.1", category: smtperror.PTRGeneric, want: smtperror.Refuted},
	{name: "IPv6 without name", text: "550-5.7.1 [2001:db8::2] does not meet IPv6 sending guidelines regarding PTR records and authentication", category: smtperror.IPv6AuthRequired, want: smtperror.Confirmed, codes: "SENDER_PTR_MISSING"},
	{name: "IPv6 in order", text: "550-5.7.1 does not meet IPv6 sending guidelines regarding PTR records and authentication", ip: "2001:db8::1", sender: "good.test", category: smtperror.IPv6AuthRequired, want: smtperror.Refuted},
	{name: "HELO without address", text: "450 4.7.1 <void.good.test>: Helo command rejected: Host not found", ip: "192.0.2.1", category: smtperror.HELOInvalid, want: smtperror.Confirmed, codes: "SENDER_HELO_UNRESOLVABLE", line: "void.good.test. IN A 192.0.2.1"},
	{name: "HELO unqualified", text: "504 5.5.2 Helo command rejected: need fully-qualified hostname", ip: "192.0.2.1", helo: "mail", category: smtperror.HELOInvalid, want: smtperror.Confirmed, codes: "SENDER_HELO_NOT_QUALIFIED"},
	{name: "HELO in order", text: "550 HELO name is invalid", ip: "192.0.2.1", helo: "mail.good.test", category: smtperror.HELOInvalid, want: smtperror.Refuted, codes: "SENDER_HELO_CONFIRMED"},
	{name: "null MX", text: "550 5.7.27 Sender address has null MX", sender: "null.test", category: smtperror.SenderNullMX, want: smtperror.Confirmed, codes: "SENDER_PATH_NULL_MX"},
	{name: "no null MX", text: "550 5.7.27 Sender address has null MX", sender: "good.test", category: smtperror.SenderNullMX, want: smtperror.Refuted},
	{name: "SPF fail", text: "550 SPF check failed", ip: "192.0.2.2", sender: "good.test", category: smtperror.SPFFail, want: smtperror.Confirmed, codes: "SENDER_SPF_FAIL"},
	{name: "SPF none", text: "550 SPF check failed", ip: "192.0.2.1", sender: "bare.test", category: smtperror.SPFFail, want: smtperror.Confirmed, codes: "SENDER_SPF_NONE", line: `bare.test. IN TXT "v=spf1 ip4:192.0.2.1 ~all"`},
	{name: "SPF pass", text: "550 SPF check failed", ip: "192.0.2.1", sender: "good.test", category: smtperror.SPFFail, want: smtperror.Refuted, codes: "SENDER_SPF_PASS"},
	{name: "SPF fails, from where is not known", text: "550 SPF check failed", sender: "good.test", category: smtperror.SPFFail, want: smtperror.Inconclusive, codes: "SPF_VALID"},
	{name: "SPF none, wherever from", text: "550 SPF check failed", sender: "bare.test", category: smtperror.SPFFail, want: smtperror.Confirmed, codes: "SPF_MISSING"},
	{name: "SPF allows nobody", text: "550 SPF check failed", sender: "parked.test", category: smtperror.SPFFail, want: smtperror.Confirmed, codes: "SPF_PARKED"},
	{name: "SPF cannot be looked up", text: "550 SPF check failed", sender: "dead.test", category: smtperror.SPFFail, want: smtperror.Inconclusive, codes: "SPF_UNKNOWN"},
	{name: "nothing passes, wherever from", text: "550 5.7.26 This mail is unauthenticated: neither SPF nor DKIM passed", sender: "bare.test", category: smtperror.AuthMissing, want: smtperror.Confirmed, codes: "SPF_MISSING"},
	{name: "SPF may pass", text: "550 5.7.26 This mail is unauthenticated: neither SPF nor DKIM passed", sender: "good.test", category: smtperror.AuthMissing, want: smtperror.Inconclusive, codes: "SPF_VALID"},
	{name: "DMARC enforced, from where is not known", text: "550 5.7.1 rejected by DMARC policy", sender: "good.test", category: smtperror.DMARCFail, want: smtperror.Inconclusive, codes: "DMARC_ENFORCED"},
	{name: "DMARC asks for nothing", text: "550 5.7.1 rejected by DMARC policy", sender: "watch.test", category: smtperror.DMARCFail, want: smtperror.Refuted},
	{name: "DMARC is not there", text: "550 5.7.1 rejected by DMARC policy", sender: "bare.test", category: smtperror.DMARCFail, want: smtperror.Refuted, codes: "DMARC_MISSING"},
	{name: "DMARC cannot be looked up", text: "550 5.7.1 rejected by DMARC policy", sender: "mute.test", category: smtperror.DMARCFail, want: smtperror.Inconclusive, codes: "DMARC_UNKNOWN"},
	{name: "SPF twice", text: "550 5.7.24 SPF PermError: multiple SPF records", sender: "twice.test", category: smtperror.SPFError, want: smtperror.Confirmed, codes: "SPF_MULTIPLE_RECORDS"},
	{name: "SPF in order", text: "550 5.7.24 SPF PermError: multiple SPF records", sender: "good.test", category: smtperror.SPFError, want: smtperror.Refuted, codes: "SPF_VALID"},
	{name: "DKIM key revoked", text: "550 5.7.20 DKIM signature invalid (d=good.test s=s1)", category: smtperror.DKIMFail, want: smtperror.Confirmed, codes: "DKIM_KEY_REVOKED"},
	{name: "DKIM without selector", text: "550 5.7.20 DKIM signature invalid", sender: "good.test", category: smtperror.DKIMFail, want: smtperror.NotChecked},
	{name: "DMARC enforced", text: "550 5.7.1 rejected by DMARC policy", ip: "192.0.2.2", sender: "good.test", category: smtperror.DMARCFail, want: smtperror.Confirmed, codes: "SENDER_DMARC_REJECT"},
	{name: "DMARC passes", text: "550 5.7.1 rejected by DMARC policy", ip: "192.0.2.1", sender: "good.test", category: smtperror.DMARCFail, want: smtperror.Refuted, codes: "SENDER_DMARC_PASS"},
	{name: "DMARC missing", text: "550 The sending domain has no DMARC record", sender: "bare.test", category: smtperror.DMARCMissing, want: smtperror.Confirmed, codes: "SENDER_DMARC_NONE", line: `_dmarc.bare.test. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@bare.test"`},
	{name: "DMARC there", text: "550 The sending domain has no DMARC record", sender: "good.test", category: smtperror.DMARCMissing, want: smtperror.Refuted},
	{name: "nothing passes", text: "550 5.7.26 This mail is unauthenticated: neither SPF nor DKIM passed", ip: "192.0.2.2", sender: "good.test", category: smtperror.AuthMissing, want: smtperror.Confirmed, codes: "SENDER_SPF_FAIL"},
	{name: "SPF passes", text: "550 5.7.26 This mail is unauthenticated: neither SPF nor DKIM passed", ip: "192.0.2.1", sender: "good.test", category: smtperror.AuthMissing, want: smtperror.Refuted},
	{name: "on the list", text: "554 5.7.1 client [192.0.2.2] blocked using dnsbl.list.test", category: smtperror.IPBlocklisted, want: smtperror.Confirmed, codes: "SENDER_LISTED"},
	{name: "not on the list", text: "554 5.7.1 client [192.0.2.1] blocked using dnsbl.list.test", category: smtperror.IPBlocklisted, want: smtperror.Refuted, codes: "SENDER_NOT_LISTED"},
	{name: "the list refuses us", text: "554 5.7.1 client [192.0.2.9] blocked using dnsbl.list.test", category: smtperror.IPBlocklisted, want: smtperror.Inconclusive, codes: "SENDER_LIST_UNUSABLE"},
	{name: "a list of a private network", text: "554 5.7.1 client [192.0.2.1] blocked using dnsbl.list.internal", category: smtperror.IPBlocklisted, want: smtperror.NotChecked},
	{name: "a domain on a list", text: "550 5.7.1 Sender domain listed at uribl.list.test", sender: "bare.test", category: smtperror.DomainBlocklisted, want: smtperror.Confirmed, codes: "SENDER_LISTED"},
	{name: "the receiver's query was refused", text: "554 5.7.1 client [192.0.2.1] blocked using dnsbl.list.test; Error: open resolver", category: smtperror.DNSBLQueryRefused, want: smtperror.Confirmed, codes: "SENDER_NOT_LISTED"},
	{name: "listed all the same", text: "554 5.7.1 client [192.0.2.2] blocked using dnsbl.list.test; Error: open resolver", category: smtperror.DNSBLQueryRefused, want: smtperror.Refuted, codes: "SENDER_LISTED"},
	{name: "recipient does not exist", text: "550 5.1.2 Recipient domain not found", rcpt: "absent.test", category: smtperror.RecipientDomainUnroutable, want: smtperror.Confirmed, codes: "NS_DOMAIN_NOT_FOUND"},
	{name: "recipient has nothing", text: "550 5.1.2 Recipient domain not found", rcpt: "none.test", category: smtperror.RecipientDomainUnroutable, want: smtperror.Confirmed, codes: "MX_NONE"},
	{name: "recipient takes no mail", text: "556 5.1.10 Recipient domain has a null MX", rcpt: "null.test", category: smtperror.RecipientDomainUnroutable, want: smtperror.Confirmed, codes: "MX_NULL"},
	{name: "recipient's host is gone", text: "550 5.1.2 Recipient domain not found", rcpt: "hollow.test", category: smtperror.RecipientDomainUnroutable, want: smtperror.Confirmed, codes: "MX_ALL_UNRESOLVABLE"},
	{name: "recipient in order", text: "550 5.1.2 Recipient domain not found", rcpt: "good.test", category: smtperror.RecipientDomainUnroutable, want: smtperror.Refuted},
	{name: "servers fail", text: "451 4.4.3 DNS lookup failed temporarily, try again later", rcpt: "dead.test", category: smtperror.DNSTemporaryFailure, want: smtperror.Confirmed, codes: "MX_UNKNOWN"},
	{name: "servers answer", text: "451 4.4.3 DNS lookup failed temporarily, try again later", rcpt: "good.test", category: smtperror.DNSTemporaryFailure, want: smtperror.Refuted},
	{name: "no policy for TLS", text: "451 4.4.8 MX hosts failed MTA-STS validation", rcpt: "good.test", category: smtperror.DANEMTASTSFailed, want: smtperror.Refuted},
	{name: "a policy for TLS", text: "451 4.4.8 MX hosts failed MTA-STS validation", rcpt: "tls.test", category: smtperror.DANEMTASTSFailed, want: smtperror.Inconclusive},
	{name: "no matter of DNS", text: "552 5.2.2 Mailbox full", ip: "192.0.2.2", sender: "none.test", category: smtperror.MailboxFull, want: smtperror.NotChecked},
	{name: "leads", text: "550 5.7.1 Your IP has a poor reputation", ip: "192.0.2.2", category: smtperror.IPReputation, want: smtperror.NotChecked, codes: "SENDER_PTR_MISSING"},
}

func TestDNSConfirmsRefutesOrLeavesOpen(t *testing.T) {
	for _, c := range liveCases {
		t.Run(c.name, func(t *testing.T) {
			dns := dnstest.New(t, world)
			e := c.run(t, dns)
			if e.Category != c.category {
				t.Fatalf("category %s, want %s", e.Category, c.category)
			}
			if e.Live.Conclusion != c.want {
				t.Errorf("%s (%s), want %s; findings %v", e.Live.Conclusion, e.Live.Note, c.want, codes(e.Live.Findings))
			}
			if e.Live.Note == "" {
				t.Error("no note")
			}
			if again := strings.HasPrefix(e.Retry, "Send again now"); again != (c.want == smtperror.Refuted) || again != strings.HasPrefix(e.Steps[0], "Send again first") {
				t.Errorf("retry %q, first step %q", e.Retry, e.Steps[0])
			}
			for code := range strings.FieldsSeq(c.codes) {
				if !slices.Contains(codes(e.Live.Findings), code) {
					t.Errorf("findings %v lack %s", codes(e.Live.Findings), code)
				}
			}
			if c.line != "" && !slices.Contains(lines(e.Live.Findings), c.line) {
				t.Errorf("records to paste %q lack %q", lines(e.Live.Findings), c.line)
			}
			if e.Live.Asked > 20 || len(dns.Asked()) > 20 {
				t.Errorf("asked %d questions", len(dns.Asked()))
			}
			if c.want == smtperror.NotChecked && c.codes == "" && len(dns.Asked()) > 0 {
				t.Errorf("asked %v for what it does not check", dns.Asked())
			}
		})
	}
}

func codes(list []finding.Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Code)
	}
	return out
}

func lines(list []finding.Finding) []string {
	var out []string
	for _, f := range list {
		for _, c := range f.Changes {
			out = append(out, c.ZoneLine())
		}
	}
	return out
}

// TestFailureOfDNSDecidesNothing makes every question fail, in every way.
func TestFailureOfDNSDecidesNothing(t *testing.T) {
	for _, kind := range []resolver.Kind{resolver.Timeout, resolver.ServerFailure, resolver.Refused, resolver.Bogus, resolver.OverBudget, resolver.Unreachable, resolver.Overloaded} {
		for _, c := range liveCases {
			dns := dnstest.New(t, world)
			dns.Fail(func(resolver.Question) resolver.Kind { return kind })
			e := c.run(t, dns)
			if asked := len(dns.Asked()) > 0; asked && c.want != smtperror.NotChecked && e.Live.Conclusion != smtperror.Inconclusive && !strings.HasPrefix(c.codes, "SENDER_HELO_NOT") {
				t.Errorf("%s with %s: %s (%s)", c.name, kind, e.Live.Conclusion, e.Live.Note)
			}
		}
	}
}

// TestOurOwnTroubleConfirmsNothing: a spent budget is not the failure of somebody's
// name servers.
func TestOurOwnTroubleConfirmsNothing(t *testing.T) {
	for _, kind := range []resolver.Kind{resolver.OverBudget, resolver.Overloaded, resolver.Unreachable, resolver.Canceled} {
		dns := dnstest.New(t, world)
		dns.Fail(func(q resolver.Question) resolver.Kind {
			if q.Name == "." {
				return 0
			}
			return kind
		})
		e := liveCase{text: "451 4.4.3 DNS lookup failed temporarily, try again later", rcpt: "good.test"}.run(t, dns)
		if e.Live.Conclusion != smtperror.Inconclusive {
			t.Errorf("%s: %s (%s)", kind, e.Live.Conclusion, e.Live.Note)
		}
	}
}

func TestSkipLiveAsksNothing(t *testing.T) {
	dns := dnstest.New(t, world)
	e := smtperror.Explain(context.Background(), smtperror.Sources{DNS: dns, Ordinary: ordinary}, smtperror.Request{
		Text: "421 Reverse DNS for IP failed", SendingIP: netip.MustParseAddr("192.0.2.2"), SkipLive: true,
	})
	if e.Live.Conclusion != smtperror.NotChecked || len(dns.Asked()) > 0 {
		t.Errorf("%s after %v", e.Live.Conclusion, dns.Asked())
	}
}

// TestSpecialAddressesAreNotAsked: without Ordinary the documentation ranges are
// as special as the private ones.
func TestSpecialAddressesAreNotAsked(t *testing.T) {
	for _, ip := range []string{"192.0.2.2", "10.0.0.1", "127.0.0.1", "::1", "fd00::1", "169.254.1.1", "100.64.0.1", "2001:db8::2"} {
		dns := dnstest.New(t, world)
		e := smtperror.Explain(context.Background(), smtperror.Sources{DNS: dns}, smtperror.Request{Text: "421 Reverse DNS for IP failed", SendingIP: netip.MustParseAddr(ip)})
		if e.Live.Conclusion != smtperror.NotChecked || len(dns.Asked()) > 0 {
			t.Errorf("%s: %s after %v", ip, e.Live.Conclusion, dns.Asked())
		}
	}
}
