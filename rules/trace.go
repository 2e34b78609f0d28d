package rules

import (
	"cmp"
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"
	"sort"
)

// minValue is the least length of a value: a longest run of value bytes that
// has the shape of something random. What no literal gives away is looked for
// only where one stands.
const minValue = 16

// A Trace is what a Matcher saw of a text on the way through it: the places
// where triggers end and the values. Whatever it takes to find matches starts
// from them, so a text with a trace need not be read through again.
type Trace struct {
	hits   [][]hit // by layer
	values []valueSpan
	size   int // of the text

	// Marks are places in the text that its reader has noted beside, in order,
	// and MarkKind says by which rule, 0 for none. They are the reader's own:
	// Look and LookDelta only empty them.
	Marks    []int32
	MarkKind uint16
}

// A valueSpan is where a value stands.
type valueSpan struct {
	start, end int32
	reach      reach // of its start, if nothing comes of it that Try knows
	settled    bool  // nothing comes of it at all
}

// A Run is a part of a text that was made from another one, its base: Len bytes
// from Start on, copied from the base at Base, or new if Base is negative.
type Run struct{ Start, Len, Base int }

// Spans yields where the values start and end, in order.
func (t *Trace) Spans() iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for _, v := range t.values {
			if !yield(int(v.start), int(v.end)) {
				return
			}
		}
	}
}

func (t *Trace) reset(layers, size int) {
	t.size = size
	for len(t.hits) < layers {
		t.hits = append(t.hits, nil)
	}
	for i := range t.hits {
		t.hits[i] = t.hits[i][:0]
	}
	t.values = t.values[:0]
	t.Marks, t.MarkKind = t.Marks[:0], 0
}

// Look reads through text, which is shorter than 2 GiB, and notes in tr what is
// needed to find matches. What tr held before is overwritten.
func (m *Matcher) Look(text []byte, tr *Trace) {
	tr.reset(len(m.set.layers), len(text))
	for i, l := range m.set.layers {
		l.auto.scan(text, &m.lanes)
		for k := range m.lanes {
			tr.hits[i] = append(tr.hits[i], m.lanes[k]...)
		}
	}
	tr.values = m.valuesIn(text, 0, len(text), tr.values)
}

// LookDelta is Look for a text of which the runs say how it was made from a
// base, given the trace of that. It reads only what is new and what lies around
// the seams. The runs cover the text in order and without gaps; what they say
// to be copied must be equal to the base. tr must not be base.
func (m *Matcher) LookDelta(text []byte, runs []Run, base, tr *Trace) {
	fresh := 0
	for _, r := range runs {
		if r.Base < 0 {
			fresh += r.Len
		}
	}
	// Four streams read on at a pace that jumping to and fro cannot match.
	if 2*fresh > len(text) || len(base.hits) != len(m.set.layers) {
		m.Look(text, tr)
		return
	}
	tr.reset(len(m.set.layers), len(text))
	for i, l := range m.set.layers {
		tr.hits[i] = l.auto.inherit(text, runs, base.hits[i], base.size, tr.hits[i])
	}
	tr.values = m.inheritValues(text, runs, base, tr.values)
}

// inherit returns the hits in text: those in copied runs from the base, the
// others by looking. A hit depends on the bytes of its trigger only, so it is
// inherited if these lie in one run.
func (a *automaton) inherit(text []byte, runs []Run, base []hit, baseSize int, found []hit) []hit {
	known := 0 // hits that end up to here are found
	for _, r := range runs {
		if r.Base < 0 {
			continue // looked at with what follows, or at the end
		}
		end := r.Start + r.Len
		known, found = a.across(text, known, r.Start, end, found)
		part, shift := copiedBy(r, len(text), baseSize), int32(r.Start-r.Base)
		from := sort.Search(len(base), func(k int) bool { return int(base[k].end+shift) > known })
		for _, h := range base[from:] {
			at := int(h.end + shift)
			if at > end {
				break
			}
			if int(a.depth[h.state]) > at-r.Start { // of what stands before the run in the base
				found = a.between(text, known, at, found)
			} else {
				found = append(found, hit{h.end + shift, h.state, part.keep(h.reach, h.end)})
			}
			known = at
		}
		known = end
	}
	return a.between(text, known, len(text), found)
}

// across appends the hits that end behind from, up to where no trigger that
// begins before the seam can end any more, or to the end of text[:to]. It returns
// where that is.
func (a *automaton) across(text []byte, from, seam, to int, found []hit) (int, []hit) {
	s := a.warmUp(text[max(0, from-a.longest+1):from])
	for i := from; i < to; i++ {
		if i >= seam && int(a.depth[s]) <= i-seam {
			return i, found
		}
		s = a.next[uint(s)<<rowBits|uint(a.class[text[i]])]
		if s&acceptBit != 0 {
			s &^= acceptBit
			found = append(found, hit{end: int32(i + 1), state: s})
		}
	}
	return to, found
}

// between appends the hits that end behind from and not behind to.
func (a *automaton) between(text []byte, from, to int, found []hit) []hit {
	if from >= to {
		return found
	}
	s := a.warmUp(text[max(0, from-a.longest+1):from])
	return a.single(text, s, from, to, found)
}

// valuesIn appends the values in text[from:to], which may not cut one.
//
// Blocks of 64 bytes become a bit set of value bytes each, in which some shifts
// tell whether minValue of them stand in a row. Hardly any branch depends on the
// text.
func (m *Matcher) valuesIn(text []byte, from, to int, found []valueSpan) []valueSpan {
	before := 0 // value bytes right before i
	i := from
	for i+64 <= to {
		b := text[i : i+64 : i+64]
		set := uint64(0)
		for k := 0; k < 64; k += 8 {
			set |= bitsOf(otherBytes(binary.LittleEndian.Uint64(b[k:]))) << k
		}
		set = ^set
		row := set & (set >> 1)
		row &= row >> 2
		row &= row >> 4
		row &= row >> 8
		if row == 0 && before+bits.TrailingZeros64(^set) < minValue {
			before = bits.LeadingZeros64(^set)
			i += 64
			continue
		}
		start, end := i-before, i+bits.TrailingZeros64(^set)
		if end-start < minValue {
			start = i + bits.TrailingZeros64(row)
			end = start + bits.TrailingZeros64(^(set >> bits.TrailingZeros64(row)))
		}
		i, found = m.valueAt(text, start, end, to, found)
		before = 0
	}
	for i -= before; i < to; {
		if !m.value[text[i]] {
			i++
			continue
		}
		i, found = m.valueAt(text, i, i+1, to, found)
	}
	return found
}

// valueAt appends the value that starts at a place, if it is one, and returns
// where the value bytes from there on end. Those before end are known to be some.
func (m *Matcher) valueAt(text []byte, start, end, to int, found []valueSpan) (int, []valueSpan) {
	for end < to && m.value[text[end]] {
		end++
	}
	if end-start >= minValue {
		last := end
		for last < to && text[last] == '=' {
			last++ // padding belongs to it, an assignment behind a name does not harm
		}
		if m.remembered(text[start:last]) {
			found = append(found, valueSpan{start: int32(start), end: int32(last)})
		}
	}
	return end, found
}

// bitsOf returns the highest bits of the eight bytes in w, the first one lowest.
// No other bit of w may be set.
func bitsOf(w uint64) uint64 { return w >> 7 * 0x0102040810204080 >> 56 }

// otherBytes returns the highest bit of each of the eight bytes in w that is no
// value byte; see valueBytes.
func otherBytes(w uint64) uint64 {
	const ones = 0x0101010101010101
	const top = 0x80 * ones
	y := w &^ top
	z := y | 0x20*ones
	letter := (z + (0x80-'a')*ones) &^ (z + (0x7f-'z')*ones)
	underscore := z + ones                                              // 0x7f, which only _ and DEL become
	mark := (y + (0x80-'+')*ones) &^ (y + (0x7f-'9')*ones)              // + , - . / 0 to 9
	mark &= ((y ^ '.'*ones) + 0x7f*ones) & ((y ^ ','*ones) + 0x7f*ones) // but not . and ,
	return (^(letter | underscore | mark) | w) & top
}

// A verdict is what looksRandom said of a run of length bytes.
type verdict struct {
	run    [maxRemembered]byte
	length uint8
	random bool
}

// maxRemembered is the length of the longest run that a verdict is kept of.
const maxRemembered = 62

// verdictBits is the binary logarithm of how many are kept: most names come
// again soon.
const verdictBits = 10

// remembered is looksRandom for a run of minValue bytes or more.
func (m *Matcher) remembered(run []byte) bool {
	if len(run) > maxRemembered {
		return m.looksRandom(run)
	}
	const spread = 0x9e3779b97f4a7c15
	h := (binary.LittleEndian.Uint64(run)*spread ^ binary.LittleEndian.Uint64(run[len(run)-8:])) * spread
	v := &m.verdicts[h>>(64-verdictBits)]
	if string(v.run[:v.length]) != string(run) {
		v.length = uint8(copy(v.run[:], run))
		v.random = m.looksRandom(run)
	}
	return v.random
}

// looksRandom reports whether a run of value bytes holds a part whose pairs of
// letters and digits are too rare for names, paths and prose. Evidence is summed
// up from where it speaks for random text on, so that a name before it does no
// harm. Digits alone are never random: nothing tells a key from a number.
func (m *Matcher) looksRandom(run []byte) bool {
	var hex, oneCase, twoCases int
	before := uint8(other)
	for _, c := range run {
		now := m.kinds[c]
		e := &m.evidence[uint(before)<<6|uint(now)]
		hex = max(hex+int(e.hex), 0)
		oneCase = max(oneCase+int(e.oneCase), 0)
		twoCases = max(twoCases+int(e.twoCases), 0)
		if max(hex, oneCase, twoCases) >= randomBound {
			return true
		}
		before = now
	}
	return false
}

// inheritValues returns the values in text: those inside copied runs from the
// base, those that touch a seam or new bytes by looking.
func (m *Matcher) inheritValues(text []byte, runs []Run, of *Trace, found []valueSpan) []valueSpan {
	base := of.values
	looked := 0 // no value that starts before is missing
	for _, r := range runs {
		end := r.Start + r.Len
		from, to := r.Start, end
		if r.Base >= 0 {
			shift := int32(r.Start - r.Base)
			part := copiedBy(r, len(text), of.size)
			k := sort.Search(len(base), func(k int) bool { return int(base[k].start) > r.Base })
			for ; k < len(base) && int(base[k].end+shift) < end; k++ {
				v := base[k]
				v.reach = part.keep(v.reach, v.start)
				v.settled = v.settled && v.reach.known()
				v.start, v.end = v.start+shift, v.end+shift
				found = append(found, v)
			}
			to = r.Start // only the seam
		}
		found, looked = m.around(text, from, to, looked, found)
	}
	found, _ = m.around(text, len(text), len(text), looked, found)
	slices.SortFunc(found, func(a, b valueSpan) int { return cmp.Compare(a.start, b.start) })
	return found
}

// around appends the values that touch text[from:to] and start at or behind
// looked, and returns where to go on.
func (m *Matcher) around(text []byte, from, to, looked int, found []valueSpan) ([]valueSpan, int) {
	for from > looked && (m.value[text[from-1]] || text[from-1] == '=') {
		from--
	}
	from = max(from, looked)
	for to < len(text) && (m.value[text[to]] || text[to] == '=') {
		to++
	}
	if from >= to {
		return found, looked
	}
	return m.valuesIn(text, from, to, found), to
}
