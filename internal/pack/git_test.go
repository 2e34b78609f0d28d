package pack

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// needGit skips the test where there is no git, but not in CI.
func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("git is missing")
		}
		t.Skip("git is missing")
	}
}

// A repo is a repository made by the real git.
type repo struct {
	t    testing.TB
	dir  string
	hash Hash
	tick int
}

func newRepo(t testing.TB, h Hash) *repo {
	t.Helper()
	needGit(t)
	r := &repo{t: t, dir: t.TempDir(), hash: h}
	r.git("init", "-q", "-b", "main", "--object-format="+h.String(), ".")
	r.git("config", "gc.auto", "0")
	return r
}

// clone copies a repository file by file, unlike git.
func (r *repo) clone(t testing.TB) *repo {
	t.Helper()
	c := &repo{t: t, dir: t.TempDir(), hash: r.hash, tick: r.tick}
	if err := os.CopyFS(c.dir, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *repo) git(args ...string) string { return r.gitIn(nil, args...) }

func (r *repo) gitIn(stdin []byte, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Stdin = bytes.NewReader(stdin)
	date := fmt.Sprintf("%d +0130", 1_600_000_000+60*r.tick)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C",
		"GIT_AUTHOR_NAME=A U Thor", "GIT_AUTHOR_EMAIL=author@example.com", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=C O Mitter", "GIT_COMMITTER_EMAIL=committer@example.com", "GIT_COMMITTER_DATE="+date)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, errs.Bytes())
	}
	return string(out)
}

func (r *repo) write(name string, data []byte) {
	r.t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) commit(msg string) {
	r.t.Helper()
	r.tick++
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", msg)
}

// history commits n versions of some files, with tags, a merge, empty and
// binary files, and an object nothing refers to.
func (r *repo) history(seed uint64, n int) {
	r.t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 1))
	files := map[string][]byte{}
	for i := range 8 {
		files[fmt.Sprintf("src/d%d/f%d.go", i%3, i)] = sourceText(2000 + 900*i)
	}
	big := make([]byte, 300_000)
	for i := range big {
		big[i] = byte(rnd.Uint32())
	}
	files["bin/noise"], files["empty"], files["big.txt"] = big, nil, sourceText(200_000)
	names := slices.Sorted(maps.Keys(files))
	for v := range n {
		for _, name := range names {
			if v == 0 || rnd.IntN(4) == 0 {
				files[name] = edit(rnd, files[name])
				r.write(name, files[name])
			}
		}
		r.commit(fmt.Sprintf("version %d", v))
		if v%5 == 0 {
			r.git("tag", "-a", "-m", "a tag", fmt.Sprintf("v%d.%d", seed, v))
		}
	}
	r.git("checkout", "-q", "-b", "side", "HEAD~1")
	r.write("side", []byte("side"))
	r.commit("side")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
	r.git("branch", "-D", "side")
	r.gitIn([]byte("nobody refers to me"), "hash-object", "-w", "--stdin")
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

func (r *repo) objects() string { return filepath.Join(r.dir, ".git", "objects") }

func (r *repo) open(opts Options) *Store {
	r.t.Helper()
	opts.Hash = r.hash
	s, err := Open(r.objects(), opts)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { s.Close() })
	return s
}

// want lists the objects as git sees them: "type size" by name.
func (r *repo) want() map[string]string {
	r.t.Helper()
	m := map[string]string{}
	for line := range strings.Lines(r.git("cat-file", "--batch-all-objects", "--batch-check")) {
		id, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		m[id] = rest
	}
	if len(m) == 0 {
		r.t.Fatal("git lists no objects")
	}
	return m
}

func (r *repo) packs() []string {
	r.t.Helper()
	packs, err := filepath.Glob(filepath.Join(r.objects(), "pack", "*.pack"))
	if err != nil {
		r.t.Fatal(err)
	}
	return packs
}

// change rewrites a file git made read-only.
func (r *repo) change(file string, f func([]byte) []byte) {
	r.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.Chmod(file, 0o666); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, f(data), 0o666); err != nil {
		r.t.Fatal(err)
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
	r.t.Helper()
	return r.checkWant(opts, r.want())
}

func (r *repo) checkWant(opts Options, want map[string]string) *Store {
	r.t.Helper()
	s := r.open(opts)
	for _, err := range s.Problems() {
		r.t.Errorf("problem: %v", err)
	}
	for _, wo := range []WalkOptions{{Workers: 1}, {Workers: 4, Verify: true}, {Workers: 2, Live: 1}} {
		what := fmt.Sprintf("%d workers, live %d", wo.Workers, wo.Live)
		h := gather(r.t, s, wo)
		compare(r.t, what, h.objects, want)
		for _, d := range h.damage {
			r.t.Errorf("%s: %v", what, d)
		}
	}
	types := map[string]string{}
	for id, t := range s.Objects(context.Background(), func(d Damage) { r.t.Error(d) }) {
		types[id.String()] = t.String()
	}
	wantTypes := map[string]string{}
	for id, w := range want {
		wantTypes[id], _, _ = strings.Cut(w, " ")
	}
	compare(r.t, "Objects", types, wantTypes)
	r.checkGet(s, want)
	return s
}

func (r *repo) checkGet(s *Store, want map[string]string) {
	r.t.Helper()
	for name, w := range want {
		id, err := ParseID(name)
		if err != nil {
			r.t.Fatal(err)
		}
		typ, data, err := s.Get(id)
		if err != nil {
			r.t.Errorf("Get(%v): %v", id, err)
			continue
		}
		if got := fmt.Sprintf("%v %d", typ, len(data)); got != w || newNamer(r.hash).name(typ, data) != id {
			r.t.Errorf("Get(%v) = %s, want %s", id, got, w)
		}
		if got, err := s.TypeOf(id); got != typ || err != nil {
			r.t.Errorf("TypeOf(%v) = %v, %v, want %v", id, got, err, typ)
		}
		if !s.Has(id) {
			r.t.Errorf("Has(%v) = false", id)
		}
	}
}
