package domain

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// empty tells whether there is no MX record at all.
func (m Mail) empty() bool { return len(m.Records) == 0 }

// verification tells whether the host can never exist: RFC 6761 section 6.4.
func (h MailHost) verification() bool { return resolver.Within(h.Host, "invalid") }

// absence is a clause: why the host has no address.
func (h MailHost) absence() string {
	switch {
	case h.Alias != "" && h.Missing:
		return "is an alias for " + h.Alias + ", which does not exist"
	case h.Missing:
		return "does not exist"
	}
	return "has no address"
}

func absences(f *Facts, hosts []MailHost) string {
	list := make([]string, len(hosts))
	for i, h := range hosts {
		switch _, ip := literal(f, h.Host); {
		case ip:
			list[i] = h.Host + " is an address and no host name"
		case invalidHost(h.Host) != "":
			list[i] = h.Host + " is no host name"
		default:
			list[i] = h.Host + " " + h.absence()
		}
	}
	return and(list)
}

// forHosts runs a check over the hosts and completes its hits.
func forHosts(f *Facts, check func(MailHost) (finding.Hit, bool)) []finding.Hit {
	var out []finding.Hit
	for _, h := range f.MX.Value.Hosts {
		hit, ok := check(h)
		if !ok || slices.ContainsFunc(out, func(x finding.Hit) bool { return x.Subject == h.Host }) {
			continue // a host may stand there twice, with two preferences
		}
		hit.Subject = h.Host
		if !f.MX.Value.Implicit {
			hit.Evidence = append([]string{line(f.Request.Domain, resolver.TypeMX, h.record())}, hit.Evidence...)
		}
		out = append(out, hit)
	}
	return out
}

// record is the data of the host's MX record.
func (h MailHost) record() string {
	return resolver.MX{Preference: h.Preference, Host: h.Host}.String()
}

func removeMX(f *Facts, h MailHost) finding.Change {
	return finding.Change{Action: finding.Remove, Name: f.Request.Domain, Type: "MX", Current: h.record()}
}

func replaceMX(f *Facts, h MailHost, host string) finding.Change {
	return finding.Change{
		Action: finding.Replace, Name: f.Request.Domain, Type: "MX", Current: h.record(),
		Proposed: resolver.MX{Preference: h.Preference, Host: host}.String(),
	}
}

// named gives an address a name and points the MX record at it.
func named(f *Facts, h MailHost, ip netip.Addr) []finding.Change {
	if f.special(ip) != "" {
		return nil
	}
	host, t := "mx."+f.Request.Domain, "A"
	if ip.Is6() {
		t = "AAAA"
	}
	return []finding.Change{{Action: finding.Add, Name: host, Type: t, Proposed: ip.String()}, replaceMX(f, h, host)}
}

// literal is the address that a target spells, also with the zone appended.
func literal(f *Facts, host string) (netip.Addr, bool) {
	for _, s := range []string{host, strings.TrimSuffix(host, "."+f.Request.Domain), strings.TrimSuffix(host, "."+f.Organizational)} {
		if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" {
			return ip, true
		}
	}
	return netip.Addr{}, false
}

// invalidHost tells what a name has that no host name may have, "" when nothing.
// Underscores are another matter: RFC 5321 section 2.3.5, RFC 1123 section 2.1.
func invalidHost(name string) string {
	labels, err := resolver.Labels(name)
	if err != nil {
		return err.Error()
	}
	if strings.HasPrefix(name, "http") && strings.Contains(name, "/") || strings.Contains(name, "://") {
		return "a scheme"
	}
	for _, label := range labels {
		for _, c := range []byte(label) {
			switch {
			case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
			case c == ' ':
				return "a space"
			case c == ':':
				return "a colon"
			case c == '[', c == ']':
				return "brackets"
			case c > ' ' && c < 0x7f:
				return fmt.Sprintf("the character %q", c)
			default:
				return fmt.Sprintf("the octet 0x%02x", c)
			}
		}
	}
	return ""
}

// specialAddress finds the special-purpose addresses of a host.
func specialAddress(f *Facts, h MailHost) (finding.Hit, bool) {
	if h.Host == "localhost" || strings.HasSuffix(h.Host, ".localhost") {
		return finding.Hit{
			Detail: fmt.Sprintf("The mail exchange %s means each sender's own machine.", h.Host),
			Remedy: "Point the MX record at the host that takes the mail.",
		}, true
	}
	var bad []string
	var changes []finding.Change
	good := false
	for _, ip := range h.All() {
		why := f.special(ip)
		if why == "" {
			good = true
			continue
		}
		bad = append(bad, fmt.Sprintf("%s (%s)", ip, why))
		changes = append(changes, finding.Change{Action: finding.Remove, Name: h.Host, Type: typeOf(ip).String(), Current: ip.String()})
	}
	if len(bad) == 0 {
		return no()
	}
	hit := finding.Hit{
		Detail:   fmt.Sprintf("The mail exchange %s has the %s %s, which nobody outside can reach.", h.Host, noun(len(bad), "address", "addresses"), and(bad)),
		Evidence: addressLines(h.Host, h.Addresses),
	}
	if good && resolver.Within(h.Host, f.Organizational) && h.Alias == "" {
		hit.Changes = changes
	}
	return hit, true
}

func typeOf(ip netip.Addr) resolver.Type {
	if ip.Is4() {
		return resolver.TypeA
	}
	return resolver.TypeAAAA
}

// mailboxes are the mailbox providers that the hosts belong to, and whether all
// hosts do; leftovers of a verification do not count.
func mailboxes(m Mail) (list []string, all bool) {
	all = len(m.Hosts) > 0 && !m.Implicit
	for _, h := range m.Hosts {
		switch {
		case h.verification():
		case h.Provider == "":
			all = false
		case !slices.Contains(list, h.Provider):
			list = append(list, h.Provider)
		}
	}
	return list, all
}

func hostList(hosts []MailHost) string {
	list := make([]string, len(hosts))
	for i, h := range hosts {
		list[i] = h.Host
	}
	return and(list)
}

func addrList(list []netip.Addr) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = a.String()
	}
	return and(words)
}

// addresses names addresses: "address 192.0.2.1", "addresses 192.0.2.1 and
// 192.0.2.2".
func addresses(list []netip.Addr) string {
	return noun(len(list), "address", "addresses") + " " + addrList(list)
}

// addressLines are the address records of a host as evidence.
func addressLines(host string, a Addresses) []string {
	var out []string
	for _, ip := range a.All() {
		out = append(out, line(a.owner(host), typeOf(ip), ip.String()))
	}
	return out
}

func hostLines(hosts []MailHost) []string {
	var out []string
	for _, h := range hosts {
		out = append(out, addressLines(h.Host, h.Addresses)...)
	}
	return out
}
