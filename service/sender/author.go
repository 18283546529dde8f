package sender

import (
	"errors"
	"strings"

	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// author finds the author domain: in the message's From fields, or else in what
// the request says of them.
func author(req Request, m *message) Author {
	if m == nil && req.From == "" {
		return Author{}
	}
	if m != nil && m.Message == nil {
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
