package history

import (
	"cmp"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
)

const cureRange = "git fetch origin brings commits that are not here (in GitHub Actions: fetch-depth: 0); git rev-parse --verify tells what git makes of a name"

// narrowed reports whether the run is to look at a part of the history only.
func (o *Options) narrowed() bool {
	return o.Range != "" || o.Since != "" || o.Branch != "" || o.Only != nil
}

// part makes a run over a part of the history: what some commits add.
func (r *run) part() error {
	asked, err := r.span()
	if err != nil {
		r.badRange(r.opts.Range, err)
		return nil
	}
	trees := asked.name == "" // with a range, each commit is compared with its parents
	s, err := r.structure(trees)
	if err != nil {
		return stopped(r.ctx, err)
	}
	s.graph.classify(r.tips.list, s.table)
	s.graph.sort(s.table)
	set, err := r.chosen(s, asked)
	if err != nil {
		r.badRange(cmp.Or(asked.name, r.opts.Branch), err)
		return nil
	}
	var commits []uint32
	for i := range s.graph.commits {
		if set.has(uint32(i)) {
			commits = append(commits, uint32(i))
		}
	}
	r.commit.Store(int64(len(commits)))
	r.tellCut(s, commits)
	if trees {
		return r.branch(s, commits)
	}
	if len(commits) == 0 {
		r.empty = asked.name
	}
	return r.compareAll(s, commits)
}

// span returns the range that the options ask for; one without a name for none.
func (r *run) span() (span, error) {
	if r.opts.Since != "" {
		return span{r.opts.Since + ".." + r.opts.Branch, r.opts.Since, orHead(r.opts.Branch)}, nil
	}
	name := r.opts.Range
	if name == "auto" {
		var err error
		if name, err = automaticRange(r.opts.Env); err != nil {
			return span{}, err
		}
	}
	if name == "" {
		return span{}, nil
	}
	return parseSpan(name)
}

func (r *run) badRange(name string, err error) {
	r.send(event{err: &scan.Incomplete{Reason: "bad-range", Path: name, Detail: err.Error(), Cure: cureRange}})
}

// chosen returns the commits of a range or, without one, of a branch or of all
// refs.
func (r *run) chosen(s *structure, asked span) (bitset, error) {
	rev := &resolver{repo: r.repo, table: s.table, graph: s.graph}
	if asked.name != "" {
		return r.inRange(rev, asked)
	}
	if r.opts.Branch != "" {
		c, err := rev.commit(r.opts.Branch)
		if err != nil {
			return nil, err
		}
		return s.graph.ancestors(c), nil
	}
	all := newBitset(len(s.graph.commits))
	for i := range s.graph.commits {
		if published(s.graph.commits[i].class) {
			all.add(uint32(i))
		}
	}
	return all, nil
}

// inRange returns the commits of A..B. For A...B they are the same: what B has
// and A has not is what B has beyond their merge base.
func (r *run) inRange(rev *resolver, asked span) (bitset, error) {
	if allZero(asked.to) && r.opts.Since == "" {
		return newBitset(len(rev.graph.commits)), nil // a branch was removed
	}
	to, err := rev.commit(asked.to)
	if err != nil {
		return nil, err
	}
	var without bitset
	if allZero(asked.from) {
		without = r.otherRefs(rev, asked.to, to)
	} else {
		from, err := rev.commit(asked.from)
		if err != nil {
			return nil, err
		}
		without = rev.graph.ancestors(from)
	}
	set := rev.graph.ancestors(to)
	for i := range set {
		set[i] &^= without[i]
	}
	return set, nil
}

func allZero(rev string) bool { return len(rev) >= 7 && strings.Trim(rev, "0") == "" }

// otherRefs returns what refs reach but those that stand for the revision:
// that of its name and what a remote has under it, if it is a name, else all at
// its commit.
func (r *run) otherRefs(rev *resolver, name string, at uint32) bitset {
	if name == "@" || name == "HEAD" {
		name = r.tips.headName
	}
	short := strings.TrimPrefix(strings.TrimPrefix(name, "refs/heads/"), "refs/tags/")
	var same, others []uint32
	named := false
	for _, t := range r.tips.list {
		if !t.ref || t.name == "HEAD" || t.class < scan.Committed {
			continue
		}
		c := rev.at(t.id)
		switch own := short != "" && strings.HasSuffix(t.name, "/"+short); {
		case c == none:
		case own && (c == at || !strings.HasPrefix(t.name, "refs/remotes/")):
			named = true
		case c == at:
			same = append(same, c)
		default:
			others = append(others, c)
		}
	}
	if named {
		others = append(others, same...)
	}
	return rev.graph.ancestors(others...)
}

// tellCut tells when the chosen commits meet the boundary of a shallow clone,
// or miss a parent.
func (r *run) tellCut(s *structure, commits []uint32) {
	cut := 0
	missing := map[pack.ID]string{}
	for _, c := range commits {
		obj := s.graph.commits[c].obj
		switch id := s.table.id(obj); {
		case r.cut[id]:
			cut++
		default:
			for _, p := range s.lostParent[obj] {
				missing[p] = "commit:" + id.String()
			}
		}
	}
	r.tellShallow(cut)
	r.tellAbsent(missing)
}

// branch scans all that some commits hold; their ancestors are among them.
func (r *run) branch(s *structure, commits []uint32) error {
	p := newPaths(s, r.room(s))
	p.follow(commits)
	p.finish()
	r.Audit.paths, r.marked = p, newBitset(p.table.len())
	r.tellAbsent(p.missing)
	set := newBitset(len(s.graph.commits))
	for _, c := range commits {
		set.add(c)
	}
	for _, m := range p.messages {
		if c, ok := s.graph.commitOf[m.obj]; ok && set.has(c) && r.opts.Only == nil {
			r.message(p, &m)
		}
	}
	r.tellNames(p)
	return stopped(r.ctx, r.scanBlobs(p))
}

// compareAll scans what each of some commits adds to its parents.
func (r *run) compareAll(s *structure, commits []uint32) error {
	r.structureOf = s
	r.total.Store(int64(len(commits)))
	r.done.Store(0)
	var next atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex
	absent := map[pack.ID]string{}
	for range r.opts.Jobs {
		wg.Go(func() {
			for r.ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(commits) {
					return
				}
				a := adder{run: r, s: s, commit: commits[i], differ: differ{store: r.store, absent: map[pack.ID]string{}}}
				a.scan()
				r.done.Add(1)
				mu.Lock()
				for id, where := range a.absent {
					absent[id] = where
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	r.tellAbsent(absent)
	return nil
}

// An adder scans what one commit adds.
type adder struct {
	*run
	differ
	s      *structure
	commit uint32
	class  scan.Exposure
	known  []scan.Finding // in what the commit has touched, as it was before
	asked  bool
}

func (a *adder) scan() {
	k := &a.s.graph.commits[a.commit]
	id := a.s.table.id(k.obj)
	a.class = k.class
	_, data, err := a.store.Get(id)
	if err != nil {
		a.damage(pack.Damage{ID: id, Err: err})
		return
	}
	var h pack.CommitHeader
	_ = h.Parse(a.store.Hash(), data) // the first pass has told if it cannot be read
	if !a.opts.NoMessages && a.opts.Only == nil {
		c := messageChunk("commit:", id, data)
		a.bytes.Add(int64(len(c.Data)))
		found := a.engine.Match(&c)
		if inHeader(found, h.Message) {
			a.veil(k.obj)
		}
		a.tell(found, "", id.String())
	}
	var parents []pack.ID
	for _, p := range a.s.graph.parentsOf(a.commit) {
		if tree := a.s.treeOf(p); !tree.IsZero() {
			parents = append(parents, tree)
		}
	}
	a.compare(h.Tree, parents, "", 0)
	for i := range a.changes {
		if c := &a.changes[i]; a.wanted(c.path) {
			a.change(c)
		}
	}
}

// wanted reports whether a path is to be looked at.
func (a *Audit) wanted(path string) bool {
	return (a.opts.Exclude == nil || !a.opts.Exclude(path)) && (a.opts.Only == nil || a.opts.Only(path))
}

// change scans one path that the commit has added or changed.
func (a *adder) change(c *change) {
	if c.fresh {
		name := c.path[strings.LastIndexByte(c.path, '/')+1:]
		a.tell(unplaced(a.engine.Match(&scan.Chunk{Data: []byte(name)}), c.path), c.path, "")
	}
	if c.id.IsZero() {
		return
	}
	data, ok := a.blob(c.id, c.path)
	if !ok {
		return
	}
	if a.opts.MaxBlob > 0 && int64(len(data)) > a.opts.MaxBlob {
		a.skip("user-limit", c.path)
		return
	}
	a.blobs.Add(1)
	a.bytes.Add(int64(len(data)))
	found, kind, errs := a.contents(c.path, data, nil)
	a.left(errs)
	if reason := kind.skipped(); reason != "" {
		a.skip(reason, c.path)
	}
	if len(found) > 0 {
		a.tell(a.added(found), c.path, c.id.String())
	}
}

func (a *adder) blob(id pack.ID, path string) ([]byte, bool) {
	kind, data, err := a.store.Get(id)
	switch {
	case errors.Is(err, pack.ErrNotFound):
		a.absent[id] = path
	case err != nil:
		a.damage(pack.Damage{ID: id, Err: err})
	}
	return data, err == nil && kind == pack.Blob
}

// added returns the findings that are in nothing that the commit has touched.
func (a *adder) added(found []scan.Finding) []scan.Finding {
	if !a.asked {
		a.asked = true
		for _, old := range a.olds() {
			if data, ok := a.blob(old.id, old.path); ok {
				found, _, _ := a.contents(old.path, data, nil)
				a.known = append(a.known, found...)
			}
		}
	}
	var out []scan.Finding
	for i := range found {
		if !holds(a.known, &found[i]) {
			out = append(out, found[i])
		}
	}
	return out
}

func holds(known []scan.Finding, f *scan.Finding) bool {
	for i := range known {
		if known[i].Secret.Equal(f.Secret) {
			return true
		}
	}
	return false
}

// tell completes the findings in a file, or, with an empty path, in the
// message, and hands them over.
func (a *adder) tell(found []scan.Finding, path, object string) {
	k := &a.s.graph.commits[a.commit]
	id := a.s.table.id(k.obj)
	origin := scan.Origin{Commit: id.String(), Object: object, Time: k.time}
	for i := range found {
		own := origin
		found[i].Exposure, found[i].Origin = a.class, &own
		own.Head = path != "" && a.noteHead(&found[i], path)
	}
	a.findings(found)
}

// noteHead notes and returns whether HEAD still has a finding in a file.
func (a *adder) noteHead(f *scan.Finding, path string) bool {
	id, ok := a.entryAt(a.headTree(), path)
	if !ok {
		return false
	}
	still := id.String() == f.Origin.Object || f.Start.Line == 0
	if kind, data, err := a.store.Get(id); !still && err == nil && kind == pack.Blob {
		found, _, _ := a.contents(path, data, nil)
		still = holds(found, f)
	}
	if still {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.inHead == nil {
			a.inHead = map[Place]bool{}
		}
		a.inHead[Place{f.Path, f.Start.Line, f.Start.Column, f.Origin.Commit}] = true
	}
	return still
}

// treeOf returns the id of a commit's tree, the zero id if it is absent.
func (s *structure) treeOf(c uint32) pack.ID {
	if tree := s.graph.commits[c].tree; tree != none {
		return s.table.id(tree)
	}
	return pack.ID{}
}
