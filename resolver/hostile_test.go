package resolver

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// walker is an Authority whose root is on loopback and whose exchanges are f.
func walker(c AuthorityConfig, f func(q Question, at netip.Addr) Reply) *Authority {
	c.Roots = []netip.Addr{loopback}
	a := NewAuthority(c)
	a.ipv6 = false
	a.exchange = func(_ context.Context, s Server, q Question, _ Options) (Reply, error) {
		r := f(q, s.Addr.Addr())
		r.Answer.Question, r.Answer.Server, r.RTT = q, s.String(), 1
		if r.Answer.Name == "" {
			r.Answer.Name = q.Name
		}
		return r, nil
	}
	return a
}

// denied is the answer of a zone that has nothing.
func denied(zone string) Answer {
	return Answer{Authoritative: true, Status: NXDomain, SOA: &SOA{MName: "m", RName: "r"}, SOAOwner: zone}
}

// TestServersWithoutGlueAreBounded: zones that list server after server, each of
// another name, cost the resolver of all no more than their share (CVE-2020-8616).
func TestServersWithoutGlueAreBounded(t *testing.T) {
	var asked atomic.Int64
	hosts := Func(func(_ context.Context, q Question) (Answer, error) {
		asked.Add(1)
		a := denied("test")
		a.Question, a.Name = q, q.Name
		return a, nil
	})
	a := walker(AuthorityConfig{Hosts: hosts}, func(q Question, _ netip.Addr) Reply {
		zone := q.Name[strings.LastIndexByte(q.Name, '.')+1:]
		r := &Referral{Zone: zone}
		for i := range 20 {
			r.Servers = append(r.Servers, fmt.Sprintf("ns%d.%s.victim.example", i, zone))
		}
		return Reply{Referral: r}
	})
	for i := range 20 {
		if _, err := a.Resolve(t.Context(), Question{fmt.Sprintf("a.evil%d", i), TypeA}); err == nil {
			t.Error("an answer from nobody")
		}
	}
	if n := asked.Load(); n == 0 || n > 2*150 {
		t.Errorf("%d questions about servers", n)
	}
}

// TestAZoneFoundIsLocated: who meets a zone that another question has just found on
// the servers of its parent does not wait for what nobody does.
func TestAZoneFoundIsLocated(t *testing.T) {
	a := NewAuthority(AuthorityConfig{Roots: []netip.Addr{loopback}})
	a.adopt(a.zones["."], "sub.test", []string{"ns.sub.test"})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	z, err := a.home(ctx, "sub.test")
	if err != nil {
		t.Fatal(err)
	}
	if z.settled(ctx, Question{"sub.test", TypeSOA}); ctx.Err() != nil {
		t.Error("waited until time was up")
	}
}

// TestLongAnswersAreComparedOnce: eighty servers that all say something else, at
// length.
func TestLongAnswersAreComparedOnce(t *testing.T) {
	var p Poll
	for i := range 80 {
		text := strings.Repeat("\x01", 60_000) + fmt.Sprintf("%02d", i/2)
		p.Told = append(p.Told, Told{Host: fmt.Sprint("ns", i), Answer: Answer{Name: "evil.test", Status: Found, Data: []Data{SplitTXT(text)}}})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	groups := p.Groups()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; len(groups) != 40 || len(groups[0]) != 2 || n > 128<<20 {
		t.Errorf("%d groups, %d KiB", len(groups), n>>10)
	}
}

// TestWhatIsTooMuchIsNoAnswer: sections of thousands of records, and records of
// thousands of strings.
func TestWhatIsTooMuchIsNoAnswer(t *testing.T) {
	q := Question{"evil.test", TypeTXT}
	wire := func(answers, authorities int, data []byte) []byte {
		b := make([]byte, header)
		b[2], b[5] = 0x84, 1
		binary.BigEndian.PutUint16(b[6:], uint16(answers))
		binary.BigEndian.PutUint16(b[8:], uint16(authorities))
		b, _ = appendName(b, q.Name)
		b = append(b, 0, byte(q.Type), 0, 1)
		for range answers + authorities {
			b = append(b, 0xc0, header, 0, byte(q.Type), 0, 1, 0, 0, 0, 60)
			b = append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
		}
		return b
	}
	for name, m := range map[string][]byte{
		"records beside the answer": wire(1, maxRecords+1, []byte{1, 'a'}),
		"strings without octets":    wire(1, 0, make([]byte, 65_400)),
	} {
		if a, err := Parse(q, m); KindOf(err) != Malformed {
			t.Errorf("%s: %d records, %v", name, len(a.Data), err)
		}
	}
	if a, err := Parse(q, wire(1, 64, []byte{1, 'a'})); err != nil || len(a.Data) != 1 {
		t.Error(a, err)
	}
}

// TestAServerThatTalksUnaskedIsLeft: a connection that brings what nobody asked for
// ends, and so does the reading.
func TestAServerThatTalksUnaskedIsLeft(t *testing.T) {
	sent := make(chan int, 8)
	x := pipes(t, func(_ int, far net.Conn) {
		receive(far)
		junk := make([]byte, 2+65535)
		junk[0], junk[1] = 255, 255
		total := 0
		for {
			n, err := far.Write(junk)
			if total += n; err != nil {
				sent <- total
				return
			}
		}
	})
	if _, err := x.Exchange(t.Context(), streamServer, Question{"evil.test", TypeTXT}, Options{Timeout: 5 * time.Second}); err == nil {
		t.Error("an answer from junk")
	}
	if n := <-sent; n > 16<<20 {
		t.Errorf("%d MiB were read", n>>20)
	}
}

// TestDoubledRepliesAreNoFlood: a server that says everything twice is heard.
func TestDoubledRepliesAreNoFlood(t *testing.T) {
	x := pipes(t, func(_ int, far net.Conn) {
		for m := receive(far); m != nil; m = receive(far) {
			reply(far, m)
			reply(far, m)
		}
	})
	for range 200 {
		if _, err := x.Exchange(t.Context(), streamServer, Question{"a.test", TypeTXT}, Options{}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNothingIsSentWhenTimeIsUp holds the authoritative view to its context.
func TestNothingIsSentWhenTimeIsUp(t *testing.T) {
	a := walker(AuthorityConfig{}, func(q Question, _ netip.Addr) Reply { return Reply{Answer: denied(".")} })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 20 {
		name := fmt.Sprintf("a%d.test", i)
		if _, err := a.Resolve(ctx, Question{name, TypeTXT}); KindOf(err) != Canceled {
			t.Error(err)
		}
		a.Each(ctx, Question{name, TypeTXT})
	}
	if n := a.Sent(); n != 0 {
		t.Errorf("%d questions were sent", n)
	}
}

// TestAliasesOfEachServerAreBounded: servers that each name another alias cannot have
// somebody else's servers asked by the hundred.
func TestAliasesOfEachServerAreBounded(t *testing.T) {
	var victim, made atomic.Int64
	at := netip.MustParseAddr("1.1.1.1")
	a := walker(AuthorityConfig{}, func(q Question, addr netip.Addr) Reply {
		switch {
		case addr == at:
			victim.Add(1)
			return Reply{Answer: denied("victim.test")}
		case addr == loopback && strings.HasSuffix(q.Name, "victim.test"):
			return Reply{Referral: &Referral{Zone: "victim.test", Servers: []string{"ns.victim.test"}}, Glue: map[string][]netip.Addr{"ns.victim.test": {at}}}
		case addr == loopback:
			r := Reply{Referral: &Referral{Zone: "evil.test"}, Glue: map[string][]netip.Addr{}}
			for i := range 20 {
				host := fmt.Sprintf("ns%d.evil.test", i)
				r.Referral.Servers = append(r.Referral.Servers, host)
				r.Glue[host] = []netip.Addr{netip.AddrFrom4([4]byte{8, 8, byte(i), 1}), netip.AddrFrom4([4]byte{8, 8, byte(i), 2})}
			}
			return r
		case q.Type == TypeNS:
			return Reply{Answer: denied("evil.test")}
		}
		alias := fmt.Sprintf("r%d.victim.test", made.Add(1))
		return Reply{Answer: Answer{Authoritative: true, Status: NoData, Name: alias, Aliases: []string{alias}}}
	})
	for _, q := range []Question{{"evil.test", TypeMX}, {"evil.test", TypeTXT}, {"_dmarc.evil.test", TypeTXT}} {
		a.Each(t.Context(), q)
	}
	if n := victim.Load(); n == 0 || n > maxTargets+8 {
		t.Errorf("%d questions to a stranger, of %d aliases", n, made.Load())
	}
}
