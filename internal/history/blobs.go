package history

import (
	"strings"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// A blobReader is one worker of the pass over blobs.
type blobReader struct {
	*run
	paths *paths
	kinds *pathKinds
	head  *headTree
	at    []place         // of the blob at hand
	names []string        // their paths
	known map[step]string // paths made before

	scratch, again scan.Trace    // of blobs without deltas, and of a blob under a further path
	free           []*scan.Trace // of blobs whose deltas are done
	parts          []pack.Run
	runs           []rules.Run
	view           lens
}

// scanBlobs makes the third pass.
func (r *run) scanBlobs(p *paths) error {
	readers := make([]*blobReader, r.opts.Jobs)
	for i := range readers {
		readers[i] = &blobReader{run: r, paths: p, kinds: newPathKinds(r.opts.Rules), head: newHeadTree(p, r.tips), known: map[step]string{}}
	}
	opts := r.walk(pack.Blob)
	seen := r.recall(p)
	opts.Want = func(id pack.ID, _ pack.Type) bool {
		n := p.table.find(id)
		return n != none && p.objects[n].class != scan.NoExposure && !seen.has(n)
	}
	opts.Visit = func(worker int, o *pack.Object) error {
		readers[worker].blob(o)
		return nil
	}
	opts.Release = func(worker int, state any) {
		if tr, ok := state.(*scan.Trace); ok {
			readers[worker].free = append(readers[worker].free, tr)
		}
	}
	_, err := r.store.Walk(r.ctx, opts)
	return err
}

// blob scans one blob under each of its paths.
func (b *blobReader) blob(o *pack.Object) {
	b.done.Add(1)
	n := b.paths.table.find(o.ID)
	if n == none || b.paths.objects[n].class == scan.NoExposure {
		return // it was added since the objects were listed
	}
	names := b.placesOf(n)
	if len(names) == 0 {
		if path := b.path(b.paths.objects[n].step); b.opts.Exclude != nil && b.opts.Exclude(path) {
			b.skip("excluded", path)
		}
		return
	}
	if b.opts.MaxBlob > 0 && int64(len(o.Data)) > b.opts.MaxBlob {
		b.skip("user-limit", names[0])
		return
	}
	b.blobs.Add(1)
	b.bytes.Add(int64(len(o.Data)))
	b.match(o, names)
}

// placesOf fills b.at with the places of a blob that are to be looked at, and
// returns their paths.
func (b *blobReader) placesOf(n uint32) []string {
	first := b.paths.objects[n]
	b.at = append(b.at[:0], place{first.step, n, first.commit, first.class})
	b.at = append(b.at, b.paths.places(n)...)
	names := b.names[:0]
	for i := 0; i < len(b.at); {
		path := b.path(b.at[i].step)
		if !b.wanted(path) {
			b.at = append(b.at[:i], b.at[i+1:]...)
			continue
		}
		names = append(names, path)
		i++
	}
	b.names = names
	return names
}

// recall returns the blobs of which the cache knows that nothing is in them.
func (r *run) recall(p *paths) bitset {
	seen := newBitset(p.table.len())
	if r.cache == nil || len(r.cache.old) == 0 || r.opts.Verify {
		return seen
	}
	b := &blobReader{run: r, paths: p, known: map[step]string{}}
	for n, kind := range p.table.kinds {
		obj := uint32(n)
		if kind != pack.Blob || p.objects[n].class == scan.NoExposure {
			continue
		}
		names := b.placesOf(obj)
		if len(names) == 0 {
			continue // left out, and told so when it is read
		}
		kind, ok := r.cache.has(r.cache.hash(p.table.id(obj), names))
		if !ok {
			continue
		}
		seen.add(obj)
		r.blobs.Add(1)
		r.done.Add(1)
		if reason := kind.skipped(); reason != "" {
			r.skip(reason, names[0])
		}
	}
	return seen
}

// path returns the path of a place. Versions of a file have it in common.
func (b *blobReader) path(at step) string {
	path, ok := b.known[at]
	if !ok {
		if len(b.known) == maxAsked {
			clear(b.known)
		}
		path = b.paths.path(at)
		b.known[at] = path
	}
	return path
}

func (r *run) skip(reason, path string) {
	r.send(event{err: &scan.Skipped{Reason: reason, Path: path}})
}

// left tells what was left out of a blob.
func (r *run) left(errs []error) {
	for _, err := range errs {
		r.send(event{err: err})
	}
}

// match scans a blob under the paths of b.at, whose names are given.
func (b *blobReader) match(o *pack.Object, names []string) {
	tr := b.trace(o)
	found, kind, errs := b.contents(names[0], o.Data, b.lens(o, tr))
	b.left(errs)
	if reason := kind.skipped(); reason != "" {
		b.skip(reason, names[0])
	}
	total := len(found)
	b.tell(&b.at[0], found)
	for i, name := range names[1:] {
		again := renamed(found, names[0], name)
		if b.kinds.differ(names[0], name) {
			var more []error
			again, _, more = b.contents(name, o.Data, b.lensAgain(o, tr))
			b.left(more)
			errs = append(errs, more...)
		}
		total += len(again)
		b.tell(&b.at[i+1], again)
	}
	if total == 0 && len(errs) == 0 && b.cache != nil {
		b.cache.add(b.cache.hash(o.ID, names), kind)
	}
}

// trace returns where to note what is seen of a blob; for its deltas, if it
// has any.
func (b *blobReader) trace(o *pack.Object) *scan.Trace {
	if o.Children == 0 || b.opts.NoDelta {
		return &b.scratch
	}
	tr := new(scan.Trace)
	if n := len(b.free); n > 0 {
		tr, b.free = b.free[n-1], b.free[:n-1]
	}
	o.State = tr
	return tr
}

// lens returns how to look at a blob: nil for as a whole.
func (b *blobReader) lens(o *pack.Object, tr *scan.Trace) *lens {
	if b.opts.NoDelta {
		return nil
	}
	l := &b.view
	*l = lens{Delta: scan.Delta{Leaf: o.Children == 0}, trace: tr}
	if o.Base != nil {
		l.Base, _ = o.Base.State.(*scan.Trace)
	}
	if l.Base != nil {
		b.parts, b.runs = o.Runs(b.parts[:0]), b.runs[:0]
		for _, p := range b.parts {
			b.runs = append(b.runs, rules.Run(p))
		}
		l.Runs = b.runs
	}
	return l
}

// lensAgain returns how to look at a blob under a further path, given what was
// seen of it under the first.
func (b *blobReader) lensAgain(o *pack.Object, tr *scan.Trace) *lens {
	if b.opts.NoDelta {
		return nil
	}
	b.runs = append(b.runs[:0], rules.Run{Len: len(o.Data)})
	b.view = lens{Delta: scan.Delta{Base: tr, Runs: b.runs, Leaf: true}, trace: &b.again}
	return &b.view
}

// renamed returns findings below one path as they are below another.
func renamed(found []scan.Finding, from, to string) []scan.Finding {
	if len(found) == 0 {
		return nil
	}
	out := make([]scan.Finding, len(found))
	for i := range found {
		out[i] = found[i]
		out[i].Path = to + strings.TrimPrefix(out[i].Path, from)
	}
	return out
}

// tell completes the findings in a blob at one place and hands them over.
func (b *blobReader) tell(at *place, found []scan.Finding) {
	if len(found) == 0 {
		return
	}
	origin := b.head.origin(at)
	for i := range found {
		found[i].Exposure, found[i].Origin = at.class, origin
	}
	b.mark(at.obj)
	b.findings(found)
}

// mark notes that an object holds findings.
func (r *run) mark(obj uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.marked.add(obj)
}

// commitID returns the id of a commit, an empty string for none.
func (p *paths) commitID(c uint32) string {
	if c == none {
		return ""
	}
	return p.id(p.graph.commits[c].obj)
}
