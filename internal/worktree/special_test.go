//go:build unix

package worktree

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/scan"
)

// Whatever waits for a writer or acts when it is opened is left alone.
func TestSpecialFiles(t *testing.T) {
	writeTree(t, map[string]string{"d/a": "1", "d/z": "2"})
	check(t, syscall.Mkfifo("d/fifo", 0o644))
	check(t, os.Symlink("/dev/zero", "d/zero"))
	l, err := net.Listen("unix", "d/socket")
	check(t, err)
	defer l.Close()
	within(t, 10*time.Second, func() {
		compare(t, "met", scanAll(t, []string{"d"}, Options{FollowSymlinks: true}),
			[]event{"file d/a 1", "skipped special d/fifo", "skipped special d/socket", "file d/z 2", "skipped special d/zero"})
		compare(t, "given", scanAll(t, []string{"d/fifo", "d/socket", "/dev/zero"}, Options{}),
			[]event{"incomplete unreadable d/fifo", "incomplete unreadable d/socket", "incomplete unreadable /dev/zero"})
	})
}

// A file that has become a pipe since its folder was read does not block.
func TestBecomesFIFO(t *testing.T) {
	writeTree(t, map[string]string{"d/a": "1"})
	s, err := New([]string{"d"}, Options{})
	check(t, err)
	within(t, 10*time.Second, func() {
		for c, err := range s.Chunks(context.Background()) {
			check(t, err)
			check(t, os.Remove("d/a"))
			check(t, syscall.Mkfifo("d/a", 0o644))
			for _, err := range c.Open(context.Background(), new(scan.Buffer)) {
				if want := "d/a: skipped: special"; err == nil || err.Error() != want {
					t.Errorf("reading what is a pipe now: %v, want %s", err, want)
				}
			}
		}
	})
}

func within(t *testing.T, d time.Duration, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(d):
		t.Fatalf("still blocked after %v", d)
	}
}

// A pipe as standard input is read to its end.
func TestStdinFromPipe(t *testing.T) {
	r, w, err := os.Pipe()
	check(t, err)
	defer r.Close()
	go func() {
		defer w.Close()
		for range 50 {
			if _, err := w.WriteString(strings.Repeat("y", 100000)); err != nil {
				return
			}
		}
	}()
	want := []event{event("file stdin " + strings.Repeat("y", 50*100000))}
	compare(t, "pipe", scanAll(t, []string{"-"}, Options{Stdin: r}), want)
}

// Files whose size the kernel does not tell are read nevertheless.
func TestSizeless(t *testing.T) {
	const name = "/proc/self/status"
	if _, err := os.Stat(name); err != nil {
		t.Skip("no file of that kind here")
	}
	got := scanAll(t, []string{name}, Options{})
	if len(got) != 1 || !strings.HasPrefix(string(got[0]), "file "+name+" Name:") {
		t.Errorf("%s gives %.80q", name, got)
	}
}

// Permissions mean nothing to root, so the test runs itself as somebody else.
func TestNoPermission(t *testing.T) {
	const variable = "KEYSIFT_TEST_UNREADABLE"
	if dir := os.Getenv(variable); dir != "" {
		t.Chdir(dir)
		compare(t, "no permission", scanAll(t, []string{"d", "noread", "closed/x"}, Options{}), []event{
			"file d/a 1", "incomplete unreadable d/closed", "incomplete unreadable d/nosearch/x", "incomplete unreadable d/secret", "file d/z 2",
			"incomplete unreadable noread", "incomplete unreadable closed/x",
		})
		testCure(t)
		return
	}
	root := writeTree(t, map[string]string{
		"d/a": "1", "d/z": "2", "d/secret": "3", "d/closed/x": "4", "d/nosearch/x": "5", "noread": "6", "closed/x": "7",
	})
	for name, mode := range map[string]os.FileMode{"d/secret": 0, "d/closed": 0, "d/nosearch": 0o444, "noread": 0, "closed": 0} {
		check(t, os.Chmod(name, mode))
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, name), 0o755) })
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestNoPermission$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"="+root)
	if os.Getuid() == 0 {
		// The binary and the way to the folder have to be open to the other user.
		cmd.Path = copyFor(t, os.Args[0])
		for dir := root; len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
			check(t, os.Chmod(dir, 0o755))
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		cmd.Dir = root
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as another user: %v\n%s", err, out)
	}
}

func copyFor(t *testing.T, binary string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "worktree")
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	check(t, os.Chmod(dir, 0o755))
	data, err := os.ReadFile(binary)
	check(t, err)
	name := filepath.Join(dir, "test")
	check(t, os.WriteFile(name, data, 0o755))
	return name
}

func testCure(t *testing.T) {
	tests := []struct{ path, cure string }{
		{"d/secret", "chmod -R u+rX d/secret"},
		{"d/closed", "chmod -R u+rX d/closed"},
		{"d/nosearch", "chmod u+x d/nosearch"},
		{"closed/x", "chmod u+x closed"},
	}
	for _, tt := range tests {
		s, err := New([]string{tt.path}, Options{})
		check(t, err)
		var last error
		for c, err := range s.Chunks(context.Background()) {
			last = err
			if c != nil {
				for _, last = range c.Open(context.Background(), new(scan.Buffer)) {
				}
			}
		}
		var i *scan.Incomplete
		if !errors.As(last, &i) || i.Detail != "permission denied" || i.Cure != tt.cure {
			t.Errorf("unreadable %s gives %+v, want the cure %s", tt.path, last, tt.cure)
		}
	}
}

func TestShellQuote(t *testing.T) {
	tests := [][2]string{
		{"a/b.go", "a/b.go"}, {"a b", "'a b'"}, {"it's", `'it'\''s'`}, {"-rf", "./-rf"}, {"$(x)", "'$(x)'"}, {"", "''"}, {"é", "'é'"},
	}
	for _, tt := range tests {
		if got := scan.ShellPath(tt[0]); got != tt[1] {
			t.Errorf("scan.ShellPath(%q) = %s, want %s", tt[0], got, tt[1])
		}
	}
}

// The entries of a folder are those the standard library reads.
func TestReadDir(t *testing.T) {
	tree := map[string]string{"sub/": "", "link": "-> sub", "file": "x"}
	for i := range 2000 {
		tree[strings.Repeat("n", 1+i%200)+string(rune('a'+i%26))+strings.Repeat("m", i/200)] = ""
	}
	writeTree(t, tree)
	var buf []byte
	got, err := readDir(".", false, &buf)
	check(t, err)
	list, err := os.ReadDir(".")
	check(t, err)
	var want []entry
	for _, e := range list {
		want = append(want, entry{e.Name(), e.Type()})
	}
	sortEntries(got)
	sortEntries(want)
	if !slices.Equal(got, want) {
		t.Errorf("readDir gives %d entries, want %d, or others", len(got), len(want))
	}
	if _, err := readDir("link", false, &buf); err == nil {
		t.Error("readDir follows a link that it is not to follow")
	}
	if got, err := readDir("link", true, &buf); err != nil || len(got) != 0 {
		t.Errorf("readDir of a link gives %v, %v", got, err)
	}
}
