package sender_test

import (
	"bufio"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/sender"
	"github.com/mailassay/mailassay/service/spf"
)

// suitePath is the public RFC 7208 suite, beside the repository.
const suitePath = "../../../shared/conformance/spf/spf_rfc7208.jsonl"

// suiteCases are the cases of the suite as senders: the reverse-path's domain is
// the author's, too, and asks by DMARC to refuse what fails. It skips the test
// where the suite is not at hand.
func suiteCases(t *testing.T) []testCase {
	t.Helper()
	f, err := os.Open(filepath.FromSlash(suitePath))
	if os.IsNotExist(err) {
		t.Skipf("the public suite is not beside the repository: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []testCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c struct {
			ID    string
			Zone  map[string][][]any
			Input struct {
				IP, Helo string
				MailFrom string `json:"mail_from"`
			}
			Expect struct{ Result []spf.Result }
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, testCase{name: c.ID, zone: dnstest.FromSuite(c.Zone), spf: c.Expect.Result, request: sender.Request{
			Client: netip.MustParseAddr(c.Input.IP), Helo: c.Input.Helo, MailFrom: c.Input.MailFrom, AuthservID: "mx.example.net",
			Blocklists: []dnsbl.List{{Zone: "list.test", Kind: dnsbl.Addresses | dnsbl.Domains}},
		}})
		last := &out[len(out)-1]
		domain := c.Input.MailFrom[strings.LastIndexByte(c.Input.MailFrom, '@')+1:]
		if name, err := resolver.Canonical(domain); err == nil && name != "." {
			last.request.From = "author@" + name
			last.zone += "\n_dmarc." + name + ". TXT \"v=DMARC1; p=reject\"\n"
		}
	}
	if err := lines.Err(); err != nil || len(out) < 203 {
		t.Fatalf("%d cases: %v", len(out), err)
	}
	return out
}
