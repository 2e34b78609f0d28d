//go:build !race

// The race detector makes a sync.Pool drop what it holds at random, so that
// allocations say nothing under it.

package scan_test

import (
	"bytes"
	"testing"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

// TestDecodedAllocations holds the scan of text with nothing encoded to use no
// memory for that.
func TestDecodedAllocations(t *testing.T) {
	text := bytes.Repeat([]byte("func (r *Reader) name(path string) error { return fmt.Errorf(\"reading %s: %w\\n\", path, err) } // github.com/name/of/a/repository\n"), 100)
	e := scan.New(testSet(t), scan.Options{})
	c := &scan.Chunk{Path: "a.go", Data: text, Encoding: decode.Text}
	if n := testing.AllocsPerRun(20, func() { e.Match(c) }); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
