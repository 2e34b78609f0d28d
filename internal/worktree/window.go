package worktree

import (
	"context"
	"io"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

// stream hands out what r reads in windows, in constant memory. Content whose
// encoding is not known is sniffed.
func (f *file) stream(ctx context.Context, r io.Reader, enc decode.Encoding, buf *scan.Buffer, yield yielder) {
	first := true
	enc, done, err := scan.Windows(ctx, scan.Chunk{Path: f.path, Encoding: enc}, r, buf, func(c *scan.Chunk) bool {
		if c.Encoding != decode.Binary {
			f.src.count(c, first)
			first = false
		}
		return yield(c, nil)
	})
	switch {
	case !done:
	case err != nil:
		f.fail(ctx, err, yield)
	case enc == decode.Binary:
		yield(nil, &scan.Skipped{Reason: reasonBinary, Path: f.path})
	}
}

// count adds a chunk to the statistics; first says that it is the first one of
// its content.
func (s *Source) count(c *scan.Chunk, first bool) {
	if first {
		s.files.Add(1)
	}
	s.bytes.Add(int64(len(c.Data) - c.Lead - c.Trail))
}

// A bounded reader ends with err once left bytes were read and there is more.
type bounded struct {
	r    io.Reader
	left int64
	err  error
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left > 0 {
		n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
		b.left -= int64(n)
		return n, err
	}
	var one [1]byte
	switch n, err := b.r.Read(one[:]); {
	case n > 0:
		return 0, b.err
	default:
		return 0, err
	}
}
