package spf

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/mailassay/mailassay/resolver"
)

// Tree is what a domain's record amounts to without a client in sight.
type Tree struct {
	Root *Node
	// Lookups are the terms that ask DNS on the way of a client that nothing
	// matches, each include as often as it is reached: above [MaxLookups] that
	// client gets permerror.
	Lookups int
	// Voids4 and Voids6 are the void lookups on that way for a client of the
	// family: above [MaxVoidLookups] it gets permerror. The voids of terms whose
	// name depends on the client are not known and not counted.
	Voids4, Voids6 int
	// IPv4 is the number of IPv4 addresses that get pass, 1<<32 for all of them.
	// What depends on a macro or on an unanswered question is not in it.
	IPv4 uint64
	// IPv6 is true when some IPv6 address gets pass.
	IPv6 bool
	// PassAll is true when every IPv4 or every IPv6 client gets pass, whatever it
	// is: by +all here or in an include, or by ranges that cover everything.
	PassAll bool
	// Default is what a client gets that nothing names, redirects followed: by
	// all, or Neutral. Empty when a fault, an unanswered question or a macro hides
	// it.
	Default Result
	// Truncated is true when the tree exceeds the bounds of Expand: what is beyond
	// them is counted as far as it is known, but not asked for.
	Truncated bool
}

// Unknown are the DNS errors in the tree, each question once, in the order of the
// text. With any, what the tree says is a lower bound.
func (t *Tree) Unknown() []error {
	var errs []error
	add := func(err error) {
		if err != nil && !slices.ContainsFunc(errs, func(e error) bool { return e.Error() == err.Error() }) {
			errs = append(errs, err)
		}
	}
	for n := range t.Nodes() {
		add(n.Err)
		for _, u := range n.Uses {
			add(u.Err)
		}
	}
	return errs
}

// Nodes are the records of the tree, depth first in the order of the text.
func (t *Tree) Nodes() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { t.Root.walk(yield) }
}

// Reach says how a node is reached.
type Reach uint8

// The ways to a record.
const (
	Start      Reach = iota // the domain asked about
	ByInclude               // an include mechanism
	ByRedirect              // a redirect modifier
)

// Fault says why a node has no record to evaluate.
type Fault uint8

// Faults of a node.
const (
	// NoFault: there is one valid record, or DNS did not say.
	NoFault Fault = iota
	// NoRecord: the name has no SPF record, does not exist, or cannot exist (then
	// nothing was asked, and Status is 0).
	NoRecord
	// SeveralRecords: more than one (RFC 7208 section 4.5).
	SeveralRecords
	// Invalid: the record has syntax errors; its valid terms are expanded anyway.
	Invalid
	// Loop: the name stands on its own path; it is not expanded again.
	Loop
	// TooMuch: beyond the bounds of Expand; not asked.
	TooMuch
)

// Node is the record of one domain at one place of the tree.
type Node struct {
	// Domain is canonical; a name that cannot exist is as written.
	Domain string
	Reach  Reach
	// Parent is the node whose term leads here, nil for the root.
	Parent *Node
	// Term is that term, nil for the root.
	Term *Term
	// Status is that of the TXT answer, 0 when it was not asked or Err is not nil.
	Status resolver.Status
	// Err is the DNS error that hides the record.
	Err error
	// Selection are the records of the name, nil without an answer; Record is the
	// one that counts, nil when there is none or more than one.
	Selection *Selection
	Record    *Record
	Fault     Fault
	// Uses are the terms of Record that ask DNS, in the order of the text, the
	// redirect last.
	Uses []*Use
	// Own are the lookups of this record's own terms, Total those of the subtree
	// (RFC 7208 section 4.6.4). The lookup of this very record is its parent's.
	Own, Total int

	byTerm []*Use // Uses by the places of their terms in Record.Terms
	beyond int    // lookups of terms beyond the bounds, which have no use
}

// Use is what one term costs and finds.
type Use struct {
	Term *Term
	// Dead is true for what is never evaluated, behind or beside all: it is not
	// asked and costs nothing.
	Dead bool
	// Target is the name that is asked, canonical; "" when Macros hide it or it
	// cannot exist.
	Target string
	// Macros are the letters that make Target depend on client or sender, such as
	// "il"; for ptr, whose question depends on the client, "i". Such a term is not
	// asked.
	Macros string
	// Child is the record of an include or redirect.
	Child *Node
	// NXDomain is true when Target does not exist.
	NXDomain bool
	// Hosts are the exchanges of an mx, in order of preference; above [MaxHosts]
	// the term is a permerror for whoever is not among the first ten.
	Hosts []string
	// Lookups are what the term costs, the subtree of Child included.
	Lookups int
	// Void4 and Void6 tell whether the term is a void lookup for clients of the
	// family (RFC 7208 section 4.6.4).
	Void4, Void6 bool
	// Err is the first DNS error among the questions of the term, those of Child
	// aside.
	Err error

	addrs []netip.Addr // that a and mx stand for
}

// Path is the way from the root to the node, both included.
func (n *Node) Path() []*Node {
	if n.Parent == nil {
		return []*Node{n}
	}
	return append(n.Parent.Path(), n)
}

func (n *Node) walk(yield func(*Node) bool) bool {
	if n == nil {
		return true
	}
	if !yield(n) {
		return false
	}
	for _, u := range n.Uses {
		if !u.Child.walk(yield) {
			return false
		}
	}
	return true
}
