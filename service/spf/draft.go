package spf

import (
	"context"
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

const version = "v=spf1"

func check(context.Context, resolver.Resolver, Query) Outcome {
	return Outcome{Result: TempError, Problem: "evaluation is not built"}
}

// Parse reads the text of one record, its strings joined. The record is never
// nil: it holds the valid terms and all errors; the error is the first of them, a
// [*SyntaxError].
func Parse(text string) (*Record, error) { return ParseTXT(resolver.TXT{Text: text}) }

// ParseTXT is Parse for a record whose string boundaries are known.
func ParseTXT(txt resolver.TXT) (*Record, error) {
	r := &Record{Text: txt.Text}
	return r, r.Err()
}

// Select sorts the records of a TXT answer. The result is kept with the answer and must not be changed.
func Select(a resolver.Answer) *Selection { return resolver.Derive(a, choose) }

func choose(resolver.Answer) *Selection { return &Selection{} }

// Expand asks for the record of domain and everything it leads to, level by
// level, the questions of a level side by side. It never fails: what DNS did not say is in
// the nodes.
func Expand(ctx context.Context, r resolver.Resolver, domain string) *Tree {
	return &Tree{Root: &Node{Domain: domain}}
}

// Merge is one record that authorises what the records do together: the terms of
// each in order without repetitions, and the strictest all at the end. It is nil when one of them is invalid or has a redirect.
func Merge(records ...*Record) *Record { return nil }

// ReceivedSPF is the trace field of RFC 7208 section 9.1 for an outcome of q, identity being
// "mailfrom" or "helo": folded with CRLF and a space, printable ASCII, without the final CRLF.
func (o Outcome) ReceivedSPF(q Query, identity string) string { return "" }

func (t *Term) print(b *strings.Builder) { b.WriteString(t.Text) }
