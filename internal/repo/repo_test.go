package repo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mapEnv returns an Env of the pairs given as name and value in turn.
func mapEnv(pairs ...string) Env {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) {
		v, ok := m[name]
		return v, ok
	}
}

// revParse returns what git says of where things are, in a folder.
func revParse(s *sandbox, pairs []string) (gitDir, commonDir, top, index string) {
	for i := 0; i < len(pairs); i += 2 {
		s = &sandbox{t: s.t, dir: s.dir, env: append(s.env[:len(s.env):len(s.env)], pairs[i]+"="+pairs[i+1])}
	}
	real := func(path string) string {
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.dir, path)
		}
		return filepath.Clean(path)
	}
	gitDir = real(s.git("rev-parse", "--absolute-git-dir"))
	commonDir = real(s.git("rev-parse", "--git-common-dir"))
	index = real(s.git("rev-parse", "--git-path", "index"))
	if out, err := s.command("rev-parse", "--show-toplevel").Output(); err == nil {
		top = real(strings.TrimSuffix(string(out), "\n"))
	}
	return gitDir, commonDir, top, index
}

func TestDiscover(t *testing.T) {
	s := newSandbox(t)
	s.git("init", "-q", "-b", "main", "main")
	main := s.in("main")
	main.write("sub/file", "1", "sub/deep/file", "2")
	main.commit("1")
	main.git("worktree", "add", "-q", "../linked")
	s.git("clone", "-q", "--bare", "main", "bare.git")
	bare := s.in("bare.git")
	bare.git("worktree", "add", "-q", "../of-bare", "-b", "other")
	s.git("init", "-q", "-b", "main", "--separate-git-dir=elsewhere", "separate")
	s.git("init", "-q", "-b", "main", "super")
	s.in("super").git("submodule", "--quiet", "add", "../main", "mod")
	s.git("init", "-q", "-b", "main", "moved")
	s.in("moved").git("config", "core.worktree", "../../tree")
	s.write("tree/x/file", "1")
	s.git("init", "-q", "-b", "main", "per-worktree")
	s.in("per-worktree").git("config", "extensions.worktreeConfig", "true")
	s.in("per-worktree").git("config", "--worktree", "core.worktree", "../../tree")
	s.write("super/.hidden/.git/note", "an empty folder of that name is passed over")
	s.git("init", "-q", "-b", "main", "flagged")
	s.in("flagged").git("config", "core.bare", "true")

	for _, tt := range []struct {
		dir string
		env []string
	}{
		{dir: "main"},
		{dir: "main/sub/deep"},
		{dir: "main/.git"},
		{dir: "main/.git/refs"},
		{dir: "linked"},
		{dir: "linked/sub"},
		{dir: "bare.git"},
		{dir: "bare.git/refs"},
		{dir: "of-bare/sub"},
		{dir: "separate"},
		{dir: "super/mod/sub"},
		{dir: "super/.hidden"},
		{dir: "moved"},
		{dir: "tree/x", env: []string{"GIT_DIR", "../../moved/.git"}},
		{dir: "per-worktree"},
		{dir: "flagged"},
		{dir: "main/sub", env: []string{"GIT_DIR", "../.git"}},
		{dir: "main/sub", env: []string{"GIT_DIR", "../.git", "GIT_WORK_TREE", ".."}},
		{dir: "main/sub", env: []string{"GIT_WORK_TREE", "."}},
		{dir: "tree", env: []string{"GIT_DIR", "../bare.git"}},
		{dir: "tree", env: []string{"GIT_DIR", "../bare.git", "GIT_WORK_TREE", "x"}},
		{dir: "tree", env: []string{"GIT_DIR", "../linked/.git"}},
		{dir: "main", env: []string{"GIT_INDEX_FILE", ".git/next-index.lock"}},
		{dir: "main/sub", env: []string{"GIT_INDEX_FILE", "other-index"}},
	} {
		at := s.in(tt.dir)
		wantGit, wantCommon, wantTop, wantIndex := revParse(at, tt.env)
		r, err := Discover(at.dir, mapEnv(tt.env...))
		if err != nil {
			t.Errorf("%s %q: %v", tt.dir, tt.env, err)
			continue
		}
		if r.GitDir != wantGit || r.CommonDir != wantCommon || r.WorkTree != wantTop || r.IndexFile != wantIndex {
			t.Errorf("%s %q:\ngit dir %s, common %s, top %s, index %s, want\ngit dir %s, common %s, top %s, index %s",
				tt.dir, tt.env, r.GitDir, r.CommonDir, r.WorkTree, r.IndexFile, wantGit, wantCommon, wantTop, wantIndex)
		}
	}
	if _, err := Discover(filepath.Join(s.dir, "tree"), nil); !errors.Is(err, ErrNotRepository) {
		t.Errorf("outside of a repository: %v, want %v", err, ErrNotRepository)
	}
	ceiling := mapEnv("GIT_CEILING_DIRECTORIES", filepath.Join(s.dir, "main"))
	if _, err := Discover(filepath.Join(s.dir, "main/sub/deep"), ceiling); !errors.Is(err, ErrNotRepository) {
		t.Errorf("below a ceiling: %v, want %v", err, ErrNotRepository)
	}
	if _, err := Discover(s.dir, mapEnv("GIT_DIR", "tree")); !errors.Is(err, ErrNotRepository) {
		t.Errorf("GIT_DIR without a repository: %v, want %v", err, ErrNotRepository)
	}
	s.write("broken/.git", "gitdir: ../nowhere\n", "odd/.git", "something else")
	for _, dir := range []string{"broken", "odd"} {
		if _, err := Discover(filepath.Join(s.dir, dir), nil); err == nil || errors.Is(err, ErrNotRepository) {
			t.Errorf("%s: error %v, want one about the .git file", dir, err)
		}
	}
}

func TestFormat(t *testing.T) {
	s := newSandbox(t)
	s.git("init", "-q", "-b", "main", "--object-format=sha256")
	if r := s.open(); r.Format != SHA256 {
		t.Errorf("format = %v, want sha256", r.Format)
	}
	for _, tt := range []struct{ config, want string }{
		{"[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n", "extensions.refstorage"},
		{"[core]\nrepositoryformatversion = 1\n[extensions]\nNovel\n", "extensions.novel"},
		{"[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = md5\n", "extensions.objectformat"},
		{"[core]\nrepositoryformatversion = 2\n", "core.repositoryformatversion"},
		{"[extensions]\nnovel = 1\npartialClone = origin\n", ""},
		{"[core]\nrepositoryformatversion = 1\n[extensions]\npreciousObjects\n", ""},
		{"[include]\npath = missing\n", ""},
	} {
		s.write(".git/config", tt.config)
		_, err := Discover(s.dir, nil)
		var ext *ExtensionError
		if errors.As(err, &ext) != (tt.want != "") || ext != nil && ext.Name != tt.want || ext == nil && err != nil {
			t.Errorf("%q: error %v, want one about %q", tt.config, err, tt.want)
		}
	}
	for _, bad := range []string{"[core\n", "core = 1\n", "[core]\nrepositoryformatversion = x\n", "[extensions]\nobjectformat = sha256\n"} {
		s.write(".git/config", bad)
		if _, err := Discover(s.dir, nil); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestConfig(t *testing.T) {
	s := newSandbox(t)
	text := "\xef\xbb\xbf# first\n[core]\n\tname = plain value  ; comment\n\tBare-Word\r\n\tquoted = \"a # b\" c\n" +
		"\tescape = \"tab\\there\\\\ \\\"q\\\" \"\n\tlong = one \\\n  two\n\tempty =\n[remote \"Or\\\"i]gin\"] url = x\n" +
		"[Section.Sub] key = 1k\n[a] b = x y  z \n[a] b = later\n[tail] last"
	s.write("config", text)
	cfg, err := ParseConfig([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, it := range cfg.items {
		got.WriteString(it.key)
		if !it.bare {
			got.WriteString("\n" + it.value)
		}
		got.WriteString("\x00")
	}
	if want := s.git("config", "--file", "config", "--list", "-z"); got.String() != want {
		t.Errorf("config\n%q, want\n%q", got.String(), want)
	}
	if v, ok := cfg.Get("a.b"); v != "later" || !ok {
		t.Errorf("Get(a.b) = %q, %v, want later", v, ok)
	}
	if v, err := cfg.Bool("core.bare-word", false); !v || err != nil {
		t.Errorf("Bool(core.bare-word) = %v, %v, want true", v, err)
	}
}

func TestUserConfig(t *testing.T) {
	dir := t.TempDir()
	s := &sandbox{t: t, dir: dir}
	s.write(".gitconfig", "[include]\npath = more\n[core]\nexcludesFile = ~/mine\n", "more", "[core]\nexcludesFile = other\nignoreCase\n")
	cfg, err := UserConfig(mapEnv("HOME", dir, "GIT_CONFIG_NOSYSTEM", "1"))
	if err != nil {
		t.Fatal(err)
	}
	r := &Repo{Config: &Config{}, WorkTree: "/top", env: mapEnv("HOME", dir)}
	if got, want := r.ExcludesFile(cfg), filepath.Join(dir, "mine"); got != want {
		t.Errorf("ExcludesFile = %q, want %q", got, want)
	}
	if v, _ := cfg.Get("core.ignorecase"); v != "true" {
		t.Errorf("core.ignorecase = %q, want true", v)
	}
}

func TestObjectDirs(t *testing.T) {
	s := newSandbox(t)
	s.git("init", "-q", "a")
	s.in("a").write("f", "1")
	s.in("a").commit("1")
	s.git("clone", "-q", "--shared", "a", "b")
	s.git("clone", "-q", "--shared", "b", "c")
	r, err := Discover(filepath.Join(s.dir, "c"), mapEnv("GIT_ALTERNATE_OBJECT_DIRECTORIES", `"quoted\072dir"`+string(os.PathListSeparator)+"plain"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.ObjectDirs()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"c/.git/objects", "c/quoted:dir", "c/plain", "b/.git/objects", "a/.git/objects"}
	for i := range want {
		want[i] = filepath.Join(s.dir, want[i])
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("ObjectDirs = %q, want %q", got, want)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("[a \"b\"]\nc = d # e\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := ParseConfig(data)
		if err != nil {
			return
		}
		for key, value := range cfg.All {
			if len(key)+len(value) > len(data)+len("true")+2 {
				t.Errorf("%q = %q from %d bytes", key, value, len(data))
			}
		}
	})
}
