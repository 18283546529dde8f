package smtperror_test

import (
	"bufio"
	"encoding/json"
	"html"
	"mime/quotedprintable"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/service/smtperror"
)

// labelled is a reply of a labelled set; see their READMEs.
type labelled struct {
	ID              string            `json:"id"`
	Text            string            `json:"text"`
	Category        string            `json:"category"`
	Alternatives    []string          `json:"category_alt"`
	Temporary       bool              `json:"temporary"`
	TemporaryBasis  string            `json:"temporary_basis"`
	Provider        string            `json:"provider"`
	ProviderEvident *bool             `json:"provider_evident"`
	Extracted       map[string]string `json:"extracted"`
}

// shown tells whether the text alone shows the provider.
func (r labelled) shown() bool {
	if r.ProviderEvident != nil {
		return *r.ProviderEvident
	}
	return r.Provider != ""
}

// tally counts what is right of what was asked or found.
type tally struct{ right, of int }

func (t *tally) add(ok bool) {
	t.of++
	if ok {
		t.right++
	}
}

func (t tally) share() float64 { return float64(t.right) / float64(max(t.of, 1)) }

// families are providers under several names.
var families = [][]string{{"microsoft", "outlook", "exchange"}, {"yahoo", "aol"}, {"gmx", "webde", "1and1"}, {"messagelabs", "symantec", "broadcom"}, {"qmail", "magicmail"}, {"google", "gmail"}}

func related(a, b string) bool {
	return a == b || slices.ContainsFunc(families, func(f []string) bool { return slices.Contains(f, a) && slices.Contains(f, b) })
}

// The labelled sets: one shared with other tools, and the package's own, whose README
// tells where it comes from.
const (
	sharedReplies = "../../../shared/conformance/smtp/replies.jsonl"
	ownReplies    = "testdata/replies.jsonl"
)

// replies are a labelled set; the test is skipped where the shared one is not.
func replies(t *testing.T, path string) []labelled {
	t.Helper()
	file, err := os.Open(path)
	if err != nil && path == sharedReplies {
		t.Skipf("the labelled replies are not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []labelled
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r labelled
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	if lines.Err() != nil || len(out) < 300 {
		t.Fatalf("%d replies, %v", len(out), lines.Err())
	}
	return out
}

// TestLabelledReplies holds the shares to floors a little below what was measured, so
// that a change that loses replies is seen.
func TestLabelledReplies(t *testing.T) {
	score(t, replies(t, sharedReplies), map[string]float64{
		"strict": 0.95, "lenient": 0.98, "temporary": 0.99, "provider": 0.97, "ip precision": 0.98, "ip recall": 0.98,
		"domain precision": 0.88, "domain recall": 0.95, "blocklist precision": 0.95, "blocklist recall": 0.92, "url precision": 0.98, "url recall": 0.98,
	})
}

// TestCollectedReplies holds the package's own set to floors in the same way. URLs and
// domains are labelled only where a text is about them, so that their precision is
// not judged.
func TestCollectedReplies(t *testing.T) {
	score(t, replies(t, ownReplies), map[string]float64{
		"strict": 0.95, "lenient": 0.985, "temporary": 0.995, "provider": 0.91, "ip precision": 0.98, "ip recall": 0.97, "domain recall": 0.95,
		"blocklist precision": 0.85, "blocklist recall": 0.97, "url recall": 0.98,
	})
}

// score holds the shares of what is right to floors.
func score(t *testing.T, set []labelled, floors map[string]float64) {
	t.Helper()
	tallies := map[string]*tally{}
	at := func(name string) *tally {
		if tallies[name] == nil {
			tallies[name] = &tally{}
		}
		return tallies[name]
	}
	for _, r := range set {
		e := explain(r.Text)
		got := e.Category.String()
		at("strict").add(got == r.Category)
		at("lenient").add(got == r.Category || slices.Contains(r.Alternatives, got))
		switch r.TemporaryBasis {
		case "basic", "enhanced", "code":
			at("temporary").add(e.Temporary == r.Temporary)
		}
		if r.shown() {
			at("provider").add(related(e.Provider, r.Provider) || r.Provider == e.Software)
		}
		for kind, found := range extracted(e) {
			want := r.Extracted[kind]
			same := strings.EqualFold(want, found) || kind == "blocklist" && want != "" && found != "" &&
				(strings.Contains(strings.ToLower(want), strings.ToLower(found)) || strings.Contains(strings.ToLower(found), strings.ToLower(want)))
			if found != "" {
				at(kind + " precision").add(same)
			}
			if want != "" {
				at(kind + " recall").add(same)
			}
		}
	}
	for name, floor := range floors {
		s := at(name)
		t.Logf("%-20s %.3f (%d of %d)", name, s.share(), s.right, s.of)
		if s.share() < floor {
			t.Errorf("%s is %.3f, below %.3f", name, s.share(), floor)
		}
	}
}

// extracted are the first of each kind.
func extracted(e smtperror.Explanation) map[string]string {
	out := map[string]string{"ip": "", "domain": "", "blocklist": e.Extracted.Blocklist, "url": ""}
	if len(e.Extracted.IPs) > 0 {
		out["ip"] = e.Extracted.IPs[0].String()
	}
	if len(e.Extracted.Domains) > 0 {
		out["domain"] = e.Extracted.Domains[0]
	}
	if len(e.Extracted.URLs) > 0 {
		out["url"] = e.Extracted.URLs[0]
	}
	return out
}

// wrappings are ways in which one and the same reply reaches people.
var wrappings = map[string]func(string) string{
	"JSON": func(s string) string {
		b, _ := json.Marshal(map[string]any{"event": "failed", "delivery-status": map[string]any{"attempt-no": 1, "message": s}})
		return string(b)
	},
	"HTML": func(s string) string {
		return "<html><body><p>Your message could not be delivered.</p><div>Diagnostic information:<br>" + html.EscapeString(s) + "</div></body></html>"
	},
	"quoted-printable": func(s string) string {
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(s)) // a Builder takes everything
		_ = w.Close()
		return b.String()
	},
	"capitals":        strings.ToUpper,
	"no-break spaces": func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
	"Exim's log": func(s string) string {
		return "2024-05-01 10:00:00 1abcde-0001-AA ** bob@rcpt.test R=dnslookup T=remote_smtp H=mx.rcpt.test [192.0.2.99]: SMTP error from remote mail server after RCPT TO:<bob@rcpt.test>: " + s
	},
	"Postfix's log": func(s string) string {
		return "May  1 10:00:00 out postfix/smtp[123]: ABCDEF: to=<bob@rcpt.test>, relay=mx.rcpt.test[192.0.2.99]:25, delay=1.2, dsn=5.0.0, status=bounced (host mx.rcpt.test[192.0.2.99] said: " + s + " (in reply to RCPT TO command))"
	},
	"qmail's report": func(s string) string {
		return "Hi. This is the qmail-send program at out.sender.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<bob@rcpt.test>:\n192.0.2.99 does not like recipient.\nRemote host said: " +
			s + "\nGiving up on 192.0.2.99.\n\n--- Below this line is a copy of the message.\n\nSubject: spam\n"
	},
	"a delivery report": func(s string) string {
		return "Reporting-MTA: dns; out.sender.test\n\nFinal-Recipient: rfc822; bob@rcpt.test\nAction: failed\nStatus: 5.0.0\nRemote-MTA: dns; mx.rcpt.test\nDiagnostic-Code: smtp; " + strings.ReplaceAll(s, "\n", "\n    ") + "\n"
	},
	"a question": func(s string) string {
		return "Hello, I get this when I send mail to a customer. What does it mean?\n\n" + s + "\n\nThanks a lot for any help!"
	},
}

// TestWrappingsChangeNothing: the same reply means the same in any wrapping, and
// what a wrapping adds is not blamed.
func TestWrappingsChangeNothing(t *testing.T) {
	set := replies(t, sharedReplies)
	for name, wrap := range wrappings {
		var same, address tally
		for _, r := range set {
			bare, wrapped := explain(r.Text), explain(wrap(r.Text))
			same.add(bare.Category == wrapped.Category)
			address.add(slices.Equal(bare.Extracted.IPs, wrapped.Extracted.IPs))
		}
		t.Logf("%-20s category %.3f, addresses %.3f", name, same.share(), address.share())
		if same.share() < 0.96 || address.share() < 0.96 {
			t.Errorf("%s: %.3f of the categories and %.3f of the addresses are the same", name, same.share(), address.share())
		}
	}
}
