package analyzer

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"sync"

	"github.com/BurntSushi/toml"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// settings are what the flags say, and what is made of it on first use.
type settings struct {
	tests  bool
	file   string
	names  string
	loaded func() (*env, error)
}

// An env is what all passes of a suite share. It is immutable.
type env struct {
	set    *rules.Set
	engine *scan.Engine
	names  *regexp.Regexp // further names of secrets; nil for none
	tests  bool
	sinks  []sinkRow
	source []sourceRow
}

func newSettings(load func() (*rules.Set, error)) *settings {
	s := &settings{}
	s.loaded = sync.OnceValues(func() (*env, error) { return s.read(load) })
	return s
}

func (s *settings) register(fs *flag.FlagSet) {
	fs.BoolVar(&s.tests, "tests", false, "report weak strings and logs of named values in _test.go files, too")
	fs.StringVar(&s.file, "config", "", "read further sinks and sources from this TOML `file`")
	fs.StringVar(&s.names, "names", "", "names that match this `pattern` hold secrets, too")
}

// withoutJudge returns the set without the rules that judge a line of text by
// its looks: here types say where a value goes.
func withoutJudge(set *rules.Set) *rules.Set {
	for _, id := range []string{"generic-credential", "generic-url-credential"} {
		if less, err := set.Disable(id); err == nil {
			set = less
		}
	}
	return set
}

func (s *settings) read(load func() (*rules.Set, error)) (*env, error) {
	set, err := load()
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	e := &env{set: set, engine: scan.New(withoutJudge(set), scan.Options{}), tests: s.tests}
	if s.names != "" {
		if e.names, err = regexp.Compile(s.names); err != nil {
			return nil, fmt.Errorf("names pattern: %w", err)
		}
	}
	if s.file == "" {
		return e, nil
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		return nil, fmt.Errorf("reading further sinks and sources: %w", err)
	}
	if err := e.extend(string(data)); err != nil {
		return nil, fmt.Errorf("%s: %w", s.file, err)
	}
	return e, nil
}

// A configFile is the form of the file of further sinks and sources.
type configFile struct {
	Sink []struct {
		Package  string `toml:"package"`
		Receiver string `toml:"receiver"`
		Func     string `toml:"func"`
		Kind     string `toml:"kind"` // log, error, url or credential
		Arg      int    `toml:"arg"`  // first argument that counts
	} `toml:"sink"`
	Source []struct {
		Package  string `toml:"package"`
		Receiver string `toml:"receiver"`
		Func     string `toml:"func"`
		Result   int    `toml:"result"`
	} `toml:"source"`
}

func (e *env) extend(text string) error {
	var file configFile
	meta, err := toml.Decode(text, &file)
	if err != nil {
		return err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("unknown key %q", unknown[0])
	}
	for i, row := range file.Sink {
		kind, ok := sinkKinds[row.Kind]
		if !ok || row.Func == "" {
			return fmt.Errorf("sink %d: it needs a func and a kind of log, error, url or credential", i+1)
		}
		e.sinks = append(e.sinks, sinkRow{pkg: row.Package, recv: row.Receiver, funcs: row.Func, kind: kind, arg: row.Arg})
	}
	for i, row := range file.Source {
		if row.Func == "" {
			return fmt.Errorf("source %d: it needs a func", i+1)
		}
		e.source = append(e.source, sourceRow{pkg: row.Package, recv: row.Receiver, funcs: row.Func, named: -1, result: row.Result})
	}
	return nil
}

// classify judges a name as [classify] does, and by the user's pattern.
func (e *env) classify(name string) nameClass {
	if e.names != nil && e.names.MatchString(name) {
		return strongName
	}
	return classify(name)
}
