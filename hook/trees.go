package hook

import (
	"bytes"
	"errors"

	"github.com/keysift/keysift/internal/repo"
)

const (
	maxTreeDepth = 2048
	maxTreeReads = 1 << 22 // in one comparison
)

var errTreeLimit = errors.New("trees nest too deeply, or hold one another too often")

// A comparison finds the files of a tree that several older trees lack.
type comparison struct {
	r     *Repository
	emit  func(path string, mode uint32, id repo.Hash) error
	reads int
}

// compare calls emit with every path of a tree at which none of the older
// trees has the same content. It reads the folders that all of them have
// differently. A zero tree is empty.
func (r *Repository) compare(tree repo.Hash, older []repo.Hash, emit func(path string, mode uint32, id repo.Hash) error) error {
	c := comparison{r: r, emit: emit}
	for _, o := range older {
		if o == tree {
			return nil
		}
	}
	return c.dir(nil, tree, older, 0)
}

func (c *comparison) read(tree repo.Hash) ([]repo.TreeEntry, error) {
	if tree.IsZero() {
		return nil, nil
	}
	if c.reads++; c.reads > maxTreeReads {
		return nil, errTreeLimit
	}
	data, err := c.r.trees.Read(tree)
	if err != nil {
		return nil, err
	}
	list := make([]repo.TreeEntry, 0, len(data)/40)
	err = repo.EachTreeEntry(data, c.r.repo.Format, func(e repo.TreeEntry) bool {
		list = append(list, e)
		return true
	})
	return list, err
}

func (c *comparison) dir(prefix []byte, tree repo.Hash, older []repo.Hash, depth int) error {
	if depth > maxTreeDepth {
		return errTreeLimit
	}
	entries, err := c.read(tree)
	if err != nil {
		return err
	}
	olds := make([][]repo.TreeEntry, 0, len(older))
	for _, id := range older {
		list, err := c.read(id)
		if err != nil {
			return err
		}
		olds = append(olds, list)
	}
	below := make([]repo.Hash, 0, len(older))
	for i := range entries {
		e := &entries[i]
		below = below[:0]
		same := false
		for j := range olds {
			old := advance(&olds[j], e)
			if old == nil {
				continue
			}
			if old.ID == e.ID {
				same = true
				break
			}
			if old.IsDir() {
				below = append(below, old.ID)
			}
		}
		if same {
			continue
		}
		path := append(append(prefix[:len(prefix):len(prefix)], e.Name...), '/')
		if e.IsDir() {
			err = c.dir(path, e.ID, below, depth+1)
		} else {
			err = c.emit(string(path[:len(path)-1]), e.Mode, e.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// advance drops the entries of a list that come before e and returns the one
// of the same name, of a folder if e is one; nil if there is none.
func advance(list *[]repo.TreeEntry, e *repo.TreeEntry) *repo.TreeEntry {
	for len(*list) > 0 {
		old := &(*list)[0]
		switch order := compareNames(old.Name, old.IsDir(), e.Name, e.IsDir()); {
		case order == 0:
			return old
		case order > 0:
			return nil
		}
		*list = (*list)[1:]
	}
	return nil
}

// compareNames orders names in a tree: that of a folder as if it ended in "/".
func compareNames(a []byte, aDir bool, b []byte, bDir bool) int {
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return int(following(a, n, aDir)) - int(following(b, n, bDir))
}

func following(name []byte, n int, dir bool) byte {
	switch {
	case n < len(name):
		return name[n]
	case dir:
		return '/'
	}
	return 0
}
