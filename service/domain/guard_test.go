package domain

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

func TestEveryCodeFires(t *testing.T) {
	fired := map[string]bool{}
	for _, c := range cases(t) {
		for _, f := range c.check(c.resolver(t)).Findings {
			fired[f.Code] = true
		}
	}
	for _, c := range Catalogue() {
		if !fired[c.Code] {
			t.Errorf("%s fires in no zone", c.Code)
		}
	}
}

func TestCodesAreTheRecordedOnes(t *testing.T) {
	var codes []string
	for _, c := range Catalogue() {
		codes = append(codes, c.Code)
	}
	slices.Sort(codes)
	got := strings.Join(codes, "\n") + "\n"
	if *update {
		if err := os.WriteFile("testdata/codes", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/codes")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the codes are not those of testdata/codes:\n%s", got)
	}
	if dup := slices.Compact(codes); len(dup) != len(Catalogue()) {
		t.Error("a code stands twice in the tables")
	}
}

// TestRulesAreWhole holds what every rule must have.
func TestRulesAreWhole(t *testing.T) {
	prefixes := map[finding.Area]string{
		finding.MX: "MX_", finding.ReverseDNS: "PTR_", finding.SPF: "SPF_", finding.DKIM: "DKIM_", finding.DMARC: "DMARC_", finding.MTASTS: "MTASTS_",
		finding.TLSRPT: "TLSRPT_", finding.DANE: "DANE_", finding.BIMI: "BIMI_", finding.DNSSEC: "DNSSEC_", finding.Delegation: "NS_", finding.Services: "SRV_",
	}
	for _, r := range table {
		switch {
		case !strings.HasPrefix(r.Code, prefixes[r.Area]) || prefixes[r.Area] == "":
			t.Errorf("%s is in the area %v", r.Code, r.Area)
		case r.Title == "" || strings.HasSuffix(r.Title, "."):
			t.Errorf("%s has the title %q", r.Code, r.Title)
		case r.Severity > finding.Info && !strings.HasSuffix(r.Remedy, "."):
			t.Errorf("%s has no remedy: %q", r.Code, r.Remedy)
		case r.Find == nil, r.Severity == 0:
			t.Errorf("%s is incomplete", r.Code)
		case r.Needs&^allTopics != 0:
			t.Errorf("%s needs a topic that does not exist", r.Code)
		case len(r.References) == 0 && r.Code != "MX_PROVIDER":
			t.Errorf("%s has no reference", r.Code)
		}
	}
}

// TestFindingsAreWhole holds what every finding must tell.
func TestFindingsAreWhole(t *testing.T) {
	for _, c := range cases(t) {
		for _, f := range c.check(c.resolver(t)).All() {
			switch {
			case f.Subject == "" || strings.HasSuffix(f.Subject, "."):
				t.Errorf("%s: %s has the subject %q", c.name, f.Code, f.Subject)
			case !strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "%!") || strings.Contains(f.Message, ".."):
				t.Errorf("%s: %s says %q", c.name, f.Code, f.Message)
			case f.Severity == finding.Error && len(f.Evidence) == 0 && !slices.Contains(withoutEvidence, f.Code):
				t.Errorf("%s: %s has no evidence", c.name, f.Code)
			}
		}
	}
}

// withoutEvidence are errors about something that is not there, or that the
// caller said.
var withoutEvidence = []string{"MX_NONE", "SPF_MISSING", "DMARC_MISSING", "PTR_ADDRESS_SPECIAL", "SPF_IP_NOT_AUTHORIZED"}

// forgetting empties the fact of each topic. That of a topic which is a part of a
// fact is what rules may read only when they need the topic.
var forgetting = map[finding.Topics]func(*Facts){
	topicExistence: func(f *Facts) {
		f.Existence = finding.Known[Existence]{Value: Existence{Domain: true, Name: true}, Err: errLost}
	},
	topicMX: func(f *Facts) { f.MX = finding.Known[Mail]{Err: errLost} },
	topicMXHosts: func(f *Facts) {
		f.MX.Value.Hosts = slices.Clone(f.MX.Value.Hosts)
		for i := range f.MX.Value.Hosts {
			h := &f.MX.Value.Hosts[i]
			h.V4.Value, h.V6.Value, h.V4.Err, h.V6.Err = nil, nil, errLost, errLost
			h.Alias, h.Canonical, h.Missing, h.Secure = "", "", false, false
		}
		f.MX.Value.Implicit = false
	},
	topicMXHints: func(f *Facts) {
		f.MX.Value.Hosts = slices.Clone(f.MX.Value.Hosts)
		for i := range f.MX.Value.Hosts {
			f.MX.Value.Hosts[i].Meant, f.MX.Value.Hosts[i].Unregistered = "", ""
		}
	},
	topicSPF: func(f *Facts) { f.SPF = finding.Known[SPF]{Err: errLost} },
	topicSPFTree: func(f *Facts) {
		v := &f.SPF.Value
		v.Tree, v.All, v.LookupCount, v.VoidLookupCount, v.AuthorizedAddresses = nil, "", 0, 0, 0
	},
	topicSPFHints: func(f *Facts) {
		f.SPF.Value.Elsewhere, f.SPF.Value.Unregistered, f.SPF.Value.Merged = nil, nil, ""
	},
	topicSPFSenders:  func(f *Facts) { f.SPF.Value.Senders = nil },
	topicSPFHelo:     func(f *Facts) { f.SPF.Value.HeloMissing = nil },
	topicSPFObsolete: func(f *Facts) { f.SPF.Value.Obsolete = nil },
	topicDKIM:        func(f *Facts) { f.DKIM = finding.Known[DKIM]{Err: errLost} },
	topicDKIMHints: func(f *Facts) {
		f.DKIM.Value.EmptyNonTerminal = false
		f.DKIM.Value.Keys = slices.Clone(f.DKIM.Value.Keys)
		for i := range f.DKIM.Value.Keys {
			f.DKIM.Value.Keys[i].Elsewhere, f.DKIM.Value.Keys[i].Addresses = nil, nil
		}
	},
	topicDMARC:        func(f *Facts) { f.DMARC = finding.Known[DMARC]{Err: errLost} },
	topicDMARCWalk:    func(f *Facts) { f.DMARC.Value.Outcome.Organization = "" },
	topicDMARCHints:   func(f *Facts) { f.DMARC.Value.Elsewhere = nil },
	topicDMARCReports: func(f *Facts) { f.DMARC.Value.Destinations = nil },
	topicReverse:      func(f *Facts) { f.ReverseDNS.Value.Addresses = sendingOnly(f, false) },
	topicReverseMX:    func(f *Facts) { f.ReverseDNS.Value.Addresses = sendingOnly(f, true) },
	topicMTASTS:       func(f *Facts) { f.MTASTS = finding.Known[MTASTS]{Err: errLost} },
	topicTLSRPT:       func(f *Facts) { f.TLSRPT = finding.Known[TLSRPT]{Err: errLost} },
	topicDANE:         func(f *Facts) { f.DANE = finding.Known[DANE]{Err: errLost} },
	topicBIMI:         func(f *Facts) { f.BIMI = finding.Known[BIMI]{Err: errLost} },
	topicDNSSEC:       func(f *Facts) { f.DNSSEC = finding.Known[DNSSEC]{Err: errLost} },
	topicDelegation:   func(f *Facts) { f.Delegation = finding.Known[Delegation]{Err: errLost} },
	topicNSHosts: func(f *Facts) {
		f.Delegation.Value.Servers = slices.Clone(f.Delegation.Value.Servers)
		for i := range f.Delegation.Value.Servers {
			f.Delegation.Value.Servers[i].Addresses = Addresses{V4: finding.Known[[]netip.Addr]{Err: errLost}, V6: finding.Known[[]netip.Addr]{Err: errLost}}
		}
	},
	topicServers:      func(f *Facts) { f.Servers = finding.Known[Servers]{Err: errLost} },
	topicServices:     func(f *Facts) { f.Services = finding.Known[Services]{Err: errLost} },
	topicServiceHosts: func(f *Facts) { f.Services.Value.Aliases = nil },
	topicWildcard:     func(f *Facts) { f.Wildcard = finding.Known[Wildcard]{Err: errLost} },
}

func sendingOnly(f *Facts, sending bool) []Reverse {
	return slices.DeleteFunc(slices.Clone(f.ReverseDNS.Value.Addresses), func(r Reverse) bool { return r.Sending != sending })
}

func TestKnowingLessFindsNoMore(t *testing.T) {
	for _, c := range cases(t) {
		facts := c.gather(c.resolver(t))
		before := found(Judge(facts))
		each(allTopics, func(topic finding.Topics) {
			if forgetting[topic] == nil {
				t.Fatalf("topic %b cannot be forgotten: add it to the table", topic)
			}
			less := *facts
			forgetting[topic](&less)
			less.Failures = append(slices.Clone(facts.Failures), Failure{Topic: topic, Question: resolver.Question{Name: "forgotten.test"}, Reason: "forgotten"})
			for _, line := range found(Judge(&less)) {
				if code, _, _ := strings.Cut(line, " "); !slices.Contains(before, line) && !strings.HasSuffix(code, "_UNKNOWN") {
					t.Errorf("%s: without topic %b there is also %s", c.name, topic, line)
				}
			}
		})
	}
}

// TestAFailedQuestionFindsNothingNew fails each question of each zone in turn: no
// finding may come of it but that the question stayed open.
func TestAFailedQuestionFindsNothingNew(t *testing.T) {
	n := 0
	for _, c := range cases(t) {
		r := c.resolver(t)
		before := found(c.check(r))
		asked := r.Asked()
		slices.SortFunc(asked, func(a, b resolver.Question) int { return strings.Compare(a.String(), b.String()) })
		for _, q := range slices.Compact(asked) {
			kind := resolver.ServerFailure
			if n++; n%3 == 0 {
				kind = resolver.Timeout
			}
			if testing.Short() && n%5 != 0 {
				continue
			}
			r.Fail(func(x resolver.Question) resolver.Kind {
				if x == q {
					return kind
				}
				return c.fail(x)
			})
			for _, line := range found(c.check(r)) {
				code, _, _ := strings.Cut(line, " ")
				if !slices.Contains(before, line) && !strings.HasSuffix(code, "_UNKNOWN") {
					t.Errorf("%s: when %v fails (%v) there is also %s", c.name, q, kind, line)
				}
			}
		}
	}
}

func TestOrderOfRecordsDoesNotMatter(t *testing.T) {
	for _, c := range cases(t) {
		first := c.check(c.resolver(t))
		head, lines, _ := strings.Cut(c.zone, "\n")
		list := strings.Split(lines, "\n")
		slices.Reverse(list)
		other := *c
		other.zone = head + "\n" + strings.Join(list, "\n") + "\n"
		second := other.check(other.resolver(t))
		again := c.check(c.resolver(t))
		for i, f := range first.All() {
			for _, r := range []Report{second, again} {
				if len(r.All()) <= i || !sameFinding(f, r.All()[i]) {
					t.Errorf("%s: %s is not the same twice: %+v", c.name, f.Code, f)
				}
			}
		}
	}
}

func sameFinding(a, b finding.Finding) bool {
	return a.Code == b.Code && a.Subject == b.Subject && a.Message == b.Message && slices.Equal(a.Evidence, b.Evidence) && slices.Equal(a.Changes, b.Changes)
}
