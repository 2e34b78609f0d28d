package fix

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"
)

// maxListSize is how large an ignore list may be to be edited, in bytes.
const maxListSize = 16 << 20

var (
	errNotText  = errors.New("it is no text of single bytes")
	errTooLarge = errors.New("it is too large to be edited")
)

// A textFile is a text taken apart so that putting it together again changes
// no byte.
type textFile struct {
	bom   bool
	eol   string   // of most lines
	lines []string // with their ends
}

func parseText(data []byte) (*textFile, error) {
	switch {
	case len(data) > maxListSize:
		return nil, errTooLarge
	case bytes.IndexByte(data, 0) >= 0: // UTF-16, or no text at all
		return nil, errNotText
	}
	t := &textFile{eol: "\n"}
	data, t.bom = bytes.CutPrefix(data, []byte("\xef\xbb\xbf"))
	if crlf := bytes.Count(data, []byte("\r\n")); 2*crlf > bytes.Count(data, []byte("\n")) {
		t.eol = "\r\n"
	}
	for line := range strings.Lines(string(data)) {
		t.lines = append(t.lines, line)
	}
	return t, nil
}

func (t *textFile) bytes() []byte {
	text := strings.Join(t.lines, "")
	if t.bom {
		text = "\xef\xbb\xbf" + text
	}
	return []byte(text)
}

// body returns a line without its end.
func (t *textFile) body(i int) string { return strings.TrimRight(t.lines[i], "\r\n") }

// has reports whether a line is there already.
func (t *textFile) has(line string) bool {
	for i := range t.lines {
		if t.body(i) == line {
			return true
		}
	}
	return false
}

// insert puts a line before line i. A text whose last line has no end keeps
// that form.
func (t *textFile) insert(i int, line string) {
	if i < len(t.lines) {
		t.lines = slices.Insert(t.lines, i, line+t.eol)
		return
	}
	if n := len(t.lines); n > 0 && !strings.HasSuffix(t.lines[n-1], "\n") {
		t.lines[n-1] += t.eol
		t.lines = append(t.lines, line)
		return
	}
	t.lines = append(t.lines, line+t.eol)
}

// A block is a run of patterns without an empty line or a comment in it.
type block struct {
	start, end int
	comment    string // the line above it
}

func (t *textFile) blocks() []block {
	var out []block
	open := false
	for i := range t.lines {
		text := strings.TrimSpace(t.body(i))
		if text == "" || text[0] == '#' {
			open = false
			continue
		}
		if !open {
			b := block{start: i}
			if i > 0 {
				if above := strings.TrimSpace(t.body(i - 1)); strings.HasPrefix(above, "#") {
					b.comment = above
				}
			}
			out, open = append(out, b), true
		}
		out[len(out)-1].end = i + 1
	}
	return out
}

// addPattern puts a pattern where its like stand: in the block that has the
// most in common with it, in order if that is in order, else at its end. With
// no such block it becomes one of its own at the end of the text; joined says
// that the last block is one of ours, which takes it.
func (t *textFile) addPattern(line string, joined bool) {
	best, score := block{}, 0
	for _, b := range t.blocks() {
		if s := t.affinity(&b, line); s >= score && s > 0 {
			best, score = b, s
		}
	}
	if score == 0 {
		t.appendPattern(line, joined)
		return
	}
	t.insert(t.position(&best, line), line)
}

// appendPattern puts a pattern at the end, where nothing comes after it.
func (t *textFile) appendPattern(line string, joined bool) {
	if n := len(t.lines); !joined && n > 0 && strings.TrimSpace(t.body(n-1)) != "" {
		t.insert(n, "")
		// What was the last line has an end now, and so has the empty one.
		if last := len(t.lines) - 1; t.lines[last] == "" {
			t.lines[last] = t.eol
			t.lines = append(t.lines, line)
			return
		}
	}
	t.insert(len(t.lines), line)
}

// affinity says how well a pattern fits into a block; 0 is not at all.
func (t *textFile) affinity(b *block, line string) int {
	score := 0
	for _, w := range []string{"env", "secret", "credential", "password", "private", "key"} {
		if strings.Contains(strings.ToLower(b.comment), w) {
			score = 2
		}
	}
	for i := b.start; i < b.end; i++ {
		if alike(t.body(i), line) {
			score += 3
		}
	}
	return score
}

// alike reports whether two patterns are about the same kind of file.
func alike(a, b string) bool {
	a, b = strings.TrimPrefix(a, "!"), strings.TrimPrefix(b, "!")
	dirA, dirB := path.Dir(strings.Trim(a, "/")), path.Dir(strings.Trim(b, "/"))
	if dirA != "." && dirA == dirB {
		return true
	}
	nameA, nameB := path.Base(a), path.Base(b)
	if strings.HasPrefix(nameA, ".env") && strings.HasPrefix(nameB, ".env") {
		return true
	}
	ext := path.Ext(nameB)
	return len(ext) > 1 && ext != nameB && path.Ext(nameA) == ext
}

// position returns where in a block a pattern belongs. What is taken back in
// depends on the order: behind it nothing is sorted in.
func (t *textFile) position(b *block, line string) int {
	var bodies []string
	for i := b.start; i < b.end; i++ {
		if body := t.body(i); !strings.HasPrefix(body, "!") {
			bodies = append(bodies, body)
			continue
		}
		return b.end
	}
	if !slices.IsSorted(bodies) {
		return b.end
	}
	i, _ := slices.BinarySearch(bodies, line)
	return b.start + i
}
