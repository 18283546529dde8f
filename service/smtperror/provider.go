package smtperror

import "strings"

// operators tell by a host name or a link who refused.
var operators = map[string]string{
	"google.com": "google", "gmail.com": "google", "googlemail.com": "google", "goo.gl": "google", "gmail-smtp-in.l.google.com": "google",
	"psmtp.com":   "google",
	"outlook.com": "microsoft", "office365.com": "microsoft", "hotmail.com": "microsoft", "live.com": "microsoft",
	"microsoft.com": "microsoft", "msn.com": "microsoft", "office.com": "microsoft", "aka.ms": "microsoft", "go.microsoft.com": "microsoft",
	"exchangelabs.com": "microsoft",
	"yahoo.com":        "yahoo", "yahoodns.net": "yahoo", "yahooinc.com": "yahoo", "yahoo.net": "yahoo", "ymail.com": "yahoo", "aol.com": "aol",
	"aol.net": "aol", "yahoo.co.jp": "yahoo", "yahoo.de": "yahoo", "yahoo.fr": "yahoo", "yahoo.it": "yahoo", "yahoo.es": "yahoo", "yahoo.co.uk": "yahoo", "yahoo.com.br": "yahoo", "yahoo-help.jp": "yahoo",
	"apple.com": "apple", "icloud.com": "apple", "me.com": "apple", "mac.com": "apple",
	"gmx.net": "gmx", "gmx.de": "gmx", "gmx.com": "gmx", "gmx.at": "gmx", "web.de": "webde", "mail.com": "gmx", "kundenserver.de": "1and1",
	"1and1.com": "1and1", "ionos.com": "1and1", "1und1.de": "1and1", "perfora.net": "1and1", "ui-dns.com": "1and1",
	"t-online.de": "t-online", "telekom.de": "t-online", "freenet.de": "freenet", "strato.de": "strato", "rzone.de": "strato",
	"hosteurope.de": "hosteurope", "posteo.de": "posteo", "mailbox.org": "mailbox.org", "hostpoint.ch": "hostpoint",
	"bluewin.ch": "bluewin",
	"orange.fr":  "orange", "wanadoo.fr": "orange", "free.fr": "free", "laposte.net": "laposte", "sfr.fr": "sfr", "neuf.fr": "sfr",
	"bbox.fr": "bouygues", "ovh.net": "ovh", "ovh.com": "ovh", "gandi.net": "gandi", "vadesecure.com": "vade", "vaderetro.com": "vade",
	"comcast.net": "comcast", "xfinity.com": "comcast", "cox.net": "cox", "cox.com": "cox", "charter.net": "spectrum",
	"spectrum.net": "spectrum", "rr.com": "spectrum", "att.net": "att", "att.com": "att", "sbcglobal.net": "att", "prodigy.net": "att",
	"verizon.net": "verizon", "verizonwireless.com": "verizon", "earthlink.net": "earthlink", "centurylink.net": "centurylink",
	"windstream.net": "windstream", "frontier.com": "frontier", "juno.com": "juno", "untd.com": "juno", "optimum.net": "optonline",
	"optonline.net": "optonline", "road runner": "spectrum",
	"rogers.com": "rogers", "bell.ca": "bell", "bell.net": "bell", "shaw.ca": "shaw", "telus.net": "telus", "videotron.ca": "videotron",
	"mimecast.com": "mimecast", "mimecast.org": "mimecast", "pphosted.com": "proofpoint", "proofpoint.com": "proofpoint",
	"ppe-hosted.com": "proofpoint", "barracudanetworks.com": "barracuda", "barracudacentral.org": "barracuda", "barracuda.com": "barracuda",
	"messagelabs.com": "messagelabs", "symanteccloud.com": "messagelabs", "symantec.com": "messagelabs", "broadcom.com": "messagelabs",
	"iphmx.com": "cisco", "ironport.com": "cisco", "senderbase.org": "cisco", "talosintelligence.com": "cisco",
	"cloudmark.com": "cloudmark", "trendmicro.com": "trendmicro", "trendmicro.eu": "trendmicro", "sophos.com": "sophos",
	"fireeyecloud.com": "fireeye", "mailcontrol.com": "forcepoint", "antispameurope.com": "hornetsecurity",
	"hornetsecurity.com": "hornetsecurity", "spamexperts.com": "spamexperts", "antispamcloud.com": "spamexperts",
	"mailspamprotection.com": "siteground", "retarus.com": "retarus", "nospamproxy.com": "nospamproxy", "mxlogic.net": "mxlogic",
	"mcafee.com": "mcafee", "zerospam.ca": "zerospam", "mailguard.com.au": "mailguard", "spfbl.net": "spfbl", "eset.com": "eset",
	"secureserver.net": "godaddy", "godaddy.com": "godaddy", "emailsrvr.com": "rackspace", "rackspace.com": "rackspace", "zoho.com": "zoho",
	"zohomail.com": "zoho", "zoho.eu": "zoho", "zoho.in": "zoho", "fastmail.com": "fastmail", "messagingengine.com": "fastmail", "protonmail.ch": "protonmail",
	"proton.me": "protonmail", "protonmail.com": "protonmail", "tutanota.de": "tutanota", "migadu.com": "migadu", "titan.email": "titan",
	"hostgator.com": "hostgator", "bluehost.com": "bluehost", "dreamhost.com": "dreamhost", "namecheap.com": "namecheap",
	"privateemail.com": "namecheap", "registrar-servers.com": "namecheap", "one.com": "one.com", "mxroute.com": "mxroute",
	"mxlogin.com": "mxroute", "improvmx.com": "improvmx", "forwardemail.net": "forwardemail", "cloudflare.net": "cloudflare",
	"cloudflare.com": "cloudflare", "pobox.com": "pobox", "registeredsite.com": "web.com", "netsolmail.net": "networksolutions",
	"networksolutions.com": "networksolutions", "mailhostingservice.com": "mailhostingservice",
	"amazonses.com": "amazonses", "amazonaws.com": "amazonses", "sendgrid.net": "sendgrid", "sendgrid.com": "sendgrid",
	"mailgun.org": "mailgun", "mailgun.com": "mailgun", "mailgun.net": "mailgun", "sparkpost.com": "sparkpost",
	"sparkpostmail.com": "sparkpost", "postmarkapp.com": "postmark", "mtasv.net": "postmark", "mailjet.com": "mailjet",
	"mandrillapp.com": "mailchimp", "mailchimp.com": "mailchimp", "sendinblue.com": "brevo", "brevo.com": "brevo",
	"socketlabs.com": "socketlabs", "smtp2go.com": "smtp2go", "mailchannels.net": "mailchannels", "mailchannels.com": "mailchannels",
	"mail.ru": "mailru", "list.ru": "mailru", "bk.ru": "mailru", "yandex.ru": "yandex", "yandex.net": "yandex", "yandex.com": "yandex",
	"ya.ru": "yandex", "ya.cc": "yandex", "rambler.ru": "rambler", "ukr.net": "ukr.net", "i.ua": "i.ua", "nic.ru": "nic.ru",
	"qq.com": "qq", "exmail.qq.com": "qq", "163.com": "netease", "126.com": "netease", "netease.com": "netease", "sina.com": "sina",
	"sina.com.cn": "sina", "sohu.com": "sohu", "aliyun.com": "aliyun", "mxhichina.com": "aliyun", "139.com": "139",
	"icoremail.net": "coremail", "naver.com": "naver", "daum.net": "daum", "hanmail.net": "daum", "hinet.net": "hinet",
	"pchome.com.tw": "pchome",
	"docomo.ne.jp":  "docomo", "ezweb.ne.jp": "kddi", "au.com": "kddi", "kddi.com": "kddi", "softbank.jp": "softbank",
	"softbank.ne.jp": "softbank", "biglobe.ne.jp": "biglobe", "nifty.com": "nifty", "ocn.ad.jp": "ocn", "ocn.ne.jp": "ocn",
	"so-net.ne.jp": "so-net", "rakuten.co.jp": "rakuten",
	"seznam.cz": "seznam", "centrum.cz": "centrum", "email.cz": "seznam", "wp.pl": "wp", "onet.pl": "onet", "o2.pl": "o2",
	"interia.pl": "interia", "home.pl": "home.pl", "nazwa.pl": "nazwa", "az.pl": "az.pl",
	"libero.it": "libero", "virgilio.it": "libero", "iol.it": "libero", "tiscali.it": "tiscali", "aruba.it": "aruba", "alice.it": "tim",
	"tim.it": "tim", "telefonica.es": "telefonica", "terra.es": "telefonica", "uol.com.br": "uol", "bol.com.br": "uol",
	"locaweb.com.br": "locaweb", "terra.com": "terra", "terra.com.br": "terra", "kinghost.net": "kinghost",
	"btinternet.com": "bt", "bt.com": "bt", "virginmedia.com": "virginmedia", "talktalk.net": "talktalk", "sky.com": "sky",
	"plus.net": "plusnet", "ntlworld.com": "virginmedia", "ziggo.nl": "ziggo", "kpnmail.nl": "kpn", "kpn.com": "kpn", "xs4all.nl": "xs4all",
	"telenet.be": "telenet", "telenet-ops.be": "telenet", "skynet.be": "proximus", "proximus.be": "proximus", "transip.email": "transip",
	"telia.com": "telia", "telenor.net": "telenor", "online.no": "telenor", "domeneshop.no": "domeneshop", "loopia.se": "loopia",
	"zone.ee": "zone.ee", "elisa.fi": "elisa", "abv.bg": "abv", "abuse-att.net": "att",
	"bigpond.com": "telstra", "telstra.com": "telstra", "optusnet.com.au": "optus", "iinet.net.au": "iinet", "tpg.com.au": "tpg",
	"xtra.co.nz": "xtra", "rediffmail.com": "rediff", "rediff.com": "rediff", "facebook.com": "facebook", "fb.com": "facebook",
	"linkedin.com": "linkedin",
}

// signs are words that tell who refused, as phrases of tokens.
var signs = []struct{ phrase, provider string }{
	{"gsmtp", "google"}, {"the ip address sending this message", "google"}, {"does not have authentication information", "google"},
	{"mailbox unavailable or access denied", "qq"}, {"gcdp", "google"}, {"esmtp gmail", "google"}, {"googles message size", "google"},
	{"gmail requires", "google"}, {"gmail has detected", "google"}, {"the user you are trying to contact is receiving", "google"}, {"peak smtp relay limit", "google"}, {"google said", "google"}, {"organizational settings", "google"}, {"gmails", "google"}, {"google groups", "google"}, {"google グ ル ー プ", "google"},
	{"to best protect our users", "google"}, {"the email account that you tried to reach", "google"},
	{"to protect our users from spam", "google"}, {"protect gmail users", "google"},
	{"recipnotfound", "microsoft"}, {"resolver adr", "microsoft"}, {"resolver rst", "microsoft"}, {"smtpsend dns", "microsoft"},
	{"smtpsend bare", "microsoft"}, {"routing rbe", "microsoft"}, {"queue expired", "microsoft"}, {"responsecode", "zoho"},
	{"tenantattribution", "microsoft"}, {"office 365", "microsoft"}, {"outlook com", "microsoft"}, {"hotmail", "microsoft"},
	{"exchange online", "microsoft"}, {"storedrv", "microsoft"}, {"pfa agent", "microsoft"}, {"mapiexceptionnotauthorized", "microsoft"},
	{"antispam policy", "microsoft"}, {"mail from ip banned", "microsoft"}, {"client not authenticated to send mail", "microsoft"}, {"smtp client does not have permissions", "microsoft"}, {"smtp client was not authenticated", "microsoft"},
	{"unable to relay recipient in non accepted domain", "microsoft"}, {"verizon online", "verizon"}, {"iinet network", "iinet"}, {"earthlink", "earthlink"}, {"remote server returned", "microsoft"},
	{"yahoo", "yahoo"}, {"delivery error dd", "yahoo"}, {"aol", "aol"}, {"icloud", "apple"}, {"nemesis esmtp", "gmx"}, {"gmx net", "gmx"}, {"comcast", "comcast"},
	{"ironport", "cisco"}, {"sending mtas poor reputation", "cisco"}, {"senderbase", "cisco"},
	{"mimecast", "mimecast"}, {"proofpoint", "proofpoint"}, {"barracuda reputation", "barracuda"}, {"messagelabs", "messagelabs"},
	{"symantec", "messagelabs"}, {"spfbl", "spfbl"}, {"mailchannels", "mailchannels"}, {"amazon ses", "amazonses"}, {"aws account", "amazonses"}, {"email address is not verified", "amazonses"}, {"throttling failure", "amazonses"}, {"unable to deliver in", "amazonses"},
	{"sendgrid", "sendgrid"}, {"mailgun", "mailgun"}, {"improvmx", "improvmx"}, {"spamexperts", "spamexperts"},
	{"trend micro", "trendmicro"}, {"sophos", "sophos"}, {"fortimail", "fortinet"}, {"fortiguard", "fortinet"}, {"fortispamshield", "fortinet"}, {"cloudmark", "cloudmark"}, {"vade secure", "vade"},
	{"secureserver", "godaddy"}, {"protonmail", "protonmail"}, {"zoho", "zoho"}, {"yandex", "yandex"}, {"naver", "naver"}, {"nsmtp", "naver"},
	{"rackspace", "rackspace"}, {"header_contenttype_2", "rackspace"}, {"mime_banned_file", "rackspace"},
	{"is marked by anti spam", "mailru"}, {"message was not accepted invalid mailbox", "mailru"},
}

// software is told by what only that says.
var softwareSigns = []struct{ phrase, software string }{
	{"recipient address rejected", "postfix"}, {"sender address rejected", "postfix"}, {"client host rejected", "postfix"},
	{"helo command rejected", "postfix"}, {"data command rejected", "postfix"}, {"end of data command rejected", "postfix"},
	{"service unavailable client", "postfix"}, {"in virtual mailbox table", "postfix"}, {"in local recipient table", "postfix"},
	{"in relay recipient table", "postfix"}, {"in virtual alias table", "postfix"}, {"relay access denied", "postfix"},
	{"name service error for", "postfix"}, {"noqueue reject", "postfix"}, {"blocked using", "postfix"}, {"error too many connections from", "postfix"},
	{"message size exceeds fixed limit", "postfix"}, {"unverified address", "postfix"}, {"does not accept mail nullmx", "postfix"}, {"temporary lookup failure", "postfix"},
	{"server configuration error", "postfix"}, {"bounce from postfix", "postfix"}, {"loops back to myself", "postfix"},
	{"conversation with", "postfix"}, {"lost connection with", "postfix"}, {"delivery temporarily suspended", "postfix"},
	{"mx rrset", "postfix"}, {"tls is required but was not offered", "postfix"}, {"host or domain name not found", "postfix"},
	{"unrouteable address", "exim"}, {"unrouteable mail domain", "exim"}, {"unroutable address", "exim"}, {"sender verify failed", "exim"},
	{"callout", "exim"}, {"exim", "exim"}, {"administrative prohibition", "exim"}, {"retry timeout exceeded", "exim"},
	{"smtp error from remote mail server", "exim"}, {"all relevant mx records point to non existent hosts", "exim"},
	{"lowest numbered mx record points to local host", "exim"}, {"rejected rcpt", "exim"}, {"failed to find any recipient", "exim"},
	{"transcript of session follows", "sendmail"}, {"reply read error", "sendmail"}, {"deferred connection", "sendmail"},
	{"config error", "sendmail"}, {"sendmail", "sendmail"}, {"rulesets", "sendmail"}, {"local configuration error", "sendmail"},
	{"relaying denied", "sendmail"}, {"domain of sender address", "sendmail"}, {"permanent fatal errors", "sendmail"},
	{"transient non fatal errors", "sendmail"},
	{"qmail", "qmail"}, {"qq trouble", "qmail"}, {"qq write", "qmail"}, {"qq temporary", "qmail"}, {"qq internal", "qmail"}, {"vdelivermail", "qmail"}, {"vpopmail", "qmail"}, {"chkuser", "qmail"}, {"rcpthosts", "qmail"},
	{"no mailbox here by that name", "qmail"}, {"im not going to try again", "qmail"}, {"i wasnt able to", "qmail"},
	{"sorry i couldnt find", "qmail"}, {"ive given up", "qmail"},
	{"name address book", "domino"}, {"domino", "domino"}, {"lotus", "domino"}, {"microsoft exchange", "exchange"},
	{"exchange server", "exchange"}, {"zimbra", "zimbra"}, {"haraka", "haraka"}, {"opensmtpd", "opensmtpd"}, {"mailenable", "mailenable"},
	{"mdaemon", "mdaemon"}, {"smartermail", "smartermail"}, {"hmailserver", "hmailserver"}, {"groupwise", "groupwise"},
	{"communigate", "communigate"}, {"powermta", "powermta"}, {"imail", "imail"}, {"courier", "courier"}, {"rspamd", "rspamd"},
	{"spamassassin", "spamassassin"}, {"amavis", "amavis"}, {"error in processing id", "amavis"}, {"amavisd", "amavis"}, {"postgrey", "postgrey"}, {"kerio", "kerio"}, {"iredapd", "iredapd"},
	{"opendkim", "opendkim"},
}

// providerFamily is the key of providerCodes for a provider.
func providerFamily(provider string) string {
	switch provider {
	case "outlook", "exchange":
		return "microsoft"
	case "aol":
		return "yahoo"
	}
	return provider
}

// operatorOf tells who runs a host.
func operatorOf(host string) string {
	host = strings.ToLower(strings.Trim(host, "."))
	for host != "" {
		if p, ok := operators[host]; ok {
			return p
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			break
		}
		host = rest
	}
	return ""
}
