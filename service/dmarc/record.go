package dmarc

import (
	"strings"
)

// Policy is what a domain owner asks for (RFC 9989 section 4.7, tags p, sp, np).
type Policy uint8

// Policies, mildest first. NoPolicy is a tag that is absent or invalid.
const (
	NoPolicy Policy = iota
	None
	Quarantine
	Reject
)

// String is the value of the tag, "" for NoPolicy.
func (p Policy) String() string { return [...]string{"", "none", "quarantine", "reject"}[p] }

// lower is the policy one step down, as t=y asks for. RFC 9989 section 4.7.
func (p Policy) lower() Policy {
	if p > None {
		return p - 1
	}
	return p
}

// PSD is what a record says about being a public suffix (tag psd).
type PSD uint8

// The values of psd. The default is PSDUnstated, "u".
const (
	PSDUnstated PSD = iota
	// PSDYes: the name is a public suffix; the organizational domain is one label
	// below.
	PSDYes
	// PSDNo: the name is an organizational domain.
	PSDNo
)

// String is the value of the tag.
func (p PSD) String() string { return [...]string{"u", "y", "n"}[p] }

// Record is one DMARC policy record. It is shared and must not be changed.
type Record struct {
	// Text is the record as published, the strings of the TXT record joined.
	Text string
	// Policy, Subdomain and Nonexistent are the valid values of p, sp and np.
	Policy, Subdomain, Nonexistent Policy
	// StrictDKIM and StrictSPF are adkim=s and aspf=s.
	StrictDKIM, StrictSPF bool
	// Testing is t=y.
	Testing bool
	PSD     PSD
	// Percent is the obsolete tag pct, 0 to 100; 100 when absent or invalid. Only
	// receivers of RFC 7489 obey it (RFC 9989 appendix A.6).
	Percent int
	// Aggregate and Failure are the destinations of rua and ruf, in order, the
	// unusable ones included.
	Aggregate, Failure []URI
	// FailureOptions are the values of fo: some of "0", "1", "d", "s". Empty
	// stands for the default, "0".
	FailureOptions []string
	// Tags are all tags in order, as written, white space around names and values
	// removed. The first is v.
	Tags []Tag
	// Problems are the faults, in order, the first 50, and MissingPolicy at the end.
	// None of them makes the record less of a record; see Usable for what they do
	// to its policy.
	Problems []Problem

	// badSubdomain and badNonexistent tell that sp and np are there and invalid.
	badSubdomain, badNonexistent bool
}

// Tag is one tag of a record.
type Tag struct {
	Name, Value string
}

// Fault is a kind of problem in a record.
type Fault string

// Faults. What each does is said beside it.
const (
	// NotATag: a part without "=", or with a name that is not letters. Ignored.
	NotATag Fault = "not a tag"
	// UnknownTag: ignored (RFC 9989 section 4.8).
	UnknownTag Fault = "unknown tag"
	// RemovedTag: pct, rf or ri, of RFC 7489. Ignored.
	RemovedTag Fault = "tag of RFC 7489, removed by RFC 9989"
	// DuplicateTag: the first one counts.
	DuplicateTag Fault = "duplicate tag"
	// InvalidValue: the default applies; for p, sp and np see Record.Usable.
	InvalidValue Fault = "invalid value"
	// InvalidURI: a destination that is no URI. The others stay.
	InvalidURI Fault = "invalid URI"
	// UnservedScheme: a destination that is a URI, but not a mailto. The others
	// stay.
	UnservedScheme Fault = "URI of a scheme that nobody serves"
	// MissingPolicy: there is no p. See Record.Usable.
	MissingPolicy Fault = "no policy"
)

// Problem is one fault of a record.
type Problem struct {
	Fault Fault
	// Tag is the tag's name in lower case, or the part that is no tag.
	Tag string
	// Value is the value or URI at fault.
	Value string
	// Nearest is the known tag that an unknown one resembles, "" when none does.
	Nearest string
}

// String is one line: "unknown tag polcy=reject (p is meant?)".
func (p Problem) String() string {
	s := string(p.Fault)
	if p.Tag != "" {
		s += " " + p.Tag
	}
	if p.Value != "" {
		s += "=" + p.Value
	}
	if p.Nearest != "" {
		s += " (" + p.Nearest + " is meant?)"
	}
	return s
}

// Usable tells what the record asks for as a whole. With a valid p, and no
// invalid sp or np, it is what it says. Otherwise, with at least one valid
// destination of aggregate reports, the record stands for p=none: defaulted is
// true. Without, there is no DMARC: ok is false. RFC 9989 section 4.10.1.
func (r *Record) Usable() (defaulted, ok bool) {
	return r.usable(r.badSubdomain || r.badNonexistent)
}

func (r *Record) usable(bad bool) (defaulted, ok bool) {
	if r.Policy != NoPolicy && !bad {
		return false, true
	}
	for _, u := range r.Aggregate {
		if u.Valid {
			return true, true
		}
	}
	return false, false
}

// For is the policy for a domain that the record covers: its own name (subdomain
// false), or one below, which exists or not. np falls back to sp, and sp to p.
// NoPolicy says that there is no DMARC; t is not considered. RFC 9989 sections 4.7
// and 4.10.1.
func (r *Record) For(subdomain, exists bool) Policy {
	defaulted, ok := r.Usable()
	switch {
	case !ok:
		return NoPolicy
	case defaulted:
		return None
	case subdomain && !exists && r.Nonexistent != NoPolicy:
		return r.Nonexistent
	case subdomain && r.Subdomain != NoPolicy:
		return r.Subdomain
	}
	return r.Policy
}

// Parse reads a TXT record, strings joined. It is false for a text that is no
// DMARC record: one that does not begin with the tag v of exactly the value
// "DMARC1" (RFC 9989 sections 4.7 and 4.8). The name of the tag may be of either
// case, the value not.
func Parse(text string) (*Record, bool) {
	head, rest, _ := strings.Cut(text, ";")
	name, value, ok := cutTag(head)
	if !ok || !strings.EqualFold(name, "v") || value != "DMARC1" || head[0] == ' ' || head[0] == '\t' {
		return nil, false
	}
	r := &Record{Text: text, Percent: 100, Tags: []Tag{{name, value}}}
	seen := map[string]bool{"v": true}
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, ";")
		if strings.Trim(part, wsp) == "" {
			continue // an empty part harms nobody
		}
		r.add(part, seen)
	}
	if !seen["p"] {
		r.problem(MissingPolicy, "", "")
	}
	return r, true
}

// wsp is WSP of RFC 5234.
const wsp = " \t"

// cutTag splits a part at its "=" and trims both sides.
func cutTag(part string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(part, "=")
	return strings.Trim(name, wsp), strings.Trim(value, wsp), ok
}

// maxProblems bounds the faults that are kept of a record.
const maxProblems = 50

func (r *Record) problem(f Fault, tag, value string) {
	if len(r.Problems) == maxProblems && f != MissingPolicy {
		return
	}
	p := Problem{Fault: f, Tag: tag, Value: value}
	if f == UnknownTag {
		p.Nearest = nearest(tag)
	}
	r.Problems = append(r.Problems, p)
}

// add reads one part between semicolons.
func (r *Record) add(part string, seen map[string]bool) {
	name, value, ok := cutTag(part)
	if !ok || !letters(name) {
		r.problem(NotATag, strings.Trim(part, wsp), "")
		return
	}
	r.Tags = append(r.Tags, Tag{name, value})
	name = strings.ToLower(name)
	if seen[name] {
		r.problem(DuplicateTag, name, value)
		return
	}
	seen[name] = true
	if !printable(value) || !r.set(name, value) {
		r.badSubdomain = r.badSubdomain || name == "sp"
		r.badNonexistent = r.badNonexistent || name == "np"
		r.problem(InvalidValue, name, value)
	}
}

// set takes a value into the record; false when the value is invalid. RFC 9989
// section 4.8; the values are of either case (RFC 5234 section 2.3).
func (r *Record) set(name, value string) bool {
	low := strings.ToLower(value)
	switch name {
	case "p":
		return choose(&r.Policy, low, policies)
	case "sp":
		return choose(&r.Subdomain, low, policies)
	case "np":
		return choose(&r.Nonexistent, low, policies)
	case "adkim":
		return choose(&r.StrictDKIM, low, modes)
	case "aspf":
		return choose(&r.StrictSPF, low, modes)
	case "t":
		return choose(&r.Testing, low, yesNo)
	case "psd":
		return choose(&r.PSD, low, psds)
	case "fo":
		return r.setOptions(low)
	case "rua":
		r.Aggregate = r.uris(name, value)
	case "ruf":
		r.Failure = r.uris(name, value)
	case "pct", "rf", "ri":
		r.setRemoved(name, value)
	default:
		r.problem(UnknownTag, name, value)
	}
	return true
}

var (
	policies = map[string]Policy{"none": None, "quarantine": Quarantine, "reject": Reject}
	modes    = map[string]bool{"r": false, "s": true}
	yesNo    = map[string]bool{"n": false, "y": true}
	psds     = map[string]PSD{"u": PSDUnstated, "y": PSDYes, "n": PSDNo}
)

func choose[T any](to *T, value string, values map[string]T) bool {
	v, ok := values[value]
	if ok {
		*to = v
	}
	return ok
}

// setOptions reads fo: a list in which each value may stand once, and 0 and 1 not
// together.
func (r *Record) setOptions(value string) bool {
	list := strings.Split(value, ":")
	seen := map[string]bool{}
	for i, v := range list {
		v = strings.Trim(v, wsp)
		if list[i] = v; len(v) != 1 || !strings.Contains("01ds", v) || seen[v] {
			return false
		}
		seen[v] = true
	}
	if seen["0"] && seen["1"] {
		return false
	}
	r.FailureOptions = list
	return true
}

func (r *Record) setRemoved(name, value string) {
	r.problem(RemovedTag, name, value)
	if name != "pct" || len(value) > 3 {
		return
	}
	n := 0
	for _, c := range []byte(value) {
		if c < '0' || c > '9' {
			return
		}
		n = n*10 + int(c-'0')
	}
	if value != "" && n <= 100 {
		r.Percent = n
	}
}

func letters(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

// printable is dmarc-value of RFC 9989 section 4.8. An empty value is none.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// known are the registered tags (RFC 9989 section 9.3), those of RFC 7489
// included.
var known = []string{"p", "sp", "np", "t", "psd", "adkim", "aspf", "rua", "ruf", "fo", "pct", "rf", "ri"}

// nearest is the known tag that differs least from an unknown one, if it differs
// by at most a third of its letters, or begins like it ("policy").
func nearest(name string) string {
	if strings.HasPrefix(name, "pol") {
		return "p"
	}
	best, least := "", 2
	for _, k := range known {
		if d := distance(name, k); len(k) > 2 && d <= least && d < len(k)-1 {
			if d < least || best == "" {
				best = k
			}
			least = d
		}
	}
	return best
}

// distance is the number of letters to insert, remove, replace or swap with the
// next to turn a into b.
func distance(a, b string) int {
	if len(a) > len(b)+2 || len(b) > len(a)+2 {
		return 3 // as good as infinite: nobody asks beyond 2
	}
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}
