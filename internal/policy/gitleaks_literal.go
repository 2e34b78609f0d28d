package policy

import (
	"math"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// What rules here say of a marker: one that is shorter is not looked for by
// itself, and one of three letters and digits is not if the pattern is at least
// as long as a token that needs no marker.
const (
	minMarker   = 3
	tokenLength = 32
)

// Bounds of what is derived from an expression: the texts of a set, the members
// of a class that may be a part of them, and how much of a text is looked for in
// any case.
const (
	maxTexts    = 64
	maxMarkers  = 160
	maxNarrow   = 8
	foldedBytes = 4
)

// A literal is a text that an expression matches. Its letters are in lower case
// where a bit of fold says that they stand for either.
type literal struct {
	text string
	fold string // for each byte of the text 1 or 0
}

func (l literal) with(next literal) literal { return literal{l.text + next.text, l.fold + next.fold} }

// A literalSet is a set of texts of which each match of an expression holds one.
type literalSet []literal

// nothing is the set of the empty text.
func nothing() literalSet { return literalSet{{}} }

// least is the length of the shortest text.
func (s literalSet) least() int {
	n := math.MaxInt
	for _, l := range s {
		n = min(n, len(l.text))
	}
	return n
}

// implies reports whether each of the texts holds a keyword, so that no match is
// without one.
func (s literalSet) implies(keywords []string) bool {
	return !slices.ContainsFunc(s, func(l literal) bool {
		t := strings.ToLower(l.text)
		return !slices.ContainsFunc(keywords, func(k string) bool { return strings.Contains(t, k) })
	})
}

// A literalFinder finds the set of texts that says the most about an expression:
// one that implies the keywords before others, then the one of the longest texts.
type literalFinder struct{ keywords []string }

// A holding is what is known about the matches of an expression; a nil set is
// one that is not known, or too large.
type holding struct {
	exact literalSet // all of them
	start literalSet // with one of which each begins
	best  literalSet // of which each holds one
}

func exactly(s literalSet) holding { return holding{exact: s, start: s} }

// literals returns the best set for an expression, or nil.
func (f *literalFinder) literals(re *syntax.Regexp) literalSet { return f.need(f.of(re)) }

func (f *literalFinder) need(h holding) literalSet {
	return f.better(f.better(h.exact, h.start), h.best)
}

// better returns the set that leads to matches better, nil if neither does.
func (f *literalFinder) better(a, b literalSet) literalSet {
	x, y := f.worth(a), f.worth(b)
	switch {
	case x == 0 && y == 0:
		return nil
	case y > x || y == x && len(b) < len(a):
		return b
	}
	return a
}

func (f *literalFinder) worth(s literalSet) int {
	if len(s) == 0 || s.least() == 0 {
		return 0
	}
	worth := min(s.least(), 2*foldedBytes)
	if s.least() >= minMarker {
		worth += 16
	}
	if len(f.keywords) > 0 && s.implies(f.keywords) {
		worth += 8
	}
	return worth
}

func (f *literalFinder) of(re *syntax.Regexp) holding {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return exactly(nothing())
	case syntax.OpLiteral:
		return exactly(literalOf(re))
	case syntax.OpCharClass:
		return exactly(membersOf(re))
	case syntax.OpCapture:
		return f.of(re.Sub[0])
	case syntax.OpQuest:
		return exactly(union(nothing(), f.of(re.Sub[0]).exact))
	case syntax.OpPlus:
		return f.several(f.of(re.Sub[0]))
	case syntax.OpRepeat:
		return f.ofRepeat(re)
	case syntax.OpConcat:
		return f.ofConcat(re.Sub)
	case syntax.OpAlternate:
		return f.ofAlternate(re.Sub)
	}
	return holding{}
}

// literalOf returns the text of a literal. Beyond ASCII there are more than two
// ways to write a letter.
func literalOf(re *syntax.Regexp) literalSet {
	l := literal{text: string(re.Rune)}
	if re.Flags&syntax.FoldCase == 0 {
		l.fold = strings.Repeat("0", len(l.text))
		return literalSet{l}
	}
	l.text = strings.ToLower(l.text)
	for _, r := range l.text {
		switch {
		case r > 0x7f:
			return nil
		case 'a' <= r && r <= 'z':
			l.fold += "1"
		default:
			l.fold += "0"
		}
	}
	return literalSet{l}
}

// membersOf returns the members of a class, nil if they are many.
func membersOf(re *syntax.Regexp) literalSet {
	var s literalSet
	for i := 0; i+1 < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			if r == '\u017f' || r == '\u212a' { // folding adds them to s and k
				continue
			}
			if len(s) == maxNarrow || r > 0x7f {
				return nil
			}
			s = append(s, literal{string(r), "0"})
		}
	}
	return s
}

// several is the holding of one or more of what h is about.
func (f *literalFinder) several(h holding) holding { return holding{start: h.start, best: f.need(h)} }

func (f *literalFinder) ofRepeat(re *syntax.Regexp) holding {
	sub := f.of(re.Sub[0])
	switch {
	case re.Min == 0 && re.Max == 1:
		return exactly(union(nothing(), sub.exact))
	case re.Min == 0:
		return holding{}
	case re.Min != re.Max || re.Max > maxTexts:
		return f.several(sub)
	}
	parts := make([]*syntax.Regexp, re.Min)
	for i := range parts {
		parts[i] = re.Sub[0]
	}
	return f.ofConcat(parts)
}

// ofConcat joins the texts of neighbours as long as they are few.
func (f *literalFinder) ofConcat(parts []*syntax.Regexp) holding {
	var out holding
	run, whole := nothing(), true
	end := func(next literalSet) {
		if more := product(run, next); more != nil {
			run = more
		}
		if whole {
			out.start, whole = run, false
		}
		out.best = f.better(out.best, run)
	}
	for _, part := range parts {
		h := f.of(part)
		out.best = f.better(out.best, h.best)
		if joined := product(run, h.exact); joined != nil {
			run = joined
			continue
		}
		end(h.start)
		if run = h.exact; run == nil {
			run = nothing()
		}
	}
	if whole {
		return holding{exact: run, start: run, best: out.best}
	}
	out.best = f.better(out.best, run)
	return out
}

func (f *literalFinder) ofAlternate(branches []*syntax.Regexp) holding {
	out := holding{exact: literalSet{}, start: literalSet{}, best: literalSet{}}
	for _, b := range branches {
		h := f.of(b)
		out.exact = union(out.exact, h.exact)
		out.start = union(out.start, h.start)
		out.best = union(out.best, f.need(h))
	}
	return out
}

// union returns what is in a set or the other, nil if that is not known or too
// much.
func union(a, b literalSet) literalSet {
	if a == nil || b == nil || len(a)+len(b) > maxTexts {
		return nil
	}
	return slices.Concat(a, b)
}

// product returns each text of a with each of b behind it.
func product(a, b literalSet) literalSet {
	if a == nil || b == nil || len(a)*len(b) > maxTexts {
		return nil
	}
	var out literalSet
	for _, x := range a {
		for _, y := range b {
			out = append(out, x.with(y))
		}
	}
	return out
}

// markers returns the texts as markers, which are looked for as they are: of
// folded ones the start in all ways of writing it. It is nil if these are too
// many.
func (s literalSet) markers() []string {
	var out []string
	for _, l := range s {
		if strings.Contains(l.fold, "1") && len(l.text) > foldedBytes {
			l = literal{l.text[:foldedBytes], l.fold[:foldedBytes]}
		}
		if !utf8.ValidString(l.text) {
			return nil
		}
		out = append(out, l.variants()...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	// Where a shorter one is found, the longer one need not be looked for.
	kept := slices.DeleteFunc(slices.Clone(out), func(t string) bool {
		return slices.ContainsFunc(out, func(o string) bool { return o != t && strings.Contains(t, o) })
	})
	if len(kept) > maxMarkers {
		return nil
	}
	return kept
}

// variants returns the ways of writing a literal.
func (l literal) variants() []string {
	out := []string{""}
	for i := range len(l.text) {
		n := len(out)
		for k := range n {
			if l.fold[i] == '1' {
				out = append(out, out[k]+strings.ToUpper(l.text[i:i+1]))
			}
			out[k] += l.text[i : i+1]
		}
	}
	return out
}

// isWeak reports whether rules here do not look for a marker by itself.
func isWeak(marker string, length int) bool {
	if len(marker) < minMarker {
		return true
	}
	return length >= tokenLength && (marker == "test_" || len(marker) == minMarker && !strings.ContainsFunc(marker, func(c rune) bool {
		return !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z')
	}))
}

// leastLength returns the length of the shortest match.
func leastLength(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(string(re.Rune))
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return leastLength(re.Sub[0])
	case syntax.OpRepeat:
		return min(re.Min*leastLength(re.Sub[0]), 1<<20)
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n = min(n+leastLength(sub), 1<<20)
		}
		return n
	case syntax.OpAlternate:
		n := math.MaxInt
		for _, sub := range re.Sub {
			n = min(n, leastLength(sub))
		}
		return n
	}
	return 0
}

// inOneWord reports whether nothing that ends a value, as blanks and quotes do,
// can stand in a match.
func inOneWord(re *syntax.Regexp) bool {
	const ends = "\"'`()<>[]{},; \t\r\n"
	switch re.Op {
	case syntax.OpLiteral:
		return !strings.ContainsAny(string(re.Rune), ends)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpCharClass:
		for _, c := range ends {
			for i := 0; i+1 < len(re.Rune); i += 2 {
				if re.Rune[i] <= c && c <= re.Rune[i+1] {
					return false
				}
			}
		}
		return true
	}
	return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !inOneWord(sub) })
}
