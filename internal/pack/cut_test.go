package pack

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestCut walks a pack in which nearly all is versions of one file, and compares
// what several workers bring with what one does.
func TestCut(t *testing.T) {
	r := newRepo(t, SHA1)
	var lines []string
	for i := range 400 {
		lines = append(lines, fmt.Sprintf("line %d, which is long enough to matter somewhat", i*i*7919%1009))
	}
	for v := range 200 {
		lines[v*13%len(lines)] = fmt.Sprintf("version %d of a line", v)
		r.Write("one.txt", strings.Join(lines, "\n"))
		r.Commit(fmt.Sprint(v))
	}
	r.Git("repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=20")
	s := r.open(Options{})
	p := s.packs()[0]
	whole, err := s.newPlan(p, 1, AllTypes, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	total, deliver := int64(0), whole.deliver
	for _, c := range whole.cost {
		total += c
	}
	for _, workers := range []int{2, 4, 16} {
		pl, err := s.newPlan(p, workers, AllTypes, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		largest, sum := int64(0), int64(0)
		for _, c := range pl.cost {
			largest, sum = max(largest, c), sum+c
		}
		if largest > total/int64(workers) || sum != total || pl.deliver != deliver || pl.bytes != whole.bytes {
			t.Errorf("%d workers: %d of %d units, the largest %d of %d, sum %d; want none larger than a worker's part",
				workers, len(pl.roots), len(whole.roots), largest, total, sum)
		}
	}
	want := contentsOf(t, s, WalkOptions{Workers: 1})
	for _, opts := range []WalkOptions{{Workers: 2}, {Workers: 7, Verify: true}, {Workers: 3, Live: 3}} {
		got := contentsOf(t, s, opts)
		for id, text := range want {
			if got[id] != text {
				t.Errorf("%+v: object %v has %d bytes, want %d", opts, id, len(got[id]), len(text))
			}
		}
		if len(got) != len(want) {
			t.Errorf("%+v: %d objects, want %d", opts, len(got), len(want))
		}
	}
}

// contentsOf walks a store and returns all objects, each of which must come once
// and be what its runs make of its base.
func contentsOf(t *testing.T, s *Store, opts WalkOptions) map[ID]string {
	t.Helper()
	out := map[ID]string{}
	var mu sync.Mutex
	opts.Visit = func(_ int, o *Object) error {
		text := string(o.Data)
		var made strings.Builder
		for _, run := range o.Runs(nil) {
			if run.Base >= 0 {
				made.Write(o.Base.Data[run.Base : run.Base+run.Len])
			} else {
				made.WriteString(text[run.Start : run.Start+run.Len])
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if _, twice := out[o.ID]; twice || made.String() != text {
			t.Errorf("object %v came twice (%v), or is not what its runs make of its base", o.ID, twice)
		}
		out[o.ID] = text
		return nil
	}
	opts.Damaged = func(d Damage) { t.Errorf("damaged: %v", d) }
	if _, err := s.Walk(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	return out
}
