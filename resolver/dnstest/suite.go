package dnstest

import (
	"fmt"
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

// FromSuite is zone text for a zone in the form of the conformance suites: names
// without final dot, each with its records as lists that begin with the type, or
// with TIMEOUT or SERVFAIL for one type or for all that are not listed. A name that
// DNS cannot hold is left out.
func FromSuite(zone map[string][][]any) string {
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
