package smtperror

import (
	"strings"

	"github.com/mailassay/mailassay/resolver"
)

// Marks at the beginning of a step: of one that a provider's door or a list's page
// replaces where that is known, and of one that is told when the one before is not.
const (
	doorMark = "door: "
	pageMark = "page: "
	elseMark = "[else]"
)

// steps fills the steps of an advice with what is known. Steps that need what is not
// known are left out.
func (k known) steps(a advice, provider string) []string {
	values := k.replacer()
	var out []string
	told := false // the step before
	for _, s := range a.steps {
		if other, ok := strings.CutPrefix(s, elseMark); ok {
			if told {
				continue
			}
			s = other
		}
		if fallback, ok := strings.CutPrefix(s, doorMark); ok {
			s = k.first(append(doorsOf(provider, k.category), fallback)...)
		} else if fallback, ok := strings.CutPrefix(s, pageMark); ok {
			s = k.first(pageOf(k.list).step, fallback)
		}
		s, told = k.applies(s)
		if told = told && s != ""; told {
			out = append(out, values.Replace(s))
		}
	}
	return out
}

// first is the first step that can be told.
func (k known) first(steps ...string) string {
	for _, s := range steps {
		if t, ok := k.applies(s); ok && t != "" {
			return t
		}
	}
	return ""
}

// applies takes the mark "[ip domain]" off a step, and tells whether what it names is
// known, or for "[open]" whether the list still is.
func (k known) applies(step string) (string, bool) {
	if !strings.HasPrefix(step, "[") {
		return step, true
	}
	needs, rest, ok := strings.Cut(step[1:], "]")
	if !ok {
		return step, true
	}
	for _, n := range strings.Fields(needs) {
		if !k.has(n) {
			return "", false
		}
	}
	return rest, true
}

func (k known) has(need string) bool {
	switch need {
	case "ip":
		return k.ip.IsValid()
	case "ip6":
		return k.ip.Is6()
	case "noip":
		return !k.ip.IsValid()
	case "domain":
		return k.sender != ""
	case "nodomain":
		return k.sender == ""
	case "selector":
		return k.selector != ""
	case "noselector":
		return k.selector == ""
	case "recipient":
		return k.recipient != ""
	case "helo":
		return canonical(k.helo) != ""
	case "host":
		return k.host != ""
	case "open":
		return !pageOf(k.list).closed
	}
	return false
}

// reverseName is where the PTR record of the address belongs.
func (k known) reverseName() string {
	if !k.ip.IsValid() {
		return ""
	}
	return resolver.Absolute(resolver.Reverse(k.ip))
}

// addressType is the type of the record that holds the address.
func (k known) addressType() string {
	if k.ip.IsValid() && !k.ip.Is4() {
		return "AAAA"
	}
	return "A"
}
