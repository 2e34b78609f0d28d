package rules

import (
	"fmt"
	"math"
	"regexp/syntax"
	"slices"
)

// A match has at most maxBlock bytes, and where its pattern sets no bound at
// most maxMatch; what is longer is no credential.
const (
	maxMatch = 4096
	maxBlock = 1 << 16
)

// wideSet is the number of members from which a set says nothing about what
// ends a token.
const wideSet = 128

// A byteSet is a set of bytes; 1 stands for membership.
type byteSet [256]uint8

func (s *byteSet) add(o *byteSet) {
	for i, v := range o {
		s[i] |= v
	}
}

func (s *byteSet) addRange(lo, hi int) {
	for i := lo; i <= hi; i++ {
		s[i] = 1
	}
}

func (s *byteSet) meets(o *byteSet) bool {
	for i, v := range o {
		if v&s[i] != 0 {
			return true
		}
	}
	return false
}

func (s *byteSet) count() int {
	n := 0
	for _, v := range s {
		n += int(v)
	}
	return n
}

// alnum are the bytes that make a word go on.
func alnum() *byteSet {
	s := new(byteSet)
	s.addRange('0', '9')
	s.addRange('A', 'Z')
	s.addRange('a', 'z')
	return s
}

// shape holds what is known about the texts an expression matches.
type shape struct {
	first, last byteSet // bytes with which they may start and end
	all         byteSet // bytes they may hold
	min, max    int     // lengths; max is math.MaxInt without a bound
	assert      bool    // holds an assertion, which the sets do not see
	bits        float64 // binary logarithm of the number of texts, roughly
}

func (s *shape) nullable() bool { return s.min == 0 }

// patternParser analyses expressions. Patterns match bytes: a class that holds
// all runes outside ASCII holds every byte above 0x7f, and a literal outside
// ASCII stands for its UTF-8 form, or in a binary pattern for the byte itself.
type patternParser struct{ binary bool }

// setOf returns the bytes that a single-rune expression matches. It reports
// false for classes that hold only some of the runes outside ASCII.
func (p *patternParser) setOf(re *syntax.Regexp) (*byteSet, bool) {
	s := new(byteSet)
	switch re.Op {
	case syntax.OpAnyChar:
		s.addRange(0, 255)
		return s, true
	case syntax.OpAnyCharNotNL:
		s.addRange(0, 255)
		s['\n'] = 0
		return s, true
	case syntax.OpLiteral:
		if len(re.Rune) != 1 || re.Rune[0] > 0x7f && !(p.binary && re.Rune[0] <= 0xff) {
			return nil, false
		}
		addFolded(s, re.Rune[0], re.Flags)
		return s, true
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			if !p.addRunes(s, re.Rune[i], re.Rune[i+1]) {
				return nil, false
			}
		}
		return s, true
	}
	return nil, false
}

func addFolded(s *byteSet, r rune, flags syntax.Flags) {
	s[r] = 1
	if flags&syntax.FoldCase != 0 {
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			s[r|0x20], s[r&^0x20] = 1, 1
		}
	}
}

func (p *patternParser) addRunes(s *byteSet, lo, hi rune) bool {
	if p.binary && hi <= 0xff {
		s.addRange(int(lo), int(hi))
		return true
	}
	s.addRange(int(min(lo, 0x80)), int(min(hi, 0x7f)))
	if hi <= 0x7f {
		return true
	}
	// Folding brings in the two letters outside ASCII that equal k and s.
	if lo == hi && (lo == 0x17f || lo == 0x212a) {
		return true
	}
	if lo > 0x80 || hi != '\U0010ffff' {
		return false
	}
	s.addRange(0x80, 0xff)
	return true
}

// literal returns the bytes of a literal expression.
func (p *patternParser) literal(re *syntax.Regexp) []byte {
	if !p.binary {
		return []byte(string(re.Rune))
	}
	b := make([]byte, len(re.Rune))
	for i, r := range re.Rune {
		b[i] = byte(r)
	}
	return b
}

// analyse returns the shape of an expression, or an error for what the byte
// program cannot express.
func (p *patternParser) analyse(re *syntax.Regexp) (*shape, error) {
	if set, ok := p.setOf(re); ok {
		return &shape{first: *set, last: *set, all: *set, min: 1, max: 1, bits: math.Log2(float64(max(set.count(), 1)))}, nil
	}
	switch re.Op {
	case syntax.OpNoMatch:
		return nil, fmt.Errorf("matches nothing")
	case syntax.OpEmptyMatch:
		return &shape{}, nil
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return &shape{assert: true}, nil
	case syntax.OpLiteral:
		return p.analyseLiteral(re), nil
	case syntax.OpCharClass:
		return nil, fmt.Errorf("class %v holds some runes outside ASCII but not all", re)
	case syntax.OpCapture:
		return p.analyse(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return p.analyseRepeat(re)
	case syntax.OpConcat:
		return p.analyseConcat(re)
	case syntax.OpAlternate:
		return p.analyseAlternate(re)
	}
	return nil, fmt.Errorf("operator %v", re.Op)
}

func (p *patternParser) analyseLiteral(re *syntax.Regexp) *shape {
	lit := p.literal(re)
	s := &shape{min: len(lit), max: len(lit)}
	for _, b := range lit {
		addFolded(&s.all, rune(b), re.Flags)
	}
	addFolded(&s.first, rune(lit[0]), re.Flags)
	addFolded(&s.last, rune(lit[len(lit)-1]), re.Flags)
	return s
}

// repeatBounds returns the least and greatest number of repetitions; -1 is none.
func repeatBounds(re *syntax.Regexp) (lo, hi int) {
	switch re.Op {
	case syntax.OpStar:
		return 0, -1
	case syntax.OpPlus:
		return 1, -1
	case syntax.OpQuest:
		return 0, 1
	}
	return re.Min, re.Max
}

func (p *patternParser) analyseRepeat(re *syntax.Regexp) (*shape, error) {
	s, err := p.analyse(re.Sub[0])
	if err != nil {
		return nil, err
	}
	lo, hi := repeatBounds(re)
	s.min *= lo
	switch {
	case hi < 0 || s.max == math.MaxInt:
		s.max = math.MaxInt
	default:
		s.max *= hi
	}
	if hi < 0 {
		hi = maxMatch
	}
	s.bits *= float64(hi)
	return s, nil
}

func (p *patternParser) analyseConcat(re *syntax.Regexp) (*shape, error) {
	sum := &shape{}
	parts := make([]*shape, len(re.Sub))
	for i, sub := range re.Sub {
		s, err := p.analyse(sub)
		if err != nil {
			return nil, err
		}
		parts[i] = s
		if sum.nullable() {
			sum.first.add(&s.first)
		}
		sum.min += s.min
		sum.max = addLen(sum.max, s.max)
		sum.assert = sum.assert || s.assert
		sum.bits += s.bits
		sum.all.add(&s.all)
	}
	for i := len(parts) - 1; i >= 0; i-- {
		sum.last.add(&parts[i].last)
		if !parts[i].nullable() {
			break
		}
	}
	return sum, nil
}

func (p *patternParser) analyseAlternate(re *syntax.Regexp) (*shape, error) {
	sum := &shape{min: math.MaxInt}
	for _, sub := range re.Sub {
		s, err := p.analyse(sub)
		if err != nil {
			return nil, err
		}
		sum.first.add(&s.first)
		sum.last.add(&s.last)
		sum.min = min(sum.min, s.min)
		sum.max = max(sum.max, s.max)
		sum.assert = sum.assert || s.assert
		sum.bits = max(sum.bits, s.bits)
		sum.all.add(&s.all)
	}
	return sum, nil
}

func addLen(a, b int) int {
	if a == math.MaxInt || b == math.MaxInt {
		return math.MaxInt
	}
	return a + b
}

// A lead is a range of numbers of bytes that may stand before a marker.
type lead struct{ lo, hi int }

// locator follows an expression and notes where in it a marker may stand:
// seen is how many bytes of the marker have been matched, -1 before it starts.
type locator struct {
	p      *patternParser
	marker string
	budget int
}

type locState struct {
	seen int
	lead lead
	of   byteSet // bytes that what precedes the marker may consist of
}

// locate returns the range of lengths of what may precede marker in a match, and
// the bytes of which that may consist.
func (p *patternParser) locate(re *syntax.Regexp, marker string) (found lead, of *byteSet, ok bool) {
	l := &locator{p, marker, 1 << 16}
	found, of = lead{math.MaxInt, 0}, new(byteSet)
	for _, s := range l.step(re, []locState{{seen: -1}}) {
		if s.seen == len(marker) {
			found.lo, found.hi, ok = min(found.lo, s.lead.lo), max(found.hi, s.lead.hi), true
			of.add(&s.of)
		}
	}
	return found, of, ok
}

func (l *locator) step(re *syntax.Regexp, in []locState) []locState {
	if l.budget -= len(in); l.budget < 0 {
		return nil
	}
	if set, ok := l.p.setOf(re); ok {
		return l.stepSet(set, in)
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, b := range l.p.literal(re) {
			set := new(byteSet)
			addFolded(set, rune(b), re.Flags)
			in = l.stepSet(set, in)
		}
		return in
	case syntax.OpCapture:
		return l.step(re.Sub[0], in)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			in = l.step(sub, in)
		}
		return in
	case syntax.OpAlternate:
		var out []locState
		for _, sub := range re.Sub {
			out = append(out, l.step(sub, in)...)
		}
		return mergeStates(out)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return l.stepRepeat(re, in)
	}
	return in // assertions
}

// stepSet lets a marker go on only through sets of a few bytes: those are what
// the parser makes of alternatives, while a wide class is no part of a marker.
func (l *locator) stepSet(set *byteSet, in []locState) []locState {
	narrow := set.count() <= 8
	var out []locState
	for _, s := range in {
		switch {
		case s.seen == len(l.marker):
			out = append(out, s)
		case s.seen < 0:
			if narrow && set[l.marker[0]] == 1 {
				out = append(out, locState{1, s.lead, s.of})
			}
			s.lead = lead{s.lead.lo + 1, addLen(s.lead.hi, 1)}
			s.of.add(set)
			out = append(out, s)
		case narrow && set[l.marker[s.seen]] == 1:
			s.seen++
			out = append(out, s)
		}
	}
	return mergeStates(out)
}

func (l *locator) stepRepeat(re *syntax.Regexp, in []locState) []locState {
	lo, hi := repeatBounds(re)
	sub := re.Sub[0]
	if set, ok := l.p.setOf(sub); ok && set.count() > 8 {
		var out []locState
		for _, s := range in {
			switch {
			case s.seen == len(l.marker) || s.seen >= 0 && lo == 0:
				out = append(out, s)
			case s.seen < 0:
				far := math.MaxInt
				if hi >= 0 {
					far = addLen(s.lead.hi, hi)
				}
				s.lead = lead{s.lead.lo + lo, far}
				s.of.add(set)
				out = append(out, s)
			}
		}
		return out
	}
	for range lo {
		in = l.step(sub, in)
	}
	out, more := in, in
	for range min(uint(hi-lo), 64) {
		if more = l.step(sub, more); len(more) == 0 {
			break
		}
		out = mergeStates(append(out[:len(out):len(out)], more...))
	}
	return out
}

// mergeStates joins states that have seen equally much of the marker.
func mergeStates(in []locState) []locState {
	var out []locState
next:
	for _, s := range in {
		for i := range out {
			if out[i].seen == s.seen {
				out[i].lead.lo = min(out[i].lead.lo, s.lead.lo)
				out[i].lead.hi = max(out[i].lead.hi, s.lead.hi)
				out[i].of.add(&s.of)
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}

// A fixedByte stands in all matches of an expression, so many bytes behind their
// start.
type fixedByte struct {
	at uint8
	c  byte
}

// fixed returns a fixed byte behind the first byte of an expression, the zero
// value if there is none.
func (p *patternParser) fixed(re *syntax.Regexp) fixedByte {
	f := &fixer{p: p}
	f.step(re)
	return f.found
}

// A fixer goes along an expression as far as all matches are equally long.
type fixer struct {
	p     *patternParser
	at    int
	found fixedByte
}

// step reports whether to go on behind an expression.
func (f *fixer) step(re *syntax.Regexp) bool {
	if set, ok := f.p.setOf(re); ok {
		return f.set(set)
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, b := range f.p.literal(re) {
			set := new(byteSet)
			if addFolded(set, rune(b), re.Flags); !f.set(set) {
				return false
			}
		}
		return true
	case syntax.OpCapture:
		return f.step(re.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !f.step(sub) })
	case syntax.OpRepeat:
		if re.Min != re.Max {
			return false
		}
		for range re.Min {
			if !f.step(re.Sub[0]) {
				return false
			}
		}
		return true
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpEmptyMatch:
		return true
	}
	return false
}

func (f *fixer) set(s *byteSet) bool {
	if f.at > 0 && s.count() == 1 {
		f.found = fixedByte{uint8(f.at), byte(slices.Index(s[:], 1))}
		return false
	}
	f.at++
	return f.at <= math.MaxUint8
}
