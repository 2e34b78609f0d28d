package ignore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// An Origin says whose rule it is.
type Origin uint8

// Origins. Only files of the tree go along with a clone.
const (
	NoRule   Origin = iota
	TreeFile        // a .gitignore, or the list of a published set
	InfoFile        // info/exclude of the repository
	UserFile        // core.excludesFile
)

// A Decision says whether git ignores a path.
type Decision struct {
	Ignored bool
	// Unknown says that a list which could decide cannot be read, so that git
	// might see it differently. Ignored is false then.
	Unknown bool
	// The rule that decides; it may be one that takes the path back in. All
	// empty if no rule matches. With Unknown, Source is the unreadable list.
	Origin  Origin
	Source  string // file, relative to the root if it is a .gitignore
	Line    int    // 1-based
	Pattern string // the line as git shows it, without blanks at its end
}

// Options configure a [Matcher].
type Options struct {
	// Root is the top of the work tree, or any folder outside of a repository.
	Root string
	// InfoExclude is the repository's info/exclude, which is in its common
	// directory; empty if there is none.
	InfoExclude string
	// ExcludesFile is core.excludesFile or its default, see
	// [DefaultExcludesFile]; empty if there is none.
	ExcludesFile string
	// IgnoreCase is core.ignoreCase.
	IgnoreCase bool
	// Read returns the content of a .gitignore, whose path is relative to
	// Root and has "/" as separator, or an error that is fs.ErrNotExist. Where
	// it is nil, files are read below Root. git takes a .gitignore that a
	// sparse checkout has left out from the index, which is for Read to do.
	Read func(path string) ([]byte, error)
}

// maxListSize bounds an ignore file, in bytes.
const maxListSize = 16 << 20

// A Matcher answers for one work tree. It reads lists as it meets folders, and
// may be used by several goroutines.
type Matcher struct {
	opts Options
	root *Dir

	mu       sync.RWMutex
	dirs     map[string]*Dir // folders met by Path
	problems []error
}

// New returns a Matcher. It reads the lists outside of the tree and that of
// the root.
func New(opts Options) *Matcher {
	m := &Matcher{opts: opts, dirs: map[string]*Dir{}}
	root := &Dir{matcher: m}
	if l := m.load("", root.prefix); l != nil {
		root.lists = append(root.lists, l)
	}
	for _, file := range []struct {
		path   string
		origin Origin
	}{{opts.InfoExclude, InfoFile}, {opts.ExcludesFile, UserFile}} {
		if file.path == "" || file.path == os.DevNull {
			continue
		}
		data, err := readList(file.path, true)
		if l := m.parse(&list{source: file.path, origin: file.origin}, data, err); l != nil {
			root.lists = append(root.lists, l)
		}
	}
	m.root = root
	m.dirs[""] = root
	return m
}

// DefaultExcludesFile returns the file that git reads where core.excludesFile
// is not set, empty if the environment does not say where.
func DefaultExcludesFile(lookup func(string) (string, bool)) string {
	if dir, _ := lookup("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "git", "ignore")
	}
	if home, _ := lookup("HOME"); home != "" {
		return filepath.Join(home, ".config", "git", "ignore")
	}
	return ""
}

// Root returns the top of the tree.
func (m *Matcher) Root() *Dir { return m.root }

// Problems returns what could not be read so far. Decisions that it could
// change are Unknown.
func (m *Matcher) Problems() []error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return append([]error(nil), m.problems...)
}

// Path decides on a path relative to the root, with "/" between its
// components. One that leads out of the root is Unknown.
func (m *Matcher) Path(rel string, isDir bool) Decision {
	if !validPath(rel) {
		return Decision{Unknown: true}
	}
	parent, name := "", rel
	if i := strings.LastIndexByte(rel, '/'); i >= 0 {
		parent, name = rel[:i], rel[i+1:]
	}
	return m.dir(parent).Match(name, isDir)
}

func validPath(rel string) bool {
	for part := range strings.SplitSeq(rel, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// dir returns the folder of a valid path.
func (m *Matcher) dir(path string) *Dir {
	m.mu.RLock()
	d := m.dirs[path]
	m.mu.RUnlock()
	if d != nil {
		return d
	}
	parent, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	d = m.dir(parent).Child(name)
	m.mu.Lock()
	defer m.mu.Unlock()
	if first := m.dirs[path]; first != nil {
		return first
	}
	m.dirs[path] = d
	return d
}

// load reads the list of a folder, nil if it has none. prefix is the folder
// with "/" after it, empty for the root.
func (m *Matcher) load(dir, prefix string) *list {
	path := prefix + ".gitignore"
	var data []byte
	var err error
	if m.opts.Read != nil {
		data, err = m.opts.Read(path)
	} else {
		data, err = readList(filepath.Join(m.opts.Root, filepath.FromSlash(path)), false)
	}
	return m.parse(&list{source: path, origin: TreeFile, base: dir}, data, err)
}

// parse fills a list. One that git would not read is noted and left out; one
// that git might be able to read stays, with its error.
func (m *Matcher) parse(l *list, data []byte, err error) *list {
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return nil
	case errors.Is(err, errNotFollowed):
		m.problem(fmt.Errorf("%s: %w", l.source, err))
		return nil
	case err != nil:
		l.err = fmt.Errorf("reading %s: %w", l.source, err)
	default:
		parseList(l, data, m.opts.IgnoreCase)
	}
	if l.err != nil {
		m.problem(l.err)
		return l
	}
	if len(l.rules) == 0 {
		return nil
	}
	return l
}

func (m *Matcher) problem(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.problems = append(m.problems, err)
}

// errNotFollowed is the error of a .gitignore that git passes over.
var errNotFollowed = errors.New("neither git nor keysift reads it: not a regular file")

var (
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = fmt.Errorf("larger than %d bytes", maxListSize)
)

// readList reads an ignore file. Only one outside of the tree may be a
// symbolic link.
func readList(path string, outside bool) ([]byte, error) {
	stat := os.Lstat
	if outside {
		stat = os.Stat
	}
	fi, err := stat(path)
	switch {
	case err != nil:
		return nil, err
	case !outside && (fi.IsDir() || fi.Mode()&fs.ModeSymlink != 0):
		return nil, errNotFollowed
	case !fi.Mode().IsRegular(): // a named pipe would block
		return nil, errNotRegular
	case fi.Size() > maxListSize:
		return nil, errTooLarge
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxListSize+1))
	if err == nil && len(data) > maxListSize {
		err = errTooLarge
	}
	return data, err
}

// A Dir is a folder of the tree: a walker goes from [Matcher.Root] to the
// folders in it with Child. It never changes.
type Dir struct {
	matcher *Matcher
	path    string  // relative to the root, empty for the root
	prefix  string  // path with "/" after it, empty for the root
	lists   []*list // in rank: its own, those of the folders above, info/exclude, excludes file
	// Everything in an ignored folder is ignored by the same rule.
	ignored bool
	unknown bool // whether the folder itself is ignored is not known
	rule    Decision
}

// Ignored reports whether the folder itself is ignored, and by what.
func (d *Dir) Ignored() (Decision, bool) { return d.rule, d.ignored }

// Child returns the folder of that name in d. It reads its list, unless git
// would not because the folder is ignored.
func (d *Dir) Child(name string) *Dir {
	path := d.prefix + name
	c := &Dir{matcher: d.matcher, path: path, prefix: path + "/", lists: d.lists}
	c.rule = d.Match(name, true)
	if c.rule.Ignored {
		c.ignored = true
		return c
	}
	c.unknown = c.rule.Unknown
	if l := d.matcher.load(c.path, c.prefix); l != nil {
		c.lists = append([]*list{l}, d.lists...)
	}
	return c
}

// Match decides on a name in the folder, which is a single component. isDir
// is false for a symbolic link.
func (d *Dir) Match(name string, isDir bool) Decision {
	if d.ignored {
		return d.rule
	}
	if len(d.lists) == 0 {
		return Decision{}
	}
	var buf [256]byte
	path := append(append(buf[:0], d.prefix...), name...)
	if d.matcher.opts.IgnoreCase {
		for i, c := range path {
			path[i] = lowerByte(c)
		}
	}
	dec := d.decide(path, isDir)
	if d.unknown && !dec.Ignored {
		dec = Decision{Unknown: true, Origin: d.rule.Origin, Source: d.rule.Source}
	}
	return dec
}

func (d *Dir) decide(path []byte, isDir bool) Decision {
	for _, l := range d.lists {
		if l.err != nil {
			return Decision{Unknown: true, Origin: l.origin, Source: l.source}
		}
		if r := l.match(path, len(d.prefix), isDir); r != nil {
			return Decision{Ignored: !r.negative, Origin: l.origin, Source: l.source, Line: int(r.line), Pattern: r.text}
		}
	}
	return Decision{}
}
