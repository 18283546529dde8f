package sender_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
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
		out = append(out, testCase{name: c.ID, zone: zoneText(c.Zone), spf: c.Expect.Result, request: sender.Request{
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

// zoneText is a zone of the suite, whose README says how it is to be read, as a
// zone file. What no zone file can hold is left out.
func zoneText(zone map[string][][]any) string {
	var b strings.Builder
	for key, records := range zone {
		name, err := resolver.Name(strings.Split(key, ".")...)
		if err != nil {
			continue
		}
		has := map[string]bool{}
		for _, r := range records {
			has[r[0].(string)] = true
		}
		for _, r := range records {
			switch kind := r[0].(string); {
			case kind != "TIMEOUT" && kind != "SERVFAIL":
				fmt.Fprintf(&b, "%s. %s %s\n", name, kind, rdata(r))
			case len(r) == 2:
				fmt.Fprintf(&b, ";! fail %s. %s %s\n", name, r[1], kind)
			default:
				for _, t := range []string{"TXT", "A", "AAAA", "MX", "PTR"} {
					if !has[t] {
						fmt.Fprintf(&b, ";! fail %s. %s %s\n", name, t, kind)
					}
				}
			}
		}
	}
	return b.String()
}

// rdata is a record's data in presentation form.
func rdata(r []any) string {
	switch r[0] {
	case "TXT":
		var strs []string
		for _, s := range r[1:] {
			var b strings.Builder
			for _, c := range s.(string) {
				fmt.Fprintf(&b, "\\%03d", c&0xff)
			}
			for text := b.String(); ; text = text[4*255:] {
				if len(text) <= 4*255 {
					strs = append(strs, `"`+text+`"`)
					break
				}
				strs = append(strs, `"`+text[:4*255]+`"`)
			}
		}
		return strings.Join(strs, " ")
	case "MX":
		return fmt.Sprintf("%v %s", r[1], host(r[2].(string)))
	case "A", "AAAA":
		return r[1].(string)
	}
	return host(r[1].(string))
}

// host is a name as data, absolute; the root where it is none.
func host(s string) string {
	name, err := resolver.Name(strings.Split(strings.TrimSuffix(s, "."), ".")...)
	if s == "" || err != nil {
		return "."
	}
	return name + "."
}
