package resolver

import (
	"strings"
	"testing"
)

func TestNameserverLinesAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"nameserver 192.0.2.1": "192.0.2.1:53",
		"# nameserver 192.0.2.9\n\tnameserver\t192.0.2.1 # first\n":     "192.0.2.1:53",
		"search example.com\noptions edns0\nnameserver 2001:db8::1\r\n": "[2001:db8::1]:53",
		"nameserver fe80::1%eth0":                                       "[fe80::1%eth0]:53",
		"nameserver bad\nnameserver tls://192.0.2.7\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4": "192.0.2.1:53 192.0.2.2:53 192.0.2.3:53",
	} {
		servers, err := parseResolvConf(strings.NewReader(text))
		var got []string
		for _, s := range servers {
			got = append(got, s.String())
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestAConfigurationWithoutServersIsAnError(t *testing.T) {
	for _, text := range []string{"", "search example.com", "nameserver", "nameservers 192.0.2.1", strings.Repeat("x", maxConf) + "\nnameserver 192.0.2.1"} {
		if servers, err := parseResolvConf(strings.NewReader(text)); err == nil {
			t.Errorf("%.40q: %v", text, servers)
		}
	}
}

func FuzzResolvConf(f *testing.F) {
	f.Add("nameserver 192.0.2.1\nnameserver ::1")
	f.Fuzz(func(t *testing.T, text string) {
		servers, err := parseResolvConf(strings.NewReader(text))
		if (err == nil) != (len(servers) > 0) || len(servers) > maxNameservers {
			t.Errorf("%v, %v", servers, err)
		}
		for _, s := range servers {
			if !s.Addr.IsValid() || s.Addr.Port() == 0 || s.Transport != Auto {
				t.Errorf("%+v", s)
			}
		}
	})
}
