package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

const (
	stashRef = "refs/stash"

	// maxLog bounds a reflog, maxSmall any other file of a git directory that
	// is read as a whole, in bytes.
	maxLog   = 256 << 20
	maxSmall = 16 << 20
)

// A tip is an object that something other than an object refers to.
type tip struct {
	name  string // of the ref; of a reflog that of its ref
	id    pack.ID
	class scan.Exposure
	ref   bool // name is a ref that stands at id now
	log   bool // its reflog says that it stood there
}

// tips are all of them, and the texts in which they were found.
type tips struct {
	list     []tip
	head     pack.ID // zero if HEAD has no commit
	headName string
	entries  []indexEntry
	logs     []logFile
	errs     []error // *scan.Incomplete
}

// An indexEntry is a blob that stands in an index.
type indexEntry struct {
	path string
	id   pack.ID
}

// A logFile is the text of a reflog.
type logFile struct {
	name  string // of the ref
	class scan.Exposure
	text  []byte
}

func toID(h repo.Hash) pack.ID { return pack.MakeID(h.Bytes()) }

// readTips lists what refers to objects. public says that branches have left
// the machine, as in a repository from which others fetch.
func readTips(r *repo.Repo, public bool) *tips {
	t := &tips{}
	refs, err := r.Refs("")
	t.problem("refs", err, "git fsck; git pack-refs --all")
	for _, ref := range refs {
		t.ref(ref.Name, toID(ref.ID), refClass(ref.Name, public))
	}
	branch := refClass("refs/heads/", public)
	switch head, err := r.Head(); {
	case err == nil:
		t.head, t.headName = toID(head.ID), head.Target
		t.ref("HEAD", t.head, branch)
	case !errors.Is(err, repo.ErrRefNotFound):
		t.problem("HEAD", err, "git symbolic-ref HEAD refs/heads/main")
	}
	for _, dir := range gitDirs(r) {
		t.gitDir(r, dir, branch)
	}
	return t
}

// refClass returns the exposure of what a ref of this name reaches.
func refClass(name string, public bool) scan.Exposure {
	switch {
	case name == stashRef:
		return scan.Stash
	case strings.HasPrefix(name, "refs/tags/"):
		return scan.Tagged
	case public || strings.HasPrefix(name, "refs/remotes/"):
		return scan.Pushed
	}
	return scan.Committed
}

func (t *tips) ref(name string, id pack.ID, class scan.Exposure) {
	if !id.IsZero() {
		t.list = append(t.list, tip{name: name, id: id, class: class, ref: true})
	}
}

func (t *tips) problem(where string, err error, cure string) {
	if err != nil {
		t.errs = append(t.errs, asDenied(&scan.Incomplete{Reason: "unreadable", Path: where, Detail: err.Error(), Cure: cure}, err))
	}
}

// gitDirs returns the git directories that share the repository: its own, that
// of the main worktree, and those of linked worktrees.
func gitDirs(r *repo.Repo) []string {
	dirs := []string{r.GitDir}
	if r.CommonDir != r.GitDir {
		dirs = append(dirs, r.CommonDir)
	}
	ids, err := r.Worktrees()
	if err != nil {
		return dirs // its folder is told when the refs of it cannot be read
	}
	for _, id := range ids {
		dir := filepath.Join(r.CommonDir, "worktrees", id)
		if dir != r.GitDir {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// gitDir adds what one git directory has of its own: HEAD and its like, the
// index, and reflogs.
func (t *tips) gitDir(r *repo.Repo, dir string, branch scan.Exposure) {
	t.pseudoRefs(r, dir, branch)
	index := *r
	if dir != r.GitDir {
		index.IndexFile = filepath.Join(dir, "index")
	}
	ix, err := index.Index()
	t.problem(index.IndexFile, err, "git read-tree HEAD")
	if err == nil {
		for _, e := range ix.Entries() {
			if e.Mode&repo.ModeType != repo.ModeGitlink && e.Mode&repo.ModeType != repo.ModeDir {
				t.entries = append(t.entries, indexEntry{string(e.Path), toID(e.ID)})
			}
		}
	}
	t.reflogs(dir)
}

// pseudoRefs adds HEAD of another git directory, and what was fetched last.
// Other names in capitals, as ORIG_HEAD, are left out: git, too, does not count
// what only they refer to as reachable.
func (t *tips) pseudoRefs(r *repo.Repo, dir string, branch scan.Exposure) {
	for name, class := range map[string]scan.Exposure{"HEAD": branch, "FETCH_HEAD": scan.Pushed} {
		if name == "HEAD" && dir == r.GitDir {
			continue // is added as a ref
		}
		data, err := readFile(filepath.Join(dir, name), maxSmall)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		t.problem(filepath.Join(dir, name), err, "make it readable")
		t.ids(r, dir, name, data, class)
	}
}

// ids adds the object ids that start the lines of a file, or the ref it names.
func (t *tips) ids(r *repo.Repo, dir, name string, data []byte, class scan.Exposure) {
	if bytes.HasPrefix(data, []byte("ref:")) {
		ref, err := r.Ref(worktreeRef(r, dir, name))
		if err == nil && !ref.ID.IsZero() {
			t.list = append(t.list, tip{name: name, id: toID(ref.ID), class: class})
		}
		return
	}
	for line := range bytes.Lines(data) {
		if id, ok := leadingID(line); ok && !id.IsZero() {
			t.list = append(t.list, tip{name: name, id: id, class: class})
		}
	}
}

// worktreeRef returns the name by which a ref of another git directory goes.
func worktreeRef(r *repo.Repo, dir, name string) string {
	switch dir {
	case r.GitDir:
		return name
	case r.CommonDir:
		return "main-worktree/" + name
	}
	return "worktrees/" + filepath.Base(dir) + "/" + name
}

// leadingID reads the id that a line starts with.
func leadingID(line []byte) (pack.ID, bool) {
	n := 0
	for n < len(line) && (line[n] >= '0' && line[n] <= '9' || line[n] >= 'a' && line[n] <= 'f') {
		n++
	}
	id, err := pack.ParseID(string(line[:n]))
	return id, err == nil
}

// reflogs adds what the reflogs of a git directory refer to.
func (t *tips) reflogs(dir string) {
	top := filepath.Join(dir, "logs")
	err := filepath.WalkDir(top, func(file string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			t.problem(file, err, "make it readable")
			return nil
		case !e.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(top, file)
		if err != nil {
			return nil
		}
		data, err := readFile(file, maxLog)
		if err != nil {
			t.problem(file, err, "make it readable")
			return nil
		}
		t.reflog(path.Clean(filepath.ToSlash(rel)), data)
		return nil
	})
	t.problem(top, err, "make it readable")
}

func (t *tips) reflog(name string, data []byte) {
	class := scan.Reflog
	switch {
	case name == stashRef:
		class = scan.Stash
	case strings.HasPrefix(name, "refs/remotes/"):
		class = scan.Pushed // it stood on the remote
	}
	t.logs = append(t.logs, logFile{name, class, data})
	last := pack.ID{}
	for e := range entries(data) {
		if e.old != last && !e.old.IsZero() {
			t.list = append(t.list, tip{name: name, id: e.old, class: class, log: true})
		}
		if last = e.id; !e.id.IsZero() {
			t.list = append(t.list, tip{name: name, id: e.id, class: class, log: true})
		}
	}
}

// readFile reads a file that must not be larger than limit bytes.
func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, more than the %d that are read", name, info.Size(), limit)
	}
	return os.ReadFile(name)
}

// shallowCommits returns the commits whose parents were cut off.
func shallowCommits(r *repo.Repo) (map[pack.ID]bool, error) {
	data, err := readFile(filepath.Join(r.CommonDir, "shallow"), maxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of shallow commits: %w", err)
	}
	cut := map[pack.ID]bool{}
	for line := range bytes.Lines(data) {
		if id, ok := leadingID(line); ok {
			cut[id] = true
		}
	}
	return cut, nil
}

// mirrors reports whether the configuration makes the repository a mirror.
func mirrors(c *repo.Config) bool {
	for key, value := range c.All {
		name, ok := strings.CutPrefix(key, "remote.")
		if !ok {
			continue
		}
		switch {
		case strings.HasSuffix(name, ".mirror") && !slices.Contains([]string{"false", "no", "off", "0", ""}, strings.ToLower(value)):
			return true
		case strings.HasSuffix(name, ".fetch") && strings.TrimPrefix(value, "+") == "refs/*:refs/*":
			return true
		}
	}
	return false
}
