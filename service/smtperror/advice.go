package smtperror

// cure tells what makes another attempt succeed.
type cure uint8

const (
	mending  cure = iota + 1 // somebody must change something first
	waiting                  // time alone may do
	nothing                  // no further attempt will
	dividing                 // an attempt with less may do
	noNeed                   // nothing is wrong
)

// advice is what to tell a person about a cause. Texts may hold {ip}, {domain},
// {recipient}, {helo}, {host}, {list}, {selector}, {reverse}, {type} and {allow}, which are filled
// with what is known; {(domain)} is that in brackets, or nothing. A step that begins with a mark such as "[ip]" is told only where that is
// known, and "[else]" where the one before it is not told; "door: " and "page: " give way
// to the provider's door and the list's page.
type advice struct {
	summary    string
	steps      []string
	fixedBy    string
	cure       cure
	references []string
}

const (
	senderFixes   = "you, the sender"
	ownerFixes    = "the owner of the sending address (your provider), at your request"
	receiverFixes = "the receiving side"
	nobodyFixes   = "nobody: it passes by itself"
)

// advices has an entry for each cause.
var advices = map[Category]advice{
	PTRMissing: {
		"The receiver looks up the name of the address that sends, and finds none for {ip}: there is no PTR record, or its name does not lead back to the address. Most mail servers refuse or defer such senders, since machines that nobody set up for mail look like this.",
		[]string{
			"[noip]Find the address that the mail leaves from: the reply or the log of your server names it. It is often not the address of the mail server itself, but that of a gateway.",
			"Ask whoever owns {ip} (hosting provider, cloud, ISP) to set its PTR record to the name your server gives in HELO, {helo}. The setting is often called reverse DNS in the provider's panel.",
			"[ip helo]The two records that are needed, so that name and address confirm one another: \"{reverse} IN PTR {helo}.\" and \"{helo}. IN {type} {ip}\"",
			"[else]Publish an A (or AAAA) record for that name with the same address, so that name and address confirm one another.",
			"[ip]Check with \"dig +short -x {ip}\", and with \"dig +short\" of the name that it gives, that both lead to one another; wait for the old entry's TTL, then send again.",
			"[else]Check with \"dig +short -x <address>\" that the name appears; wait for the old entry's TTL, then send again.",
		},
		ownerFixes, mending, []string{"RFC 1912 section 2.1", "RFC 5321 section 4.1.4", "RFC 7372 section 3.3"},
	},
	PTRMismatch: {
		"The {address} has a name in reverse DNS, but that name does not lead back to the address, or is not the name that your server uses. The receiver takes that for a forgery.",
		[]string{
			"[ip]Compare: \"dig +short -x {ip}\" gives a name, and \"dig +short\" of that name must give {ip}.",
			"[else]Compare: \"dig +short -x <address>\" gives a name, and \"dig +short\" of that name must give the address.",
			"Make them agree: give the name this address, or have the PTR record changed to a name that has it.",
			"Use the same name in HELO, then wait for the TTL and send again.",
		},
		senderFixes, mending, []string{"RFC 8601 section 2.7.3", "RFC 1912 section 2.1"},
	},
	PTRGeneric: {
		"The receiver takes {ip} for a dynamic or residential address: its reverse name looks generated, or the address is in a range that its owner declares not to send mail.",
		[]string{
			"If this is a mail server with a fixed address, have its owner give it a reverse name of its own, such as mail.example.com.",
			"[ip]If the address is on the Spamhaus PBL and it is a mail server, remove it at https://check.spamhaus.org/query/ip/{ip}.",
			"[else]If the address is on the Spamhaus PBL and it is a mail server, remove it at https://check.spamhaus.org/.",
			"door: ",
			"Otherwise send through your provider's mail server (smarthost) with authentication on port 587.",
		},
		ownerFixes, mending, []string{"https://www.spamhaus.org/blocklists/policy-blocklist/", "RFC 5321 section 4.1.4"},
	},
	IPv6AuthRequired: {
		"The mail arrived over IPv6 from {ip}, and the receiver asks more of such senders: a PTR record and a pass of SPF or DKIM; or it takes no mail over IPv6.",
		[]string{
			"[ip6]Publish a PTR record at {reverse}, and an AAAA record with {ip} for the name that it gives.",
			"[else]Publish a PTR record for the IPv6 address, and an AAAA record for the name that it gives.",
			"[ip6]Add {allow} to the SPF record of {domain}, and sign with DKIM.",
			"[else]Add the address to the domain's SPF record with ip6:, and sign with DKIM.",
			"Or let the mail server use IPv4: in Postfix \"inet_protocols = ipv4\" (or \"smtp_address_preference = ipv4\"), in Exim \"disable_ipv6 = true\" or \"dns_ipv4_lookup = *\".",
		},
		senderFixes, mending, []string{"https://support.google.com/mail/answer/81126", "RFC 7208 section 5.6"},
	},
	HELOInvalid: {
		"The receiver does not accept the name that your server gives in HELO or EHLO{(helo)}: it must be a fully qualified name that exists in DNS and is your own.",
		[]string{
			"Set the name that the mail server gives to a fully qualified one, such as mail.example.com, not localhost, a bare label or an address: \"myhostname\" (or \"smtp_helo_name\") in Postfix, \"primary_hostname\" or \"helo_data\" in Exim, \"confDOMAIN_NAME\" in sendmail, the FQDN of the send connector in Exchange.",
			"[ip helo]Publish {helo}. IN {type} {ip}, and let the PTR record at {reverse} name it.",
			"[else]Publish an A or AAAA record for it with the sending address, and let the PTR record name it.",
			"Restart the mail server and send again.",
		},
		senderFixes, mending, []string{"RFC 5321 section 4.1.1.1", "RFC 5321 section 2.3.5"},
	},
	SenderDomainNotFound: {
		"The receiver cannot find the domain of the envelope sender{(domain)} in DNS. Bounces could not be returned, so it refuses the mail. Often it is the sub-domain of a web server or of a bounce address that nobody published.",
		[]string{
			"Check the envelope sender (Return-Path): is the domain spelled right and the one you mean?",
			"[domain]Ask DNS: \"dig +short {domain} MX\" and \"dig +short {domain} A\" must give something; \"dig +trace {domain} SOA\" tells where it goes wrong. Is it registered and not expired?",
			"Publish an MX record, or at least an A record, for the very name in the envelope sender; or send with another one: \"myorigin\" and \"smtp_generic_maps\" in Postfix, \"qualify_domain\" in Exim, the Return-Path setting (sendmail -f) of a web application.",
		},
		senderFixes, mending, []string{"RFC 5321 section 5.1", "RFC 3463 section 3.2"},
	},
	SenderDomainNoMX: {
		"The domain of the envelope sender{(domain)} exists but has neither an MX nor an address record, so that no bounce or reply could be delivered to it.",
		[]string{
			"[domain]Publish an MX record that names a host which takes its mail, such as: {domain}. IN MX 10 mail.{domain}.",
			"[else]Publish an MX record for {domain} that names a host which takes its mail.",
			"If the domain only sends, let its envelope sender be at a domain that receives.",
			"Wait for the negative entry in caches to end (the minimum of the zone's SOA), and send again.",
		},
		senderFixes, mending, []string{"RFC 5321 section 5.1"},
	},
	SenderNullMX: {
		"The domain of the sender{(domain)} publishes a null MX and says thereby that it receives no mail. Receivers may refuse mail from such a domain.",
		[]string{
			"If {domain} does send, replace the null MX by an MX record of a host that takes bounces and replies.",
			"Otherwise use a sender address of another domain.",
		},
		senderFixes, mending, []string{"RFC 7505 section 4.2"},
	},
	SPFFail: {
		"The SPF record of {domain} does not allow {ip} to send for it, or there is none.",
		[]string{
			"Find out what sends from {ip}. If it is not yours, somebody forges your domain, and the receiver did right.",
			"[ip domain]Otherwise add {allow}, or the include: that the sending service gives, to the one TXT record of {domain} that begins with v=spf1, before its all.",
			"[else]Otherwise add the address (ip4: or ip6:) or the service's include: to the one SPF record of the domain in the envelope sender.",
			"[domain]Check what is published: \"dig +short {domain} TXT\".",
			"Keep within ten DNS look-ups. For bounces, publish SPF for the HELO name too.",
			"If the mail was forwarded, the forwarder must rewrite the envelope sender (SRS).",
		},
		senderFixes, mending, []string{"RFC 7208 section 8.4", "RFC 7372 section 3.2"},
	},
	SPFError: {
		"The receiver could not evaluate the SPF record of {domain}: it has a syntax error, needs more than ten look-ups, exists twice, contains something suspicious, or a look-up went wrong.",
		[]string{
			"[domain]Look at what is published: \"dig +short {domain} TXT\" must show exactly one record that begins with v=spf1.",
			"[else]Publish exactly one record that begins with v=spf1.",
			"Correct its syntax, and bring it down to ten look-ups (include, a, mx, ptr, exists, redirect).",
			"Remove +all and ranges that allow half the Internet.",
			"If the error was a look-up, check the name servers of every domain that the record includes.",
		},
		senderFixes, mending, []string{"RFC 7208 section 4.6.4", "RFC 7208 section 2.6.7", "RFC 7372 section 3.2"},
	},
	DKIMFail: {
		"The receiver asks for a valid DKIM signature, and the message from {domain} has none, or one that does not verify or is of another domain.",
		[]string{
			"Switch DKIM signing on at the server or service that sends, with the domain of the From header.",
			"[domain selector]Publish the public key at {selector}._domainkey.{domain} exactly as the service gives it, and check it with \"dig +short {selector}._domainkey.{domain} TXT\".",
			"[domain noselector]Publish the public key at <selector>._domainkey.{domain} exactly as the service gives it, and check it with \"dig +short <selector>._domainkey.{domain} TXT\"; the selector is the s= of the DKIM-Signature header.",
			"[nodomain]Publish the public key at <selector>._domainkey.<domain> exactly as the service gives it; the selector is the s= of the DKIM-Signature header.",
			"Let nothing change the message after it is signed (footers, disclaimers, gateways).",
		},
		senderFixes, mending, []string{"RFC 6376 section 6.1", "RFC 7372 section 3.1"},
	},
	DMARCFail: {
		"The domain of the From header{(domain)} asks receivers by its DMARC policy to refuse mail that passes neither SPF nor DKIM for that domain, and this message passed neither.",
		[]string{
			"[domain]Look at the policy: \"dig +short _dmarc.{domain} TXT\" (or of the organizational domain above it), and mend its syntax where the reply speaks of an error in it. Mail that your systems did not send is refused rightly.",
			"Let what sends it sign with DKIM (d=) in the domain of the From header, or above or below it; that survives forwarding.",
			"[ip]Or let the envelope sender be of the same organizational domain, and add {allow} to its SPF record.",
			"[else]Or let the envelope sender be of the same organizational domain, and allow the sending address in its SPF record.",
			"For a mailing list: rewrite the From header, or leave messages unchanged and seal them with ARC.",
			"Look at the DMARC reports (rua=) for other senders that fail.",
		},
		senderFixes, mending, []string{"RFC 9989 section 5.1", "RFC 7489 section 6.6"},
	},
	DMARCMissing: {
		"The receiver asks bulk senders for a DMARC record, and {domain} has none, or one without a policy.",
		[]string{
			"[domain]Publish: _dmarc.{domain}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{domain}\"",
			"[else]Publish at _dmarc.<domain of the From header> the TXT record \"v=DMARC1; p=none; rua=mailto:<an address of yours>\".",
			"Check that SPF or DKIM passes in the domain of the From header.",
			"Read the reports for some weeks, then go on to p=quarantine and p=reject.",
		},
		senderFixes, mending, []string{"RFC 9989 section 4.7", "https://support.google.com/mail/answer/81126"},
	},
	AuthMissing: {
		"The receiver wants mail to be authenticated, and this message passed neither SPF nor DKIM, or not both where both are asked for.",
		[]string{
			"[ip]Allow the {address} in the SPF record of {domain}: add {allow} before its all.",
			"[else]Allow the {address} in the SPF record of {domain}.",
			"Sign with DKIM in the domain of the From header.",
			"[domain]Publish a DMARC record where none is, such as: _dmarc.{domain}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{domain}\"",
			"[else]Publish a DMARC record where none is, at _dmarc.<domain of the From header>.",
			"Check that the domain of SPF or that of DKIM is of the same organizational domain as the From header: send to a mailbox of your own elsewhere and read its Authentication-Results header.",
			"door: ",
		},
		senderFixes, mending, []string{"RFC 7372 section 3.4", "https://support.google.com/mail/answer/81126", "https://senders.yahooinc.com/best-practices/"},
	},
	IPBlocklisted: {
		"The {address} is on the block list {list}, which the receiver uses.",
		[]string{
			"page: Look the address up at the list's own page and read why it is listed; where no list is named, https://multirbl.valli.org/ asks many at once.",
			"[open]Stop the cause before you ask for removal: a hacked account or web form, an infected machine, an address bought with its past, mail to spam traps. Most lists take a second request far less gladly.",
			"[open]The list decides about the listing, not the receiver. If the address is your provider's and shared with others, ask the provider.",
			"door: ",
		},
		senderFixes + ", by way of the block list", mending, []string{"RFC 5782 section 2.1", "https://check.spamhaus.org/"},
	},
	IPReputation: {
		"The receiver refuses the {address} by its own judgement: complaints, spam, or no good history. No public list is named, and DNS cannot tell what the receiver thinks.",
		[]string{
			"Check that no account, web form or machine of yours sends spam.",
			"Send less for some days, to recipients who want the mail, then slowly more.",
			"door: Ask the receiver for removal by the form or address in the reply, or its postmaster; register for its complaint feedback where it has one.",
		},
		senderFixes + ", by way of the receiver", mending, []string{"https://postmaster.google.com/", "https://sendersupport.olc.protection.outlook.com/pm/", "https://senders.yahooinc.com/"},
	},
	DomainBlocklisted: {
		"A domain in this mail{(domain)}, of the sender, of HELO, or in a link, is on the domain block list {list} or has a bad name with the receiver.",
		[]string{
			"page: Find out which domain is meant: look up sender, HELO name and every link of the message at the list.",
			"[open]Clean the website or account behind it before you ask for removal, and stop what got it listed.",
			"[open]Until it is removed, leave that link out.",
			"door: ",
		},
		senderFixes + ", by way of the block list", mending, []string{"RFC 5782 section 3", "https://check.spamhaus.org/", "https://surbl.org/surbl-analysis"},
	},
	DNSBLQueryRefused: {
		"Nobody is listed. The block list {list} refused the receiver's own question, because the receiver asks through a public resolver or too often, and the receiver's server took this refusal for a listing.",
		[]string{
			"Tell the receiver's postmaster, by telephone or from another address: the block list answers with an error code (127.255.255.x) and the server must not treat it as a listing.",
			"The receiver should ask through a resolver of its own, or with a key from the list's operator.",
			"Do not ask for removal: there is nothing to remove.",
		},
		receiverFixes, mending, []string{"https://www.spamhaus.org/resource-hub/dnsbl/using-our-public-mirrors-check-your-return-codes-now/", "RFC 5782 section 2.1"},
	},
	RecipientDomainUnroutable: {
		"The domain of the recipient{(recipient)} cannot receive mail: it does not exist, has neither MX nor address, publishes a null MX, or its mail hosts lead nowhere.",
		[]string{
			"Check the spelling of the address after the @.",
			"[recipient]Ask DNS: \"dig +short {recipient} MX\" must name a host, and that host must have an address.",
			"If it is right, tell the domain's owner by another way: registration, name servers and MX records must be mended there.",
		},
		"you, if the address is mistyped; otherwise the recipient's administrator", mending, []string{"RFC 5321 section 5.1", "RFC 7505 section 4.1", "RFC 3463 section 3.2"},
	},
	DNSTemporaryFailure: {
		"A DNS question about {domain} stayed without answer at the moment of delivery: a name server was silent or failed, on your side or on the other.",
		[]string{
			"Let the server try again.",
			"If it lasts, check that all name servers of the domain answer (\"dig +nssearch\") and that its DNSSEC signatures are valid (https://dnsviz.net/).",
			"If many domains are concerned, check the resolver of the mail server.",
		},
		nobodyFixes + "; if it lasts, the owner of the name servers", waiting, []string{"RFC 3463 section 3.5", "RFC 5321 section 5.1"},
	},
	TLSRequired: {
		"One of the two servers asks for an encrypted connection (STARTTLS), and none came about: it was not used, not offered, or failed.",
		[]string{
			"Let the sending server use STARTTLS whenever it is offered, with TLS 1.2 or later: \"smtp_tls_security_level = may\" (or encrypt) in Postfix; a mail program uses port 587 with STARTTLS or port 465.",
			"Look at the receiving server: \"openssl s_client -starttls smtp -connect <host>:25\" shows protocol, certificate, its names and expiry.",
			"The log of the sending server tells which step of the handshake failed.",
		},
		"whichever side lacks TLS", mending, []string{"RFC 3207 section 4", "RFC 8689 section 4", "RFC 8996"},
	},
	DANEMTASTSFailed: {
		"The recipient's domain{(recipient)} demands verified TLS by DANE or MTA-STS, and the verification failed: certificate, TLSA record, DNSSEC or policy do not fit.",
		[]string{
			"Tell the recipient's administrator; nothing is wrong on your side.",
			"[recipient]What is to be looked at there: \"dig +dnssec {recipient} MX\", for each host \"dig +dnssec _25._tcp.<host> TLSA\", and the policy at https://mta-sts.{recipient}/.well-known/mta-sts.txt.",
			"TLSA records must agree with the certificate (\"openssl s_client -starttls smtp -connect <host>:25 -dane_tlsa_domain <host> -dane_tlsa_rrdata '<record>'\"), the policy's mx: lines with the MX hosts, and the certificate must be valid for the host's name.",
			"The administrator sees such failures in TLS reports (RFC 8460).",
		},
		"the recipient's administrator", mending, []string{"RFC 7672 section 2.2", "RFC 8461 section 5", "RFC 8460"},
	},
	RecipientUnknown: {
		"The receiving server knows no such mailbox.",
		[]string{
			"Check the spelling of the address.",
			"Ask the recipient for the right address by another way.",
			"door: ",
			"Remove the address from lists: repeated mail to unknown addresses harms your reputation.",
		},
		senderFixes, nothing, []string{"RFC 3463 section 3.2"},
	},
	RecipientDisabled: {
		"The mailbox exists but takes no mail: it is disabled, suspended, unused for too long, or has moved.",
		[]string{
			"Reach the recipient by another way and ask for a current address.",
			"Remove the address from lists.",
		},
		"the recipient", nothing, []string{"RFC 3463 section 3.3"},
	},
	MailboxFull: {
		"The recipient's mailbox, or the storage behind it, is full.",
		[]string{
			"Tell the recipient by another way. A mailbox that stays full is often abandoned.",
			"door: ",
		},
		"the recipient", waiting, []string{"RFC 3463 section 3.3"},
	},
	RecipientRestricted: {
		"The recipient or group takes mail from certain senders only, or has blocked you.",
		[]string{
			"Ask the recipient, or the owner of the group, to allow your address.",
			"For a mailing list: subscribe, and send from the address that is subscribed.",
			"door: ",
		},
		"the recipient", mending, []string{"RFC 3463 section 3.8"},
	},
	RateLimited: {
		"Too much in too short a time: messages, connections, commands or errors from this address, account or domain, or to this recipient.",
		[]string{
			"Send more slowly: fewer connections at once, fewer messages in each, growing pauses after each refusal.",
			"Spread large mailings over hours; start small with a new address.",
			"Check that no hacked account causes the volume.",
			"door: ",
		},
		senderFixes, waiting, []string{"RFC 3463 section 3.8", "https://support.google.com/a/answer/3726730"},
	},
	TooManyRecipients: {
		"The message has more recipients in one transaction than the server takes.",
		[]string{
			"Send to fewer recipients at a time; mail servers do this by themselves when told the limit.",
			"For lists, use a mailing service or one message for each recipient.",
		},
		senderFixes, dividing, []string{"RFC 5321 section 4.5.3.1.8", "RFC 3463 section 3.6"},
	},
	Greylisted: {
		"The server defers the first attempt of a sender it does not know and waits whether it comes again, as real mail servers do. Nothing is wrong.",
		[]string{
			"Wait: the sending server tries again by itself, commonly after 5 to 30 minutes.",
			"The attempts must come from the same address and with the same envelope sender; pools of addresses make it take longer.",
		},
		nobodyFixes, waiting, []string{"RFC 6647 section 2"},
	},
	RelayDenied: {
		"The server does not accept mail for this recipient from you: it is not responsible for the domain, and you are not authenticated.",
		[]string{
			"If this is your own outgoing server: log in (SMTP AUTH, port 587 or 465), or let its administrator allow your network (\"mynetworks\" in Postfix).",
			"[recipient]If it is the recipient's: \"dig +short {recipient} MX\" names the servers to send to; if this is one of them, it does not know the domain as its own (\"relay_domains\" or \"virtual_mailbox_domains\" in Postfix), and the recipient's administrator must be told.",
			"[else]If it is the recipient's: the MX record of its domain names a server that does not know the domain as its own; tell the recipient's administrator.",
			"Check the address after the @ for a mistake.",
		},
		"you (log in, right server), or the recipient's administrator (MX record)", mending, []string{"RFC 5321 section 3.6.2", "RFC 4954"},
	},
	SMTPAuthRequired: {
		"The server asks for a login, or did not accept the one that was given.",
		[]string{
			"Check user name and password in the mail program or application; some services need an application password or OAuth.",
			"Use port 587 with STARTTLS or port 465, and switch authentication on.",
			"After several wrong attempts, wait before trying again.",
			"door: ",
		},
		senderFixes, mending, []string{"RFC 4954 section 4", "RFC 6409 section 4.3"},
	},
	SenderNotPermitted: {
		"This account may not send with this sender address, or is blocked from sending.",
		[]string{
			"Use the address that belongs to the account, or have the other one verified or granted (\"send as\").",
			"If the address is of the recipient's own domain and the mail comes from outside (a mailing service, a scanner), the recipient's administrator must permit that.",
			"If the account is blocked, secure it (password, forwarding rules) first.",
			"door: Then ask the provider to unblock it.",
		},
		senderFixes, mending, []string{"RFC 6409 section 6.1", "RFC 3463 section 3.8"},
	},
	SenderVerifyFailed: {
		"The receiver tried whether the sender address can receive a bounce, and that went wrong.",
		[]string{
			"Check that the envelope sender exists and that its server accepts mail from the null sender <>, as every server must.",
			"Check that the MX hosts of {domain} answer and do not greylist such attempts.",
			"[domain]Try it as the receiver does: \"swaks --to <sender address> --from '<>' --quit-after RCPT\".",
		},
		senderFixes, mending, []string{"RFC 5321 section 4.5.5", "RFC 5321 section 3.6.3"},
	},
	SpamContent: {
		"The receiver took the message itself for spam.",
		[]string{
			"Send a plain short message to the same recipient: if that arrives, it is the content.",
			"Check links, short links, attachments and wording; a single bad link suffices.",
			"Send only to people who asked for it, with a way to unsubscribe.",
			"door: Ask the receiver's postmaster, with the id from the reply.",
		},
		senderFixes, mending, []string{"https://support.google.com/mail/answer/81126"},
	},
	VirusOrAttachment: {
		"The receiver found a virus, or an attachment of a kind it does not take.",
		[]string{
			"Scan the machine that the message came from.",
			"Send the file by other means, such as a link; archives with passwords and executables are often refused.",
		},
		senderFixes, mending, []string{"RFC 3463 section 3.7"},
	},
	MessageTooLarge: {
		"The message, its header or its attachments exceed what the receiver takes. Encoding makes attachments a third larger than the file.",
		[]string{
			"Send a link instead of the file, or smaller parts.",
			"Ask the recipient's administrator about the limit.",
		},
		senderFixes, mending, []string{"RFC 1870 section 6.1", "RFC 3463 section 3.4"},
	},
	MessageMalformed: {
		"The message breaks the rules of its format: header fields are missing, double or malformed, or lines are too long or end wrongly.",
		[]string{
			"Check the program that made the message: exactly one From and one Date, a Message-ID, addresses in the right form.",
			"Lines end with CRLF and have at most 998 octets; use a transfer encoding for anything else.",
		},
		senderFixes, mending, []string{"RFC 5322 section 3.6", "RFC 5321 section 4.5.3.1.6", "RFC 2045"},
	},
	PolicyRejected: {
		"The receiver refused by a policy that it does not state.",
		[]string{
			"Check what is most often behind it: reverse DNS of the sending address, SPF, DKIM, DMARC, block lists.",
			"door: Ask the receiver's postmaster, with the whole reply and its id.",
		},
		"to be asked at the receiving side", mending, []string{"RFC 3463 section 3.8", "RFC 5321 section 7.9"},
	},
	MailLoop: {
		"The message passed the same servers again and again until one stopped it.",
		[]string{
			"Look at the Received lines: which two servers pass it to one another?",
			"Remove the forwarding that leads back, or correct the MX record that points to a server which does not know the domain as its own.",
		},
		"the administrator of either server", mending, []string{"RFC 5321 section 6.3", "RFC 3463 section 3.5"},
	},
	ConnectionFailed: {
		"No connection to the receiving server came about, or it broke, until the sending server gave up or deferred.",
		[]string{
			"[host]Try it from the network of your mail server: \"nc -vz {host} 25\".",
			"[recipient]Check that the hosts of \"dig +short {recipient} MX\" have addresses and answer on port 25 from your network (\"nc -vz <host> 25\").",
			"[else]Check that the domain's MX hosts have addresses and answer on port 25 from your network (\"nc -vz <host> 25\").",
			"Check your own firewall, and whether your provider blocks port 25.",
			"If others can deliver, ask the receiver whether it blocks your address.",
		},
		"either side", waiting, []string{"RFC 5321 section 4.5.4.1", "RFC 3463 section 3.5"},
	},
	ServerError: {
		"The receiving server is in trouble or overloaded. Nothing is wrong with the message.",
		[]string{
			"Let the server try again.",
			"If it lasts for hours, tell the receiver's postmaster.",
		},
		receiverFixes, waiting, []string{"RFC 3463 section 3.4", "RFC 5321 section 4.2.3"},
	},
	ProtocolError: {
		"The sending software said something that the receiving server does not understand or expect.",
		[]string{
			"Look at the SMTP dialogue in the log of the sending software.",
			"Update or correct it; check firewalls that rewrite SMTP.",
		},
		"the maker or administrator of the sending software", mending, []string{"RFC 5321 section 4.1.4", "RFC 3463 section 3.6"},
	},
	Suppressed: {
		"The message was not sent at all: the address is on the suppression list of your sending service, because it bounced, complained or unsubscribed before.",
		[]string{
			"Respect it if the recipient unsubscribed or complained.",
			"door: If the address is good again, remove it from the service's suppression list.",
		},
		senderFixes, nothing, nil,
	},
	NotAnError: {
		"This is no refusal: a success, a greeting, or an automatic answer.",
		[]string{"Nothing needs to be done."},
		"nobody", noNeed, []string{"RFC 5321 section 4.2.1", "RFC 3834"},
	},
	Unknown: {
		"The text does not state a cause.",
		[]string{
			"Get the whole report or the log line of the sending server: what stands after the code tells the cause.",
			"Ask the receiver's postmaster, with time and recipient.",
		},
		"to be asked", mending, []string{"RFC 3464", "RFC 5321 section 4.2"},
	},
}

// retryAdvice says in a sentence whether and when to try again. A text without codes
// leaves open whether the sending server goes on.
func retryAdvice(c cure, temporary, coded bool) string {
	switch {
	case c == noNeed:
		return "No further attempt is needed."
	case c == dividing && temporary:
		return "The sending server sends to the remaining recipients by itself."
	case c == dividing:
		return "Send again to fewer recipients at a time."
	case c == nothing && temporary:
		return "The server says to try again; it is unlikely to help before the recipient's side changes."
	case c == nothing:
		return "Do not try again with this address."
	case c == waiting && temporary:
		return "Let the sending server try again by itself; it does for some days, with growing pauses."
	case c == waiting && !coded:
		return "Look whether the message still waits in the queue of the sending server, which then tries again by itself; otherwise send again in an hour or more."
	case c == waiting:
		return "The attempt was refused for good: send again later, in an hour or more."
	case temporary:
		return "The sending server tries again by itself, but each attempt will be refused until the cause is mended."
	}
	return "Do not send again before the cause is mended; then send anew."
}
