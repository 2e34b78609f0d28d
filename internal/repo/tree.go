package repo

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// A TreeReader returns the content of the tree object with the given id. The
// data must stay valid and unchanged while it is in use.
type TreeReader func(id Hash) ([]byte, error)

// A TreeEntry is one entry of a tree object.
type TreeEntry struct {
	Name []byte // any bytes but "/" and NUL; shares memory with the tree
	Mode uint32
	ID   Hash
}

// IsDir reports whether the entry is a tree.
func (e *TreeEntry) IsDir() bool { return e.Mode&ModeType == ModeDir }

var errTree = errors.New("malformed tree object")

// treeScanner reads the entries of a tree one after the other.
type treeScanner struct {
	rest  []byte
	size  int
	entry TreeEntry
}

func scanTree(data []byte, f Format) treeScanner { return treeScanner{rest: data, size: f.Size()} }

// next reads one more entry; false at the end.
func (s *treeScanner) next() (bool, error) {
	if len(s.rest) == 0 {
		return false, nil
	}
	mode, i := uint32(0), 0
	for ; i < len(s.rest) && s.rest[i] != ' '; i++ {
		if d := s.rest[i] - '0'; d > 7 || i > 6 {
			return false, errTree
		} else {
			mode = mode<<3 | uint32(d)
		}
	}
	end := bytes.IndexByte(s.rest[min(i, len(s.rest)):], 0) + i
	if i == 0 || end <= i+1 || len(s.rest)-end-1 < s.size {
		return false, errTree
	}
	name := s.rest[i+1 : end : end]
	if bytes.IndexByte(name, '/') >= 0 {
		return false, errTree
	}
	s.entry = TreeEntry{Name: name, Mode: canonicalMode(mode), ID: hashOf(s.rest[end+1 : end+1+s.size])}
	s.rest = s.rest[end+1+s.size:]
	return true, nil
}

// canonicalMode reads the modes of old trees, such as 0100664, as git does.
func canonicalMode(m uint32) uint32 {
	switch m & ModeType {
	case ModeRegular:
		if m&0o100 != 0 {
			return ModeRegular | 0o755
		}
		return ModeRegular | 0o644
	case ModeSymlink, ModeDir:
		return m & ModeType
	}
	return ModeGitlink
}

// EachTreeEntry calls yield with the entries of a tree object until it returns
// false.
func EachTreeEntry(data []byte, f Format, yield func(TreeEntry) bool) error {
	s := scanTree(data, f)
	for {
		ok, err := s.next()
		if !ok || err != nil {
			return err
		}
		if !yield(s.entry) {
			return nil
		}
	}
}

// Trees looks paths up in trees. It remembers the directories it has passed,
// so that looking up the same paths in many similar trees is cheap.
type Trees struct {
	objects Objects
	format  Format
	empty   Hash
	seen    map[treeStep]TreeEntry
}

type treeStep struct {
	tree Hash
	name string
}

// maxTreeSteps bounds what Trees remembers, about 200 bytes each.
const maxTreeSteps = 1 << 17

// NewTrees returns a Trees that reads from objects.
func NewTrees(objects Objects, f Format) *Trees {
	return &Trees{objects: objects, format: f, empty: emptyTree(f), seen: map[treeStep]TreeEntry{}}
}

// Read returns the content of a tree; it is a [TreeReader].
func (t *Trees) Read(id Hash) ([]byte, error) {
	if id == t.empty {
		return nil, nil
	}
	return t.object(id, "tree")
}

func (t *Trees) object(id Hash, want string) ([]byte, error) {
	typ, data, err := t.objects.Get(id.Bytes())
	if err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", want, id, err)
	}
	if typ != want {
		return nil, fmt.Errorf("reading %s %s: it is a %s", want, id, typ)
	}
	return data, nil
}

// Entry returns what stands at path in a tree; false if nothing does. Path
// has "/" between its components.
func (t *Trees) Entry(tree Hash, path string) (TreeEntry, bool, error) {
	for {
		name, rest, more := strings.Cut(path, "/")
		e, err := t.step(tree, name)
		if err != nil || e.ID.size == 0 {
			return TreeEntry{}, false, err
		}
		if !more {
			return e, true, nil
		}
		if !e.IsDir() {
			return TreeEntry{}, false, nil
		}
		tree, path = e.ID, rest
	}
}

// step returns the entry of one name, with a zero ID if there is none.
func (t *Trees) step(tree Hash, name string) (TreeEntry, error) {
	key := treeStep{tree, name}
	if e, ok := t.seen[key]; ok {
		return e, nil
	}
	data, err := t.Read(tree)
	if err != nil {
		return TreeEntry{}, err
	}
	var found TreeEntry
	err = EachTreeEntry(data, t.format, func(e TreeEntry) bool {
		if string(e.Name) != name {
			return true
		}
		found = e
		found.Name = []byte(name)
		return false
	})
	if err != nil {
		return TreeEntry{}, fmt.Errorf("reading tree %s: %w", tree, err)
	}
	if len(t.seen) >= maxTreeSteps {
		clear(t.seen)
	}
	t.seen[key] = found
	return found, nil
}

// maxTagDepth bounds tags of tags.
const maxTagDepth = 16

// Root returns the tree of a commit, or of the commit that a tag leads to. It
// is false for an id that leads to no tree.
func (t *Trees) Root(id Hash) (Hash, bool, error) {
	for range maxTagDepth {
		typ, data, err := t.objects.Get(id.Bytes())
		if err != nil {
			return Hash{}, false, fmt.Errorf("reading object %s: %w", id, err)
		}
		field := ""
		switch typ {
		case "tree":
			return id, true, nil
		case "commit":
			field = "tree "
		case "tag":
			field = "object "
		default:
			return Hash{}, false, nil
		}
		line, _, _ := bytes.Cut(data, []byte{'\n'})
		next, ok := bytes.CutPrefix(line, []byte(field))
		if !ok {
			return Hash{}, false, fmt.Errorf("reading %s %s: malformed object", typ, id)
		}
		h, err := ParseHash(string(next))
		if err != nil || int(h.size) != t.format.Size() {
			return Hash{}, false, fmt.Errorf("reading %s %s: malformed object", typ, id)
		}
		if typ == "commit" {
			return h, true, nil
		}
		id = h
	}
	return Hash{}, false, fmt.Errorf("reading object %s: tags nest too deeply", id)
}
