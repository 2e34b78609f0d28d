package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNotRepository is the error, possibly wrapped, of [Discover] where there
// is no repository.
var ErrNotRepository = errors.New("not a git repository")

// An ExtensionError says that a repository or an index uses an extension of
// git's formats that this package cannot read.
type ExtensionError struct {
	Path  string // file that names the extension
	Name  string // such as "extensions.refstorage" or "index extension abcd"
	Value string // its value, where it has one
}

func (e *ExtensionError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s: %s is not supported", e.Path, e.Name)
	}
	return fmt.Sprintf("%s: %s = %s is not supported", e.Path, e.Name, e.Value)
}

// An Env looks up an environment variable, as os.LookupEnv does. A nil Env
// knows none.
type Env func(name string) (string, bool)

// get returns the value of a variable, empty if it is unset.
func (e Env) get(name string) string {
	if e == nil {
		return ""
	}
	v, _ := e(name)
	return v
}

// WithoutRepository hides the variables that say where a repository and its
// parts are, for looking at one that somebody has named.
func (e Env) WithoutRepository() Env {
	if e == nil {
		return nil
	}
	return func(name string) (string, bool) {
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES":
			return "", false
		}
		return e(name)
	}
}

// A Repo says where the parts of a repository are. Its paths are absolute.
type Repo struct {
	WorkTree  string // top of the work tree; empty if there is none
	GitDir    string // holds HEAD and index
	CommonDir string // holds refs, objects and config; differs from GitDir in a linked worktree
	IndexFile string // need not exist
	Objects   string // the main object directory
	Format    Format
	Config    *Config // config, and config.worktree where that is in use
	// Bare is core.bare: the repository has no work tree of its own. Without
	// it WorkTree may still be empty, when looking from within the git directory.
	Bare bool

	env Env
	dir string // what relative paths in the environment are seen from
}

// Discover finds the repository that dir belongs to, as git does when started
// there with the environment env. It reads GIT_DIR, GIT_WORK_TREE,
// GIT_COMMON_DIR, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY and
// GIT_CEILING_DIRECTORIES. Unlike git it looks across file systems, does not
// ask who owns the repository, since it runs nothing that is in it, and does
// not go on above one that it may not read.
//
// The error wraps [ErrNotRepository] if there is none, and is or wraps an
// [*ExtensionError] if there is one that cannot be read, or an [*fs.PathError]
// if that is due to one file.
func Discover(dir string, env Env) (*Repo, error) {
	dir, err := realPath(dir)
	if err != nil {
		return nil, err
	}
	d := discovery{env: env, dir: dir}
	if explicit := env.get("GIT_DIR"); explicit != "" {
		return d.explicit(explicit)
	}
	for _, ceiling := range filepath.SplitList(env.get("GIT_CEILING_DIRECTORIES")) {
		if filepath.IsAbs(ceiling) {
			if real, err := realPath(ceiling); err == nil {
				ceiling = real
			}
			d.ceilings = append(d.ceilings, filepath.Clean(ceiling))
		}
	}
	return d.walk()
}

func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

type discovery struct {
	env      Env
	dir      string
	ceilings []string
}

// explicit opens the git directory that GIT_DIR names.
func (d *discovery) explicit(gitDir string) (*Repo, error) {
	path := under(d.dir, gitDir)
	if fi, err := os.Stat(path); err == nil && fi.Mode().IsRegular() {
		target, err := readGitFile(path)
		if err != nil {
			return nil, err
		}
		path = target
	}
	if !d.isGitDir(path) {
		return nil, fmt.Errorf("%w: GIT_DIR=%s", ErrNotRepository, gitDir)
	}
	return d.open(path, d.dir)
}

// walk looks for a git directory in dir and the folders above it.
func (d *discovery) walk() (*Repo, error) {
	for dir := d.dir; ; dir = filepath.Dir(dir) {
		dotGit := filepath.Join(dir, ".git")
		fi, err := os.Stat(dotGit)
		switch {
		case errors.Is(err, fs.ErrPermission):
			return nil, err // what is above would be another repository
		case err != nil:
		case fi.Mode().IsRegular():
			target, err := readGitFile(dotGit)
			if err != nil {
				return nil, err
			}
			if !d.isGitDir(target) {
				return nil, reading(dotGit, fmt.Errorf("%s is no git directory", target))
			}
			return d.open(target, dir)
		case fi.IsDir() && d.isGitDir(dotGit):
			return d.open(dotGit, dir)
		case fi.IsDir():
			if err := closed(dotGit); err != nil {
				return nil, err
			}
		}
		if d.isGitDir(dir) {
			return d.open(dir, "")
		}
		if parent := filepath.Dir(dir); parent == dir || d.stopsAt(parent) {
			return nil, fmt.Errorf("%w: %s, nor any folder above it", ErrNotRepository, d.dir)
		}
	}
}

// closed returns the error of a git directory that permissions keep from being
// taken for one.
func closed(gitDir string) error {
	_, err := readFile(filepath.Join(gitDir, "HEAD"), maxSmallFile)
	if errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// stopsAt reports whether the search must not enter dir.
func (d *discovery) stopsAt(dir string) bool {
	for _, c := range d.ceilings {
		if c == dir {
			return true
		}
	}
	return false
}

// readGitFile returns the git directory that a .git file points to.
func readGitFile(path string) (string, error) {
	data, err := readFile(path, maxSmallFile)
	if err != nil {
		return "", err
	}
	target, ok := bytes.CutPrefix(data, []byte("gitdir: "))
	target = bytes.TrimRight(target, "\r\n")
	if !ok || len(target) == 0 {
		return "", reading(path, errors.New("invalid gitfile format"))
	}
	return under(filepath.Dir(path), string(target)), nil
}

// isGitDir reports whether dir has what git asks of a git directory: a valid
// HEAD, and objects and refs, its own or those of its common directory.
func (d *discovery) isGitDir(dir string) bool {
	if !validHead(filepath.Join(dir, "HEAD")) {
		return false
	}
	common, err := d.commonDir(dir)
	if err != nil {
		return false
	}
	objects := filepath.Join(common, "objects")
	if o := d.env.get("GIT_OBJECT_DIRECTORY"); o != "" {
		objects = under(d.dir, o)
	}
	return isDir(objects) && isDir(filepath.Join(common, "refs"))
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}

func validHead(path string) bool {
	if target, err := os.Readlink(path); err == nil {
		return strings.HasPrefix(target, "refs/")
	}
	data, err := readFile(path, maxSmallFile)
	if err != nil {
		return false
	}
	if target, ok := bytes.CutPrefix(data, []byte("ref:")); ok {
		return bytes.HasPrefix(bytes.TrimLeft(target, " \t\r\n"), []byte("refs/"))
	}
	_, err = ParseHash(string(bytes.TrimSpace(data)))
	return err == nil
}

// commonDir returns the directory that a linked worktree shares with its
// repository; for any other git directory that is itself.
func (d *discovery) commonDir(gitDir string) (string, error) {
	if c := d.env.get("GIT_COMMON_DIR"); c != "" {
		return under(d.dir, c), nil
	}
	path := filepath.Join(gitDir, "commondir")
	data, err := readFile(path, maxSmallFile)
	if absent(err) {
		return gitDir, nil
	}
	if err != nil {
		return "", err
	}
	target := string(bytes.TrimRight(data, "\r\n"))
	if target == "" {
		return "", reading(path, errors.New("empty file"))
	}
	return under(gitDir, target), nil
}

// open describes the repository of gitDir. top is the work tree unless
// environment or configuration say otherwise, empty if there is none.
func (d *discovery) open(gitDir, top string) (*Repo, error) {
	gitDir, err := realPath(gitDir)
	if err != nil {
		return nil, err
	}
	common, err := d.commonDir(gitDir)
	if err != nil {
		return nil, err
	}
	if common, err = realPath(common); err != nil {
		return nil, err
	}
	r := &Repo{GitDir: gitDir, CommonDir: common, env: d.env, dir: d.dir}
	shape, err := r.readConfig(d.env.get("GIT_COMMON_DIR") != "" || common != gitDir)
	if err != nil {
		return nil, err
	}
	if err := d.setWorkTree(r, shape, top); err != nil {
		return nil, err
	}
	// git goes to the top of the work tree before it uses these variables.
	if r.WorkTree != "" && inside(d.dir, r.WorkTree) {
		r.dir = r.WorkTree
	}
	r.IndexFile = filepath.Join(gitDir, "index")
	if f := d.env.get("GIT_INDEX_FILE"); f != "" {
		r.IndexFile = under(r.dir, f)
	}
	r.Objects = filepath.Join(common, "objects")
	if o := d.env.get("GIT_OBJECT_DIRECTORY"); o != "" {
		r.Objects = under(r.dir, o)
	}
	return r, nil
}

// setWorkTree decides on the work tree: GIT_WORK_TREE, then core.bare, then
// core.worktree, then top.
func (d *discovery) setWorkTree(r *Repo, shape *Config, top string) error {
	bare, err := shape.Bool("core.bare", false)
	if err != nil {
		return reading(filepath.Join(r.GitDir, "config"), err)
	}
	configured, _ := shape.Get("core.worktree")
	switch explicit := d.env.get("GIT_WORK_TREE"); {
	case explicit != "":
		top = under(d.dir, explicit)
	case bare:
		r.Bare = true
		return nil
	case configured != "":
		top = under(r.GitDir, configured)
	}
	if top == "" {
		return nil
	}
	// A work tree that was deleted does not make its repository unreadable.
	if r.WorkTree, err = realPath(top); absent(err) {
		r.WorkTree, err = filepath.Clean(top), nil
	}
	return err
}

// inside reports whether dir is top or below it.
func inside(dir, top string) bool {
	rel, err := filepath.Rel(top, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// under returns path as seen from dir.
func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// readConfig fills Format and Config. It returns the part that may set
// core.bare and core.worktree: a linked worktree does not inherit them.
func (r *Repo) readConfig(linked bool) (*Config, error) {
	path := filepath.Join(r.CommonDir, "config")
	cfg, err := readConfigFile(path)
	if err != nil {
		return nil, err
	}
	r.Config = cfg
	shape := cfg
	if linked {
		shape = &Config{}
	}
	if err := r.checkFormat(path); err != nil {
		return nil, err
	}
	perTree, err := cfg.Bool("extensions.worktreeconfig", false)
	if err != nil {
		return nil, reading(path, err)
	}
	if perTree {
		own, err := readConfigFile(filepath.Join(r.GitDir, "config.worktree"))
		if err != nil {
			return nil, err
		}
		r.Config = cfg.Append(own)
		shape = r.Config
	}
	return shape, nil
}

// reading returns the error of a file whose content is not as it has to be.
func reading(path string, err error) error {
	return &fs.PathError{Op: "reading", Path: path, Err: err}
}

// readConfigFile reads one file; a missing one is empty.
func readConfigFile(path string) (*Config, error) {
	data, err := readFile(path, maxConfig)
	if absent(err) {
		return &Config{}, nil
	}
	if err != nil {
		return nil, err
	}
	cfg, err := ParseConfig(data)
	if err != nil {
		return nil, reading(path, err)
	}
	return cfg, nil
}

// checkFormat reads core.repositoryFormatVersion and the extensions.
func (r *Repo) checkFormat(path string) error {
	version := 0
	if v, ok := r.Config.Get("core.repositoryformatversion"); ok {
		n, err := strconv.Atoi(v)
		if err != nil {
			return reading(path, fmt.Errorf("repository format version %q", v))
		}
		version = n
	}
	if version > 1 {
		return &ExtensionError{Path: path, Name: "core.repositoryformatversion", Value: strconv.Itoa(version)}
	}
	for key, value := range r.Config.All {
		name, ok := strings.CutPrefix(key, "extensions.")
		if !ok {
			continue
		}
		if err := r.extension(version, strings.ToLower(name), value, path); err != nil {
			return err
		}
	}
	return nil
}

// extension applies one extension. Format version 0 ignores those it does not
// know, except the ones that came with version 1, which it refuses.
func (r *Repo) extension(version int, name, value, path string) error {
	unsupported := &ExtensionError{Path: path, Name: "extensions." + name, Value: value}
	switch name {
	case "noop", "preciousobjects", "partialclone", "worktreeconfig":
		return nil
	case "noop-v1", "relativeworktrees", "compatobjectformat", "submodulepathconfig":
	case "objectformat":
		switch value {
		case "sha1":
			r.Format = SHA1
		case "sha256":
			r.Format = SHA256
		default:
			return unsupported
		}
	case "refstorage":
		if value != "files" {
			return unsupported
		}
	default:
		if version == 0 {
			return nil
		}
		return unsupported
	}
	if version == 0 {
		return reading(path, fmt.Errorf("repository format version is 0, but extensions.%s needs 1", name))
	}
	return nil
}
