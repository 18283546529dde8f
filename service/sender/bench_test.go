package sender_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/sender"
)

// large is a sender with five includes on two levels and sixty addresses, DMARC
// and confirmed reverse DNS.
func large() string {
	var b strings.Builder
	b.WriteString(`
9.100.51.198.in-addr.arpa. PTR mail.big.test.
mail.big.test.   A   198.51.100.9
big.test.        MX  10 mail.big.test.
big.test.        TXT "v=spf1 include:a.big.test include:b.big.test include:c.big.test -all"
_dmarc.big.test. TXT "v=DMARC1; p=reject; rua=mailto:d@big.test"
`)
	for i, name := range []string{"a", "b", "c", "d", "e"} {
		var terms []string
		for j := range 12 {
			terms = append(terms, fmt.Sprintf("ip4:198.51.%d.%d", 101+i, j))
		}
		if name == "b" {
			terms = append(terms, "include:d.big.test")
		}
		if name == "c" {
			terms = append(terms, "include:e.big.test")
		}
		if name == "e" {
			terms[11] = "ip4:198.51.100.9"
		}
		fmt.Fprintf(&b, "%s.big.test. TXT \"v=spf1 %s\" \" %s -all\"\n", name, strings.Join(terms[:6], " "), strings.Join(terms[6:], " "))
	}
	return b.String()
}

var largeRequest = sender.Request{
	Client: netip.MustParseAddr("198.51.100.9"), Helo: "mail.big.test", MailFrom: "news@big.test", From: "News <news@big.test>", AuthservID: "mx.example.net",
}

func BenchmarkCheckWarm(b *testing.B) {
	shared := resolver.Share(dnstest.New(b, large()), resolver.Sharing{})
	src := sender.Sources{Ordinary: ordinary}
	b.ReportAllocs()
	before := cpu()
	for b.Loop() {
		src.DNS = resolver.NewRequest(shared, resolver.Budget{Questions: 100}, false)
		if r := sender.Check(context.Background(), src, largeRequest, sender.Policy{}); r.Verdict.Action != sender.Accept || len(r.Findings) != 4 {
			b.Fatal(r.Verdict, codes(r))
		}
	}
	b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
}

// cpu is the processor time of the process in nanoseconds: on a machine that does
// other things, too, it says more than the clock.
func cpu() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
