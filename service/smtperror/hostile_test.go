package smtperror_test

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/smtperror"
)

// sound checks what holds for the explanation of any text.
func sound(t *testing.T, text string, e smtperror.Explanation) {
	t.Helper()
	texts := append([]string{e.Reply.Text, e.Reply.Enhanced, e.Reply.CodeMeaning, e.Reply.EnhancedMeaning, e.Provider, e.Software, e.Retry, e.Summary, e.FixedBy, e.Extracted.Blocklist, e.Live.Note}, e.Steps...)
	texts = append(append(append(texts, e.References...), e.Extracted.Domains...), e.Extracted.URLs...)
	for _, s := range texts {
		if !utf8.ValidString(s) {
			t.Fatalf("%.200q gives %.200q, which is no UTF-8", text, s)
		}
		if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
			t.Fatalf("%.200q gives %.200q, which holds %q", text, s, s[i:])
		}
		if len(s) > 4000 {
			t.Fatalf("%.200q gives a text of %d octets", text, len(s))
		}
	}
	if e.Category < smtperror.PTRMissing || e.Category > smtperror.Unknown {
		t.Fatalf("%.200q gives category %d", text, e.Category)
	}
	sum := e.Confidence
	for _, a := range e.Alternatives {
		if a.Category == e.Category || a.Confidence > e.Confidence || a.Confidence <= 0 {
			t.Fatalf("%.200q gives %s %.2f beside the alternative %s %.2f", text, e.Category, e.Confidence, a.Category, a.Confidence)
		}
		sum += a.Confidence
	}
	if e.Confidence < 0 || sum > 1.02 {
		t.Fatalf("%.200q gives confidences that sum to %.2f", text, sum)
	}
	if e.Summary == "" || len(e.Steps) == 0 || e.Retry == "" || e.FixedBy == "" {
		t.Fatalf("%.200q is not explained: %+v", text, e)
	}
	if strings.ContainsAny(e.Summary+strings.Join(e.Steps, ""), "{}") && !strings.ContainsAny(text, "{}") {
		t.Fatalf("%.200q leaves a place unfilled: %s", text, e.Summary)
	}
	if e.Temporary && e.Reply.Code >= 500 || !e.Temporary && e.Reply.Code/100 == 4 {
		t.Fatalf("%.200q: temporary %v with %d", text, e.Temporary, e.Reply.Code)
	}
	if len(e.Extracted.IPs)+len(e.Extracted.Domains)+len(e.Extracted.URLs) > 24 {
		t.Fatalf("%.200q gives %d addresses, %d domains, %d links", text, len(e.Extracted.IPs), len(e.Extracted.Domains), len(e.Extracted.URLs))
	}
}

func FuzzExplain(f *testing.F) {
	for _, c := range liveCases {
		f.Add(c.text)
	}
	f.Add(typical)
	f.Add(strings.Replace(bounce, "%HUMAN%", "VGhl", 1))
	f.Add("550-5.7.1 x\r\n550 \xff\x00=\n=3D &lt;a&gt; \\u0041 \x1b$B")
	f.Add("550 listed ::1 ::ffff:127.0.0.2 127.0.0.2 127.255.255.254")
	f.Add(`{"smtp_code":550,"m":"<br>[IPv6:2001:db8::1]"}`)
	f.Fuzz(func(t *testing.T, text string) {
		e := smtperror.Explain(context.Background(), smtperror.Sources{}, smtperror.Request{Text: text})
		sound(t, text, e)
		if again := smtperror.Read(text); again.Reply != e.Reply || again.Temporary != e.Temporary {
			t.Fatalf("%.200q is read in two ways", text)
		}
	})
}

// TestNoTextAsksMoreThanItsBudget gives live checks hostile requests.
func TestNoTextAsksMoreThanItsBudget(t *testing.T) {
	zone := "a.test. TXT \"v=spf1"
	for i := range 40 {
		zone += " include:s" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".test"
	}
	zone += " -all\"\n"
	for i := range 40 {
		host := "s" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".test. "
		zone += host + "TXT \"v=spf1 mx a include:a.test -all\"\n" + host + "MX 10 m" + string(rune('a'+i%26)) + ".test.\n"
		zone += "a.test. MX " + string(rune('1'+i%9)) + " m" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".test.\n"
		zone += "7.2.0.192.in-addr.arpa. PTR p" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".test.\n"
	}
	for _, text := range []string{"550 5.7.24 SPF permerror", "550 5.7.1 SPF fail", "550 DMARC policy", "550 5.7.25 no PTR record", "550 5.1.2 recipient domain not found", "451 4.4.8 MTA-STS failed", "451 DNS failure, try again later"} {
		dns := dnstest.New(t, zone)
		smtperror.Explain(context.Background(), smtperror.Sources{DNS: dns, Ordinary: ordinary}, smtperror.Request{
			Text: text, SendingIP: netip.MustParseAddr("192.0.2.7"), SenderDomain: "a.test", RecipientDomain: "a.test", Helo: "a.test",
		})
		different := map[any]bool{}
		for _, q := range dns.Asked() {
			different[q] = true
		}
		if len(different) > 20 {
			t.Errorf("%q asks %d questions", text, len(different))
		}
	}
}

// TestReadingIsLinear: four times the text takes about four times as long, far from
// sixteen times. BenchmarkWorstInput has the figures.
func TestReadingIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	for name, text := range worst() {
		took := func(s string) time.Duration {
			best := time.Hour
			for range 3 {
				start := time.Now()
				smtperror.Classify(smtperror.Read(s))
				best = min(best, time.Since(start))
			}
			return best
		}
		small, large := took(text[:16<<10]), took(text)
		if large > 10*small+300*time.Millisecond {
			t.Errorf("%s: %v for 16 KiB, %v for 64 KiB", name, small, large)
		}
	}
}

// TestAnyCutOfAReportIsSound cuts and shuffles a report: people paste parts.
func TestAnyCutOfAReportIsSound(t *testing.T) {
	text := strings.Replace(bounce, "%HUMAN%", "VGhl", 1) + typical
	random := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		from := random.IntN(len(text))
		cut := text[from : from+random.IntN(len(text)-from)]
		sound(t, cut, explain(cut))
	}
}

func TestTextBeyondTheLimitIsIgnored(t *testing.T) {
	e := explain(strings.Repeat("x ", smtperror.MaxText/2) + "550 5.1.1 User unknown")
	if e.Category != smtperror.Unknown || e.Reply.Code != 0 {
		t.Errorf("%s %d", e.Category, e.Reply.Code)
	}
}
