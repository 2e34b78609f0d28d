package repo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRandomChanges stages random changes, files that become folders and the
// other way round among them, and compares each state with git.
func TestRandomChanges(t *testing.T) {
	for _, options := range [][]string{nil, {"index.version=4"}, {"core.splitIndex=true", "splitIndex.maxPercentChange=100"}} {
		s := newSandbox(t)
		s.Git("init", "-q", "-b", "main")
		for _, o := range options {
			name, value, _ := strings.Cut(o, "=")
			s.Git("config", name, value)
		}
		r := rand.New(rand.NewPCG(11, uint64(len(options))))
		for round := range 15 {
			for range 12 {
				randomChange(t, s, r)
			}
			s.Git("add", "-A")
			if r.IntN(3) == 0 {
				s.Git("write-tree")
			}
			checkIndex(t, s, fmt.Sprintf("%q, round %d", options, round))
			if r.IntN(2) == 0 {
				s.Git("commit", "-q", "--allow-empty", "-m", fmt.Sprint(round))
			}
		}
	}
}

// randomChange writes or removes one path of a few short names.
func randomChange(t *testing.T, s *sandbox, r *rand.Rand) {
	t.Helper()
	names := []string{"a", "a-", "a.b", "ab", "b", "0", "\xc3\xa9"}
	path := names[r.IntN(len(names))]
	for r.IntN(2) == 0 && len(path) < 12 {
		path += "/" + names[r.IntN(len(names))]
	}
	if r.IntN(4) == 0 {
		os.RemoveAll(filepath.Join(s.Path, path)) // a file may stand in its way
		return
	}
	// A file in the way of a folder has to go.
	for dir := filepath.Dir(path); dir != "."; dir = filepath.Dir(dir) {
		if fi, err := os.Lstat(filepath.Join(s.Path, dir)); err == nil && !fi.IsDir() {
			s.Remove(dir)
		}
	}
	s.Remove(path)
	s.Write(path, fmt.Sprint(r.IntN(4)))
}
