package ignore

import (
	"bytes"
	"fmt"
	"strings"
)

// maxRules bounds the rules of one list.
const maxRules = 200_000

// A rule is one line of a git ignore list.
type rule struct {
	text     string // the line as git shows it
	line     int32
	next     int32 // an earlier rule under the same key of a table, or -1
	negative bool
	dirOnly  bool
	nameOnly bool // without slash: compared with the last component

	prefix  string // literal start
	suffix  string // literal end of what the glob matches
	inner   string // longest literal in it, if that is not suffix
	glob    *glob  // what follows prefix; nil if nothing does
	library *libraryGlob
}

// A list is one ignore file. Most rules are found in tables; tables and the
// scan through the others give the number of a rule, of which the highest
// counts.
type list struct {
	source string
	origin Origin
	base   string // folder it stands in, relative to the root, "" for the root
	rules  []rule
	err    error // why its rules are not known

	names map[string]int32 // literal names
	paths map[string]int32 // literal paths
	exts  map[string]int32 // "*" and a literal with a dot, by what follows the last dot
	scan  []int32          // all others, last first
}

// parseList reads an ignore file as git does. Of a folded one, the texts to
// match are given in lower case.
func parseList(l *list, data []byte, fold bool) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	content := string(data) // what the rules' texts share
	for number := int32(1); content != ""; number++ {
		line, rest, _ := strings.Cut(content, "\n")
		content = rest
		line = strings.TrimSuffix(line, "\r")
		if i := strings.IndexByte(line, 0); i >= 0 {
			line = line[:i]
		}
		line = trimSpaces(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if len(l.rules) == maxRules {
			l.err = fmt.Errorf("%s: more than %d patterns", l.source, maxRules)
			return
		}
		if r, ok := parseRule(line, fold); ok {
			r.line = number
			l.rules = append(l.rules, r)
		}
	}
	l.build(fold)
}

// trimSpaces removes the spaces at the end that no backslash protects.
func trimSpaces(line string) string {
	end := len(line)
	for end > 0 && line[end-1] == ' ' {
		end--
	}
	if end == len(line) {
		return line
	}
	slashes := 0
	for slashes < end && line[end-1-slashes] == '\\' {
		slashes++
	}
	if slashes%2 == 1 {
		end++
	}
	return line[:end]
}

// parseRule reads one line, which is neither empty nor a comment. It is false
// for one that can match nothing.
func parseRule(line string, fold bool) (rule, bool) {
	r := rule{text: line, next: -1}
	p := line
	if p[0] == '!' {
		r.negative = true
		p = p[1:]
	}
	if strings.HasSuffix(p, "/") {
		r.dirOnly = true
		p = p[:len(p)-1]
	}
	r.nameOnly = strings.IndexByte(p, '/') < 0
	p = strings.TrimPrefix(p, "/")
	literal := strings.IndexAny(p, `*?[\`)
	if literal < 0 {
		literal = len(p)
	}
	r.prefix = p[:literal]
	if fold {
		r.prefix = lowerASCII(r.prefix)
	}
	if rest := p[literal:]; rest != "" {
		r.glob = compileGit(rest, !r.nameOnly, fold)
		r.suffix = r.glob.literalEnd()
		r.inner = r.glob.longestLiteral(len(r.suffix))
	}
	return r, p != ""
}

// literalEnd returns the bytes that every match ends in.
func (g *glob) literalEnd() string {
	i := len(g.ops)
	for i > 0 && g.ops[i-1].kind == opByte {
		i--
	}
	b := make([]byte, 0, len(g.ops)-i)
	for _, o := range g.ops[i:] {
		b = append(b, o.b)
	}
	return string(b)
}

// longestLiteral returns the longest run of bytes that every match contains,
// but for the last n ops.
func (g *glob) longestLiteral(n int) string {
	var best, run []byte
	for _, o := range g.ops[:len(g.ops)-n] {
		if o.kind != opByte {
			run = run[len(run):]
			continue
		}
		if run = append(run, o.b); len(run) > len(best) {
			best = run
		}
	}
	return string(best)
}

// isEnding reports whether the rule is a star and a literal.
func (r *rule) isEnding() bool {
	return r.nameOnly && r.prefix == "" && r.glob != nil && r.glob.ops[0].kind == opStar && len(r.suffix) == len(r.glob.ops)-1
}

// build fills the tables.
func (l *list) build(fold bool) {
	l.names, l.paths, l.exts = map[string]int32{}, map[string]int32{}, map[string]int32{}
	put := func(table map[string]int32, key string, i int) {
		if before, ok := table[key]; ok {
			l.rules[i].next = before
		}
		table[key] = int32(i)
	}
	viaLibrary := 0
	for i := range l.rules {
		r := &l.rules[i]
		switch {
		case r.glob == nil && r.nameOnly:
			put(l.names, r.prefix, i)
		case r.glob == nil:
			put(l.paths, r.prefix, i)
		case r.isEnding() && strings.IndexByte(r.suffix, '.') >= 0:
			put(l.exts, r.suffix[strings.LastIndexByte(r.suffix, '.'):], i)
		default:
			l.scan = append(l.scan, int32(i))
			if viaLibrary < maxLibraryRules && !r.isEnding() {
				if r.library = newLibraryGlob(r.prefix, r.glob); r.library != nil {
					viaLibrary++
				}
			}
		}
	}
	for i, j := 0, len(l.scan)-1; i < j; i, j = i+1, j-1 {
		l.scan[i], l.scan[j] = l.scan[j], l.scan[i]
	}
}

// match returns the last rule that matches a path below base, nil if none
// does. The path's last component starts at name.
func (l *list) match(path []byte, name int, isDir bool) *rule {
	rel := path
	if l.base != "" {
		rel = path[len(l.base)+1:]
	}
	base := path[name:]
	best := int32(-1)
	if len(l.names) > 0 {
		if i, ok := l.names[string(base)]; ok {
			best = l.chain(i, best, base, isDir)
		}
	}
	if len(l.paths) > 0 {
		if i, ok := l.paths[string(rel)]; ok {
			best = l.chain(i, best, base, isDir)
		}
	}
	if len(l.exts) > 0 {
		if dot := bytes.LastIndexByte(base, '.'); dot >= 0 {
			if i, ok := l.exts[string(base[dot:])]; ok {
				best = l.chain(i, best, base, isDir)
			}
		}
	}
	for _, i := range l.scan {
		if i < best {
			break
		}
		r := &l.rules[i]
		if r.dirOnly && !isDir {
			continue
		}
		text := rel
		if r.nameOnly {
			text = base
		}
		if r.matches(text) {
			best = i
			break
		}
	}
	if best < 0 {
		return nil
	}
	return &l.rules[best]
}

// chain returns the first rule of a table's entry that applies, or best if
// that is higher.
func (l *list) chain(i, best int32, base []byte, isDir bool) int32 {
	for ; i > best; i = l.rules[i].next {
		r := &l.rules[i]
		if (!r.dirOnly || isDir) && (r.glob == nil || endsWith(base, r.suffix)) {
			return i
		}
	}
	return best
}

// matches reports whether the whole text matches.
func (r *rule) matches(text []byte) bool {
	if len(text) < len(r.prefix)+len(r.suffix) || string(text[:len(r.prefix)]) != r.prefix || !endsWith(text, r.suffix) {
		return false
	}
	if r.glob == nil {
		return len(text) == len(r.prefix)
	}
	rest := text[len(r.prefix):]
	if len(r.inner) > 0 && !contains(rest, r.inner) || !r.glob.matchEnd(rest) {
		return false
	}
	if r.library != nil && plain(text) {
		return r.library.match(text)
	}
	return r.glob.match(rest)
}

// contains reports whether the literal occurs in the text.
func contains(text []byte, literal string) bool {
	for first := literal[0]; len(text) >= len(literal); text = text[1:] {
		i := bytes.IndexByte(text[:len(text)-len(literal)+1], first)
		if i < 0 {
			return false
		}
		if text = text[i:]; string(text[:len(literal)]) == literal {
			return true
		}
	}
	return false
}

func endsWith(text []byte, suffix string) bool {
	return len(text) >= len(suffix) && string(text[len(text)-len(suffix):]) == suffix
}
