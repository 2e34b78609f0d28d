package decode

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"github.com/keysift/keysift/internal/inflate"
)

// Kinds of containers.
const (
	kindZip    = "zip" // also jar, wheel, and office documents
	kindTar    = "tar"
	kindGzip   = "gzip"
	kindZlib   = "zlib"
	kindBzip2  = "bzip2"
	kindSQLite = "sqlite"
)

// What is built in where [Limits] set nothing.
const (
	maxEntries  = 1 << 20
	freeBytes   = 256 << 20 // any container may become as large
	bytesRatio  = 32        // and so many times its size
	maxBuffered = 64 << 20  // containers inside containers that must be in memory
	maxPath     = 4096      // length of the path of an entry
)

// Limits bound what comes out of a container. The zero value stands for bounds
// that are built in.
type Limits struct {
	Depth     int   // containers one inside the other
	Bytes     int64 // all decompressed bytes, those of inner containers included
	Entries   int   // all entries
	EntrySize int64 // bytes of an entry; not bounded if 0
}

// An Entry is a file in a container. It is valid until the next one is asked
// for. Reading it ends with an error of the types of [Walk] if it is damaged or
// a bound is reached.
type Entry struct {
	io.Reader
	// Path is that of the container, "!", and the path in it, once for each
	// level. The path in it has neither a leading "/" nor "..".
	Path string
	Size int64 // as declared, in bytes; -1 if not known
}

// Container returns the kind of container that begins with head, or "" if it is
// none that can be opened. The head should have [SniffLen] bytes.
func Container(name string, head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return kindZip
	case bytes.HasPrefix(head, []byte("\x1F\x8B\x08")):
		return kindGzip
	case len(head) >= 10 && bytes.HasPrefix(head, []byte("BZh")) && string(head[4:10]) == "1AY&SY":
		return kindBzip2
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return kindSQLite
	case isTar(head):
		return kindTar
	case len(head) > 8 && isZlib(head) && inflates(head):
		return kindZlib
	case bytes.HasPrefix(head, []byte("#!")):
		// Some archives are programs, too.
		switch strings.ToLower(path.Ext(name)) {
		case ".jar", ".war", ".pyz", ".pex", ".zip":
			return kindZip
		}
	}
	return ""
}

// isTar reports whether head starts with the header of an entry of a tar file,
// by its checksum; older ones have no other mark.
func isTar(head []byte) bool {
	if len(head) < 512 || head[0] == 0 {
		return false
	}
	field := strings.Trim(string(head[148:156]), " \x00")
	if field == "" {
		return false
	}
	want := 0
	for _, c := range []byte(field) {
		if c < '0' || c > '7' {
			return false
		}
		want = want<<3 | int(c-'0')
	}
	sum := 8 * int(' ')
	for i, c := range head[:512] {
		if i < 148 || i >= 156 {
			sum += int(c)
		}
	}
	return sum == want
}

// inflates reports whether head is the start of a valid zlib stream.
func inflates(head []byte) bool {
	r := inflate.NewReader()
	if r.Reset(bytes.NewReader(head), inflate.Zlib) != nil {
		return false
	}
	_, err := r.Discard(64 << 10)
	return err == nil || err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF)
}

// Walk yields the files in a container of a kind that [Container] returned, and
// those in containers inside it. name is its path, r and size its content.
//
// An error is a [*LimitError], a [*SkipError], or a [*MalformedError]; the
// sequence goes on after it. If a [*MalformedError] has the path name, the
// container as a whole is not what it looked like, and is to be read as any
// file. When ctx is done, the sequence ends with its error.
func Walk(ctx context.Context, kind, name string, r io.ReaderAt, size int64, limits Limits) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		w := newWalker(ctx, size, limits, yield)
		err := w.container(kind, name, r, size, 1)
		if err != nil && !w.stopped && !w.told {
			yield(nil, w.typed(name, err))
		}
	}
}

// WalkStream is Walk for content that can be read only once. Containers that
// are read from more than one place have to be in memory for that: one that is
// too large is a [*LimitError].
func WalkStream(ctx context.Context, kind, name string, r io.Reader, limits Limits) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		w := newWalker(ctx, 0, limits, yield)
		if limits.Bytes <= 0 {
			r = &income{w: w, r: r}
		}
		var err error
		if kind == kindZip || kind == kindSQLite {
			var data []byte
			if data, err = w.buffer(name, -1, r); err == nil {
				err = w.container(kind, name, bytes.NewReader(data), int64(len(data)), 1)
			}
		} else {
			err = w.stream(kind, name, bufio.NewReader(r), 1)
		}
		if err != nil && !w.stopped && !w.told {
			yield(nil, w.typed(name, err))
		}
	}
}

// A walker goes through a container.
type walker struct {
	ctx      context.Context
	limits   Limits
	reason   reasons
	left     int64 // bytes that may still be decompressed
	entries  int
	buffered int64
	yield    func(*Entry, error) bool
	stopped  bool // the caller wants no more, or the budget is spent
	told     bool // and knows why

	buffers   []*bufio.Reader // not in use
	inflaters []*inflate.Reader
}

// reasons says of each limit who set it.
type reasons struct{ depth, bytes, entries string }

func newWalker(ctx context.Context, size int64, limits Limits, yield func(*Entry, error) bool) *walker {
	w := &walker{ctx: ctx, limits: limits, yield: yield, reason: reasons{UserLimit, UserLimit, UserLimit}}
	if w.limits.Depth <= 0 {
		w.limits.Depth, w.reason.depth = defaultDepth, SafetyLimit
	}
	if w.limits.Bytes <= 0 {
		w.limits.Bytes, w.reason.bytes = freeBytes+bytesRatio*max(size, 0), SafetyLimit
	}
	if w.limits.Entries <= 0 {
		w.limits.Entries, w.reason.entries = maxEntries, SafetyLimit
	}
	w.left = w.limits.Bytes
	return w
}

// typed returns err as one of the errors that Walk yields.
func (w *walker) typed(name string, err error) error {
	if cause := context.Cause(w.ctx); cause != nil {
		return cause
	}
	if le, ok := errors.AsType[*LimitError](err); ok {
		if le.Path == "" {
			le.Path = name
		}
		return le
	}
	if me, ok := errors.AsType[*MalformedError](err); ok {
		return me
	}
	return &MalformedError{Path: name, Err: err}
}

// fail yields an error, and reports whether to go on.
func (w *walker) fail(err error) bool {
	if w.stopped {
		return false
	}
	if !w.yield(nil, err) || context.Cause(w.ctx) != nil {
		w.stopped, w.told = true, true
	}
	return !w.stopped
}

// container opens a container that is in memory or a file.
func (w *walker) container(kind, name string, r io.ReaderAt, size int64, depth int) error {
	switch kind {
	case kindZip:
		return w.zip(name, r, size, depth)
	case kindSQLite:
		return w.sqlite(name, r, size, depth)
	}
	return w.stream(kind, name, bufio.NewReader(io.NewSectionReader(r, 0, size)), depth)
}

// stream opens a container that is read from its start to its end.
func (w *walker) stream(kind, name string, r *bufio.Reader, depth int) error {
	inner := strings.TrimSuffix(path.Base(strings.ReplaceAll(name, "!", "/")), path.Ext(name))
	switch kind {
	case kindTar:
		return w.tar(name, r, depth)
	case kindBzip2:
		return w.content(name, inner, bzip2.NewReader(r), depth)
	case kindGzip, kindZlib:
		format := inflate.Zlib
		if kind == kindGzip {
			format = inflate.Gzip
		}
		var err error
		if e := w.inflate(r, format, func(z *inflate.Reader) {
			if z.Name() != "" {
				inner = z.Name()
			}
			err = w.content(name, inner, z, depth)
		}); e != nil {
			return e
		}
		return err
	}
	return fmt.Errorf("opening a container of unknown kind %q", kind)
}

// content yields what was compressed as a whole: the files in a tar file, or a file.
func (w *walker) content(name, inner string, plain io.Reader, depth int) error {
	metered := w.meter(name, plain)
	content := bufio.NewReaderSize(metered, SniffLen)
	head, err := content.Peek(512)
	if len(head) == 0 && err != io.EOF {
		return fmt.Errorf("decompressing: %w", err)
	}
	if isTar(head) {
		return w.tar(name, &skipper{Reader: content, under: metered}, depth)
	}
	w.file(join(name, inner), -1, content, depth)
	return nil
}

// tar yields the files in a tar file.
func (w *walker) tar(name string, r io.Reader, depth int) error {
	t := tar.NewReader(r)
	for first := true; !w.stopped; first = false {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			if first {
				return fmt.Errorf("reading tar: %w", err)
			}
			w.fail(w.typed(join(name, "..."), fmt.Errorf("reading tar: %w", err)))
			return nil
		}
		if !w.count(name) {
			return nil
		}
		at := join(name, h.Name)
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
			w.file(at, h.Size, w.meter(at, t), depth)
		case tar.TypeSymlink:
			w.fail(&SkipError{Path: at, Reason: "symlink"})
		case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
			w.fail(&SkipError{Path: at, Reason: "special"})
		}
	}
	return nil
}

// count counts an entry, and reports whether it may be opened.
func (w *walker) count(name string) bool {
	if w.entries++; w.entries <= w.limits.Entries {
		return true
	}
	w.fail(&LimitError{Path: name, Reason: w.reason.entries, Detail: fmt.Sprintf("more than %d entries", w.limits.Entries)})
	w.stopped, w.told = true, true
	return false
}

// file yields a file in a container, or, if it is a container, what is in it.
func (w *walker) file(name string, size int64, r io.Reader, depth int) {
	if w.stopped {
		return
	}
	br, ok := r.(*bufio.Reader)
	if !ok || br.Size() < SniffLen {
		br = w.take(r, SniffLen)
		defer w.release(br)
	}
	head, err := br.Peek(SniffLen)
	if err != nil && err != io.EOF && len(head) == 0 {
		w.fail(w.typed(name, err))
		return
	}
	switch kind := Container(name, head); {
	case kind != "" && depth >= w.limits.Depth:
		w.fail(&LimitError{
			Path: name, Reason: w.reason.depth,
			Detail: fmt.Sprintf("containers nested deeper than %d", w.limits.Depth),
		})
	case kind != "":
		w.inner(kind, name, size, br, depth+1)
	case w.limits.EntrySize > 0 && size > w.limits.EntrySize:
		w.fail(&LimitError{Path: name, Reason: UserLimit, Detail: "larger than the size limit"})
	case isOffice(name, head):
		w.give(name, -1, newXMLText(br))
	default:
		w.give(name, size, br)
	}
}

// give yields a file.
func (w *walker) give(name string, size int64, r io.Reader) {
	if w.limits.EntrySize > 0 {
		r = &capped{r: r, left: w.limits.EntrySize, name: name}
	}
	if !w.yield(&Entry{Path: name, Size: size, Reader: &entryReader{w: w, name: name, r: r}}, nil) {
		w.stopped, w.told = true, true
	}
}

// inner opens a container inside a container.
func (w *walker) inner(kind, name string, size int64, r *bufio.Reader, depth int) {
	if kind != kindZip && kind != kindSQLite {
		if err := w.stream(kind, name, r, depth); err != nil && !w.told {
			w.fail(w.typed(name, err))
		}
		return
	}
	data, err := w.buffer(name, size, r)
	defer func() { w.buffered -= int64(cap(data)) }()
	if err != nil {
		w.fail(w.typed(name, err))
		return
	}
	err = w.container(kind, name, bytes.NewReader(data), int64(len(data)), depth)
	if err != nil && !w.stopped {
		// As its path promises, it is a file then.
		w.give(name, int64(len(data)), bytes.NewReader(data))
	}
}

// buffer reads a file that cannot be read from its start to its end.
func (w *walker) buffer(name string, size int64, r io.Reader) ([]byte, error) {
	tooLarge := &LimitError{Path: name, Reason: SafetyLimit, Detail: "too large for a container inside a container"}
	room := maxBuffered - w.buffered
	if size > room {
		return nil, tooLarge
	}
	var data []byte
	for {
		if len(data) == cap(data) {
			next := make([]byte, len(data), max(64<<10, 2*len(data)))
			copy(next, data)
			w.buffered += int64(cap(next) - cap(data))
			data = next
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case err == io.EOF:
			return data, nil
		case err != nil:
			return data, err
		case int64(len(data)) > room:
			return data, tooLarge
		}
	}
}

// join returns the path of an entry.
func join(container, inner string) string {
	if len(inner) > maxPath {
		inner = inner[:maxPath]
	}
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(inner, "\\", "/"), "/") {
		if part != "" && part != "." && part != ".." && !(len(parts) == 0 && len(part) == 2 && part[1] == ':') {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "_")
	}
	return container + "!" + strings.Join(parts, "/")
}
