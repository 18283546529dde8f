package arc

import (
	"fmt"
	"strings"

	"github.com/mailassay/mailassay/service/dkim"
)

// maxResults bounds the text of a set's authentication results, in octets.
const maxResults = 4 << 10

// kind is one of the three kinds of fields of a set.
type kind uint8

const (
	results kind = iota
	message
	seal
	kinds
)

var names = [kinds]string{results: "ARC-Authentication-Results", message: "ARC-Message-Signature", seal: "ARC-Seal"}

// piece is one field of a set.
type piece struct {
	at       int // in the header
	instance int // 0 when there is no valid one
	text     string
	sig      *dkim.Signature
	fault    *dkim.Fault
}

// set is the fields of one instance; nil where there is none.
type set [kinds]*piece

// collect reads the structure of the chain (RFC 8617 section 5.2 steps 1 to 3).
// The reason is empty when it is sound.
func collect(h *dkim.Header) (sets []set, reason string) {
	var positions [kinds][]int
	most := 0
	for k, name := range names {
		positions[k] = h.Positions(name)
		most = max(most, len(positions[k]))
	}
	if most > maxSets {
		return nil, fmt.Sprintf("there are %d fields of one kind, more than %d", most, maxSets)
	}
	sets = make([]set, most)
	for k := range kinds {
		for _, at := range positions[k] {
			p := read(h, k, at)
			switch {
			case p.instance == 0 && p.sig != nil && p.sig.Tags == nil:
				return nil, fmt.Sprintf("%s cannot be read: %s", names[k], p.fault.Reason)
			case p.instance == 0:
				return nil, fmt.Sprintf("%s has no valid instance", names[k])
			case p.instance > most:
				return nil, fmt.Sprintf("instance %d is there and one before it is not", p.instance)
			case sets[p.instance-1][k] != nil:
				return nil, fmt.Sprintf("instance %d has two fields %s", p.instance, names[k])
			}
			sets[p.instance-1][k] = p
		}
	}
	for i := range sets {
		for k, p := range sets[i] {
			if p == nil {
				return nil, fmt.Sprintf("instance %d has no %s", i+1, names[k])
			}
		}
	}
	return sets, statuses(sets)
}

// read parses one field.
func read(h *dkim.Header, k kind, at int) *piece {
	p := &piece{at: at}
	switch k {
	case results:
		p.instance, p.text = authenticationResults(string(h.Fields[at].Value()))
		return p
	case message:
		p.sig, p.fault = dkim.ParseSignature(h, at, dkim.ARCMessageSignature)
		// RFC 8617 section 4.1.2.
		if p.fault == nil && p.sig.Covers(names[seal]) {
			p.fault = &dkim.Fault{Cause: dkim.Malformed, Reason: "the message signature covers ARC-Seal"}
		}
	case seal:
		p.sig, p.fault = dkim.ParseSignature(h, at, dkim.ARCSeal)
		// RFC 8617 section 4.1.3.
		if _, listed := p.sig.Tags.Value("h"); listed && p.fault == nil {
			p.fault = &dkim.Fault{Cause: dkim.Malformed, Reason: "the seal has h="}
		}
	}
	i, _ := p.sig.Tags.Value("i")
	p.instance = instance(i)
	return p
}

// statuses holds cv= of each seal to RFC 8617 section 5.2 steps 2 and 3. The
// values are literals of ABNF and so of any case (RFC 5234 section 2.3).
func statuses(sets []set) (reason string) {
	for i := len(sets) - 1; i >= 0; i-- {
		s := sets[i][seal].sig
		cv, _ := s.Tags.Value("cv")
		switch want := [...]string{"none", "pass"}[min(i, 1)]; {
		case strings.EqualFold(cv, "fail"):
			return fmt.Sprintf("%s sealed the chain as failed", s.Domain)
		case !strings.EqualFold(cv, want):
			return fmt.Sprintf("the seal of instance %d does not say cv=%s", i+1, want)
		}
	}
	return ""
}

// instance is a number from 1 to 50 of at most two digits, otherwise 0 (RFC 8617
// section 4.2.1).
func instance(s string) int {
	if len(s) < 1 || len(s) > 2 {
		return 0
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		n = 10*n + int(s[i]-'0')
	}
	if n > maxSets {
		return 0
	}
	return n
}

// authenticationResults reads "i=N;" and gives what follows (RFC 8617 section
// 4.1.1).
func authenticationResults(value string) (n int, text string) {
	rest, ok := strings.CutPrefix(skip(value), "i")
	if !ok {
		return 0, ""
	}
	if rest, ok = strings.CutPrefix(skip(rest), "="); !ok {
		return 0, ""
	}
	rest = skip(rest)
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	n = instance(rest[:digits])
	if rest, ok = strings.CutPrefix(skip(rest[digits:]), ";"); !ok {
		return 0, ""
	}
	rest = strings.Trim(rest, " \t\r\n")
	return n, rest[:min(len(rest), maxResults)]
}

// skip drops comments and folding white space (RFC 5322 section 3.2.2) from the
// front. A comment without end stays.
func skip(s string) string {
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		end := comment(s)
		if end == 0 {
			return s
		}
		s = s[end:]
	}
}

// comment is the length of the comment that s begins with, 0 without.
func comment(s string) int {
	if s == "" || s[0] != '(' {
		return 0
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
