package smtperror

import (
	"strings"
	"sync"
)

// maxConcepts is how many concepts there may be.
const maxConcepts = 192

// Lengths of stems, in octets.
const (
	minStem = 2
	maxStem = 14
)

// conceptSet is a set of concepts, one bit each.
type conceptSet [maxConcepts / 64]uint64

func (s *conceptSet) add(c int)     { s[c>>6] |= 1 << (c & 63) }
func (s conceptSet) has(c int) bool { return s[c>>6]&(1<<(c&63)) != 0 }

// meets tells whether the sets have a concept in common.
func (s *conceptSet) meets(o *conceptSet) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2] != 0
}

// node is a place in the trie of cues.
type node struct {
	exact map[string]*node
	stems map[string]*node
	set   conceptSet
	ends  bool // a cue ends here
	whole bool // and its words are spent

	provider, software string // that say this
}

// grammar is the lexicon and the rules, compiled.
type grammar struct {
	names map[string]int
	root  *node
	rules []compiledRule
}

// compiledRule holds for a sentence when each of its terms does.
type compiledRule struct {
	category Category
	weight   float64
	terms    []term
}

// term asks for one of a, near one of b where b is not empty.
type term struct {
	a, b conceptSet
	near bool
	not  bool
	wide bool // in the whole text
}

// compiled is the grammar, made at its first use.
var compiled = sync.OnceValue(compile)

func compile() *grammar {
	g := &grammar{names: map[string]int{}, root: &node{}}
	for _, name := range kindConcepts {
		g.name(name)
	}
	for _, entry := range lexicon {
		c := g.name(entry.concept)
		for _, cue := range strings.Split(entry.cues, "|") {
			g.cue(c, cue)
		}
	}
	for _, sign := range signs {
		g.path(sign.phrase).provider = sign.provider
	}
	for _, sign := range softwareSigns {
		g.path(sign.phrase).software = sign.software
	}
	for _, r := range rules {
		compiled := compiledRule{category: r.category, weight: r.weight}
		for _, t := range strings.Fields(r.terms) {
			compiled.terms = append(compiled.terms, g.term(t))
		}
		g.rules = append(g.rules, compiled)
	}
	return g
}

// name is the number of a concept.
func (g *grammar) name(concept string) int {
	if c, ok := g.names[concept]; ok {
		return c
	}
	c := len(g.names)
	g.names[concept] = c
	return c
}

// cue adds a cue of a concept.
func (g *grammar) cue(concept int, cue string) {
	cue, whole := strings.CutPrefix(cue, "!")
	n := g.path(cue)
	n.set.add(concept)
	n.ends = true
	n.whole = n.whole || whole
}

// path is the node at the end of a phrase.
func (g *grammar) path(cue string) *node {
	n := g.root
	for _, w := range strings.Fields(cue) {
		edges := &n.exact
		stem, isStem := strings.CutSuffix(w, "*")
		if isStem {
			edges = &n.stems
		}
		if *edges == nil {
			*edges = map[string]*node{}
		}
		next := (*edges)[stem]
		if next == nil {
			next = &node{}
			(*edges)[stem] = next
		}
		n = next
	}
	return n
}

// term compiles one term of a rule.
func (g *grammar) term(text string) term {
	text, not := strings.CutPrefix(text, "-")
	text, wide := strings.CutPrefix(text, "^")
	left, right, near := strings.Cut(text, "~")
	t := term{a: g.set(left), near: near, not: not, wide: wide}
	if near {
		t.b = g.set(right)
	}
	return t
}

// set is the set of concepts of a list "a|b".
func (g *grammar) set(list string) (s conceptSet) {
	for _, name := range strings.Split(list, "|") {
		s.add(g.name(name))
	}
	return s
}

// kindConcepts are concepts that come from the kind of a token and from the code of
// the reply.
var kindConcepts = []string{"atconnect", "ipaddr", "name", "mailbox", "zone", "urizone", "openresolver", "listed", "4xx", "5xx", "c501", "c504", "c530", "e7.1", "e7.13", "e4.1", "spf", "reputation"}

// stem is the node of the longest stem that w begins with.
func (n *node) stem(w string) *node {
	if n.stems == nil {
		return nil
	}
	for l := min(len(w), maxStem); l >= minStem; l-- {
		if to := n.stems[w[:l]]; to != nil {
			return to
		}
	}
	return nil
}
