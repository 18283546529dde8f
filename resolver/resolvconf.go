package resolver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

const (
	systemConf = "/etc/resolv.conf"
	// maxNameservers is what libc reads (resolv.conf(5), MAXNS).
	maxNameservers = 3
	// maxConf bounds the file in octets.
	maxConf = 64 << 10
)

// SystemServers are the name servers that /etc/resolv.conf lists. Search lists and
// options are of no use here: questions are absolute.
func SystemServers() ([]Server, error) {
	f, err := os.Open(systemConf)
	if err != nil {
		return nil, fmt.Errorf("name servers of the system: %w", err)
	}
	defer f.Close()
	servers, err := parseResolvConf(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", systemConf, err)
	}
	return servers, nil
}

// parseResolvConf reads the nameserver lines. What is no address is passed over, as
// libc does.
func parseResolvConf(r io.Reader) ([]Server, error) {
	var servers []Server
	lines := bufio.NewScanner(io.LimitReader(r, maxConf))
	for lines.Scan() && len(servers) < maxNameservers {
		f := strings.Fields(lines.Text())
		if len(f) < 2 || f[0] != "nameserver" {
			continue
		}
		if s, err := ParseServer(f[1]); err == nil && s.Transport == Auto {
			servers = append(servers, s)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(servers) == 0 {
		return nil, errors.New("no nameserver line")
	}
	return servers, nil
}
