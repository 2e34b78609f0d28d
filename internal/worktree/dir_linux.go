package worktree

import (
	"encoding/binary"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// dirBufferSize is enough for some 500 entries a call.
const dirBufferSize = 32 << 10

// Layout of struct linux_dirent64, the same on every architecture.
const (
	direntInode  = 0
	direntLength = 16
	direntType   = 18
	direntName   = 19
)

// readDir returns the entries of a folder, in no order, and with an error
// those that were read before it. Unlike os.ReadDir it asks for nothing twice
// and leaves no entry out because it is of unknown type and gone.
func readDir(name string, follow bool, buf *[]byte) ([]entry, error) {
	fd, err := openFD(name, syscall.O_DIRECTORY, follow)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	if *buf == nil {
		*buf = make([]byte, dirBufferSize)
	}
	var entries []entry
	for {
		n, err := retry(func() (int, error) { return syscall.ReadDirent(fd, *buf) })
		if err != nil || n <= 0 {
			return entries, err
		}
		if entries, err = appendEntries(entries, (*buf)[:n], name); err != nil {
			return entries, err
		}
	}
}

// appendEntries parses what getdents64 wrote.
func appendEntries(entries []entry, b []byte, dir string) ([]entry, error) {
	text := string(b) // the names share one string
	for len(b) > direntName {
		size := int(binary.NativeEndian.Uint16(b[direntLength:]))
		if size <= direntName || size > len(b) {
			return entries, syscall.EIO
		}
		inode, kind := binary.NativeEndian.Uint64(b[direntInode:]), b[direntType]
		name, _, _ := strings.Cut(text[direntName:size], "\x00")
		b, text = b[size:], text[size:]
		if inode == 0 || name == "." || name == ".." {
			continue
		}
		entries = append(entries, entry{name, typeBits(kind, dir, name)})
	}
	return entries, nil
}

// typeBits returns the type of an entry; some file systems want to be asked.
func typeBits(kind byte, dir, name string) fs.FileMode {
	switch kind {
	case syscall.DT_REG:
		return 0
	case syscall.DT_DIR:
		return fs.ModeDir
	case syscall.DT_LNK:
		return fs.ModeSymlink
	case syscall.DT_UNKNOWN:
		info, err := os.Lstat(prefix(dir) + name)
		if err != nil {
			return 0 // whoever opens it as a file meets the error again and reports it
		}
		return info.Mode().Type()
	}
	return fs.ModeIrregular
}
