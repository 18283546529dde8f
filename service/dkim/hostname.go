package dkim

import (
	"strings"
	"unicode/utf8"

	"github.com/mailassay/mailassay/service/orgdomain"
)

// maxName is the length of the longest domain name in presentation form (RFC 1035
// section 3.1).
const maxName = 253

// hostname is a domain name or selector of a tag as it is asked for: A-labels in
// lower case. U-labels are converted (RFC 8616 section 5). It refuses what is no
// host name of at least the given number of labels (RFC 6376 section 3.5), but
// takes underscores, which selectors in use have.
func hostname(s string, labels int) (string, bool) {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		a, err := orgdomain.ALabelStrict(s)
		if err != nil || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "\u3002") || strings.HasSuffix(s, "\uff0e") || strings.HasSuffix(s, "\uff61") {
			return "", false
		}
		s = a
	}
	if len(s) > maxName {
		return "", false
	}
	from := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			if !ldh(s[i]) {
				return "", false
			}
			continue
		}
		if label := s[from:i]; label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "", false
		}
		labels--
		from = i + 1
	}
	return strings.ToLower(s), labels <= 0
}

func ldh(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// within tells whether a name is domain or below it.
func within(name, domain string) bool {
	head, ok := strings.CutSuffix(name, domain)
	return ok && (head == "" || head[len(head)-1] == '.')
}
