// Package scan finds credentials in chunks of text.
//
// It knows nothing of files, git, the command line or reports: a [Source]
// brings it [Chunk] values and it yields [Finding] values in the order of the
// chunks, the same at any number of workers.
package scan

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/rules"
)

// An Exposure says how far a credential has travelled, see CLI.md "Records".
type Exposure uint8

// Exposures in rising order. NoExposure is that of text outside a repository.
const (
	NoExposure Exposure = iota
	Ignored
	Unignored
	Staged
	Unreachable
	Stash
	Reflog
	Committed
	Pushed
	Tagged
)

var exposureNames = [...]string{"", "ignored", "unignored", "staged", "unreachable", "stash", "reflog", "committed", "pushed", "tagged"}

// String returns the name used in flags and reports; that of NoExposure is empty.
func (e Exposure) String() string {
	if int(e) < len(exposureNames) {
		return exposureNames[e]
	}
	return fmt.Sprintf("unknown(%d)", int(e))
}

// ParseExposure is the inverse of [Exposure.String]; the empty name is an error.
func ParseExposure(s string) (Exposure, error) {
	for i, n := range exposureNames {
		if i > 0 && n == s {
			return Exposure(i), nil
		}
	}
	return 0, fmt.Errorf("unknown exposure %q, want one of %q", s, exposureNames[1:])
}

// A Position is a place in the scanned content as its owner sees it: before
// any decoding.
type Position struct {
	Line   int   // 1-based; lines end in "\n"
	Column int   // 1-based, in bytes
	Byte   int64 // 0-based offset
	Char   int   // Column in code points; 0 if it is the same or not known
}

// An Origin says which object of a repository a chunk came from.
type Origin struct {
	Commit string // id of a commit, if the chunk belongs to one
	Object string // id of the blob, commit or tag
	Ref    string // name of the ref, if the chunk is its name
	Head   bool   // HEAD has the object at this path
	Time   int64  // of Commit, in seconds since 1970; 0 if it is not known
}

// A Chunk is a piece of content: a whole file or one window of it.
type Chunk struct {
	Path string
	Data []byte
	// Base is the position of Data[0]; its zero value is the start of the content.
	Base Position
	// Lead and Trail are the numbers of bytes at the start and the end of Data
	// that are there only as context. A finding belongs to the chunk in which
	// it starts outside of both; one that starts in them is not reported.
	Lead, Trail int
	// Encoding of Data. For decode.Unknown it is sniffed from Data, which
	// must then be the start of the content.
	Encoding decode.Encoding
	Exposure Exposure
	Origin   *Origin // nil outside history

	// Report, if not nil, is called with what was left out of the chunk, each an
	// [*Incomplete] or a [*Skipped]. [Engine.Scan] yields it otherwise.
	Report func(error)

	// Open, if not nil, replaces Data: the worker that scans the chunk calls
	// it and scans what it yields, one after the other. buf is the worker's
	// own and may be used until the next chunk is asked for.
	Open func(ctx context.Context, buf *Buffer) iter.Seq2[*Chunk, error]
}

// A Buffer is memory that a worker lends to the chunks it opens.
type Buffer struct {
	bytes []byte
	next  *Buffer
}

// Next returns a buffer for what is opened from what is in b.
func (b *Buffer) Next() *Buffer {
	if b.next == nil {
		b.next = new(Buffer)
	}
	return b.next
}

// Take returns n bytes of the buffer, whose content is arbitrary. Memory taken
// before becomes invalid.
func (b *Buffer) Take(n int) []byte {
	if cap(b.bytes) < n {
		b.bytes = make([]byte, n)
	}
	return b.bytes[:n]
}

// A Source brings content. An error it yields is content that could not be
// read (an [*Incomplete]) or was left out by rule (a [*Skipped]); the sequence
// goes on after it. Any other error ends the scan.
type Source interface {
	Chunks(ctx context.Context) iter.Seq2[*Chunk, error]
}

// An Incomplete is content that could not be read. It makes a run end with
// status 2: what was not looked at is never called clean.
type Incomplete struct {
	Reason string // one of the reasons of CLI.md "Exit status"
	Path   string
	Detail string
	Cure   string // the command or act that cures it; may be empty
}

// Error describes what could not be read and why.
func (e *Incomplete) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s: %s", e.Reason, e.Detail)
	}
	return fmt.Sprintf("%s: %s: %s", e.Path, e.Reason, e.Detail)
}

// A Skipped is content that is left out by rule. It is counted, and does not
// change the status of a run.
type Skipped struct {
	Reason string // one of the reasons of CLI.md "Exit status"
	Path   string
}

// Error describes what was left out and why.
func (e *Skipped) Error() string { return e.Path + ": skipped: " + e.Reason }

// An Identity is a public part of a credential that lets its owner find it.
type Identity struct{ Name, Value string }

// A Suppression says what decided that a finding is not to be reported.
type Suppression struct {
	By     string // inline, baseline or config
	Reason string
}

// A Finding is one credential at one place.
type Finding struct {
	Rule       *rules.Rule
	Secret     Secret
	Path       string
	Start, End Position // End is exclusive in Column and Byte
	Score      float64  // probability that it is a real credential, 0 to 1
	Confidence rules.Confidence
	Severity   rules.Severity // the rule's, or lower where a check says so
	Reason     string         // why Confidence is what it is, as "checksum valid"
	Identity   []Identity
	Expires    time.Time // zero if not known
	Exposure   Exposure
	Origin     *Origin
	Decoded    []string // the encodings that were undone, outermost first
	Suppressed *Suppression
	Hint       string // what its owner should know of it beside advice; may be empty
}
