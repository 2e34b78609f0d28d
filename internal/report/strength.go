package report

import "math"

// guessable is the strength, in bits, below which a value counts as one that
// somebody could find by trying.
const guessable = 64

// Strength estimates how many bits of guessing a value withstands. It errs to
// the low side: taking a random token for a guessable one costs two
// milliseconds, taking a password for a random token would publish a hash that
// a word list inverts. What it knows:
//
//   - a character is worth the logarithm of the alphabet that the value draws
//     from, and never more than the value's Shannon entropy per byte;
//   - in a run of four or more letters of one case, or a capital and letters,
//     each counts 1.5 bits, as in prose and passphrases;
//   - in a run of four or more digits each counts 2 bits, as in dates;
//   - runs of two and three count so, too, if they stand between separators;
//   - a character that repeats, continues or reverses a sequence, or ends a
//     group of three seen before, counts half a bit.
func Strength(value string) float64 {
	if value == "" {
		return 0
	}
	perByte := min(alphabetBits(value), shannon(value))
	worth := runWorths(value)
	seen := make(map[string]bool, min(len(value), 4096))
	total := 0.0
	for i := range len(value) {
		bits := min(perByte, worth[i])
		if i > 0 && isStep(value[i-1], value[i]) {
			bits = min(bits, 0.5)
		}
		if i >= 2 {
			group := value[i-2 : i+1]
			if seen[group] {
				bits = min(bits, 0.5)
			}
			seen[group] = true
		}
		total += bits
		if total > 4*guessable {
			break
		}
	}
	return total
}

type class uint8

const (
	other class = iota
	lower
	upper
	digit
)

func classOf(c byte) class {
	switch {
	case 'a' <= c && c <= 'z':
		return lower
	case 'A' <= c && c <= 'Z':
		return upper
	case '0' <= c && c <= '9':
		return digit
	}
	return other
}

// runWorths returns, for each byte, the most it can count because of the run
// that it stands in.
func runWorths(s string) []float64 {
	worth := make([]float64, len(s))
	for i := 0; i < len(s); {
		start, c := i, classOf(s[i])
		i++
		if c == upper && i < len(s) && classOf(s[i]) == lower {
			c = lower
		}
		for i < len(s) && classOf(s[i]) == c {
			i++
		}
		bits := 8.0
		alone := i-start >= 2 && (start == 0 || classOf(s[start-1]) == other) && (i == len(s) || classOf(s[i]) == other)
		if i-start >= 4 || alone {
			switch c {
			case lower, upper:
				bits = 1.5
			case digit:
				bits = 2
			}
		}
		for j := start; j < i; j++ {
			worth[j] = bits
		}
	}
	return worth
}

// alphabetBits returns the bits a byte of the smallest usual alphabet holds
// that s fits in.
func alphabetBits(s string) float64 {
	var has [4]bool
	hex := true
	for i := range len(s) {
		c := s[i]
		has[classOf(c)] = true
		hex = hex && (classOf(c) == digit || 'a' <= c|0x20 && c|0x20 <= 'f')
	}
	if hex {
		return 4
	}
	size := 0.0
	for c, n := range [...]float64{other: 16, lower: 26, upper: 26, digit: 10} {
		if has[c] {
			size += n
		}
	}
	return math.Log2(size)
}

// shannon returns the entropy of the bytes of s, in bits a byte.
func shannon(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	h, n := 0.0, float64(len(s))
	for _, c := range counts {
		if c > 0 {
			p := float64(c) / n
			h -= p * math.Log2(p)
		}
	}
	return h
}

// isStep reports whether b repeats a or stands next to it, as in a sequence.
func isStep(a, b byte) bool {
	d := int(a) - int(b)
	return d == 0 || (d == 1 || d == -1) && classOf(a) == classOf(b) && classOf(a) != other
}
