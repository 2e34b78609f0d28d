package ignore

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// errPattern is the error of a pattern that is malformed or uses a notation
// this package does not know.
var errPattern = errors.New("pattern cannot be read")

// A shellDialect says how a tool writes patterns of the kind of fnmatch.
type shellDialect struct {
	negation string // bytes that negate a class
	escapes  bool   // a backslash takes the next byte literally
	// deep says that two stars, with or without a slash after them, match any
	// number of folders wherever they stand, as for Docker.
	deep bool
	// open says that a bracket without an end is a literal.
	open bool
}

// compileShell compiles a pattern. It counts characters, not bytes.
func compileShell(p string, d shellDialect) (*glob, error) {
	g := &glob{}
	for i := 0; i < len(p); {
		switch c := p[i]; {
		case c == '*' && d.deep && strings.HasPrefix(p[i:], "**"):
			i += 2
			if i < len(p) && p[i] == '/' {
				i++
			}
			if i == len(p) {
				g.append(opAll)
			} else {
				g.append(opDirs)
			}
		case c == '*':
			if n := len(g.ops); n == 0 || g.ops[n-1].kind != opStar {
				g.append(opStar)
			}
			i++
		case c == '?':
			g.append(opRune)
			i++
		case c == '\\' && d.escapes:
			if i++; i < len(p) {
				g.appendByte(p[i])
				i++
			} else {
				g.appendByte('\\')
			}
		case c == '[':
			n, err := g.shellClass(p[i:], d)
			if errors.Is(err, errNoEnd) && d.open {
				g.appendByte('[')
				n, err = 1, nil
			}
			if err != nil {
				return nil, fmt.Errorf("%w: %q", errPattern, p)
			}
			i += n
		default:
			g.appendByte(c)
			i++
		}
	}
	return g, nil
}

var errNoEnd = errors.New("class has no end")

// shellClass compiles the class at the start of p and returns its length.
// Characters beyond ASCII can be named by negation only.
func (g *glob) shellClass(p string, d shellDialect) (int, error) {
	i := 1
	negated := i < len(p) && strings.IndexByte(d.negation, p[i]) >= 0
	if negated {
		i++
	}
	var set byteSet
	for first := true; ; first = false {
		if i >= len(p) {
			return 0, errNoEnd
		}
		if p[i] == ']' && !first {
			g.appendRuneSet(set, negated)
			return i + 1, nil
		}
		if strings.HasPrefix(p[i:], "[:") {
			return 0, errPattern
		}
		lo, n, err := classByte(p[i:], d)
		if err != nil {
			return 0, err
		}
		i += n
		hi := lo
		if i+1 < len(p) && p[i] == '-' && p[i+1] != ']' {
			if hi, n, err = classByte(p[i+1:], d); err != nil {
				return 0, err
			}
			i += 1 + n
		}
		set.addRange(lo, hi)
	}
}

// classByte reads one member of a class.
func classByte(p string, d shellDialect) (byte, int, error) {
	n := 0
	if p[0] == '\\' && d.escapes {
		n = 1
	}
	if n >= len(p) {
		return 0, 0, errNoEnd
	}
	if p[n] >= utf8.RuneSelf {
		return 0, 0, errPattern
	}
	return p[n], n + 1, nil
}

// appendRuneSet adds an op for one character. A negated class accepts all
// those beyond ASCII, too.
func (g *glob) appendRuneSet(set byteSet, negated bool) {
	if negated {
		set.invert()
		set.remove('/')
		g.appendSet(set)
		g.ops[len(g.ops)-1].kind = opRuneSet
		return
	}
	set.remove('/')
	g.appendSet(set)
}

// expandBraces writes "a{b,c}d" out as "abd" and "acd". Braces without a comma
// stay; a number range or too many results are an error.
func expandBraces(p string) ([]string, error) {
	if strings.Count(p, "{") > maxBraces {
		return nil, fmt.Errorf("%w: %q has too many braces", errPattern, p[:80])
	}
	open := -1
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			open = i
		}
		if open >= 0 {
			break
		}
	}
	if open < 0 {
		return []string{p}, nil
	}
	parts, end := braceParts(p[open:])
	tails := p[open+end:]
	if len(parts) < 2 {
		if end > 0 && strings.Contains(p[open:open+end], "..") {
			return nil, fmt.Errorf("%w: %q", errPattern, p)
		}
		rest, err := expandBraces(p[open+1:])
		for i := range rest {
			rest[i] = p[:open+1] + rest[i]
		}
		return rest, err
	}
	var all []string
	for _, part := range parts {
		some, err := expandBraces(part + tails)
		if err != nil {
			return nil, err
		}
		for _, s := range some {
			all = append(all, p[:open]+s)
		}
		if len(all) > maxAlternatives {
			return nil, fmt.Errorf("%w: %q has too many alternatives", errPattern, p[:min(len(p), 80)])
		}
	}
	return all, nil
}

// Bounds of the braces in one pattern and of what they stand for.
const (
	maxBraces       = 64
	maxAlternatives = 1000
)

// braceParts splits the group at the start of p at its commas. It returns the
// length of the group, 0 if it has no end.
func braceParts(p string) (parts []string, end int) {
	depth, from := 0, 1
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			depth++
		case ',':
			if depth == 1 {
				parts = append(parts, p[from:i])
				from = i + 1
			}
		case '}':
			if depth--; depth == 0 {
				return append(parts, p[from:i]), i + 1
			}
		}
	}
	return nil, 0
}
