package resolver_test

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/mailassay/mailassay/resolver"
)

// message is a response to "example.test. TXT" or to the question given, its sections
// as zone text.
type message struct {
	question                  string
	rcode                     int
	flags                     func(*dns.Msg)
	answer, authority, extras string
}

func (m message) wire(t testing.TB) (resolver.Question, []byte) {
	t.Helper()
	f := strings.Fields(m.question)
	if len(f) == 0 {
		f = []string{"example.test.", "TXT"}
	}
	out := new(dns.Msg)
	out.SetQuestion(f[0], dns.StringToType[f[1]])
	out.Response, out.Rcode, out.Compress = true, m.rcode, true
	for _, s := range []struct {
		section *[]dns.RR
		text    string
	}{{&out.Answer, m.answer}, {&out.Ns, m.authority}, {&out.Extra, m.extras}} {
		p := dns.NewZoneParser(strings.NewReader(s.text), ".", "")
		p.SetDefaultTTL(600)
		for rr, ok := p.Next(); ok; rr, ok = p.Next() {
			*s.section = append(*s.section, rr)
		}
		if err := p.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if m.flags != nil {
		m.flags(out)
	}
	wire, err := out.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return resolver.Ask(f[0], resolver.Type(dns.StringToType[f[1]])), wire
}

const soa = "test. 900 SOA ns.test. hostmaster.test. 1 7200 900 1209600 300\n"

func TestAnswersAreToldFromEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		m      message
		status resolver.Status
		ttl    uint32
		end    string
	}{
		"found":              {message{answer: `example.test. 60 TXT "a"`}, resolver.Found, 60, "example.test"},
		"case":               {message{answer: `EXAMPLE.test. 60 TXT "a"`}, resolver.Found, 60, "example.test"},
		"lowest TTL":         {message{answer: "example.test. 60 TXT a\nexample.test. 50 TXT b"}, resolver.Found, 50, "example.test"},
		"no data":            {message{authority: soa}, resolver.NoData, 300, "example.test"},
		"no data, no SOA":    {message{}, resolver.NoData, 0, "example.test"},
		"no data with NS":    {message{authority: soa + "test. NS ns.test."}, resolver.NoData, 300, "example.test"},
		"no such name":       {message{rcode: 3, authority: soa}, resolver.NXDomain, 300, "example.test"},
		"SOA of elsewhere":   {message{rcode: 3, authority: "org. SOA a. b. 1 2 3 4 5"}, resolver.NXDomain, 0, "example.test"},
		"alias":              {message{answer: "example.test. 30 CNAME a.test.\na.test. 60 TXT x"}, resolver.Found, 30, "a.test"},
		"alias, unordered":   {message{answer: "a.test. 60 TXT x\nexample.test. 30 CNAME a.test."}, resolver.Found, 30, "a.test"},
		"alias to nothing":   {message{rcode: 3, answer: "example.test. 30 CNAME a.test.", authority: soa}, resolver.NXDomain, 30, "a.test"},
		"others' records":    {message{answer: "other.test. TXT x", authority: soa}, resolver.NoData, 300, "example.test"},
		"CNAME asked":        {message{question: "example.test. CNAME", answer: "example.test. 30 CNAME a.test."}, resolver.Found, 30, "example.test"},
		"compact denial":     {message{authority: soa + "example.test. NSEC \\000.example.test. RRSIG NSEC NXNAME"}, resolver.NXDomain, 300, "example.test"},
		"compact, elsewhere": {message{authority: soa + "a.test. NSEC \\000.a.test. RRSIG NSEC NXNAME"}, resolver.NoData, 300, "example.test"},
		"TTL with high bit":  {message{answer: "example.test. 4294967295 TXT a"}, resolver.Found, 0, "example.test"},
	} {
		q, wire := c.m.wire(t)
		a, err := resolver.Parse(q, wire)
		if err != nil || a.Status != c.status || a.TTL != c.ttl || a.Name != c.end {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestWhatIsNoAnswerIsAnError(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString("example.test. CNAME c0.test.\n")
		for i := range n {
			b.WriteString("c" + string(rune('0'+i)) + ".test. CNAME c" + string(rune('1'+i)) + ".test.\n")
		}
		return b.String()
	}
	found := `example.test. TXT "a"`
	for name, c := range map[string]struct {
		m    message
		want resolver.Kind
		is   error
	}{
		"SERVFAIL":        {message{rcode: 2}, resolver.ServerFailure, nil},
		"REFUSED":         {message{rcode: 5, answer: found}, resolver.Refused, nil},
		"NOTAUTH":         {message{rcode: 9}, resolver.Lame, nil},
		"NOTIMP":          {message{rcode: 4}, resolver.OtherRcode, nil},
		"referral":        {message{authority: "example.test. NS ns.example.test."}, resolver.Lame, resolver.ErrReferral},
		"upward referral": {message{authority: ". NS a.root."}, resolver.Lame, resolver.ErrReferral},
		"alias referral":  {message{answer: "example.test. CNAME a.org.", authority: "org. NS ns.org."}, resolver.Lame, resolver.ErrReferral},
		"truncated":       {message{answer: found, flags: func(m *dns.Msg) { m.Truncated = true }}, resolver.Malformed, resolver.ErrTruncated},
		"a query":         {message{answer: found, flags: func(m *dns.Msg) { m.Response = false }}, resolver.Malformed, nil},
		"another opcode":  {message{answer: found, flags: func(m *dns.Msg) { m.Opcode = dns.OpcodeStatus }}, resolver.Malformed, nil},
		"no question":     {message{answer: found, flags: func(m *dns.Msg) { m.Question = nil }}, resolver.Malformed, nil},
		"two questions":   {message{answer: found, flags: func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }}, resolver.Malformed, nil},
		"another name":    {message{answer: found, flags: func(m *dns.Msg) { m.Question[0].Name = "example.tesu." }}, resolver.Malformed, nil},
		"another type":    {message{answer: found, flags: func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeMX }}, resolver.Malformed, nil},
		"another class":   {message{answer: found, flags: func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }}, resolver.Malformed, nil},
		"alias loop":      {message{answer: "example.test. CNAME a.test.\na.test. CNAME b.test.\nb.test. CNAME a.test."}, resolver.Malformed, nil},
		"alias to itself": {message{answer: "example.test. CNAME example.test."}, resolver.Malformed, nil},
		"eleven aliases":  {message{answer: chain(10)}, resolver.Malformed, nil},
	} {
		q, wire := c.m.wire(t)
		a, err := resolver.Parse(q, wire)
		if resolver.KindOf(err) != c.want || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	q, wire := message{answer: chain(9) + "c9.test. TXT x"}.wire(t)
	if a, err := resolver.Parse(q, wire); err != nil || a.Status != resolver.Found || len(a.Aliases) != 10 {
		t.Errorf("ten aliases: %+v, %v", a, err)
	}
}

// TestACutMessageIsNoAnswer cuts a message at each octet, with its counts as they
// were, and adds to it: absence must not come of it.
func TestACutMessageIsNoAnswer(t *testing.T) {
	q, wire := message{answer: "example.test. TXT a\nexample.test. TXT b", authority: soa, extras: "ns.test. A 192.0.2.1"}.wire(t)
	if _, err := resolver.Parse(q, wire); err != nil {
		t.Fatal(err)
	}
	for n := range wire {
		if a, err := resolver.Parse(q, wire[:n:n]); err == nil {
			t.Errorf("%d octets of %d: %+v", n, len(wire), a)
		}
	}
	if a, err := resolver.Parse(q, append(slices.Clone(wire), 0)); err == nil {
		t.Errorf("with an octet more: %+v", a)
	}
}

// TestOneOwnerIsReadOnce: a set of a thousand addresses under a name that is costly to
// spell costs little more than one under any other name.
func TestOneOwnerIsReadOnce(t *testing.T) {
	cost := func(owner string) uint64 {
		var set strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&set, "%s A 10.0.%d.%d\n", owner, i>>8, i&255)
		}
		q, wire := message{question: owner + " A", answer: set.String()}.wire(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a, err := resolver.Parse(q, wire)
		runtime.ReadMemStats(&after)
		if err != nil || len(a.Data) != 1000 {
			t.Fatal(len(a.Data), err)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	costly := strings.Repeat(`\001.`, 110) + "example.test."
	if n, plain := cost(costly), cost(strings.Repeat("a.", 110)+"example.test."); n > 5*plain {
		t.Errorf("%d octets of memory, and %d for a plain name", n, plain)
	}
}

func TestSetsAreInOneOrderWithoutRepetition(t *testing.T) {
	sets := map[string][2]string{
		"MX":    {"20 b.test.", "10 c.test."},
		"A":     {"192.0.2.10", "192.0.2.2"},
		"TXT":   {`"b" "c"`, `"bc"`},
		"NS":    {"b.test.", "a.test."},
		"SRV":   {"1 5 25 b.test.", "0 5 25 c.test."},
		"CAA":   {`0 issue "b.test"`, `0 issue "a.test"`},
		"TLSA":  {"3 1 1 bbbb", "3 1 1 aaaa"},
		"TYPE9": {`\# 2 bbbb`, `\# 2 aaaa`},
	}
	for typ, d := range sets {
		if typ == "TYPE9" {
			continue // the library knows type 9
		}
		record := func(i int) string { return "example.test. " + typ + " " + d[i] + "\n" }
		again := record(0)
		if typ == "TXT" { // see TestWhatReadersCountStaysAsItCame
			again = ""
		}
		q, one := message{question: "example.test. " + typ, answer: record(0) + record(1) + again}.wire(t)
		_, two := message{question: "example.test. " + typ, answer: record(1) + record(0)}.wire(t)
		a, err1 := resolver.Parse(q, one)
		b, err2 := resolver.Parse(q, two)
		if err1 != nil || err2 != nil || len(a.Data) != 2 || !reflect.DeepEqual(a.Data, b.Data) {
			t.Errorf("%s: %v %v and %v %v", typ, a.Data, err1, b.Data, err2)
		}
	}
}

// TestWhatReadersCountStaysAsItCame: equal texts are counted, and of reverse names
// the first ones are read.
func TestWhatReadersCountStaysAsItCame(t *testing.T) {
	for _, c := range []struct{ question, answer, want string }{
		{"example.test. TXT", "example.test. TXT a\nexample.test. TXT a", `["a" "a"]`},
		{"1.2.0.192.in-addr.arpa. PTR", "1.2.0.192.in-addr.arpa. PTR h2.test.\n1.2.0.192.in-addr.arpa. PTR h10.test.\n1.2.0.192.in-addr.arpa. PTR h2.test.",
			"[h2.test. h10.test.]"},
	} {
		q, wire := message{question: c.question, answer: c.answer}.wire(t)
		if a, err := resolver.Parse(q, wire); err != nil || fmt.Sprint(a.Data) != c.want {
			t.Errorf("%s: %v %v, not %s", c.question, a.Data, err, c.want)
		}
	}
}

func TestExtendedErrorsArePrintable(t *testing.T) {
	q, wire := message{rcode: 2, flags: func(m *dns.Msg) {
		m.SetEdns0(1232, false)
		opt := m.IsEdns0()
		for range 9 {
			opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: 7, ExtraText: "\x1b[31m" + strings.Repeat("x", 400)})
		}
	}}.wire(t)
	_, err := resolver.Parse(q, wire)
	var e *resolver.Error
	if !errors.As(err, &e) || e.Kind != resolver.Bogus || len(e.Extended) != 4 || len(e.Extended[0].Text) != 200 || strings.ContainsRune(e.Error(), '\x1b') {
		t.Errorf("%v", err)
	}
}

// FuzzParse feeds raw packets to the classifier. What it accepts is to the question,
// and says the same when it is packed anew.
func FuzzParse(f *testing.F) {
	for _, m := range []message{
		{answer: `example.test. 60 TXT "a" "b"`},
		{answer: "example.test. CNAME a.test.\na.test. CNAME b.test.\nb.test. TXT x", authority: "test. NS ns.test.", extras: "ns.test. A 192.0.2.1"},
		{rcode: 3, authority: soa},
		{authority: soa + "example.test. NSEC \\000.example.test. RRSIG NSEC NXNAME"},
		{authority: "example.test. NS ns.example.test.", extras: "ns.example.test. AAAA 2001:db8::1"},
		{question: "example.test. MX", answer: "example.test. MX 10 mx.example.test.\nexample.test. MX 0 ."},
		{question: "example.test. SRV", answer: "example.test. SRV 1 2 3 mx.example.test."},
		{question: "example.test. CAA", answer: `example.test. CAA 0 issue "ca.test"`},
		{question: "example.test. TLSA", answer: "example.test. TLSA 3 1 1 abcdef"},
		{question: "example.test. DNSKEY", answer: "example.test. DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="},
		{question: `a\.b\000.test. PTR`, answer: `a\.b\000.test. PTR host.test.`},
		{question: ". NS", answer: ". NS a.root."},
		{rcode: 2, flags: func(m *dns.Msg) {
			m.SetEdns0(1232, true)
			m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: 6, ExtraText: "why"}, &dns.EDNS0_COOKIE{Code: 10, Cookie: "0011223344556677"}}
		}},
	} {
		_, wire := m.wire(f)
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		var m dns.Msg
		q := resolver.Ask("example.test", resolver.TypeTXT)
		if m.Unpack(wire) == nil && len(m.Question) > 0 {
			q = resolver.Ask(m.Question[0].Name, resolver.Type(m.Question[0].Qtype))
		}
		a, err := resolver.Parse(q, wire)
		if err != nil {
			if resolver.KindOf(err) == 0 {
				t.Fatalf("an error without a kind: %v", err)
			}
			return
		}
		checkAnswer(t, q, a)
		m.Compress = true
		again, err := m.Pack()
		if err != nil || new(dns.Msg).Unpack(again) != nil {
			return // the library reads some records that it does not write, or not so that it could read them
		}
		b, err := resolver.Parse(q, again)
		if err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%+v, and again %+v, %v", a, b, err)
		}
	})
}

// checkAnswer holds what is true of all answers.
func checkAnswer(t *testing.T, q resolver.Question, a resolver.Answer) {
	t.Helper()
	end := q.Name
	if n := len(a.Aliases); n > 0 {
		end = a.Aliases[n-1]
	}
	if a.Question != q || a.Name != end || len(a.Aliases) > 10 || a.Status == 0 || (a.Status == resolver.Found) != (len(a.Data) > 0) {
		t.Errorf("%+v", a)
	}
	if a.SOA != nil && (a.Status == resolver.Found || !resolver.Within(a.Name, a.SOAOwner)) {
		t.Errorf("SOA of %q for %q", a.SOAOwner, a.Name)
	}
	for _, name := range append(a.Aliases, a.Hosts()...) {
		if c, err := resolver.Canonical(name); err != nil || c != name {
			t.Errorf("%q is not canonical", name)
		}
	}
	for _, d := range a.Addrs() {
		if d == (netip.Addr{}) {
			t.Error("no address")
		}
	}
}
