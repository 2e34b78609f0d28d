package hook

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/repo"
)

// TestCommitsDifferential holds the commits that a push adds to git rev-list on
// random histories, in which clocks go wrong.
func TestCommitsDifferential(t *testing.T) {
	s := newSandbox(t)
	rng := rand.New(rand.NewPCG(3, 4))
	tree := s.Git("write-tree")
	var ids []string
	for i := range 120 {
		args := []string{"commit-tree", tree, "-m", fmt.Sprint(i)}
		for range rng.IntN(3) + min(i, 1) {
			if i > 0 {
				args = append(args, "-p", ids[max(0, i-1-rng.IntN(8))])
			}
		}
		date := 1700000000 + 60*i + rng.IntN(200)
		ids = append(ids, s.With(fmt.Sprintf("GIT_COMMITTER_DATE=@%d +0000", date)).Git(args...))
	}
	r := s.open()
	hash := func(id string) repo.Hash {
		h, err := repo.ParseHash(id)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	for range 100 {
		var tips, known []repo.Hash
		args := []string{"rev-list"}
		for range 1 + rng.IntN(3) {
			id := ids[rng.IntN(len(ids))]
			tips, args = append(tips, hash(id)), append(args, id)
		}
		args = append(args, "--not")
		for range rng.IntN(4) {
			id := ids[rng.IntN(len(ids))]
			known, args = append(known, hash(id)), append(args, id)
		}
		h, err := r.added(tips, known)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range h.commits {
			got = append(got, c.id.String())
		}
		want := s.Lines(args...)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %d commits, want %d", args, len(got), len(want))
		}
	}
}

// TestCompareDifferential holds the files that differ from all parents to what
// git diff-tree -c says of a merge.
func TestCompareDifferential(t *testing.T) {
	s := newSandbox(t)
	rng := rand.New(rand.NewPCG(5, 6))
	var trees []string
	for round := range 6 {
		if round == 4 {
			s.Git("rm", "-q", "-f", "d1")
		}
		for range 8 {
			i := rng.IntN(12)
			s.Write(fmt.Sprintf("d%d/f%d", i%4, i), fmt.Sprintln(round%3, i))
		}
		if round == 3 {
			s.Git("rm", "-q", "-r", "-f", "d1")
			s.Write("d1", "a file now\n", "d1.x", "beside\n")
		}
		s.Git("add", "-A")
		trees = append(trees, s.Git("write-tree"))
	}
	r := s.open()
	for _, a := range trees {
		for _, b := range trees {
			for _, c := range trees {
				want := intersect(
					s.Lines("diff-tree", "-r", "--name-only", "--no-renames", "--diff-filter=d", b, a),
					s.Lines("diff-tree", "-r", "--name-only", "--no-renames", "--diff-filter=d", c, a))
				var got []string
				parse := func(id string) repo.Hash {
					h, err := repo.ParseHash(id)
					if err != nil {
						t.Fatal(err)
					}
					return h
				}
				err := r.compare(parse(a), []repo.Hash{parse(b), parse(c)}, func(path string, _ uint32, _ repo.Hash) error {
					got = append(got, path)
					return nil
				})
				slices.Sort(got)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("compare(%s, %s, %s) = %q, %v; want %q", a, b, c, got, err, want)
				}
			}
		}
	}
}

func intersect(a, b []string) []string {
	var out []string
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	slices.Sort(out)
	return out
}

// TestPushed holds findings to the commits that bring them.
func TestPushed(t *testing.T) {
	e, tokens := engine(t)
	s := newSandbox(t)
	s.Write("a", "a\n")
	base := s.Commit("base")
	s.Write("a", "TOKEN="+tokens[0]+"\n")
	first := s.Commit("first")
	s.Write("a", "x\nTOKEN="+tokens[0]+"\n")
	s.Commit("same")
	s.Git("mv", "a", "b")
	s.Commit("moved")
	s.Write("b", "gone\n")
	gone := s.Commit("gone")
	s.Write("c", "TOKEN="+tokens[0]+"\n")
	again := s.Commit("again")
	s.Git("config", "remote.up.url", "../up")
	s.Git("config", "remote.up.fetch", "+refs/heads/*:refs/remotes/theirs/*")

	push := func(old, id string) []Update {
		u, err := ReadPrePush(strings.NewReader("refs/heads/main with spaces " + id + " refs/heads/main " + old + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	zero := strings.Repeat("0", 40)
	tests := []struct {
		name     string
		updates  []Update
		to       Remote
		tracking string
		want     []string
	}{
		{"all", push(zero, again), Remote{"origin", "../o"}, "", []string{"a@" + first[:7], "c@" + again[:7]}},
		{"from base", push(base, again), Remote{"origin", "../o"}, "", []string{"a@" + first[:7], "c@" + again[:7]}},
		{"what the remote has", push(first, again), Remote{"origin", "../o"}, "", []string{"c@" + again[:7]}},
		{"new branch", push(zero, again), Remote{"origin", "../o"}, "refs/remotes/origin/x", []string{"c@" + again[:7]}},
		{"of another remote", push(zero, again), Remote{"origin", "../o"}, "refs/remotes/other/x", []string{"a@" + first[:7], "c@" + again[:7]}},
		{"by configuration", push(zero, again), Remote{"up", "../up"}, "refs/remotes/theirs/x", []string{"c@" + again[:7]}},
		{"by URL", push(zero, again), Remote{"../up", "../up"}, "refs/remotes/theirs/x", []string{"c@" + again[:7]}},
		{"deleted", push(first, zero), Remote{"origin", "../o"}, "", nil},
		{"nothing", nil, Remote{"origin", "../o"}, "", nil},
		{"old id that is absent", push(strings.Repeat("1", 40), gone), Remote{"origin", "../o"}, "", []string{"a@" + first[:7]}},
	}
	for _, tt := range tests {
		if tt.tracking != "" {
			s.Git("update-ref", tt.tracking, first)
		}
		src, err := s.open().Pushed(tt.updates, tt.to, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, errs := found(t, src, e); !slices.Equal(got, tt.want) || len(errs) > 0 {
			t.Errorf("%s: found %q, errors %q; want %q", tt.name, got, errs, tt.want)
		}
		if tt.tracking != "" {
			s.Git("update-ref", "-d", tt.tracking)
		}
	}
}

func TestReadUpdates(t *testing.T) {
	one, two, zero := strings.Repeat("1", 40), strings.Repeat("2", 40), strings.Repeat("0", 40)
	tests := []struct {
		name, in, want string
		pre            bool // pre-push
	}{
		{"push", "refs/heads/a " + one + " refs/heads/b " + two + "\n", "refs/heads/b " + two + " " + one, true},
		{"deletion", "(delete) " + zero + " refs/heads/b " + two + "\n", "refs/heads/b " + two + " " + zero, true},
		{"expression", ":/a b c " + one + " refs/heads/b " + zero + "\n", "refs/heads/b " + zero + " " + one, true},
		{"empty", "", "", true},
		{"too few", one + " refs/heads/b " + two + "\n", "reading the list of refs: line 1 is not one that git writes", true},
		{"no id", "refs/heads/a xyz refs/heads/b " + two + "\n", "reading the list of refs: line 1: object id of 3 digits", true},
		{"receive", one + " " + two + " refs/heads/b\n", "refs/heads/b " + one + " " + two, false},
		{"receive too few", one + " " + two + "\n", "reading the list of refs: line 1 is not one that git writes", false},
	}
	for _, tt := range tests {
		read := ReadPreReceive
		if tt.pre {
			read = ReadPrePush
		}
		list, err := read(strings.NewReader(tt.in))
		var got []string
		for _, u := range list {
			got = append(got, u.Ref+" "+u.Old.String()+" "+u.New.String())
		}
		if err != nil {
			got = append(got, err.Error())
		}
		if text := strings.Join(got, ";"); text != tt.want {
			t.Errorf("%s: %q: got %q, want %q", tt.name, tt.in, text, tt.want)
		}
	}
}
