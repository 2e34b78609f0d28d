package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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

// needGit skips the test where there is no git, but not in CI.
func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("git is missing")
		}
		t.Skip("git is missing")
	}
}

// A gitRepo is a repository made by the real git.
type gitRepo struct {
	t    testing.TB
	dir  string
	tick int
	rnd  *rand.Rand
}

func newGitRepo(t testing.TB, args ...string) *gitRepo {
	t.Helper()
	needGit(t)
	r := &gitRepo{t: t, dir: t.TempDir(), rnd: rand.New(rand.NewPCG(7, 7))}
	r.git(append(append([]string{"init", "-q", "-b", "main"}, args...), ".")...)
	r.git("config", "gc.auto", "0")
	return r
}

// at returns the same repository seen from another folder.
func (r *gitRepo) at(dir string) *gitRepo {
	c := *r
	c.dir = dir
	return &c
}

func (r *gitRepo) git(args ...string) string {
	r.t.Helper()
	out, err := r.try(args...)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r *gitRepo) try(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	date := fmt.Sprintf("%d +0130", 1_600_000_000+86_400*r.tick)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "GIT_") }),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=committer@example.com", "GIT_COMMITTER_DATE="+date)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %v: %w\n%s", args, err, stderr.Bytes())
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// lines returns the lines that git prints.
func (r *gitRepo) lines(args ...string) []string {
	r.t.Helper()
	out := r.git(args...)
	if out == "" {
		return nil
	}
	return strings.Split(out, "\n")
}

func (r *gitRepo) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r *gitRepo) commit(message string, more ...string) string {
	r.t.Helper()
	r.tick++
	r.git("add", "-A")
	r.git(append([]string{"commit", "-q", "--allow-empty", "-m", message}, more...)...)
	return r.git("rev-parse", "HEAD")
}

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
	r.t.Helper()
	r.rnd = rand.New(rand.NewPCG(seed, 1))
	files := []string{}
	branches := []string{"main"}
	r.write("README", "a repository\n")
	r.commit("root")
	for i := range steps {
		switch n := r.rnd.IntN(20); {
		case n < 8:
			name := fmt.Sprintf("%s/f%d.txt", []string{"a", "b/c", "keys", "d"}[r.rnd.IntN(4)], r.rnd.IntN(12))
			old, _ := os.ReadFile(filepath.Join(r.dir, name))
			text := string(old) + strings.Repeat("some text of a line\n", r.rnd.IntN(40))
			if r.rnd.IntN(2) == 0 {
				text += r.token() + "\n"
			}
			if r.rnd.IntN(4) == 0 {
				text += "kpt_" + r.word() + "\n"
			}
			r.write(name, text)
			files = append(files, name)
			r.commit(fmt.Sprintf("step %d", i))
		case n < 10 && len(files) > 0:
			_ = os.Remove(filepath.Join(r.dir, files[r.rnd.IntN(len(files))]))
			r.commit(fmt.Sprintf("step %d removes", i))
		case n < 11:
			if _, err := r.try("mv", "-k", "a", fmt.Sprintf("moved%d", i)); err == nil {
				r.commit(fmt.Sprintf("step %d moves", i))
			}
		case n < 13:
			b := fmt.Sprintf("branch%d", i)
			branches = append(branches, b)
			r.git("checkout", "-q", "-b", b, branches[r.rnd.IntN(len(branches)-1)])
		case n < 15:
			r.git("checkout", "-q", "-f", branches[r.rnd.IntN(len(branches))])
		case n < 17:
			r.tick++
			args := []string{"merge", "-q", "--no-ff", "--no-edit", "-X", "theirs"}
			if r.rnd.IntN(4) == 0 {
				args = append(args[:4:4], "-s", "ours")
			}
			if _, err := r.try(append(args, branches[r.rnd.IntN(len(branches))])...); err != nil {
				_, _ = r.try("merge", "--abort")
				_, _ = r.try("reset", "-q", "--hard")
			}
		case n < 18:
			args := []string{"tag", fmt.Sprintf("v%d", i)}
			if r.rnd.IntN(2) == 0 {
				args = []string{"tag", "-a", "-m", "tag " + r.token(), fmt.Sprintf("v%d", i)}
			}
			r.git(args...)
		case n < 19:
			r.write("wip.txt", r.token()+"\n")
			r.write("README", fmt.Sprintf("changed %d %s\n", i, r.token()))
			r.tick++
			r.git("stash", "-q", "-u")
		default:
			r.write("oops.txt", r.token()+"\n")
			r.commit("oops")
			r.git("reset", "-q", "--hard", "HEAD~1")
		}
	}
	r.git("checkout", "-q", "-f", "--orphan", "second")
	r.write("second.txt", r.token()+"\n")
	r.commit("a second root")
	r.git("checkout", "-q", "-f", "main")
	r.tick++
	r.git("merge", "-q", "--allow-unrelated-histories", "-X", "theirs", "--no-edit", "second")
	r.octopus()
	if err := os.Symlink("README", filepath.Join(r.dir, "link")); err == nil {
		r.commit("a link")
	}
	r.git("notes", "add", "-m", "a note "+r.token())
	r.git("update-ref", "refs/remotes/origin/main", "HEAD~2")
}

// octopus merges two branches at once.
func (r *gitRepo) octopus() {
	r.t.Helper()
	for _, b := range []string{"left", "right"} {
		r.git("checkout", "-q", "-b", b, "main")
		r.write(b+".txt", r.token()+"\n")
		r.commit(b)
	}
	r.git("checkout", "-q", "main")
	r.tick++
	r.git("merge", "-q", "--no-edit", "left", "right")
	r.git("branch", "-q", "-D", "left", "right")
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
	r.t.Helper()
	opts.Rules = testSet(r.t)
	opts.Env = func(name string) (string, bool) { return "", false }
	a, err := Open(r.dir, opts)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = a.Close() })
	return a
}

// run audits a repository.
func (r *gitRepo) run(opts Options) *result {
	r.t.Helper()
	a := r.open(opts)
	return collect(r.t, a, scan.New(a.opts.Rules, scan.Options{}))
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

// feed runs git with a file as its input and returns what it prints.
func (r *gitRepo) feed(file string, args ...string) string {
	r.t.Helper()
	f, err := os.Open(file)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = r.dir, f
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
