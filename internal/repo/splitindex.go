package repo

import (
	"bytes"
	"encoding/binary"
)

// A link is the content of the extension that makes an index a split one: the
// entries of a shared index, some of them deleted, some replaced by the first
// entries of this one, the others of this one added.
type link struct {
	base              Hash // also the name of the shared index
	deleted, replaced bitmap
}

func parseLink(data []byte, f Format) (link, error) {
	if len(data) < f.Size() {
		return link{}, corrupt("link extension is cut off")
	}
	l := link{base: hashOf(data[:f.Size()])}
	data = data[f.Size():]
	if len(data) == 0 {
		return l, nil
	}
	var err error
	if l.deleted, data, err = parseBitmap(data); err != nil {
		return link{}, err
	}
	if l.replaced, data, err = parseBitmap(data); err != nil {
		return link{}, err
	}
	if len(data) != 0 {
		return link{}, corrupt("link extension has %d bytes too many", len(data))
	}
	return l, nil
}

// A bitmap is the words of an EWAH-compressed bitmap.
type bitmap []byte

// parseBitmap takes one serialised bitmap off data.
func parseBitmap(data []byte) (b bitmap, rest []byte, err error) {
	if len(data) < 8 {
		return nil, nil, corrupt("bitmap is cut off")
	}
	size := 8 * uint64(binary.BigEndian.Uint32(data[4:]))
	data = data[8:]
	if size+4 > uint64(len(data)) {
		return nil, nil, corrupt("bitmap is cut off")
	}
	return bitmap(data[:size]), data[size+4:], nil
}

// bits calls set with each set bit in rising order. A bit that is not below n
// is an error.
func (b bitmap) bits(n int, set func(int)) error {
	words := uint64(len(b) / 8)
	limit := uint64(n)
	at := uint64(0) // number of the next bit; runs are below 1<<38, words below 1<<32
	for i := uint64(0); i < words; {
		marker := binary.BigEndian.Uint64(b[8*i:])
		run, literals := 64*(marker>>1&(1<<32-1)), marker>>33
		i++
		if marker&1 != 0 && run > 0 {
			if run > limit || at > limit-run {
				return corrupt("bitmap names an entry beyond %d", n)
			}
			for range run {
				set(int(at))
				at++
			}
		} else if at += run; at > 1<<40 {
			return corrupt("bitmap is too long")
		}
		if literals > words-i {
			return corrupt("bitmap is cut off")
		}
		for range literals {
			word := binary.BigEndian.Uint64(b[8*i:])
			i++
			for bit := uint64(0); word != 0; bit, word = bit+1, word>>1 {
				if word&1 == 0 {
					continue
				}
				if at+bit >= limit {
					return corrupt("bitmap names an entry beyond %d", n)
				}
				set(int(at + bit))
			}
			at += 64
		}
	}
	return nil
}

// join merges the shared index into ix, which has been read from a split one.
func (ix *Index) join(base *Index, l link) error {
	own := ix.slots
	shared := base.slots
	gone := make([]bool, len(shared))
	if err := l.deleted.bits(len(shared), func(i int) { gone[i] = true }); err != nil {
		return err
	}
	j := joiner{ix: ix, base: base, from: uint32(len(ix.data))}
	// replaced[i] is 1 + the number of the entry that replaces shared entry i.
	replaced := make([]int, len(shared))
	n, bad := 0, 0
	err := l.replaced.bits(len(shared), func(i int) {
		if n >= len(own) || own[n].size != 0 || gone[i] {
			bad++
			return
		}
		n++
		replaced[i] = n
	})
	if err != nil {
		return err
	}
	if bad > 0 || n < len(own) && own[n].size == 0 {
		return corrupt("replacements of the split index do not fit")
	}
	added := own[n:]
	for i, s := range shared {
		if gone[i] {
			continue
		}
		path := base.Path(i)
		for len(added) > 0 && j.before(added[0], path, s) {
			j.addOwn(added[0])
			added = added[1:]
		}
		switch {
		case j.hidden(path, base.data, s):
		case replaced[i] > 0:
			j.add(own[replaced[i]-1].off, path)
		default:
			j.add(j.from+s.off, path)
		}
	}
	for _, s := range added {
		j.addOwn(s)
	}
	ix.data = append(ix.data[:len(ix.data):len(ix.data)], base.data...)
	ix.names, ix.slots = j.names, j.slots
	ix.Sparse = ix.Sparse || base.Sparse
	return ix.checkOrder()
}

// A joiner builds the entries of a joined index.
type joiner struct {
	ix, base *Index
	from     uint32 // where in the joined data the shared index begins
	names    []byte
	slots    []slot
	// The path and stage of the last own entry, which may hide shared ones.
	last      []byte
	lastStage int
}

func (j *joiner) add(off uint32, path []byte) {
	j.slots = append(j.slots, slot{off: off, name: uint32(len(j.names)), size: uint32(len(path))})
	j.names = append(j.names, path...)
}

func (j *joiner) addOwn(s slot) {
	path := j.ix.names[s.name : s.name+s.size]
	j.add(s.off, path)
	j.last, j.lastStage = path, stage(j.ix.data, s, j.ix.Format)
}

// stage returns the stage of the entry at s in data.
func stage(data []byte, s slot, f Format) int {
	return int(data[int(s.off)+statSize+f.Size()]>>4) & 3
}

// before reports whether the own entry s comes before or replaces the shared
// entry t of the given path.
func (j *joiner) before(s slot, path []byte, t slot) bool {
	c := bytes.Compare(j.ix.names[s.name:s.name+s.size], path)
	return c < 0 || c == 0 && stage(j.ix.data, s, j.ix.Format) <= stage(j.base.data, t, j.ix.Format)
}

// hidden reports whether the shared entry s has been replaced by the own one
// just added: one of the same stage, or one that ends its conflict.
func (j *joiner) hidden(path, data []byte, s slot) bool {
	if j.last == nil || !bytes.Equal(j.last, path) {
		return false
	}
	return j.lastStage == 0 || j.lastStage == stage(data, s, j.ix.Format)
}

// checkOrder checks the order of joined entries.
func (ix *Index) checkOrder() error {
	for i := range ix.slots {
		if ix.slots[i].size == 0 {
			return corrupt("entry without a path")
		}
		if i == 0 {
			continue
		}
		c := bytes.Compare(ix.Path(i-1), ix.Path(i))
		if c > 0 || c == 0 && stage(ix.data, ix.slots[i-1], ix.Format) >= stage(ix.data, ix.slots[i], ix.Format) {
			return corrupt("entries %d and %d are out of order", i-1, i)
		}
	}
	return nil
}
