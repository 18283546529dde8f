package domain

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/spf"
)

// Open tells whether a failure leaves the outcome open.
func (s SPFSender) Open() bool {
	return s.Result == "" || s.Result == spf.TempError || s.Doubt != nil && s.Result != spf.Pass
}

// record is the one record of the domain, nil when there is none or more than
// one.
func (s SPF) record() *spf.Record {
	if len(s.Selection.Records) != 1 {
		return nil
	}
	return s.Selection.Records[0]
}

// nodes are the records of the tree that may be evaluated, the root included.
func (s SPF) nodes() iter.Seq[*spf.Node] {
	return func(yield func(*spf.Node) bool) {
		if s.Tree == nil {
			return
		}
		for n := range s.Tree.Nodes() {
			if !yield(n) {
				return
			}
		}
	}
}

// uses are the terms of the tree that ask DNS and may be evaluated.
func (s SPF) uses() iter.Seq2[*spf.Node, *spf.Use] {
	return func(yield func(*spf.Node, *spf.Use) bool) {
		for n := range s.nodes() {
			for _, u := range n.Uses {
				if !u.Dead && !yield(n, u) {
					return
				}
			}
		}
	}
}

// faults are the nodes below the root with one of the faults, each name once.
func (s SPF) faults(want ...spf.Fault) []*spf.Node {
	var out []*spf.Node
	for n := range s.nodes() {
		same := func(x *spf.Node) bool { return x.Domain == n.Domain }
		if n.Parent != nil && slices.Contains(want, n.Fault) && !slices.ContainsFunc(out, same) {
			out = append(out, n)
		}
	}
	return out
}

// valid tells whether the record evaluates without permerror, as far as its
// answered part goes.
func (s SPF) valid() bool {
	r := s.record()
	if r == nil || r.Err() != nil || s.Tree == nil || s.Tree.Truncated || s.tooMany() || s.voids() > spf.MaxVoidLookups {
		return false
	}
	for n := range s.nodes() {
		if n.Fault != spf.NoFault {
			return false
		}
	}
	return true
}

// tooMany tells whether a lookup limit is exceeded: RFC 7208 section 4.6.4.
func (s SPF) tooMany() bool {
	if s.LookupCount > spf.MaxLookups {
		return true
	}
	for _, u := range s.uses() {
		if len(u.Hosts) > spf.MaxHosts {
			return true
		}
	}
	return false
}

// voids are the void lookups of the clients that can be affected: those over
// IPv6 only where the record lets any of them pass.
func (s SPF) voids() int {
	if s.Tree == nil {
		return 0
	}
	if s.Tree.Voids6 > s.Tree.Voids4 && s.sixes() {
		return s.Tree.Voids6
	}
	return s.Tree.Voids4
}

// sixes tells whether some term may let an IPv6 client pass.
func (s SPF) sixes() bool {
	for n := range s.nodes() {
		if n.Record != nil && slices.ContainsFunc(n.Record.Terms, func(t spf.Term) bool { return t.Kind == spf.IP6 && t.Qualifier == spf.Pass }) {
			return true
		}
	}
	for _, u := range s.uses() {
		if (u.Term.Kind == spf.A || u.Term.Kind == spf.MX) && !u.Void6 && u.Err == nil {
			return true
		}
	}
	return false
}

// pathOf is the way to a node: "a.test, include:b.test, include:c.test".
func pathOf(n *spf.Node) string {
	var list []string
	for _, x := range n.Path() {
		if x.Term == nil {
			list = append(list, x.Domain)
		} else {
			list = append(list, x.Term.Text)
		}
	}
	return strings.Join(list, " -> ")
}

// treeLines show what each term of the record costs.
func treeLines(s SPF) []string {
	var out []string
	for n, u := range s.uses() {
		if n.Parent == nil && len(out) < 2*spf.MaxLookups {
			out = append(out, fmt.Sprintf("%s: %s", u.Term.Text, count(u.Lookups, "lookup", "lookups")))
		}
	}
	return out
}

// selected are the records of a node as observed.
func selected(n *spf.Node) []string {
	var out []string
	for _, r := range n.Selection.Records {
		out = append(out, line(n.Domain, resolver.TypeTXT, resolver.SplitTXT(r.Text).String()))
	}
	return out
}

// replaceSPF puts another text in the place of the domain's record. An unchanged
// or unparsable text proposes nothing.
func replaceSPF(f *Facts, current, proposed string) []finding.Change {
	if _, err := spf.Parse(proposed); err != nil || current == proposed || f.MX.Value.Alias != "" {
		return nil
	}
	return []finding.Change{{Action: finding.Replace, Name: f.Request.Domain, Type: "TXT", Current: current, Proposed: proposed}}
}

// syntaxHits tells the errors of the classes in the domain's own record, all in
// one hit, with the record as it was probably meant.
func syntaxHits(f *Facts, classes ...spf.Class) []finding.Hit {
	r := f.SPF.Value.record()
	if r == nil {
		return nil
	}
	var list []string
	for _, e := range r.Errors {
		if slices.Contains(classes, e.Class) {
			list = append(list, e.Error())
		}
	}
	if len(list) == 0 {
		return nil
	}
	return []finding.Hit{{
		Subject: f.Request.Domain, Evidence: lines(f.SPF.Value.Records), Changes: replaceSPF(f, r.Text, mended(r)),
		Detail: "Receivers discard the whole SPF record, for " + and(list) + ".",
	}}
}

// mended is the record with each faulty term replaced by what was probably meant.
func mended(r *spf.Record) string {
	if r.Repaired != "" {
		return r.Repaired
	}
	text := r.Text
	for _, e := range r.Errors {
		if e.Suggestion == "" {
			return ""
		}
		text = strings.Replace(text, e.Term, e.Suggestion, 1)
	}
	return text
}

// withoutDead is the record without the terms that are never evaluated.
func withoutDead(r *spf.Record) string {
	dead := map[string]int{}
	for _, t := range r.Dead() {
		dead[t.Text]++
	}
	words := strings.Fields(r.Text)
	at := len(words)
	for i := at - 1; i >= 0; i-- { // of equal words the last ones are dead
		if w := words[i]; dead[w] > 0 {
			dead[w]--
		} else {
			at--
			words[at] = w
		}
	}
	return strings.Join(words[at:], " ")
}

// withSenders is the record with the sending addresses that it lacks put first,
// where they cost nothing.
func withSenders(f *Facts) string {
	words := strings.Fields(f.SPF.Value.Text)
	if len(words) == 0 {
		return ""
	}
	add := words[:1:1]
	for _, s := range f.SPF.Value.Senders {
		if s.Result != spf.Pass && f.special(s.IP) == "" {
			add = append(add, ipTerm(s))
		}
	}
	return strings.Join(append(add, words[1:]...), " ")
}

func ipTerm(s SPFSender) string {
	if s.IP.Is4() {
		return "ip4:" + s.IP.String()
	}
	return "ip6:" + s.IP.String()
}

// proposedSPF is a record for a domain that has none: its exchanges, the mailbox
// provider's include, and the sending addresses.
func proposedSPF(f *Facts) string {
	m := f.MX.Value
	words := []string{"v=spf1"}
	for _, s := range f.SPF.Value.Senders {
		if f.special(s.IP) == "" {
			words = append(words, ipTerm(s))
		}
	}
	list, _ := mailboxes(m)
	for _, p := range list {
		if target := includeOf(p); target != "" {
			words = append(words, "include:"+target)
		}
	}
	if len(m.Hosts) > 0 && !m.Implicit && len(list) == 0 {
		words = append(words, "mx")
	}
	if m.Implicit {
		words = append(words, "a")
	}
	if len(words) == 1 {
		return parkedSPF
	}
	return strings.Join(append(words, "~all"), " ") // who else sends is not known
}

// parkedSPF lets nobody send.
const parkedSPF = "v=spf1 -all"

// authorizes tells whether the words of a record can let anybody send.
func authorizes(words []string) bool {
	r, err := spf.Parse(strings.Join(words, " "))
	if err != nil {
		return false
	}
	return r.Redirect() != nil || slices.ContainsFunc(r.Terms, func(t spf.Term) bool {
		return t.Kind.Mechanism() && t.Kind != spf.All && t.Qualifier == spf.Pass
	})
}
