package worktree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
)

// writeTree makes a folder of files; a name that ends in a slash is a folder,
// content that begins with "-> " a symbolic link. It becomes the current folder.
func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		p := filepath.Join(root, name)
		if strings.HasSuffix(name, "/") {
			check(t, os.MkdirAll(p, 0o755))
			continue
		}
		check(t, os.MkdirAll(filepath.Dir(p), 0o755))
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			symlink(t, target, p)
			continue
		}
		check(t, os.WriteFile(p, []byte(content), 0o644))
	}
	t.Chdir(root)
	return root
}

// symlink makes a symbolic link, where users may.
func symlink(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		if runtime.GOOS == "windows" {
			t.Skipf("no right to make symbolic links: %v", err)
		}
		t.Fatal(err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An event is what a source yields, in words.
//
//	file PATH CONTENT      a chunk; parts that windows own are joined
//	skipped REASON PATH
//	incomplete REASON PATH
type event string

// scanAll reads all of a source as an engine with one worker does.
func scanAll(t *testing.T, paths []string, opts Options) []event {
	t.Helper()
	s, err := New(paths, opts)
	check(t, err)
	return events(t, s)
}

func events(t *testing.T, s *Source) []event {
	t.Helper()
	var got []event
	note := func(err error) {
		var skipped *scan.Skipped
		var incomplete *scan.Incomplete
		switch {
		case errors.As(err, &skipped):
			got = append(got, event(fmt.Sprintf("skipped %s %s", skipped.Reason, skipped.Path)))
		case errors.As(err, &incomplete):
			if incomplete.Detail == "" || incomplete.Cure == "" {
				t.Errorf("%v: detail %q, cure %q; want both", incomplete, incomplete.Detail, incomplete.Cure)
			}
			got = append(got, event(fmt.Sprintf("incomplete %s %s", incomplete.Reason, incomplete.Path)))
		default:
			t.Errorf("a source yields %v", err)
		}
	}
	var buf scan.Buffer
	for c, err := range s.Chunks(context.Background()) {
		if err != nil {
			note(err)
			continue
		}
		var content strings.Builder
		name := "" // of what content is
		flush := func() {
			if name != "" {
				got = append(got, event("file "+name+" "+content.String()))
			}
			content.Reset()
			name = ""
		}
		for part, err := range c.Open(context.Background(), &buf) {
			if err != nil {
				flush()
				note(err)
				continue
			}
			if part.Path != name {
				flush()
			}
			name = part.Path
			if name != c.Path && !strings.HasPrefix(name, c.Path+"!") {
				t.Errorf("chunk of %q within that of %q", name, c.Path)
			}
			content.Write(part.Data[part.Lead : len(part.Data)-part.Trail])
		}
		flush()
	}
	return got
}

func compare(t *testing.T, what string, got, want []event) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		var g, w event
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("%s: event %d is %.200q, want %.200q", what, i, g, w)
		}
	}
}
