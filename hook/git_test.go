package hook

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// A sandbox is a folder in which git runs.
type sandbox struct {
	t   testing.TB
	dir string
	env []string
}

// newSandbox returns an empty repository, or ends the test when there is no git.
func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("git is needed in CI")
		}
		t.Skip("git is not installed")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &sandbox{t: t, dir: dir, env: []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_ALLOW_PROTOCOL=file",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2024-01-02T03:04:05Z",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_COMMITTER_DATE=2024-01-02T03:04:05Z",
	}}
	s.git("init", "-q", "-b", "main")
	return s
}

// git runs git and returns its output without the final newline.
func (s *sandbox) git(args ...string) string {
	s.t.Helper()
	return s.gitInput("", args...)
}

func (s *sandbox) gitInput(input string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	cmd.Stdin = strings.NewReader(input)
	var errOut strings.Builder
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("git %q: %v\n%s", args, err, errOut.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// lines is git for output of one name or id a line.
func (s *sandbox) lines(args ...string) []string {
	s.t.Helper()
	return strings.Fields(s.git(args...))
}

// write writes files, given as path and content in turn.
func (s *sandbox) write(pairs ...string) {
	s.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		path := filepath.Join(s.dir, pairs[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(pairs[i+1]), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

// commit commits everything there is, at a date in seconds.
func (s *sandbox) commit(message, date string) string {
	s.t.Helper()
	s.git("add", "-A")
	cmd := exec.Command("git", "commit", "-q", "--allow-empty", "-m", message)
	cmd.Dir, cmd.Env = s.dir, append(s.env[:len(s.env):len(s.env)], "GIT_COMMITTER_DATE=@"+date+" +0000")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("git commit: %v\n%s", err, out)
	}
	return s.git("rev-parse", "HEAD")
}

func (s *sandbox) open(env ...string) *Repository {
	s.t.Helper()
	r, err := Open(s.dir, append(s.env[:len(s.env):len(s.env)], env...))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := r.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return r
}

// engine returns an engine with one rule, and samples that it finds.
func engine(t testing.TB) (*scan.Engine, []string) {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.Rule("github-personal-access-token")
	if !ok {
		t.Fatal("no rule for the samples")
	}
	var samples []string
	for seed := range 4 {
		x, err := secrettest.Sample(r, uint64(seed+1))
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, x.Secret())
	}
	return scan.New(set, scan.Options{Workers: 2}), samples
}

// found returns the places of the findings of a source, and what it yields as
// errors.
func found(t testing.TB, s *Source, e *scan.Engine) (places, errs []string) {
	t.Helper()
	for f, err := range s.Findings(t.Context(), e) {
		if err != nil {
			errs = append(errs, err.Error())
			continue
		}
		place := f.Path
		if f.Origin != nil && f.Origin.Commit != "" {
			place += "@" + f.Origin.Commit[:7]
		}
		places = append(places, place)
	}
	return places, errs
}
