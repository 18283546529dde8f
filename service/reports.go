package service

import (
	"context"
	"hash/maphash"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"google.golang.org/grpc/mem"
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
// but the local part share one, as bounce addresses made for each recipient do, and
// so do the authors of a domain.
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
// from the "@" on, and what beside the author domain stands in a From field. The
// zero value is the key of all other requests.
type senderKey struct {
	client                     netip.Addr
	helo, path, from, receiver string
	author                     bool          // from is about the author domain alone
	lists                      *[]dnsbl.List // the configured ones as of their last check
}

// kept is a response, whose parts must not be changed, and what it rests on.
type kept struct {
	wire  []byte // without the header fields and the stats
	paths sender.Paths
	// fields are those for mailFrom.
	mailFrom string
	fields   sender.Fields
	basis    resolver.Basis
	size     uint32
}

// maxReports bounds what is kept, in octets.
const maxReports = 64 << 20

// newReports keeps so many octets of reports that rest on dns; nil if it cannot tell how its answers
// are, which is a memory that keeps nothing.
func newReports(dns resolver.Resolver, most uint64) *reports {
	f, ok := dns.(firm)
	if !ok {
		return nil
	}
	return &reports{dns: f, seed: maphash.MakeSeed(), kept: otter.Must(&otter.Options[senderKey, *kept]{
		MaximumWeight: most, Weigher: func(k senderKey, v *kept) uint32 { return v.size },
	})}
}

func keyOf(r *sender.Request, lists *[]dnsbl.List) senderKey {
	if lists == nil || r.Message != nil {
		return senderKey{}
	}
	path := r.MailFrom[max(strings.LastIndexByte(r.MailFrom, '@'), 0):]
	from, author := sender.AuthorIn(r.From)
	return senderKey{r.Client, r.Helo, path, from, r.AuthservID, author, lists}
}

// again is the response to a request that was answered before, nil when it was not
// or must be answered anew; start is when the request came. A server gets it in wire
// form, and what is not kept with it as the response.
func (r *reports) again(ctx context.Context, k senderKey, mailFrom string, start time.Time) *mailassayv1.CheckSenderResponse {
	if r == nil || k.lists == nil {
		return nil
	}
	v, ok := r.kept.GetIfPresent(k)
	if !ok || !r.dns.Holds(v.basis) {
		return nil
	}
	fields := v.fields
	if mailFrom != v.mailFrom {
		if fields, ok = v.paths.Fields(mailFrom); !ok {
			return nil
		}
	}
	out := new(mailassayv1.CheckSenderResponse)
	if place := wire(ctx); place != nil {
		*place = &wired{of: out, part: mem.SliceBuffer(v.wire), rest: out}
	} else if proto.Unmarshal(v.wire, out) != nil {
		return nil
	}
	out.AuthenticationResults, out.ReceivedSpf = field(fields.AuthenticationResults), field(fields.ReceivedSPF)
	out.Stats = stats(resolver.Spent{Hits: len(v.basis)}, time.Since(start))
	return out
}

// meets tells whether the request has come before.
func (r *reports) meets(k senderKey) bool {
	h := maphash.Comparable(r.seed, k)
	return r.met[h%uint64(len(r.met))].Swap(h) == h
}

// keep keeps the response, which has no stats yet, to a request that comes again, unless it depends on more
// than DNS: the explanation of a failure may tell the time (RFC 7208 section 7.3).
func (r *reports) keep(k senderKey, dns inquiry, f *sender.Facts, m *mailassayv1.CheckSenderResponse) {
	if r == nil || k.lists == nil || f.SPF.Explains() || f.SPFHelo.Explains() || !r.meets(k) {
		return
	}
	basis, ok := dns.Basis()
	if !ok {
		return
	}
	fields := sender.Fields{AuthenticationResults: m.AuthenticationResults, ReceivedSPF: m.ReceivedSpf}
	m.AuthenticationResults, m.ReceivedSpf = "", ""
	encoded, err := proto.Marshal(m)
	m.AuthenticationResults, m.ReceivedSpf = fields.AuthenticationResults, fields.ReceivedSPF
	if err != nil {
		return
	}
	// The answers it rests on count as well, since those that the cache has let go of
	// stay with it; the texts in its facts are theirs.
	size := 2048 + len(encoded) + basis.Size() + len(k.helo) + len(f.Request.MailFrom) + len(k.from) + len(k.receiver)
	r.kept.Set(k, &kept{
		wire: encoded, paths: sender.PathsOf(f), mailFrom: f.Request.MailFrom, fields: fields, basis: basis, size: uint32(size),
	})
}
