package spf

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/mailassay/mailassay/resolver"
)

// Bounds of Expand. A record that obeys the limit of ten lookups comes nowhere
// near them.
const (
	maxDepth     = 20
	maxNodes     = 200
	maxUses      = 1000
	maxQuestions = 500       // for a, mx and exists terms
	maxTexts     = 256 << 10 // octets of TXT records, of which fifty times as much is made
)

// Expand asks for the record of domain and everything it leads to, level by
// level, the questions of a level side by side, each question once. It never
// fails: what DNS did not say is in the nodes. A domain that is no name of two
// labels has no record.
func Expand(ctx context.Context, r resolver.Resolver, domain string) *Tree {
	return expand(ctx, r, domain, nil)
}

// ExpandRecord is Expand for a record that domain does not publish, or not yet.
func ExpandRecord(ctx context.Context, r resolver.Resolver, domain string, record *Record) *Tree {
	return expand(ctx, r, domain, record)
}

// expander is one run of Expand.
type expander struct {
	flights
	tree      *Tree
	root      string         // as given, for %{o}
	asking    sync.WaitGroup // the questions of terms
	nodes     int
	uses      int
	questions int
	texts     int // octets of TXT records read so far
}

func expand(ctx context.Context, r resolver.Resolver, domain string, record *Record) *Tree {
	ascii, ok := aLabels(strings.TrimSuffix(domain, "."))
	if !ok {
		ascii = domain
	}
	root := &Node{Domain: ascii, Record: record}
	x := &expander{flights: flights{r: r}, tree: &Tree{Root: root}, root: ascii, nodes: 1}
	for level := []*Node{root}; len(level) > 0; {
		var records sync.WaitGroup
		answers := make([]resolver.Answer, len(level))
		for i, n := range level {
			if n.Fault == NoFault && n.Record == nil {
				records.Go(func() { answers[i] = x.load(ctx, n) })
			}
		}
		records.Wait()
		var below []*Node
		for i, n := range level {
			x.read(n, &answers[i])
			below = append(below, x.unfold(ctx, n)...)
		}
		level = below
	}
	x.asking.Wait()
	x.tree.assess()
	return x.tree
}

// load asks for the record of a node. It runs where no caller's recovery reaches.
func (x *expander) load(ctx context.Context, n *Node) (a resolver.Answer) {
	defer func() {
		if p := recover(); p != nil {
			n.Err = fmt.Errorf("record of %s: %v", n.Domain, p)
		}
	}()
	name, ok := checkable(n.Domain)
	if !ok {
		n.Fault = NoRecord
		return a
	}
	n.Domain = name
	a, n.Err = x.fetch(ctx, resolver.Question{Name: name, Type: resolver.TypeTXT})
	return a
}

// read takes over the answer of a node that has been loaded.
func (x *expander) read(n *Node, a *resolver.Answer) {
	if n.Fault != NoFault || n.Record != nil || n.Err != nil {
		return
	}
	for _, d := range a.Data {
		t, _ := d.(resolver.TXT)
		x.texts += len(t.Text)
	}
	if x.texts > maxTexts { // what it says is not known then, and may be within the limits
		n.Err, x.tree.Truncated = &resolver.Error{Kind: resolver.OverBudget, Question: a.Question}, true
		return
	}
	n.Status, n.Selection = a.Status, Select(a)
	switch len(n.Selection.Records) {
	case 0:
		n.Fault = NoRecord
	case 1:
		n.Record = n.Selection.Records[0]
	default:
		n.Fault = SeveralRecords
	}
}

// unfold makes the uses of a node's record, starts their questions, and returns
// the records that come next.
func (x *expander) unfold(ctx context.Context, n *Node) (below []*Node) {
	if n.Record == nil {
		return nil
	}
	if len(n.Record.Errors) > 0 {
		n.Fault = Invalid
	}
	n.byTerm = make([]*Use, len(n.Record.Terms))
	seenAll := false
	for i := range n.Record.Terms {
		switch t := &n.Record.Terms[i]; {
		case t.Kind == All:
			seenAll = true
		case t.Kind.AsksDNS() && t.Kind != Redirect:
			below = append(below, x.use(ctx, n, i, seenAll)...)
		}
	}
	if i := n.Record.redirect; i >= 0 {
		below = append(below, x.use(ctx, n, i, seenAll)...)
	}
	return below
}

// use adds the use of one term to a node.
func (x *expander) use(ctx context.Context, n *Node, i int, dead bool) (below []*Node) {
	u := &Use{Term: &n.Record.Terms[i], Dead: dead}
	if x.uses++; x.uses > maxUses {
		x.tree.Truncated = true
		if !dead {
			n.beyond += u.Term.cost()
		}
		return nil
	}
	n.Uses, n.byTerm[i] = append(n.Uses, u), u
	spelled := x.aim(n, u)
	if u.Dead || u.Macros != "" {
		return nil
	}
	if u.Term.Kind == Include || u.Term.Kind == Redirect {
		return x.child(n, u, spelled)
	}
	if u.Target == "" {
		return nil
	}
	switch u.Term.Kind {
	case A:
		x.questions += 2
	case MX:
		x.questions += 1 + 2*MaxHosts
	default:
		x.questions++
	}
	if x.questions > maxQuestions {
		x.tree.Truncated = true
		return nil
	}
	x.asking.Go(func() { x.ask(ctx, u) })
	return nil
}

// hidden are the macro letters that nothing is known of without a client and a
// sender. %{o} is the domain asked about, %{d} that of the record.
const hidden = "slipvhcrt"

// aim finds the target of a use, or the macros that hide it.
func (x *expander) aim(n *Node, u *Use) (spelled string) {
	if u.Term.Kind == PTR {
		u.Macros = "i"
	}
	if u.Term.Domain != nil {
		for _, letter := range u.Term.Domain.Letters() {
			if strings.ContainsRune(hidden, letter) && !strings.ContainsRune(u.Macros, letter) {
				u.Macros += string(letter)
			}
		}
	}
	if u.Macros != "" && u.Term.Kind != PTR {
		return ""
	}
	set := expansion{who: &subject{domain: x.root}, domain: name{spelled: n.Domain, canonical: n.Domain}}
	target := set.target(u.Term)
	u.Target = target.canonical
	return target.spelled
}

// child makes the node that an include or redirect leads to, and returns it if
// its record is to be fetched.
func (x *expander) child(n *Node, u *Use, spelled string) []*Node {
	c := &Node{Domain: u.Target, Reach: ByInclude, Parent: n, Term: u.Term}
	if u.Term.Kind == Redirect {
		c.Reach = ByRedirect
	}
	u.Child = c
	if c.Domain == "" {
		c.Domain, c.Fault = spelled, NoRecord
		return nil
	}
	path := n.Path()
	for _, above := range path {
		if above.Domain == c.Domain {
			c.Fault = Loop
			return nil
		}
	}
	if len(path) > maxDepth || x.nodes == maxNodes {
		c.Fault = TooMuch
		x.tree.Truncated = true
		return nil
	}
	x.nodes++
	return []*Node{c}
}

// ask asks what an a, mx or exists term asks, for clients of both families.
func (x *expander) ask(ctx context.Context, u *Use) {
	switch u.Term.Kind {
	case A:
		four, six := x.addresses(ctx, u, u.Target)
		u.Void4, u.Void6 = void(four), void(six)
		u.NXDomain = four == resolver.NXDomain || six == resolver.NXDomain
	case Exists:
		a, err := x.fetch(ctx, resolver.Question{Name: u.Target, Type: resolver.TypeA})
		u.note(err)
		u.Void4, u.Void6, u.NXDomain = void(a.Status), void(a.Status), a.Status == resolver.NXDomain
	case MX:
		a, err := x.fetch(ctx, resolver.Question{Name: u.Target, Type: resolver.TypeMX})
		u.note(err)
		u.Void4, u.Void6, u.NXDomain = void(a.Status), void(a.Status), a.Status == resolver.NXDomain
		x.hosts(ctx, u, a.MX())
	}
}

// hosts asks for the addresses of mail exchangers side by side.
func (x *expander) hosts(ctx context.Context, u *Use, list []resolver.MX) {
	var wg sync.WaitGroup
	of := make([]Use, min(len(list), MaxHosts))
	for i, mx := range list {
		u.Hosts = append(u.Hosts, mx.Host)
		if i < len(of) && mx.Host != "." {
			wg.Go(func() { x.addresses(ctx, &of[i], mx.Host) })
		}
	}
	wg.Wait()
	for i := range of {
		u.addrs = append(u.addrs, of[i].addrs...)
		u.note(of[i].Err)
	}
}

// addresses collects the addresses of a host in a use.
func (x *expander) addresses(ctx context.Context, u *Use, host string) (four, six resolver.Status) {
	var wg sync.WaitGroup
	var a, aaaa resolver.Answer
	var err4, err6 error
	wg.Go(func() { a, err4 = x.fetch(ctx, resolver.Question{Name: host, Type: resolver.TypeA}) })
	aaaa, err6 = x.fetch(ctx, resolver.Question{Name: host, Type: resolver.TypeAAAA})
	wg.Wait()
	u.addrs = append(a.Addrs(), aaaa.Addrs()...)
	u.note(err4)
	u.note(err6)
	return a.Status, aaaa.Status
}

// void tells whether DNS said that there is nothing.
func void(s resolver.Status) bool { return s == resolver.NoData || s == resolver.NXDomain }

// note keeps the first error.
func (u *Use) note(err error) {
	if u.Err == nil {
		u.Err = err
	}
}
