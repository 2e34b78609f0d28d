package pack

import (
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"strconv"
)

// sum hashes b.
func (h Hash) sum(b []byte) ID {
	if h == SHA256 {
		s := sha256.Sum256(b)
		return MakeID(s[:])
	}
	s := sha1.Sum(b)
	return MakeID(s[:])
}

// A namer computes the names of objects; reuse it.
type namer struct {
	h   hash.Hash
	buf [64]byte
}

func newNamer(h Hash) *namer {
	if h == SHA256 {
		return &namer{h: sha256.New()}
	}
	return &namer{h: sha1.New()}
}

func (n *namer) name(t Type, data []byte) ID {
	n.h.Reset()
	b := append(n.buf[:0], t.String()...)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(len(data)), 10)
	n.h.Write(append(b, 0))
	n.h.Write(data)
	return MakeID(n.h.Sum(n.buf[:0]))
}
