package finding_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/finding"
)

type facts struct{ n int }

const (
	topicA finding.Topics = 1 << iota
	topicB
)

func rule(code string, s finding.Severity, needs finding.Topics) finding.Rule[facts] {
	return finding.Rule[facts]{
		Code: code, Severity: s, Area: finding.MX, Title: "title of " + code, Remedy: "mend it", Needs: needs,
		Find: func(f *facts) []finding.Hit { return make([]finding.Hit, f.n) },
	}
}

func TestJudgeRunsOnlyRulesWhoseTopicsAreKnown(t *testing.T) {
	rules := []finding.Rule[facts]{rule("A", finding.Notice, topicA), rule("AB", finding.Error, topicA|topicB), rule("ALWAYS", finding.Info, 0)}
	for _, c := range []struct {
		known finding.Topics
		want  string
	}{{0, "ALWAYS"}, {topicA, "A ALWAYS"}, {topicB, "ALWAYS"}, {topicA | topicB, "AB A ALWAYS"}} {
		var got []string
		for _, f := range finding.Judge(rules, &facts{1}, c.known) {
			got = append(got, f.Code)
			if f.Message != "title of "+f.Code || f.Remedy != "mend it" {
				t.Errorf("%s: message %q, remedy %q", f.Code, f.Message, f.Remedy)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("known %b: %v, want %s", c.known, got, c.want)
		}
	}
}

func TestStatusOf(t *testing.T) {
	unknown := []finding.Unknown{{Code: "MX_UNKNOWN", Area: finding.MX, Subject: "example.com", Reason: "SERVFAIL"}}
	of := func(severities ...finding.Severity) []finding.Finding {
		var list []finding.Finding
		for _, s := range severities {
			list = append(list, finding.Finding{Area: finding.MX, Severity: s})
		}
		return list
	}
	for _, c := range []struct {
		findings []finding.Finding
		unknown  []finding.Unknown
		want     finding.Status
	}{
		{nil, nil, finding.Pass},
		{of(finding.Info), nil, finding.Pass},
		{of(finding.Info, finding.Notice), nil, finding.NoticeStatus},
		{of(finding.Warning, finding.Notice), nil, finding.WarningStatus},
		{of(finding.Notice, finding.Error), nil, finding.Fail},
		{of(finding.Warning), unknown, finding.UnknownStatus},
		{of(finding.Error), unknown, finding.Fail},
		{[]finding.Finding{{Area: finding.SPF, Severity: finding.Error}}, nil, finding.Pass},
	} {
		if got := finding.StatusOf(finding.MX, c.findings, c.unknown); got != c.want {
			t.Errorf("%v with %d unknown: %v, want %v", c.findings, len(c.unknown), got, c.want)
		}
	}
}

// TestZoneLinesCanBePasted reads each line back as zone text.
func TestZoneLinesCanBePasted(t *testing.T) {
	long := "v=spf1 " + strings.Repeat("ip4:192.0.2.1 ", 60) + "-all"
	for _, text := range []string{"", "v=spf1 -all", `quote " and back\slash; semicolon`, "\x00\t\xff", long, strings.Repeat("x", 1000)} {
		c := finding.Change{Action: finding.Add, Name: "a.example.com", Type: "TXT", TTL: 300, Proposed: text}
		answer, err := dnstest.New(t, c.ZoneLine()).Resolve(t.Context(), resolver.Ask("a.example.com", resolver.TypeTXT))
		if err != nil || len(answer.TXT()) != 1 {
			t.Fatalf("%.60q: %v, %v", c.ZoneLine(), answer, err)
		}
		got := answer.TXT()[0]
		if got.Text != text || answer.TTL != 300 {
			t.Errorf("%.60q comes back as %.60q with TTL %d", text, got.Text, answer.TTL)
		}
		if slices.ContainsFunc(got.Strings(), func(s string) bool { return len(s) > 255 }) {
			t.Errorf("%.60q has a string of more than 255 octets", text)
		}
	}
	for _, c := range []struct {
		change finding.Change
		want   string
	}{
		{finding.Change{Action: finding.Replace, Name: "example.com", Type: "MX", Current: "10 a.", Proposed: "10 mx.example.com."}, "example.com. IN MX 10 mx.example.com."},
		{finding.Change{Action: finding.Remove, Name: "example.com.", Type: "MX", TTL: 60, Current: "0 ."}, "example.com. 60 IN MX 0 ."},
	} {
		if got := c.change.ZoneLine(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func FuzzQuoteTXT(f *testing.F) {
	f.Add("v=spf1 -all")
	f.Add("\x00\"\\\xff;()")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		answer, err := dnstest.New(t, "a.example. IN TXT "+finding.QuoteTXT(text)).Resolve(t.Context(), resolver.Ask("a.example", resolver.TypeTXT))
		if err != nil || len(answer.TXT()) != 1 || answer.TXT()[0].Text != text {
			t.Fatalf("%q comes back as %v, %v", text, answer.TXT(), err)
		}
	})
}
