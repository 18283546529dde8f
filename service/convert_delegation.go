package service

import (
	"errors"
	"net/netip"

	"google.golang.org/protobuf/types/known/durationpb"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/domain"
)

// delegation is the zone as an ordinary resolver shows it, and as its servers do.
func (b bounds) delegation(d domain.Delegation, s domain.Servers) *mailassayv1.DelegationReport {
	out := &mailassayv1.DelegationReport{Zone: b.text(d.Zone), Serial: d.Serial, Primary: b.text(d.Primary)}
	for _, s := range cut(b, d.Servers) {
		out.Servers = append(out.Servers, &mailassayv1.NameServer{Host: b.text(s.Host), Addresses: b.addresses(s.All())})
	}
	for _, step := range cut(b, s.Way.Steps) {
		out.Steps = append(out.Steps, b.step(step))
	}
	if n := len(out.Steps); d.Zone == "" && s.Zone != "" && n > 0 {
		out.Zone, out.Servers = b.text(s.Zone), out.Steps[n-1].Servers
	}
	for i, t := range cut(b, s.Way.SOA.Told) {
		m := b.condition(t)
		if i < len(s.Differs) && len(s.Differs[i]) > 0 && t.Err == nil {
			m.State, m.Differs = mailassayv1.ServerCondition_STATE_DISAGREES, b.texts(s.Differs[i])
		}
		out.Conditions = append(out.Conditions, m)
	}
	return out
}

var outcomeOut = [...]mailassayv1.DelegationStep_Outcome{
	resolver.Refers: mailassayv1.DelegationStep_OUTCOME_REFERS, resolver.Serves: mailassayv1.DelegationStep_OUTCOME_SERVES,
	resolver.Answers: mailassayv1.DelegationStep_OUTCOME_ANSWERS, resolver.Denies: mailassayv1.DelegationStep_OUTCOME_DENIES,
	resolver.Breaks: mailassayv1.DelegationStep_OUTCOME_BREAKS,
}

// step is one zone on the way down.
func (b bounds) step(d resolver.Descent) *mailassayv1.DelegationStep {
	m := &mailassayv1.DelegationStep{
		Zone: b.text(d.Zone), Ds: ds(d), ParentOnly: b.texts(d.ParentOnly()), ChildOnly: b.texts(d.ChildOnly()),
		Elapsed: durationpb.New(d.Elapsed), Outcome: outcomeOut[d.Outcome], Error: b.text(said(d.Err)),
		Referrer: b.text(d.Host), WithoutGlue: b.texts(d.Unglued()),
	}
	if at, err := netip.ParseAddrPort(d.Server); err == nil {
		m.ReferrerAddress = at.Addr().String()
	}
	for _, s := range cut(b, d.Servers) {
		m.Servers = append(m.Servers, &mailassayv1.NameServer{Host: b.text(s.Host), Addresses: b.addresses(s.Addrs)})
		if d.Referred && len(s.Glue) > 0 {
			m.Glue = append(m.Glue, &mailassayv1.NameServer{Host: b.text(s.Host), Addresses: b.addresses(s.Glue)})
		}
	}
	return m
}

// ds tells what is known of a zone's DS records.
func ds(d resolver.Descent) string {
	switch {
	case d.Zone == ".":
		return ""
	case len(d.DS) > 0:
		return "present"
	case d.DSKnown:
		return "absent"
	}
	return "unknown"
}

// said is an error without the question.
func said(err error) string {
	var e *resolver.Error
	if errors.As(err, &e) {
		return e.Reason()
	}
	return ""
}

var conditionOut = [...]mailassayv1.ServerCondition_State{
	resolver.Answering: mailassayv1.ServerCondition_STATE_ANSWERS, resolver.Slow: mailassayv1.ServerCondition_STATE_SLOW,
	resolver.LameServer: mailassayv1.ServerCondition_STATE_NOT_AUTHORITATIVE, resolver.Refusing: mailassayv1.ServerCondition_STATE_REFUSES,
	resolver.Failing: mailassayv1.ServerCondition_STATE_FAILS, resolver.Silent: mailassayv1.ServerCondition_STATE_SILENT,
	resolver.Closed: mailassayv1.ServerCondition_STATE_UNREACHABLE, resolver.NoAddress: mailassayv1.ServerCondition_STATE_NO_ADDRESS,
	resolver.NotAsked: mailassayv1.ServerCondition_STATE_NOT_ASKED,
}

// condition is what one name server made of the SOA question.
func (b bounds) condition(t resolver.Told) *mailassayv1.ServerCondition {
	c := t.Condition()
	m := &mailassayv1.ServerCondition{
		Host: b.text(t.Host), Condition: c.String(), State: conditionOut[c], Error: b.text(said(t.Err)), RoundTrip: durationpb.New(t.RTT),
	}
	if t.Addr.IsValid() {
		m.Address = t.Addr.String()
	}
	for _, d := range t.Answer.Data {
		if soa, ok := d.(resolver.SOA); ok {
			m.Serial = soa.Serial
		}
	}
	return m
}
