package repo

import (
	"bytes"
	"slices"
	"strconv"
)

// A cacheNode is one directory of the cache-tree extension: git's note of the
// tree that the index entries below a directory make.
type cacheNode struct {
	name    []byte // last component of the path, empty for the root
	entries int    // number of index entries below it; negative if out of date
	id      []byte // of the tree; nil if out of date
	end     int    // number of the node after the last one below this
}

// A cacheTree holds the nodes in the order of the file: a directory before
// those in it. An empty one knows nothing.
type cacheTree []cacheNode

// maxCacheDepth bounds the nesting of directories in the extension.
const maxCacheDepth = 4096

// cacheTree reads the extension. One that is malformed counts as absent, as it
// does for git, since it only saves work.
func (ix *Index) cacheTree() cacheTree {
	nodes := make(cacheTree, 0, len(ix.tree)/32)
	// open holds the directories that still miss nodes in them.
	type level struct{ node, missing int }
	var open []level
	for rest := ix.tree; len(rest) > 0; {
		n, missing, tail, ok := parseCacheNode(rest, ix.Format)
		if !ok || len(open) > maxCacheDepth || len(nodes) > 0 && len(open) == 0 {
			return nil
		}
		rest = tail
		nodes = append(nodes, n)
		open = append(open, level{len(nodes) - 1, missing})
		for len(open) > 0 && open[len(open)-1].missing == 0 {
			nodes[open[len(open)-1].node].end = len(nodes)
			if open = open[:len(open)-1]; len(open) > 0 {
				open[len(open)-1].missing--
			}
		}
	}
	if len(open) > 0 {
		return nil
	}
	return nodes
}

// parseCacheNode takes "NAME NUL ENTRIES SP SUBTREES LF ID" off b.
func parseCacheNode(b []byte, f Format) (n cacheNode, subtrees int, rest []byte, ok bool) {
	name, b, ok1 := bytes.Cut(b, []byte{0})
	count, b, ok2 := bytes.Cut(b, []byte{' '})
	sub, b, ok3 := bytes.Cut(b, []byte{'\n'})
	if !ok1 || !ok2 || !ok3 {
		return n, 0, nil, false
	}
	entries, ok1 := smallInt(count)
	subtrees, ok2 = smallInt(sub)
	if !ok1 || !ok2 || subtrees < 0 {
		return n, 0, nil, false
	}
	n = cacheNode{name: name, entries: entries}
	if entries >= 0 {
		if len(b) < f.Size() {
			return n, 0, nil, false
		}
		n.id, b = b[:f.Size()], b[f.Size():]
	}
	return n, subtrees, b, true
}

func smallInt(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 10 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(b), 10, 32)
	return int(n), err == nil
}

// children returns the nodes directly below node, in the order of the file.
func (t cacheTree) children(node int) []int {
	if node < 0 || node >= len(t) {
		return nil
	}
	var kids []int
	for i := node + 1; i < t[node].end; i = t[i].end {
		kids = append(kids, i)
	}
	return kids
}

// child returns the node of that name among kids, or -1. git orders them by
// length, then by bytes; where a file does not, the node is not found, which
// only costs time.
func (t cacheTree) child(kids []int, name []byte) int {
	i, ok := slices.BinarySearchFunc(kids, name, func(kid int, name []byte) int {
		if d := len(t[kid].name) - len(name); d != 0 {
			return d
		}
		return bytes.Compare(t[kid].name, name)
	})
	if !ok {
		return -1
	}
	return kids[i]
}
