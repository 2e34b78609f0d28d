package rules

import "bytes"

// accept adds a match whose path and context are as the rule wants them.
func (m *Matcher) accept(l *layer, n int, rec *ruleRecord, text []byte, s span) bool {
	m.came = true // the path may decide, too
	if s.secretEnd <= s.secretStart {
		return false
	}
	r := m.set.rule(l.first + n)
	if rec.flags&flagPath != 0 && !r.Path.MatchString(m.path) {
		return false
	}
	if rec.flags&flagContext != 0 && !m.near(r, text, s) {
		return false
	}
	m.out = append(m.out, Match{Rule: r, Start: s.start, End: s.end, SecretStart: s.secretStart, SecretEnd: s.secretEnd, Bits: rec.bits, number: l.first + n})
	return true
}

// near reports whether a context word of the rule stands near a match, or in
// the path. A word that the credential spells by chance says nothing.
func (m *Matcher) near(r *Rule, text []byte, s span) bool {
	lo, hi := window(text, s.start, s.end, r.Back, r.Forward, r.Lines)
	if len(r.Markers) > 0 {
		return r.InContext(text[lo:hi]) || r.InContext([]byte(m.path))
	}
	return r.InContext(text[lo:s.secretStart]) || r.InContext(text[s.secretEnd:hi]) || r.InContext([]byte(m.path))
}

// InContext reports whether a context word of the rule stands in text.
func (r *Rule) InContext(text []byte) bool {
	for _, w := range r.Context {
		if contains(text, w) {
			return true
		}
	}
	return false
}

// contains reports whether a context word stands in text, whatever its case.
func contains(text []byte, word string) bool {
	first := word[0]
	for i := 0; i+len(word) <= len(text); i++ {
		if fold(text[i]) == first && wordAt(text, i, word) {
			return true
		}
	}
	return false
}

// wordAt reports whether a context word stands at a place, whatever its case. A
// short one must be a word, or a part of one that has its own capital letter.
func wordAt(text []byte, at int, word string) bool {
	if at+len(word) > len(text) {
		return false
	}
	for i := range len(word) {
		if fold(text[at+i]) != word[i] {
			return false
		}
	}
	if len(word) >= shortWord {
		return true
	}
	end := at + len(word)
	if len(word) <= tinyWord && (at > 0 && digitByte(text[at-1]) || end < len(text) && digitByte(text[end])) {
		return false // a part of something random rather than of a name
	}
	if at > 0 && letter(text[at-1]) && letter(text[at]) && !(lower(text[at-1]) && !lower(text[at])) {
		return false
	}
	return end == len(text) || !letter(text[end]) || !letter(text[end-1]) || lower(text[end-1]) && !lower(text[end])
}

func digitByte(b byte) bool { return '0' <= b && b <= '9' }

func letter(b byte) bool { return lower(b | 0x20) }

func lower(b byte) bool { return 'a' <= b && b <= 'z' }

// window returns the part of text around [from, to) that lies within a number
// of bytes before and after, and within a number of lines to each side.
func window(text []byte, from, to, back, forward, lines int) (lo, hi int) {
	lo, hi = from, to
	first, last := max(0, from-back), min(len(text), to+forward)
	for n := lines; ; n-- {
		i := bytes.LastIndexByte(text[first:lo], '\n')
		if i < 0 {
			lo = first
			break
		}
		if lo = first + i; n == 0 {
			lo++
			break
		}
	}
	for n := lines; ; n-- {
		i := bytes.IndexByte(text[hi:last], '\n')
		if i < 0 {
			hi = last
			break
		}
		if hi += i; n == 0 {
			break
		}
		hi++
	}
	return lo, hi
}
