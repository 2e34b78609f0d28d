package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/keysift/keysift/rules"
)

// fileEngine stands where other rules name the engine that runs their pattern.
const fileEngine = "file"

// nameColumns bounds a line of names, in characters.
const nameColumns = 96

// fileRules returns the rules of kind file that can report something: templates
// are judged by their values alone.
func fileRules() ([]*rules.Rule, error) {
	files, err := rules.KnownFiles()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(files.Rules(), func(r *rules.Rule) bool {
		known := files.Known(r.ID)
		return len(known) > 0 && known[0].Template
	}), nil
}

// writeFileRule writes a rule of kind file for people: which files it knows, and
// what to do about one.
func writeFileRule(w io.Writer, set *rules.Set, r *rules.Rule) error {
	files, err := rules.KnownFiles()
	if err != nil {
		return err
	}
	known := files.Known(r.ID)
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\n%s\n\nrule           %s\nkind           %v\nengine         %s\n", r.Title, strings.Repeat("=", len([]rune(r.Title))), r.ID, r.Kind, fileEngine)
	switch {
	case len(known) == 0:
		fmt.Fprintln(out, "severity       that of what the file holds")
		fmt.Fprintln(out, "\nA file that no name gives away, where a credential was found in it and git, an\nimage or a package would take it along.")
	case known[0].Template:
		fmt.Fprintln(out, "\nA file that is made to be shared. It is judged by its values; its name is no\nfinding, whatever else it looks like.")
	default:
		fmt.Fprintln(out, "severity       that of what the file holds; low where nothing is found in it")
		fmt.Fprintln(out, "\nA file that is known by its name to hold credentials, where git, an image or a\npackage would take it along. A name alone is a hint of low confidence.")
	}
	writeNames(out, known)
	if len(known) > 0 && known[0].Template {
		return out.Flush()
	}
	fmt.Fprintln(out, "\nWhat to do about the file:\n 1. ignore    Keep it out of git and of what is published; this shows how, --yes does it.\n              keysift fix FILE")
	fmt.Fprintln(out, "\nA credential in it is a finding of its own, with the steps of its provider.")
	if m, ok := set.Remedy(r.Remedy); ok {
		writeRemedy(out, m)
	}
	return out.Flush()
}

// writeNames writes what a category knows, by the titles of the files.
func writeNames(out io.Writer, known []rules.KnownFile) {
	for i := 0; i < len(known); {
		title := known[i].Title
		_, _ = fmt.Fprintf(out, "\n%s\n", title)
		line := " "
		for ; i < len(known) && known[i].Title == title; i++ {
			if len(line)+1+len(known[i].Pattern) > nameColumns {
				_, _ = fmt.Fprintln(out, line)
				line = " "
			}
			line += " " + known[i].Pattern
		}
		_, _ = fmt.Fprintln(out, line)
	}
}
