package gittest

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSameEverywhere makes one history twice, the second time where git is set
// up to do something else.
func TestSameEverywhere(t *testing.T) {
	history := func() []string {
		d := Init(t)
		d.Write("a", "1", "b/c", "2")
		d.Commit("one")
		d.Remove("b")
		d.Commit("two")
		return d.Lines("log", "--date=iso", "--format=%H %an %ae %ad %cn %ce %cd %s")
	}
	want := history()
	for name, value := range map[string]string{
		"GIT_DIR": "/nowhere", "GIT_AUTHOR_NAME": "x", "GIT_COMMITTER_DATE": "1 +0000", "GIT_CONFIG_COUNT": "x",
		"HOME": "/nowhere", "LC_ALL": "x", "TZ": "Asia/Tokyo",
	} {
		t.Setenv(name, value)
	}
	if got := history(); !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	_, who, _ := strings.Cut(want[0], " ")
	const people = "A U Thor author@example.com 2020-09-15 13:56:40 +0130 C O Mitter committer@example.com 2020-09-15 13:56:40 +0130 two"
	if len(want) != 2 || who != people {
		t.Errorf("got %q, want two commits, the last of %q", want, people)
	}
}

func TestViews(t *testing.T) {
	d := Init(t)
	d.Write("sub/file", "1")
	sub := d.In("sub").With("GIT_AUTHOR_NAME=Another")
	first := sub.Commit("first")
	d.Commit("second")
	if got, want := d.Lines("log", "--format=%an %ad", "--date=short"), []string{"A U Thor 2020-09-15", "Another 2020-09-14"}; !slices.Equal(got, want) {
		t.Errorf("log %q, want %q", got, want)
	}
	if got := d.In(sub.Path).Git("rev-parse", "--show-prefix", "HEAD~1"); got != "sub/\n"+first {
		t.Errorf("in %s: %q, want sub/ and %s", sub.Path, got, first)
	}
	t.Run("sub", func(t *testing.T) {
		s := d.For(t)
		if s.T != t || s.Path != d.Path || !slices.Equal(s.Environ(), d.Environ()) {
			t.Errorf("%+v is no view of %+v", s, d)
		}
		s.NextDay()
		if slices.Equal(s.Environ(), d.Environ()) {
			t.Error("a day passed for the test as well")
		}
	})
	if dir, err := filepath.EvalSymlinks(d.Path); err != nil || dir != d.Path {
		t.Errorf("%s is %s without links (%v)", d.Path, dir, err)
	}
}

func TestOutput(t *testing.T) {
	d := Init(t)
	id := d.Input("text\n\n", "hash-object", "-w", "--stdin")
	if got, err := d.Run("", "cat-file", "blob", id); got != "text\n\n" || err != nil {
		t.Errorf("Run = %q, %v, want all of it", got, err)
	}
	if got, err := d.Try("cat-file", "blob", id); got != "text\n" || err != nil {
		t.Errorf("Try = %q, %v, want one newline less", got, err)
	}
	if got := d.Lines("tag"); got != nil {
		t.Errorf("Lines = %q, want none", got)
	}
	out, err := d.Run("", "check-ignore", "-v", "-n", "a")
	var exit *exec.ExitError
	if out != "::\ta\n" || !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(err.Error(), "check-ignore") {
		t.Errorf("Run = %q, %v, want the output and status 1", out, err)
	}
}
