package domain

import (
	"slices"

	"github.com/mailassay/mailassay/resolver"
)

// mailbox is a provider that keeps mailboxes.
type mailbox struct {
	name string
	// exchanges are names at or below which its MX hosts lie, clients those that
	// mail clients find their settings at.
	exchanges, clients []string
	// include is what the provider has its customers put into SPF, "" where it
	// differs by customer.
	include string
}

var mailboxProviders = []mailbox{
	{"Google Workspace", []string{"google.com", "googlemail.com"}, nil, "_spf.google.com"},
	{"Microsoft 365", []string{"mail.protection.outlook.com", "mx.microsoft"}, []string{"outlook.com", "office365.com"}, "spf.protection.outlook.com"},
	{"Zoho Mail", []string{"zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zohomail.com"}, []string{"zoho.com", "zoho.eu"}, "zohomail.com"},
	{"Fastmail", []string{"messagingengine.com"}, []string{"fastmail.com"}, "spf.messagingengine.com"},
	{"Proton Mail", []string{"protonmail.ch"}, nil, "_spf.protonmail.ch"},
	{"iCloud Mail", []string{"mail.icloud.com"}, nil, "icloud.com"},
	{"Yandex 360", []string{"mx.yandex.net", "mx.yandex.ru"}, []string{"yandex.ru", "yandex.net"}, "_spf.yandex.net"},
	{"Mail.ru", []string{"mail.ru"}, nil, "_spf.mail.ru"},
	{"Rackspace Email", []string{"emailsrvr.com"}, []string{"emailsrvr.com"}, "emailsrvr.com"},
	{"GoDaddy", []string{"secureserver.net"}, []string{"secureserver.net"}, "secureserver.net"},
	{"IONOS", []string{"ionos.com", "ionos.de", "ionos.co.uk", "kundenserver.de", "1and1.com"}, []string{"1and1.info", "ionos.com"}, ""},
	{"OVHcloud", []string{"mail.ovh.net", "mail.ovh.ca"}, []string{"mail.ovh.net"}, "mx.ovh.com"},
	{"Gandi", []string{"mail.gandi.net"}, []string{"mail.gandi.net"}, "_mailcust.gandi.net"},
	{"Migadu", []string{"migadu.com"}, []string{"migadu.com"}, "spf.migadu.com"},
	{"mailbox.org", []string{"mailbox.org"}, []string{"mailbox.org"}, "mailbox.org"},
	{"Hostinger", []string{"hostinger.com"}, []string{"hostinger.com"}, "_spf.mail.hostinger.com"},
	{"Namecheap Private Email", []string{"privateemail.com"}, []string{"privateemail.com"}, "spf.privateemail.com"},
	{"Titan", []string{"titan.email"}, []string{"titan.email"}, "spf.titan.email"},
	{"Tuta", []string{"tutanota.de", "tuta.com"}, nil, "spf.tutanota.de"},
	{"Infomaniak", []string{"mta-gw.infomaniak.ch"}, []string{"infomaniak.com"}, "spf.infomaniak.ch"},
	{"Strato", []string{"rzone.de"}, []string{"strato.de"}, ""},
	{"Aruba", []string{"aruba.it"}, []string{"aruba.it"}, ""},
	{"Purelymail", []string{"purelymail.com"}, nil, "_spf.purelymail.com"},
	{"Hover", []string{"hover.com.cust.hostedemail.com"}, nil, ""},
}

// mailboxOf is the provider that an MX host belongs to, "" when not known.
func mailboxOf(host string) string {
	return providerOf(host, func(m mailbox) []string { return m.exchanges })
}

// clientsOf is the provider whose client settings a name holds, "" when not known.
func clientsOf(host string) string {
	if p := providerOf(host, func(m mailbox) []string { return m.clients }); p != "" {
		return p
	}
	return mailboxOf(host)
}

func providerOf(host string, names func(mailbox) []string) string {
	for _, m := range mailboxProviders {
		if slices.ContainsFunc(names(m), func(zone string) bool { return resolver.Within(host, zone) }) {
			return m.name
		}
	}
	return ""
}

// includeOf is what a provider has its customers put into SPF.
func includeOf(provider string) string {
	for _, m := range mailboxProviders {
		if m.name == provider {
			return m.include
		}
	}
	return ""
}
