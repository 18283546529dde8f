package domain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// ledger is the book of one request's questions. Topics that ask the same
// question share one answer, so that no two rules see different ones, and each
// topic's open questions are noted under its name.
type ledger struct {
	ask func(resolver.Question) (resolver.Answer, error)

	mu      sync.Mutex
	entries map[resolver.Question]*entry
	open    map[openQuestion]error
	hints   int
}

// maxHints bounds the questions of a request that only look for the cause of a
// fault.
const maxHints = 64

type entry struct {
	done   chan struct{}
	answer resolver.Answer
	err    error
}

type openQuestion struct {
	topic    finding.Topics
	question resolver.Question
}

// newLedger asks src in the name of ctx, whichever topic asks first: a topic
// that gives up early must not spoil the answer for another.
func newLedger(ctx context.Context, src resolver.Resolver) *ledger {
	return &ledger{
		ask:     func(q resolver.Question) (resolver.Answer, error) { return src.Resolve(ctx, q) },
		entries: map[resolver.Question]*entry{}, open: map[openQuestion]error{},
	}
}

// as is the ledger in the hands of topics: when a question stays open, none of them
// is known. No topics leave it to the asker what an open question means.
func (l *ledger) as(topic finding.Topics) resolver.Resolver {
	return resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
		a, err := l.resolve(ctx, q, topic != 0 && topic&^hintTopics == 0)
		if err != nil {
			l.note(topic, q, err)
		}
		return a, err
	})
}

// note keeps why a question of the topics stayed open.
func (l *ledger) note(topic finding.Topics, q resolver.Question, err error) {
	if topic == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[openQuestion{topic, q}] = err
}

func (l *ledger) resolve(ctx context.Context, q resolver.Question, hint bool) (resolver.Answer, error) {
	l.mu.Lock()
	e := l.entries[q]
	first := e == nil
	if first && hint {
		if l.hints == maxHints {
			l.mu.Unlock()
			return resolver.Answer{}, &resolver.Error{Kind: resolver.OverBudget, Question: q}
		}
		l.hints++
	}
	if first {
		e = &entry{done: make(chan struct{})}
		l.entries[q] = e
	}
	l.mu.Unlock()
	if first {
		l.fill(e, q)
		return e.answer, e.err
	}
	select {
	case <-e.done:
		return e.answer, e.err
	case <-ctx.Done():
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: ctx.Err()}
	}
}

// fill asks. That the resolver panics is an open question like others: it may run
// in a goroutine of another package, where nobody recovers.
func (l *ledger) fill(e *entry, q resolver.Question) {
	defer close(e.done)
	defer func() {
		if fault := recover(); fault != nil {
			e.answer, e.err = resolver.Answer{}, fmt.Errorf("%w: %v", errLost, fault)
		}
	}()
	if _, err := resolver.Canonical(q.Name); err != nil {
		// Too long a name to exist (RFC 1035 section 2.3.4) is not there.
		e.answer = resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain}
		return
	}
	e.answer, e.err = l.ask(q)
}

// failures are the open questions, in a fixed order.
func (l *ledger) failures() []Failure {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Failure, 0, len(l.open))
	for k, err := range l.open {
		out = append(out, Failure{Topic: k.topic, Question: k.question, Kind: resolver.KindOf(err), Reason: reason(err)})
	}
	slices.SortFunc(out, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Question.Name, b.Question.Name), cmp.Compare(a.Question.Type, b.Question.Type))
	})
	return out
}

// questions is how many different questions were asked.
func (l *ledger) questions() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

// questionOf is the question that an error is about; name where it is about none.
func questionOf(err error, name string) resolver.Question {
	var e *resolver.Error
	if errors.As(err, &e) {
		return e.Question
	}
	return resolver.Question{Name: name}
}
