package worktree

import (
	"context"
	"io"

	"github.com/keysift/keysift/internal/scan"
)

// stdinBlock is how much of standard input is read at once, in bytes.
const stdinBlock = 128 << 10

// readStdin hands out what standard input holds.
func (f *file) readStdin(ctx context.Context, buf *scan.Buffer, yield yielder) {
	in := f.src.opts.Stdin
	if in == nil {
		return
	}
	r := newStoppable(ctx, in)
	defer r.stop()
	if limit := f.src.opts.MaxFileSize; limit > 0 {
		f.stream(ctx, &bounded{r: r, left: limit, err: errUserLimit}, buf, yield)
		return
	}
	f.stream(ctx, r, buf, yield)
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
