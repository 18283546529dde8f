package resolver

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

var streamServer = Server{Addr: netip.MustParseAddrPort("192.0.2.53:53"), Transport: TCP}

// pipes is an Exchanger whose connections lead to serve.
func pipes(t *testing.T, serve func(n int, far net.Conn)) *Exchanger {
	x := new(Exchanger)
	var n atomic.Int32
	var serving sync.WaitGroup
	x.connect = func(context.Context, Server) (net.Conn, error) {
		near, far := net.Pipe()
		i := int(n.Add(1))
		serving.Go(func() {
			defer far.Close()
			serve(i, far)
		})
		return near, nil
	}
	t.Cleanup(func() {
		x.Close()
		serving.Wait()
	})
	return x
}

// receive reads one question, nil at the end of the connection.
func receive(c net.Conn) *dns.Msg {
	var length [2]byte
	if _, err := io.ReadFull(c, length[:]); err != nil {
		return nil
	}
	b := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(c, b); err != nil {
		return nil
	}
	m := new(dns.Msg)
	if m.Unpack(b) != nil {
		return nil
	}
	return m
}

// reply answers NXDOMAIN.
func reply(c net.Conn, m *dns.Msg) {
	out := new(dns.Msg)
	out.SetRcode(m, dns.RcodeNameError)
	b, err := out.Pack()
	if err == nil {
		c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...))
	}
}

func echo(_ int, far net.Conn) {
	for m := receive(far); m != nil; m = receive(far) {
		reply(far, m)
	}
}

func askStream(x *Exchanger, name string, timeout time.Duration) error {
	_, err := x.Exchange(context.Background(), streamServer, Ask(name, TypeA), Options{Timeout: timeout})
	return err
}

func (x *Exchanger) connections() int {
	x.conns.mu.Lock()
	defer x.conns.mu.Unlock()
	return x.conns.total
}

func TestAnIdleConnectionIsKeptForTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := pipes(t, echo)
		for range 3 {
			if err := askStream(x, "a.test", 0); err != nil {
				t.Fatal(err)
			}
			time.Sleep(idleTime - time.Millisecond)
			synctest.Wait()
			if n := x.connections(); n != 1 {
				t.Fatalf("%d connections", n)
			}
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if n := x.connections(); n != 0 {
			t.Errorf("%d connections after their time", n)
		}
	})
}

func TestRepliesMayComeInAnyOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 20
		x := pipes(t, func(_ int, far net.Conn) {
			var all []*dns.Msg
			for range n {
				all = append(all, receive(far))
			}
			for i := range all {
				reply(far, all[n-1-i])
			}
			receive(far)
		})
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				if err := askStream(x, string(rune('a'+i))+".test", 0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if x.connections() != 1 {
			t.Errorf("%d connections", x.connections())
		}
	})
}

func TestAQuestionLostWithAKeptConnectionIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var connections atomic.Int32
		x := pipes(t, func(n int, far net.Conn) {
			connections.Store(int32(n))
			reply(far, receive(far))
			receive(far) // the server closes instead of answering
		})
		for range 3 {
			if err := askStream(x, "a.test", 0); err != nil {
				t.Fatal(err)
			}
		}
		if n := connections.Load(); n != 3 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestAConnectionThatNeverAnswersIsNotTriedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var connections atomic.Int32
		x := pipes(t, func(n int, far net.Conn) {
			connections.Store(int32(n))
			receive(far)
		})
		if err := askStream(x, "a.test", 0); KindOf(err) != Unreachable || !errors.Is(err, errLost) {
			t.Errorf("%v", err)
		}
		if n := connections.Load(); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestADeafConnectionGetsNoFurtherQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := pipes(t, func(n int, far net.Conn) {
			if n > 1 {
				echo(n, far)
				return
			}
			io.Copy(io.Discard, far)
		})
		if err := askStream(x, "a.test", deafTime/2); KindOf(err) != Timeout || x.connections() != 1 {
			t.Errorf("soon: %v, %d connections", err, x.connections())
		}
		if err := askStream(x, "a.test", deafTime); KindOf(err) != Timeout {
			t.Errorf("%v", err)
		}
		synctest.Wait()
		if x.connections() != 0 {
			t.Errorf("%d connections", x.connections())
		}
		if err := askStream(x, "a.test", 0); err != nil {
			t.Error(err)
		}
	})
}

// A host between may forget a connection without a word to either end.
func TestAQuestionOnAConnectionGoneDeafIsAskedOnAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := pipes(t, func(n int, far net.Conn) {
			if n == 1 {
				reply(far, receive(far))
				io.Copy(io.Discard, far)
			}
			echo(n, far)
		})
		for _, want := range []time.Duration{0, minDeaf, 0} {
			start := time.Now()
			if err := askStream(x, "a.test", 0); err != nil || time.Since(start) != want {
				t.Errorf("%v after %v, want %v", err, time.Since(start), want)
			}
		}
		if x.connections() != 1 {
			t.Errorf("%d connections", x.connections())
		}
	})
}

func TestAConnectionIsNotDeafBecauseItsServerIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var connections atomic.Int32
		x := pipes(t, func(n int, far net.Conn) {
			connections.Store(int32(n))
			for m := receive(far); m != nil; m = receive(far) {
				time.Sleep(400 * time.Millisecond)
				reply(far, m)
			}
		})
		for range 3 {
			start := time.Now()
			if err := askStream(x, "a.test", 0); err != nil || time.Since(start) != 400*time.Millisecond {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		}
		if connections.Load() != 1 {
			t.Errorf("%d connections", connections.Load())
		}
	})
}

func TestAServerThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := pipes(t, func(_ int, far net.Conn) { time.Sleep(time.Hour) })
		start := time.Now()
		if err := askStream(x, "a.test", 100*time.Millisecond); KindOf(err) != Timeout || time.Since(start) != 100*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := askStream(x, "a.test", time.Minute); !errors.Is(err, errLost) || time.Since(start) != writeTime {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestConnectingTakesBoundedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := &Exchanger{connect: func(ctx context.Context, _ Server) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		defer x.Close()
		start := time.Now()
		if err := askStream(x, "a.test", time.Second); KindOf(err) != Timeout || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		start = time.Now() // what has been silent for a second is given up, and another begun
		if err := askStream(x, "a.test", time.Minute); KindOf(err) != Timeout || time.Since(start) != dialTime {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestConnectionsAndQuestionsOnThemAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := pipes(t, func(_ int, far net.Conn) { io.Copy(io.Discard, far) })
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var busy atomic.Int32
		for range connsPerServer*fullPipeline + 10 {
			wg.Go(func() {
				_, err := x.Exchange(ctx, streamServer, Ask("a.test", TypeA), Options{Timeout: time.Minute})
				if KindOf(err) == Overloaded {
					busy.Add(1)
				} else if KindOf(err) != Canceled {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if busy.Load() != 10 || x.connections() != connsPerServer {
			t.Errorf("%d were refused, %d connections", busy.Load(), x.connections())
		}
		cancel()
		wg.Wait()
	})
}

func TestIdleConnectionsMakeRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := pipes(t, echo)
		s := streamServer
		for i := range maxConns + 20 {
			s.Addr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}), 53)
			if _, err := x.Exchange(t.Context(), s, Ask("a.test", TypeA), Options{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if n := x.connections(); n != maxConns {
			t.Errorf("%d connections", n)
		}
	})
}

func TestAnExchangeHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := pipes(t, func(_ int, far net.Conn) { io.Copy(io.Discard, far) })
		for _, c := range []struct{ timeout, want time.Duration }{{0, defaultExchange}, {300 * time.Millisecond, 300 * time.Millisecond}} {
			start := time.Now()
			if err := askStream(x, "a.test", c.timeout); KindOf(err) != Timeout || time.Since(start) != c.want {
				t.Errorf("%v after %v, want %v", err, time.Since(start), c.want)
			}
		}
	})
}
