package rules

import (
	"cmp"
	"fmt"
	"math"
	"regexp/syntax"
	"slices"
	"strings"
)

// minToken is the least length of a match that is looked for wherever a value
// stands, with no literal and no word to give it away.
const minToken = 32

// maxReach and maxReachLines are how far from a value context words are looked for.
// The words of a rule that reaches farther have to be triggers.
const (
	maxReach      = 512
	maxReachLines = 4
)

// minTrigger is the least length of a literal that the automaton looks for.
// What is shorter stands in every text; the rules that have no better literal
// are tried where a long token begins.
const minTrigger = 3

// maxTrigger cuts triggers: the rest of a marker is compared at the hit.
const maxTrigger = 16

// shortWord is the length below which a context word must stand at word edges.
const shortWord = 6

// tinyWord is the greatest length of a context word next to which no digit may stand.
const tinyWord = 3

// The ways in which a trigger leads to a rule.
const (
	byMarker  = iota // the pattern is matched so that it covers the marker
	byContext        // the pattern is tried at the words around
	byWord           // the rule has no pattern: the word itself is the match
)

// A reference is a rule that a trigger leads to.
type reference struct {
	rule   uint16
	how    uint8
	marker string
	lead   lead
	of     *byteSet // the bytes of the lead; nil if any may stand there
}

// A builder compiles rules into a table.
type builder struct {
	pool     *pool
	rules    []*Rule
	remedies []*Remedy
	code     []inst
	records  []ruleRecord
	triggers []string
	byText   map[string]int
	refs     [][]reference
	words    []string // context words that count where a value stands near
	byWord   map[string]int
	wordRefs [][]reference
	heads    []uint16 // rules tried at the start of content
	tokens   []uint16 // rules tried where values start
	reach    int      // how far from a value a word counts, in bytes
	lines    int      // and in lines
}

// compileTable returns the encoded table of rules and remedies. The rules are
// in order of their ids.
func compileTable(ruleList []*Rule, remedies []*Remedy) ([]byte, error) {
	b := &builder{pool: newPool(), rules: slices.Clone(ruleList), remedies: remedies, byText: map[string]int{}, byWord: map[string]int{}}
	slices.SortFunc(b.rules, func(x, y *Rule) int { return cmp.Compare(x.ID, y.ID) })
	for i, r := range b.rules {
		if i > 0 && b.rules[i-1].ID == r.ID {
			return nil, fmt.Errorf("rule %q is defined twice", r.ID)
		}
		if err := b.addRule(uint16(i), r); err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.ID, err)
		}
	}
	a, err := buildAutomaton(b.triggers)
	if err != nil {
		return nil, err
	}
	c, err := buildAutomaton(b.words)
	if err != nil {
		return nil, err
	}
	return b.encode(a, c), nil
}

func (b *builder) addRule(n uint16, r *Rule) error {
	rec := ruleRecord{left: noSet, right: noSet, first: noSet, start: uint32(len(b.code))}
	rec.back, rec.forward, rec.lines = uint16(r.Back), uint16(r.Forward), uint8(r.Lines)
	if len(r.Context) > 0 {
		rec.flags |= flagContext
	}
	if r.Path != nil {
		rec.flags |= flagPath
	}
	if r.Pattern == "" {
		for _, w := range r.Context {
			b.addTrigger(w, reference{rule: n, how: byWord, marker: w})
		}
		b.records = append(b.records, rec)
		return nil
	}
	p := patternParser{binary: strings.HasPrefix(r.Pattern, `\A`)}
	re, err := syntax.Parse(r.Pattern, syntax.Perl)
	if err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	sh, err := b.addProgram(p, re, r, &rec)
	if err != nil {
		return err
	}
	b.records = append(b.records, rec)
	if p.binary {
		b.heads = append(b.heads, n)
		return nil
	}
	return b.addTriggers(p, re, n, r, sh)
}

// addProgram compiles the pattern and derives its bounds. A pattern that the
// byte program cannot express runs by package regexp and may hold anything.
func (b *builder) addProgram(p patternParser, re *syntax.Regexp, r *Rule, rec *ruleRecord) (*shape, error) {
	sh, err := p.analyse(re)
	if err != nil {
		sh = &shape{max: maxMatch}
		sh.first.addRange(0, 255)
		sh.last.addRange(0, 255)
	}
	if sh.min == 0 && err == nil {
		return nil, fmt.Errorf("pattern may match nothing")
	}
	if sh.min > maxBlock {
		return nil, fmt.Errorf("pattern needs %d bytes, at most %d fit", sh.min, maxBlock)
	}
	rec.min, rec.max = uint32(sh.min), uint32(min(sh.max, maxBlock))
	if sh.max == math.MaxInt {
		rec.max = max(rec.min, maxMatch)
	}
	rec.first = b.pool.set(&sh.first)
	if sh.first.count() <= 8 {
		rec.flags |= flagLiteral
	}
	rec.bits = uint32(min(sh.bits, math.MaxUint32))
	if !p.binary && (r.Boundary == BoundBoth || r.Boundary == BoundLeft) {
		rec.left = b.pool.set(leftBound(sh))
	}
	if r.Boundary == BoundBoth || r.Boundary == BoundRight {
		rec.right = b.pool.set(rightBound(sh))
	}
	code, engine, cerr := compileProgram(p, b.pool, re)
	if err != nil || cerr != nil {
		engine, code = Regexp, nil
	}
	rec.engine = engine
	if engine != Regexp {
		rec.fixed = p.fixed(re)
	}
	b.code = append(b.code, code...)
	return sh, nil
}

// leftBound returns the bytes that may not stand before a match: those that
// would make its first word longer. Bytes that assign or quote never do.
func leftBound(sh *shape) *byteSet {
	s := new(byteSet)
	words := alnum()
	if !sh.first.meets(words) {
		return s
	}
	s.add(words)
	if sh.first.count() > 8 && sh.first.count() < wideSet {
		s.add(&sh.first)
	}
	for _, c := range "=:\"'`(,;<>|@&? \t\n" {
		s[c] = 0
	}
	return s
}

// rightBound returns the bytes that may not stand behind a match.
func rightBound(sh *shape) *byteSet {
	s := alnum()
	s['_'] = 1
	if sh.last.count() < wideSet {
		s.add(&sh.last)
	}
	return s
}

func (b *builder) addTriggers(p patternParser, re *syntax.Regexp, n uint16, r *Rule, sh *shape) error {
	var refs []reference
	for _, m := range r.Markers {
		l, of, ok := p.locate(re, m)
		if !ok {
			return fmt.Errorf("marker %q is no literal part of pattern %s", m, r.Pattern)
		}
		l.hi = min(l.hi, maxBlock)
		refs = append(refs, reference{rule: n, how: byMarker, marker: m, lead: l, of: of})
	}
	switch {
	case len(refs) > 0 && !slices.ContainsFunc(r.Markers, func(m string) bool { return weak(m, sh) }):
		for _, x := range refs {
			b.addTrigger(x.marker, x)
		}
	case sh.min >= minToken && (len(refs) > 0 || len(r.Context) == 0):
		b.tokens = append(b.tokens, n)
	case isValue(sh) && len(r.Context) > 0 && max(r.Back, r.Forward) <= maxReach && r.Lines <= maxReachLines:
		for _, w := range r.Context {
			b.addWord(w, reference{rule: n, marker: w})
		}
		b.reach = max(b.reach, r.Back, r.Forward)
		b.lines = max(b.lines, r.Lines)
	case len(r.Context) > 0:
		for _, w := range r.Context {
			b.addTrigger(w, reference{rule: n, how: byContext, marker: w})
		}
	default:
		return fmt.Errorf("nothing can trigger it: it needs markers of at least %d bytes, context words, or a pattern of at least %d bytes", minTrigger, minToken)
	}
	return nil
}

// weak reports whether a marker is too common to look for. One of three letters
// and digits without a separator stands in half of all words, and test_ in all
// code; where the rule needs a long token, that is the rarer sign.
func weak(marker string, sh *shape) bool {
	if len(marker) < minTrigger {
		return true
	}
	if marker == "test_" {
		return sh.min >= minToken
	}
	words := alnum()
	return len(marker) == minTrigger && sh.min >= minToken &&
		!strings.ContainsFunc(marker, func(c rune) bool { return c >= 0x80 || words[c] == 0 })
}

// valueBytes are the bytes of which values consist; behind them may stand
// equals signs as padding.
func valueBytes() (in [256]bool) {
	for c, v := range alnum() {
		in[c] = v == 1
	}
	for _, c := range "_-+/\x7f" {
		in[c] = true // DEL, which stands in no text, comes in by the way of otherBytes
	}
	return in
}

// isValue reports whether a match of a pattern lies in one value.
func isValue(sh *shape) bool {
	in := valueBytes()
	in['='] = sh.first['='] == 0 // padding stands at the end only
	for c, v := range sh.all {
		if v == 1 && !in[c] {
			return false
		}
	}
	return sh.min >= minValue
}

func (b *builder) addWord(word string, ref reference) {
	id, ok := b.byWord[word]
	if !ok {
		id = len(b.words)
		b.byWord[word] = id
		b.words = append(b.words, word)
		b.wordRefs = append(b.wordRefs, nil)
	}
	b.wordRefs[id] = append(b.wordRefs[id], ref)
}

func (b *builder) addTrigger(text string, ref reference) {
	text = strings.ToLower(text)
	if len(text) > maxTrigger {
		text = text[:maxTrigger]
	}
	id, ok := b.byText[text]
	if !ok {
		id = len(b.triggers)
		b.byText[text] = id
		b.triggers = append(b.triggers, text)
		b.refs = append(b.refs, nil)
	}
	b.refs[id] = append(b.refs[id], ref)
}

// finite returns n as an operand, with math.MaxUint16 for what does not fit.
func finite(n int) uint16 { return uint16(min(n, math.MaxUint16)) }
