// Package resolver asks DNS questions and tells three things apart that are
// easily confused: what a zone publishes, what it provably does not publish,
// and what could not be learned.
//
// The package is one method, [Resolver.Resolve], and wrappers around it. NXDOMAIN
// and NODATA are answers with a nil error. Everything that leaves the question
// open (time-out, SERVFAIL, REFUSED, bogus signatures, a spent budget) is an
// [*Error]. So "if err != nil { return err }" keeps unknown unknown.
package resolver

import (
	"context"
	"fmt"
	"net/netip"
	"time"
)

// Resolver answers one question.
//
// Resolve returns an Answer with status Found, NoData or NXDomain and a nil
// error, or an error that is an [*Error]. It never waits past ctx, may be called
// from many goroutines, and its answers are shared: do not change them.
type Resolver interface {
	Resolve(ctx context.Context, q Question) (Answer, error)
}

// Func makes a function a Resolver.
type Func func(ctx context.Context, q Question) (Answer, error)

// Resolve calls f.
func (f Func) Resolve(ctx context.Context, q Question) (Answer, error) { return f(ctx, q) }

// Question is a name and a type, class IN. It is comparable and may key a map.
type Question struct {
	// Name is in canonical form, as [Canonical] and [Name] make it: presentation
	// form, lower case, no final dot, the root as ".".
	Name string
	// Type is the record type asked for.
	Type Type
}

// Ask makes a question of a name in any form that [Canonical] takes. A name that
// cannot exist is kept as it is, so that Resolve reports it as Malformed.
func Ask(name string, t Type) Question {
	if c, err := Canonical(name); err == nil {
		name = c
	}
	return Question{Name: name, Type: t}
}

// String is the question as zone files spell it: "example.com. MX".
func (q Question) String() string { return Absolute(q.Name) + " " + q.Type.String() }

// Status tells what an answer says about the question.
type Status uint8

// The three answers that DNS gives about a name and a type.
const (
	// Found: there are records of the type.
	Found Status = iota + 1
	// NoData: the name exists, or is denied compactly (RFC 9824) without saying
	// otherwise, and has no records of the type (RFC 2308 section 2.2).
	NoData
	// NXDomain: the name does not exist, nor anything below it (RFC 8020).
	NXDomain
)

// String is NOERROR, NODATA or NXDOMAIN.
func (s Status) String() string {
	switch s {
	case Found:
		return "NOERROR"
	case NoData:
		return "NODATA"
	case NXDomain:
		return "NXDOMAIN"
	}
	return fmt.Sprintf("Status(%d)", uint8(s))
}

// Answer is what DNS says to a question. The zero value says nothing.
type Answer struct {
	// Question is what was asked.
	Question Question
	// Name owns Data: Question.Name, or the end of the alias chain.
	Name string
	// Aliases are the targets of the CNAME chain in order; the last is Name.
	// Empty when the name is no alias. RFC 1034 section 3.6.2.
	Aliases []string
	// Data are the records of the asked type, sorted, so that equal sets are
	// equal whatever order a server sent them in.
	Data []Data
	// Status is Found when Data is not empty.
	Status Status
	// TTL is that of the record set as received, in seconds. For NoData and
	// NXDomain it is the negative TTL (RFC 2308 section 5), 0 without a SOA.
	TTL uint32
	// Authenticated is the AD flag of an upstream trusted to validate (RFC 4035
	// section 3.2.3). False says nothing.
	Authenticated bool
	// Authoritative is the AA flag (RFC 1035 section 4.1.1).
	Authoritative bool
	// Stale is true when an expired answer was served because no upstream gave a
	// newer one (RFC 8767).
	Stale bool
	// Cached is true when the answer was remembered rather than asked for.
	Cached bool
	// Expires is when a cache lets go of the answer. Zero when it did not come
	// through a cache.
	Expires time.Time
	// Server is who answered, as "address:port" or a configured name.
	Server string
	// SOA of the zone that denies the question; nil for Found, and when the
	// server sent none.
	SOA *SOA
	// SOAOwner is the name of that zone, "" without SOA.
	SOAOwner string

	memo *memo
}

// Addrs are the addresses of an A or AAAA answer.
func (a Answer) Addrs() []netip.Addr {
	out := make([]netip.Addr, 0, len(a.Data))
	for _, d := range a.Data {
		if v, ok := d.(Addr); ok {
			out = append(out, v.Addr)
		}
	}
	return out
}

// Hosts are the names of a PTR, NS or CNAME answer.
func (a Answer) Hosts() []string {
	out := make([]string, 0, len(a.Data))
	for _, d := range a.Data {
		if v, ok := d.(Host); ok {
			out = append(out, string(v))
		}
	}
	return out
}

// MX are the exchanges of an MX answer, by preference, then by name.
func (a Answer) MX() []MX { return values[MX](a) }

// TXT are the texts of a TXT answer.
func (a Answer) TXT() []TXT { return values[TXT](a) }

// SRV are the services of an SRV answer, by priority, then as sorted.
func (a Answer) SRV() []SRV { return values[SRV](a) }

func values[T Data](a Answer) []T {
	out := make([]T, 0, len(a.Data))
	for _, d := range a.Data {
		if v, ok := d.(T); ok {
			out = append(out, v)
		}
	}
	return out
}
