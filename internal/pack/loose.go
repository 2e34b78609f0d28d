package pack

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/keysift/keysift/internal/inflate"
)

// looseHead is how much of a loose object is inflated to see its header. Most
// objects are wholly inside.
const looseHead = 32 << 10

// looseMaxHeader bounds the header: a type, a space, 20 digits, NUL.
const looseMaxHeader = 32

func loosePath(dir string, id ID) string {
	var b [64]byte
	name := b[:hex.Encode(b[:], id.Bytes())]
	return filepath.Join(dir, string(name[:2]), string(name[2:]))
}

// readLoose returns a loose object: its contents are buf[skip:]. alloc provides
// buf; after an error it may or may not have been called.
func (r *reader) readLoose(path string, limit int64, alloc func(int) []byte) (t Type, buf []byte, skip int, err error) {
	if err := r.readFile(path, limit); err != nil {
		return 0, nil, 0, err
	}
	if r.head == nil {
		r.head = make([]byte, looseHead, looseHead+inflate.Slack)
	}
	n, end, err := r.z.Prefix(r.head, r.file)
	if err != nil {
		return 0, nil, 0, err
	}
	t, size, skip, ok := looseHeader(r.head[:min(n, looseMaxHeader)])
	if !ok {
		return 0, nil, 0, errHeader
	}
	if err := fits(size, len(r.file), limit); err != nil {
		return t, nil, 0, err
	}
	if end {
		if uint64(n-skip) != size {
			return t, nil, 0, inflate.ErrSize
		}
		buf = alloc(n)
		copy(buf, r.head[:n])
		return t, buf, skip, nil
	}
	buf = alloc(skip + int(size))
	_, err = r.z.Inflate(buf, r.file)
	return t, buf, skip, err
}

// looseType reads no more than the header of a loose object.
func (r *reader) looseType(path string) (Type, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	// More than any first deflate block header needs, and what follows.
	r.file = slices.Grow(r.file[:0], 4096)[:min(size, 4096)]
	if _, err := io.ReadFull(f, r.file); err != nil {
		return 0, err
	}
	var head [looseMaxHeader]byte
	n, _, err := r.z.Prefix(head[:], r.file)
	if t, _, _, ok := looseHeader(head[:n]); ok {
		return t, nil
	}
	if err == nil {
		err = errHeader
	}
	return 0, err
}

// looseHeader reads "type size NUL" and returns how long that is.
func looseHeader(b []byte) (t Type, size uint64, n int, ok bool) {
	end := bytes.IndexByte(b, 0)
	space := bytes.IndexByte(b, ' ')
	if end < 0 || space < 0 || space > end {
		return 0, 0, 0, false
	}
	t, ok = parseType(b[:space])
	size, err := strconv.ParseUint(string(b[space+1:end]), 10, 63)
	return t, size, end + 1, ok && err == nil
}

// readFile reads a whole file into r.file.
func (r *reader) readFile(path string, limit int64) error {
	f, size, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if size > limit {
		return ErrTooLarge // even stored data is hardly longer than its source
	}
	r.file = slices.Grow(r.file[:0], int(size))[:size]
	if _, err := io.ReadFull(f, r.file); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// A looseSet is the names of the loose objects of one directory, ascending,
// one after another.
type looseSet struct {
	dir   string
	names []byte
}

func (l *looseSet) name(i, size int) []byte { return l.names[i*size : (i+1)*size] }

// listLoose lists the loose objects of one objects directory. Files whose
// names are no object names are git's own or nobody's and are passed over.
func listLoose(dir string, h Hash) (*looseSet, error) {
	l := &looseSet{dir: dir}
	var errs []error
	for b := range 256 {
		ids, err := looseIn(dir, fmt.Sprintf("%02x", b), h)
		if err != nil {
			errs = append(errs, fmt.Errorf("listing loose objects: %w", err))
		}
		for _, id := range ids {
			l.names = append(l.names, id.Bytes()...)
		}
	}
	return l, errors.Join(errs...)
}

// looseIn lists the loose objects whose names start with two digits, in order.
func looseIn(dir, digits string, h Hash) ([]ID, error) {
	entries, err := os.ReadDir(filepath.Join(dir, digits)) // sorted
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	var ids []ID
	for _, e := range entries {
		id, bad := ParseID(digits + e.Name())
		if bad == nil && len(id.Bytes()) == h.Size() && id.String()[2:] == e.Name() {
			ids = append(ids, id)
		}
	}
	return ids, err
}
