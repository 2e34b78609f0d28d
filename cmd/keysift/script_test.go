package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

var update = flag.Bool("update", false, "write what scripts compare with cmp")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"keysift": main})
}

func TestScripts(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil && os.Getenv("CI") != "" {
		t.Fatal("git is needed for these tests")
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup:         setup,
		Cmds:          scriptCommands(),
	})
}

// setup gives scripts a made-up token of a well-known format in $KEY, and an
// environment in which git depends on nothing of the machine.
func setup(e *testscript.Env) error {
	set, err := rules.Builtin()
	if err != nil {
		return err
	}
	for name, id := range map[string]string{"KEY": "github-personal-access-token", "KEY2": "gitlab-personal-access-token", "WEBHOOK": "slack-webhook-url"} {
		r, ok := set.Rule(id)
		if !ok {
			continue
		}
		s, err := secrettest.Sample(r, 1)
		if err != nil {
			return err
		}
		e.Setenv(name, s.Secret())
	}
	for _, kv := range [][2]string{
		{"CI", ""}, {"NO_COLOR", ""}, {"HOME", e.WorkDir},
		{"GIT_CONFIG_GLOBAL", "/dev/null"}, {"GIT_CONFIG_SYSTEM", "/dev/null"},
		{"GIT_AUTHOR_NAME", "A U Thor"}, {"GIT_AUTHOR_EMAIL", "author@example.com"}, {"GIT_AUTHOR_DATE", "2024-03-01T10:00:00Z"},
		{"GIT_COMMITTER_NAME", "A U Thor"}, {"GIT_COMMITTER_EMAIL", "author@example.com"}, {"GIT_COMMITTER_DATE", "2024-03-01T10:00:00Z"},
	} {
		e.Setenv(kv[0], kv[1])
	}
	return nil
}

// scriptCommands are the commands of scripts beside testscript's own.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	cmds := map[string]func(*testscript.TestScript, bool, []string){
		"expand":      expand,
		"nosecret":    noSecret,
		"sameseconds": sameButSeconds,
	}
	for name, f := range moreCommands() {
		cmds[name] = f
	}
	return cmds
}

// expand replaces $KEY and its like in files.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		file := ts.MkAbs(name)
		data, err := os.ReadFile(file)
		ts.Check(err)
		text := os.Expand(string(data), ts.Getenv)
		ts.Check(os.WriteFile(file, []byte(text), 0o644))
	}
}

// noSecret fails if a file, or stdout or stderr, holds eight bytes in a row of
// what is secret in $KEY, $KEY2 or $WEBHOOK.
func noSecret(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := ts.ReadFile(name)
		for _, key := range []string{"KEY", "KEY2", "WEBHOOK"} {
			secret := ts.Getenv(key)
			if i := strings.LastIndexAny(secret, "_-/"); i > 0 && key != "KEY2" {
				secret = secret[i+1:]
			} else if key == "KEY2" {
				secret = strings.TrimPrefix(secret, "glpat-")
			}
			for i := 0; i+8 <= len(secret); i++ {
				if strings.Contains(text, secret[i:i+8]) {
					ts.Fatalf("%s holds a part of $%s", name, key)
				}
			}
		}
	}
}

// TestManual holds the manual pages to the same text in both ways of asking.
func TestManual(t *testing.T) {
	for _, c := range commands() {
		var a, b strings.Builder
		sys := func(w *strings.Builder) *system {
			return &system{stdin: strings.NewReader(""), stdout: w, stderr: w, getenv: func(string) string { return "" }, terminal: isTerminal}
		}
		if err := run(context.Background(), []string{"help", c.name}, sys(&a)); err != nil {
			t.Fatal(err)
		}
		if err := run(context.Background(), []string{c.name, "-h"}, sys(&b)); err != nil {
			t.Fatal(err)
		}
		if a.String() != b.String() || !strings.Contains(a.String(), "Usage: keysift "+c.name) {
			t.Errorf("help %s:\n%s\n%s -h:\n%s", c.name, &a, c.name, &b)
		}
	}
}

// sameButSeconds compares two reports but for how long their runs took.
func sameButSeconds(ts *testscript.TestScript, neg bool, args []string) {
	seconds := regexp.MustCompile(`"seconds": ?[0-9.e-]+`)
	a := seconds.ReplaceAllString(ts.ReadFile(args[0]), "")
	b := seconds.ReplaceAllString(ts.ReadFile(args[1]), "")
	if a != b {
		ts.Fatalf("%s and %s differ:\n%s\n%s", args[0], args[1], a, b)
	}
}
