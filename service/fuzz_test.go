package service

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
)

// chaos is DNS as a hostile owner may have it: any question has an answer made of
// chance, names that lead on without end, texts of any octets, or none. Equal
// seeds answer alike.
type chaos struct {
	seed  uint64
	asked atomic.Int64
}

func (c *chaos) Resolve(ctx context.Context, q resolver.Question) (resolver.Answer, error) {
	c.asked.Add(1)
	h := fnv.New64a()
	_, _ = h.Write([]byte(q.String()))
	r := rand.New(rand.NewPCG(c.seed, h.Sum64()))
	a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.Found, TTL: r.Uint32(), Authenticated: r.IntN(2) == 0, Server: "chaos"}
	switch r.IntN(12) {
	case 0:
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Kind(1 + r.IntN(11)), Question: q, Server: "cha\x1bos", Rcode: "SERVFAIL"}
	case 1:
		a.Status = resolver.NXDomain
		return a, nil
	case 2:
		a.Status = resolver.NoData
		return a, nil
	case 3:
		a.Name = c.name(r)
		a.Aliases = []string{a.Name}
	}
	for range 1 + r.IntN(3)*r.IntN(20) {
		a.Data = append(a.Data, c.data(r, q.Type))
	}
	return a, nil
}

func (c *chaos) name(r *rand.Rand) string {
	return fmt.Sprintf(`%s.%d.chaos.example`, []string{"a", "_dmarc", `\255\010`, "xn--a", strings.Repeat("b", 63)}[r.IntN(5)], r.IntN(1000))
}

func (c *chaos) data(r *rand.Rand, t resolver.Type) resolver.Data {
	switch t {
	case resolver.TypeA:
		return resolver.Addr{Addr: netip.AddrFrom4([4]byte{127, byte(r.Uint32()), 0, byte(r.Uint32())})}
	case resolver.TypeAAAA:
		return resolver.Addr{Addr: netip.AddrFrom16([16]byte{0x20, 1, 15: byte(r.Uint32())})}
	case resolver.TypeMX:
		return resolver.MX{Preference: uint16(r.Uint32()), Host: c.name(r)}
	case resolver.TypePTR, resolver.TypeNS, resolver.TypeCNAME:
		return resolver.Host(c.name(r))
	case resolver.TypeTXT, resolver.TypeSPF:
		return resolver.SplitTXT(c.text(r))
	case resolver.TypeSOA:
		return resolver.SOA{MName: c.name(r), RName: c.name(r), Serial: r.Uint32()}
	case resolver.TypeSRV:
		return resolver.SRV{Port: uint16(r.Uint32()), Host: c.name(r)}
	case resolver.TypeTLSA:
		return resolver.TLSA{Usage: uint8(r.IntN(5)), Selector: uint8(r.IntN(3)), MatchingType: uint8(r.IntN(4)), Data: strings.Repeat("\xff", r.IntN(70))}
	case resolver.TypeDS:
		return resolver.DS{KeyTag: uint16(r.Uint32()), Algorithm: 13, DigestType: 2, Digest: strings.Repeat("\x01", r.IntN(70))}
	}
	return resolver.Opaque("\x00 opaque \xff")
}

// text is a record of one of the kinds that are parsed, right or damaged.
func (c *chaos) text(r *rand.Rand) string {
	words := map[int][]string{
		0: {"v=spf1", " include:" + c.name(r), " a:" + c.name(r), " mx:" + c.name(r), " ip4:127.0.0.0/8", " exists:%{i}." + c.name(r), " redirect=" + c.name(r), " ptr", " -all", " ?\xff"},
		1: {"v=DMARC1;", " p=reject;", " sp=none;", " rua=mailto:x@" + c.name(r) + ";", " np=\x1b;", " t=y;", " psd=y;"},
		2: {"v=DKIM1;", " k=ed25519;", " p=;", " p=MIGfMA0GCSq\xff;", " t=y:s;", " h=sha1;"},
		3: {"v=STSv1;", " id=1;", "v=TLSRPTv1;", " rua=mailto:x@y;", "v=BIMI1;", " l=https://x/;"},
		4: {"\xff\xfe", "\u202e", "long ", strings.Repeat("x", 300)},
	}[r.IntN(5)]
	b := words[0]
	for range r.IntN(30) {
		b += words[r.IntN(len(words))]
	}
	if r.IntN(30) == 0 {
		b += strings.Repeat(words[0], 2000)
	}
	return b
}

// FuzzService sends any request to the whole service over hostile DNS: it answers
// in time or says what is wrong, with valid and bounded text, within its budget.
func FuzzService(f *testing.F) {
	for i, m := range requests {
		wire, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(kindOf(m)), uint64(i), wire)
	}
	f.Fuzz(func(t *testing.T, kind uint8, seed uint64, wire []byte) {
		request := []proto.Message{&mailassayv1.CheckDomainRequest{}, &mailassayv1.CheckSenderRequest{}, &mailassayv1.ExplainSMTPErrorRequest{}}[kind%3]
		if proto.Unmarshal(wire, request) != nil {
			return
		}
		survive(t, seed, request)
	})
}

// TestChaosIsAnswered runs what FuzzService checks over many worlds.
func TestChaosIsAnswered(t *testing.T) {
	for seed := range uint64(40) {
		for _, request := range []proto.Message{
			&mailassayv1.CheckDomainRequest{Domain: "a.1.chaos.example", SendingIps: []string{"127.1.0.1", "2001::1"}},
			&mailassayv1.CheckSenderRequest{ClientIp: "127.1.0.1", Helo: "a.2.chaos.example", MailFrom: "joe@a.3.chaos.example", HeaderFrom: "joe@a.4.chaos.example", Blocklists: []string{"list.example"}},
			&mailassayv1.ExplainSMTPErrorRequest{Text: "550 5.7.25 no PTR", SendingIp: "127.1.0.1", SenderDomain: "a.5.chaos.example", RecipientDomain: "a.6.chaos.example", Helo: "a.7.chaos.example"},
		} {
			survive(t, seed, request)
		}
	}
}

// survive asks over hostile DNS and holds the answer to what every answer keeps.
func survive(t *testing.T, seed uint64, request proto.Message) {
	t.Helper()
	dns := &chaos{seed: seed}
	s, err := New(Config{Resolver: dns, Panicked: func(value any, stack []byte) { t.Errorf("panic: %v\n%s", value, stack) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	m, err := answer(ctx, s, request)
	if ctx.Err() != nil {
		t.Errorf("seed %d: no answer in time to %v", seed, request)
	}
	if asked := dns.asked.Load(); asked > 400 {
		t.Errorf("seed %d: %d questions for %v", seed, asked, request) // a question may be asked twice while it is open
	}
	if err != nil {
		if codeOf(err) != codes.InvalidArgument {
			t.Errorf("seed %d: %v", seed, err)
		}
		return
	}
	if n := proto.Size(m); n > maxResponse {
		t.Errorf("seed %d: a response of %d octets", seed, n)
	}
	if _, err := proto.Marshal(m); err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
	eachText(m, func(field protoreflect.FullName, text string) {
		if !harmless(field, text) {
			t.Errorf("seed %d: %s is %q", seed, field, text)
		}
	})
}

// kindOf is the number of a request's method.
func kindOf(m proto.Message) int {
	switch m.(type) {
	case *mailassayv1.CheckSenderRequest:
		return 1
	case *mailassayv1.ExplainSMTPErrorRequest:
		return 2
	}
	return 0
}
