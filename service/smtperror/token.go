package smtperror

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

type kind uint8

const (
	word     kind = iota + 1
	number        // digits alone
	enhanced      // looks like an enhanced status code
	ipAddr
	domainName
	mailbox
	link
	stop    // the end of a sentence
	code    // a number that has been recognised as a reply code
	skipped // a word about the attempt, not the cause
)

// token is a piece of a text that means something. Words are in lower case,
// without accents.
type token struct {
	kind       kind
	text       string
	start, end int // offsets in the text
	addr       netip.Addr
}

const (
	maxTokens = 40_000
	maxWord   = 64
	maxRun    = 320 // the longest address
)

// tokenize cuts a clean text into tokens, in one pass.
func tokenize(s string) []token {
	out := make([]token, 0, len(s)/6+8)
	for i := 0; i < len(s) && len(out) < maxTokens; {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			i = wideToken(s, i, &out)
		case isAlnum(c):
			i = runToken(s, i, &out)
		case c == '[' && strings.HasPrefix(s[i:], "[IPv6:"): // RFC 5321 section 4.1.3
			i += len("[IPv6:")
		case c == ':' && strings.HasPrefix(s[i:], "::") && i+2 < len(s) && isHex(s[i+2]):
			i = runToken(s, i, &out)
		default:
			if ends(s, i) {
				out = append(out, token{kind: stop, start: i, end: i + 1})
			}
			i++
		}
	}
	return out
}

// ends tells whether a sentence ends at s[i].
func ends(s string, i int) bool {
	switch s[i] {
	case '.', '!', '?':
		return i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\n' || s[i+1] == '"' || s[i+1] == '<' || s[i+1] >= utf8.RuneSelf
	case ';', '|':
		return true
	case '\n':
		return i+1 < len(s) && strings.IndexByte("\n>-*", s[i+1]) >= 0
	}
	return false
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// wideToken reads from a character beyond ASCII. Ideographs and kana are a token each, so
// that phrases of scripts without spaces are phrases of tokens; letters make
// words.
func wideToken(s string, i int, out *[]token) int {
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case ideograph(r):
		*out = append(*out, token{kind: word, text: s[i : i+n], start: i, end: i + n})
	case unicode.IsLetter(r):
		return wordToken(s, i, out)
	}
	return i + n
}

// ideograph tells signs that are a token each; the long vowel mark counts.
func ideograph(r rune) bool {
	return r == 'ー' || r > 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// wordToken reads letters of any alphabet, digits and apostrophes between
// letters.
func wordToken(s string, i int, out *[]token) int {
	start := i
	var b []byte
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case 'A' <= c && c <= 'Z':
				c += 'a' - 'A'
			case isAlnum(c):
			case i == start+1 && b[0] == 'b' && (c == '\'' || c == '"'): // as Python writes octets: b'text'
				return i
			case (c == '\'' || c == '"' || c == '`') && i > start && i+1 < len(s) && isLetter(s[i-1]) && isLetter(s[i+1]):
				i++
				continue
			case c == '-' && i == start+1 && b[0] == 'e' && hasFold(s[i:], "-mail"):
				i++
				continue
			default:
				return emitWord(s, out, b, start, i)
			}
			b = append(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) || ideograph(r) {
			break
		}
		b = append(b, fold(r)...)
		i += n
	}
	return emitWord(s, out, b, start, i)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// emitWord adds the word b, which is s[start:end] folded, or its parts.
func emitWord(s string, out *[]token, b []byte, start, end int) int {
	if len(b) == 0 || len(b) > maxWord {
		return end
	}
	if len(b) != end-start {
		*out = append(*out, token{kind: word, text: string(b), start: start, end: end})
		return end
	}
	parts := cutCompound(s[start:end])
	if parts == nil {
		parts = []string{s[start:end]}
	}
	at := start
	for _, p := range parts {
		at += strings.Index(s[at:end], p)
		*out = append(*out, token{kind: word, text: string(b[at-start : at-start+len(p)]), start: at, end: at + len(p)})
		at += len(p)
	}
	return end
}

// runToken reads a run that may hold dots, colons or an at sign, and tells what
// it is: a link, an address, a code, a name, or words.
func runToken(s string, i int, out *[]token) int {
	if hasFold(s[i:], "http://") || hasFold(s[i:], "https://") || hasFold(s[i:], "www.") && withPath(s[i:]) {
		return linkToken(s, i, out)
	}
	if leadingCode(s, i) {
		*out = append(*out, token{kind: number, text: s[i : i+3], start: i, end: i + 3})
		return i + 3
	}
	end := i
	dots, colons, at := 0, 0, -1
	for end < min(len(s), i+maxRun) {
		c := s[end]
		switch {
		case isAlnum(c):
		case c == '.':
			dots++
		case c == ':' && (colons > 0 || isHexRun(s[i:end])):
			colons++
		case c == '@' && at < 0:
			at = end - i
		case c == '-' || at < 0 && strings.IndexByte("+=/%&", c) >= 0 && mailboxAhead(s[end:]):
		default:
			c = 0
		}
		if c == 0 {
			break
		}
		end++
	}
	run := strings.TrimRight(s[i:end], ".:-@")
	dots -= strings.Count(s[i+len(run):end], ".")
	end = i + len(run)
	// "192.0.2.1_is_blocked"
	if cut := strings.IndexByte(run, '_'); cut > 0 && at < 0 {
		if _, err := netip.ParseAddr(run[:cut]); err == nil {
			run, end, dots = run[:cut], i+cut, strings.Count(run[:cut], ".")
		}
	}
	if t, ok := special(run, dots, colons, at); ok {
		t.start, t.end = i, end
		*out = append(*out, t)
		return end
	}
	if allDigits(run) {
		*out = append(*out, token{kind: number, text: run, start: i, end: end})
		return end
	}
	return max(wordToken(s, i, out), i+1)
}

// linkToken reads a link, without the punctuation of the sentence it stands in.
func linkToken(s string, i int, out *[]token) int {
	end := i
	for end < len(s) && s[end] > ' ' && s[end] < 0x7f && strings.IndexByte("<>\"'`|", s[end]) < 0 {
		end++
	}
	end = i + len(strings.TrimRight(s[i:end], ".,;:!)]}*"))
	*out = append(*out, token{kind: link, text: s[i:end], start: i, end: end})
	return end
}

// withPath tells a link without scheme from the name of a host.
func withPath(s string) bool {
	end := strings.IndexFunc(s, func(r rune) bool { return r != '.' && r != '-' && (r >= 0x7f || !isAlnum(byte(r))) })
	return end > 0 && s[end] == '/'
}

// leadingCode tells whether a reply code with its hyphen begins at s[i], as in
// "550-5.7.1" and "554-mx.example.com", and no name such as 203-0-113-1.example.
func leadingCode(s string, i int) bool {
	if len(s) < i+5 || s[i] < '2' || s[i] > '5' || !isDigit(s[i+1]) || !isDigit(s[i+2]) || s[i+3] != '-' {
		return false
	}
	j := i + 4
	for j < len(s) && isDigit(s[j]) {
		j++
	}
	if j > i+4 && j < len(s) && s[j] == '-' {
		return false
	}
	before := strings.TrimRight(s[:i], " ")
	return before == "" || before[len(before)-1] == '\n' || strings.IndexByte(";:<('\"=>-|", before[len(before)-1]) >= 0 || s[j-1] != '-' || s[j] == ' '
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// isHexRun tells whether s can be the beginning of an IPv6 address.
func isHexRun(s string) bool {
	if len(s) > 4 {
		return false
	}
	for i := range len(s) {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// mailboxAhead tells whether s goes on to an at sign, so that its first octet is
// part of a local part.
func mailboxAhead(s string) bool {
	for i := 0; i < min(len(s), 64); i++ {
		switch c := s[i]; {
		case c == '@':
			return true
		case !isAlnum(c) && strings.IndexByte("+=/%&.-", c) < 0:
			return false
		}
	}
	return false
}

// special recognises what is not words.
func special(run string, dots, colons, at int) (token, bool) {
	switch {
	case at > 0 && at < len(run)-1:
		return token{kind: mailbox, text: run}, true
	case dots == 3 && isDigit(run[0]):
		bare, _, _ := strings.Cut(run, ":")
		if a, err := netip.ParseAddr(bare); err == nil {
			return token{kind: ipAddr, text: bare, addr: a}, true
		}
	case colons >= 2:
		if a, err := netip.ParseAddr(run); err == nil {
			return token{kind: ipAddr, text: run, addr: a}, true
		}
	case dots == 2 && isEnhanced(run):
		return token{kind: enhanced, text: run}, true
	}
	if dots > 0 && colons == 0 && looksLikeDomain(run) {
		return token{kind: domainName, text: run}, true
	}
	return token{}, false
}

// isEnhanced tells whether s has the form of an enhanced status code (RFC 3463
// section 2) with a subject that exists. Class 7 does not exist and is seen.
func isEnhanced(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 3 || len(parts[0]) != 1 || strings.IndexByte("2457", parts[0][0]) < 0 {
		return false
	}
	subject, err := strconv.Atoi(parts[1])
	if err != nil || subject > 9 || len(parts[1]) > 1 {
		return false
	}
	detail, err := strconv.Atoi(parts[2])
	return err == nil && detail < 1000 && len(parts[2]) <= 3
}

// ownTLDs are top-level names that the public suffix list does not have (RFC
// 2606, RFC 6761, and what private networks use).
var ownTLDs = map[string]bool{
	"test": true, "example": true, "invalid": true, "localhost": true, "local": true, "localdomain": true, "lan": true,
	"internal": true, "arpa": true, "home": true, "corp": true,
}

// looksLikeDomain tells names from sentences that lack the space after their
// full stop.
func looksLikeDomain(s string) bool {
	last := strings.LastIndexByte(s, '.')
	tld := s[last+1:]
	if len(tld) < 2 || isDigit(tld[0]) || strings.Contains(s, "..") || strings.ContainsRune(tld, '_') || len(s) > 253 {
		return false
	}
	// "again.Please", "list.If": a capital in the last label alone begins a sentence.
	if 'A' <= tld[0] && tld[0] <= 'Z' && len(tld) > 1 && 'a' <= tld[1] && tld[1] <= 'z' && !('A' <= s[0] && s[0] <= 'Z' && strings.Count(s, ".") > 1) {
		return false
	}
	tld = strings.ToLower(tld)
	if ownTLDs[tld] {
		return true
	}
	_, icann := publicsuffix.PublicSuffix(tld)
	return icann
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// fold is the letter in lower case without its accent, German umlauts as one
// letter.
func fold(r rune) string {
	r = unicode.ToLower(r)
	if r < 0xc0 || r > 0x17f {
		if r == 'ё' {
			r = 'е'
		}
		return string(r)
	}
	if r == 'ß' {
		return "ss"
	}
	if i := int(r - 0xe0); i >= 0 && i < len(latin) && latin[i] != ' ' {
		return latin[i : i+1]
	}
	return string(r)
}

// latin are the base letters of U+00E0 to U+017F.
const latin = "aaaaaaaceeeeiiiidnooooo ouuuuyty" + // U+00E0
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllln" + // U+0100
	"nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs" // U+0144
