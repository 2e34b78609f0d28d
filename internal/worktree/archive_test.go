package worktree

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
)

// zipOf returns an archive of files, given as names and contents in turn.
func zipOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		e, err := w.Create(files[i])
		check(t, err)
		_, err = io.WriteString(e, files[i+1])
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}

func tarOf(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		check(t, w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o644}))
		_, err := io.WriteString(w, files[i+1])
		check(t, err)
	}
	check(t, w.Close())
	return b.String()
}

func gzipOf(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	check(t, err)
	check(t, w.Close())
	return b.String()
}

// noise returns text that does not compress well.
func noise(n int) string {
	rnd := rand.New(rand.NewPCG(2, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz \n"[rnd.IntN(28)]
	}
	return string(b)
}

func TestArchives(t *testing.T) {
	a, image := "A=1\n", "\x89PNG\r\n\x1a\n\x00\x00"
	long := noise(wholeMax + 100_000)
	short := zipOf(t, "a.env", a, "dir/b.txt", "text")
	writeTree(t, map[string]string{
		"a.zip": short, "b.tar.gz": gzipOf(t, tarOf(t, "a.env", a, "i.png", image)), "c.zip": zipOf(t, "in.zip", short),
		"damaged.zip": "PK\x03\x04 and nothing else\n", "e.png": image, "f.txt": "x^2\n",
		"large.tar": tarOf(t, "a.env", a, "long.txt", long), "large.zip": zipOf(t, "long.txt", long, "a.env", a),
		"not.zip": "PK\x03\x04" + long,
	})
	want := []event{
		event("file a.zip!a.env " + a), "file a.zip!dir/b.txt text",
		event("file b.tar.gz!a.env " + a), event("file b.tar.gz!i.png " + image), "skipped binary b.tar.gz!i.png",
		event("file c.zip!in.zip!a.env " + a), "file c.zip!in.zip!dir/b.txt text",
		"file damaged.zip PK\x03\x04 and nothing else\n",
		event("file e.png " + image), "skipped binary e.png", "file f.txt x^2\n",
		event("file large.tar!a.env " + a), event("file large.tar!long.txt " + long),
		event("file large.zip!long.txt " + long), event("file large.zip!a.env " + a),
		event("file not.zip PK\x03\x04" + long),
	}
	compare(t, "with archives", scanAll(t, []string{"."}, Options{}), want)

	compare(t, "without", scanAll(t, []string{"b.tar.gz"}, Options{ArchiveDepth: -1}),
		[]event{event("file b.tar.gz " + gzipOf(t, tarOf(t, "a.env", a, "i.png", image))), "skipped binary b.tar.gz"})
	compare(t, "not as deep", scanAll(t, []string{"c.zip"}, Options{ArchiveDepth: 1}), []event{"skipped user-limit c.zip!in.zip"})
	compare(t, "small entries", scanAll(t, []string{"a.zip"}, Options{MaxFileSize: int64(len(short))}),
		[]event{event("file a.zip!a.env " + a), "file a.zip!dir/b.txt text"})
	compare(t, "no large entries", scanAll(t, []string{"large.tar"}, Options{MaxFileSize: 2 * wholeMax}), []event{
		event("file large.tar!a.env " + a), event("file large.tar!long.txt " + long),
	})
}

// Archives on standard input are as those in files, but for what must be in
// memory at once.
func TestArchivesStdin(t *testing.T) {
	a, long := "A=1\n", noise(2*wholeMax) // more than wholeMax also when it is compressed
	cut := gzipOf(t, tarOf(t, "a.env", a, "long.txt", long))
	cut = cut[:len(cut)-len(cut)/20]
	tests := []struct {
		name, data string
		want       []event
	}{
		{"zip", zipOf(t, "a.env", a), []event{event("file stdin!a.env " + a)}},
		{"large zip", zipOf(t, "long.txt", long, "a.env", a), []event{event("file stdin!long.txt " + long), event("file stdin!a.env " + a)}},
		{"large tar.gz", gzipOf(t, tarOf(t, "long.txt", long, "a.env", a)), []event{event("file stdin!long.txt " + long), event("file stdin!a.env " + a)}},
		{"damaged", "PK\x03\x04 nothing", []event{"file stdin PK\x03\x04 nothing"}},
		{"text", a, []event{event("file stdin " + a)}},
	}
	for _, tt := range tests {
		for _, r := range []io.Reader{strings.NewReader(tt.data), iotest.DataErrReader(strings.NewReader(tt.data))} {
			compare(t, tt.name, scanAll(t, []string{"-"}, Options{Stdin: r}), tt.want)
		}
	}
	got := scanAll(t, []string{"-"}, Options{Stdin: strings.NewReader(cut)})
	if n := len(got); n < 3 || got[0] != event("file stdin!a.env "+a) || got[n-1] != "incomplete unreadable stdin" {
		t.Errorf("cut: got %.200q", got)
	}
	limit := Options{Stdin: strings.NewReader(gzipOf(t, tarOf(t, "a.env", a, "1.txt", long, "2.txt", long))), MaxFileSize: 2*wholeMax + 1}
	if got := scanAll(t, []string{"-"}, limit); got[len(got)-1] != "skipped user-limit stdin" {
		t.Errorf("behind the limit: got %.200q", got)
	}
}

// What is in an archive stands where it is said to.
func TestArchivePositions(t *testing.T) {
	text := noise(2 * scan.WindowSize)
	data := gzipOf(t, text)
	var chunks []scan.Chunk
	var buf scan.Buffer
	a := scan.Archives{}
	damaged, done := a.Open(t.Context(), a.Kind("a.gz", []byte(data)[:decode.SniffLen]), scan.Chunk{Path: "a.gz"}, strings.NewReader(data), int64(len(data)), &buf, func(c *scan.Chunk, err error) bool {
		check(t, err)
		chunks = append(chunks, *c)
		if got := text[c.Base.Byte:][:len(c.Data)]; got != string(c.Data) {
			t.Errorf("window at %d is not what stands there", c.Base.Byte)
		}
		return true
	})
	if damaged || !done || len(chunks) < 2 {
		t.Errorf("damaged %v, done %v, %d windows", damaged, done, len(chunks))
	}
	base := scan.Position{Line: 1, Column: 1}
	for _, c := range chunks {
		if base = positionOf([]byte(text), base, int(c.Base.Byte), decode.Text); c.Base != base || c.Path != "a.gz!a" {
			t.Errorf("window of %s at %+v, want a.gz!a at %+v", c.Path, c.Base, base)
		}
	}
}
