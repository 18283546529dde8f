package smtperror

import "fmt"

// Category is a cause. The zero value is none; what has no stated cause is
// [Unknown].
type Category uint8

// The causes. Cause goes over mechanism: a greylisting text that complains about
// missing reverse DNS is [PTRMissing].
const (
	// PTRMissing: the sending address has no PTR record, or the receiver cannot tell
	// that from a PTR that does not confirm.
	PTRMissing Category = iota + 1
	// PTRMismatch: a PTR record exists, and its name does not lead back to the
	// address or differs from the HELO or sender name.
	PTRMismatch
	// PTRGeneric: the PTR name is generic, or the address is in a dynamic or
	// residential range.
	PTRGeneric
	// IPv6AuthRequired: over IPv6 the receiver asks for more (PTR, SPF or DKIM), or
	// takes no mail at all.
	IPv6AuthRequired
	// HELOInvalid: the HELO name is malformed, not fully qualified, does not resolve
	// or is forged.
	HELOInvalid
	// SenderDomainNotFound: the domain of the sender does not exist or does not
	// resolve.
	SenderDomainNotFound
	// SenderDomainNoMX: the domain of the sender exists and has neither MX nor
	// address.
	SenderDomainNoMX
	// SenderNullMX: the domain of the sender publishes a null MX (RFC 7505).
	SenderNullMX
	// SPFFail: SPF does not authorise the sending address.
	SPFFail
	// SPFError: the SPF record is broken, too costly or suspicious, or could not be
	// looked up.
	SPFError
	// DKIMFail: the DKIM signature is missing, invalid or not aligned where that is
	// required.
	DKIMFail
	// DMARCFail: refused because of the author domain's DMARC policy, or for want of
	// alignment.
	DMARCFail
	// DMARCMissing: the receiver asks for a DMARC record and there is none.
	DMARCMissing
	// AuthMissing: neither SPF nor DKIM passed.
	AuthMissing
	// IPBlocklisted: the sending address is on a block list.
	IPBlocklisted
	// IPReputation: the receiver's own verdict on the sending address.
	IPReputation
	// DomainBlocklisted: a domain (of the sender, the HELO or a link) is on a domain
	// block list or has a bad name.
	DomainBlocklisted
	// DNSBLQueryRefused: the block list refused the receiver's query, which the
	// receiver took for a listing.
	DNSBLQueryRefused
	// RecipientDomainUnroutable: the domain of the recipient does not exist, takes
	// no mail or leads nowhere.
	RecipientDomainUnroutable
	// DNSTemporaryFailure: a DNS question stayed open on one of the two sides.
	DNSTemporaryFailure
	// TLSRequired: TLS is required, or its negotiation went wrong.
	TLSRequired
	// DANEMTASTSFailed: validation by DANE or MTA-STS went wrong.
	DANEMTASTSFailed
	// RecipientUnknown: there is no such mailbox.
	RecipientUnknown
	// RecipientDisabled: the mailbox is disabled, suspended, inactive or has moved.
	RecipientDisabled
	// MailboxFull: the mailbox or its quota is full.
	MailboxFull
	// RecipientRestricted: the recipient takes mail from some senders only, or has
	// blocked this one.
	RecipientRestricted
	// RateLimited: too many messages, connections or commands in a time.
	RateLimited
	// TooManyRecipients: too many recipients in one transaction.
	TooManyRecipients
	// Greylisted: greylisting: the first attempt is always deferred (RFC 6647).
	Greylisted
	// RelayDenied: the server does not relay to that recipient for this client.
	RelayDenied
	// SMTPAuthRequired: SMTP AUTH is needed or went wrong.
	SMTPAuthRequired
	// SenderNotPermitted: this account may not use this sender address, or is
	// blocked from sending.
	SenderNotPermitted
	// SenderVerifyFailed: the receiver's callout to the sender address went wrong.
	SenderVerifyFailed
	// SpamContent: the content was judged to be spam.
	SpamContent
	// VirusOrAttachment: the message carries a virus or a forbidden attachment.
	VirusOrAttachment
	// MessageTooLarge: the message, its header or its attachments are too large or
	// too many.
	MessageTooLarge
	// MessageMalformed: the message breaks the rules of the message format (RFC
	// 5322, MIME).
	MessageMalformed
	// PolicyRejected: refused by a policy that is not stated.
	PolicyRejected
	// MailLoop: the message goes round in circles.
	MailLoop
	// ConnectionFailed: no connection, or it broke, or the queue gave up waiting.
	ConnectionFailed
	// ServerError: the receiver's system is in trouble or overloaded.
	ServerError
	// ProtocolError: an SMTP command was malformed or out of order.
	ProtocolError
	// Suppressed: not sent: the address is on a suppression list of the sending
	// service.
	Suppressed
	// NotAnError: no refusal at all: a success, a greeting, an automatic answer.
	NotAnError
	// Unknown: the text states no cause.
	Unknown
)

var categoryNames = [...]string{
	PTRMissing:                "ptr_missing",
	PTRMismatch:               "ptr_mismatch",
	PTRGeneric:                "ptr_generic",
	IPv6AuthRequired:          "ipv6_auth_required",
	HELOInvalid:               "helo_invalid",
	SenderDomainNotFound:      "sender_domain_not_found",
	SenderDomainNoMX:          "sender_domain_no_mx",
	SenderNullMX:              "sender_null_mx",
	SPFFail:                   "spf_fail",
	SPFError:                  "spf_error",
	DKIMFail:                  "dkim_fail",
	DMARCFail:                 "dmarc_fail",
	DMARCMissing:              "dmarc_missing",
	AuthMissing:               "auth_missing",
	IPBlocklisted:             "ip_blocklisted",
	IPReputation:              "ip_reputation",
	DomainBlocklisted:         "domain_blocklisted",
	DNSBLQueryRefused:         "dnsbl_query_refused",
	RecipientDomainUnroutable: "recipient_domain_unroutable",
	DNSTemporaryFailure:       "dns_temporary_failure",
	TLSRequired:               "tls_required",
	DANEMTASTSFailed:          "dane_mta_sts_failed",
	RecipientUnknown:          "recipient_unknown",
	RecipientDisabled:         "recipient_disabled",
	MailboxFull:               "mailbox_full",
	RecipientRestricted:       "recipient_restricted",
	RateLimited:               "rate_limited",
	TooManyRecipients:         "too_many_recipients",
	Greylisted:                "greylisted",
	RelayDenied:               "relay_denied",
	SMTPAuthRequired:          "smtp_auth_required",
	SenderNotPermitted:        "sender_not_permitted",
	SenderVerifyFailed:        "sender_verify_failed",
	SpamContent:               "spam_content",
	VirusOrAttachment:         "virus_or_attachment",
	MessageTooLarge:           "message_too_large",
	MessageMalformed:          "message_malformed",
	PolicyRejected:            "policy_rejected",
	MailLoop:                  "mail_loop",
	ConnectionFailed:          "connection_failed",
	ServerError:               "server_error",
	ProtocolError:             "protocol_error",
	Suppressed:                "suppressed",
	NotAnError:                "not_an_error",
	Unknown:                   "unknown",
}

// Categories are all causes, in the order of their numbers.
func Categories() []Category {
	out := make([]Category, 0, len(categoryNames)-1)
	for c := PTRMissing; c <= Unknown; c++ {
		out = append(out, c)
	}
	return out
}

// String is the name in lower case with underscores, such as "ptr_missing".
func (c Category) String() string {
	if c >= PTRMissing && c <= Unknown {
		return categoryNames[c]
	}
	return fmt.Sprintf("Category(%d)", uint8(c))
}
