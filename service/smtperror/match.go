package smtperror

import (
	"cmp"
	"math/bits"
	"net/netip"
	"strings"
)

// sentence is what a stretch of at most 64 tokens is about: each concept with the
// places where it is met, one bit each.
type sentence struct {
	set    conceptSet
	places [maxConcepts]uint64
	first  int // token

	provider, software string // that the words tell, "" when they tell none
}

// Bounds of a sentence, in tokens: its length, and how far near reaches.
const (
	maxSentence = 56
	nearby      = 4
)

// sentences finds the concepts of the tokens. A quote begins a sentence; what names the
// receiver says nothing.
func (r *Reading) findSentences() []*sentence {
	g, quotes := compiled(), r.quotes
	var out []*sentence
	var line []token // of one sentence, without codes
	first := 0
	flush := func(next int) {
		if len(line) > 0 {
			s := &sentence{first: first}
			g.scan(line, s)
			out = append(out, s)
		}
		line, first = line[:0], next
	}
	for i, t := range r.tokens {
		if len(quotes) > 0 && quotes[0].token == i {
			flush(i)
			quotes = quotes[1:]
		}
		switch {
		case t.kind == stop:
			flush(i + 1)
		case t.kind == code || t.kind == skipped || r.receiver[i]:
		default:
			line = append(line, t)
			if len(line) == maxSentence {
				flush(i + 1)
			}
		}
	}
	flush(len(r.tokens))
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

// mark notes concepts for the tokens from one to before another.
func (s *sentence) mark(set conceptSet, from, to int) {
	var place uint64
	for p := from; p < to; p++ {
		place |= 1 << (p & 63)
	}
	for i := range set {
		for m := set[i]; m != 0; m &= m - 1 {
			s.places[i<<6+bits.TrailingZeros64(m)] |= place
		}
		s.set[i] |= set[i]
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
		g.hostWords(t, &set)
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
	for i := range set {
		for m := set[i] & s.set[i]; m != 0; m &= m - 1 {
			places |= s.places[i<<6+bits.TrailingZeros64(m)]
		}
	}
	return places
}

// hostWords adds what a name or a link stands for.
func (g *grammar) hostWords(t token, set *conceptSet) {
	host := hostOf(t)
	for _, h := range tellingHosts {
		if strings.Contains(host, h.part) {
			set.add(g.names[h.concept])
		}
	}
	switch zoneKind(host) {
	case addressZone:
		set.add(g.names["zone"])
	case nameZone:
		set.add(g.names["urizone"])
	default:
		if t.kind == domainName {
			set.add(g.names["name"])
		}
	}
	if _, path, ok := strings.Cut(strings.TrimPrefix(t.text, "http"), "/"); ok && t.kind == link {
		for w := range strings.FieldsFuncSeq(strings.ToLower(path), func(r rune) bool { return r < 'a' || r > 'z' }) {
			if concept, ok := telling[w]; ok {
				set.add(g.names[concept])
			}
		}
	}
}

// tellingHosts are parts of host names that tell what a page is about.
var tellingHosts = []struct{ part, concept string }{{"openspf.", "spf"}, {"spf.pobox.", "spf"}, {"ipcheck.", "reputation"}}

// telling are words in the path or the query of a link that tell what its page is
// about.
var telling = map[string]string{
	"smtplf": "format", "rdns": "rdns", "ptr": "rdns", "reverse": "rdns", "greylist": "grey", "greylisting": "grey", "postgrey": "grey", "graylist": "grey",
	"spf": "spf", "dkim": "dkim", "dmarc": "dmarc", "helo": "helo", "ehlo": "helo",
	"dnsbl": "blocklist", "rbl": "blocklist", "blacklist": "blocklist", "blocklist": "blocklist", "delist": "blocklist", "returnc": "openresolver",
}
