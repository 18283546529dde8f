package main

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestNetworkLines(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	for in, want := range map[string]string{
		"":                         "",
		"a":                        "a",
		"a\r\n\r\nb\nc\r\n":        "a\r\n\r\nb\nc\r\n",
		"a: b\n\nbody\n":           "a: b\r\n\r\nbody\r\n",
		"\n\n":                     "\r\n\r\n",
		"a\nb\r\nc\rd\n":           "a\r\nb\r\nc\rd\r\n",
		"a\n" + long + "\n" + long: "a\r\n" + long + "\r\n" + long,
	} {
		for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.DataErrReader(strings.NewReader(in))} {
			got, err := io.ReadAll(iotest.OneByteReader(networkLines(r)))
			if err != nil || string(got) != want {
				t.Errorf("%.40q gives %.40q, %v", in, got, err)
			}
		}
	}
}
