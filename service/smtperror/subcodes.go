package smtperror

import "strings"

// subcode is a provider's own code for a cause.
type subcode struct {
	provider string
	category Category
	weight   float64
}

// subcodes are providers' own codes as tokens: lower case, with a space where the
// code has a colon, a hyphen or a number sign.
var subcodes = map[string]subcode{
	// GoDaddy, https://www.godaddy.com/help/fix-rejected-email-with-a-bounce-error-40685
	"ib101": {"godaddy", ServerError, 7}, "ib007": {"godaddy", RateLimited, 6}, "ib103": {"godaddy", IPBlocklisted, 8},
	"ib104": {"godaddy", IPBlocklisted, 7}, "ib105": {"godaddy", IPBlocklisted, 7}, "ib106": {"godaddy", IPBlocklisted, 6.4},
	"ib107": {"godaddy", RateLimited, 5.5}, "ib108": {"godaddy", PTRMissing, 8}, "ib110": {"godaddy", RateLimited, 5},
	"ib111": {"godaddy", IPReputation, 5}, "ib112": {"godaddy", IPReputation, 5}, "ib113": {"godaddy", IPReputation, 5},
	"ib212": {"godaddy", SpamContent, 7}, "ib401": {"godaddy", SMTPAuthRequired, 6}, "ib501": {"godaddy", MessageMalformed, 7},
	"ib502": {"godaddy", MessageMalformed, 7}, "ib504": {"godaddy", TooManyRecipients, 3},
	"ib506": {"godaddy", SenderDomainNotFound, 7}, "ib507": {"godaddy", RateLimited, 4}, "ib508": {"godaddy", SPFFail, 7},
	"ib510": {"godaddy", MessageTooLarge, 3}, "ib603": {"godaddy", RecipientDisabled, 3},
	"ib605": {"godaddy", TooManyRecipients, 6}, "ib607": {"godaddy", RateLimited, 5}, "ib705": {"godaddy", VirusOrAttachment, 6},

	// La Poste
	"lpn007_402": {"laposte", DKIMFail, 7}, "lpn007_405": {"laposte", SenderDomainNotFound, 5},
	"lpn007_416": {"laposte", RecipientUnknown, 6}, "lpn007_510": {"laposte", SpamContent, 7}, "lpn007_517": {"laposte", DMARCFail, 7},
	"lpn007_101": {"laposte", RateLimited, 4}, "lpn007_102": {"laposte", IPReputation, 4}, "lpn007_103": {"laposte", IPReputation, 4},
	"lpn007_401": {"laposte", SPFFail, 3}, "lpn027_503": {"laposte", IPReputation, 5}, "lpn105_421": {"laposte", SenderNotPermitted, 5},

	// Orange, and SFR in the same form
	"ofr004_104": {"orange", RateLimited, 7}, "ofr_104": {"orange", RateLimited, 7}, "ofr004_105": {"orange", RateLimited, 4},
	"ofr_105": {"orange", RateLimited, 4}, "ofr005_105": {"orange", RateLimited, 4}, "ofr_102": {"orange", IPBlocklisted, 5},
	"ofr006_102": {"orange", IPBlocklisted, 6.8},
	"ofr_103":    {"orange", IPReputation, 6}, "ofr006_103": {"orange", IPReputation, 6}, "ofr006_108": {"orange", IPReputation, 5},
	"ofr_108": {"orange", IPReputation, 5}, "ofr_109": {"orange", PTRMissing, 6}, "ofr006_109": {"orange", PTRMissing, 6},
	"ofr_402": {"orange", DKIMFail, 3}, "ofr_403": {"orange", SPFFail, 3}, "ofr_405": {"orange", SenderDomainNotFound, 5},
	"ofr_415": {"orange", RecipientDisabled, 4}, "ofr_416": {"orange", RecipientUnknown, 6},
	"ofr_417": {"orange", MailboxFull, 6}, "ofr_420": {"orange", TooManyRecipients, 4}, "ofr_421": {"orange", SenderNotPermitted, 5},
	"ofr_502": {"orange", RateLimited, 4}, "ofr_506": {"orange", SpamContent, 6}, "ofr004_506": {"orange", SpamContent, 6},
	"ofr005_506": {"orange", SpamContent, 6}, "ofr_510": {"orange", SpamContent, 5}, "ofr_515": {"orange", DKIMFail, 4},
	"ofr_517": {"orange", DMARCFail, 5}, "ofr_999": {"orange", PolicyRejected, 4},
	"gu_eib_02": {"sfr", IPReputation, 6.4}, "gu_eib_04": {"sfr", IPReputation, 6}, "gu_eib_01": {"sfr", IPReputation, 6},

	// AOL, http://postmaster.aol.com/errors/
	"rtr du": {"aol", PTRGeneric, 8}, "rtr rd": {"aol", PTRMissing, 5}, "rtr bb": {"aol", IPReputation, 7},
	"rtr bg": {"aol", IPReputation, 7}, "rtr bl": {"aol", IPReputation, 7}, "rtr br": {"aol", IPReputation, 7},
	"rtr ch": {"aol", IPReputation, 7}, "rtr ge": {"aol", IPReputation, 7}, "rtr sc": {"aol", IPReputation, 7},
	"rtr bd": {"aol", IPReputation, 7}, "rtr bs": {"aol", IPReputation, 7},
	"hvu b1": {"aol", DomainBlocklisted, 7}, "hvu b2": {"aol", DomainBlocklisted, 7}, "hvu b3": {"aol", DomainBlocklisted, 7},
	"hvu b4": {"aol", DomainBlocklisted, 7}, "hvu nr": {"aol", DomainBlocklisted, 7}, "hvu ur": {"aol", DomainBlocklisted, 7},
	"dns nr": {"aol", PTRMissing, 8}, "dns b1": {"aol", PTRMissing, 7}, "dns b2": {"aol", PTRMissing, 7}, "dns b3": {"aol", PTRMissing, 7},
	"dyn t1": {"aol", RateLimited, 5}, "dyn t2": {"aol", RateLimited, 5}, "con b1": {"aol", IPReputation, 6},
	"con b2": {"aol", IPReputation, 6},
	"rly b1": {"aol", IPReputation, 7}, "rly b2": {"aol", IPReputation, 7}, "rly b3": {"aol", IPReputation, 7},
	"rly bd": {"aol", IPReputation, 7}, "rly bl": {"aol", IPReputation, 7}, "rly bm": {"aol", IPReputation, 7},
	"rly ch2": {"aol", IPReputation, 7}, "rly cs4": {"aol", IPReputation, 7}, "rly nw": {"aol", IPReputation, 7},
	"rly cn": {"aol", IPReputation, 7}, "rly ir": {"aol", IPReputation, 7},

	// Yahoo, https://senders.yahooinc.com/smtp-error-codes/
	"tss01": {"yahoo", IPReputation, 5.6}, "tss02": {"yahoo", IPReputation, 5.6}, "tss03": {"yahoo", IPReputation, 5.6},
	"tss04": {"yahoo", IPReputation, 6}, "tss05": {"yahoo", IPReputation, 5.6}, "tss06": {"yahoo", IPReputation, 5.6},
	"tss07": {"yahoo", IPReputation, 6.4}, "tss08": {"yahoo", IPReputation, 5.6}, "tss09": {"yahoo", IPReputation, 5.6},
	"tss11": {"yahoo", IPReputation, 5.6}, "tss12": {"yahoo", IPReputation, 5.6}, "tss13": {"yahoo", IPReputation, 5.6},
	"ph01": {"yahoo", SpamContent, 6}, "ts01": {"yahoo", IPReputation, 6}, "ts02": {"yahoo", IPReputation, 6},
	"ts03": {"yahoo", IPReputation, 6.4}, "ts04": {"yahoo", IPReputation, 6}, "ipts04": {"yahoo", IPReputation, 5.4},
	"bl21": {"yahoo", IPBlocklisted, 6.8}, "bl23": {"yahoo", IPBlocklisted, 6.8}, "gl01": {"yahoo", Greylisted, 6},

	// Microsoft, https://sendersupport.olc.protection.outlook.com/pm/troubleshooting.aspx
	"s3140": {"microsoft", IPReputation, 7.6}, "s3150": {"microsoft", IPReputation, 7.6}, "as3140": {"microsoft", IPReputation, 7.6},
	"as3150": {"microsoft", IPReputation, 7.6}, "s3113": {"microsoft", IPReputation, 7}, "s3114": {"microsoft", IPReputation, 7},
	"s3115": {"microsoft", IPReputation, 7}, "s775": {"microsoft", IPReputation, 6},
	"s8001": {"microsoft", DomainBlocklisted, 7.8}, "s8002": {"microsoft", DomainBlocklisted, 7.8}, "s77719": {"microsoft", RateLimited, 5},
	"as 201806281": {"microsoft", RecipientUnknown, 6}, "dy 001": {"microsoft", PTRGeneric, 8}, "dy 002": {"microsoft", IPReputation, 6},
	"sc 001": {"microsoft", IPReputation, 6.8}, "sc 002": {"microsoft", IPReputation, 6.8}, "sc 003": {"microsoft", IPReputation, 6.8},
	"sc 004": {"microsoft", IPReputation, 6.8}, "ou 001": {"microsoft", IPReputation, 6.8}, "ou 002": {"microsoft", IPReputation, 6.8},
	"rp 001": {"microsoft", RateLimited, 6.6}, "rp 002": {"microsoft", RateLimited, 6.6}, "rp 003": {"microsoft", RateLimited, 6.6},

	// Apple iCloud, https://support.apple.com/102322
	"cs01": {"apple", SpamContent, 6}, "hme1": {"apple", AuthMissing, 6.4}, "hm08": {"apple", SpamContent, 5}, "hm07": {"apple", PolicyRejected, 4},

	// Rackspace
	"g1": {"rackspace", 0, 0}, "g2": {"rackspace", 0, 0}, "g3": {"rackspace", 0, 0}, "g4": {"rackspace", 0, 0}, "g5": {"rackspace", 0, 0},
	"g19": {"rackspace", 0, 0}, "g1a": {"rackspace", 0, 0}, "g1c": {"rackspace", 0, 0}, "g20": {"rackspace", 0, 0},
	"g28": {"rackspace", 0, 0}, "g31": {"rackspace", 0, 0},

	// Facebook, https://www.facebook.com/postmaster
	"dns p1": {"facebook", SenderDomainNotFound, 7.4}, "dns p2": {"facebook", SenderDomainNotFound, 7},
	"dns p3": {"facebook", PTRMissing, 8}, "dns t1": {"facebook", DNSTemporaryFailure, 7.4}, "dns t2": {"facebook", DNSTemporaryFailure, 7},
	"rcp p1": {"facebook", RecipientUnknown, 7}, "rcp p2": {"facebook", RecipientUnknown, 6}, "rcp p3": {"facebook", TooManyRecipients, 6},
	"rcp t1": {"facebook", RateLimited, 5}, "rcp t4": {"facebook", RecipientDisabled, 6}, "rcp t3": {"facebook", TooManyRecipients, 5},
	"pol p1": {"facebook", IPBlocklisted, 6}, "pol p2": {"facebook", DMARCFail, 4}, "pol p3": {"facebook", SpamContent, 5},
	"pol p4": {"facebook", SpamContent, 5}, "pol p5": {"facebook", VirusOrAttachment, 5}, "pol p6": {"facebook", DomainBlocklisted, 5},
	"pol p7": {"facebook", DMARCFail, 4}, "pol p8": {"facebook", PolicyRejected, 4}, "pol t1": {"facebook", RateLimited, 4},
	"int t1": {"facebook", ServerError, 6}, "int t2": {"facebook", ServerError, 6}, "int p1": {"facebook", ServerError, 6},
	"msg p1": {"facebook", MessageTooLarge, 5}, "con t1": {"facebook", RateLimited, 5}, "con t3": {"facebook", RateLimited, 5},

	// NetEase, https://mail.163.com/postmaster
	"hl rep": {"netease", IPReputation, 7}, "hl icc": {"netease", RateLimited, 7}, "hl ifc": {"netease", RateLimited, 7},
	"hl mep": {"netease", IPReputation, 6}, "hl itc": {"netease", RateLimited, 6}, "hl ipb": {"netease", IPReputation, 6},
	"hl ihu": {"netease", IPReputation, 6},
	"mi cel": {"netease", ProtocolError, 6}, "mi dmc": {"netease", RateLimited, 7}, "mi ccl": {"netease", ProtocolError, 5},
	"mi sfq": {"netease", RateLimited, 7}, "mi nhd": {"netease", MessageMalformed, 4}, "mi spf": {"netease", SPFFail, 7},
	"mi dmarc": {"netease", DMARCFail, 7}, "mi dkim": {"netease", DKIMFail, 6}, "mi spb": {"netease", SenderNotPermitted, 4},
	"mi stc": {"netease", RateLimited, 5}, "mi fbl": {"netease", IPReputation, 4}, "mi ips": {"netease", IPReputation, 4},
	"rp rdn": {"netease", PTRMissing, 7}, "rp cel": {"netease", ProtocolError, 6}, "rp drc": {"netease", TooManyRecipients, 6}, "rp ccl": {"netease", ProtocolError, 5},
	"rp rcl": {"netease", TooManyRecipients, 5}, "rp qrc": {"netease", RateLimited, 5}, "rp trc": {"netease", RateLimited, 5},
	"dt spm": {"netease", SpamContent, 7}, "dt rbl": {"netease", IPBlocklisted, 7}, "dt sum": {"netease", MessageMalformed, 5},
	"dt ulk": {"netease", SpamContent, 4}, "wm bli": {"netease", IPReputation, 5}, "wm blu": {"netease", SenderNotPermitted, 5},

	// Cox and Spectrum
	"aup cnct": {"cox", RateLimited, 5}, "aup cidr": {"cox", IPReputation, 6}, "aup blk": {"cox", IPReputation, 6},
	"aup bl": {"cox", IPBlocklisted, 5}, "aup snd": {"cox", SPFFail, 3}, "aup cxmj": {"cox", IPReputation, 5},
	"aup cxcnct": {"cox", RateLimited, 5}, "aup cxsndr": {"cox", SpamContent, 4}, "aup poor": {"cox", IPReputation, 6},
	"aup cxsmtp": {"cox", SenderNotPermitted, 4}, "aup cxattch": {"cox", VirusOrAttachment, 5}, "aup lim": {"cox", RateLimited, 6},
	"aup rdns": {"cox", PTRMissing, 7}, "aup helo": {"cox", HELOInvalid, 7}, "aup cmrbl": {"cox", IPBlocklisted, 6.5},
	"aup cdrbl": {"cox", IPBlocklisted, 6.5}, "aup ptr": {"cox", PTRMissing, 7}, "cxbl": {"cox", IPReputation, 7}, "cdrbl": {"cox", IPReputation, 6}, "ipbl0001": {"cox", IPBlocklisted, 7}, "ipbl0010": {"cox", IPBlocklisted, 7},
	"ipbl0100": {"cox", IPBlocklisted, 7}, "ipbl1000": {"cox", IPBlocklisted, 7}, "aup in": {"spectrum", IPReputation, 6.2},
	"aup i": {"spectrum", IPReputation, 6.2},

	// Comcast, http://postmaster.comcast.net/mail-error-codes.xml
	"es000001": {"comcast", PTRGeneric, 7}, "es000010": {"comcast", PTRGeneric, 7}, "bl000000": {"comcast", IPReputation, 7},
	"bl000001": {"comcast", IPBlocklisted, 7}, "bl000010": {"comcast", IPReputation, 6}, "dm000001": {"comcast", DMARCFail, 7},
	"pt000001": {"comcast", PTRMissing, 7}, "rl000001": {"comcast", RateLimited, 7}, "rl000002": {"comcast", RateLimited, 7},
	"rl000003": {"comcast", RateLimited, 7}, "rl000010": {"comcast", RateLimited, 7},

	// Strato, https://www.strato.de/faq/mail/fehlermeldungen-bei-e-mails/
	"b url": {"strato", SpamContent, 7.4}, "b text": {"strato", SpamContent, 7.4},

	// Libero, T-Online, Virgin Media, Mimecast's and Barracuda's marks of themselves
	"bl": {"t-online", IPReputation, 7.4}, "dial": {"t-online", PTRGeneric, 7.4}, "lib_101": {"libero", IPReputation, 4},
	"lib_102": {"libero", IPReputation, 4}, "lib_104": {"libero", RateLimited, 4}, "lib_201": {"libero", RecipientUnknown, 4},
	"lib_120": {"libero", PTRMissing, 6}, "lib_420": {"libero", SenderDomainNotFound, 6.6}, "lib_509": {"libero", IPReputation, 4}, "lib_604": {"libero", SpamContent, 3},
	"mxin501": {"virginmedia", RecipientUnknown, 5}, "cuda_nsu": {"barracuda", RecipientUnknown, 3.4}, "cuda_quota": {"barracuda", MailboxFull, 5},
}

// subcodeFamilies tell the provider by the form of a code that is not in the
// table: letters, then digits or underscores.
var subcodeFamilies = []struct{ prefix, provider string }{
	{"ib", "godaddy"}, {"lpn", "laposte"}, {"ofr", "orange"}, {"tss", "yahoo"}, {"gu_eib_", "sfr"}, {"lib_", "libero"},
	{"cuda_", "barracuda"}, {"ipbl", "cox"}, {"mxin", "virginmedia"}, {"etp", "fireeye"},
}

// subcodeHeads are the first halves of codes of two tokens.
var subcodeHeads = heads()

func heads() map[string]bool {
	out := map[string]bool{}
	for k := range subcodes {
		if head, _, ok := strings.Cut(k, " "); ok {
			out[head] = true
		}
	}
	return out
}

// googleReasons are the values of p= in links to Google's help.
var googleReasons = map[string]meaning{
	"ipv6autherror": {"", IPv6AuthRequired, 9.5}, "nosuchuser": {"", RecipientUnknown, 8}, "disableduser": {"", RecipientDisabled, 8},
	"overquota": {"", MailboxFull, 8}, "overquotatemp": {"", MailboxFull, 8}, "overquotaperm": {"", MailboxFull, 8},
	"unauthenticatedmessage": {"", AuthMissing, 4}, "unsolicitedratelimiterror": {"", RateLimited, 4},
	"unsolicitedipaddresserror": {"", IPReputation, 5}, "unsolicitedmessageerror": {"", SpamContent, 5},
	"blockedmessage": {"", VirusOrAttachment, 5}, "helo": {"", HELOInvalid, 6}, "toomanyrecipientserror": {"", TooManyRecipients, 6},
	"receivingrate": {"", RateLimited, 7}, "receivingrateperm": {"", RateLimited, 7}, "exceededmessagesizelimit": {"", MessageTooLarge, 7},
	"maxsizeerror": {"", MessageTooLarge, 7}, "spferror": {"", SPFError, 5}, "badcredentials": {"", SMTPAuthRequired, 7},
	"webloginrequired": {"", SMTPAuthRequired, 7}, "customfromdenied": {"", SMTPAuthRequired, 7.6},
	"rfcmessagenoncompliant": {"", MessageMalformed, 7}, "mailrelaydenied": {"", RelayDenied, 7}, "dsnsmtp": {"", Unknown, 0},
	"transientreceivingrate": {"", RateLimited, 6},
}
