package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// TestReportsCannotSteerATerminal puts control sequences into every text of a report.
func TestReportsCannotSteerATerminal(t *testing.T) {
	const hostile = "a\x1b[2Jb\r\nc\x07\u202ed\x00"
	f := &pb.Finding{
		Code: hostile, Severity: pb.Severity_SEVERITY_ERROR, Subject: hostile, Message: hostile, Evidence: []string{hostile},
		Remedy:     &pb.Remedy{Summary: hostile, Changes: []*pb.RecordChange{{Action: pb.RecordChange_ACTION_REPLACE, Current: hostile, Proposed: hostile, ZoneLine: hostile}}},
		References: []string{hostile},
	}
	open := proto.Clone(f).(*pb.Finding)
	open.Code = "MX_UNKNOWN"
	findings := []*pb.Finding{f, open}
	var out bytes.Buffer
	p := printer{w: &out, width: 80}
	p.domain(&pb.CheckDomainResponse{
		Domain: hostile, UnicodeDomain: hostile + "u", Findings: findings,
		Mx:    &pb.MxReport{Status: pb.Status_STATUS_PASS, Hosts: []*pb.MxHost{{Host: hostile}}},
		Dmarc: &pb.DmarcReport{Status: pb.Status_STATUS_PASS, Record: hostile, FoundAt: hostile},
		Bimi:  &pb.BimiReport{Status: pb.Status_STATUS_PASS, Record: hostile},
	}, pb.Severity_SEVERITY_INFO)
	p.sender(hostile, &pb.CheckSenderResponse{
		Verdict: &pb.Verdict{SmtpReply: hostile}, ReverseDns: &pb.ReverseDns{Result: hostile, Names: []string{hostile}},
		Spf: &pb.SpfResult{Result: hostile, Domain: hostile, Mechanism: hostile, Problem: hostile}, Findings: findings,
		Dkim: []*pb.DkimResult{{Result: "fail", Domain: hostile, Reason: hostile}}, AuthenticationResults: hostile, ReceivedSpf: hostile,
	}, pb.Severity_SEVERITY_INFO)
	p.trace("SPF", &pb.SpfResult{Trace: []*pb.SpfStep{{
		Domain: hostile, Term: hostile, Outcome: hostile, Depth: 1 << 31,
		Lookups: []*pb.SpfLookup{{Name: hostile, Type: hostile, Status: hostile, Answers: []string{hostile}}},
	}}})
	p.questions(&pb.Stats{Questions: []*pb.DnsQuestion{{Name: hostile, Type: hostile, Status: hostile, Error: hostile, Server: hostile, Cached: true}}})
	p.explain(&pb.ExplainSMTPErrorResponse{
		Reply: &pb.SmtpReply{Code: 550, EnhancedCode: hostile, Text: hostile}, Provider: hostile, Software: hostile, Explanation: hostile,
		Steps: []string{hostile}, Retry: hostile, FixedBy: hostile, References: []string{hostile}, Live: &pb.LiveEvidence{Note: hostile, Findings: findings},
	}, pb.Severity_SEVERITY_INFO)
	if out.Len() < 500 {
		t.Fatalf("the reports are short: %q", out.String())
	}
	for _, bad := range []string{"\x1b", "\r", "\x07", "\x00", "\u202e"} {
		if i := strings.Index(out.String(), bad); i >= 0 {
			t.Errorf("%q comes through: %q", bad, out.String()[max(0, i-40):i+10])
		}
	}
}

// TestDemo runs the demo as a newcomer does, and reads what it must show.
func TestDemo(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	f, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = f
	err = (&demoCommand{Color: "never"}).Run(context.Background())
	os.Stdout = stdout
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"healthy.example  ✓ PASS", "broken.example  ✗ FAIL", "SPF_MULTIPLE_RECORDS", "DKIM_KEY_TRUNCATED", "DMARC_MISPLACED", "PTR_MISSING",
		`broken.example. IN TXT "v=spf1 include:healthy.example ip4:203.0.113.25 -all"`, "203.0.113.66  ✗ REJECT", "550 5.7.1",
		"ptr_missing", "sender_domain_no_mx", "the cause is still there", "the cause is not there at this moment", "grpcurl -plaintext",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the demo does not show %q", want)
		}
	}
}
