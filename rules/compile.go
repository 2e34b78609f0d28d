package rules

import (
	"errors"
	"fmt"
	"math"
	"regexp/syntax"
	"strings"
)

// An inst is one instruction of a byte program: the operator, with a small
// argument in its upper byte, and three operands.
type inst [4]uint16

// The operators. Sets are numbers of byte sets, targets are relative to the
// start of the program.
const (
	opMatch   = iota // the pattern is matched, if the byte behind allows it
	opLit            // literal: length a, offset in the pool b | c<<16
	opSet            // one byte of set a
	opRun            // b to c bytes of set a, as many as there are, none given back
	opRunBack        // the same, giving back one by one
	opRunLazy        // the same, as few as possible first
	opBranch         // go on if the next byte is in set a, else to b
	opSplit          // try a, then b
	opJump           // to a
	opSave           // the secret starts (a = 0) or ends (a = 1) here
	opAssert         // assertion a, a syntax.EmptyOp
)

// unlimited is the operand for a run without an upper bound.
const unlimited = math.MaxUint16

// maxProgram bounds the instructions of one program.
const maxProgram = 4000

var errTooLarge = errors.New("expands to too many instructions")

// A pool collects what programs share: byte sets and literals.
type pool struct {
	sets    []byteSet
	setID   map[byteSet]uint16
	text    strings.Builder
	textPos map[string]uint32
}

func newPool() *pool {
	return &pool{setID: map[byteSet]uint16{}, textPos: map[string]uint32{}}
}

func (p *pool) set(s *byteSet) uint16 {
	if id, ok := p.setID[*s]; ok {
		return id
	}
	id := uint16(len(p.sets))
	p.sets = append(p.sets, *s)
	p.setID[*s] = id
	return id
}

func (p *pool) string(s string) uint32 {
	if at, ok := p.textPos[s]; ok {
		return at
	}
	at := uint32(p.text.Len())
	p.text.WriteString(s)
	p.text.WriteByte(0) // parts that stand side by side must not look like a credential
	p.textPos[s] = at
	return at
}

// A following is what may come behind a part of an expression: bytes, or the
// end of the match.
type following struct {
	byteSet
	end bool
}

// A compiler turns one expression into a byte program.
type compiler struct {
	patternParser
	pool   *pool
	code   []inst
	engine Engine
}

// compileProgram returns the program of a parsed pattern and how it runs.
func compileProgram(p patternParser, pool *pool, re *syntax.Regexp) ([]inst, Engine, error) {
	c := &compiler{patternParser: p, pool: pool}
	if err := c.emit(re, &following{end: true}); err != nil {
		return nil, Regexp, err
	}
	c.add(inst{opMatch})
	return c.code, c.engine, nil
}

func (c *compiler) add(i inst) int {
	c.code = append(c.code, i)
	return len(c.code) - 1
}

// emit writes the code of re, behind which comes what follow says.
func (c *compiler) emit(re *syntax.Regexp, follow *following) error {
	if len(c.code) > maxProgram {
		return errTooLarge
	}
	if set, ok := c.setOf(re); ok {
		c.add(inst{opSet, c.pool.set(set)})
		return nil
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
		return nil
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		c.add(inst{opAssert, uint16(emptyOp(re.Op))})
		return nil
	case syntax.OpLiteral:
		return c.emitLiteral(re)
	case syntax.OpCapture:
		return c.emitCapture(re, follow)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return c.emitRepeat(re, follow)
	case syntax.OpConcat:
		return c.emitConcat(re.Sub, follow)
	case syntax.OpAlternate:
		return c.emitAlternate(re, follow)
	}
	return fmt.Errorf("operator %v", re.Op)
}

func emptyOp(op syntax.Op) syntax.EmptyOp {
	switch op {
	case syntax.OpBeginLine:
		return syntax.EmptyBeginLine
	case syntax.OpEndLine:
		return syntax.EmptyEndLine
	case syntax.OpBeginText:
		return syntax.EmptyBeginText
	case syntax.OpEndText:
		return syntax.EmptyEndText
	case syntax.OpWordBoundary:
		return syntax.EmptyWordBoundary
	}
	return syntax.EmptyNoWordBoundary
}

func (c *compiler) emitLiteral(re *syntax.Regexp) error {
	lit := c.literal(re)
	if re.Flags&syntax.FoldCase != 0 {
		for _, b := range lit {
			set := new(byteSet)
			addFolded(set, rune(b), re.Flags)
			c.add(inst{opSet, c.pool.set(set)})
		}
		return nil
	}
	at := c.pool.string(string(lit))
	c.add(inst{opLit, uint16(len(lit)), uint16(at), uint16(at >> 16)})
	return nil
}

func (c *compiler) emitCapture(re *syntax.Regexp, follow *following) error {
	if re.Name != "secret" {
		return c.emit(re.Sub[0], follow)
	}
	c.add(inst{opSave, 0})
	if err := c.emit(re.Sub[0], follow); err != nil {
		return err
	}
	c.add(inst{opSave, 1})
	return nil
}

// emitConcat writes parts one after the other. Neighbouring runs of one set
// are joined, which also lifts the bound of 1,000 that package syntax puts on
// a single repetition.
func (c *compiler) emitConcat(parts []*syntax.Regexp, follow *following) error {
	for i := 0; i < len(parts); i++ {
		rest, err := c.follow(parts[i+1:], follow)
		if err != nil {
			return err
		}
		set, lo, hi, ok := c.run(parts[i])
		for ok && i+1 < len(parts) {
			next, lo2, hi2, same := c.run(parts[i+1])
			if !same || *next != *set {
				break
			}
			i++
			lo, hi = lo+lo2, addLen(hi, hi2)
			if rest, err = c.follow(parts[i+1:], follow); err != nil {
				return err
			}
		}
		switch {
		case !ok:
			err = c.emit(parts[i], rest)
		case lo == 1 && hi == 1:
			c.add(inst{opSet, c.pool.set(set)})
		default:
			err = c.emitRun(set, lo, hi, rest)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// run reports whether re is a greedy run of one set, and its bounds.
func (c *compiler) run(re *syntax.Regexp) (set *byteSet, lo, hi int, ok bool) {
	if set, ok = c.setOf(re); ok {
		return set, 1, 1, true
	}
	switch re.Op {
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		if re.Flags&syntax.NonGreedy != 0 {
			return nil, 0, 0, false
		}
		lo, hi = repeatBounds(re)
		if hi < 0 {
			hi = math.MaxInt
		}
		set, ok = c.setOf(re.Sub[0])
		return set, lo, hi, ok
	}
	return nil, 0, 0, false
}

// follow returns the bytes with which what comes behind may start. An
// assertion there may look at any byte.
func (c *compiler) follow(parts []*syntax.Regexp, outer *following) (*following, error) {
	sum := new(following)
	for _, part := range parts {
		s, err := c.analyse(part)
		if err != nil {
			return nil, err
		}
		if s.assert {
			sum.addRange(0, 255)
			return sum, nil
		}
		sum.add(&s.first)
		if !s.nullable() {
			return sum, nil
		}
	}
	sum.add(&outer.byteSet)
	sum.end = outer.end
	return sum, nil
}

// emitRun writes a greedy run. One at the end of the match gives nothing back:
// what may not come behind a match holds every byte that its last run can take,
// see rightBound, so a shorter run would end in vain.
func (c *compiler) emitRun(set *byteSet, lo, hi int, follow *following) error {
	op := uint16(opRun)
	if lo != hi && (set.meets(&follow.byteSet) || follow.end && set.count() >= wideSet) {
		op = opRunBack
		c.engine = max(c.engine, Backtrack)
	}
	return c.addRun(op, set, lo, hi)
}

func (c *compiler) addRun(op uint16, set *byteSet, lo, hi int) error {
	if hi >= unlimited {
		hi = unlimited
	}
	if lo >= unlimited {
		return errTooLarge
	}
	c.add(inst{op, c.pool.set(set), uint16(lo), uint16(hi)})
	return nil
}

func (c *compiler) emitRepeat(re *syntax.Regexp, follow *following) error {
	lo, hi := repeatBounds(re)
	sub := re.Sub[0]
	lazy := re.Flags&syntax.NonGreedy != 0
	if set, ok := c.setOf(sub); ok {
		if hi < 0 {
			hi = math.MaxInt
		}
		if lazy {
			c.engine = max(c.engine, Backtrack)
			return c.addRun(opRunLazy, set, lo, hi)
		}
		return c.emitRun(set, lo, hi, follow)
	}
	s, err := c.analyse(sub)
	if err != nil {
		return err
	}
	again := *follow
	again.add(&s.first)
	if s.assert {
		again.addRange(0, 255)
	}
	for range lo {
		if err := c.emit(sub, &again); err != nil {
			return err
		}
	}
	if hi < 0 {
		return c.emitLoop(sub, s, &again, follow, lazy)
	}
	return c.emitOptional(sub, s, hi-lo, &again, follow, lazy)
}

// fork writes the choice between a body with shape s and what comes instead of
// it, and returns the instruction whose exit is to be patched. The next byte
// decides where it can only be the start of one of them.
func (c *compiler) fork(s *shape, follow *following, lazy bool) int {
	if !lazy && !s.nullable() && !s.assert && !follow.end && !s.first.meets(&follow.byteSet) {
		return c.add(inst{opBranch, c.pool.set(&s.first)})
	}
	c.engine = max(c.engine, Backtrack)
	at := c.add(inst{opSplit})
	if lazy {
		c.code[at][2] = uint16(at + 1)
	} else {
		c.code[at][1] = uint16(at + 1)
	}
	return at
}

func (c *compiler) patch(at int) {
	i := &c.code[at]
	if i[0] == opSplit && i[1] == 0 {
		i[1] = uint16(len(c.code))
		return
	}
	i[2] = uint16(len(c.code))
}

func (c *compiler) emitLoop(sub *syntax.Regexp, s *shape, again, follow *following, lazy bool) error {
	if s.nullable() {
		return errors.New("repeats what may be empty")
	}
	top := c.fork(s, follow, lazy)
	if err := c.emit(sub, again); err != nil {
		return err
	}
	c.add(inst{opJump, uint16(top)})
	c.patch(top)
	return nil
}

func (c *compiler) emitOptional(sub *syntax.Regexp, s *shape, n int, again, follow *following, lazy bool) error {
	var exits []int
	for i := range n {
		exits = append(exits, c.fork(s, follow, lazy))
		next := again
		if i == n-1 {
			next = follow
		}
		if err := c.emit(sub, next); err != nil {
			return err
		}
	}
	for _, at := range exits {
		c.patch(at)
	}
	return nil
}

func (c *compiler) emitAlternate(re *syntax.Regexp, follow *following) error {
	shapes := make([]*shape, len(re.Sub))
	for i, sub := range re.Sub {
		s, err := c.analyse(sub)
		if err != nil {
			return err
		}
		shapes[i] = s
	}
	var exits []int
	for i, sub := range re.Sub {
		if i == len(re.Sub)-1 {
			if err := c.emit(sub, follow); err != nil {
				return err
			}
			break
		}
		rest := new(following)
		for _, s := range shapes[i+1:] {
			rest.add(&s.first)
			if s.nullable() {
				rest.add(&follow.byteSet)
				rest.end = rest.end || follow.end
			}
			if s.assert {
				rest.addRange(0, 255)
			}
		}
		at := c.fork(shapes[i], rest, false)
		if err := c.emit(sub, follow); err != nil {
			return err
		}
		exits = append(exits, c.add(inst{opJump}))
		c.patch(at)
	}
	for _, at := range exits {
		c.code[at][1] = uint16(len(c.code))
	}
	return nil
}
