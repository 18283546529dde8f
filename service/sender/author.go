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

func authorOf(fields []string) Author {
	out := Author{Given: true}
	var err error
	if out.Domain, err = dmarc.AuthorDomain(fields); err != nil {
		errors.As(err, &out.Err)
	}
	return out
}
