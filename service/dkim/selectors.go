package dkim

import (
	"slices"
	"strings"
)

// common are selectors that many domains use, whoever hosts them: defaults of
// mail servers and panels, and fixed selectors of large senders.
var common = []string{
	"default", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3", "mail", "dkim", "smtp", "sel1", "sel2",
}

// hosts are the fixed selectors that a provider has its customers publish. It is
// recognised by an MX host or an SPF include at or below one of its names.
// Providers that give each customer selectors of his own (Amazon SES, Postmark,
// HubSpot, Mimecast) cannot be guessed and are not here.
var hosts = []struct {
	names     []string
	selectors []string
}{
	{[]string{"google.com", "googlemail.com"}, []string{"google"}},
	{[]string{"outlook.com", "mx.microsoft"}, []string{"selector1", "selector2"}},
	{[]string{"messagingengine.com"}, []string{"fm1", "fm2", "fm3", "mesmtp"}},
	{[]string{"protonmail.ch"}, []string{"protonmail", "protonmail2", "protonmail3"}},
	{[]string{"icloud.com"}, []string{"sig1"}},
	{[]string{"zoho.com", "zoho.eu", "zoho.in", "zohomail.com"}, []string{"zoho", "zmail", "zohomail"}},
	{[]string{"yandex.net", "yandex.ru"}, []string{"mail"}},
	{[]string{"mail.ru"}, []string{"mailru"}},
	{[]string{"migadu.com"}, []string{"key1", "key2", "key3"}},
	{[]string{"mailbox.org"}, []string{"mbo0001", "mbo0002", "mbo0003", "mbo0004"}},
	{[]string{"gandi.net"}, []string{"gm1", "gm2", "gm3"}},
	{[]string{"ionos.com", "ionos.de", "kundenserver.de", "1and1.com"}, []string{"s1-ionos", "s2-ionos"}},
	{[]string{"titan.email"}, []string{"titan1", "titan2"}},
	{[]string{"hostinger.com"}, []string{"hostingermail-a", "hostingermail-b", "hostingermail-c", "hostingermail1"}},
	{[]string{"tutanota.de", "tuta.com"}, []string{"s1", "s2"}},
	{[]string{"simplelogin.co"}, []string{"dkim", "dkim02", "dkim03"}},
	{[]string{"purelymail.com"}, []string{"purelymail1", "purelymail2", "purelymail3"}},
	{[]string{"mx.cloudflare.net"}, []string{"cf2024-1"}},
	{[]string{"sendgrid.net"}, []string{"s1", "s2", "m1", "smtpapi"}},
	{[]string{"mailgun.org"}, []string{"smtp", "mx", "k1", "krs", "mailo", "pic", "email"}},
	{[]string{"mcsv.net"}, []string{"k1", "k2", "k3"}},
	{[]string{"mandrillapp.com"}, []string{"mandrill", "mte1", "mte2"}},
	{[]string{"mailjet.com"}, []string{"mailjet"}},
	{[]string{"sendinblue.com", "brevo.com"}, []string{"mail", "brevo1", "brevo2"}},
	{[]string{"zendesk.com"}, []string{"zendesk1", "zendesk2"}},
	{[]string{"constantcontact.com", "ctctmail.com"}, []string{"ctct1", "ctct2"}},
	{[]string{"klaviyo.com", "klaviyomail.com"}, []string{"kl", "kl2"}},
	{[]string{"mlsend.com", "mailersend.net"}, []string{"litesrv", "ml", "mlsend", "mlsend2"}},
	{[]string{"createsend.com"}, []string{"cm"}},
	{[]string{"elasticemail.com"}, []string{"api"}},
	{[]string{"intercom.io", "intercom-mail.com"}, []string{"intercom"}},
	{[]string{"acems1.com", "activehosted.com"}, []string{"dk"}},
	{[]string{"everlytic.net"}, []string{"everlytickey1", "everlytickey2"}},
}

// WellKnownSelectors are selectors worth asking for when none is given: first
// those of the providers that the names show, which are canonical names of MX
// hosts and SPF include targets, then those that many domains use. Each stands
// once.
func WellKnownSelectors(names ...string) []string {
	var list []string
	for _, h := range hosts {
		if slices.ContainsFunc(names, func(n string) bool { return below(n, h.names) }) {
			list = append(list, h.selectors...)
		}
	}
	list = append(list, common...)
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(s string) bool {
		twice := seen[s]
		seen[s] = true
		return twice
	})
}

func below(name string, domains []string) bool {
	return slices.ContainsFunc(domains, func(d string) bool {
		head, ok := strings.CutSuffix(name, d)
		return ok && (head == "" || strings.HasSuffix(head, "."))
	})
}
