package hook

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

const (
	// minPacked is the size of a loose object's file from which it is worth a
	// look at its header: a smaller one inflates to 64 MiB at most.
	minPacked = 64 << 10
	// maxWhole is the size of content up to which it is read in one piece.
	maxWhole = 16 << 20
	// windowSize is how much of larger content is in memory, in bytes.
	windowSize = 2<<20 + 4*scan.Margin

	maxHeader = 64 // of a loose object, in bytes
)

var errShort = errors.New("loose object ends before its size is reached")

// A largeBlob is one that is read in windows. git add writes content as a loose
// object, which can be read so; what has been packed since can not.
type largeBlob struct {
	io.Reader
	file *os.File
	size int64
}

// large opens a blob if it is large and loose, else it returns nil: whoever
// reads it whole will say what is wrong with it, if anything is.
func (r *Repository) large(id repo.Hash) *largeBlob {
	name := id.String()
	for _, dir := range r.store.Dirs() {
		path := filepath.Join(dir, name[:2], name[2:])
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if info.Size() < minPacked {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return nil
		}
		b, err := openLarge(f)
		if err != nil || b.size <= maxWhole {
			_ = f.Close() // it was only read
			return nil
		}
		return b
	}
	return nil
}

func openLarge(f *os.File) (*largeBlob, error) {
	z, err := zlib.NewReader(f)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(z, 32<<10)
	head, err := in.Peek(maxHeader)
	if err != nil {
		return nil, err
	}
	head, _, found := bytes.Cut(head, []byte{0})
	digits, blob := bytes.CutPrefix(head, []byte("blob "))
	size, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || !blob || !found || size < 0 {
		return nil, fmt.Errorf("%q is no header of a blob", head)
	}
	if _, err := in.Discard(len(head) + 1); err != nil {
		return nil, err
	}
	return &largeBlob{Reader: io.LimitReader(in, size), file: f, size: size}, nil
}

// windows yields the content of b in pieces whose margins are large enough for
// them to have the findings of the whole. c is what they have in common. It
// returns why the content is passed over, and what went wrong.
func (b *largeBlob) windows(ctx context.Context, c scan.Chunk, yield func(*scan.Chunk, error) bool) (skipped string, err error) {
	defer b.file.Close()
	data := make([]byte, windowSize)
	left := b.size
	fill := func(from int) (int, error) {
		n, err := io.ReadFull(b, data[from:min(int64(len(data)), int64(from)+left)])
		left -= int64(n)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errShort
		}
		return from + n, err
	}
	n, err := fill(0)
	if err != nil {
		return "", err
	}
	c.Encoding = decode.Sniff(data[:n])
	if c.Encoding == decode.Binary {
		c.Data = data[:min(n, binaryHead)]
		yield(&c, nil)
		return "binary", nil
	}
	c.Base = scan.Position{Line: 1, Column: 1}
	margin := scan.Margin
	if c.Encoding != decode.Text {
		margin *= 2 // a margin is of UTF-8; being even, it cuts no code unit
	}
	for {
		c.Data, c.Trail = data[:n], 0
		if left > 0 {
			c.Trail = margin
		}
		piece := c
		if !yield(&piece, nil) || left == 0 || ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		start := n - 2*margin
		c.Base = advanced(c.Base, data[:start], c.Encoding)
		n = copy(data, data[start:n])
		c.Lead = margin
		if n, err = fill(n); err != nil {
			return "", err
		}
	}
}

// advanced returns the position after data, which begins at p.
func advanced(p scan.Position, data []byte, enc decode.Encoding) scan.Position {
	p.Byte += int64(len(data))
	end := []byte{'\n'}
	switch enc {
	case decode.UTF16LE:
		end = []byte{'\n', 0}
	case decode.UTF16BE:
		end = []byte{0, '\n'}
	}
	last := -1
	for i := 0; ; {
		n := bytes.Index(data[i:], end)
		if n < 0 {
			break
		}
		i += n
		if i%len(end) != 0 {
			i++ // the halves of two code units
			continue
		}
		p.Line++
		i += len(end)
		last = i
	}
	if last < 0 {
		p.Column += len(data)
	} else {
		p.Column = 1 + len(data) - last
	}
	return p
}
