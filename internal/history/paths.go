package history

import (
	"cmp"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
)

const (
	// maxTreeDepth is how deeply trees may nest; git itself stops there, too.
	maxTreeDepth = 2048

	// leastPlaces is how many paths beyond the first of each object are kept at
	// least. A few small trees that hold one another many times would have more
	// paths than there is memory.
	leastPlaces = 1 << 20
)

// An object is what is known of a blob or tree: where it stood first, and how
// far it has travelled. The step of a tree is its own directory, with no name.
type object struct {
	step
	commit uint32        // none if no commit has it
	class  scan.Exposure // none until it is seen
}

// A place is a path at which a blob stands, or that ends in a name.
type place struct {
	step
	obj    uint32
	commit uint32
	class  scan.Exposure
}

// paths follows trees, and notes at which paths and in which commits, the
// oldest first, the objects of a structure stand.
type paths struct {
	*structure
	dirs    *dirs
	top     uint32 // the directory that commits' trees stand for
	objects []object
	more    []place                // paths of blobs beyond the first
	moreAt  map[place]int          // by place with neither commit nor class
	trees2  map[step]scan.Exposure // trees, as "name", met in another directory than their first
	limit   int
	empty   pack.ID // of the blob without content

	hot      map[step]int        // places of names that are findings, in named
	named    []place             // with the tree that has the name as object
	versions map[uint32][]uint32 // further trees that have a name there, by the first
	later    map[[2]uint32]bool  // pairs of these

	gitlinks map[step]bool
	missing  map[pack.ID]string // absent objects, with a path each
	bounded  bool               // the limit was met
}

// newPaths returns paths with room for places beyond the first ones.
func newPaths(s *structure, room int) *paths {
	p := &paths{
		structure: s, dirs: newDirs(), objects: make([]object, s.table.len()),
		moreAt: map[place]int{}, trees2: map[step]scan.Exposure{}, limit: room,
		hot: map[step]int{}, versions: map[uint32][]uint32{}, later: map[[2]uint32]bool{}, gitlinks: map[step]bool{}, missing: map[pack.ID]string{},
	}
	p.top = p.dirs.top("")
	return p
}

// A follower goes through the tree of one commit or tip.
type follower struct {
	*paths
	commit uint32
	class  scan.Exposure
}

// enter goes into a tree that stands for a directory, unless all is known.
func (f *follower) enter(obj, dir uint32, depth int) {
	o := &f.objects[obj]
	switch {
	case o.class == scan.NoExposure:
		*o = object{step: step{dir, none}, commit: f.commit, class: f.class}
	case o.dir == dir:
		if o.class >= f.class {
			return
		}
		o.class = f.class
	default:
		key := step{dir, obj}
		if class, ok := f.trees2[key]; ok && class >= f.class {
			return
		} else if !ok && !f.room() {
			return
		}
		f.trees2[key] = f.class
	}
	if depth > maxTreeDepth {
		f.bounded = true
		return
	}
	for _, e := range f.trees[obj] {
		f.edge(obj, e, dir, depth)
	}
}

func (f *follower) room() bool {
	if len(f.trees2)+len(f.more) < f.limit {
		return true
	}
	f.bounded = true
	return false
}

func (f *follower) edge(tree uint32, e edge, dir uint32, depth int) {
	at := step{dir, e.name & nameMask}
	if f.nameFinds[at.name] != nil {
		f.name(tree, at)
	}
	switch {
	case e.name&isGitlink != 0:
		f.gitlinks[at] = true
	case e.child == none:
		f.lose(f.lost[lostKey{tree, e.name}], at)
	case f.table.kinds[e.child] == pack.Tree:
		o := &f.objects[e.child]
		if o.class >= f.class && f.dirs.list[o.dir].step == at {
			return
		}
		f.enter(e.child, f.dirs.below(at), depth+1)
	case f.table.kinds[e.child] == pack.Blob:
		f.blob(e.child, at)
	}
}

// blob notes that a blob stands at a path.
func (f *follower) blob(obj uint32, at step) {
	o := &f.objects[obj]
	switch {
	case o.class == scan.NoExposure:
		*o = object{at, f.commit, f.class}
		return
	case o.step == at:
		o.class = max(o.class, f.class)
		return
	}
	key := place{step: at, obj: obj}
	if i, ok := f.moreAt[key]; ok {
		f.more[i].class = max(f.more[i].class, f.class)
	} else if f.room() {
		f.moreAt[key] = len(f.more)
		f.more = append(f.more, place{at, obj, f.commit, f.class})
	}
}

// name notes where a name stands that is a finding itself. The finding belongs
// to the tree; what came later at the same place belongs to the first one.
func (f *follower) name(tree uint32, at step) {
	i, ok := f.hot[at]
	if !ok {
		f.hot[at] = len(f.named)
		f.named = append(f.named, place{at, tree, f.commit, f.class})
		return
	}
	first := &f.named[i]
	first.class = max(first.class, f.class)
	if pair := [2]uint32{first.obj, tree}; tree != first.obj && !f.later[pair] {
		f.later[pair] = true
		f.versions[first.obj] = append(f.versions[first.obj], tree)
	}
}

// lose notes an absent object. What only an unreachable object refers to may
// be gone: git itself removes such objects one by one.
func (f *follower) lose(id pack.ID, at step) {
	if f.class <= scan.Unreachable {
		return
	}
	if _, ok := f.missing[id]; !ok {
		f.missing[id] = f.path(at)
	}
}

func (p *paths) path(at step) string { return p.dirs.path(p.names.list, at) }

// follow goes through the trees of commits, which are in the order of the graph.
func (p *paths) follow(commits []uint32) {
	for _, c := range commits {
		k := &p.graph.commits[c]
		if k.tree != none {
			f := follower{p, c, k.class}
			f.enter(k.tree, p.top, 0)
		} else if id, ok := p.lostTree[k.obj]; ok && k.class > scan.Unreachable {
			p.missing[id] = "commit:" + p.id(k.obj)
		}
	}
}

func (p *paths) id(obj uint32) string { id := p.table.id(obj); return id.String() }

// tips goes through trees and blobs that refs or tags stand for.
func (p *paths) tips(list []tip) {
	for _, t := range list {
		if obj := p.graph.target(p.table.find(t.id), t.class); obj != none {
			p.single(obj, t.class)
		}
	}
}

// single goes through a tree or blob that stands in no other.
func (p *paths) single(obj uint32, class scan.Exposure) {
	f := follower{p, none, class}
	switch p.table.kinds[obj] {
	case pack.Tree:
		if o := &p.objects[obj]; o.class < class {
			f.enter(obj, p.dirs.top("tree:"+p.id(obj)), 0)
		}
	case pack.Blob:
		if o := &p.objects[obj]; o.class == scan.NoExposure {
			*o = object{step{p.dirs.top("blob:" + p.id(obj)), none}, none, class}
		} else {
			o.class = max(o.class, class)
		}
	}
}

// staged adds the entries of an index that no commit has.
func (p *paths) staged(entries []indexEntry) {
	f := follower{p, none, scan.Staged}
	for _, e := range entries {
		at := p.step(e.path)
		obj := p.table.find(e.id)
		switch {
		case obj == none && e.id != p.empty: // which stands for a file that is yet to be added
			if _, ok := p.missing[e.id]; !ok {
				p.missing[e.id] = e.path
			}
		case obj != none && p.objects[obj].class <= scan.Staged && p.table.kinds[obj] == pack.Blob:
			f.blob(obj, at)
		}
	}
}

// step returns the step of a path that commits' trees may not have.
func (p *paths) step(path string) step {
	at := step{dir: p.top}
	for {
		name, rest, more := strings.Cut(path, "/")
		at.name, _ = p.names.add(name)
		if !more {
			return at
		}
		at = step{dir: p.dirs.below(at)}
		path = rest
	}
}

// unreachable goes through trees and blobs that nothing has referred to.
func (p *paths) unreachable() {
	inner := newBitset(len(p.objects))
	for n, edges := range p.trees {
		if p.objects[n].class == scan.NoExposure {
			for _, e := range edges {
				if e.child != none {
					inner.add(e.child)
				}
			}
		}
	}
	// The second time takes what hangs in a circle, which damage can make.
	for _, all := range []bool{false, true} {
		for n := range p.objects {
			if p.objects[n].class == scan.NoExposure && p.table.kinds[n] == pack.Tree && (all || !inner.has(uint32(n))) {
				p.single(uint32(n), scan.Unreachable)
			}
		}
	}
	for n := range p.objects {
		if p.objects[n].class == scan.NoExposure && p.table.kinds[n] != pack.Tree {
			p.single(uint32(n), scan.Unreachable)
		}
	}
}

// finish sorts the further places of blobs, so that [paths.places] finds them,
// and lets go of what is needed no more.
func (p *paths) finish() {
	p.moreAt, p.trees2, p.hot, p.later = nil, nil, nil, nil
	slices.SortStableFunc(p.more, func(a, b place) int { return cmp.Compare(a.obj, b.obj) })
}

// places returns the paths of a blob beyond its first.
func (p *paths) places(obj uint32) []place {
	i, ok := slices.BinarySearchFunc(p.more, obj, func(a place, obj uint32) int { return cmp.Compare(a.obj, obj) })
	if !ok {
		return nil
	}
	k := i
	for k < len(p.more) && p.more[k].obj == obj {
		k++
	}
	return p.more[i:k]
}
