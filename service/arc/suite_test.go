package arc

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dkim"
)

// suite is where the public suites lie, beside the repository.
const suite = "../../../shared/conformance/arc"

type suiteCase struct {
	ID       string                `json:"id"`
	Zone     map[string][][]string `json:"zone"`
	Disputed any                   `json:"disputed"`
	Input    struct {
		MessageFile string `json:"message_file"`
	} `json:"input"`
	Expect struct {
		CV []string `json:"cv"`
	} `json:"expect"`
	Note string `json:"note"`
}

func readSuite(t testing.TB) []suiteCase {
	t.Helper()
	file, err := os.Open(filepath.Join(suite, "arc.jsonl"))
	if err != nil {
		t.Skipf("the ARC suite is not here: %v", err)
	}
	defer file.Close()
	var cases []suiteCase
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c suiteCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Disputed == nil {
			cases = append(cases, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

// zone is the TXT records of a case as zone text, the only type that ARC asks for.
func (c suiteCase) zone(t testing.TB) *dnstest.Resolver {
	t.Helper()
	var b strings.Builder
	for name, records := range c.Zone {
		for _, r := range records {
			if r[0] != "TXT" {
				t.Fatalf("%s has a record of type %s", c.ID, r[0])
			}
			b.WriteString(name + ". TXT " + resolver.SplitTXT(strings.Join(r[1:], "")).String() + "\n")
		}
	}
	return dnstest.New(t, b.String())
}

func (c suiteCase) message(t testing.TB) []byte {
	t.Helper()
	octets, err := os.ReadFile(filepath.Join(suite, c.Input.MessageFile))
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// validate validates a message twice, whole and streamed octet by octet, and
// wants the same of both.
func validate(t testing.TB, r resolver.Resolver, octets []byte, now time.Time) Report {
	t.Helper()
	whole, err := dkim.Parse(octets)
	if err != nil {
		t.Fatal(err)
	}
	streamed, err := dkim.Read(iotest.OneByteReader(bytes.NewReader(octets)))
	if err != nil {
		t.Fatal(err)
	}
	var reports []Report
	for _, m := range []*dkim.Message{whole, streamed} {
		v := Start(context.Background(), r, m, now)
		if err := m.ReadBody(); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, v.Report())
	}
	if a, b := reports[0], reports[1]; a.Result != b.Result || a.Reason != b.Reason || a.OldestPass != b.OldestPass {
		t.Errorf("whole %s %q %d, streamed %s %q %d", a.Result, a.Reason, a.OldestPass, b.Result, b.Reason, b.OldestPass)
	}
	return reports[0]
}

func TestPublicSuite(t *testing.T) {
	cases := readSuite(t)
	passed := 0
	for _, c := range cases {
		got := validate(t, c.zone(t), c.message(t), time.Now())
		if slices.Contains(c.Expect.CV, string(got.Result)) {
			passed++
		} else {
			t.Errorf("%s (%s): %s %q, want %v", c.ID, c.Note, got.Result, got.Reason, c.Expect.CV)
		}
		if (got.Result == Fail) != (got.Reason != "") {
			t.Errorf("%s: %s with the reason %q", c.ID, got.Result, got.Reason)
		}
	}
	t.Logf("%d of %d", passed, len(cases))
}

// failures are the ways in which a question fails.
var failures = []resolver.Kind{
	resolver.Timeout, resolver.Canceled, resolver.Unreachable, resolver.ServerFailure, resolver.Refused, resolver.Bogus,
	resolver.Lame, resolver.Malformed, resolver.OverBudget, resolver.Overloaded, resolver.OtherRcode,
}

// TestNoFailureMakesAnotherResult fails each question of each case of the suite and
// of chains of this package in each way. The result is then what it was, or fail
// with the word that this is temporary, and names DNS.
func TestNoFailureMakesAnotherResult(t *testing.T) {
	t.Run("suite", func(t *testing.T) {
		for _, c := range readSuite(t) {
			eachFailure(t, c.ID, c.zone(t), c.message(t))
		}
	})
	chain := plain
	for i := range 14 {
		chain = sealer{domain: fmt.Sprintf("d%d.test", i%7)}.seal(chain)
	}
	weak := strings.Replace(zone("d0.test", "d1.test", "d2.test", "d3.test", "d4.test", "d5.test", "d6.test"), "k=ed25519", "h=sha1; k=ed25519", 1)
	for name, message := range map[string]string{
		"long": chain, "changed": chain + "more\r\n", "one": sealed(1), "failed": sealer{cv: "fail"}.seal(sealed(1)),
		"expired": sealer{}.seal(sealer{ams: " x=1;"}.seal(plain)), "weak": sealed(2),
	} {
		r := dnstest.New(t, weak)
		if name != "weak" {
			r = dnstest.New(t, zone("d0.test", "d1.test", "d2.test", "d3.test", "d4.test", "d5.test", "d6.test"))
		}
		eachFailure(t, name, r, []byte(message))
	}
}

func eachFailure(t *testing.T, name string, r *dnstest.Resolver, octets []byte) {
	t.Helper()
	before := validate(t, r, octets, now)
	asked := r.Asked()
	for _, q := range asked {
		for _, kind := range failures {
			r.Fail(func(asked resolver.Question) resolver.Kind {
				if asked == q {
					return kind
				}
				return 0
			})
			after := validate(t, r, octets, now)
			switch {
			case after.Result != before.Result && !(after.Result == Fail && after.Temporary):
				t.Errorf("%s without %v (%v): %s became %s (%s)", name, q, kind, before.Result, after.Result, after.Reason)
			case after.Temporary && before.Result != Pass && !strings.Contains(after.Reason, "could not be looked up"):
				t.Errorf("%s without %v (%v): temporary since %s", name, q, kind, after.Reason)
			case before.Result == Pass && after.Result == Fail && !strings.Contains(after.Reason, "could not be looked up"):
				t.Errorf("%s without %v (%v): fails since %s", name, q, kind, after.Reason)
			}
		}
		r.Fail(nil)
	}
}
