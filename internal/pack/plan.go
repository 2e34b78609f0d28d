package pack

import (
	"fmt"
	"math/bits"
	"slices"
)

// Flags of a node: its type in the low bits, or zero if unknown.
const (
	nodeType    = 7
	nodeDeliver = 1 << 3 // the caller wants it, and from here
)

// noParent marks a node that is no delta, or one whose header or base cannot
// be found: the walk will see that and report it.
const noParent = -1

// A plan is one pack in the form the walk needs: nodes are the objects in the
// order of their offsets, followed by bases that lie outside of the pack. It
// takes about 20 bytes an object.
type plan struct {
	p      *packFile
	x      *index // as it was when the plan was made
	off    []uint64
	pos    []int32 // position in the index, by node
	flags  []uint8
	ext    []ID    // node len(off)+i is the object ext[i] from elsewhere
	first  []int32 // children of node i are kids[first[i]:first[i+1]]
	kids   []int32
	roots  []int32
	cost   []int64 // of what hangs on each of roots, see planner.weigh
	parent []int32

	deliver int   // number of objects
	bytes   int64 // compressed bytes on the way to them
}

// A skeleton is what all plans of a pack have in common. Its slices are not to
// be changed.
type skeleton struct {
	x      *index // as it was when the skeleton was made
	off    []uint64
	pos    []int32
	types  []uint8
	ext    []ID
	parent []int32
	order  []int32 // parents before children; nil: the order of the nodes
}

// planner holds what is needed only while a plan is made.
type planner struct {
	*plan
	order  []int32
	weight []uint32
	cut    bitset  // deltas that are roots nevertheless
	node   []int32 // by position in the index; made for the first ref-delta
	extOf  map[ID]int32
	lost   bool // a base is not to be found
}

// newPlan makes a plan of a pack for a number of workers. want chooses among the
// objects of the set types; dup says which positions of the index other packs
// bring.
func (s *Store) newPlan(p *packFile, workers int, types Types, want func(ID, Type) bool, dup bitset) (*plan, error) {
	k, err := s.skeleton(p)
	if err != nil {
		return nil, err
	}
	pl := &planner{
		plan:  &plan{p: p, x: k.x, off: k.off, pos: k.pos, ext: k.ext, flags: slices.Clone(k.types), parent: k.parent},
		order: k.order,
	}
	pl.link()
	pl.choose(types, want, dup)
	pl.prune(workers)
	return pl.plan, nil
}

// skeleton reads the headers of all objects of a pack, the first time.
func (s *Store) skeleton(p *packFile) (*skeleton, error) {
	if k := p.bones.Load(); k != nil && k.x == p.index() {
		return k, nil
	}
	pl := &planner{plan: &plan{p: p, x: p.index()}}
	n := pl.x.n
	pl.off, pl.pos = sortOffsets(pl.x)
	for i := 1; i < n; i++ {
		if pl.off[i] == pl.off[i-1] {
			return nil, fmt.Errorf("%s: %w: two objects at %d", p.path, errIndex, pl.off[i])
		}
	}
	pl.flags = make([]uint8, n)
	pl.parent = make([]int32, n)
	refs := false
	for i := range n {
		refs = pl.header(s, i) || refs
	}
	pl.flags = append(pl.flags, make([]uint8, len(pl.ext))...)
	for range pl.ext {
		pl.parent = append(pl.parent, noParent)
	}
	if refs {
		pl.link()
		pl.sortTopologically()
	}
	pl.spreadTypes(s)
	k := &skeleton{x: pl.x, off: pl.off, pos: pl.pos, types: pl.flags, ext: pl.ext, parent: pl.parent, order: pl.order}
	if !pl.lost && len(pl.ext) == 0 {
		p.bones.Store(k)
	}
	return k, nil
}

// header reads the head of node i and says whether it is a ref-delta.
func (pl *planner) header(s *Store, i int) bool {
	pl.parent[i] = noParent
	e, err := pl.p.entry(pl.off[i])
	switch {
	case err != nil:
	case e.kind.valid():
		pl.flags[i] = uint8(e.kind)
	case e.kind == ofsDelta:
		if j, ok := before(pl.off[:i], e.base); ok {
			pl.parent[i] = int32(j)
		}
	default:
		pl.parent[i] = pl.refBase(s, e.ref)
		return true
	}
	return false
}

func (pl *plan) id(node int) ID {
	if node >= len(pl.off) {
		return pl.ext[node-len(pl.off)]
	}
	return pl.x.id(int(pl.pos[node]))
}

// end is where the object of a node must end.
func (pl *plan) end(node int) int {
	if node+1 < len(pl.off) && pl.off[node+1] <= uint64(pl.p.end()) {
		return int(pl.off[node+1])
	}
	return pl.p.end()
}

// refBase returns the node of a ref-delta's base.
func (pl *planner) refBase(s *Store, name []byte) int32 {
	if pos, ok := pl.x.find(name); ok {
		if pl.node == nil {
			pl.node = make([]int32, len(pl.pos))
			for i, pos := range pl.pos {
				pl.node[pos] = int32(i)
			}
		}
		return pl.node[pos]
	}
	id := MakeID(name)
	if i, ok := pl.extOf[id]; ok {
		return i
	}
	if !s.Has(id) {
		pl.lost = true // it may be there the next time
		return noParent
	}
	if pl.extOf == nil {
		pl.extOf = map[ID]int32{}
	}
	i := int32(len(pl.off) + len(pl.ext))
	pl.ext = append(pl.ext, id)
	pl.extOf[id] = i
	return i
}

// before finds v in the ascending offs, near its end: bases stand shortly
// before their deltas.
func before(offs []uint64, v uint64) (int, bool) {
	hi, step := len(offs), 1
	for hi-step > 0 && offs[hi-step] > v {
		hi -= step
		step *= 2
	}
	lo := max(hi-step, 0)
	i, ok := slices.BinarySearch(offs[lo:hi], v)
	return lo + i, ok
}

// link makes the lists of children.
func (pl *planner) link() {
	pl.first = make([]int32, len(pl.parent)+1)
	for _, p := range pl.parent {
		if p >= 0 {
			pl.first[p+1]++
		}
	}
	for i := 1; i < len(pl.first); i++ {
		pl.first[i] += pl.first[i-1]
	}
	pl.kids = make([]int32, pl.first[len(pl.first)-1])
	next := slices.Clone(pl.first)
	for i, p := range pl.parent {
		if p >= 0 {
			pl.kids[next[p]] = int32(i)
			next[p]++
		}
	}
}

// sortTopologically sets order: with ref-deltas a base may stand behind its
// deltas. Those that can be reached from no root, because they form a cycle,
// become roots, where the walk will find their base missing.
func (pl *planner) sortTopologically() {
	order := make([]int32, 0, len(pl.parent))
	for i, p := range pl.parent {
		if p < 0 {
			order = append(order, int32(i))
		}
	}
	for k := 0; k < len(order); k++ {
		i := order[k]
		order = append(order, pl.kids[pl.first[i]:pl.first[i+1]]...)
	}
	pl.order = order
	if len(order) == len(pl.parent) {
		return
	}
	seen := newBitset(len(pl.parent))
	for _, i := range order {
		seen.set(int(i))
	}
	for i := range pl.parent {
		if !seen.has(i) {
			pl.parent[i] = noParent
			pl.order = append(pl.order, int32(i))
		}
	}
}

// forward calls f for bases before their deltas.
func (pl *planner) forward(f func(i int32)) {
	if pl.order == nil {
		for i := range pl.parent {
			f(int32(i))
		}
		return
	}
	for _, i := range pl.order {
		f(i)
	}
}

// backward calls f for deltas before their bases.
func (pl *planner) backward(f func(i int32)) {
	if pl.order == nil {
		for i := len(pl.parent) - 1; i >= 0; i-- {
			f(int32(i))
		}
		return
	}
	for k := len(pl.order) - 1; k >= 0; k-- {
		f(pl.order[k])
	}
}

// spreadTypes gives deltas the type of their base.
func (pl *planner) spreadTypes(s *Store) {
	for i, id := range pl.ext {
		if t, err := s.TypeOf(id); err == nil {
			pl.flags[len(pl.off)+i] = uint8(t)
		}
	}
	pl.forward(func(i int32) {
		if p := pl.parent[i]; p >= 0 {
			pl.flags[i] |= pl.flags[p] & nodeType
		}
	})
}

// choose marks the objects to deliver. Those of unknown type are among them:
// that they cannot be read must come out.
func (pl *planner) choose(types Types, want func(ID, Type) bool, dup bitset) {
	mark := func(i int32) {
		if int(i) >= len(pl.off) {
			return
		}
		t := Type(pl.flags[i] & nodeType)
		if t.valid() && !types.Has(t) || dup.has(int(pl.pos[i])) {
			return
		}
		if want != nil && t.valid() && !want(pl.id(int(i)), t) {
			return
		}
		pl.flags[i] |= nodeDeliver
		pl.deliver++
	}
	pl.forward(mark)
}

// prune drops children below which nothing is to be delivered and puts the
// child with most objects below it last. The walk keeps a base while it is in
// any child but the last, so that the bases kept at a time number no more than
// the logarithm of the objects.
func (pl *planner) prune(workers int) {
	pl.weight = make([]uint32, len(pl.parent))
	pl.backward(func(i int32) {
		if pl.flags[i]&nodeDeliver != 0 {
			pl.weight[i]++
		}
		if p := pl.parent[i]; p >= 0 {
			pl.weight[p] += pl.weight[i]
		}
	})
	cost := pl.weigh(workers)
	out := int32(0)
	for i := range pl.parent {
		from, to := pl.first[i], pl.first[i+1]
		pl.first[i] = out
		for _, k := range pl.kids[from:to] {
			if pl.weight[k] == 0 || pl.cut.has(int(k)) {
				continue
			}
			pl.kids[out] = k
			out++
			if start := pl.first[i]; pl.weight[k] < pl.weight[pl.kids[max(start, out-2)]] {
				pl.kids[out-1], pl.kids[out-2] = pl.kids[out-2], pl.kids[out-1]
			}
		}
	}
	pl.first[len(pl.parent)] = out
	pl.kids = slices.Clip(pl.kids[:out])
	for i, p := range pl.parent {
		if pl.weight[i] > 0 && (p < 0 || pl.cut.has(i)) {
			pl.roots = append(pl.roots, int32(i))
			pl.cost = append(pl.cost, cost[i])
		}
	}
}

// sortOffsets returns the offsets of an index in ascending order, with their
// positions: a radix sort, 11 bits a pass.
func sortOffsets(x *index) ([]uint64, []int32) {
	const digit = 11
	n := x.n
	off, pos := make([]uint64, n), make([]int32, n)
	top := uint64(0)
	for i := range n {
		off[i], pos[i] = x.offset(i), int32(i)
		top |= off[i]
	}
	off2, pos2 := make([]uint64, n), make([]int32, n)
	for shift := 0; shift < 64 && top>>shift != 0; shift += digit {
		var start [1<<digit + 1]int
		for _, o := range off {
			start[o>>shift&(1<<digit-1)+1]++
		}
		for i := 1; i < len(start); i++ {
			start[i] += start[i-1]
		}
		for i, o := range off {
			at := &start[o>>shift&(1<<digit-1)]
			off2[*at], pos2[*at] = o, pos[i]
			*at++
		}
		off, off2, pos, pos2 = off2, off, pos2, pos
	}
	return off, pos
}

// A bitset is a set of small numbers. The nil set is empty.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, n/64+1) }

func (b bitset) has(i int) bool { return b != nil && b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

func (b bitset) set(i int) { b[i>>6] |= 1 << (i & 63) }
