package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// Options configure a [Source]. The zero value is ready to use.
type Options struct {
	// Exclude, if not nil, says of a path, relative to the top of the work
	// tree, whether to leave it out.
	Exclude func(path string) bool
	// MaxBlob is the size in bytes above which content is left out; 0 means
	// no limit.
	MaxBlob int64
	// Seen, if not nil, is told the path of every file that is handed out.
	Seen func(path string)
	// Archives says how containers are opened.
	Archives scan.Archives
}

// Stats say what a [Source] has brought so far.
type Stats struct {
	Files   int64 // staged files, or the message of a commit to be
	Blobs   int64 // of commits to be pushed
	Commits int64 // to be pushed
	Bytes   int64 // of files, blobs and messages
}

// A Source is what a commit or a push would add.
type Source struct {
	r        *Repository
	opts     Options
	exposure scan.Exposure
	steps    iter.Seq2[*step, error]
	known    []repo.Hash     // see step
	added    map[string]bool // see Added; nil until it is asked for

	files, blobs, commits, bytes atomic.Int64
}

// A step is a commit to be pushed, or what is about to become one.
type step struct {
	id    repo.Hash // of the commit; zero if it is about to become one
	texts []text
	files []file // those whose content no parent has at the same path
	// before returns what the step replaces: every version of a path that the
	// step touches, and some that are known in another way. It is called when
	// something was found, and at most once.
	before func() ([]version, error)
	// known are trees whose version of a path counts as one before, too.
	known []repo.Hash
}

// A text is a message.
type text struct {
	path string
	data []byte
	base scan.Position
	id   repo.Hash
}

// A file is content at a path of a step.
type file struct {
	path string
	mode uint32
	id   repo.Hash
	// added says that the index has the path and HEAD has not.
	added bool
	// skipped and failed say why there is no content to read, if so.
	skipped string
	failed  *scan.Incomplete
}

// A version is content at a path before a step.
type version struct {
	path string
	id   repo.Hash
}

const (

	// lfsHead begins the blobs that stand for content kept by git-lfs, which
	// are no larger than lfsMax.
	lfsHead = "version https://git-lfs.github.com/spec/v1\n"
	lfsMax  = 1024
)

// Stats returns what was handed out so far. It may be called at any time.
func (s *Source) Stats() Stats {
	return Stats{Files: s.files.Load(), Blobs: s.blobs.Load(), Commits: s.commits.Load(), Bytes: s.bytes.Load()}
}

// Chunks yields the content that the change brings: of each commit, oldest
// first, its message and the files that differ from those of all its parents.
func (s *Source) Chunks(ctx context.Context) iter.Seq2[*scan.Chunk, error] {
	return func(yield func(*scan.Chunk, error) bool) {
		for st, err := range s.steps {
			if err == nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				if !yield(nil, err) {
					return
				}
				continue
			}
			if !s.step(st, yield) {
				return
			}
		}
	}
}

// step yields the chunks of one step until yield returns false.
func (s *Source) step(st *step, yield func(*scan.Chunk, error) bool) bool {
	if !st.id.IsZero() {
		s.commits.Add(1)
	}
	for _, t := range st.texts {
		s.bytes.Add(int64(len(t.data)))
		c := &scan.Chunk{Path: t.path, Data: t.data, Base: t.base, Encoding: decode.Text, Exposure: s.exposure}
		if !t.id.IsZero() {
			c.Origin = &scan.Origin{Object: t.id.String(), Commit: st.id.String()}
		}
		if st.id.IsZero() {
			s.files.Add(1)
		}
		if !yield(c, nil) {
			return false
		}
	}
	for i := range st.files {
		f := &st.files[i]
		var err error
		switch {
		case f.failed != nil:
			err = f.failed
		case s.opts.Exclude != nil && s.opts.Exclude(f.path):
			err = &scan.Skipped{Reason: "excluded", Path: f.path}
		case f.skipped != "":
			err = &scan.Skipped{Reason: f.skipped, Path: f.path}
		}
		var c *scan.Chunk
		if err == nil {
			c = s.chunk(st, f)
			if s.opts.Seen != nil {
				s.opts.Seen(f.path)
			}
		}
		if !yield(c, err) {
			return false
		}
	}
	return true
}

// chunk returns a chunk that reads the file when it is opened.
func (s *Source) chunk(st *step, f *file) *scan.Chunk {
	origin := &scan.Origin{Object: f.id.String()}
	count := &s.files
	if !st.id.IsZero() {
		origin.Commit = st.id.String()
		count = &s.blobs
	}
	c := scan.Chunk{Path: f.path, Exposure: s.exposure, Origin: origin}
	return &scan.Chunk{
		Path: f.path,
		Open: func(ctx context.Context, buf *scan.Buffer) iter.Seq2[*scan.Chunk, error] {
			return func(yield func(*scan.Chunk, error) bool) { s.read(ctx, c, f, count, buf, yield) }
		},
	}
}

// read hands out the content of a file. c is what its chunks have in common.
func (s *Source) read(ctx context.Context, c scan.Chunk, f *file, count *atomic.Int64, buf *scan.Buffer, yield func(*scan.Chunk, error) bool) {
	if b := s.r.large(f.id); b != nil {
		defer b.file.Close()
		if s.opts.MaxBlob > 0 && b.size > s.opts.MaxBlob {
			yield(nil, &scan.Skipped{Reason: "user-limit", Path: f.path})
			return
		}
		s.readLarge(ctx, b, c, f, count, buf, yield)
		return
	}
	data, err := s.r.blob(f.path, f.id)
	if err != nil {
		yield(nil, err)
		return
	}
	if s.opts.MaxBlob > 0 && int64(len(data)) > s.opts.MaxBlob {
		yield(nil, &scan.Skipped{Reason: "user-limit", Path: f.path})
		return
	}
	c.Data, c.Encoding = data, decode.Sniff(data)
	if kind := s.opts.Archives.Kind(f.path, data[:min(len(data), decode.SniffLen)]); kind != "" {
		damaged, done := s.opts.Archives.Open(ctx, kind, c, bytes.NewReader(data), int64(len(data)), buf, yield)
		if !damaged || !done {
			s.counted(count, len(data))
			return
		}
		c.Encoding = decode.Text // whatever it is, it is looked at
	}
	skipped := ""
	switch {
	case c.Encoding == decode.Binary:
		c.Data, skipped = data[:min(len(data), scan.BinaryHead)], "binary"
	case len(data) <= lfsMax && bytes.HasPrefix(data, []byte(lfsHead)):
		skipped = "lfs" // what is here is scanned, what it stands for is not
	}
	if skipped != "binary" {
		s.counted(count, len(data))
	}
	if yield(&c, nil) && skipped != "" {
		yield(nil, &scan.Skipped{Reason: skipped, Path: f.path})
	}
}

// counted adds a file to those that were handed out.
func (s *Source) counted(count *atomic.Int64, size int) {
	count.Add(1)
	s.bytes.Add(int64(size))
}

// readLarge is read for content that is read in windows.
func (s *Source) readLarge(ctx context.Context, b *largeBlob, c scan.Chunk, f *file, count *atomic.Int64, buf *scan.Buffer, yield func(*scan.Chunk, error) bool) {
	in, head := b.open()
	if kind := s.opts.Archives.Kind(f.path, head); kind != "" {
		damaged, done := s.opts.Archives.OpenStream(ctx, kind, c, in, buf.Next(), yield)
		if !damaged || !done {
			s.counted(count, int(b.size))
			return
		}
		again := s.r.large(f.id)
		if again == nil {
			yield(nil, s.r.incomplete(f.path, f.id, errChanged))
			return
		}
		defer again.file.Close()
		in, _ = again.open()
		c.Encoding = decode.Text
	}
	enc, done, err := scan.Windows(ctx, c, in, buf, func(c *scan.Chunk) bool { return yield(c, nil) })
	switch {
	case !done:
	case err != nil && ctx.Err() != nil:
		yield(nil, err)
	case err != nil:
		yield(nil, s.r.incomplete(f.path, f.id, err))
	case enc == decode.Binary:
		yield(nil, &scan.Skipped{Reason: "binary", Path: f.path})
	default:
		s.counted(count, int(b.size))
	}
}

// kind returns why what stands at a path with this mode is not read, empty if
// it is.
func kind(mode uint32) string {
	switch mode & repo.ModeType {
	case repo.ModeSymlink:
		return "symlink"
	case repo.ModeGitlink:
		return "submodule"
	}
	return ""
}

// blob reads the content of a path. An error is a *scan.Incomplete.
func (r *Repository) blob(path string, id repo.Hash) ([]byte, error) {
	t, data, err := r.store.Get(packID(id))
	if err == nil && t != pack.Blob {
		err = fmt.Errorf("object %s is a %s", id, t)
	}
	if err != nil {
		return nil, r.incomplete(path, id, err)
	}
	return data, nil
}

// incomplete returns the record of an object that could not be read. id is
// zero if it is not known which.
func (r *Repository) incomplete(path string, id repo.Hash, err error) *scan.Incomplete {
	i := &scan.Incomplete{Reason: "bad-object", Path: path, Detail: err.Error(), Cure: "git fsck --full"}
	switch {
	case errors.Is(err, pack.ErrTooLarge):
		i.Reason, i.Cure = "safety-limit", "leave large content out with --max-file-size"
	case errors.Is(err, pack.ErrNotFound):
		i.Reason = "missing-object"
		if r.store.Partial() {
			i.Reason, i.Cure = "partial-clone", "git fetch --refetch --no-filter"
			if !id.IsZero() {
				i.Cure = "git cat-file -e " + id.String()
			}
		}
	}
	return i
}
