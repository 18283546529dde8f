package smtperror

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
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
	refusal   int // the first token of the last reply that refuses
	sentences []*sentence
	weights   []float64  // of the sentences
	all       conceptSet // of the whole text
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
	for _, q := range r.quotes {
		if q.code >= 400 {
			r.refusal = q.token
		}
	}
	r.findEnvelope()
	r.skipMechanics()
	r.findReceiver()
	r.sentences = r.findSentences()
	for _, s := range r.sentences {
		r.weights = append(r.weights, r.weigh(s, bounds))
	}
	r.findSubcodes()
	r.recognise()
	r.fillReply()
	r.tellClass()
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
	case n > 1 && r.agreed(s.first):
		weight *= agreement
	case n > 1 && s.first >= r.quotes[n-1].token:
		weight *= 1.05
	}
	return weight
}

// agreement is how much the replies of a transcript count that agreed, beside one
// that refused.
const agreement = 0.1

// agreed tells whether the token at i is in a reply that agreed (RFC 5321 section
// 4.2.1), before one that did not.
func (r *Reading) agreed(i int) bool {
	after, _ := slices.BinarySearchFunc(r.quotes, i+1, func(q quote, token int) int { return cmp.Compare(q.token, token) })
	if after == 0 || i >= r.refusal {
		return false
	}
	c := r.quotes[after-1].code
	return 200 <= c && c < 400
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
		// A sender that names the address it tried speaks of one attempt.
		tried := s.set.has(g.names["connect"]) && (s.set.has(g.names["timeout"]) || s.set.has(g.names["refusedconn"])) && len(r.tokens) > 1 && r.tokens[0].text == "connect"
		later = later || tried || s.set.has(g.names["later"])
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

// tellClass tells each sentence what kind of reply it is in, and gathers the
// concepts of them all.
func (r *Reading) tellClass() {
	g := compiled()
	var told []int
	add := func(concept string) {
		if c, ok := g.names[concept]; ok {
			told = append(told, c)
		}
	}
	switch {
	case r.Temporary:
		add("4xx")
	case r.Reply.Code >= 500 || r.Reply.Code == 0 && strings.HasPrefix(r.Reply.Enhanced, "5."):
		add("5xx")
	}
	if r.atConnect() {
		add("atconnect")
	}
	_, detail, _ := strings.Cut(r.Reply.Enhanced, ".")
	add("c" + strconv.Itoa(r.Reply.Code))
	add("e" + detail)
	for _, s := range r.sentences {
		for _, c := range told {
			s.set.add(c)
		}
		for i := range r.all {
			r.all[i] |= s.set[i]
		}
	}
}

// atConnect tells whether the text says that the host refused before anything but
// the address of the client was known.
func (r *Reading) atConnect() bool {
	for i, t := range r.tokens {
		switch t.text {
		case "refused":
			if r.words(i, "refused", "to", "talk", "to", "me") {
				return true
			}
		case "initial":
			if r.words(i-1, "after", "initial", "connection") {
				return true
			}
		}
	}
	return false
}
