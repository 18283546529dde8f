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
}

var mailboxProviders = []mailbox{
	{"Google Workspace", []string{"google.com", "googlemail.com"}, nil},
	{"Microsoft 365", []string{"mail.protection.outlook.com", "mx.microsoft"}, []string{"outlook.com", "office365.com"}},
	{"Zoho Mail", []string{"zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zohomail.com"}, []string{"zoho.com", "zoho.eu"}},
	{"Fastmail", []string{"messagingengine.com"}, []string{"fastmail.com"}},
	{"Proton Mail", []string{"protonmail.ch"}, nil},
	{"iCloud Mail", []string{"mail.icloud.com"}, nil},
	{"Yandex 360", []string{"mx.yandex.net", "mx.yandex.ru"}, []string{"yandex.ru", "yandex.net"}},
	{"Mail.ru", []string{"mail.ru"}, nil},
	{"Rackspace Email", []string{"emailsrvr.com"}, []string{"emailsrvr.com"}},
	{"GoDaddy", []string{"secureserver.net"}, []string{"secureserver.net"}},
	{"IONOS", []string{"ionos.com", "ionos.de", "ionos.co.uk", "kundenserver.de", "1and1.com"}, []string{"1and1.info", "ionos.com"}},
	{"OVHcloud", []string{"mail.ovh.net", "mail.ovh.ca"}, []string{"mail.ovh.net"}},
	{"Gandi", []string{"mail.gandi.net"}, []string{"mail.gandi.net"}},
	{"Migadu", []string{"migadu.com"}, []string{"migadu.com"}},
	{"mailbox.org", []string{"mailbox.org"}, []string{"mailbox.org"}},
	{"Hostinger", []string{"hostinger.com"}, []string{"hostinger.com"}},
	{"Namecheap Private Email", []string{"privateemail.com"}, []string{"privateemail.com"}},
	{"Titan", []string{"titan.email"}, []string{"titan.email"}},
	{"Tuta", []string{"tutanota.de", "tuta.com"}, nil},
	{"Infomaniak", []string{"mta-gw.infomaniak.ch"}, []string{"infomaniak.com"}},
	{"Strato", []string{"rzone.de"}, []string{"strato.de"}},
	{"Aruba", []string{"aruba.it"}, []string{"aruba.it"}},
	{"Purelymail", []string{"purelymail.com"}, nil},
	{"Hover", []string{"hover.com.cust.hostedemail.com"}, nil},
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
