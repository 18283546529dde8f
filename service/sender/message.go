package sender

import (
	"context"
	"time"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/arc"
	"github.com/mailassay/mailassay/service/authres"
	"github.com/mailassay/mailassay/service/dkim"
	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/orgdomain"
)

// message is a message whose keys are asked for and whose body is to be read.
type message struct {
	*dkim.Message
	signatures *dkim.Verifier
	chain      *arc.Validator
}

// open reads the header and asks for all keys. It is nil without a message, and
// without keys asked for when the header cannot be read.
func (g *gatherer) open(ctx context.Context) *message {
	var m *dkim.Message
	switch req := g.Request; {
	case req.Message != nil:
		m, g.MessageErr = dkim.Parse(req.Message)
	case req.Source != nil:
		m, g.MessageErr = dkim.Read(req.Source)
	default:
		return nil
	}
	g.HasMessage = true
	out := &message{Message: m}
	if g.MessageErr == nil {
		g.BareLF = m.Header.BareLF
		g.Claimed = claimed(m.Header, receiver(g.Request))
		out.signatures = dkim.Start(ctx, g.src.DNS, m, dkim.Options{
			Now: g.src.Now, Author: authorOf(out.from()).Domain, PublicSuffix: orgdomain.IsRegistry,
		})
		out.chain = arc.Start(ctx, g.src.DNS, m, g.src.Now)
	}
	return out
}

// claimed are the places of the Authentication-Results fields that claim to be of
// the receiver.
func claimed(h *dkim.Header, receiver string) []int {
	var out []int
	for i, f := range h.Named("Authentication-Results") {
		if authres.Claims(string(f.Value()), receiver) {
			out = append(out, i+1)
		}
	}
	return out
}

// release gives the message's memory back, once it is verified.
func (m *message) release() {
	if m != nil && m.Message != nil {
		m.Release()
	}
}

// maxFrom bounds the From fields that are looked at: a second one is enough to
// rule DMARC out.
const maxFrom = 4

// from are the bodies of the From fields.
func (m *message) from() []string {
	fields := m.Header.Named("From")
	out := make([]string, 0, 1)
	for _, f := range fields[:min(len(fields), maxFrom)] {
		out = append(out, string(f.Value()))
	}
	return out
}

// verify reads the body and judges what was signed, then asks what DMARC needs to
// know of those who signed.
func (g *gatherer) verify(m *message) {
	if m == nil || g.MessageErr != nil {
		return
	}
	if g.MessageErr = m.ReadBody(); g.MessageErr != nil {
		m.Wait()
		return
	}
	report := m.signatures.Report()
	g.Skipped = report.Skipped
	g.Signatures = make([]Signature, len(report.Signatures))
	for i, v := range report.Signatures {
		g.Signatures[i].Verification = v
		if v.Cause != dkim.Malformed {
			g.Signatures[i].Coverage = v.Coverage(m.Header)
		}
	}
	g.ARC = m.chain.Report()
}

// identifiers are what DMARC looks at: the reverse-path's domain first, then the
// signatures.
func (g *gatherer) identifiers() []dmarc.Identifier {
	out := make([]dmarc.Identifier, 0, 1+len(g.Signatures))
	out = append(out, dmarc.Identifier{Method: dmarc.SPF, Domain: g.SPF.Domain, Result: string(g.SPF.Result)})
	if g.SPF.Doubt != nil {
		// SPF passes over this error (RFC 7208 sections 5.5 and 7.3), DMARC does not:
		// it neither passes nor fails on a question without answer (RFC 9989 section
		// 5.3.6).
		out[0].Result = "temperror"
	}
	if g.MessageErr != nil { // a signature that was not read to its end may be the author's
		return append(out, dmarc.Identifier{Method: dmarc.DKIM, Domain: g.Author.Domain, Result: "temperror"})
	}
	return append(out, g.signers()...)
}

func (g *gatherer) signers() []dmarc.Identifier {
	var out []dmarc.Identifier
	for _, s := range g.Signatures {
		out = append(out, dmarc.Identifier{Method: dmarc.DKIM, Domain: s.Domain, Result: string(s.Result)})
	}
	return out
}

// extend asks for what the signers' domains need, of which nobody knew before the
// message was read.
func (g *gatherer) extend(ctx context.Context, dns resolver.Resolver) {
	var ids []dmarc.Identifier
	for _, id := range g.signers() {
		if id.Result == "pass" || id.Result == "temperror" {
			ids = append(ids, id)
		}
	}
	if g.dmarc != nil && len(ids) > 0 {
		g.dmarc.Extend(ctx, dns, ids...)
	}
}

// clock is now, unless the sources say otherwise.
func (s Sources) clock() time.Time {
	if s.Now.IsZero() {
		return time.Now()
	}
	return s.Now
}
