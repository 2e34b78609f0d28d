package policy

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/keysift/keysift/rules"
)

// An Import is another tool's configuration in our form.
type Import struct {
	Text     string   // of a .keysift.toml
	Warnings []string // allow lists that cannot be carried over
	Failures []string // rules that cannot be carried over
}

// ImportGitleaks turns a configuration of gitleaks, with the files it extends,
// into ours. known tells the id of a built-in rule by its id there.
func ImportGitleaks(name string, read func(string) ([]byte, error), known func(id string) (string, bool)) (*Import, error) {
	return importGitleaks(name, read, known)
}

// The form of gitleaks' configuration. A key that is not listed is a warning,
// in a rule a failure.
type gitleaksFile struct {
	Title       string          `toml:"title"`
	Description string          `toml:"description"`
	MinVersion  string          `toml:"minVersion"`
	Extend      gitleaksExtend  `toml:"extend"`
	Rules       []gitleaksRule  `toml:"rules"`
	Allowlist   *gitleaksAllow  `toml:"allowlist"`
	Allowlists  []gitleaksAllow `toml:"allowlists"`
}

type gitleaksExtend struct {
	UseDefault    bool     `toml:"useDefault"`
	Path          string   `toml:"path"`
	URL           string   `toml:"url"`
	DisabledRules []string `toml:"disabledRules"`
}

type gitleaksRule struct {
	ID          string             `toml:"id"`
	Description string             `toml:"description"`
	Regex       string             `toml:"regex"`
	SecretGroup int                `toml:"secretGroup"`
	Entropy     float64            `toml:"entropy"`
	Keywords    []string           `toml:"keywords"`
	Path        string             `toml:"path"`
	Tags        []string           `toml:"tags"`
	SkipReport  bool               `toml:"skipReport"`
	Required    []gitleaksRequired `toml:"required"`
	Allowlist   *gitleaksAllow     `toml:"allowlist"`
	Allowlists  []gitleaksAllow    `toml:"allowlists"`
}

type gitleaksRequired struct {
	ID            string `toml:"id"`
	WithinLines   *int   `toml:"withinLines"`
	WithinColumns *int   `toml:"withinColumns"`
}

type gitleaksAllow struct {
	ID          string   `toml:"id"`
	Description string   `toml:"description"`
	Condition   string   `toml:"condition"`
	TargetRules []string `toml:"targetRules"`
	Commits     []string `toml:"commits"`
	Paths       []string `toml:"paths"`
	RegexTarget string   `toml:"regexTarget"`
	Regexes     []string `toml:"regexes"`
	StopWords   []string `toml:"stopwords"`
}

// An importer turns files into one text.
type importer struct {
	read  func(string) ([]byte, error)
	known func(string) (string, bool)
	base  *rules.Set // on which rules are tried out
	out   Import
	ids   map[string]string // rules that were carried over, by their id there
	used  map[string]bool   // ids that are taken here
	text  strings.Builder
}

func importGitleaks(name string, read func(string) ([]byte, error), known func(string) (string, bool)) (*Import, error) {
	if known == nil {
		known = func(string) (string, bool) { return "", false }
	}
	base, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	m := &importer{read: read, known: known, base: base, ids: map[string]string{}, used: map[string]bool{}}
	files, err := m.files(name, nil)
	if err != nil {
		return nil, err
	}
	m.disabled(files)
	for _, f := range files {
		for i := range f.Rules {
			m.name(&f.Rules[i])
		}
	}
	for _, f := range files {
		for i := range f.Rules {
			m.rule(&f.Rules[i])
		}
	}
	for _, f := range files {
		if f.Allowlist != nil {
			m.allow(f.Allowlist, nil, "the global allow list")
		}
		for i := range f.Allowlists {
			m.targeted(&f.Allowlists[i])
		}
	}
	m.out.Text = m.text.String()
	return &m.out, nil
}

// files reads a file behind those that it extends.
func (m *importer) files(name string, from []string) ([]*gitleaksFile, error) {
	if slices.Contains(from, name) || len(from) > maxExtend {
		return nil, fmt.Errorf("%s: extends itself, or too many files extend each other", name)
	}
	data, err := m.read(name)
	if err != nil {
		return nil, fmt.Errorf("reading gitleaks' configuration: %w", err)
	}
	f := new(gitleaksFile)
	md, err := toml.Decode(string(data), f)
	if err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			return nil, fmt.Errorf("%s:%d: %s", name, pe.Position.Line, pe.Message)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	index := indexTOML(string(data))
	for _, key := range md.Undecoded() {
		text := fmt.Sprintf("%s:%d: unknown key %q", name, index.first(key), key.String())
		if key[0] == "rules" && !slices.Contains(key, "allowlists") && !slices.Contains(key, "allowlist") {
			m.fail("%s", text)
		} else {
			m.warn("%s", text)
		}
	}
	if f.Extend.URL != "" {
		m.fail("%s:%d: extend.url: keysift makes no connection; store the file and name it in extend.path", name, index.first([]string{"extend", "url"}))
	}
	out := []*gitleaksFile{f}
	if f.Extend.Path != "" {
		base := filepath.FromSlash(f.Extend.Path)
		if !filepath.IsAbs(base) {
			base = filepath.Join(filepath.Dir(name), base)
		}
		more, err := m.files(base, append(slices.Clone(from), name))
		if err != nil {
			return nil, err
		}
		out = append(more, f)
	}
	return out, nil
}

func (m *importer) warn(format string, args ...any) {
	m.out.Warnings = append(m.out.Warnings, fmt.Sprintf(format, args...))
}

func (m *importer) fail(format string, args ...any) {
	m.out.Failures = append(m.out.Failures, fmt.Sprintf(format, args...))
}

// disabled writes the built-in rules that the files switch off.
func (m *importer) disabled(files []*gitleaksFile) {
	var ids []string
	for _, f := range files {
		for _, id := range f.Extend.DisabledRules {
			if own, ok := m.known(id); ok {
				ids = append(ids, own)
			} else {
				m.warn("extend.disabledRules: no rule here is known as %q", id)
			}
		}
	}
	if len(ids) > 0 {
		m.list("disable-rule", ids)
		m.text.WriteString("\n")
	}
}

// name settles the id that a rule gets here: its own if that is free.
func (m *importer) name(r *gitleaksRule) {
	if r.Regex == "" && r.Path == "" {
		return // it changes a rule that exists
	}
	id := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(r.ID), "-"), "-")
	if id == "" {
		id = "rule"
	}
	if _, taken := m.known(id); taken || m.used[id] {
		id = "gitleaks-" + id
	}
	for base, n := id, 2; ; n++ {
		if _, taken := m.known(id); !taken && !m.used[id] {
			break
		}
		id = fmt.Sprintf("%s-%d", base, n)
	}
	m.used[id] = true
	m.ids[r.ID] = id
}

// idsOf returns the rules here that a rule there stands for: the one that was
// carried over and the built-in one of that name.
func (m *importer) idsOf(id string) []string {
	var out []string
	if own, ok := m.ids[id]; ok {
		out = append(out, own)
	}
	if own, ok := m.known(id); ok {
		out = append(out, own)
	}
	return out
}

func (m *importer) rule(r *gitleaksRule) {
	own := m.idsOf(r.ID)
	if r.Regex != "" {
		if err := m.writeRule(r); err != nil {
			m.fail("rule %q: %v", r.ID, err)
			return
		}
	} else if own, ok := m.known(coveredBy(r.ID)); ok && r.Path != "" {
		m.warn("rule %q: it reports files by their names; the built-in rule %s looks into them instead", r.ID, own)
		return
	} else if r.Path != "" {
		m.fail("rule %q: it reports files by their names alone, which rules here do not", r.ID)
		return
	}
	if len(own) == 0 {
		m.warn("rule %q: no rule here is known by this id, which its allow lists are for", r.ID)
		return
	}
	m.required(r, own)
	if r.SkipReport {
		m.text.WriteString("[[allow]]\n")
		m.list("rule", own[:1])
		m.value("reason", "a part of other findings only (skipReport)")
		m.text.WriteString("\n")
	}
	lists := r.Allowlists
	if r.Allowlist != nil {
		lists = append([]gitleaksAllow{*r.Allowlist}, lists...)
	}
	for i := range lists {
		m.allow(&lists[i], own, fmt.Sprintf("the allow list of rule %q", r.ID))
	}
}

// coveredBy returns the built-in rule that finds by their content what a rule of
// gitleaks' own finds by the names of files.
func coveredBy(id string) string {
	if id == "pkcs12-file" {
		return "keystore-pkcs12"
	}
	return ""
}

func (m *importer) required(r *gitleaksRule, own []string) {
	for _, q := range r.Required {
		with := m.idsOf(q.ID)
		if len(with) == 0 {
			m.fail("rule %q: it requires %q, which no rule here is known as", r.ID, q.ID)
			continue
		}
		m.text.WriteString("[[require]]\n")
		m.value("rule", own[0])
		m.value("with", with[0])
		for _, d := range []struct {
			key string
			n   *int
		}{{"lines", q.WithinLines}, {"columns", q.WithinColumns}} {
			if d.n != nil {
				fmt.Fprintf(&m.text, "%s = %d\n", d.key, max(*d.n, 0))
			}
		}
		m.text.WriteString("\n")
	}
}

// targeted carries over a global allow list, which may be for some rules only.
func (m *importer) targeted(a *gitleaksAllow) {
	var own []string
	for _, id := range a.TargetRules {
		ids := m.idsOf(id)
		if len(ids) == 0 {
			m.warn("allow list %q: no rule here is known as %q", a.name(), id)
		}
		own = append(own, ids...)
	}
	if len(a.TargetRules) > 0 && len(own) == 0 {
		return
	}
	m.allow(a, own, fmt.Sprintf("allow list %q", a.name()))
}

func (a *gitleaksAllow) name() string {
	if a.Description != "" {
		return a.Description
	}
	return a.ID
}

// allow writes an allow list: one entry if all its conditions have to hold,
// else one for each.
func (m *importer) allow(a *gitleaksAllow, own []string, where string) {
	reason := a.name()
	if !isReason(reason) {
		reason = "carried over from gitleaks"
	}
	groups := m.groups(a, where)
	if len(groups) == 0 {
		return
	}
	all := false
	switch strings.ToUpper(a.Condition) {
	case "", "OR", "||":
	case "AND", "&&":
		all = true
	default:
		m.warn("%s: unknown condition %q; it does not count", where, a.Condition)
		return
	}
	for i, g := range groups {
		if i == 0 || !all {
			m.text.WriteString("[[allow]]\n")
			if len(own) > 0 {
				m.list("rule", own)
			}
			m.value("reason", reason)
		}
		m.list(g.key, g.values)
		if i == len(groups)-1 || !all {
			m.text.WriteString("\n")
		}
	}
}

type group struct {
	key    string
	values []string
}

// groups returns the conditions of an allow list in our form. One that cannot
// be carried over makes the whole list of an AND count for nothing.
func (m *importer) groups(a *gitleaksAllow, where string) []group {
	target := map[string]string{"": "secret", "secret": "secret", "match": "match", "line": "line"}[strings.ToLower(a.RegexTarget)]
	if target == "" && len(a.Regexes) > 0 {
		m.warn("%s: unknown regexTarget %q; it does not count", where, a.RegexTarget)
		return nil
	}
	var out []group
	lost := false
	for _, g := range []struct {
		group
		check func(string) error
	}{
		{group{"commit", lowered(a.Commits)}, matches(`^[0-9a-f]{7,64}$`, "the id of a commit")},
		{group{"path-regexp", a.Paths}, validRegexp},
		{group{target, a.Regexes}, validRegexp},
		{group{"stopword", a.StopWords}, notEmpty},
	} {
		keep := group{key: g.key}
		for _, v := range g.values {
			err := g.check(v)
			if err == nil && g.key == "match" && strings.ContainsAny(v, "^$") && anchored(v) {
				err = errors.New("it is tied to the start or end of a match, which is another one here")
			}
			if err != nil {
				m.warn("%s: %s %q does not count: %v", where, g.key, v, err)
				continue
			}
			keep.values = append(keep.values, v)
		}
		if len(keep.values) > 0 {
			out = append(out, keep)
		} else if len(g.values) > 0 {
			lost = true
		}
	}
	if lost && (strings.EqualFold(a.Condition, "AND") || a.Condition == "&&") {
		m.warn("%s: a part of its condition is lost; none of it counts", where)
		return nil
	}
	return out
}

func lowered(in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, strings.ToLower(s))
	}
	return out
}

// writeRule writes a rule in the form of a rule file, after trying it out.
func (m *importer) writeRule(r *gitleaksRule) error {
	pattern, err := secretPattern(r.Regex, r.SecretGroup)
	if err != nil {
		return err
	}
	id := m.ids[r.ID]
	title := strings.Join(strings.Fields(r.Description), " ")
	if title == "" {
		title = r.ID
	}
	before := m.text.Len()
	m.text.WriteString("[[rule]]\n")
	m.value("id", id)
	m.value("title", title)
	m.value("severity", "high")
	if _, clash := m.known(r.ID); id != r.ID && !clash {
		m.array("aliases", []string{r.ID})
	}
	m.text.WriteString("pattern = " + quote(pattern) + "\n")
	m.value("boundary", "none")
	l := leadOf(r)
	if len(l.markers) > 0 {
		m.array("markers", l.markers)
	}
	if len(l.context) > 0 {
		m.array("context", l.context)
		fmt.Fprintf(&m.text, "back = %d\nforward = %d\nlines = %d\n", contextReach, contextReach, contextLines)
	}
	fmt.Fprintf(&m.text, "entropy = %g\n", l.entropy)
	short := slices.IndexFunc(l.context, func(w string) bool { return len(w) < minMarker })
	if r.Path != "" {
		m.text.WriteString("path = " + quote(r.Path) + "\n")
	}
	m.text.WriteString("\n")
	written := m.text.String()[before:]
	if err := m.try(written); err != nil {
		kept := m.text.String()[:before]
		m.text.Reset()
		m.text.WriteString(kept)
		return err
	}
	if short >= 0 {
		m.warn("rule %q: its keyword %q is too short to be found beside letters and digits; write the rule anew, with a longer one", r.ID, l.context[short])
	}
	return nil
}

// How far from a match a keyword may stand: the most that a rule may say.
// gitleaks looks for it anywhere in the file.
const (
	contextReach = 4096
	contextLines = 20
)

// try reports what is wrong with a rule that was written.
func (m *importer) try(text string) error {
	_, err := m.base.Extend("rule", []byte(text))
	if err == nil {
		return nil
	}
	msg := err.Error()
	if i := strings.Index(msg, `": `); i >= 0 { // file, line and id are of no use here
		msg = msg[i+3:]
	}
	return errors.New(msg)
}

// value, list and array write a key; a list of one is written as that one.
func (m *importer) value(key, value string) {
	m.text.WriteString(key + " = " + quote(value) + "\n")
}

func (m *importer) list(key string, values []string) {
	if len(values) == 1 {
		m.value(key, values[0])
		return
	}
	m.array(key, values)
}

func (m *importer) array(key string, values []string) {
	m.text.WriteString(key + " = [\n")
	for _, v := range values {
		m.text.WriteString("    " + quote(v) + ",\n")
	}
	m.text.WriteString("]\n")
}

// quote returns a TOML string.
func quote(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r < ' ' && r != '\t' || r == 0x7f }) {
		return "'" + s + "'"
	}
	if !strings.Contains(s, "'''") && !strings.HasSuffix(s, "'") && !strings.HasPrefix(s, "'") && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return "'''" + s + "'''"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
