package worktree

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

// stdinBlock is how much of standard input is read at once, in bytes.
const stdinBlock = 128 << 10

// readStdin hands out what standard input holds.
func (f *file) readStdin(ctx context.Context, buf *scan.Buffer, yield yielder) {
	if f.src.opts.Stdin == nil {
		return
	}
	r := newStoppable(ctx, f.src.opts.Stdin)
	defer r.stop()
	var in io.Reader = r
	if limit := f.src.opts.MaxFileSize; limit > 0 {
		in = &bounded{r: r, left: limit, err: errUserLimit}
	}
	peeked := bufio.NewReaderSize(in, decode.SniffLen)
	head, _ := peeked.Peek(decode.SniffLen) // an error comes again
	if kind := f.src.archives().Kind(f.path, head); kind != "" {
		f.stdinArchive(ctx, kind, peeked, buf, yield)
		return
	}
	f.stream(ctx, peeked, decode.Unknown, buf, yield)
}

// stdinArchive hands out what is in a container. A small one is read as a whole,
// so that it can be scanned as plain bytes if it is damaged.
func (f *file) stdinArchive(ctx context.Context, kind string, r io.Reader, buf *scan.Buffer, yield yielder) {
	data := buf.Take(wholeMax)
	if n, err := io.ReadFull(r, data); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		f.whole(ctx, data[:n], err, buf, yield)
		return
	}
	rest := &failing{r: io.MultiReader(bytes.NewReader(data), r)}
	damaged, done := f.src.archives().OpenStream(ctx, kind, scan.Chunk{Path: f.path}, rest, buf.Next(), f.counted(yield))
	switch {
	case !done:
	case rest.err != nil:
		f.fail(ctx, rest.err, yield)
	case damaged:
		yield(nil, &scan.Incomplete{
			Reason: reasonUnreadable, Path: f.path, Detail: "what is behind a damaged part could not be read",
			Cure: "scan it as a file",
		})
	}
}

// A failing reader keeps the error that ended the reading.
type failing struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (f *failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// A stoppable reader gives up waiting when its context ends, which a read from
// a terminal or a pipe does not. A goroutine reads one block ahead; one that
// waits for input then is left to the end of the process.
type stoppable struct {
	ctx    context.Context
	cancel context.CancelFunc
	blocks chan block
	free   chan []byte
	rest   []byte
	used   []byte
	err    error
}

type block struct {
	data []byte
	err  error
}

func newStoppable(ctx context.Context, in io.Reader) *stoppable {
	ctx, cancel := context.WithCancel(ctx)
	s := &stoppable{ctx: ctx, cancel: cancel, blocks: make(chan block), free: make(chan []byte, 2)}
	s.free <- make([]byte, stdinBlock)
	s.free <- make([]byte, stdinBlock)
	go s.fetch(in)
	return s
}

func (s *stoppable) fetch(in io.Reader) {
	for {
		select {
		case buf := <-s.free:
			n, err := in.Read(buf)
			select {
			case s.blocks <- block{buf[:n], err}:
			case <-s.ctx.Done():
				return
			}
			if err != nil {
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// Read implements io.Reader.
func (s *stoppable) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		if s.used != nil {
			s.free <- s.used[:stdinBlock]
		}
		select {
		case b := <-s.blocks:
			s.rest, s.used, s.err = b.data, b.data, b.err
		case <-s.ctx.Done():
			s.used = nil
			return 0, context.Cause(s.ctx)
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	if len(s.rest) == 0 && s.err != nil {
		return n, s.err
	}
	return n, nil
}

func (s *stoppable) stop() { s.cancel() }
