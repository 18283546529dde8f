package spf

import (
	"cmp"
	"strings"
)

// Limits of a field, in octets. Lines are 78 where they can be folded and never
// reach 998 (RFC 5322 section 2.1.1).
const (
	lineLength = 78
	maxValue   = 256
)

// ReceivedSPF is the trace field of RFC 7208 section 9.1 for the outcome of q.
// Identity is "mailfrom" or "helo". The field is folded with CRLF and a space,
// printable ASCII whatever its parts are, and comes without its final CRLF.
func (o *Outcome) ReceivedSPF(q Query, identity string) string {
	receiver := q.Receiver
	if receiver == "" {
		receiver = unknown
	}
	client := q.Client.Unmap().WithZone("").String()
	f := field{b: make([]byte, 0, 512)}
	f.b = append(append(f.b, "Received-SPF: "...), o.Result...)
	f.column = len(f.b)
	f.comment(bounded(receiver), o.sentence(client))

	mechanism := o.Mechanism
	if mechanism == "" && o.Result == Neutral {
		mechanism = "default"
	}
	sender := q.Sender
	if identity == "mailfrom" {
		sender = cmp.Or(sender, o.Sender) // that of the null reverse-path (section 2.4)
	}
	pairs := [...]struct{ key, value string }{
		{"client-ip", client}, {"envelope-from", sender}, {"helo", q.Helo}, {"receiver", receiver},
		{"identity", identity}, {"mechanism", mechanism}, {"problem", o.Problem},
	}
	first := true
	for _, p := range pairs {
		if p.value == "" {
			continue
		}
		if !first {
			f.b = append(f.b, ';')
		}
		first = false
		f.begin()
		f.b = append(append(f.b, p.key...), '=')
		f.value(p.value)
		f.end()
	}
	return string(f.b)
}

// sentence says in parts, for people, what the result means.
func (o *Outcome) sentence(client string) [5]string {
	const of = "domain of "
	who := cmp.Or(bounded(o.Sender), unknown)
	switch o.Result {
	case Pass:
		return [5]string{of, who, " designates ", client, " as permitted sender"}
	case Fail:
		return [5]string{of, who, " does not designate ", client, " as permitted sender"}
	case SoftFail:
		return [5]string{of, who, " probably does not designate ", client, " as permitted sender"}
	case Neutral:
		return [5]string{client, " is neither permitted nor denied by ", of, who}
	case None:
		return [5]string{of, who, " does not designate permitted senders"}
	case TempError:
		return [5]string{"a DNS error hides the records of ", of, who}
	}
	return [5]string{"the records of ", of, who, " cannot be interpreted"}
}

// field is a header field in the making.
type field struct {
	b      []byte
	column int
	word   int // where the word under way begins, with its space
}

// begin begins a word, after a space.
func (f *field) begin() {
	f.word = len(f.b)
	f.b = append(f.b, ' ')
}

// end ends a word, and moves it to a line of its own where it does not fit.
func (f *field) end() {
	n := len(f.b) - f.word
	if f.column+n >= lineLength { // a ";" may follow
		f.b = append(f.b, "\r\n"...)
		copy(f.b[f.word+2:], f.b[f.word:])
		copy(f.b[f.word:], "\r\n")
		f.column = 0
	}
	f.column += n
}

// comment adds a comment (RFC 5322 section 3.2.2), which may be folded at its
// spaces.
func (f *field) comment(receiver string, sentence [5]string) {
	f.begin()
	f.b = append(f.b, '(')
	any, space := false, false
	add := func(s string) {
		for i := range len(s) {
			if s[i] == ' ' {
				space = any
				continue
			}
			if space {
				f.end()
				f.begin()
			}
			any, space = true, false
			f.escaped(s[i], s[i] == '(' || s[i] == ')')
		}
	}
	add(receiver)
	add(": ")
	for _, s := range sentence {
		add(s)
	}
	f.b = append(f.b, ')')
	f.end()
}

// value adds a dot-atom where s is one, otherwise a quoted-string (RFC 5322
// sections 3.2.3 and 3.2.4).
func (f *field) value(s string) {
	s = bounded(s)
	if isDotAtom(s) {
		f.b = append(f.b, s...)
		return
	}
	f.b = append(f.b, '"')
	for i := range len(s) {
		f.escaped(s[i], s[i] == '"')
	}
	f.b = append(f.b, '"')
}

func isDotAtom(s string) bool {
	previous := byte('.')
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.' && previous == '.':
			return false
		case c == '.', isAlpha(c), isDigit(c), strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0:
			previous = c
		default:
			return false
		}
	}
	return previous != '.'
}

func bounded(s string) string {
	if len(s) > maxValue {
		return s[:maxValue-3] + "..."
	}
	return s
}

// escaped adds an octet, with a backslash before it if it is special or one itself,
// and "?" for what is not printable ASCII.
func (f *field) escaped(c byte, special bool) {
	if c < ' ' || c > '~' {
		c = '?'
	} else if special || c == '\\' {
		f.b = append(f.b, '\\')
	}
	f.b = append(f.b, c)
}
