package pack

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/keysift/keysift/internal/gittest"
)

// TestLayouts: whatever the layout, the objects are those that git lists.
func TestLayouts(t *testing.T) {
	tests := []struct {
		name string
		make func(r *repo)
		hide func(r *repo) // after git was asked
	}{
		{"loose", func(r *repo) {}, nil},
		{"gc", func(r *repo) { r.Git("gc", "-q") }, nil},
		{"packed and loose twice", func(r *repo) { r.Git("repack", "-q") }, nil},
		{"deep", func(r *repo) { r.Git("repack", "-adfq", "--depth=50", "--window=100") }, nil},
		{"three packs", func(r *repo) {
			r.Git("repack", "-dq")
			r.history(2, 5)
			r.Git("repack", "-dq")
			r.history(3, 5)
			r.Git("repack", "-q")
			r.history(4, 2)
		}, nil},
		{"overlapping packs", func(r *repo) {
			r.Git("repack", "-aq")
			r.Git("repack", "-afq", "--depth=3", "--window=2")
			r.Git("repack", "-adkq")
			r.history(2, 3)
			r.Git("repack", "-aq")
		}, nil},
		{"ref-deltas", func(r *repo) {
			r.Git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq")
		}, nil},
		{"index version 1", func(r *repo) {
			r.Git("gc", "-q")
			r.reindex("--index-version=1")
		}, nil},
		{"64-bit offsets", func(r *repo) {
			r.Git("gc", "-q")
			r.reindex("--index-version=2,0x1000")
		}, nil},
		{"no index", func(r *repo) {
			r.Git("gc", "-q")
		}, noIndex},
		{"no index, ref-deltas", func(r *repo) {
			r.Git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq")
		}, noIndex},
		{"multi-pack-index", func(r *repo) {
			r.Git("repack", "-dq")
			r.history(2, 3)
			r.Git("repack", "-dq")
			r.Git("multi-pack-index", "write")
		}, nil},
		{"stored", func(r *repo) { r.Git("-c", "core.compression=0", "-c", "pack.compression=0", "repack", "-adFq") }, nil},
	}
	for _, h := range []Hash{SHA1, SHA256} {
		template := newRepo(t, h)
		template.history(1, 12)
		for _, tt := range tests {
			t.Run(h.String()+"/"+tt.name, func(t *testing.T) {
				r := template.clone(t)
				tt.make(r)
				want := r.want()
				if tt.hide != nil {
					tt.hide(r)
				}
				r.checkWant(Options{}, want)
			})
		}
	}
}

// reindex makes the indexes anew.
func (r *repo) reindex(args ...string) {
	r.T.Helper()
	for _, p := range r.packs() {
		idx := strings.TrimSuffix(p, ".pack") + ".idx"
		if err := os.Remove(idx); err != nil {
			r.T.Fatal(err)
		}
		r.Git(append([]string{"index-pack"}, append(args, p)...)...)
	}
}

func noIndex(r *repo) {
	for _, p := range r.packs() {
		if err := os.Remove(strings.TrimSuffix(p, ".pack") + ".idx"); err != nil {
			r.T.Fatal(err)
		}
	}
}

// TestDamagedIndex: only the pack is trusted.
func TestDamagedIndex(t *testing.T) {
	flip := func(at func(n int) int) func([]byte) []byte {
		return func(b []byte) []byte { b[at(len(b))] ^= 0x10; return b }
	}
	tests := []struct {
		name   string
		change func([]byte) []byte
	}{
		{"magic", flip(func(int) int { return 0 })},
		{"version", flip(func(int) int { return 7 })},
		{"fan-out", flip(func(int) int { return 8 + 4*100 + 3 })},
		{"last fan-out", flip(func(int) int { return 8 + 4*255 + 3 })},
		{"name", flip(func(int) int { return 8 + 1024 + 45 })},
		{"offset", flip(func(n int) int { return n - 44 })},
		{"pack checksum", flip(func(n int) int { return n - 30 })},
		{"checksum", flip(func(n int) int { return n - 1 })},
		{"empty", func([]byte) []byte { return nil }},
		{"short", func(b []byte) []byte { return b[:600] }},
		{"cut", func(b []byte) []byte { return b[:len(b)-45] }},
		{"zeroes", func(b []byte) []byte { clear(b); return b }},
		{"of another pack", func(b []byte) []byte {
			b[len(b)-25] ^= 1
			sum := SHA1.sum(b[:len(b)-20])
			copy(b[len(b)-20:], sum.Bytes())
			return b
		}},
	}
	r := newRepo(t, SHA1)
	r.history(1, 6)
	r.Git("gc", "-q")
	want := r.want()
	idx := strings.TrimSuffix(r.packs()[0], ".pack") + ".idx"
	sound, err := os.ReadFile(idx)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := r.in(t)
			r.change(idx, func([]byte) []byte { return tt.change(bytes.Clone(sound)) })
			r.checkWant(Options{}, want)
		})
	}
}

// TestDamagedPack: one bad byte costs the object it is in and those that
// build on it, all of which are reported, and nothing else.
func TestDamagedPack(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 12)
	r.Git("repack", "-adfq", "--depth=50")
	want := r.want()
	file := r.packs()[0]
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	idx := strings.TrimSuffix(file, ".pack") + ".idx"
	lost := 0
	for at := 12; at < len(sound)-20; at += len(sound) / 60 {
		r.change(file, func([]byte) []byte {
			b := bytes.Clone(sound)
			b[at] ^= 0x55
			return b
		})
		s := r.open(Options{})
		h := gather(t, s, WalkOptions{Workers: 2, Verify: true})
		missing := map[string]string{}
		for id, w := range want {
			if _, ok := h.objects[id]; !ok {
				missing[id] = w
			}
		}
		reported := map[string]bool{}
		for _, d := range h.damage {
			reported[d.ID.String()] = true
			if id := d.ID.String(); !d.ID.IsZero() && missing[id] == "" {
				t.Errorf("byte %d: %v was brought and reported: %v", at, id, d)
			}
		}
		for id := range missing {
			if !reported[id] {
				t.Errorf("byte %d: %v is missing and not reported", at, id)
			}
		}
		if len(h.damage) == 0 {
			t.Errorf("byte %d: damage went unnoticed", at)
		}
		lost = max(lost, len(missing))
		s.Close()
	}
	if lost < 2 || lost > len(want)/2 {
		t.Errorf("at most %d of %d objects were lost by a bad byte", lost, len(want))
	}
	t.Run("other copy", func(t *testing.T) {
		// The same objects are loose, too: nothing is lost.
		r := r.in(t)
		r.change(file, func([]byte) []byte { return sound })
		r.unpackBeside(file)
		bad := bytes.Clone(sound)
		for at := 100; at < len(bad)-20; at += len(bad) / 50 {
			bad[at] ^= 0x55
		}
		r.change(file, func([]byte) []byte { return bad })
		s := r.open(Options{})
		h := gather(t, s, WalkOptions{Workers: 2, Verify: true})
		compare(t, "damaged pack with loose copies", h.objects, want)
		r.checkGet(s, want)
	})
	t.Run("no index", func(t *testing.T) {
		if err := os.Remove(idx); err != nil {
			t.Fatal(err)
		}
		r := newRepo(t, r.hash)
		bad := bytes.Clone(sound)
		bad[len(bad)/2] ^= 0x55
		r.put("pack/pack-1.pack", bad)
		s := r.open(Options{})
		h := gather(t, s, WalkOptions{})
		if n := len(h.objects); n < len(want)/2 || n >= len(want) {
			t.Errorf("%d of %d objects were read", n, len(want))
		}
		if len(s.Problems()) == 0 {
			t.Error("no problem was reported")
		}
		for id := range h.objects {
			if want[id] == "" {
				t.Errorf("%s was never in the pack", id)
			}
		}
	})
	t.Run("cut", func(t *testing.T) {
		for _, size := range []int{0, 5, 12, 31, 32, 33, len(sound) / 3, len(sound) - 20, len(sound) - 1} {
			r := newRepo(t, r.hash)
			r.put("pack/pack-1.pack", sound[:size])
			s := r.open(Options{})
			gather(t, s, WalkOptions{})
			if len(s.Problems()) == 0 {
				t.Errorf("cut to %d bytes: no problem was reported", size)
			}
		}
	})
}

// unpackBeside writes all objects of a pack as loose ones, too.
func (r *repo) unpackBeside(pack string) {
	r.T.Helper()
	data, err := os.ReadFile(pack)
	if err != nil {
		r.T.Fatal(err)
	}
	other := newRepo(r.T, r.hash)
	other.Input(string(data), "unpack-objects", "-q")
	if err := os.CopyFS(filepath.Join(r.objects(), "."), os.DirFS(other.objects())); err != nil {
		r.T.Fatal(err)
	}
}

// put writes a file into the objects directory.
func (r *repo) put(name string, data []byte) {
	r.T.Helper()
	file := filepath.Join(r.objects(), name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		r.T.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		r.T.Fatal(err)
	}
}

// TestThin: deltas whose bases are in another pack, or loose.
func TestThin(t *testing.T) {
	for _, h := range []Hash{SHA1, SHA256} {
		for _, layout := range []string{"base packed", "base packed, no index at all", "base loose"} {
			t.Run(h.String()+"/"+layout, func(t *testing.T) {
				r := newRepo(t, h)
				r.history(1, 8)
				base := r.pack("HEAD~2\n")
				thin := r.pack("HEAD\n^HEAD~2\n", "--thin")
				want := map[string]string{}
				all := r.want()
				for _, line := range r.Lines("rev-list", "--objects", "HEAD") {
					id := strings.Fields(line)[0]
					want[id] = all[id]
				}
				other := newRepo(t, h)
				if layout == "base loose" {
					other.Input(string(base), "unpack-objects", "-q")
				} else {
					other.put("pack/pack-2.pack", base)
					if layout == "base packed" {
						other.Git("index-pack", filepath.Join(other.objects(), "pack", "pack-2.pack"))
					}
				}
				other.put("pack/pack-1.pack", thin)
				s := other.checkWant(Options{}, want)
				external := 0
				for _, p := range s.packs() {
					pl, err := s.newPlan(p, 1, AllTypes, nil, nil)
					if err != nil {
						t.Fatal(err)
					}
					external += len(pl.ext)
				}
				if external == 0 {
					t.Error("no delta has its base elsewhere: the test is void")
				}
			})
		}
	}
}

func TestThinWithoutBase(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 8)
	thin := r.pack("HEAD\n^HEAD~2\n", "--thin")
	other := newRepo(t, SHA1)
	other.put("pack/pack-1.pack", thin)
	s := other.open(Options{})
	if len(s.Problems()) == 0 {
		t.Error("no problem was reported")
	}
	if h := gather(t, s, WalkOptions{}); len(h.objects) == 0 {
		t.Error("objects that need no base are missing")
	}
}

func TestAlternates(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 6)
	r.Git("gc", "-q")
	clone := &repo{gittest.New(t), SHA1}
	clone.Git("clone", "-q", "--shared", r.Path, ".")
	clone.Write("more", "more")
	clone.Commit("more")
	s := clone.check(Options{})
	if n := len(s.Dirs()); n != 2 {
		t.Errorf("%d directories, want 2: %v", n, s.Dirs())
	}

	alternates := func(text string) { clone.put("info/alternates", []byte(text)) }
	want := clone.want()
	rel, err := filepath.Rel(clone.objects(), r.objects())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{rel, "# comment\n\n" + r.objects() + "\n" + rel + "\n", "\"" + rel + "\"\n"} {
		alternates(text)
		clone.checkWant(Options{}, want)
	}
	// A cycle is read once.
	r.put("info/alternates", []byte(clone.objects()))
	clone.checkWant(Options{}, want)

	if err := os.Remove(filepath.Join(clone.objects(), "info", "alternates")); err != nil {
		t.Fatal(err)
	}
	clone.checkWant(Options{Alternates: []string{r.objects()}}, want)

	alternates("/does/not/exist\n")
	if s := clone.open(Options{}); len(s.Problems()) != 1 {
		t.Errorf("problems %v, want one", s.Problems())
	}
}

func TestPartial(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 2)
	r.Git("gc", "-q")
	if r.open(Options{}).Partial() {
		t.Error("Partial() = true")
	}
	r.put("pack/pack-1.promisor", nil)
	if !r.open(Options{}).Partial() {
		t.Error("Partial() = false")
	}
}

func TestTypesAndWant(t *testing.T) {
	for _, packed := range []bool{false, true} {
		r := newRepo(t, SHA1)
		r.history(1, 8)
		if packed {
			r.Git("gc", "-q")
		}
		s := r.open(Options{})
		for _, types := range []Types{TypesOf(Blob), TypesOf(Commit, Tag), TypesOf(Tree)} {
			want := map[string]string{}
			for id, w := range r.want() {
				name, _, _ := strings.Cut(w, " ")
				if typ, _ := parseType([]byte(name)); types.Has(typ) && id[0] < 'a' {
					want[id] = w
				}
			}
			h := gather(t, s, WalkOptions{Types: types, Want: func(id ID, typ Type) bool {
				if !types.Has(typ) {
					t.Errorf("Want was asked for a %v", typ)
				}
				return id.Bytes()[0] < 0xa0
			}})
			compare(t, "walk", h.objects, want)
		}
	}
}

func TestLimit(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 6)
	for range 2 {
		s := r.open(Options{MaxObject: 250_000})
		h := gather(t, s, WalkOptions{})
		if len(h.damage) == 0 {
			t.Fatal("no object was too large")
		}
		for _, d := range h.damage {
			if !errors.Is(d, ErrTooLarge) && !errors.Is(d, ErrBase) {
				t.Errorf("%v: want ErrTooLarge", d)
			}
			if _, _, err := s.Get(d.ID); !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrBase) {
				t.Errorf("Get(%v): %v, want ErrTooLarge", d.ID, err)
			}
		}
		if got, want := len(h.objects)+len(h.damage), len(r.want()); got != want {
			t.Errorf("%d objects brought or reported, want %d", got, want)
		}
		r.Git("gc", "-q")
	}
}

func TestVisitError(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 4)
	r.Git("repack", "-q")
	s := r.open(Options{})
	stop := errors.New("stop")
	if _, err := s.Walk(context.Background(), WalkOptions{Visit: func(int, *Object) error { return stop }}); err != stop {
		t.Errorf("Walk: %v, want the error of Visit", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err := s.Walk(ctx, WalkOptions{Workers: 1, Visit: func(int, *Object) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Walk: %v, want %v", err, context.Canceled)
	}
}

func TestNotFound(t *testing.T) {
	r := newRepo(t, SHA1)
	s := r.open(Options{})
	for _, id := range []ID{{}, SHA1.sum(nil), SHA256.sum(nil)} {
		if _, _, err := s.Get(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("Get(%v): %v, want ErrNotFound", id, err)
		}
		if _, err := s.TypeOf(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("TypeOf(%v): %v, want ErrNotFound", id, err)
		}
		if s.Has(id) {
			t.Errorf("Has(%v) = true", id)
		}
	}
	if _, err := Open(filepath.Join(r.Path, "nothing"), Options{}); err == nil {
		t.Error("Open of a missing directory: no error")
	}
}

// TestRepackedMeanwhile: an open store outlives a gc, and finds what is new.
func TestRepackedMeanwhile(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 6)
	s := r.open(Options{})
	want := r.want()
	r.Git("repack", "-adq")
	r.Git("prune-packed")
	compare(t, "loose objects packed", gather(t, s, WalkOptions{}).objects, want)
	r.checkGet(s, want)

	// Packed and deleted after the walk listed them.
	loose := newRepo(t, SHA1)
	loose.history(1, 4)
	wantLoose := loose.want()
	var once sync.Once
	seen := 0
	_, err := loose.open(Options{}).Walk(context.Background(), WalkOptions{Workers: 1, Visit: func(int, *Object) error {
		once.Do(func() { loose.Git("repack", "-adkq") })
		seen++
		return nil
	}, Damaged: func(d Damage) { t.Error(d) }})
	if err != nil || seen != len(wantLoose) {
		t.Errorf("packed during the walk: %d objects of %d, error %v", seen, len(wantLoose), err)
	}

	ctx := context.Background()
	var first error
	_, err = s.Walk(ctx, WalkOptions{Workers: 1, Visit: func(int, *Object) error {
		if first == nil {
			first = os.RemoveAll(filepath.Join(r.objects(), "pack"))
		}
		return first
	}, Damaged: func(d Damage) { t.Error(d) }})
	if err != nil && !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}

	r = newRepo(t, SHA1)
	r.history(1, 2)
	r.Git("repack", "-adq")
	s = r.open(Options{})
	r.history(2, 2)
	r.Git("repack", "-adq")
	r.checkGet(s, r.want())
	compare(t, "new objects packed", gather(t, s, WalkOptions{}).objects, r.want())
}

// TestContradictingIndex: an index that is sound by itself but not with the pack.
func TestContradictingIndex(t *testing.T) {
	var w packWriter
	one, two := []byte("one"), []byte("two")
	offs := []uint64{w.object(Blob, one), w.object(Blob, two)}
	ids := []ID{newNamer(SHA1).name(Blob, one), newNamer(SHA1).name(Blob, two)}
	pack := w.bytes()
	for name, wrong := range map[string][]uint64{
		"same offset": {offs[0], offs[0]},
		"far":         {offs[0], 1 << 30},
		"inside":      {offs[0], offs[1] + 1},
	} {
		s := bareStore(t, map[string][]byte{"pack/1.pack": pack, "pack/1.idx": indexFor(pack, ids, wrong)})
		h := gather(t, s, WalkOptions{Workers: 1})
		if len(h.objects) != 2 && len(h.damage) == 0 {
			t.Errorf("%s: %d objects and no damage", name, len(h.objects))
		}
		if name == "same offset" && len(h.objects) != 2 {
			t.Errorf("%s: %d objects, want 2", name, len(h.objects))
		}
	}
}

// TestManyWorkers: more workers than work.
func TestManyWorkers(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 3)
	r.Git("gc", "-q")
	compare(t, "64 workers", gather(t, r.open(Options{}), WalkOptions{Workers: 64}).objects, r.want())
}

func TestMatch(t *testing.T) {
	r := newRepo(t, SHA1)
	r.history(1, 10)
	r.Git("repack", "-q")
	r.history(2, 10)
	s := r.open(Options{})
	want := r.want()
	all := slices.Sorted(maps.Keys(want))
	for _, id := range all {
		for _, n := range []int{4, 5, 39, 40} {
			var ids []string
			for _, other := range all {
				if strings.HasPrefix(other, id[:n]) {
					ids = append(ids, other)
				}
			}
			var got []string
			for _, m := range s.Match(strings.ToUpper(id[:n]), 10) {
				got = append(got, m.String())
			}
			if !slices.Equal(got, ids) {
				t.Errorf("Match(%s) = %v, want %v", id[:n], got, ids)
			}
		}
	}
	for _, bad := range []string{"", "abc", "wxyz", strings.Repeat("a", 41)} {
		if got := s.Match(bad, 10); got != nil {
			t.Errorf("Match(%q) = %v, want none", bad, got)
		}
	}
}
