package decode

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"strings"

	"github.com/keysift/keysift/internal/inflate"
)

// Records of a zip file: their first bytes, and the sizes of their fixed parts.
const (
	zipEndMark, zipEndLen     = "PK\x05\x06", 22
	zipEnd64Mark, zipEnd64Len = "PK\x06\x06", 56
	zipLocMark, zipLocLen     = "PK\x06\x07", 20
	zipDirMark, zipDirLen     = "PK\x01\x02", 46
	zipFileMark, zipFileLen   = "PK\x03\x04", 30

	zipStored, zipDeflated, zipBzip2 = 0, 8, 12

	zipEncrypted = 1 // flag

	modeMask, modeSymlink, modeDir = 0xF000, 0xA000, 0x4000
)

// A zipEntry is a file in the directory of a zip file.
type zipEntry struct {
	name           string
	flags, method  uint16
	crc            uint32
	packed, size   uint64
	offset         uint64
	mode           uint32
	fromUnix, last bool
}

// zip yields the files in a zip file. The directory is read entry by entry, as
// what it says of its own size may be wrong.
func (w *walker) zip(name string, r io.ReaderAt, size int64, depth int) error {
	dir, base, err := zipDirectory(r, size)
	if err != nil {
		return err
	}
	br := bufio.NewReader(dir)
	for first := true; !w.stopped; first = false {
		e, err := readZipEntry(br)
		if e.last {
			return nil
		}
		if err != nil {
			if first {
				return err
			}
			w.fail(w.typed(join(name, "..."), err))
			return nil
		}
		if !w.count(name) {
			return nil
		}
		w.zipFile(join(name, e.name), r, size, base, &e, depth)
	}
	return nil
}

// zipFile yields a file in a zip file.
func (w *walker) zipFile(at string, r io.ReaderAt, size, base int64, e *zipEntry, depth int) {
	kind := uint32(0)
	if e.fromUnix {
		kind = e.mode >> 16 & modeMask
	}
	switch {
	case e.size == 0 && (strings.HasSuffix(e.name, "/") || kind == modeDir):
		return
	case kind == modeSymlink:
		w.fail(&SkipError{Path: at, Reason: "symlink"})
		return
	case e.flags&zipEncrypted != 0:
		w.fail(&SkipError{Path: at, Reason: "encrypted"})
		return
	}
	packed, err := zipData(r, size, base, e)
	if err != nil {
		w.fail(&MalformedError{Path: at, Err: err})
		return
	}
	switch e.method {
	case zipStored:
		w.zipContent(at, packed, e, depth)
	case zipDeflated:
		// No header, so there is nothing that could fail.
		_ = w.inflate(packed, inflate.Raw, func(z *inflate.Reader) { w.zipContent(at, z, e, depth) })
	case zipBzip2:
		w.zipContent(at, bzip2.NewReader(bufio.NewReader(packed)), e, depth)
	default:
		w.fail(&SkipError{Path: at, Reason: "binary"})
	}
}

// zipContent yields a file whose content is plain.
func (w *walker) zipContent(at string, plain io.Reader, e *zipEntry, depth int) {
	declared := int64(-1)
	if e.size < 1<<62 {
		declared = int64(e.size)
	}
	w.file(at, declared, &checked{r: w.meter(at, plain), sum: crc32.NewIEEE(), want: e.crc}, depth)
}

// A checked reader ends with an error if the content does not have the sum that
// it should have.
type checked struct {
	r    io.Reader
	sum  hash.Hash32
	want uint32
}

var errChecksum = errors.New("checksum does not match")

// Read implements io.Reader.
func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Write(p[:n])
	if err == io.EOF && c.sum.Sum32() != c.want {
		err = errChecksum
	}
	return n, err
}

// zipDirectory finds the directory of a zip file, and the offset from which
// those in it count: the file may be appended to another one.
func zipDirectory(r io.ReaderAt, size int64) (dir *io.SectionReader, base int64, err error) {
	tail := make([]byte, min(size, zipEndLen+1<<16))
	from := size - int64(len(tail))
	if _, err := r.ReadAt(tail, from); err != nil && err != io.EOF {
		return nil, 0, fmt.Errorf("reading the end of a zip file: %w", err)
	}
	i := bytes.LastIndex(tail, []byte(zipEndMark))
	for i >= 0 && i+zipEndLen > len(tail) {
		i = bytes.LastIndex(tail[:i], []byte(zipEndMark))
	}
	if i < 0 {
		return nil, 0, errors.New("a zip file without a directory")
	}
	end := from + int64(i)
	le := binary.LittleEndian
	length, offset := uint64(le.Uint32(tail[i+12:])), uint64(le.Uint32(tail[i+16:]))
	if length == 1<<32-1 || offset == 1<<32-1 {
		l, o, e, err := zipDirectory64(r, end)
		if err != nil {
			return nil, 0, err
		}
		length, offset, end = l, o, e
	}
	if length > uint64(end) || offset > uint64(end)-length {
		return nil, 0, errors.New("a zip file with its directory outside of it")
	}
	start := end - int64(length)
	return io.NewSectionReader(r, start, int64(length)), start - int64(offset), nil
}

// zipDirectory64 is the same for the records of large files, which stand before
// the one at end.
func zipDirectory64(r io.ReaderAt, end int64) (length, offset uint64, at int64, err error) {
	le := binary.LittleEndian
	loc := make([]byte, zipLocLen)
	if _, err := r.ReadAt(loc, end-zipLocLen); err != nil || string(loc[:4]) != zipLocMark {
		return 0, 0, 0, errors.New("a zip file without the place of its directory")
	}
	rec := make([]byte, zipEnd64Len)
	// What is before the first entry is not counted in the place it names.
	for _, at := range []int64{int64(le.Uint64(loc[8:]) & (1<<62 - 1)), end - zipLocLen - zipEnd64Len} {
		if _, err := r.ReadAt(rec, at); err == nil && string(rec[:4]) == zipEnd64Mark {
			return le.Uint64(rec[40:]), le.Uint64(rec[48:]), at, nil
		}
	}
	return 0, 0, 0, errors.New("a zip file without the place of its directory")
}

// readZipEntry reads the next entry of a directory.
func readZipEntry(r *bufio.Reader) (e zipEntry, err error) {
	var h [zipDirLen]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		if err == io.EOF {
			e.last = true
			return e, nil
		}
		return e, fmt.Errorf("reading the directory of a zip file: %w", err)
	}
	if string(h[:4]) != zipDirMark {
		return e, errors.New("a zip file with a damaged directory")
	}
	le := binary.LittleEndian
	e.fromUnix = h[5] == 3 || h[5] == 19
	e.flags, e.method, e.crc = le.Uint16(h[8:]), le.Uint16(h[10:]), le.Uint32(h[16:])
	e.packed, e.size = uint64(le.Uint32(h[20:])), uint64(le.Uint32(h[24:]))
	e.mode, e.offset = le.Uint32(h[38:]), uint64(le.Uint32(h[42:]))
	rest := make([]byte, int(le.Uint16(h[28:]))+int(le.Uint16(h[30:]))+int(le.Uint16(h[32:])))
	if _, err := io.ReadFull(r, rest); err != nil {
		return e, fmt.Errorf("reading the directory of a zip file: %w", err)
	}
	n := int(le.Uint16(h[28:]))
	e.name = string(rest[:n])
	e.large(rest[n : n+int(le.Uint16(h[30:]))])
	return e, nil
}

// large takes the sizes that do not fit into the fixed part from extra fields.
func (e *zipEntry) large(extra []byte) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return
		}
		if id == 1 {
			field := extra[:n]
			for _, v := range []*uint64{&e.size, &e.packed, &e.offset} {
				if *v == 1<<32-1 && len(field) >= 8 {
					*v, field = le.Uint64(field), field[8:]
				}
			}
		}
		extra = extra[n:]
	}
}

var errOutside = errors.New("a zip entry outside of its file")

// zipData returns the bytes of an entry as they are stored. Offsets count from
// base or, where something precedes the file that is no part of it, from 0.
func zipData(r io.ReaderAt, size, base int64, e *zipEntry) (*io.SectionReader, error) {
	if e.offset > uint64(size) {
		return nil, errOutside
	}
	var h [zipFileLen]byte
	for _, base := range []int64{base, 0} {
		at := base + int64(e.offset)
		if at < 0 || at > size {
			continue
		}
		if _, err := r.ReadAt(h[:], at); err != nil && err != io.EOF {
			return nil, fmt.Errorf("reading the header of a zip entry: %w", err)
		}
		if string(h[:4]) != zipFileMark {
			continue
		}
		le := binary.LittleEndian
		at += zipFileLen + int64(le.Uint16(h[26:])) + int64(le.Uint16(h[28:]))
		if at > size || e.packed > uint64(size-at) {
			return nil, errOutside
		}
		return io.NewSectionReader(r, at, int64(e.packed)), nil
	}
	return nil, errors.New("a zip entry without a header")
}
