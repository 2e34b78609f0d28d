package hook

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestStagedDifferential holds what is staged to git diff --cached on random
// changes, with every way in which git writes an index.
func TestStagedDifferential(t *testing.T) {
	s := newSandbox(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		s.Write(fmt.Sprintf("d%d/e%d/f%d", i%3, i%5, i), fmt.Sprintln("file", i))
	}
	s.Commit("base")
	for round := range 12 {
		switch round % 4 {
		case 1:
			s.Git("update-index", "--split-index")
		case 2:
			s.Git("update-index", "--no-split-index", "--index-version", "4")
		case 3:
			s.Git("update-index", "--index-version", "2")
		}
		for range 6 {
			i := rng.IntN(60)
			name := fmt.Sprintf("d%d/e%d/f%d", i%3, i%5, i)
			switch rng.IntN(5) {
			case 0:
				os.Remove(filepath.Join(s.Path, name))
			case 1:
				s.Write(name+".new", fmt.Sprintln("new", round, i))
			default:
				s.Write(name, fmt.Sprintln("changed", round, i))
			}
		}
		s.Git("add", "-A")
		src, err := s.open().Staged(Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for path := range src.StagedPaths() {
			got = append(got, path)
		}
		slices.Sort(got)
		want := s.Lines("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=AM")
		if !slices.Equal(got, want) {
			t.Errorf("round %d: staged %q, want %q", round, got, want)
		}
		added := slices.DeleteFunc(got, func(path string) bool { return !src.Added(path) })
		if want := s.Lines("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=A"); !slices.Equal(added, want) {
			t.Errorf("round %d: added %q, want %q", round, added, want)
		}
		if round%2 == 0 {
			s.Git("commit", "-q", "-m", fmt.Sprint(round))
		}
	}
}

// TestAdded holds findings in the index to what a commit adds.
func TestAdded(t *testing.T) {
	e, tokens := engine(t)
	line := func(i int) string { return "TOKEN=" + tokens[i] + "\n" }
	tests := []struct {
		name   string
		before []string // path and content in turn; no content removes
		staged []string
		want   []string
	}{
		{"new file", nil, []string{"a", line(0)}, []string{"a"}},
		{"same file", []string{"a", line(0)}, []string{"a", "x\n" + line(0)}, nil},
		{"second secret", []string{"a", line(0)}, []string{"a", line(0) + line(1)}, []string{"a"}},
		{"moved to another file", []string{"a", line(0), "b", "x"}, []string{"a", "y", "b", line(0)}, nil},
		{"renamed and changed", []string{"a", line(0)}, []string{"a", "", "b", "x\n" + line(0)}, nil},
		{"renamed", []string{"a", line(0)}, []string{"a", "", "b", line(0)}, nil},
		{"copied", []string{"a", line(0)}, []string{"b", line(0)}, []string{"b"}},
		{"known as plain text", []string{"a", "see " + tokens[0] + "x\n"}, []string{"a", line(0)}, nil},
		{"known in UTF-16", []string{"a", utf16le(line(0))}, []string{"a", line(0)}, nil},
		{"binary", nil, []string{"a", "\x00\x01\x02" + strings.Repeat("\x00\x01", 9000) + line(0)}, nil},
		{"two files", nil, []string{"a", line(0), "b", line(1)}, []string{"a", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSandbox(t)
			put := func(pairs []string) {
				for i := 0; i < len(pairs); i += 2 {
					if pairs[i+1] == "" {
						s.Git("rm", "-q", pairs[i])
						continue
					}
					s.Write(pairs[i], pairs[i+1])
				}
				s.Git("add", "-A")
			}
			put(tt.before)
			s.Commit("before")
			put(tt.staged)
			src, err := s.open().Staged(Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got, errs := found(t, src, e); !slices.Equal(got, tt.want) || len(without(errs, "skipped")) > 0 {
				t.Errorf("found %q, errors %q; want %q", got, errs, tt.want)
			}
		})
	}
}

func without(list []string, part string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.Contains(s, part) })
}

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return string(out)
}

// TestMerge holds what a merge adds to what no side has.
func TestMerge(t *testing.T) {
	e, tokens := engine(t)
	s := newSandbox(t)
	s.Write("a", "a\n", "b", "b\n")
	s.Commit("base")
	s.Git("checkout", "-q", "-b", "side")
	s.Write("side", "TOKEN="+tokens[0]+"\n", "moved", "x\nTOKEN="+tokens[1]+"\n")
	side := s.Commit("side")
	s.Git("checkout", "-q", "main")
	s.Write("a", "main\n")
	s.Commit("main")
	s.Git("merge", "-q", "--no-commit", side)
	s.Git("mv", "moved", "elsewhere")
	s.Write("elsewhere", "y\nTOKEN="+tokens[1]+"\n", "b", "TOKEN="+tokens[2]+"\n")
	s.Git("add", "-A")
	check := func(r *Repository) {
		t.Helper()
		src, err := r.Staged(Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, errs := found(t, src, e); !slices.Equal(got, []string{"b"}) || len(errs) > 0 {
			t.Errorf("found %q, errors %q; want b", got, errs)
		}
	}
	check(s.open())
	// As git has it when it asks before a merge: no MERGE_HEAD, but a name in
	// the environment.
	if err := os.Remove(filepath.Join(s.Path, ".git/MERGE_HEAD")); err != nil {
		t.Fatal(err)
	}
	check(s.open("GITHEAD_"+side+"=side", "GITHEAD_nonsense=x", "GITHEAD_"+strings.Repeat("0", 40)+"=y"))
}
