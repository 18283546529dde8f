package dkim

import (
	"fmt"
	"strings"
	"testing"
)

// junk is n signatures of other domains, the good one of s cut off its message.
func junk(t *testing.T, n int, tags string) string {
	t.Helper()
	one, _, _ := strings.Cut(signer{tags: tags}.sign(t, plainMessage), "From:")
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(one, "example.com", fmt.Sprintf("d%d.test", i), 1))
	}
	return b.String()
}

func TestTheAuthorsSignatureIsTriedWhereverItStands(t *testing.T) {
	good, _, _ := strings.Cut(signer{}.sign(t, plainMessage), "From:")
	for name, others := range map[string]string{
		"other domains":     junk(t, 500, ""),
		"expired":           junk(t, 500, defaultTags+"; x=1"),
		"malformed":         strings.Repeat("DKIM-Signature: v=1; v=1\r\n", 500),
		"the author's, too": strings.Repeat(strings.Replace(good, "v=1;", "v=1; x=1;", 1), 500),
	} {
		for _, author := range []string{"example.com", "mail.example.com", ""} {
			r := world(t)
			report := verify(t, r, others+good+others+plainMessage, Options{Author: author})
			if wanted := author != "" || name != "other domains"; wanted && report.Result != Pass {
				t.Errorf("%s, author %q: %s", name, author, brief(report))
			}
			if len(report.Signatures) != defaultSignatures || report.Skipped != 1001-defaultSignatures {
				t.Errorf("%s, author %q: %d signatures, %d skipped", name, author, len(report.Signatures), report.Skipped)
			}
			for i := 1; i < len(report.Signatures); i++ {
				if report.Signatures[i-1].At >= report.Signatures[i].At {
					t.Errorf("%s: not in the order of the header: %s", name, brief(report))
				}
			}
			// In two verifications.
			if asked := len(r.Asked()); asked > 2*defaultSignatures {
				t.Errorf("%s: %d questions", name, asked)
			}
		}
	}
}

func TestAllFewSignaturesAreTried(t *testing.T) {
	message := junk(t, 9, "") + signer{}.sign(t, plainMessage)
	if report := verify(t, world(t), message, Options{}); report.Result != Pass || report.Skipped != 0 {
		t.Errorf("%s", brief(report))
	}
	if report := verify(t, world(t), message, Options{MaxSignatures: 5000}); report.Result != Pass || report.Skipped != 0 {
		t.Errorf("%s", brief(report))
	}
	message = junk(t, 1500, "") + plainMessage
	if report := verify(t, world(t), message, Options{MaxSignatures: 1200}); len(report.Signatures) != maxRanked || report.Skipped != 500 {
		t.Errorf("%d signatures, %d skipped", len(report.Signatures), report.Skipped)
	}
}

func TestAgreeingLabels(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"example.com", "example.com", 2}, {"mail.example.com", "example.com", 2}, {"example.com", "a.b.example.com", 2},
		{"notexample.com", "example.com", 1}, {"a.test", "a.com", 0}, {"", "a.com", 0}, {"a.com", "", 0}, {"com", "com", 1},
	} {
		if got := agreeingLabels(c.a, c.b); got != c.want {
			t.Errorf("%q and %q agree in %d labels, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestAPublicSuffixSignsForItself(t *testing.T) {
	suffix := func(d string) bool { return d == "example.com" }
	message := signer{}.sign(t, plainMessage)
	want(t, "its own author", verify(t, world(t), message, Options{PublicSuffix: suffix, Author: "example.com"}), Verified)
	want(t, "an author below", verify(t, world(t), message, Options{PublicSuffix: suffix, Author: "a.example.com"}), PublicSuffix)
}
