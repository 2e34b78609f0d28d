package decode

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/keysift/keysift/internal/inflate"
)

// An inflater decompresses from memory to memory with the same tables again
// and again.
type inflater struct {
	src bytes.Reader
	r   *inflate.Reader
}

// all appends what src decompresses to, at most bound bytes, and reports
// whether there is more. What comes before damage is returned.
func (f *inflater) all(dst, src []byte, p payload, bound int) (out []byte, cut bool) {
	if f.r == nil {
		f.r = inflate.NewReader()
	}
	f.src.Reset(src)
	format := inflate.Zlib
	if p == gzipped {
		format = inflate.Gzip
	}
	if err := f.r.Reset(&f.src, format); err != nil {
		return dst, false
	}
	for {
		if len(dst) > bound {
			return dst[:bound], true
		}
		dst = slices.Grow(dst, 4096)
		room := dst[len(dst):min(cap(dst), bound+1)]
		n, err := f.r.Read(room)
		dst = dst[:len(dst)+n]
		if err != nil {
			return dst[:min(len(dst), bound)], len(dst) > bound
		}
	}
}

// runeLen returns the length of r in UTF-8, also if it is none.
func runeLen(r rune) int {
	if n := utf8.RuneLen(r); n > 0 {
		return n
	}
	return 3
}
