package hook

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/repo"
)

func TestShellWord(t *testing.T) {
	tests := []struct{ in, want string }{
		{"deploy/app.env", "deploy/app.env"},
		{"", "''"},
		{"a b", "'a b'"},
		{"it's", `'it'\''s'`},
		{"$(x)`y`", "'$(x)`y`'"},
		{"naïve", "'naïve'"},
		{"a\nb", `$'a\012b'`},
		{"\x1b[0m\xff'\\", `$'\033[0m\377\'\\'`},
		{"\u202e", `$'\342\200\256'`},
	}
	bash, _ := exec.LookPath("bash")
	for _, tt := range tests {
		if got := ShellWord(tt.in); got != tt.want {
			t.Errorf("ShellWord(%q) = %s, want %s", tt.in, got, tt.want)
		}
		if bash == "" {
			continue
		}
		out, err := exec.Command(bash, "-c", "printf %s "+ShellWord(tt.in)).Output()
		if err != nil || string(out) != tt.in {
			t.Errorf("a shell reads %s as %q, %v; want %q", ShellWord(tt.in), out, err, tt.in)
		}
	}
}

// TestScripts holds every script to the syntax of a POSIX shell, to line ends
// that Windows takes, and to being known again.
func TestScripts(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	for _, global := range []bool{false, true} {
		for _, name := range names(global) {
			for _, program := range []string{"", "/usr/bin/keysift", "C:/Program Files/it's/keysift.exe"} {
				text := script(name, InstallOptions{Stages: Stages(), Program: program, Global: global})
				if bytes.ContainsRune(text, '\r') || !ours(text) {
					t.Errorf("%s: carriage return, or not taken for ours:\n%s", name, text)
				}
				cmd := exec.Command(sh, "-n")
				cmd.Stdin = bytes.NewReader(text)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %v: %s\n%s", name, err, out, text)
				}
			}
		}
	}
}

func TestInstallRestores(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hooks")
	opts := InstallOptions{Stages: Stages(), Program: "/usr/bin/keysift"}
	if _, err := Install(dir, opts); err != nil {
		t.Fatal(err)
	}
	if out, err := Uninstall(dir, nil); err != nil || len(out) != len(Stages()) {
		t.Errorf("Uninstall: %v, %v; want %d removed", out, err, len(Stages()))
	}
	own := []byte("#!/bin/sh\r\n\x00odd\nno end")
	path := filepath.Join(dir, "pre-push")
	if err := os.WriteFile(path, own, 0o640); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := Install(dir, opts); err != nil {
			t.Fatal(err)
		}
	}
	opts.Program = "/elsewhere/keysift"
	if out, err := Install(dir, opts); err != nil || out[0].State != Updated {
		t.Errorf("Install with another program: %v, %v; want updated", out, err)
	}
	if _, err := Uninstall(dir, []string{"pre-push"}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, own) {
		t.Errorf("restored %q, %v; want %q", got, err, own)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o111 != 0 {
		t.Errorf("restored with mode %v, %v; want the former one", info.Mode(), err)
	}
}

func TestCleanMessage(t *testing.T) {
	scissorsLine := "#" + scissors + "\n"
	tests := []struct {
		name, config, in, want string
		edited                 bool
	}{
		{"comment", "", "a\n# b\nc\n", "a\n   \nc\n", true},
		{"not edited", "", "a\n# b\n", "a\n# b\n", false},
		{"not edited, strip", "[commit]\ncleanup = strip\n", "a\n# b\n", "a\n   \n", false},
		{"verbatim", "[commit]\ncleanup = verbatim\n", "a\n# b\n", "a\n# b\n", true},
		{"scissors", "", "a\n" + scissorsLine + "b\n", "a\n", true},
		{"scissors not edited", "", "a\n" + scissorsLine + "b\n", "a\n" + scissorsLine + "b\n", false},
		{"scissors mode", "[commit]\ncleanup = scissors\n", "# a\n" + scissorsLine + "b\n", "# a\n", true},
		{"no scissors", "", "a\n#" + scissors + " x\nb\n", "a\n" + strings.Repeat(" ", len(scissorsLine)+1) + "\nb\n", true},
		{"character", "[core]\ncommentChar = \";\"\n", "# a\n; b\n", "# a\n   \n", true},
		{"string", "[core]\ncommentString = //\n", "# a\n// b\n", "# a\n    \n", true},
		{"auto", "[core]\ncommentChar = auto\n", "# a\n% b\n", "# a\n   \n", true},
		{"line ends", "", "a\r\n# b\r\nc", "a\r\n   \r\nc", true},
		{"empty", "", "", "", true},
	}
	for _, tt := range tests {
		cfg, err := repo.ParseConfig([]byte(tt.config))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(cleanMessage([]byte(tt.in), cfg, tt.edited)); got != tt.want {
			t.Errorf("%s: cleanMessage(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// FuzzCleanMessage: what is kept stands where it stood, and nothing is added.
func FuzzCleanMessage(f *testing.F) {
	f.Add("a\n# b\n", true)
	f.Add("#"+scissors+"\nx", true)
	f.Fuzz(func(t *testing.T, in string, edited bool) {
		got := cleanMessage([]byte(in), &repo.Config{}, edited)
		if len(got) > len(in) {
			t.Fatalf("%q became longer: %q", in, got)
		}
		for i, c := range got {
			if c != in[i] && c != ' ' {
				t.Fatalf("%q became %q: byte %d", in, got, i)
			}
		}
	})
}
