// Package gittest runs the real git for tests.
//
// It makes git give the same objects everywhere: neither the environment nor
// the configuration of the caller reaches git, and who commits and when is
// fixed. It knows nothing of this module, and nothing of what a test does with
// the repositories that it makes.
package gittest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The commits of a test are made at the rate of one a day, from this time on.
const (
	epoch = 1_600_000_000 // in seconds since 1970
	day   = 86_400        // in seconds
)

// A Dir is a folder in which git runs.
type Dir struct {
	T     testing.TB // the test that ends when git fails
	Path  string     // absolute, and without symbolic links for New and Init
	home  string
	extra []string // environment on top of the fixed one
	days  *int     // since epoch; shared by the views of a test
}

// New returns an empty folder. It skips the test if there is no git, and fails
// it if the environment variable CI is set as well.
func New(t testing.TB) *Dir {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("git is needed in CI")
		}
		t.Skip("git is not installed")
	}
	path, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &Dir{T: t, Path: path, home: path, days: new(int)}
}

// Init returns an empty repository, whose branch is main and which git never
// packs by itself. The options are further ones of git init.
func Init(t testing.TB, options ...string) *Dir {
	t.Helper()
	d := New(t)
	d.Git(append([]string{"init", "-q", "-b", "main"}, options...)...)
	d.Git("config", "gc.auto", "0")
	return d
}

// In returns the view from another folder, absolute or relative to this one.
// Days pass in both alike.
func (d *Dir) In(path string) *Dir {
	view := *d
	if !filepath.IsAbs(path) {
		path = filepath.Join(d.Path, path)
	}
	view.Path = path
	return &view
}

// For returns the view of a subtest. Its dates go on from here by themselves,
// so that they are the same whichever subtests are run.
func (d *Dir) For(t testing.TB) *Dir {
	view, days := *d, *d.days
	view.T, view.days = t, &days
	return &view
}

// With returns the view in which git runs with further variables, each of the
// form NAME=VALUE. They win over the fixed ones.
func (d *Dir) With(env ...string) *Dir {
	view := *d
	view.extra = slices.Concat(d.extra, env)
	return &view
}

// Environ returns the environment in which the next git process runs. Of
// variables that are there twice the last counts.
func (d *Dir) Environ() []string {
	date := fmt.Sprintf("%d +0130", epoch+*d.days*day)
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + d.home, "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_ALLOW_PROTOCOL=file",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com", "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=committer@example.com", "GIT_COMMITTER_DATE=" + date,
	}, d.extra...)
}

// NextDay moves the date of the next commit. Commit does that by itself.
func (d *Dir) NextDay() { *d.days++ }

// Command returns a git process that has not been started.
func (d *Dir) Command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = d.Path, d.Environ()
	return cmd
}

// Run runs git with an input and returns its output as it is, which is also
// there when git fails. The error then wraps an [exec.ExitError].
func (d *Dir) Run(input string, args ...string) (string, error) {
	cmd := d.Command(args...)
	cmd.Stdin = strings.NewReader(input)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %q: %w\n%s", args, err, stderr.String())
	}
	return string(out), err
}

// Try runs git and returns its output without the final newline.
func (d *Dir) Try(args ...string) (string, error) {
	out, err := d.Run("", args...)
	return strings.TrimSuffix(out, "\n"), err
}

// Input is Git with an input.
func (d *Dir) Input(input string, args ...string) string {
	d.T.Helper()
	out, err := d.Run(input, args...)
	if err != nil {
		d.T.Fatal(err)
	}
	return strings.TrimSuffix(out, "\n")
}

// Git runs git and returns its output without the final newline. The test ends
// if git fails.
func (d *Dir) Git(args ...string) string {
	d.T.Helper()
	return d.Input("", args...)
}

// Lines returns the lines of the output of Git, none if it is empty.
func (d *Dir) Lines(args ...string) []string {
	d.T.Helper()
	out := d.Git(args...)
	if out == "" {
		return nil
	}
	return strings.Split(out, "\n")
}

// Write writes files, given as name and content in turn, and makes the folders
// that they need.
func (d *Dir) Write(pairs ...string) {
	d.T.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		file := filepath.Join(d.Path, pair[0])
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			d.T.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(pair[1]), 0o666); err != nil {
			d.T.Fatal(err)
		}
	}
}

// Remove removes a file or a folder with all that is in it, if it is there.
func (d *Dir) Remove(name string) {
	d.T.Helper()
	if err := os.RemoveAll(filepath.Join(d.Path, name)); err != nil {
		d.T.Fatal(err)
	}
}

// Commit commits all files, on the next day, and returns the id. The options
// are further ones of git commit.
func (d *Dir) Commit(message string, options ...string) string {
	d.T.Helper()
	d.NextDay()
	d.Git("add", "-A")
	d.Git(append([]string{"commit", "-q", "--allow-empty", "-m", message}, options...)...)
	return d.Git("rev-parse", "HEAD")
}
