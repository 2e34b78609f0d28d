package worktree

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/scan"
)

// gitDir is the name under which git keeps its own, be it a folder or, in
// linked working trees and submodules, a file.
const gitDir = ".git"

// hasOwnTurn is the reason to leave out what the user gave as a path of its own.
const hasOwnTurn = "given"

// A walker goes through the roots of a source and yields what it meets.
type walker struct {
	ctx   context.Context
	src   *Source
	yield yielder
	buf   []byte // of readDir

	// With links followed, the folders the walk is in, and those it was led to
	// by a link.
	inside, followed map[folderID]bool
}

// An entry is what a folder says of something in it.
type entry struct {
	name string
	mode fs.FileMode // type bits only
}

// A folder is a directory to walk.
type folder struct {
	path   string // as it is reported
	name   string // as it is opened
	below  int    // length of the part of path that belongs to the root, with the slash
	follow bool   // name may be a symbolic link
}

// join returns the path and the name to open of an entry of d.
func (d *folder) join(name string) (where, open string) {
	where = prefix(d.path) + name
	if d.name == d.path {
		return where, where
	}
	return where, prefix(d.name) + name
}

func newWalker(ctx context.Context, s *Source, yield yielder) *walker {
	w := &walker{ctx: ctx, src: s, yield: yield}
	if s.opts.FollowSymlinks {
		w.inside, w.followed = make(map[folderID]bool), make(map[folderID]bool)
	}
	return w
}

// root walks what the user gave. Like all methods that yield, it reports
// whether to go on.
func (w *walker) root(r root) bool {
	if err := context.Cause(w.ctx); err != nil {
		w.yield(nil, err)
		return false
	}
	if r.stdin {
		return w.chunk(&file{src: w.src, path: r.path, stdin: true})
	}
	info, err := os.Stat(r.name)
	if err != nil {
		i := unreadable(r.path, r.name, err)
		if i.Cure == cureRemoved {
			i.Cure = cureMissing
		}
		return w.yield(nil, i)
	}
	if w.src.exclude.matchGiven(r.path, info.IsDir()) {
		return w.skip(r.path, reasonExcluded)
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return w.chunk(&file{src: w.src, path: r.path, name: r.name, follow: true})
	case !mode.IsDir():
		// Met on the way it would be skipped; what was asked for by name and not
		// looked at must not be called clean.
		return w.yield(nil, &scan.Incomplete{
			Reason: reasonUnreadable, Path: r.path, Detail: "is a pipe, device or socket, which are not opened",
			Cure: "pipe its content into: keysift scan -",
		})
	}
	return w.folder(&folder{path: r.path, name: r.name, below: len(prefix(r.path)), follow: true})
}

// prefix returns what stands before the names of the entries of a folder.
func prefix(folder string) string {
	switch {
	case folder == ".":
		return ""
	case strings.HasSuffix(folder, "/"):
		return folder
	}
	return folder + "/"
}

// folder walks a directory.
func (w *walker) folder(d *folder) bool {
	if err := context.Cause(w.ctx); err != nil {
		w.yield(nil, err)
		return false
	}
	if w.inside != nil {
		id, err := identify(d.name)
		if err != nil {
			return w.yield(nil, unreadable(d.path, d.name, err))
		}
		w.inside[id] = true
		defer delete(w.inside, id)
	}
	entries, err := readDir(d.name, d.follow, &w.buf)
	if err != nil && !w.yield(nil, unreadable(d.path, d.name, err)) {
		return false
	}
	sortEntries(entries)
	for _, e := range entries {
		if !w.entry(d, e) {
			return false
		}
	}
	return true
}

// entry walks what a folder holds.
func (w *walker) entry(d *folder, e entry) bool {
	where, name := d.join(e.name)
	if e.mode&fs.ModeSymlink != 0 && w.src.opts.FollowSymlinks && e.name != gitDir {
		return w.link(d, where, name)
	}
	if reason := w.leaveOut(d, where, e.mode.IsDir()); reason != "" {
		return w.skip(where, reason)
	}
	switch {
	case e.mode.IsRegular():
		return w.chunk(&file{src: w.src, path: where, name: name})
	case e.mode.IsDir():
		return w.folder(&folder{path: where, name: name, below: d.below})
	case e.mode&fs.ModeSymlink != 0:
		return w.skip(where, reasonSymlink)
	}
	return w.skip(where, reasonSpecial)
}

// leaveOut returns the reason for which something below a root is not read.
func (w *walker) leaveOut(d *folder, where string, dir bool) string {
	below := where[d.below:]
	switch {
	case w.src.given[where]:
		return hasOwnTurn
	case below == gitDir || strings.HasSuffix(below, "/"+gitDir):
		return reasonGitDir
	case !w.src.exclude.empty() && w.src.exclude.match(where, below, dir):
		return reasonExcluded
	case w.src.opts.Skip != nil:
		return w.src.opts.Skip(where, dir)
	}
	return ""
}

// link follows a symbolic link.
func (w *walker) link(d *folder, where, name string) bool {
	info, err := os.Stat(name)
	dir := err == nil && info.IsDir()
	if reason := w.leaveOut(d, where, dir); reason != "" {
		return w.skip(where, reason)
	}
	switch {
	case err != nil:
		return w.yield(nil, unreadable(where, name, err))
	case info.Mode().IsRegular():
		return w.chunk(&file{src: w.src, path: where, name: name, follow: true})
	case !dir:
		return w.skip(where, reasonSpecial)
	}
	id, err := identify(name)
	if err != nil {
		return w.yield(nil, unreadable(where, name, err))
	}
	// A link to a folder that the walk is in would never end, and links to
	// one another that are each followed wherever they stand multiply.
	if w.inside[id] || w.followed[id] {
		return w.skip(where, reasonSymlink)
	}
	w.followed[id] = true
	return w.folder(&folder{path: where, name: name, below: d.below, follow: true})
}

func (w *walker) chunk(f *file) bool {
	if err := context.Cause(w.ctx); err != nil {
		w.yield(nil, err)
		return false
	}
	f.outer = scan.Chunk{Path: f.path, Open: f.open}
	return w.yield(&f.outer, nil)
}

// skip reports something as left out, unless it comes later.
func (w *walker) skip(where, reason string) bool {
	if reason == hasOwnTurn {
		return true
	}
	return w.yield(nil, &scan.Skipped{Reason: reason, Path: where})
}

// sortEntries puts entries in the byte order of the paths below them: a folder
// sorts as if its name ended in a slash.
func sortEntries(entries []entry) {
	slices.SortFunc(entries, func(a, b entry) int {
		n := min(len(a.name), len(b.name))
		if c := cmp.Compare(a.name[:n], b.name[:n]); c != 0 {
			return c
		}
		return cmp.Compare(a.after(n), b.after(n))
	})
}

// after returns the byte of the entry's path at index i, of which all before
// it belong to the name, or -1 at its end.
func (e entry) after(i int) int {
	switch {
	case i < len(e.name):
		return int(e.name[i])
	case e.mode.IsDir():
		return '/'
	}
	return -1
}
