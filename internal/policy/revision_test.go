package policy

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/rules"
)

// A testRepo is a repository made by git.
type testRepo struct{ *gittest.Dir }

func newTestRepo(t *testing.T) *testRepo {
	t.Helper()
	return &testRepo{gittest.Init(t)}
}

// objects reads by the pack reader, as the program does.
type objects struct{ store *pack.Store }

func (o objects) Get(id []byte) (string, []byte, error) {
	kind, data, err := o.store.Get(pack.MakeID(id))
	return kind.String(), data, err
}

func (o objects) Match(prefix string, most int) [][]byte {
	var out [][]byte
	for _, id := range o.store.Match(prefix, most) {
		out = append(out, id.Bytes())
	}
	return out
}

func (r *testRepo) open(name string) (*Revision, error) {
	r.T.Helper()
	found, err := repo.Discover(r.Path, nil)
	if err != nil {
		r.T.Fatal(err)
	}
	store, err := pack.Open(found.Objects, pack.Options{})
	if err != nil {
		r.T.Fatal(err)
	}
	r.T.Cleanup(func() { _ = store.Close() })
	return OpenRevision(found, objects{store}, name)
}

// TestRevisionNames holds the names of revisions to git's reading of them.
func TestRevisionNames(t *testing.T) {
	r := newTestRepo(t)
	for _, text := range []string{"one", "two", "three"} {
		r.Write("f", text)
		r.Commit(text)
	}
	r.Git("tag", "-a", "-m", "x", "v1", "HEAD~1")
	r.Git("tag", "light", "HEAD~2")
	r.Git("branch", "topic/a", "HEAD~1")
	r.Git("checkout", "-q", "topic/a")
	r.Write("f", "four")
	r.Commit("four")
	r.Git("merge", "-q", "-s", "ours", "-m", "merge", "main")
	r.Git("update-ref", "refs/remotes/origin/main", "main")
	r.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	id := r.Git("rev-parse", "HEAD")
	for _, name := range []string{
		"HEAD", "@", "main", "topic/a", "refs/heads/main", "heads/main", "v1", "light", "origin/main", "origin",
		id, id[:10], "HEAD~", "HEAD~1", "HEAD^", "HEAD^2", "HEAD^^", "HEAD~2", "HEAD^2~1", "v1~1", "v1^{}", "v1^{commit}", "HEAD^0", "HEAD~0",
	} {
		want := r.Git("show", name+":f")
		v, err := r.open(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := v.ReadFile("f"); err != nil || string(got) != want {
			t.Errorf("%s: f is %q (%v), want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"", "gone", "HEAD~99", "HEAD^3", "HEAD@{1}", "../config", "config", strings.Repeat("1", 40), "HEAD:f", "v1^{tree}", "HEAD~999999999999"} {
		if v, err := r.open(name); err == nil {
			t.Errorf("%q is %v", name, v.root)
		}
	}
}

func TestRevisionFiles(t *testing.T) {
	r := newTestRepo(t)
	r.Write("a/b", "text")
	if err := os.Symlink("a/b", filepath.Join(r.Path, "link")); err != nil {
		t.Skip("no symbolic links")
	}
	r.Commit("one")
	r.Git("gc", "-q")
	v, err := r.open("main")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := v.ReadFile("a/b"); err != nil || string(got) != "text" {
		t.Errorf("a/b is %q (%v)", got, err)
	}
	for _, name := range []string{"link", "a", "gone", "../x", "a/b/c", "/a/b"} {
		if got, err := v.ReadFile(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is %q (%v), want none", name, got, err)
		}
	}
}

// TestTrustedComments: a comment counts where its line stands in the revision,
// and not for another secret to which it was copied.
func TestTrustedComments(t *testing.T) {
	r := newTestRepo(t)
	note := "# " + ownMarker + " r a sample"
	r.Write("f", "first = kst_one "+note+"\r\n"+note+"\nsecond = kst_two\nplain = kst_three\n")
	r.Commit("one")
	v, err := r.open("main")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path, line, before string
		want               bool
	}{
		{"f", "first = kst_one " + note, "", true},
		{"f", "  first = kst_one " + note, "something else", true},
		{"f", "second = kst_two", note, true},
		{"f", "second = kst_other", note, false},
		{"f", "plain = kst_three", note, false},
		{"f", "other = kst_one " + note, "", false},
		{"g", "first = kst_one " + note, "", false},
	} {
		p := New(Options{Revision: v})
		s, hint := p.Comment(tt.path, &rules.Rule{ID: "r"}, []byte(tt.line), []byte(tt.before))
		if (s != nil) != tt.want || (hint == "") != tt.want {
			t.Errorf("%q after %q: got %v, %q", tt.line, tt.before, s, hint)
		}
	}
}

func TestAttempts(t *testing.T) {
	r := newTestRepo(t)
	r.Write(ConfigName, "min-severity = 'high'\n[[allow]]\nsecret = 'kst_old'\nreason = 'x'\n")
	r.Write(".gitattributes", "*.md text\n")
	r.Commit("one")
	v, err := r.open("main")
	if err != nil {
		t.Fatal(err)
	}
	now := func(name string) ([]byte, error) {
		switch name {
		case ConfigName:
			return []byte("disable-rule = ['a',\n  'b']\n[[allow]]\nsecret = 'kst_new'\nreason = 'x'\n"), nil
		case BaselineName:
			return []byte(`{"schema": 1, "findings": [{"fingerprint": "` + fingerprintOf(1) + `", "rule": "r", "path": "a", "status": "test"}]}`), nil
		case ".gitleaksignore":
			return []byte("# x\na:r:1\n"), nil
		case ".gitattributes":
			return []byte("*.md text\n*.env -diff\n*.go text\n"), nil
		case "d/.gitattributes":
			return []byte("* linguist-generated=true\n"), nil
		}
		return nil, nil
	}
	p := New(Options{Revision: v})
	f := finding("r", "kst_weak", "d/e/f", 1, 1)
	p.Decide(&f)
	p.Comment("d/e/f", f.Rule, []byte("x # "+ownMarker+" r why"), nil)
	got := p.Attempts(now)
	want := []string{
		`.keysift.toml:1: sets disable-rule = ['a', 'b']`,
		`.keysift.toml:4: sets allow.secret`,
		`.keysift.toml: takes out min-severity = 'high'`,
		`.keysift.toml: takes out allow.secret`,
		`.keysift-baseline.json: adds ` + fingerprintOf(1) + ` r a`,
		`.gitleaksignore: adds a:r:1`,
		`.gitattributes: adds *.env -diff`,
		`d/.gitattributes: adds * linguist-generated=true`,
		`d/e/f: a new comment ` + ownMarker,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
