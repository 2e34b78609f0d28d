package repo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkRefs compares Refs with git for-each-ref.
func checkRefs(t *testing.T, s *sandbox, prefix string) {
	t.Helper()
	refs, err := s.open().Refs(prefix)
	if err != nil {
		t.Errorf("Refs(%q): %v", prefix, err)
	}
	var got []string
	for _, r := range refs {
		if r.ID.IsZero() {
			continue
		}
		got = append(got, fmt.Sprintf("%s %s %s", r.ID, r.Name, r.Target))
	}
	args := []string{"for-each-ref", "--format=%(objectname) %(refname) %(symref)"}
	if prefix != "" {
		args = append(args, strings.TrimSuffix(prefix, "/"))
	}
	want := s.Git(args...)
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("Refs(%q) =\n%s\nwant\n%s", prefix, g, want)
	}
	for _, r := range refs {
		one, err := s.open().Ref(r.Name)
		if err != nil || one != r {
			t.Errorf("Ref(%q) = %v, %v, want %v", r.Name, one, err, r)
		}
	}
}

func TestRefs(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		s := newSandbox(t)
		s.Git("init", "-q", "-b", "main", "--object-format="+format)
		r := s.open()
		if head, err := r.Head(); err != nil || head.Target != "refs/heads/main" || !head.ID.IsZero() {
			t.Errorf("unborn HEAD = %+v, %v", head, err)
		}
		first := s.Commit("1")
		s.Git("tag", "light")
		s.Git("tag", "-a", "-m", "x", "v1.0")
		s.Git("tag", "-a", "-m", "x", "tag-of-tag", "v1.0")
		s.Git("branch", "feature/\xff-latin")
		s.Git("branch", "wide-ü")
		s.Git("update-ref", "refs/remotes/origin/main", first)
		s.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
		s.Git("symbolic-ref", "refs/remotes/gone/HEAD", "refs/remotes/gone/main")
		checkRefs(t, s, "")
		s.Git("pack-refs", "--all")
		checkRefs(t, s, "")
		s.Commit("2")
		s.Git("tag", "-d", "light")
		s.Git("update-ref", "refs/remotes/origin/other", "HEAD")
		for _, prefix := range []string{"", "refs/tags/", "refs/remotes/origin/", "refs/heads/"} {
			checkRefs(t, s, prefix)
		}
		if ref, err := s.open().Ref("refs/tags/v1.0"); err != nil || ref.Peeled.String() != first {
			t.Errorf("peeled tag = %v, %v, want %s", ref.Peeled, err, first)
		}
		if head, err := s.open().Head(); err != nil || head.ID.String() != s.Git("rev-parse", "HEAD") {
			t.Errorf("HEAD = %v, %v", head.ID, err)
		}
		s.Git("checkout", "-q", "--detach", first)
		if head, err := s.open().Head(); err != nil || head.Target != "" || head.ID.String() != first {
			t.Errorf("detached HEAD = %+v, %v, want %s", head, err, first)
		}
		s.Git("worktree", "add", "-q", "-b", "linked", "../"+filepath.Base(s.Path)+"-linked")
		w := s.in("../" + filepath.Base(s.Path) + "-linked")
		w.Git("commit", "-q", "--allow-empty", "-m", "3")
		w.Git("update-ref", "refs/worktree/own", "HEAD")
		s.Git("update-ref", "refs/worktree/main-own", "HEAD")
		checkRefs(t, w, "")
		checkRefs(t, s, "")
		checkWorktreeHeads(t, s, w)
	}
}

func checkWorktreeHeads(t *testing.T, s, w *sandbox) {
	t.Helper()
	ids, err := s.open().Worktrees()
	if err != nil || len(ids) != 1 {
		t.Fatalf("Worktrees = %q, %v, want one", ids, err)
	}
	for _, tt := range []struct {
		from *sandbox
		name string
		want string
	}{
		{s, "worktrees/" + ids[0] + "/HEAD", w.Git("rev-parse", "HEAD")},
		{w, "main-worktree/HEAD", s.Git("rev-parse", "HEAD")},
		{w, "HEAD", w.Git("rev-parse", "HEAD")},
		{w, "refs/worktree/own", w.Git("rev-parse", "HEAD")},
	} {
		if ref, err := tt.from.open().Ref(tt.name); err != nil || ref.ID.String() != tt.want {
			t.Errorf("Ref(%q) = %v, %v, want %s", tt.name, ref.ID, err, tt.want)
		}
	}
}

func TestRefsHostile(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main")
	id := s.Commit("1")
	outside := filepath.Join(filepath.Dir(s.Path), "outside")
	if err := os.WriteFile(outside, []byte(id+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.Write(".git/refs/heads/escape", "ref: refs/../../../outside\n", ".git/refs/heads/empty", "",
		".git/refs/heads/loop", "ref: refs/heads/loop\n", ".git/refs/heads/good", id)
	if err := os.Symlink(".", filepath.Join(s.Path, ".git/refs/heads/circle")); err != nil {
		t.Fatal(err)
	}
	refs, err := s.open().Refs("")
	if err == nil || !strings.Contains(err.Error(), "bad name") || !strings.Contains(err.Error(), "empty") || !strings.Contains(err.Error(), "circle") {
		t.Errorf("error %v, want one naming escape, empty and circle", err)
	}
	var names []string
	for _, r := range refs {
		names = append(names, r.Name)
	}
	if got, want := strings.Join(names, " "), "refs/heads/good refs/heads/main"; got != want {
		t.Errorf("refs %q, want %q", got, want)
	}
	for _, name := range []string{"../outside", "refs/heads/../../../../outside", "", "refs//heads", "a\x00b"} {
		if ref, err := s.open().Ref(name); err == nil {
			t.Errorf("Ref(%q) = %v, want an error", name, ref)
		}
	}
	if _, err := s.open().Ref("refs/heads/missing"); !errors.Is(err, ErrRefNotFound) {
		t.Errorf("missing ref: %v, want %v", err, ErrRefNotFound)
	}
}

func FuzzPackedRefs(f *testing.F) {
	id := strings.Repeat("12", 20)
	f.Add([]byte("# pack-refs with: peeled fully-peeled sorted \n" + id + " refs/heads/a\n" + id + " refs/tags/b\n^" + id + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var lines strings.Builder
		var refs []Ref
		eachPacked(data, SHA1, func(r Ref) {
			refs = append(refs, r)
			fmt.Fprintf(&lines, "%s %s\n", r.ID, r.Name)
			if r.Peeled.size > 0 {
				fmt.Fprintf(&lines, "^%s\n", r.Peeled)
			}
		})
		if n := lines.Len(); n > len(data)+1 {
			t.Errorf("%d bytes of refs from %d bytes", n, len(data))
		}
		var again []Ref
		if err := eachPacked([]byte(lines.String()), SHA1, func(r Ref) { again = append(again, r) }); err != nil || fmt.Sprint(again) != fmt.Sprint(refs) {
			t.Errorf("written and read again: %v, %v, want %v", again, err, refs)
		}
		seen := map[string]bool{}
		for _, r := range refs {
			one, err := findPacked([]byte(lines.String()), r.Name, SHA1)
			if !seen[r.Name] && (err != nil || one != r) {
				t.Errorf("findPacked(%q) = %v, %v, want %v", r.Name, one, err, r)
			}
			seen[r.Name] = true
		}
	})
}
