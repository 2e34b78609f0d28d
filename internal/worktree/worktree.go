// Package worktree brings files, folders and standard input to the engine.
//
// It knows how to walk folders in a stable order, how to read files of any
// size in constant memory, what is no plain text file, and where in a file a
// window of it stands. It knows nothing of rules, findings or git, but for the
// name of the folder in which git keeps its own: what git ignores it learns
// from its caller.
//
// Reading is left to the engine's workers, so that it happens in parallel; only
// the names are read by the one who asks for the chunks.
package worktree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/keysift/keysift/internal/scan"
)

// Reasons for content that is left out or could not be read, see CLI.md "Exit
// status".
const (
	reasonBinary      = "binary"
	reasonExcluded    = "excluded"
	reasonGitDir      = "git-dir"
	reasonLFS         = "lfs"
	reasonSafetyLimit = "safety-limit"
	reasonSpecial     = "special"
	reasonSymlink     = "symlink"
	reasonUnreadable  = "unreadable"
	reasonUserLimit   = "user-limit"
)

// stdinArg is the argument that stands for standard input.
const stdinArg = "-"

// Options configure a [Source]. The zero value is ready to use.
type Options struct {
	// Files are further paths to scan, after those given to [New], taken as
	// they are: "-" among them is a file of that name.
	Files []string

	// Stdin is what the path "-" reads; nil is the same as empty. StdinName is
	// the path of its chunks; empty means "stdin".
	Stdin     io.Reader
	StdinName string

	// Exclude are patterns of what to leave out. "*" and "?" match within a
	// name, "[a-z]" and "[!a-z]" one character, "**" any number of folders, and
	// "\" takes the next character as it is. A pattern without a slash matches
	// a name at any depth; any other one matches the whole path, either as it
	// is reported or as it is below the folder that was given. One that ends
	// in a slash matches folders only. What lies below a folder that matches is
	// left out with it.
	Exclude []string

	// MaxFileSize is the size in bytes above which a file is left out; 0 means
	// no limit. Of standard input, as much as that is read.
	MaxFileSize int64

	// ArchiveDepth is how many archives and other containers are opened one
	// inside the other. 0 means 3, and that what is nested deeper is told as
	// incomplete; none is opened if it is negative.
	ArchiveDepth int

	// FollowSymlinks makes the walk follow symbolic links. A folder is entered
	// through one link only, and through none from within itself. Paths given
	// by the user are followed in any case.
	FollowSymlinks bool

	// Skip, if not nil, is asked about every file and folder below a folder
	// given by the user, with the path as it is reported. If it returns a
	// reason other than "", that one is left out for it. It is called from one
	// goroutine.
	Skip func(path string, dir bool) (reason string)
}

// Stats say what a [Source] has brought so far.
type Stats struct {
	Files int64 // files and standard input whose text was handed out
	Bytes int64 // bytes of that text, each counted once
}

// A Source is a [scan.Source] of files. It may be read more than once.
type Source struct {
	roots   []root
	given   map[string]bool // paths of the roots, as reported; nil if there is but one
	exclude matcher
	opts    Options

	files, bytes atomic.Int64
}

// A root is a path given by the user.
type root struct {
	path  string // as it is reported: cleaned and with slashes
	name  string // as it is opened
	stdin bool
}

// New returns a source of what the paths name: files, folders with all below
// them, and standard input for "-". Paths given twice are read once. It reads
// nothing yet; what is wrong with a path is told by [Source.Chunks].
//
// An error says which pattern or path is malformed.
func New(paths []string, opts Options) (*Source, error) {
	exclude, err := newMatcher(opts.Exclude)
	if err != nil {
		return nil, err
	}
	s := &Source{exclude: exclude, opts: opts}
	seen := make(map[root]bool, len(paths)+len(opts.Files))
	add := func(r root) {
		if !seen[r] {
			seen[r] = true
			s.roots = append(s.roots, r)
		}
	}
	for _, p := range paths {
		switch p {
		case "":
			return nil, errors.New("a path is empty; the current folder is written as .")
		case stdinArg:
			add(root{path: cmp.Or(opts.StdinName, "stdin"), stdin: true})
		default:
			add(newRoot(p))
		}
	}
	for i, p := range opts.Files {
		if p == "" {
			return nil, fmt.Errorf("path %d of the list of files is empty", i+1)
		}
		add(newRoot(p))
	}
	if len(s.roots) > 1 {
		s.given = make(map[string]bool, len(s.roots))
		for _, r := range s.roots {
			if !r.stdin {
				s.given[r.path] = true
			}
		}
	}
	return s, nil
}

// newRoot returns the root that arg names. Cleaning a path with ".." in it may
// change what it names, if there are symbolic links on the way.
func newRoot(arg string) root {
	name := filepath.ToSlash(arg)
	r := root{path: path.Clean(name), name: name}
	if !slices.Contains(strings.Split(name, "/"), "..") {
		r.name = r.path
	}
	return r
}

// Chunks yields the content of all files, in the order of the paths given and
// within a folder in byte order of the path. It yields one chunk a file, which
// is read by whoever calls its Open.
//
// A path given by the user that does not exist is an [*scan.Incomplete] as any
// other thing that could not be read.
func (s *Source) Chunks(ctx context.Context) iter.Seq2[*scan.Chunk, error] {
	return func(yield func(*scan.Chunk, error) bool) {
		w := newWalker(ctx, s, yield)
		for _, r := range s.roots {
			if !w.root(r) {
				return
			}
		}
	}
}

// archives say how to look into containers.
func (s *Source) archives() scan.Archives {
	return scan.Archives{Depth: s.opts.ArchiveDepth, EntrySize: s.opts.MaxFileSize}
}

// Stats returns what was handed out so far. It may be called at any time.
func (s *Source) Stats() Stats {
	return Stats{Files: s.files.Load(), Bytes: s.bytes.Load()}
}
