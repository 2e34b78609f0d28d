package decode

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// An inflater decompresses from memory to memory with the same tables again
// and again.
type inflater struct {
	src  bytes.Reader
	gzip *gzip.Reader
	zlib io.ReadCloser
}

// all appends what src decompresses to, at most bound bytes, and reports
// whether there is more. What comes before damage is returned.
func (f *inflater) all(dst, src []byte, p payload, bound int) (out []byte, cut bool) {
	f.src.Reset(src)
	r, err := f.open(p)
	if err != nil {
		return dst, false
	}
	for {
		if len(dst) > bound {
			return dst[:bound], true
		}
		dst = slices.Grow(dst, 4096)
		room := dst[len(dst):min(cap(dst), bound+1)]
		n, err := r.Read(room)
		dst = dst[:len(dst)+n]
		if err != nil {
			return dst[:min(len(dst), bound)], len(dst) > bound
		}
	}
}

func (f *inflater) open(p payload) (r io.Reader, err error) {
	switch {
	case p == gzipped && f.gzip == nil:
		f.gzip, err = gzip.NewReader(&f.src)
		return f.gzip, err
	case p == gzipped:
		return f.gzip, f.gzip.Reset(&f.src)
	case f.zlib == nil:
		f.zlib, err = zlib.NewReader(&f.src)
		return f.zlib, err
	}
	return f.zlib, f.zlib.(zlib.Resetter).Reset(&f.src, nil)
}

// runeLen returns the length of r in UTF-8, also if it is none.
func runeLen(r rune) int {
	if n := utf8.RuneLen(r); n > 0 {
		return n
	}
	return 3
}
