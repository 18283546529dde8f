package sender_test

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/spf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// roundTrip is how long a question takes in tests of time.
const roundTrip = 20 * time.Millisecond

// slow answers each question after a round trip.
func slow(next resolver.Resolver) resolver.Resolver {
	return resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
		select {
		case <-time.After(roundTrip):
			return next.Resolve(ctx, q)
		case <-ctx.Done():
			return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: ctx.Err()}
		}
	})
}

// TestColdCheckTakesAsManyRoundTripsAsItsRecordsAreDeep takes a sender whose
// includes are two levels deep: three questions one after the other, and no other
// chain is longer.
func TestColdCheckTakesAsManyRoundTripsAsItsRecordsAreDeep(t *testing.T) {
	for name, c := range map[string]struct {
		request sender.Request
		trips   int
	}{
		"without message": {largeRequest, 3},
		"with message": {sender.Request{
			Client: largeRequest.Client, Helo: largeRequest.Helo, MailFrom: largeRequest.MailFrom,
			Message: sign([]byte("From: news@big.test\r\nSubject: x\r\n\r\nhello\r\n"), "d=sig.big.test; s=s1; h=from:subject"),
		}, 3},
		"with blocklist": {func() sender.Request {
			r := largeRequest
			r.Blocklists = []dnsbl.List{{Zone: "list.test", Kind: dnsbl.Addresses | dnsbl.Domains}}
			return r
		}(), 3},
	} {
		t.Run(name, func(t *testing.T) {
			zone := large() + "s1._domainkey.sig.big.test. TXT \"k=ed25519; p=" + publicKey + "\"\n"
			r := dnstest.New(t, zone)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				shared := resolver.Share(slow(r), resolver.Sharing{})
				src := sender.Sources{DNS: resolver.NewRequest(shared, resolver.Budget{Questions: 100}, true), Ordinary: ordinary}
				rep := sender.Check(t.Context(), src, c.request, sender.Policy{})
				trips := float64(time.Since(start)) / float64(roundTrip)
				t.Logf("%.1f round trips, %d questions", trips, len(r.Asked()))
				if rep.Verdict.Action != sender.Accept || trips > float64(c.trips)+0.1 {
					t.Errorf("%.1f round trips, %s, %s", trips, verdict(rep), codes(rep))
				}
			})
		})
	}
}

// TestTimeIsUp shows that a report comes when the caller's time is up, and says
// what is not known.
func TestTimeIsUp(t *testing.T) {
	r := dnstest.New(t, large())
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), roundTrip+roundTrip/2)
		defer cancel()
		start := time.Now()
		rep := sender.Check(ctx, sender.Sources{DNS: slow(r), Ordinary: ordinary}, largeRequest, sender.Policy{})
		if d := time.Since(start); d > 2*roundTrip {
			t.Errorf("it took %v", d)
		}
		if rep.Verdict.Action != sender.Defer || !slices.Contains(codes(rep), "SPF_UNKNOWN") {
			t.Errorf("%s, %s", verdict(rep), codes(rep))
		}
	})
}

func TestBudgetSpentIsUnknown(t *testing.T) {
	for questions := 1; questions < 13; questions++ {
		dns := resolver.NewRequest(dnstest.New(t, large()), resolver.Budget{Questions: questions}, true)
		rep := sender.Check(t.Context(), sender.Sources{DNS: dns, Ordinary: ordinary}, largeRequest, sender.Policy{})
		if a := rep.Verdict.Action; a != sender.Defer && a != sender.Accept {
			t.Errorf("%d questions: %s", questions, verdict(rep))
		}
		if asked := dns.Spent().Questions; asked > questions {
			t.Errorf("%d questions asked of %d", asked, questions)
		}
	}
}

// TestAMessageMayBeAStream gives the same report for a message in memory and for
// one that comes in single octets.
func TestAMessageMayBeAStream(t *testing.T) {
	for _, c := range cases(t) {
		if c.request.Message == nil {
			continue
		}
		whole := c.check(t, dnstest.New(t, c.zone))
		c.request.Source = iotest.OneByteReader(strings.NewReader(string(c.request.Message)))
		c.request.Message = nil
		part := c.check(t, dnstest.New(t, c.zone))
		if !slices.Equal(codes(whole), codes(part)) || verdict(whole) != verdict(part) || whole.AuthenticationResults != part.AuthenticationResults {
			t.Errorf("%s: %s, streamed %s", c.name, verdict(whole), verdict(part))
		}
	}
}

func TestABrokenStreamIsUnknown(t *testing.T) {
	for _, c := range cases(t) {
		if c.name != "a forwarded message whose signature proves it" {
			continue
		}
		header := c.request.Message[:len(c.request.Message)-3]
		c.request.Message = nil
		c.request.Source = io.MultiReader(strings.NewReader(string(header)), iotest.ErrReader(errors.New("gone")))
		rep := c.check(t, dnstest.New(t, c.zone))
		if rep.Verdict.Action != sender.Defer || rep.Facts.MessageErr == nil {
			t.Errorf("%s, %v", verdict(rep), rep.Facts.MessageErr)
		}
		return
	}
	t.Fatal("the case is gone")
}

// TestALostHeaderIsOpenUnderEveryPolicy: an author who is not known may be one of
// several, or none that can be read.
func TestALostHeaderIsOpenUnderEveryPolicy(t *testing.T) {
	for _, p := range []sender.Policy{
		{DMARCReject: sender.Quarantine, SPFFail: sender.Quarantine, NoReverseDNS: sender.Quarantine},
		{DMARCReject: sender.Accept, SPFFail: sender.Accept, NoReverseDNS: sender.Quarantine, SeveralAuthors: sender.Accept, BadFrom: sender.Reject},
	} {
		rep := sender.Check(t.Context(), sender.Sources{DNS: dnstest.New(t, ""), Ordinary: ordinary}, sender.Request{
			Client: netip.MustParseAddr("192.0.2.77"), Helo: "h.a.test", MailFrom: "u@a.test",
			Source: io.MultiReader(strings.NewReader("From: a@a.test\r\nFr"), iotest.ErrReader(errors.New("gone"))),
		}, p)
		if rep.Verdict.Action != sender.Defer {
			t.Errorf("%+v: %s", p, verdict(rep))
		}
	}
}

// stalled gives a message's first octets, and then nothing until time is up.
type stalled struct {
	io.Reader
	ctx context.Context
}

func (s stalled) Read(p []byte) (int, error) {
	if n, err := s.Reader.Read(p); err == nil {
		return n, nil
	}
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// TestAStalledUploadHidesOnlyTheMessage stops before the message, within its
// header and within its body: what the envelope says is known all the same, and
// nothing is definite that the message might change.
func TestAStalledUploadHidesOnlyTheMessage(t *testing.T) {
	r := dnstest.New(t, large())
	for _, begun := range []string{"", "Subject: x\r\nFrom: news@big.test\r\n", "From: news@big.test\r\n\r\nhello"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			req := largeRequest
			req.Client = netip.MustParseAddr("203.0.113.99") // for which SPF fails
			req.Blocklists = []dnsbl.List{{Zone: "list.test", Kind: dnsbl.Addresses | dnsbl.Domains}}
			req.Source = stalled{strings.NewReader(begun), ctx}
			rep := sender.Check(ctx, sender.Sources{DNS: slow(r), Ordinary: ordinary}, req, sender.Policy{})
			f := rep.Facts
			if f.SPF.Result != spf.Fail || f.ReverseDNS.Result == iprev.TempError || f.Path.Err != nil || f.Blocklists[0].State != dnsbl.Clear {
				t.Errorf("%q: SPF %s, iprev %s, path %v, lists %+v", begun, f.SPF.Result, f.ReverseDNS.Result, f.Path.Err, f.Blocklists)
			}
			if f.DMARC.Result != dmarc.ResultTempError || rep.Verdict.Action != sender.Defer || !strings.HasPrefix(rep.Verdict.Reply, "451 4.4.2 ") {
				t.Errorf("%q: dmarc %s, %s", begun, f.DMARC.Result, verdict(rep))
			}
			wellFormed(t, rep)
		})
	}
}

func TestAHeaderWithoutEndIsNoHeader(t *testing.T) {
	req := largeRequest
	req.Message = []byte("From: news@big.test\r\n" + strings.Repeat("X: y\r\n", 300000))
	rep := sender.Check(t.Context(), sender.Sources{DNS: dnstest.New(t, large()), Ordinary: ordinary}, req, sender.Policy{})
	if rep.Verdict.Action != sender.Quarantine || !slices.Contains(codes(rep), "SENDER_FROM_INVALID") {
		t.Errorf("%s, %s", verdict(rep), codes(rep))
	}
}

// TestAFaultOfOursIsUnknown breaks each question in turn with a panic.
func TestAFaultOfOursIsUnknown(t *testing.T) {
	req := largeRequest
	req.Blocklists = []dnsbl.List{{Zone: "list.test", Kind: dnsbl.Addresses}}
	zone := dnstest.New(t, large())
	sender.Check(t.Context(), sender.Sources{DNS: zone, Ordinary: ordinary}, req, sender.Policy{})
	for _, q := range zone.Asked() {
		broken := resolver.Func(func(ctx context.Context, have resolver.Question) (resolver.Answer, error) {
			if have == q {
				panic("a fault")
			}
			return zone.Resolve(ctx, have)
		})
		rep := sender.Check(t.Context(), sender.Sources{DNS: peeking{broken}, Ordinary: ordinary}, req, sender.Policy{})
		if rep.Verdict.Action != sender.Accept && rep.Verdict.Action != sender.Defer {
			t.Errorf("%v: %s", q, verdict(rep))
		}
		if len(rep.Unknown) == 0 {
			t.Errorf("%v: nothing is unknown", q)
		}
	}
}

// peeking has every answer at hand.
type peeking struct{ resolver.Resolver }

func (p peeking) Peek(q resolver.Question) (*resolver.Answer, bool, error) {
	a, err := p.Resolve(context.Background(), q)
	return &a, true, err
}

// FuzzCheck holds that nothing a client says breaks the report.
func FuzzCheck(f *testing.F) {
	f.Add("mx.b.test", "joe@b.test", "joe@b.test", "mx", []byte("From: a@b.test\r\n\r\nx"))
	f.Add("[192.0.2.1]", "\"a@b\"@b.test", "a\r\nb", "m\r\nx", []byte("From: a@[1.2.3.4]\nDKIM-Signature: v=1;\r\n"))
	f.Add("a\x00", "@", "g:;", "", []byte("\r\n"))
	z := dnstest.New(f, large())
	f.Fuzz(func(t *testing.T, helo, mailFrom, from, id string, message []byte) {
		if len(message) == 0 {
			message = nil
		}
		req := sender.Request{
			Client: netip.MustParseAddr("198.51.100.9"), Helo: helo, MailFrom: mailFrom, From: from, AuthservID: id, Message: message,
			Blocklists: []dnsbl.List{{Zone: "list.test", Kind: dnsbl.Addresses | dnsbl.Domains}},
		}
		wellFormed(t, sender.Check(t.Context(), sender.Sources{DNS: z, Ordinary: ordinary}, req, sender.Policy{}))
	})
}
