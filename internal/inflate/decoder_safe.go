//go:build keysift_safeinflate

package inflate

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"
)

const Slack = 0

// An Decoder decodes zlib streams with a library, for those who prefer widely
// used code to the speed of our own.
type Decoder struct {
	in bytes.Reader
	r  io.ReadCloser
}

func NewDecoder() *Decoder { return &Decoder{} }

// inflate decodes the zlib stream at the head of src, whose output must fill
// dst exactly, and returns the number of bytes of src the stream takes.
func (z *Decoder) Inflate(dst, src []byte) (int, error) {
	n, end, err := z.Prefix(dst, src)
	if err != nil {
		return 0, err
	}
	if !end || n != len(dst) {
		return 0, ErrSize
	}
	return len(src) - z.in.Len(), nil
}

// prefix decodes as much as fits into dst. It returns the number of bytes
// written and whether the stream ended there; then its checksum was verified.
func (z *Decoder) Prefix(dst, src []byte) (n int, end bool, err error) {
	if err := z.open(src); err != nil {
		return 0, false, err
	}
	var more [1]byte
	for {
		into := dst[n:]
		if len(into) == 0 {
			into = more[:]
		}
		k, err := z.r.Read(into)
		if n == len(dst) && k > 0 {
			return n, false, nil
		}
		n += k
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, false, explain(err)
		}
	}
}

func (z *Decoder) open(src []byte) error {
	z.in.Reset(src)
	if z.r == nil {
		r, err := zlib.NewReader(&z.in)
		if err != nil {
			return explain(err)
		}
		z.r = r
		return nil
	}
	if err := z.r.(zlib.Resetter).Reset(&z.in, nil); err != nil {
		return explain(err)
	}
	return nil
}

func explain(err error) error {
	switch {
	case errors.Is(err, zlib.ErrChecksum):
		return ErrChecksum
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ErrTruncated
	}
	return ErrCorrupt
}
