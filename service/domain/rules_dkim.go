package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/finding"
)

// algorithms are the names of key algorithms for people.
var algorithms = map[string]string{"rsa": "RSA", "ed25519": "Ed25519"}

// dkimRules judge the keys. Those that judge one key by itself need no topic as a
// whole: what is not known of a key is in the key.
var dkimRules = []rule{
	{
		Code: "DKIM_KEY_VALID", Severity: finding.Info, Area: finding.DKIM,
		Title:      "There is a usable DKIM key",
		References: []string{"RFC 6376 section 3.6.1"},
		Find: func(f *Facts) []finding.Hit {
			return forKeys(f, func(k DKIMKey) (finding.Hit, bool) {
				if !k.usable() {
					return no()
				}
				return finding.Hit{Detail: fmt.Sprintf("The selector %s has a usable %s key of %d bits.", k.Selector, algorithms[k.Algorithm], k.Bits)}, true
			})
		},
	},
	{
		Code: "DKIM_NOT_FOUND_BY_GUESS", Severity: finding.Info, Area: finding.DKIM,
		Title:      "No DKIM key was found at the usual selectors",
		Remedy:     "Name the selectors in use: the tag s= of a DKIM-Signature field has them.",
		References: []string{"RFC 6376 section 3.1"},
		Needs:      topicExistence | topicDKIM | topicSPF,
		Find: func(f *Facts) []finding.Hit {
			none := !f.DKIM.Value.Given && f.Existence.Value.Domain && !f.SPF.Value.Parked && !slices.ContainsFunc(f.DKIM.Value.Keys, func(k DKIMKey) bool { return k.published() })
			if !none {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain,
				Detail:  fmt.Sprintf("None of %s looked at has a key, which proves nothing: a selector can have any name.", count(f.DKIM.Value.Probed, "usual selector", "usual selectors")),
			}}
		},
	},
	{
		Code: "DKIM_SELECTOR_MISSING", Severity: finding.Error, Area: finding.DKIM,
		Title:      "There is no key at a DKIM selector",
		Remedy:     "Publish the key record that the signing system shows for this selector.",
		References: []string{"RFC 6376 section 3.6.2"},
		Needs:      topicExistence | topicDKIMHints,
		Find: func(f *Facts) []finding.Hit {
			return forGiven(f, func(k DKIMKey) (finding.Hit, bool) {
				if !k.absent() || k.CNAMETarget != "" || !f.Existence.Value.Domain {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("There is no key at %s: mail signed with the selector %s fails DKIM.", k.Name, k.Selector),
					Evidence: []string{resolver.Absolute(k.Name) + " TXT: " + k.Published.Answer.Status.String()},
				}, true
			})
		},
	},
	{
		Code: "DKIM_KEY_REVOKED", Severity: finding.Error, Area: finding.DKIM,
		Title:      "A DKIM key in use is revoked",
		Remedy:     "Sign with another selector, or publish the key again.",
		References: []string{"RFC 6376 section 3.6.1"},
		Find: func(f *Facts) []finding.Hit {
			return forGiven(f, func(k DKIMKey) (finding.Hit, bool) {
				if !k.Revoked {
					return no()
				}
				return finding.Hit{Detail: fmt.Sprintf("The key of the selector %s is revoked (p= is empty): mail signed with it fails DKIM.", k.Selector)}, true
			})
		},
	},
	{
		Code: "DKIM_RETIRED_KEY", Severity: finding.Info, Area: finding.DKIM,
		Title:      "A DKIM key is retired",
		References: []string{"RFC 6376 section 3.6.1"},
		Find: func(f *Facts) []finding.Hit {
			return forKeys(f, func(k DKIMKey) (finding.Hit, bool) {
				if !k.Revoked || f.DKIM.Value.Given {
					return no()
				}
				return finding.Hit{Detail: fmt.Sprintf("The key of the selector %s is revoked, as is proper for one that is no longer in use.", k.Selector)}, true
			})
		},
	},
	flawRule("DKIM_TAG_SYNTAX", dkim.TagSyntax, "A DKIM key record is no list of tags",
		"Enter the record as the signing system shows it: tags parted by semicolons, v=DKIM1 first.", "RFC 6376 section 3.2", "RFC 6376 section 3.6.1"),
	flawRule("DKIM_KEY_BAD_BASE64", dkim.BadBase64, "A DKIM key has characters that no key has",
		"Enter the key again, as the signing system shows it.", "RFC 6376 section 3.6.1"),
	flawRule("DKIM_KEY_TRUNCATED", dkim.Truncated, "A DKIM key was cut off",
		"Enter the whole key; where a string may have 255 characters at most, as several strings of one record.", "RFC 6376 section 3.6.1"),
	flawRule("DKIM_KEY_INVALID", dkim.Invalid, "A DKIM key record holds no key",
		"Publish the public key that the signing system shows, as base64 without header lines.", "RFC 6376 section 3.6.1", "RFC 8463 section 4.2"),
	flawRule("DKIM_PRIVATE_KEY_PUBLISHED", dkim.PrivateKey, "A private key is published",
		"Remove the record, make a new pair of keys, and publish only the public one.", "RFC 6376 section 8"),
	flawRule("DKIM_STRAY_CHARACTERS", dkim.StrayCharacters, "A DKIM key record has characters that came in by copying",
		"Enter the record again as plain text, without quotes and backslashes.", "RFC 6376 section 3.2"),
	{
		Code: "DKIM_KEY_SPLIT", Severity: finding.Error, Area: finding.DKIM,
		Title:      "A DKIM key is split over two records",
		Remedy:     "Publish the key as one record of several strings.",
		References: []string{"RFC 6376 section 3.6.2.2"},
		Find: func(f *Facts) []finding.Hit {
			return forKeys(f, func(k DKIMKey) (finding.Hit, bool) {
				whole, ok := k.Published.Split()
				if !ok {
					return no()
				}
				hit := finding.Hit{Detail: fmt.Sprintf("The key of the selector %s stands in two records, each of which is a half: no receiver joins them.", k.Selector)}
				if ok && k.CNAMETarget == "" {
					hit.Changes = []finding.Change{
						{Action: finding.Replace, Name: k.Name, Type: "TXT", Current: k.Published.Records[0].TXT.Text, Proposed: whole.Text},
						{Action: finding.Remove, Name: k.Name, Type: "TXT", Current: k.Published.Records[1].TXT.Text},
					}
				}
				return hit, true
			})
		},
	},
	{
		Code: "DKIM_MULTIPLE_RECORDS", Severity: finding.Warning, Area: finding.DKIM,
		Title:      "There are several records at a DKIM selector",
		Remedy:     "Keep the record of the key that is in use, and remove the others.",
		References: []string{"RFC 6376 section 3.6.2.2"},
		Find: func(f *Facts) []finding.Hit {
			return forKeys(f, func(k DKIMKey) (finding.Hit, bool) {
				_, split := k.Published.Split()
				if len(k.Published.Records) <= 1 || split {
					return no()
				}
				return finding.Hit{Detail: fmt.Sprintf("The selector %s has %d records, and receivers may use any of them.", k.Selector, len(k.Published.Records))}, true
			})
		},
	},
	{
		Code: "DKIM_RSA_TOO_SHORT", Severity: finding.Error, Area: finding.DKIM,
		Title:      "A DKIM key is too short",
		Remedy:     "Make a key of 2048 bits and publish it at a new selector.",
		References: []string{"RFC 8301 section 3.2"},
		Find: func(f *Facts) []finding.Hit {
			return forRSA(f, 0, 1023, "The RSA key of the selector %s has %d bits; receivers reject keys below 1024.")
		},
	},
	{
		Code: "DKIM_RSA_WEAK", Severity: finding.Warning, Area: finding.DKIM,
		Title:      "A DKIM key is weak",
		Remedy:     "Make a key of 2048 bits and publish it at a new selector.",
		References: []string{"RFC 8301 section 3.2"},
		Find: func(f *Facts) []finding.Hit {
			return forRSA(f, 1024, 2047, "The RSA key of the selector %s has %d bits; 2048 are advised.")
		},
	},
	{
		Code: "DKIM_ED25519_ONLY", Severity: finding.Warning, Area: finding.DKIM,
		Title:      "The selectors hold only Ed25519 keys",
		Remedy:     "Sign with an RSA key of 2048 bits as well.",
		References: []string{"RFC 8463 section 6"},
		Needs:      topicDKIM,
		Find: func(f *Facts) []finding.Hit {
			var selectors []string
			for _, k := range f.DKIM.Value.Keys {
				if len(k.Published.Records) != 1 || k.Algorithm == "rsa" {
					return nil
				}
				selectors = append(selectors, k.Selector)
			}
			only := f.DKIM.Value.Given && slices.ContainsFunc(f.DKIM.Value.Keys, func(k DKIMKey) bool { return k.Algorithm == "ed25519" })
			if !only {
				return nil
			}
			return []finding.Hit{{
				Subject: f.Request.Domain, Evidence: keyLines(f.DKIM.Value.Keys),
				Detail: fmt.Sprintf("The selectors given (%s) have no RSA key, and most receivers cannot verify Ed25519.", and(selectors)),
			}}
		},
	},
	{
		Code: "DKIM_KEY_RESTRICTED", Severity: finding.Error, Area: finding.DKIM,
		Title:      "A DKIM key may not be used for mail",
		Remedy:     "Remove the tags h= and s= from the record.",
		References: []string{"RFC 8301 section 3.1", "RFC 6376 section 3.6.1"},
		Find: func(f *Facts) []finding.Hit {
			return forRecords(f, func(k DKIMKey, r dkim.Record) (finding.Hit, bool) {
				why := r.Key.Restriction()
				if r.Err != nil || r.Key.Public == nil || why == "" {
					return no()
				}
				return finding.Hit{
					Detail:  fmt.Sprintf("The key of the selector %s cannot verify mail: %s.", k.Selector, why),
					Changes: k.rewrite(r, withoutTags(r.TXT.Text, "h", "s")),
				}, true
			})
		},
	},
	{
		Code: "DKIM_TEST_MODE", Severity: finding.Warning, Area: finding.DKIM,
		Title:      "A DKIM key is marked as a test",
		Remedy:     "Remove t=y from the record once mail is signed well.",
		References: []string{"RFC 6376 section 3.6.1"},
		Find: func(f *Facts) []finding.Hit {
			return forRecords(f, func(k DKIMKey, r dkim.Record) (finding.Hit, bool) {
				if r.Err != nil || !r.Key.Testing || r.Key.Public == nil {
					return no()
				}
				return finding.Hit{
					Detail:  fmt.Sprintf("The key of the selector %s has the flag t=y: receivers may treat signed mail as unsigned.", k.Selector),
					Changes: k.rewrite(r, withoutTags(r.TXT.Text, "t")),
				}, true
			})
		},
	},
	{
		Code: "DKIM_CNAME_DANGLING", Severity: finding.Error, Area: finding.DKIM,
		Title:      "A DKIM selector is an alias for nothing",
		Remedy:     "Correct the target of the CNAME, or have its owner publish the key.",
		References: []string{"RFC 1034 section 3.6.2"},
		Find: func(f *Facts) []finding.Hit {
			return forGiven(f, func(k DKIMKey) (finding.Hit, bool) {
				if !k.absent() || k.CNAMETarget == "" {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("The selector %s is an alias for %s, where there is no key.", k.Selector, k.CNAMETarget),
					Evidence: []string{line(k.Name, resolver.TypeCNAME, resolver.Absolute(k.CNAMETarget)), resolver.Absolute(k.Published.Answer.Name) + " TXT: " + k.Published.Answer.Status.String()},
				}, true
			})
		},
	},
	{
		Code: "DKIM_CNAME_PROXIED", Severity: finding.Error, Area: finding.DKIM,
		Title:      "A DKIM selector answers with addresses",
		Remedy:     "Switch the web proxy or flattening off for this name, so that its CNAME is visible.",
		References: []string{"RFC 6376 section 3.6.2.2"},
		Find: func(f *Facts) []finding.Hit {
			return forGiven(f, func(k DKIMKey) (finding.Hit, bool) {
				if len(k.Addresses) == 0 {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("%s has the %s and no key: a web proxy or flattening hides the CNAME that was entered.", k.Name, addresses(k.Addresses)),
					Evidence: []string{k.Name + " has the " + addresses(k.Addresses)},
				}, true
			})
		},
	},
	{
		Code: "DKIM_MISPLACED", Severity: finding.Error, Area: finding.DKIM,
		Title:      "A DKIM key stands at a name where nobody looks",
		Remedy:     "Move the record to the selector's name below _domainkey.",
		References: []string{"RFC 6376 section 3.6.2.1"},
		Find: func(f *Facts) []finding.Hit {
			return forGiven(f, func(k DKIMKey) (finding.Hit, bool) {
				if len(k.Elsewhere) == 0 {
					return no()
				}
				return finding.Hit{
					Detail:   fmt.Sprintf("There is no key at %s, but one at %s, where nobody looks for it.", k.Name, k.Elsewhere[0].Name),
					Evidence: misplacedLines(k.Elsewhere), Changes: moved(k.Name, k.Elsewhere),
				}, true
			})
		},
	},
}

// flawRule is the rule of one flaw of key records.
func flawRule(code string, flaw dkim.Flaw, title, remedy string, references ...string) rule {
	return rule{
		Code: code, Severity: finding.Error, Area: finding.DKIM, Title: title, Remedy: remedy, References: references,
		Find: func(f *Facts) []finding.Hit {
			return forRecords(f, func(k DKIMKey, r dkim.Record) (finding.Hit, bool) {
				if dkim.FlawOf(r.Err) != flaw {
					return no()
				}
				if what := foreign(r.TXT.Text); what != "" {
					return finding.Hit{
						Detail: fmt.Sprintf("At the selector %s stands %s record, and no key.", k.Selector, what),
						Remedy: "Publish the key record that the signing system shows for this selector, in the place of the other.",
					}, true
				}
				return finding.Hit{
					Detail:  fmt.Sprintf("The key record of the selector %s cannot be used: %v.", k.Selector, r.Err),
					Changes: k.rewrite(r, mendedKey(r)),
				}, true
			})
		},
	}
}

// foreign tells which other kind of record a text is, with its article; "" when it
// was meant as a key.
func foreign(text string) string {
	for version, what := range map[string]string{"v=spf1": "an SPF", "v=dmarc1": "a DMARC", "v=stsv1": "an MTA-STS", "v=tlsrptv1": "a TLS-RPT", "v=bimi1": "a BIMI"} {
		if len(text) >= len(version) && strings.EqualFold(text[:len(version)], version) {
			return what
		}
	}
	return ""
}

// forRSA are the sound RSA keys of a size, in a sentence with selector and bits.
func forRSA(f *Facts, least, most int, sentence string) []finding.Hit {
	return forRecords(f, func(k DKIMKey, r dkim.Record) (finding.Hit, bool) {
		rsa := r.Err == nil && r.Key.Public != nil && r.Key.Algorithm == "rsa"
		if !rsa || least > r.Key.Bits || r.Key.Bits > most {
			return no()
		}
		return finding.Hit{Detail: fmt.Sprintf(sentence, k.Selector, r.Key.Bits)}, true
	})
}
