//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// manyFiles makes a repository with a token in the message of its commit and so
// many binary files that to name them all is more than a pipe holds.
func manyFiles(t *testing.T, token string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("git is needed for this test")
		}
		t.Skip("git is needed")
	}
	var stream bytes.Buffer
	message := "use " + token
	fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter C O Mitter <c@example.com> 1600000000 +0000\ndata %d\n%s\n", len(message), message)
	for i := range 20_000 {
		data := fmt.Sprintf("\x00\x01\x02%d", i)
		fmt.Fprintf(&stream, "M 100644 inline file-number-%d.bin\ndata %d\n%s\n", i, len(data), data)
	}
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "-q", "-b", "main", dir}, {"-C", dir, "fast-import", "--quiet"}} {
		cmd := exec.Command("git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		cmd.Stdin = &stream
		if args[0] == "init" {
			cmd.Stdin = nil
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}

// TestHistoryInterrupted holds an interrupted audit to telling what it has
// found. The audit cannot end before the signal: nobody reads what it says.
func TestHistoryInterrupted(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	rule, _ := set.Rule("github-personal-access-token")
	sample, err := secrettest.Sample(rule, 1)
	if err != nil {
		t.Fatal(err)
	}
	dir := manyFiles(t, sample.Secret())
	cmd := exec.Command("keysift", "history", "--format", "jsonl", "--verbose", dir)
	cmd.Env = append(os.Environ(), "CI=")
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	first := make([]byte, 1)
	if _, err := io.ReadFull(stderr, first); err != nil {
		t.Fatalf("waiting for the audit to begin: %v", err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	said, _ := io.ReadAll(stderr)
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != exitInterrupted {
		t.Errorf("status %d, want %d; it said %s", got, exitInterrupted, tail(said))
	}
	out := stdout.String()
	for _, want := range []string{`"type":"finding"`, `"path":"commit:`, `"complete":false`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in the report:\n%s", want, tail([]byte(out)))
		}
	}
	if !strings.HasSuffix(string(said), "keysift: interrupted; the report holds what was found until then\n") {
		t.Errorf("it ended with %q, want that it was interrupted", tail(said))
	}
	if n := bytes.Count(said, []byte("skipped: binary")); n >= 20_000 {
		t.Errorf("all %d files were looked at; want the audit to end at the signal", n)
	}
	if strings.Contains(out, sample.Secret()) || strings.Contains(string(said), sample.Secret()) {
		t.Error("it printed the secret")
	}
}

// tail returns the end of a long output.
func tail(out []byte) []byte { return out[max(0, len(out)-500):] }
