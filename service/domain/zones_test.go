package domain

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/finding"
)

// The files in testdata hold cases: a line "== name", then zone text with origin
// d.test., and in it comments that begin ";=":
//
//	;= base ns mx ...     parts of testdata/base that belong to the zone
//	;= domain NAME        the domain to check, d.test without
//	;= selectors S ...    DKIM selectors given
//	;= ips ADDRESS ...    sending addresses
//	;= areas AREA ...     areas asked for
//	;= glue HOST ADDRESS     an address of a name server that the parent has
//	;= nxdomain NAME      the name is denied, whatever the zone says
//	;= refused NAME       questions for the name and all below are refused
//	;= bogus NAME         validation fails for the name and all below
//	;= server HOST ADDRESS WORD   a name server of d.test: answers, refuses, lame, silent, once-silent, closed, fails, other (answers
//	                              TXT "other") or older (so too, and an older MX and serial)
//	;= lists HOST parent|child    only one of the two lists it
//	;= badrecord NAME TYPE   validation fails for the records of the type at the name
//	;= silent NAME        questions for the name and all below get no answer
//	;= must CODE ...      codes that must be found
//	;= not CODE ...       codes that must not
//	;= says TEXT          text that some message must have
//	;= advises TEXT       text that some remedy must have
//	;= proposes ACTION LINE   a change that some finding must propose: add, replace or remove and the zone line
//	;= alike NAME         all that propose a TXT record at the name propose the same
//	;= leaves CODE ...    codes that must be found and propose no change
//	;= find CODE SUBJECT  exactly what is found: written by -update, to be read
//	;= status STATUS      the worst area: written by -update, to be read
var update = flag.Bool("update", false, "write what is found into testdata")

type zoneCase struct {
	file, name string
	lines      []string // as in the file, without find and status
	zone       string
	req        Request
	must, not  []string
	says       []string
	advises    []string
	proposes   []string
	leaves     []string
	alike      string
	find       []string
	status     string
	denied     string
	failing    map[string]resolver.Kind
	bad        resolver.Question
	servers    []fakeServer
	lists      map[string]string
	glue       map[string][]netip.Addr
}

type fakeServer struct{ host, addr, word string }

// resolver is the zone with its faults.
func (c *zoneCase) resolver(t testing.TB) *dnstest.Resolver {
	t.Helper()
	r := dnstest.New(t, c.zone)
	r.Fail(c.fail)
	return r
}

func (c *zoneCase) fail(q resolver.Question) resolver.Kind {
	if q == c.bad {
		return resolver.Bogus
	}
	for name, kind := range c.failing {
		if resolver.Within(q.Name, name) {
			return kind
		}
	}
	return 0
}

// ordinary are the documentation ranges in which most zones have their hosts;
// 203.0.113.0/24 stays special.
var ordinary = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("2001:db8::/32"),
}

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func (c *zoneCase) check(r resolver.Resolver) Report {
	return Judge(c.gather(r))
}

func (c *zoneCase) gather(r resolver.Resolver) *Facts {
	src := Sources{DNS: c.denying(r), Ordinary: ordinary, Now: noon}
	if len(c.servers) > 0 {
		src.Authority, src.EachServer = fakeAuthority{c, r}, true
	}
	return Gather(context.Background(), src, c.req)
}

// fakeAuthority is the name servers of d.test that a case lists.
type fakeAuthority struct {
	c    *zoneCase
	zone resolver.Resolver
}

func (a fakeAuthority) Each(ctx context.Context, q resolver.Question) resolver.Poll {
	p := resolver.Poll{Question: q, Zone: "d.test"}
	kinds := map[string]resolver.Kind{"refuses": resolver.Refused, "lame": resolver.Lame, "silent": resolver.Timeout, "closed": resolver.Unreachable, "fails": resolver.ServerFailure, "once-silent": resolver.Timeout}
	for _, s := range a.c.servers {
		told := resolver.Told{Host: s.host, Addr: netip.MustParseAddr(s.addr)}
		told.Answer, told.Err = a.zone.Resolve(ctx, q)
		if kind := kinds[s.word]; kind != 0 && (s.word != "once-silent" || q.Type == resolver.TypeSOA) {
			told.Answer, told.Err = resolver.Answer{}, &resolver.Error{Kind: kind, Question: q, Server: s.addr}
		}
		if (s.word == "other" || s.word == "older") && q.Name == "d.test" && told.Err == nil {
			told.Answer.Data = different(s.word, q.Type, told.Answer.Data)
		}
		p.Told = append(p.Told, told)
	}
	return p
}

// different is what a server answers whose zone is another, or an older one.
func different(word string, t resolver.Type, data []resolver.Data) []resolver.Data {
	switch {
	case t == resolver.TypeTXT:
		return []resolver.Data{resolver.SplitTXT("other")}
	case t == resolver.TypeMX && word == "older":
		return []resolver.Data{resolver.MX{Preference: 5, Host: "old.d.test"}}
	case t == resolver.TypeSOA && word == "older":
		soa := data[0].(resolver.SOA)
		soa.Serial--
		return []resolver.Data{soa}
	}
	return data
}

func (a fakeAuthority) Delegation(ctx context.Context, name string) resolver.Delegation {
	last := resolver.Descent{Zone: "d.test", Referred: true}
	for _, s := range a.c.servers {
		last.Servers = append(last.Servers, resolver.NameServer{Host: s.host, Glue: a.c.glue[s.host], Parent: a.c.lists[s.host] != "child", Child: a.c.lists[s.host] != "parent"})
	}
	return resolver.Delegation{Name: name, Zone: "d.test", Steps: []resolver.Descent{{Zone: "."}, last}, SOA: a.Each(ctx, resolver.Question{Name: "d.test", Type: resolver.TypeSOA})}
}

// denying denies the name that is to be denied.
func (c *zoneCase) denying(r resolver.Resolver) resolver.Resolver {
	return resolver.Func(func(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
		a, err := r.Resolve(ctx, q)
		if err == nil && q.Name == c.denied {
			a = resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain}
		}
		return a, err
	})
}

// found is what a report says, one line for each finding and unknown.
func found(r Report) []string {
	var out []string
	for _, f := range r.All() {
		out = append(out, f.Code+" "+f.Subject)
	}
	return out
}

func cases(t testing.TB) []*zoneCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*.zones")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var out []*zoneCase
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			if name, ok := strings.CutPrefix(line, "== "); ok {
				out = append(out, &zoneCase{file: file, name: name, req: Request{Domain: "d.test"}})
				continue
			}
			if len(out) == 0 || out[len(out)-1].file != file {
				t.Fatalf("%s does not begin with a case", file)
			}
			if err := out[len(out)-1].read(line); err != nil {
				t.Fatalf("%s: %s: %v", file, out[len(out)-1].name, err)
			}
		}
	}
	for _, c := range out {
		c.zone = "$ORIGIN d.test.\ntest. SOA a.nic.test. h.nic.test. 1 2 3 4 5\n" + c.zone
	}
	return out
}

func (c *zoneCase) read(line string) error {
	word, rest, _ := strings.Cut(strings.TrimPrefix(line, ";= "), " ")
	switch {
	case !strings.HasPrefix(line, ";= "):
		c.zone += line + "\n"
	case word == "find":
		c.find = append(c.find, rest)
		return nil
	case word == "status":
		c.status = rest
		return nil
	case word == "base":
		for _, part := range strings.Fields(rest) {
			text, err := os.ReadFile("testdata/base/" + part + ".zone")
			if err != nil {
				return err
			}
			c.zone += string(text)
		}
	default:
		if err := c.direct(word, rest); err != nil {
			return err
		}
	}
	c.lines = append(c.lines, line)
	return nil
}

func (c *zoneCase) direct(word, rest string) error {
	fields := strings.Fields(rest)
	switch word {
	case "domain":
		c.req.Domain = rest
	case "selectors":
		c.req.Selectors = fields
	case "server":
		c.servers = append(c.servers, fakeServer{fields[0], fields[1], fields[2]})
	case "glue":
		if c.glue == nil {
			c.glue = map[string][]netip.Addr{}
		}
		c.glue[fields[0]] = append(c.glue[fields[0]], netip.MustParseAddr(fields[1]))
	case "lists":
		c.lists = map[string]string{fields[0]: fields[1]}
	case "nxdomain":
		c.denied = rest
	case "bogus", "silent", "refused":
		c.failing = map[string]resolver.Kind{rest: map[string]resolver.Kind{"bogus": resolver.Bogus, "silent": resolver.Timeout, "refused": resolver.Refused}[word]}
	case "badrecord":
		types := map[string]resolver.Type{"TXT": resolver.TypeTXT, "MX": resolver.TypeMX}
		c.bad = resolver.Question{Name: fields[0], Type: types[fields[1]]}
	case "must":
		c.must = append(c.must, fields...)
	case "not":
		c.not = append(c.not, fields...)
	case "alike":
		c.alike = rest
	case "advises":
		c.advises = append(c.advises, rest)
	case "proposes":
		c.proposes = append(c.proposes, rest)
	case "leaves":
		c.leaves = append(c.leaves, fields...)
	case "says":
		c.says = append(c.says, rest)
	case "ips":
		for _, s := range fields {
			c.req.SendingIPs = append(c.req.SendingIPs, netip.MustParseAddr(s))
		}
	case "areas":
		for _, s := range fields {
			for a := finding.MX; a <= finding.Ownership; a++ {
				if strings.EqualFold(strings.ReplaceAll(a.String(), " ", "-"), s) {
					c.req.Areas = append(c.req.Areas, a)
				}
			}
		}
	default:
		return fmt.Errorf("unknown word %q", word)
	}
	return nil
}

// write puts what is found into the files.
func write(t *testing.T, list []*zoneCase) {
	t.Helper()
	texts := map[string]*strings.Builder{}
	for _, c := range list {
		b := texts[c.file]
		if b == nil {
			b = new(strings.Builder)
			texts[c.file] = b
		}
		for len(c.lines) > 0 && c.lines[len(c.lines)-1] == "" {
			c.lines = c.lines[:len(c.lines)-1]
		}
		fmt.Fprintf(b, "== %s\n%s\n", c.name, strings.Join(c.lines, "\n"))
		for _, f := range c.find {
			fmt.Fprintf(b, ";= find %s\n", f)
		}
		fmt.Fprintf(b, ";= status %s\n\n", c.status)
	}
	for file, b := range texts {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestZonesGiveExactlyTheFindingsTheySay(t *testing.T) {
	list := cases(t)
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			r := c.check(c.resolver(t))
			got := found(r)
			if *update {
				c.find, c.status = got, r.Status.String()
			}
			if !slices.Equal(got, c.find) || r.Status.String() != c.status {
				t.Errorf("status %v, found:\n%s\nwant %s:\n%s", r.Status, strings.Join(got, "\n"), c.status, strings.Join(c.find, "\n"))
			}
			c.demands(t, r)
		})
	}
	if *update {
		write(t, list)
	}
}

// demands checks what was written by hand.
func (c *zoneCase) demands(t *testing.T, r Report) {
	t.Helper()
	codes := map[string]bool{}
	messages := ""
	for _, f := range r.All() {
		codes[f.Code] = true
		messages += f.Code + " " + f.Message + "\n"
	}
	for _, code := range c.must {
		if !codes[code] {
			t.Errorf("%s is not found; found:\n%s", code, messages)
		}
	}
	for _, code := range c.not {
		if codes[code] {
			t.Errorf("%s is found:\n%s", code, messages)
		}
	}
	for _, text := range c.says {
		if !strings.Contains(messages, text) {
			t.Errorf("no message says %q:\n%s", text, messages)
		}
	}
	remedies, changes, changing := "", []string(nil), map[string]bool{}
	texts := map[string]bool{}
	for _, f := range r.All() {
		for _, x := range f.Changes {
			if x.Name == c.alike && x.Type == "TXT" {
				texts[x.Proposed] = true
			}
		}
		remedies += f.Code + " " + f.Remedy + "\n"
		changes = append(changes, zoneLines(f.Changes)...)
		changing[f.Code] = changing[f.Code] || len(f.Changes) > 0
	}
	for _, text := range c.advises {
		if !strings.Contains(remedies, text) {
			t.Errorf("no remedy says %q:\n%s", text, remedies)
		}
	}
	for _, line := range c.proposes {
		if !slices.Contains(changes, line) {
			t.Errorf("nobody proposes %q:\n%s", line, strings.Join(changes, "\n"))
		}
	}
	if len(texts) > 1 {
		t.Errorf("%s is to have %q", c.alike, slices.Sorted(maps.Keys(texts)))
	}
	for _, code := range c.leaves {
		if !codes[code] || changing[code] {
			t.Errorf("%s is not found, or proposes changes:\n%s", code, strings.Join(changes, "\n"))
		}
	}
}
