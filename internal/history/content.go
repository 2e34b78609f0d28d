package history

import (
	"bytes"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

const (

	// lfsHead begins the blobs that stand for content kept by git-lfs, which
	// are no larger than lfsMax.
	lfsHead = "version https://git-lfs.github.com/spec/v1\n"
	lfsMax  = 1024
)

// A kind says what a blob is, as far as that decides what is read of it. A
// cache keeps it, so that numbers are not to change.
type kind byte

const (
	textKind kind = iota
	binaryKind
	lfsKind
)

// skipped returns the reason for which blobs of a kind are counted as skipped,
// empty if they are read as a whole.
func (k kind) skipped() string {
	switch k {
	case binaryKind:
		return "binary"
	case lfsKind:
		return "lfs"
	}
	return ""
}

// A lens shows the engine a blob by way of another one that it was made from.
type lens struct {
	scan.Delta
	trace *scan.Trace // where to note what is seen
}

// contents matches what a blob holds under one path. All that any run looks at
// of blobs goes to the engine here. Without a lens the blob is read as a whole;
// with one, what it shares with its base is not read again.
//
// A finding's path starts with the given one. What was left out of the blob is
// in errs, each an [*scan.Incomplete] or a [*scan.Skipped].
func (r *run) contents(path string, data []byte, by *lens) (found []scan.Finding, k kind, errs []error) {
	c := scan.Chunk{
		Path: path, Data: data, Encoding: decode.Sniff(data),
		Report: func(err error) { errs = append(errs, err) },
	}
	if kind := r.opts.Archives.Kind(path, data[:min(len(data), decode.SniffLen)]); kind != "" {
		if by != nil {
			*by.trace = scan.Trace{} // of another text than that which deltas copy from
		}
		found, left := r.engine.MatchArchive(r.ctx, r.opts.Archives, kind, &c, bytes.NewReader(data), int64(len(data)))
		return found, textKind, append(errs, left...)
	}
	switch {
	case c.Encoding == decode.Binary:
		c.Data, k = data[:min(len(data), scan.BinaryHead)], binaryKind
		if by != nil {
			*by.trace, by = scan.Trace{}, nil // deltas copy from more than was seen
		}
	case isLFS(data):
		k = lfsKind
	}
	if by == nil {
		found = r.engine.Match(&c)
		return found, k, errs
	}
	found = r.engine.MatchDelta(&c, by.Delta, by.trace)
	return found, k, errs
}

func isLFS(data []byte) bool { return len(data) <= lfsMax && bytes.HasPrefix(data, []byte(lfsHead)) }
