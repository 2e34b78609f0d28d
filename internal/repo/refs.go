package repo

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrRefNotFound is the error, possibly wrapped, of a ref that does not exist.
var ErrRefNotFound = errors.New("ref not found")

// Limits of refs. git follows as many symbolic refs.
const (
	maxSymbolicDepth = 5
	maxRefDepth      = 64      // folders below refs
	maxLooseRefs     = 1 << 22 // files below refs
)

// A Ref is a name for an object.
type Ref struct {
	Name   string // in full, such as "refs/heads/main"; any bytes
	ID     Hash   // zero for a symbolic ref that leads nowhere
	Peeled Hash   // what an annotated tag points to, where packed-refs says so
	Target string // name a symbolic ref stands for, empty otherwise
}

// Head returns what HEAD says. Target is the current branch, empty when HEAD
// is detached; ID is zero when the branch has no commit yet.
func (r *Repo) Head() (Ref, error) { return r.Ref("HEAD") }

// Ref returns the ref with the full name: one below refs, HEAD or another
// name in the git directory such as MERGE_HEAD, or, with "main-worktree/" or
// "worktrees/ID/" before it, a ref of another worktree. A symbolic ref is
// followed; one that leads nowhere has a zero ID and no error.
func (r *Repo) Ref(name string) (Ref, error) {
	ref := Ref{Name: name}
	at := name
	for depth := 0; ; depth++ {
		one, err := r.readRef(at)
		switch {
		case errors.Is(err, ErrRefNotFound) && depth > 0:
			return ref, nil
		case err != nil:
			return ref, err
		case one.Target == "":
			ref.ID, ref.Peeled = one.ID, one.Peeled
			return ref, nil
		case depth == maxSymbolicDepth:
			return ref, fmt.Errorf("ref %q: symbolic refs nest too deeply", name)
		}
		if depth == 0 {
			ref.Target = one.Target
		}
		at = one.Target
	}
}

// readRef reads one ref without following it, loose before packed.
func (r *Repo) readRef(name string) (Ref, error) {
	if !safeRefName(name) {
		return Ref{}, fmt.Errorf("ref %q: bad name", name)
	}
	ref, err := r.readLoose(r.RefDir(name), name)
	if !errors.Is(err, ErrRefNotFound) || !strings.HasPrefix(name, "refs/") {
		return ref, err
	}
	data, err := r.readPacked()
	if err != nil {
		return Ref{}, err
	}
	return findPacked(data, name, r.Format)
}

// RefDir returns the directory below which the file of a loose ref stands, and
// below logs its reflog. Some refs belong to the worktree, the others to all.
func (r *Repo) RefDir(name string) string {
	if perWorktree(name) || !strings.HasPrefix(name, "refs/") && !strings.Contains(name, "/") {
		return r.GitDir
	}
	return r.CommonDir
}

var perWorktreePrefixes = [...]string{"refs/bisect/", "refs/worktree/", "refs/rewritten/"}

func perWorktree(name string) bool {
	for _, p := range perWorktreePrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// safeRefName reports whether the name, as a path, stays in the git directory.
func safeRefName(name string) bool {
	if strings.IndexByte(name, 0) >= 0 {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || os.PathSeparator != '/' && strings.ContainsAny(part, `\:`) {
			return false
		}
	}
	return true
}

func (r *Repo) readLoose(dir, name string) (Ref, error) {
	if rest, ok := strings.CutPrefix(name, "main-worktree/"); ok {
		dir, name = r.CommonDir, rest
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if target, err := os.Readlink(path); err == nil && strings.HasPrefix(target, "refs/") && safeRefName(target) {
		return Ref{Name: name, Target: target}, nil
	}
	fi, err := os.Stat(path)
	if absent(err) || err == nil && fi.IsDir() {
		return Ref{}, fmt.Errorf("%w: %q", ErrRefNotFound, name)
	}
	data, err := readFile(path, maxSmallFile)
	if absent(err) {
		return Ref{}, fmt.Errorf("%w: %q", ErrRefNotFound, name)
	}
	if err != nil {
		return Ref{}, fmt.Errorf("ref %q: %w", name, err)
	}
	ref, err := parseLoose(data, r.Format)
	if err != nil {
		return Ref{}, fmt.Errorf("ref %q: %w", name, err)
	}
	ref.Name = name
	return ref, nil
}

// parseLoose reads the content of a loose ref.
func parseLoose(data []byte, f Format) (Ref, error) {
	if target, ok := bytes.CutPrefix(data, []byte("ref:")); ok {
		target = bytes.TrimSpace(target)
		if len(target) == 0 {
			return Ref{}, errors.New("empty symbolic ref")
		}
		return Ref{Target: string(target)}, nil
	}
	n := 2 * f.Size()
	if len(data) < n || len(data) > n && !isSpace(data[n]) {
		return Ref{}, errors.New("neither an object id nor a symbolic ref")
	}
	id, err := ParseHash(string(data[:n]))
	return Ref{ID: id}, err
}

// Refs returns the refs whose names start with prefix, sorted by name; with
// an empty prefix all below refs. HEAD and its like are not among them. The
// error joins what could not be read; the refs returned are right regardless.
func (r *Repo) Refs(prefix string) ([]Ref, error) {
	var errs []error
	byName := map[string]Ref{}
	packed, err := r.readPacked()
	if err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, eachPacked(packed, r.Format, func(ref Ref) {
		// Packed refs are never those of one worktree.
		if strings.HasPrefix(ref.Name, prefix) {
			byName[ref.Name] = ref
		}
	}))
	l := looseLister{repo: r, prefix: prefix, found: byName}
	l.dir(r.CommonDir, "refs", nil)
	if r.GitDir != r.CommonDir {
		for _, p := range perWorktreePrefixes {
			l.dir(r.GitDir, strings.TrimSuffix(p, "/"), nil)
		}
	}
	errs = append(errs, l.errs...)
	refs := make([]Ref, 0, len(byName))
	for _, ref := range byName {
		if ref.Target != "" {
			full, err := r.Ref(ref.Name)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			ref = full
		}
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	return refs, errors.Join(errs...)
}

type looseLister struct {
	repo   *Repo
	prefix string
	found  map[string]Ref
	seen   int
	errs   []error
}

// dir lists the refs in the folder name below base. above are the folders on
// the way: symbolic links are followed, as git does, but not in circles.
func (l *looseLister) dir(base, name string, above []os.FileInfo) {
	if !strings.HasPrefix(name+"/", l.prefix) && !strings.HasPrefix(l.prefix, name+"/") {
		return
	}
	path := filepath.Join(base, filepath.FromSlash(name))
	fi, err := os.Stat(path)
	if absent(err) {
		return
	}
	if err == nil && len(above) > maxRefDepth {
		err = fmt.Errorf("%s: refs nest too deeply", path)
	}
	if err != nil {
		l.errs = append(l.errs, err)
		return
	}
	for _, up := range above {
		if os.SameFile(up, fi) {
			l.errs = append(l.errs, fmt.Errorf("%s: symbolic link in a circle", path))
			return
		}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		l.errs = append(l.errs, err)
	}
	above = append(above[:len(above):len(above)], fi)
	for _, e := range entries {
		if l.seen++; l.seen > maxLooseRefs {
			if l.seen == maxLooseRefs+1 {
				l.errs = append(l.errs, fmt.Errorf("%s: more than %d loose refs", base, maxLooseRefs))
			}
			return
		}
		l.entry(base, name+"/"+e.Name(), e, above)
	}
}

func (l *looseLister) entry(base, name string, e os.DirEntry, above []os.FileInfo) {
	if strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), ".lock") {
		return
	}
	shared := base == l.repo.CommonDir && l.repo.GitDir != l.repo.CommonDir
	isDir := e.IsDir()
	if e.Type()&os.ModeSymlink != 0 {
		fi, err := os.Stat(filepath.Join(base, filepath.FromSlash(name)))
		isDir = err == nil && fi.IsDir()
	}
	switch {
	case isDir && shared && perWorktree(name+"/"):
		// They are those of the main worktree.
	case isDir:
		l.dir(base, name, above)
	case strings.HasPrefix(name, l.prefix):
		ref, err := l.repo.readLoose(base, name)
		if errors.Is(err, ErrRefNotFound) {
			return // deleted meanwhile
		}
		if err != nil {
			l.errs = append(l.errs, err)
			return
		}
		l.found[name] = ref
	}
}

// Worktrees returns the ids of the linked worktrees, sorted. A worktree's
// HEAD is Ref("worktrees/" + id + "/HEAD").
func (r *Repo) Worktrees() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(r.CommonDir, "worktrees"))
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}
