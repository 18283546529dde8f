package smtperror

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// Reading is a text taken apart.
type Reading struct {
	Reply Reply
	// Temporary tells whether the refusing server asks to try again. The basic code
	// decides, then the enhanced code, then the words (RFC 5321 section 4.2.1).
	Temporary bool
	// Provider is who or what refused, in lower case: a mailbox provider, a filter,
	// or the software where only that shows.
	Provider string
	// Software is what refused, "" when the text does not show it.
	Software string

	text      string
	tokens    []token
	quotes    []quote
	sentences []*sentence
	weights   []float64 // of the sentences
	report    report
	subcodes  []meaning
	// mailFrom, rcptTo and helo are what the text shows of the attempt itself.
	mailFrom, rcptTo, helo string
	receiver               map[int]bool // tokens that name the host that refused, or what it asked
}

// maxReplyText bounds Reply.Text, in octets.
const maxReplyText = 2000

// Read takes a text apart. It takes any text, and gives a reading without codes
// where there are none.
func Read(text string) Reading {
	var r Reading
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	r.report = parseReport(text)
	var bounds []int
	var b strings.Builder
	for _, p := range r.report.parts {
		b.WriteString(p.text)
		b.WriteString("\n\n")
		bounds = append(bounds, b.Len())
	}
	r.text = b.String()
	r.tokens = tokenize(r.text)
	r.quotes = findQuotes(r.text, r.tokens)
	r.findEnvelope()
	r.skipMechanics()
	r.findReceiver()
	r.sentences = compiled().sentences(r.tokens, r.quotes)
	for _, s := range r.sentences {
		r.weights = append(r.weights, r.weigh(s, bounds))
	}
	r.findSubcodes()
	r.recognise()
	r.fillReply()
	return r
}

// beforeReply is how much the words before a reply count: they tell of the attempt
// more than of its cause.
const beforeReply = 0.4

// weigh is how much a sentence counts: as its part does, a little more where
// the innermost of several quoted replies speaks, for that has the cause.
func (r *Reading) weigh(s *sentence, bounds []int) float64 {
	at := 0
	if s.first < len(r.tokens) {
		at = r.tokens[s.first].start
	}
	weight := 1.0
	for i, end := range bounds {
		if at < end {
			weight = r.report.parts[i].weight
			break
		}
	}
	switch n := len(r.quotes); {
	case n > 0 && s.first < r.quotes[0].token:
		weight *= beforeReply
	case n > 1 && s.first >= r.quotes[n-1].token:
		weight *= 1.05
	}
	return weight
}

// fillReply takes the outermost code, which is that of the host that refused, and
// the enhanced code that goes with it.
func (r *Reading) fillReply() {
	reply := &r.Reply
	from := 0
	for _, q := range r.quotes {
		// In a transcript the refusal comes after replies that agree.
		if reply.Code != 0 && reply.Code < 400 && q.code >= 400 {
			reply.Code, reply.Enhanced = 0, ""
		}
		if reply.Code == 0 && q.code != 0 {
			reply.Code = q.code
		}
		if reply.Enhanced == "" && q.enhanced != "" {
			reply.Enhanced = q.enhanced
		}
	}
	if len(r.quotes) > 0 {
		from = r.tokens[r.quotes[0].token].start
	}
	if s := firstField(r.report.fields["status"]); reply.Enhanced == "" && isEnhanced(s) {
		reply.Enhanced = s
	}
	reply.Text = r.said(from)
	if m, ok := basicCodes[reply.Code]; ok {
		reply.CodeMeaning = m.text
	}
	if reply.Enhanced != "" {
		reply.EnhancedMeaning = enhancedMeaning(r.Provider, reply.Enhanced).text
	}
	r.Temporary = r.temporary()
}

func firstField(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// said is the text from an offset on, in one line and without codes.
func (r *Reading) said(from int) string {
	var b strings.Builder
	at := from
	for _, t := range r.tokens {
		if t.kind == code && t.start >= at {
			b.WriteString(r.text[at:t.start])
			at = t.end
			if at < len(r.text) && r.text[at] == '-' {
				at++
			}
		}
		if b.Len() > 2*maxReplyText {
			break
		}
	}
	if at < len(r.text) && b.Len() <= 2*maxReplyText {
		b.WriteString(r.text[at:min(len(r.text), at+2*maxReplyText)])
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	text = strings.Trim(text, " -:;=#")
	if len(text) > maxReplyText {
		text = text[:maxReplyText]
	}
	return strings.ToValidUTF8(text, "")
}

// temporary applies the order of precedence: RFC 5321 section 4.2.1 for the basic
// code, RFC 3463 section 3.1 for the class, then words.
func (r *Reading) temporary() bool {
	if r.Reply.Code != 0 {
		return r.Reply.Code/100 == 4
	}
	if r.Reply.Enhanced != "" {
		return r.Reply.Enhanced[0] == '4'
	}
	if strings.EqualFold(r.report.fields["action"], "delayed") {
		return true
	}
	g := compiled()
	for _, s := range r.sentences {
		if s.set.has(g.names["delivering"]) || s.set.has(g.names["softdns"]) && s.set.has(g.names["later"]) || s.set.has(g.names["grey"]) {
			return true
		}
	}
	later := false
	for _, s := range r.sentences {
		later = later || s.set.has(g.names["later"])
		if s.set.has(g.names["permanent"]) {
			return false
		}
	}
	return later && !r.expired()
}

// expired tells whether a queue gave up.
func (r *Reading) expired() bool {
	g := compiled()
	for _, s := range r.sentences {
		if s.set.has(g.names["expired"]) {
			return true
		}
	}
	return false
}

// words tells whether the tokens from i on are these words.
func (r *Reading) words(i int, want ...string) bool {
	if i < 0 || i+len(want) > len(r.tokens) {
		return false
	}
	for j, w := range want {
		if r.tokens[i+j].text != w {
			return false
		}
	}
	return true
}

// findSubcodes collects what providers' own codes and links say.
func (r *Reading) findSubcodes() {
	for i, t := range r.tokens {
		switch {
		case t.kind == link:
			if _, p, ok := strings.Cut(strings.ToLower(t.text), "?p="); ok && operatorOf(linkHost(t.text)) == "google" {
				if m, ok := googleReasons[strings.TrimRight(strings.SplitN(p, "&", 2)[0], ".,;")]; ok {
					r.subcodes = append(r.subcodes, m)
				}
			}
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

// linkSubcodes takes codes out of links to their explanation, as in "#RL000001".
func (r *Reading) linkSubcodes(url string) {
	for w := range strings.FieldsFuncSeq(strings.ToLower(url), func(c rune) bool { return c > 0x7f || !isAlnum(byte(c)) }) {
		if c, ok := subcodes[w]; ok && len(w) > 4 {
			r.takeSubcode(c)
		}
	}
}

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
	switch {
	case strings.Contains(r.text, ">..."):
		r.Software = "sendmail"
	case r.Software != "":
	case strings.Contains(r.text, "(#id-"):
		r.Software = "improvmx"
	case hasFold(r.report.fields["diagnostic-code"], "x-postfix") || hasFold(r.text, "x-postfix") || strings.Contains(r.text, "dsn=") && strings.Contains(r.text, "status="):
		r.Software = "postfix"
	case strings.Contains(r.text, "(#4.") || strings.Contains(r.text, "(#5."):
		r.Software = "qmail"
	}
	r.Provider = cmp.Or(r.Provider, bySign, byLink, byName, r.Software)
	if !utf8.ValidString(r.Provider) {
		r.Provider = ""
	}
}
