package repo

import (
	"errors"
	"fmt"
	"slices"
)

// Facts say where a repository has a blob at one path. Ancestry is not
// looked at.
type Facts struct {
	Tracked bool   // the index has the path, whatever its content
	Index   bool   // the index has the blob there
	Head    bool   // HEAD's tree has
	Remote  string // name of a remote-tracking ref whose tree has, empty if none
	Tag     string // name of a tag whose tree has, empty if none
}

// Exposure answers how far blobs at paths have got. It reads refs and commits
// once, when they are first needed. It must not be used by several goroutines
// at once.
type Exposure struct {
	repo  *Repo
	index *Index
	trees *Trees
	head  *rootSet
	roots map[string]*rootSet // by prefix
}

// A rootSet holds the distinct trees of some refs.
type rootSet struct {
	roots []refRoot
	err   error // what could not be read
}

type refRoot struct {
	name string
	tree Hash
}

// NewExposure returns an Exposure for a repository and its index, which is nil
// in a bare one.
func (r *Repo) NewExposure(index *Index, objects Objects) *Exposure {
	if index == nil {
		index = &Index{Format: r.Format}
	}
	return &Exposure{repo: r, index: index, trees: NewTrees(objects, r.Format), roots: map[string]*rootSet{}}
}

// Facts returns where the blob is at path, which is relative to the top of the
// work tree and has "/" between its components. With an error, which joins
// what could not be read, the facts may be less than the truth, never more.
func (e *Exposure) Facts(path string, blob Hash) (Facts, error) {
	var f Facts
	var errs [4]error
	f.Tracked, f.Index, errs[0] = e.inIndex(path, blob)
	f.Head, errs[1] = e.inHead(path, blob)
	f.Remote, errs[2] = e.InRefs("refs/remotes/", path, blob)
	f.Tag, errs[3] = e.InRefs("refs/tags/", path, blob)
	return f, errors.Join(errs[:]...)
}

func (e *Exposure) inIndex(path string, blob Hash) (tracked, same bool, err error) {
	i, ok := e.index.Find(path)
	if !ok {
		return e.inSparse(path, blob)
	}
	for ; i < e.index.Len() && string(e.index.Path(i)) == path; i++ {
		same = same || blob.is(e.index.id(i)) && e.index.mode(i)&ModeType != ModeGitlink
	}
	return true, same, nil
}

// inSparse looks below a sparse directory of the index.
func (e *Exposure) inSparse(path string, blob Hash) (tracked, same bool, err error) {
	dir, ok := e.index.SparseDir(path)
	if !ok {
		return false, false, nil
	}
	te, ok, err := e.trees.Entry(dir.ID, path[len(dir.Path):])
	return ok && !te.IsDir(), ok && te.ID == blob, err
}

func (e *Exposure) inHead(path string, blob Hash) (bool, error) {
	if e.head == nil {
		e.head = &rootSet{}
		if ref, err := e.repo.Head(); err != nil {
			e.head.err = err
		} else {
			e.head.add(e.trees, []Ref{ref})
		}
	}
	name, err := e.head.find(e.trees, path, blob)
	return name != "", err
}

// InRefs returns the name of a ref starting with prefix whose tree has the
// blob at path, empty if there is none.
func (e *Exposure) InRefs(prefix, path string, blob Hash) (string, error) {
	set, ok := e.roots[prefix]
	if !ok {
		set = &rootSet{}
		var refs []Ref
		refs, set.err = e.repo.Refs(prefix)
		// Of versions the last ones are the most likely to have what is in the
		// work tree now.
		slices.Reverse(refs)
		set.add(e.trees, refs)
		e.roots[prefix] = set
	}
	return set.find(e.trees, path, blob)
}

// add appends the trees of refs, each tree once.
func (s *rootSet) add(t *Trees, refs []Ref) {
	seen := make(map[Hash]bool, len(refs))
	ids := make(map[Hash]bool, len(refs))
	var errs []error
	for _, ref := range refs {
		id := ref.ID
		if !ref.Peeled.IsZero() {
			id = ref.Peeled
		}
		if id.IsZero() || ids[id] {
			continue
		}
		ids[id] = true
		tree, ok, err := t.Root(id)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", ref.Name, err))
		}
		if !ok || seen[tree] {
			continue
		}
		seen[tree] = true
		s.roots = append(s.roots, refRoot{ref.Name, tree})
	}
	s.err = errors.Join(append([]error{s.err}, errs...)...)
}

func (s *rootSet) find(t *Trees, path string, blob Hash) (string, error) {
	err := s.err
	for _, root := range s.roots {
		e, ok, entryErr := t.Entry(root.tree, path)
		if ok && e.ID == blob && !e.IsDir() && e.Mode&ModeType != ModeGitlink {
			return root.name, nil
		}
		if entryErr != nil && err == nil {
			err = fmt.Errorf("%s: %w", root.name, entryErr)
		}
	}
	return "", err
}

// A Version is one of the blobs that stand at a path.
type Version struct {
	ID     Hash
	Index  bool // the index has it
	Head   bool // HEAD's tree has
	Branch bool // a local branch's tree has
	Remote bool // a remote-tracking ref's tree has
	Tag    bool // a tag's tree has
}

// maxVersions bounds how many versions of a path are told apart.
const maxVersions = 256

// Versions returns the distinct blobs at a path, those of the index first, 256
// at most. With an error, which joins what could not be read, some may be
// missing.
func (e *Exposure) Versions(path string) ([]Version, error) {
	var out []Version
	add := func(id Hash) *Version {
		for i := range out {
			if out[i].ID == id {
				return &out[i]
			}
		}
		if len(out) == maxVersions {
			return new(Version)
		}
		out = append(out, Version{ID: id})
		return &out[len(out)-1]
	}
	if i, ok := e.index.Find(path); ok {
		for ; i < e.index.Len() && string(e.index.Path(i)) == path; i++ {
			if e.index.mode(i)&ModeType != ModeGitlink {
				add(hashOf(e.index.id(i))).Index = true
			}
		}
	}
	// Looking for no blob reads the roots and finds nothing.
	_, headErr := e.inHead(path, Hash{})
	errs := []error{headErr, e.head.each(e.trees, path, func(id Hash) { add(id).Head = true })}
	for _, in := range []struct {
		prefix string
		mark   func(*Version)
	}{
		{"refs/heads/", func(v *Version) { v.Branch = true }},
		{"refs/remotes/", func(v *Version) { v.Remote = true }},
		{"refs/tags/", func(v *Version) { v.Tag = true }},
	} {
		_, err := e.InRefs(in.prefix, path, Hash{})
		errs = append(errs, err, e.roots[in.prefix].each(e.trees, path, func(id Hash) { in.mark(add(id)) }))
	}
	return out, errors.Join(errs...)
}

// each calls yield with the blob at path of every tree that has one.
func (s *rootSet) each(t *Trees, path string, yield func(Hash)) error {
	var errs []error
	for _, root := range s.roots {
		e, ok, err := t.Entry(root.tree, path)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", root.name, err))
		}
		if ok && !e.IsDir() && e.Mode&ModeType != ModeGitlink {
			yield(e.ID)
		}
	}
	return errors.Join(errs...)
}
