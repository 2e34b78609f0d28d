package main

import (
	"fmt"
	"path"
	"strings"
)

// newExcluder returns a function that says whether a path, with "/" between
// its parts, is left out by patterns of --exclude, by itself or by a folder on
// the way to it. It is nil without patterns.
func newExcluder(patterns []string) (func(string) bool, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	var globs []exclusion
	for _, p := range patterns {
		x := exclusion{}
		p, rooted := strings.CutPrefix(strings.TrimPrefix(p, "./"), "/")
		p, x.folder = strings.CutSuffix(p, "/")
		x.parts = strings.Split(strings.ReplaceAll(p, "[!", "[^"), "/")
		for _, part := range x.parts {
			if _, err := path.Match(part, ""); err != nil || part == "" {
				return nil, fmt.Errorf("exclude pattern %q: %q is malformed", p, part)
			}
		}
		x.name = len(x.parts) == 1 && !rooted
		globs = append(globs, x)
	}
	return func(name string) bool {
		parts := strings.Split(name, "/")
		for n := 1; n <= len(parts); n++ {
			for i := range globs {
				if globs[i].match(parts[:n], n < len(parts)) {
					return true
				}
			}
		}
		return false
	}, nil
}

// An exclusion is one pattern.
type exclusion struct {
	parts  []string
	name   bool // matches the last part at any depth
	folder bool // matches folders only
}

func (x *exclusion) match(parts []string, folder bool) bool {
	if x.folder && !folder {
		return false
	}
	if x.name {
		return matchParts(x.parts, parts[len(parts)-1:])
	}
	return matchParts(x.parts, parts)
}

// matchParts matches patterns of names, where "**" stands for any number of
// them. After a mismatch the last "**" takes a name more.
func matchParts(pattern, parts []string) bool {
	after, taken := -1, 0
	p, n := 0, 0
	for n < len(parts) {
		switch {
		case p < len(pattern) && pattern[p] == "**":
			after, taken = p+1, n
			p++
		case p < len(pattern) && matched(pattern[p], parts[n]):
			p, n = p+1, n+1
		case after >= 0:
			taken++
			p, n = after, taken
		default:
			return false
		}
	}
	return p == len(pattern) || p == len(pattern)-1 && pattern[p] == "**"
}

func matched(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
