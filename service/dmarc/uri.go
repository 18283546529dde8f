package dmarc

import (
	"net/url"
	"strings"
)

// URI is one destination of reports (RFC 9989 section 4.6).
type URI struct {
	// Text is the URI as published, without an obsolete size limit ("!10m").
	Text string
	// Valid tells whether it is a URI by RFC 3986; a mailto also needs an address
	// (RFC 6068 section 2).
	Valid bool
	// Scheme is in lower case: "mailto".
	Scheme string
	// Address is the mailbox of a mailto, percent-encoding undone; Host its
	// domain as written, or the host of another URI.
	Address, Host string
}

// Usable tells whether reports can be sent to it: it is valid and a mailto, the
// only scheme that must be supported (RFC 9989 section 4.7).
func (u URI) Usable() bool { return u.Valid && u.Scheme == "mailto" }

// maxURIs bounds the destinations of a tag that are kept. Beyond it the first valid one
// is, for a record may depend on there being one (RFC 9989 section 4.10.1).
const maxURIs = 100

// uris reads the list of a rua or ruf tag.
func (r *Record) uris(tag, value string) []URI {
	var out []URI
	valid := false
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.Trim(item, wsp); item == "" {
			continue // a comma too many
		}
		full := len(out) >= maxURIs
		if full && valid {
			break
		}
		u := parseURI(item)
		if valid = valid || u.Valid; full && !u.Valid {
			continue
		}
		switch {
		case !u.Valid:
			r.problem(InvalidURI, tag, item)
		case !u.Usable():
			r.problem(UnservedScheme, tag, item)
		}
		out = append(out, u)
	}
	return out
}

func parseURI(s string) URI {
	u := URI{Text: dropSize(s)}
	scheme, rest, ok := strings.Cut(u.Text, ":")
	if !ok || !schemeName(scheme) || !uriCharacters(rest) {
		return u
	}
	u.Scheme = strings.ToLower(scheme)
	if u.Scheme != "mailto" {
		p, err := url.Parse(u.Text)
		if err != nil {
			return u
		}
		u.Host = p.Hostname()
		u.Valid = u.Host != "" || u.Scheme != "https" && u.Scheme != "http" && rest != ""
		return u
	}
	path, _, _ := strings.Cut(rest, "?")
	address, err := url.PathUnescape(path)
	if err != nil {
		return u
	}
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || strings.ContainsAny(address[at+1:], " \t:/;") {
		return u
	}
	u.Address, u.Host, u.Valid = address, address[at+1:], true
	return u
}

// dropSize removes the report size of RFC 7489, which is read and ignored (RFC
// 9989 section 4.8, obs-dmarc-report-size).
func dropSize(s string) string {
	uri, size, ok := strings.Cut(s, "!")
	if !ok || size == "" {
		return s
	}
	digits := strings.TrimRight(size, "kmgtKMGT")
	if len(size)-len(digits) > 1 || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	return uri
}

// schemeName is scheme of RFC 3986 section 3.1.
func schemeName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if c >= 'a' && c <= 'z' || i > 0 && (s[i] >= '0' && s[i] <= '9' || strings.IndexByte("+-.", s[i]) >= 0) {
			continue
		}
		return false
	}
	return s != ""
}

// uriCharacters tells whether s has only what RFC 3986 section 2 allows; "!" is
// not among it, for DMARC wants it encoded (RFC 9989 section 4.8).
func uriCharacters(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~:/?#[]@$&'()*+;=", c) >= 0:
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) && hexDigit(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	return true
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
