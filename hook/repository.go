package hook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
)

// A Repository is the one a hook runs for.
type Repository struct {
	repo    *repo.Repo
	store   *pack.Store
	trees   *repo.Trees
	environ []string
	index   func() (*repo.Index, error) // read when it is first needed
}

// Open finds the repository that dir belongs to, seen with an environment of
// "NAME=value" strings, such as that which git gives to a hook. The error wraps
// [repo.ErrNotRepository] if there is none.
func Open(dir string, environ []string) (*Repository, error) {
	r := &Repository{environ: environ}
	var err error
	if r.repo, err = repo.Discover(dir, r.env); err != nil {
		return nil, err
	}
	algorithm, err := pack.ParseHash(r.repo.Format.String())
	if err != nil {
		return nil, err
	}
	// Pushed objects stand in a quarantine, which has all others as alternates.
	dirs, err := r.repo.ObjectDirs()
	if err != nil {
		return nil, fmt.Errorf("reading alternates: %w", err)
	}
	// A hook wants a handful of objects: to check the sum of every pack's
	// index would cost more than all the rest.
	r.store, err = pack.Open(r.repo.Objects, pack.Options{Hash: algorithm, Alternates: dirs[1:], TrustIndex: true})
	if err != nil {
		return nil, err
	}
	r.trees = repo.NewTrees(objects{r.store}, r.repo.Format)
	r.index = sync.OnceValues(r.repo.Index)
	return r, nil
}

// Close releases the object database.
func (r *Repository) Close() error { return r.store.Close() }

// Repo returns what is read of git's own files.
func (r *Repository) Repo() *repo.Repo { return r.repo }

// WorkTree returns the top folder of the work tree, empty if there is none.
func (r *Repository) WorkTree() string { return r.repo.WorkTree }

// GitDir returns the git directory: of a linked worktree, its own.
func (r *Repository) GitDir() string { return r.repo.GitDir }

// Bare reports whether the repository has no work tree.
func (r *Repository) Bare() bool { return r.repo.Bare }

// Unborn reports whether there is no commit yet on the current branch.
func (r *Repository) Unborn() bool {
	head, err := r.repo.Head()
	return err == nil && head.ID.IsZero()
}

// HeadIs reports whether HEAD stands at a commit.
func (r *Repository) HeadIs(commit string) bool {
	head, err := r.repo.Head()
	return err == nil && head.ID.String() == commit
}

// Parented reports whether a commit has a parent.
func (r *Repository) Parented(commit string) bool {
	id, err := repo.ParseHash(commit)
	if err != nil {
		return false
	}
	c, err := r.commit(id)
	return err == nil && len(c.parents) > 0
}

// StagedFile returns the content of a path in the index, which is relative to
// the top of the work tree. The error wraps [fs.ErrNotExist] if there is none.
func (r *Repository) StagedFile(path string) ([]byte, error) {
	ix, err := r.index()
	if err != nil {
		return nil, err
	}
	e, ok := ix.Lookup(path)
	if !ok || e.IntentToAdd || e.Mode&repo.ModeType != repo.ModeRegular {
		return nil, fmt.Errorf("%s in the index: %w", path, fs.ErrNotExist)
	}
	return r.blob(path, e.ID)
}

// Tag returns the name of a tag that is the object, empty if there is none.
func (r *Repository) Tag(object string) string {
	const prefix = "refs/tags/"
	refs, _ := r.repo.Refs(prefix) // what is left out names nothing
	for _, ref := range refs {
		if ref.ID.String() == object {
			return strings.TrimPrefix(ref.Name, prefix)
		}
	}
	return ""
}

// OwnIndex reports whether git made the index for one commit, as it does for
// "commit -a", "commit -p" and "commit FILE": what stands in it is not staged
// any more when the commit is refused.
func (r *Repository) OwnIndex() bool {
	name := filepath.Base(r.repo.IndexFile)
	return name == "index.lock" || strings.HasPrefix(name, "next-index-")
}

// SameOnDisk reports whether the file of the work tree at a path has the
// content that is staged.
func (r *Repository) SameOnDisk(path string) bool {
	ix, err := r.index()
	if err != nil {
		return false
	}
	e, ok := ix.Lookup(path)
	if !ok {
		return false
	}
	name := filepath.Join(r.repo.WorkTree, filepath.FromSlash(path))
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if ix.Unchanged(&e, info) {
		return true
	}
	data, err := readBounded(name)
	return err == nil && repo.HashBlob(data, r.repo.Format) == e.ID
}

// env looks up a variable. The last of several wins, as with os/exec.
func (r *Repository) env(name string) (string, bool) {
	for _, kv := range slices.Backward(r.environ) {
		if key, value, ok := strings.Cut(kv, "="); ok && key == name {
			return value, true
		}
	}
	return "", false
}

// maxTextFile bounds what is read of messages and git's own small files.
const maxTextFile = 64 << 20

var errTooLong = fmt.Errorf("it is longer than %d MiB", maxTextFile>>20)

// readBounded reads a regular file of at most maxTextFile bytes.
func readBounded(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTextFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxTextFile {
		return nil, fmt.Errorf("%s: %w", name, errTooLong)
	}
	return data, nil
}

// objects makes a store an [repo.Objects].
type objects struct{ store *pack.Store }

func (o objects) Get(id []byte) (string, []byte, error) {
	t, data, err := o.store.Get(pack.MakeID(id))
	if err != nil {
		return "", nil, err
	}
	return t.String(), data, nil
}

// A commit is what a hook wants to know of one.
type commit struct {
	id      repo.Hash
	tree    repo.Hash
	parents []repo.Hash
	time    int64 // of the committer, in seconds
}

var errNoCommit = errors.New("not a commit")

// commit reads one. The error wraps [pack.ErrNotFound] if it is absent.
func (r *Repository) commit(id repo.Hash) (*commit, error) {
	t, data, err := r.store.Get(packID(id))
	if err != nil {
		return nil, fmt.Errorf("reading commit %s: %w", id, err)
	}
	if t != pack.Commit {
		return nil, fmt.Errorf("reading commit %s: %w", id, errNoCommit)
	}
	var h pack.CommitHeader
	if err := h.Parse(r.store.Hash(), data); err != nil {
		return nil, fmt.Errorf("reading commit %s: %w", id, err)
	}
	c := &commit{id: id, tree: repoHash(h.Tree), time: h.Committer.Unix}
	for _, p := range h.Parents {
		c.parents = append(c.parents, repoHash(p))
	}
	return c, nil
}

func packID(h repo.Hash) pack.ID { return pack.MakeID(h.Bytes()) }

func repoHash(id pack.ID) repo.Hash {
	h, err := repo.HashOf(id.Bytes())
	if err != nil {
		return repo.Hash{} // the zero ID
	}
	return h
}

// ids reads a file of object ids, one at the start of each line, as MERGE_HEAD
// and shallow are. A missing file is empty.
func (r *Repository) ids(name string) ([]repo.Hash, error) {
	data, err := readBounded(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []repo.Hash
	for line := range bytes.Lines(data) {
		fields := bytes.Fields(line)
		if len(fields) == 0 {
			continue
		}
		id, err := repo.ParseHash(string(fields[0]))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		list = append(list, id)
	}
	return list, nil
}
