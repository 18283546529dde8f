package domain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// errLost marks a topic whose goroutine did not come to its end.
var errLost = errors.New("an internal fault kept it from being learned")

// gatherer asks for one request.
type gatherer struct {
	req  Request
	org  string
	book *ledger
	need finding.Topics
	wait sync.WaitGroup
}

// Gather asks everything that the areas asked for rest on, all topics at once.
// It never fails: what could not be learned is in the Err of its field and in
// Facts.Failures. It returns when ctx ends, with what is known by then.
func Gather(ctx context.Context, src Sources, req Request) *Facts {
	g := &gatherer{req: req, org: orgdomain.Organizational(req.Domain), book: newLedger(ctx, src.DNS), need: needs(req.Areas)}
	if src.Authority == nil {
		g.need &^= topicServers
	}
	f := &Facts{Request: req, Organizational: g.org, Now: src.Now, Ordinary: src.Ordinary, Validation: src.Validation, Asked: g.need}
	if f.Now.IsZero() {
		f.Now = time.Now()
	}
	learn(ctx, g, topicExistence, &f.Existence, g.existence)
	learn(ctx, g, topicMX|topicMXHosts|topicMXHints, &f.MX, g.mail)
	learn(ctx, g, topicReverse|topicReverseMX, &f.ReverseDNS, g.reverse)
	learn(ctx, g, spfTopics, &f.SPF, g.spf)
	learn(ctx, g, topicDKIM|topicDKIMHints, &f.DKIM, g.dkim)
	learn(ctx, g, topicDMARC|topicDMARCWalk|topicDMARCHints|topicDMARCReports, &f.DMARC, g.dmarc)
	learn(ctx, g, topicMTASTS, &f.MTASTS, g.mtasts)
	learn(ctx, g, topicTLSRPT, &f.TLSRPT, g.tlsrpt)
	learn(ctx, g, topicDANE, &f.DANE, g.dane)
	learn(ctx, g, topicBIMI, &f.BIMI, g.bimi)
	learn(ctx, g, topicDNSSEC, &f.DNSSEC, func(ctx context.Context) (DNSSEC, error) { return g.dnssec(ctx, f.Now) })
	learn(ctx, g, topicDelegation|topicNSHosts, &f.Delegation, g.delegation)
	learn(ctx, g, topicServers, &f.Servers, func(ctx context.Context) (Servers, error) { return g.servers(ctx, src) })
	learn(ctx, g, topicServices|topicServiceHosts, &f.Services, g.services)
	learn(ctx, g, topicWildcard, &f.Wildcard, g.wildcard)
	g.wait.Wait()
	f.Failures, f.Questions = g.book.failures(), g.book.questions()
	return f
}

// learn starts the goroutine of a topic, which writes its own field.
func learn[T any](ctx context.Context, g *gatherer, topics finding.Topics, slot *finding.Known[T], ask func(context.Context) (T, error)) {
	slot.Err = ErrNotAsked
	if g.need&topics == 0 {
		return
	}
	g.wait.Go(func() {
		ample(0)
		slot.Err = errLost // stays when ask panics
		defer g.caught(topics)
		*slot = finding.Know(ask(ctx))
	})
}

// needs are the topics of the areas and of the rules that report in them.
func needs(areas []finding.Area) finding.Topics {
	need := topicExistence
	for topic, area := range areaOf {
		if asks(areas, area) {
			need |= topic
		}
	}
	for _, r := range table {
		if asks(areas, r.Area) {
			need |= r.Needs
		}
	}
	return need
}

// asks tells whether an area is asked for; an empty list asks for all.
func asks(areas []finding.Area, a finding.Area) bool {
	return len(areas) == 0 || slices.Contains(areas, a)
}

// Known are the topics about which nothing stayed open.
func (f *Facts) Known() finding.Topics {
	known := f.Asked
	for _, x := range f.Failures {
		known &^= x.Topic
	}
	return known
}

// wants tells whether any of the topics is needed.
func (g *gatherer) wants(t finding.Topics) bool { return g.need&t != 0 }

// ask asks in the name of the topics: when the question stays open, none of them
// is known.
func (g *gatherer) ask(ctx context.Context, topics finding.Topics, name string, t resolver.Type) (resolver.Answer, error) {
	return g.book.as(topics).Resolve(ctx, resolver.Question{Name: name, Type: t})
}

// apart runs f for 0 to n-1, all at the same time, and waits. A panic leaves the
// topics unknown.
func (g *gatherer) apart(topics finding.Topics, n int, f func(i int)) {
	guarded := func(i int) {
		defer g.caught(topics)
		f(i)
	}
	if n == 1 {
		guarded(0)
		return
	}
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			ample(0)
			guarded(i)
		})
	}
	wait.Wait()
}

// ample makes the stack of a goroutine as large as most questions need it, while
// there is next to nothing on it to copy. A check starts dozens of goroutines, and
// each would otherwise double its stack three times on the way down.
//
//go:noinline
func ample(i int) byte {
	var room [12 << 10]byte
	return room[i]
}

// caught makes a panic an unknown. It is to be deferred.
func (g *gatherer) caught(topics finding.Topics) {
	if fault := recover(); fault != nil {
		g.book.note(topics, resolver.Question{Name: g.req.Domain}, fmt.Errorf("%w: %v", errLost, fault))
	}
}
