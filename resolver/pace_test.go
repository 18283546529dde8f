package resolver

import (
	"context"
	"encoding/binary"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func address(n int) netip.Addr {
	var o [16]byte
	o[0] = 0x20
	binary.BigEndian.PutUint64(o[8:], uint64(n))
	return netip.AddrFrom16(o)
}

func TestAnAddressGetsItsRateAndABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, addr := NewPace(50), address(1)
		taken := 0
		for range 10 * 1000 { // ten seconds
			if p.allows(addr) != p.take(addr) {
				t.Fatal("what is allowed is not what is taken")
			}
			taken = 10*1000 - int(p.Refused())
			time.Sleep(time.Millisecond)
		}
		if taken < 50*11-1 || taken > 50*11+1 {
			t.Errorf("%d questions in 10 s at 50 a second", taken)
		}
		time.Sleep(time.Second)
		for i := range 51 {
			if p.take(addr) != (i < 50) {
				t.Errorf("after a second of rest question %d is wrong", i)
			}
		}
	})
}

func TestNoPaceRefusesNothing(t *testing.T) {
	var p *Pace
	for range 10_000 {
		if !p.allows(address(1)) || !p.take(address(1)) {
			t.Fatal("refused")
		}
	}
}

// Many thousand addresses, as a hostile zone may list, neither take memory nor the
// rate of another.
func TestManyAddressesDoNotHinderOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPace(100)
		refused := 0
		for n := range 1 << 17 {
			if !p.take(address(n + 10)) {
				refused++
			}
			if n%1000 == 0 && !p.take(address(1)) {
				t.Fatal("an address is over its rate because of others")
			}
			time.Sleep(100 * time.Microsecond)
		}
		if refused > 0 {
			t.Errorf("%d of other addresses refused", refused)
		}
	})
}

func TestTheRateHoldsForAllProcessors(t *testing.T) {
	p, addr := NewPace(1000), address(7)
	var taken atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for range 8 {
		wg.Go(func() {
			for range 50_000 {
				if p.take(addr) {
					taken.Add(1)
				}
			}
		})
	}
	wg.Wait()
	// Two processors may find room in one place each at the same moment.
	if most := 2 * (1000 + int64(time.Since(start).Seconds()*1000) + 1); taken.Load() > most || taken.Load() < 1000 {
		t.Errorf("%d taken, at most %d expected", taken.Load(), most)
	}
}

// A server that has had its rate is passed over for one that has not; when there is
// none, the question stays open at once and says so.
func TestAnUpstreamThatHasHadItsRateIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Extra: -1, Rate: 10}, answersAfter(time.Millisecond), answersAfter(10*time.Millisecond))
		asked := func(n int) (a, b, over int) {
			var wg sync.WaitGroup
			var refused atomic.Int64
			for range n {
				wg.Go(func() {
					start := time.Now()
					if _, err := p.Resolve(context.Background(), anything); err != nil {
						if KindOf(err) != Overloaded || time.Since(start) != 0 {
							t.Errorf("%v after %v", err, time.Since(start))
						}
						refused.Add(1)
					}
				})
			}
			wg.Wait()
			for _, s := range p.take() {
				if s[0] == 'a' {
					a++
				} else {
					b++
				}
			}
			return a, b, int(refused.Load())
		}
		p.Resolve(context.Background(), anything)
		p.Resolve(context.Background(), anything)
		time.Sleep(2 * time.Second)
		p.take()
		if a, b, over := asked(25); a != 10 || b != 10 || over != 5 {
			t.Errorf("%d and %d asked, %d refused", a, b, over)
		}
		if s := p.Stats(); s.Servers[0].Limited+s.Servers[1].Limited != 5 {
			t.Errorf("%+v", s)
		}
		time.Sleep(500 * time.Millisecond)
		if a, b, over := asked(4); a+b != 4 || over != 0 {
			t.Errorf("half a second later: %d and %d asked, %d refused", a, b, over)
		}
	})
}

// A try that the rate does not allow is not made; what was sent before still counts.
func TestTheRateHoldsForTriesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, UpstreamConfig{Extra: -1, Rate: 1, Timeout: 1900 * time.Millisecond}, silent)
		if _, err := p.Resolve(t.Context(), anything); KindOf(err) != Timeout {
			t.Error(err)
		}
		p.expect(t, "a@0s", "a@1s") // not after half a second
	})
}

func TestServersOnThisMachineHaveNoRateUnlessConfigured(t *testing.T) {
	local, far := Server{Addr: netip.MustParseAddrPort("127.0.0.1:53")}, Server{Addr: netip.MustParseAddrPort("192.0.2.1:53")}
	for _, c := range []struct {
		server Server
		rate   int
		want   rate
	}{
		{local, 0, rate{}}, {far, 0, perSecond(defaultRate)}, {local, 50, perSecond(50)}, {far, 50, perSecond(50)}, {far, -1, rate{}},
	} {
		if p := newPeer(c.server, UpstreamConfig{Rate: c.rate}); p.rate != c.want {
			t.Errorf("%v at %d: %+v", c.server, c.rate, p.rate)
		}
	}
}

func BenchmarkPace(b *testing.B) {
	p := NewPace(1 << 20)
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		addr := address(int(next.Add(1)))
		for pb.Next() {
			p.take(addr)
		}
	})
}
