package domain

import (
	"context"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// maxDestinations bounds the destinations of reports that are looked at.
const maxDestinations = 10

// dmarc walks the tree, then looks at where reports go.
func (g *gatherer) dmarc(ctx context.Context) (DMARC, error) {
	const topics = topicDMARC | topicDMARCWalk | topicDMARCHints | topicDMARCReports
	var out DMARC
	out.Outcome = dmarc.Discover(ctx, g.book.as(topicDMARCWalk), g.req.Domain).Evaluate(nil)
	if err := out.Outcome.Err; err != nil {
		g.book.note(topics, questionOf(err, "_dmarc."+g.req.Domain), err)
		return out, err
	}
	o := out.Outcome
	if o.Record == nil {
		if g.wants(topicDMARCHints) {
			out.Elsewhere = g.dmarcElsewhere(ctx)
		}
		return out, nil
	}
	out.Record, out.FoundAt = o.Record.Text, o.Domain
	out.Policy = o.Record.Policy.String()
	out.EffectivePolicy = o.Disposition.String()
	sub := o.Record.For(true, true)
	if o.Record.Testing && sub > dmarc.None {
		sub-- // RFC 9989 section 4.7, tag t
	}
	out.SubdomainPolicy = sub.String()
	if g.wants(topicDMARCReports) {
		out.Destinations = g.destinations(ctx, o)
	}
	return out, nil
}

// destinations asks whether reports can be sent to each.
func (g *gatherer) destinations(ctx context.Context, o dmarc.Outcome) []ReportDestination {
	out := slices.Concat(destinationsOf("rua", o.Record.Aggregate), destinationsOf("ruf", o.Record.Failure))
	out = out[:min(len(out), maxDestinations)]
	g.apart(topicDMARCReports, 2*len(out), func(i int) {
		r := &out[i/2]
		switch {
		case r.Host == "":
		case i%2 == 0:
			g.authorize(ctx, o.Domain, r)
		default:
			r.Receives = g.receives(ctx, topicDMARCReports, r.Host)
		}
	})
	return out
}

func destinationsOf(kind string, uris []dmarc.URI) []ReportDestination {
	var out []ReportDestination
	for _, u := range uris {
		r := ReportDestination{URI: u.Text, Kind: kind, Receives: finding.Known[bool]{Err: ErrNotAsked}, Authorized: finding.Known[bool]{Err: ErrNotAsked}}
		host, err := orgdomain.ALabel(u.Host)
		switch {
		case !u.Valid:
			r.Problem = "it is no URI with an address"
			if strings.Contains(u.Text, "@") && u.Scheme == "" {
				r.Problem = "it lacks \"mailto:\""
			}
		case !u.Usable():
			r.Problem = "nobody sends reports to " + u.Scheme + " URIs"
		case err != nil:
			r.Problem = "its domain " + clip(u.Host) + " is none"
		default:
			r.Host = host
		}
		out = append(out, r)
	}
	return out
}

// authorize asks for the consent of an external destination.
func (g *gatherer) authorize(ctx context.Context, owner string, r *ReportDestination) {
	a := dmarc.Authorize(ctx, g.book.as(0), owner, r.Host)
	r.External, r.Consent = a.External, a.Name
	r.Authorized = finding.Know(a.Authorized || !a.External, a.Err)
	if a.Err != nil {
		g.book.note(topicDMARCReports, questionOf(a.Err, a.Name), a.Err)
	}
}

// receives tells whether mail to a domain has somewhere to go (RFC 5321 section
// 5.1): an exchange that is not the root, or an address of its own.
func (g *gatherer) receives(ctx context.Context, topics finding.Topics, domain string) finding.Known[bool] {
	a, err := g.ask(ctx, topics, domain, resolver.TypeMX)
	if err != nil {
		return finding.Known[bool]{Err: err}
	}
	if a.Status == resolver.Found {
		return finding.Know(slices.ContainsFunc(a.MX(), func(x resolver.MX) bool { return x.Host != "." }), nil)
	}
	own := g.addresses(ctx, topics, domain)
	if own.Found() {
		return finding.Know(true, nil)
	}
	return finding.Know(false, own.Err())
}

// dmarcElsewhere looks for a record where it was put by mistake.
func (g *gatherer) dmarcElsewhere(ctx context.Context) []Misplaced {
	d := g.req.Domain
	names := []string{d, "dmarc." + d, "_dmarc.www." + d, "_dmarc." + d + "." + d}
	return g.elsewhere(ctx, topicDMARCHints, names, func(text string) bool {
		r, ok := dmarc.Parse(text)
		if !ok {
			return false
		}
		_, usable := r.Usable()
		return usable
	})
}
