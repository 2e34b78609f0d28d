package pack

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

var (
	errName = errors.New("contents do not match the name")
	errGap  = errors.New("bytes that belong to no object")
)

// A visitor is one worker of a walk.
type visitor struct {
	*walk
	index  int
	report func(Damage)
	r      *reader
	bufs   buffers
	namer  *namer
	stats  Stats

	// stack holds the objects whose deltas are not done, a base below its
	// deltas. path is the nodes from the root to the top of the stack, those
	// included that have no more deltas to come and left the stack.
	stack []*frame
	path  []int32
	spare []*frame
}

// A frame is an object whose deltas are being walked.
type frame struct {
	Object
	contents
	depth     int // subscript in path
	next, end int32
	lost      bool // the contents cannot be had
	dropped   bool // the contents were given up to save memory
}

// contents are the bytes of an object and where they come from.
type contents struct {
	kind  Type
	data  []byte
	buf   []byte // to be put back; nil if the data is shared
	ops   []byte // the delta that made data of the base, until the next is read
	based bool
}

// tree visits the objects that hang on one root, depth first.
func (v *visitor) tree(pl *plan, root int32) error {
	defer v.unwind()
	base := v.above(pl, root)
	err := v.enter(pl, root, base)
	if base != nil {
		v.leave(base)
	}
	if err != nil {
		return err
	}
	for len(v.stack) > 0 {
		if v.stop.Load() {
			return errStopped
		}
		f := v.stack[len(v.stack)-1]
		child := pl.kids[f.next]
		f.next++
		if f.dropped {
			v.restore(pl, len(v.stack)-1)
		}
		if f.next == f.end { // its data lives on until the child has been visited
			v.stack = v.stack[:len(v.stack)-1]
		}
		err := v.enter(pl, child, f)
		if f.next == f.end {
			v.leave(f)
		}
		if err != nil {
			return err
		}
		v.save()
	}
	return nil
}

// above makes the base of a root that is a delta, and notes the way to it; nil
// for any other. Nothing else of the pack is to be visited by it.
func (v *visitor) above(pl *plan, root int32) *frame {
	v.path = v.path[:0]
	for p := pl.parent[root]; p >= 0; p = pl.parent[p] {
		v.path = append(v.path, p)
	}
	if len(v.path) == 0 {
		return nil
	}
	slices.Reverse(v.path)
	node := v.path[len(v.path)-1]
	f := v.frame()
	f.ID, f.Pack, f.depth = pl.id(int(node)), pl.p.path, len(v.path)-1
	if int(node) < len(pl.off) {
		f.Offset = int64(pl.off[node])
	}
	v.remake(pl, f, nil, 0)
	f.Type = f.kind
	return f
}

// enter reads and visits the object of a node and puts it on the stack if it
// has deltas. base is nil for a root.
func (v *visitor) enter(pl *plan, node int32, base *frame) error {
	f := v.frame()
	f.next, f.end = pl.first[node], pl.first[node+1]
	f.ID, f.Type = pl.id(int(node)), Type(pl.flags[node]&nodeType)
	f.Children, f.Pack = int(f.end-f.next), pl.p.path
	if int(node) < len(pl.off) {
		f.Offset = int64(pl.off[node])
	}
	if base != nil {
		f.depth = base.depth + 1
	}
	deliver := pl.flags[node]&nodeDeliver != 0
	if err := v.load(pl, node, f, base); err != nil {
		f.lost = true
		if deliver {
			v.report(Damage{ID: f.ID, Pack: f.Pack, Offset: f.Offset, Err: err})
		}
	} else if deliver {
		if err := v.deliver(pl, node, f, base); err != nil {
			v.leave(f)
			return err
		}
	}
	if f.next == f.end {
		v.leave(f)
		return nil
	}
	v.path = append(v.path[:f.depth], node)
	v.stack = append(v.stack, f)
	return nil
}

// load fills in the contents of f.
func (v *visitor) load(pl *plan, node int32, f, base *frame) error {
	var from *contents
	if base != nil && !base.lost {
		from = &base.contents
	}
	c, err := v.materialise(pl, node, from, true)
	if err != nil {
		return err
	}
	f.contents = c
	f.Type, f.Data = c.kind, c.data
	return nil
}

// deliver calls Visit for f, whose contents are loaded.
func (v *visitor) deliver(pl *plan, node int32, f, base *frame) error {
	if pl.flags[node]&nodeType == 0 && !v.wanted(f.ID, f.Type) {
		return nil // its type came to light only now
	}
	if v.opts.Verify && v.name(f.Type, f.Data) != f.ID {
		return v.deliverOther(pl, node, f)
	}
	if f.based && base != nil {
		f.Base = &base.Object
		f.Object.ops = f.contents.ops
	}
	err := v.visit(&f.Object)
	f.Base, f.Object.ops = nil, nil
	return err
}

// deliverOther visits another copy of an object that is not what its name
// says. Its deltas go on with the wrong contents, as git would, but without
// the State: they are verified themselves.
func (v *visitor) deliverOther(pl *plan, node int32, f *frame) error {
	c, err := v.elsewhere(f.ID, place{pl.p, pl.off[node]}, errName)
	if err != nil {
		v.report(Damage{ID: f.ID, Pack: f.Pack, Offset: f.Offset, Err: err})
		return nil
	}
	o := Object{ID: f.ID, Type: c.kind, Data: c.data, Pack: f.Pack, Offset: f.Offset}
	err = v.visit(&o)
	v.release(o.State)
	return err
}

func (v *visitor) visit(o *Object) error {
	v.stats.Objects++
	v.stats.Bytes += int64(len(o.Data))
	if v.opts.Visit == nil {
		return nil
	}
	return v.opts.Visit(v.index, o)
}

func (v *visitor) wanted(id ID, t Type) bool {
	return v.opts.Types.Has(t) && (v.opts.Want == nil || v.opts.Want(id, t))
}

func (v *visitor) name(t Type, data []byte) ID {
	if v.namer == nil {
		v.namer = newNamer(v.s.opts.Hash)
	}
	return v.namer.name(t, data)
}

// materialise makes the contents of a node, from base if it is a delta; base is
// nil for roots and when it is lost. What is damaged is looked for elsewhere.
func (v *visitor) materialise(pl *plan, node int32, base *contents, first bool) (contents, error) {
	if int(node) >= len(pl.off) {
		t, data, err := v.s.get(pl.id(int(node)), avoiding())
		return contents{kind: t, data: data}, err
	}
	c, err := v.read(pl, int(node), base, first)
	if err == nil {
		return c, nil
	}
	return v.elsewhere(pl.id(int(node)), place{pl.p, pl.off[node]}, err)
}

// elsewhere reads a copy of an object that is not at the given place; cause is
// what is wrong there.
func (v *visitor) elsewhere(id ID, not place, cause error) (contents, error) {
	t, data, err := v.s.get(id, avoiding(not))
	if err == nil && v.opts.Verify && v.name(t, data) != id {
		err = errName
	}
	if err != nil {
		return contents{}, cause
	}
	return contents{kind: t, data: data}, nil
}

// read makes the contents of a node from this pack.
func (v *visitor) read(pl *plan, node int, base *contents, first bool) (contents, error) {
	e, err := pl.p.entry(pl.off[node])
	if err != nil {
		return contents{}, err
	}
	end := pl.end(node)
	if e.body > end {
		return contents{}, errHeader
	}
	src := pl.p.data[e.body:end]
	c := contents{}
	used := 0
	if e.kind.valid() {
		if err := fits(e.size, len(src), v.s.opts.MaxObject); err != nil {
			return c, err
		}
		c.kind = e.kind
		c.buf = v.bufs.get(int(e.size))
		used, err = v.r.z.Inflate(c.buf, src)
	} else {
		if base == nil {
			return c, ErrBase
		}
		var size int
		c.ops, size, used, err = v.r.inflateDelta(src, e.size, base.data, v.s.opts.MaxObject)
		if err != nil {
			return c, err
		}
		c.kind, c.based = base.kind, true
		c.buf = v.bufs.get(size)
		err = applyDelta(c.buf, base.data, c.ops)
	}
	if err != nil {
		v.bufs.put(c.buf)
		return contents{}, err
	}
	c.data = c.buf
	if first {
		v.stats.Inflated += int64(e.size)
		if used < len(src) && !pl.x.rebuilt() {
			v.report(Damage{Pack: pl.p.path, Offset: int64(e.body + used), Err: errGap})
		}
	}
	return c, nil
}

// save gives up the contents of bases, the farthest from the top first, while
// too many bytes are held. The top is needed next.
func (v *visitor) save() {
	for i := 0; v.bufs.live > v.opts.Live && i < len(v.stack)-1; i++ {
		if f := v.stack[i]; f.buf != nil {
			v.bufs.put(f.buf)
			f.contents = contents{kind: f.kind}
			f.Data, f.dropped = nil, true
		}
	}
}

// restore makes the contents of stack[i] again, from the nearest object below
// that still has its own.
func (v *visitor) restore(pl *plan, i int) {
	f := v.stack[i]
	f.dropped = false
	var base *contents
	start := 0
	for k := i - 1; k >= 0; k-- {
		if g := v.stack[k]; !g.dropped && !g.lost {
			base, start = &g.contents, g.depth+1
			break
		}
	}
	v.remake(pl, f, base, start)
}

// remake makes the contents of f from base, which stands before path[start].
func (v *visitor) remake(pl *plan, f *frame, base *contents, start int) {
	var c contents
	for d := start; d <= f.depth; d++ {
		next, err := v.materialise(pl, v.path[d], base, false)
		if c.buf != nil {
			v.bufs.put(c.buf)
		}
		if err != nil && d == f.depth {
			f.lost = true
			return
		}
		base = nil
		if c = next; err == nil {
			base = &c
		}
	}
	f.contents, f.Data = c, c.data
}

// frame returns an empty frame.
func (v *visitor) frame() *frame {
	if n := len(v.spare); n > 0 {
		f := v.spare[n-1]
		v.spare = v.spare[:n-1]
		return f
	}
	return new(frame)
}

// leave ends the life of an object.
func (v *visitor) leave(f *frame) {
	if f.buf != nil {
		v.bufs.put(f.buf)
	}
	v.release(f.State)
	*f = frame{}
	v.spare = append(v.spare, f)
}

func (v *visitor) release(state any) {
	if state != nil && v.opts.Release != nil {
		v.opts.Release(v.index, state)
	}
}

// unwind leaves what an error left on the stack.
func (v *visitor) unwind() {
	for _, f := range v.stack {
		v.leave(f)
	}
	v.stack, v.path = v.stack[:0], v.path[:0]
	v.stats.Live = max(v.stats.Live, v.bufs.peak)
	v.bufs.live = 0 // a fault may have lost a buffer
}

// faulted reports a unit that ended because its file could not be read.
func (v *visitor) faulted(u unit) {
	d := Damage{Err: errMap}
	if int(u.source) < len(v.plans) {
		d.Pack = v.plans[u.source].p.path
	}
	v.report(d)
}

// looseUnit visits the loose objects whose names start with b.
func (v *visitor) looseUnit(l *looseList, b byte) error {
	hs := v.s.opts.Hash.Size()
	n := len(l.names) / hs
	i := sort.Search(n, func(i int) bool { return l.name(i, hs)[0] >= b })
	for ; i < n && l.name(i, hs)[0] == b; i++ {
		if v.stop.Load() {
			return errStopped
		}
		if l.dup.has(i) {
			continue
		}
		if err := v.looseObject(l, MakeID(l.name(i, hs))); err != nil {
			return err
		}
	}
	return nil
}

func (v *visitor) looseObject(l *looseList, id ID) error {
	path := loosePath(l.dir, id)
	t, buf, skip, err := v.r.readLoose(path, v.s.opts.MaxObject, v.bufs.get)
	c := contents{kind: t, buf: buf}
	if err == nil {
		c.data = buf[skip:]
		if v.opts.Verify && v.name(t, c.data) != id {
			err = errName
		}
	}
	if err != nil {
		if c.buf != nil {
			v.bufs.put(c.buf)
		}
		if c, err = v.elsewhere(id, place{}, fmt.Errorf("loose object: %w", err)); err != nil {
			v.report(Damage{ID: id, Pack: path, Err: err})
			return nil
		}
	} else {
		v.stats.Inflated += int64(len(buf))
	}
	if v.wanted(id, c.kind) {
		o := Object{ID: id, Type: c.kind, Data: c.data, Pack: path}
		err = v.visit(&o)
		v.release(o.State)
	}
	if c.buf != nil {
		v.bufs.put(c.buf)
	}
	v.stats.Live = max(v.stats.Live, v.bufs.peak)
	return err
}
