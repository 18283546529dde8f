package resolver

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatAServerCannotDoIsBelievedForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ms memories
		m := ms.of(streamServer)
		m.refusedEDNS()
		m.changedCase()
		time.Sleep(memoryLife - time.Nanosecond)
		if !m.plain() || m.keepsCase() {
			t.Error("forgotten before its time")
		}
		time.Sleep(time.Nanosecond)
		if m.plain() || !m.keepsCase() {
			t.Error("believed beyond its time")
		}
	})
}

func TestServersRememberedAreBounded(t *testing.T) {
	var ms memories
	for i := range maxMemories + 100 {
		addr := netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)})
		s := Server{Addr: netip.AddrPortFrom(addr, 53)}
		if first := ms.of(s); ms.of(s) != first {
			t.Fatal("a server is not remembered")
		}
	}
	if len(ms.m) != maxMemories {
		t.Errorf("%d servers", len(ms.m))
	}
}
