package domain

import (
	"cmp"
	"context"
	"errors"
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
}

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
		a, err := l.resolve(ctx, q)
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

func (l *ledger) resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	l.mu.Lock()
	e := l.entries[q]
	first := e == nil
	if first {
		e = &entry{done: make(chan struct{})}
		l.entries[q] = e
	}
	l.mu.Unlock()
	if first {
		e.err = errLost     // stays when the resolver panics,
		defer close(e.done) // and those who wait must not wait on
		e.answer, e.err = l.ask(q)
		return e.answer, e.err
	}
	select {
	case <-e.done:
		return e.answer, e.err
	case <-ctx.Done():
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: ctx.Err()}
	}
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
