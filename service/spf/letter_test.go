package spf_test

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/resolver/dnstest"
	"github.com/mailassay/mailassay/service/spf"
)

// letter are single points of RFC 7208 and of its kin, each a zone and what must
// come out. Unless said otherwise the client is 192.0.2.1 and the sender
// user@d.test.
var letter = []struct {
	name   string
	zone   string
	query  spf.Query
	result spf.Result
	more   func(o spf.Outcome) bool // what else must hold
}{
	// Section 4.3: the domain.
	{"a name of one label is none", `test. TXT "v=spf1 +all"`, spf.Query{Sender: "user@test"}, spf.None, unasked},
	{"an address literal is none", ``, spf.Query{Sender: "user@[192.0.2.1]"}, spf.None, unasked},
	{"an address is none", `192.0.2.1. TXT "v=spf1 +all"`, spf.Query{Helo: "192.0.2.1"}, spf.None, unasked},
	{"an empty label is none", ``, spf.Query{Sender: "user@a..test"}, spf.None, unasked},
	{"a long label is none", ``, spf.Query{Sender: "user@" + strings.Repeat("a", 64) + ".test"}, spf.None, unasked},
	{"a long name is none", ``, spf.Query{Sender: "user@" + strings.Repeat("a23456789.", 26) + "test"}, spf.None, unasked},
	{"nobody at all is none", ``, spf.Query{}, spf.None, unasked},
	{"U-labels are converted", `xn--bcher-kva.test. TXT "v=spf1 exists:%{o}.%{d} -all"
		xn--bcher-kva.test.xn--bcher-kva.test. A 127.0.0.2`, spf.Query{Sender: "user@B\u00fccher.test"}, spf.Pass, nil},
	{"a final dot and upper case do not matter", `d.test. TXT "v=spf1 +all"`, spf.Query{Sender: "user@D.Test."}, spf.Pass, nil},
	{"the local part may hold @", `d.test. TXT "v=spf1 +all"`, spf.Query{Sender: `"a@b.test"@d.test`}, spf.Pass, nil},
	{"without @ it is a domain", `d.test. TXT "v=spf1 exists:%{l}.%{o} -all"
		postmaster.d.test. A 127.0.0.2`, spf.Query{Sender: "d.test"}, spf.Pass, nil},
	{"the null sender is postmaster at HELO", `d.test. TXT "v=spf1 exists:%{l}.%{o}.%{h} -all"
		postmaster.d.test.d.test. A 127.0.0.2`, spf.Query{Helo: "d.test"}, spf.Pass, func(o spf.Outcome) bool { return o.Sender == "postmaster@d.test" }},

	// Sections 4.4 and 4.5: the record.
	{"no name is none", `x.test. A 192.0.2.9`, spf.Query{}, spf.None, nil},
	{"no text is none", `d.test. A 192.0.2.9`, spf.Query{}, spf.None, nil},
	{"SERVFAIL is temperror", `;! fail d.test. TXT SERVFAIL`, spf.Query{}, spf.TempError, temporary(resolver.ServerFailure)},
	{"REFUSED is temperror", `;! fail d.test. TXT REFUSED`, spf.Query{}, spf.TempError, temporary(resolver.Refused)},
	{"silence is temperror", `;! fail d.test. TXT TIMEOUT`, spf.Query{}, spf.TempError, temporary(resolver.Timeout)},
	{"bogus is temperror", `;! fail d.test. TXT BOGUS`, spf.Query{}, spf.TempError, temporary(resolver.Bogus)},
	{"v=spf10 is no record", `d.test. TXT "v=spf10 +all"`, spf.Query{}, spf.None, nil},
	{"a leading space is no record", `d.test. TXT " v=spf1 +all"`, spf.Query{}, spf.None, nil},
	{"a tab after the version is no record", `d.test. TXT "v=spf1\009+all"`, spf.Query{}, spf.None, nil},
	{"strings are joined without a space", `d.test. TXT "v=s" "pf1 +al" "l"`, spf.Query{}, spf.Pass, nil},
	{"type 99 is not asked", `d.test. TYPE99 \# 12 0b763d73706631202b616c6c`, spf.Query{}, spf.None, nil},
	{"the version is case-insensitive", `d.test. TXT "V=SpF1 +ALL"`, spf.Query{}, spf.Pass, nil},
	{"two records are permerror", `d.test. TXT "v=spf1 +all"
		d.test. TXT "v=spf1 -all"`, spf.Query{}, spf.PermError, nil},
	{"other texts do not disturb", `d.test. TXT "v=spf1xyz"
		d.test. TXT "v=spf1 +all"
		d.test. TXT "\128\255"`, spf.Query{}, spf.Pass, nil},
	{"the empty record is neutral", `d.test. TXT "v=spf1"`, spf.Query{}, spf.Neutral, nil},

	// Section 4.6: syntax before evaluation.
	{"an error behind a match", `d.test. TXT "v=spf1 +all foo:bar"`, spf.Query{}, spf.PermError, syntax(spf.UnknownMechanism)},
	{"an error in an unknown modifier", `d.test. TXT "v=spf1 +all foo=%{q}"`, spf.Query{}, spf.PermError, syntax(spf.BadMacro)},
	{"a tab between terms", `d.test. TXT "v=spf1 a\009+all"`, spf.Query{}, spf.PermError, nil},
	{"a no-break space", `d.test. TXT "v=spf1 a\194\160+all"`, spf.Query{}, spf.PermError, nil},
	{"a long s is no s", `d.test. TXT "v=spf1 exi\197\191ts:h.test +all"`, spf.Query{}, spf.PermError, nil},
	{"the slash of a prefix may stand in a name", `d.test. TXT "v=spf1 a:x/y.h.test/24 -all"
		x/y.h.test. A 192.0.2.9`, spf.Query{}, spf.Pass, nil},
	{"the lengths of both families change places", `d.test. TXT "v=spf1 a//64/24 +all"`, spf.Query{}, spf.PermError, nil},
	{"a third length", `d.test. TXT "v=spf1 a/24/64 +all"`, spf.Query{}, spf.PermError, nil},
	{"a domain-spec ends in a macro, not in a dot behind it", `d.test. TXT "v=spf1 a:%{d}. +all"`, spf.Query{}, spf.PermError, nil},
	{"many spaces, and at the end", `d.test. TXT "v=spf1    +all   "`, spf.Query{}, spf.Pass, nil},
	{"an unknown modifier", `d.test. TXT "v=spf1 x.y_z-1=%{l}%% all=1 +all"`, spf.Query{}, spf.Pass, nil},
	{"a name that begins with a digit is no modifier", `d.test. TXT "v=spf1 1x=y +all"`, spf.Query{}, spf.PermError, nil},
	{"a modifier with a qualifier", `d.test. TXT "v=spf1 +all -redirect=x.test"`, spf.Query{}, spf.PermError, nil},
	{"a mistake in an include", `d.test. TXT "v=spf1 include:i.test +all"
		i.test. TXT "v=spf1 -all mxx"`, spf.Query{}, spf.PermError, syntax(spf.UnknownMechanism)},

	// Section 4.6.4: limits.
	{"ten terms", `d.test. TXT "v=spf1` + strings.Repeat(" a:h.test", 10) + ` ip4:192.0.2.1 -all"
		h.test. A 198.51.100.1`, spf.Query{}, spf.Pass, func(o spf.Outcome) bool { return o.Lookups == 10 }},
	{"the eleventh", `d.test. TXT "v=spf1` + strings.Repeat(" a:h.test", 11) + ` ip4:192.0.2.1 -all"
		h.test. A 198.51.100.1`, spf.Query{}, spf.PermError, func(o spf.Outcome) bool { return o.Lookups == 11 }},
	{"the eleventh is not reached", `d.test. TXT "v=spf1` + strings.Repeat(" a:h.test", 10) + ` ip4:192.0.2.1` + strings.Repeat(" a:h.test", 9) + `"
		h.test. A 198.51.100.1`, spf.Query{}, spf.Pass, nil},
	{"the whole tree counts", `d.test. TXT "v=spf1 include:i.test include:i.test a:h.test"
		i.test. TXT "v=spf1 a:h.test a:h.test a:h.test a:h.test -all"
		h.test. A 198.51.100.1`, spf.Query{}, spf.PermError, nil},
	{"all, ip4, ip6 and exp do not count", `d.test. TXT "v=spf1` + strings.Repeat(" ip4:198.51.100.1 ip6:2001:db8::1", 12) + ` exp=e.d.test ?all"`, spf.Query{}, spf.Neutral,
		func(o spf.Outcome) bool { return o.Lookups == 0 }},
	{"%{p} counts", `d.test. TXT "v=spf1` + strings.Repeat(" a:h.test", 9) + ` exists:%{p}.x.test ?all"
		h.test. A 198.51.100.1`, spf.Query{}, spf.PermError, nil},
	{"two voids", `d.test. TXT "v=spf1 a:no.test mx:no.test ?all"`, spf.Query{}, spf.Neutral, func(o spf.Outcome) bool { return o.VoidLookups == 2 }},
	{"the third void", `d.test. TXT "v=spf1 a:no.test mx:no.test exists:no.test +all"`, spf.Query{}, spf.PermError, func(o spf.Outcome) bool { return o.VoidLookups == 3 }},
	{"a third lookup with data", `d.test. TXT "v=spf1 a:no.test mx:no.test a:h.test -all"
		h.test. A 192.0.2.1`, spf.Query{}, spf.Pass, nil},
	{"addresses of the other family are void", `d.test. TXT "v=spf1 a:h.test a:h.test a:h.test +all"
		h.test. AAAA 2001:db8::1`, spf.Query{}, spf.PermError, nil},
	{"dead mail exchangers are one void at most", `d.test. TXT "v=spf1 mx ?all"
		d.test. MX 1 a.no.test.
		d.test. MX 2 b.no.test.
		d.test. MX 3 c.no.test.`, spf.Query{}, spf.Neutral, nil},
	{"eleven mail exchangers, the first of them the client", `d.test. TXT "v=spf1 mx -all"` + "\nd.test. MX 5 me.test.\nme.test. A 192.0.2.1" + hosts("d.test. MX 10", 10), spf.Query{}, spf.PermError, nil},
	{"254 octets of which the last is a dot", "d.test. TXT \"v=spf1 exists:%{l}" + strings.Repeat("a.", 126) + "b. -all\"\n" +
		strings.Repeat("a.", 125) + "b. A 127.0.0.2", spf.Query{Sender: "x@d.test"}, spf.Pass, nil},
	{"two final dots", `d.test. TXT "v=spf1 +all"`, spf.Query{Sender: "u@d.test.."}, spf.None, unasked},
	{"one final dot", `d.test. TXT "v=spf1 +all"`, spf.Query{Sender: "u@d.test."}, spf.Pass, nil},
	{"a domain that is no UTF-8", `*.test. TXT "v=spf1 +all"`, spf.Query{Sender: "u@d\xff.test"}, spf.None, unasked},
	{"eleven mail exchangers", `d.test. TXT "v=spf1 mx +all"` + hosts("d.test. MX 10", 11), spf.Query{}, spf.PermError, nil},
	{"ten mail exchangers", `d.test. TXT "v=spf1 mx -all"` + hosts("d.test. MX 10", 10) + "\nh9.test. A 192.0.2.1", spf.Query{}, spf.Pass, nil},
	{"the eleventh reverse name is ignored", `d.test. TXT "v=spf1 ptr:h10.test -all"` + hosts("1.2.0.192.in-addr.arpa. PTR", 11) + "\nh10.test. A 192.0.2.1", spf.Query{}, spf.Fail, nil},
	{"the tenth is not", `d.test. TXT "v=spf1 ptr:h9.test -all"` + hosts("1.2.0.192.in-addr.arpa. PTR", 11) + "\nh9.test. A 192.0.2.1", spf.Query{}, spf.Pass, nil},

	// Section 5: mechanisms.
	{"include of fail does not match", `d.test. TXT "v=spf1 include:i.test ~all"
		i.test. TXT "v=spf1 -all"`, spf.Query{}, spf.SoftFail, nil},
	{"include of nothing is permerror", `d.test. TXT "v=spf1 include:i.test +all"`, spf.Query{}, spf.PermError, nil},
	{"include of a failing name is temperror", `d.test. TXT "v=spf1 include:i.test +all"
		;! fail i.test. TXT SERVFAIL`, spf.Query{}, spf.TempError, nil},
	{"include of permerror is permerror", `d.test. TXT "v=spf1 include:i.test +all"
		i.test. TXT "v=spf1 a:no.test a:no.test a:no.test"`, spf.Query{}, spf.PermError, nil},
	{"a qualified include", `d.test. TXT "v=spf1 ~include:i.test +all"
		i.test. TXT "v=spf1 ip4:192.0.2.0/24 -all"`, spf.Query{}, spf.SoftFail, func(o spf.Outcome) bool {
		return o.Mechanism == "~include:i.test" && o.MechanismDomain == "d.test" && o.Origin == "ip4:192.0.2.0/24" && o.OriginDomain == "i.test"
	}},
	{"mx does not fall back", `d.test. TXT "v=spf1 mx -all"
		d.test. A 192.0.2.1`, spf.Query{}, spf.Fail, nil},
	{"the null MX is no host", `d.test. TXT "v=spf1 mx -all"
		d.test. MX 0 .`, spf.Query{}, spf.Fail, nil},
	{"exists asks A for IPv6 clients", `d.test. TXT "v=spf1 exists:e.test -all"
		e.test. A 127.0.0.2`, spf.Query{Client: netip.MustParseAddr("2001:db8::1")}, spf.Pass, nil},
	{"exists does not look at AAAA", `d.test. TXT "v=spf1 exists:e.test -all"
		e.test. AAAA ::1`, spf.Query{Client: netip.MustParseAddr("2001:db8::1")}, spf.Fail, nil},
	{"both prefix lengths", `d.test. TXT "v=spf1 a/24//64 -all"
		d.test. A 192.0.2.77
		d.test. AAAA 2001:db8::ffff`, spf.Query{Client: netip.MustParseAddr("2001:db8::1")}, spf.Pass, nil},
	{"a mapped client is IPv4", `d.test. TXT "v=spf1 a/24 exists:%{i}.%{v} -all"
		d.test. A 192.0.2.77`, spf.Query{Client: netip.MustParseAddr("::ffff:192.0.2.1")}, spf.Pass, nil},
	{"a compatible client is IPv6", `d.test. TXT "v=spf1 ip4:192.0.2.1 -all"`, spf.Query{Client: netip.MustParseAddr("::192.0.2.1")}, spf.Fail, nil},
	{"ip6 is not for mapped clients", `d.test. TXT "v=spf1 ip6:::ffff:192.0.2.1 -all"`, spf.Query{Client: netip.MustParseAddr("::ffff:192.0.2.1")}, spf.Fail, nil},
	{"a zone of an address is ignored", `d.test. TXT "v=spf1 ip6:fe80::/10 -all"`, spf.Query{Client: netip.MustParseAddr("fe80::1%eth0")}, spf.Pass, nil},
	{"ptr wants whole labels", `d.test. TXT "v=spf1 ptr -all"
		1.2.0.192.in-addr.arpa. PTR xd.test.
		xd.test. A 192.0.2.1`, spf.Query{}, spf.Fail, nil},
	{"ptr wants the way back", `d.test. TXT "v=spf1 ptr -all"
		1.2.0.192.in-addr.arpa. PTR x.d.test.
		x.d.test. A 192.0.2.2`, spf.Query{}, spf.Fail, nil},
	{"ptr skips a failing name", `d.test. TXT "v=spf1 ptr -all"
		1.2.0.192.in-addr.arpa. PTR a.d.test.
		1.2.0.192.in-addr.arpa. PTR b.d.test.
		;! fail a.d.test. A SERVFAIL
		b.d.test. A 192.0.2.1`, spf.Query{}, spf.Pass, nil},
	{"ptr passes over an error, with doubt", `d.test. TXT "v=spf1 ptr -all"
		;! fail 1.2.0.192.in-addr.arpa. PTR TIMEOUT`, spf.Query{}, spf.Fail, func(o spf.Outcome) bool { return resolver.KindOf(o.Doubt) == resolver.Timeout }},
	{"no doubt about a pass that the name would be, too", `d.test. TXT "v=spf1 include:i.test -all"
		i.test. TXT "v=spf1 ptr ip4:192.0.2.1 -all"
		;! fail 1.2.0.192.in-addr.arpa. PTR TIMEOUT`, spf.Query{}, spf.Pass, func(o spf.Outcome) bool { return o.Doubt == nil }},
	{"doubt about a pass that the name might forbid", `d.test. TXT "v=spf1 -include:i.test +all"
		i.test. TXT "v=spf1 ptr -all"
		;! fail 1.2.0.192.in-addr.arpa. PTR TIMEOUT`, spf.Query{}, spf.Pass, func(o spf.Outcome) bool { return o.Doubt != nil }},
	{"doubt about a pass that a void lookup might prevent", `d.test. TXT "v=spf1 a:v.test a:w.test ptr +all"
		;! fail 1.2.0.192.in-addr.arpa. PTR TIMEOUT`, spf.Query{}, spf.Pass, func(o spf.Outcome) bool { return o.Doubt != nil }},
	{"no doubt where another name matches", `d.test. TXT "v=spf1 ptr -all"
		1.2.0.192.in-addr.arpa. PTR a.d.test.
		1.2.0.192.in-addr.arpa. PTR b.d.test.
		;! fail a.d.test. A SERVFAIL
		b.d.test. A 192.0.2.1`, spf.Query{}, spf.Pass, func(o spf.Outcome) bool { return o.Doubt == nil }},
	{"no doubt over an explanation", `d.test. TXT "v=spf1 -all exp=e.test"
		e.test. TXT "%{p}"
		;! fail 1.2.0.192.in-addr.arpa. PTR TIMEOUT`, spf.Query{}, spf.Fail, func(o spf.Outcome) bool { return o.Doubt == nil && o.Explanation == "unknown" }},
	{"a monstrous local part makes no name", `d.test. TXT "v=spf1 exists:` + strings.Repeat("%{s}", 1000) + `.test -all"`, spf.Query{Sender: strings.Repeat("a", 1<<20) + "@d.test"}, spf.Fail, nil},
	{"ptr behind a classless delegation", `d.test. TXT "v=spf1 ptr -all"
		1.2.0.192.in-addr.arpa. CNAME 1.0-25.2.0.192.in-addr.arpa.
		1.0-25.2.0.192.in-addr.arpa. PTR x.d.test.
		x.d.test. A 192.0.2.1`, spf.Query{}, spf.Pass, nil},
	{"an error of an address is temperror", `d.test. TXT "v=spf1 a:h.test +all"
		;! fail h.test. A SERVFAIL`, spf.Query{}, spf.TempError, nil},
	{"an error of a mail exchanger is temperror", `d.test. TXT "v=spf1 mx +all"
		d.test. MX 1 h.test.
		;! fail h.test. A SERVFAIL`, spf.Query{}, spf.TempError, nil},

	// Section 6: modifiers.
	{"redirect runs last", `d.test. TXT "v=spf1 redirect=r.test ip4:192.0.2.1"
		r.test. TXT "v=spf1 -all"`, spf.Query{}, spf.Pass, nil},
	{"redirect takes over", `d.test. TXT "v=spf1 redirect=r.test"
		r.test. TXT "v=spf1 exists:%{d}.x.test -all"
		r.test.x.test. A 127.0.0.2`, spf.Query{}, spf.Pass, func(o spf.Outcome) bool { return o.MechanismDomain == "r.test" && o.Domain == "d.test" }},
	{"redirect beside all is ignored", `d.test. TXT "v=spf1 redirect=r.test ?all"`, spf.Query{}, spf.Neutral, nil},
	{"redirect to nothing is permerror", `d.test. TXT "v=spf1 redirect=r.test"`, spf.Query{}, spf.PermError, nil},
	{"redirect within an include", `d.test. TXT "v=spf1 include:i.test ?all"
		i.test. TXT "v=spf1 redirect=r.test"
		r.test. TXT "v=spf1 ip4:192.0.2.1 -all"`, spf.Query{}, spf.Pass, nil},
	{"redirect twice", `d.test. TXT "v=spf1 redirect=r.test REDIRECT=r.test"
		r.test. TXT "v=spf1 +all"`, spf.Query{}, spf.PermError, syntax(spf.Repeated)},
	{"exp twice", `d.test. TXT "v=spf1 +all exp=r.test exp=r.test"`, spf.Query{}, spf.PermError, syntax(spf.Repeated)},

	// Section 7: macros.
	{"the name is cut on the left", `d.test. TXT "v=spf1 exists:%{l}.x.test -all"
		` + strings.Repeat("a23456789.", 24) + `x.test. A 127.0.0.2`, spf.Query{Sender: strings.Repeat("a23456789.", 29) + "a23456789@d.test"}, spf.Pass, nil},
	{"an empty label cannot match", `d.test. TXT "v=spf1 exists:%{l}..x.test a:%{l}..x.test mx:.%{l}.test ptr:a..test +all"`, spf.Query{}, spf.Pass,
		func(o spf.Outcome) bool { return o.VoidLookups == 0 && o.Lookups == 4 }},
	{"a long label cannot match", `d.test. TXT "v=spf1 exists:%{l}.test -all"`, spf.Query{Sender: strings.Repeat("a", 64) + "@d.test"}, spf.Fail, nil},
	{"an include of it is permerror", `d.test. TXT "v=spf1 include:%{l}.test -all"`, spf.Query{Sender: strings.Repeat("a", 64) + "@d.test"}, spf.PermError, nil},
	{"octets are octets", `d.test. TXT "v=spf1 exists:%{l}.x.test -all"
		a\\b\000c.x.test. A 127.0.0.2`, spf.Query{Sender: "a\\b\x00c@d.test"}, spf.Pass, nil},
	{"non-ASCII local parts match nothing", `d.test. TXT "v=spf1 exists:%{l}.x.test include:%{s}.y.test redirect=%{l}.z.test"
		*.x.test. A 127.0.0.2`, spf.Query{Sender: "\u00fcser@d.test"}, spf.Neutral, nil},
	{"but other terms do", `d.test. TXT "v=spf1 exists:%{o}.x.test -all"
		d.test.x.test. A 127.0.0.2`, spf.Query{Sender: "\u00fcser@d.test"}, spf.Pass, nil},
	{"%{p} prefers the domain", `d.test. TXT "v=spf1 exists:%{p}.x.test -all"
		1.2.0.192.in-addr.arpa. PTR a.test.
		1.2.0.192.in-addr.arpa. PTR b.d.test.
		1.2.0.192.in-addr.arpa. PTR d.test.
		a.test. A 192.0.2.1
		b.d.test. A 192.0.2.1
		d.test. A 192.0.2.1
		d.test.x.test. A 127.0.0.2`, spf.Query{}, spf.Pass, nil},
	{"%{p} then what is below it", `d.test. TXT "v=spf1 exists:%{p}.x.test -all"
		1.2.0.192.in-addr.arpa. PTR a.test.
		1.2.0.192.in-addr.arpa. PTR b.d.test.
		a.test. A 192.0.2.1
		b.d.test. A 192.0.2.1
		b.d.test.x.test. A 127.0.0.2`, spf.Query{}, spf.Pass, nil},
	{"%{p} is unknown without a name", `d.test. TXT "v=spf1 exists:%{p}.x.test -all"
		unknown.x.test. A 127.0.0.2`, spf.Query{}, spf.Pass, nil},
	{"%{r} and %{c} are for explanations", `d.test. TXT "v=spf1 +all exists:%{r}.test"`, spf.Query{}, spf.PermError, syntax(spf.BadMacro)},
}

// indented is what zone text would take as "the same owner".
var indented = regexp.MustCompile(`\n[\t ]+`)

// hosts is n records with the hosts h0.test to h(n-1).test, which have addresses.
func hosts(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\n%s h%d.test.\nh%d.test. A 198.51.100.%d", prefix, i, i, i)
	}
	return b.String()
}

func unasked(o spf.Outcome) bool { return len(o.Trace) == 0 && o.Problem != "" }

func temporary(k resolver.Kind) func(spf.Outcome) bool {
	return func(o spf.Outcome) bool { return resolver.KindOf(o.Err) == k && o.Problem != "" }
}

func syntax(class spf.Class) func(spf.Outcome) bool {
	return func(o spf.Outcome) bool {
		var e *spf.SyntaxError
		return errors.As(o.Err, &e) && e.Class == class && o.Problem != ""
	}
}

func TestLetter(t *testing.T) {
	for _, c := range letter {
		q := c.query
		if !q.Client.IsValid() {
			q.Client = netip.MustParseAddr("192.0.2.1")
		}
		if q.Sender == "" && q.Helo == "" && c.name != "nobody at all is none" {
			q.Sender = "user@d.test"
		}
		o := spf.Check(t.Context(), dnstest.New(t, indented.ReplaceAllString(c.zone, "\n")), q)
		if o.Result != c.result || c.more != nil && !c.more(o) {
			t.Errorf("%s: %s, not %s: %+v", c.name, o.Result, c.result, o)
		}
		if (o.Doubt != nil) != strings.HasPrefix(o.Reason(), "a reverse name is unknown: ") || o.Doubt == nil && o.Reason() != o.Problem {
			t.Errorf("%s: %q for %v", c.name, o.Reason(), o.Doubt)
		}
		problem := o.Result == spf.None || o.Result == spf.PermError || o.Result == spf.TempError
		if problem != (o.Problem != "") || problem && o.Mechanism != "" {
			t.Errorf("%s: %s with problem %q and mechanism %q", c.name, o.Result, o.Problem, o.Mechanism)
		}
	}
}

// TestExplanations are texts of a failing check of user@d.test.
func TestExplanations(t *testing.T) {
	const record = `d.test. TXT "v=spf1 -all exp=e.%{d}"` + "\n"
	for _, c := range []struct{ name, zone, sender, want string }{
		{"every letter", `e.d.test. TXT "%{s} %{l} %{o} %{d} %{i} %{p} %{v} %{h} %{c} %{r} %{t}"`, "", "user@d.test user d.test d.test 192.0.2.1 unknown in-addr mx.d.test 192.0.2.1 me.test 1700000000"},
		{"escapes", `e.d.test. TXT "100%% a%_b%-c"`, "", "100% a b%20c"},
		{"upper case is URL-escaped", `e.d.test. TXT "%{S}"`, "a b+c~d@d.test", "a%20b%2Bc~d%40d.test"},
		{"transformers", `e.d.test. TXT "%{d1} %{dr} %{d1r} %{l2r-} %{l-+} %{i9999999999999999999} %{dr.-}"`, "a-b-c+d@d.test", "test test.d d b.a a.b.c.d 192.0.2.1 test.d"},
		{"several strings", `e.d.test. TXT "one " "two"`, "", "one two"},
		{"two records", "e.d.test. TXT \"a\"\ne.d.test. TXT \"b\"", "", ""},
		{"no record", ``, "", ""},
		{"a DNS error", `;! fail e.d.test. TXT SERVFAIL`, "", ""},
		{"bad syntax", `e.d.test. TXT "50% off"`, "", ""},
		{"line breaks", `e.d.test. TXT "a\013\010b"`, "", ""},
		{"non-ASCII text", `e.d.test. TXT "gr\195\188n"`, "", ""},
		{"non-ASCII sender", `e.d.test. TXT "%{s}"`, "\u00fc@d.test", ""},
		{"control characters from the sender", `e.d.test. TXT "%{s}"`, "a\r\nb@d.test", ""},
	} {
		q := spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Helo: "mx.d.test", Sender: "user@d.test", Receiver: "me.test", Now: time.Unix(1700000000, 0)}
		if c.sender != "" {
			q.Sender = c.sender
		}
		o := spf.Check(t.Context(), dnstest.New(t, record+c.zone), q)
		if o.Result != spf.Fail || o.Explanation != c.want || o.Problem != "" || o.Err != nil {
			t.Errorf("%s: %s %q, not %q", c.name, o.Result, o.Explanation, c.want)
		}
	}
}

// TestTheTraceHasEveryMechanismOnce reads a trace: who was asked what, and what
// came of it.
func TestTheTraceHasEveryMechanismOnce(t *testing.T) {
	o := spf.Check(t.Context(), dnstest.New(t, `
d.test. TXT "v=spf1 ip4:198.51.100.1 ip4:198.51.100.2 mx foo=bar ip6:2001:db8::/32 -include:i.test ~all"
d.test. MX 5 h.test.
h.test. A 198.51.100.7
i.test. TXT "v=spf1 exists:%{l}.x.test a:h2.test -all"
h2.test. A 192.0.2.1`), spf.Query{Client: netip.MustParseAddr("192.0.2.1"), Sender: "user@d.test"})
	var got strings.Builder
	for _, s := range o.Trace {
		fmt.Fprintf(&got, "%d %s:", s.Depth, s.Domain)
		for _, term := range s.Terms {
			got.WriteString(" " + term.Text)
		}
		for _, l := range s.Asked {
			fmt.Fprintf(&got, "; %s %s %d", l.Question, l.Status, l.Count)
		}
		if s.Match {
			got.WriteString("; match")
		}
		got.WriteByte('\n')
	}
	const want = `0 d.test:; d.test. TXT NOERROR 1
0 d.test: ip4:198.51.100.1 ip4:198.51.100.2
0 d.test: mx; d.test. MX NOERROR 1; h.test. A NOERROR 1
0 d.test: ip6:2001:db8::/32
0 d.test: -include:i.test; i.test. TXT NOERROR 1; match
1 i.test: exists:%{l}.x.test; user.x.test. A NXDOMAIN 0
1 i.test: a:h2.test; h2.test. A NOERROR 1; match
`
	if got.String() != want || o.Result != spf.Fail {
		t.Errorf("%s:\n%s\nnot\n%s", o.Result, got.String(), want)
	}
}
