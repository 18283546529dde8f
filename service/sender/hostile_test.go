package sender_test

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/sender"
)

// texts are the TXT records of a zone, by name. A key that is not there is not found
// in time.
type texts map[string][]resolver.Data

func (z texts) Resolve(_ context.Context, q resolver.Question) (resolver.Answer, error) {
	a := resolver.Answer{Question: q, Name: q.Name, Status: resolver.NXDomain, TTL: 300}
	if data := z[q.Name]; q.Type == resolver.TypeTXT && len(data) > 0 {
		a.Status, a.Data = resolver.Found, data
	} else if strings.Contains(q.Name, "_domainkey") {
		return resolver.Answer{}, &resolver.Error{Kind: resolver.Timeout, Question: q}
	}
	return a, nil
}

// modulus is the key record of an RSA key of so many bits, whose signatures nobody
// can make.
func modulus(bits, e int, seed uint64) resolver.Data {
	r := rand.New(rand.NewPCG(seed, 2))
	b := make([]byte, bits/8)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	b[0] |= 0x80
	b[len(b)-1] |= 1
	der := x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(b), E: e})
	return resolver.SplitTXT("p=" + base64.StdEncoding.EncodeToString(der))
}

// signatures are n signatures that no key has made, with this list of names and value.
func signatures(n int, domain func(i int) string, names, value string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=s; h=%s; bh=%s; b=%s\r\n",
			domain(i), names, base64.StdEncoding.EncodeToString(make([]byte, 32)), value)
	}
	return b.String()
}

// TestHostileSendersCostLittle holds what senders and the owners of their domains can
// choose freely to what one call may cost: 64 MiB, and a second of a processor even
// where the race detector is at work.
func TestHostileSendersCostLittle(t *testing.T) {
	const rest = "From: a@b.example\r\n\r\nx\r\n"
	same := func(int) string { return "b.example" }
	damaged := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x01m", 128)))
	var names, fields strings.Builder
	for i := range 11_000 {
		const letters = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-^_`{|}~"
		name := string([]byte{letters[i%len(letters)], letters[i/len(letters)%len(letters)]})
		names.WriteString(":" + name)
		fields.WriteString(name + ":\r\n")
	}
	seams := func() resolver.Data {
		text := "v=spf1 " + strings.Repeat("a", 32_000) + " a"
		cuts := make([]int, 32_000)
		for i := range cuts {
			cuts[i] = len(text) - 2
		}
		return resolver.TXT{Text: text, Cuts: cuts}
	}()
	inside := texts{}
	for _, d := range []string{"b.example", "h.example"} {
		record := "v=spf1"
		for i := range 10 {
			include := fmt.Sprintf("i%d.%s", i, d)
			record += " include:" + include
			inside[include] = []resolver.Data{seams}
		}
		inside[d] = []resolver.Data{resolver.SplitTXT(record + " -all")}
	}
	uris := []resolver.Data{resolver.SplitTXT("v=DMARC1;p=none;rua=" + strings.Repeat("x,", 16_000))}
	below := "b.example"
	walks := texts{"_dmarc." + below: uris}
	for _, label := range []string{"f", "e", "d", "c", "b", "a"} {
		below = label + "." + below
		walks["_dmarc."+below] = uris
	}
	deep := func(i int) string { return fmt.Sprintf("a%d.b%d.c%[1]d.d%[1]d.e%[1]d.f%[1]d.b.example", i, i) }
	for i := range 20 {
		for d := deep(i); d != "b.example"; d = resolver.Parent(d) {
			walks["_dmarc."+d] = uris
		}
	}
	for name, c := range map[string]struct {
		zone    texts
		message string
	}{
		"strings without octets":                {inside, rest},
		"destinations of reports in every walk": {walks, signatures(20, deep, "from", "QUJD") + "From: a@" + below + "\r\n\r\nx\r\n"},
		"thousands of fields that may have been added": {texts{"s._domainkey.b.example": {modulus(2048, 65537, 1)}},
			signatures(20, same, "from"+names.String(), damaged) + fields.String() + rest},
		"signatures of white space": {texts{}, signatures(20, same, "from", strings.Repeat("A ", 25_000)) + rest},
	} {
		src := sender.Sources{DNS: resolver.NewRequest(resolver.Share(c.zone, resolver.Sharing{}), resolver.Budget{Questions: 250, Bytes: 8 << 20}, false), Now: time.Unix(1767225600, 0)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := cpu()
		rep := sender.Check(t.Context(), src, sender.Request{
			Client: netip.MustParseAddr("192.0.2.1"), Helo: "h.example", MailFrom: "a@b.example", Message: []byte(c.message),
		}, sender.Policy{})
		took := time.Duration(cpu() - start)
		runtime.ReadMemStats(&after)
		n := after.TotalAlloc - before.TotalAlloc
		if t.Logf("%s: %v, %d KiB", name, took, n>>10); n > 64<<20 || took > time.Second || rep.Facts.MessageErr != nil {
			t.Errorf("%s: %v of a processor, %d KiB, %v", name, took, n>>10, rep.Facts.MessageErr)
		}
	}
}
