package main

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/repo"
)

// A trust reads the policy from a revision.
type trust struct {
	top      string
	bare     bool // there is no work tree that the revision could differ from
	revision *policy.Revision
}

func newTrust(sys *system, top, name string) (*trust, error) {
	r, err := repo.Discover(top, func(name string) (string, bool) {
		v := sys.getenv(name)
		return v, v != ""
	})
	if err != nil {
		return nil, err
	}
	dirs, err := r.ObjectDirs()
	if err != nil {
		return nil, err
	}
	hash := pack.SHA1
	if r.Format == repo.SHA256 {
		hash = pack.SHA256
	}
	store, err := pack.Open(dirs[0], pack.Options{Hash: hash, Alternates: dirs[1:], TrustIndex: true})
	if err != nil {
		return nil, err
	}
	rev, err := policy.OpenRevision(r, storeObjects{store}, name)
	if err != nil {
		return nil, err
	}
	return &trust{top: cmp.Or(r.WorkTree, top), bare: r.WorkTree == "", revision: rev}, nil
}

// readFile returns a file as it is in the revision or, if it lies outside of the
// work tree, as it is on the disk.
func (t *trust) readFile(name string) ([]byte, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(t.top, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return readGiven(abs)
	}
	return t.revision.ReadFile(filepath.ToSlash(rel))
}

// onDisk returns a file of the work tree as it is now.
func (t *trust) onDisk(name string) ([]byte, error) {
	data, err := readOrdinary(filepath.Join(t.top, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// storeObjects reads objects for package policy.
type storeObjects struct{ store *pack.Store }

// Get returns an object.
func (s storeObjects) Get(id []byte) (string, []byte, error) {
	kind, data, err := s.store.Get(pack.MakeID(id))
	return kind.String(), data, err
}

// Match returns the ids that start with some digits.
func (s storeObjects) Match(prefix string, most int) [][]byte {
	var out [][]byte
	for _, id := range s.store.Match(prefix, most) {
		out = append(out, id.Bytes())
	}
	return out
}
