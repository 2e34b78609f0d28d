package history

import (
	"bytes"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

const (
	// binaryHead is how much of a binary blob is scanned, for formats that are
	// known by their first bytes.
	binaryHead = 4 << 10

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
	trace *rules.Trace // where to note what is seen
}

// contents matches what a blob holds under one path. All that any run looks at
// of blobs goes to the engine here. Without a lens the blob is read as a whole;
// with one, what it shares with its base is not read again.
//
// A finding's path starts with the given one.
func (r *run) contents(path string, data []byte, by *lens) ([]scan.Finding, kind) {
	c := scan.Chunk{Path: path, Data: data, Encoding: decode.Sniff(data)}
	k := textKind
	switch {
	case c.Encoding == decode.Binary:
		c.Data, k = data[:min(len(data), binaryHead)], binaryKind
		if by != nil {
			*by.trace, by = rules.Trace{}, nil // deltas copy from more than was seen
		}
	case isLFS(data):
		k = lfsKind
	}
	if by == nil {
		return r.engine.Match(&c), k
	}
	return r.engine.MatchDelta(&c, by.Delta, by.trace), k
}

func isLFS(data []byte) bool { return len(data) <= lfsMax && bytes.HasPrefix(data, []byte(lfsHead)) }
