package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

// everything lists, by git, each finding that an audit should come to: the
// object it is in and the path under which that stands.
func (r *gitRepo) everything() (blobs map[string]map[string]bool, texts map[string]string) {
	r.T.Helper()
	blobs, texts = map[string]map[string]bool{}, map[string]string{}
	for out := r.Git("cat-file", "--batch-all-objects", "--batch") + "\n"; out != ""; {
		head, rest, _ := strings.Cut(out, "\n")
		f := strings.Fields(head)
		size, err := strconv.Atoi(f[2])
		if err != nil {
			r.T.Fatal(err)
		}
		if f[1] == "blob" {
			blobs[f[0]] = map[string]bool{}
		}
		if f[1] != "tree" {
			texts[f[0]] = rest[:size]
		}
		out = rest[min(len(rest), size+1):]
	}
	for _, c := range r.allCommits() {
		for _, line := range r.Lines("ls-tree", "-r", c) {
			head, path, _ := strings.Cut(line, "\t")
			if f := strings.Fields(head); f[1] == "blob" {
				blobs[f[2]][path] = true
			}
		}
	}
	return blobs, texts
}

func (r *gitRepo) allCommits() []string {
	r.T.Helper()
	var out []string
	for _, line := range r.Lines("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)") {
		if id, kind, _ := strings.Cut(line, " "); kind == "commit" {
			out = append(out, id)
		}
	}
	return out
}

// tokens returns the tokens of a text that the rules of these tests find under
// a path.
func tokens(text, path string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') }) {
		if len(w) == 16 && (strings.HasPrefix(w, "kst_") || strings.HasPrefix(w, "kpt_") && filepath.Base(filepath.Dir(path)) == "keys") {
			out = append(out, w)
		}
	}
	return out
}

// TestAgainstGit compares what an audit finds with what git lists.
func TestAgainstGit(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := newGitRepo(t)
			r.history(seed, 60)
			r.checkFindings()
			r.checkProvenance()
		})
	}
	t.Run("sha256", func(t *testing.T) {
		r := newGitRepo(t, "--object-format=sha256")
		r.history(9, 40)
		r.checkFindings()
		r.checkProvenance()
	})
}

func (r *gitRepo) checkFindings() {
	t := r.T
	t.Helper()
	blobs, texts := r.everything()
	res := r.run(Options{Jobs: 2}).complete(t)
	if got, want := res.progress.Blobs, int64(len(blobs)); got != want {
		t.Errorf("%d blobs scanned, want %d", got, want)
	}
	if got, want := res.progress.Commits, int64(len(r.allCommits())); got != want {
		t.Errorf("%d commits scanned, want %d", got, want)
	}
	want := map[string]bool{}
	for id, text := range texts {
		paths, isBlob := blobs[id]
		switch {
		case !isBlob && strings.HasPrefix(text, "tree "):
			paths = map[string]bool{"commit:" + id: true}
		case !isBlob:
			paths = map[string]bool{"tag:" + id: true}
		case len(paths) == 0:
			paths = map[string]bool{"blob:" + id: true}
		}
		for path := range paths {
			for _, s := range tokens(text, path) {
				want[id+" "+path+" "+s] = true
			}
		}
	}
	got := map[string]bool{}
	for i := range res.findings {
		f := &res.findings[i]
		if strings.HasPrefix(f.Path, "reflog:") {
			continue
		}
		got[f.Origin.Object+" "+f.Path+" "+f.Secret.Reveal()] = true
	}
	for k := range want {
		if !got[k] {
			t.Errorf("not found: %s", k)
		}
	}
	for k := range got {
		if !want[k] {
			t.Errorf("found, but not there: %s", k)
		}
	}
	r.checkExposures(res)
	if len(want) < 20 {
		t.Errorf("only %d findings in the test's history", len(want))
	}
}

// checkExposures compares the exposure of findings in blobs with what git says
// of the commits that have the blob at the path.
func (r *gitRepo) checkExposures(res *result) {
	r.T.Helper()
	class := map[string]scan.Exposure{}
	for e, args := range map[scan.Exposure][]string{
		scan.Stash:     append([]string{"rev-list"}, r.Lines("log", "-g", "--format=%H", "refs/stash")...),
		scan.Reflog:    append([]string{"rev-list"}, r.Lines("log", "-g", "--format=%H", "HEAD")...),
		scan.Committed: {"rev-list", "--exclude=refs/stash", "--all"},
		scan.Pushed:    {"rev-list", "--remotes"},
		scan.Tagged:    {"rev-list", "--tags"},
	} {
		if len(args) == 1 {
			continue
		}
		for _, id := range r.Lines(args...) {
			class[id] = max(class[id], e)
		}
	}
	want := map[string]scan.Exposure{}
	for _, c := range r.allCommits() {
		for _, line := range r.Lines("ls-tree", "-r", c) {
			head, path, _ := strings.Cut(line, "\t")
			key := strings.Fields(head)[2] + " " + path
			want[key] = max(want[key], class[c], scan.Unreachable)
		}
	}
	for i := range res.findings {
		f := &res.findings[i]
		if e, ok := want[f.Origin.Object+" "+f.Path]; ok && e != f.Exposure {
			r.T.Errorf("%s at %s: exposure %v, want %v", f.Origin.Object, f.Path, f.Exposure, e)
		}
	}
}

// TestSameWhateverThePacks holds findings to be the same for any number of
// workers and in whatever way the objects are stored.
func TestSameWhateverThePacks(t *testing.T) {
	r := newGitRepo(t)
	r.history(5, 50)
	want := r.run(Options{Jobs: 1}).complete(t).text()
	check := func(name string, opts Options) {
		t.Helper()
		if got := r.run(opts).complete(t).text(); got != want {
			t.Errorf("%s: findings are\n%s\nwant\n%s", name, got, want)
		}
	}
	check("three workers", Options{Jobs: 3})
	check("whole", Options{NoDelta: true})
	check("verified", Options{Verify: true, Jobs: 2})
	r.Git("repack", "-q", "-a", "-d", "-k")
	check("one pack", Options{Jobs: 2})
	r.Git("repack", "-q", "-a", "-d", "-f", "-k", "--depth=5", "--window=50")
	check("another pack", Options{Jobs: 2})
	r.Git("pack-refs", "--all")
	check("packed refs", Options{Jobs: 2})
	packs, err := filepath.Glob(filepath.Join(r.Path, ".git/objects/pack/*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("%d packs (%v), want one", len(packs), err)
	}
	data, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	old, err := filepath.Glob(filepath.Join(r.Path, ".git/objects/pack/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	r.Input(string(data), "unpack-objects", "-q")
	check("loose", Options{Jobs: 2})
}

// TestFromAnywhere audits the same repository from its folders, a bare clone
// with an alternate, and a linked worktree.
func TestFromAnywhere(t *testing.T) {
	r := newGitRepo(t)
	r.history(6, 30)
	want := len(r.run(Options{}).complete(t).secrets())
	tree := filepath.Join(t.TempDir(), "linked")
	r.Git("worktree", "add", "-q", "--detach", tree, "HEAD")
	for _, dir := range []string{filepath.Join(r.Path, ".git"), tree} {
		if got := len(r.at(dir).run(Options{}).complete(t).secrets()); got != want {
			t.Errorf("%s: %d secrets, want %d", dir, got, want)
		}
	}
	bare := filepath.Join(t.TempDir(), "bare.git")
	r.Git("clone", "-q", "--mirror", "--shared", r.Path, bare)
	res := r.at(bare).run(Options{}).complete(t)
	if got := len(res.secrets()); got != want {
		t.Errorf("bare: %d secrets, want %d", got, want)
	}
	for i := range res.findings {
		if f := &res.findings[i]; f.Exposure == scan.Committed {
			t.Errorf("bare: %s is committed, want pushed", f.Path)
		}
	}
}

func TestPlaces(t *testing.T) {
	r := newGitRepo(t)
	kst, kpt := r.token(), "kpt_"+r.word()
	r.Write("plain.txt", kpt+"\n"+kst+"\n")
	first := r.Commit("first")
	r.Write("keys/same.txt", kpt+"\n"+kst+"\n")
	second := r.Commit("second")
	res := r.run(Options{}).complete(t)
	var got []string
	for i := range res.findings {
		f := &res.findings[i]
		got = append(got, fmt.Sprintf("%s %s %d %s", f.Rule.ID, f.Path, f.Start.Line, f.Origin.Commit))
	}
	slices.Sort(got)
	want := []string{
		"kst-path keys/same.txt 1 " + second,
		"kst-token keys/same.txt 2 " + second,
		"kst-token plain.txt 2 " + first,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSkipped(t *testing.T) {
	r := newGitRepo(t)
	r.Write("lfs.bin", lfsHead+"oid sha256:0\nsize 1\n")
	r.Write("image", "\x00\x01\x02\x03"+r.token())
	r.Write("big.txt", strings.Repeat("a line of text\n", 1000)+r.token())
	r.Write("left/out.txt", r.token())
	r.Commit("files")
	exclude, err := Matcher([]string{"left"}, true)
	if err != nil {
		t.Fatal(err)
	}
	res := r.run(Options{MaxBlob: 5000, Exclude: exclude}).complete(t)
	for reason, want := range map[string]int{"lfs": 1, "binary": 1, "user-limit": 1, "excluded": 1} {
		if got := res.skipped[reason]; got != want {
			t.Errorf("%d skipped as %s, want %d", got, reason, want)
		}
	}
}

func TestMatcher(t *testing.T) {
	for _, tt := range []struct {
		pattern  string
		anywhere bool
		path     string
		want     bool
	}{
		{"*.go", true, "a/b.go", true},
		{"*.go", false, "a/b.go", false},
		{"*.go", false, "b.go", true},
		{"a", true, "x/a/b", true},
		{"a/", true, "x/a", false},
		{"a/", true, "x/a/b", true},
		{"a/b", true, "x/a/b", false},
		{"a/**/c", true, "a/c", true},
		{"a/**/c", true, "a/b/b/c", true},
		{"a?c", true, "a/c", false},
		{"[!a]x", true, "ax", false},
		{"[!a]x", true, "bx", true},
		{"[a-c]x", true, "bx", true},
		{`\*`, true, "*", true},
		{`\*`, true, "a", false},
		{"./src", false, "src/a", true},
		{".", false, "src/a", true},
		{"src", false, "srcs/a", false},
		{"[", true, "[", true},
	} {
		m, err := Matcher([]string{tt.pattern}, tt.anywhere)
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
			continue
		}
		if got := m(tt.path); got != tt.want {
			t.Errorf("%q (anywhere %v) on %q: %v, want %v", tt.pattern, tt.anywhere, tt.path, got, tt.want)
		}
	}
}
