package scan

import (
	"hash/maphash"

	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// How many different values of a kind in one file are taken for credentials.
const (
	maxIdentifiers = 16 // a file with more than that has them for identifiers
	maxNumbers     = 50 // what comes behind so many is listed as low
)

// thin lowers the confidence in values of which a text has too many, where only
// the judge speaks for them: recorded requests and logs are full of identifiers,
// test vectors of numbers. Some numbers keep theirs, since nothing tells a list of
// keys from them.
func thin(text []byte, found []candidate) {
	if len(found) <= maxIdentifiers {
		return
	}
	seed := maphash.MakeSeed()
	many := distinct(text, found, judge.KinIdentifier, seed) > maxIdentifiers
	numbers := make(map[uint64]bool)
	for i := range found {
		c := &found[i]
		switch {
		case c.confidence < rules.MediumConfidence:
		case c.kin == judge.KinIdentifier && many:
			c.lower("one of many identifiers in the file")
		case c.kin == judge.KinNumber:
			sum := c.sum(text, seed)
			if numbers[sum] = true; len(numbers) > maxNumbers {
				delete(numbers, sum)
				c.lower("one of many such numbers in the file")
			}
		}
	}
}

// distinct counts the different values of a kind.
func distinct(text []byte, found []candidate, k judge.Kin, seed maphash.Seed) int {
	seen := make(map[uint64]bool)
	for i := range found {
		if found[i].kin == k {
			seen[found[i].sum(text, seed)] = true
		}
	}
	return len(seen)
}

// sum stands for the secret of a candidate in a text.
func (c *candidate) sum(text []byte, seed maphash.Seed) uint64 {
	if len(c.decoded) > 0 {
		return maphash.String(seed, c.secret.Reveal())
	}
	return maphash.Bytes(seed, text[c.start:c.end])
}

func (c *candidate) lower(reason string) {
	c.confidence, c.score, c.reason = rules.LowConfidence, scoreOf[rules.LowConfidence], reason
}
