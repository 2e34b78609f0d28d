package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Limits of the files read whole. All are far above what git itself copes
// with in practice.
const (
	maxSmallFile  = 64 << 10 // HEAD, loose refs, .git files, commondir
	maxConfig     = 16 << 20
	maxAlternates = 1 << 20
	maxPackedRefs = 1 << 30
)

// errTooLarge is the error of a file above its limit.
var errTooLarge = errors.New("file is too large")

// readFile reads a regular file of at most limit bytes. Anything else, such as
// a named pipe that would block, is an error.
func readFile(path string, limit int64) ([]byte, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errNotRegular}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if fi.Size() > limit {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: %d bytes, limit %d", errTooLarge, fi.Size(), limit)}
	}
	return readSized(f, fi.Size(), limit)
}

var errNotRegular = errors.New("not a regular file")

// readSized reads f to its end in one piece when it has the size it claims.
func readSized(f *os.File, size, limit int64) ([]byte, error) {
	buf := make([]byte, size, size+1)
	n, err := io.ReadFull(f, buf)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return buf[:n], nil
	}
	if err != nil {
		return nil, err
	}
	// The file may have grown since its size was taken.
	for int64(len(buf)) <= limit {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, &fs.PathError{Op: "read", Path: f.Name(), Err: errTooLarge}
}

// absent reports whether err says that a file or a folder on the way to it
// does not exist.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || isNotDir(err)
}
