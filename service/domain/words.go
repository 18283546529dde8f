package domain

import (
	"fmt"
	"strings"
)

// listed bounds the items of a list in a sentence.
const listed = 6

// and joins a list for a sentence: "a, b and c".
func and(list []string) string {
	if n := len(list); n > listed {
		list = append(list[:listed-1:listed-1], fmt.Sprintf("%d more", n-listed+1))
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// count is a number with its noun.
func count(n int, one, many string) string { return fmt.Sprintf("%d %s", n, noun(n, one, many)) }

// noun is the noun that goes with a number.
func noun(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// clip quotes a text from outside and cuts it to what a sentence bears.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return fmt.Sprintf("%q...", s[:most])
	}
	return fmt.Sprintf("%q", s)
}
