package dkim

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

func TestHeaderKeepsOctets(t *testing.T) {
	m, err := Parse([]byte(" folded\r\nFrom: a\r\n\tb\r\nno field\r\n of two lines\r\nX \t: \x00\xff\ry\nz\r\n\xe9: no\r\n: no\r\nEmpty:\r\n\r\nBody: x\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range m.Header.Fields {
		got = append(got, fmt.Sprintf("%s=%q", f.Name(), f.Value()))
	}
	want := `[From=" a\r\n\tb" X=" \x00\xff\ry\nz" Empty=""]`
	if fmt.Sprint(got) != want || m.Header.BareLF != 1 || m.Header.Stray != 4 || string(m.begin) != "Body: x\r\n" {
		t.Errorf("%v, want %v; %d bare, %d stray, body %q", got, want, m.Header.BareLF, m.Header.Stray, m.begin)
	}
}

func TestHeaderEnds(t *testing.T) {
	for text, want := range map[string]string{
		"": "0 fields, body \"\"", "\r\n": "0 fields, body \"\"", "\r\nA: b\r\n": `0 fields, body "A: b\r\n"`, "A: b": `1 fields, body ""`,
		"A: b\r\n": `1 fields, body ""`, "A: b\r\n\r\n": `1 fields, body ""`, "A: b\r\n \r\nC: d\r\n\r\nx": `2 fields, body "x"`,
		"A: b\n\nx": `1 fields, body ""`, "A: b\r\n\n\r\nx": `1 fields, body ""`, "A: b\r\r\n\r\nx": `1 fields, body "x"`,
	} {
		m, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%d fields, body %q", len(m.Header.Fields), m.begin); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestHeaderIsBounded(t *testing.T) {
	endless := strings.Repeat("x", 3<<20)
	long := "From: a\r\n" + strings.Repeat("X: y\r\n", maxHeader/6)
	for _, text := range []string{endless, "From: a" + endless, long + "\r\n", strings.Repeat("\n", 3<<20)} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrHeaderTooLong) {
			t.Errorf("%.10q: %v", text, err)
		}
		if _, err := Read(strings.NewReader(text)); !errors.Is(err, ErrHeaderTooLong) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
	fits := long[:len(long)-12] + "\r\n"
	if m, err := Read(iotest.HalfReader(strings.NewReader(fits + "\r\nbody"))); err != nil || len(m.Header.Fields) < 170000 {
		t.Errorf("%v", err)
	}
}

func TestReadTellsTheSourcesError(t *testing.T) {
	broken := errors.New("broken")
	if _, err := Read(iotest.ErrReader(broken)); err != broken {
		t.Errorf("%v", err)
	}
	m, err := Read(iotest.OneByteReader(strings.NewReader("A: b\r\n\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	m.source = iotest.ErrReader(broken)
	if err := m.ReadBody(); err != broken {
		t.Errorf("%v", err)
	}
}

func FuzzHeader(f *testing.F) {
	for _, seed := range []string{"", "A: b\r\n\r\nx", " \r\n\r\n", "A : b\r\n c\r\nno\r\n\r\n", "\n\r\n\r\r\n", plainMessage} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		whole, err := Parse([]byte(text))
		if err != nil {
			return
		}
		streamed, err := Read(iotest.OneByteReader(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := whole.Header, streamed.Header; fmt.Sprint(a.Fields, a.Stray, a.BareLF) != fmt.Sprint(b.Fields, b.Stray, b.BareLF) {
			t.Errorf("streamed %v, whole %v", b, a)
		}
		size := len(whole.begin)
		for i, f := range whole.Header.Fields {
			size += len(f.Raw())
			found := false
			for _, at := range whole.Header.Positions(strings.ToUpper(f.Name())) {
				found = found || at == i
			}
			if !found || !f.Is(strings.ToLower(f.Name())) {
				t.Errorf("field %d, %q, is not found by its name", i, f.Name())
			}
		}
		if size > len(text) {
			t.Errorf("%d octets came of %d", size, len(text))
		}
	})
}
