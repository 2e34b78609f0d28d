package history

import (
	"regexp"
	"slices"
	"strings"

	"github.com/keysift/keysift/rules"
)

// pathKinds tells whether two paths can make a difference to a verdict. It may
// say so where they do not, and never the other way round.
//
// What counts is the last name, which tells the language, the words in the
// folders above that rules take for context, and the paths that rules ask for.
type pathKinds struct {
	words []string
	paths []*regexp.Regexp
	dirs  map[[2]string]bool // pairs of folders that were compared
	asked map[string]string  // which of paths match, by path
}

// maxAsked bounds what is remembered of paths.
const maxAsked = 1 << 16

func newPathKinds(set *rules.Set) *pathKinds {
	k := &pathKinds{dirs: map[[2]string]bool{}, asked: map[string]string{}}
	seen := map[string]bool{}
	for _, r := range set.Rules() {
		for _, w := range r.Context {
			if !seen[w] {
				seen[w] = true
				k.words = append(k.words, w)
			}
		}
		if r.Path != nil && !seen[r.Path.String()] {
			seen[r.Path.String()] = true
			k.paths = append(k.paths, r.Path)
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
	pair := [2]string{a[:i], b[:j]}
	differ, known := k.dirs[pair]
	if !known {
		differ = !slices.Equal(k.context(pair[0]), k.context(pair[1]))
		k.dirs[pair] = differ
	}
	if differ {
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
	for i, p := range k.paths {
		if i%8 == 0 {
			bits = append(bits, 0)
		}
		if p.MatchString(path) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	if len(k.asked) == maxAsked {
		clear(k.asked)
	}
	k.asked[path] = string(bits)
	return k.asked[path]
}

// context returns the words that stand in a folder. Where one stands within a
// longer word does not matter here: too many words only mean a scan too many.
func (k *pathKinds) context(dir string) []string {
	var out []string
	lower := strings.ToLower(dir)
	for _, w := range k.words {
		if strings.Contains(lower, w) {
			out = append(out, w)
		}
	}
	return out
}
