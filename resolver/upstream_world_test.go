package resolver_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// front is a proxy of the loopback world before its validating unbound.
func front(octet byte) resolver.Server {
	return resolver.Server{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 53, 0, octet}), 53)}
}

func needWorld(t *testing.T) {
	t.Helper()
	if os.Getenv("MAILASSAY_WORLD") == "" {
		t.Skip("MAILASSAY_WORLD is not set: the loopback world of name servers is not up")
	}
}

func TestWorldUnboundIsFoundToValidate(t *testing.T) {
	needWorld(t)
	u := upstream(t, resolver.UpstreamConfig{}, front(100))
	if err := u.Probe(t.Context()); err != nil || u.Validation() != resolver.ValidationOn {
		t.Fatalf("%v, %v", u.Validation(), err)
	}
	if a, err := resolve(t, u, "good.test", resolver.TypeMX); err != nil || !a.Authenticated {
		t.Errorf("good.test: %+v, %v", a, err)
	}
	for name, want := range map[string]resolver.Kind{
		"bogus.test": resolver.Bogus, "expired.test": resolver.Bogus, "lame.test": resolver.ServerFailure, "servfail.test": resolver.ServerFailure,
	} {
		if _, err := resolve(t, u, name, resolver.TypeMX); resolver.KindOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	stripped := upstream(t, resolver.UpstreamConfig{}, front(135))
	if err := stripped.Probe(t.Context()); err != nil || stripped.Validation() != resolver.ValidationOff {
		t.Errorf("without AD: %v, %v", stripped.Validation(), err)
	}
}

// TestWorldFrontsGiveTheTruthOrAnError asks through each of the world's broken
// resolvers alone, and with a good one behind it.
func TestWorldFrontsGiveTheTruthOrAnError(t *testing.T) {
	needWorld(t)
	good, err := resolve(t, upstream(t, resolver.UpstreamConfig{}, front(100)), "good.test", resolver.TypeMX)
	if err != nil || len(good.Data) == 0 {
		t.Fatalf("%+v, %v", good, err)
	}
	for octet, c := range map[byte]struct {
		name string
		want resolver.Kind
	}{
		119: {"plain", 0}, 120: {"20 ms", 0}, 121: {"loss of 1 %", 0}, 122: {"5 ms", 0}, 123: {"100 ms", 0},
		124: {"SERVFAIL", resolver.ServerFailure}, 125: {"REFUSED", resolver.Refused}, 126: {"silent", resolver.Timeout},
		130: {"forged addresses first", 0}, 142: {"forged questions first", 0}, 131: {"2 s", resolver.Timeout},
		132: {"no TCP", 0}, 133: {"mute TCP", 0}, 134: {"all truncated", 0}, 135: {"no AD", 0},
		137: {"first packet lost", 0}, 138: {"loss of 30 %", 0}, 140: {"no EDNS", 0}, 141: {"closed", resolver.Unreachable},
		127: {"garbage", resolver.Timeout}, 128: {"wrong id", resolver.Timeout}, 129: {"wrong question", resolver.Timeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			alone := upstream(t, resolver.UpstreamConfig{}, front(octet))
			a, err := resolve(t, alone, "good.test", resolver.TypeMX)
			if k := resolver.KindOf(err); k != c.want && (c.want != resolver.Timeout || k == 0) || k == 0 && fmt.Sprint(a.Data) != fmt.Sprint(good.Data) {
				t.Errorf("alone: %v, %v", a.Data, err)
			}
			both := upstream(t, resolver.UpstreamConfig{}, front(octet), front(100))
			if a, err := resolve(t, both, "good.test", resolver.TypeMX); err != nil || fmt.Sprint(a.Data) != fmt.Sprint(good.Data) {
				t.Errorf("with another: %v, %v", a.Data, err)
			}
		})
	}
}

// TestWorldLossIsMadeUpFor asks 30 questions, as a whole check does, through a
// resolver that loses three packets of ten in each direction, again and again: 99 %
// of runs leave nothing open. So few alone may have six that do, or chance would fail
// the test now and then.
func TestWorldLossIsMadeUpFor(t *testing.T) {
	needWorld(t)
	u := upstream(t, resolver.UpstreamConfig{}, front(138))
	runs := 100 * scale(t)
	var next, bad atomic.Int64
	var runners sync.WaitGroup
	for range 4 {
		runners.Go(func() {
			for run := next.Add(1); run <= int64(runs); run = next.Add(1) {
				var wg sync.WaitGroup
				errs := make([]error, 30)
				for i := range errs {
					wg.Go(func() {
						_, errs[i] = u.Resolve(t.Context(), resolver.Ask(fmt.Sprintf("n%d-%d.good.test", run, i), resolver.TypeMX))
					})
				}
				wg.Wait()
				if errors.Join(errs...) != nil {
					bad.Add(1)
				}
			}
		})
	}
	runners.Wait()
	if bad.Load() > max(6, int64(runs)/100) {
		t.Errorf("%d of %d runs left something open: %+v", bad.Load(), runs, u.Stats())
	}
	t.Logf("%d of %d runs left something open", bad.Load(), runs)
}

// TestWorldADeadServerBesideAGoodOne: silence costs one time-out.
func TestWorldADeadServerBesideAGoodOne(t *testing.T) {
	needWorld(t)
	u := upstream(t, resolver.UpstreamConfig{}, front(126), front(100))
	start := time.Now()
	for i := range 200 {
		if _, err := resolve(t, u, fmt.Sprintf("d%d.good.test", i), resolver.TypeMX); err != nil {
			t.Fatal(err)
		}
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("200 questions took %v", d)
	}
}

// setFront changes a front of the world while it runs.
func setFront(t *testing.T, query string) {
	t.Helper()
	r, err := http.Post("http://127.53.0.99:8053/set?"+query, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", query, r.Status)
	}
	http.DefaultClient.CloseIdleConnections()
}

// TestWorldAServerMayStopAndComeBack silences the quicker of two resolvers amid
// questions and lets it speak again.
func TestWorldAServerMayStopAndComeBack(t *testing.T) {
	needWorld(t)
	quick, slow := front(122), front(120)
	u := upstream(t, resolver.UpstreamConfig{}, quick, slow)
	n := 0
	ask := func() resolver.Answer {
		t.Helper()
		n++
		a, err := resolve(t, u, fmt.Sprintf("s%d.good.test", n), resolver.TypeMX)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for range 50 {
		ask()
	}
	if a := ask(); a.Server != quick.String() {
		t.Errorf("answered by %s", a.Server)
	}
	setFront(t, "name=r5&mode=drop")
	defer setFront(t, "name=r5&mode=pass")
	start := time.Now()
	for range 50 {
		if a := ask(); a.Server != slow.String() {
			t.Errorf("answered by %s", a.Server)
		}
	}
	if d := time.Since(start); d > 50*25*time.Millisecond+2*time.Second {
		t.Errorf("50 questions took %v", d)
	}
	setFront(t, "name=r5&mode=pass")
	for deadline := time.Now().Add(10 * time.Second); ask().Server != quick.String(); {
		if time.Now().After(deadline) {
			t.Fatal("the server that speaks again is not asked")
		}
	}
}

// TestWorldAPausedResolverIsUnknownNotAbsent stops the real unbound by a signal. It
// needs WORLD_RUN, where the world keeps its pids.
func TestWorldAPausedResolverIsUnknownNotAbsent(t *testing.T) {
	needWorld(t)
	list, err := os.ReadFile(filepath.Join(os.Getenv("WORLD_RUN"), "pids"))
	if err != nil {
		t.Skip("WORLD_RUN is not set: no pid of unbound")
	}
	pid := 0
	for line := range strings.Lines(string(list)) {
		if f := strings.Fields(line); len(f) == 2 && f[1] == "unbound" {
			pid, _ = strconv.Atoi(f[0])
		}
	}
	if pid == 0 {
		t.Fatalf("no unbound in %q", list)
	}
	u := upstream(t, resolver.UpstreamConfig{Timeout: 2 * time.Second}, front(100))
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_, err = resolve(t, u, "absent.good.test", resolver.TypeMX)
	if again := syscall.Kill(pid, syscall.SIGCONT); again != nil {
		t.Fatal(again)
	}
	if resolver.KindOf(err) != resolver.Timeout {
		t.Errorf("paused: %v", err)
	}
	if a, err := resolve(t, u, "absent.good.test", resolver.TypeMX); err != nil || a.Status != resolver.NXDomain {
		t.Errorf("running again: %+v, %v", a, err)
	}
}
