package pack

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
)

// A repo is a repository made by the real git.
type repo struct {
	*gittest.Dir
	hash Hash
}

func newRepo(t testing.TB, h Hash) *repo {
	t.Helper()
	return &repo{gittest.Init(t, "--object-format="+h.String()), h}
}

// clone copies a repository file by file, unlike git.
func (r *repo) clone(t testing.TB) *repo {
	t.Helper()
	c := &repo{r.For(t).In(t.TempDir()), r.hash}
	if err := os.CopyFS(c.Path, os.DirFS(r.Path)); err != nil {
		t.Fatal(err)
	}
	return c
}

// in returns the repository as a subtest sees it.
func (r *repo) in(t testing.TB) *repo { return &repo{r.For(t), r.hash} }

// pack makes git write a pack of what revisions name.
func (r *repo) pack(revisions string, options ...string) []byte {
	r.T.Helper()
	out, err := r.Run(revisions, append([]string{"pack-objects", "--stdout", "--revs", "-q"}, options...)...)
	if err != nil {
		r.T.Fatal(err)
	}
	return []byte(out)
}

// history commits n versions of some files, with tags, a merge, empty and
// binary files, and an object nothing refers to.
func (r *repo) history(seed uint64, n int) {
	r.T.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	files := map[string][]byte{}
	for i := range 8 {
		files[fmt.Sprintf("src/d%d/f%d.go", i%3, i)] = gittest.Source(2000 + 900*i)
	}
	big := make([]byte, 300_000)
	for i := range big {
		big[i] = byte(rnd.Uint32())
	}
	files["bin/noise"], files["empty"], files["big.txt"] = big, nil, gittest.Source(200_000)
	names := slices.Sorted(maps.Keys(files))
	for v := range n {
		for _, name := range names {
			if v == 0 || rnd.IntN(4) == 0 {
				files[name] = edit(rnd, files[name])
				r.Write(name, string(files[name]))
			}
		}
		r.Commit(fmt.Sprintf("version %d", v))
		if v%5 == 0 {
			r.Git("tag", "-a", "-m", "a tag", fmt.Sprintf("v%d.%d", seed, v))
		}
	}
	r.Git("checkout", "-q", "-b", "side", "HEAD~1")
	r.Write("side", "side")
	r.Commit("side")
	r.Git("checkout", "-q", "main")
	r.Git("merge", "-q", "--no-ff", "-m", "merge", "side")
	r.Git("branch", "-D", "side")
	r.Input("nobody refers to me", "hash-object", "-w", "--stdin")
}

// edit makes a few changes to data.
func edit(rnd *rand.Rand, data []byte) []byte {
	if len(data) == 0 {
		return data
	}
	out := slices.Clone(data)
	for range 1 + rnd.IntN(3) {
		at := rnd.IntN(len(out))
		out = slices.Insert(out, at, []byte(fmt.Sprintf("\nline %d\n", rnd.IntN(1000)))...)
	}
	if cut := rnd.IntN(len(out)); rnd.IntN(2) == 0 && cut+40 < len(out) {
		out = slices.Delete(out, cut, cut+40)
	}
	return out
}

func (r *repo) objects() string { return filepath.Join(r.Path, ".git", "objects") }

func (r *repo) open(opts Options) *Store {
	r.T.Helper()
	opts.Hash = r.hash
	s, err := Open(r.objects(), opts)
	if err != nil {
		r.T.Fatal(err)
	}
	r.T.Cleanup(func() { s.Close() })
	return s
}

// want lists the objects as git sees them: "type size" by name.
func (r *repo) want() map[string]string {
	r.T.Helper()
	m := map[string]string{}
	for _, line := range r.Lines("cat-file", "--batch-all-objects", "--batch-check") {
		id, rest, _ := strings.Cut(line, " ")
		m[id] = rest
	}
	if len(m) == 0 {
		r.T.Fatal("git lists no objects")
	}
	return m
}

func (r *repo) packs() []string {
	r.T.Helper()
	packs, err := filepath.Glob(filepath.Join(r.objects(), "pack", "*.pack"))
	if err != nil {
		r.T.Fatal(err)
	}
	return packs
}

// change rewrites a file git made read-only.
func (r *repo) change(file string, f func([]byte) []byte) {
	r.T.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		r.T.Fatal(err)
	}
	if err := os.Chmod(file, 0o666); err != nil {
		r.T.Fatal(err)
	}
	if err := os.WriteFile(file, f(data), 0o666); err != nil {
		r.T.Fatal(err)
	}
}

// A harvest is what a walk brought.
type harvest struct {
	objects map[string]string // "type size" by name
	damage  []Damage
	stats   Stats
}

// gather walks a store, recomputes every name, and checks bases and runs.
func gather(t testing.TB, s *Store, opts WalkOptions) harvest {
	t.Helper()
	var mu sync.Mutex
	h := harvest{objects: map[string]string{}}
	live := map[int]int{}
	opts.Damaged = func(d Damage) { h.damage = append(h.damage, d) }
	opts.Release = func(worker int, state any) {
		mu.Lock()
		defer mu.Unlock()
		live[state.(int)]--
	}
	opts.Visit = func(worker int, o *Object) error {
		name := newNamer(s.Hash()).name(o.Type, o.Data)
		fault := checkRuns(o)
		mu.Lock()
		defer mu.Unlock()
		id := o.ID.String()
		if name != o.ID {
			t.Errorf("%v %v has the contents of %v", o.Type, id, name)
		}
		if fault != "" {
			t.Errorf("%v: %s", id, fault)
		}
		if _, ok := h.objects[id]; ok {
			t.Errorf("%v was brought twice", id)
		}
		h.objects[id] = o.Type.String() + " " + strconv.Itoa(len(o.Data))
		if o.Base != nil && o.Base.State != nil && live[o.Base.State.(int)] != 1 {
			t.Errorf("%v: the state of its base was released", id)
		}
		state := len(h.objects)
		o.State = state
		live[state]++
		return nil
	}
	stats, err := s.Walk(context.Background(), opts)
	if err != nil {
		t.Fatalf("Walk: %v", err)
	}
	h.stats = stats
	for state, n := range live {
		if n != 0 {
			t.Errorf("state %d was released %d times", state, 1-n)
		}
	}
	if int(stats.Objects) != len(h.objects) || int(stats.Damaged) != len(h.damage) {
		t.Errorf("stats %+v, but %d objects and %d damages were seen", stats, len(h.objects), len(h.damage))
	}
	return h
}

// checkRuns says what is wrong with the runs of an object.
func checkRuns(o *Object) string {
	at := 0
	for _, r := range o.Runs(nil) {
		if r.Start != at || r.Len < 1 || r.Start+r.Len > len(o.Data) {
			return fmt.Sprintf("run %+v at %d of %d", r, at, len(o.Data))
		}
		if r.Base >= 0 && !bytes.Equal(o.Data[r.Start:r.Start+r.Len], o.Base.Data[r.Base:r.Base+r.Len]) {
			return fmt.Sprintf("run %+v is no copy of the base", r)
		}
		at += r.Len
	}
	if at != len(o.Data) {
		return fmt.Sprintf("runs end at %d of %d", at, len(o.Data))
	}
	return ""
}

// compare reports the difference of two sets of objects.
func compare(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	for id, w := range want {
		if g, ok := got[id]; !ok {
			t.Errorf("%s: %s %s is missing", what, id, w)
		} else if g != w {
			t.Errorf("%s: %s is %q, want %q", what, id, g, w)
		}
	}
	for id, g := range got {
		if _, ok := want[id]; !ok {
			t.Errorf("%s: %s %s is more than git has", what, id, g)
		}
	}
}

// check compares everything the store can do with git's view.
func (r *repo) check(opts Options) *Store {
	r.T.Helper()
	return r.checkWant(opts, r.want())
}

func (r *repo) checkWant(opts Options, want map[string]string) *Store {
	r.T.Helper()
	s := r.open(opts)
	for _, err := range s.Problems() {
		r.T.Errorf("problem: %v", err)
	}
	for _, wo := range []WalkOptions{{Workers: 1}, {Workers: 4, Verify: true}, {Workers: 2, Live: 1}} {
		what := fmt.Sprintf("%d workers, live %d", wo.Workers, wo.Live)
		h := gather(r.T, s, wo)
		compare(r.T, what, h.objects, want)
		for _, d := range h.damage {
			r.T.Errorf("%s: %v", what, d)
		}
	}
	types := map[string]string{}
	for id, t := range s.Objects(context.Background(), func(d Damage) { r.T.Error(d) }) {
		types[id.String()] = t.String()
	}
	wantTypes := map[string]string{}
	for id, w := range want {
		wantTypes[id], _, _ = strings.Cut(w, " ")
	}
	compare(r.T, "Objects", types, wantTypes)
	r.checkGet(s, want)
	return s
}

func (r *repo) checkGet(s *Store, want map[string]string) {
	r.T.Helper()
	for name, w := range want {
		id, err := ParseID(name)
		if err != nil {
			r.T.Fatal(err)
		}
		typ, data, err := s.Get(id)
		if err != nil {
			r.T.Errorf("Get(%v): %v", id, err)
			continue
		}
		if got := fmt.Sprintf("%v %d", typ, len(data)); got != w || newNamer(r.hash).name(typ, data) != id {
			r.T.Errorf("Get(%v) = %s, want %s", id, got, w)
		}
		if got, err := s.TypeOf(id); got != typ || err != nil {
			r.T.Errorf("TypeOf(%v) = %v, %v, want %v", id, got, err, typ)
		}
		if !s.Has(id) {
			r.T.Errorf("Has(%v) = false", id)
		}
	}
}
