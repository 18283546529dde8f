package domain

import (
	"context"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/spf"
)

// Guessing asks for the usual selectors in two batches, so that a domain whose
// key turns up at once costs no more.
const (
	firstGuesses = 6
	maxGuesses   = 24
)

// dkim asks for the keys at the selectors given, or guesses.
func (g *gatherer) dkim(ctx context.Context) (DKIM, error) {
	out := DKIM{Given: len(g.req.Selectors) > 0}
	if !out.Given {
		return g.guess(ctx)
	}
	out.Probed = len(g.req.Selectors)
	out.Keys = g.keys(ctx, g.req.Selectors)
	g.apart(topicDKIMHints, len(out.Keys), func(i int) { g.explainKey(ctx, &out.Keys[i]) })
	return g.nonTerminal(ctx, out), nil
}

// keys asks for several selectors at once.
func (g *gatherer) keys(ctx context.Context, selectors []string) []DKIMKey {
	out := make([]DKIMKey, len(selectors))
	g.apart(topicDKIM|topicDKIMHints, len(selectors), func(i int) {
		out[i] = DKIMKey{Selector: selectors[i], Name: dkim.Name(selectors[i], g.req.Domain), Err: errLost}
		p, err := dkim.LookupKey(ctx, g.book.as(topicDKIM|topicDKIMHints), selectors[i], g.req.Domain)
		out[i].take(p, err)
	})
	return out
}

// take fills the plain fields.
func (k *DKIMKey) take(p dkim.Published, err error) {
	k.Published, k.Err = p, err
	if err == nil && len(p.Answer.Aliases) > 0 {
		k.CNAMETarget = p.Answer.Aliases[0]
	}
	k.Record, k.Algorithm, k.Bits, k.Revoked, k.Testing = "", "", 0, false, false
	if len(p.Records) != 1 {
		return
	}
	r := p.Records[0]
	k.Record = r.TXT.Text
	if r.Err != nil {
		return
	}
	k.Revoked, k.Testing, k.Bits = r.Key.Revoked, r.Key.Testing, r.Key.Bits
	if r.Key.Public != nil {
		k.Algorithm = r.Key.Algorithm
	}
}

// guess asks for the selectors of the providers that MX and SPF show, and for
// those that many domains use.
func (g *gatherer) guess(ctx context.Context) (DKIM, error) {
	common := dkim.WellKnownSelectors()
	first := common[:firstGuesses]
	var batches [2][]DKIMKey
	var failed bool
	g.apart(topicDKIM|topicDKIMHints, 2, func(i int) {
		if i == 0 {
			batches[0] = g.keys(ctx, first)
			return
		}
		var names []string
		if names, failed = g.providerNames(ctx); len(names) == 0 {
			return
		}
		theirs := slices.DeleteFunc(ahead(dkim.WellKnownSelectors(names...), common), func(s string) bool { return slices.Contains(first, s) })
		batches[1] = g.keys(ctx, theirs[:min(len(theirs), maxGuesses)])
	})
	keys := slices.Concat(batches[0], batches[1])
	open := failed || slices.ContainsFunc(keys, func(k DKIMKey) bool { return k.Err != nil })
	usable := slices.ContainsFunc(keys, func(k DKIMKey) bool { return len(k.Published.Keys()) > 0 })
	if !open && !usable {
		// Only when the first batch is known to hold none: what the second finds must
		// not depend on a failure.
		rest := slices.DeleteFunc(slices.Clone(common), func(s string) bool {
			return slices.ContainsFunc(keys, func(k DKIMKey) bool { return k.Selector == s })
		})
		keys = append(keys, g.keys(ctx, rest)...)
	}
	out := DKIM{Probed: len(keys)}
	w, err := g.wildcardOf(ctx, topicDKIM|topicDKIMHints)
	if err != nil {
		return DKIM{}, err
	}
	for _, k := range keys {
		if k.drop(w); len(k.Published.Records) > 0 || k.Err != nil {
			out.Keys = append(out.Keys, k)
		}
	}
	return g.nonTerminal(ctx, out), nil
}

// ahead is what stands in list before its tail of common selectors.
func ahead(list, common []string) []string {
	i := len(list)
	for j := len(common) - 1; j >= 0 && i > 0; j-- {
		if list[i-1] == common[j] {
			i--
		}
	}
	return list[:i]
}

// drop takes out of a guessed selector what a wildcard gives to any name, and
// what does not look like a key.
func (k *DKIMKey) drop(w Wildcard) {
	if k.Err != nil {
		return
	}
	p := k.Published
	p.Records = slices.DeleteFunc(slices.Clone(p.Records), func(r dkim.Record) bool {
		return slices.Contains(w.KeyTexts, r.TXT.String()) || r.Err != nil && !keyLike(r.TXT.Text)
	})
	k.take(p, nil)
}

// keyLike tells whether a text was meant as a key record.
func keyLike(text string) bool {
	return strings.Contains(text, "DKIM1") || strings.Contains(text, "p=") && strings.Contains(text, "k=")
}

// providerNames are the MX hosts and the targets of the SPF record's own
// includes.
func (g *gatherer) providerNames(ctx context.Context) (names []string, failed bool) {
	const topics = topicDKIM | topicDKIMHints
	var mx, txt resolver.Answer
	var errs [2]error
	g.apart(topics, 2, func(i int) {
		if i == 0 {
			mx, errs[0] = g.ask(ctx, topics, g.req.Domain, resolver.TypeMX)
		} else {
			txt, errs[1] = g.ask(ctx, topics, g.req.Domain, resolver.TypeTXT)
		}
	})
	if errs[0] != nil || errs[1] != nil {
		return nil, true
	}
	for _, x := range mx.MX() {
		names = append(names, x.Host)
	}
	for _, r := range spf.Select(&txt).Records {
		for _, t := range r.Terms {
			if t.Kind == spf.Include && t.Domain != nil && t.Domain.Letters() == "" {
				names = append(names, strings.ToLower(t.Domain.String()))
			}
		}
	}
	return names, false
}

// nonTerminal asks for the name above the keys, when there are any.
func (g *gatherer) nonTerminal(ctx context.Context, out DKIM) DKIM {
	if slices.ContainsFunc(out.Keys, func(k DKIMKey) bool { return k.Published.Answer.Status == resolver.Found }) {
		a, err := g.ask(ctx, topicDKIMHints, "_domainkey."+g.req.Domain, resolver.TypeTXT)
		out.EmptyNonTerminal = err == nil && denied(a)
	}
	return out
}

// explainKey looks for the cause when a given selector has no text.
func (g *gatherer) explainKey(ctx context.Context, k *DKIMKey) {
	if k.Err != nil {
		return
	}
	w, err := g.wildcardOf(ctx, topicDKIMHints)
	if err != nil {
		if !k.usable() {
			k.Err = err // what stands there may be a wildcard's
		}
		return
	}
	own := k.Published
	own.Records = slices.DeleteFunc(slices.Clone(own.Records), func(r dkim.Record) bool {
		return r.Err != nil && slices.Contains(w.KeyTexts, r.TXT.String())
	})
	if slices.Equal(own.Answer.Aliases, w.KeyAliases) {
		own.Answer.Aliases = nil // any name is that alias
	}
	k.CNAMETarget = ""
	k.take(own, nil)
	if len(own.Records) > 0 || k.CNAMETarget != "" {
		return
	}
	if a := g.addresses(ctx, topicDKIMHints, k.Name); a.Found() && a.Alias == "" {
		if any := g.addresses(ctx, topicDKIMHints, w.KeyProbe); any.Absent() {
			k.Addresses = a.All()
		}
	}
	d := g.req.Domain
	names := []string{k.Name + "." + d, k.Selector + "." + d, "_domainkey." + d}
	if d != g.org {
		names = append(names, dkim.Name(k.Selector, g.org))
	}
	k.Elsewhere = g.elsewhere(ctx, topicDKIMHints, names, func(text string) bool {
		key, err := dkim.ParseKey(text)
		return err == nil && key.Public != nil
	})
}

// wildcardOf is what any name answers, asked for by the topics.
func (g *gatherer) wildcardOf(ctx context.Context, topics finding.Topics) (Wildcard, error) {
	d := g.req.Domain
	label := probeLabel(d)
	w := Wildcard{Probe: label + "." + d, KeyProbe: label + "._domainkey." + d}
	var errs [2]error
	var answers [2]resolver.Answer
	g.apart(topics, 2, func(i int) {
		answers[i], errs[i] = g.ask(ctx, topics, [...]string{w.Probe, w.KeyProbe}[i], resolver.TypeTXT)
	})
	w.KeyAliases = answers[1].Aliases
	for i, err := range errs {
		if err != nil {
			return Wildcard{}, err
		}
		for _, t := range answers[i].TXT() {
			if i == 0 {
				w.Texts = append(w.Texts, t.String())
			} else {
				w.KeyTexts = append(w.KeyTexts, t.String())
			}
		}
		w.Records = append(w.Records, recordsOf(answers[i])...)
	}
	return w, nil
}
