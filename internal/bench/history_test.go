package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestHistoryMaker makes a small history and counts what is in it.
func TestHistoryMaker(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("git is missing")
		}
		t.Skip("git is missing")
	}
	h := &historyMaker{ctx: t.Context(), dir: t.TempDir()}
	h.git("init", "-q", "-b", "main", ".")
	src := t.TempDir()
	for i := range branchEvery + 1 {
		name := string(rune('a' + i))
		if err := os.WriteFile(filepath.Join(src, "file"), []byte("version "+name), 0o666); err != nil {
			t.Fatal(err)
		}
		h.version(i, "v"+name, src)
	}
	h.git("gc", "-q")
	if h.err != nil {
		t.Fatal(h.err)
	}
	n, size, err := blobs(t.Context(), h.dir)
	if want := branchEvery + 1; err != nil || n != want || size != int64(want*len("version a")) {
		t.Errorf("%d blobs of %d bytes (%v), want %d of %d bytes each", n, size, err, want, len("version a"))
	}
	git, err := gitCoverage(t.Context(), h.dir)
	if want := int64(branchEvery + 1); err != nil || git.blobs != want || git.commits != want+1 || git.objects != 2*want+want+1+want {
		t.Errorf("git has %+v (%v), want %d blobs, trees and tags, and one commit more", git, err, want)
	}
	if err := runWalk(t.Context(), []string{h.dir}); err != nil {
		t.Errorf("walking: %v", err)
	}
}
