package rules

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// MaxBack and MaxForward bound the bytes before and after its start that decide
// about a match: the match itself and the context that its rule declares.
const (
	MaxBack    = maxMatch + maxContextBytes
	MaxForward = maxBlock + maxContextBytes
)

// AnyBits stands for Match.Bits of what has no pattern.
const AnyBits = math.MaxUint32

// A Match is a place where the pattern and the context of a rule fit. Whether
// there is a credential is for others to judge.
type Match struct {
	Rule                   *Rule
	Start, End             int // the whole match
	SecretStart, SecretEnd int
	// Bits is the binary logarithm of the number of texts that the pattern can
	// match, roughly: of two rules for one text, the one with less is the more
	// specific. A rule without a pattern has AnyBits.
	Bits   uint32
	number int
	hit    int   // of a word, the number of its hit in the first layer, from 1; 0 if more has come of that
	reach  reach // of that hit
}

// A Matcher finds the matches of a set in texts. It owns memory that it uses
// again, so it is not safe for concurrent use.
type Matcher struct {
	set      *Set
	lanes    lanes
	trace    Trace // of Find
	machine  machine
	done     []int32 // by rule: start of the texts not yet tried
	out      []Match
	value    [256]bool
	kinds    [256]uint8
	evidence *pairEvidence
	verdicts [1 << verdictBits]verdict
	token    [256]bool // what may stand between a value and the start of its match
	path     string
	until    <-chan struct{}
	words    []hit // context words found so far, see nearWords
	covered  int   // they are all up to here

	// Of the hit or value at hand: what decided about it, and whether anything
	// has come of it beside a word.
	lo, hi int
	came   bool
}

// maxTokenLead is how far before a value a match of a token rule may start.
const maxTokenLead = 64

// NewMatcher returns a Matcher for the enabled rules of the set.
func (s *Set) NewMatcher() *Matcher {
	m := &Matcher{set: s, done: make([]int32, len(s.off))}
	m.value = valueBytes()
	m.kinds, m.evidence = kindsOf(), evidenceOfPairs()
	for c := range m.token {
		m.token[c] = c > ' ' && c < 0x7f
	}
	for _, c := range "\"'`()<>[]{},;" {
		m.token[c] = false
	}
	return m
}

// Find returns the matches in text, in the order of their starts. The text
// must be shorter than 2 GiB; head says that it is the start of its content.
// The result is valid until the next call.
func (m *Matcher) Find(path string, text []byte, head bool) []Match {
	m.Look(text, &m.trace)
	return m.Try(path, text, head, &m.trace)
}

// Try returns the matches in text as Find does, given what Look saw in it.
func (m *Matcher) Try(path string, text []byte, head bool, tr *Trace) []Match {
	m.out, m.path = m.out[:0], path
	clear(m.done)
	for i, l := range m.set.layers {
		m.machine.sets, m.machine.pool = l.sets, l.pool
		m.tryHits(l, i == 0, text, tr.hits[i])
		m.tryValues(l, i == 0, text, tr.values)
		if head {
			m.tryAll(l, l.heads, text, 0)
		}
	}
	slices.SortFunc(m.out, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.number, b.number))
	})
	return m.out
}

// tryHits tries the rules of a layer at hits, but for those of which it is known
// that nothing comes of them.
func (m *Matcher) tryHits(l *layer, first bool, text []byte, hits []hit) {
	for i := range hits {
		h := &hits[i]
		if h.reach.known() {
			continue
		}
		if i%pause == pause-1 && m.ended() {
			return
		}
		m.begin(int(h.end))
		found := len(m.out)
		words := m.hit(l, text, *h)
		switch {
		case words == 0:
			h.reach = m.seen(int(h.end))
		case words == 1 && !m.came && first:
			m.out[found].hit, m.out[found].reach = i+1, m.seen(int(h.end))
		}
	}
}

// pause is how many places are tried between two looks at whether to go on.
const pause = 1 << 10

// Until lets what is tried from now on end early, with a part of the matches, once
// done is closed: a text made for it takes seconds.
func (m *Matcher) Until(done <-chan struct{}) { m.until = done }

func (m *Matcher) ended() bool {
	select {
	case <-m.until:
		return true
	default:
		return false
	}
}

// tryValues is tryHits for values, of which all layers try the same: the reach of
// one is that of what any of them has looked at.
func (m *Matcher) tryValues(l *layer, first bool, text []byte, values []valueSpan) {
	m.words, m.covered = m.words[:0], 0
	for i := range values {
		v := &values[i]
		if v.settled {
			continue
		}
		if i%pause == pause-1 && m.ended() {
			return
		}
		m.begin(int(v.start))
		m.atValue(l, text, int(v.start), int(v.end))
		if r := m.seen(int(v.start)); first {
			v.reach = r
		} else {
			v.reach = v.reach.and(r)
		}
	}
}

// hit tries the rules that the triggers of a hit lead to, and returns how many of
// the matches are words.
func (m *Matcher) hit(l *layer, text []byte, h hit) (words int) {
	for _, t := range l.auto.triggers(h.state) {
		start := int(h.end) - int(l.trigLen[t])
		refs := l.triggerRefs(t)
		for i := range refs {
			ref := &refs[i]
			n := ref.rule()
			if m.set.off[l.first+n] {
				continue
			}
			switch ref.how() {
			case byMarker:
				m.atMarker(l, n, ref, text, start)
			case byContext:
				m.aroundWord(l, n, ref, text, start)
			case byWord:
				if m.atWord(l, n, ref, text, start) {
					words++
				}
			}
		}
	}
	return words
}

// atMarker tries the starts from which the pattern can cover the marker, the
// leftmost first.
func (m *Matcher) atMarker(l *layer, n int, ref *refWords, text []byte, at int) {
	marker := ref.marker(l.pool)
	m.saw(at, at+len(marker))
	if at+len(marker) > len(text) || string(text[at:at+len(marker)]) != marker {
		return
	}
	rec := l.records[n].record()
	lead := ref.lead()
	done := int(m.done[l.first+n])
	from := max(at-lead.hi, 0)
	if of := ref.of(); of != noSet {
		from = leadStart(&l.sets[of], text, from, at)
	}
	m.saw(from-maxEscape, at)
	m.came = m.came || done > from
	if at < done {
		return // in a match already
	}
	first := &l.sets[rec.first]
	for start := max(from, done); start <= at-lead.lo; start++ {
		if first[text[start]] == 0 || !m.leftFree(l, &rec, text, start) {
			continue
		}
		s, ok := m.match(l, n, &rec, text, start)
		if !ok || s.end < at+len(marker) {
			continue
		}
		if m.accept(l, n, &rec, text, s) {
			m.done[l.first+n] = int32(s.end)
		}
		return
	}
}

// leadStart returns where the bytes of a set begin that stand right before a place,
// at from at the earliest.
func leadStart(set *byteSet, text []byte, from, at int) int {
	for at > from && set[text[at-1]] != 0 {
		at--
	}
	return at
}

// aroundWord tries the pattern at the words near a context word. Places that an
// earlier hit has tried are not tried again.
func (m *Matcher) aroundWord(l *layer, n int, ref *refWords, text []byte, at int) {
	word := ref.marker(l.pool)
	m.saw(at-1, at+len(word)+1)
	if !wordAt(text, at, word) {
		return
	}
	rec := l.records[n].record()
	lo, hi := window(text, at, at+len(word), int(rec.forward), int(rec.back), int(rec.lines))
	// The reach counts from the ends of a match, which may be longer than it.
	lo = max(lo-int(min(rec.max, maxMatch)), 0)
	m.saw(lo-maxEscape, hi+int(rec.min))
	done := int(m.done[l.first+n])
	m.came = m.came || done > lo
	lo = max(lo, done)
	hi = min(hi, len(text)-int(rec.min)+1)
	first := &l.sets[rec.first]
	for start := lo; start < hi; start++ {
		if first[text[start]] == 0 || !m.leftFree(l, &rec, text, start) {
			continue
		}
		s, ok := m.match(l, n, &rec, text, start)
		if ok && m.accept(l, n, &rec, text, s) {
			start = s.end - 1
		}
	}
	m.done[l.first+n] = int32(max(lo, hi))
}

// atWord adds a match that is nothing but a word, and reports whether there is one.
func (m *Matcher) atWord(l *layer, n int, ref *refWords, text []byte, at int) bool {
	word := ref.marker(l.pool)
	m.saw(at-1, at+len(word)+1)
	r := m.set.rule(l.first + n)
	m.came = m.came || r.Path != nil
	if r.Boundary != BoundNone && !wordAt(text, at, word) || r.Path != nil && !r.Path.MatchString(m.path) {
		return false
	}
	end := at + len(word)
	m.out = append(m.out, Match{Rule: r, Start: at, End: end, SecretStart: at, SecretEnd: end, Bits: AnyBits, number: l.first + n})
	return true
}

// atValue tries, at the words of a value and of what leads up to it, the rules
// that no trigger leads to: those of tokens, and those of context words near by.
func (m *Matcher) atValue(l *layer, text []byte, start, end int) {
	from := start
	for from > 0 && start-from < maxTokenLead && m.token[text[from-1]] {
		from--
	}
	m.saw(from-maxEscape, end+1)
	inWord := from > 0 && alnumByte(text[from-1])
	for at := from; at+minValue <= end; at++ {
		if !inWord || l.tokenInWord || escaped(text, at) {
			m.tryAll(l, l.tokenRules[text[at]], text, at)
		}
		inWord = alnumByte(text[at])
	}
	if l.reach == 0 || isName(text, start, end) {
		return
	}
	for _, h := range m.nearWords(l, text, start, end) {
		for _, t := range l.context.triggers(h.state) {
			m.wordAndValue(l, text, int(h.end), l.contextRefs(t), start, end)
		}
	}
}

// isName reports whether a value is what a program calls something by: a member
// behind a dot or a function before its arguments.
func isName(text []byte, start, end int) bool {
	return start > 0 && text[start-1] == '.' || end < len(text) && text[end] == '('
}

// nearWords returns the places of context words that stand within reach of a
// value. Texts around values are looked through once, from the first value on.
func (m *Matcher) nearWords(l *layer, text []byte, start, end int) []hit {
	lo, hi := window(text, start, end, l.reach, l.reach, l.lines)
	m.saw(lo-l.context.longest-1, hi+1)
	if from := max(m.covered, lo); from < hi {
		s := l.context.warmUp(text[max(0, from-l.context.longest+1):from])
		m.words = l.context.single(text, s, from, hi, m.words)
		m.covered = hi
	}
	first := sort.Search(len(m.words), func(i int) bool { return int(m.words[i].end) > lo })
	last := first
	for last < len(m.words) && int(m.words[last].end) <= hi {
		last++
	}
	return m.words[first:last]
}

// wordAndValue tries the rules of a context word, which ends at a place, at a
// value.
func (m *Matcher) wordAndValue(l *layer, text []byte, wordEnd int, refs []refWords, start, end int) {
	for i := range refs {
		ref := &refs[i]
		n := ref.rule()
		rec := l.records[n].record()
		word := ref.marker(l.pool)
		if m.set.off[l.first+n] || start < int(m.done[l.first+n]) || int(rec.min) > end-start ||
			!wordAt(text, wordEnd-len(word), word) {
			m.came = m.came || int(m.done[l.first+n]) > start+1
			continue
		}
		first := &l.sets[rec.first]
		for at := start; at+int(rec.min) <= end; at++ {
			if first[text[at]] == 0 || !m.leftFree(l, &rec, text, at) {
				continue
			}
			if s, ok := m.match(l, n, &rec, text, at); ok && m.accept(l, n, &rec, text, s) {
				break
			}
		}
		m.done[l.first+n] = int32(start + 1) // with whatever word it is tried again
	}
}

// tryAll tries rules at one place.
func (m *Matcher) tryAll(l *layer, list []uint16, text []byte, at int) {
	for _, n := range list {
		rec := l.records[n].record()
		if m.set.off[l.first+int(n)] || at >= len(text) || l.sets[rec.first][text[at]] == 0 ||
			at < int(m.done[l.first+int(n)]) || !m.leftFree(l, &rec, text, at) {
			m.came = m.came || at < int(m.done[l.first+int(n)])
			continue
		}
		s, ok := m.match(l, int(n), &rec, text, at)
		if ok && m.accept(l, int(n), &rec, text, s) {
			m.done[l.first+int(n)] = int32(s.end)
		}
	}
}

// maxEscape is how many bytes before a place decide whether it is free.
const maxEscape = 7

// leftFree reports whether a match may start at a place, given the byte before.
func (m *Matcher) leftFree(l *layer, rec *ruleRecord, text []byte, at int) bool {
	if rec.left == noSet || at == 0 {
		return true
	}
	if l.sets[rec.left][text[at-1]] != 0 {
		return escaped(text, at)
	}
	// In "\ntoken" the n is no part of the token, unless the rule wants it.
	return text[at-1] != '\\' || !escaped(text, at+1) || rec.flags&flagLiteral != 0
}

// escaped reports whether the bytes before a place are an escape sequence that
// stands for something which is no letter or digit, as \n, %3D or \u0022.
func escaped(text []byte, at int) bool {
	if at >= 2 && text[at-2] == '\\' {
		switch text[at-1] {
		case 'n', 'r', 't', 'b', 'f', 'v', '0':
			return true
		}
	}
	switch {
	case at >= 3 && text[at-3] == '%' && hexes(text[at-2:at]):
		return true
	case at >= 4 && text[at-4] == '\\' && text[at-3] == 'x' && hexes(text[at-2:at]):
		return true
	case at >= 6 && text[at-6] == '\\' && text[at-5] == 'u' && hexes(text[at-4:at]):
		return true
	}
	return false
}

func hexes(b []byte) bool {
	for _, c := range b {
		if !('0' <= c && c <= '9' || 'a' <= fold(c) && fold(c) <= 'f') {
			return false
		}
	}
	return true
}

// match runs the pattern of a rule at one place.
func (m *Matcher) match(l *layer, n int, rec *ruleRecord, text []byte, at int) (span, bool) {
	var behind *byteSet
	if rec.right != noSet {
		behind = &l.sets[rec.right]
	}
	if f := rec.fixed; f.at > 0 {
		k := at + int(f.at)
		m.saw(at, k+1)
		if k >= len(text) || text[k] != f.c {
			return span{}, false
		}
	}
	limit := min(len(text), at+int(rec.max))
	if rec.engine != Regexp {
		s, how := m.machine.run(l.code[rec.start:], text, at, limit, behind)
		m.saw(at, m.machine.far)
		if how != exhausted {
			return s, how == matched
		}
	}
	m.saw(at, limit+1)
	return m.set.fallback(l, n, behind).match(text, at, limit)
}
