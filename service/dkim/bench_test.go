package dkim

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/mailassay/mailassay/resolver"
)

// mail is a message of so many octets of body in lines of words, with the header
// that a message has after three hops.
func mail(size int) string {
	var b strings.Builder
	for i := range 3 {
		b.WriteString("Received: from mx" + string(rune('1'+i)) + ".example.net (mx.example.net [192.0.2.1])\r\n\tby mx.example.com with ESMTPS id 4Y2b0N1x2Tz9sT\r\n" +
			"\tfor <bob@example.net>; Thu,  1 Jan 2026 00:00:00 +0000 (UTC)\r\n")
	}
	b.WriteString("X-Mailer: example 1.0\r\nMessage-ID: <20260101000000.1@example.com>\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n" +
		"From: Alice Example <alice@example.com>\r\nTo: Bob Example <bob@example.net>\r\nSubject: A message of common length and shape\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nList-Unsubscribe: <https://example.com/u>\r\n\r\n")
	words := strings.Fields("the quick brown fox jumps over a lazy dog while nobody looks and every line of this text has a few words of common length")
	head := b.Len()
	for i, column := 0, 0; b.Len()-head < size-2; i++ {
		w := words[i%len(words)]
		if column+len(w) > 72 {
			b.WriteString("\r\n")
			column = 0
		} else if column > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		column += len(w) + 1
	}
	b.WriteString("\r\n")
	return b.String()
}

const sevenFields = "from:to:subject:date:message-id:mime-version:content-type"

// ratio measures two ways in turn, in CPU time, so that other work on the machine
// weighs on both alike. It reports the ratio of the least of each and of the
// medians.
func ratio(b *testing.B, octets int, floor, whole func()) {
	b.ReportAllocs()
	b.SetBytes(int64(octets))
	var spent [2][]float64
	for b.Loop() {
		for i, f := range []func(){floor, whole} {
			start := cpu(b)
			for range 10 {
				f()
			}
			spent[i] = append(spent[i], float64(cpu(b)-start)/10)
		}
	}
	slices.Sort(spent[0])
	slices.Sort(spent[1])
	half := len(spent[0]) / 2
	b.ReportMetric(spent[0][half], "floor-ns")
	b.ReportMetric(spent[1][half], "verify-ns")
	b.ReportMetric(spent[1][half]/spent[0][half], "ratio")
	b.ReportMetric(spent[1][0]/spent[0][0], "least-ratio")
}

// cpu is what this process has used.
func cpu(b *testing.B) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return time.Duration(t.Nano())
}

// remembered gives one answer, with the key that was made of it, at once: what it
// takes to find it is for the resolver's bench to tell.
type remembered struct{ answer resolver.Answer }

func (r remembered) Resolve(context.Context, resolver.Question) (resolver.Answer, error) {
	return r.answer, nil
}

func cached(b *testing.B) resolver.Resolver {
	return resolver.NewCache(world(b), time.Second, resolver.CacheConfig{})
}

func memory(b *testing.B, selector string) resolver.Resolver {
	answer, err := cached(b).Resolve(context.Background(), resolver.Ask(Name(selector, "example.com"), resolver.TypeTXT))
	if err != nil || answer.Status != resolver.Found {
		b.Fatalf("%+v, %v", answer, err)
	}
	return remembered{answer}
}

// BenchmarkVerify compares the verification of a message with the hash and
// signature operations in it. The cache adds more than its own work where a
// processor is idle: it wakes one from time to time.
func BenchmarkVerify(b *testing.B) {
	for _, c := range []struct {
		name, selector string
		s              signer
	}{
		{"rsa2048", "s1", signer{names: sevenFields}},
		{"ed25519", "ed", signer{names: sevenFields, key: ed25519Key, tags: "v=1; c=relaxed/relaxed; d=example.com; s=ed"}},
		{"cache", "", signer{names: sevenFields}},
		{"simple", "s1", signer{names: sevenFields, tags: "v=1; c=relaxed/simple; d=example.com; s=s1"}},
	} {
		octets := []byte(c.s.sign(b, mail(10_000)))
		r := cached(b)
		if c.selector != "" {
			r = memory(b, c.selector)
		}
		report, err := Verify(context.Background(), r, octets, Options{Now: now, Trace: true})
		if err != nil || report.Result != Pass {
			b.Fatalf("%s, %v", brief(report), err)
		}
		sig := report.Signatures[0]
		_, body, _ := strings.Cut(string(octets), "\r\n\r\n")
		canonical := []byte(referenceBody(sig.BodyCanon.String(), body))
		b.Run(c.name, func(b *testing.B) {
			ratio(b, len(octets), func() {
				sum, digest := sha256.Sum256(canonical), sha256.Sum256(sig.Input)
				if !sig.BodyIntact(&BodyHash{Sum: sum}) || !bareVerify(c.s.key, b, digest[:], sig.value) {
					b.Fatal("the floor does not verify")
				}
			}, func() {
				if report, _ := Verify(context.Background(), r, octets, Options{Now: now}); report.Result != Pass {
					b.Fatal(brief(report))
				}
			})
		})
	}
}

func bareVerify(key crypto.Signer, b *testing.B, digest, value []byte) bool {
	if key == nil {
		return rsa.VerifyPKCS1v15(&rsaKey(b, 2048).PublicKey, crypto.SHA256, digest, value) == nil
	}
	return ed25519.Verify(key.Public().(ed25519.PublicKey), digest, value)
}

// BenchmarkStream compares a stream of 50 MB with its hash alone: text, and HTML
// of which a fifth is white space that goes.
func BenchmarkStream(b *testing.B) {
	html := mail(0) + strings.Repeat("        <td class=\"cell\">  some text here</td>\r\n      <tr>\r\n", 800_000)
	for _, c := range []struct{ name, canon, message string }{
		{"simple", "simple", mail(50_000_000)}, {"relaxed", "relaxed", mail(50_000_000)}, {"indented", "relaxed", html},
	} {
		text := signer{names: sevenFields, tags: "v=1; c=relaxed/" + c.canon + "; d=example.com; s=s1"}.sign(b, c.message)
		r := memory(b, "s1")
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			var floor, whole time.Duration
			for b.Loop() {
				start := cpu(b)
				if _, err := io.Copy(sha256.New(), onlyReader{strings.NewReader(text)}); err != nil {
					b.Fatal(err)
				}
				floor += cpu(b) - start
				start = cpu(b)
				m, err := Read(onlyReader{strings.NewReader(text)})
				if err != nil {
					b.Fatal(err)
				}
				v := Start(context.Background(), r, m, Options{Now: now})
				if err := m.ReadBody(); err != nil || v.Report().Result != Pass {
					b.Fatal("does not verify")
				}
				whole += cpu(b) - start
			}
			b.ReportMetric(float64(whole)/float64(floor), "ratio")
		})
	}
}

type onlyReader struct{ io.Reader }

// endless repeats a text up to a size.
type endless struct {
	text string
	left int
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), e.left)], e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= n
	return n, nil
}

// TestStreamsTakeConstantMemory reads 10 MB bodies of many shapes and looks at
// what was allocated.
func TestStreamsTakeConstantMemory(t *testing.T) {
	header := signer{length: 1}.sign(t, signer{tags: "v=1; d=example.com; s=s1", length: 2}.sign(t, plainMessage))
	header, _, _ = strings.Cut(header, "Hello")
	r := world(t)
	for _, line := range []string{"words and words\r\n", "endless line ", "\r\n", " ", "\t \r\n", "\n", "\r", " \t\r", "\x00\xff"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		m, err := Read(io.MultiReader(strings.NewReader(header), &endless{text: strings.Repeat(line, 20_000), left: 10_000_000}))
		if err != nil {
			t.Fatal(err)
		}
		v := Start(context.Background(), r, m, Options{Now: now})
		if err := m.ReadBody(); err != nil {
			t.Fatal(err)
		}
		report := v.Report()
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 || m.BodySize() < 10_000_000 || len(report.Signatures) != 2 {
			t.Errorf("%q: %d octets allocated, body of %d, %s", line, used, m.BodySize(), brief(report))
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%q took %v", line, took)
		}
	}
}
