package scan_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

func zipOf(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		// Stored, so that what is damaged can still be read.
		e, err := w.CreateHeader(&zip.FileHeader{Name: files[i]})
		if err == nil {
			_, err = io.WriteString(e, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func matchArchive(t *testing.T, a scan.Archives, data []byte) (string, []error) {
	t.Helper()
	e := scan.New(testSet(t), scan.Options{})
	kind := a.Kind("a.zip", data)
	if kind == "" {
		t.Fatal("no container")
	}
	found, errs := e.MatchArchive(context.Background(), a, kind, &scan.Chunk{Path: "a.zip"}, bytes.NewReader(data), int64(len(data)))
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprintf("%s:%d:%d", f.Path, f.Start.Line, f.Start.Column))
	}
	return strings.Join(out, " "), errs
}

func TestMatchArchive(t *testing.T) {
	data := zipOf(t, "a.txt", "one\nkst_bdgacfhe\n", "b.zip", string(zipOf(t, "c.txt", "x kst_hcfadgbe")), "d.txt", "k "+b64("the key is: "+sample))
	if got, errs := matchArchive(t, scan.Archives{}, data); got != "a.zip!a.txt:2:1 a.zip!b.zip!c.txt:1:3 a.zip!d.txt:1:19" || len(errs) > 0 {
		t.Errorf("got %s, %v", got, errs)
	}
	got, errs := matchArchive(t, scan.Archives{Depth: 1}, data)
	if got != "a.zip!a.txt:2:1 a.zip!d.txt:1:19" || len(errs) != 1 || !errors.As(errs[0], new(*scan.Skipped)) {
		t.Errorf("one deep: got %s, %v", got, errs)
	}
	// Without its directory it is no archive, but still bytes.
	if got, errs := matchArchive(t, scan.Archives{}, data[:100]); !strings.HasPrefix(got, "a.zip:") || len(errs) > 0 {
		t.Errorf("damaged: got %s, %v", got, errs)
	}
	if kind := (scan.Archives{Depth: -1}).Kind("a.zip", data); kind != "" {
		t.Errorf("kind %s though none is to be opened", kind)
	}
}

// An archive of many things that are left out does not tell them one by one.
func TestMatchArchiveMany(t *testing.T) {
	var files []string
	inner := string(zipOf(t, "b.zip", string(zipOf(t, "c.zip", string(zipOf(t, "d.txt", "x"))))))
	for i := range 300 {
		files = append(files, fmt.Sprint(i, ".bin"), "\x00\x01", fmt.Sprint(i, ".zip"), inner)
	}
	_, errs := matchArchive(t, scan.Archives{}, zipOf(t, files...))
	skipped, incomplete, named := 0, 0, map[string]bool{}
	for _, err := range errs {
		if s, ok := errors.AsType[*scan.Skipped](err); ok {
			skipped++
			named[s.Path] = true
		}
		if i, ok := errors.AsType[*scan.Incomplete](err); ok {
			incomplete++
			named[i.Path] = true
		}
	}
	if skipped != 300 || incomplete < 1 || incomplete > 101 || len(named) > 101 {
		t.Errorf("%d skipped and %d incomplete, %d of them by name", skipped, incomplete, len(named))
	}
}

func TestFileOf(t *testing.T) {
	for path, want := range map[string]string{"a/b.txt": "a/b.txt", "a/b.zip!c/d.txt": "a/b.zip", "a.zip!b.tar!c": "a.zip"} {
		if got := scan.FileOf(path); got != want {
			t.Errorf("FileOf(%q) = %q, want %q", path, got, want)
		}
	}
}
