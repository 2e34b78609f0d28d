//go:build !linux && !darwin

package worktree

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A handle is an open file.
type handle struct{ file *os.File }

// A folderID tells folders apart whatever their path: it is the one path to
// them without symbolic links.
type folderID string

// openFile opens a file and says what it is. Unless follow is set, a symbolic
// link is errSymlink.
func openFile(name string, follow bool) (handle, fileInfo, error) {
	// There is no portable way to open without following links or waiting for
	// a writer, so what it is has to be asked first.
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	info, err := stat(name)
	switch {
	case err != nil:
		return handle{}, fileInfo{}, err
	case info.Mode()&fs.ModeSymlink != 0:
		return handle{}, fileInfo{}, errSymlink
	case !info.Mode().IsRegular():
		return handle{}, fileInfo{dir: info.IsDir()}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return handle{}, fileInfo{}, err
	}
	if info, err = f.Stat(); err != nil {
		_ = f.Close()
		return handle{}, fileInfo{}, err
	}
	return handle{f}, fileInfo{size: info.Size(), regular: info.Mode().IsRegular(), dir: info.IsDir()}, nil
}

// Read implements io.Reader.
func (h handle) Read(p []byte) (int, error) { return h.file.Read(p) }

// ReadAt implements io.ReaderAt.
func (h handle) ReadAt(p []byte, at int64) (int, error) { return h.file.ReadAt(p, at) }

func (h handle) rewind() error {
	_, err := h.file.Seek(0, io.SeekStart)
	return err
}

// close needs no error: nothing was written.
func (h handle) close() {
	if h.file != nil {
		_ = h.file.Close()
	}
}

// identify returns what tells the folder that name leads to from all others.
func identify(name string) (folderID, error) {
	p, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", err
	}
	p, err = filepath.Abs(p)
	return folderID(p), err
}
