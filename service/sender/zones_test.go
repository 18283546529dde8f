package sender_test

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/authres"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/spf"
)

// testCase is a case of a zone file: lines that begin ";=".
type testCase struct {
	name, zone string
	request    sender.Request
	policy     sender.Policy
	trusts     []string
	finds      []string // exactly, in any order
	verdict    string   // action and reply
	decides    string   // codes, when given
	spf        []spf.Result
}

// ordinary are the documentation ranges, which the zones use as public ones.
var ordinary = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("2001:db8::/32"),
}

// cases reads every zone in testdata.
func cases(t testing.TB) []testCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*.zone")
	if err != nil || len(files) == 0 {
		t.Fatalf("no zones: %v", err)
	}
	var out []testCase
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			rest, ok := strings.CutPrefix(strings.TrimSpace(string(line)), ";=")
			if !ok {
				continue
			}
			word, value, _ := strings.Cut(strings.TrimSpace(rest), " ")
			if word == "case" {
				out = append(out, testCase{name: value, zone: strings.ReplaceAll(string(text), "{key}", publicKey)})
				out[len(out)-1].request.AuthservID = "mx.example.net"
				continue
			}
			out[len(out)-1].set(t, word, value)
		}
	}
	return out
}

func (c *testCase) set(t testing.TB, word, value string) {
	t.Helper()
	r := &c.request
	switch word {
	case "client":
		r.Client = netip.MustParseAddr(value)
	case "helo":
		r.Helo = value
	case "mail-from":
		r.MailFrom = value
	case "from":
		r.From = value
	case "message":
		r.Message = unescape(value)
	case "sign":
		r.Message = sign(r.Message, value)
	case "seal":
		domain, rest, _ := strings.Cut(value, " ")
		selector, results, _ := strings.Cut(rest, " ")
		r.Message = seal(r.Message, domain, selector, results)
	case "append":
		r.Message = append(r.Message, unescape(value)...)
	case "flood":
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		r.Message = append(bytes.Repeat([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=x.test; s=s; h=from; bh=AAAA; b=AAAA\r\n"), n), r.Message...)
	case "trusts":
		c.trusts = strings.Fields(value)
	case "lists":
		for spec := range strings.SplitSeq(value, ";") {
			l, err := dnsbl.ParseList(spec)
			if err != nil {
				t.Fatal(err)
			}
			r.Blocklists = append(r.Blocklists, l)
		}
	case "policy":
		for name := range strings.FieldsSeq(value) {
			c.set(t, "policy-"+name, "")
		}
	case "policy-no-reverse-dns":
		c.policy.NoReverseDNS = sender.Reject
	case "policy-no-reply-path":
		c.policy.NoReplyPath = sender.Reject
	case "policy-accept-spf-fail":
		c.policy.SPFFail = sender.Accept
	case "policy-reject-spf-permerror":
		c.policy.SPFPermError = sender.Reject
	case "policy-dmarc-quarantine":
		c.policy.DMARCReject = sender.Quarantine
	case "policy-accept-listed":
		c.policy.Listed, c.policy.PolicyListed = sender.Accept, sender.Reject
	case "policy-open-lists":
		c.policy.OpenLists = sender.Accept
	case "finds":
		c.finds = strings.Fields(value)
		slices.Sort(c.finds)
	case "verdict":
		c.verdict = value
	case "decides":
		c.decides = value
	default:
		t.Fatalf("unknown word %q", word)
	}
}

func (c testCase) check(t testing.TB, r resolver.Resolver) sender.Report {
	return sender.Check(t.Context(), sender.Sources{DNS: r, Ordinary: ordinary, TrustedSealers: c.trusts}, c.request, c.policy)
}

func unescape(s string) []byte {
	return []byte(strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\t`, "\t", `\xff`, "\xff").Replace(s))
}

func codes(r sender.Report) []string {
	var out []string
	for _, f := range r.All() {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func verdict(r sender.Report) string { return r.Verdict.Action.String() + " " + r.Verdict.Reply }

func TestEachCaseFindsWhatItSays(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) {
			r := c.check(t, dnstest.New(t, c.zone))
			if got := codes(r); !slices.Equal(got, c.finds) {
				t.Errorf("finds %s\n want %s", strings.Join(got, " "), strings.Join(c.finds, " "))
			}
			if got := verdict(r); got != c.verdict {
				t.Errorf("verdict %s\n   want %s", got, c.verdict)
			}
			if got := strings.Join(r.Verdict.Codes, " "); c.decides != "" && got != c.decides {
				t.Errorf("decided by %s, want %s", got, c.decides)
			}
			wellFormed(t, r)
		})
	}
}

// wellFormed holds what every report keeps to.
func wellFormed(t *testing.T, r sender.Report) {
	t.Helper()
	if _, err := authres.Parse(r.AuthenticationResults); err != nil {
		t.Errorf("%q: %v", r.AuthenticationResults, err)
	}
	for _, field := range []string{r.AuthenticationResults, r.ReceivedSPF} {
		for i, line := range strings.Split(field, "\r\n") {
			if strings.ContainsAny(line, "\r\n\x00") || len(line) > 998 || i > 0 && !strings.HasPrefix(line, " ") {
				t.Errorf("field line %q", line)
			}
		}
	}
	if s := r.Verdict.Reply; len(s) > 510 || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) {
		t.Errorf("reply %q", s)
	}
	for _, code := range r.Verdict.Codes {
		if !slices.Contains(codes(r), code) {
			t.Errorf("the verdict rests on %s, which is not found", code)
		}
	}
	for _, f := range r.All() {
		if f.Message == "" || f.Subject == "" && f.Area.String() != "DMARC" && f.Code != "SENDER_DKIM_NONE" && f.Code != "SENDER_SPF_UNDECIDABLE" {
			t.Errorf("%+v", f)
		}
	}
}

func TestEveryCodeFires(t *testing.T) {
	fired := map[string]bool{}
	for _, c := range cases(t) {
		for _, code := range c.finds {
			fired[code] = true
		}
	}
	for _, c := range sender.Catalogue() {
		if !fired[c.Code] {
			t.Errorf("%s fires in no zone", c.Code)
		}
		if len(c.References) == 0 || c.Title == "" {
			t.Errorf("%s says too little: %+v", c.Code, c)
		}
	}
}

func TestCodesAreThoseRecorded(t *testing.T) {
	var got []string
	for _, c := range sender.Catalogue() {
		got = append(got, c.Code)
	}
	slices.Sort(got)
	if n := len(slices.Compact(slices.Clone(got))); n != len(got) {
		t.Error("a code is there twice")
	}
	recorded, err := os.ReadFile("testdata/codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields(string(recorded)); !slices.Equal(got, want) {
		t.Errorf("codes\n%s\nrecorded in testdata/codes.txt\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestKnowingLessFindsNoMore fails each question of each case in turn. No finding
// may appear that was not there, but for what is unknown; and the verdict is what
// it was, or to defer.
func TestKnowingLessFindsNoMore(t *testing.T) {
	for _, c := range cases(t) {
		r := dnstest.New(t, c.zone)
		whole := c.check(t, r)
		for _, q := range r.Asked() {
			r.Fail(func(have resolver.Question) resolver.Kind {
				if have == q {
					return resolver.ServerFailure
				}
				return 0
			})
			part := c.check(t, r)
			r.Fail(nil)
			for _, code := range codes(part) {
				if !strings.HasSuffix(code, "_UNKNOWN") && !slices.Contains(codes(whole), code) {
					t.Errorf("%s: without %v there is %s", c.name, q, code)
				}
			}
			if a := part.Verdict.Action; a != sender.Defer && a != whole.Verdict.Action {
				t.Errorf("%s: without %v %s, with it %s", c.name, q, verdict(part), verdict(whole))
			}
		}
	}
}

func TestNothingKnownNothingFound(t *testing.T) {
	for _, kind := range []resolver.Kind{resolver.Timeout, resolver.OverBudget, resolver.Bogus} {
		for _, c := range cases(t) {
			r := dnstest.New(t, c.zone)
			r.Fail(func(resolver.Question) resolver.Kind { return kind })
			rep := c.check(t, r)
			if rep.Verdict.Action != sender.Defer && c.request.MailFrom != "" && !(rep.Facts.Author.Err != nil) && c.policy.SPFFail != sender.Accept {
				t.Errorf("%s: %s", c.name, verdict(rep))
			}
			for _, f := range rep.Findings {
				switch f.Code {
				case "SENDER_BARE_LF", "SENDER_DKIM_NONE", "SENDER_DKIM_ERROR", "SENDER_DKIM_REFUSED", "SENDER_DKIM_SKIPPED", "SENDER_ADDRESS_SPECIAL", "SENDER_HELO_CONFIRMED", "SENDER_HELO_LITERAL", "SENDER_HELO_LITERAL_MISMATCH", "SENDER_HELO_INVALID",
					"SENDER_HELO_NOT_QUALIFIED", "SENDER_FROM_SEVERAL", "SENDER_FROM_INVALID", "SENDER_FROM_MISSING", "SENDER_FROM_LITERAL", "SENDER_SPF_UNDECIDABLE", "SENDER_RESULTS_CLAIMED":
					// seen without DNS
				default:
					t.Errorf("%s: %s", c.name, f.Code)
				}
			}
		}
	}
}

// TestAPolicyNotAppliedIsAccountedFor: in every case, an override is told exactly
// where one is found, in the words of aggregate reports.
func TestAPolicyNotAppliedIsAccountedFor(t *testing.T) {
	comments := map[string]int{}
	for _, c := range cases(t) {
		rep := c.check(t, dnstest.New(t, c.zone))
		reason, ok := rep.Facts.OverrideReason()
		want := ""
		switch {
		case slices.Contains(c.finds, "SENDER_DMARC_OVERRIDDEN"):
			want = "local_policy"
		case slices.Contains(c.finds, "SENDER_DMARC_TESTING"):
			want = "policy_test_mode"
		}
		if reason.Type != want || ok != (want != "") {
			t.Errorf("%s: %+v, not %q", c.name, reason, want)
		}
		if ok && !strings.Contains(rep.Facts.DMARCReason(), reason.Comment) {
			t.Errorf("%s: %q does not tell %q", c.name, rep.Facts.DMARCReason(), reason.Comment)
		}
		comments[reason.Comment]++
	}
	if comments["t=y"] == 0 || len(comments) < 3 {
		t.Errorf("%v", comments)
	}
	for comment := range comments {
		if comment != "" && comment != "t=y" && !strings.HasPrefix(comment, "arc=pass as[") {
			t.Errorf("%q", comment)
		}
	}
}
