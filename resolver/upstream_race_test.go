package resolver

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// script is what a made-up server does with its nth question, from 1.
type script func(n int, o Options) (after time.Duration, k Kind)

const never = time.Hour

// played is an Upstream over made-up servers, in fake time.
type played struct {
	*Upstream
	mu    sync.Mutex
	asked []string // "server@time", with /tcp where the question went over TCP
}

func play(t *testing.T, c UpstreamConfig, scripts ...script) *played {
	start := time.Now()
	counts := map[netip.AddrPort]int{}
	behave := map[netip.AddrPort]int{}
	for i := range scripts {
		a := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 53)
		c.Servers = append(c.Servers, Server{Addr: a})
		behave[a] = i
	}
	u, err := NewUpstream(c)
	if err != nil {
		t.Fatal(err)
	}
	p := &played{Upstream: u}
	u.ask = func(ctx context.Context, s Server, q Question, o Options) (Reply, error) {
		i := behave[s.Addr]
		p.mu.Lock()
		counts[s.Addr]++
		n := counts[s.Addr]
		note := fmt.Sprintf("%c@%v", 'a'+i, time.Since(start))
		if s.Transport == TCP {
			note += "/tcp"
		}
		p.asked = append(p.asked, note)
		p.mu.Unlock()
		after, kind := scripts[i](n, o)
		ctx, cancel := context.WithTimeout(ctx, o.Timeout)
		defer cancel()
		select {
		case <-ctx.Done():
			return Reply{}, &Error{Kind: kindOf(ctx.Err()), Question: q, Server: s.String(), Err: ctx.Err()}
		case <-time.After(after):
		}
		r := Reply{RTT: after, Answer: Answer{Question: q, Status: NXDomain, Server: s.String()}}
		if kind != 0 {
			return r, &Error{Kind: kind, Question: q, Server: s.String(), Rcode: "SERVFAIL"}
		}
		return r, nil
	}
	t.Cleanup(func() { u.Close() })
	return p
}

func (p *played) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.asked
	p.asked = nil
	return out
}

func answersAfter(d time.Duration) script {
	return func(int, Options) (time.Duration, Kind) { return d, 0 }
}

func silent(int, Options) (time.Duration, Kind) { return never, 0 }

var anything = Ask("example.test", TypeMX)

// warm lets the upstream learn how quick its servers are.
func (p *played) warm() {
	for range 200 {
		p.Resolve(context.Background(), anything)
	}
	p.take()
	if p.extra.share > 0 {
		p.extra.saved = maxSaved
	}
}

// healthyUntil answers in 10 ms so many questions, and then as the script says.
func healthyUntil(n int, s script) script {
	return func(i int, o Options) (time.Duration, Kind) {
		if i <= n {
			return 10 * time.Millisecond, 0
		}
		return s(i, o)
	}
}

func (p *played) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := p.take(); !slices.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
}

// TestASilentServerIsAskedAgainMoreAndMoreSlowly shows the tries of one question:
// from the third on each waits half as long again; that one goes over TCP, and so
// does the first after it has failed.
func TestASilentServerIsAskedAgainMoreAndMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Extra: -1}, healthyUntil(200, silent))
		p.warm()
		start := time.Now()
		_, err := p.Resolve(t.Context(), anything)
		if KindOf(err) != Timeout || time.Since(start) != defaultTimeout {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		p.expect(t, "a@2s", "a@2.25s", "a@2.5s/tcp", "a@2.875s", "a@3.375s", "a@4.21875s", "a@5.484375s/tcp")
	})
}

func TestADeadServerIsNotPressed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Extra: -1}, silent)
		for range 3 {
			p.Resolve(t.Context(), anything)
		}
		p.take()
		start := time.Now()
		if _, err := p.Resolve(t.Context(), anything); KindOf(err) != Timeout || time.Since(start) > 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if n := len(p.take()); n != deadTries {
			t.Errorf("%d tries", n)
		}
	})
}

func TestALateServerIsHedged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := 10 * time.Millisecond
		p := play(t, UpstreamConfig{}, func(int, Options) (time.Duration, Kind) { return slow, 0 }, answersAfter(30*time.Millisecond))
		p.warm()
		slow = 100 * time.Millisecond
		start := time.Now()
		a, err := p.Resolve(t.Context(), anything)
		if err != nil || a.Server != "192.0.2.1:53" {
			t.Errorf("%+v, %v", a, err)
		}
		if d := time.Since(start); d < minHedge+30*time.Millisecond || d > minHedge+35*time.Millisecond {
			t.Errorf("the hedge's answer came after %v", d)
		}
		p.take()
		p.extra.saved = 0
		start = time.Now()
		if a, _ := p.Resolve(t.Context(), anything); a.Server != "192.0.2.0:53" || time.Since(start) != 100*time.Millisecond {
			t.Errorf("without allowance: %+v after %v", a, time.Since(start))
		}
		if st := p.Stats(); st.Hedges != 1 || st.Retries != 0 {
			t.Errorf("%+v", st)
		}
	})
}

func TestADeadServerIsLookedAtLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alive := false
		p := play(t, UpstreamConfig{Extra: -1}, func(int, Options) (time.Duration, Kind) {
			if alive {
				return time.Millisecond, 0
			}
			return never, 0
		}, answersAfter(10*time.Millisecond))
		var looks []time.Duration
		ask := func(until time.Duration) {
			for begin := time.Now(); time.Since(begin) < until; time.Sleep(200 * time.Millisecond) {
				before := time.Now()
				if _, err := p.Resolve(t.Context(), anything); err != nil || time.Since(before) > minRetry+10*time.Millisecond {
					t.Fatalf("%v after %v", err, time.Since(before))
				}
				for _, a := range p.take() {
					if at, ok := strings.CutPrefix(a, "a@"); ok {
						d, err := time.ParseDuration(at)
						if err != nil {
							t.Fatal(err)
						}
						looks = append(looks, d)
					}
				}
			}
		}
		ask(3 * time.Minute)
		for i := 1; i < len(looks); i++ {
			least := min(time.Second<<(i-1), maxDown)
			if gap := looks[i] - looks[i-1]; gap < least || gap > least+tryTime+time.Second {
				t.Errorf("look %d comes %v after the last", i, gap)
			}
		}
		if len(looks) < 6 || len(looks) > 12 {
			t.Errorf("%d looks in 3 minutes", len(looks))
		}
		alive = true
		ask(maxDown + tryTime + time.Second)
		if st := p.Stats(); !st.Servers[0].Up {
			t.Errorf("%+v", st.Servers[0])
		}
	})
}

func TestTheQuickestServerComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Extra: -1}, answersAfter(60*time.Millisecond), answersAfter(10*time.Millisecond), answersAfter(90*time.Millisecond))
		count := map[byte]int{}
		for range 1000 {
			p.Resolve(t.Context(), anything)
		}
		for _, a := range p.take() {
			count[a[0]]++
		}
		if count['b'] < 950 || count['a'] < 2 || count['c'] < 1 {
			t.Errorf("asked %v", count)
		}
	})
}

// TestServfailIsUnmaskedOnlyWhenItPersists: an answer with checking disabled is not
// enough, since the first SERVFAIL may have been of a server still at work.
func TestServfailIsUnmaskedOnlyWhenItPersists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bogus := func(_ int, o Options) (time.Duration, Kind) {
			if o.CheckingDisabled {
				return 0, 0
			}
			return 0, ServerFailure
		}
		once := func(n int, o Options) (time.Duration, Kind) {
			if n == 1 {
				return 0, ServerFailure
			}
			return 0, 0
		}
		always := func(int, Options) (time.Duration, Kind) { return 0, ServerFailure }
		for _, c := range []struct {
			s    script
			v    Validation
			want Kind
			n    int
		}{
			{bogus, ValidationOn, Bogus, 3}, {once, ValidationOn, 0, 3}, {always, ValidationOn, ServerFailure, 2},
			{bogus, ValidationOff, ServerFailure, 1}, {bogus, ValidationUnknown, ServerFailure, 1},
		} {
			p := play(t, UpstreamConfig{Validation: c.v}, c.s)
			_, err := p.Resolve(t.Context(), anything)
			if n := len(p.take()); KindOf(err) != c.want || n != c.n {
				t.Errorf("validation %v: %v after %d questions, want %v", c.v, err, n, c.want)
			}
		}
	})
}

func TestAnUpstreamBoundsItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Timeout: 700 * time.Millisecond}, silent, silent)
		start := time.Now()
		_, err := p.Resolve(context.Background(), anything)
		if KindOf(err) != Timeout || time.Since(start) != 700*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start = time.Now()
		_, err = p.Resolve(ctx, anything)
		if KindOf(err) != Timeout || time.Since(start) != 100*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestAServerThatTurnsDownEverythingIsPassedOver: REFUSED of one zone does no harm,
// of each question it does.
func TestAServerThatTurnsDownEverythingIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusing := func(int, Options) (time.Duration, Kind) { return time.Millisecond, Refused }
		p := play(t, UpstreamConfig{Extra: -1}, refusing, answersAfter(10*time.Millisecond))
		for range 50 {
			if _, err := p.Resolve(t.Context(), anything); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		for _, a := range p.take() {
			if a[0] == 'a' {
				n++
			}
		}
		if st := p.Stats(); n != refusalsDown || st.Servers[0].Up || !st.Servers[1].Up {
			t.Errorf("asked %d times, %+v", n, st)
		}
		alone := play(t, UpstreamConfig{}, refusing)
		for range 2 * refusalsDown {
			if _, err := alone.Resolve(t.Context(), anything); KindOf(err) != Refused {
				t.Errorf("%v", err)
			}
		}
	})
}

// TestARefusalEndsSilence: a server that was silent and then refuses is up, and is
// looked at no more.
func TestARefusalEndsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Extra: -1}, func(n int, _ Options) (time.Duration, Kind) {
			switch n {
			case 1:
				return never, 0
			case 2:
				return time.Millisecond, Refused
			}
			return time.Millisecond, 0
		}, answersAfter(10*time.Millisecond))
		for range 40 {
			if _, err := p.Resolve(t.Context(), anything); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if st := p.Stats(); !st.Servers[0].Up {
			t.Errorf("%+v", st)
		}
	})
}

// TestLossOnTheWayToAnUpstreamIsMadeUpFor loses three packets of ten each way, over
// any transport, as a whole check sees it: forty questions in three rounds, asked of
// a resolver that knows some answers and looks for others.
func TestLossOnTheWayToAnUpstreamIsMadeUpFor(t *testing.T) {
	const runs = 200
	open, sent := 0, 0
	for run := range uint64(runs) {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			chance := rand.New(rand.NewPCG(run, 5))
			p := play(t, UpstreamConfig{Timeout: 2800 * time.Millisecond, Validation: ValidationOn}, func(int, Options) (time.Duration, Kind) {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case chance.IntN(100) < 51:
					return never, 0
				case chance.IntN(5) == 0:
					return time.Duration(20+chance.IntN(100)) * time.Millisecond, 0
				}
				return 20 * time.Millisecond, 0
			})
			p.Probe(t.Context())
			p.take()
			var failed atomic.Bool
			for _, n := range []int{25, 12, 3} {
				var wg sync.WaitGroup
				for range n {
					wg.Go(func() {
						if _, err := p.Resolve(t.Context(), anything); err != nil {
							failed.Store(true)
						}
					})
				}
				wg.Wait()
			}
			if failed.Load() {
				open++
			}
			sent += len(p.take())
		})
	}
	t.Logf("%d of %d runs left something open; %.1f tries a question", open, runs, float64(sent)/runs/40)
	if open > 6 { // one run in 300, and chance
		t.Errorf("%d of %d runs left something open", open, runs)
	}
	if sent > runs*40*3 {
		t.Errorf("%d tries for %d questions", sent, runs*40)
	}
}

// TestASlowZoneIsNotLoss: a recursive server at work answers a question and its
// repetition at the same moment, and is not pressed for it.
func TestASlowZoneIsNotLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked time.Time
		slow := false
		p := play(t, UpstreamConfig{Extra: -1}, func(n int, _ Options) (time.Duration, Kind) {
			if !slow {
				return time.Millisecond, 0
			}
			return 450*time.Millisecond - time.Since(asked) - time.Duration(n), 0 // the repetition first
		})
		for i := range 200 {
			slow, asked = i%2 == 1, time.Now()
			if _, err := p.Resolve(t.Context(), anything); err != nil {
				t.Fatal(err)
			}
		}
		if peer := p.peers[0]; peer.lossy() || peer.loss > 0 {
			t.Errorf("a loss of %v is seen", peer.loss)
		}
	})
}

// TestUnmaskingEndsWithTheQuestion: a server that says SERVFAIL and then nothing
// leaves it at SERVFAIL, in the time of the question.
func TestUnmaskingEndsWithTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct{ timeout, want time.Duration }{{time.Second, time.Second}, {defaultTimeout, 100*time.Millisecond + tryTime}} {
			p := play(t, UpstreamConfig{Validation: ValidationOn, Timeout: c.timeout}, func(_ int, o Options) (time.Duration, Kind) {
				if o.CheckingDisabled {
					return never, 0
				}
				return 100 * time.Millisecond, ServerFailure
			})
			start := time.Now()
			if _, err := p.Resolve(t.Context(), anything); KindOf(err) != ServerFailure || time.Since(start) != c.want {
				t.Errorf("%v after %v, want %v", err, time.Since(start), c.want)
			}
		}
	})
}

// TestCloseEndsLooks: looks at a server that is down hold up nobody who closes.
func TestCloseEndsLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Extra: -1}, silent, answersAfter(time.Millisecond))
		p.Resolve(t.Context(), anything)
		time.Sleep(2 * time.Second)
		p.take()
		p.Resolve(t.Context(), anything)
		if asked := p.take(); len(asked) != 2 {
			t.Fatalf("asked %v: no look", asked)
		}
		start := time.Now()
		p.Close()
		if d := time.Since(start); d != 0 {
			t.Errorf("closing took %v", d)
		}
	})
}

// TestAServerThatAnswersOthersIsAskedAgainSoon: with several questions under way each
// lost one has many tries in its time, however slow the server seems.
func TestAServerThatAnswersOthersIsAskedAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := false
		p := play(t, UpstreamConfig{Extra: -1}, func(int, Options) (time.Duration, Kind) {
			if lost {
				return never, 0
			}
			return 300 * time.Millisecond, 0
		})
		for range 5 {
			p.Resolve(t.Context(), anything)
		}
		p.peers[0].deviation = time.Second
		lost = true
		go func() {
			for range 10 {
				time.Sleep(250 * time.Millisecond)
				p.peers[0].hear(300*time.Millisecond, false)
			}
		}()
		p.take()
		ctx, cancel := context.WithTimeout(t.Context(), 2800*time.Millisecond)
		defer cancel()
		p.Resolve(ctx, anything)
		p.expect(t, "a@1.5s", "a@2.1s", "a@2.7s/tcp", "a@3.3s", "a@3.9s") // twice the round trip apart
	})
}
