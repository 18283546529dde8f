package resolver_test

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

const wild = `
wild.test.    SOA  ns.wild.test. hostmaster.wild.test. 7 7200 900 1209600 300
*.wild.test.  A    192.0.2.25
`

// fault is one way in which a server may be wrong. With cured the true answer must
// come all the same.
type fault struct {
	name  string
	add   func(*dnstest.Fault)
	cured bool
}

var faults = []fault{
	{"truncate", func(f *dnstest.Fault) { f.Truncate = true }, true},
	{"wrong id over UDP", func(f *dnstest.Fault) { f.WrongID, f.UDPOnly = true, true }, true},
	{"wrong question over UDP", func(f *dnstest.Fault) { f.WrongQuestion, f.UDPOnly = true, true }, true},
	{"lower case", func(f *dnstest.Fault) { f.LowerCase = true }, true},
	{"garbage over UDP", func(f *dnstest.Fault) { f.Garbage, f.UDPOnly = true, true }, true},
	{"trailing octets over UDP", func(f *dnstest.Fault) { f.Trailing, f.UDPOnly = true, true }, true},
	{"records cut off over UDP", func(f *dnstest.Fault) { f.Short, f.UDPOnly = true, true }, true},
	{"twice", func(f *dnstest.Fault) { f.Duplicate = true }, true},
	{"forged first", func(f *dnstest.Fault) { f.Forge = 8 }, true},
	{"no EDNS", func(f *dnstest.Fault) { f.NoEDNS = true }, true},
	{"no cookie", func(f *dnstest.Fault) { f.NoCookie = true }, true},
	{"wrong cookie", func(f *dnstest.Fault) { f.WrongCookie = true }, true},
	{"late", func(f *dnstest.Fault) { f.Delay = 5 * time.Millisecond }, true},
	{"silent", func(f *dnstest.Fault) { f.Drop = true }, false},
	{"SERVFAIL", func(f *dnstest.Fault) { f.Rcode = 2 }, false},
	{"REFUSED", func(f *dnstest.Fault) { f.Rcode = 5 }, false},
	{"FORMERR", func(f *dnstest.Fault) { f.Rcode = 1 }, false},
	{"NOTAUTH", func(f *dnstest.Fault) { f.Rcode = 9 }, false},
	{"truncated streams", func(f *dnstest.Fault) { f.Truncate, f.TruncateStreams = true, true }, false},
	{"wrong id", func(f *dnstest.Fault) { f.WrongID = true }, false},
	{"wrong question", func(f *dnstest.Fault) { f.WrongQuestion = true }, false},
	{"garbage", func(f *dnstest.Fault) { f.Garbage = true }, false},
	{"trailing octets", func(f *dnstest.Fault) { f.Trailing = true }, false},
	{"records cut off", func(f *dnstest.Fault) { f.Short = true }, false},
	{"streams closed", func(f *dnstest.Fault) { f.CloseTCP = true }, false},
	{"no question", func(f *dnstest.Fault) { f.NoQuestion = true }, false},
	{"lame", func(f *dnstest.Fault) { f.Lame = true }, false},
	{"refers to itself", func(f *dnstest.Fault) { f.Refer = true }, false},
}

// pairOf is the fault that a name such as "3-14.wild.test" asks for.
func pairOf(a dnstest.Asked) dnstest.Fault {
	var f dnstest.Fault
	label, _, _ := strings.Cut(a.Question.Name, ".")
	x, y, _ := strings.Cut(label, "-")
	for _, s := range []string{x, y} {
		if i, err := strconv.Atoi(s); err == nil {
			faults[i].add(&f)
		}
	}
	return f
}

// TestFaultsGiveTheTruthOrAnError runs each fault alone and with each other: the
// true answer, a referral, or an error may come of it, and never absence or a forged
// address.
func TestFaultsGiveTheTruthOrAnError(t *testing.T) {
	for _, c := range []dnstest.Config{{}, {Cookies: true}, {NoTCP: true}} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			s := dnstest.Serve(t, wild, c)
			s.Fault(pairOf)
			var wg sync.WaitGroup
			room := make(chan struct{}, 64)
			for i := range faults {
				for j := i; j < len(faults); j++ {
					room <- struct{}{}
					wg.Go(func() {
						defer func() { <-room }()
						tryFaults(t, s, c, i, j)
					})
				}
			}
			wg.Wait()
		})
	}
}

func tryFaults(t *testing.T, s *dnstest.Server, c dnstest.Config, i, j int) {
	var x resolver.Exchanger
	defer x.Close()
	name := fmt.Sprintf("%d-%d.wild.test", i, j)
	// A cured pair has all the time it needs on a busy machine.
	cured := faults[i].cured && faults[j].cured && !c.NoTCP
	o := resolver.Options{Recurse: true, Timeout: 100 * time.Millisecond}
	if cured {
		o.Timeout = 10 * time.Second
	}
	for _, server := range []resolver.Server{s.UDPServer(), s.TCPServer()} {
		for range 2 { // the second with what the first has taught
			r, err := x.Exchange(t.Context(), server, resolver.Ask(name, resolver.TypeA), o)
			switch {
			case err == nil && r.Referral != nil:
			case err == nil && len(r.Answer.Addrs()) == 1 && r.Answer.Addrs()[0] == netip.MustParseAddr("192.0.2.25"):
				continue
			case err != nil && resolver.KindOf(err) != 0 && !cured:
				continue
			}
			if cured || r.Referral == nil {
				t.Errorf("%s with %s at %s: %+v, %v", faults[i].name, faults[j].name, server, r, err)
			}
		}
	}
}

func TestTheExpectedKindOfEachFault(t *testing.T) {
	s := dnstest.Serve(t, wild, dnstest.Config{})
	for name, c := range map[string]struct {
		fault dnstest.Fault
		want  resolver.Kind
	}{
		"silent":           {dnstest.Fault{Drop: true}, resolver.Timeout},
		"SERVFAIL":         {dnstest.Fault{Rcode: 2}, resolver.ServerFailure},
		"EDE 7":            {dnstest.Fault{Rcode: 2, Extended: []resolver.ExtendedError{{Code: 7}}}, resolver.Bogus},
		"REFUSED":          {dnstest.Fault{Rcode: 5}, resolver.Refused},
		"NOTAUTH":          {dnstest.Fault{Rcode: 9}, resolver.Lame},
		"FORMERR":          {dnstest.Fault{Rcode: 1}, resolver.OtherRcode},
		"garbage":          {dnstest.Fault{Garbage: true}, resolver.Malformed},
		"trailing octets":  {dnstest.Fault{Trailing: true}, resolver.Malformed},
		"records cut off":  {dnstest.Fault{Short: true}, resolver.Malformed},
		"always truncated": {dnstest.Fault{TruncateStreams: true}, resolver.Malformed},
		"streams closed":   {dnstest.Fault{Truncate: true, CloseTCP: true}, resolver.Unreachable},
	} {
		var x resolver.Exchanger
		s.Always(c.fault)
		_, err := x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("a.wild.test", resolver.TypeA), resolver.Options{Timeout: 200 * time.Millisecond})
		if resolver.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		x.Close()
	}
}

func TestAnAnswerOf64KilobytesComesOverTCPWhole(t *testing.T) {
	s := dnstest.Serve(t, wild, dnstest.Config{})
	s.Always(dnstest.Fault{Huge: true})
	var x resolver.Exchanger
	defer x.Close()
	r, err := x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("a.wild.test", resolver.TypeTXT), resolver.Options{})
	if err != nil || !r.TCP || r.Size < 60000 || len(r.Answer.Data) < 26 {
		t.Errorf("%d octets, %d records, %v", r.Size, len(r.Answer.Data), err)
	}
	// A set of thousands is no set that could be judged.
	r, err = x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("a.wild.test", resolver.TypeA), resolver.Options{})
	if resolver.KindOf(err) != resolver.Malformed || r.Size < 60000 {
		t.Errorf("%d octets, %v", r.Size, err)
	}
}

func TestWhatAServerCannotDoIsRemembered(t *testing.T) {
	for name, f := range map[string]dnstest.Fault{"case": {LowerCase: true}, "EDNS": {NoEDNS: true}} {
		s := dnstest.Serve(t, wild, dnstest.Config{})
		s.Always(f)
		var x resolver.Exchanger
		defer x.Close()
		ask := func() int {
			s.Forget()
			r, err := x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("a-name-with-many-letters.wild.test", resolver.TypeA), resolver.Options{})
			if err != nil || r.Answer.Status != resolver.Found {
				t.Fatalf("%s: %+v, %v", name, r, err)
			}
			return s.Count()
		}
		if first, second := ask(), ask(); first != 2 || second != 1 {
			t.Errorf("%s: %d questions, then %d", name, first, second)
		}
	}
}

func TestQuestionsCannotBeGuessed(t *testing.T) {
	s := dnstest.Serve(t, wild, dnstest.Config{})
	var x resolver.Exchanger
	defer x.Close()
	const n = 200
	for range n {
		if _, err := x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("abcdefghijklmnop.wild.test", resolver.TypeA), resolver.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	ports, ids, cases := map[uint16]bool{}, map[uint16]bool{}, map[string]bool{}
	for _, a := range s.Asked() {
		ports[a.From.Port()], ids[a.ID], cases[a.Raw] = true, true, true
	}
	// Of 200 draws from 28,000 ports, 65,536 ids and 2^24 cases nearly all differ.
	if len(ports) < n*9/10 || len(ids) < n*9/10 || len(cases) < n*9/10 {
		t.Errorf("%d questions from %d ports with %d ids and %d cases", n, len(ports), len(ids), len(cases))
	}
}

func TestCookiesAreKeptAndDemanded(t *testing.T) {
	s := dnstest.Serve(t, wild, dnstest.Config{Cookies: true})
	other := dnstest.Serve(t, wild, dnstest.Config{Cookies: true})
	var x resolver.Exchanger
	defer x.Close()
	ask := func(s *dnstest.Server) resolver.Reply {
		t.Helper()
		r, err := x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("a.wild.test", resolver.TypeA), resolver.Options{})
		if err != nil || r.Answer.Status != resolver.Found {
			t.Fatalf("%+v, %v", r, err)
		}
		return r
	}
	ask(s)
	if a := s.Asked(); len(a) != 2 || len(a[0].Cookie) != 16 || len(a[1].Cookie) != 32 {
		t.Fatalf("BADCOOKIE is answered with the cookie it brings: %+v", a)
	}
	ask(s)
	ask(other)
	if a := s.Asked(); len(a) != 3 || a[2].Cookie != a[1].Cookie {
		t.Errorf("the server's cookie is sent again: %+v", a)
	}
	if other.Asked()[0].Cookie == s.Asked()[0].Cookie {
		t.Error("two servers get one client cookie")
	}
	s.Always(dnstest.Fault{NoCookie: true})
	if r := ask(s); !r.TCP {
		t.Error("a reply without the server's cookie was believed over UDP")
	}
	if r := ask(s); r.TCP {
		t.Error("that the server has stopped giving cookies is not remembered")
	}
}

// TestSocketsAreUsedAgainOnlyWhereAsked: a socket whose reply did not come is not
// kept, so that a late reply meets no other question.
func TestSocketsAreUsedAgainOnlyWhereAsked(t *testing.T) {
	s := dnstest.Serve(t, wild, dnstest.Config{})
	var x resolver.Exchanger
	defer x.Close()
	ask := func(o resolver.Options) error {
		_, err := x.Exchange(t.Context(), s.UDPServer(), resolver.Ask("a.wild.test", resolver.TypeA), o)
		return err
	}
	ports := func() int {
		seen := map[uint16]bool{}
		for _, a := range s.Asked() {
			seen[a.From.Port()] = true
		}
		return len(seen)
	}
	for range 20 {
		if err := ask(resolver.Options{Reuse: true}); err != nil {
			t.Fatal(err)
		}
	}
	if n := ports(); n != 1 {
		t.Errorf("%d ports", n)
	}
	s.Always(dnstest.Fault{Delay: 30 * time.Millisecond})
	if err := ask(resolver.Options{Reuse: true, Timeout: 10 * time.Millisecond}); resolver.KindOf(err) != resolver.Timeout {
		t.Errorf("%v", err)
	}
	s.Always(dnstest.Fault{})
	if err := ask(resolver.Options{Reuse: true}); err != nil || ports() != 2 {
		t.Errorf("%d ports, %v", ports(), err)
	}
}
