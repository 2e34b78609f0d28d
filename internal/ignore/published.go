package ignore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// A Set is what one tool takes of a folder into an image, a package or an
// upload. The zero value takes everything.
type Set struct {
	Tool string // "docker", "npm", "gcloud", "helm", "vscode" or "sdist"
	// Err says why the set is not known, wholly or in part; paths it could
	// concern are Unknown.
	Err error

	decide   func(path string) Inclusion
	manifest bool // it is a manifest that says what is taken, and no list
}

// An Inclusion says whether a file is in a [Set].
type Inclusion struct {
	Included bool
	// Unknown says that a list which could decide cannot be read, or uses a
	// notation that this package does not know. Included is true then.
	Unknown bool
	// The rule that decides, all empty if it is the tool's default.
	Source  string // file, relative to the set's folder
	Line    int    // 1-based; 0 for a field of a JSON file
	Pattern string
}

// Path decides on a file. Its path is relative to the set's folder, with "/"
// between its components; one that leads out of the folder is Unknown.
func (s *Set) Path(rel string) Inclusion {
	if !validPath(rel) {
		return Inclusion{Included: true, Unknown: true}
	}
	if s.decide == nil {
		return Inclusion{Included: true, Unknown: s.Err != nil}
	}
	return s.decide(rel)
}

// A Read returns the content of a file, whose path is relative to a folder and
// has "/" as separator. The error of what is not there is fs.ErrNotExist, that
// of a folder is another one.
type Read func(path string) ([]byte, error)

// PublishedSets returns the sets whose lists or manifests stand in a folder:
// those of Docker, npm, gcloud, Helm, vsce and Python's sdist. A tool of which
// nothing is found there has no set.
func PublishedSets(read Read) []*Set {
	var sets []*Set
	for _, find := range []func(Read) *Set{Docker, NPM, GCloud, Helm, VSCode, SDist} {
		if s := find(read); s != nil {
			sets = append(sets, s)
		}
	}
	return sets
}

// exists reports whether a file is there, readable or not.
func exists(read Read, name string) bool {
	_, err := read(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// A shellRule is one line of a list of the kind of fnmatch.
type shellRule struct {
	source  string
	line    int
	text    string
	negated bool
	dirOnly bool
	match   func(path string) bool
}

func (r *shellRule) inclusion(included bool) Inclusion {
	return Inclusion{Included: included, Source: r.source, Line: r.line, Pattern: r.text}
}

// maxLine bounds a line of a list other than git's, in bytes.
const maxLine = 1 << 16

// eachLine calls f with the number and the text of each line, without BOM and
// line end. It stops at the first error, to which it adds the place.
func eachLine(source string, data []byte, f func(number int, line string) error) error {
	if len(data) > maxListSize {
		return fmt.Errorf("reading %s: %w", source, errTooLarge)
	}
	rest := string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	for number := 1; rest != ""; number++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if number > maxRules || len(line) > maxLine {
			return fmt.Errorf("reading %s: more than %d lines, or one of more than %d bytes", source, maxRules, maxLine)
		}
		if err := f(number, strings.TrimSuffix(line, "\r")); err != nil {
			return fmt.Errorf("%s:%d: %w", source, number, err)
		}
	}
	return nil
}

// parents yields the folders above a path, the outermost first, and then the
// path itself.
func parents(rel string, yield func(prefix string, last bool) bool) {
	for i := range len(rel) {
		if rel[i] == '/' && !yield(rel[:i], false) {
			return
		}
	}
	yield(rel, true)
}

// Docker returns the build context of a folder that has a Dockerfile or a
// .dockerignore. The list of a Dockerfile's own, Dockerfile.dockerignore,
// replaces the common one.
func Docker(read Read) *Set {
	source := "Dockerfile.dockerignore"
	data, err := read(source)
	if errors.Is(err, fs.ErrNotExist) {
		source = ".dockerignore"
		data, err = read(source)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if exists(read, "Dockerfile") || exists(read, "Containerfile") {
			return &Set{Tool: "docker"}
		}
		return nil
	}
	var rules []shellRule
	if err == nil {
		rules, err = parseDocker(source, data)
	}
	if err != nil {
		return &Set{Tool: "docker", Err: err}
	}
	return &Set{Tool: "docker", decide: func(rel string) Inclusion { return decideDocker(rules, rel) }}
}

var dockerDialect = shellDialect{negation: "^", escapes: true, deep: true}

func parseDocker(source string, data []byte) ([]shellRule, error) {
	var rules []shellRule
	err := eachLine(source, data, func(number int, line string) error {
		p := strings.TrimSpace(line)
		if p == "" || line[0] == '#' {
			return nil
		}
		r := shellRule{source: source, line: number, text: p}
		if r.negated = p[0] == '!'; r.negated {
			if p = strings.TrimSpace(p[1:]); p == "" {
				return fmt.Errorf("%w: %q", errPattern, line)
			}
		}
		p = path.Clean(p)
		if len(p) > 1 {
			p = strings.TrimPrefix(p, "/")
		}
		if _, err := path.Match(p, "."); err != nil {
			return fmt.Errorf("%w: %q", errPattern, line)
		}
		g, err := compileDocker(p)
		if err != nil {
			return err
		}
		r.match = func(rel string) bool { return g.match([]byte(rel)) }
		rules = append(rules, r)
		return nil
	})
	return rules, err
}

// decideDocker goes from the top down, the last rule that matches a folder or
// the file wins. A rule that matches a folder holds for all in it; but one that
// could not change what the rules before it say of the folder is not tried.
func decideDocker(rules []shellRule, rel string) Inclusion {
	var in Inclusion
	above := make([]bool, len(rules))
	parents(rel, func(prefix string, _ bool) bool {
		in = Inclusion{Included: true}
		for i := range rules {
			r := &rules[i]
			if !above[i] && (r.negated == in.Included || !r.match(prefix)) {
				continue
			}
			above[i] = true
			in = r.inclusion(r.negated)
		}
		return true
	})
	return in
}

// compileDocker compiles a pattern of a .dockerignore. Two stars at the start
// stand for anything if nothing else in the pattern is special.
func compileDocker(p string) (*glob, error) {
	rest, ok := strings.CutPrefix(p, "**")
	if ok && rest != "" && rest[0] != '/' && !strings.ContainsAny(rest, `*?[]\`) {
		g := &glob{}
		g.append(opAll)
		g.appendString(rest)
		return g, nil
	}
	return compileShell(p, dockerDialect)
}

// Helm returns the chart of a folder that has a Chart.yaml.
func Helm(read Read) *Set {
	if !exists(read, "Chart.yaml") {
		return nil
	}
	const source = ".helmignore"
	data, err := read(source)
	var rules []shellRule
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return &Set{Tool: "helm", Err: err}
	default:
		if rules, err = parseHelm(source, data); err != nil {
			return &Set{Tool: "helm", Err: err}
		}
	}
	return &Set{Tool: "helm", decide: func(rel string) Inclusion { return decideHelm(rules, rel) }}
}

// parseHelm reads rules, after which comes Helm's own one.
func parseHelm(source string, data []byte) ([]shellRule, error) {
	var rules []shellRule
	err := eachLine(source, data, func(number int, line string) error {
		p := strings.TrimSpace(line)
		if p == "" || p[0] == '#' {
			return nil
		}
		r := shellRule{source: source, line: number, text: p}
		if _, err := path.Match(p, "abc"); err != nil || strings.Contains(p, "**") {
			return fmt.Errorf("%w: %q", errPattern, p)
		}
		p, r.negated = strings.CutPrefix(p, "!")
		p, r.dirOnly = strings.CutSuffix(p, "/")
		anchored := strings.Contains(p, "/")
		p = strings.TrimPrefix(p, "/")
		r.match = func(rel string) bool {
			if !anchored {
				rel = path.Base(rel)
			}
			ok, err := path.Match(p, rel)
			return ok && err == nil
		}
		rules = append(rules, r)
		return nil
	})
	return rules, err
}

// decideHelm goes from the top down: the first rule that speaks against a
// folder or the file wins. A negated rule is against all that it does not match.
func decideHelm(rules []shellRule, rel string) Inclusion {
	in := Inclusion{Included: true}
	parents(rel, func(prefix string, last bool) bool {
		for i := range rules {
			r := &rules[i]
			against := r.match(prefix) != r.negated
			if r.dirOnly && last {
				against = r.negated
			}
			if against {
				in = r.inclusion(false)
				return false
			}
		}
		return true
	})
	if in.Included && strings.HasPrefix(rel, "templates/.") && len(rel) > len("templates/.") {
		return Inclusion{Pattern: "templates/.?*"}
	}
	return in
}

// GCloud returns what gcloud uploads of a folder that has a .gcloudignore. It
// reads patterns as git does, in this one file and those it includes.
func GCloud(read Read) *Set {
	const source = ".gcloudignore"
	data, err := read(source)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s := &Set{Tool: "gcloud", Err: err}
	if err != nil {
		return s
	}
	var lists []*list
	if lists, s.Err = gcloudLists(read, source, data, nil); s.Err != nil {
		return s
	}
	m := &Matcher{}
	s.decide = func(rel string) Inclusion {
		d := &Dir{matcher: m, lists: lists}
		var dec Decision
		parents(rel, func(prefix string, last bool) bool {
			d.prefix = prefix[:strings.LastIndexByte(prefix, '/')+1]
			dec = d.Match(prefix[len(d.prefix):], !last)
			return !dec.Ignored
		})
		return Inclusion{Included: !dec.Ignored, Source: dec.Source, Line: dec.Line, Pattern: dec.Pattern}
	}
	return s
}

// gcloudLists splits a list at its includes. The last part comes first.
func gcloudLists(read Read, source string, data []byte, from []string) ([]*list, error) {
	if len(data) > maxListSize {
		return nil, fmt.Errorf("reading %s: %w", source, errTooLarge)
	}
	var lists []*list
	var part []byte
	flush := func() error {
		l := &list{source: source, origin: TreeFile}
		parseList(l, part, false)
		lists = append([]*list{l}, lists...)
		// Lines before an include stay as empty ones, for the numbers.
		part = bytes.Repeat([]byte{'\n'}, bytes.Count(part, []byte{'\n'})+1)
		return l.err
	}
	for line := range bytes.Lines(data) {
		name, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("#!include:"))
		if !ok {
			part = append(part, line...)
			continue
		}
		if err := flush(); err != nil {
			return nil, err
		}
		included := string(bytes.TrimSpace(name))
		if len(from) > 0 || !validPath(included) {
			return nil, fmt.Errorf("%s: %w: include of %q", source, errPattern, included)
		}
		content, err := read(included)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", included, err)
		}
		inner, err := gcloudLists(read, included, content, append(from, source))
		if err != nil {
			return nil, err
		}
		lists = append(inner, lists...)
	}
	return lists, flush()
}
