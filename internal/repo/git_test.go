package repo

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
)

// A sandbox is a folder in which git runs, and what this package sees of it.
type sandbox struct{ *gittest.Dir }

// newSandbox returns an empty folder, or ends the test when there is no git.
func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	return &sandbox{gittest.New(t)}
}

// in returns the sandbox seen from another folder.
func (s *sandbox) in(dir string) *sandbox { return &sandbox{s.In(dir)} }

func (s *sandbox) open() *Repo {
	s.T.Helper()
	r, err := Discover(s.Path, nil)
	if err != nil {
		s.T.Fatal(err)
	}
	return r
}

func (s *sandbox) index() *Index {
	s.T.Helper()
	ix, err := s.open().Index()
	if err != nil {
		s.T.Fatal(err)
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
	s.T.Helper()
	cmd := s.Command("cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		s.T.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.T.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.T.Fatal(err)
	}
	s.T.Cleanup(func() {
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
