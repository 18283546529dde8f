// Package iprev checks reverse DNS as RFC 8601 section 3 defines it: the names of
// an address must lead back to it.
package iprev

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"

	"github.com/mailassay/mailassay/resolver"
)

// MaxNames bounds the PTR names that are looked up, as RFC 7208 section 4.6.4
// bounds them for "ptr".
const MaxNames = 10

// Result is the outcome, a word that RFC 8601 section 2.7.3 registers.
type Result string

// The outcomes.
const (
	// Pass: at least one name leads back to the address.
	Pass Result = "pass"
	// Fail: there are names, and none of them leads back.
	Fail Result = "fail"
	// PermError: no name is published.
	PermError Result = "permerror"
	// TempError: a question stayed open, and no name is confirmed.
	TempError Result = "temperror"
)

// Report is what was learned about an address.
type Report struct {
	// Addr is the address asked about; IPv4-mapped addresses are turned to IPv4.
	Addr   netip.Addr
	Result Result
	// Err is why the names are not known, nil when they are.
	Err error
	// Aliases is the CNAME chain at the reverse name, as classless delegation has
	// it (RFC 2317 section 4); Absent tells whether the name at its end, or the
	// reverse name itself, has no PTR.
	Aliases []string
	Absent  resolver.Status
	// Names are the first MaxNames PTR names with what their look-ups gave, in the
	// order of the answer. Unchecked counts those beyond: a host that gives more
	// names than anybody looks at has not confirmed itself by them.
	Names     []Name
	Unchecked int
}

// Name is one PTR name.
type Name struct {
	// Host is canonical.
	Host string
	// Addrs are its addresses of the family asked for.
	Addrs []netip.Addr
	// Confirmed tells whether they hold the address asked about.
	Confirmed bool
	// Err is why the addresses are not known, nil when they are.
	Err error
}

// Hosts are all names that were looked at, confirmed or not.
func (r Report) Hosts() []string {
	out := make([]string, len(r.Names))
	for i, n := range r.Names {
		out[i] = n.Host
	}
	return out
}

// Confirmed are the names that lead back to the address.
func (r Report) Confirmed() []string {
	var out []string
	for _, n := range r.Names {
		if n.Confirmed {
			out = append(out, n.Host)
		}
	}
	return out
}

var errAddress = errors.New("not an address")

// Check asks for the names of addr and, all at once, for the addresses of these
// names in the family of addr. A zone identifier is ignored. It never fails: what
// could not be learned is in the report.
func Check(ctx context.Context, r resolver.Resolver, addr netip.Addr) Report {
	rep := Report{Addr: addr.Unmap().WithZone("")}
	if !addr.IsValid() {
		rep.Result, rep.Err = PermError, errAddress
		return rep
	}
	a, err := r.Resolve(ctx, resolver.Question{Name: resolver.Reverse(rep.Addr), Type: resolver.TypePTR})
	if err != nil {
		rep.Result, rep.Err = TempError, err
		return rep
	}
	rep.Aliases = a.Aliases
	if a.Status != resolver.Found {
		rep.Result, rep.Absent = PermError, a.Status
		return rep
	}
	rep.confirm(ctx, r, a)
	rep.Result = rep.judge()
	return rep
}

// confirm looks the names up; those whose addresses are at hand cost no
// goroutine.
func (rep *Report) confirm(ctx context.Context, r resolver.Resolver, ptr resolver.Answer) {
	n := min(len(ptr.Data), MaxNames)
	rep.Unchecked = len(ptr.Data) - n
	rep.Names = make([]Name, n)
	q := resolver.Question{Type: resolver.TypeAAAA}
	if rep.Addr.Is4() {
		q.Type = resolver.TypeA
	}
	peeker, _ := r.(resolver.Peeker)
	var wg sync.WaitGroup
	for i := range rep.Names {
		host, _ := ptr.Data[i].(resolver.Host)
		name := &rep.Names[i]
		name.Host, q.Name = string(host), string(host)
		if peeker != nil {
			if a, ok, err := peeker.Peek(q); ok {
				name.take(a, err, rep.Addr)
				continue
			}
		}
		name.ask(ctx, r, q, rep.Addr, &wg)
	}
	wg.Wait()
}

func (n *Name) ask(ctx context.Context, r resolver.Resolver, q resolver.Question, addr netip.Addr, wg *sync.WaitGroup) {
	wg.Go(func() {
		a, err := r.Resolve(ctx, q)
		n.take(&a, err, addr)
	})
}

func (n *Name) take(a *resolver.Answer, err error, addr netip.Addr) {
	if err != nil {
		n.Err = err
		return
	}
	n.Addrs = a.Addrs()
	n.Confirmed = slices.Contains(n.Addrs, addr)
}

// judge is RFC 8601 section 2.7.3. A name that could not be looked up hides
// nothing once another one is confirmed.
func (rep *Report) judge() Result {
	result := Fail
	for _, n := range rep.Names {
		if n.Confirmed {
			return Pass
		}
		if n.Err != nil {
			result = TempError
		}
	}
	return result
}
