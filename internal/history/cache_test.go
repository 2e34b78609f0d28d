package history

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCache(t *testing.T) {
	r := newGitRepo(t)
	r.edits(6)
	r.Write("clean.txt", "nothing\n")
	r.Write("image", "\x00\x01\x02")
	r.Write("lfs.bin", lfsHead+"oid sha256:0\nsize 1\n")
	r.Commit("clean files")
	dir := filepath.Join(t.TempDir(), "cache")
	audit := func(opts Options) *result {
		t.Helper()
		opts.Cache = dir
		res := r.run(opts).complete(t)
		if err := res.audit.Close(); err != nil {
			t.Fatal(err)
		}
		return res
	}
	first := audit(Options{})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the cache is %q (%v), want one file", files, err)
	}
	same := func(name string, got *result, less bool) {
		t.Helper()
		if got.text() != first.text() || got.progress.Blobs != first.progress.Blobs || got.skipped["binary"] != 1 || got.skipped["lfs"] != 1 {
			t.Errorf("%s: %d blobs, skipped %v, findings\n%s\nwant %d, one of each, and\n%s", name, got.progress.Blobs, got.skipped, got.text(), first.progress.Blobs, first.text())
		}
		if (got.progress.Bytes < first.progress.Bytes) != less {
			t.Errorf("%s: %d bytes read, at first %d", name, got.progress.Bytes, first.progress.Bytes)
		}
	}
	same("again", audit(Options{}), true)
	same("another build", audit(Options{Build: "2"}), false)
	same("verified", audit(Options{Verify: true}), false)
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for secret := range first.secrets() {
		if strings.Contains(string(data), secret) {
			t.Errorf("the cache holds %s", secret)
		}
	}
	for name, damaged := range map[string][]byte{
		"cut":     data[:len(data)-5],
		"empty":   {},
		"flipped": append(append([]byte{}, data[:60]...), append([]byte{data[60] ^ 1}, data[61:]...)...),
	} {
		if err := os.WriteFile(files[0], damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		same(name, audit(Options{}), false)
	}
	same("mended", audit(Options{}), true)
	r.Write("keys/clean.txt", "nothing\n")
	r.Commit("the same file elsewhere")
	if got := audit(Options{}); got.progress.Blobs != first.progress.Blobs {
		t.Errorf("a further path: %d blobs, want %d", got.progress.Blobs, first.progress.Blobs)
	}
}
