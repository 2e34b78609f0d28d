package worktree

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

const (
	// wholeMax is the size in bytes up to which a file is one chunk.
	wholeMax = 4 << 20

	// growthMax is what a file may grow, beyond twice its size, while it is read.
	growthMax = 64 << 20

	// lfsHead begins the files that stand for content kept by git-lfs, which
	// are no larger than lfsMax.
	lfsHead = "version https://git-lfs.github.com/spec/v1\n"
	lfsMax  = 1024
)

// Cures of what is not there: met in a folder a moment ago, or given by the user.
const (
	cureRemoved = "scan again: it was removed during the scan"
	cureMissing = "check the path"
)

var (
	errSymlink   = errors.New("symbolic link")
	errGrowing   = errors.New("it grows as fast as it is read")
	errUserLimit = errors.New("size limit reached")
)

// A fileInfo is what is known of a file once it is open.
type fileInfo struct {
	size         int64
	regular, dir bool
}

// A file is one to be read: by whoever opens its chunk.
type file struct {
	outer  scan.Chunk
	src    *Source
	path   string // as it is reported
	name   string // as it is opened
	follow bool   // name may be a symbolic link
	stdin  bool   // read standard input instead
}

// yielder takes chunks and errors until it returns false.
type yielder = func(*scan.Chunk, error) bool

// open implements scan.Chunk.Open.
func (f *file) open(ctx context.Context, buf *scan.Buffer) iter.Seq2[*scan.Chunk, error] {
	return func(yield func(*scan.Chunk, error) bool) {
		if f.stdin {
			f.readStdin(ctx, buf, yield)
		} else {
			f.read(ctx, buf, yield)
		}
	}
}

// read hands out the content of a file.
func (f *file) read(ctx context.Context, buf *scan.Buffer, yield yielder) {
	if err := context.Cause(ctx); err != nil {
		yield(nil, err)
		return
	}
	h, info, err := openFile(f.name, f.follow)
	if err != nil {
		f.fail(ctx, err, yield)
		return
	}
	defer h.close()
	limit := f.src.opts.MaxFileSize
	switch {
	case info.dir:
		f.fail(ctx, errors.New("it was a file when its folder was read, and is a folder now"), yield)
		return
	case !info.regular:
		yield(nil, &scan.Skipped{Reason: reasonSpecial, Path: f.path})
		return
	case limit > 0 && info.size > limit:
		yield(nil, &scan.Skipped{Reason: reasonUserLimit, Path: f.path})
		return
	}
	if info.size <= wholeMax {
		data, more, err := readWhole(h, buf, int(info.size))
		if !more {
			f.whole(ctx, data, err, buf, yield)
			return
		}
		// It grew, or its size is none, as with files made up by the kernel.
		if err := h.rewind(); err != nil {
			f.fail(ctx, err, yield)
			return
		}
	}
	head := buf.Take(decode.SniffLen)
	n, _ := h.ReadAt(head, 0) // what is wrong with it is told when it is read
	enc := decode.Unknown
	if kind := f.src.archives().Kind(f.path, head[:n]); kind != "" && info.size > wholeMax {
		damaged, done := f.archive(ctx, kind, h, info.size, buf, yield)
		if !done || !damaged {
			return
		}
		enc = decode.Text // that is to say, plain bytes
	}
	f.stream(ctx, &bounded{r: h, left: 2*info.size + growthMax, err: errGrowing}, enc, buf, yield)
}

// archive hands out what is in a container. The results are those of
// [scan.Archives.Open].
func (f *file) archive(ctx context.Context, kind string, r io.ReaderAt, size int64, buf *scan.Buffer, yield yielder) (damaged, done bool) {
	return f.src.archives().Open(ctx, kind, scan.Chunk{Path: f.path}, r, size, buf, f.counted(yield))
}

// counted counts the chunks of a container on their way to yield.
func (f *file) counted(yield yielder) yielder {
	return func(c *scan.Chunk, err error) bool {
		if err == nil && c.Encoding != decode.Binary {
			f.src.count(c, c.Base.Byte == 0)
		}
		return yield(c, err)
	}
}

// readWhole reads a file of the given size, or reports that there is more.
// Where the file has become shorter it returns what is there.
func readWhole(r io.Reader, buf *scan.Buffer, size int) (data []byte, more bool, err error) {
	// The byte more tells without another call that the end was reached.
	data = buf.Take(size + 1)
	n := 0
	for n < size+1 {
		var m int
		m, err = r.Read(data[n:])
		n += m
		if err != nil || n == size {
			break
		}
	}
	if err == io.EOF {
		err = nil
	}
	return data[:min(n, size)], n > size, err
}

// whole hands out a file that was read into buf in one piece, up to err if that
// is not nil.
func (f *file) whole(ctx context.Context, data []byte, err error, buf *scan.Buffer, yield yielder) {
	enc := decode.Sniff(data)
	if kind := f.src.archives().Kind(f.path, data[:min(len(data), decode.SniffLen)]); kind != "" && err == nil {
		damaged, done := f.archive(ctx, kind, bytes.NewReader(data), int64(len(data)), buf.Next(), yield)
		if !done || !damaged {
			return
		}
		enc = decode.Text // that is to say, plain bytes
	}
	if enc == decode.Binary {
		f.binary(ctx, data, err, yield)
		return
	}
	c := &scan.Chunk{Path: f.path, Data: data, Encoding: enc}
	f.src.count(c, true)
	if len(data) > 0 && !yield(c, nil) {
		return
	}
	switch {
	case err != nil:
		f.fail(ctx, err, yield)
	case len(data) <= lfsMax && bytes.HasPrefix(data, []byte(lfsHead)):
		// What is here was scanned; what it stands for was not.
		yield(nil, &scan.Skipped{Reason: reasonLFS, Path: f.path})
	}
}

// binary hands out the head of a binary file.
func (f *file) binary(ctx context.Context, data []byte, err error, yield yielder) {
	head := &scan.Chunk{Path: f.path, Data: data[:min(len(data), scan.BinaryHead)], Encoding: decode.Binary}
	if !yield(head, nil) {
		return
	}
	if err != nil {
		f.fail(ctx, err, yield)
		return
	}
	yield(nil, &scan.Skipped{Reason: reasonBinary, Path: f.path})
}

// fail reports why f was not read, or not to its end.
func (f *file) fail(ctx context.Context, err error, yield yielder) {
	switch {
	case errors.Is(err, errSymlink): // put there since its folder was read
		yield(nil, &scan.Skipped{Reason: reasonSymlink, Path: f.path})
	case errors.Is(err, errUserLimit):
		yield(nil, &scan.Skipped{Reason: reasonUserLimit, Path: f.path})
	case errors.Is(err, errGrowing):
		yield(nil, &scan.Incomplete{
			Reason: reasonSafetyLimit, Path: f.path, Detail: err.Error(),
			Cure: "scan it again once nothing writes to it",
		})
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		yield(nil, err) // told to stop, not unable to go on
	default:
		yield(nil, unreadable(f.path, f.name, err))
	}
}

// unreadable returns the record of something that could not be read. where is
// its path as it is reported, name as it was opened.
func unreadable(where, name string, err error) *scan.Incomplete {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err // the path is in the record
	}
	i := &scan.Incomplete{Reason: reasonUnreadable, Path: where, Detail: err.Error()}
	info, statErr := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrPermission) && errors.Is(statErr, fs.ErrPermission):
		i.Cure = "chmod u+x " + scan.ShellPath(path.Dir(where)) // the folder does not let anyone look
	case errors.Is(err, fs.ErrPermission):
		i.Cure = "chmod -R u+rX " + scan.ShellPath(where)
	case errors.Is(err, fs.ErrNotExist) && statErr == nil && info.Mode()&fs.ModeSymlink != 0:
		i.Detail = "the symbolic link leads to nothing"
		i.Cure = "let it lead to something, or rm " + scan.ShellPath(where)
	case errors.Is(err, fs.ErrNotExist):
		i.Cure = cureRemoved
	default:
		i.Cure = "keysift scan " + scan.ShellPath(where)
	}
	return i
}
