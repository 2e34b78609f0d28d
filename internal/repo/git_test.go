package repo

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitEnv is the environment of every git process of the tests, on top of PATH.
func gitEnv(home string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2024-01-02T03:04:05Z",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_COMMITTER_DATE=2024-01-02T03:04:05Z",
		"GIT_ALLOW_PROTOCOL=file",
	}
}

// A sandbox is a folder in which git runs.
type sandbox struct {
	t   testing.TB
	dir string
	env []string
}

// newSandbox returns an empty folder, or ends the test when there is no git.
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
	return &sandbox{t: t, dir: dir, env: gitEnv(dir)}
}

// in returns the sandbox seen from a folder below it.
func (s *sandbox) in(dir string) *sandbox {
	return &sandbox{t: s.t, dir: filepath.Join(s.dir, dir), env: s.env}
}

func (s *sandbox) command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", append([]string{"-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// git runs git and returns its output without the final newline.
func (s *sandbox) git(args ...string) string {
	s.t.Helper()
	return s.gitInput("", args...)
}

func (s *sandbox) gitInput(input string, args ...string) string {
	s.t.Helper()
	cmd := s.command(args...)
	cmd.Stdin = strings.NewReader(input)
	var errOut strings.Builder
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("git %q: %v\n%s", args, err, errOut.String())
	}
	return strings.TrimSuffix(string(out), "\n")
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

func (s *sandbox) remove(path string) {
	s.t.Helper()
	if err := os.RemoveAll(filepath.Join(s.dir, path)); err != nil {
		s.t.Fatal(err)
	}
}

// commit commits everything there is.
func (s *sandbox) commit(message string) string {
	s.t.Helper()
	s.git("add", "-A")
	s.git("commit", "-q", "--allow-empty", "-m", message)
	return s.git("rev-parse", "HEAD")
}

func (s *sandbox) open() *Repo {
	s.t.Helper()
	r, err := Discover(s.dir, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *sandbox) index() *Index {
	s.t.Helper()
	ix, err := s.open().Index()
	if err != nil {
		s.t.Fatal(err)
	}
	return ix
}

// catFile is an [Objects] that asks git.
type catFile struct {
	in   io.WriteCloser
	out  *bufio.Reader
	gets int
}

func (s *sandbox) objects() *catFile {
	s.t.Helper()
	cmd := s.command("cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return &catFile{in: in, out: bufio.NewReader(out)}
}

func (c *catFile) Get(id []byte) (string, []byte, error) {
	c.gets++
	if _, err := fmt.Fprintf(c.in, "%x\n", id); err != nil {
		return "", nil, err
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		return "", nil, err
	}
	var typ string
	var size int
	if n, _ := fmt.Sscanf(line, "%x %s %d", new([]byte), &typ, &size); n != 3 {
		return "", nil, fmt.Errorf("object %x: %s", id, strings.TrimSpace(line))
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(c.out, data); err != nil {
		return "", nil, err
	}
	return typ, data[:size], nil
}
