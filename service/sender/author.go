package sender

import (
	"errors"
	"strings"

	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// author finds the author domain: in the message's From fields, or else in what
// the request says of them. Of a message whose header has not come to its end
// nothing is known; one whose header has no end that anybody reads is malformed.
func author(req Request, m *message, failure error) Author {
	switch {
	case m == nil && failure != nil, m != nil && m.Message == nil && !errors.Is(failure, dkim.ErrHeaderTooLong):
		return Author{Given: true, Lost: failure}
	case m == nil && req.From == "":
		return Author{}
	case m != nil && m.Message == nil:
		return Author{Given: true, Err: &dmarc.AuthorError{Class: dmarc.InvalidAuthor, Detail: "the header of the message cannot be read to its end"}}
	}
	if m != nil {
		return authorOf(m.from())
	}
	if !strings.ContainsAny(req.From, "@<,:;") {
		if name, err := orgdomain.ALabel(req.From); err == nil && name != "." {
			return Author{Given: true, Domain: name}
		}
	}
	return authorOf([]string{req.From})
}

// AuthorIn is what of a From text a report without message depends on. Of one with
// an author domain that is the domain, or, for the plain addresses that are nearly
// all there are, what follows the local part.
func AuthorIn(from string) (text string, domain bool) {
	if at := strings.LastIndexByte(from, '@'); at > 0 && word(from[:at]) && word(from[at+1:]) {
		return from[at:], true
	}
	if a := author(Request{From: from}, nil, nil); a.Domain != "" {
		return a.Domain, true
	}
	return from, false
}

// word tells whether s is a dot-atom of letters, digits, hyphens, underscores and plus
// signs (RFC 5322 section 3.2.3).
func word(s string) bool {
	last := byte('.')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '+':
		case c == '.' && last != '.':
		default:
			return false
		}
		last = s[i]
	}
	return last != '.'
}

func authorOf(fields []string) Author {
	out := Author{Given: true}
	var err error
	if out.Domain, err = dmarc.AuthorDomain(fields); err != nil {
		errors.As(err, &out.Err)
	}
	return out
}
