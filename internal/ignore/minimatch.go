package ignore

import (
	"fmt"
	"strings"
)

// A segmentPattern is a pattern as minimatch reads it, with the option "dot":
// braces give alternatives, and each of those is compared component by
// component. npm and vsce use it.
type segmentPattern struct {
	alternatives [][]segment
	negated      bool
	base         bool // a single component is compared with the last one of the path
	fold         bool
}

// segmentRules are the rules of one list, whose alternatives together are
// bounded.
type segmentRules struct {
	rules []segmentRule
	size  int
}

// A segmentRule is a pattern and where it stands.
type segmentRule struct {
	segmentPattern
	at shellRule
}

// maxSegmentRules bounds the alternatives of all rules of a list.
const maxSegmentRules = 50_000

func (l *segmentRules) add(s segmentPattern, at shellRule) error {
	if l.size += len(s.alternatives); l.size > maxSegmentRules {
		return fmt.Errorf("%s: more than %d patterns", at.source, maxSegmentRules)
	}
	l.rules = append(l.rules, segmentRule{s, at})
	return nil
}

// A segment is one component; deep stands for any number of them.
type segment struct {
	deep bool
	glob *glob
}

var minimatchDialect = shellDialect{negation: "!^", escapes: true, open: true}

// parseSegments compiles a pattern, from which "!" is taken off. Extended
// globs are an error.
func parseSegments(p string, base, fold bool) (segmentPattern, error) {
	s := segmentPattern{base: base, fold: fold}
	for strings.HasPrefix(p, "!") && !strings.HasPrefix(p, "!(") {
		s.negated = !s.negated
		p = p[1:]
	}
	if fold {
		p = strings.ToLower(p)
	}
	for i := 0; i+1 < len(p); i++ {
		if p[i] == '\\' {
			i++
		} else if p[i+1] == '(' && strings.IndexByte("?*+@!", p[i]) >= 0 {
			return s, fmt.Errorf("%w: %q", errPattern, p)
		}
	}
	all, err := expandBraces(p)
	if err != nil {
		return s, err
	}
	for _, one := range all {
		var segs []segment
		for i, part := range strings.Split(one, "/") {
			if part == "**" {
				if len(segs) == 0 || !segs[len(segs)-1].deep {
					segs = append(segs, segment{deep: true})
				}
				continue
			}
			if part == "" && i > 0 && i < strings.Count(one, "/") {
				continue // several slashes are one
			}
			g, err := compileShell(part, minimatchDialect)
			if err != nil {
				return s, err
			}
			segs = append(segs, segment{glob: g})
		}
		s.alternatives = append(s.alternatives, segs)
	}
	return s, nil
}

// match reports whether a path matches; with partial, whether something below
// it could.
func (s *segmentPattern) match(path string, partial bool) bool {
	if s.fold {
		path = strings.ToLower(path)
	}
	parts := strings.Split(path, "/")
	for _, segs := range s.alternatives {
		file := parts
		if s.base && len(segs) == 1 {
			file = []string{lastComponent(parts)}
		}
		if matchSegments(segs, file, partial) {
			return true
		}
	}
	return false
}

// single reports whether an alternative has one component, with or without a
// slash after it or before it.
func (s *segmentPattern) single() bool {
	for _, segs := range s.alternatives {
		last := segs[len(segs)-1]
		limit := 1
		if !last.deep && len(last.glob.ops) == 0 {
			limit = 2
		}
		if len(segs) <= limit {
			return true
		}
	}
	return false
}

func lastComponent(parts []string) string {
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] != "" {
			return parts[i]
		}
	}
	return ""
}

// matchSegments follows all ways at once: at[i] says that the first i segments
// can match the file so far.
func matchSegments(segs []segment, file []string, partial bool) bool {
	at := make([]bool, len(segs)+1)
	next := make([]bool, len(segs)+1)
	at[0] = true
	for n, part := range file {
		alive := false
		clear(next)
		for i, s := range segs {
			if !at[i] {
				continue
			}
			if s.deep {
				if i+1 < len(segs) {
					at[i+1] = true // it may match nothing, but not at the end
				} else if part != "" || n == len(file)-1 {
					next[i+1] = true
				}
				next[i] = next[i] || part != "." && part != ".."
			} else if matchPart(s.glob, part) {
				next[i+1] = true
			}
			alive = alive || next[i] || next[i+1]
		}
		// What ends in a slash matches without it, too.
		if at[len(segs)] && part == "" && n == len(file)-1 {
			return true
		}
		if !alive {
			return false
		}
		at, next = next, at
	}
	if partial {
		for _, ok := range at {
			if ok {
				return true
			}
		}
	}
	return at[len(segs)]
}

// matchPart compares one component; a wildcard matches neither nothing nor a
// dot folder.
func matchPart(g *glob, part string) bool {
	if part == "" || part == "." || part == ".." {
		return len(g.ops) == len(part) && g.match([]byte(part)) && g.literalEnd() == part
	}
	return g.match([]byte(part))
}
