// Package authres writes and reads Authentication-Results fields (RFC 8601).
//
// What goes into such a field comes from strangers: reverse-paths, signatures,
// DNS. [Format] lets none of it out of its place, whatever octets it holds; [Parse]
// reads a field back.
package authres

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Field is a field's content.
type Field struct {
	// ID is the authserv-id: who has checked (RFC 8601 section 2.5).
	ID string
	// Results are what was found, in order. None stands for "none": nothing was
	// checked.
	Results []Result
}

// Result is one resinfo (RFC 8601 section 2.2).
type Result struct {
	// Method is a registered word such as "spf", or one that begins "x-".
	Method string
	// Value is a registered result such as "pass".
	Value string
	// Reason is for people, "" for none.
	Reason string
	// Properties tell what the result is about. Those without Value are left out.
	Properties []Property
}

// Property is one propspec, "smtp.mailfrom=a@example.com".
type Property struct {
	Type, Name, Value string
}

// Limits. A line of a message has at most 998 octets (RFC 5322 section 2.1.1), and
// escaping doubles what it meets at worst.
const (
	maxValue   = 400 // an address has at most 64 and 255 octets (RFC 5321 section 4.5.3.1)
	maxKeyword = 64  // that is the longest label, too
	maxResults = 64
	width      = 78
)

// Format is the field, folded with CRLF and a space, without the final CRLF.
// Values are cut at 400 octets, and results beyond the 64th left out; control
// characters and octets that are no UTF-8 become "?". Non-ASCII characters stay,
// so the field is for an internationalized message (RFC 6532) when a value has
// them.
func Format(f Field) string {
	var w writer
	w.Grow(512)
	w.text("Authentication-Results: ")
	w.text(value(f.ID))
	shown := 0
	for _, r := range f.Results[:min(len(f.Results), maxResults)] {
		method, result := keyword(r.Method), keyword(r.Value)
		if method == "" || result == "" {
			continue
		}
		shown++
		w.text(";")
		w.fold()
		w.text(method)
		w.text("=")
		w.text(result)
		if r.Reason != "" {
			w.word("reason=", value(r.Reason))
		}
		for _, p := range r.Properties {
			if t, n := keyword(p.Type), keyword(p.Name); t != "" && n != "" && p.Value != "" {
				w.word(t, ".", n, "=", propertyValue(p.Value))
			}
		}
	}
	if shown == 0 {
		w.text("; none")
	}
	return w.String()
}

// writer keeps count of the line.
type writer struct {
	strings.Builder
	column int
}

func (w *writer) text(s string) {
	w.WriteString(s)
	w.column += len(s)
}

func (w *writer) fold() {
	w.WriteString("\r\n ")
	w.column = 1
}

// word writes parts, joined, behind a space, or on a line of their own when they
// do not fit.
func (w *writer) word(parts ...string) {
	n := 1
	for _, s := range parts {
		n += len(s)
	}
	if w.column+n > width {
		w.fold()
	} else {
		w.text(" ")
	}
	for _, s := range parts {
		w.text(s)
	}
}

// keyword is s if it is Keyword, an Ldh-str of RFC 5321 section 4.1.2, and ""
// otherwise: methods, results and properties are our own words.
func keyword(s string) string {
	if len(s) > maxKeyword {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !alphanumeric(c) && c != '-' {
			return ""
		}
	}
	if s == "" || !alphanumeric(s[len(s)-1]) {
		return ""
	}
	return s
}

// value is a token or a quoted-string (RFC 2045 section 5.1).
func value(s string) string {
	if s = clean(s); isToken(s) {
		return s
	}
	return quote(s)
}

// propertyValue is pvalue: a value, or an address with a dot-atom and a domain,
// which needs no quotes (RFC 8601 section 2.2).
func propertyValue(s string) string {
	s = clean(s)
	at := strings.LastIndexByte(s, '@')
	if isToken(s) || at >= 0 && (at == 0 || dotAtom(s[:at])) && domainName(s[at+1:]) {
		return s
	}
	return quote(s)
}

// clean cuts s and replaces what a header field cannot hold.
func clean(s string) string {
	if len(s) <= maxValue && printable(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if i+utf8.RuneLen(r) > maxValue {
			break
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func quote(s string) string {
	b := make([]byte, 0, len(s)+8)
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return string(append(b, '"'))
}

func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isToken is token of RFC 2045 section 5.1.
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if !tokenChar(s[i]) {
			return false
		}
	}
	return s != ""
}

func tokenChar(c byte) bool {
	return alphanumeric(c) || c > ' ' && c < 0x7f && strings.IndexByte(`()<>@,;:\"/[]?=`, c) < 0
}

// dotAtom is dot-atom-text of RFC 5322 section 3.2.3, in ASCII.
func dotAtom(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" {
			return false
		}
		for i := 0; i < len(part); i++ {
			if !atext(part[i]) {
				return false
			}
		}
	}
	return true
}

func atext(c byte) bool {
	return alphanumeric(c) || c != 0 && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// domainName is domain-name of RFC 6376 section 3.5: two labels or more, each
// sub-domain of RFC 5321 section 4.1.2. What DNS allows beyond that goes into
// quotes.
func domainName(s string) bool {
	labels := 0
	for label := range strings.SplitSeq(s, ".") {
		if keyword(label) == "" || label[0] == '-' {
			return false
		}
		labels++
	}
	return labels > 1
}
