package exposed

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/keysift/keysift/internal/ignore"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// Options configure [Places]. The zero value is ready to use.
type Options struct {
	// Env looks up environment variables; nil knows none. CI says that branches
	// and HEAD are those of a CI system, which has got them from a server.
	Env repo.Env
	CI  bool
}

// Places finds the work trees that files belong to. It may be used by several
// goroutines.
type Places struct {
	opts Options

	mu       sync.Mutex
	folders  map[string]folder // by path as it was asked for
	trees    map[string]*Tree  // by top folder
	problems []*scan.Incomplete
	told     map[string]bool
	apart    map[string]bool          // directories that are known to be in no repository
	sets     map[string][]*ignore.Set // of such directories
	here     func() (string, error)   // the current directory
}

// A folder is where a directory lies: in tree, at rel, which ends in a slash
// unless it is empty. tree is nil outside of a repository.
type folder struct {
	tree *Tree
	rel  string
}

// New returns a Places. It reads nothing yet.
func New(opts Options) *Places {
	return &Places{opts: opts, folders: map[string]folder{}, trees: map[string]*Tree{}, told: map[string]bool{}, apart: map[string]bool{}, sets: map[string][]*ignore.Set{}, here: sync.OnceValues(currentDir)}
}

// Close releases the object databases that were opened.
func (p *Places) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, t := range p.trees {
		errs = append(errs, t.close())
	}
	return errors.Join(errs...)
}

// Tree returns the work tree that a file belongs to and its path in it, with
// "/" between the components; nil if there is none. What stands behind a "!" is
// a name within an archive, unless there is a file of that name. What lies in a
// git directory belongs to no work tree: git takes nothing of it along.
func (p *Places) Tree(path string) (*Tree, string) {
	t, rel := p.locate(path)
	if t == nil || inGitDir(rel) {
		return nil, ""
	}
	return t, rel
}

// InGitDir reports whether a file lies in the git directory of a work tree.
func (p *Places) InGitDir(path string) bool {
	t, rel := p.locate(path)
	return t != nil && inGitDir(rel)
}

func inGitDir(rel string) bool { return slices.Contains(strings.Split(rel, "/"), ".git") }

// locate is Tree for git directories, too.
func (p *Places) locate(path string) (*Tree, string) {
	name := onDisk(filepath.FromSlash(path))
	dir, base := filepath.Split(name)
	f := p.folder(filepath.Clean(dir + "."))
	if f.tree == nil {
		return nil, ""
	}
	return f.tree, f.rel + base
}

// Of returns the work tree of a repository that has been opened already, nil if
// it has none.
func (p *Places) Of(r *repo.Repo) *Tree {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.treeOf(r)
}

// treeOf is Of with p.mu held.
func (p *Places) treeOf(r *repo.Repo) *Tree {
	if r.WorkTree == "" {
		return nil
	}
	top, err := filepath.EvalSymlinks(r.WorkTree)
	if err != nil {
		return nil
	}
	t, ok := p.trees[top]
	if !ok {
		t = newTree(p, r, top)
		p.trees[top] = t
	}
	return t
}

// Shown returns how a file of a work tree is named from the current directory,
// with "/" between the components and never like an option.
func (p *Places) Shown(t *Tree, rel string) string {
	here, err := p.here()
	if err != nil {
		return rel
	}
	shown, err := filepath.Rel(here, filepath.Join(t.top, filepath.FromSlash(rel)))
	if err != nil {
		return filepath.ToSlash(filepath.Join(t.top, filepath.FromSlash(rel)))
	}
	if shown = filepath.ToSlash(shown); strings.HasPrefix(shown, "-") {
		shown = "./" + shown
	}
	return shown
}

// GitCommand returns the command by which git does something with a file of a
// work tree, as it works in the current directory, be that in another tree.
func (p *Places) GitCommand(t *Tree, command, rel string) string {
	if here, err := p.here(); err == nil {
		if f := p.folder(here); f.tree == t && !inGitDir(f.rel) {
			return "git " + command + " " + scan.ShellPath(pathspec(p.Shown(t, rel)))
		}
	}
	return "git -C " + scan.ShellPath(p.Shown(t, "")) + " " + command + " " + scan.ShellPath(pathspec(rel))
}

// pathspec returns a path for a command that would take some for a pattern.
func pathspec(path string) string {
	if strings.ContainsAny(path, `*?[\`) || strings.HasPrefix(path, ":") {
		return ":(literal)" + path
	}
	return path
}

// currentDir returns the current directory without symbolic links.
func currentDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// onDisk returns the path of the file that holds what a path names.
func onDisk(name string) string {
	if i := strings.IndexByte(name, '!'); i > 0 {
		if _, err := os.Lstat(name); err != nil {
			return name[:i]
		}
	}
	return name
}

// folder finds out where a directory lies. Links on the way to it are followed:
// what counts is where the files are.
func (p *Places) folder(dir string) folder {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.folders[dir]; ok {
		return f
	}
	f := p.find(dir)
	p.folders[dir] = f
	return f
}

func (p *Places) find(dir string) folder {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return folder{}
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return folder{}
	}
	t := p.open(abs)
	if t == nil {
		return folder{}
	}
	rel, err := filepath.Rel(t.top, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return folder{}
	}
	f := folder{tree: t}
	if rel != "." {
		f.rel = filepath.ToSlash(rel) + "/"
	}
	return f
}

// beginsTree reports whether a work tree of its own starts at dir.
func beginsTree(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// open returns the work tree that holds dir. The nearest .git decides; without
// one, what the environment says.
func (p *Places) open(dir string) *Tree {
	env := p.opts.Env
	for at := dir; ; {
		if t, ok := p.trees[at]; ok {
			return t
		}
		if p.apart[at] {
			return nil
		}
		if beginsTree(at) {
			dir, env = at, env.WithoutRepository()
			break
		}
		up := filepath.Dir(at)
		if up == at {
			break
		}
		at = up
	}
	r, err := repo.Discover(dir, env)
	if errors.Is(err, repo.ErrNotRepository) {
		for up := ""; up != dir; dir = filepath.Dir(dir) {
			p.apart[dir], up = true, dir
		}
		return nil
	}
	if err != nil {
		p.problem(&scan.Incomplete{
			Reason: "unreadable", Path: filepath.ToSlash(dir),
			Detail: "how far its files have got is not known: " + err.Error(),
			Cure:   "git -C " + scan.ShellPath(filepath.ToSlash(dir)) + " status",
		})
		return nil
	}
	return p.treeOf(r)
}

// problem keeps what could not be read, each once. p.mu is held.
func (p *Places) problem(i *scan.Incomplete) {
	if key := i.Path + "\x00" + i.Detail; !p.told[key] {
		p.told[key] = true
		p.problems = append(p.problems, i)
	}
}

// Problems returns what could not be read so far and may make an exposure seem
// less than it is.
func (p *Places) Problems() []*scan.Incomplete {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.trees {
		t.listProblems(p.problem)
	}
	return append([]*scan.Incomplete(nil), p.problems...)
}
