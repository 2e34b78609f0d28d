package history

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/keysift/keysift/rules"
)

// pathKinds tells whether two paths can make a difference to a verdict. It may
// say so where they do not, and never the other way round.
//
// What counts is the last name, which tells the language, the words in the
// folders above that rules take for context, and the paths that rules ask for.
type pathKinds struct {
	words []string // that may stand in the name of a folder
	paths []pathRule
	dirs  map[string]string // the words in folders
	parts map[string]string // and in their single names
	asked map[string]string // which of paths match, by path
}

// A pathRule is what a rule asks of paths: a pattern, or a word that goes on from
// one name to the next. What a pattern matches holds one of some texts, in lower
// case, which is found out much faster.
type pathRule struct {
	re   *regexp.Regexp // nil for a word
	some []string       // nil if nothing is known
}

// maxAsked bounds what is remembered of paths.
const maxAsked = 1 << 16

func newPathKinds(set *rules.Set) *pathKinds {
	k := &pathKinds{dirs: map[string]string{}, parts: map[string]string{}, asked: map[string]string{}}
	seen := map[string]bool{}
	for _, r := range set.Rules() {
		for _, w := range r.Context {
			if seen[w] {
				continue
			}
			seen[w] = true
			if strings.Contains(w, "/") {
				k.paths = append(k.paths, pathRule{some: []string{w}})
			} else {
				k.words = append(k.words, w)
			}
		}
		if r.Path != nil && !seen[r.Path.String()] {
			seen[r.Path.String()] = true
			k.paths = append(k.paths, pathRule{r.Path, textsIn(r.Path)})
		}
	}
	return k
}

// differ compares two paths.
func (k *pathKinds) differ(a, b string) bool {
	i, j := strings.LastIndexByte(a, '/')+1, strings.LastIndexByte(b, '/')+1
	if a[i:] != b[j:] {
		return true
	}
	if a[:i] != b[:j] && k.context(a[:i]) != k.context(b[:j]) {
		return true
	}
	return k.special(a) != k.special(b)
}

// special returns which rules ask for the path, as the bytes of a set.
func (k *pathKinds) special(path string) string {
	set, ok := k.asked[path]
	if ok {
		return set
	}
	var bits []byte
	lower := strings.ToLower(path)
	for i, p := range k.paths {
		if i%8 == 0 {
			bits = append(bits, 0)
		}
		if p.may(lower) && (p.re == nil || p.re.MatchString(path)) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	if len(k.asked) == maxAsked {
		clear(k.asked)
	}
	k.asked[path] = string(bits)
	return k.asked[path]
}

// may reports whether the pattern can match a path, given in lower case.
func (p *pathRule) may(lower string) bool {
	return p.some == nil || slices.ContainsFunc(p.some, func(t string) bool { return strings.Contains(lower, t) })
}

// textsIn returns texts, in lower case, of which whatever matches holds one; nil
// if that is not known.
func textsIn(re *regexp.Regexp) []string {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	return textsOf(parsed.Simplify())
}

func textsOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return textsOf(re.Sub[0])
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if texts := textsOf(sub); shortest(texts) > shortest(best) {
				best = texts
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			texts := textsOf(sub)
			if texts == nil {
				return nil
			}
			all = append(all, texts...)
		}
		return all
	}
	return nil
}

// shortest returns the length of the shortest of some texts, 0 if there is none.
func shortest(texts []string) int {
	if len(texts) == 0 {
		return 0
	}
	return len(slices.MinFunc(texts, func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
}

// context returns the words that stand in a folder, as one text. Where one stands
// within a longer word does not matter here: too many words only mean a scan too
// many.
func (k *pathKinds) context(dir string) string {
	if known, ok := k.dirs[dir]; ok {
		return known
	}
	var words []string
	for part := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		words = append(words, strings.Fields(k.inPart(part))...)
	}
	slices.Sort(words)
	if len(k.dirs) == maxAsked {
		clear(k.dirs)
	}
	k.dirs[dir] = strings.Join(slices.Compact(words), "\n")
	return k.dirs[dir]
}

// inPart returns the numbers of the words that stand in the name of a folder.
func (k *pathKinds) inPart(name string) string {
	if known, ok := k.parts[name]; ok {
		return known
	}
	var in []byte
	lower := strings.ToLower(name)
	for i, w := range k.words {
		if strings.Contains(lower, w) {
			in = append(strconv.AppendInt(in, int64(i), 36), ' ')
		}
	}
	if len(k.parts) == maxAsked {
		clear(k.parts)
	}
	k.parts[name] = string(in)
	return k.parts[name]
}
