package smtperror

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Verdict is the cause that a text states.
type Verdict struct {
	Category Category
	// Confidence in Category, 0 to 1.
	Confidence float64
	// Alternatives are other causes that the text allows, likeliest first.
	Alternatives []Alternative
}

const maxAlternatives = 3

// evidence adds up what speaks for each cause: the loudest sign in full, others a
// little.
type evidence [Unknown + 1]struct{ best, rest float64 }

func (e *evidence) add(c Category, weight float64) {
	v := &e[c]
	if weight > v.best {
		v.best, weight = weight, v.best
	}
	v.rest += weight
}

func (e *evidence) score(c Category) float64 {
	return e[c].best + math.Min(0.12*e[c].rest, 1.2)
}

// Classify weighs what a reading holds: the provider's own codes, the words, the
// enhanced code and the basic code, in this order.
func Classify(r Reading) Verdict {
	var e evidence
	for _, m := range r.subcodes {
		e.add(m.category, m.weight)
	}
	r.weighSentences(&e)
	r.weighCodes(&e)
	return e.verdict()
}

// weighSentences applies each rule once to each sentence.
func (r *Reading) weighSentences(e *evidence) {
	g := compiled()
	var best evidence
	for i, s := range r.sentences {
		var here evidence
		for j := range g.rules {
			rule := &g.rules[j]
			if rule.weight > here[rule.category].best && rule.holds(s, &r.all) {
				here[rule.category].best = rule.weight
			}
		}
		for c := range here {
			if here[c].best > 0 {
				best.add(Category(c), here[c].best*r.weights[i])
			}
		}
	}
	for c := range best {
		if best[c].best > 0 {
			e.add(Category(c), best[c].best)
			e[c].rest += math.Min(best[c].rest, 4)
		}
	}
}

// weighCodes adds what the codes say.
func (r *Reading) weighCodes(e *evidence) {
	for i, q := range r.quotes {
		inner := 1.0
		if i < len(r.quotes)-1 {
			inner = 0.8
		}
		if q.enhanced != "" {
			r.weighEnhanced(e, q.enhanced, inner)
		}
		if m, ok := basicCodes[q.code]; ok && !r.agreed(q.token) {
			e.add(m.category, m.weight*inner)
		}
	}
	if s := firstField(r.report.fields["status"]); isEnhanced(s) {
		r.weighEnhanced(e, s, 0.7)
	}
	switch strings.ToLower(r.report.fields["action"]) { // RFC 3464 section 2.3.3
	case "delivered", "relayed", "expanded":
		e.add(NotAnError, 9)
	}
	if len(r.quotes) == 0 && r.report.automatic {
		e.add(NotAnError, 7)
	}
}

func (r *Reading) weighEnhanced(e *evidence, enh string, factor float64) {
	if m := enhancedMeaning(r.Provider, enh); m.weight > 0 {
		e.add(m.category, m.weight*factor)
	}
}

// verdict ranks the causes.
func (e *evidence) verdict() Verdict {
	type ranked struct {
		c     Category
		score float64
	}
	var list []ranked
	for c := PTRMissing; c < Unknown; c++ {
		if s := e.score(c); s > 0 {
			list = append(list, ranked{c, s})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return -cmp.Compare(a.score, b.score) })
	if len(list) == 0 || list[0].score < minScore {
		v := Verdict{Category: Unknown, Confidence: 0.5}
		for _, l := range list {
			v.Alternatives = append(v.Alternatives, Alternative{l.c, 0.2})
			if len(v.Alternatives) == maxAlternatives {
				break
			}
		}
		return v
	}
	var sum float64
	for _, l := range list {
		sum += math.Exp(l.score - list[0].score)
	}
	v := Verdict{Category: list[0].c, Confidence: round(ceiling(list[0].score) / sum)}
	for _, l := range list[1:] {
		p := round(ceiling(list[0].score) * math.Exp(l.score-list[0].score) / sum)
		if p < 0.02 || len(v.Alternatives) == maxAlternatives {
			break
		}
		v.Alternatives = append(v.Alternatives, Alternative{l.c, p})
	}
	return v
}

// minScore is below what a text states no cause.
const minScore = 1

// ceiling is how sure a cause can be whose signs add up to score.
func ceiling(score float64) float64 { return math.Min(0.99, 0.3+score/10) }

func round(p float64) float64 { return math.Round(p*100) / 100 }
