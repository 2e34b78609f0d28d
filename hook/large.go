package hook

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/repo"
)

const (
	// minPacked is the size of a loose object's file from which it is worth a
	// look at its header: a smaller one inflates to 64 MiB at most.
	minPacked = 64 << 10
	// maxWhole is the size of content up to which it is read in one piece.
	maxWhole = 16 << 20

	maxHeader = 64 // of a loose object, in bytes
)

var (
	errShort   = errors.New("loose object ends before its size is reached")
	errChanged = errors.New("loose object is no longer there")
)

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

// open returns a buffered reader of the content and its first bytes.
func (b *largeBlob) open() (*bufio.Reader, []byte) {
	in := bufio.NewReaderSize(&whole{r: b.Reader, left: b.size}, decode.SniffLen)
	head, _ := in.Peek(decode.SniffLen) // what is wrong with it, reading on will tell
	return in, head
}

// A whole reader fails if what it reads from ends early.
type whole struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (w *whole) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.left -= int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		if err = io.EOF; w.left > 0 {
			err = errShort
		}
	}
	return n, err
}
