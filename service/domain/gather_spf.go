package domain

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/spf"
)

const spfTopics = topicSPF | topicSPFTree | topicSPFHints | topicSPFSenders | topicSPFHelo | topicSPFObsolete

// spf asks for the record, all it includes, and what it says of the sending
// addresses.
func (g *gatherer) spf(ctx context.Context) (SPF, error) {
	var out SPF
	var err error
	n := len(g.req.SendingIPs)
	senders, helo := make([]SPFSender, n), make([][]string, n)
	var obsolete []Record
	g.apart(spfTopics, 2*n+2, func(i int) {
		switch {
		case i < n:
			senders[i] = g.sender(ctx, i)
		case i >= n+2:
			helo[i-n-2] = g.heloMissing(ctx, g.req.SendingIPs[i-n-2])
		case i == n:
			// RFC 7208 section 3.1: what is left of it tells of an old set-up.
			if a, failed := g.ask(ctx, topicSPFObsolete, g.req.Domain, resolver.TypeSPF); failed == nil {
				obsolete = recordsOf(a)
			}
		default:
			out, err = g.spfRecord(ctx)
		}
	})
	out.Senders, out.Obsolete = senders, obsolete
	out.HeloMissing = slices.Compact(slices.Sorted(slices.Values(slices.Concat(helo...))))
	return out, err
}

// heloMissing are the confirmed names of an address without an SPF record: they
// are what the address says in HELO, and a bounce has no other identity (RFC 7208
// section 2.4).
func (g *gatherer) heloMissing(ctx context.Context, ip netip.Addr) []string {
	if !g.wants(topicSPFHelo) {
		return nil
	}
	var out []string
	for _, name := range iprev.Check(ctx, g.book.as(topicSPFHelo), ip).Confirmed() {
		a, err := g.ask(ctx, topicSPFHelo, name, resolver.TypeTXT)
		if err == nil && len(spf.Select(&a).Records) == 0 {
			out = append(out, name)
		}
	}
	return out
}

// sender is check_host for one of the sending addresses.
func (g *gatherer) sender(ctx context.Context, i int) SPFSender {
	ip := g.req.SendingIPs[i]
	if !g.wants(topicSPFSenders) {
		return SPFSender{IP: ip}
	}
	q := spf.Query{Client: ip, Sender: "postmaster@" + g.req.Domain, Helo: g.req.Domain}
	out := SPFSender{IP: ip, Outcome: spf.Check(ctx, g.book.as(0), q)}
	if out.Open() {
		err := cmp.Or(out.Err, out.Doubt, errLost)
		g.book.note(topicSPFSenders, questionOf(err, g.req.Domain), err)
	}
	return out
}

func (g *gatherer) spfRecord(ctx context.Context) (SPF, error) {
	a, err := g.ask(ctx, topicSPF|topicSPFTree|topicSPFHints, g.req.Domain, resolver.TypeTXT)
	if err != nil {
		return SPF{}, err
	}
	out := SPF{Texts: recordsOf(a), Size: sizeOf(a), Selection: *spf.Select(&a), Unregistered: map[string]string{}}
	for _, r := range out.Selection.Records {
		out.Records = append(out.Records, textRecord(a, r.Text))
	}
	if len(out.Selection.Records) == 1 {
		out.Text, out.Parked = out.Selection.Records[0].Text, out.Selection.Records[0].Parked()
	}
	out.Tree = spf.Expand(ctx, g.book.as(topicSPFTree|topicSPFHints), g.req.Domain)
	out.LookupCount, out.VoidLookupCount = out.Tree.Lookups, max(out.Tree.Voids4, out.Tree.Voids6)
	out.AuthorizedAddresses, out.All = out.Tree.IPv4, allOf(out.Tree.Root)
	if g.wants(topicSPFHints) {
		g.spfHints(ctx, &out)
		g.merge(ctx, &out)
	}
	return out, nil
}

// merge makes one record of several and counts what it would cost.
func (g *gatherer) merge(ctx context.Context, out *SPF) {
	if len(out.Records) < 2 {
		return
	}
	merged := spf.Merge(out.Selection.Records...)
	if merged == nil {
		return
	}
	out.Merged = merged.String()
	out.MergedLookups = spf.ExpandRecord(ctx, g.book.as(topicSPFHints), g.req.Domain, merged).Lookups
}

// sizeOf is about what an answer takes on the wire: RFC 1035 section 4.1.
func sizeOf(a resolver.Answer) int {
	size := 12 + len(a.Question.Name) + 2 + 4
	for _, t := range a.TXT() {
		size += 12 + len(t.Text) + len(t.Cuts) + 1
	}
	return size
}

// textRecord is the record of an answer that has the text.
func textRecord(a resolver.Answer, text string) Record {
	for i, t := range a.TXT() {
		if t.Text == text {
			return recordsOf(a)[i]
		}
	}
	return Record{Name: a.Name, Type: resolver.TypeTXT, TTL: a.TTL, Value: resolver.SplitTXT(text).String()}
}

// allOf is the all mechanism in force, redirects followed.
func allOf(n *spf.Node) string {
	for depth := 0; n != nil && n.Record != nil && depth < spf.MaxLookups; depth++ {
		if t := n.Record.All(); t != nil {
			return strings.ToLower(t.Text)
		}
		next := (*spf.Node)(nil)
		for _, u := range n.Uses {
			if u.Term.Kind == spf.Redirect {
				next = u.Child
			}
		}
		n = next
	}
	return ""
}

// spfHints looks for a record at a wrong name when there is none at the right
// one, and for targets that anybody could register.
func (g *gatherer) spfHints(ctx context.Context, out *SPF) {
	if len(out.Records) == 0 && len(out.Selection.Mistyped) == 0 {
		d := g.req.Domain
		out.Elsewhere = g.elsewhere(ctx, topicSPFHints, []string{"_spf." + d, "spf." + d, "www." + d, d + "." + d}, func(text string) bool {
			r, err := spf.Parse(text)
			return err == nil && !r.Parked() // -all at www is that host's own
		})
	}
	var targets []string
	for node := range out.Tree.Nodes() {
		for _, u := range node.Uses {
			gone := u.NXDomain || u.Child != nil && u.Child.Status == resolver.NXDomain
			if gone && !u.Dead && u.Target != "" && !slices.Contains(targets, u.Target) {
				targets = append(targets, u.Target)
			}
		}
	}
	domains := make([]string, len(targets))
	g.apart(topicSPFHints, len(targets), func(i int) { domains[i] = g.unregistered(ctx, topicSPFHints, targets[i]) })
	for i, d := range domains {
		if d != "" {
			out.Unregistered[targets[i]] = d
		}
	}
}

// maxMisplaced bounds the records at a wrong name that are told.
const maxMisplaced = 20

// elsewhere asks for TXT records at names where nobody looks for them and keeps
// those that are meant and no wildcard's.
func (g *gatherer) elsewhere(ctx context.Context, topics finding.Topics, names []string, meant func(string) bool) []Misplaced {
	found := make([][]Misplaced, len(names))
	g.apart(topics, len(names), func(i int) {
		a, err := g.ask(ctx, topics, names[i], resolver.TypeTXT)
		if err != nil {
			return
		}
		records := recordsOf(a)
		for j, t := range a.TXT() {
			if len(found[i]) == maxMisplaced {
				break
			}
			if meant(t.Text) {
				r := Misplaced{records[j], t.Text}
				r.Name = names[i]
				found[i] = append(found[i], r)
			}
		}
	})
	var out []Misplaced
	for _, list := range found {
		if len(list) == 0 {
			continue
		}
		w, err := g.wildcardOf(ctx, topics)
		if err != nil {
			return nil
		}
		for _, r := range list {
			if !w.covers(r.Value) {
				out = append(out, r)
			}
		}
	}
	return out
}
