package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/mailassay/mailassay/service"
)

type codesCommand struct {
	Format string `help:"Print as ${enum}." enum:"text,markdown" default:"text"`
	Color  string `help:"Use colour: ${enum}." enum:"auto,always,never" default:"auto"`
}

// Run prints the catalogue, which is the rule tables themselves.
func (c *codesCommand) Run() error {
	list := service.Catalogue()
	slices.SortStableFunc(list, func(a, b service.Code) int { return cmp.Compare(a.Area, b.Area) })
	if c.Format == "markdown" {
		markdown(list)
		return nil
	}
	p := newPrinter(os.Stdout, c.Color)
	for i, code := range list {
		if i == 0 || code.Area != list[i-1].Area {
			p.line("")
			p.line(p.style(bold, code.Area.String()))
		}
		sgr := dim
		for _, s := range severities {
			if strings.EqualFold(s.word, code.Severity.String()) {
				sgr = s.sgr
			}
		}
		p.wrap("  "+p.style(sgr, pad(code.Severity.String(), 8))+pad(code.Code, 36)+" ", code.Title)
	}
	return nil
}

// markdown writes the reference page.
func markdown(list []service.Code) {
	fmt.Print("# Finding codes\n\nWritten by `make generate` from the rules themselves. A code is never used again for another meaning, " +
		"and has one severity.\nCodes that end in `_UNKNOWN` say that something could not be looked up; they stand beside this list, one for each area.\n")
	for i, c := range list {
		if i == 0 || c.Area != list[i-1].Area {
			fmt.Printf("\n## %s\n\n| code | severity | what | remedy | source |\n| --- | --- | --- | --- | --- |\n", c.Area)
		}
		fmt.Printf("| `%s` | %s | %s | %s | %s |\n", c.Code, c.Severity, cell(c.Title), cell(c.Remedy), cell(strings.Join(c.References, ", ")))
	}
}

// cell is text that does not end a table cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
