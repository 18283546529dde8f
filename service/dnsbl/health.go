package dnsbl

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/mailassay/mailassay/resolver"
)

// Health is whether a list works for this resolver.
type Health struct {
	Zone string
	// Usable is false when a test entry has the wrong answer: the list then says
	// nothing about anybody.
	Usable bool
	// Problem is what is wrong, "" when nothing is.
	Problem string
	// Err is why it is not known: DNS gave no answer.
	Err error
}

// test is a subject whose answer is known (RFC 5782 section 5).
type test struct {
	kind   Kind
	label  string
	listed bool
}

// everybody is what is wrong with a list that has a subject that no list has.
const everybody = "the list lists everybody"

// conventional is the answer that a list gives when it has no reason to give
// another (RFC 5782 section 2.1).
var conventional = Code{Addr: netip.MustParseAddr("127.0.0.2"), Class: Abuse}

var tests = []test{
	{IPv4, "2.0.0.127", true},
	{IPv4, "1.0.0.127", false},
	{IPv6, reversed(netip.MustParseAddr("::ffff:127.0.0.2")), true},
	{IPv6, reversed(netip.MustParseAddr("::ffff:127.0.0.1")), false},
	{Domains, "test", true},
	{Domains, "invalid", false},
}

// Check asks for the list's test entries, all at once. A list that must be asked
// about mail should be checked when a process starts and each hour. Lists of both
// address families are checked by their IPv4 entries alone, for many have no
// others.
func (l List) Check(ctx context.Context, r resolver.Resolver) Health {
	l.Unsure = false
	l.Fault = "" // what a check found before does not stop the next one
	if len(l.Codes) > 0 {
		l.Codes = append(slices.Clip(l.Codes), conventional) // a test entry may have an answer that no other has
	}
	h := Health{Zone: l.Zone}
	kind := l.Kind
	if kind&IPv4 != 0 {
		kind &^= IPv6
	}
	results := make([]Result, len(tests))
	var wg sync.WaitGroup
	for i, t := range tests {
		if kind&t.kind != 0 {
			wg.Go(func() { results[i] = l.ask(ctx, r, t.label, t.label, t.kind) })
		}
	}
	wg.Wait()
	for i, t := range tests {
		switch res := results[i]; {
		case kind&t.kind == 0:
		case res.State == Unusable:
			h.Problem = res.Reason
			return h
		case res.State == Unknown:
			h.Err = res.Err
		case t.listed != (res.State == Listed):
			h.Problem = fmt.Sprintf("the test entry %s is %s", res.Name, map[bool]string{true: "not listed", false: "listed: " + everybody}[t.listed])
			return h
		}
	}
	h.Usable = h.Err == nil && kind != 0
	return h
}
