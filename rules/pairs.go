package rules

import "sync"

// randomBound is how much evidence, in quarters of a bit, makes a run random: of
// random strings of minValue bytes one in sixty has less, of those of 20 bytes
// one in three hundred; of the long words of programs one in twenty has more.
const randomBound = 38

// An evidence says how much a byte behind another one speaks for random text, in
// quarters of a bit, if that is made of hexadecimal digits, of letters of one
// case and digits, or of all letters and digits.
type evidence struct{ hex, oneCase, twoCases int8 }

// pairEvidence holds what pairs of kinds of bytes say, the first kind in the
// upper six bits. Kinds are the letters, small ones first, digits, and the rest.
type pairEvidence [1 << 12]evidence

const (
	digit = 52 // any digit
	other = 53 // what stands between words, or at the start
)

// never takes away all evidence there can be.
const never = -randomBound

// How much likelier a symbol is in hexadecimal digits, and digits are in text of
// one and of both cases, than one of 26 symbols.
const (
	hexDigit      = 16
	hexLetter     = 3
	oneCaseDigit  = 11
	twoCasesDigit = 8
)

// What the cases of two letters say for text of both cases: it changes case at
// every other letter, a name where a word begins.
const (
	bothLower  = -3
	lowerUpper = 8
	upperLower = 2
	bothUpper  = -2
)

// kindsOf returns the kind of each byte.
func kindsOf() (kinds [256]uint8) {
	for c := range kinds {
		switch b := byte(c); {
		case lower(b):
			kinds[c] = b - 'a'
		case letter(b):
			kinds[c] = 26 + b - 'A'
		case '0' <= b && b <= '9':
			kinds[c] = digit
		default:
			kinds[c] = other
		}
	}
	return kinds
}

// evidenceOfPairs is the same for all matchers.
var evidenceOfPairs = sync.OnceValue(func() *pairEvidence {
	t := new(pairEvidence)
	for before := range other + 1 {
		for now := range other {
			t[before<<6|now] = evidenceOf(before, now)
		}
	}
	return t
})

func evidenceOf(before, now int) evidence {
	e := evidence{}
	if before != other {
		w := rarity[symbol(before)][symbol(now)]
		e = evidence{w, w, w}
	}
	if now == digit {
		return evidence{e.hex + hexDigit, e.oneCase + oneCaseDigit, e.twoCases + twoCasesDigit}
	}
	e.hex += hexLetter
	if before < digit {
		was, is := before >= 26, now >= 26
		e.twoCases += caseEvidence(was, is)
		if was != is {
			e.hex, e.oneCase = never, never
		}
	}
	if symbol(now) > 'f'-'a' {
		e.hex = never
	}
	return e
}

// symbol returns the row of rarity for a kind.
func symbol(kind int) int {
	if kind == digit {
		return 26
	}
	return kind % 26
}

func caseEvidence(before, now bool) int8 {
	switch {
	case before && now:
		return bothUpper
	case before:
		return upperLower
	case now:
		return lowerUpper
	}
	return bothLower
}

// rarity says how much rarer a letter or digit behind another one is in names,
// paths and prose than one of 26 symbols is at random, in quarters of a bit:
// rarity[a][b] is for b behind a. Letters count without their case. It was
// counted over the distinct long words of some ten million lines of programs
// and their documentation, without those that hold digits all over.
var rarity = [27][27]int8{
	{10, 2, -3, -3, 12, 9, 0, 23, 0, 20, 10, -7, -3, -3, 19, -1, 14, -3, -3, -9, 1, 10, 11, 8, 10, 21, 2},     // a
	{-6, 7, 3, 8, -11, 10, 4, 8, -3, -1, 15, -7, 6, 12, -1, 5, 10, 2, 1, 12, -3, 15, 12, 17, 0, 16, -1},       // b
	{-6, 13, 4, 9, -8, 13, 10, -5, 4, 24, -1, -2, 5, 11, -11, 6, 18, 0, 2, -4, 5, 6, 18, 22, 3, 23, 3},        // c
	{-5, 6, 2, -1, -10, 7, 10, 12, -6, 15, 15, 3, 0, 5, 0, 1, 9, -1, -2, 5, 0, 6, 7, 10, 8, 20, -6},           // d
	{-1, 9, -3, -4, 6, 3, 5, 15, 9, 21, 17, 0, 1, -4, 12, 2, 7, -10, -8, -5, 12, 0, 2, 2, 9, 24, 8},           // e
	{-5, 10, 5, 10, -2, -7, 11, 17, -11, 18, 18, -4, 8, 11, -6, 10, 17, -1, 2, -1, -1, 10, 10, 10, 6, 18, -1}, // f
	{-1, 10, 1, 8, -12, 7, 5, 2, -6, 16, 12, 3, 5, -2, -3, 7, 12, -6, -1, 4, -1, 9, 9, 17, 4, 15, 2},          // g
	{-10, 10, 3, 5, -10, 8, 14, 10, -6, 16, 10, 5, -1, 8, -6, 5, 13, -1, 4, -2, 5, 7, 7, 17, 9, 11, 2},        // h
	{6, 6, -5, -2, 2, 2, -1, 21, 18, 22, 19, -1, -1, -11, -7, 3, 20, 4, -5, -5, 21, 5, 21, 12, 25, 4, 14},     // i
	{-2, 2, 3, 7, -12, 6, 7, 5, 5, 5, 2, 7, 4, 8, -8, 6, 7, 7, -4, 5, 1, 6, 3, 8, 7, 7, 0},                    // j
	{2, 8, 2, 5, -13, 8, -3, 12, -3, 14, 16, 8, 6, 3, 3, 3, 11, 8, 1, 7, -10, 9, 9, 15, 13, 15, -2},           // k
	{-5, 10, 6, 2, -10, 10, 15, 17, -9, 21, 16, -4, 10, 13, -6, 4, 17, 9, 1, 1, -6, 11, 14, 23, 6, 20, 4},     // l
	{-10, 5, 7, -5, -11, 13, 11, 15, -5, 17, 16, 8, 4, 10, -5, -5, 17, 10, 3, 7, 2, 15, 15, 18, 15, 18, 5},    // m
	{-4, 11, -2, -5, -6, -1, -5, 14, 1, 18, 7, 4, 9, 5, -4, 7, 20, 7, -3, -9, 6, -2, 15, 23, 13, 21, 13},      // n
	{3, 5, -2, -3, 14, 7, 7, 22, 6, 19, 9, -4, -1, -10, 3, -4, 27, -8, 3, 0, -3, 3, 2, 12, 13, 21, 14},        // o
	{-8, 12, 2, 2, -6, 10, 11, 2, -2, 24, 4, -4, 3, 12, -8, -1, 18, -6, -2, -1, 2, 8, 15, 16, 14, 20, 8},      // p
	{3, 4, 3, 3, 2, 10, 4, 4, 6, 11, 7, 5, -5, 10, 6, 8, -1, 3, 4, 9, -14, 10, 5, 8, 3, 10, -6},               // q
	{-5, 12, -1, 5, -10, 7, 4, 18, -6, 26, 5, 7, 2, 1, -6, 8, 19, -1, -2, -4, 3, 2, 14, 19, 3, 23, 11},        // r
	{2, 11, -3, 10, -7, 9, 12, 0, -5, 24, 1, 5, 6, 10, -2, 0, 13, 5, -3, -11, 0, 12, 9, 16, 2, 23, 5},         // s
	{-7, 12, 1, 6, -10, 8, 13, -1, -7, 24, 16, 6, 8, 10, -6, 4, 18, -4, -1, 2, 0, 9, 9, 15, 2, 22, 3},         // t
	{5, -5, 5, 5, -6, 9, 4, 20, 0, 22, 23, -4, -3, -6, 10, -3, 15, -7, -6, -6, 18, 20, 18, 8, 20, 15, 11},     // u
	{-9, 9, 3, 8, -11, 12, 14, 10, -6, 20, 19, 8, 9, 16, -3, -2, 9, 10, 6, 4, 14, 12, 10, 15, 17, 14, -8},     // v
	{-5, 8, -1, 3, -4, 8, 7, 5, -8, 11, 12, 7, 0, -2, -4, 3, 11, -10, -3, 6, 9, 11, 8, 11, 9, 14, 3},          // w
	{0, 2, 0, 6, -4, 1, 10, 9, -2, 11, 15, 7, 3, 7, 5, -6, 12, 7, 2, -7, 6, 9, 9, 4, 2, 14, -11},              // x
	{2, 3, -3, 1, 2, 4, 8, 9, 2, 10, 10, -1, -3, -4, 4, -9, 11, 0, -9, -2, 5, 7, 5, 12, 9, 7, 3},              // y
	{-6, 8, 3, 6, -13, 9, 7, 8, -1, 9, 10, 6, 4, 7, -4, 8, 7, 8, 5, 7, 6, 7, 6, 1, 6, -2, -1},                 // z
	{5, 2, 5, 8, 7, 7, 15, 17, 14, 17, 18, 7, 6, 12, 16, 9, 17, 14, 6, 13, 9, 3, 16, -1, 18, 18, -17},         // digit
}
