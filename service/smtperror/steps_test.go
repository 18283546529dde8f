package smtperror

import (
	"context"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStepsAreFilled: whatever is known and whoever refused, no mark and no place
// holder is left, and no step is told twice.
func TestStepsAreFilled(t *testing.T) {
	left := regexp.MustCompile(`\{[a-z]+\}|^\[|^door|^page|  |\s$`)
	var providers []string
	for _, d := range doors {
		providers = append(providers, strings.Fields(d.providers)...)
	}
	addresses := []netip.Addr{{}, netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}
	lists := []string{"", "zen.spamhaus.org", "dnsbl.sorbs.net", "bl.example.org"}
	for c, a := range advices {
		for i := range 16 {
			for _, ip := range addresses {
				k := known{category: c, ip: ip, list: lists[i%len(lists)]}
				if i&1 != 0 {
					k.sender, k.helo = "example.org", "mail.example.org"
				}
				if i&2 != 0 {
					k.recipient, k.host = "example.net", "mx.example.net"
				}
				steps := k.steps(a, providers[i*7%len(providers)])
				if len(steps) == 0 {
					t.Errorf("%s of %+v: no step", c, k)
				}
				for j, s := range steps {
					if left.MatchString(s) || slices.Contains(steps[:j], s) {
						t.Errorf("%s of %+v: step %q", c, k, s)
					}
				}
			}
		}
	}
}

// TestDoorsAndPagesCanBeOpened: a door without a link or an address helps nobody.
func TestDoorsAndPagesCanBeOpened(t *testing.T) {
	link := regexp.MustCompile(`https?://[^\s;,()]+|\S+@\S+\.\S+|delete-suppressed|DELETE to|Mimecast administrator`)
	fill := known{ip: netip.MustParseAddr("192.0.2.1"), sender: "example.org"}.replacer()
	var steps []string
	for _, d := range doors {
		steps = append(steps, d.step)
		for _, c := range d.causes {
			if !slices.ContainsFunc(advices[c].steps, func(s string) bool { return strings.Contains(s, doorMark) }) {
				t.Errorf("%s: advice for %s has no place for a door", d.providers, c)
			}
		}
	}
	for _, p := range listPages {
		if !p.closed {
			steps = append(steps, p.step)
		}
		if got := pageOf("any." + p.site); got.step != p.step {
			t.Errorf("%s leads to %q", p.site, got.step)
		}
	}
	for _, s := range steps {
		at := link.FindString(fill.Replace(s))
		if at == "" {
			t.Errorf("%q names nothing to open", s)
		}
		if u, err := url.Parse(strings.TrimRight(at, ".")); strings.HasPrefix(at, "http") && (err != nil || !strings.Contains(u.Host, ".")) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

var stepCases = []struct {
	text string
	req  Request
	want []string // each in one of the steps
	not  string   // in none
}{
	{
		text: "550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]", req: Request{Helo: "mail.example.org"},
		want: []string{`"7.2.0.192.in-addr.arpa. IN PTR mail.example.org."`, `"mail.example.org. IN A 192.0.2.7"`, `"dig +short -x 192.0.2.7"`},
	},
	{
		text: "550-5.7.1 [2001:db8::7] Our system has detected that this message does not meet IPv6 sending guidelines regarding PTR records and authentication. 550 5.7.1 gsmtp", req: Request{SenderDomain: "example.org"},
		want: []string{"ip6:2001:db8::7", "ip6.arpa.", "inet_protocols = ipv4"},
	},
	{
		text: "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
		want: []string{"https://olcsupport.office.com/"},
	},
	{
		text: "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", req: Request{},
		want: []string{"https://check.spamhaus.org/query/ip/192.0.2.7", "before you ask for removal"},
	},
	{
		text: "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using dnsbl.sorbs.net",
		want: []string{"closed in June 2024"}, not: "before you ask for removal",
	},
	{
		text: "550 5.7.23 The message was rejected because of Sender Policy Framework violation -> SPF fail: domain example.org does not allow 192.0.2.7",
		req:  Request{SenderDomain: "example.org"}, want: []string{"ip4:192.0.2.7", `"dig +short example.org TXT"`},
	},
	{
		text: "550 5.7.26 This mail has been blocked because the sender is unauthenticated: the domain example.org has no DMARC record.",
		want: []string{`_dmarc.example.org. IN TXT "v=DMARC1; p=none`},
	},
	{
		text: "554 5.7.1 <user@example.net>: Relay access denied",
		want: []string{`"dig +short example.net MX"`, "mynetworks"},
	},
	{
		text: "connect to mx.example.net[192.0.2.9]:25: Connection timed out",
		want: []string{`"nc -vz mx.example.net 25"`},
	},
	{
		text: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
		want: []string{"https://aka.ms/smtp_auth_disabled"},
	},
	{
		text: "554 IP=192.0.2.7 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)",
		want: []string{"tosa@rx.t-online.de"},
	},
}

// TestStepsNameRecordsCommandsAndPages, as a postmaster can paste them.
func TestStepsNameRecordsCommandsAndPages(t *testing.T) {
	for _, x := range stepCases {
		e := Explain(context.Background(), Sources{}, Request{Text: x.text, Helo: x.req.Helo, SenderDomain: x.req.SenderDomain})
		all := strings.Join(e.Steps, "\n")
		for _, w := range x.want {
			if !strings.Contains(all, w) {
				t.Errorf("%s: %s: %q is not among\n%s", x.text, e.Category, w, all)
			}
		}
		if x.not != "" && strings.Contains(all, x.not) {
			t.Errorf("%s: %q is among\n%s", x.text, x.not, all)
		}
	}
}
