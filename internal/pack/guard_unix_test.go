//go:build unix

package pack

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipes: what is no regular file is not waited for.
func TestPipes(t *testing.T) {
	id := SHA1.sum(nil)
	dir := t.TempDir()
	for _, name := range []string{"pack/1.pack", "pack/1.idx", loosePath("", id), "info/alternates"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(file, 0o666); err != nil {
			t.Skip(err)
		}
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := len(s.Problems()); n != 2 {
		t.Errorf("problems %v, want two", s.Problems())
	}
	if h := gather(t, s, WalkOptions{}); len(h.damage) != 1 || h.damage[0].ID != id {
		t.Errorf("damage %v, want the loose object", h.damage)
	}
	if _, _, err := s.Get(id); err == nil {
		t.Error("Get: no error")
	}
}
