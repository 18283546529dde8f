package dmarc_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dmarc"
)

// kinds are what may stand at a name.
var kinds = []string{"", "v=DMARC1; p=reject; sp=none", "v=DMARC1; p=quarantine; psd=y", "v=DMARC1; p=none; sp=reject; psd=n", "two"}

// world is what stands at each name of a small tree.
type world map[string]string

// worlds are all of them.
func worlds(names ...string) []world {
	out := []world{{}}
	for _, name := range names {
		var next []world
		for _, w := range out {
			for _, k := range kinds {
				n := world{name: k}
				for have, v := range w {
					n[have] = v
				}
				next = append(next, n)
			}
		}
		out = next
	}
	return out
}

// resolver answers from the world; the names in fails give no answer.
func (w world) resolver(fails ...string) resolver.Resolver {
	return resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		name := strings.TrimPrefix(q.Name, "_dmarc.")
		if slices.Contains(fails, name) {
			return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q}
		}
		a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.Found}
		switch text := w[name]; text {
		case "":
			a.Status = resolver.NXDomain
		case "two":
			a.Data = []resolver.Data{resolver.TXT{Text: kinds[1]}, resolver.TXT{Text: kinds[2]}}
		default:
			a.Data = []resolver.Data{resolver.TXT{Text: text}}
		}
		return a, nil
	})
}

// record is the usable text at a name.
func (w world) record(name string) string {
	if w[name] == "two" {
		return ""
	}
	return w[name]
}

// organization is RFC 9989 sections 4.10 and 4.10.2 word by word, one name after
// the other. psd is the name of a record with psd=y that ended the walk.
func (w world) organization(start string) (org, psd string) {
	org = start
	var found []string
	for name := start; name != "."; name = resolver.Parent(name) {
		text := w.record(name)
		if text == "" {
			continue
		}
		found = append(found, name)
		if strings.Contains(text, "psd=n") {
			return name, ""
		}
		if strings.Contains(text, "psd=y") {
			if name == start {
				break
			}
			for org = start; resolver.Parent(org) != name; {
				org = resolver.Parent(org)
			}
			return org, name
		}
	}
	if len(found) > 0 {
		org = found[len(found)-1]
	}
	return org, ""
}

// result is the evaluation for an identifier that passed, word by word.
func (w world) result(author, identifier string) (dmarc.Word, string) {
	at := author
	org, psd := w.organization(author)
	if w.record(at) == "" {
		if at = org; w.record(at) == "" {
			at = psd
		}
	}
	if at == "" {
		return dmarc.ResultNone, ""
	}
	if theirs, _ := w.organization(identifier); theirs == org || identifier == author {
		return dmarc.ResultPass, at
	}
	return dmarc.ResultFail, at
}

// TestEverySmallTree holds the evaluation against the standard read word by word,
// for every tree of four names and every identifier in and beside it.
func TestEverySmallTree(t *testing.T) {
	n := 0
	for _, w := range worlds("t", "b.t", "a.b.t", "x.a.b.t") {
		for _, author := range []string{"x.a.b.t", "a.b.t"} {
			for _, identifier := range []string{"x.a.b.t", "y.a.b.t", "z.x.a.b.t", "a.b.t", "c.b.t", "b.t", "d.t", "t", "else"} {
				o := dmarc.Evaluate(t.Context(), w.resolver(), dmarc.Input{Author: author,
					Identifiers: []dmarc.Identifier{{Method: dmarc.DKIM, Domain: identifier, Result: "pass"}}})
				word, at := w.result(author, identifier)
				if o.Result != word || o.Domain != at {
					t.Fatalf("%v: %s signed by %s: %s at %q, want %s at %q", w, author, identifier, o.Result, o.Domain, word, at)
				}
				n++
			}
		}
	}
	t.Logf("%d evaluations", n)
}

// TestNoFailureMisleads fails every set of names of every tree of three. What is
// definite then is what holds when nothing fails; and what needs no failed name
// stays definite.
func TestNoFailureMisleads(t *testing.T) {
	names := []string{"t", "b.t", "a.b.t"}
	definite := 0
	for _, w := range worlds(names...) {
		for set := range 1 << len(names) {
			var fails []string
			for i, name := range names {
				if set>>i&1 == 1 {
					fails = append(fails, name)
				}
			}
			for _, identifier := range []string{"a.b.t", "c.a.b.t", "b.t", "d.b.t", "t", "else"} {
				o := dmarc.Evaluate(t.Context(), w.resolver(fails...), dmarc.Input{Author: "a.b.t",
					Identifiers: []dmarc.Identifier{{Method: dmarc.SPF, Domain: identifier, Result: "pass"}}})
				word, at := w.result("a.b.t", identifier)
				if o.Result != dmarc.ResultTempError && (o.Result != word || o.Domain != at) {
					t.Fatalf("%v without %v: signed by %s: %s at %q, truly %s at %q", w, fails, identifier, o.Result, o.Domain, word, at)
				}
				own := !slices.Contains(fails, "a.b.t") && w.record("a.b.t") != ""
				if own && (identifier == "a.b.t" || identifier == "else") && o.Result == dmarc.ResultTempError {
					t.Fatalf("%v without %v: signed by %s: temperror", w, fails, identifier)
				}
				if o.Result != dmarc.ResultTempError {
					definite++
				}
			}
		}
	}
	if definite == 0 {
		t.Error("everything is temperror")
	}
	t.Log(fmt.Sprint(definite, " definite results"))
}
