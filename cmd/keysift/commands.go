package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// A command is one of the program's commands.
type command struct {
	name    string
	args    string // of the usage line
	summary string // one line
	manual  string // paragraphs behind the summary
	// setup declares the flags and returns the function that runs the command
	// with what is left of the arguments.
	setup func(flags *pflag.FlagSet) runFunc
}

type runFunc func(ctx context.Context, sys *system, args []string) error

// commands returns all commands in the order of the help text.
func commands() []*command {
	return []*command{
		scanCommand(),
		historyCommand(),
		hookCommand(),
		fixCommand(),
		allowCommand(),
		explainCommand(),
		rulesCommand(),
		configCommand(),
		baselineCommand(),
		reportCommand(),
		versionCommand(),
	}
}

func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return c
		}
	}
	return nil
}

// run finds the command and runs it.
func run(ctx context.Context, args []string, sys *system) error {
	if len(args) == 0 {
		return &exitError{exitError2, errors.New("no command given\n\n" + overview())}
	}
	switch name := args[0]; name {
	case "help", "-h", "--help":
		return help(sys.stdout, args[1:])
	case "--version":
		return find("version").run(ctx, sys, nil)
	default:
		c := find(name)
		if c == nil {
			return unknownCommand(name)
		}
		return c.run(ctx, sys, args[1:])
	}
}

func help(w io.Writer, args []string) error {
	text := overview()
	if len(args) > 0 {
		c := find(args[0])
		if c == nil {
			return unknownCommand(args[0])
		}
		flags := c.flags()
		c.setup(flags)
		text = c.page(flags)
	}
	_, err := io.WriteString(w, text)
	return err
}

func overview() string {
	var b strings.Builder
	b.WriteString("keysift finds leaked credentials and tells how to end the leak.\n\nUsage: keysift COMMAND [FLAGS] [ARGUMENTS]\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-9s %s\n", c.name, c.summary)
	}
	b.WriteString("\nStart with: keysift scan .\nEach command has a manual page: keysift help COMMAND\n")
	return b.String()
}

// unknownCommand names the command for what other scanners call it.
func unknownCommand(name string) error {
	form := ""
	switch name {
	case "dir", "filesystem", "detect":
		form = "keysift scan PATH"
	case "git":
		form = "keysift history REPO"
	case "protect":
		form = "keysift hook run"
	case "stdin":
		form = "keysift scan -"
	}
	if form != "" {
		return fmt.Errorf("unknown command %q; the form here is: %s", name, form)
	}
	return fmt.Errorf("unknown command %q; keysift help lists all", name)
}

func (c *command) flags() *pflag.FlagSet {
	flags := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	flags.SortFlags = false
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	return flags
}

// page returns the manual page.
func (c *command) page(flags *pflag.FlagSet) string {
	usage := "keysift " + c.name
	if flags.HasFlags() {
		usage += " [FLAGS]"
	}
	if c.args != "" {
		usage += " " + c.args
	}
	text := fmt.Sprintf("%s\n\nUsage: %s\n\n%s\n", upperFirst(c.summary), usage, strings.TrimSpace(c.manual))
	if flags.HasFlags() {
		text += "\nFlags:\n" + flags.FlagUsagesWrapped(100)
	}
	return text
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (c *command) run(ctx context.Context, sys *system, args []string) error {
	flags := c.flags()
	start := c.setup(flags)
	err := flags.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		_, err = io.WriteString(sys.stdout, c.page(flags))
		return err
	}
	if err != nil {
		return flagError(c.name, err)
	}
	return start(ctx, sys, flags.Args())
}

// flagError names the flag for what other scanners call it.
func flagError(command string, err error) error {
	for foreign, form := range map[string]string{
		"--staged":        "keysift hook run",
		"--redact":        "nothing: secrets are always redacted (--show-secrets shows them)",
		"--report-path":   "--output FILE",
		"--report-format": "--format FORMAT",
		"--no-git":        "nothing: keysift scan reads files only",
		"--source":        "keysift scan PATH",
		"--log-opts":      "keysift history --range A..B",
		"--baseline-path": "--baseline FILE",
	} {
		if strings.HasSuffix(err.Error(), "unknown flag: "+foreign) {
			return fmt.Errorf("unknown flag %s; the form here is: %s", foreign, form)
		}
	}
	return fmt.Errorf("%w; keysift help %s lists all flags", err, command)
}
