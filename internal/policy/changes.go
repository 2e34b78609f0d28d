package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxChanges is how many changes of one file are listed one by one.
const maxChanges = 20

// Attempts returns what the scanned change tried to alter in what decides about
// it, a line each: the files of the policy where they differ from the revision,
// attributes that hide files, and comments that do not count because they are
// new. now returns the content of a file in the change by its path from the top,
// nil if there is none; with a nil function only comments are looked at. What
// cannot be read is named, too. Values of a kind that may hold a secret are left out.
func (p *Policy) Attempts(now func(name string) ([]byte, error)) []string {
	v := p.opts.Revision
	if v == nil {
		return nil
	}
	var out []string
	if now != nil {
		out = p.changes(now)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var comments []string
	for text := range p.attempts {
		comments = append(comments, text)
	}
	slices.Sort(comments)
	return append(out, comments...)
}

// changes compares the files of the policy, and the attributes of the folders
// that lead to findings, with the revision.
func (p *Policy) changes(now func(name string) ([]byte, error)) []string {
	v := p.opts.Revision
	var out []string
	for _, file := range []struct {
		name string
		diff func(name string, then, now []byte) []string
	}{
		{ConfigName, diffConfig},
		{".gitleaks.toml", diffConfig},
		{BaselineName, diffBaseline},
		{".gitleaksignore", diffLines},
		{".secrets.baseline", diffHashes},
	} {
		out = append(out, v.diff(file.name, now, file.diff)...)
	}
	for _, dir := range p.folders() {
		out = append(out, v.diff(path.Join(dir, ".gitattributes"), now, diffAttributes)...)
	}
	return out
}

// folders returns the folders that lead to the findings, the top one included.
func (p *Policy) folders() []string {
	var out []string
	for dir := range p.dirs {
		out = append(out, dir)
	}
	slices.Sort(out)
	return out
}

// see notes the folders that lead to a finding.
func (p *Policy) see(name string) {
	for dir := path.Dir(name); !p.dirs[dir] && dir != "/"; dir = path.Dir(dir) {
		p.dirs[dir] = true
		if dir == "." {
			return
		}
	}
}

func (v *Revision) diff(name string, now func(string) ([]byte, error), diff func(string, []byte, []byte) []string) []string {
	then, err := v.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	is, nowErr := now(name)
	if err := errors.Join(err, nowErr); err != nil {
		return []string{fmt.Sprintf("%s: cannot be compared: %v", name, err)}
	}
	if bytes.Equal(then, is) {
		return nil
	}
	lines := diff(name, then, is)
	if more := len(lines) - maxChanges; more > 0 {
		lines = append(lines[:maxChanges], fmt.Sprintf("%s: %d more changes", name, more))
	}
	return lines
}

// diffConfig compares two configurations by their keys. Only settings show
// their values: an expression in an allow list may hold a secret.
func diffConfig(name string, then, now []byte) []string {
	old, is := keyTexts(string(then)), keyTexts(string(now))
	var out []string
	for _, k := range is {
		if !slices.ContainsFunc(old, func(o keyText) bool { return o.text == k.text }) {
			out = append(out, fmt.Sprintf("%s:%d: sets %s", name, k.line, k.shown))
		}
	}
	for _, o := range old {
		if !slices.ContainsFunc(is, func(k keyText) bool { return o.text == k.text }) {
			out = append(out, fmt.Sprintf("%s: takes out %s", name, o.shown))
		}
	}
	if len(out) == 0 {
		out = append(out, name+": is written in another way")
	}
	return out
}

type keyText struct {
	line        int
	text, shown string
}

// keyTexts returns the keys of a configuration with their values.
func keyTexts(text string) []keyText {
	lines := strings.Split(text, "\n")
	var out []keyText
	for _, s := range statements(text) {
		if s.head {
			continue
		}
		key := strings.Join(s.path, ".")
		body := strings.TrimSpace(strings.Join(lines[s.start-1:s.end], "\n"))
		shown := key
		if k := findKey(rootKeys(), key); k != nil && k.isSetting() {
			shown = strings.Join(strings.Fields(body), " ")
		}
		out = append(out, keyText{s.start, key + "\x00" + body, shown})
	}
	return out
}

func diffBaseline(name string, then, now []byte) []string {
	old, err := ParseBaseline(name, then)
	if err != nil {
		old = &Baseline{}
	}
	is, err := ParseBaseline(name, now)
	if err != nil {
		return []string{name + ": cannot be read as it is now"}
	}
	var out []string
	for _, e := range is.Entries {
		if o := old.Find(e.Fingerprint); o == nil {
			out = append(out, fmt.Sprintf("%s: adds %s %s %s", name, e.Fingerprint, e.Rule, e.Path))
		} else if *o != e {
			out = append(out, fmt.Sprintf("%s: changes %s %s %s", name, e.Fingerprint, e.Rule, e.Path))
		}
	}
	for _, o := range old.Entries {
		if is.Find(o.Fingerprint) == nil {
			out = append(out, fmt.Sprintf("%s: takes out %s %s %s", name, o.Fingerprint, o.Rule, o.Path))
		}
	}
	return out
}

// diffLines lists the lines that are new.
func diffLines(name string, then, now []byte) []string {
	old := map[string]bool{}
	for line := range bytes.Lines(then) {
		old[string(bytes.TrimSpace(line))] = true
	}
	var out []string
	for line := range bytes.Lines(now) {
		if text := string(bytes.TrimSpace(line)); text != "" && text[0] != '#' && !old[text] {
			out = append(out, name+": adds "+text)
		}
	}
	return out
}

func diffHashes(name string, then, now []byte) []string {
	old, n := linesOfHashes(then), 0
	for hash := range linesOfHashes(now) {
		if old[hash] == 0 {
			n++
		}
	}
	return []string{fmt.Sprintf("%s: differs, with %d new findings", name, n)}
}

// diffAttributes lists new attributes by which reviews and other scanners pass
// over files.
func diffAttributes(name string, then, now []byte) []string {
	hides := func(line string) bool {
		fields := strings.Fields(line)
		return len(fields) > 1 && slices.ContainsFunc(fields[1:], func(a string) bool {
			a = strings.TrimSuffix(a, "=true")
			return slices.Contains([]string{"-diff", "binary", "linguist-generated", "linguist-vendored", "gitlab-generated", "-text", "export-ignore"}, a)
		})
	}
	return slices.DeleteFunc(diffLines(name, then, now), func(line string) bool {
		return !hides(strings.TrimPrefix(line, name+": adds "))
	})
}
