package pack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/keysift/keysift/internal/inflate"
)

// WalkOptions say what [Store.Walk] brings and to whom.
type WalkOptions struct {
	// Workers is how many goroutines call Visit at once; 0 means GOMAXPROCS.
	Workers int
	// Types are the types to bring; 0 means all.
	Types Types
	// Want chooses among the objects of these types; nil means all. It may be
	// called by several goroutines at once.
	Want func(ID, Type) bool
	// Visit is called once for each object, by worker 0 <= worker < Workers,
	// by one worker for bases before their deltas; otherwise in no particular
	// order. The first error ends the walk.
	Visit func(worker int, o *Object) error
	// Release is called with a State that Visit set, by the worker that
	// set it, as soon as no other object will see it. May be nil.
	Release func(worker int, state any)
	// Damaged is called for everything that cannot be read, by one goroutine
	// at a time. May be nil: Stats counts it in any case.
	Damaged func(Damage)
	// Start is called once, before any Visit, with what is to come. May be nil.
	Start func(Plan)
	// Verify recomputes the name of every object.
	Verify bool
	// Live is how many bytes of bases all workers together keep for deltas to
	// come; above it bases are dropped and made again when needed. An object
	// that is being visited and its base come on top. 0 means 64 MiB.
	Live int64
}

const (
	defaultLive = 64 << 20

	// freeBytes bounds what all workers together keep in buffers nobody uses,
	// freeWorker what one does.
	freeBytes  = 64 << 20
	freeWorker = 8 << 20
)

// A Plan says what a walk is about to read.
type Plan struct {
	// Objects is how many Visit will see, unless they are damaged. Loose
	// objects count whatever their type, which is not known yet.
	Objects int
	// Bytes is the compressed size of what has to be read in packs.
	Bytes int64
}

// Stats sum up a walk.
type Stats struct {
	Objects  int64 // calls of Visit
	Bytes    int64 // sum of the sizes of these objects
	Inflated int64 // bytes that came out of decompression
	Damaged  int64 // calls of Damaged
	Live     int64 // most bytes of objects that one worker held at a time
}

// Damage is something that could not be read.
type Damage struct {
	ID     ID     // zero where it is not known
	Pack   string // path of the pack or of the loose object
	Offset int64  // in the pack
	// Err is ErrBase for an object that is lost only because of its base.
	Err error
}

func (d Damage) Error() string {
	if d.ID.IsZero() {
		return fmt.Sprintf("%s at %d: %v", d.Pack, d.Offset, d.Err)
	}
	return fmt.Sprintf("object %v in %s at %d: %v", d.ID, d.Pack, d.Offset, d.Err)
}

func (d Damage) Unwrap() error { return d.Err }

// An Object is what Visit is given. It is valid during the call only.
type Object struct {
	ID   ID
	Type Type
	Data []byte // not to be changed

	// Base is the object that this one is a delta of, Data and State included;
	// nil if it was not made from a delta. A base that this worker has not
	// visited, because it is not wanted, comes from another pack, or belongs to
	// the work of another, has no State.
	Base *Object
	// State is the caller's. The object's deltas find it in their Base.
	State any
	// Children is how many deltas of this object the walk goes on with; without
	// any, a State is of use to nobody.
	Children int

	Pack   string // path of the pack or of the loose object
	Offset int64  // in the pack

	ops []byte
}

// Runs appends to runs what the object consists of: copies from Base.Data and
// new bytes, in order and without gaps. An object without Base is one new run.
func (o *Object) Runs(runs []Run) []Run {
	if o.Base != nil {
		return appendRuns(runs, o.ops)
	}
	if len(o.Data) > 0 {
		runs = append(runs, Run{Len: len(o.Data), Base: -1})
	}
	return runs
}

// A unit of work is the tree of deltas on a root of a pack, or a part of it, or the loose
// objects of one directory whose names start with the byte root.
type unit struct {
	source int32
	root   int32
}

// A walk is one call of Store.Walk.
type walk struct {
	*catalog
	opts  WalkOptions
	units []unit
	next  atomic.Int64
	stop  atomic.Bool

	mu  sync.Mutex
	err error
}

// Walk reads the whole database: each object that opts chooses once, reachable
// or not, however many copies there are. What cannot be read is passed over
// with all that depends on it and no other copy, and reported to Damaged. The
// error is that of Visit or of ctx.
func (s *Store) Walk(ctx context.Context, opts WalkOptions) (Stats, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	if opts.Types == 0 {
		opts.Types = AllTypes
	}
	if opts.Live <= 0 {
		opts.Live = defaultLive
	}
	opts.Live /= int64(opts.Workers)
	w := &walk{opts: opts}
	var stats Stats
	report := func(d Damage) {
		w.mu.Lock()
		defer w.mu.Unlock()
		stats.Damaged++
		if opts.Damaged != nil {
			opts.Damaged(d)
		}
	}
	w.catalog = s.catalog(opts.Workers, opts.Types, opts.Want, report)
	w.makeUnits()
	if opts.Start != nil {
		opts.Start(w.total())
	}
	defer context.AfterFunc(ctx, func() { w.stop.Store(true) })()
	var wg sync.WaitGroup
	for i := range opts.Workers {
		wg.Go(func() {
			v := &visitor{walk: w, index: i, report: report, r: &reader{z: inflate.NewDecoder()}}
			v.bufs.keep = min(freeWorker, freeBytes/opts.Workers)
			v.run()
			w.mu.Lock()
			defer w.mu.Unlock()
			stats.Objects += v.stats.Objects
			stats.Bytes += v.stats.Bytes
			stats.Inflated += v.stats.Inflated
			stats.Live = max(stats.Live, v.stats.Live)
		})
	}
	wg.Wait()
	if w.err == nil {
		w.err = ctx.Err()
	}
	return stats, w.err
}

// makeUnits puts the units that are large for one worker first, so that the
// walk does not end with one worker on one of them; the others follow in the
// order of the packs.
func (w *walk) makeUnits() {
	const parts = 64
	large := int64(0)
	for _, pl := range w.plans {
		for _, c := range pl.cost {
			large += c
		}
	}
	large /= int64(parts * w.opts.Workers)
	type sized struct {
		unit
		size int64
	}
	var first []sized
	var rest []unit
	for i, pl := range w.plans {
		for k, root := range pl.roots {
			u := unit{source: int32(i), root: root}
			if pl.cost[k] > large {
				first = append(first, sized{u, pl.cost[k]})
			} else {
				rest = append(rest, u)
			}
		}
		pl.cost = nil
	}
	for i := range w.loose {
		for b := range 256 {
			rest = append(rest, unit{source: int32(len(w.plans) + i), root: int32(b)})
		}
	}
	slices.SortStableFunc(first, func(a, b sized) int { return cmp.Compare(b.size, a.size) })
	w.units = make([]unit, 0, len(first)+len(rest))
	for _, u := range first {
		w.units = append(w.units, u.unit)
	}
	w.units = append(w.units, rest...)
}

func (w *walk) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.stop.Store(true)
}

var errStopped = errors.New("walk stopped")

// run takes units until there are none.
func (v *visitor) run() {
	for !v.stop.Load() {
		i := v.next.Add(1) - 1
		if i >= int64(len(v.units)) {
			return
		}
		u := v.units[i]
		err := guard(func() error {
			if int(u.source) < len(v.plans) {
				return v.tree(v.plans[u.source], u.root)
			}
			return v.looseUnit(v.loose[int(u.source)-len(v.plans)], byte(u.root))
		})
		if errors.Is(err, errMap) {
			v.faulted(u)
			err = nil
		}
		if err != nil && !errors.Is(err, errStopped) {
			v.fail(err)
			return
		}
	}
}
