package dkim

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxTags bounds the tags of one list, so that finding duplicates stays cheap.
const maxTags = 100

// Tag is one tag of a list (RFC 6376 section 3.2).
type Tag struct {
	Name string
	// Value is what stands after "=", without white space around it. Folding
	// inside it is kept.
	Value string
	// Start and End bound the value with the white space around it, as octets of
	// the text.
	Start, End int32
}

// Tags is a tag list in the order of the text. Its names differ.
type Tags []Tag

// SyntaxError tells where a tag list breaks the grammar.
type SyntaxError struct {
	// Offset counts octets of the text.
	Offset int
	Reason string
}

// Error is the reason with the offset.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at octet %d", e.Reason, e.Offset) }

// ParseTags reads a tag list: the value of a DKIM-Signature, ARC-Seal or
// ARC-Message-Signature field without the final CRLF, or a key record. One
// semicolon may end it. Octets above 127 must be UTF-8 (RFC 8616 section 5). The
// error is a [*SyntaxError].
func ParseTags(text string) (Tags, error) { return appendTags(nil, text) }

func appendTags(tags Tags, text string) (Tags, error) {
	var seen letters
	bad := badValue(text)
	for at := 0; ; {
		end := strings.IndexByte(text[at:], ';')
		last := end < 0
		if last {
			end = len(text)
		} else {
			end += at
		}
		if last && len(tags) > 0 && trim(text[at:end]) == "" {
			break
		}
		tag, err := parseTag(text, at, end, bad < 0)
		if err != nil {
			return nil, err
		}
		if seen.add(tag.Name, tags) {
			return nil, &SyntaxError{at, fmt.Sprintf("the tag %s stands twice", clip(tag.Name))}
		}
		if len(tags) == maxTags {
			return nil, &SyntaxError{at, fmt.Sprintf("more than %d tags", maxTags)}
		}
		if tags = append(tags, tag); last {
			break
		}
		at = end + 1
	}
	if bad >= 0 { // beside the tags, where white space may fold and nothing else
		return nil, &SyntaxError{bad, "a line break that folds nothing"}
	}
	return tags, nil
}

// letters is a set of names of one letter, as nearly all names are.
type letters uint64

// add adds a name and tells whether it was there before, in the set or in tags.
func (l *letters) add(name string, tags Tags) bool {
	if len(name) > 1 {
		_, there := tags.Value(name)
		return there
	}
	bit := letter(name[0])
	there := *l&bit != 0
	*l |= bit
	return there
}

// letter is the set of one letter. No two letters agree in their lower six bits.
func letter(c byte) letters { return 1 << (c & 63) }

// parseTag reads text[at:end], which holds no semicolon. Of a sound text it is
// known that values may hold all its characters.
func parseTag(text string, at, end int, sound bool) (Tag, error) {
	spec := text[at:end]
	equals := strings.IndexByte(spec, '=')
	if equals < 0 {
		if trim(spec) == "" {
			return Tag{}, &SyntaxError{at, "an empty tag"}
		}
		return Tag{}, &SyntaxError{at, "a tag without ="}
	}
	name := trim(spec[:equals])
	if !tagName(name) {
		return Tag{}, &SyntaxError{at, "a tag without a valid name"}
	}
	value := spec[equals+1:]
	if !sound {
		if i := badValue(value); i >= 0 {
			return Tag{}, &SyntaxError{at + equals + 1 + i, fmt.Sprintf("a character that the tag %s may not hold", clip(name))}
		}
	}
	return Tag{Name: name, Value: trim(value), Start: int32(at + equals + 1), End: int32(end)}, nil
}

// Value is the value of a tag, and whether the list has the tag.
func (t Tags) Value(name string) (string, bool) {
	for i := range t {
		// Most names are one letter, so that one octet decides without a call.
		if n := t[i].Name; len(n) == len(name) && n[0] == name[0] && n == name {
			return t[i].Value, true
		}
	}
	return "", false
}

// missing is the first of the names that the list does not have, or "".
func (t Tags) missing(names []string) string {
	var there letters
	for i := range t {
		if len(t[i].Name) == 1 {
			there |= letter(t[i].Name[0])
		}
	}
	for _, name := range names {
		if len(name) == 1 {
			if there&letter(name[0]) == 0 {
				return name
			}
		} else if _, ok := t.Value(name); !ok {
			return name
		}
	}
	return ""
}

func tagName(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i] | 0x20; {
		case 'a' <= c && c <= 'z':
		case i > 0 && (s[i] == '_' || '0' <= s[i] && s[i] <= '9'):
		default:
			return false
		}
	}
	return s != ""
}

// badValue is the offset of the first octet that no tag value may hold, or -1.
// White space may fold: a CRLF that WSP follows.
func badValue(s string) int {
	for i := 0; i < len(s); i++ {
		for i+8 <= len(s) && printable(binary.LittleEndian.Uint64([]byte(s[i:i+8]))) {
			i += 8
		}
		if i == len(s) {
			break
		}
		switch c := s[i]; {
		case ' ' <= c && c < 0x7f, c == '\t':
		case c == '\r' && i+2 < len(s) && s[i+1] == '\n' && isWSP(s[i+2]):
			i++
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				return i
			}
			i += n - 1
		default:
			return i
		}
	}
	return -1
}

// printable tells whether eight octets are ASCII from space to tilde: none has its
// highest bit, borrows when a space is taken away, or carries when 1 is added.
func printable(w uint64) bool { return (w|(w-spaces)|(w+ones))&highs == 0 }

// solid tells whether none of eight octets is a space or a control character. It
// may miss that (see suspects).
func solid(w uint64) bool { return (w-(spaces+ones))&^w&highs == 0 }

func isWSP(c byte) bool { return c == ' ' || c == '\t' }

func isFWS(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// trim takes folding white space off both ends.
func trim(s string) string {
	for len(s) > 0 && isFWS(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isFWS(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// unspaced drops all folding white space, as base64 values may hold it anywhere.
func unspaced(s string) string {
	if solidPrefix(s) == len(s) {
		return s
	}
	return string(appendUnspaced(make([]byte, 0, len(s)), s))
}

func appendUnspaced(to []byte, s string) []byte {
	for {
		n := solidPrefix(s)
		if to = append(to, s[:n]...); n == len(s) {
			return to
		}
		s = s[n+1:]
	}
}

// solidPrefix is how many octets stand before the first white space.
func solidPrefix(s string) int {
	for i := 0; ; i++ {
		for i+8 <= len(s) && solid(binary.LittleEndian.Uint64([]byte(s[i:i+8]))) {
			i += 8
		}
		if i == len(s) || isFWS(s[i]) {
			return i
		}
	}
}

// colonList is the elements of a colon-separated value.
func colonList(s string) []string {
	list := strings.Split(s, ":")
	for i := range list {
		list[i] = trim(list[i])
	}
	return list
}

// clip shortens text from elsewhere for a message.
func clip(s string) string {
	if len(s) > 64 {
		return s[:61] + "..."
	}
	return s
}
