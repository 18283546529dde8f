package dmarc

import (
	"cmp"
	"context"
	"sync"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// Authorization is whether a destination of reports accepts those of a domain.
// RFC 9990 section 4.
type Authorization struct {
	// Host is the destination's domain, canonical; as written when it is no name.
	Host string
	// External tells whether another organization owns the destination. Only then
	// does Authorized matter.
	External bool
	// Name is where the authorisation is published.
	Name string
	// Authorized: a DMARC record is there.
	Authorized bool
	// Redirect are the destinations that the authorising record puts in place,
	// those of another host left out.
	Redirect []URI
	// Err leaves the rest open.
	Err error
}

// Authorize asks whether the owner of host accepts reports for domain, which is
// where the policy record was found and must be canonical. All questions, those
// of the two walks included, are asked at once.
func Authorize(ctx context.Context, r resolver.Resolver, domain, host string) Authorization {
	out := Authorization{Host: host}
	name, err := orgdomain.ALabel(host)
	if err != nil {
		out.Err = err
		return out
	}
	out.Host = name
	if name == domain {
		return out
	}
	out.Name = domain + "._report._dmarc." + name
	var t tree
	var a resolver.Answer
	fits := len(out.Name) <= 253
	var wg sync.WaitGroup
	if fits {
		wg.Go(func() { a, err = r.Resolve(ctx, resolver.Question{Name: out.Name, Type: resolver.TypeTXT}) })
	}
	t.climb(ctx, r, domain, name)
	wg.Wait()
	ours, theirs := t.walk(domain), t.walk(name)
	switch sameOrganization(ours, theirs) {
	case Aligned:
		return out
	case AlignmentOpen:
		out.Err = cmp.Or(ours.Err(), theirs.Err())
	default:
		out.External = true
	}
	if fits && err == nil {
		out.read(a)
	}
	if out.Authorized {
		out.Err = nil // whoever owns it, it accepts
	} else if err != nil {
		out.Err = err
	}
	return out
}

// read looks for at least one DMARC record, of whatever tags, among the texts.
func (z *Authorization) read(a resolver.Answer) {
	for _, t := range a.TXT() {
		r, ok := Parse(t.Text)
		if !ok {
			continue
		}
		z.Authorized = true
		for _, u := range r.Aggregate {
			if host, err := orgdomain.ALabel(u.Host); err == nil && u.Usable() && host == z.Host {
				z.Redirect = append(z.Redirect, u)
			}
		}
	}
}
