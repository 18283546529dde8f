package service

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// TestBrokenServersGiveAnAnswer runs every method through gRPC over a real name
// server that does one thing wrong. What cannot be learned is unknown, in time.
func TestBrokenServersGiveAnAnswer(t *testing.T) {
	for name, fault := range map[string]dnstest.Fault{
		"silent":         {Drop: true},
		"refuses":        {Rcode: 5},
		"fails":          {Rcode: 2},
		"other question": {WrongQuestion: true},
		"other id":       {WrongID: true},
		"truncates":      {Truncate: true, TruncateStreams: true},
		"garbage":        {Garbage: true},
		"cut off":        {Short: true},
		"lame":           {Lame: true},
		"loops":          {Refer: true},
		"hangs up":       {Truncate: true, CloseTCP: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dns := dnstest.Serve(t, typical, dnstest.Config{})
			dns.Always(fault)
			r := start(t, overDNS(stack(t, dns)))
			for _, request := range []proto.Message{
				&mailassayv1.CheckDomainRequest{Domain: "typical.example", SendingIps: []string{"8.8.8.8"}},
				&mailassayv1.CheckSenderRequest{ClientIp: "8.8.8.8", MailFrom: "joe@typical.example", HeaderFrom: "joe@typical.example"},
				&mailassayv1.ExplainSMTPErrorRequest{Text: "550 5.7.25 no PTR", SendingIp: "8.8.8.8"},
			} {
				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
				defer cancel()
				m, err := answer(ctx, client{rig: r}, request)
				if err != nil {
					t.Fatalf("%v: %v", request, err)
				}
				onlyUnknown(t, m)
				if sent := m.(interface{ GetStats() *mailassayv1.Stats }).GetStats().GetQueriesSent(); sent > 200 {
					t.Errorf("%d questions", sent)
				}
			}
		})
	}
}

// TestASenderAtTheLimitsIsEvaluated: ten mx terms of ten hosts each, for either
// identity, are the most that RFC 7208 section 4.6.4 allows.
func TestASenderAtTheLimitsIsEvaluated(t *testing.T) {
	var zone strings.Builder
	for _, name := range []string{"a.example", "b.example"} {
		fmt.Fprintf(&zone, "%s. IN TXT \"v=spf1", name)
		for i := range 10 {
			fmt.Fprintf(&zone, " mx:m%d.%s", i, name)
		}
		zone.WriteString(" -all\"\n")
		for i := range 100 {
			fmt.Fprintf(&zone, "m%d.%s. IN MX 10 h%d.%[2]s.\nh%[3]d.%[2]s. IN A 192.0.2.%[4]d\n", i/10, name, i, i+1)
		}
	}
	s, err := New(Config{Resolver: dnstest.New(t, zone.String())})
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.CheckSender(t.Context(), &mailassayv1.CheckSenderRequest{
		ClientIp: "192.0.2.100", MailFrom: "joe@a.example", Helo: "b.example", HeaderFrom: "joe@a.example",
	})
	if err != nil || out.GetSpf().GetResult() != "pass" || out.GetSpfHelo().GetResult() != "pass" {
		t.Errorf("%v: %v, %v", err, out.GetSpf().GetProblem(), out.GetSpfHelo().GetProblem())
	}
}

// TestHugeAndEndlessZonesAreBounded: answers of 64 kB, and aliases and includes
// that lead in a circle or ever on, come to an answer within every bound.
func TestHugeAndEndlessZonesAreBounded(t *testing.T) {
	zone := `
loop.example.        IN CNAME loop2.example.
loop2.example.       IN CNAME loop.example.
circle.example.      IN TXT "v=spf1 include:circle.example redirect=circle.example"
circle.example.      IN MX 0 loop.example.
_dmarc.circle.example. IN CNAME _dmarc.circle.example.
`
	for i := range 60 {
		zone += fmt.Sprintf("s%d.example. IN TXT \"v=spf1 include:s%d.example include:s%d.example -all\"\n", i, 2*i+1, 2*i+2)
		zone += fmt.Sprintf("many.example. IN MX %d mx%d.many.example.\nmx%d.many.example. IN A 8.8.8.%d\n", i, i, i, i)
		zone += fmt.Sprintf("8.8.8.8.in-addr.arpa. IN PTR p%d.many.example.\n", i)
	}
	dns := dnstest.Serve(t, zone, dnstest.Config{})
	r := start(t, overDNS(stack(t, dns)))
	for _, huge := range []bool{false, true} {
		dns.Always(dnstest.Fault{Huge: huge})
		for _, name := range []string{"loop.example", "circle.example", "s0.example", "many.example", fmt.Sprintf("huge%v.example", huge)} {
			for _, request := range []proto.Message{
				&mailassayv1.CheckDomainRequest{Domain: name, SendingIps: []string{"8.8.8.8"}, View: mailassayv1.View_VIEW_FRESH},
				&mailassayv1.CheckSenderRequest{ClientIp: "8.8.8.8", Helo: name, MailFrom: "joe@" + name, HeaderFrom: "joe@" + name},
				&mailassayv1.ExplainSMTPErrorRequest{Text: "550 SPF fail", SendingIp: "8.8.8.8", SenderDomain: name, RecipientDomain: name},
			} {
				ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
				m, err := answer(ctx, client{rig: r}, request)
				cancel()
				if err != nil {
					t.Fatalf("%v, huge %v: %v", request, huge, err)
				}
				stats := m.(interface{ GetStats() *mailassayv1.Stats }).GetStats()
				if stats.GetQueriesSent()+stats.GetCacheHits() > 200 || stats.GetElapsed().AsDuration() > 8*time.Second {
					t.Errorf("%v, huge %v: %v", request, huge, stats)
				}
				if n := proto.Size(m); n > maxResponse {
					t.Errorf("%v, huge %v: %d octets", request, huge, n)
				}
			}
		}
	}
}
