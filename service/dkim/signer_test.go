package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// signer makes signatures by the letter of RFC 6376 section 3.7, with a
// canonicalisation of its own, written for plainness.
type signer struct {
	key    crypto.Signer // the 2048-bit RSA key when nil
	tags   string        // all but a=, bh=, h= and b=; a default when ""
	names  string        // h=
	length int           // l=, none when 0
	a      string        // a=, that of the key when ""
	after  string        // tags after b=
	field  string        // the field's name, DKIM-Signature when ""
}

const defaultTags = "v=1; c=relaxed/relaxed; d=example.com; s=s1"

// sign puts a signature field before the message.
func (s signer) sign(t testing.TB, message string) string {
	t.Helper()
	if s.key == nil {
		s.key = rsaKey(t, 2048)
	}
	if s.tags == "" {
		s.tags = defaultTags
	}
	if s.names == "" {
		s.names = "from:to:subject:date"
	}
	if s.field == "" {
		s.field = "DKIM-Signature"
	}
	if s.a == "" {
		s.a = "rsa-sha256"
		if _, ok := s.key.(ed25519.PrivateKey); ok {
			s.a = "ed25519-sha256"
		}
	}
	header, body, _ := strings.Cut(message, "\r\n\r\n")
	hc, bc := referenceCanons(s.tags)
	canonical := referenceBody(bc, body)
	if s.length > 0 {
		canonical = canonical[:s.length]
		s.tags += "; l=" + strconv.Itoa(s.length)
	}
	bh := sha256.Sum256([]byte(canonical))
	unsigned := s.field + ": " + s.tags + "; a=" + s.a + ";\r\n\tbh=" + b64(bh[:]) + "; h=" + s.names + ";\r\n\tb="
	input := referenceSelect(hc, header, s.names) + strings.TrimSuffix(referenceField(hc, unsigned+s.after), "\r\n")
	digest := sha256.Sum256([]byte(input))
	return unsigned + b64(rawSign(t, s.key, digest[:])) + s.after + "\r\n" + message
}

// rawSign signs a digest: Ed25519 takes it as its message (RFC 8463 section 3).
func rawSign(t testing.TB, key crypto.Signer, digest []byte) []byte {
	t.Helper()
	opts := crypto.SignerOpts(crypto.SHA256)
	if _, ok := key.(ed25519.PrivateKey); ok {
		opts = crypto.Hash(0)
	}
	value, err := key.Sign(rand.Reader, digest, opts)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func referenceCanons(tags string) (header, body string) {
	_, rest, ok := strings.Cut(tags, "c=")
	if !ok {
		return "simple", "simple"
	}
	c, _, _ := strings.Cut(rest, ";")
	header, body, ok = strings.Cut(strings.TrimSpace(c), "/")
	if !ok {
		body = "simple"
	}
	return header, body
}

var (
	wspRun = regexp.MustCompile(`[ \t]+`)
	wspEnd = regexp.MustCompile(`[ \t]+(\r\n|$)`)
)

func referenceField(canon, field string) string {
	field = strings.TrimSuffix(field, "\r\n")
	if canon == "simple" {
		return field + "\r\n"
	}
	name, value, _ := strings.Cut(field, ":")
	value = strings.ReplaceAll(value, "\r\n", "")
	value = strings.Trim(wspRun.ReplaceAllString(value, " "), " ")
	return strings.ToLower(strings.TrimRight(name, " \t")) + ":" + value + "\r\n"
}

func referenceBody(canon, body string) string {
	if canon == "relaxed" {
		body = wspEnd.ReplaceAllString(body, "$1")
		body = wspRun.ReplaceAllString(body, " ")
	}
	for strings.HasSuffix(body, "\r\n") {
		body = strings.TrimSuffix(body, "\r\n")
	}
	if body == "" && canon == "relaxed" {
		return ""
	}
	return body + "\r\n"
}

// referenceSelect canonicalises what h= selects: each name the lowest field left.
func referenceSelect(canon, header, names string) string {
	var fields []string
	for _, line := range strings.SplitAfter(header+"\r\n", "\r\n") {
		if line != "" && strings.ContainsAny(line[:1], " \t") && len(fields) > 0 {
			fields[len(fields)-1] += line
		} else {
			fields = append(fields, line)
		}
	}
	var out string
	for _, name := range strings.Split(names, ":") {
		for i := len(fields) - 1; i >= 0; i-- {
			n, _, _ := strings.Cut(fields[i], ":")
			if strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(name)) {
				out += referenceField(canon, fields[i])
				fields[i] = ""
				break
			}
		}
	}
	return out
}

// keyRecord is a TXT record for zone text.
func keyRecord(t testing.TB, name string, key crypto.Signer, tags string) string {
	t.Helper()
	p := ""
	switch pub := key.Public().(type) {
	case ed25519.PublicKey:
		p = b64(pub)
		tags = "k=ed25519; " + tags
	default:
		p = b64(spki(t, pub))
	}
	return name + ". TXT " + resolver.SplitTXT("v=DKIM1; "+tags+"p="+p).String() + "\n"
}

// world is a resolver with the key of s1 and of ed.
func world(t testing.TB, more ...string) *dnstest.Resolver {
	t.Helper()
	return dnstest.New(t, keyRecord(t, "s1._domainkey.example.com", rsaKey(t, 2048), "")+
		keyRecord(t, "ed._domainkey.example.com", ed25519Key, "")+strings.Join(more, "\n"))
}

const plainMessage = "From: Alice <alice@example.com>\r\nTo: bob@example.net\r\nSubject: a  folded\r\n\tsubject \r\n" +
	"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nHello  Bob, \r\n\r\n how are\tyou?\r\n\r\n\r\n"
