package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/report"
)

func configCommand() *command {
	return &command{
		name: "config", args: "show [PATH…] | import FILE",
		summary: "shows the effective policy, or turns gitleaks' into ours",
		manual: `
config show         shows the settings that a scan of these paths would have,
                    with the file and line, the flag or the default that each
                    comes from, and then allow entries, known findings and own
                    rules. Takes the flags of a scan.
config import FILE  writes a configuration of gitleaks in our form, to standard
                    output or to the file of --output. What cannot be carried
                    over is named on standard error; if that is a rule, the
                    status is 2.

The configuration is looked for in this order: --config, the file that
KEYSIFT_CONFIG names, .keysift.toml at the top of the git repository or in the
folder scanned. Without any, a .gitleaks.toml counts. The file that
KEYSIFT_ORG_CONFIG names lies below all of them, and what it has locked cannot
be changed. docs/configuration.md describes every key.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &configFlags{}
			c.common.declare(f)
			return c.run
		},
	}
}

type configFlags struct{ common }

func (c *configFlags) run(_ context.Context, sys *system, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "import":
		return c.importFile(sys, args[1])
	case len(args) >= 1 && args[0] == "show":
		return c.show(sys, args[1:])
	}
	return errors.New("want: keysift config show [PATH…] or keysift config import FILE")
}

// A policyValue is one line of what "config show" prints.
type policyValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	From  string `json:"from"`
}

// A policyView is what "config show" prints.
type policyView struct {
	Files     []string      `json:"files"`
	Settings  []policyValue `json:"settings"`
	Entries   []policyValue `json:"entries"`
	Baselines []policyValue `json:"baselines"`
	Rules     int           `json:"rules"`
}

func (c *configFlags) show(sys *system, paths []string) error {
	format := c.format
	if format == "" {
		format = "text"
	}
	if format != "text" && format != "json" {
		return fmt.Errorf("unknown format %q, want text or json", format)
	}
	given := map[string]bool{}
	c.flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	c.paths = append([]string{}, paths...)
	if err := c.check(sys); err != nil {
		return err
	}
	set, err := c.ruleSet()
	if err != nil {
		return err
	}
	v := policyView{Files: append([]string{}, c.config.Files...), Rules: set.Len()}
	v.Settings = c.settings(given)
	v.Entries = []policyValue{}
	for _, e := range c.config.Entries() {
		key, text, _ := strings.Cut(e.Text, " ")
		v.Entries = append(v.Entries, policyValue{key, text, e.From})
	}
	for _, r := range c.ownRules {
		v.Entries = append(v.Entries, policyValue{"rule", "own rules", r.Name})
	}
	v.Baselines = c.knownFindings()
	return writeView(sys.stdout, format, &v)
}

// settings returns the value of every setting and where it comes from.
func (c *configFlags) settings(given map[string]bool) []policyValue {
	var out []policyValue
	for _, name := range policy.SettingNames() {
		set := c.config.Setting(name)
		f := c.flags.Lookup(name)
		lock := ""
		if from, ok := c.config.Locked(name); ok {
			lock = " (locked by " + from + ")"
		}
		if f != nil && given[name] && name != "rules" && name != "baseline" && name != "exclude" && name != "disable-rule" {
			out = append(out, policyValue{name, f.Value.String(), "--" + name})
			continue
		}
		for _, v := range set.Values {
			out = append(out, policyValue{name, v.Text, v.From + lock})
		}
		if given[name] {
			out = append(out, policyValue{name, f.Value.String(), "--" + name})
		}
		if len(set.Values) == 0 && !given[name] {
			out = append(out, policyValue{name, defaultOf(name, f), "default" + lock})
		}
	}
	return out
}

func defaultOf(name string, f *pflag.Flag) string {
	switch {
	case name == "comments" || name == "foreign-comments":
		return "true"
	case f == nil:
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(f.DefValue, "["), "]")
}

func (c *configFlags) knownFindings() []policyValue {
	out := []policyValue{}
	for _, b := range c.applied.Baselines {
		how := "made with its own salt"
		if b.KeyID != "" {
			how = "made with key " + b.KeyID
		}
		out = append(out, policyValue{"baseline", fmt.Sprintf("%d known findings, %s", len(b.Entries), how), b.Name})
	}
	for _, g := range c.applied.Foreign {
		out = append(out, policyValue{"baseline", fmt.Sprintf("%d known findings of another tool", g.Len()), g.Name})
	}
	return out
}

func writeView(w io.Writer, format string, v *policyView) error {
	out := bufio.NewWriter(w)
	if format == "json" {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			return err
		}
		return out.Flush()
	}
	files := "none"
	if len(v.Files) > 0 {
		files = strings.Join(v.Files, ", ")
	}
	fmt.Fprintf(out, "Configuration read: %s\n", report.Visible(files))
	fmt.Fprintf(out, "Rules in use: %d\n\n", v.Rules)
	for _, list := range [][]policyValue{v.Settings, v.Entries, v.Baselines} {
		for _, l := range list {
			fmt.Fprintf(out, "%-18s %-24s  # %s\n", l.Key, report.Visible(l.Value), report.Visible(l.From))
		}
	}
	return out.Flush()
}

func (c *configFlags) importFile(sys *system, name string) error {
	read := os.ReadFile
	if name == "-" {
		read = func(file string) ([]byte, error) {
			if file == "-" {
				return io.ReadAll(sys.stdin)
			}
			return os.ReadFile(file)
		}
	}
	im, err := policy.ImportGitleaks(name, read, knownRules())
	if err != nil {
		return err
	}
	text := "# Carried over from " + strings.Join(strings.Fields(name), " ") + ", a configuration of gitleaks.\n\n" + im.Text
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
	switch len(c.outputs) {
	case 0:
		err = write(sys.stdout)
	case 1:
		err = outFile{what: "the configuration", stdout: sys.stdout}.write(c.outputs[0], write)
	default:
		err = errors.New("--output is given more than once")
	}
	if err != nil {
		return err
	}
	for _, w := range im.Warnings {
		warn(sys, "not carried over: "+w)
	}
	if len(im.Failures) > 0 {
		return fmt.Errorf("%s: these cannot be carried over:\n  %s", name, strings.Join(im.Failures, "\n  "))
	}
	return nil
}
