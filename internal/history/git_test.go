package history

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// testRule finds the tokens of these tests, and nothing that other tools know.
const testRule = `
[[rule]]
id = "kst-token"
title = "test token"
provider = "Test"
severity = "high"
confidence = "high"
markers = ["kst_"]
pattern = 'kst_[a-z0-9]{12}'
remedy = "kst"

[[rule]]
id = "kst-path"
title = "test token by path"
provider = "Test"
severity = "high"
confidence = "high"
markers = ["kpt_"]
pattern = 'kpt_[a-z0-9]{12}'
path = '(^|/)keys/[^/]*$'
remedy = "kst"

[remedy]
id = "kst"
source = "https://example.com/"
`

func testSet(t testing.TB) *rules.Set {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if set, err = set.Extend("test.toml", []byte(testRule)); err != nil {
		t.Fatal(err)
	}
	if set, err = set.Only("kst-token", "kst-path"); err != nil {
		t.Fatal(err)
	}
	return set
}

// A gitRepo is a repository made by the real git.
type gitRepo struct {
	*gittest.Dir
	rnd *rand.Rand
}

func newGitRepo(t testing.TB, options ...string) *gitRepo {
	t.Helper()
	return &gitRepo{gittest.Init(t, options...), rand.New(rand.NewPCG(7, 7))}
}

// at returns the same repository seen from another folder.
func (r *gitRepo) at(dir string) *gitRepo { return &gitRepo{r.In(dir), r.rnd} }

// token makes up a token.
func (r *gitRepo) token() string { return "kst_" + r.word() }

func (r *gitRepo) word() string {
	const set = "abcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 12)
	for i := range b {
		b[i] = set[r.rnd.IntN(len(set))]
	}
	return string(b)
}

// history makes a history with merges of all kinds, tags, two roots, renames,
// removals, stashes, commits that only the reflog has, and links.
func (r *gitRepo) history(seed uint64, steps int) {
	r.T.Helper()
	r.rnd = rand.New(rand.NewPCG(seed, 1))
	files := []string{}
	branches := []string{"main"}
	r.Write("README", "a repository\n")
	r.Commit("root")
	for i := range steps {
		switch n := r.rnd.IntN(20); {
		case n < 8:
			name := fmt.Sprintf("%s/f%d.txt", []string{"a", "b/c", "keys", "d"}[r.rnd.IntN(4)], r.rnd.IntN(12))
			old, _ := os.ReadFile(filepath.Join(r.Path, name))
			text := string(old) + strings.Repeat("some text of a line\n", r.rnd.IntN(40))
			if r.rnd.IntN(2) == 0 {
				text += r.token() + "\n"
			}
			if r.rnd.IntN(4) == 0 {
				text += "kpt_" + r.word() + "\n"
			}
			r.Write(name, text)
			files = append(files, name)
			r.Commit(fmt.Sprintf("step %d", i))
		case n < 10 && len(files) > 0:
			_ = os.Remove(filepath.Join(r.Path, files[r.rnd.IntN(len(files))]))
			r.Commit(fmt.Sprintf("step %d removes", i))
		case n < 11:
			if _, err := r.Try("mv", "-k", "a", fmt.Sprintf("moved%d", i)); err == nil {
				r.Commit(fmt.Sprintf("step %d moves", i))
			}
		case n < 13:
			b := fmt.Sprintf("branch%d", i)
			branches = append(branches, b)
			r.Git("checkout", "-q", "-b", b, branches[r.rnd.IntN(len(branches)-1)])
		case n < 15:
			r.Git("checkout", "-q", "-f", branches[r.rnd.IntN(len(branches))])
		case n < 17:
			r.NextDay()
			args := []string{"merge", "-q", "--no-ff", "--no-edit", "-X", "theirs"}
			if r.rnd.IntN(4) == 0 {
				args = append(args[:4:4], "-s", "ours")
			}
			if _, err := r.Try(append(args, branches[r.rnd.IntN(len(branches))])...); err != nil {
				_, _ = r.Try("merge", "--abort")
				_, _ = r.Try("reset", "-q", "--hard")
			}
		case n < 18:
			args := []string{"tag", fmt.Sprintf("v%d", i)}
			if r.rnd.IntN(2) == 0 {
				args = []string{"tag", "-a", "-m", "tag " + r.token(), fmt.Sprintf("v%d", i)}
			}
			r.Git(args...)
		case n < 19:
			r.Write("wip.txt", r.token()+"\n")
			r.Write("README", fmt.Sprintf("changed %d %s\n", i, r.token()))
			r.NextDay()
			r.Git("stash", "-q", "-u")
		default:
			r.Write("oops.txt", r.token()+"\n")
			r.Commit("oops")
			r.Git("reset", "-q", "--hard", "HEAD~1")
		}
	}
	r.Git("checkout", "-q", "-f", "--orphan", "second")
	r.Write("second.txt", r.token()+"\n")
	r.Commit("a second root")
	r.Git("checkout", "-q", "-f", "main")
	r.NextDay()
	r.Git("merge", "-q", "--allow-unrelated-histories", "-X", "theirs", "--no-edit", "second")
	r.octopus()
	if err := os.Symlink("README", filepath.Join(r.Path, "link")); err == nil {
		r.Commit("a link")
	}
	r.Git("notes", "add", "-m", "a note "+r.token())
	r.Git("update-ref", "refs/remotes/origin/main", "HEAD~2")
}

// octopus merges two branches at once.
func (r *gitRepo) octopus() {
	r.T.Helper()
	for _, b := range []string{"left", "right"} {
		r.Git("checkout", "-q", "-b", b, "main")
		r.Write(b+".txt", r.token()+"\n")
		r.Commit(b)
	}
	r.Git("checkout", "-q", "main")
	r.NextDay()
	r.Git("merge", "-q", "--no-edit", "left", "right")
	r.Git("branch", "-q", "-D", "left", "right")
}

// A result is what an audit came to.
type result struct {
	findings   []scan.Finding
	incomplete []*scan.Incomplete
	skipped    map[string]int
	progress   Progress
	audit      *Audit
}

func (r *gitRepo) open(opts Options) *Audit {
	r.T.Helper()
	opts.Rules = testSet(r.T)
	opts.Env = func(name string) (string, bool) { return "", false }
	a, err := Open(r.Path, opts)
	if err != nil {
		r.T.Fatal(err)
	}
	r.T.Cleanup(func() { _ = a.Close() })
	return a
}

// run audits a repository.
func (r *gitRepo) run(opts Options) *result {
	r.T.Helper()
	a := r.open(opts)
	return collect(r.T, a, scan.New(a.opts.Rules, scan.Options{}))
}

func collect(t testing.TB, a *Audit, e *scan.Engine) *result {
	t.Helper()
	out := &result{audit: a, skipped: map[string]int{}}
	for f, err := range a.Findings(context.Background(), e) {
		var incomplete *scan.Incomplete
		var skipped *scan.Skipped
		switch {
		case err == nil:
			out.findings = append(out.findings, f)
		case errors.As(err, &incomplete):
			out.incomplete = append(out.incomplete, incomplete)
			if incomplete.Cure == "" || incomplete.Detail == "" {
				t.Errorf("%v: detail %q, cure %q; want both", incomplete, incomplete.Detail, incomplete.Cure)
			}
		case errors.As(err, &skipped):
			out.skipped[skipped.Reason]++
		default:
			t.Fatalf("the audit ended with %v", err)
		}
	}
	out.progress = a.Progress()
	return out
}

// complete fails the test if something could not be read.
func (r *result) complete(t testing.TB) *result {
	t.Helper()
	for _, i := range r.incomplete {
		t.Errorf("incomplete: %v", i)
	}
	return r
}

// text returns the findings, sorted, with all that tells them apart.
func (r *result) text() string {
	var lines []string
	for i := range r.findings {
		f := &r.findings[i]
		lines = append(lines, fmt.Sprintf("%s %s:%d:%d %s %v %s %s %s", f.Rule.ID, f.Path, f.Start.Line, f.Start.Column, f.Secret.Reveal(), f.Exposure, f.Origin.Commit, f.Origin.Object, f.Origin.Ref))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// secrets returns the objects in which each secret was found.
func (r *result) secrets() map[string][]string {
	sets := map[string]map[string]bool{}
	for i := range r.findings {
		f := &r.findings[i]
		if sets[f.Secret.Reveal()] == nil {
			sets[f.Secret.Reveal()] = map[string]bool{}
		}
		sets[f.Secret.Reveal()][f.Origin.Object] = true
	}
	out := map[string][]string{}
	for s, set := range sets {
		out[s] = slices.Sorted(maps.Keys(set))
	}
	return out
}
