package resolver

import (
	"bytes"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func packed(t testing.TB, q Question, o Options, s Server) *query {
	t.Helper()
	e := exchange{q: q, o: o, server: s, memory: new(memory)}
	qy, err := e.pack()
	if err != nil {
		t.Fatal(err)
	}
	return qy
}

// TestQueriesAreReadByTheLibraryAsMeant reads what pack writes with an implementation
// that is not ours.
func TestQueriesAreReadByTheLibraryAsMeant(t *testing.T) {
	for _, name := range []string{".", "example.com", `a\.b\000\255\\.example.com`, strings.Repeat("a.", 126) + "b", strings.Repeat("x", 63) + ".test"} {
		for _, o := range []Options{{}, {Recurse: true}, {CheckingDisabled: true, DNSSEC: true}} {
			for _, s := range []Server{{}, {Transport: TLS}} {
				qy := packed(t, Question{Name: name, Type: TypeTXT}, o, s)
				var m dns.Msg
				if err := m.Unpack(qy.wire); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				opt := m.IsEdns0()
				got, err := Canonical(m.Question[0].Name)
				if err != nil || got != name || m.Question[0].Qtype != dns.TypeTXT || m.Question[0].Qclass != dns.ClassINET ||
					m.RecursionDesired != o.Recurse || m.CheckingDisabled != o.CheckingDisabled || !m.AuthenticatedData || m.Response ||
					opt == nil || opt.Do() != o.DNSSEC || opt.UDPSize() != payload || opt.Version() != 0 || !bytes.Equal(cookieOf(&m), qy.cookie) || whole(qy.wire) != nil {
					t.Errorf("%s with %+v: %v", name, o, m.String())
				}
				if padded := len(qy.wire)%128 == 0; padded != (s.Transport == TLS) {
					t.Errorf("%s over %v: %d octets", name, s.Transport, len(qy.wire))
				}
			}
		}
	}
}

// TestEachBitOfIDAndCaseIsDrawn looks at every id bit and every letter in both
// states.
func TestEachBitOfIDAndCaseIsDrawn(t *testing.T) {
	q := Ask(strings.Repeat("abcdefgh", 7)+".test", TypeA)
	low, high := bytes.Repeat([]byte{0xff}, 128), make([]byte, 128)
	for range 200 {
		qy := packed(t, q, Options{}, Server{})
		for i, c := range qy.wire[:qy.end] {
			low[i] &= c
			high[i] |= c
		}
	}
	if low[0]|low[1] != 0 || high[0]&high[1] != 0xff {
		t.Errorf("id bits %x %x", low[:2], high[:2])
	}
	for i := header + 1; i < header+1+56; i++ {
		if low[i]&0x20 != 0 || high[i]&0x20 == 0 {
			t.Errorf("letter %d has one case", i)
		}
	}
}

func TestRepliesMatchOnlyTheirQuery(t *testing.T) {
	q := Ask("Example.test", TypeA)
	qy := packed(t, q, Options{}, Server{})
	good := bytes.Clone(qy.wire)
	good[2] |= 0x80
	if v := qy.match(good); v != matches {
		t.Fatalf("the echo: verdict %d", v)
	}
	changed := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for name, c := range map[string]struct {
		wire []byte
		want verdict
	}{
		"id":                  {changed(func(b []byte) []byte { b[1]++; return b }), wrongID},
		"a query":             {qy.wire, wrongID},
		"opcode":              {changed(func(b []byte) []byte { b[2] |= 0x08; return b }), wrongID},
		"short":               {good[:11], wrongID},
		"empty":               {nil, wrongID},
		"header":              {good[:12], wrongQuestion},
		"no question":         {changed(func(b []byte) []byte { b[5] = 0; return b }), wrongQuestion},
		"two questions":       {changed(func(b []byte) []byte { b[5] = 2; return b }), wrongQuestion},
		"name":                {changed(func(b []byte) []byte { b[14] = '0'; return b }), wrongQuestion},
		"type":                {changed(func(b []byte) []byte { b[qy.end-3] = 28; return b }), wrongQuestion},
		"type, by a case bit": {changed(func(b []byte) []byte { b[qy.end-3] ^= 0x20; return b }), wrongQuestion},
		"class":               {changed(func(b []byte) []byte { b[qy.end-1] = 3; return b }), wrongQuestion},
		"case":                {changed(func(b []byte) []byte { b[14] ^= 0x20; return b }), wrongCase},
	} {
		if v := qy.match(c.wire); v != c.want {
			t.Errorf("%s: verdict %d", name, v)
		}
	}
}

// FuzzMatch feeds raw packets to the check that comes before belief.
func FuzzMatch(f *testing.F) {
	f.Add([]byte("\x00\x01\x80\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x04test\x00\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		qy := packed(t, Ask("example.test", TypeA), Options{}, Server{})
		if len(wire) >= 2 {
			copy(wire, qy.wire[:2]) // the attacker has guessed the id
		}
		switch qy.match(wire) {
		case matches:
			if !bytes.Equal(wire[header:qy.end], qy.wire[header:qy.end]) {
				t.Error("another question matches")
			}
		case wrongCase:
			if !bytes.EqualFold(wire[header:qy.end], qy.wire[header:qy.end]) {
				t.Error("another question differs in case alone")
			}
		}
	})
}

func BenchmarkPack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		packed(b, Ask("selector._domainkey.example.com", TypeTXT), Options{Recurse: true}, Server{})
	}
}
