package pack

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keysift/keysift/internal/inflate"
)

// Options configure a [Store]. The zero value is ready to use.
type Options struct {
	Hash Hash
	// Alternates are further objects directories, as from
	// GIT_ALTERNATE_OBJECT_DIRECTORIES.
	Alternates []string
	// MaxObject is the size in bytes above which an object is not read but
	// reported with ErrTooLarge; 0 means 2 GiB.
	MaxObject int64
	// TrustIndex leaves out the checksum of the index files, for those who
	// want but a few objects. A damaged index may then hide objects.
	TrustIndex bool
}

const (
	defaultMaxObject = 2 << 30

	// Bounds for info/alternates, which may be hostile: nesting as in git,
	// directories in all, and the size of a file.
	maxAlternateDepth = 5
	maxDirs           = 1000
	maxAlternatesFile = 1 << 20
)

// A Store reads the objects of a repository. It is safe for concurrent use, and
// for use while git packs objects anew: packs that were deleted stay readable,
// new ones are looked for when an object is missing.
type Store struct {
	opts    Options
	dirs    []string  // objects directories, the repository's own first
	readers sync.Pool // of *reader
	cache   baseCache

	packList atomic.Pointer[[]*packFile]

	mu       sync.Mutex // guards what follows and writing of packList
	known    map[string]bool
	listed   map[string]time.Time // when the pack directories had changed last
	partial  bool
	problems []error
}

// Open reads which packs and alternates the objects directory dir has. It
// fails only when dir cannot be read; everything else that is wrong is listed
// by Problems. A pack without a sound index is read through once to make one.
func Open(dir string, opts Options) (*Store, error) {
	if opts.MaxObject <= 0 {
		opts.MaxObject = defaultMaxObject
	}
	opts.MaxObject = min(opts.MaxObject, math.MaxInt/2) // what a slice can hold
	s := &Store{opts: opts, known: map[string]bool{}, listed: map[string]time.Time{}}
	s.readers.New = func() any { return &reader{z: inflate.NewDecoder()} }
	s.packList.Store(new([]*packFile))
	if _, err := os.ReadDir(dir); err != nil {
		return nil, fmt.Errorf("reading object database: %w", err)
	}
	s.addDir(dir, 0, map[string]bool{})
	s.reload()
	return s, nil
}

// Close releases the packs. Nothing may use the store any more.
func (s *Store) Close() error {
	var errs []error
	for _, p := range s.packs() {
		errs = append(errs, p.unmap())
	}
	s.packList.Store(new([]*packFile))
	return errors.Join(errs...)
}

// packs returns the open packs, those of the repository itself first.
func (s *Store) packs() []*packFile { return *s.packList.Load() }

// racy is how long a directory may change without its time saying so.
const racy = 2 * time.Second

// reload opens packs that were added since the last call and says whether
// there were any.
func (s *Store) reload() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var added []*packFile
	for _, d := range s.dirs {
		d = filepath.Join(d, "pack")
		info, err := os.Stat(d)
		if err == nil {
			if last, ok := s.listed[d]; ok && last.Equal(info.ModTime()) {
				continue
			}
			if delete(s.listed, d); time.Since(info.ModTime()) > racy {
				s.listed[d] = info.ModTime()
			}
		}
		added = append(added, s.openPacks(d)...)
	}
	if len(added) == 0 {
		return false
	}
	all := slices.Concat(s.packs(), added)
	s.packList.Store(&all)
	s.rebuildIndexes(slices.DeleteFunc(added, func(p *packFile) bool { return !p.index().rebuilt() }))
	return true
}

// Hash is the algorithm the store was opened with.
func (s *Store) Hash() Hash { return s.opts.Hash }

// Dirs lists the objects directories: the repository's own, then alternates.
func (s *Store) Dirs() []string { return s.dirs }

// Partial says whether the repository is a partial clone: objects may be
// absent on purpose.
func (s *Store) Partial() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.partial
}

// Problems lists packs and alternates that could not be read, wholly or in
// part, up to now: objects may be missing from a walk, so that a scan of
// everything is incomplete. A rebuilt index alone is no problem.
func (s *Store) Problems() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

func (s *Store) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Errorf(format, args...))
}

func (s *Store) addDir(dir string, depth int, seen map[string]bool) {
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		s.problem("alternate object database: %w", err)
		return
	}
	if seen[real] {
		return
	}
	if depth > maxAlternateDepth || len(s.dirs) == maxDirs {
		s.problem("%s: alternates nest too deeply or are too many", dir)
		return
	}
	if info, err := os.Stat(real); err != nil || !info.IsDir() {
		s.problem("alternate object database %s: not a directory", dir)
		return
	}
	seen[real] = true
	s.dirs = append(s.dirs, real)
	for _, alt := range s.alternates(filepath.Join(real, "info", "alternates")) {
		if !filepath.IsAbs(alt) {
			alt = filepath.Join(real, alt)
		}
		s.addDir(alt, depth+1, seen)
	}
	if depth == 0 {
		for _, alt := range s.opts.Alternates {
			s.addDir(alt, 1, seen)
		}
	}
}

// alternates reads an info/alternates file: a path on each line, quoted as in
// C where it starts with a double quote; # starts a comment.
func (s *Store) alternates(file string) []string {
	f, size, err := openRegular(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		s.problem("reading alternates: %w", err)
		return nil
	}
	defer f.Close()
	if size > maxAlternatesFile {
		s.problem("%s: %d bytes are too many", file, size)
		return nil
	}
	data := make([]byte, size)
	n, err := f.ReadAt(data, 0)
	if int64(n) < size {
		s.problem("reading alternates: %w", err)
		return nil
	}
	var dirs []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '"' {
			path, err := strconv.Unquote(line)
			if err != nil {
				s.problem("%s: bad quoted path", file)
				continue
			}
			line = path
		}
		dirs = append(dirs, line)
	}
	return dirs
}

// openPacks opens the packs of a directory that are not known yet.
func (s *Store) openPacks(dir string) []*packFile {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		s.problem("reading packs: %w", err)
	}
	var added []*packFile
	for _, e := range entries {
		file := filepath.Join(dir, e.Name())
		base, ok := strings.CutSuffix(file, ".pack")
		if !ok || s.known[base] {
			continue
		}
		p, err := s.openPack(base)
		if errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Lstat(file); err != nil {
				continue // deleted meanwhile, after a new one had taken over
			}
		}
		s.known[base] = true
		if err != nil {
			s.problem("%s: %w", file, err)
			continue
		}
		added = append(added, p)
	}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		base := filepath.Join(dir, strings.TrimSuffix(e.Name(), ext))
		switch {
		case ext == ".promisor":
			s.partial = true
		case ext == ".idx" && !s.known[base]:
			s.known[base] = true
			s.problem("%s.idx: its pack is missing", base)
		}
	}
	return added
}

func (s *Store) openPack(base string) (*packFile, error) {
	data, unmap, err := mapFile(base + ".pack")
	if err != nil {
		return nil, err
	}
	p := &packFile{path: base + ".pack", data: data, hash: s.opts.Hash, close: unmap}
	p.idx.Store(newIndex(p.hash, nil, nil))
	if err := guard(p.check); err != nil {
		return nil, errors.Join(err, unmap())
	}
	// Whatever is wrong with the index: it is made anew.
	data, unmap, err = mapFile(base + ".idx")
	if err != nil {
		return p, nil
	}
	if err := guard(func() error { return p.use(data, !s.opts.TrustIndex) }); err != nil {
		return p, unmap()
	}
	closePack := p.close
	p.close = func() error { return errors.Join(closePack(), unmap()) }
	return p, nil
}
