package smtperror

import "strings"

// skipMechanics marks words that tell at which command a host refused, and what
// the client sent: they say nothing about why.
func (r *Reading) skipMechanics() {
	for i, t := range r.tokens {
		if t.kind != word {
			continue
		}
		switch {
		case t.text == "in" && r.words(i, "in", "reply", "to"):
			r.skipTo(i, ")")
		case t.text == "refused" && r.words(i, "refused", "to", "talk", "to", "me"):
			r.skipTo(i, ":")
		case t.text == "did" && r.words(i, "did", "not", "like", "our"):
			r.skipTo(i, ":")
		case t.text == "after" && i+1 < len(r.tokens) && stages[r.tokens[i+1].text]:
			r.skipStage(i)
		case logKeys[t.text] && strings.HasPrefix(r.text[t.end:], "="):
			r.tokens[i].kind = skipped
		case strings.HasSuffix(r.text[:t.start], ">> "), strings.HasSuffix(r.text[:t.start], "--> "):
			r.skipTo(i, "\n", "<<")
		}
	}
}

// maxSkipped bounds what is passed over at once, in tokens.
const maxSkipped = 14

// skipTo passes over the tokens from i on, up to one of the marks.
func (r *Reading) skipTo(i int, marks ...string) {
	start := r.tokens[i].start
	for j := i; j < min(len(r.tokens), i+maxSkipped); j++ {
		for _, m := range marks {
			if strings.Contains(r.text[start:r.tokens[j].start], m) {
				return
			}
		}
		r.skip(j)
	}
}

// skipStage passes over "after RCPT TO:<address> SIZE=1" and the like.
func (r *Reading) skipStage(i int) {
	r.skip(i)
	for j := i + 1; j < min(len(r.tokens), i+maxSkipped); j++ {
		t := r.tokens[j]
		if !stages[t.text] && t.kind != mailbox && t.kind != number {
			return
		}
		r.skip(j)
	}
}

func (r *Reading) skip(j int) {
	if k := r.tokens[j].kind; k != stop && k != code {
		r.tokens[j].kind = skipped
	}
}

// stages are the words for the point that a dialogue had reached.
var stages = map[string]bool{
	"rcpt": true, "mail": true, "helo": true, "ehlo": true, "data": true, "initial": true, "connection": true, "pipelined": true,
	"starttls": true, "end": true, "of": true,
	"auth": true, "sending": true, "to": true, "from": true, "size": true, "body": true, "ret": true, "orcpt": true, "command": true,
}

// logKeys are names of fields in the logs of mail servers.
var logKeys = map[string]bool{"to": true, "from": true, "relay": true, "delay": true, "delays": true, "dsn": true, "status": true, "proto": true, "helo": true, "orig_to": true, "size": true, "nrcpt": true}
