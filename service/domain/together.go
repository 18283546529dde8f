package domain

import (
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service/dmarc"
	"github.com/mailassay/mailassay/service/finding"
	"github.com/mailassay/mailassay/service/spf"
)

// together makes findings that propose to replace the same record propose the same
// text, with what each wants of it: whoever pastes one has them all. Texts that do
// not go together stay as they are.
func together(list []finding.Finding) {
	places := map[finding.Change][]*string{} // by what is replaced
	for i := range list {
		for j := range list[i].Changes {
			c := &list[i].Changes[j]
			if c.Action == finding.Replace && c.Type == "TXT" {
				at := finding.Change{Name: c.Name, Current: c.Current}
				places[at] = append(places[at], &c.Proposed)
			}
		}
	}
	for at, proposals := range places {
		var texts []string
		for _, p := range proposals {
			if !slices.Contains(texts, *p) {
				texts = append(texts, *p)
			}
		}
		if len(texts) < 2 {
			continue
		}
		if text := mergedText(at.Current, texts); text != "" {
			for _, p := range proposals {
				*p = text
			}
		}
	}
}

// mergedText is a record with what several texts change in it, "" when that is no
// record.
func mergedText(base string, texts []string) string {
	split, glue := strings.Fields, " "
	if strings.Contains(base, ";") {
		split, glue = tagsOf, "; "
	}
	versions := make([][]string, len(texts))
	for i, t := range texts {
		versions[i] = split(t)
	}
	text := strings.Join(merged(split(base), versions), glue)
	if r, ok := dmarc.Parse(text); ok {
		twice := slices.ContainsFunc(r.Problems, func(p dmarc.Problem) bool { return p.Fault == dmarc.DuplicateTag })
		if _, usable := r.Usable(); usable && !twice {
			return text
		}
	}
	if r, err := spf.Parse(text); err == nil && len(r.Dead()) == 0 {
		return text
	}
	return ""
}

// tagsOf are the tags of a tag list as written.
func tagsOf(text string) []string {
	var out []string
	for t := range strings.SplitSeq(text, ";") {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// maxMerged bounds the words of a record that is merged.
const maxMerged = 200

// merged is a list of words with what each version leaves out left out, and what
// any puts in put in, each once.
func merged(base []string, versions [][]string) []string {
	if len(base) > maxMerged {
		return nil
	}
	gone := make([]bool, len(base))
	put := make([][]string, len(base)+1) // before the word
	for _, v := range versions {
		if len(v) > maxMerged {
			return nil
		}
		kept := common(base, v)
		next := 0
		for i := range base {
			if kept[i] < 0 {
				gone[i] = true
				continue
			}
			put[i] = added(put[i], v[next:kept[i]])
			next = kept[i] + 1
		}
		put[len(base)] = added(put[len(base)], v[next:])
	}
	var out []string
	for i := range put {
		out = append(out, put[i]...)
		if i < len(base) && !gone[i] {
			out = append(out, base[i])
		}
	}
	return out
}

func added(list, more []string) []string {
	for _, w := range more {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// common finds, for each word of base, its place in v along a longest common
// subsequence; -1 for a word that is not in it.
func common(base, v []string) []int {
	length := make([][]int, len(base)+1)
	for i := range length {
		length[i] = make([]int, len(v)+1)
	}
	for i := len(base) - 1; i >= 0; i-- {
		for j := len(v) - 1; j >= 0; j-- {
			length[i][j] = max(length[i+1][j], length[i][j+1])
			if base[i] == v[j] {
				length[i][j] = length[i+1][j+1] + 1
			}
		}
	}
	places := make([]int, len(base))
	for i, j := 0, 0; i < len(base); {
		switch {
		case j < len(v) && base[i] == v[j]:
			places[i] = j
			i, j = i+1, j+1
		case j < len(v) && length[i][j+1] > length[i+1][j]:
			j++
		default:
			places[i] = -1
			i++
		}
	}
	return places
}
