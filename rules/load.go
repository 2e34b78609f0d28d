package rules

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// A ruleFile is the form of a rule file.
type ruleFile struct {
	Provider string      `toml:"provider"`
	Remedy   *tomlRemedy `toml:"remedy"`
	Rules    []tomlRule  `toml:"rule"`
}

type tomlRemedy struct {
	ID        string     `toml:"id"`
	Confirmed bool       `toml:"confirmed"`
	Source    string     `toml:"source"`
	Whole     bool       `toml:"whole"` // nothing general is added to it
	Steps     []tomlStep `toml:"step"`
}

type tomlStep struct {
	Action  string `toml:"action"`
	Text    string `toml:"text"`
	URL     string `toml:"url"`
	Command string `toml:"command"`
}

type tomlRule struct {
	ID         string       `toml:"id"`
	Title      string       `toml:"title"`
	Provider   string       `toml:"provider"`
	Kind       string       `toml:"kind"`
	Severity   string       `toml:"severity"`
	Confidence string       `toml:"confidence"`
	Markers    []string     `toml:"markers"`
	Context    []string     `toml:"context"`
	Pattern    string       `toml:"pattern"`
	Boundary   string       `toml:"boundary"`
	Shape      string       `toml:"shape"`
	Check      string       `toml:"check"`
	Args       []string     `toml:"args"`
	Pair       string       `toml:"pair"`
	Entropy    float64      `toml:"entropy"`
	Path       string       `toml:"path"`
	Back       int          `toml:"back"`
	Forward    int          `toml:"forward"`
	Lines      int          `toml:"lines"`
	Aliases    []string     `toml:"aliases"`
	Reject     []string     `toml:"reject"`
	Remedy     string       `toml:"remedy"`
	Examples   tomlExamples `toml:"examples"`
}

type tomlExamples struct {
	Match  []string `toml:"match"`
	Reject []string `toml:"reject"`
}

// Bounds of what a rule may declare.
const (
	maxContextBytes = 4096
	maxContextLines = 20
	defaultReach    = 200 // bytes around a match where context counts, if a rule does not say
)

// genericRemedy is the remedy of a rule that names none.
const genericRemedy = "generic"

// A parsedFile is a rule file with its names resolved.
type parsedFile struct {
	rules    []*Rule
	remedies []*Remedy
}

// parseFile reads one rule file. Every error names the file and, where there
// is one, the line and the rule.
func parseFile(name string, data []byte) (*parsedFile, error) {
	var f ruleFile
	md, err := toml.Decode(string(data), &f)
	if err != nil {
		return nil, fileError(name, err)
	}
	if unknown := md.Undecoded(); len(unknown) > 0 {
		key := unknown[0]
		line, id := locateKey(data, key[len(key)-1])
		return nil, lineError(name, line, id, fmt.Errorf("unknown key %q", key.String()))
	}
	p := &parsedFile{}
	fallback := genericRemedy
	if f.Remedy != nil {
		r, err := f.Remedy.convert(f.Provider)
		if err != nil {
			return nil, fmt.Errorf("%s: remedy %q: %w", name, f.Remedy.ID, err)
		}
		p.remedies = append(p.remedies, r)
		fallback = r.ID
	}
	for i := range f.Rules {
		t := &f.Rules[i]
		r, err := t.convert(f.Provider, fallback)
		if err != nil {
			return nil, lineError(name, lineOfID(data, t.ID), t.ID, err)
		}
		p.rules = append(p.rules, r)
	}
	return p, nil
}

func fileError(name string, err error) error {
	var pe toml.ParseError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s:%d: %s", name, pe.Position.Line, pe.Message)
	}
	return fmt.Errorf("%s: %w", name, err)
}

func lineError(name string, line int, id string, err error) error {
	if id == "" {
		return fmt.Errorf("%s:%d: %w", name, line, err)
	}
	return fmt.Errorf("%s:%d: rule %q: %w", name, line, id, err)
}

// locateKey returns the line where a key that no rule knows is set, and the id
// of the rule it stands in.
func locateKey(data []byte, key string) (line int, id string) {
	found := 0
	for i, l := range bytes.Split(data, []byte("\n")) {
		t := strings.TrimSpace(string(l))
		if strings.HasPrefix(t, "[") && !strings.HasPrefix(t, "[rule.") {
			if found > 0 {
				break
			}
			id = ""
			if strings.Trim(t, "[] ") == key {
				return i + 1, ""
			}
		}
		k, v, ok := strings.Cut(t, "=")
		k = strings.Trim(k, ` "'`)
		if !ok {
			continue
		}
		if k == "id" {
			id = strings.Trim(v, ` "'`)
		}
		if k == key && found == 0 {
			found = i + 1
		}
	}
	return max(found, 1), id
}

func lineOfID(data []byte, id string) int {
	at := bytes.Index(data, []byte(`"`+id+`"`))
	if at < 0 {
		at = bytes.Index(data, []byte(`'`+id+`'`))
	}
	return bytes.Count(data[:max(at, 0)], []byte("\n")) + 1
}

func validID(id string) error {
	if id == "" {
		return errors.New("id is missing")
	}
	for _, c := range id {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return fmt.Errorf("id %q holds %q, want lower-case letters, digits and hyphens", id, c)
		}
	}
	return nil
}

func validActions() []string {
	return []string{"revoke", "rotate", "deploy", "validate", "audit", "restrict", "store"}
}

func (t *tomlRemedy) convert(provider string) (*Remedy, error) {
	if err := validID(t.ID); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(t.Source, "https://") {
		return nil, fmt.Errorf("source %q is no https URL", t.Source)
	}
	r := &Remedy{ID: t.ID, Provider: provider, Confirmed: t.Confirmed, Source: t.Source, whole: t.Whole}
	for _, s := range t.Steps {
		if !slices.Contains(validActions(), s.Action) {
			return nil, fmt.Errorf("unknown action %q, want one of %q", s.Action, validActions())
		}
		if s.Text == "" {
			return nil, fmt.Errorf("step %q has no text", s.Action)
		}
		r.Steps = append(r.Steps, Step(s))
	}
	return r, nil
}

func (t *tomlRule) convert(provider, remedy string) (*Rule, error) {
	if err := validID(t.ID); err != nil {
		return nil, err
	}
	if t.Title == "" {
		return nil, errors.New("title is missing")
	}
	r := &Rule{
		ID: t.ID, Title: t.Title, Provider: orElse(t.Provider, provider),
		Markers: t.Markers, Context: t.Context, Pattern: t.Pattern, Shape: t.Shape,
		Check: t.Check, Args: t.Args, Pair: t.Pair, Entropy: t.Entropy,
		Back: t.Back, Forward: t.Forward, Lines: t.Lines,
		Aliases: t.Aliases, Reject: t.Reject, Remedy: orElse(t.Remedy, remedy),
		Examples: Examples(t.Examples),
	}
	if err := t.convertNames(r); err != nil {
		return nil, err
	}
	if err := checkReach(r); err != nil {
		return nil, err
	}
	return r, checkPatterns(r, t.Path)
}

func (t *tomlRule) convertNames(r *Rule) (err error) {
	if r.Kind, err = ParseKind(orElse(t.Kind, Hardcoded.String())); err != nil {
		return err
	}
	if t.Severity == "" {
		return errors.New("severity is missing")
	}
	if r.Severity, err = ParseSeverity(t.Severity); err != nil {
		return err
	}
	if r.Confidence, err = ParseConfidence(orElse(t.Confidence, HighConfidence.String())); err != nil {
		return err
	}
	r.Boundary, err = ParseBoundary(orElse(t.Boundary, BoundBoth.String()))
	return err
}

// checkReach holds the declared context to its bounds and fills in what a rule
// with context words leaves open.
func checkReach(r *Rule) error {
	if r.Lines < 0 || r.Lines > maxContextLines {
		return fmt.Errorf("lines is %d, want 0 to %d", r.Lines, maxContextLines)
	}
	for _, n := range []int{r.Back, r.Forward} {
		if n < 0 || n > maxContextBytes {
			return fmt.Errorf("back or forward is %d, want 0 to %d", n, maxContextBytes)
		}
	}
	if len(r.Context) == 0 && r.Pair == "" {
		return nil
	}
	reach := defaultReach * (r.Lines + 1)
	if r.Back == 0 && r.Forward == 0 {
		r.Back, r.Forward = min(reach, maxContextBytes), min(reach, maxContextBytes)
	}
	return nil
}

func checkPatterns(r *Rule, path string) error {
	if path != "" {
		re, err := regexp.Compile(path)
		if err != nil {
			return fmt.Errorf("path: %w", err)
		}
		r.Path = re
	}
	for _, w := range r.Context {
		if w == "" || w != strings.ToLower(w) {
			return fmt.Errorf("context word %q: want lower case", w)
		}
	}
	for _, m := range r.Markers {
		if m == "" {
			return errors.New("a marker is empty")
		}
	}
	for _, x := range r.Reject {
		if _, err := regexp.Compile(x); err != nil {
			return fmt.Errorf("reject: %w", err)
		}
	}
	if r.Pattern == "" {
		if len(r.Context) == 0 {
			return errors.New("pattern is missing")
		}
		return nil
	}
	if _, err := syntax.Parse(r.Pattern, syntax.Perl); err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	return nil
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// Parse reads the rules of one file from their source, in its order. name is
// used in errors only.
func Parse(name string, data []byte) ([]*Rule, error) {
	f, err := parseFile(name, data)
	if err != nil {
		return nil, err
	}
	return f.rules, nil
}
