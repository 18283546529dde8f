package domain

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mailassay/mailassay/service/finding"
)

// worldCases are domains of the loopback world of real name servers, with codes
// that must and, behind "!", must not be found.
var worldCases = []struct {
	domain, selectors, ips string
	status                 finding.Status
	codes                  string
}{
	{"good.test", "sel1 sel2", "192.0.2.10 2001:db8::10", finding.Pass, "SPF_VALID DKIM_KEY_VALID DMARC_ENFORCED DANE_VALID DNSSEC_SECURE BIMI_PRESENT SRV_FOUND PTR_CONFIRMED TLSRPT_PRESENT"},
	{"nsec3.test", "sel1 sel2", "", finding.Pass, "DANE_VALID DNSSEC_SECURE"},
	{"unsigned.test", "sel1", "", finding.WarningStatus, "DNSSEC_UNSIGNED DANE_INSECURE_ZONE !DNSSEC_SECURE"},
	{"bogus.test", "sel1", "", finding.Fail, "DNSSEC_BOGUS MX_UNKNOWN SPF_UNKNOWN DMARC_UNKNOWN !SPF_MISSING !MX_NONE"},
	{"expired.test", "sel1", "", finding.Fail, "DNSSEC_BOGUS MX_UNKNOWN !DMARC_MISSING"},
	{"badsig.test", "sel1", "", finding.Fail, "DNSSEC_BOGUS SPF_UNKNOWN DANE_VALID !SPF_MISSING"},
	{"lame.test", "", "", finding.Fail, "NS_ALL_LAME MX_UNKNOWN !MX_NONE !SPF_MISSING"},
	{"lame2.test", "", "", finding.Fail, "NS_ALL_LAME MX_UNKNOWN"},
	{"half-lame.test", "", "", 0, "NS_LAME_SERVER SPF_VALID !NS_ALL_LAME"},
	{"ns-nxdomain.test", "", "", finding.Fail, "NS_ALL_LAME MX_UNKNOWN"},
	{"servfail.test", "", "", finding.UnknownStatus, "MX_UNKNOWN SPF_UNKNOWN !SPF_MISSING"},
	{"split.test", "", "", 0, "NS_ANSWERS_DIFFER"},
	{"single-ns.test", "", "", 0, "NS_SINGLE_SERVER"},
	{"nxdomain.test", "", "", finding.Fail, "NS_DOMAIN_NOT_FOUND !SPF_MISSING !DMARC_MISSING"},
	{"example.nosuchtld", "", "", finding.Fail, "NS_DOMAIN_NOT_FOUND !DNSSEC_ISLAND"},
	{"bigtxt.test", "", "", 0, "SPF_VALID SPF_ANSWER_TOO_LARGE"},
	{"bigtxt-notcp.test", "", "", finding.UnknownStatus, "SPF_UNKNOWN !SPF_MISSING !MX_UNKNOWN"},
	{"always-tc.test", "", "", 0, "SPF_VALID !SPF_UNKNOWN"},
	{"spoof.test", "", "", 0, "SPF_VALID DMARC_ENFORCED"},
	{"case.test", "", "", 0, "SPF_VALID DMARC_ENFORCED"},
	{"nomx-a.test", "", "", 0, "MX_IMPLICIT !MX_NONE"},
	{"nomx-aaaa.test", "", "", 0, "MX_IMPLICIT MX_IPV6_ONLY"},
	{"nullmx.test", "", "", finding.Pass, "MX_NULL SPF_PARKED !MX_NONE"},
	{"nullmx-plus.test", "", "", finding.Fail, "MX_NULL_MIXED !MX_NULL"},
	{"mx-cname.test", "", "", 0, "MX_TARGET_CNAME"},
	{"mx-nowhere.test", "", "", finding.Fail, "MX_ALL_UNRESOLVABLE"},
	{"mx-noaddr.test", "", "", finding.Fail, "MX_ALL_UNRESOLVABLE"},
	{"mx-ip.test", "", "", finding.Fail, "MX_TARGET_IP_LITERAL MX_ALL_UNRESOLVABLE"},
	{"mx-bracket.test", "", "", finding.Fail, "MX_TARGET_INVALID_NAME !MX_DANGLING_DOMAIN"},
	{"mx-private.test", "", "", finding.Fail, "MX_ADDRESS_SPECIAL"},
	{"mx-localhost.test", "", "", finding.Fail, "MX_ADDRESS_SPECIAL"},
	{"mx-partial.test", "", "", 0, "MX_TARGET_UNRESOLVABLE !MX_ALL_UNRESOLVABLE"},
	{"mx-many.test", "", "", finding.Fail, "SPF_LOOKUP_LIMIT_EXCEEDED"},
	{"mx-v6only.test", "", "", 0, "MX_IPV6_ONLY"},
	{"mx-self.test", "", "", 0, "!MX_ALL_UNRESOLVABLE"},
	{"mx-broken-zone.test", "", "", finding.UnknownStatus, "MX_UNKNOWN !MX_ALL_UNRESOLVABLE"},
	{"no-a-no-mx.test", "", "", finding.Fail, "MX_NULL_ADVISED SPF_PARKED !MX_NONE"},
	{"wildcard-txt.test", "", "", finding.Fail, "NS_WILDCARD DMARC_MISSING !DMARC_VERSION_MISTYPED !DKIM_TAG_SYNTAX"},
	{"wildcard-all.test", "", "", 0, "NS_WILDCARD DMARC_ENFORCED !DKIM_TAG_SYNTAX"},
	{"apexcname.test", "", "", finding.Fail, "NS_APEX_CNAME"},
	{"verify-many.test", "", "", 0, "SPF_VALID"},
	{"spf-none.test", "", "", finding.Fail, "SPF_MISSING"},
	{"spf-two.test", "", "", finding.Fail, "SPF_MULTIPLE_RECORDS !SPF_VALID"},
	{"spf-typo.test", "", "", finding.Fail, "SPF_VERSION_MISTYPED !SPF_MISSING"},
	{"spf-v2.test", "", "", finding.Fail, "SPF_MISSING SPF_OBSOLETE_RECORD"},
	{"spf-plusall.test", "", "", finding.Fail, "SPF_PASS_ALL"},
	{"spf-implicit-all.test", "", "", finding.Fail, "SPF_PASS_ALL"},
	{"spf-noall.test", "", "", 0, "SPF_NO_ALL"},
	{"spf-neutral.test", "", "", 0, "SPF_NEUTRAL_ALL"},
	{"spf-softfail.test", "", "", 0, "SPF_VALID"},
	{"spf-ptr.test", "", "", 0, "SPF_PTR_MECHANISM"},
	{"spf-10.test", "", "", 0, "SPF_LOOKUPS_NEAR_LIMIT SPF_VALID"},
	{"spf-11.test", "", "", finding.Fail, "SPF_LOOKUP_LIMIT_EXCEEDED !SPF_VALID"},
	{"spf-deep11.test", "", "", finding.Fail, "SPF_LOOKUP_LIMIT_EXCEEDED"},
	{"spf-void2.test", "", "", 0, "SPF_VOID_LOOKUP SPF_VALID"},
	{"spf-void3.test", "", "", finding.Fail, "SPF_VOID_LIMIT_EXCEEDED"},
	{"spf-loop.test", "", "", finding.Fail, "SPF_LOOP"},
	{"spf-loop2.test", "", "", finding.Fail, "SPF_LOOP"},
	{"spf-redirect-all.test", "", "", 0, "SPF_TERMS_AFTER_ALL"},
	{"spf-redirect-none.test", "", "", finding.Fail, "SPF_INCLUDE_NO_RECORD"},
	{"spf-redirect-two.test", "", "", finding.Fail, "SPF_SYNTAX"},
	{"spf-include-nx.test", "", "", finding.Fail, "SPF_INCLUDE_NO_RECORD !SPF_TARGET_DANGLING"},
	{"spf-include-servfail.test", "", "", finding.UnknownStatus, "SPF_UNKNOWN !SPF_VALID !SPF_INCLUDE_NO_RECORD"},
	{"spf-include-permerror.test", "", "", finding.Fail, "SPF_INCLUDE_INVALID"},
	{"spf-macro.test", "", "192.0.2.10", 0, "SPF_UNDECIDABLE SPF_IP_AUTHORIZED"},
	{"spf-macro-bad.test", "", "", finding.Fail, "SPF_SYNTAX"},
	{"spf-nested.test", "", "", 0, "SPF_VALID"},
	{"spf-unknown-mech.test", "", "", finding.Fail, "SPF_SYNTAX"},
	{"spf-unknown-mod.test", "", "", 0, "SPF_VALID !SPF_SYNTAX"},
	{"spf-badcidr.test", "", "", finding.Fail, "SPF_BAD_ADDRESS"},
	{"spf-ip4-v6.test", "", "", finding.Fail, "SPF_BAD_ADDRESS"},
	{"spf-split.test", "", "", finding.Fail, "SPF_TERMS_RUN_TOGETHER"},
	{"spf-split-ok.test", "", "", 0, "SPF_VALID"},
	{"spf-type99.test", "", "", finding.Fail, "SPF_MISSING SPF_OBSOLETE_RECORD"},
	{"spf-nonascii.test", "", "", finding.Fail, "SPF_STRAY_CHARACTERS"},
	{"spf-www.test", "", "", finding.Fail, "SPF_MISPLACED !SPF_MISSING"},
	{"spf-wide-ip.test", "", "", finding.Fail, "SPF_PASS_ALL SPF_BROAD_RANGE"},
	{"dkim.test", "k512", "", finding.Fail, "DKIM_RSA_TOO_SHORT !DKIM_KEY_VALID"},
	{"dkim.test", "k1024", "", finding.WarningStatus, "DKIM_RSA_WEAK DKIM_KEY_VALID"},
	{"dkim.test", "k2048 k4096 spaces split nov strict a.dotted cname cname2 pkcs1", "", finding.NoticeStatus, "DKIM_KEY_VALID !DKIM_SELECTOR_MISSING"},
	{"dkim.test", "ed", "", finding.WarningStatus, "DKIM_ED25519_ONLY DKIM_KEY_VALID"},
	{"dkim.test", "edbad", "", finding.Fail, "DKIM_KEY_INVALID"},
	{"dkim.test", "revoked", "", finding.Fail, "DKIM_KEY_REVOKED"},
	{"dkim.test", "testing", "", finding.WarningStatus, "DKIM_TEST_MODE"},
	{"dkim.test", "malformed", "", finding.Fail, "DKIM_KEY_BAD_BASE64"},
	{"dkim.test", "cutkey", "", finding.Fail, "DKIM_KEY_TRUNCATED"},
	{"dkim.test", "badv vlast duptag spf", "", finding.Fail, "DKIM_TAG_SYNTAX"},
	{"dkim.test", "sha1 other", "", finding.Fail, "DKIM_KEY_RESTRICTED"},
	{"dkim.test", "escaped quoted", "", finding.Fail, "DKIM_STRAY_CHARACTERS"},
	{"dkim.test", "two", "", finding.WarningStatus, "DKIM_MULTIPLE_RECORDS"},
	{"dkim.test", "dangling", "", finding.Fail, "DKIM_CNAME_DANGLING"},
	{"dkim.test", "failing", "", finding.UnknownStatus, "DKIM_UNKNOWN !DKIM_CNAME_DANGLING"},
	{"dkim.test", "missing", "", finding.Fail, "DKIM_SELECTOR_MISSING"},
	{"dmarc-missing.test", "", "", finding.Fail, "DMARC_MISSING"},
	{"dmarc-none.test", "", "", 0, "DMARC_NONE_WITH_REPORTS"},
	{"dmarc-two.test", "", "", finding.Fail, "DMARC_MULTIPLE_RECORDS"},
	{"dmarc-invalid.test", "", "", finding.Fail, "DMARC_POLICY_INVALID"},
	{"dmarc-nop.test", "", "", 0, "DMARC_POLICY_DEFAULTED"},
	{"dmarc-nop-norua.test", "", "", finding.Fail, "DMARC_POLICY_INVALID"},
	{"dmarc-lowerv.test", "", "", finding.Fail, "DMARC_VERSION_MISTYPED"},
	{"dmarc-comma.test", "", "", finding.Fail, "DMARC_VERSION_MISTYPED"},
	{"dmarc-sp.test", "", "", 0, "DMARC_SUBDOMAIN_WEAKER"},
	{"dmarc-t.test", "", "", 0, "DMARC_TEST_MODE"},
	{"dmarc-pct.test", "", "", 0, "DMARC_PCT_PARTIAL"},
	{"dmarc-badpct.test", "", "", 0, "DMARC_TAG_IGNORED DMARC_ENFORCED"},
	{"dmarc-rua-ok.test", "", "", 0, "!DMARC_REPORT_UNAUTHORIZED !DMARC_RUA_NONE"},
	{"dmarc-rua-no.test", "", "", 0, "DMARC_REPORT_UNAUTHORIZED"},
	{"dmarc-rua-nx.test", "", "", 0, "DMARC_REPORT_NO_MX"},
	{"dmarc-rua-bad.test", "", "", 0, "DMARC_URI_UNUSABLE"},
	{"dmarc-rua-many.test", "", "", 0, "DMARC_REPORT_UNAUTHORIZED DMARC_UNKNOWN"},
	{"dmarc-wrongname.test", "", "", finding.Fail, "DMARC_MISPLACED !DMARC_MISSING"},
	{"dmarc-apex.test", "", "", finding.Fail, "DMARC_MISPLACED !DMARC_MISSING"},
	{"dmarc-cname.test", "", "", 0, "DMARC_ENFORCED"},
	{"dmarc-othertxt.test", "", "", 0, "DMARC_ENFORCED !DMARC_MULTIPLE_RECORDS"},
	{"dmarc-servfail.test", "", "", finding.UnknownStatus, "DMARC_UNKNOWN !DMARC_MISSING"},
	{"sub.dmarc-sub.test", "", "", finding.Fail, "DMARC_INHERITED DMARC_ENFORCED"},
	{"a.b.dmarc-midtree.test", "", "", finding.Fail, "DMARC_INHERITED DMARC_WALK_DIFFERS_FROM_PSL"},
	{"member.psd.test", "", "", 0, "DMARC_INHERITED DMARC_ENFORCED"},
	{"good.test", "sel1", "192.0.2.11", finding.Fail, "PTR_MISSING"},
	{"good.test", "sel1", "192.0.2.12 192.0.2.15 192.0.2.16 192.0.2.19 192.0.2.21", finding.Fail, "PTR_UNCONFIRMED !PTR_CONFIRMED"},
	{"good.test", "sel1", "192.0.2.14", finding.Fail, "PTR_GENERIC PTR_CONFIRMED"},
	{"good.test", "sel1", "192.0.2.17 192.0.2.18 198.51.100.65", finding.Fail, "PTR_CONFIRMED !PTR_UNCONFIRMED"},
	{"good.test", "sel1", "192.0.2.22 203.0.113.200", finding.Fail, "PTR_UNKNOWN !PTR_MISSING !PTR_UNCONFIRMED"},
	{"good.test", "sel1", "198.51.100.70", finding.Fail, "PTR_DELEGATION_DANGLING"},
	{"mtasts-two.test", "", "", 0, "MTASTS_TXT_INVALID"},
	{"mtasts-badid.test", "", "", 0, "MTASTS_TXT_INVALID"},
	{"mtasts-cname.test", "", "", 0, "!MTASTS_TXT_INVALID !MTASTS_ABSENT"},
	{"tlsrpt-https.test", "", "", 0, "TLSRPT_PRESENT"},
	{"tlsrpt-bad.test", "", "", 0, "TLSRPT_INVALID"},
	{"bimi-decline.test", "", "", 0, "BIMI_DECLINED"},
	{"bimi-http.test", "", "", 0, "BIMI_INVALID"},
	{"tlsa-unsigned.test", "", "", 0, "DANE_INSECURE_ZONE"},
	{"tlsa-usage0.test", "", "", 0, "DANE_UNUSABLE"},
	{"huge-record.test", "", "", 0, "SPF_VALID DMARC_ENFORCED !SPF_UNKNOWN"},
	{"wrongq.test", "", "", finding.UnknownStatus, "MX_UNKNOWN SPF_UNKNOWN !MX_NONE !SPF_MISSING"},
	{"lossy.test", "", "", 0, "!MX_NONE !SPF_MISSING !DMARC_MISSING"},
	{"flap.test", "", "", 0, "!MX_NONE !SPF_MISSING !DMARC_MISSING"},
	{"ttl0.test", "", "", 0, "SPF_VALID DMARC_ENFORCED"},
	{"ttl-mixed.test", "", "", 0, "SPF_VALID DMARC_ENFORCED"},
	{"empty.test", "", "", finding.Fail, "MX_NONE SPF_MISSING DMARC_MISSING"},
	{"single-mx.test", "", "", 0, "SPF_VALID !MX_TARGET_UNRESOLVABLE"},
	{"mx-same.test", "", "", 0, "SPF_VALID !MX_TARGET_UNRESOLVABLE"},
	{"x.sub.dname.test", "", "", finding.Fail, "MX_NONE !SRV_TARGET_UNRESOLVABLE"},
	{"c1.cname-chain.test", "", "", 0, "!MX_NONE MX_IMPLICIT"},
	{"a.cname-loop.test", "", "", finding.UnknownStatus, "MX_UNKNOWN SPF_UNKNOWN !MX_NONE !SPF_MISSING"},
	{"a.cname-dangling.test", "", "", finding.Fail, "MX_NONE"},
	{"xn--bcher-kva.test", "", "", 0, "SPF_VALID DMARC_ENFORCED"},
	{"looooooooooooooooooooooooooooooooooooooooooooooooooooooooooooog.test", "", "", 0, "SPF_VALID DMARC_ENFORCED"},
	{"quotes.test", "", "", 0, "SPF_VALID"},
	{"ent.test", "", "", 0, "SPF_VALID"},
	{"spf-ptr-name.test", "", "192.0.2.10", 0, "SPF_PTR_MECHANISM SPF_IP_AUTHORIZED"},
	{"spf-redirect.test", "", "192.0.2.10", 0, "SPF_VALID SPF_IP_AUTHORIZED"},
	{"spf-include-none.test", "", "", finding.Fail, "SPF_INCLUDE_NO_RECORD !SPF_VALID"},
	{"spf-include-dead.test", "", "", finding.UnknownStatus, "SPF_UNKNOWN !SPF_INCLUDE_NO_RECORD !SPF_VALID"},
	{"spf-include-slow.test", "", "", 0, "SPF_VALID"},
	{"spf-macro-all.test", "", "", 0, "SPF_UNDECIDABLE SPF_VALID"},
	{"spf-badip.test", "", "", finding.Fail, "SPF_BAD_ADDRESS"},
	{"spf-dualcidr.test", "", "192.0.2.10", 0, "SPF_VALID SPF_IP_AUTHORIZED"},
	{"spf-long.test", "", "", 0, "SPF_VALID SPF_ANSWER_TOO_LARGE"},
	{"spf-huge.test", "", "", 0, "SPF_VALID SPF_ANSWER_TOO_LARGE"},
	{"spf-upper.test", "", "", 0, "SPF_VALID !SPF_SYNTAX"},
	{"spf-blanks.test", "", "", 0, "SPF_VALID !SPF_SYNTAX"},
	{"spf-mx-many.test", "", "", finding.Fail, "SPF_LOOKUP_LIMIT_EXCEEDED !SPF_VALID"},
	{"spf-exp.test", "", "", 0, "SPF_VALID"},
	{"spf-after-all.test", "", "", 0, "SPF_TERMS_AFTER_ALL SPF_PARKED"},
	{"dkim.test", "badk nop spki", "", finding.Fail, "DKIM_KEY_INVALID !DKIM_KEY_VALID"},
	{"dmarc-quarantine.test", "", "", 0, "DMARC_ENFORCED !DMARC_RUA_NONE"},
	{"dmarc-reject.test", "", "", 0, "DMARC_ENFORCED !DMARC_RUA_NONE"},
	{"dmarc-order.test", "", "", 0, "DMARC_ENFORCED !DMARC_TAG_IGNORED"},
	{"dmarc-badv.test", "", "", finding.Fail, "DMARC_VERSION_MISTYPED DMARC_MISSING"},
	{"dmarc-vlast.test", "", "", finding.Fail, "DMARC_VERSION_MISTYPED DMARC_MISSING"},
	{"dmarc-nosemi.test", "", "", finding.Fail, "DMARC_VERSION_MISTYPED DMARC_MISSING"},
	{"dmarc-np.test", "", "", 0, "DMARC_NONE_WITHOUT_REPORTS !DMARC_TAG_IGNORED"},
	{"dmarc-pct0.test", "", "", 0, "DMARC_PCT_PARTIAL DMARC_ENFORCED"},
	{"dmarc-rua-size.test", "", "", 0, "DMARC_ENFORCED !DMARC_URI_UNUSABLE !DMARC_RUA_NONE"},
	{"dmarc-ruf.test", "", "", 0, "DMARC_ENFORCED DMARC_TAG_IGNORED"},
	{"psd.test", "", "", finding.Fail, "DMARC_PSD_TAG_MISUSED"},
	{"good.test", "sel1", "2001:db8::12", finding.Fail, "PTR_UNCONFIRMED"},
	{"good.test", "sel1", "192.0.2.23 203.0.113.201", finding.Fail, "PTR_UNKNOWN !PTR_MISSING !PTR_UNCONFIRMED"},
	{"good.test", "sel1", "203.0.113.202", finding.Fail, "PTR_CONFIRMED"},
	{"mtasts-noid.test", "", "", 0, "MTASTS_TXT_INVALID"},
	{"mtasts-nohost.test", "", "", 0, "TLSRPT_ABSENT !MTASTS_ABSENT"},
	{"deadbl.test", "", "", finding.Fail, "MX_NONE SPF_MISSING"},
}

// TestWorldIsJudgedRight checks the world's zones through real servers and a
// validating resolver.
func TestWorldIsJudgedRight(t *testing.T) {
	up := world(t)
	for _, c := range worldCases {
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		req := Request{Domain: c.domain, Selectors: strings.Fields(c.selectors)}
		for _, ip := range strings.Fields(c.ips) {
			req.SendingIPs = append(req.SendingIPs, netip.MustParseAddr(ip))
		}
		src := Sources{
			DNS: up, Authority: worldServers(up), EachServer: c.domain == "split.test" || c.domain == "half-lame.test", Validation: up.Validation(),
			Ordinary: append(ordinary, netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("127.53.0.0/16")),
		}
		report := Check(ctx, src, req)
		cancel()
		if c.status != 0 && report.Status != c.status {
			t.Errorf("%s %s %s: status %v, want %v", c.domain, c.selectors, c.ips, report.Status, c.status)
		}
		zone := zoneCase{name: c.domain}
		for _, code := range strings.Fields(c.codes) {
			if not, ok := strings.CutPrefix(code, "!"); ok {
				zone.not = append(zone.not, not)
			} else {
				zone.must = append(zone.must, code)
			}
		}
		zone.demands(t, report)
	}
}
