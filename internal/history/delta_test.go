package history

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// edits makes versions of a few files that share most of their lines, tokens
// among them, so that git stores them as deltas.
func (r *gitRepo) edits(versions int) {
	r.T.Helper()
	r.rnd = rand.New(rand.NewPCG(11, 3))
	files := make([][]string, 6)
	for i := range files {
		for n := range 150 {
			line := fmt.Sprintf("line %d of file %d, which says nothing that matters", n, i)
			if n%15 == 0 {
				line = "token = \"" + r.token() + "\" # kept"
			}
			files[i] = append(files[i], line)
		}
	}
	for v := range versions {
		for i, lines := range files {
			at := r.rnd.IntN(len(lines))
			switch r.rnd.IntN(5) {
			case 0:
				lines = slices.Insert(lines, at, "password: "+r.token())
			case 1:
				lines = slices.Delete(lines, at, at+1)
			case 2:
				lines[at] = strings.ToUpper(lines[at])
			case 3: // an edit within a token, or next to it
				if k := strings.Index(lines[at], "kst_"); k >= 0 {
					lines[at] = lines[at][:k+5] + "q" + lines[at][k+6:]
				}
			case 4:
				from := r.rnd.IntN(len(lines))
				lines = slices.Concat(lines[from:], lines[:from])
			}
			files[i] = lines
			dir := []string{"a", "keys"}[v/20%2]
			r.Write(fmt.Sprintf("%s/f%d.txt", dir, i), strings.Join(lines, "\n"))
		}
		r.Commit(fmt.Sprint(v))
	}
}

// TestDelta holds the scan of deltas to find what that of whole blobs does.
func TestDelta(t *testing.T) {
	r := newGitRepo(t)
	r.edits(40)
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if set, err = set.Extend("test.toml", []byte(testRule)); err != nil {
		t.Fatal(err)
	}
	engine := scan.New(set, scan.Options{})
	audit := func(opts Options) string {
		a := r.open(opts)
		a.opts.Rules = set
		return collect(t, a, engine).complete(t).text()
	}
	r.Git("repack", "-q", "-a", "-d", "-f", "--depth=20")
	want := audit(Options{NoDelta: true})
	if n := strings.Count(want, "\n"); n < 500 {
		t.Errorf("%d findings, want 500 at least", n)
	}
	for jobs := range 3 {
		if got := audit(Options{Jobs: jobs + 1}); got != want {
			t.Errorf("%d jobs: findings by delta are\n%.2000s\nwant\n%.2000s", jobs+1, got, want)
		}
	}
	deltas := 0
	for _, line := range r.Lines("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(deltabase)") {
		if kind, base, _ := strings.Cut(line, " "); kind == "blob" && strings.Trim(base, "0") != "" {
			deltas++
		}
	}
	if deltas < 100 {
		t.Errorf("%d blobs are deltas, want 100 at least", deltas)
	}
}

// TestStopped holds an audit that is told to stop to say so, and to stop.
func TestStopped(t *testing.T) {
	r := newGitRepo(t)
	r.story()
	cause := errors.New("enough")
	for _, early := range []bool{true, false} {
		a := r.open(Options{})
		ctx, cancel := context.WithCancelCause(context.Background())
		if early {
			cancel(cause)
		}
		var last error
		for _, err := range a.Findings(ctx, scan.New(a.opts.Rules, scan.Options{})) {
			cancel(cause)
			last = err
		}
		if !errors.Is(last, cause) {
			t.Errorf("early %v: ended with %v, want %v", early, last, cause)
		}
		_ = a.Owners("one.txt")
		cancel(nil)
	}
	a := r.open(Options{})
	for range a.Findings(context.Background(), scan.New(a.opts.Rules, scan.Options{})) {
		break
	}
}
