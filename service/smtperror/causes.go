package smtperror

import "slices"

// Codes that several causes name.
var (
	noName      = []string{"SENDER_PTR_MISSING", "SENDER_PTR_DELEGATION_DANGLING", "SENDER_PTR_UNCONFIRMED"}
	named       = []string{"SENDER_PTR_CONFIRMED"}
	noSPFPass   = []string{"SENDER_SPF_FAIL", "SENDER_SPF_SOFTFAIL", "SENDER_SPF_NONE", "SENDER_SPF_PERMERROR"}
	spfPass     = []string{"SENDER_SPF_PASS"}
	noSender    = []string{"SENDER_PATH_NOT_FOUND", "SENDER_PATH_NO_MAIL"}
	noRecipient = []string{"NS_DOMAIN_NOT_FOUND", "MX_NONE", "MX_NULL", "MX_ALL_UNRESOLVABLE"}
	unusableSPF = []string{
		"SENDER_SPF_PERMERROR", "SPF_MULTIPLE_RECORDS", "SPF_VERSION_MISTYPED", "SPF_STRAY_CHARACTERS", "SPF_SYNTAX", "SPF_BAD_ADDRESS", "SPF_TERMS_RUN_TOGETHER",
		"SPF_LOOKUP_LIMIT_EXCEEDED", "SPF_VOID_LIMIT_EXCEEDED", "SPF_INCLUDE_NO_RECORD", "SPF_INCLUDE_INVALID", "SPF_TARGET_DANGLING", "SPF_LOOP",
	}
	brokenSPF = slices.Concat(unusableSPF, []string{"SPF_PASS_ALL", "SPF_BROAD_RANGE"})
	brokenKey = []string{
		"DKIM_SELECTOR_MISSING", "DKIM_KEY_REVOKED", "DKIM_TAG_SYNTAX", "DKIM_KEY_BAD_BASE64", "DKIM_KEY_TRUNCATED", "DKIM_KEY_SPLIT", "DKIM_KEY_INVALID", "DKIM_RSA_TOO_SHORT",
		"DKIM_KEY_RESTRICTED", "DKIM_CNAME_DANGLING", "DKIM_CNAME_PROXIED", "DKIM_STRAY_CHARACTERS", "DKIM_PRIVATE_KEY_PUBLISHED",
	}
	onList       = []string{"SENDER_LISTED", "SENDER_POLICY_LISTED"}
	dmarcResults = []string{"SENDER_DMARC_PASS", "SENDER_DMARC_REJECT", "SENDER_DMARC_QUARANTINE", "SENDER_DMARC_NOT_ENFORCED"}
)

// causeOf is how DNS can show the category, with what is known.
func (k known) causeOf() (cause, bool) {
	if c, ok := withoutAddress[k.category]; ok && !k.ip.IsValid() && k.sender != "" {
		return c, true
	}
	c, ok := causes[k.category]
	return c, ok
}

// withoutAddress is what the sender's domain alone shows of causes that are otherwise
// judged by the address as well.
var withoutAddress = map[Category]cause{
	SPFFail: {
		needs: needSender, gather: (*inquest).askSPF,
		confirms: slices.Concat(unusableSPF, []string{"SPF_MISSING", "SPF_PARKED"}), refutes: spfPass, shows: []string{"SPF_VALID"},
		undecided: "An SPF record is published; whether it allows the sending address can be seen when sending_ip is given.",
	},
	AuthMissing: {
		needs: needSender, gather: (*inquest).askSPF,
		confirms: slices.Concat(unusableSPF, []string{"SPF_MISSING", "SPF_PARKED"}), refutes: spfPass, shows: []string{"SPF_VALID"},
		undecided: "An SPF record is published; whether it allows the sending address can be seen when sending_ip is given.",
	},
	DMARCFail: {
		needs: needSender, gather: (*inquest).askPolicy,
		shows: []string{"DMARC_ENFORCED", "DMARC_INHERITED", "DMARC_MISSING", "DMARC_MULTIPLE_RECORDS", "DMARC_POLICY_INVALID", "DMARC_TEST_MODE"},
	},
}

// causes are what DNS can show, and the codes of the assays below that show it.
var causes = map[Category]cause{
	PTRMissing: {
		needs: needIP, gather: (*inquest).askClient,
		confirms: noName, refutes: named, shows: []string{"SENDER_PTR_GENERIC"},
	},
	PTRMismatch: {
		needs: needIP, gather: (*inquest).askClient,
		confirms: slices.Concat(noName, []string{"SENDER_HELO_MISMATCH", "SENDER_HELO_UNRESOLVABLE"}), refutes: named,
	},
	PTRGeneric: {
		needs: needIP, gather: (*inquest).askClient,
		confirms: []string{"SENDER_PTR_GENERIC", "SENDER_POLICY_LISTED"}, refutes: named,
		shows:     slices.Concat(noName, []string{"SENDER_NOT_LISTED", "SENDER_LIST_UNUSABLE"}),
		undecided: "The address has no confirmed name, which is worse than a generic one; whether the receiver counts its range as dynamic cannot be seen.",
	},
	IPv6AuthRequired: {
		needs: needIPv6, gather: (*inquest).askSender,
		confirms: slices.Concat(noName, noSPFPass), refutes: spfPass, shows: named,
		undecided: "Reverse DNS is in order; without a domain that SPF authorises the address for, nothing more can be told.",
	},
	HELOInvalid: {
		needs: needHelo, gather: (*inquest).askClient,
		confirms:  []string{"SENDER_HELO_UNRESOLVABLE", "SENDER_HELO_NOT_QUALIFIED", "SENDER_HELO_INVALID", "SENDER_HELO_LITERAL_MISMATCH"},
		refutes:   []string{"SENDER_HELO_CONFIRMED", "SENDER_HELO_LITERAL"},
		shows:     slices.Concat(named, []string{"SENDER_HELO_MISMATCH"}),
		undecided: "The name exists in DNS; whether it leads to the sending address decides how receivers take it.",
	},
	SenderDomainNotFound: {
		needs: needSender, gather: (*inquest).askPath,
		confirms: noSender, shows: []string{"SENDER_PATH_NULL_MX"},
	},
	SenderDomainNoMX: {
		needs: needSender, gather: (*inquest).askPath,
		confirms: noSender, shows: []string{"SENDER_PATH_NULL_MX"},
	},
	SenderNullMX: {
		needs: needSender, gather: (*inquest).askPath,
		confirms: []string{"SENDER_PATH_NULL_MX"}, shows: noSender,
	},
	SPFFail: {
		needs: needIP | needSender, gather: (*inquest).askSender,
		confirms: noSPFPass, refutes: spfPass, shows: []string{"SENDER_SPF_NEUTRAL"},
		undecided: "The SPF record says nothing about the address, which some receivers take for a failure.",
	},
	SPFError: {
		needs: needSender, gather: (*inquest).askSPF,
		confirms: brokenSPF, shows: []string{"SPF_VALID", "SPF_LOOKUPS_NEAR_LIMIT"},
	},
	DKIMFail: {
		needs: needSelector, gather: (*inquest).askKey,
		confirms: brokenKey, shows: []string{"DKIM_KEY_VALID", "DKIM_TEST_MODE"},
	},
	DMARCFail: {
		needs: needIP | needSender, gather: (*inquest).askAuthor,
		confirms: []string{"SENDER_DMARC_REJECT", "SENDER_DMARC_QUARANTINE"},
		refutes:  []string{"SENDER_DMARC_PASS", "SENDER_DMARC_NONE", "SENDER_DMARC_UNUSABLE", "SENDER_DMARC_NOT_ENFORCED"},
		shows:    slices.Concat(noSPFPass, spfPass),
	},
	DMARCMissing: {
		needs: needSender, gather: (*inquest).askAuthor,
		confirms: []string{"SENDER_DMARC_NONE", "SENDER_DMARC_UNUSABLE"}, refutes: dmarcResults,
	},
	AuthMissing: {
		needs: needIP | needSender, gather: (*inquest).askAuthor,
		confirms: noSPFPass, refutes: spfPass,
		shows: slices.Concat(dmarcResults, []string{"SENDER_DMARC_NONE", "SENDER_DMARC_UNUSABLE", "SENDER_SPF_NEUTRAL"}),
	},
	IPBlocklisted: {
		needs: needList, gather: (*inquest).askList,
		confirms: onList, refutes: []string{"SENDER_NOT_LISTED"}, shows: []string{"SENDER_LIST_UNUSABLE"},
		undecided: "The list does not answer us in a way that says whether the address is on it.",
	},
	DomainBlocklisted: {
		needs: needList, gather: (*inquest).askList,
		confirms: onList, refutes: []string{"SENDER_NOT_LISTED"}, shows: []string{"SENDER_LIST_UNUSABLE"},
		undecided: "The list does not answer us in a way that says whether the domain is on it.",
	},
	// The cause is that nobody is listed: the list's own answer confirms it.
	DNSBLQueryRefused: {
		needs: needList, gather: (*inquest).askList,
		confirms: []string{"SENDER_NOT_LISTED"}, refutes: onList, shows: []string{"SENDER_LIST_UNUSABLE"},
		undecided: "The list refuses our question as well, so that it cannot be seen whether anybody is listed.",
	},
	RecipientDomainUnroutable: {
		needs: needRecipient, gather: (*inquest).askRecipient,
		confirms: noRecipient,
		shows: []string{
			"MX_IMPLICIT", "MX_NULL_MIXED", "MX_TARGET_UNRESOLVABLE", "MX_TARGET_IP_LITERAL", "MX_TARGET_INVALID_NAME", "MX_TARGET_ZONE_APPENDED",
			"MX_ADDRESS_SPECIAL", "MX_DANGLING_DOMAIN", "MX_VERIFICATION_HOST",
		},
	},
	DNSTemporaryFailure: {
		needs: needEither, gather: (*inquest).askWhetherAnswered,
		confirms: []string{"MX_UNKNOWN"}, shows: slices.Concat(noSender, noRecipient),
	},
	DANEMTASTSFailed: {
		needs: needRecipient, gather: (*inquest).askTransport,
		confirms: []string{"DANE_UNUSABLE", "MTASTS_TXT_INVALID", "DNSSEC_BOGUS"},
		shows:    []string{"MTASTS_ABSENT", "DANE_VALID", "DANE_PARTIAL", "DANE_INSECURE_ZONE"},
	},

	// Where DNS decides nothing it may still give leads.
	IPReputation: {
		needs: needIP, gather: (*inquest).askClient, context: true,
		shows: slices.Concat(noName, []string{"SENDER_PTR_GENERIC"}),
	},
	PolicyRejected: {
		needs: needIP, gather: (*inquest).askAuthor, context: true,
		shows: slices.Concat(noName, noSPFPass, []string{"SENDER_PTR_GENERIC", "SENDER_DMARC_NONE", "SENDER_DMARC_REJECT"}),
	},
	SenderVerifyFailed: {
		needs: needSender, gather: (*inquest).askPath, context: true,
		shows: slices.Concat(noSender, []string{"SENDER_PATH_NULL_MX"}),
	},
	RelayDenied: {
		needs: needRecipient, gather: (*inquest).askRecipient, context: true,
		shows: noRecipient,
	},
	ConnectionFailed: {
		needs: needRecipient, gather: (*inquest).askRecipient, context: true,
		shows: slices.Concat(noRecipient, []string{"MX_IMPLICIT", "MX_TARGET_UNRESOLVABLE", "MX_ADDRESS_SPECIAL"}),
	},
}
