package service

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	mailassayv1 "github.com/mailassay/mailassay/proto/mailassay/v1"
	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// fitting is the response of the widest bounds that fits, with its size. The
// narrowest always fits.
func fitting[M proto.Message](convert func(bounds) M) (m M, size int) {
	for _, b := range widths {
		m = convert(b)
		if size = proto.Size(m); size <= maxResponse {
			break
		}
	}
	return m, size
}

var statusOut = [...]mailassayv1.Status{
	finding.Skipped: mailassayv1.Status_STATUS_SKIPPED, finding.Pass: mailassayv1.Status_STATUS_PASS,
	finding.NoticeStatus: mailassayv1.Status_STATUS_NOTICE, finding.WarningStatus: mailassayv1.Status_STATUS_WARNING,
	finding.UnknownStatus: mailassayv1.Status_STATUS_UNKNOWN, finding.Fail: mailassayv1.Status_STATUS_FAIL,
}

var severityOut = [...]mailassayv1.Severity{
	finding.Info: mailassayv1.Severity_SEVERITY_INFO, finding.Notice: mailassayv1.Severity_SEVERITY_NOTICE,
	finding.Warning: mailassayv1.Severity_SEVERITY_WARNING, finding.Error: mailassayv1.Severity_SEVERITY_ERROR,
}

var areaOut = [...]mailassayv1.Area{
	finding.MX: mailassayv1.Area_AREA_MX, finding.SPF: mailassayv1.Area_AREA_SPF, finding.DKIM: mailassayv1.Area_AREA_DKIM,
	finding.DMARC: mailassayv1.Area_AREA_DMARC, finding.ReverseDNS: mailassayv1.Area_AREA_REVERSE_DNS,
	finding.MTASTS: mailassayv1.Area_AREA_MTA_STS, finding.TLSRPT: mailassayv1.Area_AREA_TLS_RPT,
	finding.DANE: mailassayv1.Area_AREA_DANE, finding.BIMI: mailassayv1.Area_AREA_BIMI, finding.DNSSEC: mailassayv1.Area_AREA_DNSSEC,
	finding.Delegation: mailassayv1.Area_AREA_DELEGATION, finding.Services: mailassayv1.Area_AREA_SERVICES,
	finding.Blocklist: mailassayv1.Area_AREA_BLOCKLIST, finding.SMTP: mailassayv1.Area_AREA_SMTP,
	finding.Ownership: mailassayv1.Area_AREA_OWNERSHIP,
}

var actionOut = [...]mailassayv1.RecordChange_Action{
	finding.Add: mailassayv1.RecordChange_ACTION_ADD, finding.Replace: mailassayv1.RecordChange_ACTION_REPLACE,
	finding.Remove: mailassayv1.RecordChange_ACTION_REMOVE,
}

// findings are found, and unknown as entries of their own, worst first.
func (b bounds) findings(found []finding.Finding, unknown []finding.Unknown) []*mailassayv1.Finding {
	all := found
	if len(unknown) > 0 {
		all = slices.Clone(found)
		for _, u := range unknown {
			all = append(all, u.Finding())
		}
		finding.Sort(all)
	}
	out := make([]*mailassayv1.Finding, 0, min(len(all), b.entries))
	for i := range cut(b, all) {
		out = append(out, b.finding(&all[i]))
	}
	return out
}

func (b bounds) finding(f *finding.Finding) *mailassayv1.Finding {
	out := &mailassayv1.Finding{
		Code: b.text(f.Code), Severity: severityOut[f.Severity], Area: areaOut[f.Area], Subject: b.text(f.Subject), Message: b.text(f.Message),
		Evidence: b.texts(f.Evidence), References: b.texts(f.References),
	}
	if f.Remedy != "" || len(f.Changes) > 0 {
		out.Remedy = &mailassayv1.Remedy{Summary: b.text(f.Remedy)}
		for _, c := range cut(b, f.Changes) {
			out.Remedy.Changes = append(out.Remedy.Changes, &mailassayv1.RecordChange{
				Action: actionOut[c.Action], Name: b.text(c.Name), Type: b.text(c.Type), Ttl: c.TTL,
				Current: b.text(c.Current), Proposed: b.whole(c.Proposed), ZoneLine: b.whole(c.ZoneLine()),
			})
		}
	}
	return out
}

// stats is what a request cost.
func stats(spent resolver.Spent, elapsed time.Duration) *mailassayv1.Stats {
	return &mailassayv1.Stats{QueriesSent: uint32(spent.Sent), CacheHits: uint32(spent.Hits), Elapsed: durationpb.New(elapsed)}
}

// questions are the steps of a trace.
func questions(steps []resolver.Step) []*mailassayv1.DnsQuestion {
	out := make([]*mailassayv1.DnsQuestion, 0, len(steps))
	for _, s := range steps {
		q := &mailassayv1.DnsQuestion{
			Name: stepTexts.text(s.Question.Name), Type: s.Question.Type.String(), Records: uint32(s.Records), Server: stepTexts.text(s.Server),
			Cached: s.Cached, Stale: s.Stale, Authenticated: s.Authenticated, Elapsed: durationpb.New(s.Elapsed),
		}
		var e *resolver.Error
		switch {
		case errors.As(s.Err, &e):
			q.Error = stepTexts.text(e.Reason())
		case s.Err != nil:
			q.Error = stepTexts.text(s.Err.Error())
		default:
			q.Status = s.Status.String()
		}
		out = append(out, q)
	}
	return out
}

// stepTexts bounds the texts of a trace.
var stepTexts = bounds{octets: 512}

func (b bounds) addresses(list []netip.Addr) []string {
	out := make([]string, 0, min(len(list), b.entries))
	for _, a := range cut(b, list) {
		out = append(out, a.String())
	}
	return out
}
