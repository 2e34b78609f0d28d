package policy

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// A place says which findings an entry is about: those of one of the rules, in
// one of the paths. An empty list means any.
type place struct {
	rules []string
	paths []*regexp.Regexp
	shown string
}

func newPlace(e entry) place {
	p := place{rules: e.values["rule"]}
	for _, g := range e.values["path"] {
		if re, err := compileGlob(g); err == nil { // checked when it was read
			p.paths = append(p.paths, re)
		}
	}
	p.paths = append(p.paths, expressions(e.values["path-regexp"])...)
	var parts []string
	for _, key := range []string{"rule", "path", "path-regexp", "fingerprint", "secret", "stopword", "match", "line", "commit"} {
		for _, v := range e.values[key] {
			parts = append(parts, key+" "+v)
		}
	}
	p.shown = strings.Join(parts, ", ")
	return p
}

func expressions(texts []string) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, t := range texts {
		if re, err := regexp.Compile(t); err == nil { // checked when it was read
			out = append(out, re)
		}
	}
	return out
}

func (p *place) holds(r *rules.Rule, path string) bool {
	if len(p.rules) > 0 && !slices.ContainsFunc(p.rules, func(id string) bool { return isRule(r, id) }) {
		return false
	}
	return len(p.paths) == 0 || slices.ContainsFunc(p.paths, func(re *regexp.Regexp) bool { return re.MatchString(path) })
}

// isRule reports whether a rule has an id or alias.
func isRule(r *rules.Rule, id string) bool { return r.ID == id || slices.Contains(r.Aliases, id) }

// An allowEntry allows findings that have all of its properties. Of each that
// lists several it takes one.
type allowEntry struct {
	place
	from         string
	fingerprints []string
	secrets      []*regexp.Regexp
	stopwords    []string // in lower case
	matches      []*regexp.Regexp
	lines        []*regexp.Regexp
	commits      []string
	reason       string
	expires      string
	used         bool
}

func newAllow(e entry) (*allowEntry, error) {
	a := &allowEntry{
		place: newPlace(e), from: e.from, fingerprints: e.values["fingerprint"], secrets: expressions(e.values["secret"]),
		matches: expressions(e.values["match"]), lines: expressions(e.values["line"]), commits: e.values["commit"],
		reason: e.text("reason"), expires: e.text("expires"),
	}
	for _, w := range e.values["stopword"] {
		a.stopwords = append(a.stopwords, strings.ToLower(w))
	}
	if a.reason == "" {
		return nil, errors.New("reason is missing")
	}
	if a.expires != "" {
		if _, err := ParseDate(a.expires); err != nil {
			return nil, fmt.Errorf("expires: %w", err)
		}
	}
	if a.shown == "" {
		return nil, errors.New("it would allow everything; name a rule, path, fingerprint, secret, line or commit")
	}
	return a, nil
}

// String describes what the entry allows and why.
func (a *allowEntry) String() string {
	s := a.shown + " (" + a.reason + ")"
	if a.expires != "" {
		s += " until " + a.expires
	}
	return s
}

// wantsLine reports whether the entry looks at the text around a finding.
func (a *allowEntry) wantsLine() bool { return len(a.matches)+len(a.lines) > 0 }

// facts are what entries ask about a finding.
type facts struct {
	*scan.Finding
	path        string // relative to the top folder
	line        []byte // in which it starts; nil if no entry asks for it
	fingerprint func() string
	commits     func() []string
}

// allows reports whether the finding has all properties of the entry. What is
// cheap to tell is asked first.
func (a *allowEntry) allows(f *facts, now time.Time) bool {
	if !a.holds(f.Rule, f.path) || expired(a.expires, now) {
		return false
	}
	secret := f.Secret.Reveal()
	if len(a.secrets) > 0 && !slices.ContainsFunc(a.secrets, func(re *regexp.Regexp) bool { return re.MatchString(secret) }) {
		return false
	}
	if len(a.stopwords) > 0 {
		lower := strings.ToLower(secret)
		if !slices.ContainsFunc(a.stopwords, func(w string) bool { return strings.Contains(lower, w) }) {
			return false
		}
	}
	if len(a.lines) > 0 && !slices.ContainsFunc(a.lines, func(re *regexp.Regexp) bool { return re.Match(f.line) }) {
		return false
	}
	if len(a.matches) > 0 && !slices.ContainsFunc(a.matches, func(re *regexp.Regexp) bool { return overlaps(re, f.line, secret) }) {
		return false
	}
	if len(a.commits) > 0 && !slices.ContainsFunc(f.commits(), a.hasCommit) {
		return false
	}
	return len(a.fingerprints) == 0 || slices.Contains(a.fingerprints, f.fingerprint())
}

func (a *allowEntry) hasCommit(id string) bool {
	return slices.ContainsFunc(a.commits, func(prefix string) bool { return strings.HasPrefix(id, prefix) })
}

// overlaps reports whether a match of an expression on a line holds a part of
// the secret, or of as much of it as stands on the line.
func overlaps(re *regexp.Regexp, line []byte, secret string) bool {
	first, _, _ := strings.Cut(secret, "\n")
	if first == "" {
		return false
	}
	var places [][2]int
	for from := 0; ; {
		i := bytes.Index(line[from:], []byte(first))
		if i < 0 {
			break
		}
		places = append(places, [2]int{from + i, from + i + len(first)})
		from += i + 1
	}
	for _, m := range re.FindAllIndex(line, -1) {
		for _, p := range places {
			if m[0] < p[1] && p[0] < m[1] {
				return true
			}
		}
	}
	return false
}

// A severityEntry changes the severity of findings.
type severityEntry struct {
	place
	from string
	set  rules.Severity
	used bool
}

func newSeverity(e entry) (*severityEntry, error) {
	s := &severityEntry{place: newPlace(e), from: e.from}
	if e.text("set") == "" {
		return nil, errors.New("set is missing")
	}
	if s.shown == "" {
		return nil, errors.New("it would change everything; name a rule or a path")
	}
	var err error
	s.set, err = rules.ParseSeverity(e.text("set"))
	return s, err
}

// String describes what gets which severity.
func (s *severityEntry) String() string { return s.shown + ": " + s.set.String() }

// A requirement suppresses findings of a rule that have none of another rule near
// them.
type requirement struct {
	from           string
	rule, with     string
	lines, columns int // how far apart the two may be; -1 for any distance in the file
}

func newRequirement(e entry) (*requirement, error) {
	r := &requirement{from: e.from, rule: e.text("rule"), with: e.text("with"), lines: -1, columns: -1}
	if r.rule == "" || r.with == "" {
		return nil, errors.New("rule and with are both needed")
	}
	for key, to := range map[string]*int{"lines": &r.lines, "columns": &r.columns} {
		if s := e.text(key); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			*to = n
		}
	}
	return r, nil
}

// String describes what is required.
func (r *requirement) String() string {
	s := r.rule + " with " + r.with
	if r.lines >= 0 {
		s += fmt.Sprintf(" within %d lines", r.lines)
	}
	if r.columns >= 0 {
		s += fmt.Sprintf(" within %d columns", r.columns)
	}
	return s
}

// near reports whether a finding is close enough to one of the other rule.
func (r *requirement) near(f, other *scan.Finding) bool {
	return isRule(other.Rule, r.with) &&
		(r.lines < 0 || distance(f.Start.Line, other.Start.Line) <= r.lines) &&
		(r.columns < 0 || distance(f.Start.Column, other.Start.Column) <= r.columns)
}

func distance(a, b int) int { return max(a-b, b-a) }
