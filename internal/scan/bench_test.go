package scan_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// BenchmarkMatch measures the whole engine on Go source, file by file, with the
// full rule set, and without looking into encoded text.
func BenchmarkMatch(b *testing.B) {
	set, err := rules.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	var files []*scan.Chunk
	size := int64(0)
	err = filepath.WalkDir(filepath.Join(runtime.GOROOT(), "src"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || size > 20<<20 {
			return err
		}
		data, err := os.ReadFile(p)
		files = append(files, &scan.Chunk{Path: p, Data: data})
		size += int64(len(data))
		return err
	})
	if err != nil || size == 0 {
		b.Skipf("no source of the standard library: %v", err)
	}
	for name, depth := range map[string]int{"decoding": 0, "plain": -1} {
		e := scan.New(set, scan.Options{DecodeDepth: depth})
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				for _, c := range files {
					e.Match(c)
				}
			}
		})
	}
}
