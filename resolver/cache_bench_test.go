package resolver_test

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/maypok86/otter/v2"

	"github.com/mailassay/mailassay/resolver"
)

// typical is an answer like those of mail domains: one of four questions is for
// MX, TXT, A and a denied DMARC record each.
func typical(q resolver.Question, n int) resolver.Answer {
	a := resolver.Answer{Question: q, Status: resolver.Found, Name: q.Name, TTL: 3600, Server: "192.0.2.53:53"}
	switch n % 4 {
	case 0:
		a.Data = []resolver.Data{
			resolver.MX{Preference: 10, Host: fmt.Sprintf("mx1.host%d.example", n)},
			resolver.MX{Preference: 20, Host: fmt.Sprintf("mx2.host%d.example", n)},
		}
	case 1:
		a.Data = []resolver.Data{
			resolver.TXT{Text: fmt.Sprintf("site-verification=%040d", n)},
			resolver.TXT{Text: "v=spf1 include:_spf.mail.example include:spf.lists.example ip4:192.0.2.0/24 -all"},
		}
	case 2:
		a.Data = []resolver.Data{resolver.Addr{Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(n)})}}
	case 3:
		a.Status, a.TTL = resolver.NoData, 300
		a.SOA, a.SOAOwner = &resolver.SOA{MName: "ns1." + q.Name, RName: "hostmaster." + q.Name, Serial: 1, Minimum: 300}, q.Name
	}
	return a
}

func question(n int) resolver.Question {
	types := [4]resolver.Type{resolver.TypeMX, resolver.TypeTXT, resolver.TypeA, resolver.TypeCAA}
	return resolver.Question{Name: fmt.Sprintf("mail-domain-%d.example", n/4), Type: types[n%4]}
}

// filled is a cache with n answers in it, and the questions.
func filled(n, bytes int) (*resolver.Cache, []resolver.Question) {
	questions := make([]resolver.Question, n)
	numbers := make(map[resolver.Question]int, n)
	for i := range questions {
		questions[i] = question(i)
		numbers[questions[i]] = i
	}
	source := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
		return typical(q, numbers[q]), nil
	})
	cache := resolver.NewCache(source, time.Minute, resolver.CacheConfig{Bytes: bytes, MaxNegativeTTL: time.Hour})
	for _, q := range questions {
		if _, err := cache.Resolve(context.Background(), q); err != nil {
			panic(err)
		}
	}
	return cache, questions
}

// million is a cache of 2^20 answers, and an order in which they are asked: the
// popular ones most.
var million = sync.OnceValues(func() (*resolver.Cache, []resolver.Question) {
	const entries = 1 << 20
	cache, questions := filled(entries, 600<<20)
	order := make([]resolver.Question, 1<<22)
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.01, 1, entries-1)
	shuffle := rand.New(rand.NewPCG(3, 4)).Perm(entries)
	for i := range order {
		order[i] = questions[shuffle[zipf.Uint64()]]
	}
	return cache, order
})

// BenchmarkCacheHit compares a hit with the bare get of a good cache library, and
// with a map under a lock: a million entries, Zipf, all processors.
func BenchmarkCacheHit(b *testing.B) {
	cache, order := million()
	bare := otter.Must(&otter.Options[resolver.Question, *resolver.Answer]{
		MaximumWeight: 2 << 30, Weigher: func(resolver.Question, *resolver.Answer) uint32 { return 512 },
	})
	locked := make(map[resolver.Question]*resolver.Answer, 1<<20)
	for i := range 1 << 20 { // in the order of the cache, not by popularity
		q := question(i)
		locked[q] = &resolver.Answer{Question: q}
		bare.Set(q, locked[q])
	}
	var lock sync.RWMutex
	seed := maphash.MakeSeed()
	ctx := context.Background()
	for _, way := range []struct {
		name string
		get  func(resolver.Question) bool
	}{
		{"cache", func(q resolver.Question) bool {
			a, err := cache.Resolve(ctx, q)
			return err == nil && a.Status != 0
		}},
		{"otter", func(q resolver.Question) bool {
			_, ok := bare.GetIfPresent(q)
			return ok
		}},
		{"hash", func(q resolver.Question) bool { // what the loop costs
			return maphash.Comparable(seed, q) != 0
		}},
		{"map", func(q resolver.Question) bool {
			lock.RLock()
			defer lock.RUnlock()
			return locked[q] != nil
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			var start atomic.Int64
			runtime.GC() // what has been filled is not collected at this one's cost
			b.ResetTimer()
			b.ReportAllocs()
			before := spent() // of all processors: what a busy machine does not hide
			b.RunParallel(func(pb *testing.PB) {
				var own batch
				for i := int(start.Add(1)) * 999_983; pb.Next(); i++ {
					if !way.get(own.next(order, i)) {
						b.Fail()
					}
				}
			})
			b.ReportMetric(float64((spent()-before).Nanoseconds())/float64(b.N), "ns-CPU/op")
		})
	}
	stats := cache.Stats()
	b.ReportMetric(float64(stats.Bytes)/float64(stats.Entries), "B/entry")
}

// batch holds the next questions as a request has them that has just made their
// names: in memory of its own that is near.
type batch struct {
	questions [64]resolver.Question
	names     [64][64]byte
	left      int
}

func (b *batch) next(order []resolver.Question, i int) resolver.Question {
	if b.left == 0 {
		b.left = len(b.questions)
		for k := range b.questions {
			q := order[(i+k)&(len(order)-1)]
			n := copy(b.names[k][:], q.Name)
			b.questions[k] = resolver.Question{Name: unsafe.String(&b.names[k][0], n), Type: q.Type}
		}
	}
	b.left--
	return b.questions[len(b.questions)-1-b.left]
}
