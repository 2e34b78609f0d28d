package scan

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/keysift/keysift/internal/decode"
)

// Archives say how to look into archives, documents and other containers. The
// zero value is ready to use.
type Archives struct {
	// Depth is how many containers are opened one inside the other. 0 means 3,
	// and that what is nested deeper is told as incomplete; a bound that is set
	// is the user's, who knows. None is opened if it is negative.
	Depth int

	// EntrySize is the size in bytes above which what is in a container is left
	// out; 0 means no limit.
	EntrySize int64
}

// Kind returns the kind of container that content is, given its path and its
// first decode.SniffLen bytes, or "" if it is none to be opened.
func (a Archives) Kind(path string, head []byte) string {
	if a.Depth < 0 || len(head) == 0 {
		return ""
	}
	return decode.Container(path, head)
}

func (a Archives) limits() decode.Limits {
	return decode.Limits{Depth: a.Depth, EntrySize: a.EntrySize}
}

// Open hands out what is in a container of a kind that Kind returned: chunks
// that have path, data and positions of their own and all else of c, and errors,
// each an [*Incomplete], a [*Skipped], or that of ctx. size is that of r.
//
// The container is damaged if it, or anything in it, could not be opened though
// no bound was reached: it is then to be scanned as plain bytes, too. done is
// false if yield has returned false.
func (a Archives) Open(ctx context.Context, kind string, c Chunk, r io.ReaderAt, size int64, buf *Buffer, yield func(*Chunk, error) bool) (damaged, done bool) {
	return handOut(ctx, decode.Walk(ctx, kind, c.Path, r, size, a.limits()), c, buf, yield)
}

// OpenStream is Open for a container that can be read only once. Of those kinds
// that must be in memory for that, what is too large is an [*Incomplete].
func (a Archives) OpenStream(ctx context.Context, kind string, c Chunk, r io.Reader, buf *Buffer, yield func(*Chunk, error) bool) (damaged, done bool) {
	return handOut(ctx, decode.WalkStream(ctx, kind, c.Path, r, a.limits()), c, buf, yield)
}

// handOut hands out what a walk through a container comes by.
func handOut(ctx context.Context, walk iter.Seq2[*decode.Entry, error], c Chunk, buf *Buffer, yield func(*Chunk, error) bool) (damaged, done bool) {
	o := opened{name: c.Path, yield: yield}
	for e, err := range walk {
		switch {
		case err == nil:
			c.Path, c.Encoding = e.Path, decode.Unknown
			err = o.entry(ctx, e, c, buf)
		case isDamage(err):
			o.damaged = true
			if me, ok := errors.AsType[*decode.MalformedError](err); ok && me.Path == o.name {
				err = nil // all of it will be scanned
			}
		}
		if err != nil && !o.stopped {
			o.stopped = !o.tell(ctx, err)
		}
		if o.stopped {
			return o.damaged, false
		}
	}
	return o.damaged, true
}

// An opened container is one that is being handed out.
type opened struct {
	name    string
	yield   func(*Chunk, error) bool
	damaged bool
	stopped bool // yield has returned false
	told    int  // records
	more    map[string]error
}

// entry hands out a file, and returns why that was not to its end.
func (o *opened) entry(ctx context.Context, e *decode.Entry, c Chunk, buf *Buffer) error {
	enc, done, err := Windows(ctx, c, e, buf, func(c *Chunk) bool { return o.yield(c, nil) })
	o.stopped = !done
	o.damaged = o.damaged || isDamage(err)
	if err == nil && enc == decode.Binary {
		err = &decode.SkipError{Path: e.Path, Reason: "binary"}
	}
	return err
}

// maxTold is how many things in a container are told by their names. An archive
// made to do harm may have a million.
const maxTold = 100

// tell yields the record of what was left out, and reports whether to go on.
func (o *opened) tell(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return o.yield(nil, err)
	}
	record := leftOut(o.name, err)
	if o.told++; o.told <= maxTold {
		return o.yield(nil, record)
	}
	switch record := record.(type) {
	case *Skipped:
		return o.yield(nil, o.again(record.Reason, &Skipped{Reason: record.Reason, Path: o.name}))
	case *Incomplete:
		if o.more[record.Reason] != nil {
			return true
		}
		return o.yield(nil, o.again(record.Reason, &Incomplete{
			Reason: record.Reason, Path: o.name, Detail: "there is more of this: " + record.Detail, Cure: record.Cure,
		}))
	}
	return o.yield(nil, record)
}

// again returns one record for all that are left out for a reason.
func (o *opened) again(reason string, record error) error {
	if o.more == nil {
		o.more = map[string]error{}
	}
	if o.more[reason] == nil {
		o.more[reason] = record
	}
	return o.more[reason]
}

// isDamage reports whether an error says that content is damaged.
func isDamage(err error) bool {
	_, ok := errors.AsType[*decode.MalformedError](err)
	return ok
}

// leftOut returns the record of something that was not decoded or opened.
func leftOut(name string, err error) error {
	if se, ok := errors.AsType[*decode.SkipError](err); ok {
		return &Skipped{Reason: se.Reason, Path: se.Path}
	}
	if me, ok := errors.AsType[*decode.MalformedError](err); ok {
		return &Skipped{Reason: "malformed", Path: me.Path}
	}
	le, ok := errors.AsType[*decode.LimitError](err)
	if !ok {
		return &Incomplete{Reason: "unreadable", Path: name, Detail: err.Error(), Cure: "scan it again"}
	}
	if le.Path != "" {
		name = le.Path
	}
	if le.Reason == decode.UserLimit {
		return &Skipped{Reason: le.Reason, Path: name}
	}
	return &Incomplete{Reason: le.Reason, Path: name, Detail: le.Detail, Cure: cureOf(le)}
}

func cureOf(le *decode.LimitError) string {
	switch {
	case strings.Contains(le.Detail, "encodings nested"):
		return "raise --max-decode-depth"
	case strings.Contains(le.Detail, "containers nested"):
		return "raise --max-archive-depth"
	}
	return "unpack it and scan what is in it"
}

// FileOf returns the path of the file in which that lies which a path names: the
// path itself, or that of the outermost container.
func FileOf(path string) string {
	file, _, _ := strings.Cut(path, "!")
	return file
}

// MatchArchive is Match for a chunk whose data is a container of a kind that
// [Archives.Kind] returned. What could not be read is in errs.
func (e *Engine) MatchArchive(ctx context.Context, a Archives, kind string, c *Chunk, r io.ReaderAt, size int64) (found []Finding, errs []error) {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	w.errs = w.errs[:0]
	match := func(c *Chunk, err error) bool {
		if err != nil {
			errs = append(errs, err)
		} else {
			found = append(found, w.match(c)...)
		}
		return true
	}
	if damaged, _ := a.Open(ctx, kind, *c, r, size, &w.buf, match); damaged {
		plain := *c
		plain.Encoding = decode.Text
		_, _, err := Windows(ctx, plain, io.NewSectionReader(r, 0, size), &w.buf, func(c *Chunk) bool { return match(c, nil) })
		if err != nil {
			errs = append(errs, err)
		}
	}
	return found, append(errs, w.errs...)
}
