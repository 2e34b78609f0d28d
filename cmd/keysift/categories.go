package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/keysift/keysift/analyzer"
	"github.com/keysift/keysift/rules"
)

// isRule reports whether an id or alias is one of a rule of the set, or of a
// category of the analyzers of Go.
func isRule(set *rules.Set, id string) bool {
	_, ok := set.Rule(id)
	return ok || len(analyzer.CategoriesOf(id)) > 0
}

// splitRules splits ids into those that only the analyzers of Go know and the
// rest, which are for the set.
func splitRules(set *rules.Set, ids []string) (categories, others []string) {
	for _, id := range ids {
		found := analyzer.CategoriesOf(id)
		if _, ok := set.Rule(id); ok || len(found) == 0 {
			others = append(others, id)
			continue
		}
		for _, c := range found {
			categories = append(categories, c.Rule.ID)
		}
	}
	return categories, others
}

// categoryOff returns what tells whether findings of a rule of the analyzers
// are left out: those of a category that is switched off, or that is none of
// those asked for.
func categoryOff(set *rules.Set, enable, disable []string) func(id string) bool {
	on, _ := splitRules(set, enable)
	off, _ := splitRules(set, disable)
	return func(id string) bool {
		if len(analyzer.CategoriesOf(id)) == 0 {
			return false // a rule of the set, which holds what is enabled
		}
		return slices.Contains(off, id) || len(enable) > 0 && !slices.Contains(on, id)
	}
}

// writeCategories writes what is known of categories for people.
func writeCategories(w io.Writer, all []analyzer.Category) error {
	out := bufio.NewWriter(w)
	for i, c := range all {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "%s\n%s\n\n", c.Rule.Title, strings.Repeat("=", len(c.Rule.Title)))
		fmt.Fprintf(out, "%-14s %s\n", "rule", c.Rule.ID)
		fmt.Fprintf(out, "%-14s %s\n", "also known as", strings.Join(c.Rule.Aliases, ", "))
		fmt.Fprintf(out, "%-14s the Go analyzer %s: keysift scan --go, or keysift-vet\n", "found by", c.Analyzer)
		fmt.Fprintf(out, "%-14s %s\n", "kind", c.Rule.Kind)
		fmt.Fprintf(out, "%-14s %s\n", "severity", c.Rule.Severity)
		fmt.Fprintf(out, "%-14s %s, high where more than a name says that it is a credential\n", "confidence", c.Rule.Confidence)
		writeText(out, "What it finds", c.Finds)
		fmt.Fprintf(out, "\nExample:\n    %s\n", strings.ReplaceAll(c.Example, "\n", "\n    "))
		writeText(out, "Why", c.Why)
		writeText(out, "How to fix it", c.Fix)
	}
	return out.Flush()
}

// textWidth is where lines of text for people are broken, in bytes.
const textWidth = 76

// writeText writes a text under a head, with its lines broken between words.
func writeText(out io.Writer, head, text string) {
	_, _ = fmt.Fprintf(out, "\n%s:\n", head)
	line := " "
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > textWidth && line != " " {
			_, _ = fmt.Fprintln(out, line)
			line = " "
		}
		line += " " + word
	}
	_, _ = fmt.Fprintln(out, line)
}
