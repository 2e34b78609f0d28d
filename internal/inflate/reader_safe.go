//go:build keysift_safeinflate

package inflate

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// A Reader decompresses a stream.
type Reader struct {
	in   *bufio.Reader
	r    io.Reader
	gzip *gzip.Reader
}

// NewReader returns a reader that has to be reset before use.
func NewReader() *Reader { return &Reader{in: bufio.NewReader(nil)} }

// Reset lets z read from src and reads the header of the format. z reads ahead
// of what it decompresses.
func (z *Reader) Reset(src io.Reader, f Format) (err error) {
	z.in.Reset(src)
	z.gzip, z.r = nil, nil
	switch f {
	case Zlib:
		z.r, err = zlib.NewReader(z.in)
	case Gzip:
		if z.gzip, err = gzip.NewReader(z.in); err == nil {
			z.gzip.Multistream(false)
			z.r = z.gzip
		}
	default:
		z.r = flate.NewReader(z.in)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Name returns the name in the header of the first gzip member.
func (z *Reader) Name() string {
	if z.gzip == nil {
		return ""
	}
	return z.gzip.Name
}

// Read implements [io.Reader]. What comes before damage is read before the
// error is returned.
func (z *Reader) Read(p []byte) (int, error) {
	if z.r == nil {
		return 0, ErrCorrupt
	}
	for {
		n, err := z.r.Read(p)
		if err != io.EOF || n > 0 || z.gzip == nil {
			if n > 0 && err == io.EOF {
				err = nil
			}
			return n, stated(err)
		}
		// Behind the first member, anything but a header is padding.
		if head, _ := z.in.Peek(3); string(head) != "\x1f\x8b\x08" {
			return 0, io.EOF
		}
		name := z.gzip.Name
		err = z.gzip.Reset(z.in)
		if z.gzip.Name = name; err != nil {
			return 0, stated(err)
		}
		z.gzip.Multistream(false)
	}
}

// Discard skips n bytes, and returns how many and an error if they are fewer.
func (z *Reader) Discard(n int64) (int64, error) {
	return io.CopyN(io.Discard, z, n)
}

// stated returns err as the one of this package where there is one.
func stated(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zlib.ErrChecksum), errors.Is(err, gzip.ErrChecksum):
		return ErrChecksum
	case errors.As(err, &corrupt):
		return ErrCorrupt
	}
	return err
}
