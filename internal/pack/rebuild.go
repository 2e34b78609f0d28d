package pack

import (
	"bytes"
	"fmt"
	"sort"

	"github.com/keysift/keysift/internal/inflate"
)

// rebuildIndexes makes the indexes of the given packs from the packs. A thin pack may build on
// one that itself has to be rebuilt first, so it goes on as long as anything
// is gained.
func (s *Store) rebuildIndexes(packs []*packFile) {
	type result struct {
		p    *packFile
		lost []error
	}
	var todo []*result
	for _, p := range packs {
		todo = append(todo, &result{p: p})
	}
	for first, gained := true, true; gained; first = false {
		gained = false
		for _, t := range todo {
			if !first && t.lost == nil {
				continue
			}
			before := t.p.index().n
			t.lost = nil
			err := guard(func() error { t.lost = s.rebuild(t.p); return nil })
			if err != nil {
				t.lost = []error{err}
			}
			gained = gained || t.p.index().n > before && len(todo) > 1
		}
	}
	for _, t := range todo {
		for _, err := range t.lost {
			s.problem("%s: %w", t.p.path, err)
		}
	}
}

// A rebuilder makes the index of one pack from the pack alone.
type rebuilder struct {
	s     *Store
	p     *packFile
	r     *reader
	namer *namer

	off    []uint64
	entry  []entry
	names  []ID    // by node; zero until known
	kids   []int32 // nodes of ofs-deltas by the offset of their base
	byName []int32 // nodes of ref-deltas by the name of their base
	lost   []error
}

// rebuild sets the index to all objects that can be read and returns what cannot.
func (s *Store) rebuild(p *packFile) []error {
	b := &rebuilder{s: s, p: p, r: &reader{z: inflate.NewDecoder()}, namer: newNamer(s.opts.Hash)}
	b.scan()
	b.names = make([]ID, len(b.off))
	for i, e := range b.entry {
		switch e.kind {
		case ofsDelta:
			b.kids = append(b.kids, int32(i))
		case refDelta:
			b.byName = append(b.byName, int32(i))
		}
	}
	sort.SliceStable(b.kids, func(i, j int) bool { return b.entry[b.kids[i]].base < b.entry[b.kids[j]].base })
	sort.SliceStable(b.byName, func(i, j int) bool {
		return bytes.Compare(b.entry[b.byName[i]].ref, b.entry[b.byName[j]].ref) < 0
	})
	for i, e := range b.entry {
		if e.kind.valid() {
			b.tree(int32(i))
		}
	}
	b.thin()
	b.install()
	return b.lost
}

// scan finds where the objects start by inflating one after another. Behind a
// damaged one it looks for the next that is whole.
func (b *rebuilder) scan() {
	end := b.p.end()
	budget := resyncBudget(len(b.p.data))
	for at := packHeader; at < end; {
		e, used, err := b.whole(at)
		if err == nil {
			b.off, b.entry = append(b.off, uint64(at)), append(b.entry, e)
			at = e.body + used
			continue
		}
		next := at + 1
		for ; next < end; next++ {
			size, ok := b.plausible(next)
			if !ok {
				continue
			}
			if budget -= int64(size) + 1024; budget < 0 {
				next = end
				break
			}
			if _, _, err := b.whole(next); err == nil {
				break
			}
		}
		b.lost = append(b.lost, fmt.Errorf("%d bytes at %d are no object: %w", next-at, at, err))
		at = next
	}
	if n := b.p.count(); n != len(b.off) {
		b.lost = append(b.lost, fmt.Errorf("%d objects found, the header says %d", len(b.off), n))
	}
}

// resyncBudget bounds the bytes that may be inflated in search of the next
// object: a pack made for it could promise one at every byte.
func resyncBudget(size int) int64 { return 64<<20 + 16*int64(size) }

// whole inflates the object or delta at an offset and returns the compressed size.
func (b *rebuilder) whole(at int) (entry, int, error) {
	e, err := b.p.entry(uint64(at))
	if err != nil {
		return e, 0, err
	}
	src := b.p.data[e.body:b.p.end()]
	if err := fits(e.size, len(src), b.s.opts.MaxObject); err != nil {
		return e, 0, err
	}
	used, err := b.r.z.Inflate(b.r.room(int(e.size)), src)
	return e, used, err
}

// room returns memory for n bytes, valid until the next delta is read.
func (r *reader) room(n int) []byte {
	if cap(r.delta) < n+inflate.Slack {
		r.delta = make([]byte, n+n/4+inflate.Slack)
	}
	return r.delta[:n]
}

// plausible says whether an object may start at an offset, and how large it
// would be, at little cost.
func (b *rebuilder) plausible(at int) (uint64, bool) {
	e, err := b.p.entry(uint64(at))
	if err != nil {
		return 0, false
	}
	src := b.p.data[e.body:b.p.end()]
	return e.size, inflate.IsZlib(src) && fits(e.size, len(src), b.s.opts.MaxObject) == nil
}

// A growth is an object whose deltas are being named.
type growth struct {
	t        Type
	data     []byte
	ofs, ref []int32 // its deltas to come
}

// tree names the object at node i, which is no delta, and all deltas on it.
func (b *rebuilder) tree(i int32) {
	data, err := b.s.inflateAt(b.r, place{b.p, b.off[i]}, b.entry[i])
	if err != nil {
		b.lost = append(b.lost, fmt.Errorf("object at %d: %w", b.off[i], err))
		return
	}
	b.grow(b.named(i, b.entry[i].kind, data))
}

// named notes the name of node i and returns it with its deltas.
func (b *rebuilder) named(i int32, t Type, data []byte) growth {
	b.names[i] = b.namer.name(t, data)
	g := growth{t: t, data: data, ref: b.refDeltas(b.names[i])}
	off := b.off[i]
	lo := sort.Search(len(b.kids), func(k int) bool { return b.entry[b.kids[k]].base >= off })
	hi := lo + sort.Search(len(b.kids)-lo, func(k int) bool { return b.entry[b.kids[lo+k]].base > off })
	g.ofs = b.kids[lo:hi]
	return g
}

// refDeltas returns the ref-deltas on a name.
func (b *rebuilder) refDeltas(id ID) []int32 {
	name := id.Bytes()
	lo := sort.Search(len(b.byName), func(k int) bool { return bytes.Compare(b.entry[b.byName[k]].ref, name) >= 0 })
	hi := lo + sort.Search(len(b.byName)-lo, func(k int) bool { return !bytes.Equal(b.entry[b.byName[lo+k]].ref, name) })
	return b.byName[lo:hi]
}

// grow names the deltas on an object, depth first. An object leaves the stack
// before its last delta is entered.
func (b *rebuilder) grow(root growth) {
	stack := []growth{root}
	for len(stack) > 0 {
		g := &stack[len(stack)-1]
		var i int32
		switch {
		case len(g.ofs) > 0:
			i, g.ofs = g.ofs[0], g.ofs[1:]
		case len(g.ref) > 0:
			i, g.ref = g.ref[0], g.ref[1:]
		default:
			stack = stack[:len(stack)-1]
			continue
		}
		base := *g
		if len(g.ofs)+len(g.ref) == 0 {
			stack[len(stack)-1] = growth{}
			stack = stack[:len(stack)-1]
		}
		if !b.names[i].IsZero() {
			continue // its base is in the pack twice
		}
		data, err := b.s.applyAt(b.r, link{place{b.p, b.off[i]}, b.entry[i]}, base.data)
		if err != nil {
			b.lost = append(b.lost, fmt.Errorf("object at %d: %w", b.off[i], err))
			continue
		}
		stack = append(stack, b.named(i, base.t, data))
	}
}

// thin names deltas on objects that are not in this pack.
func (b *rebuilder) thin() {
	missing := 0
	for i := 0; i < len(b.byName); {
		id := MakeID(b.entry[b.byName[i]].ref)
		deltas := b.refDeltas(id)
		i += len(deltas)
		todo := false
		for _, k := range deltas {
			todo = todo || b.names[k].IsZero()
		}
		if !todo {
			continue
		}
		t, data, err := b.s.getWith(b.r, id, avoiding())
		if err != nil {
			if missing++; missing == 1 {
				b.lost = append(b.lost, fmt.Errorf("base %v: %w", id, err))
			}
			continue
		}
		b.grow(growth{t: t, data: data, ref: deltas})
	}
}

// install makes the index of what has a name.
func (b *rebuilder) install() {
	var ids []byte
	var offs []uint64
	for i, id := range b.names {
		if !id.IsZero() {
			ids = append(ids, id.Bytes()...)
			offs = append(offs, b.off[i])
		}
	}
	if n := len(b.names) - len(offs); n > 0 {
		b.lost = append(b.lost, fmt.Errorf("%d objects: %w", n, ErrBase))
	}
	b.p.idx.Store(newIndex(b.s.opts.Hash, ids, offs))
}
