package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap/zapcore"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// lists are a healthy list, one that lists everybody, one that refuses, and one
// that DNS says nothing about.
const lists = `
2.0.0.127.healthy.example. IN A 127.0.0.2
7.2.0.192.healthy.example. IN A 127.0.0.2
*.parked.example.          IN A 127.0.0.2
*.refuses.example.         IN A 127.255.255.254
2.0.0.127.silent.example.  IN A 127.0.0.2
;! fail 2.0.0.127.silent.example. ANY SERVFAIL
;! fail 1.0.0.127.silent.example. ANY SERVFAIL
`

// TestUnusableListsAreNotAsked: what fails its test entries lists nobody until it
// passes them, an hour later at the earliest.
func TestUnusableListsAreNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log book
		sick, cured := dnstest.New(t, lists), dnstest.New(t, strings.ReplaceAll(lists, "*.parked", "2.0.0.127.parked"))
		var well atomic.Bool
		cfg := overDNS(resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
			if well.Load() {
				return cured.Resolve(ctx, q)
			}
			return sick.Resolve(ctx, q)
		}))
		cfg.Log = log.logger(zapcore.InfoLevel)
		cfg.Service.Blocklists = []string{"healthy.example", "parked.example", "refuses.example", "silent.example"}
		r := startInBubble(t, cfg)
		check := func(zones ...string) string {
			t.Helper()
			m, err := r.CheckSender(t.Context(), &mailassayv1.CheckSenderRequest{ClientIp: "192.0.2.7", Blocklists: zones})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, l := range m.GetBlocklists() {
				word := map[bool]string{true: " listed"}[l.GetListed()] + map[bool]string{true: " unknown"}[l.GetUnknown()]
				out = append(out, strings.TrimSuffix(l.GetZone(), ".example")+word)
			}
			return strings.Join(out, ", ")
		}
		synctest.Wait() // for the first check
		sick.Forget()
		const want = "healthy listed, parked unknown, refuses unknown, silent"
		if got := check(); got != want {
			t.Errorf("configured lists: %s, want %s", got, want)
		}
		if got := check("parked.example", "healthy.example"); got != "parked unknown, healthy listed" {
			t.Errorf("lists of the request: %s", got)
		}
		for _, q := range sick.Asked() {
			if resolver.Within(q.Name, "parked.example") || resolver.Within(q.Name, "refuses.example") {
				t.Errorf("an unusable list is asked: %s", q)
			}
		}
		if n := strings.Count(log.text(), "blocklist is unusable"); n != 2 {
			t.Errorf("%d lines on unusable lists: %s", n, log.text())
		}
		well.Store(true)
		time.Sleep(listsEvery) // of the bubble's time
		synctest.Wait()
		const healed = "healthy listed, parked, refuses unknown, silent"
		if got := check(); got != healed {
			t.Errorf("after an hour: %s, want %s", got, healed)
		}
		if n := strings.Count(log.text(), "blocklist is usable"); n != 1 {
			t.Errorf("%d lines on usable lists: %s", n, log.text())
		}
	})
}

// TestAListThatOnlyTheRequestNames may be of names, and lists by them; one that is
// configured keeps its codes.
func TestAListThatOnlyTheRequestNames(t *testing.T) {
	s, err := New(Config{
		Resolver:   dnstest.New(t, "evil.example.names.example. A 127.0.1.2\n1.2.0.192.own.example. A 127.0.0.7"),
		Blocklists: []string{"own.example ip 127.0.0.2=spam"}, Ordinary: documentation,
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.CheckSender(t.Context(), &mailassayv1.CheckSenderRequest{
		ClientIp: "192.0.2.1", MailFrom: "joe@evil.example", HeaderFrom: "joe@good.example", Blocklists: []string{"names.example", "own.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range out.GetBlocklists() {
		got = append(got, fmt.Sprint(l.GetZone(), " ", l.GetSubject(), " ", l.GetListed(), " ", l.GetUnknown()))
	}
	want := []string{"names.example 192.0.2.1 false false", "names.example evil.example true false", "own.example 192.0.2.1 false true"}
	if !slices.Equal(got, want) || out.GetVerdict().GetAction() != mailassayv1.Verdict_ACTION_REJECT {
		t.Errorf("%q, %v", got, out.GetVerdict())
	}
}
