package resolver_test

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// TestColdThroughputBesideDnsperf asks a recursive server names that it does not
// know, by turns through the resolver and through dnsperf, with as many questions in
// flight, and prints the ratio. It needs MAILASSAY_UNBOUND, the server, and
// MAILASSAY_QUERIES, a file of names in dnsperf's form of which none has been asked.
// MAILASSAY_IN_FLIGHT is 100 unless set.
func TestColdThroughputBesideDnsperf(t *testing.T) {
	at, file := os.Getenv("MAILASSAY_UNBOUND"), os.Getenv("MAILASSAY_QUERIES")
	if at == "" || file == "" {
		t.Skip("MAILASSAY_UNBOUND and MAILASSAY_QUERIES are not set: no recursive server to measure with")
	}
	dnsperf, err := exec.LookPath("dnsperf")
	if err != nil {
		t.Skip("dnsperf is not installed")
	}
	inFlight, err := strconv.Atoi(os.Getenv("MAILASSAY_IN_FLIGHT"))
	if err != nil {
		inFlight = 100
	}
	server, err := resolver.ParseServer(at)
	if err != nil {
		t.Fatal(err)
	}
	const size, rounds = 1500, 20
	lines := readLines(t, file, size*(2*rounds+2))
	var ours, theirs, ratio, cpu []float64
	for chunk := range slices.Chunk(lines, 2*size) {
		if len(chunk) < 2*size {
			break
		}
		a := perf(t, dnsperf, server.Addr, inFlight, chunk[:size])
		b, each := askAll(t, server, inFlight, chunk[size:])
		theirs, ours, ratio, cpu = append(theirs, a), append(ours, b), append(ratio, b/a), append(cpu, each)
	}
	if len(ours) < 3 {
		t.Fatalf("%d lines are too few", len(lines))
	}
	// The first round warms the server's view of the zones.
	t.Logf("%d in flight, %d rounds of %d cold questions, medians: dnsperf %.0f/s, resolver %.0f/s, %.1f us CPU each, ratio of a round %.2f",
		inFlight, len(ours)-1, size, median(theirs[1:]), median(ours[1:]), median(cpu[1:]), median(ratio[1:]))
}

func readLines(t *testing.T, file string, most int) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	seen := map[string]bool{}
	for s := bufio.NewScanner(f); s.Scan() && len(lines) < most; {
		if l := s.Text(); !seen[l] {
			seen[l] = true
			lines = append(lines, l)
		}
	}
	return lines
}

var perSecond = regexp.MustCompile(`Queries per second:\s+([0-9.]+)`)

// perf is the questions a second of dnsperf.
func perf(t *testing.T, dnsperf string, server netip.AddrPort, inFlight int, lines []string) float64 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "queries")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(dnsperf, "-s", server.Addr().String(), "-p", fmt.Sprint(server.Port()), "-d", file, "-q", fmt.Sprint(inFlight)).Output()
	m := perSecond.FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("dnsperf: %v\n%s", err, out)
	}
	rate, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return rate
}

// askAll is the questions a second of the whole stack of the resolver, and the CPU
// time of each in microseconds.
func askAll(t *testing.T, server resolver.Server, inFlight int, lines []string) (rate, cpu float64) {
	t.Helper()
	u, err := resolver.NewUpstream(resolver.UpstreamConfig{Servers: []resolver.Server{server}})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	shared := resolver.Share(u, resolver.Sharing{InFlight: inFlight})
	types := map[string]resolver.Type{"A": resolver.TypeA, "AAAA": resolver.TypeAAAA, "MX": resolver.TypeMX, "TXT": resolver.TypeTXT}
	var next, failed atomic.Int64
	before, start := spent(), time.Now()
	var wg sync.WaitGroup
	for range inFlight {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(lines)); i = next.Add(1) - 1 {
				name, typ, _ := strings.Cut(lines[i], " ")
				if _, err := shared.Resolve(t.Context(), resolver.Ask(name, types[typ])); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	if n := failed.Load(); n > int64(len(lines)/100) {
		t.Errorf("%d of %d questions failed", n, len(lines))
	}
	return float64(len(lines)) / elapsed.Seconds(), float64((spent() - before).Microseconds()) / float64(len(lines))
}

// spent is the CPU time of the process.
func spent() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// BenchmarkUpstream asks a recursive server what it has in its cache, with 100
// questions in flight. It needs MAILASSAY_UNBOUND and a question, MAILASSAY_NAME.
func BenchmarkUpstream(b *testing.B) {
	at, name := os.Getenv("MAILASSAY_UNBOUND"), os.Getenv("MAILASSAY_NAME")
	if at == "" || name == "" {
		b.Skip("MAILASSAY_UNBOUND and MAILASSAY_NAME are not set: no recursive server to measure with")
	}
	for _, way := range []string{"", "udp://", "tcp://"} {
		b.Run("way="+way, func(b *testing.B) {
			server, err := resolver.ParseServer(way + at)
			if err != nil {
				b.Fatal(err)
			}
			u, err := resolver.NewUpstream(resolver.UpstreamConfig{Servers: []resolver.Server{server}})
			if err != nil {
				b.Fatal(err)
			}
			defer u.Close()
			b.ReportAllocs()
			b.SetParallelism(50)
			before := spent()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := u.Resolve(b.Context(), resolver.Ask(name, resolver.TypeMX)); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64((spent()-before).Microseconds())/float64(b.N), "us-CPU/op")
		})
	}
}
