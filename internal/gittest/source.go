package gittest

import (
	"bytes"
	"compress/zlib"
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

// Deflate returns data as git stores it, compressed at a level of zlib.
func Deflate(data []byte, level int) []byte {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		panic(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}
