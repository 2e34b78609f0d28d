package pack

import (
	"context"
	"encoding/hex"
	"iter"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/inflate"
)

// Objects lists every object once, with its type, without reading contents.
// Those whose type cannot be found out have type 0. damaged is called for packs,
// directories and loose objects that cannot be read; it may be nil.
func (s *Store) Objects(ctx context.Context, damaged func(Damage)) iter.Seq2[ID, Type] {
	return func(yield func(ID, Type) bool) {
		report := func(d Damage) {
			if damaged != nil {
				damaged(d)
			}
		}
		c := s.catalog(1, AllTypes, nil, report)
		for _, pl := range c.plans {
			for node := 0; node < len(pl.flags); node += idBatch {
				ids, err := pl.delivered(node, min(node+idBatch, len(pl.flags)))
				if err != nil {
					report(Damage{Pack: pl.p.path, Err: err})
					break
				}
				for _, o := range ids {
					if ctx.Err() != nil || !yield(o.id, o.t) {
						return
					}
				}
			}
		}
		r := &reader{z: inflate.NewDecoder()}
		hs := s.opts.Hash.Size()
		for _, l := range c.loose {
			for i := range len(l.names) / hs {
				if l.dup.has(i) {
					continue
				}
				id := MakeID(l.name(i, hs))
				path := loosePath(l.dir, id)
				t, err := r.looseType(path)
				if err != nil {
					report(Damage{ID: id, Pack: path, Err: err})
				}
				if ctx.Err() != nil || !yield(id, t) {
					return
				}
			}
		}
	}
}

const idBatch = 1024

type typedID struct {
	id ID
	t  Type
}

// delivered copies the names of the nodes to deliver out of the mapped index.
func (pl *plan) delivered(from, to int) (ids []typedID, err error) {
	err = guard(func() error {
		for node := from; node < to; node++ {
			if f := pl.flags[node]; f&nodeDeliver != 0 {
				ids = append(ids, typedID{pl.id(node), Type(f & nodeType)})
			}
		}
		return nil
	})
	return ids, err
}

// minPrefix is the fewest digits git takes for an abbreviated name.
const minPrefix = 4

// Match returns the objects whose names start with the given hexadecimal
// digits, at least four, in order; no more than max of them.
func (s *Store) Match(prefix string, max int) []ID {
	prefix = strings.ToLower(prefix)
	if len(prefix) < minPrefix || len(prefix) > 2*s.opts.Hash.Size() {
		return nil
	}
	low, err := hex.DecodeString(prefix[:len(prefix)&^1])
	if err != nil {
		return nil
	}
	var ids []ID
	take := func(id ID) bool {
		if !strings.HasPrefix(id.String(), prefix) {
			return false
		}
		if i, ok := slices.BinarySearchFunc(ids, id, ID.Compare); !ok {
			ids = slices.Insert(ids, i, id)
		}
		return true
	}
	s.reload()
	for _, p := range s.packs() {
		// A pack that cannot be read matches nothing; the caller will not find the object.
		_ = guard(func() error {
			x := p.index()
			found := 0
			for i := x.search(low); i < x.n && found < max && strings.HasPrefix(x.id(i).String(), hex.EncodeToString(low)); i++ {
				if take(x.id(i)) {
					found++
				}
			}
			return nil
		})
	}
	for _, dir := range s.dirs {
		ids, _ := looseIn(dir, prefix[:2], s.opts.Hash)
		for _, id := range ids {
			take(id)
		}
	}
	return ids[:min(max, len(ids))]
}
