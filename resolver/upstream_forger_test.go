package resolver_test

import (
	"context"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// scale is how many times as much a test does when the variable says so.
func scale(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("MAILASSAY_TEST_SCALE"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// TestNoForgedAnswerIsAccepted has an attacker who knows the port of each question
// spray replies with wrong ids, questions, cases and sources while the true answer
// is on its way: with TCP to settle doubts, and with UDP alone.
func TestNoForgedAnswerIsAccepted(t *testing.T) {
	const spray = 50
	questions := 400 * scale(t)
	truth := netip.MustParseAddr("192.0.2.25")
	for name, c := range map[string]dnstest.Config{"TCP open": {}, "TCP closed": {NoTCP: true}} {
		t.Run(name, func(t *testing.T) {
			s := dnstest.Serve(t, wild, c)
			s.Always(dnstest.Fault{Forge: spray, Delay: 2 * time.Millisecond})
			var x resolver.Exchanger
			defer x.Close()
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range questions / 4 {
						r, err := x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("victim.wild.test", resolver.TypeA), resolver.Options{Timeout: 10 * time.Second})
						if r.Mismatched == 0 {
							t.Error("no forged reply was counted")
						}
						if err != nil || len(r.Answer.Addrs()) != 1 || r.Answer.Addrs()[0] != truth {
							t.Errorf("%+v, %v", r, err)
							return
						}
					}
				})
			}
			wg.Wait()
			sprays := 0
			for _, a := range s.Asked() {
				if a.Over == "udp" {
					sprays++
				}
			}
			t.Logf("%d forged replies, none accepted", sprays*spray)
		})
	}
}

// descriptors counts the open files of the process.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc/self/fd: open files cannot be counted")
	}
	return len(list)
}

// TestQuestionsGivenUpLeaveNothingBehind asks a hundred thousand questions with
// contexts that end at any moment, over each transport, and counts goroutines and
// open files.
func TestQuestionsGivenUpLeaveNothingBehind(t *testing.T) {
	s := dnstest.Serve(t, zone, dnstest.Config{TLS: true, RTT: time.Millisecond})
	goroutines := runtime.NumGoroutine()
	n := 25_000 * scale(t)
	if raced {
		n /= 10
	}
	for _, server := range []resolver.Server{{Addr: s.Addr()}, s.UDPServer(), s.TCPServer(), s.TLSServer()} {
		u := upstream(t, resolver.UpstreamConfig{Roots: s.Roots()}, server)
		giveUp(t, u, 500)
		g, d := settled(t), descriptors(t)
		giveUp(t, u, n)
		if g2, d2 := settled(t), descriptors(t); g2 > g+24 || d2 > d+16 { // four connections more at most
			t.Errorf("%s: goroutines %d, then %d; files %d, then %d", server, g, g2, d, d2)
		}
		u.Close()
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > goroutines && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		b := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before\n%s", n, goroutines, b[:runtime.Stack(b, true)])
	}
}

// giveUp asks n questions whose contexts end between at once and after the answer.
func giveUp(t *testing.T, u *resolver.Upstream, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for w := range 32 {
		wg.Go(func() {
			for i := w; i < n; i += 32 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%40)*100*time.Microsecond)
				_, err := u.Resolve(ctx, resolver.Ask("example.test", resolver.TypeMX))
				if k := resolver.KindOf(err); err != nil && k != resolver.Timeout && k != resolver.Canceled {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
}

// settled is the number of goroutines once it no longer falls.
func settled(t *testing.T) int {
	t.Helper()
	n := runtime.NumGoroutine()
	for quiet := 0; quiet < 2000; quiet++ {
		runtime.Gosched()
		if m := runtime.NumGoroutine(); m < n {
			n, quiet = m, 0
		}
	}
	return n
}
