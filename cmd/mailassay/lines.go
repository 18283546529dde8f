package main

import (
	"bufio"
	"bytes"
	"io"
)

// networkLines gives a message file the line ends that it had on its way (RFC 5321
// section 2.3.8): files of Unix keep LF alone, and signatures cover CRLF. A file whose
// first line ends in CRLF is passed on as it is.
func networkLines(in io.Reader) io.Reader {
	r := bufio.NewReaderSize(in, 64<<10)
	start, _ := r.Peek(r.Size())
	if i := bytes.IndexByte(start, '\n'); i < 0 || i > 0 && start[i-1] == '\r' {
		return r
	}
	return &lineEnds{in: r}
}

// lineEnds writes CRLF for each LF that no CR precedes.
type lineEnds struct {
	in   *bufio.Reader
	last byte
	owed bool // an LF whose CR has been written
}

// Read fills b as far as what has been buffered goes.
func (l *lineEnds) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if l.owed {
			b[n], l.last, l.owed = '\n', '\n', false
			n++
			continue
		}
		if n > 0 && l.in.Buffered() == 0 {
			return n, nil
		}
		c, err := l.in.ReadByte()
		if err != nil {
			return n, err
		}
		if c == '\n' && l.last != '\r' {
			c, l.owed = '\r', true
		}
		b[n], l.last = c, c
		n++
	}
	return n, nil
}
