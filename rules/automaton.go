package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// acceptBit marks, in a transition, a state in which a trigger ends.
const acceptBit = 1 << 15

// rowBits is the binary logarithm of the length of a row of transitions.
const rowBits = 6

// An automaton finds all triggers in a text: an Aho-Corasick machine as one
// flat table, over classes of bytes and without regard to the case of letters.
type automaton struct {
	class   []uint8  // byte to class
	next    []uint16 // state<<rowBits | class to state, with acceptBit
	outs    []uint16 // triggers that end in a state, state after state
	outEnd  []uint32 // end of a state's part of outs; it starts at the end of the one before
	depth   []uint8  // of a state: how many of the last bytes may begin a trigger
	longest int      // length of the longest trigger
}

// A hit is a place where triggers end: at text[end-1], in a state.
type hit struct {
	end   int32
	state uint16
	reach reach // of the place end, if nothing comes of it
}

// lanes hold what each of the four streams found, in order.
type lanes [4][]hit

// scan finds all hits in text, which is shorter than 2 GiB.
//
// Four streams run over the quarters of the text in turn: the processor works
// on one while another waits for its table. Each starts a trigger's length
// before its quarter, so that none is lost on a border.
func (a *automaton) scan(text []byte, found *lanes) {
	for i := range found {
		found[i] = found[i][:0]
	}
	quarter := len(text) / 4
	if quarter < 4*a.longest {
		found[0] = a.single(text, 0, 0, len(text), found[0])
		return
	}
	warm := a.longest - 1
	var s [4]uint16
	var base [4]int
	for k := 1; k < 4; k++ {
		base[k] = k * quarter
		s[k] = a.warmUp(text[base[k]-warm : base[k]])
	}
	class := (*[256]uint8)(a.class)
	next := a.next
	t0, t1, t2, t3 := text[:quarter], text[quarter:2*quarter], text[2*quarter:3*quarter], text[3*quarter:4*quarter]
	t1, t2, t3 = t1[:len(t0)], t2[:len(t0)], t3[:len(t0)]
	s0, s1, s2, s3 := s[0], s[1], s[2], s[3]
	for i := range t0 {
		s0 = next[uint(s0&^acceptBit)<<rowBits|uint(class[t0[i]])]
		s1 = next[uint(s1&^acceptBit)<<rowBits|uint(class[t1[i]])]
		s2 = next[uint(s2&^acceptBit)<<rowBits|uint(class[t2[i]])]
		s3 = next[uint(s3&^acceptBit)<<rowBits|uint(class[t3[i]])]
		if (s0|s1|s2|s3)&acceptBit == 0 {
			continue
		}
		if s0&acceptBit != 0 {
			found[0] = append(found[0], hit{end: int32(i + 1), state: s0 &^ acceptBit})
		}
		if s1&acceptBit != 0 {
			found[1] = append(found[1], hit{end: int32(base[1] + i + 1), state: s1 &^ acceptBit})
		}
		if s2&acceptBit != 0 {
			found[2] = append(found[2], hit{end: int32(base[2] + i + 1), state: s2 &^ acceptBit})
		}
		if s3&acceptBit != 0 {
			found[3] = append(found[3], hit{end: int32(base[3] + i + 1), state: s3 &^ acceptBit})
		}
	}
	found[3] = a.single(text, s3&^acceptBit, 4*quarter, len(text), found[3])
}

// warmUp returns the state after text, whose hits belong to another stream.
//
// It starts behind the last byte that no trigger has.
func (a *automaton) warmUp(text []byte) uint16 {
	from := len(text)
	for from > 0 && a.class[text[from-1]] != 0 {
		from--
	}
	s := uint16(0)
	for _, b := range text[from:] {
		s = a.next[uint(s)<<rowBits|uint(a.class[b])] &^ acceptBit
	}
	return s
}

func (a *automaton) single(text []byte, s uint16, from, to int, found []hit) []hit {
	for i := from; i < to; i++ {
		s = a.next[uint(s)<<rowBits|uint(a.class[text[i]])]
		if s&acceptBit != 0 {
			s &^= acceptBit
			found = append(found, hit{end: int32(i + 1), state: s})
		}
	}
	return found
}

// triggers returns the numbers of the triggers that end in a state.
func (a *automaton) triggers(state uint16) []uint16 {
	start := uint32(0)
	if state > 0 {
		start = a.outEnd[state-1]
	}
	return a.outs[start:a.outEnd[state]]
}

// fold maps ASCII upper case to lower case.
func fold(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b | 0x20
	}
	return b
}

// A trieBuilder makes an automaton from triggers.
type trieBuilder struct {
	class [256]uint8
	count int // classes in use
	next  [][1 << rowBits]int32
	outs  [][]uint16
	depth []uint8
}

// buildAutomaton returns the machine for triggers, which are told apart by
// their index.
func buildAutomaton(triggers []string) (*automaton, error) {
	b := &trieBuilder{count: 1}
	longest := 1
	for _, t := range triggers {
		longest = max(longest, len(t))
		for _, c := range []byte(strings.ToLower(t)) {
			if b.class[c] == 0 {
				b.class[c] = uint8(b.count)
				b.count++
			}
		}
	}
	if longest > math.MaxUint8 {
		return nil, fmt.Errorf("a trigger has %d bytes, at most %d fit", longest, math.MaxUint8)
	}
	if b.count > 1<<rowBits {
		return nil, fmt.Errorf("triggers use %d different bytes, at most %d fit", b.count-1, 1<<rowBits-1)
	}
	for c := 'A'; c <= 'Z'; c++ {
		b.class[c] = b.class[c|0x20]
	}
	b.addState(0)
	for i, t := range triggers {
		b.insert(t, uint16(i))
	}
	if len(b.next) >= acceptBit {
		return nil, fmt.Errorf("triggers need %d states, at most %d fit", len(b.next), acceptBit-1)
	}
	return b.finish(longest), nil
}

func (b *trieBuilder) addState(depth int) int32 {
	b.depth = append(b.depth, uint8(depth))
	b.next = append(b.next, [1 << rowBits]int32{})
	b.outs = append(b.outs, nil)
	return int32(len(b.next) - 1)
}

func (b *trieBuilder) insert(t string, id uint16) {
	s := int32(0)
	for i, c := range []byte(t) {
		k := b.class[fold(c)]
		if b.next[s][k] == 0 {
			n := b.addState(i + 1)
			b.next[s][k] = n
		}
		s = b.next[s][k]
	}
	b.outs[s] = append(b.outs[s], id)
}

// finish turns the trie into a machine that never steps back: breadth first,
// each missing edge becomes that of the longest proper suffix in the trie.
// States are numbered in that order, which keeps the busy rows together.
func (b *trieBuilder) finish(longest int) *automaton {
	fail := make([]int32, len(b.next))
	order := []int32{0}
	for at := 0; at < len(order); at++ {
		s := order[at]
		for k := range b.next[s] {
			child := b.next[s][k]
			suffix := int32(0)
			if s != 0 {
				suffix = b.next[fail[s]][k]
			}
			if child == 0 {
				b.next[s][k] = suffix
				continue
			}
			fail[child] = suffix
			b.outs[child] = append(b.outs[child], b.outs[suffix]...)
			order = append(order, child)
		}
	}
	number := make([]uint16, len(order))
	for i, s := range order {
		number[s] = uint16(i)
	}
	a := &automaton{class: slices.Clone(b.class[:]), longest: longest}
	for _, s := range order {
		for _, t := range b.next[s] {
			n := number[t]
			if len(b.outs[t]) > 0 {
				n |= acceptBit
			}
			a.next = append(a.next, n)
		}
		a.outs = append(a.outs, b.outs[s]...)
		a.outEnd = append(a.outEnd, uint32(len(a.outs)))
		a.depth = append(a.depth, b.depth[s])
	}
	return a
}
