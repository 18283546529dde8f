package spf

import "strings"

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
	f := field{}
	f.b.WriteString("Received-SPF: ")
	f.b.WriteString(string(o.Result))
	f.column = f.b.Len()
	f.comment(bounded(receiver) + ": " + o.sentence(q))

	client := q.Client.Unmap().WithZone("").String()
	mechanism := o.Mechanism
	if mechanism == "" && o.Result == Neutral {
		mechanism = "default"
	}
	pairs := [...]struct{ key, value string }{
		{"client-ip", client}, {"envelope-from", q.Sender}, {"helo", q.Helo}, {"receiver", receiver},
		{"identity", identity}, {"mechanism", mechanism}, {"problem", o.Problem},
	}
	end := ""
	for _, p := range pairs {
		if p.value != "" {
			f.b.WriteString(end)
			f.word(p.key + "=" + value(p.value))
			end = ";"
		}
	}
	return f.b.String()
}

// sentence says for people what the result means.
func (o *Outcome) sentence(q Query) string {
	client := q.Client.Unmap().WithZone("").String()
	of := "domain of " + bounded(o.Sender)
	switch o.Result {
	case Pass:
		return of + " designates " + client + " as permitted sender"
	case Fail:
		return of + " does not designate " + client + " as permitted sender"
	case SoftFail:
		return of + " probably does not designate " + client + " as permitted sender"
	case Neutral:
		return client + " is neither permitted nor denied by " + of
	case None:
		return of + " does not designate permitted senders"
	case TempError:
		return "a DNS error hides the records of " + of
	}
	return "the records of " + of + " cannot be interpreted"
}

// field is a header field in the making.
type field struct {
	b      strings.Builder
	column int
}

// word adds a word after a space, or on a line of its own where it does not fit.
func (f *field) word(s string) {
	if f.column+1+len(s) >= lineLength { // a ";" may follow
		f.b.WriteString("\r\n")
		f.column = 0
	}
	f.b.WriteString(" " + s)
	f.column += 1 + len(s)
}

// comment adds a comment (RFC 5322 section 3.2.2), which may be folded at its
// spaces.
func (f *field) comment(s string) {
	words := strings.Fields(escaped(s, `()\`))
	for i, w := range words {
		if i == 0 {
			w = "(" + w
		}
		if i == len(words)-1 {
			w += ")"
		}
		f.word(w)
	}
}

// value is a dot-atom where it can be, otherwise a quoted-string (RFC 5322
// sections 3.2.3 and 3.2.4).
func value(s string) string {
	s = bounded(s)
	if isDotAtom(s) {
		return s
	}
	return `"` + escaped(s, `"\`) + `"`
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

// escaped puts a backslash before the special characters, and "?" for what is not
// printable ASCII.
func escaped(s, special string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~':
			b.WriteByte('?')
		case strings.IndexByte(special, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
