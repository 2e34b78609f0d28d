package judge

import "bytes"

// A trait is something that stands on a line, and without which it holds no
// value of some form.
type trait uint16

const (
	hasQuote trait = 1 << iota
	hasEntity
	hasComment // a byte that may begin one
	hasColon
	hasEqual
	hasPercent
	hasAt
	hasSpace
	hasDash
	hasPlus
	hasRun // of RunLength bytes

	ofRun    // a byte of a run
	ofScheme // the first letter of an authentication scheme
)

// traitsOfBytes are what each byte shows to stand on its line.
var traitsOfBytes = func() (t [256]trait) {
	for c := range t {
		if b := byte(c); isRunByte(b) {
			t[c] |= ofRun
		}
	}
	for _, c := range "\"'`" {
		t[c] |= hasQuote
	}
	for _, c := range "/#-;*<" {
		t[c] |= hasComment
	}
	for _, c := range " \t\r" {
		t[c] |= hasSpace
	}
	for _, c := range "bBtTaAdD" {
		t[c] |= ofScheme
	}
	t['&'] |= hasEntity
	t[':'] |= hasColon
	t['='] |= hasEqual
	t['%'] |= hasPercent
	t['@'] |= hasAt
	t['-'] |= hasDash
	t['+'] |= hasPlus
	return t
}()

// traitsOf returns what stands on a line.
func traitsOf(line []byte) trait {
	var all trait
	run := 0
	for _, c := range line {
		t := traitsOfBytes[c]
		all |= t
		run++
		if t&ofRun == 0 {
			run = 0
		}
		if run == RunLength {
			all |= hasRun
		}
	}
	return all
}

// Context returns the part of text that decides what [Judge] thinks of the
// values on the line from start to end. The bytes at its ends do, too: they are
// line endings, or the bounds of the text.
func Context(text []byte, start, end int) (lo, hi int) {
	return contextFloor(text, start), contextCeil(text, end)
}

func contextFloor(text []byte, lo int) int {
	first := max(0, lo-ContextBytes)
	floor := lo + 1
	for range ContextLines + 1 {
		i := LastNewline(text[first : floor-1])
		if i < 0 {
			return first
		}
		floor = first + i + 1
	}
	return floor
}

func contextCeil(text []byte, hi int) int {
	last := min(len(text), hi+ContextBytes)
	ceil := hi - 1
	for range ContextLines + 1 {
		i := bytes.IndexByte(text[ceil+1:last], '\n')
		if i < 0 {
			return last
		}
		ceil += 1 + i
	}
	return ceil
}
