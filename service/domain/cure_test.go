package domain

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/finding"
)

// patched is a zone after changes.
type patched struct {
	zone    resolver.Resolver
	changes []finding.Change
	added   map[int]resolver.Resolver
}

// patch reads the zone line of each change as a zone; that it is none ends the
// test.
func patch(t *testing.T, zone resolver.Resolver, changes []finding.Change) *patched {
	t.Helper()
	p := &patched{zone: zone, changes: changes, added: map[int]resolver.Resolver{}}
	for i, c := range changes {
		line := dnstest.New(t, c.ZoneLine())
		if c.Action != finding.Remove {
			p.added[i] = line
		}
	}
	return p
}

func (p *patched) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	a, err := p.zone.Resolve(ctx, q)
	if err != nil {
		return a, err
	}
	data, touched := slices.Clone(a.Data), false
	for i, c := range p.changes {
		if c.Name != q.Name || c.Type != q.Type.String() && c.Type != "CNAME" {
			continue
		}
		if touched = true; c.Type == "CNAME" { // removed: what the alias led to is gone
			return resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain}, nil
		}
		data = slices.DeleteFunc(data, func(d resolver.Data) bool { return current(c.Type, d) == c.Current && c.Current != "" })
		if line := p.added[i]; line != nil {
			more, err := line.Resolve(ctx, q)
			if err != nil {
				return more, err
			}
			data = append(data, more.Data...)
		}
	}
	if !touched {
		below := func(c finding.Change) bool { return c.Action == finding.Add && resolver.Within(c.Name, q.Name) }
		if a.Status == resolver.NXDomain && slices.ContainsFunc(p.changes, below) {
			a.Status = resolver.NoData // RFC 4592 section 2.2.2
		}
		return a, nil
	}
	out := resolver.Answer{Question: q, Name: q.Name, Data: data, Status: resolver.Found, TTL: 300, Authenticated: a.Authenticated}
	if len(data) == 0 {
		out.Status = resolver.NoData
	}
	return out, nil
}

// current is data as the Current of a change has it.
func current(typ string, d resolver.Data) string {
	if t, ok := d.(resolver.TXT); ok && typ == "TXT" {
		return t.Text
	}
	return d.String()
}

// TestProposedChangesCure applies the changes of each finding: its zone lines are
// zone text, each current record is there, and the finding is gone after.
func TestProposedChangesCure(t *testing.T) {
	proposed := map[string]bool{}
	for _, c := range cases(t) {
		r := c.resolver(t)
		for _, f := range c.check(r).Findings {
			if len(f.Changes) == 0 {
				continue
			}
			proposed[f.Code] = true
			p := patch(t, r, f.Changes)
			c.hasCurrent(t, r, f)
			for _, line := range found(c.check(p)) {
				if line == f.Code+" "+f.Subject {
					t.Errorf("%s: %s is still there after %v", c.name, line, zoneLines(f.Changes))
				}
			}
		}
	}
	t.Logf("%d codes propose records: %s", len(proposed), strings.Join(slices.Sorted(maps.Keys(proposed)), " "))
}

// hasCurrent tells whether what is to be replaced or removed is there.
func (c *zoneCase) hasCurrent(t *testing.T, r resolver.Resolver, f finding.Finding) {
	t.Helper()
	types := map[string]resolver.Type{
		"A": resolver.TypeA, "AAAA": resolver.TypeAAAA, "MX": resolver.TypeMX, "TXT": resolver.TypeTXT, "PTR": resolver.TypePTR, "NS": resolver.TypeNS,
		"SRV": resolver.TypeSRV, "CNAME": resolver.TypeCNAME, "SPF": resolver.TypeSPF,
	}
	for _, x := range f.Changes {
		if x.Action == finding.Add {
			if x.Current != "" || x.Proposed == "" {
				t.Errorf("%s: %s adds %+v", c.name, f.Code, x)
			}
			continue
		}
		a, err := r.Resolve(context.Background(), resolver.Question{Name: x.Name, Type: types[x.Type]})
		if err != nil || !slices.ContainsFunc(a.Data, func(d resolver.Data) bool { return current(x.Type, d) == x.Current }) {
			t.Errorf("%s: %s changes %q, which is not there: %v", c.name, f.Code, x.Current, a.Data)
		}
	}
}

func zoneLines(changes []finding.Change) []string {
	var out []string
	for _, c := range changes {
		out = append(out, c.Action.String()+" "+c.ZoneLine())
	}
	return out
}

// TestProposedChangesGoTogether applies all changes of a report at once: no fault
// may come of it that was not there.
func TestProposedChangesGoTogether(t *testing.T) {
	for _, c := range cases(t) {
		r := c.resolver(t)
		before := c.check(r)
		var changes []finding.Change
		for _, f := range before.Findings {
			for _, x := range f.Changes {
				if !slices.Contains(changes, x) {
					changes = append(changes, x)
				}
			}
		}
		if len(changes) == 0 {
			continue
		}
		for i, x := range changes {
			for _, y := range changes[:i] {
				if x.Current != "" && x.Name == y.Name && x.Type == y.Type && x.Current == y.Current {
					t.Errorf("%s: %s is to become two things: %s", c.name, x.Name, strings.Join(zoneLines(changes), "; "))
				}
			}
		}
		for _, f := range c.check(patch(t, r, changes)).Findings {
			same := func(x finding.Finding) bool { return x.Code == f.Code && x.Subject == f.Subject }
			if f.Severity == finding.Error && !slices.ContainsFunc(before.Findings, same) {
				t.Errorf("%s: after %s there is %s: %s", c.name, strings.Join(zoneLines(changes), "; "), f.Code, f.Message)
			}
		}
	}
}
