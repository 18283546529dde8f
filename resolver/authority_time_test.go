package resolver

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// stage is made-up name servers of the root zone, in fake time. Each does with its
// nth question, from 1, what its script says.
type stage struct {
	mu     sync.Mutex
	asked  map[netip.Addr]int
	script map[netip.Addr]func(n int, q Question) (after time.Duration, a Answer, k Kind)
}

// onStage asks what the test wants of an Authority over made-up servers.
func onStage(t *testing.T, f func(t *testing.T, a *Authority, s *stage, servers []netip.Addr)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		servers := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}
		s := &stage{asked: map[netip.Addr]int{}, script: map[netip.Addr]func(int, Question) (time.Duration, Answer, Kind){}}
		a := NewAuthority(AuthorityConfig{Roots: servers})
		a.exchange = s.exchange
		a.zones["."].turn = 0
		f(t, a, s, servers)
	})
}

func (s *stage) exchange(ctx context.Context, server Server, q Question, o Options) (Reply, error) {
	s.mu.Lock()
	s.asked[server.Addr.Addr()]++
	n, script := s.asked[server.Addr.Addr()], s.script[server.Addr.Addr()]
	s.mu.Unlock()
	after, answer, kind := 20*time.Millisecond, Answer{Question: q, Status: Found, Name: q.Name, Authoritative: true}, Kind(0)
	if script != nil {
		after, answer, kind = script(n, q)
	}
	answer.Server = server.String()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	select {
	case <-time.After(after):
	case <-ctx.Done():
		return Reply{}, &Error{Kind: kindOf(ctx.Err()), Question: q, Server: server.String(), Err: ctx.Err()}
	}
	if kind != 0 {
		return Reply{}, &Error{Kind: kind, Question: q, Server: server.String()}
	}
	return Reply{Answer: answer, RTT: after}, nil
}

func mute(int, Question) (time.Duration, Answer, Kind) { return time.Hour, Answer{}, 0 }

// timed is how long a question took, what came of it and how much was sent.
func timed(t *testing.T, a *Authority, name string) (time.Duration, Kind, int) {
	start, sent := time.Now(), a.Sent()
	_, err := a.Resolve(t.Context(), Ask(name, TypeTXT))
	return time.Since(start), KindOf(err), a.Sent() - sent
}

func TestASlowServerIsJoinedByTheNextAfterAQuarterSecond(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		s.script[servers[0]] = mute
		if took, kind, sent := timed(t, a, "_a.test"); took != hedgeAfter+20*time.Millisecond || kind != 0 || sent != 2 {
			t.Errorf("%v, %v, %d sent", took, kind, sent)
		}
		// The one that answered goes first from here on.
		if took, kind, sent := timed(t, a, "_b.test"); took != 20*time.Millisecond || kind != 0 || sent != 1 {
			t.Errorf("%v, %v, %d sent", took, kind, sent)
		}
	})
}

func TestAFailingServerIsFollowedByTheNextAtOnce(t *testing.T) {
	for _, kind := range []Kind{ServerFailure, Refused, Unreachable, Malformed, OtherRcode, Lame} {
		onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
			s.script[servers[0]] = func(int, Question) (time.Duration, Answer, Kind) { return 30 * time.Millisecond, Answer{}, kind }
			if took, got, sent := timed(t, a, "_a.test"); took != 50*time.Millisecond || got != 0 || sent != 2 {
				t.Errorf("%v: %v, %v, %d sent", kind, took, got, sent)
			}
		})
	}
}

// A server that answers other questions is asked again when it fails at one, up to
// four times; one that fails always twice.
func TestAServerThatFailsNowAndThenIsAskedAgain(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		s.script[servers[1]] = func(int, Question) (time.Duration, Answer, Kind) { return time.Millisecond, Answer{}, Unreachable }
		if _, kind, _ := timed(t, a, "_a.test"); kind != 0 {
			t.Errorf("%v", kind)
		}
		failing := 3
		s.script[servers[0]] = func(_ int, q Question) (time.Duration, Answer, Kind) {
			if failing--; failing >= 0 {
				return time.Millisecond, Answer{}, ServerFailure
			}
			return time.Millisecond, Answer{Question: q, Status: NoData, Name: q.Name, Authoritative: true}, 0
		}
		if _, kind, _ := timed(t, a, "_b.test"); kind != 0 {
			t.Errorf("%v", kind)
		}
		failing = 100
		before := s.asked[servers[0]]
		if _, kind, _ := timed(t, a, "_c.test"); kind != ServerFailure || s.asked[servers[0]]-before != steadfast {
			t.Errorf("%v, asked %d times", kind, s.asked[servers[0]]-before)
		}
	})
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		for _, server := range servers {
			s.script[server] = func(int, Question) (time.Duration, Answer, Kind) { return time.Millisecond, Answer{}, ServerFailure }
		}
		if _, kind, sent := timed(t, a, "_a.test"); kind != ServerFailure || sent != 4 {
			t.Errorf("%v, %d sent", kind, sent)
		}
	})
}

func TestSilentServersCostOneTimeOutInARequest(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		s.script[servers[0]], s.script[servers[1]] = mute, mute
		if took, kind, sent := timed(t, a, "_a.test"); took != zonePatience || kind != Timeout || sent != 4 {
			t.Errorf("%v, %v, %d sent", took, kind, sent)
		}
		if took, kind, sent := timed(t, a, "_b.test"); took != 0 || kind != Timeout || sent != 0 {
			t.Errorf("%v, %v, %d sent", took, kind, sent)
		}
		start := time.Now()
		for _, told := range a.Each(t.Context(), Ask("_c.test", TypeTXT)).Told {
			if told.Condition() != Silent || told.Err.(*Error).Question.Name != "_c.test" {
				t.Errorf("%+v", told)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("silence is waited for again: %v", took)
		}
	})
}

func TestALostQuestionIsAskedAgain(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		s.script[servers[1]] = func(int, Question) (time.Duration, Answer, Kind) { return time.Millisecond, Answer{}, Unreachable }
		s.script[servers[0]] = func(n int, q Question) (time.Duration, Answer, Kind) {
			if n == 1 {
				return time.Hour, Answer{}, 0
			}
			return 20 * time.Millisecond, Answer{Question: q, Status: NoData, Name: q.Name, Authoritative: true}, 0
		}
		if took, kind, sent := timed(t, a, "_a.test"); took != firstTry+20*time.Millisecond || kind != 0 || sent != 3 {
			t.Errorf("%v, %v, %d sent", took, kind, sent)
		}
	})
}

func TestEachGivesAServerTwoTries(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		timed(t, a, ".") // the way
		a.Each(t.Context(), Ask(".", TypeNS))
		s.script[servers[0]] = mute
		start := time.Now()
		poll := a.Each(t.Context(), Ask(".", TypeTXT))
		if took := time.Since(start); took != firstTry+secondTry || poll.Told[0].Condition() != Silent || poll.Told[1].Condition() != Answering {
			t.Errorf("%v, %+v", took, poll)
		}
	})
}

// A chain of aliases through slow servers ends after the patience of the way.
func TestAWholeWayHasAnEnd(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		dawdle := func(_ int, q Question) (time.Duration, Answer, Kind) {
			next := "x" + q.Name
			return 790 * time.Millisecond, Answer{Question: q, Status: NoData, Name: next, Aliases: []string{next}, Authoritative: true}, 0
		}
		s.script[servers[0]], s.script[servers[1]] = dawdle, dawdle
		if took, kind, _ := timed(t, a, "_a.test"); took != walkPatience || kind != Timeout {
			t.Errorf("%v, %v", took, kind)
		}
	})
}

// When all askers have left, so do the questions to servers.
func TestQuestionsEndWhenAllAskersHaveLeft(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		s.script[servers[0]], s.script[servers[1]] = mute, mute
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(10*i)*time.Millisecond)
				defer cancel()
				a.Resolve(ctx, Ask(fmt.Sprintf("_%d.test", i%3), TypeTXT))
			})
		}
		wg.Wait()
		start := time.Now()
		synctest.Wait()
		if a.flight.join(t.Context(), Ask("_0.test", TypeTXT)); a.flight.Joined() > 7 || time.Since(start) != 0 {
			t.Errorf("a flight that everybody left is joined")
		}
		time.Sleep(walkPatience)
	})
}

// Three in ten exchanges are lost: a request of forty questions learns all, in
// nearly every run.
func TestLossOnTheWayToServersIsMadeUpFor(t *testing.T) {
	const runs = 100
	failed := 0
	for run := range uint64(runs) {
		onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
			chance := rand.New(rand.NewPCG(run, 7))
			var mu sync.Mutex
			lossy := func(_ int, q Question) (time.Duration, Answer, Kind) {
				mu.Lock()
				defer mu.Unlock()
				if chance.IntN(10) < 3 {
					return time.Hour, Answer{}, 0
				}
				return 20 * time.Millisecond, Answer{Question: q, Status: Found, Name: q.Name, Authoritative: true}, 0
			}
			s.script[servers[0]], s.script[servers[1]] = lossy, lossy
			var wg sync.WaitGroup
			var open atomic.Bool
			for i := range 40 {
				wg.Go(func() {
					if _, err := a.Resolve(t.Context(), Ask(fmt.Sprintf("_%d.test", i), TypeTXT)); err != nil {
						open.Store(true)
					}
				})
			}
			wg.Wait()
			if open.Load() {
				failed++
			}
			if a.Sent() > 40*3 {
				t.Errorf("%d sent for 40 questions", a.Sent())
			}
		})
	}
	if failed > runs/50 {
		t.Errorf("%d of %d runs left something open", failed, runs)
	}
}

// A server that all requests together have asked too often is left alone; another of
// the zone is asked, and when there is none the question stays open at once.
func TestAServerThatHasHadItsRateIsLeftAlone(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		a.config.Pace = NewPace(10)
		ask := func(n int) (answered int) {
			for i := range n {
				took, kind, _ := timed(t, a, fmt.Sprintf("_%d.test", i))
				switch {
				case kind == 0:
					answered++
				case kind != Overloaded || took != 0:
					t.Errorf("%v after %v", kind, took)
				}
			}
			return answered
		}
		s.script[servers[0]] = func(_ int, q Question) (time.Duration, Answer, Kind) {
			return 0, Answer{Question: q, Status: NoData, Name: q.Name, Authoritative: true}, 0
		}
		s.script[servers[1]] = s.script[servers[0]]
		if n := ask(30); n != 20 || s.asked[servers[0]] != 10 || s.asked[servers[1]] != 10 {
			t.Errorf("%d answered, asked %v", n, s.asked)
		}
		for _, told := range a.Each(t.Context(), Ask("_x.test", TypeTXT)).Told {
			if told.Condition() != NotAsked {
				t.Errorf("%v", told)
			}
		}
		time.Sleep(500 * time.Millisecond)
		if n := ask(10); n != 10 || a.config.Pace.Refused() == 0 {
			t.Errorf("half a second later %d answered", n)
		}
	})
}

// Addresses of servers that nobody finds are waited for as long as a silent server is.
func TestAddressesAreLookedUpForABoundedTime(t *testing.T) {
	onStage(t, func(t *testing.T, a *Authority, s *stage, servers []netip.Addr) {
		var lost atomic.Int64
		a.config.Hosts = Func(func(ctx context.Context, q Question) (Answer, error) {
			lost.Add(1)
			<-ctx.Done()
			return Answer{}, departed(ctx, q)
		})
		a.zones["example"] = &zone{name: "example", parent: a.zones["."], servers: []NameServer{{Host: "ns1.test"}}}
		if took, kind, sent := timed(t, a, "_a.example"); took != zonePatience || kind != Timeout || sent != 0 || lost.Load() != 2 {
			t.Errorf("%v, %v, %d sent, %d looked up", took, kind, sent, lost.Load())
		}
	})
}
