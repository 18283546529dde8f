package dkim

import (
	"crypto/sha256"
	"hash"
	"math/rand/v2"
	"strings"
	"testing"
)

// recorder is a hash that keeps what it hashes.
type recorder struct {
	hash.Hash
	octets []byte
}

func (r *recorder) Write(p []byte) (int, error) {
	r.octets = append(r.octets, p...)
	return r.Hash.Write(p)
}

// canonical is a body canonicalised in pieces of so many octets.
func canonical(c Canon, text string, piece int) string {
	rec := &recorder{Hash: sha256.New()}
	b := bodyCanon{hash: rec}
	b.start(c)
	all := b.want(-1)
	for len(text) > 0 {
		n := min(piece, len(text))
		b.write([]byte(text[:n]))
		text = text[n:]
	}
	b.end()
	if all.Sum != sha256.Sum256(rec.octets) || b.size != int64(len(rec.octets)) {
		return "hash or size is wrong"
	}
	return string(rec.octets)
}

func TestBodyExamplesOfTheStandard(t *testing.T) {
	// RFC 6376 section 3.4.5.
	if got := canonical(Relaxed, " C \r\nD \t E\r\n\r\n\r\n", 100); got != " C\r\nD E\r\n" {
		t.Errorf("%q", got)
	}
	if got := canonical(Simple, " C \r\nD \t E\r\n\r\n\r\n", 100); got != " C \r\nD \t E\r\n" {
		t.Errorf("%q", got)
	}
	// Sections 3.4.3 and 3.4.4, and errata 1384 and 1386.
	for _, empty := range []string{"", "\r\n", "\r\n\r\n"} {
		if s, r := canonical(Simple, empty, 1), canonical(Relaxed, empty, 1); s != "\r\n" || r != "" {
			t.Errorf("%q: %q, %q", empty, s, r)
		}
	}
}

// alphabet are the octets that canonicalisation is about, and one that hides as
// a space when a borrow goes wrong.
const alphabet = " \t\r\na!"

// TestBodyAgainstReference compares all short bodies and long ones made of them
// with the plain reference, whole and in pieces.
func TestBodyAgainstReference(t *testing.T) {
	var texts []string
	var grow func(prefix string, left int)
	grow = func(prefix string, left int) {
		texts = append(texts, prefix)
		for i := 0; left > 0 && i < len(alphabet); i++ {
			grow(prefix+alphabet[i:i+1], left-1)
		}
	}
	grow("", 5)
	for i, text := range texts {
		checkBody(t, text)
		checkBody(t, strings.Repeat("plain text ", i%7)+text+"more, "+text+text+"!")
	}
}

func checkBody(t *testing.T, text string) {
	t.Helper()
	for _, c := range []Canon{Simple, Relaxed} {
		want := referenceBody(c.String(), text)
		for _, piece := range []int{1, 3, 64, 1 << 20} {
			if got := canonical(c, text, piece); got != want {
				t.Errorf("%v of %q in pieces of %d: %q, want %q", c, text, piece, got, want)
			}
		}
		if again := canonical(c, want, 7); again != want {
			t.Errorf("%v is not idempotent: %q, then %q", c, want, again)
		}
	}
}

// TestLongBodiesAgainstReference has runs near and far, and more octets than are
// gathered.
func TestLongBodiesAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{" ", "\t", "  ", " \t", " \r\n", "\r\n", "\r", "\n", " \r", " !", "\x00", "\xff", strings.Repeat(" ", 40)}
	for i := range 180 {
		var b strings.Builder
		near := 1 << (i % 9)
		for b.Len() < 6000 {
			b.WriteString(strings.Repeat("abcd efg!", near)[:random.IntN(near+1)] + pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		for _, piece := range []int{1 + random.IntN(100), 1000, 1 << 20} {
			if got, want := canonical(Relaxed, text, piece), referenceBody("relaxed", text); got != want {
				t.Fatalf("in pieces of %d: %q\nwant %q", piece, got, want)
			}
		}
	}
}

func TestBodyLengthsShareOneHash(t *testing.T) {
	text := "one  two\r\n\r\n\r\nthree \r\n\r\n"
	for _, c := range []Canon{Simple, Relaxed} {
		want := referenceBody(c.String(), text)
		var b body
		hashes := map[int64]*BodyHash{}
		for n := int64(len(want)) + 2; n >= -1; n-- {
			hashes[n] = b.want(c, n)
			if b.want(c, n) != hashes[n] {
				t.Fatalf("l=%d is hashed twice", n)
			}
		}
		for i := range text {
			b.write([]byte(text[i : i+1]))
		}
		b.end()
		for n, h := range hashes {
			switch {
			case n > int64(len(want)):
				if !h.Short {
					t.Errorf("%v l=%d is not short", c, n)
				}
			case n < 0:
				if h.Sum != sha256.Sum256([]byte(want)) || h.Short || h.Beyond != 0 {
					t.Errorf("%v whole: %+v", c, h)
				}
			case h.Short || h.Sum != sha256.Sum256([]byte(want[:n])) || h.Beyond != int64(len(want))-n:
				t.Errorf("%v l=%d: %+v", c, n, h)
			}
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{"", " a \r\n\tb\r\n\r\n", "a\r", "a \r b\n\r\n", strings.Repeat("long enough for words ", 5) + " \t\r\nx", " !  !\t!\r\n"} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, text string, piece int) {
		checkPlain(t, text)
		for _, c := range []Canon{Simple, Relaxed} {
			want := referenceBody(c.String(), text)
			if got := canonical(c, text, max(piece, 1)); got != want {
				t.Errorf("%v of %q: %q, want %q", c, text, got, want)
			}
		}
	})
}

func FuzzCanonHeader(f *testing.F) {
	for _, seed := range []string{"Subject : a \r\n\t b  \r\n", "A:\r\n", "A: \t\r\n", "A: \r\x00\n b\r\n", "0:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, _, _ := parseHeader([]byte(text))
		for _, field := range h.Fields {
			raw := string(field.Raw())
			got := string(Relaxed.Append(nil, field))
			if want := referenceField("relaxed", raw); got != want {
				t.Errorf("relaxed %q: %q, want %q", raw, got, want)
			}
			again, _, _ := parseHeader([]byte(got))
			if len(again.Fields) != 1 || string(Relaxed.Append(nil, again.Fields[0])) != got {
				t.Errorf("relaxed is not idempotent: %q", got)
			}
			// A header that stops short lacks the line end that was signed.
			if simple := string(Simple.Append(nil, field)); simple != strings.TrimSuffix(raw, "\r\n")+"\r\n" {
				t.Errorf("simple changed %q to %q", raw, simple)
			}
		}
	})
}

func TestHeaderExampleOfTheStandard(t *testing.T) {
	// RFC 6376 section 3.4.5.
	h, _, _ := parseHeader([]byte("A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n"))
	got := ""
	for _, f := range h.Fields {
		got += string(Relaxed.Append(nil, f))
	}
	if got != "a:X\r\nb:Y Z\r\n" {
		t.Errorf("%q", got)
	}
}

// checkPlain holds plain and plainWords to what they promise.
func checkPlain(t *testing.T, text string) {
	t.Helper()
	p := []byte(text)
	for name, n := range map[string]int{"plain": plain(p), "plainWords": plainWords(p)} {
		if n < 0 || n > len(p) {
			t.Fatalf("%s of %q is %d", name, text, n)
		}
		for i := range n {
			if p[i] == '\t' || p[i] == ' ' && p[i+1] <= ' ' {
				t.Errorf("%s of %q is %d, and %d is not", name, text, n, i)
			}
		}
	}
}

func TestPlainStopsBeforeWhatIsNot(t *testing.T) {
	for _, run := range []string{"", " ", "\t", "  ", " \r", " \n", " \x00", " \x7f", " \x80", " !", "\n", "\x00", "\xff"} {
		for before := range 70 {
			checkPlain(t, strings.Repeat("x", before)+run)
			text := strings.Repeat("x", before) + run + strings.Repeat("y", 70)
			checkPlain(t, text)
			stops := run == "\t" || len(run) == 2 && run[1] <= ' '
			if n := plain([]byte(text)); stops && n > before || !stops && n < len(text)-stride-1 {
				t.Errorf("plain of %d, %q, 70 is %d", before, run, n)
			}
		}
	}
}
