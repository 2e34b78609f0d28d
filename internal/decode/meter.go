package decode

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
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

// takeFlate returns a decompressor of r.
func (w *walker) takeFlate(r io.Reader) io.ReadCloser {
	if k := len(w.flates) - 1; k >= 0 {
		z := w.flates[k]
		w.flates = w.flates[:k]
		if z.(flate.Resetter).Reset(r, nil) == nil {
			return z
		}
	}
	return flate.NewReader(r)
}

// meter returns a reader of r that counts what is decompressed for name.
func (w *walker) meter(name string, r io.Reader) io.Reader {
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
