package repo

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"sort"
)

// A Change is one path in which an index differs from a tree.
type Change struct {
	Path    string
	Mode    uint32 // in the index; 0 if deleted or unmerged
	ID      Hash   // likewise
	OldMode uint32 // in the tree; 0 if added
	OldID   Hash
	// Unmerged says that the path is in conflict: the index has several
	// versions of it, or none that could be committed.
	Unmerged bool
}

// Deleted reports whether the path is only in the tree.
func (c *Change) Deleted() bool { return c.Mode == 0 && !c.Unmerged }

// DiffOptions configure [Index.Diff]. The zero value is ready to use.
type DiffOptions struct {
	Deletions bool // yield paths that only the tree has
}

// Bounds of a comparison. Trees nest as paths do; the number of reads is what
// keeps a tree that holds itself many times over from taking forever.
const (
	maxTreeDepth = 2048
	maxTreeReads = 1 << 22
)

var errTreeLimit = errors.New("too many or too deeply nested trees")

// Diff yields the paths in which the index differs from a tree, usually that
// of HEAD, in order of path. A zero tree is the empty one. It reads the trees
// of changed directories only, provided that git has kept the index's cache
// tree. Entries added without content (git add -N) count as absent.
//
// A tree that cannot be read ends the comparison with an error.
func (ix *Index) Diff(tree Hash, read TreeReader, opts DiffOptions) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		d := differ{ix: ix, cache: ix.cacheTree(), read: read, opts: opts, empty: emptyTree(ix.Format), yield: yield}
		if tree.size == 0 {
			tree = d.empty
		}
		root := -1
		if len(d.cache) > 0 && d.cache[0].entries == ix.Len() {
			root = 0
		} else if len(d.cache) > 0 && d.cache[0].entries < 0 {
			root = 0
		}
		if root == 0 && d.cache[0].id != nil && tree.is(d.cache[0].id) {
			return
		}
		err := d.dir(nil, root, 0, ix.Len(), tree, 0)
		if err != nil && !errors.Is(err, errStop) {
			yield(Change{}, fmt.Errorf("comparing the index with tree %s: %w", tree, err))
		}
	}
}

// errStop says that the caller wants no more.
var errStop = errors.New("stopped")

type differ struct {
	ix    *Index
	cache cacheTree
	read  TreeReader
	opts  DiffOptions
	empty Hash
	reads int
	yield func(Change, error) bool
}

func (d *differ) emit(c Change) error {
	if !d.yield(c, nil) {
		return errStop
	}
	return nil
}

// open reads a tree and stands at its first entry.
func (d *differ) open(id Hash, depth int) (cursor, error) {
	if id == d.empty {
		return cursor{}, nil
	}
	if d.reads++; d.reads > maxTreeReads || depth > maxTreeDepth {
		return cursor{}, errTreeLimit
	}
	data, err := d.read(id)
	if err != nil {
		return cursor{}, err
	}
	c := cursor{scan: scanTree(data, d.ix.Format)}
	return c, c.advance()
}

// A cursor is a place in a tree.
type cursor struct {
	scan treeScanner
	ok   bool // there is an entry here
}

func (c *cursor) advance() (err error) {
	c.ok, err = c.scan.next()
	return err
}

func (c *cursor) entry() *TreeEntry { return &c.scan.entry }

// dir compares the entries lo to hi, which are those below prefix, with a
// tree. node is the directory's cache-tree node, or -1.
func (d *differ) dir(prefix []byte, node, lo, hi int, tree Hash, depth int) error {
	c, err := d.open(tree, depth)
	if err != nil {
		return err
	}
	kids := d.cache.children(node)
	for lo < hi || c.ok {
		var name []byte
		isDir, order := false, 1
		if lo < hi {
			name, isDir = component(d.ix.Path(lo), len(prefix))
			order = -1
			if c.ok {
				order = compareNames(name, isDir, c.entry().Name, c.entry().IsDir())
			}
		}
		if order > 0 {
			if err := d.deleted(prefix, c.entry(), depth); err != nil {
				return err
			}
			if err := c.advance(); err != nil {
				return err
			}
			continue
		}
		var old *TreeEntry
		if order == 0 {
			old = c.entry()
		}
		if isDir {
			lo, err = d.subdir(prefix, name, kids, lo, hi, old, depth)
		} else {
			lo, err = d.file(prefix, lo, hi, old)
		}
		if err != nil {
			return err
		}
		if order == 0 {
			if err := c.advance(); err != nil {
				return err
			}
		}
	}
	return nil
}

// component returns the part of a path after the first n bytes up to the next
// "/", and whether there is one.
func component(path []byte, n int) ([]byte, bool) {
	rest := path[n:]
	if i := bytes.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], true
	}
	return rest, false
}

// compareNames orders names in a directory as trees and indexes do: that of
// a directory as if it ended in "/".
func compareNames(a []byte, aDir bool, b []byte, bDir bool) int {
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return int(after(a, n, aDir)) - int(after(b, n, bDir))
}

func after(name []byte, n int, isDir bool) byte {
	switch {
	case n < len(name):
		return name[n]
	case isDir:
		return '/'
	}
	return 0
}

// file compares the entries of one file with old, nil if the tree lacks it. It
// returns the number of the entry after them.
func (d *differ) file(prefix []byte, i, hi int, old *TreeEntry) (int, error) {
	path := d.ix.Path(i)
	next := i + 1
	for next < hi && bytes.Equal(d.ix.Path(next), path) {
		next++
	}
	first, second := d.ix.flags(i)
	c := Change{Path: string(path)}
	if old != nil {
		c.OldMode, c.OldID = old.Mode, old.ID
	}
	switch {
	case next > i+1 || first>>flagStageShift&3 != 0:
		c.Unmerged = true
		return next, d.emit(c)
	case second&flagIntent != 0:
		if old == nil {
			return next, nil
		}
		return next, d.deleted(prefix, old, 0)
	case old != nil && old.ID.is(d.ix.id(i)) && old.Mode == d.ix.mode(i):
		return next, nil
	}
	c.Mode, c.ID = d.ix.mode(i), hashOf(d.ix.id(i))
	return next, d.emit(c)
}

// subdir compares the entries of a directory with old. It returns the number
// of the entry after them.
func (d *differ) subdir(prefix, name []byte, kids []int, lo, hi int, old *TreeEntry, depth int) (int, error) {
	path := d.ix.Path(lo)
	inner := path[:len(prefix)+len(name)+1]
	tree := d.empty
	if old != nil {
		tree = old.ID
	}
	if len(path) == len(inner) { // a sparse directory
		id := hashOf(d.ix.id(lo))
		return lo + 1, d.trees(inner, tree, id, depth+1)
	}
	node := d.cache.child(kids, name)
	end, node := d.extent(inner, node, lo, hi)
	if node >= 0 && d.cache[node].id != nil && tree.is(d.cache[node].id) {
		return end, nil
	}
	return end, d.dir(inner, node, lo, end, tree, depth+1)
}

// extent returns the end of the entries below prefix, which begin at lo. A
// cache-tree node that disagrees with them is dropped.
func (d *differ) extent(prefix []byte, node, lo, hi int) (end, kept int) {
	inside := func(i int) bool { return bytes.HasPrefix(d.ix.Path(i), prefix) }
	if node >= 0 && d.cache[node].entries > 0 {
		end = lo + d.cache[node].entries
		if end <= hi && inside(end-1) && (end == hi || !inside(end)) {
			return end, node
		}
		node = -1
	} else if node >= 0 && d.cache[node].entries == 0 {
		node = -1
	}
	return lo + sort.Search(hi-lo, func(i int) bool { return !inside(lo + i) }), node
}

// deleted yields an entry of the tree that the index lacks, or all below it.
func (d *differ) deleted(prefix []byte, e *TreeEntry, depth int) error {
	if !d.opts.Deletions {
		return nil
	}
	path := append(append(make([]byte, 0, len(prefix)+len(e.Name)+1), prefix...), e.Name...)
	if e.IsDir() {
		return d.trees(append(path, '/'), e.ID, d.empty, depth+1)
	}
	return d.emit(Change{Path: string(path), OldMode: e.Mode, OldID: e.ID})
}

// trees compares two trees at prefix, as happens below a sparse directory.
func (d *differ) trees(prefix []byte, older, newer Hash, depth int) error {
	if older == newer {
		return nil
	}
	a, err := d.open(older, depth)
	if err != nil {
		return err
	}
	b, err := d.open(newer, depth)
	if err != nil {
		return err
	}
	for a.ok || b.ok {
		order := -1
		switch {
		case a.ok && b.ok:
			order = compareNames(b.entry().Name, b.entry().IsDir(), a.entry().Name, a.entry().IsDir())
		case a.ok:
			order = 1
		}
		if order > 0 {
			err = d.deleted(prefix, a.entry(), depth)
		} else {
			var old *TreeEntry
			if order == 0 {
				old = a.entry()
			}
			err = d.pair(prefix, old, b.entry(), depth)
		}
		if err == nil && order >= 0 {
			err = a.advance()
		}
		if err == nil && order <= 0 {
			err = b.advance()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pair compares an entry of a tree with the one of the same name in the older
// tree, nil if that has none.
func (d *differ) pair(prefix []byte, old, e *TreeEntry, depth int) error {
	path := append(append(make([]byte, 0, len(prefix)+len(e.Name)+1), prefix...), e.Name...)
	if e.IsDir() {
		from := d.empty
		if old != nil {
			from = old.ID
		}
		return d.trees(append(path, '/'), from, e.ID, depth+1)
	}
	c := Change{Path: string(path), Mode: e.Mode, ID: e.ID}
	if old != nil {
		if old.ID == e.ID && old.Mode == e.Mode {
			return nil
		}
		c.OldMode, c.OldID = old.Mode, old.ID
	}
	return d.emit(c)
}
