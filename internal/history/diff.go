package history

import (
	"cmp"
	"slices"

	"github.com/keysift/keysift/internal/pack"
)

// A change is a path at which a commit has what none of its parents has.
type change struct {
	path string
	id   pack.ID
	old  []pack.ID // blobs that parents have at the path
	// fresh says that no parent has anything at the path, so that its name is new.
	fresh bool
}

// A differ compares the tree of a commit with those of its parents.
type differ struct {
	store   *pack.Store
	changes []change
	gone    []goneEntry // what parents have at paths that the commit has not
	absent  map[pack.ID]string
}

type goneEntry struct {
	path string
	id   pack.ID
	tree bool
}

// compare collects the changes below a directory, whose path is empty or ends
// in a slash.
func (d *differ) compare(tree pack.ID, parents []pack.ID, dir string, depth int) {
	entries := d.read(tree, dir)
	old := make([][]pack.TreeEntry, len(parents))
	for i, p := range parents {
		old[i] = d.read(p, dir)
	}
	for i := range entries {
		d.entry(&entries[i], old, dir, depth)
	}
	for _, list := range old {
		for i := range list {
			e := &list[i]
			if find(entries, e.Name) == nil && e.Kind() != pack.ModeGitlink {
				d.gone = append(d.gone, goneEntry{dir + string(e.Name), e.ID, e.Kind() == pack.ModeDir})
			}
		}
	}
}

func (d *differ) entry(e *pack.TreeEntry, old [][]pack.TreeEntry, dir string, depth int) {
	if e.Kind() == pack.ModeGitlink {
		return
	}
	path := dir + string(e.Name)
	c := change{path: path, id: e.ID, fresh: true}
	var trees []pack.ID
	for _, list := range old {
		o := find(list, e.Name)
		switch {
		case o == nil:
			continue
		case o.ID == e.ID && o.Kind() != pack.ModeGitlink:
			return // a parent has it
		case o.Kind() == pack.ModeDir:
			trees = append(trees, o.ID)
		case o.Kind() != pack.ModeGitlink:
			c.old = append(c.old, o.ID)
		}
		c.fresh = false
	}
	if e.Kind() != pack.ModeDir {
		d.changes = append(d.changes, c)
		return
	}
	if c.fresh {
		d.changes = append(d.changes, change{path: path, fresh: true}) // for its name
	}
	if depth < maxTreeDepth {
		d.compare(e.ID, trees, path+"/", depth+1)
	}
}

// read returns the entries of a tree in the order of their names; the zero id
// has none.
func (d *differ) read(tree pack.ID, dir string) []pack.TreeEntry {
	if tree.IsZero() {
		return nil
	}
	kind, data, err := d.store.Get(tree)
	if err != nil || kind != pack.Tree {
		d.absent[tree] = dir
		return nil
	}
	var out []pack.TreeEntry
	for r := pack.ReadTree(d.store.Hash(), data); r.Next(); {
		out = append(out, r.Entry)
	}
	slices.SortStableFunc(out, func(a, b pack.TreeEntry) int { return cmp.Compare(string(a.Name), string(b.Name)) })
	return out
}

func find(entries []pack.TreeEntry, name []byte) *pack.TreeEntry {
	i, ok := slices.BinarySearchFunc(entries, name, func(e pack.TreeEntry, name []byte) int { return cmp.Compare(string(e.Name), string(name)) })
	if !ok {
		return nil
	}
	return &entries[i]
}

// olds returns the blobs of the parents at all paths that the commit touches,
// with their paths: what stands in them the commit has not brought in.
func (d *differ) olds() []goneEntry {
	var out []goneEntry
	for _, c := range d.changes {
		for _, id := range c.old {
			out = append(out, goneEntry{c.path, id, false})
		}
	}
	for _, g := range d.gone {
		out = d.below(out, g, 0)
	}
	return out
}

// below appends the blobs in what is gone.
func (d *differ) below(out []goneEntry, g goneEntry, depth int) []goneEntry {
	if !g.tree {
		return append(out, g)
	}
	if depth == maxTreeDepth {
		return out
	}
	for _, e := range d.read(g.id, g.path) {
		if e.Kind() != pack.ModeGitlink {
			out = d.below(out, goneEntry{g.path + "/" + string(e.Name), e.ID, e.Kind() == pack.ModeDir}, depth+1)
		}
	}
	return out
}
