package history

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// added returns the tokens that the commits of a range add, by git: those in a
// file that a commit has changed, and in none of the files of its parents that
// it has touched.
func (r *gitRepo) added(args ...string) []string {
	r.T.Helper()
	var out []string
	for _, c := range r.Lines(append([]string{"rev-list"}, args...)...) {
		out = append(out, tokens(r.Git("log", "-1", "--format=%B", c), "")...)
		now := r.files(c)
		var before []map[string]string
		for _, p := range strings.Fields(r.Git("log", "-1", "--format=%P", c)) {
			before = append(before, r.files(p))
		}
		known := map[string]bool{}
		for _, old := range before {
			for path, id := range old {
				same := now[path] == id
				for _, other := range before { // a merge touches what differs from all parents
					same = same || now[path] != "" && other[path] == now[path]
				}
				if !same {
					for _, s := range tokens(r.Git("cat-file", "blob", id), path) {
						known[s] = true
					}
				}
			}
		}
		for path, id := range now {
			if slices.ContainsFunc(before, func(old map[string]string) bool { return old[path] == id }) {
				continue
			}
			for _, s := range tokens(r.Git("cat-file", "blob", id), path) {
				if !known[s] {
					out = append(out, s)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *gitRepo) files(commit string) map[string]string {
	out := map[string]string{}
	for _, line := range r.Lines("ls-tree", "-r", commit) {
		head, path, _ := strings.Cut(line, "\t")
		if f := strings.Fields(head); f[1] == "blob" {
			out[path] = f[2]
		}
	}
	return out
}

func (r *result) sorted() []string {
	var out []string
	for s := range r.secrets() {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func TestRange(t *testing.T) {
	r := newGitRepo(t)
	r.history(3, 50)
	for _, tt := range []struct {
		opts Options
		args []string
	}{
		{Options{Range: "HEAD~6..HEAD"}, []string{"HEAD~6..HEAD"}},
		{Options{Range: "HEAD~6.."}, []string{"HEAD~6..HEAD"}},
		{Options{Range: "second...main"}, []string{"second..main"}},
		{Options{Range: "refs/remotes/origin/main..@"}, []string{"origin/main..HEAD"}},
		{Options{Range: "main^2~1..main^{commit}"}, []string{"main^2~1..main"}},
		{Options{Range: r.Git("rev-parse", "--short", "HEAD~3") + "..HEAD"}, []string{"HEAD~3..HEAD"}},
		{Options{Range: zeroID + "..main"}, []string{"main", "--not", "--exclude=main", "--branches", "--remotes", "--tags", "refs/notes/commits"}},
		{Options{Range: zeroID + ".." + r.Git("rev-parse", "main")}, []string{"main", "--not", "--exclude=main", "--branches", "--remotes", "--tags", "refs/notes/commits"}},
		{Options{Range: zeroID + "..second"}, []string{"second", "--not", "--exclude=second", "--branches", "--remotes", "--tags", "refs/notes/commits"}},
		{Options{Since: "HEAD~4"}, []string{"HEAD~4..HEAD"}},
		{Options{Since: "main~4", Branch: "second"}, []string{"main~4..second"}},
	} {
		if _, err := r.Try(append([]string{"rev-list"}, tt.args...)...); err != nil {
			t.Logf("left out: %v", err)
			continue
		}
		for _, jobs := range []int{1, 3} {
			tt.opts.Jobs = jobs
			res := r.run(tt.opts).complete(t)
			if got, want := res.sorted(), r.added(tt.args...); !slices.Equal(got, want) {
				t.Errorf("%+v:\ngot  %q\nwant %q", tt.opts.Range+tt.opts.Since, got, want)
			}
			if got, want := int(res.progress.Commits), len(r.Lines(append([]string{"rev-list"}, tt.args...)...)); got != want {
				t.Errorf("%s: %d commits, want %d", tt.opts.Range, got, want)
			}
		}
	}
}

func TestRangeProvenance(t *testing.T) {
	r := newGitRepo(t)
	r.Write("a.txt", "text\n")
	r.Commit("root")
	kept, gone := r.token(), r.token()
	r.Write("a.txt", kept+"\n"+gone+"\n")
	in := r.Commit("bring in")
	r.Write("a.txt", kept+"\nmore\n")
	r.Commit("take out")
	res := r.run(Options{Range: "HEAD~2..HEAD"}).complete(t)
	for secret, want := range map[string]bool{kept: true, gone: false} {
		var places []Place
		for i := range res.findings {
			if f := &res.findings[i]; f.Secret.Reveal() == secret {
				places = append(places, Place{f.Path, f.Start.Line, f.Start.Column, f.Origin.Commit})
			}
		}
		p := res.audit.Provenance(res.secrets()[secret], places, time.Now())
		if p == nil || p.Introduced == nil || p.Introduced.Commit != in || p.InHead != want || p.Blobs != 1 || p.RefsTotal != 1 {
			t.Errorf("provenance %+v; want introduced by %s, in HEAD %v", p, in, want)
		}
	}
}

func TestBranchAndPath(t *testing.T) {
	r := newGitRepo(t)
	one, two, three := r.token(), r.token(), r.token()
	r.Write("src/a.txt", one)
	r.Commit("one")
	r.Git("checkout", "-q", "-b", "side")
	r.Write("lib/b.txt", two)
	r.Commit("two " + r.token())
	r.Git("checkout", "-q", "main")
	r.Write("src/c.txt", three)
	r.Git("stash", "-q", "-u")
	only, err := Matcher([]string{"src"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		opts Options
		want []string
	}{
		{"main", Options{Branch: "main"}, []string{one}},
		{"path", Options{Only: only}, []string{one}},
		{"both", Options{Branch: "side", Only: only}, []string{one}},
	} {
		if got := r.run(tt.opts).complete(t).sorted(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := r.run(Options{Branch: "side"}).complete(t).sorted(); len(got) != 3 {
		t.Errorf("side: got %q, want two files and a message", got)
	}
}

func TestBadRange(t *testing.T) {
	r := newGitRepo(t)
	r.Write("a.txt", r.token())
	r.Commit("one")
	for _, name := range []string{"nothing..HEAD", "HEAD..nothing", "HEAD~5..HEAD", "HEAD^2..HEAD", "HEAD", "a..b..c", "HEAD^{tree}..HEAD",
		strings.Repeat("f", 40) + "..HEAD", "../../x..HEAD", "HEAD@{1}..HEAD", "auto", "HEAD^{..HEAD"} {
		res := r.run(Options{Range: name})
		if len(res.incomplete) != 1 || res.incomplete[0].Reason != "bad-range" || len(res.findings) > 0 {
			t.Errorf("%s: %v and %d findings, want bad-range and none", name, res.incomplete, len(res.findings))
		}
	}
	for _, name := range []string{"HEAD..HEAD", "HEAD.." + zeroID} {
		res := r.run(Options{Range: name}).complete(t)
		if res.audit.Empty() != name || len(res.findings) > 0 {
			t.Errorf("%s: empty is %q with %d findings, want none", name, res.audit.Empty(), len(res.findings))
		}
	}
}
