package judge

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed vocabulary.txt
var vocabularyText string

const (
	trigramSymbols = 27
	wordSlots      = 1 << 14 // about 40 % full
	maxWord        = 16
)

// vocabulary knows how common a word is in code and its documentation and how
// likely three letters are to follow each other in one.
type vocabulary struct {
	cost  [trigramSymbols * trigramSymbols * trigramSymbols]uint8 // half bits for the last letter
	words [wordSlots]uint32                                       // hash and band; 0 is free
}

func parseVocabulary(text string) (*vocabulary, error) {
	v := &vocabulary{}
	lines := strings.Split(text, "\n")
	if len(lines) < 1+trigramSymbols*trigramSymbols || lines[0] != "trigrams" {
		return nil, fmt.Errorf("reading vocabulary: no trigram table")
	}
	for ab := range trigramSymbols * trigramSymbols {
		row := lines[1+ab]
		if len(row) != trigramSymbols {
			return nil, fmt.Errorf("reading vocabulary: line %d: %d columns, want %d", ab+2, len(row), trigramSymbols)
		}
		for c := range trigramSymbols {
			n, err := strconv.ParseUint(row[c:c+1], 36, 8)
			if err != nil {
				return nil, fmt.Errorf("reading vocabulary: line %d: %w", ab+2, err)
			}
			v.cost[ab*trigramSymbols+c] = uint8(n)
		}
	}
	band, kept := 0, 0
	for i, line := range lines[1+trigramSymbols*trigramSymbols:] {
		if rest, ok := strings.CutPrefix(line, "words "); ok {
			n, err := strconv.Atoi(rest)
			if err != nil || n < 1 || n > 15 {
				return nil, fmt.Errorf("reading vocabulary: line %d: band %q, want 1 to 15", i+2+trigramSymbols*trigramSymbols, rest)
			}
			band = n
			continue
		}
		for word := range strings.FieldsSeq(line) {
			if kept++; band == 0 || kept > wordSlots/2 {
				return nil, fmt.Errorf("reading vocabulary: line %d: too many words or no band", i+2+trigramSymbols*trigramSymbols)
			}
			v.insert(word, band)
		}
	}
	return v, nil
}

func (v *vocabulary) insert(word string, band int) {
	h := wordHash([]byte(word))
	for i := h % wordSlots; ; i = (i + 1) % wordSlots {
		if v.words[i] == 0 {
			v.words[i] = h&^15 | uint32(band)
			return
		}
	}
}

// band returns how common a lower-case word is: the bits of the number of files
// it was seen in, 0 if it is not known.
func (v *vocabulary) band(word []byte) int {
	if len(word) < 3 || len(word) > maxWord {
		return 0
	}
	h := wordHash(word)
	for i := h % wordSlots; v.words[i] != 0; i = (i + 1) % wordSlots {
		if v.words[i]&^15 == h&^15 {
			return int(v.words[i] & 15)
		}
	}
	return 0
}

// wordHash is FNV-1a, spread so that the low bits serve as the slot.
func wordHash(word []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range word {
		h = (h ^ uint32(c)) * 16777619
	}
	h ^= h >> 15
	return h * 0x2c1b3c6d
}

// bits returns the cost of a run of letters as a word, in bits, its end included.
func (v *vocabulary) bits(letters []byte) float64 {
	a, b, sum := 0, 0, 0
	for _, ch := range letters {
		c := int(lower(ch)-'a') + 1
		sum += int(v.cost[(a*trigramSymbols+b)*trigramSymbols+c])
		a, b = b, c
	}
	sum += int(v.cost[(a*trigramSymbols+b)*trigramSymbols])
	return float64(sum) / 2
}
