package history

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/keysift/keysift/internal/pack"
	"github.com/keysift/keysift/internal/repo"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Options configure an [Audit]. The zero value audits everything.
type Options struct {
	Env   repo.Env   // nil knows no variable
	Rules *rules.Set // those of the engine
	Jobs  int        // goroutines that scan; 0 means 1

	// Public says that branches count as pushed, as in a CI system. Bare
	// repositories and mirrors are public in any case.
	Public bool

	NoUnreachable bool // leave out what nothing refers to
	NoMessages    bool // leave out messages of commits and tags, and reflogs
	NoDelta       bool // scan every blob whole
	Verify        bool // compare objects with their names

	// Range, as A..B or A...B, narrows the run to what these commits add; an
	// all-zero A stands for all other refs, and "auto" for what the variables
	// of a CI system say. Since is the same with only A, up to Branch or HEAD.
	// Branch narrows it to what that reaches, and Only to paths for which it
	// returns true. A narrowed run looks at what refs reach only.
	Range, Since, Branch string
	Only                 func(path string) bool

	// Cache is a folder in which to remember blobs without findings, so that
	// another run with the same rules and the same Build of the program does
	// not read them again; empty for none. A run over a range does without.
	Cache, Build string

	// Exclude reports whether a path is to be left out; nil leaves out none.
	Exclude func(path string) bool
	// MaxBlob is the size in bytes above which a blob is left out; 0 means no
	// limit.
	MaxBlob int64
	// Archives says how containers are opened.
	Archives scan.Archives
}

// An Audit reads one repository. One goroutine at a time
// may use it, but for [Audit.Progress].
type Audit struct {
	repo   *repo.Repo
	store  *pack.Store
	opts   Options
	tips   *tips
	cut    map[pack.ID]bool // shallow commits
	paths  *paths           // nil until the second pass is done
	mu     sync.Mutex       // guards what the workers note
	marked bitset           // objects that hold findings
	veiled map[uint32]bool  // commits, by object, that have one beside their message
	line   *line            // made when first asked for
	owners *codeOwners      // likewise
	cache  *cache           // nil for none

	empty       string         // the range, if it adds no commits
	structureOf *structure     // of a run over a range
	inHead      map[Place]bool // findings of such a run that HEAD still has
	maxPlaces   int            // see leastPlaces; 0 outside tests
	blobs       atomic.Int64
	commit      atomic.Int64
	bytes       atomic.Int64
	done        atomic.Int64 // objects
	total       atomic.Int64 // likewise; 0 until it is known
}

// Progress says how far a run has got.
type Progress struct {
	Blobs, Commits int64 // scanned
	Bytes          int64 // of blobs and messages
	Objects, Total int64 // read and to be read; Total is 0 until it is known
}

// Open finds the repository that dir belongs to and reads what refers to
// objects. The error wraps [repo.ErrNotRepository] if there is none. One that is
// about the repository wraps an [*scan.Incomplete], the record for a report.
func Open(dir string, opts Options) (*Audit, error) {
	opts.Jobs = max(opts.Jobs, 1)
	r, err := repo.Discover(dir, opts.Env)
	if err != nil {
		return nil, notOpened(dir, err)
	}
	dirs, err := r.ObjectDirs()
	if err != nil {
		return nil, notOpened(dir, err)
	}
	format := pack.SHA1
	if r.Format == repo.SHA256 {
		format = pack.SHA256
	}
	store, err := pack.Open(r.Objects, pack.Options{Hash: format, Alternates: dirs[1:], MaxObject: math.MaxInt32 - 64})
	if err != nil {
		return nil, notOpened(dir, err)
	}
	a := &Audit{repo: r, store: store, opts: opts}
	a.opts.Public = opts.Public || r.Bare || mirrors(r.Config)
	if a.cut, err = shallowCommits(r); err != nil {
		return nil, errors.Join(notOpened(dir, err), store.Close())
	}
	if opts.Cache != "" {
		if a.cache, err = openCache(opts.Cache, opts.Rules, opts.Build); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	a.tips = readTips(r, a.opts.Public)
	return a, nil
}

// Close lets go of the packs and writes the cache, if there is one.
func (a *Audit) Close() error {
	err := a.store.Close()
	if a.cache != nil {
		err = errors.Join(err, a.cache.save())
	}
	return err
}

// Root is the top of the work tree, or the git directory of a bare repository.
func (a *Audit) Root() string {
	if a.repo.WorkTree != "" {
		return a.repo.WorkTree
	}
	return filepath.Clean(a.repo.GitDir)
}

// Empty returns the range that the run was narrowed to if that adds no commits.
func (a *Audit) Empty() string { return a.empty }

// Progress may be called at any time.
func (a *Audit) Progress() Progress {
	return Progress{
		Blobs: a.blobs.Load(), Commits: a.commit.Load(), Bytes: a.bytes.Load(),
		Objects: a.done.Load(), Total: a.total.Load(),
	}
}

// An event is what a run tells.
type event struct {
	finding scan.Finding
	err     error
}

// Findings reads the repository with an engine. It yields findings, what could
// not be read ([*scan.Incomplete]) and what was left out ([*scan.Skipped]), in
// no particular order; any other error is the last. It is to be called once.
func (a *Audit) Findings(ctx context.Context, engine *scan.Engine) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		r := &run{Audit: a, ctx: ctx, engine: engine, events: make(chan []event, 64)}
		pass := r.all
		if a.opts.narrowed() {
			pass = r.part
		}
		wg.Go(func() {
			defer close(r.events)
			if err := pass(); err != nil {
				r.send(event{err: err})
			}
		})
		for batch := range r.events {
			for i := range batch {
				if !yield(batch[i].finding, batch[i].err) {
					return
				}
			}
		}
		if err := context.Cause(ctx); err != nil {
			yield(scan.Finding{}, err)
		}
	}
}

// A run is one call of [Audit.Findings].
type run struct {
	*Audit
	ctx     context.Context
	engine  *scan.Engine
	events  chan []event
	damaged sync.Map // names of objects and packs that were told
}

// send hands over what was found. When nobody takes it any more it is dropped.
func (r *run) send(batch ...event) {
	if len(batch) == 0 {
		return
	}
	select {
	case r.events <- batch:
	case <-r.ctx.Done():
	}
}

func (r *run) findings(found []scan.Finding) {
	batch := make([]event, len(found))
	for i := range found {
		batch[i].finding = found[i]
	}
	r.send(batch...)
}

// all makes the passes over the whole repository.
func (r *run) all() error {
	s, err := r.structure(true)
	if err != nil {
		return stopped(r.ctx, err)
	}
	p := r.follow(s)
	r.Audit.paths, r.marked = p, newBitset(p.table.len())
	r.tellMissing(p)
	r.tellMessages(p)
	r.tellNames(p)
	return stopped(r.ctx, r.scanBlobs(p))
}

// stopped returns the error of a walk, unless that is that it was told to stop.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// structure makes the first pass, without trees unless they are asked for.
func (r *run) structure(trees bool) (*structure, error) {
	for _, err := range r.tips.errs {
		r.send(event{err: err})
	}
	for _, err := range r.store.Problems() {
		i := &scan.Incomplete{Reason: "bad-object", Path: r.repo.Objects, Detail: err.Error(), Cure: cureDamaged}
		r.send(event{err: asDenied(i, err)})
	}
	t, err := newTable(r.ctx, r.store, r.damage)
	if err != nil {
		return nil, err
	}
	pass := &structurePass{
		store: r.store, table: t, engine: r.engine, messages: !r.opts.NoMessages, bytes: &r.bytes, done: &r.done,
		bad: func(where string, err error) {
			r.send(event{err: &scan.Incomplete{Reason: "bad-object", Path: where, Detail: err.Error(), Cure: cureDamaged}})
		},
	}
	opts := r.walk(pack.Commit, pack.Tag)
	if trees {
		opts = r.walk(pack.Commit, pack.Tag, pack.Tree)
		r.total.Store(int64(t.len()))
	} else {
		pass.engine = nil
	}
	return readStructure(r.ctx, pass, opts)
}

// walk returns the options of a walk over objects of some types.
func (r *run) walk(types ...pack.Type) pack.WalkOptions {
	return pack.WalkOptions{Workers: r.opts.Jobs, Types: pack.TypesOf(types...), Verify: r.opts.Verify, Damaged: r.damage}
}

// follow makes the second pass.
func (r *run) follow(s *structure) *paths {
	p := newPaths(s, r.room(s))
	p.empty = toID(repo.HashBlob(nil, r.repo.Format))
	others := s.graph.classify(r.tips.list, s.table)
	s.graph.sort(s.table)
	var commits []uint32
	for c := range s.graph.commits {
		if !r.opts.NoUnreachable || s.graph.commits[c].class > scan.Unreachable {
			commits = append(commits, uint32(c))
		}
	}
	r.commit.Store(int64(len(commits)))
	p.follow(commits)
	p.tips(others)
	p.staged(r.tips.entries)
	if !r.opts.NoUnreachable {
		p.unreachable()
	}
	p.finish()
	return p
}

// room returns how many paths beyond the first of each object are kept.
func (a *Audit) room(s *structure) int {
	if a.maxPlaces > 0 {
		return a.maxPlaces
	}
	return max(leastPlaces, 2*s.table.len())
}

const cureDamaged = "git fsck --full names what is damaged; git fetch --refetch, or a copy from a sound clone, replaces it"

// damage tells once that an object or pack could not be read.
func (r *run) damage(d pack.Damage) {
	key := d.Pack + fmt.Sprint(d.Offset)
	if !d.ID.IsZero() {
		key = d.ID.String()
	}
	if _, told := r.damaged.LoadOrStore(key, true); told {
		return
	}
	i := &scan.Incomplete{Reason: "bad-object", Path: d.Pack, Detail: d.Error(), Cure: cureDamaged}
	if errors.Is(d.Err, pack.ErrTooLarge) {
		i.Reason, i.Cure = "safety-limit", "scan it as a file: git cat-file blob "+d.ID.String()+" | keysift scan -"
	}
	if rel, err := filepath.Rel(r.repo.CommonDir, d.Pack); err == nil {
		i.Path = filepath.ToSlash(rel)
	}
	r.send(event{err: asDenied(i, d.Err)})
}
