package sender_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// The test key, made of a fixed seed.
var (
	privateKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	publicKey  = base64.StdEncoding.EncodeToString(privateKey.Public().(ed25519.PublicKey))
)

// sign puts a DKIM signature with simple canonicalisation on top of a message,
// which therefore is hashed as it is (RFC 6376 sections 3.4.1 and 3.7). The tags
// must have d, s and h, and may have l.
func sign(message []byte, tags string) []byte {
	header, body, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	covered := body
	var names []string
	for tag := range strings.SplitSeq(tags, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(tag), "=")
		switch name {
		case "h":
			names = strings.Split(value, ":")
		case "l":
			var n int
			fmt.Sscan(value, &n)
			covered = body[:n]
		}
	}
	own := "DKIM-Signature: v=1; a=ed25519-sha256; " + tags + "; bh=" + hash(covered) + "; b="
	return append([]byte(own+signature(selected(header, names)+own)+"\r\n"), message...)
}

// seal puts an ARC set of instance 1 on top of a message. Its fields are in
// relaxed form already, which a seal is hashed in (RFC 8617 section 5.1.1).
func seal(message []byte, domain, selector, results string) []byte {
	header, body, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	who := fmt.Sprintf("a=ed25519-sha256; d=%s; s=%s; ", domain, selector)
	aar := "arc-authentication-results:i=1; " + results + "\r\n"
	ams := "arc-message-signature:i=1; " + who + "h=from:subject; bh=" + hash(body) + "; b="
	ams += signature(selected(header, []string{"from", "subject"})+ams) + "\r\n"
	as := "arc-seal:i=1; cv=none; " + who + "b="
	as += signature(aar+ams+as) + "\r\n"
	return append([]byte(as+ams+aar), message...)
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// signature is over the digest (RFC 8463 section 3).
func signature(input string) string {
	sum := sha256.Sum256([]byte(input))
	return base64.StdEncoding.EncodeToString(ed25519.Sign(privateKey, sum[:]))
}

// selected are the named fields of a header of one-line fields.
func selected(header []byte, names []string) string {
	var b strings.Builder
	for _, name := range names {
		for line := range strings.SplitSeq(string(header), "\r\n") {
			if n, _, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
				b.WriteString(line + "\r\n")
			}
		}
	}
	return b.String()
}
