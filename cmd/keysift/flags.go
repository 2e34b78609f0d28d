package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// common are the flags of every command that scans.
type common struct {
	policyFlags
	format, color, progress string
	outputs                 []string
	ruleFiles               []string
	enable, disable         []string
	exclude                 []string
	minConfidence           rules.Confidence
	failConfidence          rules.Confidence
	minSeverity             rules.Severity
	minExposure             scan.Exposure
	showSecrets             string
	exitCode                int
	exitZero                bool
	allowIncomplete         string
	maxFileSize             sizeValue
	maxArchiveDepth         int
	maxDecodeDepth          int
	jobs                    int
	timeout                 durationValue
	noSuppress              bool
	quiet, verbose          bool
	groupBy                 string // of the report command

	flags *pflag.FlagSet
	names *report.Names // redacts by all rules, also those that are off; nil before ruleSet
}

// defaultDepth is how deep archives and encodings may be nested.
const defaultDepth = 3

// mostDepth is what users may raise that to.
const mostDepth = 100

// outputUsage describes --output.
const outputUsage = "write the report to `FILE`, - being standard output; FORMAT=FILE writes a further one (./A=B for a file of that name)"

// anyReason is what --allow-incomplete means without a value.
const anyReason = "any"

func (c *common) declare(f *pflag.FlagSet) {
	c.flags = f
	c.minConfidence = rules.MediumConfidence
	c.minSeverity = rules.Low
	c.minExposure = scan.Unignored
	f.StringVarP(&c.format, "format", "f", "", "`FORMAT` of the report: "+strings.Join(report.Formats(), ", ")+" (default text)")
	f.StringArrayVarP(&c.outputs, "output", "o", nil, outputUsage)
	c.policyFlags.declare(f)
	f.StringArrayVar(&c.ruleFiles, "rules", nil, "add the rules in `FILE`")
	f.StringSliceVar(&c.enable, "enable-rule", nil, "use no rules but those with these `ID`s")
	f.StringSliceVar(&c.disable, "disable-rule", nil, "leave out the rules with these `ID`s")
	f.StringArrayVar(&c.exclude, "exclude", nil, "leave out paths that match `GLOB`")
	f.Var(nameValue[rules.Confidence]{&c.minConfidence, "LEVEL", rules.ParseConfidence}, "min-confidence", "report from this confidence on: low, medium, high, certain")
	f.Var(nameValue[rules.Severity]{&c.minSeverity, "LEVEL", parseMinSeverity}, "min-severity", "report from this severity on: low, medium, high, critical")
	f.Var(nameValue[rules.Confidence]{&c.failConfidence, "LEVEL", rules.ParseConfidence}, "fail-confidence", "fail from this confidence on (default as --min-confidence)")
	f.Var(nameValue[scan.Exposure]{&c.minExposure, "EXPOSURE", scan.ParseExposure}, "min-exposure", "fail from this exposure on")
	f.StringVar(&c.showSecrets, "show-secrets", "", "do not redact secrets; =force also where CI is set")
	f.Lookup("show-secrets").NoOptDefVal = "yes"
	f.IntVar(&c.exitCode, "exit-code", exitFound, "exit status when something is found")
	f.BoolVar(&c.exitZero, "exit-zero", false, "findings do not fail the run")
	f.StringVar(&c.allowIncomplete, "allow-incomplete", "", "what could not be read, for these comma-separated `REASON`s or any, does not fail the run")
	f.Lookup("allow-incomplete").NoOptDefVal = anyReason
	f.Var(&c.maxFileSize, "max-file-size", "leave out larger files")
	f.IntVar(&c.maxArchiveDepth, "max-archive-depth", defaultDepth, "open archives that are nested this deep; 0 opens none")
	f.IntVar(&c.maxDecodeDepth, "max-decode-depth", defaultDepth, "look into text that is encoded this many times over; 0 decodes none. By default escapes in strings, as of JSON in JSON, are undone up to 8 times")
	f.IntVarP(&c.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "number of files scanned at once")
	f.Var(&c.timeout, "timeout", "stop after this time; the run is then incomplete")
	f.BoolVar(&c.noSuppress, "no-suppress", false, "report suppressed findings too, marked")
	f.StringVar(&c.color, "color", "auto", "`WHEN` to use colour: auto, always, never")
	f.StringVar(&c.progress, "progress", "auto", "`WHEN` to show progress: auto, always, never")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no coverage line and no progress")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "name what is left out")
	for _, name := range []string{"max-file-size", "timeout"} {
		f.Lookup(name).DefValue = ""
	}
	f.Lookup("fail-confidence").DefValue = ""
}

func parseMinSeverity(s string) (rules.Severity, error) {
	v, err := rules.ParseSeverity(s)
	if err == nil && v == rules.None {
		err = errors.New("severity none is never reported; want low, medium, high or critical")
	}
	return v, err
}

// check holds the flags to what they may be together.
func (c *common) check(sys *system) error {
	if err := c.loadPolicy(sys); err != nil {
		return err
	}
	warn := c.warn
	c.warn = func(text string) { warn(c.shown(text)) }
	if err := checkReasons(c.allowIncomplete); err != nil {
		return fmt.Errorf("%s: %w", c.origin("allow-incomplete"), err)
	}
	if !c.flags.Changed("fail-confidence") {
		c.failConfidence = c.minConfidence
	}
	for name, value := range map[string]string{"color": c.color, "progress": c.progress} {
		if !slices.Contains([]string{"auto", "always", "never"}, value) {
			return fmt.Errorf("--%s is %q, want auto, always or never", name, value)
		}
	}
	if c.jobs < 1 {
		return fmt.Errorf("--jobs is %d, want at least 1", c.jobs)
	}
	for name, depth := range map[string]int{"max-archive-depth": c.maxArchiveDepth, "max-decode-depth": c.maxDecodeDepth} {
		if depth < 0 || depth > mostDepth {
			return fmt.Errorf("--%s is %d, want 0 to %d", name, depth, mostDepth)
		}
	}
	if c.exitCode < 0 || c.exitCode > 255 {
		return fmt.Errorf("--exit-code is %d, want 0 to 255", c.exitCode)
	}
	switch c.showSecrets {
	case "", "yes", "force":
	default:
		return fmt.Errorf("--show-secrets=%s: want no value, or force", c.showSecrets)
	}
	if c.showSecrets == "yes" && sys.getenv("CI") != "" {
		return errors.New("--show-secrets would write credentials into the log of a CI system; if that is meant, say --show-secrets=force")
	}
	return nil
}

// origin names where the value of a flag comes from.
func (c *common) origin(name string) string {
	if values := c.config.Setting(name).Values; len(values) > 0 && !c.flags.Changed(name) {
		return values[0].From + ": " + name
	}
	return "--" + name
}

// incompleteReasons returns what can keep a run from being complete, see CLI.md
// "Exit status".
func incompleteReasons() []string {
	return []string{
		"unreadable", "missing-object", "bad-object", "shallow", "partial-clone", "timeout", "safety-limit", "bad-range", "not-a-repository",
	}
}

// checkReasons holds the value of --allow-incomplete to the reasons there are.
func checkReasons(value string) error {
	if value == "" || value == anyReason {
		return nil
	}
	for reason := range strings.SplitSeq(value, ",") {
		if !slices.Contains(incompleteReasons(), reason) {
			return fmt.Errorf("unknown reason %q, want %s or some of %s", reason, anyReason, strings.Join(incompleteReasons(), ", "))
		}
	}
	return nil
}

// tolerates reports whether an incomplete of this reason leaves the status alone.
func (c *common) tolerates(reason string) bool {
	return c.allowIncomplete == anyReason || slices.Contains(strings.Split(c.allowIncomplete, ","), reason)
}

// archiveDepth returns the depth of archives for options in which 0 stands for
// the built-in bound and a negative number for none.
func (c *common) archiveDepth() int { return c.depth("max-archive-depth", c.maxArchiveDepth) }

// archives say how to look into archives.
func (c *common) archives() scan.Archives {
	return scan.Archives{Depth: c.archiveDepth(), EntrySize: int64(c.maxFileSize)}
}

// decodeDepth returns the same for encoded text.
func (c *common) decodeDepth() int { return c.depth("max-decode-depth", c.maxDecodeDepth) }

func (c *common) depth(flag string, n int) int {
	switch {
	case !c.flags.Changed(flag):
		return 0
	case n == 0:
		return -1
	}
	return n
}

// ruleSet returns the rules that the flags ask for.
func (c *common) ruleSet() (*rules.Set, error) {
	set, err := c.allRules()
	if err != nil {
		return nil, err
	}
	c.names = newNames(set)
	if len(c.enable) > 0 {
		_, ids := splitRules(set, c.enable)
		if set, err = set.Only(ids...); err != nil {
			return nil, fmt.Errorf("--enable-rule: %w", err)
		}
	}
	_, ids := splitRules(set, c.disable)
	if set, err = set.Disable(ids...); err != nil {
		return nil, fmt.Errorf("--disable-rule: %w", err)
	}
	return set, nil
}

// newNames returns what redacts names by the rules of a set.
func newNames(set *rules.Set) *report.Names {
	return report.NewNames(scan.New(set, scan.Options{}).Match)
}

// shown returns text that may hold names as it may be printed.
func (c *common) shown(text string) string {
	if c.showSecrets != "" {
		return text
	}
	return c.names.Redact(text)
}

// allRules returns the built-in rules with those of the files and of the
// configuration.
func (c *common) allRules() (*rules.Set, error) {
	read := c.readPolicy
	if read == nil {
		read = os.ReadFile
	}
	set, err := readRules(c.ruleFiles, read)
	if err != nil {
		return nil, err
	}
	for _, own := range c.ownRules {
		if set, err = set.Extend(own.Name, own.Data); err != nil {
			return nil, err
		}
	}
	return set, c.checkRuleNames(set)
}

// loadRules returns the built-in rules with those of the files.
func loadRules(files []string) (*rules.Set, error) { return readRules(files, os.ReadFile) }

func readRules(files []string, read func(string) ([]byte, error)) (*rules.Set, error) {
	set, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		data, err := read(name)
		if err != nil {
			return nil, fmt.Errorf("reading rules: %w", err)
		}
		if set, err = set.Extend(name, data); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// colored reports whether text on w is to be coloured.
func (c *common) colored(sys *system, w io.Writer) bool {
	switch c.color {
	case "always":
		return true
	case "never":
		return false
	}
	if sys.getenv("NO_COLOR") != "" {
		return false
	}
	if force := sys.getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true
	}
	return sys.terminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
