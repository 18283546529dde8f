package service

import (
	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/domain"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/spf"
)

// Bounds of an SPF tree in a response, in nodes and in depth. Some protobuf
// libraries refuse messages nested deeper than 100.
const (
	maxTreeNodes = 200
	maxTreeDepth = 20
)

// domainResponse is a report as the contract has it, without stats.
func domainResponse(b bounds, r domain.Report) *mailassayv1.CheckDomainResponse {
	status := func(a finding.Area) mailassayv1.Status { return statusOut[r.AreaStatus(a)] }
	f := r.Facts
	out := &mailassayv1.CheckDomainResponse{
		Domain: b.text(r.Domain), UnicodeDomain: b.text(r.Unicode), OrganizationalDomain: b.text(r.OrganizationalDomain),
		Status: statusOut[r.Status],
		Mx:     b.mx(f.MX.Value), Spf: b.spf(f.SPF.Value), Dkim: b.dkim(f.DKIM.Value), Dmarc: b.dmarc(f.DMARC.Value),
		ReverseDns: b.reverseDNS(f.ReverseDNS.Value), MtaSts: b.mtaSTS(f.MTASTS.Value), TlsRpt: b.tlsRPT(f.TLSRPT.Value),
		Dane: b.dane(f.DANE.Value), Bimi: b.bimi(f.BIMI.Value), Dnssec: b.dnssec(f.DNSSEC.Value, f.Validation),
		Delegation: b.delegation(f.Delegation.Value, f.Servers.Value), Services: b.services(f.Services.Value),
		Findings: b.findings(r.Findings, r.Unknown), Readiness: b.readiness(r.Readiness),
	}
	out.Mx.Status, out.Spf.Status, out.Dkim.Status = status(finding.MX), status(finding.SPF), status(finding.DKIM)
	out.Dmarc.Status, out.ReverseDns.Status = status(finding.DMARC), status(finding.ReverseDNS)
	out.MtaSts.Status, out.TlsRpt.Status = status(finding.MTASTS), status(finding.TLSRPT)
	out.Dane.Status, out.Bimi.Status, out.Dnssec.Status = status(finding.DANE), status(finding.BIMI), status(finding.DNSSEC)
	out.Delegation.Status, out.Services.Status = status(finding.Delegation), status(finding.Services)
	return out
}

func (b bounds) records(list []domain.Record) []*mailassayv1.Record {
	var out []*mailassayv1.Record
	for _, r := range cut(b, list) {
		out = append(out, &mailassayv1.Record{
			Name: b.text(r.Name), Type: r.Type.String(), Ttl: r.TTL, Value: b.text(r.Value), Authenticated: r.Authenticated,
		})
	}
	return out
}

func (b bounds) mx(m domain.Mail) *mailassayv1.MxReport {
	out := &mailassayv1.MxReport{NullMx: m.Null, Implicit: m.Implicit, Records: b.records(m.Records)}
	for _, h := range cut(b, m.Hosts) {
		status := finding.Pass
		switch {
		case h.Found():
		case h.Absent():
			status = finding.Fail
		default:
			status = finding.UnknownStatus
		}
		out.Hosts = append(out.Hosts, &mailassayv1.MxHost{
			Host: b.text(h.Host), Preference: uint32(h.Preference), Addresses: b.addresses(h.All()), Status: statusOut[status],
			Provider: b.text(h.Provider),
		})
	}
	return out
}

func (b bounds) spf(s domain.SPF) *mailassayv1.SpfReport {
	out := &mailassayv1.SpfReport{
		Record: b.text(s.Text), LookupCount: uint32(s.LookupCount), VoidLookupCount: uint32(s.VoidLookupCount), All: b.text(s.All),
		AuthorizedAddresses: s.AuthorizedAddresses, Records: b.records(s.Records),
	}
	if s.Tree != nil && s.Tree.Root.Record != nil {
		nodes := maxTreeNodes
		out.Tree = b.spfNode(s.Tree.Root, 0, &nodes)
	}
	return out
}

// spfNode converts a tree until nodes are used up.
func (b bounds) spfNode(n *spf.Node, depth int, nodes *int) *mailassayv1.SpfNode {
	if n == nil || *nodes == 0 || depth > maxTreeDepth {
		return nil
	}
	*nodes--
	out := &mailassayv1.SpfNode{
		Domain: b.text(n.Domain), Lookups: uint32(n.Own), TotalLookups: uint32(n.Total), Problem: b.text(spfProblem(n)),
	}
	if n.Term != nil {
		out.Term = b.text(n.Term.Text)
	}
	if n.Record != nil {
		out.Record = b.text(n.Record.Text)
	}
	for _, u := range n.Uses {
		if c := b.spfNode(u.Child, depth+1, nodes); c != nil {
			out.Children = append(out.Children, c)
		}
	}
	return out
}

// spfProblem is what keeps a node from being evaluated, in a few words.
func spfProblem(n *spf.Node) string {
	switch {
	case n.Err != nil:
		return n.Err.Error()
	case n.Fault == spf.NoRecord:
		return "no SPF record"
	case n.Fault == spf.SeveralRecords:
		return "more than one SPF record"
	case n.Fault == spf.Loop:
		return "includes itself"
	case n.Fault == spf.TooMuch:
		return "not looked at: too much to ask"
	case n.Record != nil && n.Record.Err() != nil:
		return n.Record.Err().Error()
	}
	return ""
}

func (b bounds) dkim(d domain.DKIM) *mailassayv1.DkimReport {
	out := &mailassayv1.DkimReport{}
	for _, k := range cut(b, d.Keys) {
		out.Keys = append(out.Keys, &mailassayv1.DkimKey{
			Selector: b.text(k.Selector), Algorithm: b.text(k.Algorithm), Bits: uint32(k.Bits), Record: b.text(k.Record),
			CnameTarget: b.text(k.CNAMETarget), Revoked: k.Revoked, Testing: k.Testing,
		})
	}
	return out
}

func (b bounds) dmarc(d domain.DMARC) *mailassayv1.DmarcReport {
	out := &mailassayv1.DmarcReport{
		Record: b.text(d.Record), Policy: b.text(d.Policy), EffectivePolicy: b.text(d.EffectivePolicy), FoundAt: b.text(d.FoundAt),
		SubdomainPolicy: b.text(d.SubdomainPolicy),
	}
	for _, x := range cut(b, d.Destinations) {
		out.ReportDestinations = append(out.ReportDestinations, &mailassayv1.DmarcReportDestination{
			Uri: b.text(x.URI), Kind: b.text(x.Kind), External: x.External, Status: statusOut[destinationStatus(x)],
		})
	}
	return out
}

// destinationStatus tells whether reports can be sent to a destination.
func destinationStatus(x domain.ReportDestination) finding.Status {
	refused := x.External && x.Authorized.Err == nil && !x.Authorized.Value
	unreachable := x.Host != "" && x.Receives.Err == nil && !x.Receives.Value
	switch {
	case x.Problem != "" || refused || unreachable:
		return finding.Fail
	case x.External && x.Authorized.Err != nil || x.Host != "" && x.Receives.Err != nil:
		return finding.UnknownStatus
	}
	return finding.Pass
}

func (b bounds) reverseDNS(r domain.ReverseDNS) *mailassayv1.ReverseDnsReport {
	out := &mailassayv1.ReverseDnsReport{}
	for _, a := range cut(b, r.Addresses) {
		out.Addresses = append(out.Addresses, &mailassayv1.ReverseDnsAddress{
			Ip: a.Addr.String(), Result: b.text(string(a.Result)), Names: b.texts(a.Hosts()), ConfirmedNames: b.texts(a.Confirmed()),
			Generic: a.Generic, Sending: a.Sending, MxHost: b.text(a.MXHost),
		})
	}
	return out
}

func (b bounds) mtaSTS(m domain.MTASTS) *mailassayv1.MtaStsReport {
	return &mailassayv1.MtaStsReport{Record: b.text(m.Record), Id: b.text(m.ID)}
}

func (b bounds) tlsRPT(t domain.TLSRPT) *mailassayv1.TlsRptReport {
	return &mailassayv1.TlsRptReport{Record: b.text(t.Record), Destinations: b.texts(t.Destinations)}
}

func (b bounds) dane(d domain.DANE) *mailassayv1.DaneReport {
	out := &mailassayv1.DaneReport{}
	for _, h := range cut(b, d.Hosts) {
		if len(h.Records) == 0 {
			continue
		}
		out.Hosts = append(out.Hosts, &mailassayv1.DaneHost{Host: b.text(h.Host), Records: b.records(h.Records), Active: h.Active()})
	}
	return out
}

func (b bounds) bimi(m domain.BIMI) *mailassayv1.BimiReport {
	return &mailassayv1.BimiReport{
		Record: b.text(m.Record), FoundAt: b.text(m.FoundAt), Location: b.text(m.Location), Authority: b.text(m.Authority),
	}
}

func (b bounds) dnssec(d domain.DNSSEC, v resolver.Validation) *mailassayv1.DnssecReport {
	return &mailassayv1.DnssecReport{Secure: d.Secure, DelegationSigned: d.DelegationSigned, Validation: v.String()}
}

func (b bounds) services(s domain.Services) *mailassayv1.ServicesReport {
	out := &mailassayv1.ServicesReport{}
	for _, x := range cut(b, s.Found) {
		out.Services = append(out.Services, &mailassayv1.MailService{
			Service: b.text(x.Label), Target: b.text(x.Target), Port: uint32(x.Port), Priority: uint32(x.Priority), Weight: uint32(x.Weight),
		})
	}
	return out
}

var stateOut = [...]mailassayv1.Readiness_State{
	domain.Met: mailassayv1.Readiness_STATE_MET, domain.NotMet: mailassayv1.Readiness_STATE_NOT_MET,
	domain.NotKnown: mailassayv1.Readiness_STATE_UNKNOWN,
}

func (b bounds) readiness(list []domain.Readiness) []*mailassayv1.Readiness {
	var out []*mailassayv1.Readiness
	for _, r := range cut(b, list) {
		p := &mailassayv1.Readiness{Profile: b.text(r.Profile), AsOf: b.text(r.AsOf), State: stateOut[r.State], Binds: b.text(r.Binds)}
		for _, item := range cut(b, r.Items) {
			p.Items = append(p.Items, &mailassayv1.ReadinessItem{
				Requirement: b.text(item.Name), State: stateOut[item.State], FindingCodes: b.texts(item.Codes), Required: item.Required, Note: b.text(item.Note),
			})
		}
		out = append(out, p)
	}
	return out
}
