package smtperror

import "strings"

// findReceiver marks the names and addresses of the host that refused: "host X[IP]
// said", "relay=X[IP]", "Connected to IP", "Giving up on IP". They are never the
// sender's.
func (r *Reading) findReceiver() {
	r.receiver = map[int]bool{}
	for i, t := range r.tokens {
		if t.kind == ipAddr || t.kind == domainName {
			r.receiver[i] = r.refused(i)
		}
	}
}

// refused tells whether the name or address at i is that of the host that refused.
func (r *Reading) refused(i int) bool {
	t := r.tokens[i]
	last := i - 1
	for last >= 0 && r.tokens[last].kind == stop {
		last--
	}
	if last >= 0 && t.kind == ipAddr && r.receiver[last] && strings.Trim(r.text[r.tokens[last].end:t.start], ". ([]") == "" {
		return true
	}
	if t.kind == ipAddr && (r.words(i+1, "said") || r.words(i+1, "refused", "to", "talk") || r.words(i+1, "server", "refused", "to", "talk") || r.words(i+1, "gave", "this", "error")) {
		return true
	}
	if i > 1 && r.words(i-2, "by", "host") { // "not offered by host X[IP]"
		return true
	}
	if t.kind == domainName && operatorOf(t.text) != "" && i+1 < len(r.tokens) && r.tokens[i+1].kind == ipAddr && i > 0 && r.tokens[i-1].kind == code {
		return true // "421 mx.provider.example [IP] ..." greets with its own name
	}
	if t.kind == domainName && i+1 < len(r.tokens) && r.tokens[i+1].kind == ipAddr && (r.words(i+2, "said") || r.words(i+2, "refused", "to", "talk")) {
		return true
	}
	if r.words(i+1, "did", "not", "like") || r.words(i+2, "did", "not", "like") || r.words(i-2, "of", "server") || r.words(i+1, "does", "not", "like") || r.words(i+1, "failed", "after") || r.words(i+1, "gave", "this", "error") {
		return true
	}
	if i == 0 || r.tokens[i-1].text == "" {
		return false
	}
	before := r.text[r.tokens[i-1].end:t.start]
	switch r.tokens[i-1].text {
	case "host": // not "Client host rejected"
		return r.speaks(i)
	case "h": // Exim's log
		return strings.HasPrefix(before, "=") && r.speaks(i)
	case "i": // the interface, in Exim's log
		return strings.HasPrefix(before, "=")
	case "by":
		return t.kind == domainName && r.speaks(i)
	case "relay", "mx":
		return strings.HasPrefix(before, "=")
	case "server":
		return strings.Contains(before, ":") || r.speaks(i)
	case "to":
		return i > 1 && connecting[r.tokens[i-2].text]
	case "called": // Exim, of a callout
		return strings.Contains(before, ":")
	case "on":
		return r.words(i-3, "giving", "up", "on")
	case "with":
		return i > 1 && (r.tokens[i-2].text == "connection" || r.tokens[i-2].text == "conversation")
	}
	return false
}

var connecting = map[string]bool{"connected": true, "connect": true, "connecting": true, "connection": true}

// speeches follow the name of the host that speaks.
var speeches = []string{"said", "refused to talk", ":", "SMTP error", "did not like", "Delay reason", "reason", "returned", "replied", "."}

// speaks tells whether the host at i, with its address after it, is the one that
// the text lets speak.
func (r *Reading) speaks(i int) bool {
	end := r.tokens[i].end
	rest := strings.Join(strings.Fields(r.text[end:min(len(r.text), end+120)]), " ")
	address := false
	if open := strings.IndexAny(rest, "[("); open >= 0 && open < 4 {
		if closed := strings.IndexAny(rest, "])"); closed > 0 {
			rest, address = strings.TrimPrefix(rest[closed+1:], ":25"), true
		}
	}
	rest = strings.TrimLeft(rest, " )]")
	for _, s := range speeches {
		// A colon or a full stop alone is too little.
		if hasFold(rest, s) && (address || len(s) > 1) {
			return true
		}
	}
	return false
}
