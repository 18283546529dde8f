package arc

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// sealer adds ARC Sets by the letter of RFC 8617 section 5.1, with an Ed25519
// key and a canonicalisation of its own, written for plainness.
type sealer struct {
	domain   string // of both signatures; sealer.test when ""
	instance string // i= of all three; the number when ""
	cv       string // none or pass when ""
	ams      string // further tags of the message signature
	as       string // further tags of the seal
	h        string // h= of the message signature
	aar      string // the whole value of ARC-Authentication-Results
}

var sealKey = ed25519.NewKeyFromSeed([]byte("fedcba9876543210fedcba9876543210"))

// zone holds the key of sealer.test and of more domains.
func zone(domains ...string) string {
	record := " TXT \"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(sealKey.Public().(ed25519.PublicKey)) + "\"\n"
	text := "s._domainkey.sealer.test." + record
	for _, d := range domains {
		text += "s._domainkey." + d + "." + record
	}
	return text
}

var (
	runs    = regexp.MustCompile(`[ \t]+`)
	lineEnd = regexp.MustCompile(`[ \t]+(\r\n|$)`)
)

func relaxedField(field string) string {
	name, value, _ := strings.Cut(strings.TrimSuffix(field, "\r\n"), ":")
	value = strings.ReplaceAll(value, "\r\n", "")
	return strings.ToLower(strings.TrimRight(name, " \t")) + ":" + strings.Trim(runs.ReplaceAllString(value, " "), " ") + "\r\n"
}

func relaxedBody(body string) string {
	body = runs.ReplaceAllString(lineEnd.ReplaceAllString(body, "$1"), " ")
	if body = strings.TrimRight(body, "\r\n"); body == "" {
		return ""
	}
	return body + "\r\n"
}

func signed(input string) string {
	digest := sha256.Sum256([]byte(input))
	return base64.StdEncoding.EncodeToString(ed25519.Sign(sealKey, digest[:]))
}

// seal adds the next set on top of the message.
func (s sealer) seal(message string) string {
	header, body, _ := strings.Cut(message, "\r\n\r\n")
	chain := chainOf(header)
	n := len(chain)/3 + 1
	if s.instance == "" {
		s.instance = fmt.Sprint(n)
	}
	if s.domain == "" {
		s.domain = "sealer.test"
	}
	if s.cv == "" {
		s.cv = [2]string{"none", "pass"}[min(n-1, 1)]
	}
	if s.h == "" {
		s.h = "from:subject"
	}
	if s.aar == "" {
		s.aar = fmt.Sprintf(" i=%s; sealer.test; spf=pass", s.instance)
	}
	aar := "ARC-Authentication-Results:" + s.aar + "\r\n"
	bh := sha256.Sum256([]byte(relaxedBody(body)))
	ams := fmt.Sprintf("ARC-Message-Signature: i=%s; a=ed25519-sha256; c=relaxed/relaxed; d=%s; s=s; h=%s; bh=%s;%s b=", s.instance, s.domain, s.h,
		base64.StdEncoding.EncodeToString(bh[:]), s.ams)
	ams += signed(selected(header, s.h)+strings.TrimSuffix(relaxedField(ams), "\r\n")) + "\r\n"
	as := fmt.Sprintf("ARC-Seal: i=%s; a=ed25519-sha256; cv=%s; d=%s; s=s; t=1767225600;%s\r\n\tb=", s.instance, s.cv, s.domain, s.as)
	input := ""
	for _, field := range append(chain, aar, ams) {
		input += relaxedField(field)
	}
	as += signed(input+strings.TrimSuffix(relaxedField(as), "\r\n")) + "\r\n"
	return as + ams + aar + message
}

// chainOf is the fields of the sets in a header, oldest first and in the order
// of a seal's input.
func chainOf(header string) []string {
	var chain []string
	for _, f := range fieldsOf(header) {
		if strings.HasPrefix(strings.ToLower(f), "arc-") {
			chain = append([]string{f}, chain...)
		}
	}
	return chain
}

func fieldsOf(header string) []string {
	var fields []string
	for _, line := range strings.SplitAfter(header+"\r\n", "\r\n") {
		if line != "" && strings.ContainsAny(line[:1], " \t") && len(fields) > 0 {
			fields[len(fields)-1] += line
		} else if line != "" {
			fields = append(fields, line)
		}
	}
	return fields
}

// selected canonicalises the lowest fields of the names in h=, once each.
func selected(header, h string) string {
	out := ""
	fields := fieldsOf(header)
	for _, name := range strings.Split(h, ":") {
		for i := len(fields) - 1; i >= 0; i-- {
			if n, _, _ := strings.Cut(fields[i], ":"); strings.EqualFold(n, name) {
				out += relaxedField(fields[i])
				fields[i] = ""
				break
			}
		}
	}
	return out
}
