package decode

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
)

// goSource returns a few megabytes of Go, file by file.
func goSource(tb testing.TB) (files [][]byte, size int64) {
	root := filepath.Join(runtime.GOROOT(), "src")
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || size > 8<<20 {
			return fs.SkipAll
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		data, err := os.ReadFile(p)
		files, size = append(files, data), size+int64(len(data))
		return err
	})
	if err != nil || len(files) == 0 {
		tb.Skip("no Go source here")
	}
	return files, size
}

// tokensOf returns the runs of digits that the caller of Parts knows of.
func tokensOf(text []byte) (out []Span) {
	for i := 0; i < len(text); i++ {
		start := i
		for i < len(text) && digits[text[i]] != bad {
			i++
		}
		if i-start >= 16 {
			out = append(out, Span{int32(start), int32(i)})
		}
	}
	return out
}

func BenchmarkMarks(b *testing.B) {
	files, size := goSource(b)
	b.SetBytes(size)
	var marks []int32
	for b.Loop() {
		for _, text := range files {
			marks = Format(0).Marks(marks[:0], text)
		}
	}
}

// BenchmarkParts is all that is done for a text beside BenchmarkMarks.
func BenchmarkParts(b *testing.B) {
	files, size := goSource(b)
	var tokens [][]Span
	var marks [][]int32
	for _, text := range files {
		tokens = append(tokens, tokensOf(text))
		marks = append(marks, Format(0).Marks(nil, text))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	var d Decoder
	out := 0
	for b.Loop() {
		for i, text := range files {
			if len(marks[i]) == 0 && !slices.ContainsFunc(tokens[i], func(s Span) bool { return Encoded(text, s) }) {
				continue
			}
			for p := range d.Parts(text, 0, tokens[i], marks[i]) {
				out += len(p.Data)
			}
		}
	}
	b.ReportMetric(float64(out)/float64(b.N)/float64(size)*100, "%decoded")
}

func BenchmarkWalk(b *testing.B) {
	files, size := goSource(b)
	var in []file
	for i, data := range files {
		in = append(in, file{strconv.Itoa(i), string(data)})
	}
	data := zipOf(in...)
	b.SetBytes(size)
	for b.Loop() {
		for e, err := range Walk(b.Context(), kindZip, "x.zip", bytes.NewReader(data), int64(len(data)), Limits{}) {
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, e); err != nil {
				b.Fatal(err)
			}
		}
	}
}
