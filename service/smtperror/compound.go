package smtperror

import "strings"

// Bounds of the parts of a compound word, in octets: below, a word in mixed case is
// an identifier and no words run together.
const (
	minCompound = 10
	minPart     = 2
	meanPart    = 4
)

// cutCompound cuts a word that is several run together, as programs write them
// ("QuotaExceededException", "CNAME_lookup_failed"). A word that is a cue, a code or
// the name of a field as a whole stays whole: nil.
func cutCompound(w string) []string {
	lower := asciiLower(w)
	switch _, code := subcodes[lower]; {
	case code, logKeys[lower], leads[lower], compiled().root.exact[lower] != nil:
		return nil
	}
	if strings.Contains(w, "_") {
		for _, f := range subcodeFamilies {
			if strings.HasPrefix(lower, f.prefix) {
				return nil
			}
		}
		return strings.FieldsFunc(w, func(r rune) bool { return r == '_' })
	}
	if len(w) < minCompound {
		return nil
	}
	return humps(w)
}

// humps cuts a word before each capital after a small letter; nil when a part would
// be no word.
func humps(w string) []string {
	var parts []string
	start := 0
	for i := 1; i <= len(w); i++ {
		if i < len(w) && !isLetter(w[i]) {
			return nil
		}
		if i == len(w) || isUpper(w[i]) && !isUpper(w[i-1]) {
			if i-start < minPart {
				return nil
			}
			parts = append(parts, w[start:i])
			start = i
		}
	}
	if len(parts) < 2 || len(w) < meanPart*len(parts) {
		return nil
	}
	return parts
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
