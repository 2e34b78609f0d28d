package ignore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

// packageJSON is what of a package.json decides on the content of a package.
type packageJSON struct {
	Name    string          `json:"name"`
	Private bool            `json:"private"`
	Files   []string        `json:"files"`
	Main    string          `json:"main"`
	Browser json.RawMessage `json:"browser"`
	Bin     json.RawMessage `json:"bin"`
	Engines map[string]any  `json:"engines"`
	Bundle  json.RawMessage `json:"bundleDependencies"`
	Bundled json.RawMessage `json:"bundledDependencies"`

	hasFiles bool
}

const packageFile = "package.json"

// readPackage reads package.json, nil if there is none.
func readPackage(read Read) (*packageJSON, error) {
	data, err := read(packageFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", packageFile, err)
	}
	var p packageJSON
	if err := json.Unmarshal(trimBOM(data), &p); err != nil {
		return nil, fmt.Errorf("reading %s: %w", packageFile, err)
	}
	p.hasFiles = p.Files != nil
	return &p, nil
}

func trimBOM(data []byte) []byte {
	return []byte(strings.TrimPrefix(string(data), "\xef\xbb\xbf"))
}

// npmDefaults are what npm leaves out unless a list takes it back in.
var npmDefaults = [...]string{
	".npmignore", ".gitignore", "**/.git", "**/.svn", "**/.hg", "**/CVS", "**/.git/**", "**/.svn/**", "**/.hg/**", "**/CVS/**",
	"/.lock-wscript", "/.wafpickle-*", "/build/config.gypi", "npm-debug.log", "**/.npmrc", ".*.swp", ".DS_Store", "**/.DS_Store/**",
	"._*", "**/._*/**", "*.orig", "/archived-packages/**",
}

// npmStrict are the rules of a package's folder that no list can change.
var npmStrict = [...]string{
	"/.git", "!/package.json", "!/readme{,.*[^~$]}", "!/copying{,.*[^~$]}", "!/license{,.*[^~$]}", "!/licence{,.*[^~$]}",
	"/.git", "/node_modules", ".npmrc", "/package-lock.json", "/yarn.lock", "/pnpm-lock.yaml", "/bun.lockb",
}

// NPM returns the package of a folder that has a package.json, unless that
// says "private". It is what npm 11 packs; what
// bundled dependencies add below node_modules is Unknown.
func NPM(read Read) *Set {
	p, err := readPackage(read)
	if err != nil {
		return &Set{Tool: "npm", Err: err}
	}
	if p == nil || p.Private {
		return nil
	}
	n := &npmPackage{read: read, pkg: p, levels: map[string]*npmLevel{}}
	root, err := n.level(nil, "")
	if err != nil {
		return &Set{Tool: "npm", Err: err}
	}
	n.root = root
	return &Set{Tool: "npm", decide: n.decide, manifest: p.hasFiles}
}

type npmPackage struct {
	read     Read
	pkg      *packageJSON
	root     *npmLevel
	required []string // files named by "files"

	mu     sync.Mutex
	levels map[string]*npmLevel // by folder; nil where a list cannot be read
}

// An npmLevel is one folder on the way to a file.
type npmLevel struct {
	parent *npmLevel
	name   string
	exact  bool // the folder is taken by itself, so that its own lists may add to it
	segmentRules
	// broken is a rule that could not be read; whatever it could concern is
	// unknown.
	broken error
}

// level reads the lists of a folder.
func (n *npmPackage) level(parent *npmLevel, dir string) (*npmLevel, error) {
	l := &npmLevel{parent: parent, name: path.Base(dir)}
	l.builtin(npmDefaults[:]...)
	var strict []string
	if parent == nil {
		strict = n.fileRules(l)
	} else {
		strict = []string{"/.git"}
		for _, f := range n.required {
			if path.Dir(f) == dir {
				strict = append(strict, "!"+path.Base(f))
			}
		}
	}
	if parent != nil || !n.pkg.hasFiles {
		if err := n.ignoreFile(l, dir); err != nil {
			return nil, err
		}
	}
	l.builtin(strict...)
	return l, nil
}

// builtin adds rules that stand in no file.
func (l *npmLevel) builtin(lines ...string) {
	for _, line := range lines {
		l.addLine(line, shellRule{text: line})
	}
}

func (l *npmLevel) addLine(line string, at shellRule) {
	s, err := parseSegments(line, true, true)
	if err == nil {
		err = l.add(s, at)
	}
	if err != nil && l.broken == nil {
		l.broken = err
	}
}

// ignoreFile reads .npmignore, or .gitignore where there is none.
func (n *npmPackage) ignoreFile(l *npmLevel, dir string) error {
	for _, name := range [...]string{".npmignore", ".gitignore"} {
		source := path.Join(dir, name)
		data, err := n.read(source)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", source, err)
		}
		return eachLine(source, data, func(number int, line string) error {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				l.addLine(line, shellRule{source: source, line: number, text: line})
			}
			return nil
		})
	}
	return nil
}

// fileRules adds the rules that follow from "files" and returns the strict
// ones, those of the files that the manifest names included.
func (n *npmPackage) fileRules(l *npmLevel) []string {
	var strict []string
	if n.pkg.hasFiles {
		l.addLine("*", shellRule{source: packageFile, text: "files"})
	}
	for _, f := range n.pkg.Files {
		if strings.HasPrefix(f, "./") {
			f = f[1:]
		}
		strict = append(strict, n.fileRule(l, f)...)
	}
	strict = append(strict, npmStrict[:]...)
	for _, f := range append([]string{n.pkg.Main}, jsonStrings(n.pkg.Browser, n.pkg.Bin)...) {
		if f != "" {
			strict = append(strict, "!/"+f)
		}
	}
	return strict
}

// jsonStrings returns the file names in a string or an object of strings.
func jsonStrings(browser, bin json.RawMessage) []string {
	var out []string
	var s string
	if json.Unmarshal(browser, &s) == nil {
		out = append(out, s)
	}
	if json.Unmarshal(bin, &s) == nil {
		out = append(out, strings.TrimPrefix(s, "./"))
	}
	var m map[string]string
	if json.Unmarshal(bin, &m) == nil {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			out = append(out, strings.TrimPrefix(m[key], "./"))
		}
	}
	return out
}

// fileRule adds what one entry of "files" takes in, and returns the strict
// rule if it is the name of a file.
func (n *npmPackage) fileRule(l *npmLevel, f string) []string {
	if strings.HasSuffix(f, "/*") {
		f += "*"
	}
	at := shellRule{source: packageFile, text: f}
	name := strings.Trim(strings.TrimLeft(f, "!"), "/")
	if !validPath(name) {
		l.addLine("!"+f, at)
		return nil
	}
	_, err := n.read(name)
	if err == nil {
		n.required = append(n.required, strings.TrimPrefix(f, "/"))
		return []string{"!" + f}
	}
	l.addLine("!"+f, at)
	if !errors.Is(err, fs.ErrNotExist) { // a folder
		l.addLine("!"+f+"/**", at)
	}
	return nil
}

// decide goes down to the file, folder by folder.
func (n *npmPackage) decide(rel string) Inclusion {
	if strings.HasPrefix(rel, "node_modules/") && (n.pkg.Bundle != nil || n.pkg.Bundled != nil) {
		return Inclusion{Included: true, Unknown: true, Source: packageFile, Pattern: "bundleDependencies"}
	}
	level := n.root
	var in Inclusion
	parents(rel, func(prefix string, last bool) bool {
		name := path.Base(prefix)
		if last {
			in = level.filter(name, false, "")
			if strings.Contains(name, "*") && in.Included {
				in = Inclusion{Pattern: "*"} // such names are never packed
			}
			return false
		}
		if in = level.filter(name, true, ""); !in.Included {
			return false
		}
		next := n.below(level, prefix)
		if next == nil {
			in = Inclusion{Included: true, Unknown: true}
			return false
		}
		level = next
		return true
	})
	for l := level; l != nil; l = l.parent {
		if l.broken != nil {
			in.Unknown, in.Included = true, true
		}
	}
	return in
}

// below returns a folder in level, nil if its lists cannot be read.
func (n *npmPackage) below(level *npmLevel, dir string) *npmLevel {
	n.mu.Lock()
	defer n.mu.Unlock()
	if l, ok := n.levels[dir]; ok {
		return l
	}
	l, err := n.level(level, dir)
	if err != nil {
		l = nil
	} else {
		name := path.Base(dir)
		l.exact = level.filter(name, false, "").Included || level.filter(name+"/", false, "").Included
	}
	n.levels[dir] = l
	return l
}

// filter decides on an entry as seen from a folder: the folders above have the
// first word. partial asks whether anything below the entry could be taken.
func (l *npmLevel) filter(entry string, partial bool, base string) Inclusion {
	in := Inclusion{Included: true}
	if l.parent != nil {
		b := base
		if b == "" {
			b = entry
		}
		in = l.parent.filter(l.name+"/"+entry, partial, b)
		if !in.Included && !l.exact {
			return in
		}
	}
	for i := range l.rules {
		r := &l.rules[i]
		if r.negated != in.Included && r.matchEntry(entry, partial, base) {
			in = r.at.inclusion(r.negated)
		}
	}
	return in
}

func (r *segmentRule) matchEntry(entry string, partial bool, base string) bool {
	if r.match("/"+entry, false) || r.match(entry, false) {
		return true
	}
	return partial && (r.matchFolder(entry) || base != "" && r.single() && r.matchFolder(base))
}

// matchFolder reports whether a rule matches a folder or may take in something
// below it.
func (r *segmentRule) matchFolder(entry string) bool {
	return r.match("/"+entry+"/", false) || r.match(entry+"/", false) ||
		r.negated && (r.match("/"+entry, true) || r.match(entry, true))
}
