package hook

import (
	"errors"
	"hash/maphash"
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
)

// A Remote is where a push goes to.
type Remote struct {
	Name string // as configured; the URL if it has no name
	URL  string
}

// Pushed returns what a push adds to a remote: what can be reached from the new
// ids, and neither from the old ones nor from what was last fetched from there.
func (r *Repository) Pushed(updates []Update, to Remote, opts Options) (*Source, error) {
	var known []repo.Hash
	for _, prefix := range r.tracking(to) {
		// A ref that cannot be read says of nothing that the remote has it.
		refs, _ := r.repo.Refs(prefix)
		for _, ref := range refs {
			if !ref.ID.IsZero() {
				known = append(known, ref.ID)
			}
		}
	}
	return r.updated(updates, known, opts)
}

// Received returns what a push adds to this repository, which a server asks
// before it takes it.
func (r *Repository) Received(updates []Update, opts Options) (*Source, error) {
	refs, err := r.repo.Refs("")
	if err != nil {
		return nil, err
	}
	var known []repo.Hash
	for _, ref := range refs {
		if !ref.ID.IsZero() {
			known = append(known, ref.ID)
		}
	}
	return r.updated(updates, known, opts)
}

// Revision returns the id of a full id, or of a ref by its full name or that
// of a branch.
func (r *Repository) Revision(name string) (repo.Hash, error) {
	if id, err := repo.ParseHash(name); err == nil {
		return id, nil
	}
	ref, err := r.repo.Ref(name)
	if errors.Is(err, repo.ErrRefNotFound) && !strings.HasPrefix(name, "refs/") {
		ref, err = r.repo.Ref("refs/heads/" + name)
	}
	return ref.ID, err
}

// tracking returns the prefixes of the refs that hold what was fetched from a
// remote.
func (r *Repository) tracking(to Remote) []string {
	name := to.Name
	if name == "" || name == to.URL {
		name = r.remoteOf(to.URL)
	}
	if name == "" {
		return nil
	}
	var prefixes []string
	r.repo.Config.All(func(key, value string) bool {
		if key != "remote."+name+".fetch" {
			return true
		}
		_, target, ok := strings.Cut(value, ":")
		if star := strings.IndexByte(target, '*'); star >= 0 {
			target = target[:star]
		}
		if ok && strings.HasPrefix(target, "refs/remotes/") {
			prefixes = append(prefixes, target)
		}
		return true
	})
	if prefixes == nil {
		prefixes = []string{"refs/remotes/" + name + "/"}
	}
	return prefixes
}

// remoteOf returns the name of the remote with a URL, empty if there is none.
func (r *Repository) remoteOf(url string) string {
	name := ""
	r.repo.Config.All(func(key, value string) bool {
		rest, ok := strings.CutPrefix(key, "remote.")
		if !ok || url == "" || value != url {
			return true
		}
		if n, ok := strings.CutSuffix(rest, ".url"); ok {
			name = n
			return false
		}
		return true
	})
	return name
}

// updated returns what updates add to a repository that has known.
func (r *Repository) updated(updates []Update, known []repo.Hash, opts Options) (*Source, error) {
	s := &Source{r: r, opts: opts, exposure: scan.Committed}
	var tips, replaced []repo.Hash
	for _, u := range updates {
		if !u.Old.IsZero() {
			known = append(known, u.Old)
			replaced = append(replaced, u.Old)
		}
		if !u.New.IsZero() {
			tips = append(tips, u.New)
		}
	}
	if len(tips) == 0 {
		s.steps = func(func(*step, error) bool) {}
		return s, nil
	}
	h, err := r.added(tips, known)
	if err != nil {
		return nil, err
	}
	p := pushed{s: s, h: h, seed: maphash.MakeSeed(), seen: map[seenKey]bool{}}
	for _, id := range replaced {
		if tree, ok, err := r.trees.Root(id); err == nil && ok {
			s.known = append(s.known, tree)
		}
	}
	s.steps = p.steps
	return s, nil
}

// A pushed turns a history into steps.
type pushed struct {
	s    *Source
	h    *history
	seed maphash.Seed
	seen map[seenKey]bool // content at a path that has been handed out
}

// A seenKey is content at a path, whose name is hashed to save memory.
type seenKey struct {
	id   repo.Hash
	path uint64
}

func (p *pushed) steps(yield func(*step, error) bool) {
	for _, i := range p.h.lost {
		if !yield(nil, i) {
			return
		}
	}
	clear(p.seen)
	for _, c := range p.h.commits {
		st, err := p.commit(c)
		if err != nil && !yield(nil, p.s.r.incomplete("commit:"+c.id.String(), repo.Hash{}, err)) {
			return
		}
		if !yield(st, nil) {
			return
		}
	}
	for _, t := range p.h.tags {
		if !yield(&step{id: t.id, texts: []text{message("tag:", t.id, t.data)}}, nil) {
			return
		}
	}
	for _, id := range p.h.loose {
		st, err := p.loose(id)
		if err != nil {
			if !yield(nil, p.s.r.incomplete("", id, err)) {
				return
			}
			continue
		}
		if !yield(st, nil) {
			return
		}
	}
}

// commit returns a step for a commit. With an error it holds what could be
// compared until then.
func (p *pushed) commit(c *commit) (*step, error) {
	_, data, err := p.s.r.store.Get(packID(c.id))
	if err != nil {
		return &step{id: c.id}, err
	}
	st := &step{id: c.id, texts: []text{message("commit:", c.id, data)}}
	parents, err := p.s.r.parentTrees(c)
	if err != nil {
		return st, err
	}
	err = p.s.r.compare(c.tree, parents, func(path string, mode uint32, id repo.Hash) error {
		p.file(st, path, mode, id)
		return nil
	})
	return st, err
}

func (p *pushed) file(st *step, path string, mode uint32, id repo.Hash) {
	k := seenKey{id, maphash.String(p.seed, path)}
	if p.seen[k] {
		return
	}
	p.seen[k] = true
	st.files = append(st.files, file{path: path, mode: mode, id: id, skipped: kind(mode)})
}

// loose returns a step for a tree or a blob that is pushed without a commit.
func (p *pushed) loose(id repo.Hash) (*step, error) {
	st := &step{id: id}
	t, err := p.s.r.store.TypeOf(packID(id))
	if err != nil {
		return nil, err
	}
	if t == pack.Blob {
		p.file(st, "blob:"+id.String(), repo.ModeRegular, id)
		return st, nil
	}
	err = p.s.r.compare(id, nil, func(path string, mode uint32, id repo.Hash) error {
		p.file(st, path, mode, id)
		return nil
	})
	return st, err
}

// parentTrees returns the trees of a commit's parents. Those of parents that
// are absent, which has been told, are left out.
func (r *Repository) parentTrees(c *commit) ([]repo.Hash, error) {
	var trees []repo.Hash
	for _, id := range c.parents {
		parent, err := r.commit(id)
		if errors.Is(err, pack.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		trees = append(trees, parent.tree)
	}
	return trees, nil
}

// stepOf returns a commit as a step to compare findings with, nil for an id
// that is none of a commit.
func (s *Source) stepOf(id string) (*step, error) {
	h, err := repo.ParseHash(id)
	if err != nil {
		return nil, err
	}
	c, err := s.r.commit(h)
	if errors.Is(err, errNoCommit) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &step{id: h, known: s.known, before: func() ([]version, error) { return s.r.replaced(c) }}, nil
}

// replaced returns the files of a commit's parents that the commit has not at
// the same path.
func (r *Repository) replaced(c *commit) ([]version, error) {
	trees, err := r.parentTrees(c)
	if err != nil {
		return nil, err
	}
	var out []version
	for _, t := range trees {
		err = errors.Join(err, r.compare(t, []repo.Hash{c.tree}, func(path string, mode uint32, id repo.Hash) error {
			if mode&repo.ModeType == repo.ModeRegular {
				out = append(out, version{path, id})
			}
			return nil
		}))
	}
	return out, err
}

// message returns the text of a commit or a tag without the lines that refer
// to other objects by their ids, which look like credentials. Lines are
// numbered as in the object.
func message(kind string, id repo.Hash, data []byte) text {
	start, lines := pack.References(data)
	line := 1 + lines
	return text{path: kind + id.String(), data: data[start:], base: scan.Position{Line: line, Column: 1, Byte: int64(start)}, id: id}
}
