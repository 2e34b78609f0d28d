package history

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// The operators behind the name in a revision.
const (
	nthParent   = iota + 1 // ^N
	generations            // ~N
	peelCommit             // ^{commit}
	peelAny                // ^{}
)

// A hop is an operator; n is that of the first two.
type hop struct{ op, n int }

const revisionForms = "a revision is the name of a ref, one with @{N}, @{-N} or @{upstream}, or an id, and behind it any number of ~N, ^N and ^{commit}"

// parseRevision splits a revision into a name and what follows it. All of it has
// to be understood.
func parseRevision(rev string) (base string, hops []hop, err error) {
	base, rest := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		base, rest = rev[:i], rev[i:]
	}
	name, _, marked := cutMark(base)
	switch {
	case rev == "":
		return "", nil, errors.New("a revision is empty")
	case base == "":
		return "", nil, fmt.Errorf("%s: there is no name before %q; %s", rev, rest, revisionForms)
	case marked && (name == "" || isRefName(name) && name != "@"):
	case !isRefName(base):
		return "", nil, fmt.Errorf("%s: %q is not understood: a ref cannot have this name, and it is no id; %s", rev, base, revisionForms)
	}
	for rest != "" {
		h, n, err := parseHop(rest)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", rev, err)
		}
		hops, rest = append(hops, h), rest[n:]
	}
	return base, hops, nil
}

// cutMark splits NAME@{MARK}.
func cutMark(base string) (name, mark string, ok bool) {
	i := strings.LastIndex(base, "@{")
	if i < 0 || !strings.HasSuffix(base, "}") {
		return base, "", false
	}
	return base[:i], base[i+len("@{") : len(base)-1], true
}

// parseHop reads the first operator of a text, and returns its length in bytes.
func parseHop(text string) (hop, int, error) {
	if strings.HasPrefix(text, "^{") {
		return parsePeel(text)
	}
	end := 1
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	if end < len(text) && text[end] != '~' && text[end] != '^' {
		return hop{}, 0, fmt.Errorf("%q is not understood; %s", text, revisionForms)
	}
	h := hop{op: nthParent, n: 1}
	if text[0] == '~' {
		h.op = generations
	}
	if end > 1 {
		h.n = 0
	}
	for _, digit := range []byte(text[1:end]) {
		if h.n = 10*h.n + int(digit-'0'); h.n > math.MaxInt32/100 { // more than there are commits anywhere
			return hop{}, 0, fmt.Errorf("%s: the number is too large", text[:end])
		}
	}
	return h, end, nil
}

// parsePeel reads an operator in braces.
func parsePeel(text string) (hop, int, error) {
	end := strings.IndexByte(text, '}') + 1
	if end == 0 {
		return hop{}, 0, fmt.Errorf("%q is not understood: a brace is not closed", text)
	}
	switch kind := text[len("^{") : end-1]; kind {
	case "":
		return followed(text, hop{op: peelAny}, end)
	case "commit":
		return followed(text, hop{op: peelCommit}, end)
	case "tree", "blob":
		return hop{}, 0, fmt.Errorf("^{%s} names a %s, and no commit", kind, kind)
	}
	return hop{}, 0, fmt.Errorf("%q is not understood; %s", text[:end], revisionForms)
}

// followed returns an operator if what is behind it can be one as well.
func followed(text string, h hop, end int) (hop, int, error) {
	if end < len(text) && text[end] != '~' && text[end] != '^' {
		return hop{}, 0, fmt.Errorf("%q is not understood; %s", text[end:], revisionForms)
	}
	return h, end, nil
}

// isRefName reports whether git lets a ref have a name, whole or short. The git
// directory may have other files beside the refs, such as locks.
func isRefName(name string) bool {
	if strings.HasSuffix(name, ".") || strings.Contains(name, "..") || strings.Contains(name, "@{") {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c == 0x7f || strings.IndexByte(`~^:?*[\`, c) >= 0 {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// A span is a range of commits that was asked for.
type span struct {
	name     string // as a range; empty for none
	from, to string // revisions
}

// parseSpan reads A..B or A...B. A revision that is left out is HEAD, but not
// both: then, say, the variables of a script are not set.
func parseSpan(name string) (span, error) {
	a, b, ok := strings.Cut(name, "..")
	b = strings.TrimPrefix(b, ".")
	switch {
	case !ok || strings.Contains(b, ".."):
		return span{}, errors.New("a range is written A..B or A...B")
	case a == "" && b == "":
		return span{}, errors.New("neither end of the range is named")
	}
	return span{name, orHead(a), orHead(b)}, nil
}

func orHead(rev string) string {
	if rev == "" {
		return "HEAD"
	}
	return rev
}
