package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// checkRules validates a file of rules and runs their examples.
func checkRules(w io.Writer, name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	set, err := rules.Builtin()
	if err != nil {
		return err
	}
	before := set.Len()
	if set, err = set.Extend(name, data); err != nil {
		return err
	}
	own, err := rules.Parse(name, data)
	if err != nil {
		return err
	}
	examples := 0
	var wrong []error
	for _, r := range own {
		only, err := set.Only(r.ID)
		if err != nil {
			return err
		}
		if err := runExamples(only, r); err != nil {
			wrong = append(wrong, err)
		}
		examples += len(r.Examples.Match) + len(r.Examples.Reject)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s: %w", name, errors.Join(wrong...))
	}
	_, err = fmt.Fprintf(w, "%s: %d rules, %d examples as they should be\n", name, set.Len()-before, examples)
	return err
}

// runExamples holds a rule to its own examples, and returns an error for each that
// is not as it should be. It does not repeat them: an example may be a credential by
// mistake.
func runExamples(only *rules.Set, r *rules.Rule) error {
	var errs []error
	engine := scan.New(only, scan.Options{})
	for i, text := range r.Examples.Match {
		if len(engine.Match(&scan.Chunk{Data: []byte(text)})) == 0 {
			errs = append(errs, fmt.Errorf("rule %q: example %d of match is not matched: %s", r.ID, i+1, whyNot(only, r, text)))
		}
	}
	for i, text := range r.Examples.Reject {
		if len(engine.Match(&scan.Chunk{Data: []byte(text)})) > 0 {
			errs = append(errs, fmt.Errorf("rule %q: example %d of reject is matched", r.ID, i+1))
		}
	}
	return errors.Join(errs...)
}

// whyNot says at which of the conditions of a rule an example of a match fails.
func whyNot(only *rules.Set, r *rules.Rule, text string) string {
	holds := func(marker string) bool { return strings.Contains(text, marker) }
	if len(r.Markers) > 0 && !slices.ContainsFunc(r.Markers, holds) {
		return fmt.Sprintf("it holds no marker, of which upper and lower case count (markers = %q)", r.Markers)
	}
	if len(only.NewMatcher().Find("", []byte(text), true)) > 0 {
		switch {
		case r.Check != "":
			return fmt.Sprintf("what the pattern matches does not pass (check = %q), or looks made up (entropy, reject)", r.Check)
		case r.Entropy > 0:
			return fmt.Sprintf("what the pattern matches looks made up: its random part has too few different characters or a sequence (entropy = %v), or it is turned away (reject)", r.Entropy)
		}
		return "what the pattern matches looks made up: it repeats itself or counts on; take a random value, or set entropy"
	}
	re, err := regexp.Compile(r.Pattern)
	switch {
	case err != nil || r.Pattern == "":
		return "nothing in it fits"
	case !re.MatchString(text):
		return "the pattern matches nothing in it"
	case r.Path != nil:
		return "an example has no path, which the rule asks for (path); leave the examples out"
	case len(r.Context) > 0 && !r.InContext([]byte(text)):
		return fmt.Sprintf("no word of the context stands in it (context = %q)", r.Context)
	}
	return "what the pattern matches is a part of a longer word (boundary), or has no word of the context near enough (back, forward, lines)"
}
