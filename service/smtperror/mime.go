package smtperror

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// bodies are the parts of a bounce by what they are for.
type bodies struct {
	subject   string
	status    string   // message/delivery-status, RFC 3464
	human     []string // text parts
	automatic bool
}

// mimeBodies reads a text that is a whole message (RFC 2045, RFC 2046) with a
// transfer encoding or with parts. Parts that are the returned message are dropped.
func mimeBodies(text string, depth int) (bodies, bool) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	head, body := splitHeader(strings.TrimLeft(text, "\n "))
	if head == nil || head["content-type"] == "" {
		return bodies{}, false
	}
	b := bodies{automatic: automatic(head)}
	b.subject, _ = new(mime.WordDecoder).DecodeHeader(head["subject"])
	b.walk(head, body, depth)
	return b, b.status != "" || len(b.human) > 0
}

// walk takes in one entity.
func (b *bodies) walk(head map[string]string, body string, depth int) {
	media, params, err := mime.ParseMediaType(head["content-type"])
	if err != nil && media == "" {
		media = "text/plain" // RFC 2045 section 5.2
	}
	switch {
	case strings.HasPrefix(media, "multipart/") && params["boundary"] != "":
		if depth > 0 {
			b.split(body, "--"+params["boundary"], depth)
		}
	case media == "message/delivery-status" || media == "message/global-delivery-status" || media == "message/feedback-report":
		b.status += decode(head, body, params["charset"]) + "\n"
	case strings.HasPrefix(media, "text/") && media != "text/rfc822-headers":
		b.human = append(b.human, cutOriginal(decode(head, body, params["charset"])))
	}
}

// split cuts a multipart body at its boundary (RFC 2046 section 5.1.1).
func (b *bodies) split(body, boundary string, depth int) {
	for i, piece := range strings.SplitN("\n"+body, "\n"+boundary, 16) {
		if i == 0 || strings.HasPrefix(piece, "--") {
			continue
		}
		_, piece, _ = strings.Cut(piece, "\n")
		head := map[string]string{}
		rawHead, content, ok := strings.Cut("\n"+piece, "\n\n")
		if !ok {
			content = piece
		}
		rawHead = strings.ReplaceAll(strings.ReplaceAll(rawHead, "\n ", " "), "\n\t", " ")
		for line := range strings.Lines(rawHead) {
			if name, value, ok := strings.Cut(line, ":"); ok {
				head[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
			}
		}
		b.walk(head, content, depth-1)
	}
}

// decode undoes the transfer encoding (RFC 2045 section 6) and the charset.
func decode(head map[string]string, body, charset string) string {
	switch strings.ToLower(head["content-transfer-encoding"]) {
	case "base64":
		r := base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.TrimSpace(body)))
		out, _ := io.ReadAll(r) // what was decoded before a fault is of use
		body = string(out)
	case "quoted-printable":
		out, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
		body = string(out)
	}
	if e, err := htmlindex.Get(charset); err == nil {
		if s, err := e.NewDecoder().String(body); err == nil {
			return s
		}
	}
	return body
}
