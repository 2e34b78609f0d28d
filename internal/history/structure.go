package history

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
)

// An edge is an entry of a tree.
type edge struct {
	child uint32 // number of the object; none if it is not in the store
	name  uint32 // number of the name, and in the highest bits what the entry is
}

// What an entry is, in the highest bits of an edge's name.
const (
	isDir     = 1 << 31
	isGitlink = 1 << 30
	nameMask  = isGitlink - 1
)

// A lostEntry is an entry of a tree that is not in the store.
type lostEntry struct {
	tree, name uint32
	id         pack.ID
}

// A message is what was found in a commit or a tag.
type message struct {
	obj      uint32
	findings []scan.Finding
	head     bool // one stands above the text, as in an author
}

// A structure is what commits, tags and trees say.
type structure struct {
	table *table
	graph *graph
	trees [][]edge // by number of the object
	names names
	lost  map[lostKey]pack.ID

	messages   []message
	nameFinds  map[uint32][]scan.Finding // by number of the name
	lostParent map[uint32][]pack.ID      // by number of the commit's object
	lostTree   map[uint32]pack.ID        // likewise
}

type lostKey struct{ tree, name uint32 }

// A reader is one worker of the pass over commits, tags and trees.
type reader struct {
	*structurePass
	known map[string]uint32 // numbers of the names it has met
	arena []edge

	commits    []rawCommit
	tags       []rawTag
	trees      []readTree
	lost       []lostEntry
	found      []message
	nameFinds  map[uint32][]scan.Finding
	lostTree   map[uint32]pack.ID
	lostParent map[uint32][]pack.ID
	header     pack.CommitHeader
	tag        pack.TagHeader
}

type readTree struct {
	obj   uint32
	edges []edge
}

// A structurePass reads commits and tags and, if asked to, trees.
type structurePass struct {
	store    *pack.Store
	table    *table
	engine   *scan.Engine // nil to scan nothing
	messages bool         // scan messages
	names    *names
	bytes    *atomic.Int64
	done     *atomic.Int64
	bad      func(where string, err error)
}

// readStructure makes the first pass.
func readStructure(ctx context.Context, pass *structurePass, opts pack.WalkOptions) (*structure, error) {
	s := &structure{table: pass.table}
	pass.names = &s.names
	readers := make([]*reader, opts.Workers)
	for i := range readers {
		readers[i] = &reader{
			structurePass: pass, known: map[string]uint32{}, nameFinds: map[uint32][]scan.Finding{},
			lostTree: map[uint32]pack.ID{}, lostParent: map[uint32][]pack.ID{},
		}
	}
	opts.Visit = func(worker int, o *pack.Object) error {
		readers[worker].read(o)
		return nil
	}
	_, err := pass.store.Walk(ctx, opts)
	if err != nil {
		return nil, err
	}
	s.join(readers)
	return s, nil
}

func (r *reader) read(o *pack.Object) {
	r.done.Add(1)
	n := r.table.find(o.ID)
	if n == none {
		return // it was added since the objects were listed
	}
	switch o.Type {
	case pack.Commit:
		r.commit(n, o)
	case pack.Tag:
		r.readTag(n, o)
	case pack.Tree:
		r.tree(n, o)
	}
}

func (r *reader) commit(n uint32, o *pack.Object) {
	h := &r.header
	if err := h.Parse(r.store.Hash(), o.Data); err != nil {
		r.bad("commit:"+o.ID.String(), err)
	}
	c := rawCommit{obj: n, tree: none, time: h.Committer.Unix}
	if !h.Tree.IsZero() {
		if c.tree = r.table.find(h.Tree); c.tree == none {
			r.lostTree[n] = h.Tree
		}
	}
	for _, p := range h.Parents {
		if k := r.table.find(p); k != none {
			c.parents = append(c.parents, k)
		} else {
			c.lost = append(c.lost, p)
		}
	}
	if len(c.lost) > 0 {
		r.lostParent[n] = c.lost
	}
	r.commits = append(r.commits, c)
	r.message(n, "commit:", o, h.Message)
}

func (r *reader) readTag(n uint32, o *pack.Object) {
	t := &r.tag
	raw := rawTag{obj: n, target: none}
	if err := t.Parse(r.store.Hash(), o.Data); err != nil {
		r.bad("tag:"+o.ID.String(), err)
	} else {
		raw.target = r.table.find(t.Object)
	}
	r.tags = append(r.tags, raw)
	r.message(n, "tag:", o, t.Message)
}

// message scans a commit or a tag whose text starts at an offset.
func (r *reader) message(n uint32, kind string, o *pack.Object, text int) {
	if r.engine == nil || !r.messages {
		return
	}
	c := messageChunk(kind, o.ID, o.Data)
	r.bytes.Add(int64(len(c.Data)))
	if found := r.engine.Match(&c); len(found) > 0 {
		r.found = append(r.found, message{n, found, inHeader(found, text)})
	}
}

// inHeader reports whether a finding stands before the text of a commit or tag.
func inHeader(found []scan.Finding, text int) bool {
	return slices.ContainsFunc(found, func(f scan.Finding) bool { return f.Start.Byte < int64(text) })
}

// messageChunk returns a commit or tag without the lines that refer to other
// objects by their ids, which look like credentials. Lines are numbered as in
// the object.
func messageChunk(kind string, id pack.ID, data []byte) scan.Chunk {
	start, lines := pack.References(data)
	line := 1 + lines
	return scan.Chunk{
		Path: kind + id.String(), Data: data[start:],
		Base:   scan.Position{Line: line, Column: 1, Byte: int64(start)},
		Origin: &scan.Origin{Object: id.String()},
	}
}

func (r *reader) tree(n uint32, o *pack.Object) {
	tr := pack.ReadTree(r.store.Hash(), o.Data)
	from := len(r.arena)
	for tr.Next() {
		e := edge{child: none, name: r.name(tr.Entry.Name)}
		switch tr.Entry.Kind() {
		case pack.ModeGitlink:
			e.name |= isGitlink
		case pack.ModeDir:
			e.name |= isDir
			fallthrough
		default:
			if e.child = r.table.find(tr.Entry.ID); e.child == none {
				r.lost = append(r.lost, lostEntry{n, e.name, tr.Entry.ID})
			}
		}
		r.arena = append(r.arena, e)
	}
	if err := tr.Err(); err != nil {
		r.bad("tree:"+o.ID.String(), err)
	}
	r.trees = append(r.trees, readTree{n, r.arena[from:len(r.arena):len(r.arena)]})
	if cap(r.arena)-len(r.arena) < 1024 {
		r.arena = make([]edge, 0, 64<<10)
	}
}

// name returns the number of a name; new ones are scanned.
func (r *reader) name(b []byte) uint32 {
	if n, ok := r.known[string(b)]; ok {
		return n
	}
	s := string(b)
	n, added := r.names.add(s)
	r.known[s] = n
	if added && r.engine != nil {
		if found := r.engine.Match(&scan.Chunk{Data: b}); len(found) > 0 {
			r.nameFinds[n] = found
		}
	}
	return n
}

// join puts together what the workers have read.
func (s *structure) join(readers []*reader) {
	s.trees, s.lost = make([][]edge, s.table.len()), map[lostKey]pack.ID{}
	s.nameFinds, s.lostTree, s.lostParent = map[uint32][]scan.Finding{}, map[uint32]pack.ID{}, map[uint32][]pack.ID{}
	var commits []rawCommit
	var tags []rawTag
	for _, r := range readers {
		commits, tags = append(commits, r.commits...), append(tags, r.tags...)
		s.messages = append(s.messages, r.found...)
		for _, t := range r.trees {
			s.trees[t.obj] = t.edges
		}
		for _, l := range r.lost {
			s.lost[lostKey{l.tree, l.name}] = l.id
		}
		for n, f := range r.nameFinds {
			s.nameFinds[n] = f
		}
		for n, id := range r.lostTree {
			s.lostTree[n] = id
		}
		for n, ids := range r.lostParent {
			s.lostParent[n] = ids
		}
	}
	s.graph = newGraph(commits, tags)
}
