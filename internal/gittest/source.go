package gittest

import (
	"bytes"
	"math/rand/v2"
)

// Source makes up text with the statistics of source code.
func Source(size int) []byte {
	r := rand.New(rand.NewPCG(3, uint64(size)))
	words := []string{"func", "return", "if", "err", "nil", "range", "for", "string", "int", "{", "}", "(", ")", ":=", "==", "\n\t", "\n", "// the", "of", "a"}
	var b bytes.Buffer
	for b.Len() < size {
		if r.IntN(4) == 0 {
			for range 2 + r.IntN(8) {
				b.WriteByte('a' + byte(r.IntN(26)))
			}
		} else {
			b.WriteString(words[r.IntN(len(words))])
		}
		b.WriteByte(' ')
	}
	return b.Bytes()[:size]
}
