package spf

import (
	"context"

	"github.com/mailassay/mailassay/resolver"
)

// explainString is the parsed text of an exp target, nil when it cannot be used.
type explainString struct{ text *Macro }

// explain is the explanation for a fail (RFC 7208 section 6.2): that of the record
// whose term decided, "" when there is none or anything at all is wrong with it.
func (e *evaluation) explain(ctx context.Context) string {
	f := &e.mechanism.frame
	i := f.record.exp
	if i < 0 {
		return ""
	}
	doubt := e.doubt
	step := e.begin(f, e.mechanism.depth, f.record.Terms[i:i+1:i+1])
	text := e.explanationOf(ctx, f, &f.record.Terms[i])
	e.problem, e.err, e.doubt = "", nil, doubt // the result stands whatever happens here
	if text == "" {
		e.note = "there is no explanation that can be used"
	}
	e.end(step, false, e.note)
	return text
}

func (e *evaluation) explanationOf(ctx context.Context, f *frame, t *Term) string {
	n, failed := e.target(ctx, f, -1, t)
	if failed != "" || n.canonical == "" {
		return ""
	}
	a, err := e.ask(ctx, -1, resolver.Question{Name: n.canonical, Type: resolver.TypeTXT})
	if err != nil {
		return ""
	}
	m := resolver.Derive(a, readExplanation).text
	if m == nil {
		return ""
	}
	x := expansion{who: &e.who, domain: f.name}
	if m.uses("p") {
		if x.client, failed = e.validated(ctx, -1, f.name.canonical); failed != "" {
			return ""
		}
	}
	return presentable(x.text(m, MaxExplanation))
}

// readExplanation parses the one record that there may be.
func readExplanation(a *resolver.Answer) *explainString {
	if len(a.Data) != 1 {
		return &explainString{}
	}
	txt, ok := a.Data[0].(resolver.TXT)
	if !ok || len(txt.Text) > MaxRecord {
		return &explainString{}
	}
	m, _, fault := parseMacro(txt.Text, inExplanation)
	if fault != nil {
		return &explainString{}
	}
	return &explainString{text: m}
}

// presentable is the text if it is printable ASCII, cut to what fits into a reply;
// otherwise "" (RFC 7208 section 6.2): senders can put anything into macros.
func presentable(text string) string {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return ""
		}
	}
	if len(text) > MaxExplanation {
		return text[:MaxExplanation-3] + "..."
	}
	return text
}
