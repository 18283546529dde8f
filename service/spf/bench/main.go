// Command spf measures the SPF evaluation of mailassay beside that of
// blitiri.com.ar/go/spf, in one run on the same records: warm, from answers in
// memory, and cold, with 20 ms for each question. Machines drift: only the ratios
// say something.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"text/tabwriter"
	"time"

	other "blitiri.com.ar/go/spf"

	"github.com/mailassay/mailassay/service/spf"
)

// rounds is how often each side is measured, in turns; the median counts.
const rounds = 7

func main() {
	testing.Init()
	if err := flag.Set("test.benchtime", "100ms"); err != nil {
		log.Fatal(err)
	}
	records := nested()
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Println("SPF from warm facts: 5 includes on 2 levels, 60 networks")
	fmt.Fprintln(out, "client\tmailassay ns\tallocs\tblitiri ns\tallocs\tratio\t")
	warm := warmed(records)
	for _, c := range []struct{ name, client, want string }{
		{"in the first term", "198.18.0.1", "pass"},
		{"in the last term", "198.18.59.1", "pass"},
		{"in none", "203.0.113.1", "fail"},
	} {
		addr, ip := netip.MustParseAddr(c.client), net.ParseIP(c.client)
		ours := func() string { return string(spf.Check(context.Background(), warm, query(addr)).Result) }
		theirs := func() string { return check(records, 0, ip) }
		a, b := measure(ours, theirs, c.want)
		fmt.Fprintf(out, "%s\t%.0f\t%d\t%.0f\t%d\t%.1f\t\n", c.name, a.ns, a.allocs, b.ns, b.allocs, b.ns/a.ns)
	}
	out.Flush()

	const delay = 20 * time.Millisecond
	fmt.Printf("\nSPF from cold facts, %v a question; the records are 3 round trips deep\n", delay)
	fmt.Fprintln(out, "client\tmailassay round trips\tblitiri round trips\t")
	for _, client := range []string{"198.18.59.1", "203.0.113.1"} {
		ours := lasts(func() { spf.Check(context.Background(), slow(records, delay), query(netip.MustParseAddr(client))) })
		theirs := lasts(func() { check(records, delay, net.ParseIP(client)) })
		fmt.Fprintf(out, "%s\t%.2f\t%.2f\t\n", client, float64(ours)/float64(delay), float64(theirs)/float64(delay))
	}
	out.Flush()
}

func query(client netip.Addr) spf.Query {
	return spf.Query{Client: client, Helo: "mx.example.com", Sender: "user@example.com"}
}

// check is one check of the other library.
func check(records zone, delay time.Duration, client net.IP) string {
	r, _ := other.CheckHostWithSender(client, "mx.example.com", "user@example.com", other.WithResolver(names{records, delay}))
	return string(r)
}

type cost struct {
	ns     float64
	allocs int64
}

// measure runs two functions in turns and takes the median of each.
func measure(a, b func() string, want string) (x, y cost) {
	var as, bs []cost
	for range rounds {
		as, bs = append(as, once(a, want)), append(bs, once(b, want))
	}
	return median(as), median(bs)
}

func once(f func() string, want string) cost {
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if got := f(); got != want {
				b.Fatal(got)
			}
		}
	})
	return cost{float64(r.T) / float64(r.N), r.AllocsPerOp()}
}

func median(list []cost) cost {
	slices.SortFunc(list, func(a, b cost) int { return int(a.ns - b.ns) })
	return list[len(list)/2]
}

// lasts is the shortest time of a few runs: what is longer waited for the machine.
func lasts(f func()) time.Duration {
	least := time.Duration(1<<63 - 1)
	for range rounds {
		start := time.Now()
		f()
		least = min(least, time.Since(start))
	}
	return least
}
