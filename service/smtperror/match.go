package smtperror

import (
	"cmp"
	"math/bits"
	"net/netip"
	"strings"
	"sync"
)

// conceptSet is a set of concepts, one bit each.
type conceptSet [maxConcepts / 64]uint64

func (s *conceptSet) add(c int)     { s[c>>6] |= 1 << (c & 63) }
func (s conceptSet) has(c int) bool { return s[c>>6]&(1<<(c&63)) != 0 }

func (s *conceptSet) meets(o *conceptSet) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2] != 0
}

// sentence is what a stretch of at most 64 tokens is about: each concept with the
// places where it is met, one bit each.
type sentence struct {
	set    conceptSet
	places [maxConcepts]uint64
	first  int // token
	last   int

	provider, software string // that the words tell, "" when they tell none
}

const (
	maxConcepts = 192
	maxSentence = 56
	nearby      = 4
	maxStem     = 14
	minStem     = 2
)

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

func (g *grammar) set(list string) (s conceptSet) {
	for _, name := range strings.Split(list, "|") {
		s.add(g.name(name))
	}
	return s
}

// kindConcepts are concepts that come from the kind of a token.
var kindConcepts = []string{"ipaddr", "name", "mailbox", "zone", "urizone", "openresolver", "listed", "4xx", "5xx", "c501", "c504", "e7.1", "spf", "reputation"}

// sentences finds the concepts of a token list. A quote begins a sentence.
func (g *grammar) sentences(tokens []token, quotes []quote) []*sentence {
	var out []*sentence
	var line []token // of one sentence, without codes
	first := 0
	flush := func(next int) {
		if len(line) > 0 {
			s := &sentence{first: first, last: next}
			g.scan(line, s)
			out = append(out, s)
		}
		line, first = line[:0], next
	}
	for i, t := range tokens {
		if len(quotes) > 0 && quotes[0].token == i {
			flush(i)
			quotes = quotes[1:]
		}
		switch {
		case t.kind == stop:
			flush(i + 1)
		case t.kind == code || t.kind == skipped:
		default:
			line = append(line, t)
			if len(line) == maxSentence {
				flush(i + 1)
			}
		}
	}
	flush(len(tokens))
	return out
}

// scan marks in s what a line of tokens says.
func (g *grammar) scan(line []token, s *sentence) {
	for i := 0; i < len(line); {
		t := line[i]
		if t.kind != word && t.kind != number {
			g.special(t, i, s)
			i++
			continue
		}
		i += g.phrases(line, i, s)
	}
}

// phrases marks the cues that begin at i and returns how many tokens are spent.
func (g *grammar) phrases(line []token, i int, s *sentence) int {
	type found struct {
		n   *node
		end int
	}
	var hits [12]found
	count := 0
	frontier, next := [8]*node{g.root}, [8]*node{}
	width := 1
	for j := i; j < len(line) && width > 0 && (line[j].kind == word || line[j].kind == number); j++ {
		wide := 0
		for _, n := range frontier[:width] {
			for _, to := range [...]*node{n.exact[line[j].text], n.stem(line[j].text)} {
				if to == nil || wide == len(next) {
					continue
				}
				next[wide] = to
				wide++
				s.note(to)
				if to.ends && count < len(hits) {
					hits[count] = found{to, j + 1}
					count++
				}
			}
		}
		frontier, width = next, wide
	}
	spent := 0
	for _, h := range hits[:count] {
		if h.n.whole {
			spent = max(spent, h.end-i)
		}
	}
	for _, h := range hits[:count] {
		if h.end-i >= spent {
			s.mark(h.n.set, i, h.end)
		}
	}
	return max(spent, 1)
}

// note keeps who speaks so.
func (s *sentence) note(n *node) {
	s.provider = cmp.Or(s.provider, n.provider)
	s.software = cmp.Or(s.software, n.software)
}

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

func (s *sentence) mark(set conceptSet, from, to int) {
	var place uint64
	for p := from; p < to; p++ {
		place |= 1 << (p & 63)
	}
	for half := range set {
		for m := set[half]; m != 0; m &= m - 1 {
			s.places[half<<6+bits.TrailingZeros64(m)] |= place
		}
		s.set[half] |= set[half]
	}
}

// special marks what a token that is no word stands for.
func (g *grammar) special(t token, i int, s *sentence) {
	var set conceptSet
	switch t.kind {
	case ipAddr:
		switch {
		case refusedCode(t.addr):
			set.add(g.names["openresolver"])
		case t.addr == localhost || t.addr.Is6() && t.addr.IsLoopback():
			return
		case t.addr.IsLoopback(): // RFC 5782 section 2.1
			set.add(g.names["listed"])
		default:
			set.add(g.names["ipaddr"])
		}
	case domainName, link:
		if strings.Contains(hostOf(t), "openspf") || strings.HasPrefix(hostOf(t), "spf.") {
			set.add(g.names["spf"])
		}
		if t.kind == link {
			g.linkWords(t.text, &set)
		}
		if strings.HasPrefix(hostOf(t), "ipcheck.") {
			set.add(g.names["reputation"])
		}
		switch zoneKind(hostOf(t)) {
		case addressZone:
			set.add(g.names["zone"])
		case nameZone:
			set.add(g.names["urizone"])
		default:
			if t.kind == domainName {
				set.add(g.names["name"])
			}
		}
	case mailbox:
		set.add(g.names["mailbox"])
	default:
		return
	}
	s.mark(set, i, i+1)
}

// localhost is no answer of a block list.
var localhost = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// holds tells whether all terms hold in s, which is part of a text about all.
func (r *compiledRule) holds(s *sentence, all *conceptSet) bool {
	for i := range r.terms {
		t := &r.terms[i]
		if t.wide {
			if all.meets(&t.a) == t.not {
				return false
			}
			continue
		}
		if t.holds(s) == t.not {
			return false
		}
	}
	return true
}

func (t *term) holds(s *sentence) bool {
	if !s.set.meets(&t.a) {
		return false
	}
	if !t.near {
		return true
	}
	if !s.set.meets(&t.b) {
		return false
	}
	reach := s.union(t.a)
	for d := 1; d <= nearby; d++ {
		reach |= s.union(t.a)<<d | s.union(t.a)>>d
	}
	return reach&s.union(t.b) != 0
}

// union is where any concept of a set is met.
func (s *sentence) union(set conceptSet) (places uint64) {
	for half := range set {
		for m := set[half] & s.set[half]; m != 0; m &= m - 1 {
			places |= s.places[half<<6+bits.TrailingZeros64(m)]
		}
	}
	return places
}

// telling are words in the path of a link that tell what its page is about.
var telling = map[string]string{
	"smtplf": "format", "rdns": "rdns", "ptr": "rdns", "reverse": "rdns", "greylist": "grey", "greylisting": "grey", "postgrey": "grey", "graylist": "grey", "spf": "spf",
	"dkim": "dkim", "dmarc": "dmarc", "helo": "helo", "ehlo": "helo", "dnsbl": "blocklist", "rbl": "blocklist", "blacklist": "blocklist", "blocklist": "blocklist", "delist": "blocklist",
}

// linkWords adds what the path and the query of a link tell.
func (g *grammar) linkWords(url string, set *conceptSet) {
	_, path, ok := strings.Cut(strings.TrimPrefix(url, "http"), "/")
	if !ok {
		return
	}
	for w := range strings.FieldsFuncSeq(strings.ToLower(path), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if concept, ok := telling[w]; ok {
			set.add(g.names[concept])
		}
	}
}
