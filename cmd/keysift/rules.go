package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/analyzer"
	"github.com/keysift/keysift/rules"
)

func rulesCommand() *command {
	return &command{
		name: "rules", args: "list | show ID | check FILE",
		summary: "lists, shows and checks rules",
		manual: `
rules list       lists all rules, with the engine that runs each: program is a
                 byte program without a choice to take back, backtrack one with
                 bounded backtracking, regexp the standard library's, go the
                 analyzers of Go that scan --go runs, file the names of files
                 and what git, an image or a package makes of them.
rules show ID    shows one rule with its remedy.
rules check FILE validates a file of own rules and runs the examples in it. The
                 file is used by --rules FILE; the folder rules/builtin of the
                 source holds a thousand to copy from.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &rulesFlags{}
			f.StringVarP(&c.format, "format", "f", "text", "`FORMAT` of the list: text, json, jsonl")
			f.StringArrayVar(&c.files, "rules", nil, "add the rules in `FILE`")
			f.BoolVar(&c.literals, "literals", false, "list the literals that the prefilter looks for instead")
			return c.run
		},
	}
}

type rulesFlags struct {
	format   string
	files    []string
	literals bool
}

func (c *rulesFlags) run(_ context.Context, sys *system, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "check":
		return checkRules(sys.stdout, args[1])
	case len(args) == 2 && args[0] == "show":
		return c.show(sys.stdout, args[1])
	case len(args) == 1 && args[0] == "list":
		return c.list(sys.stdout)
	}
	return errors.New("want: keysift rules list, keysift rules show ID or keysift rules check FILE")
}

// A ruleLine is a rule in a list.
type ruleLine struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Provider   string `json:"provider"`
	Kind       string `json:"kind"`
	Severity   string `json:"severity"`
	Confidence string `json:"confidence"`
	Engine     string `json:"engine"`
	Check      string `json:"check,omitempty"`
	Remedy     string `json:"remedy"`
}

func (c *rulesFlags) list(w io.Writer) error {
	set, err := loadRules(c.files)
	if err != nil {
		return err
	}
	if c.literals {
		_, err := fmt.Fprintln(w, strings.Join(set.Literals(), "\n"))
		return err
	}
	lines := []ruleLine{}
	for _, r := range set.Rules() {
		lines = append(lines, ruleLine{r.ID, r.Title, r.Provider, r.Kind.String(), r.Severity.String(),
			r.Confidence.String(), r.Engine.String(), r.Check, r.Remedy})
	}
	about, err := fileRules()
	if err != nil {
		return err
	}
	for _, r := range about {
		lines = append(lines, ruleLine{ID: r.ID, Title: r.Title, Provider: r.Provider, Kind: r.Kind.String(), Severity: r.Severity.String(),
			Confidence: r.Confidence.String(), Engine: fileEngine, Remedy: r.Remedy})
	}
	for _, c := range analyzer.Categories() {
		r := c.Rule
		lines = append(lines, ruleLine{ID: r.ID, Title: r.Title, Provider: r.Provider, Kind: r.Kind.String(), Severity: r.Severity.String(),
			Confidence: r.Confidence.String(), Engine: "go", Remedy: r.Remedy})
	}
	switch c.format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(lines)
	case "jsonl":
		out := bufio.NewWriter(w)
		e := json.NewEncoder(out)
		for _, l := range lines {
			if err := e.Encode(l); err != nil {
				return err
			}
		}
		return out.Flush()
	case "text":
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(t, "ID\tSEVERITY\tKIND\tENGINE\tTITLE")
		for _, l := range lines {
			_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", l.ID, l.Severity, l.Kind, l.Engine, l.Title)
		}
		return t.Flush()
	}
	return fmt.Errorf("unknown format %q, want text, json or jsonl", c.format)
}

func (c *rulesFlags) show(w io.Writer, id string) error {
	set, err := loadRules(c.files)
	if err != nil {
		return err
	}
	r, ok := set.Rule(id)
	if categories := analyzer.CategoriesOf(id); !ok && len(categories) > 0 {
		return writeCategories(w, categories)
	}
	if !ok {
		return fmt.Errorf("unknown rule %q; keysift rules list shows all ids", id)
	}
	if r.Kind == rules.File {
		return writeFileRule(w, set, r)
	}
	return writeRule(w, set, r)
}

// writeRule writes a rule and its remedy for people.
func writeRule(w io.Writer, set *rules.Set, r *rules.Rule) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\n%s\n\n", r.Title, strings.Repeat("=", len([]rune(r.Title))))
	for _, f := range []struct{ name, value string }{
		{"rule", r.ID},
		{"also known as", strings.Join(r.Aliases, ", ")},
		{"provider", r.Provider},
		{"kind", r.Kind.String()},
		{"severity", r.Severity.String()},
		{"confidence", r.Confidence.String() + ", certain where the offline check passes"},
		{"check", strings.TrimSpace(r.Check + " " + strings.Join(r.Args, " "))},
		{"markers", strings.Join(r.Markers, "  ")},
		{"context", strings.Join(r.Context, ", ")},
		{"pattern", r.Pattern},
		{"engine", r.Engine.String()},
		{"pair", r.Pair},
	} {
		if f.name == "confidence" && r.Check == "" {
			f.value = r.Confidence.String()
		}
		if f.value != "" {
			fmt.Fprintf(out, "%-14s %s\n", f.name, f.value)
		}
	}
	if m, ok := set.Remedy(r.Remedy); ok {
		writeRemedy(out, m)
	}
	return out.Flush()
}

func writeRemedy(out io.Writer, m *rules.Remedy) {
	confirmed := "confirmed at the provider's documentation"
	if !m.Confirmed {
		confirmed = "not confirmed at the provider's documentation"
	}
	_, _ = fmt.Fprintf(out, "\nWhat to do (%s):\n", confirmed)
	for i, s := range m.Steps {
		_, _ = fmt.Fprintf(out, "%2d. %-9s %s\n", i+1, s.Action, s.Text)
		for _, more := range []string{s.URL, s.Command} {
			if more != "" {
				_, _ = fmt.Fprintf(out, "              %s\n", more)
			}
		}
	}
	_, _ = fmt.Fprintf(out, "Source: %s\n", m.Source)
}
