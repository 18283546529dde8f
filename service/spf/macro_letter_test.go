package spf_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/spf"
)

// TestEveryMacroExpandsByTheLetter writes macros at random (RFC 7208 section 7.1) and
// holds the name that is asked for against sections 7.2 and 7.3 word by word.
func TestEveryMacroExpandsByTheLetter(t *testing.T) {
	r := rand.New(rand.NewPCG(7208, 73))
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	asked := 0
	for range 20000 {
		client := netip.MustParseAddr(one("192.0.2.3", "2001:db8::cb01", "::ffff:192.0.2.9"))
		local := one("strong-bad", "a", "a+b.c", "x_y=z/q,w", "A-B--C", "a.b.c.d.e.f")
		domain := one("email.example.com", "d.test", "A-b.Example.TEST")
		helo := one("mx.d.test", "MX-1.a_b.test")
		var spec, want strings.Builder
		for range 1 + r.IntN(3) {
			letter := one("s", "l", "o", "d", "i", "v", "h")
			keep := one("", "", "1", "2", "3", "7", "128", "03")
			reverse := one("", "r", "R")
			delimiters := one("", "", "-", "+", ".-", ",/_=", "-.+")
			value := map[string]string{
				"s": local + "@" + domain, "l": local, "o": domain, "d": domain, "i": dotted(client), "h": helo,
				"v": map[bool]string{true: "in-addr", false: "ip6"}[client.Unmap().Is4()],
			}[letter]
			value = transform(value, keep, reverse != "", delimiters)
			if r.IntN(4) == 0 {
				letter, value = strings.ToUpper(letter), escaped(value)
			}
			fmt.Fprintf(&spec, "%%{%s%s%s%s}.", letter, keep, reverse, delimiters)
			want.WriteString(value + ".")
		}
		literal := one("x%%y.test", "x.test", "a%-b.test", "q.%{d}")
		spec.WriteString(literal)
		want.WriteString(strings.NewReplacer("%%", "%", "%-", "%20", "%{d}", domain).Replace(literal))
		var got []string
		dns := resolver.Func(func(_ context.Context, q resolver.Question) (resolver.Answer, error) {
			a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain}
			if q.Type == resolver.TypeTXT {
				a.Status, a.Data = resolver.Found, []resolver.Data{resolver.TXT{Text: "v=spf1 exists:" + spec.String() + " -all"}}
			} else {
				got = append(got, q.Name)
			}
			return a, nil
		})
		o := spf.Check(t.Context(), dns, spf.Query{Client: client, Helo: helo, Sender: local + "@" + domain})
		name := want.String()
		for len(name) > 253 {
			_, name, _ = strings.Cut(name, ".")
		}
		canonical, err := resolver.Name(strings.Split(name, ".")...)
		if err != nil { // an empty or long label: no such name
			if len(got) > 0 || o.Result != spf.Fail {
				t.Fatalf("%s for %s@%s: asks %q, %s", spec.String(), local, domain, got, o.Result)
			}
			continue
		}
		if asked++; !slices.Equal(got, []string{canonical}) {
			t.Fatalf("%s for %s@%s from %s: asks %q, not %q", spec.String(), local, domain, client, got, canonical)
		}
	}
	if asked < 10000 {
		t.Errorf("%d names asked for", asked)
	}
}

// dotted is %{i}: the address as IPv4 has it, or IPv6 as its nibbles.
func dotted(a netip.Addr) string {
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	digits := strings.ReplaceAll(a.StringExpanded(), ":", "")
	return strings.ToUpper(strings.Join(strings.Split(digits, ""), "."))
}

// transform is the third to fifth paragraph of section 7.3.
func transform(value, keep string, reverse bool, delimiters string) string {
	if keep == "" && !reverse && delimiters == "" {
		return value
	}
	if delimiters == "" {
		delimiters = "."
	}
	parts := []string{""}
	for _, c := range value {
		if strings.ContainsRune(delimiters, c) {
			parts = append(parts, "")
			continue
		}
		parts[len(parts)-1] += string(c)
	}
	if reverse {
		slices.Reverse(parts)
	}
	n := len(parts)
	if keep != "" {
		fmt.Sscan(strings.TrimLeft(keep, "0"), &n)
	}
	return strings.Join(parts[max(0, len(parts)-n):], ".")
}

// escaped is URL escaping of all but the unreserved characters of RFC 3986.
func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
