package smtperror

import (
	"slices"
	"strings"
)

// door is where a provider lets senders ask, and for which causes.
type door struct {
	providers string // parted by spaces
	causes    []Category
	step      string
}

// judged are causes by which a receiver judges the sender, so that asking it helps.
var judged = []Category{IPReputation, IPBlocklisted, PTRGeneric, SpamContent, PolicyRejected, DomainBlocklisted}

// doors are providers' own forms and addresses for senders, as their postmaster
// pages and their replies name them. The first that fits and can be filled is told.
var doors = []door{
	{"google", append([]Category{RateLimited, AuthMissing}, judged...), "Look the domain and the address up at https://postmaster.google.com/; a sender who meets https://support.google.com/a/answer/81126 and is still refused reports it at https://support.google.com/mail/contact/gmail_bulk_sender_escalation."},
	{"google", []Category{SMTPAuthRequired}, "At Google, switch 2-step verification on and make an app password at https://myaccount.google.com/apppasswords, or let the program use OAuth 2.0."},
	{"google", []Category{MailboxFull}, "The recipient frees space at https://one.google.com/storage."},
	{"microsoft outlook exchange", judged, "At Outlook.com and Hotmail (S3140, S3150 and the like in the reply) ask at https://olcsupport.office.com/ and watch https://sendersupport.olc.protection.outlook.com/snds/; at Microsoft 365 (5.7.511, 5.7.606 to 5.7.649) delist the address at https://sender.office.com/."},
	{"microsoft outlook exchange", []Category{SenderNotPermitted}, "An administrator releases the account at https://security.microsoft.com/restrictedentities once it is secure, or grants \"send as\" in the Exchange admin center."},
	{"microsoft outlook exchange", []Category{SMTPAuthRequired}, "For 5.7.139 or 5.7.57, an administrator allows SMTP AUTH for this mailbox (https://aka.ms/smtp_auth_disabled), or the program uses OAuth 2.0."},
	{"yahoo aol verizon", append([]Category{RateLimited}, judged...), "Ask at https://senders.yahooinc.com/contact/ and register the domain for complaints at https://senders.yahooinc.com/complaint-feedback-loop/."},
	{"apple", append([]Category{RateLimited}, judged...), "Follow https://support.apple.com/102322 and write to icloudadmin@apple.com with the whole reply."},
	{"comcast", judged, "Ask for removal at https://spa.xfinity.com/report."},
	{"spectrum", judged, "Write to unblock@charter.net with the address, the domain and the whole reply."},
	{"cox", judged, "Ask for removal at http://postmaster.cox.net/."},
	{"att", judged, "Write to abuse_rbl@abuse-att.net with the address and the whole reply."},
	{"earthlink", judged, "Ask for removal at https://earthlink.net/block."},
	{"t-online", judged, "Write to tosa@rx.t-online.de (toda@rx.t-online.de where the reply says DIAL), by way of another provider, with the address, its reverse name, and a web page under that name that says who runs it; see https://postmaster.t-online.de/."},
	{"gmx webde 1and1", judged, "Ask by the contact form of https://postmaster.gmx.net/ or https://postmaster.web.de/, with the address and the whole reply."},
	{"orange", append([]Category{RateLimited}, judged...), "Ask at https://postmaster.orange.fr/ with the OFR code of the reply."},
	{"laposte", judged, "Ask at https://postmaster.laposte.net/ with the LPN code of the reply."},
	{"free", judged, "Ask at http://postmaster.free.fr/."},
	{"sfr", judged, "Ask at https://postmaster.sfr.fr/."},
	{"libero", judged, "Ask at https://postmaster.libero.it/."},
	{"mailru", judged, "Register the domain at https://postmaster.mail.ru/, and follow the link of the reply to support, which carries the message's id."},
	{"yandex", judged, "Register the domain at https://postoffice.yandex.com/ and look at what is said of it there."},
	{"netease", append([]Category{RateLimited}, judged...), "Look the code of the reply up at https://mail.163.com/postmaster and ask there."},
	{"godaddy", judged, "Ask for removal at https://unblock.secureserver.net/."},
	{"proofpoint", judged, "[ip]Look the address up and ask for removal at https://ipcheck.proofpoint.com/?ip={ip}."},
	{"proofpoint", judged, "Look the address up and ask for removal at https://ipcheck.proofpoint.com/."},
	{"barracuda", judged, "[ip]Ask for removal at https://www.barracudacentral.org/rbl/removal-request/{ip}; what the recipient's own Barracuda blocks, only its administrator can allow."},
	{"barracuda", judged, "Ask for removal at https://www.barracudacentral.org/rbl/removal-request; what the recipient's own Barracuda blocks, only its administrator can allow."},
	{"cisco", judged, "[ip]Look the address up at https://talosintelligence.com/reputation_center/lookup?search={ip} and dispute its standing there."},
	{"cisco", judged, "Look the address up at https://talosintelligence.com/reputation_center and dispute its standing there."},
	{"cloudmark", judged, "Ask for a reset at https://csi.cloudmark.com/en/reset/."},
	{"messagelabs", judged, "Look the address up and ask for removal at https://ipremoval.sms.symantec.com/."},
	{"trendmicro", judged, "Look the address up and ask for removal at https://www.ers.trendmicro.com/."},
	{"vade", judged, "Ask at https://sendertool.vadesecure.com/."},
	{"mimecast", append([]Category{RecipientRestricted, RecipientUnknown, SenderNotPermitted}, judged...), "Only the recipient's own Mimecast administrator can permit the sender; the codes are explained at https://mimecastsupport.zendesk.com/hc/en-us/articles/34000709564691."},
	{"amazonses", []Category{SenderNotPermitted}, "Verify the From address or its domain under Identities at https://console.aws.amazon.com/ses/, in the very region that sends; in the sandbox the recipient must be verified too."},
	{"amazonses", []Category{RateLimited}, "Look at the sending quota and have it raised: https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html."},
	{"amazonses", []Category{Suppressed}, "At Amazon SES: aws sesv2 delete-suppressed-destination --email-address <address>."},
	{"sendgrid", []Category{Suppressed}, "At SendGrid: remove the address at https://app.sendgrid.com/suppressions."},
	{"mailgun", []Category{Suppressed}, "At Mailgun: send DELETE to /v3/<domain>/bounces/<address> (or /complaints/, /unsubscribes/)."},
}

// doorsOf are the steps that a provider's doors give for a cause.
func doorsOf(provider string, c Category) []string {
	if provider == "" {
		return nil
	}
	var out []string
	for _, d := range doors {
		if !strings.Contains(" "+d.providers+" ", " "+provider+" ") {
			continue
		}
		if slices.Contains(d.causes, c) {
			out = append(out, d.step)
		}
	}
	return out
}

// listPage is where a block list tells about a listing and ends it.
type listPage struct {
	site string // domain of the operator
	name string // as replies call it, in lower case
	step string

	closed bool // nobody answers for it
}

// listPages are the pages of block lists. Lists that have closed are among them: some
// receivers still ask them.
var listPages = []listPage{
	{"dbl.spamhaus.org", "dbl", "[domain]Look {domain} up at https://check.spamhaus.org/query/domain/{domain}: the page says why, and takes the request for removal.", false},
	{"spamhaus.org", "spamhaus sbl xbl pbl cbl css zen sblcss", "[ip]Look the address up at https://check.spamhaus.org/query/ip/{ip}: the page says which of SBL, CSS, XBL and PBL has it and why, and takes the request for removal.", false},
	{"spamcop.net", "spamcop", "[ip]Look the address up at https://www.spamcop.net/w3m?action=checkblock&ip={ip}; a listing ends by itself 24 hours after the last report.", false},
	{"barracudacentral.org", "barracuda", "[ip]Ask for removal at https://www.barracudacentral.org/rbl/removal-request/{ip}.", false},
	{"uceprotect.net", "uceprotect", "[ip]Look the address up at https://www.uceprotect.net/en/rblcheck.php?ipr={ip}; listings end by themselves after 7 days without spam. Levels 2 and 3 list whole networks: then only their owner can help.", false},
	{"surbl.org", "surbl", "Look the links of the message up at https://surbl.org/surbl-analysis and ask for removal there.", false},
	{"uribl.com", "uribl", "Look the links of the message up at https://admin.uribl.com/ and ask for removal there.", false},
	{"invaluement.com", "invaluement ivmuri", "Look it up and ask for removal at https://www.invaluement.com/lookup/.", false},
	{"mailspike.net", "mailspike", "Look the address up at https://mailspike.org/iplookup.html.", false},
	{"surriel.com", "psbl", "[ip]Remove the address at https://psbl.org/listing?ip={ip}.", false},
	{"spamrats.com", "spamrats", "[ip]Look the address up at https://www.spamrats.com/lookup.php?ip={ip}; a proper reverse name is asked for before removal.", false},
	{"dronebl.org", "dronebl", "[ip]Look the address up at https://dronebl.org/lookup?ip={ip}.", false},
	{"abusix.zone", "abusix", "[ip]Look the address up at https://lookup.abusix.com/search?q={ip} and ask for removal there.", false},
	{"blocklist.de", "blocklist", "Remove the address at https://www.blocklist.de/en/delist.html.", false},
	{"backscatterer.org", "backscatterer", "Stop bounces and callouts to forged senders; the listing ends four weeks after the last one (https://www.backscatterer.org/).", false},
	{"cloudmark.com", "cloudmark", "Ask for a reset at https://csi.cloudmark.com/en/reset/.", false},
	{"sorbs.net", "sorbs", "SORBS closed in June 2024: there is nobody to ask for removal. Tell the receiver's postmaster, by another way, that its server must stop asking this list.", true},
	{"njabl.org", "njabl", closedList, true}, {"dsbl.org", "dsbl", closedList, true}, {"ordb.org", "ordb", closedList, true}, {"ahbl.org", "ahbl", closedList, true}, {"spamcannibal.org", "spamcannibal", closedList, true},
}

const closedList = "This list closed years ago: there is nobody to ask for removal. Tell the receiver's postmaster, by another way, that its server must stop asking it."

// pageOf is the page of a list, the zero value when none is known.
func pageOf(list string) listPage {
	list = strings.ToLower(list)
	for _, p := range listPages {
		if list == p.site || strings.HasSuffix(list, "."+p.site) || list != "" && strings.Contains(" "+p.name+" ", " "+list+" ") {
			return p
		}
	}
	return listPage{}
}
