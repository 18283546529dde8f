package spf_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// suitePath is the public RFC 7208 suite, beside the repository.
const suitePath = "../../../shared/conformance/spf/spf_rfc7208.jsonl"

// suiteCase is one case of the suite, in the form that its README describes.
type suiteCase struct {
	ID    string
	Zone  map[string][][]any
	Input struct {
		IP       string
		Helo     string
		MailFrom string `json:"mail_from"`
		Receiver string
	}
	Expect struct {
		Result            []spf.Result
		Explanation       *string
		ExplanationAbsent bool `json:"explanation_absent"`
	}
	Disputed bool
}

func (c suiteCase) query() spf.Query {
	return spf.Query{
		Client: netip.MustParseAddr(c.Input.IP), Helo: c.Input.Helo,
		Sender: c.Input.MailFrom, Receiver: c.Input.Receiver,
	}
}

// suite reads all cases, or skips the test where the suite is not at hand.
func suite(t testing.TB) []suiteCase {
	t.Helper()
	f, err := os.Open(filepath.FromSlash(suitePath))
	if os.IsNotExist(err) {
		t.Skipf("the public suite is not beside the repository: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []suiteCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c suiteCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 203 {
		t.Fatalf("the suite has %d cases, 203 are known", len(cases))
	}
	return cases
}

// zone is the DNS of one case.
type zone map[string][][]any

// Resolve answers as the README of the suite says a zone is to be read.
func (z zone) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	if err := ctx.Err(); err != nil {
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q, Err: err}
	}
	a := resolver.Answer{Question: q, Name: q.Name}
	for range 10 {
		records, exists := z[plain(a.Name)]
		if !exists {
			a.Status = resolver.NXDomain
			if z.nonTerminal(plain(a.Name)) {
				a.Status = resolver.NoData
			}
			return a, nil
		}
		if kind := failing(records, q.Type); kind != 0 {
			return resolver.Answer{}, &resolver.Error{Kind: kind, Question: q}
		}
		if i := slices.IndexFunc(records, func(r []any) bool { return r[0] == "CNAME" }); i >= 0 && q.Type != resolver.TypeCNAME {
			a.Name, _ = resolver.Canonical(records[i][1].(string))
			a.Aliases = append(a.Aliases, a.Name)
			continue
		}
		a.Status = resolver.NoData
		for _, r := range records {
			if d := datum(r); d != nil && r[0] == q.Type.String() {
				a.Status, a.Data = resolver.Found, append(a.Data, d)
			}
		}
		return a, nil
	}
	return resolver.Answer{}, &resolver.Error{Kind: resolver.ServerFailure, Question: q} // a CNAME loop
}

// plain is a canonical name as the suite spells it: without escapes.
func plain(name string) string {
	labels, err := resolver.Labels(name)
	if err != nil {
		return name
	}
	return strings.Join(labels, ".")
}

func (z zone) nonTerminal(name string) bool {
	for key := range z {
		if strings.HasSuffix(key, "."+name) {
			return true
		}
	}
	return false
}

// failing is how a question of that type fails at a name, 0 when it does not.
func failing(records [][]any, t resolver.Type) resolver.Kind {
	kinds := map[any]resolver.Kind{"TIMEOUT": resolver.Timeout, "SERVFAIL": resolver.ServerFailure}
	has := false
	for _, r := range records {
		if kind := kinds[r[0]]; kind != 0 && len(r) == 2 && r[1] == t.String() {
			return kind
		}
		has = has || r[0] == t.String()
	}
	for _, r := range records {
		if kind := kinds[r[0]]; kind != 0 && len(r) == 1 && !has {
			return kind
		}
	}
	return 0
}

func datum(r []any) resolver.Data {
	name := func(v any) string {
		n, err := resolver.Canonical(v.(string))
		if err != nil {
			return "."
		}
		return n
	}
	switch r[0] {
	case "TXT":
		var t resolver.TXT
		for i, s := range r[1:] {
			if i > 0 {
				t.Cuts = append(t.Cuts, len(t.Text))
			}
			for _, c := range s.(string) {
				t.Text += string([]byte{byte(c)})
			}
		}
		return t
	case "MX":
		return resolver.MX{Preference: uint16(r[1].(float64)), Host: name(r[2])}
	case "A", "AAAA":
		return resolver.Addr{Addr: netip.MustParseAddr(r[1].(string))}
	case "PTR", "NS":
		return resolver.Host(name(r[1]))
	}
	return nil
}

// TestPublicSuite is the whole RFC 7208 suite: every result and every
// explanation.
func TestPublicSuite(t *testing.T) {
	explained := 0
	for _, c := range suite(t) {
		if c.Disputed {
			continue
		}
		o := spf.Check(t.Context(), zone(c.Zone), c.query())
		if !slices.Contains(c.Expect.Result, o.Result) {
			t.Errorf("%s: %s, not one of %v: %s", c.ID, o.Result, c.Expect.Result, o.Problem)
		}
		if c.Expect.Explanation != nil {
			explained++
			if o.Explanation != *c.Expect.Explanation {
				t.Errorf("%s: the explanation is %q, not %q", c.ID, o.Explanation, *c.Expect.Explanation)
			}
		}
		if c.Expect.ExplanationAbsent && o.Explanation != "" {
			t.Errorf("%s: the explanation is %q, there is to be none", c.ID, o.Explanation)
		}
	}
	if explained != 14 {
		t.Errorf("%d explanations compared, not 14", explained)
	}
}
