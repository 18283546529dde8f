package spf

// Macro is a macro-string (RFC 7208 section 7.1): a domain-spec, the value of an
// unknown modifier or an explanation.
type Macro struct {
	text  string
	parts []part
	name  string // canonical, when the text is a name without macros
}

// part is a literal, or a macro-expand when letter is not 0.
type part struct {
	literal string
	letter  byte // in lower case
	escape  bool // upper case: to be URL-escaped
	reverse bool
	keep    int // right-hand parts to keep, 0 for all
	delims  string
}

// String is the macro-string as written.
func (m *Macro) String() string { return m.text }
