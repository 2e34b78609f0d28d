package repo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestExposure(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("a/tagged", "1", "b", "1")
	s.Commit("1")
	s.Git("tag", "-a", "-m", "x", "v1")
	s.Git("tag", "v0")
	s.Write("a/pushed", "1", "b", "2")
	s.Git("update-ref", "refs/remotes/origin/main", s.Commit("2"))
	s.Write("a/committed", "1")
	s.Commit("3")
	s.Write("staged", "1", "b", "3")
	s.Git("add", "-A")
	s.Write("untracked", "1")
	blob := func(text string) Hash { return HashBlob([]byte(text), SHA1) }
	for _, tt := range []struct {
		path, text string
		want       Facts
	}{
		{"a/tagged", "1", Facts{true, true, true, "refs/remotes/origin/main", "refs/tags/v1"}},
		{"a/pushed", "1", Facts{true, true, true, "refs/remotes/origin/main", ""}},
		{"a/committed", "1", Facts{true, true, true, "", ""}},
		{"staged", "1", Facts{true, true, false, "", ""}},
		{"untracked", "1", Facts{}},
		{"b", "1", Facts{true, false, false, "", "refs/tags/v1"}},
		{"b", "2", Facts{true, false, true, "refs/remotes/origin/main", ""}},
		{"b", "3", Facts{true, true, false, "", ""}},
		{"b", "4", Facts{Tracked: true}},
		{"a", "1", Facts{}},
		{"b/c", "1", Facts{}},
	} {
		e := s.open().NewExposure(s.index(), s.objects())
		got, err := e.Facts(tt.path, blob(tt.text))
		if err != nil || got != tt.want {
			t.Errorf("Facts(%q, %q) = %+v, %v, want %+v", tt.path, tt.text, got, err, tt.want)
		}
	}
	e := s.open().NewExposure(nil, s.objects())
	if name, err := e.InRefs("refs/heads/", "b", blob("2")); err != nil || name != "refs/heads/main" {
		t.Errorf("InRefs = %q, %v, want refs/heads/main", name, err)
	}
}

func TestExposureMissingObject(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("a", "1")
	s.Commit("1")
	s.Write(".git/refs/tags/lost", fmt.Sprintf("%040x\n", 1))
	e := s.open().NewExposure(s.index(), s.objects())
	f, err := e.Facts("a", HashBlob([]byte("1"), SHA1))
	if want := (Facts{Tracked: true, Index: true, Head: true}); f != want || err == nil {
		t.Errorf("Facts = %+v, %v, want %+v and an error", f, err, want)
	}
}

func TestHashBlob(t *testing.T) {
	for _, format := range []Format{SHA1, SHA256} {
		s := newSandbox(t)
		s.Git("init", "-q", "--object-format="+format.String())
		for _, text := range []string{"", "x", string(bytes.Repeat([]byte("ab\n"), 5000))} {
			if got, want := HashBlob([]byte(text), format).String(), s.Input(text, "hash-object", "--stdin"); got != want {
				t.Errorf("%v of %d bytes: %s, want %s", format, len(text), got, want)
			}
		}
	}
}

func TestUnchanged(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("a", "1")
	path := filepath.Join(s.Path, "a")
	fi, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	old := fi.ModTime().Add(-1e12)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	s.Git("add", "a")
	unchanged := func() bool {
		ix := s.index()
		e, _ := ix.Lookup("a")
		fi, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		return ix.Unchanged(&e, fi)
	}
	if !unchanged() {
		t.Error("Unchanged = false for the file as it was added")
	}
	s.Write("a", "2")
	if unchanged() {
		t.Error("Unchanged = true for a changed file")
	}
}

// largeRepo makes a repository of 50,000 files in 2,500 folders.
func largeRepo(b *testing.B) (*sandbox, *Repo) {
	s := newSandbox(b)
	s.Git("init", "-q", "-b", "main")
	var info bytes.Buffer
	id := s.Input("1", "hash-object", "-w", "--stdin")
	for i := range 50000 {
		fmt.Fprintf(&info, "100644 %s\tcomponent%d/package%d/source-file-%d.go\n", id, i%50, i/50%50, i)
	}
	s.Input(info.String(), "update-index", "--add", "--index-info")
	s.Git("commit", "-q", "-m", "1")
	other := s.Input("2", "hash-object", "-w", "--stdin")
	s.Input("100644 "+other+"\tcomponent7/package7/source-file-7.go\n", "update-index", "--add", "--index-info")
	return s, s.open()
}

func BenchmarkDiff(b *testing.B) {
	for _, version := range []string{"2", "4"} {
		s, r := largeRepo(b)
		s.Git("update-index", "--index-version="+version)
		head, err := r.Head()
		if err != nil {
			b.Fatal(err)
		}
		trees := NewTrees(s.objects(), r.Format)
		root, _, err := trees.Root(head.ID)
		if err != nil {
			b.Fatal(err)
		}
		// Reading objects is not measured.
		cache := map[Hash][]byte{}
		read := func(id Hash) ([]byte, error) {
			if data, ok := cache[id]; ok {
				return data, nil
			}
			data, err := trees.Read(id)
			cache[id] = data
			return data, err
		}
		count := func(ix *Index) (n int) {
			for _, err := range ix.Diff(root, read, DiffOptions{}) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			return n
		}
		ix, err := r.Index()
		if err != nil {
			b.Fatal(err)
		}
		if n := count(ix); n != 1 {
			b.Fatalf("%d changes, want 1", n)
		}
		b.Run("v"+version+"/read", func(b *testing.B) {
			for b.Loop() {
				if _, err := r.Index(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("v"+version+"/diff", func(b *testing.B) {
			b.ReportMetric(float64(len(cache)), "trees")
			for b.Loop() {
				count(ix)
			}
		})
		b.Run("v"+version+"/entries", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, e := range ix.Entries() {
					if len(e.Path) == 0 {
						b.Fatal("empty path")
					}
				}
			}
		})
	}
}
