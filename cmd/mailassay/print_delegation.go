package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// delegationLine names the zone's servers, or says why there are none to name.
func delegationLine(r *pb.CheckDomainResponse) string {
	d := r.GetDelegation()
	var hosts []string
	for _, s := range d.GetServers() {
		hosts = append(hosts, s.GetHost())
	}
	list := strings.Join(firstOf(hosts, 4), ", ")
	switch n := len(d.GetSteps()); {
	case slices.ContainsFunc(r.GetFindings(), func(f *pb.Finding) bool { return f.GetCode() == "NS_DOMAIN_NOT_FOUND" }):
		return "the domain does not exist"
	case list == "" && d.GetStatus() == pb.Status_STATUS_UNKNOWN:
		return notLookedUp
	case list == "":
		return "in a zone that is not the domain's own"
	case n > 0 && d.GetSteps()[n-1].GetOutcome() == pb.DelegationStep_OUTCOME_BREAKS && len(hosts) == 1:
		return list + " does not answer for the zone"
	case n > 0 && d.GetSteps()[n-1].GetOutcome() == pb.DelegationStep_OUTCOME_BREAKS:
		return list + ": none answers for the zone"
	}
	return list
}

// wayDown writes the way from the root to the zone, and how each of its servers
// answers, where they were asked themselves.
func (p printer) wayDown(d *pb.DelegationReport) {
	steps := d.GetSteps()
	if len(steps) == 0 {
		return
	}
	p.line("")
	p.line(p.style(dim, "  the way down from the root"))
	width := 0
	for _, s := range steps {
		width = max(width, utf8.RuneCountInString(s.GetZone()))
	}
	for i, s := range steps {
		next := ""
		if i+1 < len(steps) {
			next = steps[i+1].GetZone()
		}
		p.step(s, next, min(width, 40))
		if s.GetOutcome() == pb.DelegationStep_OUTCOME_REFERS {
			p.referral(steps[i+1])
		}
	}
	p.conditions(steps[len(steps)-1].GetZone(), d.GetConditions())
}

// step writes one zone and what asking its servers came to.
func (p printer) step(s *pb.DelegationStep, next string, width int) {
	status, what := pb.Status_STATUS_PASS, ""
	switch s.GetOutcome() {
	case pb.DelegationStep_OUTCOME_REFERS:
		what = "refers to " + next
	case pb.DelegationStep_OUTCOME_SERVES:
		what = "serves " + next + " too"
	case pb.DelegationStep_OUTCOME_ANSWERS:
		what = "answers"
	case pb.DelegationStep_OUTCOME_DENIES:
		status, what = pb.Status_STATUS_FAIL, "denies that there is such a name"
	case pb.DelegationStep_OUTCOME_BREAKS:
		status, what = pb.Status_STATUS_FAIL, "here it breaks: "+s.GetError()
	}
	m := marks[status]
	signed := map[string]string{"present": "signed", "absent": "not signed", "unknown": "DS unknown"}[s.GetDs()]
	servers := pad(plural(len(s.GetServers()), "server"), 10)
	p.wrap(fmt.Sprintf("  %s %s  %s  %s ", p.style(m.sgr, m.sign), pad(clean(s.GetZone()), width), p.style(dim, pad(signed, 10)), servers), what)
}

// referral writes how the zone was referred to, under the zone that did.
func (p printer) referral(s *pb.DelegationStep) {
	const mark = "    \u2502 "
	line := func(text string) { p.wrapStyled(p.style(dim, mark), text, dim) }
	by := s.GetReferrer()
	if a := s.GetReferrerAddress(); a != by {
		by = strings.TrimSpace(by + " " + a)
	}
	line(fmt.Sprintf("by %s in %s", by, s.GetElapsed().AsDuration().Round(100*time.Microsecond)))
	if list := s.GetWithoutGlue(); len(list) > 0 {
		line("without an address for " + strings.Join(firstOf(list, 4), ", "))
	}
	if list := s.GetParentOnly(); len(list) > 0 {
		line("the zone itself does not list " + strings.Join(firstOf(list, 4), ", "))
	}
	if list := s.GetChildOnly(); len(list) > 0 {
		line("it leaves out " + strings.Join(firstOf(list, 4), ", ") + ", which the zone lists")
	}
}

// conditions writes how each server of the zone answered.
func (p printer) conditions(zone string, list []*pb.ServerCondition) {
	if len(list) == 0 {
		return
	}
	p.line("")
	p.line(p.style(dim, "  the name servers of "+clean(zone)))
	width := 0
	for _, c := range list {
		width = max(width, utf8.RuneCountInString(c.GetHost()+" "+c.GetAddress()))
	}
	for _, c := range list {
		status, detail := pb.Status_STATUS_FAIL, ""
		answer := fmt.Sprintf("serial %d, %s", c.GetSerial(), c.GetRoundTrip().AsDuration().Round(100*time.Microsecond))
		switch c.GetState() {
		case pb.ServerCondition_STATE_ANSWERS:
			status, detail = pb.Status_STATUS_PASS, answer
		case pb.ServerCondition_STATE_SLOW:
			status, detail = pb.Status_STATUS_WARNING, answer
		case pb.ServerCondition_STATE_DISAGREES:
			status, detail = pb.Status_STATUS_WARNING, answer+"; differs at "+strings.Join(c.GetDiffers(), ", ")
		case pb.ServerCondition_STATE_NOT_ASKED:
			status, detail = pb.Status_STATUS_UNKNOWN, strings.TrimPrefix(c.GetError(), "not asked: ")
		case pb.ServerCondition_STATE_FAILS:
			detail = c.GetError()
		}
		m := marks[status]
		host := pad(clean(c.GetHost()+" "+c.GetAddress()), min(width, 60))
		p.wrap(fmt.Sprintf("  %s %s  %s  ", p.style(m.sgr, m.sign), host, p.style(m.sgr, pad(clean(c.GetCondition()), 8))), detail)
	}
}
