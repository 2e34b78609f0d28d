package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/keysift/keysift/internal/inflate"
)

// A reader holds what one goroutine needs to read objects.
type reader struct {
	z     *inflate.Decoder
	delta []byte // an inflated delta
	head  []byte // the start of a loose object
	file  []byte // a loose object's file
}

// A place is where a copy of an object is.
type place struct {
	pack *packFile
	off  uint64
}

// maxChain bounds the length of a delta chain; git itself makes none longer
// than 4095. It ends cycles, too.
const maxChain = 1 << 16

// maxRepair bounds how often one read looks for another copy of a base.
const maxRepair = 64

var errEndless = errors.New("endless chain of deltas")

// An attempt is what one read knows of damage.
type attempt struct {
	bad     map[place]bool // copies not to be read
	repairs int
}

func avoiding(places ...place) *attempt {
	a := &attempt{bad: map[place]bool{}}
	for _, at := range places {
		a.bad[at] = true
	}
	return a
}

// Get returns the type and contents of an object. The contents may be shared:
// they must not be changed. An object that no directory has is ErrNotFound;
// with several copies, one that can be read is enough.
func (s *Store) Get(id ID) (Type, []byte, error) {
	return s.get(id, avoiding())
}

// Has says whether the store has an object, readable or not.
func (s *Store) Has(id ID) bool {
	return s.has(id) || s.reload() && s.has(id)
}

func (s *Store) has(id ID) bool {
	found := false
	err := guard(func() error {
		_, found = s.place(nil, id.Bytes())
		return nil
	})
	if found && err == nil {
		return true
	}
	if len(id.Bytes()) != s.opts.Hash.Size() {
		return false
	}
	for _, dir := range s.dirs {
		if _, err := os.Stat(loosePath(dir, id)); err == nil {
			return true
		}
	}
	return false
}

// get reads any copy of an object that try does not exclude.
func (s *Store) get(id ID, try *attempt) (t Type, data []byte, err error) {
	r := s.readers.Get().(*reader)
	defer s.readers.Put(r)
	err = guard(func() error {
		t, data, err = s.getWith(r, id, try)
		if errors.Is(err, ErrNotFound) && s.reload() {
			t, data, err = s.getWith(r, id, try)
		}
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return t, data, nil
}

func (s *Store) getWith(r *reader, id ID, try *attempt) (Type, []byte, error) {
	if len(id.Bytes()) != s.opts.Hash.Size() {
		return 0, nil, ErrNotFound
	}
	var first error
	for _, p := range s.packs() {
		i, ok := p.index().find(id.Bytes())
		if !ok {
			continue
		}
		at := place{p, p.index().offset(i)}
		if try.bad[at] {
			continue
		}
		t, data, err := s.readAt(r, at, try)
		if err == nil {
			return t, data, nil
		}
		if first == nil {
			first = fmt.Errorf("object %v in %s at %d: %w", id, p.path, at.off, err)
		}
	}
	for _, dir := range s.dirs {
		t, buf, skip, err := r.readLoose(loosePath(dir, id), s.opts.MaxObject, makeSlack)
		if err == nil {
			return t, buf[skip:], nil
		}
		if first == nil && !errors.Is(err, os.ErrNotExist) {
			first = fmt.Errorf("loose object %v: %w", id, err)
		}
	}
	if first == nil {
		first = ErrNotFound
	}
	return 0, nil, first
}

// TypeOf returns the type of an object without reading its contents.
func (s *Store) TypeOf(id ID) (t Type, err error) {
	r := s.readers.Get().(*reader)
	defer s.readers.Put(r)
	err = guard(func() error {
		t, err = s.typeOf(r, id)
		if errors.Is(err, ErrNotFound) && s.reload() {
			t, err = s.typeOf(r, id)
		}
		return err
	})
	return t, err
}

func (s *Store) typeOf(r *reader, id ID) (Type, error) {
	err := error(ErrNotFound)
	for hops := 0; len(id.Bytes()) == s.opts.Hash.Size() && hops < maxChain; hops++ {
		at, ok := s.place(nil, id.Bytes())
		if !ok {
			for _, dir := range s.dirs {
				t, e := r.looseType(loosePath(dir, id))
				if e == nil {
					return t, nil
				}
				if !errors.Is(e, fs.ErrNotExist) {
					err = e
				}
			}
			return 0, err
		}
		e, err := at.pack.entry(at.off)
		for ; err == nil && e.kind == ofsDelta; hops++ {
			e, err = at.pack.entry(e.base)
		}
		if err != nil {
			return 0, err
		}
		if e.kind.valid() {
			return e.kind, nil
		}
		id = MakeID(e.ref)
	}
	return 0, errors.Join(errDelta, err)
}

// makeSlack allocates n bytes with the room the inflater likes.
func makeSlack(n int) []byte { return make([]byte, n, n+inflate.Slack) }

// A link is a delta on the way to its base.
type link struct {
	at place
	e  entry
}

// readAt reads the object at one place of a pack.
func (s *Store) readAt(r *reader, at place, try *attempt) (Type, []byte, error) {
	var chain []link
	t, data, err := s.base(r, at, &chain, try)
	if errors.Is(err, errEndless) {
		return 0, nil, err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		if err == nil {
			data, err = s.applyAt(r, chain[i], data)
		}
		if err != nil {
			if i == 0 {
				break
			}
			// A base is damaged here but may be sound elsewhere.
			t, data, err = s.otherCopy(r, chain[i].at, try, err)
			continue
		}
		s.cache.put(chain[i].at, t, data)
	}
	if err != nil {
		return 0, nil, err
	}
	return t, data, nil
}

// base follows a chain of deltas to what they start from and notes them.
func (s *Store) base(r *reader, at place, chain *[]link, try *attempt) (Type, []byte, error) {
	for {
		if t, data, ok := s.cache.get(at); ok {
			return t, data, nil
		}
		e, err := at.pack.entry(at.off)
		if err != nil {
			return s.otherBase(r, at, *chain, try, err)
		}
		if e.kind.valid() {
			data, err := s.inflateAt(r, at, e)
			if err != nil {
				return s.otherBase(r, at, *chain, try, err)
			}
			s.cache.put(at, e.kind, data)
			return e.kind, data, nil
		}
		if len(*chain) == maxChain {
			return 0, nil, errEndless
		}
		*chain = append(*chain, link{at, e})
		if e.kind == ofsDelta {
			at.off = e.base
			continue
		}
		next, ok := s.place(at.pack, e.ref)
		if !ok {
			t, data, err := s.getWith(r, MakeID(e.ref), try) // loose, or nowhere
			if err != nil {
				return 0, nil, fmt.Errorf("%w: %w", ErrBase, err)
			}
			return t, data, nil
		}
		at = next
	}
}

// otherBase is otherCopy for a base; the object asked for has none: its caller
// looks for other copies itself.
func (s *Store) otherBase(r *reader, at place, chain []link, try *attempt, err error) (Type, []byte, error) {
	if len(chain) == 0 {
		return 0, nil, err
	}
	return s.otherCopy(r, at, try, err)
}

// otherCopy reads the object at a damaged place from somewhere else.
func (s *Store) otherCopy(r *reader, at place, try *attempt, cause error) (Type, []byte, error) {
	fail := func() (Type, []byte, error) { return 0, nil, fmt.Errorf("%w: %w", ErrBase, cause) }
	if try.bad[at] || try.repairs >= maxRepair {
		return fail()
	}
	try.bad[at] = true
	try.repairs++
	x := at.pack.index()
	for i := range x.n {
		if x.offset(i) != at.off {
			continue
		}
		t, data, err := s.getWith(r, x.id(i), try)
		if err != nil {
			return fail()
		}
		return t, data, nil
	}
	return fail()
}

// place finds a name in a pack, in prefer first unless that is nil.
func (s *Store) place(prefer *packFile, name []byte) (place, bool) {
	if prefer != nil {
		if i, ok := prefer.index().find(name); ok {
			return place{prefer, prefer.index().offset(i)}, true
		}
	}
	for _, p := range s.packs() {
		if p == prefer {
			continue
		}
		if i, ok := p.index().find(name); ok {
			return place{p, p.index().offset(i)}, true
		}
	}
	return place{}, false
}

func (s *Store) inflateAt(r *reader, at place, e entry) ([]byte, error) {
	src := at.pack.data[e.body:at.pack.end()]
	if err := fits(e.size, len(src), s.opts.MaxObject); err != nil {
		return nil, err
	}
	data := makeSlack(int(e.size))
	_, err := r.z.Inflate(data, src)
	return data, err
}

func (s *Store) applyAt(r *reader, l link, base []byte) ([]byte, error) {
	src := l.at.pack.data[l.e.body:l.at.pack.end()]
	ops, size, _, err := r.inflateDelta(src, l.e.size, base, s.opts.MaxObject)
	if err != nil {
		return nil, err
	}
	data := make([]byte, size)
	return data, applyDelta(data, base, ops)
}

// largeResult is the size from which a delta is checked before memory is
// allocated for its result: a few bytes can promise gigabytes.
const largeResult = 16 << 20

// inflateDelta inflates a delta of the given size for base into r.delta. It
// returns the instructions, the size of the result and the bytes of src used.
func (r *reader) inflateDelta(src []byte, size uint64, base []byte, limit int64) (ops []byte, result, used int, err error) {
	if err := fits(size, len(src), limit); err != nil {
		return nil, 0, 0, err
	}
	if uint64(cap(r.delta)) < size+inflate.Slack {
		r.delta = make([]byte, size+size/4+inflate.Slack)
	}
	delta := r.delta[:size]
	used, err = r.z.Inflate(delta, src)
	if err != nil {
		return nil, 0, 0, err
	}
	from, to, ops, err := deltaSizes(delta)
	switch {
	case err != nil:
		return nil, 0, 0, err
	case from != uint64(len(base)):
		return nil, 0, 0, errDelta
	case to > uint64(limit):
		return nil, 0, 0, ErrTooLarge
	case to > largeResult && !checkDelta(ops, to):
		return nil, 0, 0, errDelta
	}
	return ops, int(to), used, nil
}

// cacheBytes bounds what a store keeps of objects that single reads went through.
const cacheBytes = 32 << 20

// A baseCache keeps recently read objects, because the next one asked for is
// often their neighbour in a delta chain. The oldest goes first.
type baseCache struct {
	mu    sync.Mutex
	have  map[place]cached
	order []place // oldest first, from head on
	head  int
	size  int
}

type cached struct {
	t    Type
	data []byte
}

func (c *baseCache) get(at place) (Type, []byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.have[at]
	return e.t, e.data, ok
}

func (c *baseCache) put(at place, t Type, data []byte) {
	if len(data) > cacheBytes/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.have[at]; ok {
		return
	}
	if c.have == nil {
		c.have = map[place]cached{}
	}
	c.have[at] = cached{t, data}
	c.order = append(c.order, at)
	const each = 256 // what an entry takes beside its data, roughly
	c.size += len(data) + each
	for c.size > cacheBytes {
		old := c.order[c.head]
		c.size -= len(c.have[old].data) + each
		delete(c.have, old)
		c.head++
	}
	if c.head > len(c.order)/2 {
		c.order = append(c.order[:0], c.order[c.head:]...)
		c.head = 0
	}
}
