package domain

import (
	"slices"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// MTASTS is the announcement of a policy (RFC 8461 section 3.1).
type MTASTS struct {
	// Texts are all TXT records at the name, Records those meant for MTA-STS, and
	// Meant what these say.
	Texts, Records []Record
	Meant          []string
	// Record is the one announcement, "" without, or with several.
	Record string
	// ID of the policy, "" without a valid record.
	ID string
	// Problem is what is wrong, a clause; "" when nothing is.
	Problem string
}

// TLSRPT is where reports on TLS go (RFC 8460 section 3).
type TLSRPT struct {
	// Texts are all TXT records at the name, Records those meant for TLS-RPT, and
	// Meant what these say.
	Texts, Records []Record
	Meant          []string
	// Record is the one record, "" without, or with several.
	Record string
	// Destinations are URIs as published; none when there is a Problem.
	Destinations []string
	// Problem is what is wrong, a clause; "" when nothing is.
	Problem string
}

// DANE are the TLSA records of the MX hosts (RFC 7672).
type DANE struct {
	// Hosts are the MX hosts in their order, also those without records.
	Hosts []DANEHost
}

// DANEHost is one MX host.
type DANEHost struct {
	Host string
	// Base is the name below which TLSA was looked for: the host, or the end of
	// its alias chain.
	Base    string
	Records []Record
	// Usable are those that authenticate: RFC 7672 section 3.1.
	Usable int
	// Secure is true when MX, addresses and TLSA are all authenticated; Insecure
	// names which are not.
	Secure   bool
	Insecure []string
	// Err is why something of it is not known, nil when all is.
	Err error
}

// Active tells whether senders that know DANE go by it.
func (h DANEHost) Active() bool { return h.Secure && h.Usable > 0 }

// BIMI is the assertion record.
type BIMI struct {
	// Records are those meant for BIMI.
	Records []Record
	// Record is the one record, "" without, or with several.
	Record string
	// FoundAt is the domain whose record it is, "" without.
	FoundAt string
	// Location is l=, Authority a=.
	Location, Authority string
	// Problem is what is wrong, a clause; "" when nothing is.
	Problem string
}

// DNSSEC tells whether answers are secured.
type DNSSEC struct {
	// Zone is the apex looked at.
	Zone string
	// Secure: a trusted validating resolver authenticated the zone's SOA.
	Secure bool
	// DelegationSigned: the parent has DS records, which are in Delegation.
	DelegationSigned bool
	Delegation       []Record
	// Signed: the zone has a DNSKEY.
	Signed bool
	// Expiring are signatures on mail records with little time left.
	Expiring []Signature
}

// Signature is a signature that ends soon.
type Signature struct {
	// Name and Type are of the records signed.
	Name, Type string
	Expires    time.Time
}

// Delegation is the zone that the domain lies in, as an ordinary resolver shows
// it.
type Delegation struct {
	// Zone is its apex.
	Zone string
	// Serial and Primary are of the SOA.
	Serial  uint32
	Primary string
	// Records are the zone's NS records, Servers the hosts by name.
	Records []Record
	Servers []NameServer
	// ApexAlias is the CNAME target at a zone's apex or at the registrable domain,
	// "" when it is none.
	ApexAlias string
}

// NameServer is one name server.
type NameServer struct {
	Host string
	Addresses
	// Unregistered is its registrable domain when that does not exist.
	Unregistered string
}

// Servers is what each name server of the zone says, where they were asked.
type Servers struct {
	// Zone is the apex, "" when the way does not lead to a zone of the domain's own.
	Zone string
	// Way is the way down from the root.
	Way resolver.Delegation
	// Mail are the answers of each server to the questions that mail rests on.
	Mail []resolver.Poll
	// Differs are the questions to which a server gives another answer than the
	// others, as zone files spell them; for each of Way.SOA.Told.
	Differs [][]string
}

// Services are what mail clients find (RFC 6186).
type Services struct {
	Found []Service
	// Aliases are autoconfig and autodiscover names that are CNAMEs.
	Aliases []ServiceAlias
}

// Service is one SRV record.
type Service struct {
	// Label such as "_imaps._tcp".
	Label    string
	Record   Record
	Target   string
	Port     uint16
	Priority uint16
	Weight   uint16
	// Provider of the target, "" when not known.
	Provider string
	// Resolves tells whether Target has an address; false for ".".
	Resolves finding.Known[bool]
}

// ServiceAlias is a name for client configuration that is a CNAME.
type ServiceAlias struct {
	Name, Target string
	// Resolves tells whether there is an address at its end.
	Resolves finding.Known[bool]
	// Provider of the target, "" when not known.
	Provider string
}

// Wildcard is what a name answers that nobody made.
type Wildcard struct {
	// Probe is the random name below the domain, KeyProbe the one below
	// _domainkey.
	Probe, KeyProbe string
	// Texts and KeyTexts are the TXT records there, in presentation form.
	Texts, KeyTexts []string
	// KeyAliases is the CNAME chain of KeyProbe.
	KeyAliases []string
	Records    []Record
}

// covers tells whether the data of a TXT record is what any name would give.
func (w Wildcard) covers(value string) bool { return slices.Contains(w.Texts, value) }
