package sender

import (
	"bytes"
	"errors"
	"strings"

	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// author finds the author domain: in the message, or else in what the request
// says of the From field.
func author(req Request) Author {
	var fields []string
	switch {
	case req.Message != nil:
		fields = fromFields(req.Message)
	case req.From == "":
		return Author{}
	case !strings.ContainsAny(req.From, "@<,:;"):
		if name, err := orgdomain.ALabel(req.From); err == nil && name != "." {
			return Author{Given: true, Domain: name}
		}
		fallthrough
	default:
		fields = []string{req.From}
	}
	out := Author{Given: true}
	var err error
	if out.Domain, err = dmarc.AuthorDomain(fields); err != nil {
		errors.As(err, &out.Err)
	}
	return out
}

// maxFields bounds the From fields that are looked at: a second one is enough to
// rule DMARC out.
const maxFields = 4

// fromFields are the bodies of a message's From fields, folded as they are. The
// header ends at the first empty line (RFC 5322 section 2.1).
func fromFields(message []byte) []string {
	var out []string
	for len(message) > 0 && len(out) < maxFields {
		end := fieldEnd(message)
		field := message[:end]
		if field[0] == '\r' || field[0] == '\n' {
			break
		}
		message = message[end:]
		if name, body, ok := bytes.Cut(field, []byte(":")); ok && bytes.EqualFold(bytes.TrimRight(name, " \t"), []byte("from")) {
			out = append(out, string(body))
		}
	}
	return out
}

// fieldEnd is where the field at the start of a header ends: behind the first line
// break that no white space follows.
func fieldEnd(header []byte) int {
	for i := 0; ; {
		n := bytes.IndexByte(header[i:], '\n')
		if n < 0 {
			return len(header)
		}
		if i += n + 1; i == len(header) || header[i] != ' ' && header[i] != '\t' {
			return i
		}
	}
}
