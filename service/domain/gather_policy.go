package domain

import (
	"context"
	"strings"

	"github.com/mailassay/mailassay/resolver"
	"github.com/mailassay/mailassay/service/finding"
)

// mtasts asks for the announcement of a policy.
func (g *gatherer) mtasts(ctx context.Context) (MTASTS, error) {
	a, err := g.ask(ctx, topicMTASTS, "_mta-sts."+g.req.Domain, resolver.TypeTXT)
	if err != nil {
		return MTASTS{}, err
	}
	out := MTASTS{Texts: recordsOf(a)}
	for i, t := range a.TXT() {
		if !announces(t.Text, "STSv1") {
			continue
		}
		out.Records, out.Meant = append(out.Records, out.Texts[i]), append(out.Meant, t.Text)
		// RFC 8461 section 3.1: "v=STSv1;" to the letter, exactly one such record.
		if len(out.Records) == 1 {
			out.Record = t.Text
			out.ID, out.Problem = stsID(t.Text)
		} else {
			out.Record, out.ID, out.Problem = "", "", "there are several records, and senders take several for none"
		}
	}
	return out, nil
}

// announces tells whether a text was meant for the protocol of a version: it
// begins with the version tag, if with faults.
func announces(text, version string) bool {
	head, _, _ := strings.Cut(text, ";")
	head = strings.Trim(head, " \t\"'")
	name, value, ok := strings.Cut(head, "=")
	value = strings.TrimSpace(value)
	return ok && strings.EqualFold(strings.TrimSpace(name), "v") && len(value) >= len(version) && strings.EqualFold(value[:len(version)], version)
}

// field is one "name=value" of a record.
type field struct{ name, value string }

// fields reads a list of fields parted by ";". The grammars of RFC 8461 section
// 3.1 and RFC 8460 section 3 allow white space around the delimiter.
func fields(text string) (list []field, problem string) {
	for part := range strings.SplitSeq(text, ";") {
		part = strings.Trim(part, " \t")
		if part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return list, "the part " + clip(part) + " has no \"=\""
		}
		list = append(list, field{strings.Trim(name, " \t"), strings.Trim(value, " \t")})
	}
	return list, ""
}

// stsID is the id of an announcement: RFC 8461 section 3.1.
func stsID(text string) (id, problem string) {
	if !strings.HasPrefix(text, "v=STSv1;") {
		return "", "it does not begin with \"v=STSv1;\" to the letter"
	}
	list, problem := fields(text)
	if problem != "" {
		return "", problem
	}
	for _, f := range list {
		if f.name != "id" {
			continue
		}
		switch {
		case id != "":
			return "", "it has two ids"
		case f.value == "" || len(f.value) > 32:
			return "", "the id does not have 1 to 32 characters"
		case !alphanumeric(f.value):
			return "", "the id " + clip(f.value) + " has other characters than letters and digits"
		}
		id = f.value
	}
	if id == "" {
		return "", "it has no id"
	}
	return id, ""
}

func alphanumeric(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// tlsrpt asks where reports on TLS go.
func (g *gatherer) tlsrpt(ctx context.Context) (TLSRPT, error) {
	a, err := g.ask(ctx, topicTLSRPT, "_smtp._tls."+g.req.Domain, resolver.TypeTXT)
	if err != nil {
		return TLSRPT{}, err
	}
	out := TLSRPT{Texts: recordsOf(a)}
	for i, t := range a.TXT() {
		if !announces(t.Text, "TLSRPTv1") {
			continue
		}
		out.Records, out.Meant = append(out.Records, out.Texts[i]), append(out.Meant, t.Text)
		if len(out.Records) == 1 {
			out.Record = t.Text
			out.Destinations, out.Problem = reportURIs(t.Text)
		} else {
			out.Record, out.Destinations, out.Problem = "", nil, "there are several records, and senders take several for none"
		}
	}
	return out, nil
}

// reportURIs are the destinations of a TLS-RPT record: RFC 8460 section 3.
func reportURIs(text string) (list []string, problem string) {
	if !strings.HasPrefix(text, "v=TLSRPTv1;") {
		return nil, "it does not begin with \"v=TLSRPTv1;\" to the letter"
	}
	tags, problem := fields(text)
	if problem != "" {
		return nil, problem
	}
	for _, f := range tags {
		if f.name != "rua" {
			continue
		}
		for uri := range strings.SplitSeq(f.value, ",") {
			uri = strings.TrimSpace(uri)
			scheme, rest, _ := strings.Cut(uri, ":")
			switch {
			case strings.EqualFold(scheme, "mailto") && strings.Contains(rest, "@"), strings.EqualFold(scheme, "https") && strings.HasPrefix(rest, "//"):
				list = append(list, uri)
			default:
				return nil, "the destination " + clip(uri) + " is neither a mailto nor an https URI"
			}
		}
	}
	if len(list) == 0 {
		return nil, "it has no rua"
	}
	return list, ""
}

// bimi asks for the default assertion, of the domain and of its organizational
// domain at once.
func (g *gatherer) bimi(ctx context.Context) (BIMI, error) {
	names := []string{g.req.Domain}
	if g.org != g.req.Domain {
		names = append(names, g.org)
	}
	answers := make([]finding.Known[resolver.Answer], len(names))
	g.apart(topicBIMI, len(names), func(i int) {
		answers[i] = finding.Know(g.ask(ctx, topicBIMI, "default._bimi."+names[i], resolver.TypeTXT))
	})
	for i, a := range answers {
		if a.Err != nil {
			return BIMI{}, a.Err
		}
		if out := readBIMI(a.Value); len(out.Records) > 0 {
			out.FoundAt = names[i]
			return out, nil
		}
	}
	return BIMI{}, nil
}

func readBIMI(a resolver.Answer) BIMI {
	var out BIMI
	for i, t := range a.TXT() {
		if !announces(t.Text, "BIMI1") {
			continue
		}
		out.Records = append(out.Records, recordsOf(a)[i])
		if len(out.Records) > 1 {
			return BIMI{Records: out.Records, Problem: "there are several records"}
		}
		out.Record = t.Text
		out.read(t.Text)
	}
	return out
}

// read takes the tags of an assertion: draft-brand-indicators-for-message-
// identification section 4.2.
func (b *BIMI) read(text string) {
	list, problem := fields(text)
	if b.Problem = problem; problem != "" {
		return
	}
	located := false
	for i, f := range list {
		switch f.name {
		case "v":
			if i > 0 || f.value != "BIMI1" {
				b.Problem = "the version is not BIMI1"
			}
		case "l":
			b.Location, located = f.value, true
		case "a":
			b.Authority = f.value
		}
	}
	switch {
	case b.Problem != "":
	case !located:
		b.Problem = "it has no l="
	case b.Location != "" && !secureURL(b.Location):
		b.Problem = "the logo " + clip(b.Location) + " is not at an https URL"
	case b.Authority != "" && !secureURL(b.Authority):
		b.Problem = "the certificate " + clip(b.Authority) + " is not at an https URL"
	}
}

func secureURL(s string) bool {
	return len(s) > len("https://") && strings.EqualFold(s[:len("https://")], "https://")
}
