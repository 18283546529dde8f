package smtperror

import (
	"net/netip"
	"strings"

	"github.com/mailassay/mailassay/service/dnsbl"
)

type listKind uint8

const (
	noZone listKind = iota
	addressZone
	nameZone
)

// listSites are the domains of block list operators, and what they list there
// unless a label of the name tells.
var listSites = map[string]listKind{
	"abusix.zone": addressZone, "abusix.com": addressZone, "spamhaus.org": addressZone, "spamhaus.net": addressZone,
	"spamcop.net": addressZone, "sorbs.net": addressZone, "abuseat.org": addressZone, "barracudacentral.org": addressZone,
	"uceprotect.net": addressZone, "uceprotect.org": addressZone, "mailspike.net": addressZone, "mailspike.org": addressZone,
	"surriel.com": addressZone, "njabl.org": addressZone, "dsbl.org": addressZone,
	"ordb.org": addressZone, "manitu.net": addressZone, "spamrats.com": addressZone, "backscatterer.org": addressZone,
	"senderscore.com": addressZone, "senderscore.org": addressZone,
	"blocklist.de": addressZone, "gbudb.net": addressZone, "junkemailfilter.com": addressZone, "spamrl.com": addressZone,
	"csi.cloudmark.com": addressZone, "mail-abuse.org": addressZone,
	"mail-abuse.com": addressZone, "ers.trendmicro.com": addressZone, "spamcannibal.org": addressZone, "dnsbl.net": addressZone,
	"anti-spam.org.cn": addressZone,
	"rfc-ignorant.org": nameZone, "rfc-clueless.org": nameZone, "invaluement.com": addressZone, "lashback.com": addressZone,
	"unsubscore.com": addressZone, "imp.ch": addressZone, "tornevall.org": addressZone,
	"abuse.ch": addressZone, "dronebl.org": addressZone, "efnetrbl.org": addressZone, "spameatingmonkey.net": addressZone,
	"s5h.net": addressZone, "0spam.org": addressZone, "interserver.net": addressZone,
	"nordspam.com": addressZone, "hostkarma.junkemailfilter.com": addressZone, "ascams.com": addressZone, "leadmon.net": addressZone,
	"kundenserver.de": noZone, "nszones.com": addressZone, "wpbl.info": addressZone,
	"surbl.org": nameZone, "uribl.com": nameZone, "ivmuri.invaluement.com": nameZone, "dbl.spamhaus.org": nameZone,
	"urlhaus.abuse.ch": nameZone, "spamcop.com": addressZone, "blackhole.mx": addressZone,
	"multirbl.valli.org": addressZone, "mxtoolbox.com": noZone, "dnswl.org": noZone, "zapbl.net": addressZone, "fabel.dk": addressZone,
	"spambag.org": addressZone, "wirehub.net": addressZone, "five-ten-sg.com": addressZone,
}

// zoneLabels are labels that mark the zone of a list, whoever runs it.
var zoneLabels = map[string]listKind{
	"csi": addressZone, "rbl": addressZone, "rbls": addressZone, "dnsbl": addressZone, "bl": addressZone, "sbl": addressZone,
	"xbl": addressZone, "zen": addressZone, "pbl": addressZone, "cbl": addressZone, "psbl": addressZone,
	"dul": addressZone, "dynablock": addressZone, "blackhole": addressZone, "blackholes": addressZone, "blacklist": addressZone,
	"blacklists": addressZone, "blocklist": addressZone, "drbl": addressZone, "ubl": addressZone, "sbl-xbl": addressZone,
	"dnsrbl": addressZone, "ixdnsbl": addressZone, "spamsources": addressZone, "combined": noZone, "css": addressZone, "dbl": nameZone,
	"uribl": nameZone, "surbl": nameZone, "rhsbl": nameZone, "dnsbl-1": addressZone,
}

// listNames are lists spoken of by name.
var listNames = map[string]string{
	"spamhaus": "Spamhaus", "spamcop": "SpamCop", "sorbs": "SORBS", "uceprotect": "UCEPROTECT", "spamrats": "SpamRATS",
	"mailspike": "Mailspike", "invaluement": "Invaluement",
	"cloudmark": "Cloudmark", "senderbase": "SenderBase", "rota": "ROTA", "nixspam": "NiXSpam", "surbl": "SURBL", "uribl": "URIBL",
	"cbl": "CBL", "xbl": "XBL", "sbl": "SBL", "pbl": "PBL", "psbl": "PSBL", "njabl": "NJABL", "lashback": "LashBack",
	"senderscore":  "SenderScore",
	"spamcannibal": "SpamCannibal", "barracudacentral": "Barracuda", "barracuda": "Barracuda", "backscatterer": "Backscatterer",
	"dbl": "DBL", "sblcss": "SBLCSS", "ivmuri": "ivmURI",
}

// zoneKind tells whether a host name belongs to a block list, and what that lists.
func zoneKind(host string) listKind {
	if host == "" {
		return noZone
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	labels := strings.Split(host, ".")
	for i := range len(labels) - 1 {
		if k, ok := listSites[strings.Join(labels[i:], ".")]; ok {
			if k == noZone {
				return noZone
			}
			for _, l := range labels[:i] {
				if zoneLabels[l] == nameZone {
					return nameZone
				}
			}
			return k
		}
	}
	if len(labels) < 3 {
		return noZone
	}
	for _, l := range labels[:len(labels)-2] {
		if k := zoneLabels[l]; k != noZone {
			return k
		}
	}
	return noZone
}

// queryZones are the zones to ask for lists that are known by their site or name.
var queryZones = map[string]string{
	"spamhaus": "zen.spamhaus.org", "spamhaus.org": "zen.spamhaus.org", "sbl": "zen.spamhaus.org", "xbl": "zen.spamhaus.org",
	"pbl": "zen.spamhaus.org", "sblcss": "zen.spamhaus.org", "dbl": "dbl.spamhaus.org",
	"spamcop": "bl.spamcop.net", "spamcop.net": "bl.spamcop.net", "barracudacentral.org": "b.barracudacentral.org",
	"barracuda": "b.barracudacentral.org", "uceprotect": "dnsbl-1.uceprotect.net", "uceprotect.net": "dnsbl-1.uceprotect.net",
	"surbl": "multi.surbl.org", "surbl.org": "multi.surbl.org", "uribl": "multi.uribl.com", "uribl.com": "multi.uribl.com",
	"lookup.uribl.com": "multi.uribl.com", "mailspike": "bl.mailspike.net", "psbl": "psbl.surriel.com",
}

// zone is the zone by which the named list can be asked, "" when there is none: a
// site is no zone.
func (r *Reading) zone(list string) string {
	if z, ok := queryZones[strings.ToLower(list)]; ok {
		return z
	}
	for _, t := range r.tokens {
		if t.kind == domainName && strings.EqualFold(strings.TrimSuffix(t.text, "."), list) && strings.Count(list, ".") >= 2 && zoneKind(list) != noZone && blamableName(list) {
			return canonical(strings.ToLower(list))
		}
	}
	return ""
}

// listKind is what the named list is about.
func (k known) listKind() dnsbl.Kind {
	if zoneKind(k.zone) == nameZone {
		return dnsbl.Domains
	}
	return dnsbl.Addresses
}

// hostOf is the host name of a name or a link.
func hostOf(t token) string {
	switch t.kind {
	case domainName:
		return t.text
	case link:
		return linkHost(t.text)
	}
	return ""
}

// linkHost is the host of a URL, without user, port and path.
func linkHost(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	if end := strings.IndexAny(url, "/?#"); end >= 0 {
		url = url[:end]
	}
	if at := strings.LastIndexByte(url, '@'); at >= 0 {
		url = url[at+1:]
	}
	host, _, _ := strings.Cut(url, ":")
	return host
}

// refusedCode tells whether a list's answer means that it refused the query:
// 127.255.255.0/24 as Spamhaus and others use it.
func refusedCode(a netip.Addr) bool {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{127, 255, 255, 0}), 24).Contains(a)
}
