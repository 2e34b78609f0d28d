package repo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// File types in the mode of an entry.
const (
	ModeType    = 0o170000 // mask
	ModeDir     = 0o040000
	ModeRegular = 0o100000
	ModeSymlink = 0o120000
	ModeGitlink = 0o160000
)

// An Index is the content of an index file, split indexes joined. It is
// checked when it is read: entries are in order and within the file, so that
// nothing fails afterwards. It may be used by several goroutines.
type Index struct {
	Version int
	Format  Format
	// Sparse says that some entries may stand for whole directories.
	Sparse bool

	data   []byte // the file; with a split index, the shared one after it
	names  []byte // the paths; the same as data unless they had to be put together
	slots  []slot
	tree   []byte // cache-tree extension
	sum    []byte // checksum at the end of the file
	body   []byte // what it covers
	loaded time.Time
}

// A slot says where in data an entry is and where in names its path is.
type slot struct {
	off  uint32
	name uint32
	size uint32
}

// An IndexEntry is one entry of an index.
type IndexEntry struct {
	Path  []byte // with "/"; ends in "/" for a sparse directory; must not be changed
	Mode  uint32 // as in trees: ModeRegular|0o755, ModeDir of a sparse directory, ...
	ID    Hash
	Stage int // 0, or 1 to 3 in a conflict

	AssumeValid  bool
	SkipWorktree bool
	IntentToAdd  bool // added without content; git takes it for absent when it commits

	ModTime time.Time // of the file when the entry was made; zero if unknown
	Size    uint32    // likewise, modulo 1<<32
}

const (
	maxIndexFile  = 1 << 30 // bytes; offsets into two files fit 32 bits
	maxIndexNames = 1 << 30

	headerSize = 12
	statSize   = 40 // times, device, inode, mode, owner, size
	// Paths in version 4 indexes and joined split indexes are built in
	// memory; hostile prefix compression must not make them grow at will.
	maxNameFactor = 16

	flagAssumeValid = 0x8000
	flagExtended    = 0x4000
	flagStageShift  = 12
	flagNameMask    = 0x0fff
	flagSkip        = 0x4000 // in the second flag word
	flagIntent      = 0x2000
)

var errCorrupt = errors.New("index is corrupt")

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errCorrupt, fmt.Sprintf(format, args...))
}

// Index reads the repository's index. A missing file is an empty index.
func (r *Repo) Index() (*Index, error) {
	data, err := readFile(r.IndexFile, maxIndexFile)
	if absent(err) {
		return &Index{Version: 2, Format: r.Format}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading index: %w", err)
	}
	ix, link, err := parseIndex(data, r.Format)
	if err == nil && link != nil {
		err = r.joinShared(ix, link)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", r.IndexFile, err)
	}
	if fi, err := os.Stat(r.IndexFile); err == nil {
		ix.loaded = fi.ModTime()
	}
	return ix, nil
}

// joinShared reads the shared index that link names and merges it into ix.
func (r *Repo) joinShared(ix *Index, link []byte) error {
	l, err := parseLink(link, r.Format)
	if err != nil {
		return err
	}
	if l.base.IsZero() {
		return ix.checkJoined()
	}
	path := filepath.Join(r.GitDir, "sharedindex."+l.base.String())
	data, err := readFile(path, maxIndexFile)
	if err != nil {
		return err
	}
	base, nested, err := parseIndex(data, r.Format)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	if nested != nil || !l.base.is(base.sum) {
		return fmt.Errorf("reading %s: %w", path, corrupt("checksum differs from its name"))
	}
	return ix.join(base, l)
}

// ParseIndex reads the content of an index file, which it keeps. A split
// index is an error, since it needs a second file; see [Repo.Index].
func ParseIndex(data []byte, f Format) (*Index, error) {
	ix, link, err := parseIndex(data, f)
	if err == nil && link != nil {
		err = errors.New("index is split")
	}
	if err != nil {
		return nil, err
	}
	return ix, nil
}

// parseIndex returns the index and the content of its link extension, nil if
// it is not split.
func parseIndex(data []byte, f Format) (*Index, []byte, error) {
	if len(data) < headerSize+f.Size() || len(data) > maxIndexFile {
		return nil, nil, corrupt("%d bytes", len(data))
	}
	if string(data[:4]) != "DIRC" {
		return nil, nil, corrupt("bad signature")
	}
	end := len(data) - f.Size()
	ix := &Index{Version: int(binary.BigEndian.Uint32(data[4:])), Format: f, data: data, names: data, body: data[:end], sum: data[end:]}
	if ix.Version < 2 || ix.Version > 4 {
		return nil, nil, fmt.Errorf("index version %d is not supported", ix.Version)
	}
	count := binary.BigEndian.Uint32(data[8:])
	// The shortest entry, that of version 4, bounds the number before memory
	// is set aside for it.
	if int64(count)*int64(statSize+f.Size()+3) > int64(end) {
		return nil, nil, corrupt("%d entries in %d bytes", count, len(data))
	}
	p := indexParser{ix: ix, body: data[:end], pos: headerSize}
	if err := p.entries(int(count)); err != nil {
		return nil, nil, err
	}
	link, err := p.extensions()
	if err != nil {
		return nil, nil, err
	}
	if link == nil {
		err = ix.checkJoined()
	}
	return ix, link, err
}

type indexParser struct {
	ix   *Index
	body []byte // without the checksum
	pos  int
}

// entries reads n entries and checks their order.
func (p *indexParser) entries(n int) error {
	ix := p.ix
	ix.slots = make([]slot, 0, n)
	if ix.Version == 4 {
		ix.names = nil
	}
	var last []byte
	lastStage := 0
	for i := range n {
		s, stage, err := p.entry(last)
		if err != nil {
			return fmt.Errorf("%w (entry %d)", err, i)
		}
		name := ix.names[s.name : s.name+s.size]
		// A split index starts with replacements, which have no name.
		if c := bytes.Compare(last, name); i > 0 && (c > 0 || c == 0 && lastStage >= stage && len(name) > 0) {
			return corrupt("entries %d and %d are out of order", i-1, i)
		}
		last, lastStage = name, stage
		ix.slots = append(ix.slots, s)
	}
	return nil
}

// entry reads one entry; last is the path before it.
func (p *indexParser) entry(last []byte) (slot, int, error) {
	fixed := statSize + p.ix.Format.Size() + 2
	if len(p.body)-p.pos < fixed {
		return slot{}, 0, corrupt("cut off")
	}
	s := slot{off: uint32(p.pos)}
	flags := binary.BigEndian.Uint16(p.body[p.pos+fixed-2:])
	if flags&flagExtended != 0 {
		if p.ix.Version == 2 {
			return s, 0, corrupt("extended flags in version 2")
		}
		fixed += 2
	}
	stage := int(flags>>flagStageShift) & 3
	if p.ix.Version == 4 {
		return s, stage, p.compressedName(&s, fixed, last)
	}
	start := p.pos + fixed
	if start > len(p.body) {
		return s, 0, corrupt("cut off")
	}
	size := int(flags & flagNameMask)
	if size == flagNameMask {
		size = bytes.IndexByte(p.body[start:], 0)
	}
	if size < 0 || size >= len(p.body)-start || p.body[start+size] != 0 {
		return s, 0, corrupt("path has no end")
	}
	s.name, s.size = uint32(start), uint32(size)
	// At least one NUL, up to a multiple of eight bytes.
	p.pos += (fixed + size + 8) &^ 7
	if p.pos > len(p.body) {
		return s, 0, corrupt("cut off")
	}
	return s, stage, nil
}

// compressedName reads a version 4 path: how many bytes to drop from the end
// of the last one, and what to put there.
func (p *indexParser) compressedName(s *slot, fixed int, last []byte) error {
	pos := p.pos + fixed
	drop, n := offsetVarint(p.body[min(pos, len(p.body)):])
	if n == 0 || drop > uint64(len(last)) {
		return corrupt("bad path compression")
	}
	pos += n
	size := bytes.IndexByte(p.body[pos:], 0)
	if size < 0 {
		return corrupt("path has no end")
	}
	suffix := p.body[pos : pos+size]
	keep := len(last) - int(drop)
	ix := p.ix
	if len(ix.names)+keep+len(suffix) > min(maxNameFactor*len(p.body), maxIndexNames) {
		return corrupt("paths are too long for its size")
	}
	if ix.names == nil {
		ix.names = make([]byte, 0, len(p.body))
	}
	s.name, s.size = uint32(len(ix.names)), uint32(keep+len(suffix))
	ix.names = append(append(ix.names, last[:keep]...), suffix...)
	p.pos = pos + size + 1
	return nil
}

// offsetVarint reads git's variable-width number, in which each further byte
// adds one; n is 0 if there is none.
func offsetVarint(b []byte) (v uint64, n int) {
	for i, c := range b {
		if i > 8 {
			return 0, 0
		}
		if i > 0 {
			v++
		}
		v = v<<7 | uint64(c&0x7f)
		if c&0x80 == 0 {
			return v, i + 1
		}
	}
	return 0, 0
}

// extensions reads what follows the entries. It returns the content of link.
func (p *indexParser) extensions() (link []byte, err error) {
	rest := p.body[p.pos:]
	for len(rest) > 0 {
		if len(rest) < 8 {
			return nil, corrupt("extension is cut off")
		}
		name := string(rest[:4])
		size := binary.BigEndian.Uint32(rest[4:])
		rest = rest[8:]
		if uint64(size) > uint64(len(rest)) {
			return nil, corrupt("extension %q is cut off", name)
		}
		content := rest[:size:size]
		rest = rest[size:]
		switch {
		case name == "TREE":
			p.ix.tree = content
		case name == "link":
			link = content
		case name == "sdir":
			p.ix.Sparse = true
		case name[0] < 'A' || name[0] > 'Z':
			return nil, &ExtensionError{Path: "index", Name: fmt.Sprintf("index extension %q", name)}
		}
	}
	return link, nil
}

// checkJoined reports entries that only a split index may have.
func (ix *Index) checkJoined() error {
	if len(ix.slots) > 0 && ix.slots[0].size == 0 {
		return corrupt("entry without a path")
	}
	return nil
}

// Verify compares the checksum of the file with its content. A checksum of
// zeros, which git writes with index.skipHash, is accepted.
func (ix *Index) Verify() error {
	if ix.sum == nil || len(bytes.Trim(ix.sum, "\x00")) == 0 {
		return nil
	}
	w := ix.Format.new()
	w.Write(ix.body)
	if !bytes.Equal(w.Sum(nil), ix.sum) {
		return corrupt("checksum does not match")
	}
	return nil
}

// Len returns the number of entries.
func (ix *Index) Len() int { return len(ix.slots) }

// Path returns the path of entry i, which must not be changed.
func (ix *Index) Path(i int) []byte {
	s := ix.slots[i]
	return ix.names[s.name : s.name+s.size : s.name+s.size]
}

func (ix *Index) mode(i int) uint32 { return binary.BigEndian.Uint32(ix.data[ix.slots[i].off+24:]) }

// id returns the bytes of an entry's id.
func (ix *Index) id(i int) []byte {
	at := int(ix.slots[i].off) + statSize
	return ix.data[at : at+ix.Format.Size()]
}

func (ix *Index) flags(i int) (first, second uint16) {
	at := int(ix.slots[i].off) + statSize + ix.Format.Size()
	first = binary.BigEndian.Uint16(ix.data[at:])
	if first&flagExtended != 0 {
		second = binary.BigEndian.Uint16(ix.data[at+2:])
	}
	return first, second
}

// Entry returns entry i, 0 <= i < Len. It does not allocate.
func (ix *Index) Entry(i int) IndexEntry {
	first, second := ix.flags(i)
	e := IndexEntry{
		Path: ix.Path(i), Mode: ix.mode(i), ID: hashOf(ix.id(i)),
		Stage:        int(first>>flagStageShift) & 3,
		AssumeValid:  first&flagAssumeValid != 0,
		SkipWorktree: second&flagSkip != 0,
		IntentToAdd:  second&flagIntent != 0,
	}
	stat := ix.data[ix.slots[i].off:]
	if sec, nsec := binary.BigEndian.Uint32(stat[8:]), binary.BigEndian.Uint32(stat[12:]); sec != 0 || nsec != 0 {
		e.ModTime = time.Unix(int64(sec), int64(nsec))
	}
	e.Size = binary.BigEndian.Uint32(stat[36:])
	return e
}

// Entries yields all entries in order of path and stage, without allocating.
func (ix *Index) Entries() iter.Seq2[int, IndexEntry] {
	return func(yield func(int, IndexEntry) bool) {
		for i := range ix.slots {
			if !yield(i, ix.Entry(i)) {
				return
			}
		}
	}
}

// Find returns the number of the first entry whose path is not before path,
// and whether that is its path.
func (ix *Index) Find(path string) (int, bool) {
	i := sort.Search(len(ix.slots), func(i int) bool { return string(ix.Path(i)) >= path })
	return i, i < len(ix.slots) && string(ix.Path(i)) == path
}

// Lookup returns the entry of a path, in a conflict that of the lowest stage.
func (ix *Index) Lookup(path string) (IndexEntry, bool) {
	i, ok := ix.Find(path)
	if !ok {
		return IndexEntry{}, false
	}
	return ix.Entry(i), true
}

// SparseDir returns the sparse directory that a path lies in.
func (ix *Index) SparseDir(path string) (IndexEntry, bool) {
	if !ix.Sparse {
		return IndexEntry{}, false
	}
	for end := 0; ; {
		i := strings.IndexByte(path[end:], '/')
		if i < 0 {
			return IndexEntry{}, false
		}
		end += i + 1
		if e, ok := ix.Lookup(path[:end]); ok {
			return e, e.Mode&ModeType == ModeDir
		}
	}
}

// Unchanged reports whether the file described by fi, as os.Lstat tells, still
// has the content of the entry, as far as size and time can tell. It is false
// when a change would not show, because the file is as young as the index.
func (ix *Index) Unchanged(e *IndexEntry, fi os.FileInfo) bool {
	if e.ModTime.IsZero() || ix.loaded.IsZero() || e.IntentToAdd || e.Stage != 0 {
		return false
	}
	typ := uint32(ModeRegular)
	if fi.Mode()&os.ModeSymlink != 0 {
		typ = ModeSymlink
	} else if !fi.Mode().IsRegular() {
		return false
	}
	return e.Mode&ModeType == typ && e.Size == uint32(fi.Size()) &&
		e.ModTime.Equal(fi.ModTime()) && e.ModTime.Before(ix.loaded)
}
