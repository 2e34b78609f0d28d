package worktree

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// A matcher decides which paths are excluded.
type matcher struct {
	names []glob // patterns of a name at any depth
	paths []glob // patterns of a whole path
}

// A glob is one compiled pattern.
type glob struct {
	segments []string // patterns of path.Match, or "**"
	absolute bool     // began with a slash
	dirOnly  bool     // ended in a slash
}

// Excluder returns a function that reports whether a file is left out by
// patterns as in [Options].Exclude, by itself or by a folder on the way to it.
// Its path starts at the top of a repository, with "/" between names; there a
// pattern that begins with a slash starts, too. It is nil for no patterns.
func Excluder(patterns []string) (func(path string) bool, error) {
	m, err := newMatcher(patterns)
	if err != nil || m.empty() {
		return nil, err
	}
	return func(path string) bool {
		for i := range len(path) {
			if path[i] == '/' && m.match(path[:i], path[:i], true) {
				return true
			}
		}
		return m.match(path, path, false)
	}, nil
}

func newMatcher(patterns []string) (matcher, error) {
	var m matcher
	for _, p := range patterns {
		g, err := newGlob(p)
		if err != nil {
			return matcher{}, fmt.Errorf("exclude pattern %q: %w", p, err)
		}
		if len(g.segments) == 1 && !g.absolute {
			m.names = append(m.names, g)
		} else {
			m.paths = append(m.paths, g)
		}
	}
	return m, nil
}

func newGlob(pattern string) (glob, error) {
	var g glob
	p := strings.TrimPrefix(pattern, "./")
	p, g.absolute = strings.CutPrefix(p, "/")
	p, g.dirOnly = strings.CutSuffix(p, "/")
	if p == "" {
		return g, fmt.Errorf("it names nothing")
	}
	for s := range strings.SplitSeq(p, "/") {
		// path.Match negates a class by ^ only.
		s = strings.ReplaceAll(s, "[!", "[^")
		if _, err := path.Match(s, ""); err != nil {
			return g, fmt.Errorf("%q is malformed: a class wants its ], and a \\ a character after it", s)
		}
		g.segments = append(g.segments, s)
	}
	return g, nil
}

func (m *matcher) empty() bool { return len(m.names)+len(m.paths) == 0 }

// match reports whether a file or folder is excluded by itself. whole is its
// path as it is reported, below the part of it below the root.
func (m *matcher) match(whole, below string, dir bool) bool {
	if len(m.names) > 0 {
		name := []string{path.Base(whole)}
		for i := range m.names {
			if m.names[i].match(name, dir) {
				return true
			}
		}
	}
	if len(m.paths) == 0 {
		return false
	}
	rest, absolute := strings.CutPrefix(whole, "/")
	wholeParts, belowParts := strings.Split(rest, "/"), strings.Split(below, "/")
	for i := range m.paths {
		g := &m.paths[i]
		if below != "" && g.match(belowParts, dir) || g.absolute == absolute && g.match(wholeParts, dir) {
			return true
		}
	}
	return false
}

// matchGiven reports whether a path given by the user is excluded, by itself
// or by a folder that it names on the way.
func (m *matcher) matchGiven(given string, dir bool) bool {
	if m.empty() {
		return false
	}
	if filepath.IsAbs(given) {
		return m.match(given, "", dir) // the folders above are none of the pattern's
	}
	for i := 0; i <= len(given); i++ {
		if i < len(given) && given[i] != '/' {
			continue
		}
		if name := path.Base(given[:i]); name == "." || name == ".." {
			continue // a pattern such as ".*" does not mean these
		}
		if m.match(given[:i], "", dir || i < len(given)) {
			return true
		}
	}
	return false
}

// match reports whether g matches the names that make up a path.
func (g *glob) match(names []string, dir bool) bool {
	if g.dirOnly && !dir {
		return false
	}
	// On a mismatch after a "**", that one takes a name more. It suffices to go
	// back to the last of them: what an earlier one could take, it can as well.
	pattern := g.segments
	afterStar, taken := -1, 0
	p, n := 0, 0
	for n < len(names) {
		switch {
		case p < len(pattern) && pattern[p] == "**":
			afterStar, taken = p+1, n
			p++
		case p < len(pattern) && matchName(pattern[p], names[n]):
			p, n = p+1, n+1
		case afterStar >= 0:
			taken++
			p, n = afterStar, taken
		default:
			return false
		}
	}
	if p == len(pattern) {
		return true
	}
	// "folder/**" means all that is in a folder: to pass by the folder itself
	// is the same, a file of that name is another thing.
	return p == len(pattern)-1 && pattern[p] == "**" && dir
}

func matchName(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
