package repo

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
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
	for pair := range slices.Chunk(pairs, 2) {
		s = &sandbox{s.With(pair[0] + "=" + pair[1])}
	}
	real := func(path string) string {
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.Path, path)
		}
		return filepath.Clean(path)
	}
	gitDir = real(s.Git("rev-parse", "--absolute-git-dir"))
	commonDir = real(s.Git("rev-parse", "--git-common-dir"))
	index = real(s.Git("rev-parse", "--git-path", "index"))
	if out, err := s.Try("rev-parse", "--show-toplevel"); err == nil {
		top = real(out)
	}
	return gitDir, commonDir, top, index
}

func TestDiscover(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main", "main")
	main := s.in("main")
	main.Write("sub/file", "1", "sub/deep/file", "2")
	main.Commit("1")
	main.Git("worktree", "add", "-q", "../linked")
	s.Git("clone", "-q", "--bare", "main", "bare.git")
	bare := s.in("bare.git")
	bare.Git("worktree", "add", "-q", "../of-bare", "-b", "other")
	s.Git("init", "-q", "-b", "main", "--separate-git-dir=elsewhere", "separate")
	s.Git("init", "-q", "-b", "main", "super")
	s.in("super").Git("submodule", "--quiet", "add", "../main", "mod")
	s.Git("init", "-q", "-b", "main", "moved")
	s.in("moved").Git("config", "core.worktree", "../../tree")
	s.Write("tree/x/file", "1")
	s.Git("init", "-q", "-b", "main", "per-worktree")
	s.in("per-worktree").Git("config", "extensions.worktreeConfig", "true")
	s.in("per-worktree").Git("config", "--worktree", "core.worktree", "../../tree")
	s.Write("super/.hidden/.git/note", "an empty folder of that name is passed over")
	s.Git("init", "-q", "-b", "main", "flagged")
	s.in("flagged").Git("config", "core.bare", "true")

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
		r, err := Discover(at.Path, mapEnv(tt.env...))
		if err != nil {
			t.Errorf("%s %q: %v", tt.dir, tt.env, err)
			continue
		}
		if r.GitDir != wantGit || r.CommonDir != wantCommon || r.WorkTree != wantTop || r.IndexFile != wantIndex {
			t.Errorf("%s %q:\ngit dir %s, common %s, top %s, index %s, want\ngit dir %s, common %s, top %s, index %s",
				tt.dir, tt.env, r.GitDir, r.CommonDir, r.WorkTree, r.IndexFile, wantGit, wantCommon, wantTop, wantIndex)
		}
	}
	if _, err := Discover(filepath.Join(s.Path, "tree"), nil); !errors.Is(err, ErrNotRepository) {
		t.Errorf("outside of a repository: %v, want %v", err, ErrNotRepository)
	}
	ceiling := mapEnv("GIT_CEILING_DIRECTORIES", filepath.Join(s.Path, "main"))
	if _, err := Discover(filepath.Join(s.Path, "main/sub/deep"), ceiling); !errors.Is(err, ErrNotRepository) {
		t.Errorf("below a ceiling: %v, want %v", err, ErrNotRepository)
	}
	if _, err := Discover(s.Path, mapEnv("GIT_DIR", "tree")); !errors.Is(err, ErrNotRepository) {
		t.Errorf("GIT_DIR without a repository: %v, want %v", err, ErrNotRepository)
	}
	s.Write("broken/.git", "gitdir: ../nowhere\n", "odd/.git", "something else")
	for _, dir := range []string{"broken", "odd"} {
		if _, err := Discover(filepath.Join(s.Path, dir), nil); err == nil || errors.Is(err, ErrNotRepository) {
			t.Errorf("%s: error %v, want one about the .git file", dir, err)
		}
	}
}

func TestWithoutRepository(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main", "named")
	s.Git("init", "-q", "-b", "main", "other")
	other := filepath.Join(s.Path, "other/.git")
	env := mapEnv("GIT_DIR", other, "GIT_WORK_TREE", s.Path, "GIT_COMMON_DIR", other, "GIT_INDEX_FILE", filepath.Join(other, "index"),
		"GIT_OBJECT_DIRECTORY", filepath.Join(other, "objects"), "GIT_ALTERNATE_OBJECT_DIRECTORIES", other, "HOME", s.Path)
	r, err := Discover(filepath.Join(s.Path, "named"), env.WithoutRepository())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(s.Path, "named/.git")
	dirs, err := r.ObjectDirs()
	if r.GitDir != dir || r.CommonDir != dir || r.WorkTree != filepath.Dir(dir) || r.IndexFile != filepath.Join(dir, "index") || len(dirs) != 1 || dirs[0] != filepath.Join(dir, "objects") || err != nil {
		t.Errorf("%+v with objects in %q, %v; want all of it in %s", r, dirs, err, dir)
	}
	if home := env.WithoutRepository().get("HOME"); home != s.Path {
		t.Errorf("HOME is %q, want %q", home, s.Path)
	}
	if got := Env(nil).WithoutRepository().get("HOME"); got != "" {
		t.Errorf("a nil environment has HOME=%q", got)
	}
}

func TestFormat(t *testing.T) {
	s := newSandbox(t)
	s.Git("init", "-q", "-b", "main", "--object-format=sha256")
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
		s.Write(".git/config", tt.config)
		_, err := Discover(s.Path, nil)
		var ext *ExtensionError
		if errors.As(err, &ext) != (tt.want != "") || ext != nil && ext.Name != tt.want || ext == nil && err != nil {
			t.Errorf("%q: error %v, want one about %q", tt.config, err, tt.want)
		}
	}
	for _, bad := range []string{"[core\n", "core = 1\n", "[core]\nrepositoryformatversion = x\n", "[extensions]\nobjectformat = sha256\n"} {
		s.Write(".git/config", bad)
		if _, err := Discover(s.Path, nil); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestConfig(t *testing.T) {
	s := newSandbox(t)
	text := "\xef\xbb\xbf# first\n[core]\n\tname = plain value  ; comment\n\tBare-Word\r\n\tquoted = \"a # b\" c\n" +
		"\tescape = \"tab\\there\\\\ \\\"q\\\" \"\n\tlong = one \\\n  two\n\tempty =\n[remote \"Or\\\"i]gin\"] url = x\n" +
		"[Section.Sub] key = 1k\n[a] b = x y  z \n[a] b = later\n[tail] last"
	s.Write("config", text)
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
	if want := s.Git("config", "--file", "config", "--list", "-z"); got.String() != want {
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
	s := newSandbox(t)
	dir := s.Path
	s.Write(".gitconfig", "[include]\npath = more\n[core]\nexcludesFile = ~/mine\n", "more", "[core]\nexcludesFile = other\nignoreCase\n")
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
	s.Git("init", "-q", "a")
	s.in("a").Write("f", "1")
	s.in("a").Commit("1")
	s.Git("clone", "-q", "--shared", "a", "b")
	s.Git("clone", "-q", "--shared", "b", "c")
	r, err := Discover(filepath.Join(s.Path, "c"), mapEnv("GIT_ALTERNATE_OBJECT_DIRECTORIES", `"quoted\072dir"`+string(os.PathListSeparator)+"plain"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.ObjectDirs()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"c/.git/objects", "c/quoted:dir", "c/plain", "b/.git/objects", "a/.git/objects"}
	for i := range want {
		want[i] = filepath.Join(s.Path, want[i])
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
