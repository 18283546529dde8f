package dmarc

import (
	"github.com/mailassay/mailassay/service/orgdomain"
)

// PSL is the outcome by RFC 7489: the organizational domain comes from the public
// suffix list, np, t and psd do not exist, pct does. Receivers that have not
// moved to RFC 9989 come to it.
type PSL struct {
	// Result is "" when it would take a question that was not asked.
	Result Word
	// Organization is the organizational domain of the author domain.
	Organization string
	// Record and Domain are the policy record and where it is.
	Record *Record
	Domain string
	// Policy is what it asks for this author domain.
	Policy Policy
	// Percent of failing messages it is to be applied to.
	Percent int
}

// Differs tells whether receivers of the two standards treat the message
// differently, or some of those of RFC 7489 do. It is false while one of the
// results is open.
func (o Outcome) Differs() bool {
	open := func(w Word) bool { return w == "" || w == ResultTempError }
	if open(o.Result) || open(o.PSL.Result) {
		return false
	}
	share, rest := o.PSL.dispositions()
	mine := max(o.Disposition, None)
	return o.Result != o.PSL.Result || share != mine || rest != mine
}

// dispositions are what becomes of the message: of the share that pct tells, and
// of the rest, for which the policy is one step lower (RFC 7489 section 6.6.4).
func (p PSL) dispositions() (share, rest Policy) {
	switch {
	case p.Result != ResultFail:
		return None, None
	case p.Percent == 100:
		return p.Policy, p.Policy
	case p.Percent == 0:
		return p.Policy.lower(), p.Policy.lower()
	}
	return p.Policy, p.Policy.lower()
}

// psl evaluates by RFC 7489 over the answers that the walk has brought.
func (d *Discovery) psl(ids []Identifier) PSL {
	out := PSL{Organization: orgdomain.Organizational(d.Author)}
	record, at, word := d.pslRecord(out.Organization)
	if record == nil {
		out.Result = word
		return out
	}
	policy := record.pslPolicy(at != d.Author)
	if policy == NoPolicy {
		out.Result = ResultNone
		return out
	}
	out.Record, out.Domain, out.Policy, out.Percent, out.Result = record, at, policy, record.Percent, ResultFail
	for _, id := range ids {
		if !id.counts() || !pslAligned(record, id, d.Author, out.Organization) {
			continue
		}
		if id.Result == "pass" {
			out.Result = ResultPass
			return out
		}
		out.Result = ResultTempError
	}
	return out
}

// pslRecord is RFC 7489 section 6.6.3: the author domain, then the organizational
// domain. Several records at a name end the discovery.
func (d *Discovery) pslRecord(org string) (*Record, string, Word) {
	for i, name := range []string{d.Author, org} {
		s := d.tree.step(name)
		switch {
		case i == 1 && name == d.Author:
			return nil, "", ResultNone
		case s == nil:
			return nil, "", ""
		case s.Err != nil:
			return nil, "", ResultTempError
		case s.Record != nil:
			return s.Record, name, ResultNone
		case len(s.Repeated) > 0:
			return nil, "", ResultNone
		}
	}
	return nil, "", ResultNone
}

// pslPolicy is the policy by RFC 7489 sections 6.3 and 6.6.3, which knows no np.
func (r *Record) pslPolicy(subdomain bool) Policy {
	defaulted, ok := r.usable(r.badSubdomain)
	switch {
	case !ok:
		return NoPolicy
	case defaulted:
		return None
	case subdomain && r.Subdomain != NoPolicy:
		return r.Subdomain
	}
	return r.Policy
}

// pslAligned is RFC 7489 section 3.1.
func pslAligned(record *Record, id Identifier, author, org string) bool {
	if id.Domain == author {
		return true
	}
	strict := id.Method == SPF && record.StrictSPF || id.Method == DKIM && record.StrictDKIM
	return !strict && orgdomain.Organizational(id.Domain) == org
}
