package worktree

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

// text returns n bytes of lines of any length, in the encoding.
func text(rnd *rand.Rand, n int, enc decode.Encoding) []byte {
	b := make([]byte, 0, n+2)
	for len(b) < n {
		line := rnd.IntN(200)
		if rnd.IntN(50) == 0 {
			line = rnd.IntN(2 * scan.WindowSize)
		}
		for range min(line, n-len(b)) {
			b = appendUnit(b, byte('a'+rnd.IntN(26)), enc)
		}
		b = appendUnit(b, '\n', enc)
	}
	return b[:n]
}

func appendUnit(b []byte, c byte, enc decode.Encoding) []byte {
	switch enc {
	case decode.UTF16LE:
		return append(b, c, 0)
	case decode.UTF16BE:
		return append(b, 0, c)
	}
	return append(b, c)
}

// positionOf is the plain definition of a position; p is an earlier one.
func positionOf(content []byte, p scan.Position, offset int, enc decode.Encoding) scan.Position {
	step := 1
	if enc != decode.Text {
		step = 2
	}
	newline := appendUnit(nil, '\n', enc)
	for i := int(p.Byte); i < offset; i += step {
		p.Byte += int64(step)
		p.Column += step
		if bytes.HasPrefix(content[i:], newline) {
			p.Line++
			p.Column = 1
		}
	}
	return p
}

// Windows own each byte once, show the context they promise, and stand where
// they say.
func TestWindows(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	const own = scan.WindowSize - 2*scan.WindowContext
	sizes := []int{0, 10, scan.WindowContext, scan.WindowSize - 2, scan.WindowSize, scan.WindowSize + 2, scan.WindowSize + own, 2*own + scan.WindowContext, 4*own + 12346}
	for _, enc := range []decode.Encoding{decode.Text, decode.UTF16LE, decode.UTF16BE} {
		context := scan.WindowContext
		if enc != decode.Text {
			context *= 2
		}
		for _, size := range sizes {
			content := text(rnd, size, enc)
			readers := []io.Reader{bytes.NewReader(content), iotest.DataErrReader(bytes.NewReader(content))}
			for i, r := range readers {
				chunks := stream(t, r)
				end, base := 0, scan.Position{Line: 1, Column: 1}
				for j, c := range chunks {
					if size > 0 && c.Encoding != enc {
						t.Fatalf("%d bytes, reader %d, window %d: encoding %d, want %d", size, i, j, c.Encoding, enc)
					}
					start := int(c.Base.Byte)
					if start+c.Lead != end {
						t.Fatalf("%d bytes, reader %d, window %d owns from %d, want %d", size, i, j, start+c.Lead, end)
					}
					end = start + len(c.Data) - c.Trail
					if !bytes.Equal(c.Data, content[start:start+len(c.Data)]) {
						t.Fatalf("%d bytes, reader %d, window %d: not what stands at %d", size, i, j, start)
					}
					if base = positionOf(content, base, start, c.Encoding); c.Base != base {
						t.Errorf("%d bytes, reader %d, window %d begins at %+v, want %+v", size, i, j, c.Base, base)
					}
					if j > 0 && c.Lead != context || j < len(chunks)-1 && c.Trail != context {
						t.Errorf("%d bytes, reader %d, window %d: lead %d, trail %d, want %d", size, i, j, c.Lead, c.Trail, context)
					}
				}
				if end != size {
					t.Errorf("%d bytes, reader %d: windows own up to %d", size, i, end)
				}
			}
		}
	}
}

// stream returns copies of the windows of what r reads.
func stream(t *testing.T, r io.Reader) []scan.Chunk {
	t.Helper()
	f := &file{src: new(Source), path: "f"}
	var chunks []scan.Chunk
	f.stream(context.Background(), r, decode.Unknown, new(scan.Buffer), func(c *scan.Chunk, err error) bool {
		check(t, err)
		chunk := *c
		chunk.Data = bytes.Clone(c.Data)
		chunks = append(chunks, chunk)
		return true
	})
	return chunks
}

// A line of 100 MB keeps its columns, and takes no more memory than a window.
func TestLongLine(t *testing.T) {
	size := int64(100 << 20)
	if testing.Short() {
		size = 10 << 20
	}
	r := io.LimitReader(endless('x'), size)
	f := &file{src: new(Source), path: "f"}
	var end int64
	var buf scan.Buffer
	f.stream(context.Background(), r, decode.Unknown, &buf, func(c *scan.Chunk, err error) bool {
		check(t, err)
		if c.Base.Line != 1 || int64(c.Base.Column) != c.Base.Byte+1 {
			t.Fatalf("window begins at %+v", c.Base)
		}
		end = c.Base.Byte + int64(len(c.Data)-c.Trail)
		return true
	})
	if end != size {
		t.Errorf("windows end at %d, want %d", end, size)
	}
}

// An endless reader gives one byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte{byte(e)}, len(p))), nil
}

func TestReadErrorKeepsWhatWasRead(t *testing.T) {
	for _, size := range []int{10, scan.WindowSize, scan.WindowSize + 10} {
		r := io.MultiReader(io.LimitReader(endless('x'), int64(size)), iotest.ErrReader(errors.New("input/output error")))
		f := &file{src: new(Source), path: "f"}
		got := 0
		var last error
		f.stream(context.Background(), r, decode.Unknown, new(scan.Buffer), func(c *scan.Chunk, err error) bool {
			last = err
			if err == nil {
				got += len(c.Data) - c.Lead - c.Trail
			}
			return true
		})
		want := "f: unreadable: input/output error"
		if got != size || last == nil || last.Error() != want {
			t.Errorf("%d bytes and an error: %d bytes and %v, want %s", size, got, last, want)
		}
	}
}

// A file that does not stop growing is given up as incomplete.
func TestGrowing(t *testing.T) {
	f := &file{src: new(Source), path: "f"}
	var got int64
	var last error
	r := &bounded{r: endless('x'), left: 3 * scan.WindowSize, err: errGrowing}
	f.stream(context.Background(), r, decode.Unknown, new(scan.Buffer), func(c *scan.Chunk, err error) bool {
		last = err
		if err == nil {
			got += int64(len(c.Data) - c.Lead - c.Trail)
		}
		return true
	})
	var incomplete *scan.Incomplete
	if !errors.As(last, &incomplete) || incomplete.Reason != "safety-limit" || got != 3*scan.WindowSize {
		t.Errorf("%d bytes, then %v; want %d and a safety-limit", got, last, 3*scan.WindowSize)
	}
}

func TestReadWhole(t *testing.T) {
	tests := []struct {
		name, content string
		size          int
		want          string
		more          bool
	}{
		{"as expected", "12345", 5, "12345", false},
		{"empty", "", 0, "", false},
		{"shrunk", "123", 5, "123", false},
		{"shrunk to nothing", "", 5, "", false},
		{"grown", "123456", 5, "12345", true},
		{"size unknown", "1", 0, "", true},
	}
	for _, tt := range tests {
		for _, r := range []io.Reader{strings.NewReader(tt.content), iotest.OneByteReader(strings.NewReader(tt.content))} {
			got, more, err := readWhole(r, new(scan.Buffer), tt.size)
			// Byte by byte, the end of the expected size is the end.
			if _, slow := r.(*strings.Reader); !slow && tt.name == "grown" {
				continue
			}
			if string(got) != tt.want || more != tt.more || err != nil {
				t.Errorf("%s: readWhole = %q, %v, %v, want %q, %v", tt.name, got, more, err, tt.want, tt.more)
			}
		}
	}
}

// Files on both sides of the bound between one piece and windows come whole.
func TestLargeFiles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	for _, size := range []int{wholeMax - 1, wholeMax, wholeMax + 1, 3*wholeMax + 5} {
		content := string(text(rnd, size, decode.Text))
		writeTree(t, map[string]string{"a": content})
		compare(t, "large file", scanAll(t, []string{"a"}, Options{}), []event{event("file a " + content)})
	}
	writeTree(t, map[string]string{"a": "\x00" + strings.Repeat("x", 2*wholeMax)})
	compare(t, "large binary", scanAll(t, []string{"a"}, Options{}),
		[]event{event("file a \x00" + strings.Repeat("x", scan.BinaryHead-1)), "skipped binary a"})
}

// A file that is cut while its windows are read is read as far as it goes.
func TestShrinksWhileRead(t *testing.T) {
	writeTree(t, map[string]string{"a": strings.Repeat("x", 3*wholeMax)})
	s, err := New([]string{"a"}, Options{})
	check(t, err)
	for c, err := range s.Chunks(context.Background()) {
		check(t, err)
		windows := 0
		for _, err := range c.Open(context.Background(), new(scan.Buffer)) {
			check(t, err)
			if windows++; windows == 2 {
				check(t, os.Truncate("a", wholeMax))
			}
		}
		if windows < 3 || windows > 5 {
			t.Errorf("%d windows of a file that was cut to a third, want few", windows)
		}
	}
}
