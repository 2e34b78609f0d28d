package history

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

// resolver returns what finds the commits of revisions.
func (r *gitRepo) resolver() *resolver {
	r.T.Helper()
	a := r.open(Options{})
	run := &run{Audit: a, ctx: context.Background(), engine: scan.New(a.opts.Rules, scan.Options{}), events: make(chan []event, 1000)}
	s, err := run.structure(false)
	if err != nil {
		r.T.Fatal(err)
	}
	s.graph.classify(a.tips.list, s.table)
	s.graph.sort(s.table)
	return &resolver{repo: a.repo, table: s.table, graph: s.graph}
}

// named returns the id of the commit of a revision, empty if it is refused.
func (r *resolver) named(rev string) (string, error) {
	c, err := r.commit(rev)
	if err != nil {
		return "", err
	}
	id := r.table.id(r.graph.commits[c].obj)
	return id.String(), nil
}

// gitNames returns the commits that git takes revisions for, empty for none.
func (r *gitRepo) gitNames(revs []string) []string {
	r.T.Helper()
	var input strings.Builder
	for _, rev := range revs {
		if strings.Contains(rev, "@{") {
			rev = "nosuch" // git ends where a reflog is too short; asked below
		}
		input.WriteString(rev + "^{commit}\n")
	}
	lines := strings.Split(r.Input(input.String(), "cat-file", "--batch-check=%(objectname) %(objecttype)"), "\n")
	if len(lines) != len(revs) {
		r.T.Fatalf("%d answers of git to %d revisions", len(lines), len(revs))
	}
	for i, line := range lines {
		id, ok := strings.CutSuffix(line, " commit")
		if !ok {
			id = ""
		}
		if strings.Contains(revs[i], "@{") {
			id = r.oneCommit(revs[i])
		}
		lines[i] = id
	}
	return lines
}

// oneCommit returns what git rev-parse makes of a revision, empty unless that is
// one commit. As for the ends of a range, the start of an id is that of a commit.
func (r *gitRepo) oneCommit(rev string) string {
	id, err := r.Try("rev-parse", "--verify", "--quiet", rev+"^0")
	if err != nil || strings.HasPrefix(id, "^") {
		return ""
	}
	return id
}

// manyNames makes a history with names that are easily mistaken for others, and
// returns them.
func (r *gitRepo) manyNames() []string {
	r.T.Helper()
	r.history(3, 40)
	head := r.Git("rev-parse", "HEAD")
	r.Git("branch", "feature/x")
	r.Git("branch", "both", "HEAD~1")
	r.Git("tag", "both", "HEAD~2")
	r.Git("branch", head[:7], "HEAD~3")
	r.Git("branch", "beef", "HEAD~1")
	r.Git("branch", "a{b}", "HEAD~1")
	r.Git("tag", "-a", "-m", "a tag", "annotated", "HEAD~1")
	r.Git("tag", "-a", "-m", "of a tag", "twice", "annotated")
	r.Git("tag", "tree", "HEAD^{tree}")
	r.Git("tag", "-a", "-m", "of a blob", "blob", "HEAD:README")
	r.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	r.Git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
	r.Git("symbolic-ref", "refs/tags/second", "refs/heads/nowhere")
	r.Git("update-ref", "ORIG_HEAD", "HEAD~2")
	r.Git("worktree", "add", "-q", "--detach", "../"+filepath.Base(r.Path)+"-linked", "HEAD~4")
	if err := os.WriteFile(filepath.Join(r.Path, ".git/refs/heads/held.lock"), []byte(head+"\n"), 0o644); err != nil {
		r.T.Fatal(err)
	}
	for _, args := range []string{"remote add origin .", "config branch.main.remote origin", "config branch.main.merge refs/heads/main", "config remote.origin.fetch +refs/heads/*:refs/remotes/origin/*",
		"branch -q --track local main", "config branch.both.remote origin", "config branch.both.merge refs/heads/gone", "checkout -q feature/x", "checkout -q main", "checkout -q HEAD~2", "checkout -q main"} {
		r.Git(strings.Fields(args)...)
	}
	var blobs strings.Builder // the ids of many start as those of commits do
	for i := range 8000 {
		fmt.Fprintf(&blobs, "blob\ndata 4\n%04d\n", i)
	}
	r.Input(blobs.String(), "fast-import", "--quiet")
	names := []string{"HEAD", "@", "main", "heads/main", "refs/heads/main", "second", "feature/x", "both", "heads/both", "tags/both", "beef", "a{b}", "held.lock", "heads/held.lock",
		"annotated", "twice", "tree", "blob", "origin", "origin/main", "remotes/origin/HEAD", "refs/remotes/origin/main", "alias", "ORIG_HEAD",
		"stash", "refs/stash", "refs/notes/commits", "worktrees/" + filepath.Base(r.Path) + "-linked/HEAD", "main-worktree/HEAD",
		"@{u}", "@{UPSTREAM}", "main@{u}", "HEAD@{upstream}", "local@{u}", "both@{u}", "nosuch@{u}", "@{0}", "@{1}", "HEAD@{1}", "HEAD@{2}", "main@{1}", "main@{9999}", "refs/heads/main@{2}", "feature/x@{0}",
		"origin/main@{0}", "annotated@{0}", "stash@{0}", "stash@{1}", "@{-1}", "@{-2}", "@{-3}", "@{-99}", "nothing-3-g" + head[:7], "v1-0-g" + head[:3], "-g" + head[:7], "a-gb-g" + head[:12], r.Git("describe", "--all", "--long", "HEAD"),
		head, strings.ToUpper(head), head[:7], head[:4], head[:3], head[:39], head[:40], head[:12] + "g", head + "0"}
	for _, c := range r.Lines("rev-list", "--all", "--reflog") {
		names = append(names, c[:4], c[:4+r.rnd.IntN(8)])
	}
	for _, o := range r.Lines("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")[:40] {
		names = append(names, o[:4], o)
	}
	return names
}

// TestRevisions compares what revisions stand for with git: what we take, git
// takes for the same commit, and of what has our form we take all.
func TestRevisions(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) { checkRevisions(t, newGitRepo(t, "--object-format="+format)) })
	}
}

func checkRevisions(t *testing.T, r *gitRepo) {
	names := r.manyNames()
	res := r.resolver()
	operators := []string{"~", "^", "~0", "^0", "~1", "~2", "~3", "^1", "^2", "^3", "~007", "^02", "^{commit}", "^{}"}
	junk := []string{"", "^{tree}", "^{blob}", "^{tag}", "^{object}", "^{/step}", "^{0}", "^{commit", "^{", "{commit}", "}", "^!", "^-", "^-1", "^@", "xxx", "x", "~xx", "^xxx", "~-1", "^+1",
		"~99", "^99", "~2147483647", "~2147483648", "~4294967296", "^4294967297", "~18446744073709551617", "^18446744073709551616", "@", "@{0}", "@{1}", "@{-1}", "@{yesterday}",
		":README", ":", ":/step", "!", "-1", "1", "0", " ", "..", ".", "/", ".lock", "held.lock", "nosuch", "~~x", "^^{", "\x7f", "ü", "\\", "*", "[m]", "?", "refs", "heads/", "config", "HEAD.lock"}
	rnd := rand.New(rand.NewPCG(11, 4))
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	revs := slices.Clone(names)
	for _, name := range names {
		revs = append(revs, name+"^{}", name+"^{commit}")
	}
	proper := map[string]bool{}
	for range 4000 {
		parts := []string{pick(names)}
		for range rnd.IntN(5) {
			parts = append(parts, pick(operators))
		}
		if rnd.IntN(3) > 0 {
			at := rnd.IntN(len(parts) + 1)
			parts = append(parts[:at:at], append([]string{pick(junk)}, parts[at:]...)...)
			if rnd.IntN(4) == 0 {
				parts[rnd.IntN(len(parts))] = pick(junk)
			}
		} else {
			proper[strings.Join(parts, "")] = true
		}
		revs = append(revs, strings.Join(parts, ""))
	}
	taken, refused := 0, 0
	for i, want := range r.gitNames(revs) {
		rev := revs[i]
		got, err := res.named(rev)
		switch {
		case err == nil:
			taken++
			if got != want {
				t.Errorf("%q is taken for %s, by git for %q", rev, got, want)
			}
			if i%3 == 0 { // each is a process of git
				if want := r.oneCommit(rev); got != want {
					t.Errorf("%q is taken for %s, by git rev-parse for %q", rev, got, want)
				}
			}
		case want != "" && proper[rev]:
			t.Errorf("%q: %v; git takes it for %s", rev, err, want)
		default:
			refused++
		}
		if err != nil && (strings.Contains(err.Error(), "strconv") || len(err.Error()) < 10) {
			t.Errorf("%q: message %q", rev, err)
		}
	}
	if taken < 500 || refused < 500 {
		t.Errorf("%d revisions taken and %d refused, want 500 of both", taken, refused)
	}
}

func TestRevisionsRefused(t *testing.T) {
	r := newGitRepo(t)
	for i := range 5 {
		r.Commit(fmt.Sprint(i))
	}
	res := r.resolver()
	for _, tt := range []struct{ rev, want string }{
		{"HEAD^xxx", `"^xxx" is not understood`},
		{"HEAD~xx", `"~xx" is not understood`},
		{"HEAD~2x", `"~2x" is not understood`},
		{"HEAD^!", `"^!" is not understood`},
		{"HEAD^@", `"^@" is not understood`},
		{"HEAD^-", `"^-" is not understood`},
		{"HEAD^-1", `"^-1" is not understood`},
		{"HEAD^{commit}x", `"x" is not understood`},
		{"HEAD^{/text}", `"^{/text}" is not understood`},
		{"HEAD^{commit", "a brace is not closed"},
		{"HEAD^{tree}", "names a tree"},
		{"^main", "there is no name before"},
		{"~2", "there is no name before"},
		{"", "empty"},
		{":/text", `":/text" is not understood`},
		{"HEAD:file", `"HEAD:file" is not understood`},
		{"main@{yesterday}", "main@{yesterday} is not understood"},
		{"main@{push}", "main@{push} is not understood"},
		{"main@{u}", "the branch main has no upstream; git branch --set-upstream-to"},
		{"main@{99}", "has only 5 entries"},
		{"main@{-1}", "main@{-1} is not understood"},
		{"@{-1}", "knows of only 0 checkouts"},
		{"nosuch@{1}", "no log of such a ref"},
		{"main@{100000000}", "is not understood"},
		{"main@{1", "is not understood"},
		{"main@{1}@{1}", "is not understood"},
		{"@@{1}", "is not understood"},
		{"HEAD^junk", `"^junk" is not understood`},
		{"HEAD~18446744073709551617", "the number is too large"},
		{"HEAD~99", "not that many parents"},
		{"nosuch", "neither a ref nor the id of a commit"},
	} {
		if id, err := res.named(tt.rev); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q is %s, %v; want an error with %q", tt.rev, id, err, tt.want)
		}
	}
	// What git's files hold besides refs may be the name of a branch, too.
	stray := filepath.Join(r.Path, ".git", "main")
	for id, want := range map[string]bool{r.Git("rev-parse", "HEAD"): true, r.Git("rev-parse", "HEAD~1"): false} {
		if err := os.WriteFile(stray, []byte(id+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := res.named("main"); (err == nil) != want {
			t.Errorf("main beside a file main with %s is %s, %v; want it accepted: %v", id, got, err, want)
		}
	}
}

// FuzzRevision holds what is accepted to the form that the documentation gives.
func FuzzRevision(f *testing.F) {
	for _, rev := range []string{"HEAD~2^2~1", "main^{commit}^{}", "@", "^x", "a^{", "v1^0~"} {
		f.Add(rev)
	}
	f.Fuzz(func(t *testing.T, rev string) {
		base, hops, err := parseRevision(rev)
		if err != nil {
			return
		}
		again := base
		for _, h := range hops {
			again += map[int]string{nthParent: fmt.Sprint("^", h.n), generations: fmt.Sprint("~", h.n), peelCommit: "^{commit}", peelAny: "^{}"}[h.op]
		}
		base2, hops2, err := parseRevision(again)
		if err != nil || base2 != base || fmt.Sprint(hops2) != fmt.Sprint(hops) || len(hops) > len(rev) {
			t.Errorf("%q is %q %v, and written anew %q is %q %v, %v", rev, base, hops, again, base2, hops2, err)
		}
	})
}
