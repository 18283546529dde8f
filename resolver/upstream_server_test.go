package resolver_test

import (
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
)

func TestServersAreReadAndPrinted(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.53":                         "192.0.2.53:53",
		"192.0.2.53:5353":                    "192.0.2.53:5353",
		"2001:db8::53":                       "[2001:db8::53]:53",
		"[2001:db8::53]":                     "[2001:db8::53]:53",
		"[2001:db8::53]:5353":                "[2001:db8::53]:5353",
		"[fe80::1%eth0]:53":                  "[fe80::1%eth0]:53",
		"udp://192.0.2.53":                   "udp://192.0.2.53:53",
		"tcp://[2001:db8::53]:54":            "tcp://[2001:db8::53]:54",
		"tls://192.0.2.53":                   "tls://192.0.2.53:853",
		"tls://DNS.example.@192.0.2.53:8853": "tls://dns.example@192.0.2.53:8853",
	} {
		s, err := resolver.ParseServer(text)
		if err != nil || s.String() != want {
			t.Errorf("%s: %v, %v", text, s, err)
			continue
		}
		if again, err := resolver.ParseServer(s.String()); err != nil || again != s {
			t.Errorf("%s printed and read: %v, %v", text, again, err)
		}
	}
}

func TestWhatIsNoServerIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "dns.example", "dns.example:53", "192.0.2.53:0", "192.0.2.53:99999", "192.0.2", "https://192.0.2.53", "://192.0.2.53",
		"tls://", "tls://@192.0.2.53", "tcp://dns.example@192.0.2.53", "tls://dns..example@192.0.2.53", "192.0.2.53/24",
	} {
		if s, err := resolver.ParseServer(text); err == nil {
			t.Errorf("%q: %v", text, s)
		} else if !strings.HasPrefix(err.Error(), "server ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseServer(f *testing.F) {
	for _, s := range []string{"192.0.2.53", "[2001:db8::53]:5353", "tls://dns.example@192.0.2.53:853", "udp://[fe80::1%25eth0]:53", `tls://a\.b@1.1.1.1`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := resolver.ParseServer(text)
		if err != nil {
			return
		}
		if again, err := resolver.ParseServer(s.String()); err != nil || again != s {
			t.Errorf("%q is %v, printed and read %v, %v", text, s, again, err)
		}
	})
}

func TestAnUpstreamNeedsServersButNotTooMany(t *testing.T) {
	if _, err := resolver.NewUpstream(resolver.UpstreamConfig{Servers: make([]resolver.Server, 17)}); err == nil {
		t.Error("17 servers were taken")
	}
}
