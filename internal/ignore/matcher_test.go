package ignore

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
)

// memory returns a Read for lists given as path and content in turn.
func memory(pairs ...string) func(string) ([]byte, error) {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(path string) ([]byte, error) {
		if s, ok := m[path]; ok {
			return []byte(s), nil
		}
		return nil, fs.ErrNotExist
	}
}

// TestManual goes through the statements of git's manual, gitignore(5).
func TestManual(t *testing.T) {
	for _, tt := range []struct {
		lines, path string
		dir, want   bool
	}{
		{"\n\n", "a", false, false},
		{"# comment", "# comment", false, false},
		{`\#file`, "#file", false, true},
		{"trailing   ", "trailing", false, true},
		{`kept\ `, "kept ", false, true},
		{`kept\ `, "kept", false, false},
		{"*.log\n!keep.log", "keep.log", false, false},
		{"*.log\n!keep.log", "other.log", false, true},
		{"dir/\n!dir/keep", "dir/keep", false, true},
		{`\!important!.txt`, "!important!.txt", false, true},
		{"doc/frotz/", "doc/frotz", true, true},
		{"doc/frotz/", "a/doc/frotz", true, false},
		{"frotz/", "frotz", true, true},
		{"frotz/", "a/frotz", true, true},
		{"frotz/", "a/frotz", false, false},
		{"foo/*", "foo/test.json", false, true},
		{"foo/*", "foo/bar", true, true},
		{"foo/*", "foo/bar/hello.c", false, true}, // through foo/bar
		{"*", "a", false, true},
		{"a?c", "abc", false, true},
		{"a?c", "a/c", false, false},
		{"[a-zA-Z]", "q", false, true},
		{"[a-zA-Z]", "1", false, false},
		{"**/foo", "foo", false, true},
		{"**/foo", "x/y/foo", false, true},
		{"**/foo/bar", "x/foo/bar", false, true},
		{"**/foo/bar", "x/foo/y/bar", false, false},
		{"abc/**", "abc/x/y", false, true},
		{"abc/**", "abc", true, false},
		{"abc/**", "x/abc/y", false, false},
		{"a/**/b", "a/b", false, true},
		{"a/**/b", "a/x/b", false, true},
		{"a/**/b", "a/x/y/b", false, true},
		{"a/**/b", "ab", false, false},
		{"a**b", "axxb", false, true},
		{"hello.*", "hello.txt", false, true},
		{"hello.*", "a/hello.java", false, true},
		{"/hello.*", "hello.c", false, true},
		{"/hello.*", "a/hello.java", false, false},
		{"foo/", "foo/bar", false, true},
		{"/*\n!/foo\n/foo/*\n!/foo/bar", "foo/bar/x", false, false},
		{"/*\n!/foo\n/foo/*\n!/foo/bar", "foo/baz", false, true},
		{"/*\n!/foo\n/foo/*\n!/foo/bar", "other", true, true},
		{"vmlinux*\n", "arch/vmlinux.lds", false, true},
	} {
		m := New(Options{Read: memory(".gitignore", tt.lines)})
		if got := m.Path(tt.path, tt.dir).Ignored; got != tt.want {
			t.Errorf("%q: Path(%q, %v).Ignored = %v, want %v", tt.lines, tt.path, tt.dir, got, tt.want)
		}
	}
}

func TestRanks(t *testing.T) {
	dir := t.TempDir()
	info, user := filepath.Join(dir, "info"), filepath.Join(dir, "user")
	writeFile(t, info, []byte("a\n!c\nd\n"))
	writeFile(t, user, []byte("a\nb\nc\n"))
	m := New(Options{InfoExclude: info, ExcludesFile: user, Read: memory(".gitignore", "!d\n", "sub/.gitignore", "d\n")})
	for _, tt := range []struct {
		path, want string
	}{
		{"a", info + ":1:a"},
		{"b", user + ":2:b"},
		{"c", info + ":2:!c"},
		{"d", ".gitignore:1:!d"},
		{"sub/d", "sub/.gitignore:1:d"},
		{"sub/b/x", user + ":2:b"},
		{"e", "::"},
	} {
		if got := verdict(m.Path(tt.path, false)); got != tt.want {
			t.Errorf("Path(%q) = %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestUnreadable(t *testing.T) {
	denied := fs.ErrPermission
	lists := memory("deep/.gitignore", "own\n", "gone/x/.gitignore", "!y\n")
	read := func(path string) ([]byte, error) {
		if path == ".gitignore" {
			return nil, denied
		}
		return lists(path)
	}
	dir := t.TempDir()
	info := filepath.Join(dir, "info")
	writeFile(t, info, []byte("secret\ndeep/own2\n"))
	m := New(Options{InfoExclude: info, Read: read})
	for _, tt := range []struct {
		path, want string
	}{
		{"secret", "unknown"},
		{"deep/secret", "unknown"},
		{"deep/own", "deep/.gitignore:1:own"},
		{"gone/x/y", "unknown"},
		{"../secret", "unknown"},
		{"/secret", "unknown"},
		{"", "unknown"},
		{"a//b", "unknown"},
	} {
		if got := verdict(m.Path(tt.path, false)); got != tt.want {
			t.Errorf("Path(%q) = %q, want %q", tt.path, got, tt.want)
		}
	}
	if p := m.Problems(); len(p) != 1 || !errors.Is(p[0], denied) {
		t.Errorf("Problems = %v, want one of %v", p, denied)
	}
}

// TestNotFollowed covers what stands where a .gitignore should: git reads
// neither symbolic links nor folders.
func TestNotFollowed(t *testing.T) {
	repo := gittest.Init(t)
	root := repo.Path
	for _, dir := range []string{"link", "folder/.gitignore", "loop"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(root, "target"), []byte("*\n"))
	for link, to := range map[string]string{"link/.gitignore": "../target", "loop/.gitignore": ".gitignore"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Skip("no symbolic links here")
		}
	}
	paths := []string{"link/x", "folder/x", "loop/x"}
	for _, p := range paths {
		writeFile(t, filepath.Join(root, p), nil)
	}
	want := checkIgnore(repo, paths)
	m := New(Options{Root: root})
	for _, p := range paths {
		if got := verdict(m.Path(p, false)); got != want[p] {
			t.Errorf("Path(%q) = %q, want %q", p, got, want[p])
		}
	}
	if p := m.Problems(); len(p) != len(paths) {
		t.Errorf("Problems = %v, want %d", p, len(paths))
	}
}

func TestLargeList(t *testing.T) {
	root := t.TempDir()
	f, err := os.Create(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("*\n")
	if err := f.Truncate(50 << 20); err != nil {
		t.Fatal(err)
	}
	f.Close()
	m := New(Options{Root: root})
	if d := m.Path("a", false); !d.Unknown || d.Ignored || d.Source != ".gitignore" {
		t.Errorf("Path(a) = %+v, want Unknown because of .gitignore", d)
	}
	m = New(Options{Read: memory(".gitignore", strings.Repeat("a\n", maxRules+1))})
	if d := m.Path("a", false); !d.Unknown || d.Ignored {
		t.Errorf("with too many patterns: Path(a) = %+v, want Unknown", d)
	}
}

func TestWalkIsPath(t *testing.T) {
	lists := memory(".gitignore", "*.log\nbuild/\n!keep/\n/only\n", "a/.gitignore", "!x.log\nsub/deep\n", "a/keep/.gitignore", "*\n")
	m := New(Options{Read: lists})
	names := []string{"a", "build", "keep", "x.log", "only", "sub", "deep", "f"}
	var walk func(d *Dir, prefix string, depth int)
	walk = func(d *Dir, prefix string, depth int) {
		for _, n := range names {
			for _, isDir := range []bool{false, true} {
				if got, want := d.Match(n, isDir), New(Options{Read: lists}).Path(prefix+n, isDir); got != want {
					t.Errorf("%s: Match(%q, %v) = %+v, want %+v", prefix, n, isDir, got, want)
				}
			}
			if depth > 0 {
				walk(d.Child(n), prefix+n+"/", depth-1)
			}
		}
	}
	walk(m.Root(), "", 2)
}

func TestDefaultExcludesFile(t *testing.T) {
	for _, tt := range []struct{ xdg, home, want string }{
		{"/x", "/h", "/x/git/ignore"},
		{"", "/h", "/h/.config/git/ignore"},
		{"", "", ""},
	} {
		env := map[string]string{"XDG_CONFIG_HOME": tt.xdg, "HOME": tt.home}
		got := DefaultExcludesFile(func(n string) (string, bool) { v, ok := env[n]; return v, ok })
		if got != filepath.FromSlash(tt.want) {
			t.Errorf("XDG_CONFIG_HOME=%q HOME=%q: %q, want %q", tt.xdg, tt.home, got, tt.want)
		}
	}
}

// TestLibrary compares the two ways to match a plain star pattern.
func TestLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{"a", "b", "/", "*", "**/", "/**", "?", ".", "+", "$", "(", "|", "#", "~", "^", "{", "!", " "}
	compared := 0
	for i := range 6000 {
		p := ""
		for range 1 + r.IntN(6) {
			p += pick(r, alphabet[:4+i%2*(len(alphabet)-4)])
			if i%2 == 0 {
				p += pick(r, []string{"", "", "**/", "/**"})
			}
		}
		rl, ok := parseRule(p, false)
		if !ok || rl.glob == nil {
			continue
		}
		l := newLibraryGlob(rl.prefix, rl.glob)
		if l == nil {
			t.Errorf("%q: the library cannot read it", p)
			continue
		}
		for range 20 {
			text := "a"
			for range r.IntN(6) {
				text += pick(r, []string{"a", "b", "/a", "/b", ".", "+", "$", "?", "*", "#", "~", "(", "|"})
			}
			own := strings.HasPrefix(text, rl.prefix) && rl.glob.match([]byte(text[len(rl.prefix):]))
			if lib := l.match([]byte(text)); lib != own {
				t.Errorf("%q (library: %q) on %q: library %v, own %v", p, l.line, text, lib, own)
			}
			compared++
		}
	}
	if compared < 10000 {
		t.Errorf("only %d comparisons", compared)
	}
}

// FuzzGlob holds the fast match against the thorough one, and both to the
// bounds of their input.
func FuzzGlob(f *testing.F) {
	f.Add("a/**/b*[!c]?", "a/x/bcd", true, false)
	f.Add(`**\/a**`, "/aa", true, true)
	f.Fuzz(func(t *testing.T, pattern, text string, pathname, fold bool) {
		if len(pattern) > 200 || len(text) > 200 || strings.Contains(text, "//") || strings.HasPrefix(text, "/") {
			return
		}
		g := compileGit(pattern, pathname, fold)
		if !pathname && strings.Contains(text, "/") {
			return
		}
		if got, want := g.match([]byte(text)), g.matchThorough([]byte(text)); got != want {
			t.Errorf("%q on %q: %v, want %v", pattern, text, got, want)
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add([]byte("*.log\n!a/b\n/c/\n"), "a/b")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		m := New(Options{Read: memory(".gitignore", string(data))})
		d := m.Path(path, false)
		lines := strings.Split(strings.TrimPrefix(string(data), "\xef\xbb\xbf"), "\n")
		if d.Line > len(lines) || d.Line > 0 && !strings.HasPrefix(lines[d.Line-1], d.Pattern) {
			t.Errorf("Path(%q) = %+v does not point at its line", path, d)
		}
		if d.Ignored && d.Unknown {
			t.Errorf("Path(%q) = %+v", path, d)
		}
	})
}

// largeTree returns the folders and files of a tree of 50,000 files with 40
// ignore files, and their content.
func largeTree() (files []string, read func(string) ([]byte, error)) {
	nested := "*.tmp\n*.[oa]\n/generated/\n!important.tmp\ncache-*\ntestdata/**/out\n"
	lists := []string{".gitignore", strings.Join([]string{
		"# build", "*.class", "*.py[cod]", "*~", ".env", ".env.*", "!.env.example", "node_modules/", "dist/", "/build/", "*.log", "npm-debug.log*",
		".DS_Store", "coverage/", ".idea/", "*.iml", ".vscode/*", "!.vscode/settings.json", "vendor/**/testdata", "*.swp", "target/", "out/",
		".terraform/", "*.tfstate", "*.tfstate.*", "crash.*.log", "**/__pycache__/", "/docs/_build/*", "*.sqlite3", "secrets.y?ml",
	}, "\n")}
	for i := range 39 {
		lists = append(lists, fmt.Sprintf("component%d/.gitignore", i), nested)
	}
	exts := []string{".go", ".py", ".js", ".txt", ".yaml", ".log", ".md", ".o"}
	for i := range 50000 {
		files = append(files, fmt.Sprintf("component%d/package%d/source-file-%d%s", i%50, i/50%50, i, exts[i%len(exts)]))
	}
	return files, memory(lists...)
}

func BenchmarkPath(b *testing.B) {
	files, read := largeTree()
	m := New(Options{Read: read})
	for _, f := range files {
		m.Path(f, false)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		m.Path(files[i%len(files)], false)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}

func BenchmarkWalk(b *testing.B) {
	files, read := largeTree()
	folders := map[string][]string{}
	for _, f := range files {
		i := strings.LastIndexByte(f, '/')
		folders[f[:i]] = append(folders[f[:i]], f[i+1:])
	}
	b.ReportAllocs()
	for b.Loop() {
		m := New(Options{Read: read})
		for dir, names := range folders {
			top, sub, _ := strings.Cut(dir, "/")
			d := m.Root().Child(top).Child(sub)
			for _, n := range names {
				d.Match(n, false)
			}
		}
	}
	b.ReportMetric(float64(b.N*len(files))/b.Elapsed().Seconds(), "decisions/s")
}
