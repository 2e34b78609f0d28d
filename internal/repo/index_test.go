package repo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stageLines returns what git ls-files --stage -z prints, from the index.
func stageLines(ix *Index) string {
	var b strings.Builder
	for _, e := range ix.Entries() {
		fmt.Fprintf(&b, "%06o %s %d\t%s\x00", e.Mode, e.ID, e.Stage, e.Path)
	}
	return b.String()
}

// checkIndex compares the index with what git says is in it.
func checkIndex(t *testing.T, s *sandbox, name string) *Index {
	t.Helper()
	args := []string{"ls-files", "--stage", "-z"}
	ix := s.index()
	if ix.Sparse {
		args = append(args, "--sparse")
	}
	if got, want := stageLines(ix), s.Git(args...); got != want {
		t.Errorf("%s: entries\n%q, want\n%q", name, got, want)
	}
	if err := ix.Verify(); err != nil {
		t.Errorf("%s: Verify: %v", name, err)
	}
	for i, e := range ix.Entries() {
		if at, ok := ix.Find(string(e.Path)); !ok || at > i || !bytes.Equal(ix.Path(at), e.Path) {
			t.Errorf("%s: Find(%q) = %d, %v, want %d", name, e.Path, at, ok, i)
		}
	}
	checkDiff(t, s, name, ix)
	return ix
}

// checkDiff compares Diff with git diff --cached, both with and without a
// cache tree.
func checkDiff(t *testing.T, s *sandbox, name string, ix *Index) {
	t.Helper()
	head, err := s.open().Head()
	if err != nil {
		t.Fatal(err)
	}
	trees := NewTrees(s.objects(), ix.Format)
	var tree Hash
	want := ""
	if !head.ID.IsZero() {
		if tree, _, err = trees.Root(head.ID); err != nil {
			t.Fatal(err)
		}
		want = s.Git("diff", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z")
	} else {
		want = s.Git("diff", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z", s.Input("", "hash-object", "-t", "tree", "--stdin"))
	}
	plain := *ix
	plain.tree = nil
	for _, ix := range []*Index{ix, &plain} {
		if got := rawDiff(t, ix, tree, trees.Read); got != want {
			t.Errorf("%s: diff (cache tree of %d bytes)\n%q, want\n%q", name, len(ix.tree), got, want)
		}
	}
}

// rawDiff returns what git diff --cached --raw -z prints, from Diff.
func rawDiff(t *testing.T, ix *Index, tree Hash, read TreeReader) string {
	t.Helper()
	null := strings.Repeat("0", 2*ix.Format.Size())
	id := func(h Hash) string {
		if h.IsZero() {
			return null
		}
		return h.String()
	}
	var b strings.Builder
	for c, err := range ix.Diff(tree, read, DiffOptions{Deletions: true}) {
		if err != nil {
			t.Fatal(err)
		}
		kind := "M"
		switch {
		case c.Unmerged:
			fmt.Fprintf(&b, ":000000 000000 %s %s U\x00%s\x00", null, null, c.Path)
			continue
		case c.Deleted():
			kind = "D"
		case c.OldMode == 0:
			kind = "A"
		case c.Mode&ModeType != c.OldMode&ModeType:
			kind = "T"
		}
		fmt.Fprintf(&b, ":%06o %06o %s %s %s\x00%s\x00", c.OldMode, c.Mode, id(c.OldID), id(c.ID), kind, c.Path)
	}
	return b.String()
}

func TestIndex(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		for version := 2; version <= 4; version++ {
			t.Run(fmt.Sprintf("%s/v%d", format, version), func(t *testing.T) {
				testIndexVersion(t, format, version)
			})
		}
	}
}

func testIndexVersion(t *testing.T, format string, version int) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main", "--object-format="+format)
	checkIndex(t, s, "no index")
	long := strings.Repeat("long", 50) + "/" + strings.Repeat("x", 200)
	long = strings.Repeat(long+"/", 11) + "end" // beyond the 12 bits of the length
	s.Write("a.txt", "1", "a/b/c.txt", "2", "a/b/d", "3", "a-b", "4", "z/\xff\n\"", "5", "run.sh", "#!/bin/sh\n")
	s.Git("add", "-A")
	s.Git("update-index", "--add", "--cacheinfo", "100644,"+s.Input("deep", "hash-object", "-w", "--stdin")+","+long)
	s.Git("update-index", fmt.Sprintf("--index-version=%d", version))
	s.Git("update-index", "--chmod=+x", "run.sh")
	if version == 3 { // written only when an entry needs it
		s.Write("intent", "6")
		s.Git("add", "-N", "intent")
	}
	ix := checkIndex(t, s, "unborn")
	if ix.Version != version {
		t.Errorf("version = %d, want %d", ix.Version, version)
	}
	s.Git("commit", "-q", "-m", "1")
	checkIndex(t, s, "clean")

	s.Write("a/b/c.txt", "changed", "a/b.txt", "new", "a/new/x", "new")
	s.Git("add", "a")
	checkIndex(t, s, "changed")
	s.Git("write-tree") // refreshes the cache tree
	if ix := checkIndex(t, s, "cache tree is fresh"); len(ix.cacheTree()) == 0 && version != 3 {
		t.Error("the cache tree was not read")
	}
	s.Git("rm", "-q", "-r", "--cached", "a/b", "a-b")
	checkIndex(t, s, "removed")
}

func TestIndexFileBecomesFolder(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("a", "1", "b/c", "2", "b/d/e", "3", "b-", "4", "b0", "5")
	s.Commit("1")
	s.Remove("a")
	s.Remove("b")
	s.Write("a/x", "1", "a/y/z", "2", "b", "3")
	s.Git("add", "-A")
	checkIndex(t, s, "swapped")
	s.Remove("b0")
	if err := os.Symlink("a", filepath.Join(s.Path, "b0")); err != nil {
		t.Fatal(err)
	}
	s.Git("add", "-A")
	checkIndex(t, s, "symlink")
	s.Git("rm", "-q", "-r", "--cached", ".")
	checkIndex(t, s, "all removed")
}

func TestIndexFlags(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("a", "1", "b", "2", "c", "3", "kept", "4")
	s.Commit("1")
	s.Write("n", "5", "sub/n", "6")
	s.Git("add", "-N", "n", "sub/n")
	s.Git("update-index", "--skip-worktree", "a")
	s.Git("update-index", "--assume-unchanged", "b")
	s.Git("rm", "-q", "--cached", "kept")
	s.Git("add", "-N", "kept")
	ix := checkIndex(t, s, "flags")
	var got []string
	for _, e := range ix.Entries() {
		got = append(got, fmt.Sprintf("%s %v %v %v", e.Path, e.SkipWorktree, e.AssumeValid, e.IntentToAdd))
	}
	want := "a true false false|b false true false|c false false false|kept false false true|n false false true|sub/n false false true"
	if g := strings.Join(got, "|"); g != want {
		t.Errorf("flags:\n%s, want\n%s", g, want)
	}
}

func TestIndexConflict(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("d/a", "1\n", "d/b", "1\n", "gone", "1\n")
	s.Commit("1")
	s.Git("checkout", "-q", "-b", "side")
	s.Write("d/a", "2\n", "gone", "2\n")
	s.Commit("2")
	s.Git("checkout", "-q", "main")
	s.Write("d/a", "3\n")
	s.Remove("gone")
	s.Commit("3")
	if _, err := s.Try("merge", "-q", "side"); err == nil {
		t.Fatal("the merge had no conflict")
	}
	ix := s.index()
	if got, want := stageLines(ix), s.Git("ls-files", "--stage", "-z"); got != want {
		t.Errorf("entries %q, want %q", got, want)
	}
	var got []string
	for c, err := range ix.Diff(Hash{}, nil, DiffOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %v", c.Path, c.Unmerged))
	}
	if g, want := strings.Join(got, "|"), "d/a true|d/b false|gone true"; g != want {
		t.Errorf("Diff = %s, want %s", g, want)
	}
}

func TestSplitIndex(t *testing.T) {
	for _, version := range []string{"2", "4"} {
		s := newSandbox(t)
		s.Git("init", "-q", "-b", "main")
		for i := range 60 {
			s.Write(fmt.Sprintf("d%d/f%d", i%7, i), fmt.Sprint(i))
		}
		s.Commit("1")
		s.Git("config", "core.splitIndex", "true")
		s.Git("config", "splitIndex.maxPercentChange", "100")
		s.Git("update-index", "--index-version="+version, "--split-index")
		checkIndex(t, s, "split")
		s.Write("d0/f0", "changed", "d1/f1", "changed", "d9/new", "1", "a-new", "2", "z-new", "3")
		s.Remove("d2")
		s.Remove("d3/f3")
		s.Git("add", "-A")
		checkIndex(t, s, "split and changed")
		own, err := os.ReadFile(filepath.Join(s.Path, ".git", "index"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseIndex(own, SHA1); err == nil {
			t.Error("the index is not split")
		}
		s.Git("rm", "-q", "--cached", "d9/new")
		s.Write("d4/f4", "again", "d0/f0", "changed again")
		s.Git("add", "d4", "d0")
		checkIndex(t, s, "split and changed twice")
		shared, err := filepath.Glob(filepath.Join(s.Path, ".git", "sharedindex.*"))
		if err != nil || len(shared) == 0 {
			t.Fatalf("shared index files: %v, %v", shared, err)
		}
		for _, path := range shared {
			if err := os.Truncate(path, 40); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.open().Index(); !errors.Is(err, errCorrupt) {
			t.Errorf("with a damaged shared index: %v, want %v", err, errCorrupt)
		}
	}
}

func TestSparseIndex(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("top", "1", "in/a", "2", "out/b", "3", "out/deep/c", "4", "out2/d", "5")
	s.Commit("1")
	s.Write("out/b", "33", "out/deep/new", "1", "in/a", "22")
	s.Commit("2")
	s.Git("sparse-checkout", "init", "--cone", "--sparse-index")
	s.Git("sparse-checkout", "set", "in")
	ix := checkIndex(t, s, "sparse")
	if !ix.Sparse {
		t.Fatal("the index is not sparse")
	}
	if e, ok := ix.SparseDir("out/deep/c"); !ok || string(e.Path) != "out/" {
		t.Errorf("SparseDir = %q, %v, want out/", e.Path, ok)
	}
	s.Write("in/new", "1")
	s.Git("add", "in")
	checkIndex(t, s, "sparse and changed")
	s.Git("reset", "-q", "--soft", "HEAD~1")
	// git expands the index to compare it; what it prints stays the same.
	checkDiff(t, s, "sparse folder differs", s.index())

	r := s.open()
	blob := HashBlob([]byte("33"), SHA1)
	facts, err := r.NewExposure(s.index(), s.objects()).Facts("out/b", blob)
	if want := (Facts{Tracked: true, Index: true}); err != nil || facts != want {
		t.Errorf("Facts = %+v, %v, want %+v", facts, err, want)
	}
}

func TestIndexCorrupt(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	s.Write("a", "1", "b", "2", "c/d", "3")
	s.Git("add", "-A")
	s.Git("write-tree")
	data, err := os.ReadFile(filepath.Join(s.Path, ".git", "index"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseIndex(data, SHA1); err != nil {
		t.Fatal(err)
	}
	change := func(at int, b ...byte) []byte {
		d := bytes.Clone(data)
		copy(d[at:], b)
		return d
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "index is corrupt: 0 bytes"},
		{"signature", change(0, 'X'), "index is corrupt: bad signature"},
		{"version", change(4, 0, 0, 0, 9), "index version 9 is not supported"},
		{"count", change(8, 0xff), "index is corrupt: 4278190083 entries in 291 bytes"},
		{"path", change(12+62, 'z'), "index is corrupt: entries 0 and 1 are out of order"},
		{"flags", change(12+60, 0x40), "index is corrupt: extended flags in version 2 (entry 0)"},
		{"length", change(12+60, 0, 3), "index is corrupt: path has no end (entry 0)"},
		{"extension", change(bytes.Index(data, []byte("TREE")), 't'), `index: index extension "tREE" is not supported`},
	} {
		_, err := ParseIndex(tt.data, SHA1)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
	ix, err := ParseIndex(change(12, 1), SHA1)
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.Verify(); !errors.Is(err, errCorrupt) {
		t.Errorf("Verify of a changed file: %v, want %v", err, errCorrupt)
	}
}

func FuzzParseIndex(f *testing.F) {
	f.Add([]byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x00TREE\x00\x00\x00\x06\x00-1 0\n" + strings.Repeat("\x00", 20)))
	f.Add(sampleIndex(2, "a", "a/b", "a/c", "b"))
	f.Add(sampleIndex(4, "a", "a/b", "a/c", "b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ix, link, err := parseIndex(data, SHA1)
		if err != nil {
			return
		}
		if len(ix.names) > maxNameFactor*len(data) {
			t.Errorf("%d bytes of paths from %d bytes", len(ix.names), len(data))
		}
		ix.cacheTree()
		if link != nil {
			l, err := parseLink(link, SHA1)
			base, baseErr := ParseIndex(sampleIndex(2, "a", "b", "c"), SHA1)
			if err != nil || baseErr != nil || ix.join(base, l) != nil {
				return
			}
		}
		last := ""
		for i, e := range ix.Entries() {
			if i > 0 && string(e.Path) < last {
				t.Errorf("entry %d: %q after %q", i, e.Path, last)
			}
			last = string(e.Path)
		}
		n := 0
		read := func(Hash) ([]byte, error) { return nil, errors.New("no objects") }
		for c, err := range ix.Diff(Hash{}, read, DiffOptions{Deletions: true}) {
			if err == nil && c.Path == "" {
				t.Error("a change without a path")
			}
			n++
		}
		if n > ix.Len()+1 {
			t.Errorf("%d changes of %d entries", n, ix.Len())
		}
	})
}

// sampleIndex returns an index file with the given paths, in version 2 or 4.
func sampleIndex(version byte, paths ...string) []byte {
	b := []byte{'D', 'I', 'R', 'C', 0, 0, 0, version, 0, 0, 0, byte(len(paths))}
	last := ""
	for _, p := range paths {
		start := len(b)
		b = append(b, make([]byte, statSize+20)...)
		b[start+26], b[start+27] = 0o100644>>8, 0o100644&0xff
		b = append(b, 0, byte(len(p)))
		if version == 4 {
			b = append(append(append(b, byte(len(last))), p...), 0)
			last = p
			continue
		}
		b = append(b, p...)
		b = append(b, make([]byte, 8-(len(b)-start)%8)...)
	}
	return append(b, make([]byte, 20)...)
}
