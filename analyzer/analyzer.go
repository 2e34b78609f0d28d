package analyzer

import (
	_ "embed"
	"flag"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

//go:embed doc.go
var doc string

// docURL is where the documentation of the analyzers stands.
const docURL = "https://pkg.go.dev/github.com/keysift/keysift/analyzer"

// The analyzers for the rules that come with keysift. They share their flags.
var (
	Hardcoded = builtin.hardcoded
	CredURL   = builtin.credURL
	CredLog   = builtin.credLog
)

// builtin is the suite of the built-in rules, which are read on first use.
var builtin = newSuite(rules.Builtin)

// All returns [Hardcoded], [CredURL] and [CredLog].
func All() []*analysis.Analyzer { return builtin.all() }

// New returns the analyzers of [All] for the rules of set, with flags of their
// own.
func New(set *rules.Set) []*analysis.Analyzer {
	return newSuite(func() (*rules.Set, error) { return set, nil }).all()
}

// Flags registers the flags of the analyzers of [All] with the prefix
// "keysift." in fs, so that one flag sets all three.
func Flags(fs *flag.FlagSet) {
	builtin.hardcoded.Flags.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, "keysift."+f.Name, f.Usage) })
}

// A suite is the three analyzers, what they share, and their settings.
type suite struct {
	*settings
	watch                             func(scan.Finding) // see Watch
	flow, hardcoded, credURL, credLog *analysis.Analyzer
}

func newSuite(load func() (*rules.Set, error)) *suite {
	s := &suite{settings: newSettings(load)}
	s.flow = newFlow(s.settings)
	s.hardcoded = s.analyzer("hardcoded", s.runHardcoded, inspect.Analyzer)
	s.credURL = s.analyzer("credurl", s.runCredURL, s.flow)
	s.credLog = s.analyzer("credlog", s.runCredLog, s.flow)
	return s
}

func (s *suite) all() []*analysis.Analyzer {
	return []*analysis.Analyzer{s.hardcoded, s.credURL, s.credLog}
}

func (s *suite) analyzer(name string, run func(*analysis.Pass) (any, error), requires ...*analysis.Analyzer) *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name: name, Doc: section(doc, name), URL: docURL + "#hdr-Analyzer_" + name,
		Run: run, Requires: requires, RunDespiteErrors: true,
	}
	s.register(&a.Flags)
	return a
}

// section returns what the package comment in text says of an analyzer: its
// summary and the text up to the next analyzer.
func section(text, name string) string {
	text, _, _ = strings.Cut(text, "\n*/")
	_, text, found := strings.Cut(text, "\n# Analyzer "+name+"\n")
	if !found {
		return name
	}
	text, _, _ = strings.Cut(text, "\n# Analyzer ")
	return strings.TrimPrefix(strings.TrimSpace(text), name+": ")
}
