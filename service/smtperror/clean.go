package smtperror

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// clean makes of what people paste a text in UTF-8 with plain spaces, plain
// quotes and real line ends, and undoes the wrappings that act on characters:
// escapes of JSON and Python, entities and tags of HTML, soft breaks of
// quoted-printable (RFC 2045 section 6.7).
func clean(text string) string {
	if len(text) > MaxText {
		text = strings.ToValidUTF8(text[:MaxText], "")
	}
	if strings.Contains(text, "\x1b$") {
		// RFC 1468: ISO-2022-JP shifts with escape sequences.
		if s, err := japanese.ISO2022JP.NewDecoder().String(text); err == nil {
			text = s
		}
	}
	if strings.ContainsRune(text, '=') {
		text = unquotePrintable(text)
	}
	if strings.ContainsRune(text, '\\') {
		text = unescape(text)
	}
	if strings.ContainsRune(text, '&') {
		text = entities(text)
	}
	if strings.ContainsRune(text, '<') {
		text = stripTags(text)
	}
	text = strings.Map(plain, unify(text))
	return strings.TrimRight(strings.TrimSpace(text), "= ")
}

// entities decodes HTML entities that end with a semicolon; what else begins with
// an ampersand is a URL.
func entities(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '&' {
			if n := strings.IndexByte(text[i:min(len(text), i+12)], ';'); n > 1 && !strings.ContainsAny(text[i+1:i+n], "&= /?") {
				b.WriteString(html.UnescapeString(text[i : i+n+1]))
				i += n
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// unify maps octets that are no UTF-8 as Windows-1252 nearly does, which is what
// such texts most often are, and brings line ends to one form.
func unify(text string) string {
	if !utf8.ValidString(text) {
		var b strings.Builder
		for i := 0; i < len(text); {
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n == 1 {
				r = rune(text[i])
			}
			b.WriteRune(r)
			i += n
		}
		text = b.String()
	}
	if strings.ContainsRune(text, '\r') {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text
}

// plain maps characters that only look different to the plain one, and drops
// those that cannot be seen.
func plain(r rune) rune {
	switch {
	case r == '\n' || ' ' <= r && r < 0x7f:
		return r
	case r == 0 || r == 0xad || r == 0xfeff || 0x200b <= r && r <= 0x200f || 0x202a <= r && r <= 0x202e || 0x2060 <= r && r <= 0x2069:
		return -1
	case r == utf8.RuneError:
		return '?'
	case 0xff01 <= r && r <= 0xff5e: // full width
		return r - 0xff01 + '!'
	case r == 0x2018 || r == 0x2019 || r == 0x201a || r == 0xb4 || r == 0x2032:
		return '\''
	case r == 0x201c || r == 0x201d || r == 0x201e || r == 0xab || r == 0xbb || r == 0x2033:
		return '"'
	case 0x2010 <= r && r <= 0x2015 || r == 0x2212:
		return '-'
	case r == 0x3002:
		return '.'
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return ' '
	case !unicode.IsPrint(r):
		return -1
	}
	return r
}

// unquotePrintable joins soft line breaks, and decodes =XX where the text is
// surely quoted-printable.
func unquotePrintable(text string) string {
	soft := strings.Contains(text, "=\n") || strings.Contains(text, "=\r\n")
	if !soft && !strings.Contains(text, "=3D") && !strings.Contains(text, "=20\n") && !strings.Contains(text, "=C3=") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '=' {
			b.WriteByte(text[i])
			continue
		}
		rest := text[i+1:]
		switch {
		case strings.HasPrefix(rest, "\n"):
			i++
		case strings.HasPrefix(rest, "\r\n"):
			i += 2
		case len(rest) >= 2 && upperHex(rest[0]) >= 0 && upperHex(rest[1]) >= 0:
			b.WriteByte(byte(upperHex(rest[0])<<4 | upperHex(rest[1])))
			i += 2
		default:
			b.WriteByte('=')
		}
	}
	return b.String()
}

func upperHex(c byte) int { return strings.IndexByte("0123456789ABCDEF", c) }

// unescape undoes the escapes that logs, JSON and Python leave: \n, \r, \t, quotes,
// \/ and \uXXXX. Other backslashes stay.
func unescape(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 'r', 't':
			b.WriteByte(' ')
		case '"', '\'', '/', '\\':
			b.WriteByte(c)
		case 'u':
			if r, ok := hexRune(text[i+1:]); ok {
				b.WriteRune(r)
				i += 4
				continue
			}
			b.WriteString(`\u`)
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

func hexRune(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		d := strings.IndexByte("0123456789abcdef", s[i]|0x20)
		if s[i] >= '0' && s[i] <= '9' {
			d = int(s[i] - '0')
		}
		if d < 0 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

// tags are the HTML elements that reports are made of; true for those that end a
// line. Only these are taken for markup: <localhost> and <user@example.net> are
// what a reply is about.
var tags = map[string]bool{
	"html": true, "head": true, "body": true, "title": true, "meta": false, "style": true, "div": true, "p": true, "br": true,
	"table": true, "tbody": true, "thead": true, "tr": true, "td": true, "th": true, "span": false, "font": false, "b": false, "i": false, "u": false,
	"strong": false, "em": false, "a": false, "ul": true, "ol": true, "li": true, "h1": true, "h2": true, "h3": true, "h4": true, "hr": true,
	"pre": true, "code": false, "tt": false, "img": false, "center": true, "blockquote": true, "small": false, "script": true, "section": true,
}

// stripTags takes HTML tags out. The target of a link is kept as text.
func stripTags(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '<' {
			b.WriteByte(text[i])
			continue
		}
		end := strings.IndexAny(text[i+1:min(len(text), i+1024)], "<>")
		if end < 0 || text[i+1+end] != '>' {
			b.WriteByte('<')
			continue
		}
		inside := text[i+1 : i+1+end]
		name := strings.ToLower(strings.Trim(inside, "/ "))
		if cut := strings.IndexAny(name, " \t\n/"); cut > 0 {
			name = name[:cut]
		}
		line, known := tags[name]
		switch {
		case !known && !strings.HasPrefix(inside, "!--"):
			b.WriteByte('<')
			continue
		case name == "a" && !strings.HasPrefix(inside, "/"):
			b.WriteString(href(inside))
		case line:
			b.WriteByte('\n')
		}
		i += end + 1
	}
	return b.String()
}

func href(tag string) string {
	_, rest, ok := strings.Cut(tag, "href=")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, `"'`)
	if end := strings.IndexAny(rest, `"' `); end >= 0 {
		rest = rest[:end]
	}
	if !strings.HasPrefix(rest, "http") {
		return ""
	}
	return " " + rest + " "
}
