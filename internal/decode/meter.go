package decode

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/keysift/keysift/internal/inflate"
)

// take returns a buffer of at least size bytes in front of r.
func (w *walker) take(r io.Reader, size int) *bufio.Reader {
	for k := len(w.buffers) - 1; k >= 0; k-- {
		if b := w.buffers[k]; b.Size() >= size {
			w.buffers = append(w.buffers[:k], w.buffers[k+1:]...)
			b.Reset(r)
			return b
		}
	}
	return bufio.NewReaderSize(r, size)
}

// release gives a buffer back that take returned.
func (w *walker) release(b *bufio.Reader) {
	b.Reset(nil)
	w.buffers = append(w.buffers, b)
}

// inflate calls f with a decompressor of r.
func (w *walker) inflate(r io.Reader, format inflate.Format, f func(*inflate.Reader)) error {
	var z *inflate.Reader
	if k := len(w.inflaters) - 1; k >= 0 {
		z = w.inflaters[k]
		w.inflaters = w.inflaters[:k]
	} else {
		z = inflate.NewReader()
	}
	defer func() { w.inflaters = append(w.inflaters, z) }()
	if err := z.Reset(r, format); err != nil {
		return fmt.Errorf("decompressing: %w", err)
	}
	f(z)
	return nil
}

// A discarder skips n bytes, and returns how many and an error if they are fewer.
type discarder interface {
	Discard(n int64) (int64, error)
}

// A skipper reads what is in its buffer and then what is under it, and can seek
// forward from where it is, as readers of tar files do to skip a file.
type skipper struct {
	*bufio.Reader
	under discarder // of the reader under the buffer
	at    int64     // of the last seek
}

// Seek implements [io.Seeker] as far as is needed.
func (s *skipper) Seek(offset int64, whence int) (int64, error) {
	if offset < 0 || whence != io.SeekCurrent {
		return 0, errors.ErrUnsupported
	}
	n, err := s.Discard(int(min(offset, int64(s.Buffered()))))
	skipped := int64(n)
	if err == nil && skipped < offset {
		var more int64
		more, err = s.under.Discard(offset - skipped)
		skipped += more
	}
	if s.at += skipped; err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return s.at, err
}

// meter returns a reader of r that counts what is decompressed for name.
func (w *walker) meter(name string, r io.Reader) *metered {
	return &metered{w: w, name: name, r: r}
}

// A metered reader draws on the budget of its walker.
type metered struct {
	w    *walker
	name string
	r    io.Reader
}

// Read implements io.Reader.
func (m *metered) Read(p []byte) (int, error) {
	w := m.w
	if err := context.Cause(w.ctx); err != nil {
		return 0, err
	}
	if w.left <= 0 {
		return 0, m.over()
	}
	n, err := m.r.Read(p[:min(int64(len(p)), w.left)])
	w.left -= int64(n)
	return n, err
}

// Discard implements [discarder].
func (m *metered) Discard(n int64) (int64, error) {
	w := m.w
	d, ok := m.r.(discarder)
	if !ok {
		return io.CopyN(io.Discard, m, n)
	}
	done := int64(0)
	for done < n {
		if err := context.Cause(w.ctx); err != nil {
			return done, err
		}
		if w.left <= 0 {
			return done, m.over()
		}
		// Not too much at once, so that ctx is heard.
		k, err := d.Discard(min(n-done, w.left, 16<<20))
		w.left -= k
		done += k
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// over returns the error of a spent budget, if there is anything to spend it on.
func (m *metered) over() error {
	var one [1]byte
	if _, err := io.ReadFull(m.r, one[:]); err != nil {
		return err
	}
	return &LimitError{
		Path: m.name, Reason: m.w.reason.bytes,
		Detail: fmt.Sprintf("more than %d bytes in the container", m.w.limits.Bytes),
	}
}

// An entryReader reads an entry for the caller.
type entryReader struct {
	w    *walker
	name string
	r    io.Reader
}

// Read implements io.Reader.
func (e *entryReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	if e.w.left <= 0 {
		e.w.stopped, e.w.told = true, true // nothing else can be read
	}
	err = e.w.typed(e.name, err)
	if le, ok := err.(*LimitError); ok {
		err = &LimitError{Path: e.name, Reason: le.Reason, Detail: le.Detail}
	}
	return n, err
}

// A capped reader ends with an error once left bytes were read and there are more.
type capped struct {
	r    io.Reader
	left int64
	name string
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	if c.left > 0 {
		n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
		c.left -= int64(n)
		return n, err
	}
	var one [1]byte
	if _, err := io.ReadFull(c.r, one[:]); err != nil {
		return 0, err
	}
	return 0, &LimitError{Path: c.name, Reason: UserLimit, Detail: "larger than the size limit"}
}

// An income reader reads a container whose size is not known. What is read of it
// adds to what may be decompressed.
type income struct {
	w *walker
	r io.Reader
}

// Read implements io.Reader.
func (i *income) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	i.w.left += bytesRatio * int64(n)
	i.w.limits.Bytes += bytesRatio * int64(n)
	return n, err
}
