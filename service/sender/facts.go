package sender

import (
	"net/netip"

	"github.com/mailassay/mailassay/service/arc"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/dnsbl"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/iprev"
	"github.com/mailassay/mailassay/service/spf"
)

// Facts are what DNS and the message say about a sender, without opinions.
type Facts struct {
	Request Request
	// Client is the client's address, IPv4-mapped ones turned to IPv4.
	Client netip.Addr
	// Special is the special-purpose block that the client is in, "" for a public
	// address.
	Special string
	// Helo is what the client calls itself.
	Helo Helo
	// ReverseDNS is what its address is called (RFC 8601 section 3).
	ReverseDNS iprev.Report
	// SPF is check_host for the reverse-path, SPFHelo for the HELO name; they are
	// the same for the null reverse-path (RFC 7208 sections 2.3 and 2.4).
	SPF, SPFHelo spf.Outcome
	// Path is the reverse-path's domain as a place to which mail can go.
	Path Path
	// Author is who the From field says has written the message.
	Author Author
	// DMARC is the evaluation for the author domain; its Discovery is nil when
	// there is none.
	DMARC dmarc.Outcome
	// HasMessage tells that there was a message. MessageErr is why it could not be
	// read to its end; DKIM and ARC are void then.
	HasMessage bool
	MessageErr error
	// BareLF counts line feeds in the message's header that no carriage return
	// precedes: it is not as it was on the wire (RFC 5321 section 2.3.8).
	BareLF int
	// Signatures are the message's DKIM signatures, in its order; Skipped is how
	// many more there are.
	Signatures []Signature
	Skipped    int
	// ARC is the message's chain. Its Result is "" without a message.
	ARC arc.Report
	// Override is what a trusted chain makes of a DMARC failure.
	Override Override
	// Claimed are the places, 1 the uppermost, of those of the message's
	// Authentication-Results fields that bear the receiver's name or an unreadable
	// one. They are not ours, and must go (RFC 8601 section 5).
	Claimed []int
	// Blocklists are what each list said about each subject.
	Blocklists []dnsbl.Result
}

// Signature is a DKIM signature and what it is worth.
type Signature struct {
	dkim.Verification
	// Coverage is which fields it protects, empty when it could not be read.
	Coverage dkim.Coverage
	// Aligned tells whether its domain is aligned with the author's (RFC 9989
	// section 4.4.1).
	Aligned bool
}

// Override is a DMARC failure that is overruled: the message came by forwarders
// that are trusted, whose chain verifies, and one of them has seen DMARC pass (RFC
// 8617 section 7.2.1).
type Override struct {
	// Granted: the failure is overruled.
	Granted bool
	// Open: it would be, if the chain verified, and that could not be looked up.
	Open bool
	// Sealers are the domains of the chain, oldest first.
	Sealers []string
}

// Helo is the client's name for itself (RFC 5321 section 4.1.1.1).
type Helo struct {
	// Name is canonical, or the argument as given when it is no name.
	Name string
	// Form tells what it is.
	Form HeloForm
	// Addrs are the name's addresses of the client's family, or, where there are
	// none, of the other.
	Addrs []netip.Addr
	// Matches tells whether the name, or the literal, leads to the client.
	Matches bool
	// Err is why the addresses are not known.
	Err error
}

// Resolves tells whether the name has an address.
func (h Helo) Resolves() bool { return len(h.Addrs) > 0 }

// HeloForm is what the argument of HELO is.
type HeloForm uint8

// The forms.
const (
	// HeloNone: no argument is known.
	HeloNone HeloForm = iota
	// HeloName: a domain name of two or more labels.
	HeloName
	// HeloBare: a name of one label, such as "localhost".
	HeloBare
	// HeloLiteral: an address literal (RFC 5321 section 4.1.3).
	HeloLiteral
	// HeloInvalid: none of these.
	HeloInvalid
)

// Path is the domain of the reverse-path as a mail destination: replies and
// bounces go there.
type Path struct {
	// Domain is canonical, "" for the null reverse-path and when there is no domain
	// in it.
	Domain string
	// Exists is false when DNS denies the name.
	Exists bool
	// Receives tells whether it has an MX or an address (RFC 5321 section 5.1);
	// NullMX whether it says that it takes no mail (RFC 7505).
	Receives, NullMX bool
	// Err leaves the rest open.
	Err error
}

// Author is the author of the message as far as DMARC goes.
type Author struct {
	// Given is false when neither a message nor a From was given.
	Given bool
	// Domain is canonical, "" when there is not exactly one.
	Domain string
	// Err is why there is no Domain; nil when there is.
	Err *dmarc.AuthorError
	// Lost is why it is not known who the author is: the header has not come to its
	// end.
	Lost error
}

// Topics of the assay. A topic is known when none of its questions stayed open.
const (
	topicReverse finding.Topics = 1 << iota
	topicHelo
	topicSPF
	topicSPFHelo
	topicPath
	topicDMARC
	topicLists
	topicARC
)

// Known are the topics that are known.
func (f *Facts) Known() finding.Topics {
	known := topicLists
	for _, t := range []struct {
		topic finding.Topics
		known bool
	}{
		{topicReverse, f.ReverseDNS.Result != iprev.TempError},
		{topicHelo, f.Helo.Err == nil},
		{topicSPF, f.SPF.Result != spf.TempError && f.SPF.Doubt == nil},
		{topicSPFHelo, f.SPFHelo.Result != spf.TempError && f.SPFHelo.Doubt == nil},
		{topicPath, f.Path.Err == nil},
		{topicDMARC, f.DMARC.Result != dmarc.ResultTempError},
		{topicARC, !f.ARC.Temporary},
	} {
		if t.known {
			known |= t.topic
		}
	}
	for _, l := range f.Blocklists {
		if l.State == dnsbl.Unknown {
			known &^= topicLists
		}
	}
	return known
}
