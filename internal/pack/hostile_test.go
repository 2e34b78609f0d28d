package pack

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/gittest"
	"github.com/keysift/keysift/internal/inflate"
)

// A packWriter makes packs that git would not.
type packWriter struct {
	buf   bytes.Buffer
	count uint32
}

// add appends an entry and returns its offset. size is what its head declares;
// base is the offset or the name of its base, for deltas.
func (w *packWriter) add(kind Type, size uint64, base any, body []byte) uint64 {
	w.count++
	off := uint64(packHeader + w.buf.Len())
	c := byte(kind)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		w.buf.WriteByte(c | 128)
		c = byte(size & 127)
	}
	w.buf.WriteByte(c)
	switch base := base.(type) {
	case uint64:
		back := off - base
		b := []byte{byte(back & 127)}
		for back >>= 7; back > 0; back >>= 7 {
			back--
			b = append([]byte{128 | byte(back&127)}, b...)
		}
		w.buf.Write(b)
	case ID:
		w.buf.Write(base.Bytes())
	}
	w.buf.Write(body)
	return off
}

func (w *packWriter) object(t Type, data []byte) uint64 {
	return w.add(t, uint64(len(data)), nil, gittest.Deflate(data, 6))
}

func (w *packWriter) delta(base any, delta []byte) uint64 {
	kind := ofsDelta
	if _, ok := base.(ID); ok {
		kind = refDelta
	}
	return w.add(kind, uint64(len(delta)), base, gittest.Deflate(delta, 6))
}

func (w *packWriter) bytes() []byte {
	b := append([]byte("PACK\x00\x00\x00\x02"), binary.BigEndian.AppendUint32(nil, w.count)...)
	b = append(b, w.buf.Bytes()...)
	sum := SHA1.sum(b)
	return append(b, sum.Bytes()...)
}

// makeDelta returns a delta that copies the whole base and appends tail.
func makeDelta(base int, result uint64, tail string) []byte {
	b := binary.AppendUvarint(nil, uint64(base))
	b = binary.AppendUvarint(b, result)
	b = append(b, 128|1|2|16|32, byte(0), byte(0), byte(base), byte(base>>8))
	b = append(b, byte(len(tail)))
	return append(b, tail...)
}

// indexFor writes an index with the given names.
func indexFor(pack []byte, names []ID, offs []uint64) []byte {
	type row struct {
		id  ID
		off uint64
	}
	rows := make([]row, len(names))
	var ids []byte
	for i := range names {
		rows[i] = row{names[i], offs[i]}
		ids = append(ids, names[i].Bytes()...)
	}
	x := newIndex(SHA1, ids, offs)
	b := []byte("\xfftOc\x00\x00\x00\x02")
	for _, n := range x.fan {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = append(b, x.names...)
	b = append(b, make([]byte, 4*x.n)...)
	for _, o := range x.off {
		b = binary.BigEndian.AppendUint32(b, uint32(o))
	}
	b = append(b, pack[len(pack)-20:]...)
	sum := SHA1.sum(b)
	return append(b, sum.Bytes()...)
}

// bareStore makes an objects directory with the given files.
func bareStore(t testing.TB, files map[string][]byte) *Store {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// allocated runs f and returns the bytes it allocated.
func allocated(f func()) uint64 {
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	f()
	runtime.ReadMemStats(&b)
	return b.TotalAlloc - a.TotalAlloc
}

// TestHugeSizes: what is declared is not allocated before it is credible.
func TestHugeSizes(t *testing.T) {
	text := gittest.Source(500)
	lies := map[string]func(w *packWriter) uint64{
		"object 2^60":     func(w *packWriter) uint64 { return w.add(Blob, 1<<60, nil, gittest.Deflate(text, 6)) },
		"object 2^63":     func(w *packWriter) uint64 { return w.add(Blob, 1<<63, nil, gittest.Deflate(text, 6)) },
		"object 2^31":     func(w *packWriter) uint64 { return w.add(Blob, 1<<31, nil, gittest.Deflate(text, 6)) },
		"object one more": func(w *packWriter) uint64 { return w.add(Blob, 501, nil, gittest.Deflate(text, 6)) },
		"object one less": func(w *packWriter) uint64 { return w.add(Blob, 499, nil, gittest.Deflate(text, 6)) },
		"delta 2^60": func(w *packWriter) uint64 {
			return w.add(ofsDelta, 1<<60, uint64(packHeader), gittest.Deflate(text, 6))
		},
		"result 2^60":       func(w *packWriter) uint64 { return w.delta(uint64(packHeader), makeDelta(500, 1<<60, "x")) },
		"result 2^31-1":     func(w *packWriter) uint64 { return w.delta(uint64(packHeader), makeDelta(500, 1<<31-1, "x")) },
		"result 2^64-1":     func(w *packWriter) uint64 { return w.delta(uint64(packHeader), makeDelta(500, 1<<64-1, "x")) },
		"result one more":   func(w *packWriter) uint64 { return w.delta(uint64(packHeader), makeDelta(500, 502, "x")) },
		"result one less":   func(w *packWriter) uint64 { return w.delta(uint64(packHeader), makeDelta(500, 500, "x")) },
		"wrong base size":   func(w *packWriter) uint64 { return w.delta(uint64(packHeader), makeDelta(499, 500, "x")) },
		"copy out of range": func(w *packWriter) uint64 { return w.delta(uint64(packHeader), []byte{0xf4, 3, 4, 0x93, 0xff, 4, 4}) },
		"reserved op":       func(w *packWriter) uint64 { return w.delta(uint64(packHeader), []byte{0xf4, 3, 1, 0}) },
		"empty delta":       func(w *packWriter) uint64 { return w.delta(uint64(packHeader), nil) },
		"kind 0":            func(w *packWriter) uint64 { return w.add(0, 500, nil, gittest.Deflate(text, 6)) },
		"kind 5":            func(w *packWriter) uint64 { return w.add(5, 500, nil, gittest.Deflate(text, 6)) },
		"base is no object": func(w *packWriter) uint64 { return w.delta(uint64(packHeader+1), makeDelta(500, 501, "x")) },
		"endless size":      func(w *packWriter) uint64 { return w.add(Blob, 500, nil, bytes.Repeat([]byte{0xff}, 300)) },
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			var w packWriter
			w.object(Blob, text)
			bad := lie(&w)
			last := w.object(Blob, []byte("the last one"))
			pack := w.bytes()
			good1, good2, badID := newNamer(SHA1).name(Blob, text), newNamer(SHA1).name(Blob, []byte("the last one")), SHA1.sum([]byte(name))
			withIndex := map[string][]byte{
				"pack/pack-1.pack": pack,
				"pack/pack-1.idx":  indexFor(pack, []ID{good1, badID, good2}, []uint64{packHeader, bad, last}),
			}
			for _, files := range []map[string][]byte{withIndex, {"pack/pack-1.pack": pack}} {
				var h harvest
				mem := allocated(func() {
					s := bareStore(t, files)
					h = gather(t, s, WalkOptions{Workers: 1})
					s.Get(badID)
				})
				if mem > 16<<20 {
					t.Errorf("%d bytes were allocated", mem)
				}
				for _, id := range []ID{good1, good2} {
					if h.objects[id.String()] == "" {
						t.Errorf("%v is missing", id)
					}
				}
				if len(files) == 2 && (len(h.damage) != 1 || h.damage[0].ID != badID) {
					t.Errorf("damage %v, want one of %v", h.damage, badID)
				}
			}
		})
	}
}

// TestCycles: deltas that are each other's base end in an error, not in a loop.
func TestCycles(t *testing.T) {
	a, b, c := SHA1.sum([]byte("a")), SHA1.sum([]byte("b")), SHA1.sum([]byte("c"))
	delta := makeDelta(10, 11, "x")
	var one packWriter
	offs := []uint64{one.delta(b, delta), one.delta(a, delta), one.delta(c, delta)}
	last := one.object(Blob, []byte("sound"))
	sound := newNamer(SHA1).name(Blob, []byte("sound"))
	cycle := one.bytes()

	var left, right packWriter
	offL, offR := left.delta(b, delta), right.delta(a, delta)
	packL, packR := left.bytes(), right.bytes()

	tests := []struct {
		name  string
		files map[string][]byte
		ids   []ID
	}{
		{"one pack", map[string][]byte{
			"pack/1.pack": cycle,
			"pack/1.idx":  indexFor(cycle, []ID{a, b, c, sound}, append(offs, last)),
		}, []ID{a, b, c}},
		{"two packs", map[string][]byte{
			"pack/1.pack": packL, "pack/1.idx": indexFor(packL, []ID{a}, []uint64{offL}),
			"pack/2.pack": packR, "pack/2.idx": indexFor(packR, []ID{b}, []uint64{offR}),
		}, []ID{a, b}},
		{"no index", map[string][]byte{"pack/1.pack": cycle, "pack/2.pack": packL, "pack/3.pack": packR}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bareStore(t, tt.files)
			h := gather(t, s, WalkOptions{Workers: 2})
			if len(h.damage) != len(tt.ids) {
				t.Errorf("damage %v, want %d", h.damage, len(tt.ids))
			}
			for _, id := range tt.ids {
				if _, _, err := s.Get(id); err == nil {
					t.Errorf("Get(%v): no error", id)
				}
				if _, err := s.TypeOf(id); err == nil {
					t.Errorf("TypeOf(%v): no error", id)
				}
			}
			if tt.ids == nil && len(s.Problems()) == 0 {
				t.Error("no problem was reported")
			}
		})
	}
}

// TestHiddenObjects: an index that leaves objects out, or bytes between
// objects, are noticed.
func TestHiddenObjects(t *testing.T) {
	var w packWriter
	offs := []uint64{w.object(Blob, []byte("one")), w.object(Blob, []byte("two")), w.object(Blob, []byte("three"))}
	ids := []ID{}
	for _, text := range []string{"one", "two", "three"} {
		ids = append(ids, newNamer(SHA1).name(Blob, []byte(text)))
	}
	pack := w.bytes()
	s := bareStore(t, map[string][]byte{"pack/1.pack": pack, "pack/1.idx": indexFor(pack, ids[:2], offs[:2])})
	if h := gather(t, s, WalkOptions{}); len(h.objects) != 3 {
		t.Errorf("%d objects, want 3: the index does not count", len(h.objects))
	}

	w.count = 2
	pack = w.bytes()
	s = bareStore(t, map[string][]byte{"pack/1.pack": pack, "pack/1.idx": indexFor(pack, []ID{ids[0], ids[2]}, []uint64{offs[0], offs[2]})})
	h := gather(t, s, WalkOptions{})
	if len(h.damage) != 1 || !errors.Is(h.damage[0], errGap) {
		t.Errorf("damage %v, want %v", h.damage, errGap)
	}
}

// TestLongChain: depth costs neither stack nor memory.
func TestLongChain(t *testing.T) {
	const depth = 3000
	var w packWriter
	data := gittest.Source(3000)
	off := w.object(Blob, data)
	for i := range depth {
		delta := makeDelta(len(data), uint64(len(data)+1), string(rune('a'+i%26)))
		off = w.delta(off, delta)
		data = append(data, byte('a'+i%26))
	}
	s := bareStore(t, map[string][]byte{"pack/1.pack": w.bytes()})
	h := gather(t, s, WalkOptions{Workers: 1})
	if len(h.objects) != depth+1 {
		t.Errorf("%d objects, want %d; %v", len(h.objects), depth+1, s.Problems())
	}
	if h.stats.Live > 40_000 {
		t.Errorf("%d bytes were held at a time; two objects are 12000", h.stats.Live)
	}
	if _, got, err := s.Get(newNamer(SHA1).name(Blob, data)); err != nil || !bytes.Equal(got, data) {
		t.Errorf("Get of the last: %v", err)
	}
}

// TestDamagedLoose: loose objects that are none.
func TestDamagedLoose(t *testing.T) {
	text := append([]byte("blob 5000\x00"), gittest.Source(5000)...)
	long := append([]byte("blob 100000\x00"), gittest.Source(100_000)...)
	sound := gittest.Deflate(text, 6)
	tests := []struct {
		name string
		data []byte
	}{
		{"empty", nil},
		{"no zlib", text},
		{"cut", sound[:len(sound)-10]},
		{"cut in the head", sound[:4]},
		{"checksum", append(bytes.Clone(sound[:len(sound)-1]), sound[len(sound)-1]^1)},
		{"too long", gittest.Deflate(append([]byte("blob 10\x00"), text...), 6)},
		{"too short", gittest.Deflate([]byte("blob 50\x00abc"), 6)},
		{"2^60", gittest.Deflate([]byte("blob 1152921504606846976\x00abc"), 6)},
		{"negative", gittest.Deflate([]byte("blob -1\x00abc"), 6)},
		{"type", gittest.Deflate([]byte("blog 3\x00abc"), 6)},
		{"no head", gittest.Deflate(bytes.Repeat([]byte("a"), 100), 6)},
		{"large, cut", gittest.Deflate(long, 6)[:15_000]},
		{"large, wrong size", gittest.Deflate(long[:99_000], 6)},
	}
	for _, tt := range tests {
		id := SHA1.sum([]byte(tt.name))
		good := newNamer(SHA1).name(Blob, long[12:])
		s := bareStore(t, map[string][]byte{
			loosePath("", id):   tt.data,
			loosePath("", good): gittest.Deflate(long, 6),
			"12/short":          nil,
			"info/something":    nil,
		})
		h := gather(t, s, WalkOptions{Workers: 1})
		if len(h.damage) != 1 || h.damage[0].ID != id {
			t.Errorf("%s: damage %v, want one", tt.name, h.damage)
		}
		if len(h.objects) != 1 || h.objects[good.String()] != "blob 100000" {
			t.Errorf("%s: objects %v, want the sound one", tt.name, h.objects)
		}
		if _, _, err := s.Get(id); err == nil {
			t.Errorf("%s: Get: no error", tt.name)
		}
	}
}

// TestWrongName: with Verify an object must be what its name says.
func TestWrongName(t *testing.T) {
	id := SHA1.sum([]byte("a name"))
	var w packWriter
	off := w.object(Blob, []byte("contents"))
	pack := w.bytes()
	for _, files := range []map[string][]byte{
		{loosePath("", id): gittest.Deflate([]byte("blob 3\x00abc"), 6)},
		{"pack/1.pack": pack, "pack/1.idx": indexFor(pack, []ID{id}, []uint64{off})},
	} {
		s := bareStore(t, files)
		for _, verify := range []bool{false, true} {
			var damage []Damage
			stats, err := s.Walk(context.Background(), WalkOptions{Verify: verify, Damaged: func(d Damage) { damage = append(damage, d) }})
			if err != nil {
				t.Fatal(err)
			}
			if verify && (len(damage) != 1 || !errors.Is(damage[0], errName)) || !verify && stats.Objects != 1 {
				t.Errorf("verify %v: damage %v, %d objects", verify, damage, stats.Objects)
			}
		}
	}
}

// TestCutWhileRead: a pack that is cut short while it is mapped does not crash.
func TestCutWhileRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files are not mapped")
	}
	var w packWriter
	for i := range 200 {
		w.add(Blob, 1000, nil, gittest.Deflate(gittest.Source(1000 + i)[:1000], 0))
	}
	s := bareStore(t, map[string][]byte{"pack/1.pack": w.bytes()})
	if err := os.Truncate(s.packs()[0].path, 4096); err != nil {
		t.Fatal(err)
	}
	h := gather(t, s, WalkOptions{})
	if len(h.damage) == 0 {
		t.Error("no damage was reported")
	}
	if _, _, err := s.Get(s.packs()[0].index().id(3)); err != nil && !errors.Is(err, errMap) {
		t.Errorf("Get: %v", err)
	}
}

// memoryStore is a store of one pack; nil if that is none.
func memoryStore(pack, idx []byte) *Store {
	s := &Store{opts: Options{MaxObject: 1 << 20}}
	s.readers.New = func() any { return &reader{z: inflate.NewDecoder()} }
	p := &packFile{data: pack, close: func() error { return nil }}
	p.idx.Store(newIndex(SHA1, nil, nil))
	if p.check() != nil {
		return nil
	}
	s.packList.Store(&[]*packFile{p})
	if p.use(idx, true) != nil {
		s.rebuildIndexes(s.packs())
	}
	return s
}

// FuzzPack: no pack makes the reader panic, hang or bring anything twice.
func FuzzPack(f *testing.F) {
	var w packWriter
	off := w.object(Blob, []byte("hello, hello"))
	w.delta(off, makeDelta(12, 15, "abc"))
	w.delta(newNamer(SHA1).name(Blob, []byte("hello, hello")), makeDelta(12, 13, "d"))
	pack := w.bytes()
	f.Add(pack, []byte{})
	f.Add(pack, indexFor(pack, []ID{SHA1.sum(nil), SHA1.sum([]byte("a")), SHA1.sum([]byte("b"))}, []uint64{off, off + 30, off + 60}))
	f.Fuzz(func(t *testing.T, pack, idx []byte) {
		// Let the index get through its checks.
		if len(idx) > 40 && len(pack) > 20 {
			copy(idx[len(idx)-40:], pack[len(pack)-20:])
			sum := SHA1.sum(idx[:len(idx)-20])
			copy(idx[len(idx)-20:], sum.Bytes())
		}
		start := time.Now()
		s := memoryStore(pack, idx)
		if s == nil {
			return
		}
		seen := map[ID]bool{}
		var ids []ID
		_, err := s.Walk(context.Background(), WalkOptions{Workers: 1, Visit: func(_ int, o *Object) error {
			if seen[o.ID] {
				t.Errorf("%v was brought twice", o.ID)
			}
			seen[o.ID] = true
			ids = append(ids, o.ID)
			if fault := checkRuns(o); fault != "" {
				t.Error(fault)
			}
			return nil
		}})
		if err != nil {
			t.Error(err)
		}
		for _, id := range ids {
			if _, _, err := s.Get(id); err != nil {
				t.Errorf("Get(%v): %v", id, err)
			}
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

func TestParseAlternatesLimit(t *testing.T) {
	s := bareStore(t, map[string][]byte{"info/alternates": []byte(strings.Repeat("x\n", 1<<20))})
	if len(s.Problems()) != 1 {
		t.Errorf("%d problems, want one", len(s.Problems()))
	}
}
