package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// TestLargeMessagesGoInChunks: a message that no single request holds gets its report,
// in process and from a service; one beyond all bounds is told the bound.
func TestLargeMessagesGoInChunks(t *testing.T) {
	d, err := startDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.stop() //nolint:errcheck // the test is over
	line := []byte("0123456789abcdef0123456789abcd\r\n")
	for name, c := range map[string]struct {
		octets int
		fits   bool
	}{"small": {1 << 10, true}, "large": {3 << 20, true}, "too large": {26 << 20, false}} {
		file := filepath.Join(t.TempDir(), "message")
		message := append([]byte("From: ceo@healthy.example\r\n\r\n"), bytes.Repeat(line, c.octets/len(line))...)
		if err := os.WriteFile(file, message, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, server := range []string{"", d.addr} {
			cmd := senderCommand{asking: asking{resolving: resolving{Resolver: []string{d.dns}}, Server: server, Timeout: 20 * time.Second}}
			cmd.IP, cmd.MailFrom, cmd.Message = "203.0.113.66", "ceo@healthy.example", file
			r, err := cmd.ask(t.Context(), &pb.CheckSenderRequest{ClientIp: cmd.IP, MailFrom: cmd.MailFrom})
			switch {
			case !c.fits && err == nil:
				t.Errorf("%s, server %q: %v", name, server, r.GetVerdict())
			case c.fits && (err != nil || r.GetDmarc().GetDomain() != "healthy.example" || r.GetVerdict().GetAction() != pb.Verdict_ACTION_REJECT):
				t.Errorf("%s, server %q: %v, %v", name, server, r, err)
			}
		}
	}
}
