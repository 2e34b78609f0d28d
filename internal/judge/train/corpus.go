package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Window is a run of lines of a file of a repository, with what its reviewers
// said about them.
type Window struct {
	Repo   string  `json:"repo"`
	Path   string  `json:"path"`
	Text   string  `json:"text"`
	Labels []Label `json:"labels"`

	File    string // the name under which the window is materialised
	Natural bool   // from the second form of the corpus
}

// Label is the verdict on a range of lines, 1-based and inclusive.
type Label struct {
	Line     int     `json:"line"`
	EndLine  int     `json:"end_line"`
	Truth    string  `json:"truth"` // T a credential, F none, X a placeholder
	Category string  `json:"category"`
	Values   []Value `json:"values"`
}

// Value is a range of bytes of a label's first line. An end of -1 is that of the line.
type Value struct {
	Start, End int
	Truth      string
}

// UnmarshalJSON reads [start, end, truth].
func (v *Value) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&v.Start, &v.End, &v.Truth})
}

// half tells the repositories of a cross-validation apart, by the last hex
// digit but one of their id.
func half(repo string) string {
	if len(repo) > 1 && strings.IndexByte("02468aceACE", repo[len(repo)-2]) >= 0 {
		return "even"
	}
	return "odd"
}

// readCorpus reads the form of the corpus in dir: as replaced, or with natural passwords.
func readCorpus(dir string, natural bool) ([]*Window, error) {
	name := "dev.jsonl.gz"
	if natural {
		name = "dev-natural.jsonl.gz"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("reading corpus: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("reading corpus: %s: %w", name, err)
	}
	var windows []*Window
	for d := json.NewDecoder(z); ; {
		w := &Window{Natural: natural}
		if err := d.Decode(w); errors.Is(err, io.EOF) {
			return windows, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading corpus: %s: window %d: %w", name, len(windows), err)
		}
		w.File = materialName(w.Path, len(windows))
		windows = append(windows, w)
	}
}

// materialName puts the window's number before the extension of its path.
func materialName(path string, n int) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	dot := strings.LastIndexByte(base, '.')
	if strings.Trim(base[:max(dot, 0)], ".") == "" {
		return fmt.Sprintf("%s.%d", path, n)
	}
	cut := len(path) - len(base) + dot
	return fmt.Sprintf("%s.%d%s", path[:cut], n, path[cut:])
}

// lines calls f for each line of text with its number from 1 and its range,
// the line ending excluded.
func lines(text []byte, f func(n, start, end int)) {
	for n, start := 1, 0; ; n++ {
		end := bytes.IndexByte(text[start:], '\n')
		if end < 0 {
			f(n, start, len(text))
			return
		}
		f(n, start, start+end)
		start += end + 1
	}
}
