package policy

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// maxExtend is how deep files may extend files.
const maxExtend = 8

// A Value is one value of a setting, and where it was set.
type Value struct {
	Text string
	From string // file:line
}

// A Setting is a key of the configuration with its values, one unless it is a
// list.
type Setting struct {
	Name   string
	List   bool
	Values []Value
}

// A RuleText is a part of a configuration file that defines rules, in the form
// of a rule file whose lines have the same numbers.
type RuleText struct {
	Name string
	Data []byte
}

// A Config is what one or several configuration files say together.
type Config struct {
	Files    []string // that were read, lowest first
	Rules    []RuleText
	Warnings []string // what does not count although it is written there

	settings   map[string]*Setting
	locked     map[string]string // key to where it was locked
	allows     []*allowEntry
	severities []*severityEntry
	requires   []*requirement
}

// LoadOptions say which files make up a Config.
type LoadOptions struct {
	Org  string // organisation's file, which lies below all others; empty for none
	File string // the repository's own; empty for none
	// Gitleaks is another tool's file, read in place of File; empty for none.
	Gitleaks string
	// Known reports the id under which a rule of another tool is known here.
	Known func(id string) (string, bool)
	// Read returns the content of a file by its path.
	Read func(name string) ([]byte, error)
}

// Load reads the configuration. An error names the file and the line. A File
// that does not exist is an error, as is one that it extends.
func Load(opts LoadOptions) (*Config, error) {
	l := &loader{opts: opts, config: &Config{settings: map[string]*Setting{}, locked: map[string]string{}}}
	if opts.Org != "" {
		l.org = true
		if err := l.file(opts.Org, nil); err != nil {
			return nil, err
		}
		l.org = false
	}
	switch {
	case opts.File != "":
		if err := l.file(opts.File, nil); err != nil {
			return nil, err
		}
	case opts.Gitleaks != "":
		if err := l.gitleaks(opts.Gitleaks); err != nil {
			return nil, err
		}
	}
	return l.config, nil
}

// Settings returns the settings that are set, in the order of the schema.
func (c *Config) Settings() []Setting {
	var out []Setting
	for _, k := range rootKeys() {
		if s := c.settings[k.name]; s != nil {
			out = append(out, *s)
		}
	}
	return out
}

// Setting returns the setting of a name, empty if it is not set.
func (c *Config) Setting(name string) Setting {
	if s := c.settings[name]; s != nil {
		return *s
	}
	return Setting{Name: name}
}

// Texts returns the values of a setting.
func (s Setting) Texts() []string {
	var out []string
	for _, v := range s.Values {
		out = append(out, v.Text)
	}
	return out
}

// Bool returns a boolean setting, or def if it is not set.
func (c *Config) Bool(name string, def bool) bool {
	if s := c.settings[name]; s != nil {
		return s.Values[0].Text == "true"
	}
	return def
}

// Locked returns where a key was locked; false if it may be overridden.
func (c *Config) Locked(name string) (string, bool) {
	from, ok := c.locked[name]
	return from, ok
}

// LockedKeys returns all keys that are locked, sorted.
func (c *Config) LockedKeys() []string {
	var out []string
	for name := range c.locked {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// A Line is one entry of a table, as "config show" prints it.
type Line struct{ Text, From string }

// Entries returns the entries of allow, severity and require.
func (c *Config) Entries() []Line {
	var out []Line
	for _, e := range c.allows {
		out = append(out, Line{"allow " + e.String(), e.from})
	}
	for _, e := range c.severities {
		out = append(out, Line{"severity " + e.String(), e.from})
	}
	for _, e := range c.requires {
		out = append(out, Line{"require " + e.String(), e.from})
	}
	return out
}

// AllowedCommits returns the ids of the commits that allow entries name, or the
// starts of them.
func (c *Config) AllowedCommits() []string {
	var out []string
	for _, a := range c.allows {
		out = append(out, a.commits...)
	}
	return out
}

// RuleNames returns the rules that entries name, and where they do.
func (c *Config) RuleNames() []Value {
	var out []Value
	for _, e := range c.allows {
		for _, id := range e.rules {
			out = append(out, Value{id, e.from})
		}
	}
	for _, e := range c.severities {
		for _, id := range e.rules {
			out = append(out, Value{id, e.from})
		}
	}
	for _, e := range c.requires {
		out = append(out, Value{e.rule, e.from}, Value{e.with, e.from})
	}
	return out
}

// A loader reads files on top of each other.
type loader struct {
	opts   LoadOptions
	config *Config
	org    bool // the files are the organisation's
}

// file reads one file after those that it extends. from are the files that led
// to it.
func (l *loader) file(name string, from []string) error {
	if slices.Contains(from, name) {
		return fmt.Errorf("%s: extends itself by way of %s", name, strings.Join(from[slices.Index(from, name):], ", "))
	}
	if len(from) > maxExtend {
		return fmt.Errorf("%s: more than %d files extend each other", name, maxExtend)
	}
	data, err := l.opts.Read(name)
	if err != nil {
		if len(from) > 0 {
			return fmt.Errorf("%s: extend: %w", from[len(from)-1], err)
		}
		return fmt.Errorf("reading the configuration: %w", err)
	}
	f, err := parseFile(name, string(data))
	if err != nil {
		return err
	}
	for _, base := range f.extend {
		base = filepath.FromSlash(base)
		if !filepath.IsAbs(base) {
			base = filepath.Join(filepath.Dir(name), base)
		}
		if err := l.file(base, append(slices.Clone(from), name)); err != nil {
			return err
		}
	}
	l.config.Files = append(l.config.Files, name)
	l.merge(f)
	return nil
}

// merge lays a file over what has been read before: its lists come behind, its
// other values replace. A key that the organisation has locked stays as it is.
func (l *loader) merge(f *configFile) {
	c := l.config
	for _, s := range f.settings {
		switch old := c.settings[s.Name]; {
		case l.refuses(s.Name, s.Values[0].From):
		case old != nil && s.List:
			old.Values = append(old.Values, s.Values...)
		default:
			c.settings[s.Name] = s
		}
	}
	for _, e := range f.allows {
		if !l.refuses("allow", e.from) {
			c.allows = append(c.allows, e)
		}
	}
	for _, e := range f.severities {
		if !l.refuses("severity", e.from) {
			c.severities = append(c.severities, e)
		}
	}
	for _, e := range f.requires {
		if !l.refuses("require", e.from) {
			c.requires = append(c.requires, e)
		}
	}
	if f.rules.Data != nil && !l.refuses("rule", f.rules.Name) {
		c.Rules = append(c.Rules, f.rules)
	}
	for _, v := range f.locked {
		if l.org {
			c.locked[v.Text] = v.From
		} else {
			c.warn("%s: locked counts in the organisation's configuration only", v.From)
		}
	}
}

// refuses reports whether a key is locked against the file that is read, and
// says so once an occurrence.
func (l *loader) refuses(key, from string) bool {
	lock, locked := l.config.locked[key]
	if !locked || l.org {
		return false
	}
	l.config.warn("%s: %s does not count: %s has locked it", from, key, lock)
	return true
}

func (c *Config) warn(format string, args ...any) {
	c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...))
}

// gitleaks reads the configuration of gitleaks in place of one of ours.
func (l *loader) gitleaks(name string) error {
	im, err := importGitleaks(name, l.opts.Read, l.opts.Known)
	if err != nil {
		return err
	}
	if len(im.Failures) > 0 {
		return fmt.Errorf("%s: these cannot be carried over; keysift config import %s shows the rest, which can be made a .keysift.toml:\n  %s",
			name, name, strings.Join(im.Failures, "\n  "))
	}
	f, err := parseFile(name, im.Text)
	if err != nil {
		return fmt.Errorf("carrying over %w", err)
	}
	f.disown(name)
	l.config.Warnings = append(l.config.Warnings, im.Warnings...)
	l.config.Files = append(l.config.Files, name)
	l.merge(f)
	return nil
}

// A configFile is the content of one file.
type configFile struct {
	name       string
	index      tomlIndex
	extend     []string
	locked     []Value
	settings   []*Setting
	allows     []*allowEntry
	severities []*severityEntry
	requires   []*requirement
	rules      RuleText // without data if there are none
}

// parseFile reads the text of a file. Every error has the form "name:line: …".
func parseFile(name, text string) (*configFile, error) {
	var root map[string]any
	if _, err := toml.Decode(text, &root); err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			return nil, fmt.Errorf("%s:%d: %s", name, pe.Position.Line, pe.Message)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &configFile{name: name, index: indexTOML(text)}
	if key := gitleaksKey(root); key != "" {
		return nil, f.errorAt(f.index.first([]string{key}), fmt.Errorf("this is a configuration of gitleaks; turn it into ours with: keysift config import %s", name))
	}
	for _, key := range slices.Sorted(maps.Keys(root)) {
		if findKey(rootKeys(), key) == nil {
			return nil, f.errorAt(f.index.first([]string{key}), fmt.Errorf("unknown key %q", key))
		}
	}
	for _, k := range rootKeys() {
		value, ok := root[k.name]
		if !ok {
			continue
		}
		if err := f.root(&k, value); err != nil {
			return nil, err
		}
	}
	if own := f.index.keep(text, ruleFileKeys()); strings.TrimSpace(own) != "" {
		f.rules = RuleText{name, []byte(own)}
	}
	return f, nil
}

// gitleaksKey returns a key that only a configuration of gitleaks has, or has in
// this form; empty if there is none.
func gitleaksKey(root map[string]any) string {
	if _, ok := root["rules"].([]map[string]any); ok {
		return "rules"
	}
	if _, ok := root["extend"].(map[string]any); ok {
		return "extend"
	}
	for _, key := range []string{"allowlist", "allowlists"} {
		if _, ok := root[key]; ok {
			return key
		}
	}
	return ""
}

func (f *configFile) errorAt(line int, err error) error {
	return fmt.Errorf("%s:%d: %w", f.name, line, err)
}

func (f *configFile) from(line int) string { return fmt.Sprintf("%s:%d", f.name, line) }

// root reads one key that stands in no table.
func (f *configFile) root(k *schemaKey, value any) error {
	line := f.index.first([]string{k.name})
	switch k.kind {
	case ruleValue:
		return nil
	case tablesValue:
		return f.tables(k.name, value)
	}
	texts, err := k.texts(value)
	if err != nil {
		return f.errorAt(line, err)
	}
	s := &Setting{Name: k.name, List: k.kind == listValue}
	for _, t := range texts {
		s.Values = append(s.Values, Value{t, f.from(line)})
	}
	switch {
	case k.name == "extend":
		f.extend = texts
	case k.name == "locked":
		f.locked = s.Values
	case len(texts) > 0:
		f.settings = append(f.settings, s)
	}
	return nil
}

// An entry is one element of an array of tables, its values as texts.
type entry struct {
	from   string
	values map[string][]string
}

func (e *entry) text(key string) string {
	if v := e.values[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (f *configFile) tables(table string, value any) error {
	elements, ok := value.([]map[string]any)
	if list, isList := value.([]any); isList { // inline tables
		ok = true
		for _, v := range list {
			m, isTable := v.(map[string]any)
			ok = ok && isTable
			elements = append(elements, m)
		}
	}
	if !ok {
		return f.errorAt(f.index.first([]string{table}), fmt.Errorf("%s is no array of tables; write [[%s]]", table, table))
	}
	for n, m := range elements {
		e := entry{f.from(f.index.line(n, table)), map[string][]string{}}
		for _, key := range slices.Sorted(maps.Keys(m)) {
			k := findKey(tableKeys(table), key)
			line := f.index.line(n, table, key)
			if k == nil {
				return f.errorAt(line, fmt.Errorf("unknown key %q", table+"."+key))
			}
			texts, err := k.texts(m[key])
			if err != nil {
				return f.errorAt(line, fmt.Errorf("%s: %w", table, err))
			}
			e.values[key] = texts
		}
		if err := f.add(table, e); err != nil {
			return fmt.Errorf("%s: %s: %w", e.from, table, err)
		}
	}
	return nil
}

func (f *configFile) add(table string, e entry) error {
	switch table {
	case "allow":
		a, err := newAllow(e)
		f.allows = append(f.allows, a)
		return err
	case "severity":
		s, err := newSeverity(e)
		f.severities = append(f.severities, s)
		return err
	}
	r, err := newRequirement(e)
	f.requires = append(f.requires, r)
	return err
}

// disown replaces line numbers, which are those of a text made from the file,
// by the file's name.
func (f *configFile) disown(name string) {
	for _, e := range f.allows {
		e.from = name
	}
	for _, e := range f.severities {
		e.from = name
	}
	for _, e := range f.requires {
		e.from = name
	}
	for _, s := range f.settings {
		for i := range s.Values {
			s.Values[i].From = name
		}
	}
}

// Lookup returns the file that is the configuration, in the order: the one
// asked for on the command line, the environment's, the first of the folders
// that has one. Without any it returns an empty name.
func Lookup(flag, environment string, folders []string, read func(string) ([]byte, error)) (string, error) {
	if name := cmp.Or(flag, environment); name != "" {
		return name, nil
	}
	return FindFile(folders, ConfigName, read)
}

// ConfigName and BaselineName are the files that are looked for.
const (
	ConfigName   = ".keysift.toml"
	BaselineName = ".keysift-baseline.json"
)

// FindFile returns the path of the file of a name in the first folder that has
// one, or an empty string. A file that is there and cannot be read is an error.
func FindFile(folders []string, name string, read func(string) ([]byte, error)) (string, error) {
	for _, dir := range folders {
		file := filepath.Join(dir, name)
		_, err := read(file)
		switch {
		case err == nil:
			return file, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("reading %s: %w", file, err)
		}
	}
	return "", nil
}
