package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// domain writes a domain report: how it stands, the areas, the findings.
func (p printer) domain(r *pb.CheckDomainResponse, least pb.Severity) {
	subject := r.GetDomain()
	if u := r.GetUnicodeDomain(); u != "" && u != subject {
		subject = u + " (" + subject + ")"
	}
	p.title(subject, r.GetStatus())
	p.line(p.style(dim, tally(r.GetFindings())+" · "+cost(r.GetStats())))
	p.line("")
	for _, a := range areas(r) {
		if a.status != pb.Status_STATUS_UNSPECIFIED && a.status != pb.Status_STATUS_SKIPPED {
			p.row(a.status, a.name, a.detail)
		}
	}
	p.wayDown(r.GetDelegation())
	p.readiness(r.GetReadiness())
	p.findings(r.GetFindings(), least)
}

func tally(list []*pb.Finding) string {
	n := map[pb.Severity]int{}
	for _, f := range list {
		n[f.GetSeverity()]++
	}
	return fmt.Sprintf("%s, %s, %s", plural(n[pb.Severity_SEVERITY_ERROR], "error"),
		plural(n[pb.Severity_SEVERITY_WARNING], "warning"), plural(n[pb.Severity_SEVERITY_NOTICE], "notice"))
}

func cost(s *pb.Stats) string {
	return fmt.Sprintf("%s sent, %d from cache, %s", plural(int(s.GetQueriesSent()), "question"), s.GetCacheHits(),
		s.GetElapsed().AsDuration().Round(100*time.Microsecond))
}

type areaLine struct {
	name   string
	status pb.Status
	detail string
}

func areas(r *pb.CheckDomainResponse) []areaLine {
	return []areaLine{
		{"MX", r.GetMx().GetStatus(), mxLine(r.GetMx())},
		{"SPF", r.GetSpf().GetStatus(), spfLine(r.GetSpf())},
		{"DKIM", r.GetDkim().GetStatus(), dkimLine(r)},
		{"DMARC", r.GetDmarc().GetStatus(), dmarcLine(r.GetDmarc())},
		{"reverse DNS", r.GetReverseDns().GetStatus(), reverseLine(r.GetReverseDns())},
		{"MTA-STS", r.GetMtaSts().GetStatus(), published(r.GetMtaSts(), r.GetMtaSts().GetRecord())},
		{"TLS-RPT", r.GetTlsRpt().GetStatus(), published(r.GetTlsRpt(), strings.Join(r.GetTlsRpt().GetDestinations(), ", "))},
		{"DANE", r.GetDane().GetStatus(), daneLine(r.GetDane())},
		{"BIMI", r.GetBimi().GetStatus(), published(r.GetBimi(), r.GetBimi().GetRecord())},
		{"DNSSEC", r.GetDnssec().GetStatus(), dnssecLine(r.GetDnssec())},
		{"delegation", r.GetDelegation().GetStatus(), delegationLine(r)},
		{"services", r.GetServices().GetStatus(), servicesLine(r.GetServices())},
	}
}

// notLookedUp is the detail of an area that is unknown and has nothing to show.
const notLookedUp = "could not be looked up"

// published is what an area has to show, or that it has nothing, or that nobody
// knows.
func published(area interface{ GetStatus() pb.Status }, s string) string {
	return orElse(area, s, "not published")
}

func orElse(area interface{ GetStatus() pb.Status }, s, nothing string) string {
	switch {
	case s != "":
		return shorten(s)
	case area.GetStatus() == pb.Status_STATUS_UNKNOWN:
		return notLookedUp
	}
	return nothing
}

func mxLine(m *pb.MxReport) string {
	switch {
	case m.GetNullMx():
		return "null MX: receives no mail"
	case m.GetStatus() == pb.Status_STATUS_UNKNOWN && len(m.GetHosts()) == 0:
		return notLookedUp
	case len(m.GetHosts()) == 0:
		return "no mail host"
	}
	var hosts []string
	for _, h := range m.GetHosts() {
		s := fmt.Sprintf("%d %s", h.GetPreference(), h.GetHost())
		if m.GetImplicit() {
			s = h.GetHost() + " (implicit)"
		}
		hosts = append(hosts, s)
	}
	return strings.Join(firstOf(hosts, 4), ", ")
}

// firstOf keeps n of the list and says how many more there are.
func firstOf(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(list[:n:n], fmt.Sprintf("%d more", len(list)-n))
}

func spfLine(s *pb.SpfReport) string {
	if s.GetRecord() == "" {
		if s.GetStatus() == pb.Status_STATUS_UNKNOWN {
			return notLookedUp
		}
		return "no usable record"
	}
	end := "no all"
	if s.GetAll() != "" {
		end = "ends in " + s.GetAll()
	}
	addresses := fmt.Sprintf("%d IPv4 addresses", s.GetAuthorizedAddresses())
	switch s.GetAuthorizedAddresses() {
	case 1:
		addresses = "1 IPv4 address"
	case 1 << 32:
		addresses = "all IPv4 addresses"
	}
	return fmt.Sprintf("%d of 10 lookups, %s, %s", s.GetLookupCount(), addresses, end)
}

func dkimLine(r *pb.CheckDomainResponse) string {
	found := func(code, subject string) bool {
		return slices.ContainsFunc(r.GetFindings(), func(f *pb.Finding) bool { return f.GetCode() == code && f.GetSubject() == subject })
	}
	var keys []string
	for _, k := range r.GetDkim().GetKeys() {
		switch {
		case k.GetRevoked():
			keys = append(keys, k.GetSelector()+" (revoked)")
		case k.GetAlgorithm() != "":
			keys = append(keys, fmt.Sprintf("%s (%s %d)", k.GetSelector(), k.GetAlgorithm(), k.GetBits()))
		case found("DKIM_UNKNOWN", k.GetSelector()+"._domainkey."+r.GetDomain()):
			keys = append(keys, k.GetSelector()+" ("+notLookedUp+")")
		default:
			keys = append(keys, k.GetSelector()+" (no key)")
		}
	}
	switch {
	case len(keys) > 0:
	case r.GetDkim().GetStatus() == pb.Status_STATUS_UNKNOWN && !found("DKIM_NOT_FOUND_BY_GUESS", r.GetDomain()):
		return notLookedUp
	default:
		return "no key known; --selector names one"
	}
	return strings.Join(firstOf(keys, 4), ", ")
}

func dmarcLine(d *pb.DmarcReport) string {
	if d.GetRecord() == "" {
		if d.GetStatus() == pb.Status_STATUS_UNKNOWN {
			return notLookedUp
		}
		return "no usable record"
	}
	return fmt.Sprintf("%s, from %s", d.GetEffectivePolicy(), d.GetFoundAt())
}

func reverseLine(r *pb.ReverseDnsReport) string {
	var out []string
	for _, a := range r.GetAddresses() {
		line := a.GetIp() + " " + reverseWords[a.GetResult()]
		if names := a.GetConfirmedNames(); len(names) > 0 {
			line = a.GetIp() + " is " + names[0]
		}
		if !slices.Contains(out, line) { // an address may be both an exchange's and a sender's
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		return orElse(r, "", "no address")
	}
	return strings.Join(firstOf(out, 3), ", ")
}

// reverseWords say what a result of RFC 8601 section 2.7.3 means for an address.
var reverseWords = map[string]string{
	"pass": "leads back", "fail": "does not lead back", "permerror": "has no name", "temperror": notLookedUp,
}

func daneLine(d *pb.DaneReport) string {
	var out []string
	for _, h := range d.GetHosts() {
		state := "inactive"
		if h.GetActive() {
			state = "active"
		}
		out = append(out, h.GetHost()+" "+state)
	}
	return published(d, strings.Join(firstOf(out, 4), ", "))
}

func dnssecLine(d *pb.DnssecReport) string {
	switch {
	case d.GetStatus() == pb.Status_STATUS_FAIL && d.GetSecure():
		return "secure, but single answers are bogus"
	case d.GetStatus() == pb.Status_STATUS_FAIL:
		return "bogus"
	case d.GetSecure():
		return "secure"
	case d.GetStatus() == pb.Status_STATUS_UNKNOWN:
		return notLookedUp
	case d.GetDelegationSigned() && d.GetValidation() == "off":
		return "delegation signed, and nothing is validated here"
	case d.GetDelegationSigned():
		return "delegation signed, answers not authenticated"
	}
	return "not signed"
}

func servicesLine(s *pb.ServicesReport) string {
	var out []string
	for _, m := range s.GetServices() {
		out = append(out, m.GetService()+" "+m.GetTarget())
	}
	return published(s, strings.Join(firstOf(out, 3), ", "))
}

// readiness writes one line for each rule set, with what speaks against it.
func (p printer) readiness(list []*pb.Readiness) {
	if len(list) == 0 {
		return
	}
	p.line("")
	for _, r := range list {
		status, word := pb.Status_STATUS_UNKNOWN, "cannot tell"
		switch r.GetState() {
		case pb.Readiness_STATE_MET:
			status, word = pb.Status_STATUS_PASS, "met"
		case pb.Readiness_STATE_NOT_MET:
			status, word = pb.Status_STATUS_FAIL, "not met"
		}
		var why []string
		for _, i := range r.GetItems() {
			if i.GetRequired() && i.GetState() == r.GetState() && r.GetState() != pb.Readiness_STATE_MET {
				why = append(why, i.GetRequirement())
			}
		}
		m := marks[status]
		head := fmt.Sprintf("  %s %s %s ", p.style(m.sgr, m.sign), pad(r.GetProfile(), 20), p.style(m.sgr, pad(word, 11)))
		p.wrap(head, strings.Join(why, ", "))
	}
}
