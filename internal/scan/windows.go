package scan

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/keysift/keysift/internal/decode"
)

// Windows in which large content is handed out, in bytes.
const (
	// WindowContext is how far a window reaches back and ahead of what is its
	// own, in UTF-8 bytes; twice as far in UTF-16. Rounded up to an even number,
	// it cuts no code unit.
	WindowContext = (Margin + 1) &^ 1

	// WindowSize is the size of a window with the context on both sides.
	WindowSize = 1<<20 + 2*WindowContext
)

// BinaryHead is how much of binary content is handed out, in bytes, for formats
// that are known by the first of them.
const BinaryHead = 4 << 10

// Windows hands out what r reads in chunks that have everything but data and
// positions in common with c, in constant memory. Content whose encoding c does
// not give is sniffed; of binary content only the head is handed out.
//
// It returns the encoding, and the error that ended the reading if it was not
// the end of the content. done is false if yield has returned false.
func Windows(ctx context.Context, c Chunk, r io.Reader, buf *Buffer, yield func(*Chunk) bool) (enc decode.Encoding, done bool, err error) {
	w := window{data: buf.Take(WindowSize), base: Position{Line: 1, Column: 1}}
	err = w.fill(r)
	if c.Encoding == decode.Unknown {
		c.Encoding = decode.Sniff(w.data[:w.len])
	}
	if c.Encoding == decode.Binary {
		c.Data = w.data[:min(w.len, BinaryHead)]
		return c.Encoding, yield(&c), ended(err)
	}
	margin := WindowContext
	if c.Encoding == decode.UTF16LE || c.Encoding == decode.UTF16BE {
		margin *= 2
	}
	for {
		piece := c
		piece.Data, piece.Base, piece.Lead = w.data[:w.len], w.base, w.lead
		if err == nil {
			piece.Trail = margin
		}
		if !yield(&piece) {
			return c.Encoding, false, nil
		}
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return c.Encoding, true, ended(err)
		}
		w.advance(margin, c.Encoding)
		err = w.fill(r)
	}
}

// ended returns the error that ended the reading, if it was not the end of
// the content.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// A window is what of a stream is in memory.
type window struct {
	data []byte
	len  int // how much of data is filled
	lead int // how much of it the window before owned
	base Position
}

// fill reads until the window is full or the stream ends, with io.EOF or an
// error. What was read before that is in the window.
func (w *window) fill(r io.Reader) error {
	idle := 0
	for w.len < len(w.data) {
		n, err := r.Read(w.data[w.len:])
		w.len += n
		if err != nil {
			return err
		}
		if idle++; n > 0 {
			idle = 0
		} else if idle == 100 {
			return io.ErrNoProgress
		}
	}
	return nil
}

// advance moves a full window on by what it owned, keeping the margin behind
// and the bytes ahead that it had seen but did not own. All sizes are even, so
// that code units of UTF-16 are never cut.
func (w *window) advance(margin int, enc decode.Encoding) {
	start := w.len - 2*margin
	w.base = advance(w.base, w.data[:start], enc)
	w.len = copy(w.data, w.data[start:w.len])
	w.lead = margin
}

// advance returns the position after data, which begins at p.
func advance(p Position, data []byte, enc decode.Encoding) Position {
	p.Byte += int64(len(data))
	lines, tail := countLines(data, enc)
	if lines == 0 {
		p.Column += len(data)
		return p
	}
	p.Line += lines
	p.Column = 1 + tail
	return p
}

// countLines returns the number of line ends in data and of the bytes after
// the last of them.
func countLines(data []byte, enc decode.Encoding) (lines, tail int) {
	high := 0 // place of the line feed in its code unit
	switch enc {
	case decode.UTF16BE:
		high = 1
	case decode.UTF16LE:
	default:
		return bytes.Count(data, []byte{'\n'}), len(data) - 1 - bytes.LastIndexByte(data, '\n')
	}
	end := 0
	for i := 0; i < len(data); {
		n := bytes.IndexByte(data[i:], '\n')
		if n < 0 {
			break
		}
		i += n
		if i%2 == high && i^1 < len(data) && data[i^1] == 0 {
			lines++
			end = i&^1 + 2
		}
		i++
	}
	return lines, len(data) - end
}
