package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	pb "github.com/mailassay/mailassay/proto/mailassay/v1"
)

// printer writes reports for people. Everything that comes from DNS or from a
// message is made printable first, so that no answer can steer a terminal.
type printer struct {
	w     io.Writer
	color bool
	width int
}

// newPrinter suits the output: colour as told, or on a terminal unless NO_COLOR is
// set; the terminal's width, or 100 columns.
func newPrinter(out *os.File, color string) printer {
	p := printer{w: out, width: 100}
	size, err := unix.IoctlGetWinsize(int(out.Fd()), unix.TIOCGWINSZ)
	terminal := err == nil
	if terminal && size.Col >= 40 {
		p.width = min(int(size.Col), 120)
	}
	switch color {
	case "always":
		p.color = true
	case "auto":
		p.color = terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return p
}

// Styles are SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	purple = "35"
)

func (p printer) style(sgr, s string) string {
	if !p.color || s == "" || sgr == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

func (p printer) line(s string) { fmt.Fprintln(p.w, strings.TrimRight(s, " ")) }

// wrap writes text in lines that fit, the first after head, the others indented
// as far. It breaks at spaces only, so that records stay whole for copying.
func (p printer) wrap(head, text string) { p.wrapStyled(head, text, "") }

func (p printer) wrapStyled(head, text, sgr string) {
	indent := visible(head)
	line, used := head, 0
	for _, word := range strings.Fields(clean(text)) {
		n := utf8.RuneCountInString(word)
		if used > 0 && indent+used+1+n > p.width {
			p.line(line)
			line, used = strings.Repeat(" ", indent), 0
		}
		if used > 0 {
			line += " "
			used++
		}
		line += p.style(sgr, word)
		used += n
	}
	p.line(line)
}

// visible is the number of columns of s without SGR sequences.
func visible(s string) int {
	n, skip := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			skip = true
		case skip:
			skip = r != 'm'
		default:
			n++
		}
	}
	return n
}

// clean replaces what a terminal might obey or that hides itself: control, format
// and unassigned characters.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == ' ':
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return '�'
	}, s)
}

// marks are the sign, the word and the colour of a status.
var marks = map[pb.Status]struct{ sign, word, sgr string }{
	pb.Status_STATUS_PASS:    {"✓", "pass", green},
	pb.Status_STATUS_NOTICE:  {"✓", "notice", blue},
	pb.Status_STATUS_WARNING: {"!", "warning", yellow},
	pb.Status_STATUS_FAIL:    {"✗", "fail", red},
	pb.Status_STATUS_UNKNOWN: {"?", "unknown", purple},
	pb.Status_STATUS_SKIPPED: {"-", "skipped", dim},
}

// severities are the word and the colour of a severity.
var severities = map[pb.Severity]struct{ word, sgr string }{
	pb.Severity_SEVERITY_ERROR:   {"ERROR", red},
	pb.Severity_SEVERITY_WARNING: {"WARNING", yellow},
	pb.Severity_SEVERITY_NOTICE:  {"NOTICE", blue},
	pb.Severity_SEVERITY_INFO:    {"INFO", dim},
}

// title writes the first line of a report: what it is about and how it stands.
func (p printer) title(subject string, status pb.Status) {
	m := marks[status]
	p.line(p.style(bold, clean(subject)) + "  " + p.style(m.sgr, m.sign+" "+strings.ToUpper(m.word)))
}

// row writes one line of a table: mark, name, word, detail.
func (p printer) row(status pb.Status, name, detail string) {
	m := marks[status]
	head := fmt.Sprintf("  %s %s %s ", p.style(m.sgr, m.sign), pad(name, 12), p.style(m.sgr, pad(m.word, 8)))
	p.wrap(head, detail)
}

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}

// findings writes those of at least the severity, each with what to paste, and
// behind them what could not be looked up.
func (p printer) findings(list []*pb.Finding, least pb.Severity) {
	var open []*pb.Finding
	for _, f := range list {
		if strings.HasSuffix(f.GetCode(), "_UNKNOWN") {
			open = append(open, f)
			continue
		}
		if f.GetSeverity() < least {
			continue
		}
		s := severities[f.GetSeverity()]
		p.line("")
		p.line(p.style(s.sgr, s.word) + "  " + p.style(bold, clean(f.GetCode())) + "  " + clean(f.GetSubject()))
		p.wrap("  ", f.GetMessage())
		p.evidence(f.GetEvidence())
		if f.GetRemedy() != nil {
			p.wrap(p.style(green, "  fix   "), f.GetRemedy().GetSummary())
			p.changes(f.GetRemedy().GetChanges())
		}
		if len(f.GetReferences()) > 0 {
			p.line(p.style(dim, "  see   "+clean(strings.Join(f.GetReferences(), ", "))))
		}
	}
	p.unknown(open)
}

func (p printer) evidence(list []string) {
	const most = 6
	for _, e := range list[:min(most, len(list))] {
		p.line(p.style(dim, "  seen  ") + clean(shorten(e)))
	}
	if len(list) > most {
		p.line(p.style(dim, fmt.Sprintf("        and %d more; --json has all", len(list)-most)))
	}
}

// unknownPreface begins the message of such a finding; the heading says it once.
const unknownPreface = "Could not be looked up, which says nothing about whether it is there: "

// unknown writes what could not be looked up, by the reason: one dead server leaves
// thirty questions open.
func (p printer) unknown(open []*pb.Finding) {
	if len(open) == 0 {
		return
	}
	p.line("")
	p.line(p.style(purple, "UNKNOWN") + "  could not be looked up, which says nothing about whether it is there")
	for _, g := range openQuestions(open) {
		p.wrap("  ", g.reason)
		p.wrapStyled("    ", strings.Join(firstOf(g.questions, 8), ", "), dim)
	}
}

// openQuestion are the questions that stayed open for one reason.
type openQuestion struct {
	reason    string
	questions []string
}

// openQuestions sorts findings of what is unknown by the reason. Their messages are
// "TXT: SERVFAIL from 192.0.2.1:53; SPF: timeout from 192.0.2.1:53.", each about the
// subject.
func openQuestions(list []*pb.Finding) []openQuestion {
	var out []openQuestion
	for _, f := range list {
		for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(f.GetMessage(), unknownPreface), "."), "; ") {
			name, reason, ok := strings.Cut(part, ": ")
			question := f.GetSubject() + " " + name
			if !ok {
				question, reason = f.GetSubject(), part
			}
			i := slices.IndexFunc(out, func(g openQuestion) bool { return g.reason == reason })
			if i < 0 {
				i, out = len(out), append(out, openQuestion{reason: reason})
			}
			if !slices.Contains(out[i].questions, question) {
				out[i].questions = append(out[i].questions, question)
			}
		}
	}
	return out
}

func (p printer) changes(list []*pb.RecordChange) {
	for _, c := range list {
		word := strings.ToLower(strings.TrimPrefix(c.GetAction().String(), "ACTION_"))
		if c.GetAction() == pb.RecordChange_ACTION_REPLACE && c.GetCurrent() != "" {
			p.line("        " + p.style(dim, pad("not", 8)) + clean(shorten(c.GetCurrent())))
		}
		p.line("        " + p.style(green, pad(word, 8)) + clean(c.GetZoneLine()))
	}
}

// shorten cuts long evidence; --json has it whole.
func shorten(s string) string {
	const limit = 600
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit]) + "…"
}

// plural is "1 question", "2 questions".
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// questions writes what was asked and what came of it, if that was wanted.
func (p printer) questions(s *pb.Stats) {
	if len(s.GetQuestions()) == 0 {
		return
	}
	p.line("")
	p.line(p.style(bold, "What was asked"))
	for _, q := range s.GetQuestions() {
		came := q.GetStatus()
		if q.GetError() != "" {
			came = q.GetError()
		}
		if q.GetRecords() > 0 {
			came += ", " + plural(int(q.GetRecords()), "record")
		}
		p.wrap("  "+pad(clean(shorten(q.GetName()+" "+q.GetType())), 44)+" ", came+" ("+how(q)+")")
	}
}

// how tells how a question was answered.
func how(q *pb.DnsQuestion) string {
	if q.GetServer() == "" {
		return "nobody was asked"
	}
	s := "from " + q.GetServer()
	switch {
	case q.GetStale():
		s = "expired, " + s
	case q.GetCached():
		s = "remembered, " + s
	}
	if q.GetAuthenticated() {
		s += ", authenticated"
	}
	if e := q.GetElapsed().AsDuration(); e > 0 {
		s += ", " + e.Round(100*time.Microsecond).String()
	}
	return s
}
