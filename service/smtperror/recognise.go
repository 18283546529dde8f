package smtperror

import (
	"cmp"
	"strings"
)

// findSubcodes collects what providers' own codes and links say.
func (r *Reading) findSubcodes() {
	for i, t := range r.tokens {
		switch {
		case t.kind == link:
			r.linkSubcodes(t.text)
			continue
		case t.kind != word:
			continue
		}
		if c, ok := subcodes[t.text]; ok && r.standsAlone(t) {
			r.takeSubcode(c)
			continue
		}
		if subcodeHeads[t.text] && i+1 < len(r.tokens) && r.tokens[i+1].start == t.end+1 {
			if c, ok := subcodes[t.text+" "+r.tokens[i+1].text]; ok {
				r.takeSubcode(c)
				continue
			}
		}
		for _, f := range subcodeFamilies {
			if rest, ok := strings.CutPrefix(t.text, f.prefix); ok && len(rest) >= 2 && (isDigit(rest[0]) || rest[0] == '_') && isDigit(rest[len(rest)-1]) {
				r.Provider = cmp.Or(r.Provider, f.provider)
			}
		}
	}
}

// linkSubcodes takes codes out of links to their explanation, as in "#RL000001" and
// "?p=NoSuchUser".
func (r *Reading) linkSubcodes(url string) {
	if _, p, ok := strings.Cut(strings.ToLower(url), "?p="); ok && operatorOf(linkHost(url)) == "google" {
		reason, _, _ := strings.Cut(p, "&")
		if m, ok := googleReasons[reason]; ok {
			r.subcodes = append(r.subcodes, m)
		}
	}
	for w := range strings.FieldsFuncSeq(strings.ToLower(url), func(c rune) bool { return c > 0x7f || !isAlnum(byte(c)) }) {
		if c, ok := subcodes[w]; ok && len(w) > 4 {
			r.takeSubcode(c)
		}
	}
}

// takeSubcode keeps a code that was found.
func (r *Reading) takeSubcode(c subcode) {
	r.Provider = cmp.Or(r.Provider, c.provider)
	if c.weight > 0 {
		r.subcodes = append(r.subcodes, meaning{category: c.category, weight: c.weight})
	}
}

// standsAlone keeps short codes such as "G3" and "CS01" from being found in other
// things: they stand in brackets or at the end.
func (r *Reading) standsAlone(t token) bool {
	if len(t.text) > 4 {
		return true
	}
	open := t.start > 0 && strings.IndexByte("([#", r.text[t.start-1]) >= 0
	closed := t.end >= len(r.text) || strings.IndexByte(")].\n", r.text[t.end]) >= 0
	return open || closed && strings.ToUpper(t.text) == r.text[t.start:t.end]
}

// recognise tells who refused.
func (r *Reading) recognise() {
	var byLink, byName, bySign string
	for i, t := range r.tokens {
		switch t.kind {
		case link:
			byLink = cmp.Or(byLink, operatorOf(linkHost(t.text)))
		case mailbox:
			if role, host, _ := strings.Cut(t.text, "@"); helpDesk(role) {
				byName = cmp.Or(byName, operatorOf(host))
			}
		case domainName:
			p := operatorOf(t.text)
			if r.receiver[i] {
				r.Provider = cmp.Or(r.Provider, p)
			} else {
				byName = cmp.Or(byName, p)
			}
		}
	}
	// What the reply says tells more than what the sending server says of it.
	for _, reply := range []bool{true, false} {
		for _, s := range r.sentences {
			if (len(r.quotes) == 0 || s.first >= r.quotes[0].token) == reply {
				bySign = cmp.Or(bySign, s.provider)
				r.Software = cmp.Or(r.Software, s.software)
			}
		}
	}
	if _, mta, ok := strings.Cut(r.report.fields["remote-mta"], ";"); ok {
		r.Provider = cmp.Or(r.Provider, operatorOf(firstField(mta)))
	}
	if owner := codeOwner(r.quotes); owner != "" {
		r.Provider = cmp.Or(r.Provider, owner)
	}
	if strings.Contains(r.text, ">...") {
		r.Software = "sendmail"
	}
	r.Software = cmp.Or(r.Software, r.softwareForm())
	r.Provider = cmp.Or(r.Provider, bySign, byLink, byName, r.Software)
	if r.Provider == "microsoft" && r.Software == "postfix" {
		r.Software = "" // Exchange Online borrows "Recipient address rejected"
	}
}

// softwareForm tells software by the form of the text: sendmail's "<user>...", qmail's
// "(#5.1.1)", Postfix's log lines and its own diagnostic type.
func (r *Reading) softwareForm() string {
	switch {
	case strings.Contains(r.text, "(#id-"):
		return "improvmx"
	case hasFold(r.report.fields["diagnostic-code"], "x-postfix"), hasFold(r.text, "x-postfix"), strings.Contains(r.text, "dsn=") && strings.Contains(r.text, "status="):
		return "postfix"
	case strings.Contains(r.text, "(#4."), strings.Contains(r.text, "(#5."):
		return "qmail"
	}
	return ""
}

// helpDesk tells whether a local part is that of a postmaster, to whom a refusal
// refers people.
func helpDesk(local string) bool {
	local = strings.ToLower(local)
	for _, role := range []string{"abuse", "postmaster", "delist", "unblock", "tosa", "toda", "blocked", "removal"} {
		if strings.HasPrefix(local, role) {
			return true
		}
	}
	return false
}
