package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/secrettest"
)

// A framework is a repository that uses the pre-commit framework, with this
// module as a repository of hooks.
type framework struct {
	t   *testing.T
	dir string
	env []string
}

// TestFramework runs the hooks of .pre-commit-hooks.yaml in the framework
// itself, which clones this module, builds it and calls it.
func TestFramework(t *testing.T) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pre-commit is needed for this test")
		}
		t.Skip("pre-commit is not installed")
	}
	if testing.Short() {
		t.Skip("builds the program")
	}
	f := newFramework(t)
	token := sampleToken(t)

	f.must("pre-commit", "install", "--hook-type", "pre-commit", "--hook-type", "pre-merge-commit", "--hook-type", "commit-msg", "--hook-type", "pre-push")
	f.must("git", "add", ".")
	f.must("git", "commit", "-m", "base")

	f.write("app.env", "TOKEN="+token+"\n")
	f.must("git", "add", "app.env")
	out := f.refused("git", "commit", "-m", "a token")
	f.holds(out, "app.env:1:7: GitHub", "git restore --staged app.env")
	f.holds(f.refused("pre-commit", "run"), "app.env:1:7: GitHub")
	f.must("git", "restore", "--staged", "app.env")
	f.must("git", "commit", "--allow-empty", "-m", "without it")

	out = f.refused("git", "commit", "--allow-empty", "-m", "message "+token)
	f.holds(out, "COMMIT_EDITMSG:1:9: GitHub")

	// What is committed already is found by a run over all files only.
	f.must("git", "add", "app.env")
	f.must("git", "commit", "--no-verify", "-m", "a token")
	f.write("other", "text\n")
	f.must("git", "add", "other")
	f.must("git", "commit", "-m", "other")
	f.holds(f.refused("pre-commit", "run", "--all-files"), "app.env:1:7: GitHub")

	// A push of the whole history, and one of what is new.
	f.must("git", "init", "--bare", "--quiet", "../remote.git")
	f.must("git", "remote", "add", "origin", "../remote.git")
	f.holds(f.refused("git", "push", "origin", "HEAD"), "app.env:1:7: GitHub", "in commit")
	f.must("git", "push", "--no-verify", "origin", "HEAD")
	f.write("other", "other text\n")
	f.must("git", "commit", "-a", "-m", "other")
	f.must("git", "push", "origin", "HEAD")
	f.write("more.env", "TOKEN="+token+"\n")
	f.must("git", "add", "more.env")
	f.must("git", "commit", "--no-verify", "-m", "more")
	f.write("other", "text\n")
	f.must("git", "commit", "-a", "-m", "other")
	f.holds(f.refused("git", "push", "origin", "HEAD:refs/heads/new"), "more.env:1:7: GitHub")

	f.system(token)
}

// system tries the hook that takes the program from PATH.
func (f *framework) system(token string) {
	f.t.Helper()
	built, err := filepath.Glob(filepath.Join(f.dir, "../cache/repo*/golangenv-*/bin/keysift*"))
	if err != nil || len(built) != 1 {
		f.t.Fatalf("built programs: %v, %v; want one", built, err)
	}
	f.env = append(f.env, "PATH="+filepath.Dir(built[0])+string(os.PathListSeparator)+os.Getenv("PATH"))
	config := filepath.Join(f.dir, ".pre-commit-config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write(".pre-commit-config.yaml", strings.Replace(string(text), "id: keysift\n", "id: keysift-system\n", 1))
	f.write("app2.env", "TOKEN="+token+"\n")
	f.must("git", "add", ".")
	f.holds(f.refused("git", "commit", "-m", "system"), "app2.env:1:7: GitHub")
	f.must("git", "rm", "--cached", "--force", "app2.env")
	f.must("git", "commit", "-m", "system")
}

func newFramework(t *testing.T) *framework {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := &framework{t: t, dir: filepath.Join(top, "module")}
	f.env = append(os.Environ(),
		"HOME="+top, "PRE_COMMIT_HOME="+filepath.Join(top, "cache"), "PRE_COMMIT_COLOR=never",
		"GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOCACHE="+goEnv(t, "GOCACHE"), "GOFLAGS=",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_ALLOW_PROTOCOL=file",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2024-01-02T03:04:05Z",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_COMMITTER_DATE=2024-01-02T03:04:05Z",
	)
	copyModule(t, f.dir)
	f.must("git", "init", "--quiet")
	f.must("git", "add", ".")
	f.must("git", "commit", "--quiet", "-m", "module")
	rev := strings.TrimSpace(f.must("git", "rev-parse", "HEAD"))
	url := "file://" + filepath.ToSlash(f.dir)

	f.dir = filepath.Join(top, "repo")
	if err := os.Mkdir(f.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f.must("git", "init", "--quiet")
	f.write(".pre-commit-config.yaml", "repos:\n- repo: "+url+"\n  rev: "+rev+"\n  hooks:\n  - id: keysift\n  - id: keysift-push\n  - id: keysift-commit-msg\n")
	return f
}

// copyModule copies what the program is built from.
func copyModule(t *testing.T, to string) {
	t.Helper()
	root := filepath.Dir(goEnv(t, "GOMOD"))
	out, err := exec.Command("go", "list", "-deps", "-json=Dir,GoFiles,EmbedFiles,Module", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"go.mod", "go.sum", ".pre-commit-hooks.yaml"}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir                 string
			GoFiles, EmbedFiles []string
			Module              *struct{ Main bool }
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		dir, err := filepath.Rel(root, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(p.GoFiles, p.EmbedFiles...) {
			files = append(files, filepath.Join(dir, name))
		}
	}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func sampleToken(t *testing.T) string {
	t.Helper()
	return secrettest.Builtin(t, "github-personal-access-token", 7).Secret()
}

func (f *framework) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *framework) run(args []string) (string, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = f.dir, f.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (f *framework) must(args ...string) string {
	f.t.Helper()
	out, err := f.run(args)
	if err != nil {
		f.t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return out
}

func (f *framework) refused(args ...string) string {
	f.t.Helper()
	out, err := f.run(args)
	if err == nil {
		f.t.Fatalf("%q passed:\n%s", args, out)
	}
	return out
}

func (f *framework) holds(text string, parts ...string) {
	f.t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			f.t.Errorf("no %q in\n%s", p, text)
		}
	}
}

// TestFrameworkManifest asks the framework itself whether it knows what the
// manifest says, the names of the stages above all.
func TestFrameworkManifest(t *testing.T) {
	framework, err := exec.LookPath("pre-commit")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pre-commit is needed for this test")
		}
		t.Skip("pre-commit is not installed")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(goEnv(t, "GOMOD")), ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) (string, error) {
		file := filepath.Join(t.TempDir(), "hooks.yaml")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(framework, "validate-manifest", file).CombinedOutput()
		return string(out), err
	}
	if out, err := validate(string(text)); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// It does look at each of them.
	for _, stages := range []string{"[commit, merge-commit, manual]", "[push]", "[commit-msg]"} {
		if !strings.Contains(string(text), "stages: "+stages) {
			t.Errorf("no hook for %s", stages)
		}
		out, err := validate(strings.ReplaceAll(string(text), stages, strings.Replace(stages, "]", ", no-stage]", 1)))
		if err == nil || !strings.Contains(out, "no-stage") {
			t.Errorf("%s with a stage that does not exist: %v\n%s", stages, err, out)
		}
	}
}
