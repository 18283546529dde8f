package service

import (
	"hash/maphash"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/maypok86/otter/v2"
	"google.golang.org/protobuf/proto"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/sender"
)

// reports are the responses about senders that were checked before: the same
// client sends for the same domain again and again. Without a message, a response
// is a pure function of the request and of DNS, so it is given again for as long as
// every answer that it rests on is still the one in the cache, and not a moment
// longer than a new assay would come to the same. Senders that differ in nothing
// but the local part share one, as bounce addresses made for each recipient do.
type reports struct {
	dns  firm
	kept *otter.Cache[senderKey, *kept]
	// met are requests of late, by a hash of each: what comes once is not worth
	// keeping.
	met  [1 << 12]atomic.Uint64
	seed maphash.Seed
}

// firm is a resolver that can tell whether its answers are still what they were.
type firm interface{ Holds(resolver.Basis) bool }

// senderKey is all that a request says that brings neither a message nor lists of
// its own, but for the local part of the reverse-path, of which path has the rest
// from the "@" on. The zero value is the key of all other requests.
type senderKey struct {
	client                     netip.Addr
	helo, path, from, receiver string
	lists                      *[]dnsbl.List // the configured ones as of their last check
}

// kept is a response, which must not be changed, and what it rests on.
type kept struct {
	response *mailassayv1.CheckSenderResponse // without stats
	mailFrom string                           // of the request
	facts    *sender.Facts
	basis    resolver.Basis
	size     uint32
}

// maxReports bounds what is kept, in octets.
const maxReports = 16 << 20

// newReports keeps reports that rest on dns; nil if it cannot tell how its answers
// are, which is a memory that keeps nothing.
func newReports(dns resolver.Resolver) *reports {
	f, ok := dns.(firm)
	if !ok {
		return nil
	}
	return &reports{dns: f, seed: maphash.MakeSeed(), kept: otter.Must(&otter.Options[senderKey, *kept]{
		MaximumWeight: maxReports, Weigher: func(k senderKey, v *kept) uint32 { return v.size },
	})}
}

func keyOf(r *sender.Request, lists *[]dnsbl.List) senderKey {
	if lists == nil || r.Message != nil {
		return senderKey{}
	}
	path := r.MailFrom[max(strings.LastIndexByte(r.MailFrom, '@'), 0):]
	return senderKey{r.Client, r.Helo, path, r.From, r.AuthservID, lists}
}

// again is the response to a request that was answered before, with the number of
// questions it rests on.
func (r *reports) again(k senderKey, mailFrom string) (*mailassayv1.CheckSenderResponse, int) {
	if r == nil || k.lists == nil {
		return nil, 0
	}
	v, ok := r.kept.GetIfPresent(k)
	if !ok || !r.dns.Holds(v.basis) {
		return nil, 0
	}
	out := share(v.response)
	if mailFrom != v.mailFrom {
		results, received, ok := sender.FieldsFor(v.facts, mailFrom)
		if !ok {
			return nil, 0
		}
		out.AuthenticationResults, out.ReceivedSpf = field(results), field(received)
	}
	return out, len(v.basis)
}

// share is a response of its own that has everything but stats in common with m.
func share(m *mailassayv1.CheckSenderResponse) *mailassayv1.CheckSenderResponse {
	return &mailassayv1.CheckSenderResponse{
		Verdict: m.Verdict, ReverseDns: m.ReverseDns, Helo: m.Helo, Spf: m.Spf, SpfHelo: m.SpfHelo, Dkim: m.Dkim, Arc: m.Arc, Dmarc: m.Dmarc,
		Blocklists: m.Blocklists, AuthenticationResults: m.AuthenticationResults, ReceivedSpf: m.ReceivedSpf, Findings: m.Findings,
		ClaimedResults: m.ClaimedResults,
	}
}

// meets tells whether the request has come before.
func (r *reports) meets(k senderKey) bool {
	h := maphash.Comparable(r.seed, k)
	return r.met[h%uint64(len(r.met))].Swap(h) == h
}

// keep keeps the response to a request that comes again, unless it depends on more
// than DNS: the explanation of a failure may tell the time (RFC 7208 section 7.3).
func (r *reports) keep(k senderKey, dns inquiry, f *sender.Facts, m *mailassayv1.CheckSenderResponse) {
	if r == nil || k.lists == nil || f.SPF.Explains() || f.SPFHelo.Explains() || !r.meets(k) {
		return
	}
	basis, ok := dns.Basis()
	if !ok {
		return
	}
	// In memory a response and its facts take about eight times its size on the wire.
	// The answers it rests on count as well, since those that the cache has let go of
	// stay with it.
	size := 1024 + 8*proto.Size(m) + 512*len(basis) + len(k.helo) + len(f.Request.MailFrom) + len(k.from) + len(k.receiver)
	r.kept.Set(k, &kept{response: share(m), mailFrom: f.Request.MailFrom, facts: f, basis: basis, size: uint32(size)})
}
