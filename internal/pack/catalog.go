package pack

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
)

// A catalog is every copy of every object of a store, with one copy of each
// chosen to be delivered.
type catalog struct {
	s     *Store
	plans []*plan
	loose []*looseList
}

// A looseList is a looseSet whose wanted members are known.
type looseList struct {
	*looseSet
	dup bitset
}

// catalog lists the objects. It reports packs and directories that cannot be
// read. The types of loose objects come out only when they are read: want is
// not applied to them here.
func (s *Store) catalog(workers int, types Types, want func(ID, Type) bool, report func(Damage)) *catalog {
	c := &catalog{s: s}
	for _, dir := range s.dirs {
		set, err := listLoose(dir, s.opts.Hash)
		if err != nil {
			report(Damage{Pack: dir, Err: err})
		}
		if len(set.names) > 0 {
			c.loose = append(c.loose, &looseList{looseSet: set})
		}
	}
	// In this order: who packs loose objects deletes them afterwards.
	s.reload()
	packs := s.packs()
	for {
		var dups []bitset
		if err := guard(func() error { dups = duplicates(s.opts.Hash, packs, c.loose); return nil }); err != nil {
			report(Damage{Err: fmt.Errorf("reading indexes: %w", err)})
			return &catalog{s: s}
		}
		plans, errs := s.plans(packs, dups, workers, types, want)
		if len(errs) == 0 {
			c.plans = plans
			return c
		}
		packs = s.without(packs, errs, report)
	}
}

// plans makes the plans of all packs, a few at a time.
func (s *Store) plans(packs []*packFile, dups []bitset, workers int, types Types, want func(ID, Type) bool) ([]*plan, map[*packFile]error) {
	plans := make([]*plan, len(packs))
	errs := map[*packFile]error{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, workers)
	for i, p := range packs {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			err := guard(func() (err error) {
				plans[i], err = s.newPlan(p, workers, types, want, dups[i])
				return err
			})
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs[p] = err
			}
		})
	}
	wg.Wait()
	return plans, errs
}

// without deals with packs that no plan could be made for: an index that
// contradicts itself is made anew, everything else is reported and left out.
func (s *Store) without(packs []*packFile, errs map[*packFile]error, report func(Damage)) []*packFile {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rest []*packFile
	for _, p := range packs {
		err := errs[p]
		switch {
		case err == nil:
		case errors.Is(err, errIndex) && !p.index().rebuilt():
			s.rebuildIndexes([]*packFile{p})
		default:
			report(Damage{Pack: p.path, Err: err})
			continue
		}
		rest = append(rest, p)
	}
	return rest
}

func (c *catalog) total() Plan {
	var t Plan
	for _, pl := range c.plans {
		t.Objects += pl.deliver
		t.Bytes += pl.bytes
	}
	for _, l := range c.loose {
		t.Objects += len(l.names)/c.s.opts.Hash.Size() - l.dup.count()
	}
	return t
}

// A cursor goes through the names of one pack or directory.
type cursor struct {
	at, n int
	name  func(int) []byte
	dup   bitset
}

// duplicates finds, for each pack and loose set, the positions of objects that
// an earlier one has, by merging the sorted lists of names.
func duplicates(h Hash, packs []*packFile, loose []*looseList) []bitset {
	hs := h.Size()
	var all []*cursor
	for _, p := range packs {
		x := p.index()
		all = append(all, &cursor{n: x.n, name: x.name, dup: newBitset(x.n)})
	}
	for _, l := range loose {
		n := len(l.names) / hs
		l.dup = newBitset(n)
		all = append(all, &cursor{n: n, name: func(i int) []byte { return l.name(i, hs) }, dup: l.dup})
	}
	dups := make([]bitset, len(packs))
	for i := range dups {
		dups[i] = all[i].dup
	}
	if len(all) > 1 {
		mergeNames(all)
	}
	return dups
}

// mergeNames sets dup for the names that an earlier cursor has. heap is a
// binary heap of cursors by their current name, then by their order.
func mergeNames(all []*cursor) {
	less := func(a, b int) bool {
		c := bytes.Compare(all[a].name(all[a].at), all[b].name(all[b].at))
		return c < 0 || c == 0 && a < b
	}
	var heap []int
	sink := func(i int) {
		for {
			k := 2*i + 1
			if k >= len(heap) {
				return
			}
			if k+1 < len(heap) && less(heap[k+1], heap[k]) {
				k++
			}
			if !less(heap[k], heap[i]) {
				return
			}
			heap[i], heap[k] = heap[k], heap[i]
			i = k
		}
	}
	for i, c := range all {
		if c.n > 0 {
			heap = append(heap, i)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(i)
	}
	var last []byte
	for len(heap) > 1 || len(heap) == 1 && last != nil {
		c := all[heap[0]]
		name := c.name(c.at)
		if bytes.Equal(name, last) {
			c.dup.set(c.at)
		} else if len(heap) == 1 {
			return // what is left is in one list only
		}
		last = name
		if c.at++; c.at == c.n {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		sink(0)
	}
}
