package domain

import (
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/finding"
)

// usable tells whether the selector has one key and that verifies mail; no
// receiver takes RSA below 1024 bits (RFC 8301 section 3.2).
func (k DKIMKey) usable() bool {
	if len(k.Published.Records) != 1 {
		return false
	}
	r := k.Published.Records[0]
	short := r.Key.Algorithm == "rsa" && r.Key.Bits < 1024
	return r.Err == nil && r.Key.Public != nil && r.Key.Restriction() == "" && !short
}

// published tells whether there is a key, sound or not, that is not revoked.
func (k DKIMKey) published() bool {
	return slices.ContainsFunc(k.Published.Records, func(r dkim.Record) bool { return !r.Key.Revoked })
}

// absent tells whether it is known that there is no record.
func (k DKIMKey) absent() bool { return k.Err == nil && len(k.Published.Records) == 0 }

// forKeys runs a check over the selectors and completes its hits.
func forKeys(f *Facts, check func(DKIMKey) (finding.Hit, bool)) []finding.Hit {
	var out []finding.Hit
	for _, k := range f.DKIM.Value.Keys {
		hit, ok := check(k)
		if !ok || k.Err != nil {
			continue
		}
		hit.Subject = k.Name
		if hit.Evidence == nil {
			hit.Evidence = keyLines([]DKIMKey{k})
		}
		out = append(out, hit)
	}
	return out
}

// forGiven is forKeys for selectors that the request named.
func forGiven(f *Facts, check func(DKIMKey) (finding.Hit, bool)) []finding.Hit {
	if !f.DKIM.Value.Given {
		return nil
	}
	return forKeys(f, check)
}

// forRecords runs a check over each record that is no half of a split key; the
// first hit of a selector counts.
func forRecords(f *Facts, check func(DKIMKey, dkim.Record) (finding.Hit, bool)) []finding.Hit {
	return forKeys(f, func(k DKIMKey) (finding.Hit, bool) {
		if _, split := k.Published.Split(); split {
			return no()
		}
		for _, r := range k.Published.Records {
			if hit, ok := check(k, r); ok {
				hit.Evidence = []string{line(k.Published.Answer.Name, resolver.TypeTXT, r.TXT.String())}
				return hit, true
			}
		}
		return no()
	})
}

// keyLines are the records of selectors as evidence, aliases included.
func keyLines(keys []DKIMKey) []string {
	var out []string
	for _, k := range keys {
		if k.CNAMETarget != "" {
			out = append(out, line(k.Name, resolver.TypeCNAME, resolver.Absolute(k.CNAMETarget)))
		}
		for _, r := range k.Published.Records {
			out = append(out, line(k.Published.Answer.Name, resolver.TypeTXT, r.TXT.String()))
		}
	}
	return out
}

// rewrite puts another text in the place of a record, when that makes a sound key
// and the record is the domain's own.
func (k DKIMKey) rewrite(r dkim.Record, text string) []finding.Change {
	key, err := dkim.ParseKey(text)
	if err != nil || key.Public == nil || text == r.TXT.Text || k.CNAMETarget != "" {
		return nil
	}
	return []finding.Change{{Action: finding.Replace, Name: k.Name, Type: "TXT", Current: r.TXT.Text, Proposed: text}}
}

// mendedKey is a faulty record as it was probably meant: without stray
// characters, with v= in front, without the header lines of PEM. It may still be
// no key.
func mendedKey(r dkim.Record) string {
	text := r.TXT.Text
	if e, ok := r.Err.(*dkim.KeyError); ok && e.Cleaned != "" {
		return e.Cleaned
	}
	for _, mark := range []string{"-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"} {
		text = strings.ReplaceAll(text, mark, "")
	}
	return "v=DKIM1; " + withoutTags(text, "v")
}

// withoutTags is a tag list without the tags of the names.
func withoutTags(text string, names ...string) string {
	var kept []string
	for part := range strings.SplitSeq(text, ";") {
		name, _, _ := strings.Cut(part, "=")
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(names, strings.TrimSpace(name)) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "; ")
}
