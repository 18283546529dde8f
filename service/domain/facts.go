package domain

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/spf"
)

// Facts are what DNS said about a domain, without opinions. A field whose Err is
// set could not be learned, or was not asked for ([ErrNotAsked]).
type Facts struct {
	Request Request
	// Organizational is the organizational domain by the public suffix list.
	Organizational string
	Now            time.Time
	// Ordinary are special-purpose ranges that count as public ones.
	Ordinary []netip.Prefix
	// Validation tells whether DNS validated.
	Validation resolver.Validation

	Existence  finding.Known[Existence]
	MX         finding.Known[Mail]
	SPF        finding.Known[SPF]
	DKIM       finding.Known[DKIM]
	DMARC      finding.Known[DMARC]
	ReverseDNS finding.Known[ReverseDNS]
	MTASTS     finding.Known[MTASTS]
	TLSRPT     finding.Known[TLSRPT]
	DANE       finding.Known[DANE]
	BIMI       finding.Known[BIMI]
	DNSSEC     finding.Known[DNSSEC]
	Delegation finding.Known[Delegation]
	Servers    finding.Known[Servers]
	Services   finding.Known[Services]
	Wildcard   finding.Known[Wildcard]

	// Asked are the topics that were asked about.
	Asked finding.Topics
	// Failures are the questions that stayed open, in a fixed order.
	Failures []Failure
	// Questions is how many different questions were asked.
	Questions int
}

// Record is one DNS record as observed.
type Record struct {
	// Name owns the record, canonical.
	Name string
	Type resolver.Type
	// TTL in seconds as received.
	TTL uint32
	// Value in presentation form, TXT quoted.
	Value string
	// Authenticated is the AD flag of a trusted validating resolver.
	Authenticated bool
}

// String is the record as a zone file has it.
func (r Record) String() string {
	return resolver.Absolute(r.Name) + " IN " + r.Type.String() + " " + r.Value
}

// recordsOf are the records of an answer.
func recordsOf(a resolver.Answer) []Record {
	out := make([]Record, 0, len(a.Data))
	for _, d := range a.Data {
		out = append(out, Record{Name: a.Name, Type: a.Question.Type, TTL: a.TTL, Value: d.String(), Authenticated: a.Authenticated})
	}
	return out
}

// Existence tells whether there is a domain at all.
type Existence struct {
	// Domain is false when the registrable domain does not exist.
	Domain bool
	// Name is false when DNS denies the name itself.
	Name bool
	// Registrable is the name looked at for Domain.
	Registrable string
	// NoTop is the top-level domain when the root denies it, "" otherwise.
	NoTop string
}

// Mail is where mail to the domain goes.
type Mail struct {
	// Records are the MX records as observed.
	Records []Record
	// Alias is the CNAME target of the domain name, "" when it is no alias.
	Alias string
	// Roots are the preferences of exchanges whose host is the root.
	Roots []uint16
	// Null is true when there is no other (RFC 7505 section 3).
	Null bool
	// Implicit is true when there is no MX but an address (RFC 5321 section 5.1).
	Implicit bool
	// Hosts by preference, then by name. For an implicit MX the domain itself.
	// Without the root.
	Hosts []MailHost
	// Unlooked is how many hosts beyond the bound were not looked at.
	Unlooked int
	// Secure tells that a trusted validating resolver authenticated the records.
	Secure bool
}

// MailHost is one mail exchange.
type MailHost struct {
	// Host is the target, canonical.
	Host       string
	Preference uint16
	Addresses
	// Meant is the target without the zone's name at its end, where the target
	// itself has no address and Meant has: the final dot was forgotten.
	Meant          string
	MeantAddresses []netip.Addr
	// Unregistered is the registrable domain of the host when it does not exist.
	Unregistered string
	// Provider runs the host, "" when not known.
	Provider string
}

// Addresses are those of a host.
type Addresses struct {
	V4, V6 finding.Known[[]netip.Addr]
	// Alias is the CNAME target of the host and Canonical the end of the chain; ""
	// when it is no alias.
	Alias, Canonical string
	// Missing is true when DNS denies the host's name or the end of its alias.
	Missing bool
	// Secure tells that a trusted validating resolver authenticated all of it.
	Secure bool
}

// All are the addresses that are known, IPv4 first.
func (a Addresses) All() []netip.Addr { return slices.Concat(a.V4.Value, a.V6.Value) }

// Found tells whether there is an address.
func (a Addresses) Found() bool { return len(a.V4.Value)+len(a.V6.Value) > 0 }

// Absent tells whether it is known that there is none.
func (a Addresses) Absent() bool { return !a.Found() && a.Err() == nil }

// owner is the name that has the addresses.
func (a Addresses) owner(host string) string { return cmp.Or(a.Canonical, host) }

// Err is why the addresses are not all known, nil when they are.
func (a Addresses) Err() error {
	if a.V4.Err != nil {
		return a.V4.Err
	}
	return a.V6.Err
}

// SPF is the domain's SPF record and what it amounts to (RFC 7208).
type SPF struct {
	// Texts are all TXT records at the name as observed; Size is what they take in
	// an answer, in octets.
	Texts []Record
	Size  int
	// Selection sorts them.
	Selection spf.Selection
	// Records are those that are SPF.
	Records []Record
	// Text is the record, "" when there is none or more than one.
	Text string
	// Parked is true for "v=spf1 -all": the domain sends no mail.
	Parked bool
	// LookupCount and VoidLookupCount are of the costliest path (RFC 7208 section
	// 4.6.4).
	LookupCount, VoidLookupCount int
	// All is the qualifier and word at the end, such as "-all", redirects
	// followed; "" without.
	All string
	// Tree is the record and all it includes; its Root has no Record without one.
	Tree *spf.Tree
	// AuthorizedAddresses is the number of IPv4 addresses that pass.
	AuthorizedAddresses uint64
	// Senders are the outcomes for the sending addresses given.
	Senders []SPFSender
	// Elsewhere are records at names where nobody looks, when there is none at the
	// name itself.
	Elsewhere []Misplaced
	// Merged is one record that does what several do, with its lookups; "" when
	// that cannot be told.
	Merged        string
	MergedLookups int
	// HeloMissing are confirmed names of sending addresses without an SPF record.
	HeloMissing []string
	// Unregistered maps targets of the tree to their registrable domain when that
	// does not exist.
	Unregistered map[string]string
	// Obsolete are records of type 99 (RFC 7208 section 3.1).
	Obsolete []Record
}

// Misplaced is a TXT record at a name where nobody looks for it.
type Misplaced struct {
	Record
	// Text is its strings joined.
	Text string
}

// SPFSender is the outcome for one sending address.
type SPFSender struct {
	IP netip.Addr
	spf.Outcome
}

// DKIM are the domain's keys.
type DKIM struct {
	// Given is true when the request named the selectors.
	Given bool
	// Keys are what stands at each selector given, and at each guessed one that
	// has something of its own, in the order asked.
	Keys []DKIMKey
	// Probed is how many selectors were asked for.
	Probed int
	// EmptyNonTerminal is true when the name _domainkey is denied although a key
	// stands below it (RFC 8020 section 2).
	EmptyNonTerminal bool
}

// DKIMKey is what stands at a selector.
type DKIMKey struct {
	Selector string
	// Name is the selector's full name.
	Name string
	// Algorithm is "rsa" or "ed25519", "" when no key could be read.
	Algorithm string
	// Bits of the key, 0 when no key could be read.
	Bits int
	// Record is the text, "" when there is none or more than one.
	Record string
	// CNAMETarget is where the name points by CNAME, "" when it is no alias.
	CNAMETarget string
	// Revoked is true for an empty p=, Testing for t=y (RFC 6376 section 3.6.1).
	Revoked, Testing bool
	// Err is why nothing of it is known, nil when it is.
	Err error
	// Published has all records and what is wrong with them, without those that a
	// wildcard gives to any name.
	Published dkim.Published
	// Addresses stand at the name instead of a key.
	Addresses []netip.Addr
	// Elsewhere are key records at names where nobody looks, when there is none
	// here.
	Elsewhere []Misplaced
}

// DMARC is the policy for the domain (RFC 9989).
type DMARC struct {
	// Record applies, "" when there is none.
	Record string
	// Policy is its p; EffectivePolicy is what applies to this very name after sp,
	// np and t; SubdomainPolicy what applies to names below it that exist.
	Policy, EffectivePolicy, SubdomainPolicy string
	// FoundAt is the domain whose record it is.
	FoundAt string
	// Outcome is that of a message that nothing authenticates.
	Outcome dmarc.Outcome
	// Destinations are where reports go.
	Destinations []ReportDestination
	// Elsewhere are records at names where nobody looks, when the walk finds none.
	Elsewhere []Misplaced
}

// ReportDestination is one URI of rua or ruf.
type ReportDestination struct {
	// URI as published. Kind is "rua" or "ruf".
	URI, Kind string
	// Host is the canonical domain of a usable URI, "" otherwise.
	Host string
	// Problem is why the URI cannot be used, a clause; "" when it can.
	Problem string
	// External is true when it is in another organizational domain, which must
	// agree at Consent (RFC 9990 section 4).
	External bool
	Consent  string
	// Authorized tells whether it does.
	Authorized finding.Known[bool]
	// Receives tells whether mail can reach Host.
	Receives finding.Known[bool]
}

// ReverseDNS is the names of the addresses in question.
type ReverseDNS struct {
	// Addresses are the sending addresses given, then those of the MX hosts.
	Addresses []Reverse
}

// Reverse is the reverse DNS of one address.
type Reverse struct {
	iprev.Report
	// Generic is true when every confirmed name looks like one given to a whole
	// range.
	Generic bool
	// Sending is true for an address of the request, MXHost names the exchange
	// otherwise.
	Sending bool
	MXHost  string
}

// special tells for what an address is reserved that is no public one (RFC 6890),
// "" when it is public.
func (f *Facts) special(ip netip.Addr) string {
	if slices.ContainsFunc(f.Ordinary, func(p netip.Prefix) bool { return p.Contains(ip) }) {
		return ""
	}
	why, _ := resolver.Special(ip)
	return why
}
