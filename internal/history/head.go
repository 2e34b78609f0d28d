package history

import (
	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
)

// A headTree knows what HEAD has at a path. One goroutine at a time may use it.
type headTree struct {
	*paths
	root  uint32            // the tree of HEAD; none without one
	known map[uint32]uint32 // trees by directory
}

func newHeadTree(p *paths, t *tips) *headTree {
	h := &headTree{paths: p, root: none, known: map[uint32]uint32{}}
	if c := (&resolver{table: p.table, graph: p.graph}).at(t.head); c != none {
		h.root = p.graph.commits[c].tree
	}
	return h
}

// has reports whether HEAD has a blob at its place, or a name that is a finding.
func (h *headTree) has(at *place) bool {
	child, ok := h.entry(at.step)
	return ok && (child == at.obj || h.table.kinds[at.obj] == pack.Tree)
}

// entry returns what HEAD has at a path.
func (h *headTree) entry(at step) (child uint32, ok bool) {
	tree := h.tree(at.dir)
	if tree == none || at.name == none {
		return none, false
	}
	for _, e := range h.trees[tree] {
		if e.name&nameMask == at.name {
			return e.child, true
		}
	}
	return none, false
}

// tree returns the tree that HEAD has for a directory, none if there is none.
func (h *headTree) tree(dir uint32) uint32 {
	if dir == h.top {
		return h.root
	}
	if dir == none || h.dirs.list[dir].dir == none {
		return none // of a tree that is in no commit
	}
	tree, ok := h.known[dir]
	if !ok {
		tree = none
		if child, found := h.entry(h.dirs.list[dir].step); found && child != none && h.table.kinds[child] == pack.Tree {
			tree = child
		}
		h.known[dir] = tree
	}
	return tree
}

// origin returns where a place is.
func (h *headTree) origin(at *place) *scan.Origin {
	o := &scan.Origin{Object: h.id(at.obj), Commit: h.commitID(at.commit), Head: h.has(at)}
	if at.commit != none {
		o.Time = h.graph.commits[at.commit].time
	}
	return o
}
