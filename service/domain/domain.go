// Package domain is the assay of a mail domain: is its DNS set up so that mail
// to it and from it works and is trusted, and what exactly must be changed?
//
// [Gather] asks everything at once and stores what DNS said as [Facts]; [Judge] runs
// the tables of rules over them and makes a [Report]. Gather never fails: what
// could not be learned is kept with the reason, and a rule that needs it does
// not run. Judge is pure.
package domain

import (
	"context"
	"net/netip"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// Bounds of a request. The door refuses what is above them.
const (
	MaxSelectors  = 40
	MaxSendingIPs = 20
)

// Request says what to check. The door has validated it: names are canonical
// (see [resolver.Canonical]), addresses are valid and not IPv4-mapped, and there
// are at most MaxSelectors and MaxSendingIPs of them.
type Request struct {
	// Domain in A-labels.
	Domain string
	// Areas to report on. Empty means all that need DNS alone, see [Areas].
	Areas []finding.Area
	// Selectors of the DKIM keys that must be there. Empty means that the keys of
	// known providers and usual names are looked for.
	Selectors []string
	// SendingIPs must be authorised by SPF and have confirmed reverse DNS.
	SendingIPs []netip.Addr
}

// Sources is where facts come from.
type Sources struct {
	// DNS answers questions. Questions that several topics have in common reach
	// it once for each request.
	DNS resolver.Resolver
	// Authority asks the zone's own name servers; usually a [*resolver.Authority].
	// Nil leaves out what only they can tell. They are asked when DNS does not
	// answer for the domain, or always with EachServer.
	Authority  Authority
	EachServer bool
	// Validation tells whether DNS validates DNSSEC. When it does not, nothing is
	// said of what is insecure.
	Validation resolver.Validation
	// Ordinary are special-purpose ranges to treat as public ones: the
	// documentation ranges in a demonstration, private ones in a closed network.
	Ordinary []netip.Prefix
	// Now is the time of the check; the zero value means the present.
	Now time.Time
}

// Authority shows what each name server of a zone says.
type Authority interface {
	// Delegation is the way down to the zone that holds name, with the SOA at each
	// of its servers.
	Delegation(ctx context.Context, name string) resolver.Delegation
	// Each asks each server of that zone.
	Each(ctx context.Context, q resolver.Question) resolver.Poll
}

// Areas are the areas that need DNS alone, in the order of a report. They are
// what an empty Request.Areas asks for.
func Areas() []finding.Area {
	return []finding.Area{
		finding.MX, finding.SPF, finding.DKIM, finding.DMARC, finding.ReverseDNS, finding.MTASTS, finding.TLSRPT,
		finding.DANE, finding.BIMI, finding.DNSSEC, finding.Delegation, finding.Services,
	}
}

// Check gathers and judges. It never fails: what DNS did not tell is in the
// report's Unknown.
func Check(ctx context.Context, src Sources, req Request) Report {
	return Judge(Gather(ctx, src, req))
}
