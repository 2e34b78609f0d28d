package fix

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/ignore"
	"github.com/keysift/keysift/internal/repo"
)

// testOptions returns the options for a folder that has no index.
func testOptions(t *testing.T) Options {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Top: top, Repo: &repo.Repo{WorkTree: top, IndexFile: filepath.Join(top, ".git", "index")}, Index: &repo.Index{},
		Lists: func(read func(string) ([]byte, error)) ignore.Options { return ignore.Options{Root: top, Read: read} },
		Holds: func(_ string, text []byte) bool { return strings.Contains(string(text), "winter") },
	}
}

func put(t *testing.T, opts Options, rel, text string) string {
	t.Helper()
	name := filepath.Join(opts.Top, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPlanAndApply(t *testing.T) {
	opts := testOptions(t)
	put(t, opts, "a/.env", "TOKEN=winter\nwinter_NAME=1\n")
	put(t, opts, "a/b/app.conf", "x")
	list := put(t, opts, ".gitignore", "*.o\n")
	p, err := New(opts, []Target{
		{Rel: "a/.env", Bare: true, Ignore: true, Example: true},
		{Rel: "a/b/app.conf", Ignore: true},
	})
	if err != nil || len(p.Refused) > 0 {
		t.Fatalf("New: %v, refused %v", err, p.Refused)
	}
	done, err := p.Apply(context.Background(), nil)
	if err != nil || len(done) != 2 {
		t.Fatalf("Apply = %v, %v", done, err)
	}
	for rel, want := range map[string]string{
		".gitignore": "*.o\n\na/.env\na/b/app.conf\n", "a/.env.example": "TOKEN=\n",
	} {
		if got, err := os.ReadFile(filepath.Join(opts.Top, rel)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v, want %q", rel, got, err, want)
		}
	}
	if info, err := os.Stat(list); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode of the list is %v, %v, want that from before", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(opts.Top, ".keysift-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestApplyChanged: what has changed since the plan was made is not written over.
func TestApplyChanged(t *testing.T) {
	for _, list := range []string{"*.o\n", ""} {
		opts := testOptions(t)
		put(t, opts, "key.conf", "x")
		if list != "" {
			put(t, opts, ".gitignore", list)
		}
		p, err := New(opts, []Target{{Rel: "key.conf", Ignore: true}})
		if err != nil {
			t.Fatal(err)
		}
		name := put(t, opts, ".gitignore", "somebody else's\n")
		if _, err := p.Apply(context.Background(), nil); err == nil || !strings.Contains(err.Error(), "has changed") {
			t.Errorf("Apply with a changed list: %v", err)
		}
		if got, _ := os.ReadFile(name); string(got) != "somebody else's\n" {
			t.Errorf("the list is %q", got)
		}
	}
}

func TestRefusals(t *testing.T) {
	opts := testOptions(t)
	put(t, opts, "app.conf", "x")
	put(t, opts, "dir/x", "x")
	put(t, opts, "odd/.gitignore", "\x00")
	put(t, opts, "odd/app.conf", "x")
	put(t, opts, "back/.gitignore", "*.conf\n!app.conf\n/app.conf\n!app.conf\n")
	put(t, opts, "back/app.conf", "x")
	if err := os.Mkdir(filepath.Join(opts.Top, "dir", ".gitignore"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ rel, want string }{
		{"../outside", "outside of the repository"},
		{"/etc/passwd", "outside of the repository"},
		{"dir", "no ordinary file"},
		{"odd/app.conf", "no text"},
		{"back/app.conf", "takes it back in"},
		{"a\nb", "line break"},
	} {
		p, err := New(opts, []Target{{Rel: tt.rel, Ignore: true}})
		if err != nil || !p.Empty() || len(p.Refused) != 1 || !strings.Contains(p.Refused[0].Why, tt.want) {
			t.Errorf("%q: refused %v, %v, want %s", tt.rel, p.Refused, err, tt.want)
		}
	}
}

// FuzzExampleNames holds the names of an example to be what stands before an
// equals sign at the start of a line, and never to hold a quoted value.
func FuzzExampleNames(f *testing.F) {
	f.Add("A=1\nB=\"x\ny=z\"\n")
	f.Add("export A='\nb=c")
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range exampleNames([]byte(text)) {
			if n == "" || len(n) > maxName || strings.ContainsAny(n, "=\"'` \t\n") {
				t.Errorf("exampleNames(%q) has %q", text, n)
			}
		}
		quoted := "A=\"" + strings.ReplaceAll(strings.ReplaceAll(text, `\`, ""), `"`, "") + "\"\n"
		if got := exampleNames([]byte(quoted)); len(got) > 1 {
			t.Errorf("exampleNames(%q) = %q, but it is one value", quoted, got)
		}
	})
}
