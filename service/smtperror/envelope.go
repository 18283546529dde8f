package smtperror

import "strings"

// findEnvelope keeps what a text shows of the attempt itself: the reverse-path, the
// recipient and the HELO name, as logs and reports write them.
func (r *Reading) findEnvelope() {
	for i, t := range r.tokens {
		if t.kind != mailbox && t.kind != domainName || i == 0 {
			continue
		}
		between := r.text[r.tokens[i-1].end:t.start]
		if r.tokens[i-1].kind != word || len(between) > 3 || strings.Trim(between, " <=:") != "" || strings.TrimSpace(between) == "" {
			continue
		}
		switch w := r.tokens[i-1].text; {
		case t.kind == mailbox && w == "from" && r.mailFrom == "":
			r.mailFrom = t.text
		case t.kind == mailbox && (w == "to" || w == "rcpt") && r.rcptTo == "":
			r.rcptTo = t.text
		case t.kind == domainName && (w == "helo" || w == "ehlo") && r.helo == "":
			r.helo = t.text
		}
	}
	if _, address, ok := strings.Cut(r.report.fields["final-recipient"], ";"); ok && r.rcptTo == "" {
		r.rcptTo = strings.Trim(strings.TrimSpace(address), "<>")
	}
}

// addressee is the one address that a refusal names, "" when it names several: that
// is the recipient's where a server declines to take mail for somebody else.
func (r *Reading) addressee() string {
	found := ""
	for _, t := range r.tokens {
		if t.kind != mailbox {
			continue
		}
		if role, _, _ := strings.Cut(t.text, "@"); t.text == r.mailFrom || helpDesk(role) || strings.EqualFold(t.text, found) {
			continue
		}
		if found != "" {
			return ""
		}
		found = t.text
	}
	return found
}

// host is the name of the host that refused, or that could not be reached.
func (r *Reading) host() string {
	for i, t := range r.tokens {
		if t.kind == domainName && r.receiver[i] {
			return canonical(t.text)
		}
	}
	return ""
}

// selector finds the selector of a DKIM key and its domain: a name with _domainkey
// in it, or the tags s= and d= as Authentication-Results writes them (RFC 8601 section 2.7.1).
func (r *Reading) selector() (selector, domain string) {
	for i, t := range r.tokens {
		if t.kind == domainName {
			if s, d, ok := strings.Cut(strings.ToLower(t.text), "._domainkey."); ok {
				return s, canonical(d)
			}
		}
		if t.kind != word || i+1 >= len(r.tokens) {
			continue
		}
		next := r.tokens[i+1]
		if r.text[t.end:next.start] != "=" {
			continue
		}
		switch {
		case (t.text == "s" || t.text == "selector") && (next.kind == word || next.kind == number) && selector == "":
			selector = next.text
		case t.text == "d" && next.kind == domainName && domain == "":
			domain = canonical(next.text)
		}
	}
	if selector == "" {
		return "", ""
	}
	return selector, domain
}
