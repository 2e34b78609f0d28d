package policy

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/keysift/keysift/internal/scan"
)

// Ignores are known findings as a file of another tool lists them.
type Ignores struct {
	Name     string
	Warnings []string
	entries  []*ignore
	byPath   map[string][]*ignore
	secrets  []ListedSecret
}

// A ListedSecret is a finding that a file gives with its secret, so that it
// need not be looked for.
type ListedSecret struct {
	Secret     scan.Secret
	Rule, Path string
}

// An ignore is one finding that another tool knows.
type ignore struct {
	line   int    // in the file; 0 if not known
	text   string // how the file names it
	path   string
	commit string // empty for any
	rule   string // as the other tool names it; empty for any
	at     int    // line of the finding; 0 for any
	hash   string // SHA-1 of the secret, in hexadecimal; empty for any
	used   bool
}

func (g *Ignores) add(i *ignore) {
	i.path = strings.TrimPrefix(strings.ReplaceAll(i.path, `\`, "/"), "./")
	g.entries = append(g.entries, i)
	if g.byPath == nil {
		g.byPath = map[string][]*ignore{}
	}
	g.byPath[i.path] = append(g.byPath[i.path], i)
}

// Len returns the number of findings that the file lists.
func (g *Ignores) Len() int { return len(g.entries) + len(g.secrets) }

// Commits returns the ids of the commits that the file names.
func (g *Ignores) Commits() []string {
	var out []string
	for _, i := range g.entries {
		if i.commit != "" {
			out = append(out, i.commit)
		}
	}
	return out
}

// Secrets returns the findings that the file gives with their secrets.
func (g *Ignores) Secrets() []ListedSecret { return g.secrets }

// Reason returns why a finding that the file lists is suppressed.
func (g *Ignores) Reason() string { return "listed in " + g.Name }

// ParseForeign reads what other tools list findings in, by its content: a report
// of gitleaks in JSON, a baseline of detect-secrets, or a .gitleaksignore.
func ParseForeign(name string, data []byte) (*Ignores, error) {
	switch text := bytes.TrimSpace(data); {
	case bytes.HasPrefix(text, []byte("[")):
		return parseGitleaksReport(name, data)
	case bytes.HasPrefix(text, []byte("{")):
		return ParseSecretsBaseline(name, data)
	}
	return ParseGitleaksIgnore(name, data), nil
}

// parseGitleaksReport reads a report, which serves gitleaks as a baseline. It
// holds the secrets unless it was made with them redacted.
func parseGitleaksReport(name string, data []byte) (*Ignores, error) {
	var list []struct {
		RuleID, File, Secret, Commit string
		StartLine                    int
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, jsonError(name, data, err)
	}
	g := &Ignores{Name: name}
	for n, f := range list {
		if s := f.Secret; s != "" && !strings.Contains(s, "REDACTED") && !strings.HasSuffix(s, "...") {
			g.secrets = append(g.secrets, ListedSecret{scan.NewSecret(s, 0), f.RuleID, f.File})
			continue
		}
		if f.File == "" {
			return nil, fmt.Errorf("%s: finding %d names no file; is this a report of gitleaks?", name, n+1)
		}
		g.add(&ignore{text: fmt.Sprintf("finding %d: %s %s:%d", n+1, f.RuleID, f.File, f.StartLine), path: f.File, rule: f.RuleID, at: f.StartLine, commit: f.Commit, line: n + 1})
	}
	return g, nil
}

// ParseGitleaksIgnore reads a .gitleaksignore: a fingerprint a line, of the
// form commit:path:rule:line or path:rule:line. What is none of them is a
// warning.
func ParseGitleaksIgnore(name string, data []byte) *Ignores {
	g := &Ignores{Name: name}
	n := 0
	for text := range strings.Lines(string(data)) {
		n++
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		i, ok := parseGitleaksFingerprint(text)
		if !ok {
			g.Warnings = append(g.Warnings, fmt.Sprintf("%s:%d: %q is no fingerprint of gitleaks; it does not count", name, n, text))
			continue
		}
		i.line = n
		g.add(i)
	}
	return g
}

func parseGitleaksFingerprint(text string) (*ignore, bool) {
	i := &ignore{text: text}
	rest, at, ok1 := cutLast(text)
	path, rule, ok2 := cutLast(rest)
	line, err := strconv.Atoi(at)
	if !ok1 || !ok2 || err != nil || path == "" || rule == "" {
		return nil, false
	}
	i.at, i.rule, i.path = line, rule, path
	if commit, file, ok := strings.Cut(path, ":"); ok && isCommitID(commit) {
		i.commit, i.path = commit, file
	}
	return i, true
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func isCommitID(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// secretsBaseline is the part of a .secrets.baseline that is needed.
type secretsBaseline struct {
	Results map[string][]struct {
		Type         string `json:"type"`
		HashedSecret string `json:"hashed_secret"`
		LineNumber   int    `json:"line_number"`
		IsSecret     *bool  `json:"is_secret"`
	} `json:"results"`
}

// ParseSecretsBaseline reads the baseline of detect-secrets. Entries that its
// audit has found to be real do not count and are a warning.
func ParseSecretsBaseline(name string, data []byte) (*Ignores, error) {
	var f secretsBaseline
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, jsonError(name, data, err)
	}
	g := &Ignores{Name: name}
	lines := linesOfHashes(data)
	realOnes := 0
	for path, list := range f.Results {
		for _, r := range list {
			if b, err := hex.DecodeString(r.HashedSecret); err != nil || len(b) != sha1.Size {
				return nil, fmt.Errorf("%s:%d: hashed_secret of %s is no SHA-1", name, lineOf(data, path), path)
			}
			if r.IsSecret != nil && *r.IsSecret {
				realOnes++
				continue
			}
			g.add(&ignore{text: path + ": " + r.Type, path: path, hash: strings.ToLower(r.HashedSecret), line: lines[r.HashedSecret]})
		}
	}
	slices.SortStableFunc(g.entries, func(a, b *ignore) int { return cmp.Or(a.line-b.line, strings.Compare(a.text, b.text)) })
	if realOnes > 0 {
		g.Warnings = append(g.Warnings, fmt.Sprintf("%s: %d entries that were audited as real do not count", name, realOnes))
	}
	return g, nil
}

// linesOfHashes returns the line of each string of the length of a SHA-1.
func linesOfHashes(data []byte) map[string]int {
	out := map[string]int{}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		for _, part := range bytes.Split(line, []byte(`"`)) {
			if len(part) == 2*sha1.Size && out[string(part)] == 0 {
				out[string(part)] = n
			}
		}
	}
	return out
}

// take reports whether the file lists a finding.
func (g *Ignores) take(f *facts) bool {
	found := false
	for _, i := range g.byPath[f.path] {
		if i.matches(f) {
			i.used, found = true, true
		}
	}
	return found
}

func (i *ignore) matches(f *facts) bool {
	if i.at != 0 && i.at != f.Start.Line {
		return false
	}
	// What its catch-all rule found is likely to have a rule of its own here.
	if i.rule != "" && i.rule != "generic-api-key" && !isRule(f.Rule, i.rule) {
		return false
	}
	if i.hash != "" && !slices.Contains(hashesOf(f.Secret.Reveal()), i.hash) {
		return false
	}
	return i.commit == "" || slices.Contains(f.commits(), i.commit)
}

// hashesOf returns the SHA-1 by which detect-secrets knows a secret: of the
// value, of a private key that of its label.
func hashesOf(secret string) []string {
	out := []string{sha1Hex(secret)}
	if m := regexp.MustCompile(`^-{5}(BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)`).FindStringSubmatch(secret); m != nil {
		out = append(out, sha1Hex(m[1]))
	}
	return out
}

func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Unused returns the findings that none of the run is.
func (g *Ignores) Unused() []Unused {
	var out []Unused
	for _, i := range g.entries {
		if !i.used {
			out = append(out, Unused{fmt.Sprintf("%s:%d", g.Name, i.line), i.text, false})
		}
	}
	return out
}
