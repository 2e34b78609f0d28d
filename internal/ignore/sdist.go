package ignore

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// sdistDefaults are the patterns of files that setuptools puts into a source
// distribution by itself. Modules and packages, which it finds by running the
// project's configuration, are not among them.
var sdistDefaults = [...]string{"README", "README.txt", "README.rst", "README.md", "setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in",
	"LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*"}

// SDist returns the source distribution of a folder that has a MANIFEST.in.
// It knows what that file says and the files that are always in it; Python
// modules, which other configuration chooses, are Unknown unless a line of the
// file speaks of them.
func SDist(read Read) *Set {
	const source = "MANIFEST.in"
	data, err := read(source)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s := &Set{Tool: "sdist"}
	if err != nil {
		s.Err = err
		return s
	}
	var m manifest
	for _, p := range sdistDefaults {
		if s.Err = m.add(manifestLine{verb: "include", patterns: []string{p}}); s.Err != nil {
			return s
		}
	}
	var pending string
	s.Err = eachLine(source, data, func(number int, line string) error {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutSuffix(line, `\`); ok {
			pending += rest + " "
			return nil
		}
		line, pending = pending+line, ""
		if i := strings.IndexByte(line, '#'); i == 0 || i > 0 && line[i-1] != '\\' {
			line = line[:i]
		}
		words := strings.Fields(line)
		if len(words) == 0 {
			return nil
		}
		return m.add(manifestLine{verb: words[0], patterns: words[1:], at: shellRule{source: source, line: number, text: strings.TrimSpace(line)}})
	})
	if s.Err == nil {
		s.decide = m.decide
	}
	return s
}

type manifestLine struct {
	verb     string
	patterns []string
	at       shellRule
}

// A manifest is a list of commands, which add names to the set and remove some.
type manifest struct {
	rules []manifestRule
}

// A manifestRule is one pattern of a command. What is found below "." enters
// the set under a name that starts so, which most exclusions then miss.
type manifestRule struct {
	shellRule
	dotted bool
}

var pythonDialect = shellDialect{negation: "!", open: true}

// add compiles one command. A line is in error if it has no known verb.
func (m *manifest) add(l manifestLine) error {
	dir := ""
	patterns := l.patterns
	verb, recursive := strings.CutPrefix(l.verb, "recursive-")
	verb, global := strings.CutPrefix(verb, "global-")
	whole := verb == "graft" || verb == "prune"
	if verb != "include" && verb != "exclude" && !whole || whole && l.verb != verb {
		return fmt.Errorf("%w: %q", errPattern, l.at.text)
	}
	if recursive && len(patterns) > 0 {
		dir, patterns = strings.TrimSuffix(patterns[0], "/"), patterns[1:]
	}
	if len(patterns) == 0 {
		return fmt.Errorf("%w: %q", errPattern, l.at.text)
	}
	r := l.at
	r.negated = verb == "exclude" || verb == "prune"
	for _, p := range patterns {
		p = strings.TrimSuffix(p, "/")
		switch {
		case recursive:
			p = dir + "/**/" + p
		case global:
			p = "**/" + p
		case whole:
			p += "/**"
		}
		dotted := strings.HasPrefix(p, "./")
		if dotted && !r.negated {
			p = path.Clean(p)
			dotted = recursive
		}
		// Only this command looks for its files on disk, where two stars are one.
		g, err := compilePython(p, l.verb != "include")
		if err != nil {
			return err
		}
		r.match = func(rel string) bool { return g.match([]byte(rel)) }
		m.rules = append(m.rules, manifestRule{r, dotted})
	}
	return nil
}

// compilePython compiles a pattern as setuptools translates it. With deep, two
// stars between slashes stand for any folders, at the end for anything.
func compilePython(p string, deep bool) (*glob, error) {
	g := &glob{}
	parts := strings.Split(p, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == "**" && deep && last:
			g.append(opAll)
			continue
		case part == "**" && deep:
			g.append(opDirs)
			continue
		}
		c, err := compileShell(part, pythonDialect)
		if err != nil {
			return nil, err
		}
		for _, o := range c.ops {
			if o.kind == opSet || o.kind == opRuneSet {
				g.sets = append(g.sets, c.sets[o.set])
				o.set = int32(len(g.sets) - 1)
			}
			g.ops = append(g.ops, o)
		}
		if !last {
			g.appendByte('/')
		}
	}
	return g, nil
}

func (m *manifest) decide(rel string) Inclusion {
	names := [2]string{rel, "./" + rel}
	module := strings.HasSuffix(rel, ".py") || strings.HasSuffix(rel, ".pyi")
	present := [2]bool{module, false}
	var last *manifestRule
	for i := range m.rules {
		r := &m.rules[i]
		before := present
		if r.negated {
			for j, name := range names {
				present[j] = present[j] && !r.match(name)
			}
		} else if r.match(rel) {
			j := 0
			if r.dotted {
				j = 1
			}
			present[j] = true
		}
		if present != before {
			last = r
		}
	}
	if last != nil {
		return last.inclusion(present[0] || present[1])
	}
	return Inclusion{Included: module, Unknown: module}
}
