package spf_test

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// anything is a resolver made of functions of the name: zones of any size.
type anything struct {
	txt  func(name string) string
	more func(q resolver.Question) []resolver.Data
}

func (z anything) Resolve(_ context.Context, q resolver.Question) (resolver.Answer, error) {
	a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain}
	if q.Type == resolver.TypeTXT {
		if text := z.txt(q.Name); text != "" {
			a.Data = []resolver.Data{resolver.TXT{Text: text}}
		}
	} else if z.more != nil {
		a.Data = z.more(q)
	}
	if len(a.Data) > 0 {
		a.Status = resolver.Found
	}
	return a, nil
}

// every is the same text at every name.
func every(text string) func(string) string { return func(string) string { return text } }

// exchangers are n MX records, and an address at every name.
func exchangers(n int) func(q resolver.Question) []resolver.Data {
	return func(q resolver.Question) []resolver.Data {
		if q.Type != resolver.TypeMX {
			return []resolver.Data{resolver.Addr{Addr: netip.MustParseAddr("198.51.100.1")}}
		}
		out := make([]resolver.Data, n)
		for i := range out {
			out[i] = resolver.MX{Preference: uint16(i), Host: fmt.Sprintf("h%d.%s", i, q.Name)}
		}
		return out
	}
}

// reverses are n PTR records, and no address anywhere.
func reverses(n int) func(q resolver.Question) []resolver.Data {
	return func(q resolver.Question) []resolver.Data {
		if q.Type != resolver.TypePTR {
			return nil
		}
		out := make([]resolver.Data, n)
		for i := range out {
			out[i] = resolver.Host(fmt.Sprintf("h%d.d.test", i))
		}
		return out
	}
}

// terms is n terms, each with its number.
func terms(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " "+format, i)
	}
	return b.String()
}

// TestHostileRecordsCostLittle counts questions: an evaluation may take ten terms,
// as many may be fetched ahead in vain, and each costs eleven questions at most.
func TestHostileRecordsCostLittle(t *testing.T) {
	for _, c := range []struct {
		name   string
		zone   anything
		result spf.Result
		most   int // questions
	}{
		{"redirect to itself", anything{txt: every("v=spf1 redirect=d.test")}, spf.PermError, 1},
		{"include of itself, ten times", anything{txt: every("v=spf1" + strings.Repeat(" include:d.test", 10))}, spf.PermError, 1},
		{"an endless chain", anything{txt: every("v=spf1 include:a.%{d} -all")}, spf.PermError, 11},
		{"a wide and deep tree", anything{txt: func(name string) string { return "v=spf1" + terms("include:i%d."+name, 10) }}, spf.PermError, 20},
		{"500 includes", anything{txt: func(name string) string { return "v=spf1" + terms("include:i%d.test", 500) }}, spf.PermError, 20},
		{"two includes, each wide", anything{txt: func(name string) string {
			if name == "d.test" {
				return "v=spf1 include:a.test include:b.test -all"
			}
			return "v=spf1" + terms("a:h%d."+name, 100) + " -all"
		}, more: exchangers(1)}, spf.PermError, 20},
		{"ten times ten mail exchangers", anything{txt: every("v=spf1" + terms("mx:m%d.test", 10) + " -all"), more: exchangers(10)}, spf.Fail, 111},
		{"5000 mail exchangers", anything{txt: every("v=spf1 mx -all"), more: exchangers(5000)}, spf.PermError, 12},
		{"ten times 5000 mail exchangers", anything{txt: every("v=spf1" + terms("mx:m%d.test", 10)), more: exchangers(5000)}, spf.PermError, 111},
		{"100 reverse names", anything{txt: every("v=spf1" + strings.Repeat(" ptr", 10) + " -all"), more: reverses(100)}, spf.Fail, 12},
		{"100 reverse names in a macro", anything{txt: every("v=spf1 exists:" + strings.Repeat("%{p}.", 50) + "x.test -all"), more: reverses(100)}, spf.Fail, 13},
		{"dead names", anything{txt: every("v=spf1" + terms("a:no%d.test", 10) + " -all")}, spf.PermError, 11},
		{"60 kB", anything{txt: every("v=spf1" + terms("ip4:192.0.2.1 a:a%d.test", 3000))}, spf.PermError, 1},
		{"60 kB in an include", anything{txt: func(name string) string {
			if name == "d.test" {
				return "v=spf1 include:big.test ?all"
			}
			return "v=spf1" + strings.Repeat(" ip4:192.0.2.1", 5000)
		}}, spf.PermError, 2},
		{"nothing but errors", anything{txt: every("v=spf1 " + strings.Repeat("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:%{x} ", 180))}, spf.PermError, 1},
		{"450 octets of macros", anything{txt: every("v=spf1 exists:" + strings.Repeat("%{S4999r-+,/_=}.", 27) + "x.test -all")}, spf.Fail, 2},
	} {
		count := &counting{Resolver: c.zone}
		o := spf.Check(t.Context(), count, spf.Query{Client: netip.MustParseAddr("192.0.2.99"), Helo: "h.test", Sender: strings.Repeat("a-", 32) + "@d.test"})
		if o.Result != c.result || len(count.asked) > c.most {
			t.Errorf("%s: %s (%s) with %d questions, not %s with %d at most", c.name, o.Result, o.Problem, len(count.asked), c.result, c.most)
		}
		if len(o.Problem) > 400 || len(o.Trace) > 64 {
			t.Errorf("%s: a problem of %d octets, %d steps", c.name, len(o.Problem), len(o.Trace))
		}
	}
}

// TestMacrosCostNoMoreThanTheyLeave: of what a macro expands to, 253 octets remain,
// and what a client says is converted once.
func TestMacrosCostNoMoreThanTheyLeave(t *testing.T) {
	for name, c := range map[string]struct{ macro, sender, helo string }{
		"all of the sender":       {"%{s.-}", strings.Repeat("a-", 475), "h.test"},
		"one part of the sender":  {"%{l1r-}", strings.Repeat("a-", 475), "h.test"},
		"parts that are empty":    {"%{l1-}", strings.Repeat("a-", 475), "h.test"},
		"the sender, escaped":     {"%{S}", strings.Repeat("+", 950), "h.test"},
		"the HELO name":           {"%{h1}.", "u", strings.Repeat("\u00fc.", 300) + "a"},
		"the whole of HELO":       {"%{h}", "u", strings.Repeat("\u6f22\u5b57\u00fc\u00e9.", 90) + "a"},
		"the HELO name, reversed": {"%{hr}.", "u", strings.Repeat("\u00fc.", 300) + "a"},
	} {
		z := anything{txt: every("v=spf1 include:" + strings.Repeat(c.macro, 8000/len(c.macro)) + ".i.test -all")}
		q := spf.Query{Client: netip.MustParseAddr("192.0.2.99"), Helo: c.helo, Sender: c.sender + "@d.test"}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		spf.Check(t.Context(), oneByOne{z}, q)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
			t.Errorf("%s: %d KiB", name, n>>10)
		}
	}
}

// TestAnExplanationIsBounded: neither texts nor macros nor senders make it longer
// than a reply line, and none of them makes it anything but printable ASCII.
func TestAnExplanationIsBounded(t *testing.T) {
	for _, text := range []string{strings.Repeat("%{s}", 1000), strings.Repeat("%{S}%{p} ", 900), strings.Repeat("x", 8000), strings.Repeat("x", 60000)} {
		z := anything{txt: func(name string) string {
			if name == "d.test" {
				return "v=spf1 -all exp=e.test"
			}
			return text
		}, more: reverses(100)}
		count := &counting{Resolver: z}
		o := spf.Check(t.Context(), count, spf.Query{Client: netip.MustParseAddr("192.0.2.99"), Sender: strings.Repeat("a", 1000) + "@d.test"})
		if o.Result != spf.Fail || len(o.Explanation) > spf.MaxExplanation || len(count.asked) > 13 {
			t.Errorf("%.10s: %s, %d octets, %d questions", text, o.Result, len(o.Explanation), len(count.asked))
		}
		if len(text) < 10000 && len(o.Explanation) != spf.MaxExplanation {
			t.Errorf("%.10s: the explanation has %d octets", text, len(o.Explanation))
		}
	}
}

// TestManyAddressesAreReadAndNotTraced: 4000 addresses of a name are all compared,
// and the trace keeps twenty.
func TestManyAddressesAreReadAndNotTraced(t *testing.T) {
	z := anything{txt: every("v=spf1 a -all"), more: func(resolver.Question) []resolver.Data {
		var out []resolver.Data
		for i := range 4000 {
			out = append(out, resolver.Addr{Addr: netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)})})
		}
		return out
	}}
	o := spf.Check(t.Context(), z, spf.Query{Client: netip.MustParseAddr("198.18.15.159"), Sender: "u@d.test"})
	last := o.Trace[len(o.Trace)-1].Asked[0]
	if o.Result != spf.Pass || last.Count != 4000 || len(last.Data) != spf.MaxTraced {
		t.Errorf("%s: %d traced of %d", o.Result, len(last.Data), last.Count)
	}
}

// TestRecordsTooLongToReadAreUnknown: a tree of few records that are too much to read
// does not say that they name nobody.
func TestRecordsTooLongToReadAreUnknown(t *testing.T) {
	texts := func(name string) []resolver.Data {
		if name == "d.test" {
			return []resolver.Data{resolver.TXT{Text: "v=spf1" + terms("include:i%d.test", 6) + " -all"}}
		}
		return []resolver.Data{resolver.TXT{Text: "v=spf1 ip4:192.0.2.1 -all"}, resolver.SplitTXT(strings.Repeat("x", 60_000))}
	}
	dns := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		return resolver.Answer{Question: q, Name: q.Name, Status: resolver.Found, Data: texts(q.Name)}, nil
	})
	tree := spf.Expand(t.Context(), dns, "d.test")
	if unknown := tree.Unknown(); len(unknown) != 2 || resolver.KindOf(unknown[0]) != resolver.OverBudget {
		t.Errorf("%v is unknown", unknown)
	}
}

// TestHostileTreesAreBounded is the same for Expand.
func TestHostileTreesAreBounded(t *testing.T) {
	for _, c := range []struct {
		name string
		zone anything
		most int
	}{
		{"an endless chain", anything{txt: every("v=spf1 include:a.%{d} -all")}, 22},
		{"a wide and deep tree", anything{txt: func(name string) string { return "v=spf1" + terms("include:i%d."+name, 100) }}, 201},
		{"records of the longest", anything{txt: func(name string) string {
			if name == "d.test" {
				return "v=spf1" + terms("include:i%d.test", 100)
			}
			return "v=spf1" + strings.Repeat(" ip4:192.0.2.1", 580)
		}}, 101},
		{"many hosts", anything{txt: every("v=spf1" + terms("a:h%d.test", 600)), more: exchangers(1)}, 501},
		{"many exchangers", anything{txt: every("v=spf1" + terms("mx:h%d.test", 500)), more: exchangers(5000)}, 501},
	} {
		count := &counting{Resolver: c.zone}
		tree := spf.Expand(t.Context(), count, "d.test")
		nodes, uses := 0, 0
		for n := range tree.Nodes() {
			nodes, uses = nodes+1, uses+len(n.Uses)
		}
		if !tree.Truncated || len(count.asked) > c.most || nodes > 1001 || uses > 1000 || tree.Lookups <= 20 {
			t.Errorf("%s: truncated %v, %d questions, %d nodes, %d uses, %d lookups", c.name, tree.Truncated, len(count.asked), nodes, uses, tree.Lookups)
		}
	}
}
