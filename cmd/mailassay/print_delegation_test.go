package main

import (
	"bytes"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

func servers(hosts ...string) (list []*pb.NameServer) {
	for _, h := range hosts {
		list = append(list, &pb.NameServer{Host: h})
	}
	return list
}

// The way down is read from top to bottom: who refers to whom, what is missing, and
// where it breaks.
func TestTheWayDownReadsFromTopToBottom(t *testing.T) {
	var out bytes.Buffer
	ms := durationpb.New(1200 * time.Microsecond)
	printer{w: &out, width: 90}.wayDown(&pb.DelegationReport{
		Steps: []*pb.DelegationStep{
			{Zone: ".", Servers: servers("a"), Outcome: pb.DelegationStep_OUTCOME_REFERS},
			{Zone: "example", Servers: servers("a", "b"), Ds: "present", Outcome: pb.DelegationStep_OUTCOME_SERVES, Referrer: "192.0.2.1", ReferrerAddress: "192.0.2.1", Elapsed: ms},
			{Zone: "co.example", Servers: servers("a", "b"), Ds: "unknown", Outcome: pb.DelegationStep_OUTCOME_REFERS},
			{
				Zone: "d.co.example", Servers: servers("x", "y", "z"), Ds: "absent", Outcome: pb.DelegationStep_OUTCOME_BREAKS, Error: "REFUSED from 192.0.2.9:53",
				Referrer: "b.nic.example", ReferrerAddress: "192.0.2.2", Elapsed: ms, WithoutGlue: []string{"x.test"}, ParentOnly: []string{"y.test"}, ChildOnly: []string{"z.test"},
			},
		},
		Conditions: []*pb.ServerCondition{
			{Host: "v.test", Address: "192.0.2.5", Condition: "answers", State: pb.ServerCondition_STATE_ANSWERS, Serial: 7, RoundTrip: ms},
			{Host: "w.test", Address: "192.0.2.6", Condition: "answers", State: pb.ServerCondition_STATE_DISAGREES, Serial: 6, RoundTrip: ms, Differs: []string{"d.co.example. SOA"}},
			{Host: "x.test", Address: "192.0.2.9", Condition: "refuses", State: pb.ServerCondition_STATE_REFUSES, Error: "REFUSED from 192.0.2.9:53"},
			{Host: "y.test", Address: "10.0.0.1", Condition: "was not asked", State: pb.ServerCondition_STATE_NOT_ASKED, Error: "not asked: special-purpose address (private use)"},
		},
	})
	const want = `
  the way down from the root
  ✓ .                         1 server   refers to example
    │ by 192.0.2.1 in 1.2ms
  ✓ example       signed      2 servers  serves co.example too
  ✓ co.example    DS unknown  2 servers  refers to d.co.example
    │ by b.nic.example 192.0.2.2 in 1.2ms
    │ without an address for x.test
    │ the zone itself does not list y.test
    │ it leaves out z.test, which the zone lists
  ✗ d.co.example  not signed  3 servers  here it breaks: REFUSED from 192.0.2.9:53

  the name servers of d.co.example
  ✓ v.test 192.0.2.5  answers   serial 7, 1.2ms
  ! w.test 192.0.2.6  answers   serial 6, 1.2ms; differs at d.co.example. SOA
  ✗ x.test 192.0.2.9  refuses
  ? y.test 10.0.0.1   was not asked  special-purpose address (private use)
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}

// A delegation that fails is never said to be none.
func TestTheDelegationLineSaysWhatIsWrong(t *testing.T) {
	broken := []*pb.DelegationStep{{Zone: "d.test", Outcome: pb.DelegationStep_OUTCOME_BREAKS}}
	for want, r := range map[string]*pb.CheckDomainResponse{
		"a.test, b.test": {Delegation: &pb.DelegationReport{Servers: servers("a.test", "b.test")}},
		"a.test, b.test: none answers for the zone": {Delegation: &pb.DelegationReport{Status: pb.Status_STATUS_FAIL, Servers: servers("a.test", "b.test"), Steps: broken}},
		"a.test does not answer for the zone":       {Delegation: &pb.DelegationReport{Status: pb.Status_STATUS_FAIL, Servers: servers("a.test"), Steps: broken}},
		"the domain does not exist":                 {Delegation: &pb.DelegationReport{Status: pb.Status_STATUS_FAIL}, Findings: []*pb.Finding{{Code: "NS_DOMAIN_NOT_FOUND"}}},
		"could not be looked up":                    {Delegation: &pb.DelegationReport{Status: pb.Status_STATUS_UNKNOWN}},
		"in a zone that is not the domain's own":    {Delegation: &pb.DelegationReport{Status: pb.Status_STATUS_PASS}},
	} {
		if got := delegationLine(r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What could not be looked up is not said to be missing, nor what is bogus secure.
func TestKeyAndSignatureLinesSayWhatIsKnown(t *testing.T) {
	const unknown, fail, pass = pb.Status_STATUS_UNKNOWN, pb.Status_STATUS_FAIL, pb.Status_STATUS_PASS
	key := []*pb.DkimKey{{Selector: "s"}}
	for want, r := range map[string]*pb.CheckDomainResponse{
		"could not be looked up":             {Dkim: &pb.DkimReport{Status: unknown}},
		"no key known; --selector names one": {Domain: "d.test", Dkim: &pb.DkimReport{Status: unknown}, Findings: []*pb.Finding{{Code: "DKIM_NOT_FOUND_BY_GUESS", Subject: "d.test"}}},
		"s (no key)":                         {Dkim: &pb.DkimReport{Status: fail, Keys: key}},
		"s (could not be looked up)":         {Domain: "d.test", Dkim: &pb.DkimReport{Status: unknown, Keys: key}, Findings: []*pb.Finding{{Code: "DKIM_UNKNOWN", Subject: "s._domainkey.d.test"}}},
	} {
		if got := dkimLine(r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, d := range map[string]*pb.DnssecReport{
		"secure":                               {Status: pass, Secure: true},
		"secure, but single answers are bogus": {Status: fail, Secure: true, DelegationSigned: true},
		"bogus":                                {Status: fail},
		"could not be looked up":               {Status: unknown},
		"delegation signed, and nothing is validated here": {Status: pass, DelegationSigned: true, Validation: "off"},
		"not signed": {Status: pass},
	} {
		if got := dnssecLine(d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// One dead server leaves thirty questions open, and is told once.
func TestOpenQuestionsAreToldByTheirReason(t *testing.T) {
	var out bytes.Buffer
	printer{w: &out, width: 80}.unknown([]*pb.Finding{
		{Code: "MX_UNKNOWN", Subject: "d.test", Message: unknownPreface + "MX: SERVFAIL from 192.0.2.1:53."},
		{Code: "SPF_UNKNOWN", Subject: "d.test", Message: unknownPreface + "TXT: SERVFAIL from 192.0.2.1:53; SPF: timeout from 192.0.2.1:53."},
		{Code: "DANE_UNKNOWN", Subject: "d.test", Message: unknownPreface + "MX: SERVFAIL from 192.0.2.1:53."},
		{Code: "NS_UNKNOWN", Subject: "d.test", Message: unknownPreface + "an internal fault kept it from being learned."},
	})
	const want = `
UNKNOWN  could not be looked up, which says nothing about whether it is there
  SERVFAIL from 192.0.2.1:53
    d.test MX, d.test TXT
  timeout from 192.0.2.1:53
    d.test SPF
  an internal fault kept it from being learned
    d.test
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}
