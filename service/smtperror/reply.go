package smtperror

import (
	"strconv"
	"strings"
)

// quote is one reply found in a text: that of the host that refused, or one of
// another host that it quotes.
type quote struct {
	code     int
	enhanced string
	token    int  // index of its first token
	said     bool // a word says that somebody else speaks
}

// findQuotes finds the replies of a text in their order and marks the tokens of
// all codes, repeated ones too, so that they do not stand between words.
func findQuotes(s string, tokens []token) []quote {
	var out []quote
	for i := 0; i < len(tokens); i++ {
		t := &tokens[i]
		switch {
		case t.kind == number && len(t.text) == 3 && codeHere(s, tokens, i):
			c, _ := strconv.Atoi(t.text)
			q := quote{code: c, token: i, said: i > 0 && tokens[i-1].kind == word && speech[tokens[i-1].text]}
			t.kind = code
			if len(out) == 0 && i > 2 && tokens[i-1].text == "code" && tokens[i-2].text == "smtp" {
				q.token = paragraph(s, tokens, i) // PHPMailer: "text SMTP code: 554"
			}
			if j := i + 1; j < len(tokens) && tokens[j].kind == enhanced && adjoins(s, t.end, tokens[j].start) {
				q.enhanced = tokens[j].text
				tokens[j].kind = code
				i = j
			}
			out = appendQuote(out, q)
		case t.kind == enhanced && enhancedHere(s, tokens, i):
			t.kind = code
			first := i
			if len(out) == 0 && strings.HasSuffix(s[:t.start], "(#") {
				first = paragraph(s, tokens, i)
			}
			out = appendQuote(out, quote{enhanced: t.text, token: first})
		}
	}
	return out
}

// paragraph is the first token of the paragraph that the token at i ends: qmail and
// its kin say "text (#5.1.1)", so that the code closes what it belongs to.
func paragraph(s string, tokens []token, i int) int {
	from := strings.LastIndex(s[:tokens[i].start], "\n\n")
	for i > 0 && tokens[i-1].start > from {
		i--
	}
	return i
}

// appendQuote drops what only repeats the quote before it: the continuation of a
// multi-line reply (RFC 5321 section 4.2.1), or an enhanced code said again.
func appendQuote(list []quote, q quote) []quote {
	if n := len(list); n > 0 {
		last := &list[n-1]
		same := q.code == last.code || q.code == 0 || last.code == 0
		switch {
		case q.code == last.code && !q.said && (q.enhanced == "" || q.enhanced == last.enhanced || last.enhanced == ""):
			if last.enhanced == "" {
				last.enhanced = q.enhanced
			}
			return list
		case q.code == 0 && last.enhanced == "" && same:
			last.enhanced = q.enhanced
			return list
		case q.code == 0 && q.enhanced == last.enhanced:
			return list
		}
	}
	return append(list, q)
}

// adjoins tells whether only what parts a code from its enhanced code stands between.
func adjoins(s string, from, to int) bool {
	return to-from <= 6 && strings.Trim(s[from:to], " -#=(:\n\"',[") == ""
}

// speech are words after which another host's reply follows.
var speech = map[string]bool{"said": true, "returned": true, "response": true, "replied": true, "answered": true}

// leads are words after which a reply code follows.
var leads = map[string]bool{
	"smtp": true, "esmtp": true, "lmtp": true, "error": true, "code": true, "status": true, "said": true, "reason": true, "response": true,
	"replied": true, "returned": true, "reply": true, "diagnostic": true, "errno": true, "unknown": true, "smtp_code": true,
	"statuscode": true, "was": true, "postfix": true, "reject": true, "to": true, "rejected": true, "with": true, "answered": true,
	"err": true, "fehler": true, "erreur": true, "host": true, "bounce": true,
}

// units follow numbers that are amounts.
var units = map[string]bool{
	"kb": true, "mb": true, "gb": true, "bytes": true, "byte": true, "octets": true, "messages": true, "message": true, "recipients": true,
	"connections": true, "seconds": true, "minutes": true, "hours": true, "days": true, "per": true, "mails": true, "emails": true,
	"lines": true, "characters": true, "k": true, "m": true, "s": true, "ms": true, "times": true, "percent": true, "hops": true,
}

// codeHere tells whether the number at i is a reply code, by what it is and by
// what stands around it.
func codeHere(s string, tokens []token, i int) bool {
	t := tokens[i]
	c, _ := strconv.Atoi(t.text)
	if c < 200 || c > 599 {
		return false
	}
	if t.text[1] > '5' { // "571 Email from ..." is seen, where a host speaks
		return c > 500 && (i == 0 || spoken(s, tokens, i))
	}
	var next token
	if i+1 < len(tokens) {
		next = tokens[i+1]
	}
	if next.kind == enhanced && adjoins(s, t.end, next.start) {
		return true
	}
	if _, known := basicCodes[c]; !known && c%100 != 0 {
		// Beyond the standard only at the very beginning, and no codes of HTTP.
		return (i == 0 || spoken(s, tokens, i)) && c != 403 && c != 404
	}
	if amount(s, tokens, i) {
		return false
	}
	before := strings.TrimRight(s[:t.start], " ")
	if before == "" {
		return true
	}
	glued := len(before) == t.start
	switch last := before[len(before)-1]; last {
	case '-', ']', ',', '[': // "- 550" begins a reply, "a-550" does not
		return !glued
	case '=': // "response=504" begins a reply, "limit = 500" does not
		return glued
	default:
		if strings.IndexByte("\n;:(<>'\"|{#*", last) >= 0 {
			return true
		}
	}
	return i > 0 && (tokens[i-1].kind == code || tokens[i-1].kind == word && leads[tokens[i-1].text])
}

// spoken tells whether the words before token i say that a host's own words follow.
func spoken(s string, tokens []token, i int) bool {
	if i == 0 || tokens[i-1].kind != word {
		return false
	}
	between := strings.TrimSpace(s[tokens[i-1].end:tokens[i].start])
	w := tokens[i-1].text
	return (speech[w] || w == "me" || w == "smtp" || w == "reply") && (between == ":" || between == ";" || between == "'" || between == "")
}

// amount tells whether a unit follows the number at i, or the words of an HTTP
// status.
func amount(s string, tokens []token, i int) bool {
	t := tokens[i]
	if i+1 >= len(tokens) || tokens[i+1].kind != word || tokens[i+1].start-t.end > 2 || s[t.end] == '-' {
		return false
	}
	next := tokens[i+1]
	if next.text == "bad" && i+2 < len(tokens) && tokens[i+2].text == "gateway" {
		return true
	}
	// "550 Messages ..." is a reply, "550 messages" an amount.
	return units[next.text] && (s[next.start] >= 'a' || len(next.text) == 2)
}

// citing are words before which a section number, not a code, stands.
var citing = map[string]bool{"rfc": true, "section": true, "sec": true, "version": true, "v": true, "ver": true, "chapter": true, "release": true}

// enhancedHere tells whether the dotted number at i is an enhanced status code.
func enhancedHere(s string, tokens []token, i int) bool {
	t := tokens[i]
	if t.start > 0 && strings.IndexByte(".-_/$", s[t.start-1]) >= 0 && !strings.HasSuffix(s[:t.start], " -") && !codeBefore(s[:t.start]) {
		return false
	}
	if t.end < len(s) && (s[t.end] == '/' || s[t.end] == '%' || s[t.end] == '-' && t.end+1 < len(s) && isAlnum(s[t.end+1])) {
		return false
	}
	if i > 0 && tokens[i-1].kind == word {
		w := tokens[i-1].text
		if citing[w] || strings.HasPrefix(w, "rfc") || strings.HasPrefix(w, "postfix") || strings.HasPrefix(w, "exim") || strings.HasPrefix(w, "sendmail") {
			return false
		}
	}
	// "RFC 2821 4.1.3"
	return !(i > 1 && tokens[i-1].kind == number && tokens[i-2].kind == word && citing[tokens[i-2].text])
}

// codeBefore tells whether s ends in a reply code and a hyphen.
func codeBefore(s string) bool {
	return len(s) >= 4 && s[len(s)-1] == '-' && isDigit(s[len(s)-2]) && isDigit(s[len(s)-3]) && isDigit(s[len(s)-4])
}
