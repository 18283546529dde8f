package service

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// shifting is DNS whose zone changes, with the number of questions it has answered.
type shifting struct {
	now   atomic.Pointer[dnstest.Resolver]
	asked atomic.Int64
}

func (s *shifting) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	s.asked.Add(1)
	return s.now.Load().Resolve(ctx, q)
}

// remembering is a service over DNS that starts as typical.
func remembering(t *testing.T) (*Service, *shifting, *resolver.Shared) {
	t.Helper()
	dns := new(shifting)
	dns.now.Store(dnstest.New(t, typical))
	shared := resolver.Share(dns, resolver.Sharing{})
	s, err := New(Config{Resolver: shared, Ordinary: documentation})
	if err != nil {
		t.Fatal(err)
	}
	return s, dns, shared
}

func (s *shifting) checked(t *testing.T, service *Service, m *mailassayv1.CheckSenderRequest) (*mailassayv1.CheckSenderResponse, int64) {
	t.Helper()
	before := s.asked.Load()
	out, err := service.CheckSender(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return out, s.asked.Load() - before
}

// TestSendersSeenBefore: every report says what the first said, those from DNS
// answers in memory and those that are kept, and costs no question.
func TestSendersSeenBefore(t *testing.T) {
	s, dns, _ := remembering(t)
	first, asked := dns.checked(t, s, senderCheck)
	if asked == 0 || first.GetStats().GetQueriesSent() == 0 {
		t.Fatalf("%d questions, %v", asked, first.GetStats())
	}
	for range 3 {
		again, asked := dns.checked(t, s, senderCheck)
		if st, of := again.GetStats(), first.GetStats(); asked != 0 || st.GetQueriesSent() != 0 || st.GetCacheHits() != of.GetQueriesSent()+of.GetCacheHits() {
			t.Errorf("%d questions, %v after %v", asked, st, first.GetStats())
		}
		if again.Stats = first.Stats; !proto.Equal(again, first) {
			t.Errorf("%v\nafter\n%v", again, first)
		}
	}
}

// TestSendersOfOneDomain: what a report of one sender lends to another is what that
// one's own would say.
func TestSendersOfOneDomain(t *testing.T) {
	const personal = `
personal.example.          IN TXT "v=spf1 exists:%{l}.users.personal.example include:_spf.personal.example -all"
_spf.personal.example.     IN TXT "v=spf1 -all"
ann.users.personal.example. IN A 127.0.0.2
deep.example.              IN TXT "v=spf1 include:personal.example ~all"
told.example.              IN TXT "v=spf1 -all exp=why.told.example"
why.told.example.          IN TXT "%{l} may not send"
late.example.              IN TXT "v=spf1 ip4:203.0.113.0/24 exists:%{s}.late.example -all"
`
	kept, dns, _ := remembering(t)
	dns.now.Store(dnstest.New(t, typical+personal))
	for _, domain := range []string{"typical.example", "personal.example", "deep.example", "told.example", "late.example", "nowhere.example", "Typical.example."} {
		for _, local := range []string{"ärger", "ann", "bob", "ann", `"an@n"`, "a(nn)\\", "", "@", "ann+tag=x%"} {
			m := proto.CloneOf(senderCheck)
			switch m.MailFrom = local + "@" + domain; local {
			case "": // without "@"
				m.MailFrom = domain
			case "@": // with nothing before it
				m.MailFrom = local + domain
			}
			for range 2 {
				got, _ := dns.checked(t, kept, m)
				apart, otherDNS, _ := remembering(t)
				otherDNS.now.Store(dns.now.Load())
				want, _ := otherDNS.checked(t, apart, m)
				if got.Stats = want.Stats; !proto.Equal(got, want) {
					t.Errorf("%s:\n%v\nand on its own\n%v", m.MailFrom, got, want)
				}
			}
		}
	}
}

// TestAuthorsOfOneDomain: a From text changes nothing but by its author domain, and
// by its faults.
func TestAuthorsOfOneDomain(t *testing.T) {
	kept, dns, _ := remembering(t)
	for _, from := range []string{
		"news@typical.example", "ann.lee@typical.example", "Ann <ann@typical.example>", "typical.example", "@typical.example", ".ann@typical.example",
		"a..b@typical.example", "ann@Typical.example", "ann@typical.example.", "ann@typical.example, bob@typical.example", "ann@other.example, bob@typical.example",
		"ann@", "ann@typical..example", "bob@typical..example", "ann@-typical.example", "ann@[192.0.2.1]", "ärger@typical.example", "ann", "",
	} {
		m := proto.CloneOf(senderCheck)
		m.HeaderFrom = from
		for range 3 {
			got, _ := dns.checked(t, kept, m)
			apart, otherDNS, _ := remembering(t)
			otherDNS.now.Store(dns.now.Load())
			want, _ := otherDNS.checked(t, apart, m)
			if got.Stats = want.Stats; !proto.Equal(got, want) {
				t.Errorf("%q:\n%v\nand on its own\n%v", from, got, want)
			}
		}
	}
	m := proto.CloneOf(senderCheck)
	m.HeaderFrom = "somebody@typical.example"
	if n := kept.reports.kept.EstimatedSize(); n == 0 {
		t.Error("nothing is kept")
	}
	before := kept.reports.kept.EstimatedSize()
	for range 3 {
		dns.checked(t, kept, m)
	}
	if n := kept.reports.kept.EstimatedSize(); n != before {
		t.Errorf("%d reports are kept, %d before another author of a domain", n, before)
	}
}

// TestSendersSeenBeforeWithAnythingElse: no field of a request is left out of what
// tells requests apart.
func TestSendersSeenBeforeWithAnythingElse(t *testing.T) {
	s, dns, _ := remembering(t)
	first, _ := dns.checked(t, s, senderCheck)
	dns.checked(t, s, senderCheck) // which is kept
	for _, change := range []func(*mailassayv1.CheckSenderRequest){
		func(m *mailassayv1.CheckSenderRequest) { m.ClientIp = "203.0.113.131" },
		func(m *mailassayv1.CheckSenderRequest) { m.Helo = "other.example" },
		func(m *mailassayv1.CheckSenderRequest) { m.MailFrom = "other@typical.example" },
		func(m *mailassayv1.CheckSenderRequest) { m.HeaderFrom = "news@other.example" },
		func(m *mailassayv1.CheckSenderRequest) { m.AuthservId = "mx.receiver.example" },
		func(m *mailassayv1.CheckSenderRequest) { m.Blocklists = []string{"bl.example"} },
		func(m *mailassayv1.CheckSenderRequest) { m.Message = []byte("From: a@b.example\r\n\r\n") },
	} {
		m := proto.CloneOf(senderCheck)
		change(m)
		for range 3 {
			other, _ := dns.checked(t, s, m)
			if other.Stats = first.Stats; proto.Equal(other, first) {
				t.Errorf("%v has the report of %v", m, senderCheck)
			}
		}
	}
}

// TestReportsFollowDNS: a report is given again only while the cache holds every
// answer it rests on.
func TestReportsFollowDNS(t *testing.T) {
	changed := strings.Replace(typical, "include:_spf.provider.example -all", "-all", 1)
	known := func(t *testing.T, s *Service, dns *shifting) {
		t.Helper()
		for range 2 {
			dns.checked(t, s, senderCheck)
		}
		if n := s.reports.kept.EstimatedSize(); n != 1 {
			t.Fatalf("%d reports are kept", n)
		}
	}
	fails := func(m *mailassayv1.CheckSenderResponse) bool { return m.GetSpf().GetResult() == "fail" }
	t.Run("refreshed", func(t *testing.T) {
		s, dns, shared := remembering(t)
		known(t, s, dns)
		dns.now.Store(dnstest.New(t, changed))
		if m, _ := dns.checked(t, s, senderCheck); fails(m) {
			t.Error("the cache has the old record still")
		}
		if _, err := shared.Fresh().Resolve(t.Context(), resolver.Ask("typical.example", resolver.TypeTXT)); err != nil {
			t.Fatal(err)
		}
		if m, _ := dns.checked(t, s, senderCheck); !fails(m) {
			t.Error("the cache has the new record, and the report does not")
		}
	})
	t.Run("expired", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, dns, _ := remembering(t)
			known(t, s, dns)
			dns.now.Store(dnstest.New(t, changed))
			time.Sleep(time.Hour + time.Second)
			if m, asked := dns.checked(t, s, senderCheck); !fails(m) || asked == 0 {
				t.Errorf("%v after %d questions", m.GetSpf(), asked)
			}
		})
	})
}

// TestReportsStayWithinTheirBudget fills the memory of reports with what a hostile zone
// can make of one: records of any size at names without number. What they hold is what
// the heap gives back when they go.
func TestReportsStayWithinTheirBudget(t *testing.T) {
	const budget = 4 << 20
	heap := func() int {
		runtime.GC()
		runtime.GC() // what a finalizer or a pool held
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	for _, octets := range []int{300, 6000} {
		record := "v=spf1 include:%{d}.i0.example include:%{d}.i1.example include:%{d}.i2.example" + strings.Repeat(" ip4:198.51.100.1", octets/17) + " ip4:203.0.113.0/24 -all"
		dns := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
			a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.NoData, TTL: 3600}
			if q.Type == resolver.TypeTXT {
				text := record
				if strings.Contains(q.Name, ".i") {
					text = "v=spf1 " + strings.Repeat(" ip4:198.51.100.2", octets/17) + " -all"
				}
				a.Status, a.Data = resolver.Found, []resolver.Data{resolver.SplitTXT(text)}
			}
			return a, nil
		})
		shared := resolver.Share(dns, resolver.Sharing{Cache: resolver.CacheConfig{Bytes: 1 << 20}})
		s, err := New(Config{Resolver: shared, Ordinary: documentation})
		if err != nil {
			t.Fatal(err)
		}
		s.reports = newReports(shared, budget)
		for n := range 600 {
			m := &mailassayv1.CheckSenderRequest{ClientIp: "203.0.113.5", Helo: "h.example", MailFrom: fmt.Sprintf("a@d%d.example", n)}
			for range 2 {
				if _, err := s.CheckSender(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
		}
		full, kept := heap(), s.reports.kept.EstimatedSize()
		s.reports = nil
		held := full - heap()
		if t.Logf("%d octets a record: %d reports hold %d KiB", octets, kept, held>>10); held > budget*11/10 || kept < 2 {
			t.Errorf("%d octets a record: %d reports hold %d KiB of %d", octets, kept, held>>10, budget>>10)
		}
		runtime.KeepAlive(shared)
	}
}

// TestOpenReportsAreNotKept: what could not be looked up is looked up again.
func TestOpenReportsAreNotKept(t *testing.T) {
	s, dns, _ := remembering(t)
	broken := dnstest.New(t, typical)
	broken.Fail(func(q resolver.Question) resolver.Kind {
		if q.Name == "_dmarc.typical.example" {
			return resolver.Overloaded // which no cache remembers
		}
		return 0
	})
	dns.now.Store(broken)
	for range 3 {
		if m, _ := dns.checked(t, s, senderCheck); m.GetDmarc().GetResult() != "temperror" {
			t.Fatal(m.GetDmarc())
		}
	}
	dns.now.Store(dnstest.New(t, typical))
	if m, _ := dns.checked(t, s, senderCheck); m.GetDmarc().GetResult() != "pass" {
		t.Error(m.GetDmarc())
	}
}

// TestKeptReportsOnTheWire: a server's callers get of a report that is kept what
// they got of the first, and of those of other local parts what they would on their
// own, compressed or not.
func TestKeptReportsOnTheWire(t *testing.T) {
	ask := func(r *rig, m *mailassayv1.CheckSenderRequest, options ...grpc.CallOption) *mailassayv1.CheckSenderResponse {
		t.Helper()
		out, err := r.CheckSender(within(t), m, options...)
		if err != nil {
			t.Fatal(err)
		}
		if out.Stats == nil {
			t.Error("no stats")
		}
		out.Stats = nil
		return out
	}
	r := start(t, ServerConfig{Service: Config{Resolver: resolver.Share(dnstest.New(t, typical), resolver.Sharing{}), Ordinary: documentation}})
	for range 2 {
		ask(r, senderCheck)
	}
	for _, local := range []string{"bounce", "bounce", "ann", "ärger"} {
		m := proto.CloneOf(senderCheck)
		m.MailFrom = local + "@typical.example"
		m.HeaderFrom = local + "@typical.example"
		apart := start(t, ServerConfig{Service: Config{Resolver: resolver.Share(dnstest.New(t, typical), resolver.Sharing{}), Ordinary: documentation}})
		want := ask(apart, m)
		for _, got := range []*mailassayv1.CheckSenderResponse{ask(r, m), ask(r, m, grpc.UseCompressor(gzip.Name))} {
			if !proto.Equal(got, want) {
				t.Errorf("%s: %v\nand on its own\n%v", local, got, want)
			}
		}
	}
	if n := r.service.reports.kept.EstimatedSize(); n != 2 { // one for authors who need more reading than "ann@"
		t.Errorf("%d reports are kept", n)
	}
}
