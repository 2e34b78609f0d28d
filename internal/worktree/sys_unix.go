//go:build linux || darwin

package worktree

import (
	"errors"
	"io"
	"syscall"
)

// A handle is an open file. It is a bare descriptor: an os.File costs some
// calls more to open and a finalizer, for each of tens of thousands of files.
type handle struct{ fd int }

// A folderID tells folders apart whatever their path.
type folderID struct{ dev, inode uint64 }

// openFile opens a file without ever waiting for a writer, and says what it
// is. Unless follow is set, a symbolic link is errSymlink.
func openFile(name string, follow bool) (handle, fileInfo, error) {
	fd, err := openFD(name, syscall.O_NONBLOCK|syscall.O_NOCTTY, follow)
	if err != nil {
		if !follow && errors.Is(err, syscall.ELOOP) && isSymlink(name) {
			err = errSymlink
		}
		return handle{}, fileInfo{}, err
	}
	var st syscall.Stat_t
	if _, err := retry(func() (int, error) { return 0, syscall.Fstat(fd, &st) }); err != nil {
		_ = syscall.Close(fd)
		return handle{}, fileInfo{}, err
	}
	kind := st.Mode & syscall.S_IFMT
	return handle{fd}, fileInfo{size: st.Size, regular: kind == syscall.S_IFREG, dir: kind == syscall.S_IFDIR}, nil
}

func isSymlink(name string) bool {
	var st syscall.Stat_t
	return syscall.Lstat(name, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFLNK
}

func openFD(name string, flags int, follow bool) (int, error) {
	if !follow {
		flags |= syscall.O_NOFOLLOW
	}
	return retry(func() (int, error) {
		return syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC|flags, 0)
	})
}

// Read implements io.Reader.
func (h handle) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := retry(func() (int, error) { return syscall.Read(h.fd, p) })
	switch {
	case err != nil:
		return 0, err
	case n <= 0:
		return 0, io.EOF
	}
	return n, nil
}

// ReadAt implements io.ReaderAt.
func (h handle) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		m, err := retry(func() (int, error) { return syscall.Pread(h.fd, p[n:], at+int64(n)) })
		switch {
		case err != nil:
			return n, err
		case m <= 0:
			return n, io.EOF
		}
		n += m
	}
	return n, nil
}

func (h handle) rewind() error {
	_, err := syscall.Seek(h.fd, 0, io.SeekStart)
	return err
}

// close needs no error: nothing was written.
func (h handle) close() { _ = syscall.Close(h.fd) }

// identify returns what tells the folder that name leads to from all others.
func identify(name string) (folderID, error) {
	var st syscall.Stat_t
	_, err := retry(func() (int, error) { return 0, syscall.Stat(name, &st) })
	return folderID{uint64(st.Dev), st.Ino}, err
}

// retry repeats a system call that a signal interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != syscall.EINTR {
			return n, err
		}
	}
}
