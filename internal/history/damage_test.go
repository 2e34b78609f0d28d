package history

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

func reasons(r *result) []string {
	var out []string
	for _, i := range r.incomplete {
		out = append(out, i.Reason)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// story makes three commits, each with a token.
func (r *gitRepo) story() (all []string) {
	for _, name := range []string{"one.txt", "two.txt", "three.txt"} {
		s := r.token()
		all = append(all, s)
		r.Write(name, s+"\n")
		r.Commit(name)
	}
	slices.Sort(all)
	return all
}

func (r *gitRepo) check(name string, opts Options, want []string, reason ...string) *result {
	r.T.Helper()
	res := r.run(opts)
	if got := reasons(res); !slices.Equal(got, reason) {
		r.T.Errorf("%s: incomplete %v, want %q", name, res.incomplete, reason)
	}
	if got := res.sorted(); !slices.Equal(got, want) {
		r.T.Errorf("%s: found %q, want %q", name, got, want)
	}
	return res
}

func TestShallow(t *testing.T) {
	r := newGitRepo(t)
	r.story()
	dir := filepath.Join(t.TempDir(), "clone")
	r.Git("clone", "-q", "--depth=2", "file://"+r.Path, dir)
	c := r.at(dir)
	all := r.run(Options{}).complete(t).sorted()
	c.check("whole", Options{}, all, "shallow")
	c.check("within", Options{Range: "HEAD~1..HEAD"}, tokens(c.Git("show", "HEAD:three.txt"), ""))
	c.check("beyond", Options{Branch: "main"}, all, "shallow")
	res := c.check("unknown", Options{Range: "HEAD~2..HEAD"}, nil, "bad-range")
	if !strings.Contains(res.incomplete[0].Cure, "fetch-depth: 0") {
		t.Errorf("cure %q, want how to fetch the rest", res.incomplete[0].Cure)
	}
	c.Git("fetch", "-q", "--unshallow")
	c.check("after the cure", Options{}, all)
}

func TestPartial(t *testing.T) {
	r := newGitRepo(t)
	all := r.story()
	r.Git("config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "clone")
	r.Git("clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+r.Path, dir)
	c := r.at(dir)
	res := c.check("without blobs", Options{}, nil, "partial-clone")
	if len(res.incomplete) != 3 {
		t.Errorf("%d absent objects told, want 3", len(res.incomplete))
	}
	c.Git("fetch", "-q", "--refetch", "--no-filter")
	c.check("after the cure", Options{}, all)
}

func TestMissing(t *testing.T) {
	r := newGitRepo(t)
	all := r.story()
	lost := r.Git("rev-parse", "HEAD~1:two.txt")
	secret := tokens(r.Git("cat-file", "blob", lost), "")[0]
	rest := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == secret })
	file := filepath.Join(r.Path, ".git/objects", lost[:2], lost[2:])
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	res := r.check("blob", Options{}, rest, "missing-object")
	if res.incomplete[0].Path != "two.txt" {
		t.Errorf("absent at %q, want two.txt", res.incomplete[0].Path)
	}
	r.check("in a range", Options{Range: "HEAD~2..HEAD"}, slices.DeleteFunc(slices.Clone(rest), func(s string) bool {
		return s == tokens(r.Git("show", "HEAD:one.txt"), "")[0]
	}), "missing-object")
	r.check("not in the range", Options{Range: "HEAD~1..HEAD"}, tokens(r.Git("show", "HEAD:three.txt"), ""))

	data[len(data)-8] ^= 0x55
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	r.check("damaged", Options{}, rest, "bad-object")
}

func TestMissingCommitAndRef(t *testing.T) {
	r := newGitRepo(t)
	all := r.story()
	lost := r.Git("rev-parse", "HEAD~1")
	if err := os.Remove(filepath.Join(r.Path, ".git/objects", lost[:2], lost[2:])); err != nil {
		t.Fatal(err)
	}
	r.check("commit", Options{}, all, "missing-object") // its blob is there, and others have it
	r.Write(".git/refs/heads/gone", strings.Repeat("1", 40)+"\n")
	res := r.check("ref", Options{}, all, "missing-object")
	if !slices.ContainsFunc(res.incomplete, func(i *scan.Incomplete) bool { return i.Path == "ref:refs/heads/gone" }) {
		t.Errorf("told %v, want the ref", res.incomplete)
	}
}

func TestVerify(t *testing.T) {
	r := newGitRepo(t)
	all := r.story()
	from := r.Git("rev-parse", "HEAD:one.txt")
	to := r.Git("rev-parse", "HEAD:two.txt")
	file := func(id string) string { return filepath.Join(r.Path, ".git/objects", id[:2], id[2:]) }
	data, err := os.ReadFile(file(from))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file(to), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file(to), data, 0o666); err != nil {
		t.Fatal(err)
	}
	res := r.run(Options{Verify: true})
	if got := reasons(res); !slices.Equal(got, []string{"bad-object"}) || len(res.sorted()) != len(all)-1 {
		t.Errorf("incomplete %v, %d secrets; want bad-object and %d", res.incomplete, len(res.sorted()), len(all)-1)
	}
}

func TestNoCommits(t *testing.T) {
	r := newGitRepo(t)
	r.check("nothing", Options{}, nil)
	s := r.token()
	r.Write("a.txt", s)
	r.Git("add", "a.txt")
	res := r.check("staged", Options{}, []string{s})
	if got := res.findings[0].Exposure.String(); got != "staged" {
		t.Errorf("exposure %s, want staged", got)
	}
	r.Write("b.txt", "text")
	r.Git("add", "-N", "b.txt")
	r.check("intent to add", Options{}, []string{s})
}

func TestRefused(t *testing.T) {
	if _, err := Open(t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), repo.ErrNotRepository.Error()) {
		t.Errorf("no repository: %v, want %v", err, repo.ErrNotRepository)
	}
	r := newGitRepo(t)
	r.Commit("one")
	r.Git("config", "core.repositoryFormatVersion", "1")
	for _, extension := range []string{"refStorage=reftable", "somethingNew=1"} {
		key, value, _ := strings.Cut(extension, "=")
		r.Git("config", "-f", ".git/config", "extensions."+key, value)
		if _, err := Open(r.Path, Options{}); err == nil || !strings.Contains(err.Error(), strings.ToLower(key)) {
			t.Errorf("%s: %v, want an error that names it", extension, err)
		}
		r.Write(".git/config", "[core]\n\trepositoryFormatVersion = 1\n")
	}
}

// TestTreeBomb holds trees that hold one another to bounded time and memory.
func TestTreeBomb(t *testing.T) {
	r := newGitRepo(t)
	s := r.token()
	r.Write("leaf", s)
	id := r.Git("hash-object", "-w", "leaf")
	kind := "100644 blob "
	for range 12 {
		var list strings.Builder
		for i := range 10 {
			list.WriteString(kind + id + "\td" + string(rune('0'+i)) + "\n")
		}
		id, kind = r.Input(list.String(), "mktree"), "040000 tree "
	}
	commit := r.Git("commit-tree", "-m", "bomb", id)
	r.Git("update-ref", "refs/heads/main", commit)
	a := r.open(Options{})
	a.maxPlaces = 1000
	res := collect(t, a, scan.New(a.opts.Rules, scan.Options{}))
	if got := reasons(res); !slices.Equal(got, []string{"safety-limit"}) || len(res.sorted()) != 1 {
		t.Errorf("incomplete %v, found %q; want safety-limit and the token", res.incomplete, res.sorted())
	}
}
