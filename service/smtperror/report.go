package smtperror

import (
	"strings"
)

// report is a text cut into what matters for its cause.
type report struct {
	parts []part
	// fields of the delivery report (RFC 3464 section 2), of the recipient that
	// failed, by name in lower case.
	fields map[string]string
	// automatic is true for a message that says it is an automatic answer (RFC
	// 3834 section 5).
	automatic bool
}

// part is a text and how much it counts.
type part struct {
	text   string
	weight float64
}

// maxFields is how many fields of a delivery report are read.
const maxFields = 200

// fieldNames are the fields that end the value of the one before, whether they
// begin a line or have been joined to one.
var fieldNames = []string{
	"diagnostic-code", "final-recipient", "original-recipient", "reporting-mta", "remote-mta", "received-from-mta", "last-attempt-date",
	"arrival-date", "final-log-id", "will-retry-until", "dsn-gateway", "original-envelope-id", "action", "status", "x-actual-recipient",
	"x-postfix-queue-id", "x-postfix-sender", "x-display-name", "x-supplementary-info", "x-failed-recipients", "x-original-message-id",
}

// originals begin the returned message: what follows is not the receiver's.
var originals = []string{
	"content-type: message/rfc822", "content-type: text/rfc822-headers", "this is a copy of the message", "is a copy of the message",
	"below this line is a copy", "original message headers:", "original message follows", "----- original message -----", "-----original message-----",
	"----- message header follows", "message header follows", "----- unsent message follows", "--- the header of the original message", "the text of the original message",
	"----- forwarded message -----", "this is a copy of your message", "undelivered message is attached", "original message header:", "header of the original message",
	"\nreturn-path:", "\nreceived: from ", "\nreceived: by ", "\ndkim-signature:", "undelivered message headers", "the header and top ",
}

// parseReport cuts a text into parts, the most telling first.
func parseReport(text string) report {
	var r report
	if bodies, ok := mimeBodies(text, 3); ok {
		r.automatic = bodies.automatic
		var human []string
		for _, b := range bodies.human {
			human = append(human, clean(b))
		}
		r.divide(clean(bodies.status))
		r.add(strings.Join(human, "\n\n"))
		r.addWeighted(clean(bodies.subject), 0.4)
		return r
	}
	text = clean(text)
	head, body := splitHeader(text)
	if head != nil {
		r.automatic = automatic(head)
		text = body
	}
	r.add(r.divide(cutOriginal(text)))
	if head != nil {
		r.addWeighted(head["subject"], 0.4)
	}
	return r
}

// add adds the text that people read, which counts less beside a diagnosis.
func (r *report) add(text string) {
	weight := 1.0
	if len(r.parts) > 0 {
		weight = 0.8
	}
	r.addWeighted(text, weight)
}

func (r *report) addWeighted(text string, weight float64) {
	if text = strings.TrimSpace(text); text != "" {
		r.parts = append(r.parts, part{text, weight})
	}
}

// divide takes the fields of a delivery report out of a text, wherever they are,
// keeps the diagnosis as a part, and returns the rest.
func (r *report) divide(text string) (rest string) {
	lower := asciiLower(text)
	if !strings.Contains(lower, "diagnostic-code:") && !strings.Contains(lower, "final-recipient:") && !strings.Contains(lower, "action:") {
		return text
	}
	var b strings.Builder
	var groups []map[string]string
	at := 0
	for range maxFields {
		name, start := nextField(lower, at)
		if name == "" {
			break
		}
		b.WriteString(text[at:start])
		b.WriteByte('\n')
		from := start + len(name) + 1
		at = fieldEnd(lower, from)
		value := strings.Join(strings.Fields(text[from:at]), " ")
		if n := len(groups); n == 0 || said(groups[n-1][name]) && (name == "final-recipient" || name == "action" || name == "diagnostic-code") {
			groups = append(groups, map[string]string{})
		}
		if g := groups[len(groups)-1]; !said(g[name]) {
			g[name] = value
		}
	}
	b.WriteString(text[at:])
	r.fields = failed(groups)
	if d := diagnosis(r.fields); d != "" {
		r.parts = append(r.parts, part{d, 1})
	}
	return b.String()
}

// said tells whether a value holds more than a type, as in "smtp;".
func said(value string) bool {
	return strings.Trim(value, "; ") != "" && !strings.HasSuffix(value, ";")
}

// diagnosis is the text of the fields that can name a cause.
func diagnosis(fields map[string]string) string {
	d := fields["diagnostic-code"]
	if kind, text, ok := strings.Cut(d, ";"); ok && len(kind) < 20 && !strings.Contains(kind, " ") {
		d = strings.TrimSpace(text)
	}
	if s := fields["status"]; s != "" && !isEnhanced(s) {
		if d != "" {
			d += "; "
		}
		d += s
	}
	return d
}

// failed is the first group of a recipient that got nothing, or was delayed.
func failed(groups []map[string]string) map[string]string {
	for _, action := range []string{"failed", "delayed", ""} {
		for _, g := range groups {
			if strings.HasPrefix(strings.ToLower(g["action"]), action) && (g["diagnostic-code"] != "" || g["action"] != "" || g["status"] != "") {
				return g
			}
		}
	}
	return nil
}

// nextField finds the next field name at or after at: at the beginning of a line
// or after a space.
func nextField(lower string, at int) (string, int) {
	for i := at; i < len(lower); {
		colon := strings.IndexByte(lower[i:], ':')
		if colon < 0 {
			return "", 0
		}
		colon += i
		for _, name := range fieldNames {
			start := colon - len(name)
			if start >= at && lower[start:colon] == name && (start == 0 || strings.IndexByte(" \n;*\"'", lower[start-1]) >= 0) {
				return name, start
			}
		}
		i = colon + 1
	}
	return "", 0
}

// fieldEnd is where the value that begins at from ends: at the next field, or at
// a line that is no continuation (RFC 5322 section 2.2.3).
func fieldEnd(lower string, from int) int {
	end := len(lower)
	if name, start := nextField(lower, from); name != "" {
		end = start
	}
	said := false
	for i := from; i+1 < end; i++ {
		switch {
		case lower[i] > ' ':
			said = true
		case lower[i] == '\n' && lower[i+1] != ' ' && said:
			return i
		}
	}
	return end
}

// splitHeader takes the header of a message off a text that begins with one. It
// returns nil when none is there.
func splitHeader(text string) (map[string]string, string) {
	head := map[string]string{}
	known, last := 0, ""
	rest := text
	for rest != "" {
		line, after, _ := strings.Cut(rest, "\n")
		if strings.TrimSpace(line) == "" {
			rest = after
			break
		}
		if (line[0] == ' ' || line[0] == '\t') && last != "" {
			head[last] += " " + strings.TrimSpace(line)
			rest = after
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t<>\"") {
			break
		}
		last = strings.ToLower(name)
		if head[last] == "" {
			head[last] = strings.TrimSpace(value)
		}
		switch last {
		case "from", "to", "subject", "date", "received", "return-path", "message-id", "mime-version", "content-type", "delivered-to", "auto-submitted":
			known++
		}
		rest = after
	}
	if known < 2 {
		return nil, text
	}
	return head, rest
}

func automatic(head map[string]string) bool {
	s := strings.ToLower(head["auto-submitted"])
	return strings.HasPrefix(s, "auto-replied") || head["x-autoreply"] != "" || head["x-autorespond"] != ""
}

// cutOriginal drops the returned message and the headers of MIME parts.
func cutOriginal(text string) string {
	lower := asciiLower(text)
	end := len(text)
	for _, mark := range originals {
		// A mark at the very beginning would leave nothing to explain.
		if i := strings.Index(lower, mark); i > 40 && i < end {
			end = i
		}
	}
	text, lower = text[:end], lower[:end]
	if !strings.Contains(lower, "content-") {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		l := asciiLower(line)
		if strings.HasPrefix(l, "content-") || strings.HasPrefix(l, "--") && !strings.Contains(l, " ") {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// asciiLower maps ASCII letters only, so that offsets stay.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
