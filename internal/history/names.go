package history

import (
	"strings"
	"sync"
)

// names numbers the distinct names of tree entries.
type names struct {
	mu    sync.Mutex
	index map[string]uint32
	list  []string
}

// add returns the number of a name, and whether it is new.
func (n *names) add(name string) (uint32, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k, ok := n.index[name]; ok {
		return k, false
	}
	if n.index == nil {
		n.index = map[string]uint32{}
	}
	k := uint32(len(n.list))
	n.index[name] = k
	n.list = append(n.list, name)
	return k, true
}

// dirs numbers the directories that trees stand at. Those without a parent are
// the tops of a commit's tree, with an empty name, or names of their own.
type dirs struct {
	index map[step]uint32
	list  []dir
}

// A step is a name in a directory.
type step struct{ dir, name uint32 }

type dir struct {
	step        // the directory above and the name in it
	root string // of a directory without one above
}

func newDirs() *dirs { return &dirs{index: map[step]uint32{}} }

// top returns a directory that stands in no other.
func (d *dirs) top(root string) uint32 {
	d.list = append(d.list, dir{step: step{none, none}, root: root})
	return uint32(len(d.list) - 1)
}

// below returns the directory of a name in another one.
func (d *dirs) below(s step) uint32 {
	if k, ok := d.index[s]; ok {
		return k
	}
	k := uint32(len(d.list))
	d.index[s] = k
	d.list = append(d.list, dir{step: s})
	return k
}

// path returns the path of a name in a directory.
func (d *dirs) path(n []string, s step) string {
	var parts []string
	for {
		if s.name != none {
			parts = append(parts, n[s.name])
		}
		if s.dir == none {
			break
		}
		at := &d.list[s.dir]
		if at.dir == none {
			if at.root != "" {
				parts = append(parts, at.root)
			}
			break
		}
		s = at.step
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, "/")
}
