package dmarc

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/mailassay/mailassay/resolver"
)

// MaxWalks bounds the identifiers of one message whose walks ask about names that
// no other walk has asked about. Without it a message with fifty signatures would
// ask four hundred questions. An identifier beyond is not aligned.
const MaxWalks = 10

// Method is the mechanism that authenticates an identifier.
type Method uint8

// The mechanisms of RFC 9989 section 4.3.
const (
	SPF Method = iota + 1
	DKIM
)

// Identifier is a domain that a mechanism has looked at. RFC 9989 section 4.4.
type Identifier struct {
	Method Method
	// Domain is that of MAIL FROM (for a null reverse-path that of HELO, RFC 7208
	// section 2.4), or the tag d of a signature; canonical.
	Domain string
	// Result is the mechanism's result as RFC 8601 spells it. Only "pass"
	// authenticates; "temperror" leaves open whether it would have.
	Result string
}

// counts tells whether alignment of the identifier matters.
func (i Identifier) counts() bool {
	return i.Domain != "" && (i.Result == "pass" || i.Result == "temperror")
}

// Discovery is what DNS says about an author domain and the identifiers that may
// align with it: facts, without a judgement.
type Discovery struct {
	// Author is the author domain.
	Author string
	// Walk is the tree walk from it.
	Walk *Walk
	// Existence tells whether the author domain exists. It is asked only when an
	// np tag makes a difference.
	Existence Existence
	// Identifiers are the walks from identifiers, without those that need none.
	Identifiers []*Walk
	// Skipped counts the identifiers beyond MaxWalks.
	Skipped int

	tree  tree
	walks int // that have asked
}

// Existence is whether a name exists: NXDOMAIN says that it does not (RFC 9989
// section 3.2.13, RFC 8020).
type Existence struct {
	Asked  bool
	Exists bool
	Err    error
}

// Discover asks what Evaluate needs: first the walk from the author domain, all
// of it at once, then, together, whether the domain exists and the walks from the
// domains that can align with it. Which of those pass need not be known yet:
// for each identifier Result may be empty, and it is then taken for one that may
// pass. The author domain must be canonical and no address literal.
func Discover(ctx context.Context, r resolver.Resolver, author string, ids ...Identifier) *Discovery {
	d := &Discovery{Author: author}
	d.tree.climb(ctx, r, author)
	d.Walk = d.tree.walk(author)
	d.Extend(ctx, r, ids...)
	return d
}

// Extend asks what further identifiers need.
func (d *Discovery) Extend(ctx context.Context, r resolver.Resolver, ids ...Identifier) {
	var starts []string
	for _, id := range ids {
		switch {
		case !d.needsWalk(id) || slices.Contains(starts, id.Domain) || d.walkOf(id.Domain) != nil:
			continue
		case d.tree.covers(id.Domain): // as domains above the author are
		case d.walks == MaxWalks:
			d.Skipped++
			continue
		default:
			d.walks++
		}
		starts = append(starts, id.Domain)
	}
	if len(starts) == 0 && !d.needsExistence() {
		return
	}
	d.extend(ctx, r, starts)
}

func (d *Discovery) extend(ctx context.Context, r resolver.Resolver, starts []string) {
	var wg sync.WaitGroup
	if d.needsExistence() {
		d.askExistence(ctx, r, &wg)
	}
	d.tree.climb(ctx, r, starts...)
	wg.Wait()
	for _, s := range starts {
		d.Identifiers = append(d.Identifiers, d.tree.walk(s))
	}
}

// askExistence asks for the type that others most often ask for: any would do.
func (d *Discovery) askExistence(ctx context.Context, r resolver.Resolver, wg *sync.WaitGroup) {
	q := resolver.Question{Name: d.Author, Type: resolver.TypeA}
	take := func(a *resolver.Answer, err error) {
		d.Existence = Existence{Asked: true, Exists: err == nil && a.Status != resolver.NXDomain, Err: err}
	}
	if p, ok := r.(resolver.Peeker); ok {
		if a, ok, err := p.Peek(q); ok {
			take(a, err)
			return
		}
	}
	wg.Go(func() {
		a, err := r.Resolve(ctx, q)
		take(&a, err)
	})
}

func (d *Discovery) walkOf(domain string) *Walk {
	if domain == d.Author {
		return d.Walk
	}
	for _, w := range d.Identifiers {
		if w.Domain == domain {
			return w
		}
	}
	return nil
}

// needsExistence tells whether np makes a difference. RFC 9989 section 4.10.1.
func (d *Discovery) needsExistence() bool {
	if d.Existence.Asked {
		return false
	}
	p := d.policy()
	return p.err == nil && p.record != nil && p.source != AtAuthor && p.record.For(true, true) != p.record.For(true, false)
}

// needsWalk leaves out what RFC 9989 section 4.10.2 lets be left out (equal
// domains, strict alignment, no record), and the identifiers that do not lie
// within a possible organizational domain of the author: theirs cannot be the
// same.
func (d *Discovery) needsWalk(id Identifier) bool {
	if id.Domain == "" || id.Domain == d.Author || id.Result != "" && !id.counts() {
		return false
	}
	p := d.policy()
	if p.err != nil || p.record == nil || p.strict(id.Method) {
		return false
	}
	return slices.ContainsFunc(d.Walk.candidates(), func(org string) bool { return resolver.Within(id.Domain, org) })
}

// Needed are the names whose TXT records decide about these identifiers, in the
// order of walks that go one by one and end when the result is certain: at most
// what Discover has asked, which does not wait to learn that a parent is not
// needed. RFC 9989 sections 4.10.1 and 4.10.2.
func (d *Discovery) Needed(ids ...Identifier) []string {
	var names []string
	add := func(steps []*Step) {
		for _, s := range steps {
			if q := s.question(); !slices.Contains(names, q.Name) {
				names = append(names, q.Name)
			}
		}
	}
	p := d.policy()
	add(d.Walk.Steps[:min(1, len(d.Walk.Steps))])
	if p.source != AtAuthor {
		add(d.Walk.Steps)
	}
	if slices.ContainsFunc(ids, func(id Identifier) bool { return id.Result == "pass" && id.Domain == d.Author }) {
		return names
	}
	for _, id := range ids {
		if !id.counts() || !d.comparesOrganizations(id) {
			continue
		}
		add(d.Walk.Steps)
		if w := d.walkOf(id.Domain); w != nil && d.needsWalk(id) {
			add(w.Steps)
		}
		if id.Result == "pass" && d.align(p, id) == Aligned {
			break
		}
	}
	return names
}

// comparesOrganizations tells whether it takes the author's organizational domain
// to know that the identifier is aligned, or that it is not: domains that have no
// label in common need none.
func (d *Discovery) comparesOrganizations(id Identifier) bool {
	p := d.policy()
	return id.Domain != d.Author && p.err == nil && p.record != nil && !p.strict(id.Method) &&
		resolver.Within(id.Domain, d.Author[strings.LastIndexByte(d.Author, '.')+1:])
}

// Source is where a policy record was found.
type Source uint8

// The places, in order of preference (RFC 9989 section 4.10.1).
const (
	AtAuthor Source = iota + 1
	AtOrganization
	AtPublicSuffix
)

// String is the name for people.
func (s Source) String() string {
	return [...]string{"", "author domain", "organizational domain", "public suffix"}[s]
}

// policy is the record that applies, nil without one; err leaves it open.
type policy struct {
	record *Record
	domain string
	source Source
	err    error
}

var errNoName = errors.New("not a domain name")

// policy discovers the record that applies: that of the author domain, else that
// of its organizational domain, else that of its public suffix; not simply the
// first one on the way up. RFC 9989 section 4.10.1.
func (d *Discovery) policy() policy {
	steps := d.Walk.Steps
	if len(steps) == 0 {
		return policy{err: errNoName}
	}
	if s := steps[0]; s.Err == nil && s.Record != nil {
		return policy{record: s.Record, domain: s.Domain, source: AtAuthor}
	}
	// A step that stayed open might have held the record, or the psd tag that
	// decides which record it is (RFC 9989 section 5.3.6).
	if err := d.Walk.Err(); err != nil {
		return policy{err: err}
	}
	org, _ := d.Walk.Organization()
	last := steps[len(steps)-1]
	// Of the author's own steps: a name that only a signer's walk has asked about is not
	// among those that may have the policy.
	if i := slices.IndexFunc(steps, func(s *Step) bool { return s.Domain == org }); i >= 0 && steps[i].Record != nil {
		s := steps[i]
		return policy{record: s.Record, domain: s.Domain, source: AtOrganization}
	}
	if last.Record != nil && last.Record.PSD == PSDYes {
		return policy{record: last.Record, domain: last.Domain, source: AtPublicSuffix}
	}
	return policy{}
}

func (p policy) strict(m Method) bool {
	return m == SPF && p.record.StrictSPF || m == DKIM && p.record.StrictDKIM
}
