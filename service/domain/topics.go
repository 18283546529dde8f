package domain

import (
	"errors"
	"math/bits"

	"github.com/mailassay/mailassay/service/finding"
)

// ErrNotAsked is the Err of a fact that no area asked for needs.
var ErrNotAsked = errors.New("not asked for")

// Topics of the assay. A topic is known when it was asked about and none of its
// questions stayed open.
const (
	topicExistence    finding.Topics = 1 << iota
	topicMX                          // the MX answer
	topicMXHosts                     // the addresses of every MX host
	topicMXHints                     // what stands where a broken MX host was meant to be
	topicSPF                         // the TXT answer at the name
	topicSPFTree                     // the record and all it includes
	topicSPFHints                    // misplaced records and unregistered targets
	topicSPFSenders                  // results for the sending addresses
	topicSPFHelo                     // records of the sending addresses' names
	topicSPFObsolete                 // type 99
	topicDKIM                        // every selector asked for
	topicDKIMHints                   // misplaced keys, proxied aliases
	topicDMARC                       // the policy for the name
	topicDMARCWalk                   // every step of the tree walk
	topicDMARCHints                  // misplaced records
	topicDMARCReports                // agreement and mail of report destinations
	topicReverse                     // names of the sending addresses
	topicReverseMX                   // names of the MX hosts' addresses
	topicMTASTS
	topicTLSRPT
	topicDANE
	topicBIMI
	topicDNSSEC
	topicDelegation // zone cut, SOA, NS
	topicNSHosts    // addresses of the name servers
	topicServers    // what each name server says
	topicServices
	topicServiceHosts // addresses of their targets
	topicWildcard
	topicEnd
)

const allTopics = topicEnd - 1

// hintTopics are those that look for the cause of a fault.
const hintTopics = topicMXHints | topicSPFHints | topicDKIMHints | topicDMARCHints

// areaOf gives each topic the area that its open questions are reported in.
var areaOf = map[finding.Topics]finding.Area{
	topicExistence: finding.Delegation,
	topicMX:        finding.MX, topicMXHosts: finding.MX, topicMXHints: finding.MX,
	topicSPF: finding.SPF, topicSPFTree: finding.SPF, topicSPFHints: finding.SPF, topicSPFSenders: finding.SPF, topicSPFHelo: finding.SPF, topicSPFObsolete: finding.SPF,
	topicDKIM: finding.DKIM, topicDKIMHints: finding.DKIM,
	topicDMARC: finding.DMARC, topicDMARCWalk: finding.DMARC, topicDMARCHints: finding.DMARC, topicDMARCReports: finding.DMARC,
	topicReverse: finding.ReverseDNS, topicReverseMX: finding.ReverseDNS,
	topicMTASTS: finding.MTASTS, topicTLSRPT: finding.TLSRPT, topicDANE: finding.DANE, topicBIMI: finding.BIMI,
	topicDNSSEC: finding.DNSSEC, topicDelegation: finding.Delegation, topicNSHosts: finding.Delegation, topicServers: finding.Delegation,
	topicServices: finding.Services, topicServiceHosts: finding.Services, topicWildcard: finding.Delegation,
}

// unknownCodes are the codes of what could not be learned. They stand outside
// the tables of rules.
var unknownCodes = map[finding.Area]string{
	finding.MX: "MX_UNKNOWN", finding.ReverseDNS: "PTR_UNKNOWN", finding.SPF: "SPF_UNKNOWN", finding.DKIM: "DKIM_UNKNOWN",
	finding.DMARC: "DMARC_UNKNOWN", finding.MTASTS: "MTASTS_UNKNOWN", finding.TLSRPT: "TLSRPT_UNKNOWN", finding.DANE: "DANE_UNKNOWN",
	finding.BIMI: "BIMI_UNKNOWN", finding.DNSSEC: "DNSSEC_UNKNOWN", finding.Delegation: "NS_UNKNOWN", finding.Services: "SRV_UNKNOWN",
	finding.Blocklist: "BL_UNKNOWN", finding.SMTP: "SMTP_UNKNOWN", finding.Ownership: "OWN_UNKNOWN",
}

// each calls f for every topic in the set.
func each(set finding.Topics, f func(finding.Topics)) {
	for set != 0 {
		bit := finding.Topics(1) << bits.TrailingZeros64(uint64(set))
		set &^= bit
		f(bit)
	}
}
