package dkim

import (
	"context"

	"github.com/mailassay/mailassay/resolver"
)

// Record is one TXT record at a selector.
type Record struct {
	TXT resolver.TXT
	// Key is what could be read of it.
	Key Key
	// Err is a [*KeyError], nil when the record is sound (which a revoked key is).
	Err error
}

// Published is what DNS holds at a selector.
type Published struct {
	Selector, Domain string
	// Answer is that to the TXT question: its Status tells whether there is
	// anything, its Aliases the CNAME chain.
	Answer resolver.Answer
	// Records are the TXT records in the order of the answer. Do not change them.
	Records []Record
}

// Name is where the key records of a selector stand (RFC 6376 section 3.6.2.1).
func Name(selector, domain string) string { return selector + "._domainkey." + domain }

// LookupKey asks for the key records at a selector. Selector and domain are in
// presentation form, of A-labels. The error is that of the resolver: nothing is
// known then.
func LookupKey(ctx context.Context, r resolver.Resolver, selector, domain string) (Published, error) {
	p := Published{Selector: selector, Domain: domain}
	err := p.lookup(ctx, r, resolver.Ask(Name(selector, domain), resolver.TypeTXT))
	return p, err
}

func (p *Published) lookup(ctx context.Context, r resolver.Resolver, q resolver.Question) (err error) {
	if p.Answer, err = r.Resolve(ctx, q); err == nil {
		p.Records = resolver.Derive(&p.Answer, parseRecords)
	}
	return err
}

func parseRecords(a *resolver.Answer) []Record {
	list := make([]Record, 0, len(a.Data))
	for _, t := range a.TXT() {
		key, err := ParseKey(t.Text)
		list = append(list, Record{TXT: t, Key: key, Err: err})
	}
	return list
}

// Keys are the public keys that are there: sound and not revoked.
func (p Published) Keys() []Key {
	var keys []Key
	for _, r := range p.Records {
		if r.Err == nil && r.Key.Public != nil {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// Split is the one key that two records make when they are joined, which is
// how a long key looks that was entered in two pieces.
func (p Published) Split() (Key, bool) {
	if len(p.Records) != 2 {
		return Key{}, false
	}
	return Join(p.Records[0].TXT.Text, p.Records[1].TXT.Text)
}
