package gocheck_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/gocheck"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// write puts files below a new folder, with a made-up password for $WORD, and
// returns it with the paths of the Go
// files among them.
func write(t *testing.T, files map[string]string) (dir string, goFiles []string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		text = strings.ReplaceAll(text, "$WORD", "kst-winter")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".go") {
			goFiles = append(goFiles, filepath.ToSlash(path))
		}
	}
	slices.Sort(goFiles)
	return dir, goFiles
}

// check returns what is found as "file:line rule" and what is incomplete as
// "file: detail".
func check(t *testing.T, dir string, files []string) (found, incomplete []string) {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for f, err := range gocheck.Check(t.Context(), set, files) {
		var inc *scan.Incomplete
		switch {
		case errors.As(err, &inc):
			incomplete = append(incomplete, under(dir, inc.Path)+": "+inc.Detail)
		case err != nil:
			t.Fatal(err)
		default:
			found = append(found, fmt.Sprintf("%s:%d %s", under(dir, f.Path), f.Start.Line, f.Rule.ID))
		}
	}
	return found, incomplete
}

func under(dir, path string) string {
	rel, err := filepath.Rel(dir, filepath.FromSlash(path))
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}

const mod = "module sample\n\ngo 1.21\n"

const leak = "package p\n\nimport \"log\"\n\nfunc F(password string) { log.Print(password) }\n"

func TestCheck(t *testing.T) {
	tests := []struct {
		name              string
		files             map[string]string
		found, incomplete string // incomplete are substrings, one a line
	}{
		{"one package", map[string]string{"go.mod": mod, "a.go": leak}, "a.go:5 credential-in-log", ""},
		{"once with its tests", map[string]string{"go.mod": mod, "a.go": leak, "a_test.go": "package p\n", "b_test.go": "package p_test\n"}, "a.go:5 credential-in-log", ""},
		{"two modules", map[string]string{"x/go.mod": mod, "x/a.go": leak, "y/go.mod": mod, "y/a.go": leak}, "x/a.go:5 credential-in-log\ny/a.go:5 credential-in-log", ""},
		{"across packages", map[string]string{"go.mod": mod, "a/a.go": "package a\n\nimport \"log\"\n\nfunc Note(s string) { log.Print(s) }\n", "b.go": "package p\n\nimport \"sample/a\"\n\nfunc F(password string) { a.Note(password) }\n"}, "b.go:5 credential-in-log", ""},
		{"folders that go passes over", map[string]string{"go.mod": mod, "p.go": "package p\n", "testdata/a.go": leak, "_x/a.go": leak, "vendor/a.go": leak, ".x/a.go": leak}, "", ""},
		{"no module", map[string]string{"a.go": leak}, "", "a.go: no Go file belongs to a module"},
		{"for another system", map[string]string{"go.mod": mod, "a/a.go": "//go:build never\n\n" + leak}, "", ""},
		{"import that is not there", map[string]string{"go.mod": mod, "a.go": leak, "b.go": "package p\n\nimport _ \"example.com/none\"\n"}, "", ".: Go analysis: package sample"},
		{"does not compile", map[string]string{"go.mod": mod, "a.go": "package p\n\nvar dbPassword = \"$WORD\"\nvar n int = \"$WORD\"\n"}, "a.go:3 hardcoded-credential", ".: Go analysis: package sample does not compile (a.go:4:13)"},
		{"cgo", map[string]string{"go.mod": mod, "a.go": "package p\n\nimport \"C\"\n", "b.go": leak}, "b.go:5 credential-in-log", "a.go: it uses cgo"},
		{"newer version of Go", map[string]string{"go.mod": "module sample\n\ngo 1.999\n", "a.go": leak}, "", ".: Go analysis: listing packages"},
		{"broken go.mod", map[string]string{"go.mod": "modul\n", "a.go": leak}, "", ".: Go analysis: listing packages"},
		{"workspace of others", map[string]string{"go.work": "go 1.21\n\nuse ./other\n", "other/go.mod": "module other\n\ngo 1.21\n", "x/go.mod": mod, "x/a.go": leak}, "x/a.go:5 credential-in-log", ""},
		{"unsafe and generic", map[string]string{"go.mod": mod, "a.go": "package p\n\nimport (\n\t\"fmt\"\n\t\"unsafe\"\n)\n\nfunc G[T ~string](password T) { fmt.Println(password) }\n\nvar _ = unsafe.Sizeof(0)\n"}, "a.go:8 credential-in-log", ""},
	}
	for _, tt := range tests {
		dir, files := write(t, tt.files)
		found, incomplete := check(t, dir, files)
		if got := strings.Join(found, "\n"); got != tt.found {
			t.Errorf("%s: found\n%s\nwant\n%s", tt.name, got, tt.found)
		}
		want := strings.Split(tt.incomplete, "\n")
		if tt.incomplete == "" {
			want = nil
		}
		if len(incomplete) != len(want) {
			t.Errorf("%s: incomplete %q, want %q", tt.name, incomplete, want)
			continue
		}
		for i, w := range want {
			if !strings.Contains(incomplete[i], w) {
				t.Errorf("%s: incomplete %q, want %q", tt.name, incomplete[i], w)
			}
		}
	}
}

// TestNothingRuns checks that no program that the module names or needs is
// started, and that what is in the environment does not start one either.
func TestNothingRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	bin := t.TempDir()
	mark := filepath.Join(t.TempDir(), "started")
	for _, name := range []string{"swig", "gcc", "cc", "g++", "clang", "git", "hg", "pkg-config", "gopackagesdriver", "wrapper"} {
		script := "#!/bin/sh\necho " + name + " >>" + mark + "\nexit 1\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("GOFLAGS", "-toolexec="+filepath.Join(bin, "wrapper"))
	t.Setenv("GOPRIVATE", "example.com")
	t.Setenv("CC", filepath.Join(bin, "cc"))
	dir, files := write(t, map[string]string{
		"go.mod": "module sample\n\ngo 1.21\n\nrequire example.com/private v1.0.0\n", ".git/HEAD": "ref: refs/heads/main\n",
		"a.go":   "package main\n\nimport _ \"example.com/private\"\n\nfunc main() {}\n",
		"s/s.go": "package s\n", "s/s.swig": "%module s\n", "s/s.c": "int x;\n", "c/c.go": "package c\n\n// #cgo pkg-config: x\nimport \"C\"\n",
		"g/g.go": "package g\n\n//go:generate wrapper\n",
	})
	check(t, dir, files)
	if data, err := os.ReadFile(mark); err == nil {
		t.Errorf("started: %s", strings.Fields(string(data)))
	}
}

func TestNoGoCommand(t *testing.T) {
	dir, files := write(t, map[string]string{"go.mod": mod, "a.go": leak})
	t.Setenv("PATH", t.TempDir())
	found, incomplete := check(t, dir, files)
	if len(found) != 0 || len(incomplete) != 1 || !strings.Contains(incomplete[0], "the go command is not installed") {
		t.Errorf("found %q, incomplete %q, want one that says that there is no go command", found, incomplete)
	}
}

func TestCancelled(t *testing.T) {
	_, files := write(t, map[string]string{"go.mod": mod, "a.go": leak})
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	for _, err := range gocheck.Check(ctx, set, files) {
		if !errors.Is(err, why) {
			t.Errorf("error %v, want %v", err, why)
		}
	}
}

// TestSecret checks the value and the place of a constant, and that a flow has
// none.
func TestSecret(t *testing.T) {
	value := "Winter" + fmt.Sprint(7) + "kst"
	dir, files := write(t, map[string]string{"go.mod": mod, "a.go": "package p\n\nimport \"log\"\n\nvar dbPassword = \"" + value + "\"\n\nfunc f() { log.Print(dbPassword) }\n"})
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var got []scan.Finding
	for f, err := range gocheck.Check(t.Context(), set, files) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f)
	}
	if len(got) != 2 {
		t.Fatalf("%d findings in %s, want 2", len(got), dir)
	}
	if f := got[0]; f.Secret.Reveal() != value || f.Start != (scan.Position{Line: 5, Column: 19, Byte: 43}) || f.End.Byte-f.Start.Byte != int64(len(value)) {
		t.Errorf("secret %v at %+v to %+v", f.Secret, f.Start, f.End)
	}
	if f := got[1]; f.Secret.Len() != 0 || f.Rule.Kind != rules.Log || f.Hint == "" {
		t.Errorf("flow %+v, want one of kind log without a secret", f)
	}
}
