package exposed

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/keysift/keysift/internal/ignore"
	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// maxBlob is how large a file may be for its content to be compared with what
// git has of it, in bytes. Whether a larger one is the same, its size and time
// say.
const maxBlob = 64 << 20

// A Tree is one work tree with its repository. Its parts are read when they
// are first needed.
type Tree struct {
	top   string // without symbolic links
	repo  *repo.Repo
	ci    bool
	env   repo.Env
	index func() (*repo.Index, error)
	lists func() *ignore.Matcher

	mu       sync.Mutex // guards what follows
	store    *pack.Store
	exposure *repo.Exposure
	dirs     map[string]*ignore.Dir
	sets     map[string][]*ignore.Set
	problems []*scan.Incomplete
}

func newTree(p *Places, r *repo.Repo, top string) *Tree {
	t := &Tree{
		top: top, repo: r, ci: p.opts.CI || r.Bare, env: p.opts.Env,
		dirs: map[string]*ignore.Dir{}, sets: map[string][]*ignore.Set{},
	}
	t.index = sync.OnceValues(r.Index)
	t.lists = sync.OnceValue(t.openLists)
	return t
}

// Top returns the absolute path of the top folder.
func (t *Tree) Top() string { return t.top }

// Repo returns the repository.
func (t *Tree) Repo() *repo.Repo { return t.repo }

// Index returns the index.
func (t *Tree) Index() (*repo.Index, error) { return t.index() }

// Head returns the tree of the commit that HEAD is at, zero before the first
// one, and what reads trees.
func (t *Tree) Head() (repo.Hash, repo.TreeReader, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.store == nil {
		if err := t.openStore(); err != nil {
			return repo.Hash{}, nil, err
		}
	}
	trees := repo.NewTrees(objects{store: t.store}, t.repo.Format)
	ref, err := t.repo.Head()
	if err != nil || ref.ID.IsZero() {
		return repo.Hash{}, trees.Read, err
	}
	root, _, err := trees.Root(ref.ID)
	return root, trees.Read, err
}

func (t *Tree) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.store == nil {
		return nil
	}
	return t.store.Close()
}

func (t *Tree) openLists() *ignore.Matcher { return ignore.New(t.ListOptions(nil)) }

// ListOptions returns what a Matcher of this work tree is made from. read may
// replace the content of a .gitignore; nil reads them from the disk.
func (t *Tree) ListOptions(read func(string) ([]byte, error)) ignore.Options {
	user, err := repo.UserConfig(t.env)
	if err != nil {
		t.problem("unreadable", "", "the configuration of git: "+err.Error(), "git config --list --show-origin")
	}
	excludes := t.repo.ExcludesFile(user)
	if excludes == "" && t.env != nil {
		excludes = ignore.DefaultExcludesFile(t.env)
	}
	fold, err := t.repo.Config.Bool("core.ignorecase", false)
	if err != nil {
		t.problem("unreadable", t.repo.CommonDir+"/config", err.Error(), "git config core.ignoreCase")
	}
	return ignore.Options{
		Root: t.top, InfoExclude: filepath.Join(t.repo.CommonDir, "info", "exclude"),
		ExcludesFile: excludes, IgnoreCase: fold, Read: read,
	}
}

func (t *Tree) problem(reason, path, detail, cure string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.problems = append(t.problems, &scan.Incomplete{Reason: reason, Path: filepath.ToSlash(path), Detail: detail, Cure: cure})
}

func (t *Tree) listProblems(tell func(*scan.Incomplete)) {
	t.mu.Lock()
	known := t.problems
	used := len(t.dirs) > 0
	t.mu.Unlock()
	for _, i := range known {
		tell(i)
	}
	if !used {
		return
	}
	for _, err := range t.lists().Problems() {
		tell(&scan.Incomplete{
			Reason: "unreadable", Path: filepath.ToSlash(t.top),
			Detail: "what git ignores is not known: " + err.Error(), Cure: "git status --ignored",
		})
	}
}

// Ignored decides whether git would ignore a path, were it not tracked.
func (t *Tree) Ignored(rel string, dir bool) ignore.Decision {
	parent, name := "", rel
	if i := strings.LastIndexByte(rel, '/'); i >= 0 {
		parent, name = rel[:i], rel[i+1:]
	}
	return t.dir(parent).Match(name, dir)
}

func (t *Tree) dir(rel string) *ignore.Dir {
	lists := t.lists()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.child(lists, rel)
}

// child returns the lists that hold in a folder. t.mu is held.
func (t *Tree) child(lists *ignore.Matcher, rel string) *ignore.Dir {
	if d, ok := t.dirs[rel]; ok {
		return d
	}
	d := lists.Root()
	if rel != "" {
		parent, name := "", rel
		if i := strings.LastIndexByte(rel, '/'); i >= 0 {
			parent, name = rel[:i], rel[i+1:]
		}
		d = t.child(lists, parent).Child(name)
	}
	t.dirs[rel] = d
	return d
}

// Tracked reports whether the index has a file, or something in a folder. It is
// true if the index cannot be read.
func (t *Tree) Tracked(rel string, dir bool) bool {
	ix, err := t.index()
	if err != nil {
		return true
	}
	if _, sparse := ix.SparseDir(rel); sparse {
		return true
	}
	if !dir {
		_, ok := ix.Find(rel)
		return ok
	}
	prefix := rel + "/"
	i, ok := ix.Find(prefix)
	return ok || i < ix.Len() && bytes.HasPrefix(ix.Path(i), []byte(prefix))
}

// A State says how far one file has got.
type State struct {
	Exposure scan.Exposure
	Tracked  bool            // the index has the path
	Modified bool            // and what stands there is not what the index has
	InHead   bool            // HEAD has the path with this content
	Ignored  ignore.Decision // what git would say, were it not tracked
	Known    bool            // false if something could not be read
}

// A File is a file of a work tree whose State is known.
type File struct {
	State
	tree  *Tree
	rel   string
	other []version // of the path that hold something else, most exposed first
}

// A version is another content of a path.
type version struct {
	id       repo.Hash
	exposure scan.Exposure
}

// File returns how far a file has got.
func (t *Tree) File(rel string) *File {
	f := &File{tree: t, rel: rel}
	f.Ignored = t.Ignored(rel, false)
	f.Known = !f.Ignored.Unknown
	ix, err := t.index()
	if err != nil {
		f.Exposure, f.Known = scan.Unignored, false
		index := scan.ShellPath(filepath.ToSlash(t.repo.IndexFile))
		cure := "rm " + index + " && git reset"
		if errors.Is(err, fs.ErrPermission) {
			cure = "chmod u+r " + index // what is staged must not be lost
		}
		t.problem("unreadable", t.repo.IndexFile, "the index of git: "+err.Error(), cure)
		return f
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	f.locate(ix)
	return f
}

// locate fills in the state. t.mu is held.
func (f *File) locate(ix *repo.Index) {
	t := f.tree
	e, err := t.reader(ix)
	if err != nil {
		f.fail(err)
	}
	ids := f.contents(ix)
	best := scan.NoExposure
	for _, id := range ids {
		facts, err := e.Facts(f.rel, id)
		if err != nil {
			f.fail(err)
		}
		f.Tracked = f.Tracked || facts.Tracked
		f.InHead = f.InHead || facts.Head
		f.Modified = !facts.Index
		if branch, err := t.onBranch(e, f.rel, id); err != nil {
			f.fail(err)
		} else if branch {
			best = max(best, scan.Pushed)
		}
		if best = max(best, t.level(facts)); facts.Index {
			break // the other form of the content is not what git has
		}
	}
	if len(ids) == 0 {
		_, f.Tracked = ix.Find(f.rel)
	}
	f.Modified = f.Modified && f.Tracked
	f.Exposure = best
	if best == scan.NoExposure {
		f.Exposure = scan.Unignored
		if !f.Tracked && f.Ignored.Ignored && f.Known {
			f.Exposure = scan.Ignored
		}
	}
	if f.Modified || !f.Tracked {
		f.versions(e, ids)
	}
}

// onBranch reports whether a local branch has the blob, which counts in CI only.
func (t *Tree) onBranch(e *repo.Exposure, rel string, id repo.Hash) (bool, error) {
	if !t.ci {
		return false, nil
	}
	name, err := e.InRefs("refs/heads/", rel, id)
	return name != "", err
}

func (t *Tree) level(f repo.Facts) scan.Exposure {
	switch {
	case f.Tag != "":
		return scan.Tagged
	case f.Remote != "", f.Head && t.ci:
		return scan.Pushed
	case f.Head:
		return scan.Committed
	case f.Index:
		return scan.Staged
	}
	return scan.NoExposure
}

// versions remembers what else the path holds: a file that was edited may still
// hold what was pushed.
func (f *File) versions(e *repo.Exposure, ids []repo.Hash) {
	all, err := e.Versions(f.rel)
	if err != nil {
		f.fail(err)
	}
	for _, v := range all {
		facts := repo.Facts{Index: v.Index, Head: v.Head || v.Branch && f.tree.ci}
		if v.Remote {
			facts.Remote = "yes"
		}
		if v.Tag {
			facts.Tag = "yes"
		}
		level := f.tree.level(facts)
		same := false
		for _, id := range ids {
			same = same || id == v.ID
		}
		if !same && level > f.Exposure {
			f.other = append(f.other, version{v.ID, level})
		}
	}
}

// Of returns how far a credential in the file has got: as far as the file, or
// as the farthest version of it that holds the credential, too.
func (f *File) Of(secret scan.Secret) scan.Exposure {
	best := f.Exposure
	if secret.Len() == 0 || len(f.other) == 0 {
		return best
	}
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	for _, v := range f.other {
		if v.exposure <= best || f.tree.store == nil {
			continue
		}
		_, data, err := f.tree.store.Get(pack.MakeID(v.id.Bytes()))
		if err != nil {
			f.fail(err)
			continue
		}
		if bytes.Contains(data, []byte(secret.Reveal())) {
			best = v.exposure
		}
	}
	return best
}

// fail notes what could not be read. t.mu is held.
func (f *File) fail(err error) {
	f.Known = false
	reason, cure := "bad-object", "git fsck, or git fetch where objects are missing"
	switch {
	case errors.Is(err, pack.ErrNotFound):
		reason = "missing-object"
	case errors.Is(err, fs.ErrPermission):
		reason, cure = "unreadable", "chmod -R u+rX "+scan.ShellPath(filepath.ToSlash(f.tree.repo.GitDir))
	}
	f.tree.problems = append(f.tree.problems, &scan.Incomplete{
		Reason: reason, Path: filepath.ToSlash(f.tree.repo.GitDir),
		Detail: "how far files have got is not known: " + err.Error(), Cure: cure,
	})
}

// reader opens the object database. t.mu is held.
func (t *Tree) reader(ix *repo.Index) (*repo.Exposure, error) {
	if t.exposure != nil {
		return t.exposure, nil
	}
	var err error
	if t.store == nil {
		if err = t.openStore(); err != nil {
			t.store = nil
		}
	}
	t.exposure = t.repo.NewExposure(ix, objects{t.store, err})
	return t.exposure, err
}

func (t *Tree) openStore() error {
	algorithm, err := pack.ParseHash(t.repo.Format.String())
	if err != nil {
		return err
	}
	dirs, err := t.repo.ObjectDirs()
	if err != nil {
		return err
	}
	// A few objects are wanted: to check the sum of every pack's index would
	// cost more than all the rest.
	t.store, err = pack.Open(t.repo.Objects, pack.Options{Hash: algorithm, Alternates: dirs[1:], TrustIndex: true})
	return err
}

// objects reads from a store that may not have opened.
type objects struct {
	store *pack.Store
	err   error
}

func (o objects) Get(id []byte) (string, []byte, error) {
	if o.store == nil {
		return "", nil, o.err
	}
	typ, data, err := o.store.Get(pack.MakeID(id))
	if err != nil {
		return "", nil, err
	}
	return typ.String(), data, nil
}

// contents returns the ids that git may have given to what the file holds. A
// file that has not been touched since git wrote it is what the index says,
// whatever filters did to it; else its bytes count, as they stand or with the
// line ends that git stores.
func (f *File) contents(ix *repo.Index) []repo.Hash {
	name := filepath.Join(f.tree.top, filepath.FromSlash(f.rel))
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if e, ok := ix.Lookup(f.rel); ok && e.Stage == 0 && ix.Unchanged(&e, info) {
		return []repo.Hash{e.ID}
	}
	if info.Size() > maxBlob {
		return nil
	}
	data, err := readFile(name)
	if err != nil {
		return nil
	}
	ids := []repo.Hash{repo.HashBlob(data, f.tree.repo.Format)}
	if bytes.Contains(data, []byte("\r\n")) && bytes.IndexByte(data, 0) < 0 {
		ids = append(ids, repo.HashBlob(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), f.tree.repo.Format))
	}
	return ids
}

// readFile reads a file of at most maxBlob bytes.
func readFile(name string) ([]byte, error) {
	h, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = h.Close() }()
	data, err := io.ReadAll(io.LimitReader(h, maxBlob+1))
	if err == nil && len(data) > maxBlob {
		err = errors.New("too large")
	}
	return data, err
}
