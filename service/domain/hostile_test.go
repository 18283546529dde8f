package domain

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
)

// records is a zone made of answers, with one for what is not among them.
type records struct {
	data map[resolver.Question][]resolver.Data
	wild func(resolver.Question) []resolver.Data
}

func (z records) Resolve(_ context.Context, q resolver.Question) (resolver.Answer, error) {
	a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain, TTL: 300}
	if a.Data = z.data[q]; len(a.Data) == 0 && z.wild != nil {
		a.Data = z.wild(q)
	}
	if len(a.Data) > 0 {
		a.Status = resolver.Found
	}
	return a, nil
}

// textsAt is texts at a name.
func textsAt(name string, texts ...string) records {
	z := records{data: map[resolver.Question][]resolver.Data{}}
	for _, s := range texts {
		q := resolver.Ask(name, resolver.TypeTXT)
		z.data[q] = append(z.data[q], resolver.SplitTXT(s))
	}
	return z
}

// TestHostileDomainsCostLittle holds what the owner of a domain can choose freely to
// what one check may cost: 128 MiB, most of which is what the answers themselves make.
func TestHostileDomainsCostLittle(t *testing.T) {
	addresses := textsAt("x.example", func() string {
		s := "v=spf1"
		for i := range 120 {
			s += fmt.Sprintf(" a:a%d.b", i)
		}
		for i := 0; len(s) < 8150; i++ {
			s += " " + []string{"+", "-"}[i%2] + fmt.Sprintf("ip4:1.1.%d.%d", i/250, i%250+1)
		}
		return s
	}())
	for i := range 120 {
		q := resolver.Ask(fmt.Sprintf("a%d.b", i), resolver.TypeA)
		for j := range 1000 {
			addresses.data[q] = append(addresses.data[q], resolver.Addr{Addr: netip.AddrFrom4([4]byte{byte(10 + i), byte(j >> 6), byte(j << 2), byte(j % 2 * 2)})})
		}
	}
	keys := make([]resolver.Data, 900)
	for i := range keys {
		keys[i] = resolver.TXT{Text: fmt.Sprintf("k=ed25519;p=%s;n=%d", base64.StdEncoding.EncodeToString(make([]byte, 32)), i)}
	}
	misplaced := records{wild: func(q resolver.Question) []resolver.Data {
		if q.Type == resolver.TypeTXT && (strings.HasSuffix(q.Name, "_domainkey.x.example.x.example") || q.Name == "_domainkey.x.example") {
			return keys
		}
		return nil
	}}
	var selectors []string
	for i := range 40 {
		selectors = append(selectors, fmt.Sprintf("s%d", i))
	}
	for name, c := range map[string]struct {
		zone      records
		selectors []string
	}{
		"many addresses and many changes of qualifier": {addresses, nil},
		"keys at wrong names, for every selector":      {misplaced, selectors},
		"a policy with commas":                         {textsAt("_dmarc.x.example", "v=dmarc1;p=none;rua=x"+strings.Repeat(",a", 31_000)), nil},
		"terms that are never evaluated":               {textsAt("x.example", "v=spf1 -all"+strings.Repeat(" a", 4000)), nil},
	} {
		src := Sources{DNS: resolver.NewRequest(resolver.Share(c.zone, resolver.Sharing{}), resolver.Budget{Questions: 250, Bytes: 8 << 20}, false), Now: time.Unix(1767225600, 0)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		rep := Check(t.Context(), src, Request{Domain: "x.example", Selectors: c.selectors})
		runtime.ReadMemStats(&after)
		n := after.TotalAlloc - before.TotalAlloc
		if t.Logf("%s: %v, %d KiB, %d findings", name, time.Since(start), n>>10, len(rep.Findings)); n > 128<<20 || len(rep.Findings) == 0 {
			t.Errorf("%s: %d KiB", name, n>>10)
		}
	}
}
