package service

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
)

// TestPublicSuiteOverTheWire runs the public RFC 7208 suite as a mail server would:
// CheckSender over gRPC, the zones behind a name server on UDP and TCP.
func TestPublicSuiteOverTheWire(t *testing.T) {
	f, err := os.Open(filepath.FromSlash("../../shared/conformance/spf/spf_rfc7208.jsonl"))
	if os.IsNotExist(err) {
		t.Skipf("the public suite is not beside the repository: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c struct {
			ID    string
			Zone  map[string][][]any
			Input struct {
				IP, Helo, Receiver string
				MailFrom           string `json:"mail_from"`
			}
			Expect struct {
				Result      []string
				Explanation *string
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel() // some wait for a server that is silent
			dns := dnstest.Serve(t, dnstest.FromSuite(c.Zone), dnstest.Config{})
			upstream, err := resolver.NewUpstream(resolver.UpstreamConfig{
				Servers: []resolver.Server{dns.UDPServer()}, Validation: resolver.ValidationOff, Timeout: 2 * time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = upstream.Close() })
			r := start(t, overDNS(resolver.Share(upstream, resolver.Sharing{})))
			m, err := answer(within(t), client{rig: r}, &mailassayv1.CheckSenderRequest{
				ClientIp: c.Input.IP, Helo: c.Input.Helo, MailFrom: c.Input.MailFrom, AuthservId: c.Input.Receiver,
			})
			if err != nil {
				t.Fatal(err)
			}
			got := m.(*mailassayv1.CheckSenderResponse).GetSpf()
			if !slices.Contains(c.Expect.Result, got.GetResult()) {
				t.Errorf("%s, not one of %v: %s", got.GetResult(), c.Expect.Result, got.GetProblem())
			}
			if want := c.Expect.Explanation; want != nil && got.GetExplanation() != *want {
				t.Errorf("the explanation is %q, not %q", got.GetExplanation(), *want)
			}
		})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
